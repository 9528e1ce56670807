"""What the page Redundancy reduction asks, and the flashcards: which other view must get the same vector?"""

from __future__ import annotations

import numpy as np

from sslviz.catalogue.redundancy import ENTRY
from sslviz.ui.frame import current, other_view
from sslviz.ui.frame.guess import Question
from sslviz.ui.frame.label_question import LabelQuestion
from sslviz.ui.tasks.redundancy import card

SLUG = ENTRY.slug


def question() -> Question:
    """A view, and four others of which one is of the same picture."""
    return other_view.question(
        SLUG, "One of these views must get the same vector as this one. Which?", "this view",
        lambda labelled, own: card.cosines(card.answer(current.show(SLUG), labelled), own),
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which view must get the same vector?"""
    return other_view.label_question(
        SLUG, rng, "Which view must get the same vector as this one?",
        "View {letter} is the other view of the same picture. No view is pushed away; only the numbers must not "
        "repeat each other.",
    )  # fmt: skip
