"""The lesson of Cluster IDs: the model sorts the pictures into piles; the number of its pile is a picture's label."""

from __future__ import annotations

from typing import Any

from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Said, Scene

SCENES = (
    usual.begin(
        "Take some pictures",
        "Some clothes in grey. The names below are for you: the [[model]] never gets them, and nobody sorted the "
        "pictures. Into how many piles would you sort them? No number is right: here it is a setting.",
        "Look at them. If you like, take others.", On("card", rows=1, pictures=3), "How would you sort them?",
        "By what they are, by form, by brightness: there are many ways. The model finds a way of its own.",
        "Into how many piles would you sort a box of buttons?", "There is no right number. Here it is a setting.",
    ),
    Scene(
        "Sort them into piles", "The model sorts them into piles",
        "Its [[trunk]] turns each picture into a [[vector]], a list of numbers. Near vectors go into one pile, a "
        "[[cluster]]: often alike in form or brightness, not always in kind.",
        "See who else is in the pile. Is it what you would do?",
        (On("card", rows=0, panels=(0,), pictures=1),),
        "Who decides what is alike?",
        "The untrained trunk, at first. Even it puts bright pictures together, and pictures of one form. Later the "
        "trained trunk decides.",
        "What do the pictures of one pile have in common?",
        "Often form or brightness; sometimes the kind of thing.",
        another=True,
    ),
    Scene(
        "Its number is the label", "The number of its pile is the label",
        "The piles are numbered. A picture’s [[pseudo-label]] is the number of its pile. The model made it: it sorted "
        "the pictures. Now it must name the number from a cut-out of the picture, made lighter or darker.",
        "Take another cut-out: the label stays the same.",
        (On("card", rows=3, pictures=2),),
        "What does the number mean?",
        "Nothing. Pile 7 is not more than pile 3. Only this counts: which pictures have the same number.",
        "Who made this label?",
        "The model itself: it sorted the pictures.",
        "The piles are the true classes. (They are whatever the trunk finds alike.)",
        relabel="Another cut-out", done=ticks.redrawn, another=True,
    ),
    usual.guess(
        "A picture, and four piles. Into which one did the model put it? It may sort in another way than you: nobody "
        "told it what people care about. A simple rule answers, too: it only compares pixels.",
        "Choose a pile.", "Can it be unclear?",
        "Yes. A picture may lie between two piles; it goes to the nearest one, even if that is far away.",
        "Did you and the model sort alike?", "Answers differ. The model cannot know what people care about.",
    ),
    usual.learn(
        "It learns to name the piles. Then all pictures are sorted anew with the better trunk: better piles, and so "
        "better labels.",
        "Press Train, and watch its answer change.", On("learn", rows=4, pictures=1, edge=165),
        "Why does the loss jump?",
        "Whenever the pictures are sorted anew, the numbers are new, and the last layer begins from nothing.",
        "Why sort again?", "The better trunk makes better piles, and these make better labels.",
        title="Learn, then sort again",
    ),
    usual.good(
        usual.ANYWHERE,
        "What can a model not teach itself in this way?",
        "What people care about. It finds only what is alike.",
    ),
    usual.check(
        "Where do the labels of this task come from?",
        "From the model: it sorts the pictures, and the pile’s number is the label.",
    ),
)  # fmt: skip


def said(this: Any, view: RunView, seed: int, options: Any) -> Said:
    """Which pile the model names for the chosen picture."""
    from sslviz.ui.frame import picture_card
    from sslviz.ui.tasks.cluster_ids import card

    answers = card.answer(view, card.label(this.pixels, seed, options))
    i = picture_card.selected(card.SLUG, this, 0)
    truth, best = int(answers.far[i].argmin()), int(answers.p[i].argmax())
    return Said(card.number(best), best == truth, float(answers.p[i, truth]))


LESSON = Lesson(
    SCENES, said, "Which pile it names; the bar: how sure it was of the right one",
    good="large collections that nobody has sorted: it finds groups of alike pictures.",
    poor="finding the groups that people care about: it knows only what is alike.",
)  # fmt: skip
