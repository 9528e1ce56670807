"""What the page Next word asks, and the flashcards: which word comes next?"""

from __future__ import annotations

import numpy as np

from sslviz.catalogue.next_word import ENTRY
from sslviz.data import text
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import Question
from sslviz.ui.frame.label_question import LabelQuestion
from sslviz.ui.frame.sentence_samples import GAP, brief, sample, telling, to_guess, word_label_question, word_question
from sslviz.ui.tasks.next_word import card

SLUG = ENTRY.slug


def question() -> Question:
    """A held-out sentence broken off before a word, and everybody's answers."""
    this, place = to_guess(guess.number(SLUG), ENTRY.stream, first=2, longest=14)
    p = card.coming(current.show(SLUG), this.batch.data["ids"][0, : place + 1]).numpy()
    return word_question(
        SLUG, "Which word comes next?", this, place, [*this.pieces[:place], GAP], p, "bigram counts"
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which word is the label at a place?"""
    while True:
        this = sample(int(rng.integers(text.HELD_OUT)), "")
        follows = card.label(this).targets["words"][0].tolist()
        places = [at for at in range(2, len(this.tokens)) if telling(follows[at])]
        if brief(this) and places:
            break
    at = int(rng.choice(places))
    return word_label_question(
        SLUG, int(this.batch.data["ids"][0, at]), follows[at], "The label is the word that follows in the text: {}.",
        "The beginning of a sentence that no model was trained on:",
        (*((piece, "") for piece in this.pieces[:at]), ("?", "asked")), rng,
    )  # fmt: skip
