"""Words and questions of the page Compress and rebuild, and what was measured about bottlenecks and noise."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.training import ablation
from sslviz.ui import autoencoding_card as cards
from sslviz.ui import current, page
from sslviz.ui.bars import Bar, bars
from sslviz.ui.learned import reached
from sslviz.ui.parts import part
from sslviz.ui.pictures import data_address

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.shown import Shown

SLUG = cards.SLUG
LEAD = {
    "Basic": "Describe a picture over the phone in 16 numbers, so that somebody else can draw it. Was the drawing "
    "right? The picture itself tells: it is the question and the answer in one.",
    "Standard": "An encoder turns a picture into a short code, a decoder turns the code back into a picture, and the "
    "label is the very input. Since a code is short, only what pictures have in common gets through. With noise "
    "switched on, the picture as it was is asked for, not as it came in.",
    "Detailed": "L = mean of (g(f(x̃)) − x)², with f(x̃) ∈ ℝᵏ: the trunk’s mean over patches, through one linear layer. "
    "x̃ = x, or spoilt by noise or dropped pixels (denoising: Vincent et al. 2008, section 2). If f and g are linear, "
    "the best there is are the first k principal components (Baldi & Hornik 1989), so PCA with the same k is the one "
    "to beat. The map and the probes read the trunk’s mean, before the code. Rumelhart, Hinton & Williams 1986.",
}
WORTH = (
    "**The label is the input, so copying is a right answer.** Whether the network has to understand anything depends "
    "on what it may copy through. With *one* code for the whole picture, the patches must be put together, and the "
    "code says what kind of thing it is. With a code *for each patch* (a switch in “Label”) every patch is passed on "
    "by itself: the picture comes out sharper, and less is learned about the whole.\n\n"
    "**Where it is of use:** to make things small, and to find what does not fit, since an unusual picture is rebuilt "
    "badly. **Where it is not:** the loss counts pixels, so a large flat area weighs more than the small difference "
    "between two things. **Noise** makes copying a wrong answer: the network must know what a clean picture looks "
    "like. Whether that helps a model as small as this, the measurement tells. **Masked patches** carries the idea to "
    "the end: there most of the input is gone."
)
CHOICES, LARGE, SMALL = "ABCD", 112, 72
SPOIL = {"noise": 0.5, "dropped": 0.5}


def baseline_lines(view: Shown) -> list[dict[str, Any]]:
    """Dashed lines of the loss plot; none where nothing was measured for these settings."""
    return page.loss_lines(view)


def ask(number: int) -> tuple[NDArray[np.uint8], int, Labelled]:
    """Four pictures (4, 32, 32, 3) of one kind, which of them was spoilt, and that one with its label."""
    from sslviz.catalogue import load
    from sslviz.data import images

    rng, clothes = np.random.default_rng((number, cards.PAGE, 99)), images.load("fashion_mnist")
    kind = int(rng.integers(len(clothes.class_names)))
    rows = rng.choice(np.flatnonzero(clothes.held_labels == kind), len(CHOICES), replace=False)
    pixels, truth = clothes.held_images[rows], int(rng.integers(len(CHOICES)))
    return pixels, truth, cards.label(pixels[[truth]], number + 5000, {**load(SLUG).options, **SPOIL})


def seen(spoilt: Labelled) -> NDArray[np.uint8]:
    """(32, 32, 3) what goes in."""
    return cards.bytes_of(spoilt.inputs["pixels"])[0]


def question(slug: str) -> dict[str, Any]:
    """A spoilt picture, and four of its kind: which one was it?"""
    view = current.show(slug)
    pixels, truth, spoilt = ask(st.session_state.get(f"{slug}_guess", 0))
    said = cards.rebuild(view, spoilt)
    kept, _ = cards.components(spoilt, view.config.data, cards.numbers({**view.config.choices, "whole": True}))

    def best(picture: Any) -> str:
        gaps = np.square(pixels.astype(float) - picture.astype(float)).mean((1, 2, 3))
        return CHOICES[int(gaps.argmin())]

    def show() -> None:
        cells = [("spoilt", seen(spoilt), LARGE), *((letter, pixels[i], SMALL) for i, letter in enumerate(CHOICES))]
        st.html(
            "<div class='views'>"
            + "".join(
                f"<figure><img src='{data_address(picture, 'PNG')}' alt='{escape(name)}' width='{side}' "
                f"height='{side}'><figcaption>{escape(name)}</figcaption></figure>"
                for name, picture, side in cells
            )
            + "</div>"
        )
        if not (view.config.choices["noise"] or view.config.choices["dropped"]) and view.mode != "untrained":
            st.caption("The model in view was trained on pictures that nobody had spoilt, so this is new to it.")

    return {
        "question": "Which one was it before it was spoilt?",
        "choices": list(CHOICES),
        "truth": CHOICES[truth],
        "model": best(said.pixels[0]),
        "others": {"PCA": best(kept[0]), "spoilt pixels": best(seen(spoilt))},
        "chance": 1 / len(CHOICES),
        "show": show,
    }


def worth(hide: set[str]) -> None:
    """When this label is worth learning: words, and what was measured here with other bottlenecks and with noise."""
    if {"text", "learned"} <= hide:
        return
    found = None if "learned" in hide else ablation.read(SLUG)
    with st.container(key="worth", border=True, gap="small"):
        part("When is this label worth learning?", "what may be copied, and what may not")
        left, right = st.columns([2, 3], gap="medium") if found and "text" not in hide else (st.container(),) * 2
        if "text" not in hide:
            left.markdown(WORTH)
        if found is not None:
            with right.container(key="ablation", gap="small"):
                seeds = f"mean and spread of {len(found['rows'][0]['probe'])} run seeds"
                part("Measured", "the same trunk and budget; only the bottleneck, or the noise, differs")
                rows = [
                    (
                        row["name"],
                        [
                            Bar(f"linear probe of the trunk, 100 labels: {seeds}", row["probe"], model=True),
                            Bar("variance explained: the label itself", row["accuracy"], hatched=True),
                        ],
                    )
                    for row in found["rows"]
                ]
                bars(rows, reached(SLUG), "on held-out pictures", key=rows[0][1])
                st.markdown(meaning(found))


def meaning(found: dict[str, Any]) -> str:
    """What the numbers say, in a few sentences; every number comes from the file."""

    def mean(row: dict[str, Any], name: str) -> float:
        return float(np.mean(row[name]))

    best, sharpest = (max(found["rows"], key=lambda row: mean(row, name)) for name in ("probe", "accuracy"))
    said = (
        f"Best rebuilt: {sharpest['name']}, {mean(sharpest, 'accuracy'):.0%} of the variance, and a probe of "
        f"{mean(sharpest, 'probe'):.1%}. Best for the probe: {best['name']}, {mean(best, 'probe'):.1%}, with "
        f"{mean(best, 'accuracy'):.0%} rebuilt. "
    )
    if sharpest is not best:
        said += "So a better answer to this label need not mean that more was learned. "
    return said + f"{len(found['rows'][0]['probe'])} run seeds each, {found['rows'][0]['steps']:,} steps."
