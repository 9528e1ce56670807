"""What the page Compress and rebuild asks, and the flashcards: which picture was this before?

A model that was trained on whole pictures is asked about one that went through its code; a denoising one about a spoilt
one. The wrong answers to the first question are the nearest pictures of the same kind, so that details decide.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.catalogue.autoencoding import ENTRY, AutoencodingOptions
from sslviz.data import images
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import LETTERS, LabelQuestion
from sslviz.ui.frame.picture_card import png
from sslviz.ui.frame.picture_samples import as_bytes
from sslviz.ui.frame.pictures import set_credits
from sslviz.ui.tasks.autoencoding.card import SLUG, components, label, numbers, rebuild

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled

LARGE, SMALL = 112, 72
SPOIL = AutoencodingOptions(noise=0.5, dropped=0.5)


def ask(number: int) -> tuple[NDArray[np.uint8], int, Labelled]:
    """Four pictures (4, 32, 32, 3) of one kind, which of them was spoilt, and that one with its label."""
    rng, clothes = np.random.default_rng((number, ENTRY.stream, 99)), images.load("fashion_mnist")
    kind = int(rng.integers(len(clothes.class_names)))
    rows = rng.choice(np.flatnonzero(clothes.held_out_labels == kind), len(LETTERS), replace=False)
    pixels, truth = clothes.held_out_images[rows], int(rng.integers(len(LETTERS)))
    return pixels, truth, label(pixels[[truth]], number + 5000, SPOIL)


def ask_squeezed(number: int) -> tuple[NDArray[np.uint8], int, Labelled]:
    """Four pictures (4, 32, 32, 3) that look alike, which of them goes through the code, and that one's label."""
    rng, clothes = np.random.default_rng((number, ENTRY.stream, 98)), images.load("fashion_mnist")
    kind = int(rng.integers(len(clothes.class_names)))
    same = np.flatnonzero(clothes.held_out_labels == kind)
    found = clothes.held_out_images[same].astype(np.float64)
    gaps = np.square(found - found[int(rng.integers(len(same)))]).mean((1, 2, 3))
    rows = rng.permutation(same[np.argsort(gaps, kind="stable")[: len(LETTERS)]])
    pixels, truth = clothes.held_out_images[rows], int(rng.integers(len(LETTERS)))
    return pixels, truth, label(pixels[[truth]], 0, AutoencodingOptions())


def seen(spoilt: Labelled) -> NDArray[np.uint8]:
    """(32, 32, 3) what goes in."""
    return as_bytes(spoilt.inputs["pixels"])[0]


def question() -> Question:
    """About what the model in view does: it rebuilds a picture from a few numbers, or cleans a spoilt one."""
    view = current.show(SLUG)
    count, number = numbers(view.config.choices), guess.number(SLUG)
    denoises = bool(view.config.choices["noise"] or view.config.choices["dropped"])
    pixels, truth, labelled = (ask if denoises else ask_squeezed)(number)
    rebuilt = rebuild(view, labelled).pixels[0]
    kept, _ = components(labelled, view.config.data, numbers({**view.config.choices, "whole": True}))

    def best(picture: Any) -> str:
        gaps = np.square(pixels.astype(float) - picture.astype(float)).mean((1, 2, 3))
        return LETTERS[int(gaps.argmin())]

    first = ("spoilt", seen(labelled)) if denoises else ("rebuilt", rebuilt)

    def about() -> About:
        whole = (first, *zip(LETTERS, pixels, strict=True))
        return About(images=tuple((name, png(picture)) for name, picture in whole))

    def show() -> None:
        cells = [(*first, LARGE), *((letter, pixels[i], SMALL) for i, letter in enumerate(LETTERS))]
        st.html(
            "<div class='views'>"
            + "".join(
                f"<figure><img src='{png(picture)}' alt='{escape(name)}' width='{side}' "
                f"height='{side}'><figcaption>{escape(name)}</figcaption></figure>"
                for name, picture, side in cells
            )
            + "</div>"
        )
        if not denoises:
            st.caption(
                f"One of the four went through {count} number{'s' * (count > 1)}. Left: what the model made of them. "
                "Its answer is the picture that is closest to this."
            )

    return Question(
        text="Which one was it before it was spoilt?" if denoises else "Which one was it?",
        choices=LETTERS, truth=LETTERS[truth], model=best(rebuilt), chance=1 / len(LETTERS), show=show,
        about=about,
        others={"PCA": best(kept[0]), **({"spoilt pixels": best(seen(labelled))} if denoises else {})},
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which of four pictures is the label of a spoilt one?"""
    pixels, right, spoilt = ask(int(rng.integers(100_000)))
    return LabelQuestion(
        "A denoising autoencoder gets this. Which picture is its label?",
        tuple(f"Picture {letter}" for letter in LETTERS), right,
        f"Picture {LETTERS[right]}: the label is the clean picture, before it was spoilt.",
        "A spoilt picture, and four clean ones of the same kind:",
        images=(("goes in", png(seen(spoilt))), *((x, png(one)) for x, one in zip(LETTERS, pixels, strict=True))),
        credits=set_credits(""),
    )  # fmt: skip
