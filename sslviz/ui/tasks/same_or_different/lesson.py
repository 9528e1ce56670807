"""The lesson of Same or different: two views of one picture belong together."""

from __future__ import annotations

from typing import Any

from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Said, Scene

SCENES = (
    usual.begin(
        "Take some pictures",
        "A handful of clothes in grey. The names below are for you: the [[model]] never gets them.",
        "Look at them. If you like, take others.", On("card", rows=1, pictures=6, edge=130), "Why several at once?",
        "Because this task compares. A single picture has nothing that it could be different from.",
        "Which two would you call the same?",
        "Some will say: two of a kind, such as two coats. Keep that in mind; the task says something else.",
    ),
    Scene(
        "Change each one twice", "Change each picture twice",
        "From each picture two [[view|views]] are made: a piece is cut out, mirrored, made lighter or darker, all "
        "by chance. What stays is the thing: its form, its parts.",
        "Take other views, and see what can change.",
        (On("card", rows=3, pictures=2),),
        "How much is changed?",
        "So much that pixels no longer match, and so little that you still see it is the same thing. Too much or too "
        "little, and the model learns less.",
        "What do two views still have in common?",
        "The thing itself: its form, its parts.",
        "Changing light adds information. (It takes some away, so that brightness alone is not enough.)",
        relabel="Other views", done=ticks.redrawn, another=True,
    ),
    Scene(
        "“Same” is the label", "Same or different is the label",
        "Two views of one picture are “same”. All other pairs are “different”: one view from the upper row and one "
        "from the lower, for example. The [[batch]] made these labels: the pictures that happen to be shown together.",
        "Take any two of these views, and say their label: same, or different?",
        (On("card", rows=4, pictures=2),),
        "Two of a kind are “different”?",
        "Yes. Nobody told the [[model]] what a coat is. “Same” means: made from the same picture, nothing else.",
        "Who made this label?",
        "The batch: which pictures happen to be together decides what is “different”.",
        "“Same” means the same kind of thing. (It means two views of one picture.)",
        relabel="Other views", another=True,
    ),
    usual.guess(
        "One view, and four others. One of them was made from the same picture. A simple rule answers, too: it only "
        "compares pixels.", "Choose a letter.",
        "Would comparing pixels do?",
        "See for yourself: “raw pixels” is what you get by choosing the picture whose pixels are nearest.",
        "What did you look at?", "Form and parts, hardly light and dark: these are changed by chance.",
    ),
    usual.learn(
        "Each view becomes a [[vector]], a list of numbers. The longer a bar, the more alike two lists. Blue, the "
        "picture’s other view, must become the longest. Without the others all lists could be the same.",
        "Press Train, and watch the bars move apart.", On("learn", rows=0, panels=(0,), edge=150),
        "What are the bars?",
        "The [[cosine]] of two vectors: 1 if they point the same way, 0 if they have nothing in common; below 0 there "
        "is no bar. Another thing may be alike, too; what counts is which bar is the longest.",
        "What would happen without the other pictures?",
        "All vectors could become the same, and every pair would be “same”. That is the next lesson.",
    ),
    usual.good(
        usual.ANYWHERE, "Why does this help to name things?",
        "To find the other view one must look at what stays: form and parts. These tell things apart, too.",
    ),
    usual.check(
        "When do two views have the label “same”?", "When they were made from one and the same picture.",
    ),
)  # fmt: skip


def said(this: Any, view: RunView, seed: int, options: Any) -> Said:
    """Which view the model finds for the chosen picture."""
    from sslviz.ui.tasks.same_or_different import card, stage_card

    _, labelled = card.label(this.pixels, seed, options)
    answer, _ = card.answer(view, labelled, options)
    return stage_card.said(this, answer.data["cosine"].double().numpy())


LESSON = Lesson(
    SCENES, said, "What it finds most like the first view; the bar: how alike the same picture’s other view is",
    good="pictures of things: it finds what stays, form and parts, and these tell things apart.",
    poor="questions about just what the views change: how bright a thing is, or where it lies.",
)  # fmt: skip
