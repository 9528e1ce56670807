"""The lesson of Self-distillation: a teacher that is a slower copy of its student, and two ways for it to collapse."""

from __future__ import annotations

from typing import Any

from sslviz.catalogue.self_distillation import ENTRY
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Said, Scene
from sslviz.ui.frame.lesson.switches import Switches, Way

SLUG = ENTRY.slug
BREAKS = (
    Way(
        "no_centring", "Without centring", ":material/vertical_align_bottom:",
        {"centring": False, "sharpening": True}, "Trains anew without centring",
    ),
    Way(
        "no_sharpening", "Without sharpening", ":material/blur_on:", {"centring": True, "sharpening": False},
        "Trains anew without sharpening",
    ),
)  # fmt: skip
BACK = Way("both", "Put both back", ":material/build:", {"centring": True, "sharpening": True})
SWITCHES = Switches(SLUG, BREAKS, BACK)

SCENES = (
    usual.begin(
        "Take some pictures",
        "The names are for you: the model never gets them. A student will look at the pictures, and a teacher: a "
        "slower copy of the student, the mean of many earlier ones. It sees more of each picture.",
        "Look at them. If you like, take others.", On("card", rows=1, pictures=3), "Who teaches the teacher?",
        "Nobody. It begins as a copy of the student, which knows nothing, and follows it with a delay.",
        "How can a copy teach?", "It sees more of the picture, and it changes slowly: it is the mean of many students.",
    ),
    Scene(
        "Cut crops", "One sees much, one sees little",
        "The teacher sees a large [[crop]], the student also small ones: a picture through a keyhole. If a small one "
        "shows only background, nobody can know the whole.",
        "Press “Other crops”. Could you know the whole from the part?", (On("card", rows=3, pictures=2),),
        "Why must the student see less?",
        "To know the whole from a part, one must know what such parts belong to.",
        "When can it not be known?", "When the small crop shows only background.",
        relabel="Other crops", done=ticks.redrawn, another=True,
    ),
    Scene(
        "The teacher’s label", "What the teacher says is the label",
        "The teacher sorts its crop into 64 boxes, the [[prototype|prototypes]]. How likely it finds each is the "
        "[[pseudo-label]]. The model made it, by its slower copy. From a small crop the student must say the same.",
        "Compare the blue bars with the orange ones.",
        (On("card", rows=5, skip=1, pictures=1, edge=165),),
        "What is in the boxes?",
        "Nobody said. They get a meaning while the model trains, or none. A bar of the "
        "full height would be one box that is certain.",
        "Who made this label?", "The model itself: its slower copy.",
        "The teacher knows better. (At first it knows nothing; it only sees more.)",
        relabel="Other crops", another=True,
    ),
    usual.guess(
        "One large crop, and four others. One is of the same picture: what the teacher says of it is the label. A "
        "simple rule answers, too: it only compares points.", "Choose a letter.",
        "What of the other three?", "They play no part. There are no negatives.",
        "What would be an easy way to agree always?", "Always say the same.",
    ),
    usual.learn(
        "Orange is what the last block of the model reads: its [[attention]]. At first it is spread; then some patches "
        "are read much more. They need not lie on the thing: there are only 16, and the model is small.",
        "Press Train, and watch the orange patches.", On("learn", rows=0, panels=(1,), edge=280, far=400),
        "Did anybody show it where the thing is?",
        "No. It reads what helps to agree with the teacher.",
        "Does orange always lie on the thing?", "Not always. There are 16 patches only, and the model is small.",
        "Attention explains the answer. (It says what is read, not what is made of it.)",
    ),
    Scene(
        "Two collapses", "Two ways to collapse",
        "[[centring|Centring]]: what the teacher says of every picture is taken away. Without it one box takes all. "
        "[[sharpening|Sharpening]]: its favourite box is made clearer. Without it all 64 become equally likely. Both "
        "are [[collapse]]: nothing was learned.",
        "Press a button. Do both bars go to 1, or to 64?",
        (On("own", draw=SWITCHES.draw), On("learn", rows=0, panels=(2,), edge=120)),
        "Why does one need both?",
        "Centring pushes away from one box, towards all alike. Sharpening pushes the other way. Together they balance.",
        "Which collapse has the lower loss?", "One box for all: its loss is nearly 0. Nothing was learned either way.",
        "A low loss shows a good model. (With one box for all it is 0.)",
        done=SWITCHES.tried,
    ),
    usual.good(
        "Back to the healthy model. The 64 boxes only sort, and are thrown away; the [[trunk]] before them knows more. "
        "It is [[frozen]]. People name a few clothes, each anywhere in its picture. How many new ones are named "
        "correctly?",
        "Why is the head with its 64 boxes thrown away?", "It only sorts; the trunk before it knows more.",
    ),
    usual.check(
        "What is the label here?", "What a slower copy of the model says of another crop of the same picture.",
    ),
)  # fmt: skip


def said(_this: Any, view: RunView, _seed: int, _options: Any) -> Said:
    """How far labels of different pictures differ: entropy of the mean label less that of a label, of ln 64."""
    from math import log

    from sslviz.ui.tasks.self_distillation.card import decided

    one, mean, _ = decided(view)
    share = max(0.0, mean - one) / log(64)
    return Said(f"{share:.0%}", None, share)


LESSON = Lesson(
    SCENES, said, "How far the labels of different pictures differ, over time; 100%: as far as they can",
    good="learning without “different”, and seeing where a model looks.",
    poor="pictures whose parts do not tell what the whole is, and runs that nobody watches.",
)  # fmt: skip
