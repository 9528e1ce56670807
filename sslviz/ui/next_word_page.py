"""Words and questions of the page Next word."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from sslviz.data import text
from sslviz.ui import current, next_word_card
from sslviz.ui.next_word_card import SLUG
from sslviz.ui.words_card import decoys, to_guess

LEAD = {
    "Basic": "Say the next word before you read it. It is the label; nobody had to write it. A language model, as GPT "
    "is, does only this, and so it can go on writing.",
    "Standard": "All words but the last go in, and at every place the word that follows is the label: a sentence asks "
    "as many questions as it has words. Nothing needs to be hidden in the input, because each place may look only at "
    "itself and to its left. That is the one switch that makes a language model, as GPT is, of the trunk that all "
    "pages share.",
    "Detailed": "Minimise −(1/(T−1)) Σ ln p(xₜ₊₁ | x₀ … xₜ) over t = 0 … T−2: inputs x[0..T−2], labels x[1..T−1]; the "
    "last token has no label, since nothing follows it. The causal mask sets the attention scores of later places to "
    "−∞ before the softmax. Shift once only: Hugging Face’s models shift inside, so labels shifted beforehand train "
    "the word after next. GPT: Radford et al. 2018, section 3.1. The mask: arXiv 1706.03762, section 3.2.3. Writing "
    "with top-k: arXiv 1805.04833.",
}
GAP = "▨▨▨"


def question(slug: str) -> dict[str, Any]:
    """A held-out sentence broken off before a word: what `guess` asks, and everybody's answers."""
    number = st.session_state.get(f"{slug}_guess", 0)
    view, corpus = current.show(slug), text.corpus()
    this, place = to_guess(number, next_word_card.PAGE, first=2, longest=14)
    ids, truth = this.batch.data["ids"][0, : place + 1], this.tokens[place]
    p = next_word_card.coming(view, ids).numpy()
    choices = sorted({truth, *decoys(number, truth)})  # everybody chooses among the same four
    after = _after()[int(ids[-1])]

    def show() -> None:
        st.html(f"<p class='asked'>{' '.join(this.pieces[:place])} {GAP}</p>")  # bundled text, not a visitor's

    return {
        "question": "Which word comes next?",
        "choices": choices,
        "truth": truth,
        "model": max(choices, key=lambda word: p[corpus.index[word]]),
        "others": {"bigram counts": max(choices, key=lambda word: after[corpus.index[word]])},
        "chance": 1 / len(choices),
        "show": show,
    }


def _after() -> np.ndarray:
    from sslviz.catalogue import load

    return load(SLUG).pool("sentences")["after"]
