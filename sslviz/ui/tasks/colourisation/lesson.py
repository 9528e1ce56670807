"""The lesson of Colourisation: take the colours away, ask for them, and find where nobody can know them."""

from __future__ import annotations

from sslviz.catalogue.colourisation import ENTRY
from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene
from sslviz.ui.frame.lesson.switches import Switches, Way

SLUG = ENTRY.slug
DULL = Way("alike", "All places count alike", ":material/invert_colors_off:", {"rebalance": False}, "Trains anew")
BRIGHT = Way("rare", "Rare colours count more", ":material/palette:", {"rebalance": True}, "Trains anew")
SWITCHES = Switches(SLUG, (DULL,), BRIGHT)

SCENES = (
    usual.begin(
        "Take some pictures",
        "Drawings in colour; the names are for you, the model never gets them. To colour an old film one must know "
        "what things are: grass is green.",
        "Look at them. If you like, take others.", On("card", rows=1, pictures=3),
        "What could be asked of a picture in colour?", "Its colours, once they are gone.",
        "Who can colour old films?", "People who know what things are: grass is green, so this grass was green.",
    ),
    Scene(
        "Grey, and a label", "Take the colours away",
        "Each picture becomes grey. Its colours are the [[pseudo-label]]: at each of 64 places one of 76 colours, all "
        "drawn equally light. The data made it: the picture had them all the time. To name them, one must know the "
        "thing.",
        "Take others, and compare picture, grey and label.", (On("card", rows=3, pictures=2),),
        "Why are the colours of the label so flat?",
        "Lightness is not asked for: the model sees it. So a bright yellow looks brown here, and white and black are "
        "both grey. The number below says how many places have a colour, not grey.",
        "What must one know to colour a grey tomato?", "That it is a tomato.",
        "The label says what the picture shows. (It says which colour each place had.)",
        done=ticks.another, another=True,
    ),
    usual.guess(
        "A grey picture, a framed place, and four colours. What is the thing? If that does not help: which colours are "
        "common? A simple rule answers, too: it knows only how light the place is.", "Choose a letter.",
        "Can one know it?",
        "If one sees what it is, often. A banana is yellow. A flag or a balloon may have any colour.",
        "How did you choose?", "By what the thing is; else by which colours are common.",
    ),
    usual.learn(
        "The [[model]] paints the grey pictures. At first it mixes all colours, which gives something pale. The "
        "[[loss]] says how surprised it is by the true colours.",
        "Press Train, and watch the colours come.", On("learn", rows=4, pictures=1, edge=140, far=200),
        "Why is the wrong colour often a good one?",
        "A yellow face is drawn yellow by all three teams. A green car could be red: only the label says green.",
        "What does it paint before it has learned anything?", "All colours at once, so something pale.",
        "A wrong colour means that the model does not know the thing. (Some things have no colour of their own.)",
    ),
    Scene(
        "No right answer", "Where the colour is not in the picture",
        "For each place the model says how likely each colour is. One large square: it is sure, as at white ground. "
        "Many small ones: the colour is not in the picture, as in flags and clothes. Nobody could know it.",
        "Press white ground, then other places. Where is it sure, where not?",
        (On("card", rows=0, panels=(0, 2), edge=190),),
        "Why ask for a class, and not for a number?",
        "If red and blue are both likely, the best single number lies between them: a dull brown. A "
        "[[distribution]] can say “red or blue”.",
        "Where is it sure?", "At white ground, in yellow faces. Not in flags, clothes and balloons.",
        "An unsure model is a bad model. (Where there is no right answer, unsure is right.)",
        done=ticks.by_hand, another=True,
    ),
    Scene(
        "Dull or bright", "Why rare colours count more",
        "Half of all places are grey. If all count alike, the model likes to paint grey. So rare colours got a larger "
        "weight: [[rebalancing]]. The pictures become brighter, but the trunk knows no more by it.",
        "Press “All places count alike”, and watch the colours fade.",
        (On("own", draw=SWITCHES.draw), On("learn", rows=4, pictures=1, edge=120, far=160)),
        "Is grey wrong?",
        "It is what costs least if you are unsure: most places are nearly grey. Bright colours please the eye, and are "
        "more often wrong at grey places.",
        "Does the model know more with bright colours?",
        "Not by itself. The lab has it measured: what the trunk has learned is not better for it.",
        "A bright picture shows a better model. (It shows another weight in the loss.)",
        done=SWITCHES.tried,
    ),
    usual.good(
        "Back to rare colours. The [[trunk]] is [[frozen]]: it learns no more. People name a few pictures: animal, "
        "food, flag. How many new ones, in grey, are then named correctly? Only the raw pixels keep their colours.",
        "Did painting help to name things?",
        "More than nothing: it is ahead of the untrained network. Raw pixels keep their colours here, and are ahead.",
        "Who paints well, understands. (Many colours can be told by how light and how flat a place is.)",
    ),
    usual.check(
        "What is the label here, and who made it?",
        "The colour of each place. The data made it: the picture had it all the time.",
    ),
)  # fmt: skip


LESSON = Lesson(
    SCENES, usual.said(SLUG), "Coloured places of the first picture at which it names the colour, over time",
    good="things with a colour of their own, and very many photos: each one asks, and has the answer.",
    poor="things of any colour, such as flags and clothes: there the label asks for what a grey picture does not say.",
    before=True,
)  # fmt: skip
