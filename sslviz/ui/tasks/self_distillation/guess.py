"""What the page Self-distillation asks, and the flashcards: the teacher's answer to which crop is the label of this?"""

from __future__ import annotations

import numpy as np

from sslviz.catalogue.self_distillation import ENTRY
from sslviz.ui.frame import current, other_view
from sslviz.ui.frame.guess import Question
from sslviz.ui.frame.label_question import LabelQuestion
from sslviz.ui.tasks.self_distillation import card

SLUG = ENTRY.slug


def question() -> Question:
    """A large crop, and four others of which one is of the same picture."""
    return other_view.question(
        SLUG, "What the teacher says of one of the four is the label. Which one is of the same picture?",
        "this crop", lambda labelled, own: card.answer(current.show(SLUG), labelled).near(own),
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """What the teacher says of which crop is the label?"""
    return other_view.label_question(
        SLUG, rng, "What the teacher says of one of these crops is the label of this one. Of which?",
        "View {letter} is another crop of the same picture. The others play no part: there are no negatives.",
    )  # fmt: skip
