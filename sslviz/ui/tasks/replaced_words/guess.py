"""What the page Replaced words asks, and the flashcards: which word is not the original?"""

from __future__ import annotations

import numpy as np
import streamlit as st

from sslviz.catalogue.replaced_words import ENTRY, ReplacedWordsOptions
from sslviz.data import text
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import LabelQuestion
from sslviz.ui.frame.sentence_samples import Sample, brief, sample, telling
from sslviz.ui.tasks.replaced_words import card
from sslviz.ui.tasks.replaced_words.card import Filled

SLUG, CHOICES = ENTRY.slug, 4


def one_replaced(view: RunView, rng: np.random.Generator) -> tuple[Sample, Filled, list[int]]:
    """A held-out sentence with one word hidden and really replaced, and four places to choose from."""
    while True:
        this = sample(int(rng.integers(text.HELD_OUT)), "")
        ids = this.batch.data["ids"][0].tolist()
        places = [at for at in range(1, len(ids) - 1) if telling(ids[at])]
        if not brief(this) or len(places) < CHOICES:
            continue
        at = int(rng.choice(places))
        hide = [place == at for place in range(len(ids))]
        _, labelled = card.label(this, int(rng.integers(10_000)), ReplacedWordsOptions(), hide)
        now = card.filled(view, labelled)
        others = [p for p in places if p != at and now.reads[p] != now.reads[at]]
        if now.replaced[at] and telling(now.reads[at]) and len({now.reads[p] for p in others}) >= CHOICES - 1:
            first = {now.reads[p]: p for p in others}
            chosen = rng.permutation(list(first.values()))[: CHOICES - 1].tolist()
            return this, now, [at, *chosen]


def question() -> Question:
    """A held-out sentence in which the generator replaced one word, and everybody's answers."""
    number, words = guess.number(SLUG), text.corpus().vocabulary
    _, now, places = one_replaced(current.show(SLUG), np.random.default_rng((number, ENTRY.stream, 99)))
    suspicion = {words[now.reads[at]]: float(now.p[at] or 0) for at in places}
    read, rare = " ".join(words[n] for n in now.reads[1:-1]), text.corpus().counts
    choices = sorted(suspicion)

    def show() -> None:
        st.html(f"<p class='asked' translate='no'>{read}</p>")
        st.caption("One word was put there by the generator. Sometimes it fits as well as the one that stood there.")

    total = sum(suspicion.values()) or 1.0
    return Question(
        text="Which word is not the original?", choices=choices, truth=words[now.reads[places[0]]],
        model=max(choices, key=suspicion.__getitem__), chance=1 / CHOICES, show=show,
        others={"rarest word": min(choices, key=lambda word: int(rare[text.corpus().index[word]]))},
        about=lambda: About((read,), shares=tuple(suspicion[word] / total for word in choices)),
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which word has the label “replaced”?"""
    words = text.corpus().vocabulary
    this, now, places = one_replaced(current.recorded_or_untrained(SLUG), rng)
    order = rng.permutation(CHOICES).tolist()
    choices = tuple(words[now.reads[places[at]]] for at in order)
    return LabelQuestion(
        "Which word has the label “replaced”?", choices, order.index(0),
        f"The generator put “{words[now.reads[places[0]]]}” where “{this.tokens[places[0] - 1]}” stood. All others are "
        "original.",
        "A sentence that no model was trained on; one word was put in by a small model:",
        (tuple((words[n], "") for n in now.reads[1:-1]),), credits=text.corpus().credits,
    )  # fmt: skip
