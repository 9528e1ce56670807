"""The lesson of MoCo: a queue of older keys gives many wrong answers without a large batch."""

from __future__ import annotations

from typing import Any

from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Said, Scene

SCENES = (
    usual.begin(
        "Take some pictures",
        "Clothes in grey; the names are for you, the model never gets them. Among a few pictures brightness may be "
        "enough to find the right one. Among a thousand one must look more closely.",
        "Look at them. If you like, take others.", On("card", rows=1, pictures=3),
        "What is new beside Same or different?",
        "There each picture was compared with the others of its [[batch]]. Here the others wait in a queue, and there "
        "are over a thousand of them.",
        "Why is it good to compare with many?",
        "Among few, form or brightness is enough to find the right one. Among many one must look more closely.",
    ),
    Scene(
        "Query and key", "A query and its key",
        "Each picture is changed twice by chance. One [[view]] asks: it is the query. The other one is its key. The "
        "thing stays: its form, its parts.",
        "Press “Other views”: what changes, and what stays?",
        (On("card", rows=3, pictures=2, edge=200),),
        "Who reads the key?",
        "A slower copy of the model, whose weights follow with a delay: the [[momentum]] copy. So keys of today and "
        "of a few steps ago can still be compared.",
        "What do query and key still have in common?", "The thing itself: its form, its parts.",
        relabel="Other views", done=ticks.redrawn, another=True,
    ),
    Scene(
        "The queue", "A queue of wrong answers",
        "The keys of the last steps wait in a queue: vectors, no pictures. With each [[step]] a [[batch]] of new ones "
        "comes in, and the oldest leave.",
        "Look at the newest keys, and at those one step older.",
        (On("card", rows=0, panels=(1,), pictures=1),),
        "Why not simply a larger batch?",
        "All views of a batch must be computed anew in each step, and kept in memory. An old key is only a "
        "[[vector]]: "
        "it costs next to nothing.",
        "What is stored in the queue?", "Vectors, no pictures. The pictures are drawn here for you only.",
        "Old keys are as good as new ones. (They come from an older copy; therefore it changes slowly.)",
        another=True,
    ),
    Scene(
        "The own key", "Its own key is the label",
        "Which of all keys was made from the same picture? We made both views, so we know: the one framed in blue, the "
        "[[pseudo-label]]. The model made the keys themselves, by its slower copy.",
        "Find the blue one. How many keys are more alike to the query?",
        (On("card", rows=0, panels=(0,), pictures=1, edge=300, far=600),),
        "What are the numbers?",
        "The [[cosine]] of query and key: 1 if they point the same way, 0 if they have nothing in common.",
        "Who made this label?",
        "The model: its slower copy made the keys. We made both views, so we know which key belongs to the query.",
        "The other alike keys are the same kind of thing, so they are right, too. (The label calls them wrong.)",
        relabel="Other views", another=True,
    ),
    usual.guess(
        "A query, and four keys. One of them was made from the same picture. Light and dark were changed by chance. A "
        "simple rule answers, too: it only compares points.", "Choose a letter.",
        "Would comparing pixels do?",
        "See for yourself: “raw pixels” is what you get by choosing the picture whose points are nearest.",
        "What did you look at?", "Form and parts; hardly light and dark, which change by chance.",
    ),
    usual.learn(
        "The own key must become the most alike of all: rank 1. At first that is easy, since the queue holds noise; "
        "with real keys the [[loss]] rises. The copy is slow, or else old and new keys could not be compared.",
        "Press Train, and watch the rank.", On("learn", rows=4, skip=1, pictures=1, edge=200, far=200),
        "Why does the loss rise at first?",
        "In the beginning the queue holds noise, which is unlike any query: that is easy. Then real keys come in.",
        "What would happen if the copy were as fast as the model?",
        "Keys of different ages could no longer be compared, and the model would chase its own changes.",
    ),
    usual.good(
        "Now the [[trunk]] is [[frozen]]: it learns no more. It looks at what stays, form and parts, and these tell "
        "things apart. People name a few clothes, each anywhere in its picture. How many new ones are then named "
        "correctly?",
        "Why does this help to name things?",
        "To find the own key one must look at what stays: form and parts. These tell things apart, too.",
    ),
    usual.check(
        "How can a small batch have a thousand wrong answers?",
        "The keys of earlier batches are kept in a queue, and count as different.",
    ),
)  # fmt: skip


def said(this: Any, view: RunView, seed: int, options: Any) -> Said:
    """Where the own key of the chosen picture stands among all keys."""
    from sslviz.ui.frame import picture_card
    from sslviz.ui.tasks.queue import card

    i = picture_card.selected(card.SLUG, this)
    rank, count = card.rank(card.answer(view, card.label(this.pixels, seed, options), options), i)
    return Said(f"{rank:,}", rank == 1 or None, 1 - (rank - 1) / (count - 1))


LESSON = Lesson(
    SCENES, said, "Rank of the own key among all; the bar: how far in front it stands",
    good="learning what stays of a picture, in little memory: the batch may be small.",
    poor="questions about just what the views change: light or place, for example.",
)  # fmt: skip
