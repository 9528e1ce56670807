"""What the page Same or different asks, and the flashcards: which view is the partner of this one?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sslviz.catalogue.same_or_different import ENTRY, SameOrDifferentOptions
from sslviz.ui.frame import current, other_view
from sslviz.ui.frame.guess import Question
from sslviz.ui.frame.label_question import LabelQuestion
from sslviz.ui.tasks.same_or_different import card

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled

SLUG = ENTRY.slug


def question() -> Question:
    """A view, and four others of which one is its partner."""

    def alike(labelled: Labelled, own: int) -> Any:
        answer, _ = card.answer(current.show(SLUG), labelled, SameOrDifferentOptions())
        cosine = answer.data["cosine"]
        return cosine[own, len(cosine) // 2 :]

    return other_view.question(SLUG, "Which one is of the same picture?", "this view", alike)


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which of four views is the partner of a fifth?"""
    return other_view.label_question(
        SLUG, rng, "Which view is its partner?",
        "View {letter} was made from the same picture; that alone makes it the label.",
    )  # fmt: skip
