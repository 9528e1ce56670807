"""What the page Picture and caption asks, and the flashcards: which caption came with this picture?"""

from __future__ import annotations

import numpy as np

from sslviz.catalogue.captions import ENTRY, CaptionsOptions
from sslviz.data import captions, images
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import LabelQuestion
from sslviz.ui.frame.picture_samples import as_bytes, figures, one_of_four
from sslviz.ui.frame.pictures import data_address
from sslviz.ui.tasks.captions import card, pairs

SLUG, ASK = ENTRY.slug, "Which caption came with this picture?"


def question() -> Question:
    """A picture that was never trained on, and four captions."""
    number = guess.number(SLUG)
    rng = np.random.default_rng((number, ENTRY.stream, 99))
    this = pairs.sample(number + 1000, "", None)
    own = int(rng.integers(len(this.pixels)))
    shown, options = one_of_four(own, len(this.pixels), rng), CaptionsOptions(smallest=1.0, dropped=0.0)
    _, labelled = card.label(this, number + 5000, options)
    said = card.answer(current.show(SLUG), labelled, options)
    words = _overlap(labelled.inputs["pixels"], labelled.inputs["words"])
    cells = [("this picture", data_address(this.pixels[own], "PNG"))]

    def best(row: np.ndarray) -> str:
        return this.captions[max(shown, key=lambda i: float(row[i]))]

    return Question(
        text=ASK, choices=[this.captions[i] for i in shown], truth=this.captions[own], model=best(said.cosine[own]),
        others={"words of the nearest picture": best(words[own])}, chance=1 / len(shown),
        show=lambda: figures([(*cells[0], 128)]), about=lambda: About(images=tuple(cells)),
    )  # fmt: skip


def _overlap(pixels: object, words: object) -> np.ndarray:
    from sslviz.tasks.captions import word_overlap

    return word_overlap(pixels, words)  # type: ignore[arg-type]


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which of four captions came with a picture?"""
    this = pairs.sample(int(rng.integers(100_000)), "", None)
    own = int(rng.integers(len(this.pixels)))
    shown = one_of_four(own, len(this.pixels), rng)
    _, labelled = card.label(this, int(rng.integers(100_000)), CaptionsOptions())
    return LabelQuestion(
        ASK, tuple(this.captions[i] for i in shown), shown.index(own),
        f"“{this.captions[own]}” is what this emoji is called; it came with the picture, and that makes it the label.",
        "A picture, cut at random, and four captions:", images=(
            ("this picture", data_address(this.pixels[own], "PNG")),
            ("what the model sees", data_address(as_bytes(labelled.inputs["pixels"])[own], "PNG")),
        ),
        credits=images.load(captions.DATA).credits,
    )  # fmt: skip
