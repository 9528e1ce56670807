"""What the page Two views asks, and the flashcards: the other view of which picture is predicted from this one?"""

from __future__ import annotations

import numpy as np

from sslviz.catalogue.two_views import ENTRY
from sslviz.ui.frame import current, other_view
from sslviz.ui.frame.guess import Question
from sslviz.ui.frame.label_question import LabelQuestion
from sslviz.ui.tasks.two_views import card

SLUG = ENTRY.slug


def question() -> Question:
    """A view, and four others of which one is of the same picture."""
    return other_view.question(
        SLUG, "From “this view” the model predicts what its slower copy says of one of the four. Of which one?",
        "this view",
        lambda labelled, own: card.answer(current.show(SLUG), labelled).cosines(own),
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """What the target says of which view is the label?"""
    return other_view.label_question(
        SLUG, rng, "Which view’s vector, given by the target network, is the label?",
        "View {letter} is the other view of the same picture. The others play no part: there are no negatives.",
    )  # fmt: skip
