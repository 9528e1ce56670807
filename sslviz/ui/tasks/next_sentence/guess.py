"""What the page Next sentence asks, and the flashcards: does B follow A?"""

from __future__ import annotations

import numpy as np
import streamlit as st

from sslviz.catalogue import load
from sslviz.catalogue.next_sentence import ENTRY, NextSentenceOptions
from sslviz.data.stories import stories
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import LabelQuestion
from sslviz.ui.tasks.next_sentence import card
from sslviz.ui.tasks.next_sentence.card import LABELS, Pair, Side
from sslviz.ui.tasks.next_sentence.typography import even

SLUG = ENTRY.slug
CHOICES = ("It follows", "From elsewhere")


def question() -> Question:
    """A held-out pair, nothing hidden: does B follow A?"""
    number = guess.number(SLUG)
    view, this = current.show(SLUG), short_pair(number)
    options = NextSentenceOptions(masks=False, marks=view.config.choices["marks"])  # marked as the model in view needs
    drawn, both = card.sides(this, number, options)
    side = both[drawn]
    (answer,) = card.answers(view, [side.labelled])
    counted = card.counted(side.labelled, load(SLUG).info("stories"))

    def show() -> None:
        for letter, text in zip("AB", shown(this, side), strict=True):
            with st.container(horizontal=True, gap="small"):
                st.html(f"<p class='asked'><b>{letter}</b></p>", width="content")
                st.text(text)
        st.caption("Every book has its own quotation marks and dashes. Here all look alike, or they would tell you.")

    return Question(
        text="Does B follow A?", choices=CHOICES, truth=CHOICES[drawn], model=CHOICES[int(answer.p[1] > answer.p[0])],
        others={
            f"{name} alone": CHOICES[int(p < 0.5)] for name, p in (("topic", counted.topic), ("length", counted.length))
        },
        chance=1 / len(CHOICES), show=show,
        about=lambda: About(
            tuple(f"{letter}: {text}" for letter, text in zip("AB", shown(this, side), strict=True)),
            shares=tuple(float(p) for p in answer.p[:2]),
        ),
    )  # fmt: skip


def short_pair(number: int) -> Pair:
    """Another pair than the card's, short enough to be read at a glance whichever B is shown."""
    rng = np.random.default_rng((number, ENTRY.stream, 99))
    while True:
        this = card.held_out_pair(int(rng.integers(card.HELD_OUT)))
        drawn, both = card.sides(this, number, NextSentenceOptions(masks=False))
        if _readable(this, both[drawn], 40, 160):
            return this


def shown(this: Pair, side: Side) -> tuple[str, str]:
    """A and B as they are shown where one must guess: in one typography, which tells nothing about their books."""
    return even(this.raw[0]), even(side.b)


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which label has this pair?"""
    while True:
        this = card.held_out_pair(int(rng.integers(card.HELD_OUT)))
        drawn, both = card.sides(this, int(rng.integers(10_000)), NextSentenceOptions(masks=False))
        side = both[drawn]
        if _readable(this, side, 30, 170):
            break
    label = int(side.labelled.targets["next"][0])
    why = ("B stands right after A in the tale.", "B was taken from another tale.")[label]
    lines = tuple(((name, "name"), (text, "")) for name, text in zip("AB", shown(this, side), strict=True))
    return LabelQuestion(
        "Which label has this pair?", LABELS, label, f"The label is {LABELS[label]}: {why}",
        "A pair from tales that no model was trained on:", lines, credits=stories().credits,
    )  # fmt: skip


def _readable(this: Pair, side: Side, shortest: int, longest: int) -> bool:
    """Whether both sentences have so many characters."""
    return all(shortest <= len(text) <= longest for text in (this.raw[0], side.b))
