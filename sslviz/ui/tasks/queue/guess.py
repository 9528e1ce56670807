"""What the page of the queue asks, and the flashcards: whose key is that of this query?"""

from __future__ import annotations

import numpy as np

from sslviz.catalogue.queue import ENTRY
from sslviz.ui.frame import current, other_view
from sslviz.ui.frame.guess import Question
from sslviz.ui.frame.label_question import LabelQuestion
from sslviz.ui.tasks.queue import card

SLUG = ENTRY.slug


def question() -> Question:
    """A query, and four keys of which one is its own."""
    return other_view.question(
        SLUG, "Which key was made from the same picture?", "the query",
        lambda labelled, own: card.own_batch(current.show(SLUG), labelled)[own],
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """The key of which view is the label of a query?"""
    return other_view.label_question(
        SLUG, rng, "Which view’s key is the label of this query?",
        "View {letter} is of the same picture, so its key is the label; the keys in the queue are the others.",
        "A query, and four views whose keys could be asked for, all cropped and recoloured at random:",
    )  # fmt: skip
