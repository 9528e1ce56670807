"""What the page Span corruption asks, and the flashcards: which text stood in the gap, and which text is the label?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from sslviz.catalogue import load
from sslviz.catalogue.span_corruption import ENTRY, SpanCorruptionOptions
from sslviz.data import text
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import LabelQuestion, shuffled
from sslviz.ui.frame.sentence_samples import GAP, Sample, brief, sample
from sslviz.ui.tasks.span_corruption import card

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled

SLUG, CHOICES, LONGEST = ENTRY.slug, 4, 3


def gap(rng: np.random.Generator) -> tuple[Sample, int, int]:
    """A held-out sentence, and where a span of one to three words begins and ends: not at its beginning, no mark in it.

    The sentence goes on behind it, so that both sides can be read.
    """
    while True:
        this, words = sample(int(rng.integers(text.HELD_OUT)), ""), text.corpus()
        begin, long = int(rng.integers(1, len(this.tokens))), int(rng.integers(1, LONGEST + 1))
        hidden = [words.index.get(token, text.UNK) for token in this.tokens[begin : begin + long]]
        if brief(this) and begin + long < len(this.tokens) - 1 and all(words.is_word[hidden]):
            return this, begin, begin + long


def filled(this: Sample, begin: int, end: int, words: list[str]) -> Labelled:
    """The label if `words` stood in the gap; what the model reads is the same for all of them."""
    import torch

    tokens = [*this.tokens[:begin], *words, *this.tokens[end:]]
    ids = torch.from_numpy(text.corpus().encode(tokens))[None]
    other = replace(this, tokens=tokens, batch=replace(this.batch, data={"ids": ids}))
    hide = [begin <= at < begin + len(words) for at in range(len(tokens))]
    return card.label(other, 0, SpanCorruptionOptions(), hide)[1]


def likely(view: RunView, labels: list[Labelled]) -> list[float]:
    """How likely the model finds each label as a whole: the product over its tokens."""
    from sslviz.training.answers import ask

    def product(one: Labelled) -> float:
        each = ask(view.config, view.weights, lambda m: m.loss(one).per_item)
        return float((-each.sum()).exp()) if each is not None else 0.0

    return [product(one) for one in labels]


def question() -> Question:
    """A held-out sentence with a gap, four texts for it, and everybody's answers."""
    rng = np.random.default_rng((guess.number(SLUG), ENTRY.stream, 99))
    this, begin, end = gap(rng)
    truth = " ".join(this.tokens[begin:end])
    texts = {truth: this.tokens[begin:end]}
    while len(texts) < CHOICES:
        other, first, last = gap(rng)
        texts[" ".join(other.tokens[first:last])] = other.tokens[first:last]
    choices, index = sorted(texts), text.corpus().index
    labels = [filled(this, begin, end, texts[choice]) for choice in choices]
    p = dict(zip(choices, likely(current.show(SLUG), labels), strict=True))
    after = load(SLUG).info("sentences")["after"][index[this.tokens[begin - 1]]]
    shown = " ".join([*this.pieces[:begin], GAP, *this.pieces[end:]])
    total = sum(p.values()) or 1.0

    def show() -> None:
        st.html(f"<p class='asked' translate='no'>{shown}</p>")
        st.caption("One to three words are hidden; the gap does not tell how many. The wrong texts stood elsewhere.")

    return Question(
        text="Which text stood there?", choices=choices, truth=truth, model=max(choices, key=p.__getitem__),
        chance=1 / CHOICES, show=show,
        others={"left-neighbour counts": max(choices, key=lambda choice: float(after[index[texts[choice][0]]]))},
        about=lambda: About((shown,), shares=tuple(p[choice] / total for choice in choices)),
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which text is the label of a sentence with one gap or two?"""
    while True:
        this = gap(rng)[0]
        labelled = card.label(this, int(rng.integers(10_000)), SpanCorruptionOptions())[1]
        label = card.compared(*[labelled.targets["words"][0].tolist()] * 2)
        reads = card.compared(labelled.inputs["ids"][0, 1:].tolist(), [])
        if len(card.lengths(label)) == 2:
            break
    said = [word for word, *_ in label[:-1]]
    words = [word for word, _, what in label if what != "sign"]
    kept = [word for word, *_ in reads[:-1]]
    turned = [said[0], *said[said.index("⟨Y⟩") + 1 : -1], "⟨Y⟩", *said[1 : said.index("⟨Y⟩")], said[-1]]
    wrong = [" ".join(one) for one in (this.tokens, words, turned, kept)]
    choices, right = shuffled(rng, " ".join(said), wrong)
    return LabelQuestion(
        "Which text is the label?", choices, right,
        "Each sign comes before the words that it stands for; one more ends it.",
        "The model reads this; below it, the whole sentence:",
        (tuple((word, "hidden" if what == "sign" else "") for word, _, what in reads[:-1]),
         tuple((piece, "") for piece in this.pieces)),
        credits=text.corpus().credits,
    )  # fmt: skip
