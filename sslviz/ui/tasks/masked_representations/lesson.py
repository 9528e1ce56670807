"""The lesson of Masked representations: the same hidden patches, and two labels for them: pixels, or vectors."""

from __future__ import annotations

from sslviz.catalogue.masked_representations import ENTRY
from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene
from sslviz.ui.frame.lesson.switches import Switches, Way

SLUG = ENTRY.slug
BREAKS = (
    Way("no_average", "Without the average", ":material/speed:", {"m": 0.0, "stop_gradient": True},
        "Trains anew; the target is the model itself"),
    Way("no_stop", "Let the gradient through", ":material/compress:", {"m": ENTRY.fields["m"].default,
        "stop_gradient": False}, "Trains anew; the target is moved towards what is easy to predict"),
)  # fmt: skip
BACK = Way("as_it_was", "As it was", ":material/build:", {"m": ENTRY.fields["m"].default, "stop_gradient": True})
SWITCHES = Switches(SLUG, BREAKS, BACK)

SCENES = (
    usual.begin(
        "Take some pictures",
        "The names are for you: the model never gets them. Imagine that a friend sees such a picture and you see only "
        "half. Would you ask her for every point of the other half, or for what is there?",
        "Look at them. If you like, take others.", On("card", rows=1, pictures=3),
        "Is every point worth asking for?",
        "No. How the folds of a shirt lie, nobody can know. That there is a sleeve, one can.",
        "What would you ask the friend for?", "For what is there: a sleeve, an ear. Not for every point.",
    ),
    Scene(
        "Hide blocks", "Hide blocks: pixels could be the label",
        "Four blocks of [[patch|patches]] are hidden; they may overlap. In the lesson Masked patches the label was "
        "their pixels: every point of them, with folds and noise.",
        "Press “Other blocks”. What could one not know?", (On("card", rows=3, pictures=2),),
        "Why blocks, not single patches?",
        "A single patch can be continued from its neighbours. Of a whole block one must know what it belongs to.",
        "What of a hidden block can nobody know?", "Folds, noise, the very texture.",
        relabel="Other blocks", done=ticks.redrawn, another=True,
    ),
    Scene(
        "Pixels or vectors", "The same patches, another label",
        "A slower copy of the model sees the whole picture and writes a [[vector]] for each patch: 64 numbers, the "
        "darker the larger. These are the [[pseudo-label]]. The model made it, by its slower copy.",
        "Compare: the same patches in pixels and in vectors.",
        (On("card", rows=0, panels=(0, 1), edge=230),),
        "What are the small fields?",
        "Each field is one number of the vector. What is the same in all pictures at that place is taken away. No "
        "single field has a meaning; alike vectors look alike.",
        "Who made this label?", "The model itself: its slower copy, which sees the whole picture.",
        "The vector is the patch in small. (The copy saw the rest, too, and puts into it what it likes.)",
        relabel="Other blocks", another=True,
    ),
    usual.guess(
        "A block is asked for. One of the four pieces stood there. The model predicts vectors, and takes the piece "
        "whose vectors are nearest. A simple rule answers, too: it continues the nearest patch.", "Choose a letter.",
        "Can the model see the four pieces?",
        "It never compares pixels. The slower copy turns each piece, with its picture, into vectors.",
        "How did you choose?", "By what the thing is, or by lines that go on.",
    ),
    usual.learn(
        "First row: pictures whose framed patch has alike pixels. Second row: an alike [[vector]]. At first vectors "
        "say little. The [[model]] learns to predict them, and they change: the label moves.",
        "Press Train, and watch the second row.", On("learn", rows=0, panels=(3,), edge=118),
        "Why does the second row change?",
        "The label comes from a slower copy of the model. When the model learns, its copy follows, and so the label "
        "moves.",
        "What is different from a label in pixels?", "It changes while the model learns; pixels stay.",
        "A label that moves cannot be learned. (It moves slowly enough.)",
    ),
    Scene(
        "Why a slow teacher?", "Why a slow teacher?",
        "The easiest label to predict is one vector for everything: the [[loss]] would be 0. The copy is slow, and no "
        "[[gradient]] reaches it. Take one of both away: do all pictures get nearly one vector? That is [[collapse]].",
        "Press a button. Does the effective rank fall towards 1?",
        (On("own", draw=SWITCHES.draw), On("learn", rows=0, panels=(5,), edge=120)),
        "What do the meters say?",
        "Spread: how much the vectors of different pictures differ. Mean cosine: at 1 all are the same. Effective "
        "rank: in how many directions they differ.",
        "Which of the two does this small model need?",
        "That without which the rank falls to a few: no gradient may reach the target. The average only helps.",
        "The lowest loss is the best model. (With one vector for all it is 0.)",
        done=SWITCHES.tried,
    ),
    usual.good(
        usual.CLOTHES, "Did vectors as a label help more than pixels?",
        "Compare with the untrained network and with raw pixels here, then with the bars of the lesson Masked patches.",
    ),
    usual.check(
        "What is the label here, and what is it in Masked patches?",
        "Here the vectors that a slower copy gives to the hidden patches; there their pixels.",
    ),
)  # fmt: skip


LESSON = Lesson(
    SCENES, usual.said(SLUG), "Its error here. ✓: smaller than by knowing the places alone; the bar: by how much",
    good="large pictures with much that nobody can know: a vector may leave it out (I-JEPA, 2023).",
    poor="small models, and runs that nobody watches for a collapse.",
    before=True,
)  # fmt: skip
