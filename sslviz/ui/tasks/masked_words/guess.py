"""What the page Masked words asks, and the flashcards: which word is hidden?"""

from __future__ import annotations

import numpy as np

from sslviz.catalogue.masked_words import ENTRY, MaskedWordsOptions
from sslviz.data import text
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import Question
from sslviz.ui.frame.label_question import LabelQuestion
from sslviz.ui.frame.sentence_samples import GAP, brief, sample, telling, to_guess, word_label_question, word_question
from sslviz.ui.tasks.masked_words import card

SLUG = ENTRY.slug


def question() -> Question:
    """A held-out sentence with one word hidden, and everybody's answers."""
    this, place = to_guess(guess.number(SLUG), ENTRY.stream, first=1)
    how = [""] * (len(this.tokens) + 2)
    how[place + 1] = "hide"
    _, labelled = card.label(this, 0, MaskedWordsOptions(), how)
    shown = [GAP if i == place else piece for i, piece in enumerate(this.pieces)]
    p = card.probabilities(current.show(SLUG), labelled)
    return word_question(SLUG, "Which word is hidden?", this, place, shown, p, "left-neighbour counts")


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which word is the label of a hidden place?"""
    from sslviz.tasks.masked_words import HIDE

    while True:
        this = sample(int(rng.integers(text.HELD_OUT)), "")
        made, labelled = card.label(this, int(rng.integers(10_000)), MaskedWordsOptions())
        how, words = made["how"][0], labelled.targets["words"][0].tolist()
        places = [at for at in np.flatnonzero(how) if how[at] == HIDE and telling(words[at])]
        if brief(this) and places and set(how[how > 0]) == {HIDE}:
            break
    at = int(rng.choice(places))
    line = tuple(
        ("?", "asked") if place + 1 == at else (piece, "hidden") if how[place + 1] else (piece, "")
        for place, piece in enumerate(this.pieces)
    )
    return word_label_question(
        SLUG, int(this.batch.data["ids"][0, at - 1]), words[at],
        "The label is the word that was hidden: {}. Others may fit; only this one stood there.",
        "A sentence that no model was trained on, with hidden words:", line, rng,
    )  # fmt: skip
