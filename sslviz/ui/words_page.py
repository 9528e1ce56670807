"""Words and questions of the page Masked words."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from sslviz.data import text
from sslviz.training.shown import Shown
from sslviz.ui import current, page, words_card
from sslviz.ui.words_card import SLUG

LEAD = {
    "Basic": "Cover a word with your thumb and say what it was. The covered word is the label; nobody had to write it.",
    "Standard": "By default 15 % of the words are chosen. Of these, 80 % are hidden behind [MASK], 10 % swapped for "
    "another word, 10 % stay as they are. The model must name all of them from the words around; only they count in "
    "the loss.",
    "Detailed": "Minimise −(1/|M|) Σ ln p(wᵢ | x̃) over the chosen places M, |M| = max(1, round(0.15 n)), n tokens with "
    "[CLS] and [SEP]; x̃ is the sentence after 80/10/10. The kept words make the model describe every word, not only "
    "[MASK]. BERT: arXiv 1810.04805, section 3.1. RoBERTa, arXiv 1907.11692, draws a new mask each time.",
}
GAP = "▨▨▨"


def baseline_lines(view: Shown) -> list[dict[str, Any]]:
    """Dashed lines of the loss plot: what guessing and counting cost; guessing alone where the setting is another."""
    words = len(text.corpus().vocabulary)
    return page.loss_lines(view) or [
        {"name": f"guessing: ln {words:,}", "value": float(np.log(words)), "kind": "chance"}
    ]


def question(slug: str) -> dict[str, Any]:
    """A held-out sentence with one word hidden: what `guess` asks, and everybody's answers."""
    number = st.session_state.get(f"{slug}_guess", 0)
    view, corpus = current.show(slug), text.corpus()
    this, place = words_card.to_guess(number, words_card.PAGE)
    how = [""] * (len(this.tokens) + 2)
    how[place + 1] = "hide"
    _, labelled = words_card.label(this, 0, {"share": 0.15, "masking": "dynamic"}, how)
    p = words_card.probabilities(view, labelled)
    truth, ids = this.tokens[place], this.batch.data["ids"][0].numpy()
    choices = sorted({truth, *words_card.decoys(number, truth)})
    # Everybody chooses among the same four.
    left = max(choices, key=lambda word: _after()[ids[place], corpus.index[word]])

    def show() -> None:
        shown = [GAP if i == place else piece for i, piece in enumerate(this.pieces)]
        st.html(f"<p class='asked'>{' '.join(shown)}</p>")  # bundled text, not a visitor's

    return {
        "question": "Which word is hidden?",
        "choices": choices,
        "truth": truth,
        "model": max(choices, key=lambda word: p[corpus.index[word]]),
        "others": {"left-neighbour counts": left},
        "chance": 1 / len(choices),
        "show": show,
    }


def _after() -> np.ndarray:
    from sslviz.catalogue import load

    return load(SLUG).pool("sentences")["after"]
