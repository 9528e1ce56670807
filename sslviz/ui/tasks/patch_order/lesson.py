"""The lesson of Patch order: pieces are moved; where each one was is the label."""

from __future__ import annotations

from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene

SCENES = (
    usual.begin(
        "Take some pictures",
        "Pictures of 32 by 32 points. The names below are for you: the [[model]] never gets them. Without a name one "
        "can still ask: where in the picture was this piece?",
        "Look at them. If you like, take others.", On("card", rows=1, pictures=3), "Why so small?",
        "So that a model learns before your eyes, on one processor, in a minute or two. The idea is the same for "
        "large pictures.",
        "What could you ask about a picture without knowing what it shows?",
        "Where a piece of it was, which way is up, what is missing.",
    ),
    Scene(
        "Move the pieces", "Cut it, and move the pieces",
        "The picture is cut into 16 pieces, and they change places. Each piece is a [[patch]]. Some parts you still "
        "know: a sleeve looks like a sleeve wherever it lies.",
        "Click two pieces: they change places.",
        (On("card", rows=0, panels=(0,), edge=290),),
        "Who moves them?",
        "A random number does, the [[seed]]. With the same seed the pieces always lie the same way.",
        "Can you still see what it is?",
        "Often: a sleeve looks like a sleeve wherever it lies.",
        relabel="Shuffle again", done=ticks.by_hand, another=True,
    ),
    Scene(
        "Its place is the label", "Where a piece was is the label",
        "We moved the pieces, so we know where each one belongs. The number of its place, counted from 0, row by row, "
        "is the [[pseudo-label]]. The data made it. Whoever answers must know how things look: soles below, collars "
        "above.",
        "Swap two pieces, and watch the blue numbers follow.",
        (On("card", rows=0, panels=(0, 1), edge=220, depth="Standard"),),
        "Is the number the name of a thing?",
        "No. It says only where a piece was. What the picture shows, nobody told the model.",
        "What must one know to answer?",
        "How things look: collars are on top, shoes have a sole below.",
        "The label says what the picture shows. (It says only where a piece was.)",
        relabel="Shuffle again", done=ticks.by_hand, another=True,
    ),
    usual.guess(
        "One piece of a new picture. Where was it? Where all pieces look alike, as in the sky, nobody can say. A "
        "simple rule answers, too: it looks where pieces are most like this one on average.",
        "Choose a place.", "What if two pieces look the same?",
        "Then nobody can know. A blue sky is such a picture: this label is a bad one for it.",
        "For which pictures is this a bad task?", "Where pieces look alike: sky, sand, plain borders.",
    ),
    usual.learn(
        "The model names a place for each of the 16 pieces; on the right they lie there. Empty pieces look alike: "
        "swapped ones count as right. Pure guessing is right once in 16 times.",
        "Press Train, and watch the picture come together.",
        On("learn", rows=2, pictures=1, panels=(2,), edge=165, far=300, depth="Standard"), "What is the dashed line?",
        "Pure guessing: each of 16 places is as likely, ln 16 = 2.77. A curve below it has learned something.",
        "Why can it not know the place of an empty piece?", "It looks like all other empty ones.",
        "It sees what the thing is. (It sees how pieces look, and where such pieces usually are.)",
    ),
    usual.good(
        usual.CLOTHES, "Did moving pieces help to name clothes?",
        "Yes, compared with an untrained network. But raw pixels, without any model, do better still.",
        "Every pretext task gives a better model. (Measure it.)",
    ),
    usual.check(
        "What is the label when pieces are moved?", "Where each piece was.",
    ),
)  # fmt: skip


LESSON = Lesson(
    SCENES, usual.said("patch_order"), "Its answer for this picture: how many pieces it places rightly",
    good="pictures in which parts have their places: clothes, faces, organs in a scan.",
    poor="pictures that look the same everywhere, such as sky, sand or cloth.",
    before=True,
)  # fmt: skip
