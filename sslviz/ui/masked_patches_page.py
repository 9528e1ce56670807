"""Words and questions of the page Masked patches, and what was measured about how much to cover."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sslviz.catalogue import READY
from sslviz.training import ablation
from sslviz.ui import current, page
from sslviz.ui import masked_patches_card as cards
from sslviz.ui.bars import Bar, bars
from sslviz.ui.learned import reached
from sslviz.ui.parts import part
from sslviz.ui.pictures import data_address

if TYPE_CHECKING:
    from sslviz.training.shown import Shown

SLUG = cards.SLUG
LEAD = {
    "Basic": "Tear up a photo and keep a quarter of the pieces. What was on the others? Whoever tore it up knows, so "
    "the missing pieces are a label that nobody had to write.",
    "Standard": "A picture is cut into 16 patches, and 12 of them are taken away. An encoder reads the four that are "
    "left, then a small decoder paints the missing ones. Only what it paints there is compared with the picture. "
    "Afterwards the decoder is thrown away.",
    "Detailed": "L = 1/|M| · Σᵢ∈M ‖x̂ᵢ − xᵢ‖² / 192 over the covered patches M of 8×8×3 numbers; M is drawn anew for "
    "every picture and step, the same number in each, by sorting noise. The encoder gets visible patches and their "
    "places, no mask token; the decoder (one block; the paper has eight) adds a learned vector in each gap. For the "
    "map and the probes the encoder sees the whole picture. Our places are learned, the paper’s are sines and cosines. "
    "MAE: arXiv 2111.06377, section 3.",
}
WORTH = (
    "**How much to cover decides what is learned.** Where little is missing, a patch can be continued from its "
    "neighbours, edge by edge. Where most is missing, that no longer works: one has to see what kind of thing it is. "
    "Where all but one or two are gone, many pictures would fit, and the answer with the smallest squared error is a "
    "blur between them. The paper found that 75 % serves a linear probe best "
    "([arXiv 2111.06377](https://arxiv.org/abs/2111.06377), figure 5); words need only 15 %, since each carries more."
    "\n\n**Where the label is of little use:** flat patches, such as the black margin around clothes, are painted "
    "right by whoever paints black. And a pixel is a small thing to ask for: noise and texture count in the loss as "
    "much as shape does."
)
LETTERS, LARGE, SMALL = "ABCD", 128, 56
LEAST = 0.02  # mean squared distance between two choices, so that a person can tell them apart


def baseline_lines(view: Shown) -> list[dict[str, Any]]:
    """Dashed lines of the loss plot, two of the four; none where nothing was measured for these settings."""
    return [line for line in page.loss_lines(view) if line["name"] in ("one flat grey", "mean of the visible")]


def question(slug: str) -> dict[str, Any]:
    """A covered patch of a held-out picture, and four patches of which one was there."""
    number = st.session_state.get(f"{slug}_guess", 0)
    made, truth, view = ask(number), 0, current.show(slug)
    (painted,) = cards.paint(view, cards.label(made.pixels[None], made.covered[None]), leak=False)
    said = painted.patches[int(made.covered[: made.place].sum())]
    near = made.pixels_of_nearest / 255
    letters = [LETTERS[i] for i in np.argsort(made.order)]  # of the true one, then the others

    def best(patch: NDArray[Any]) -> str:
        return letters[int(np.square(made.choices / 255 - patch).mean(1).argmin())]

    def show() -> None:
        asked = data_address(marked(made.pixels, made.covered, made.place), "PNG")
        cells = [(escape(made.name), asked, LARGE)]
        cells += [
            (letter, patch_address(made.choices[which]), SMALL)
            for letter, which in zip(LETTERS, made.order, strict=True)
        ]
        st.html(
            "<div class='views'>"
            + "".join(
                f"<figure><img src='{address}' alt='{name}' width='{side}' height='{side}'>"
                f"<figcaption>{name}</figcaption></figure>"
                for name, address, side in cells
            )
            + "</div>"
        )

    return {
        "question": "Which patch stood at the “?”",
        "choices": list(LETTERS),
        "truth": letters[truth],
        "model": best(said),
        "others": {"nearest patch": best(near)},
        "chance": 1 / len(LETTERS),
        "show": show,
    }


class Asked:
    """One question: a picture, what is covered, the place that is asked for, and what to choose from.

    Attributes:
        pixels: (32, 32, 3).
        covered: (16,) bool.
        place: the one that is asked for.
        choices: (4, 192) the true patch first, then others.
        order: what stands at A, B, C and D.
        pixels_of_nearest: (192,) the visible patch that is nearest.
        name: what the picture shows.
    """

    def __init__(self, this: cards.Sample, row: int, covered: NDArray[np.bool_], place: int, choices: Any, order: Any):
        self.name, self.pixels, self.covered, self.place = this.names[row], this.pixels[row], covered, place
        self.choices, self.order = choices, order
        there = np.flatnonzero(~covered)
        far = (there // 4 - place // 4) ** 2 + (there % 4 - place % 4) ** 2
        self.pixels_of_nearest = cards.cut(self.pixels)[there[far.argmin()]].astype(np.float64)


def ask(number: int) -> Asked:
    """The question with this number: choices from other pictures at the same place, all unlike one another."""
    rng = np.random.default_rng((number, cards.PAGE, 99))
    while True:
        this = cards.sample(int(rng.integers(100_000)), "mixed", None)
        row = int(rng.integers(len(this.pixels)))
        covered = cards.drawn(1, int(rng.integers(1_000_000)), READY[SLUG].options["share"].default)[0]
        others = cards.sample(int(rng.integers(100_000)), "mixed", None)
        patches = cards.cut(this.pixels[row])
        for place in rng.permutation(np.flatnonzero(covered)):
            candidates = [*patches[rng.permutation(16)], *(cards.cut(p)[place] for p in others.pixels)]
            choices = [patches[place]]
            for one in rng.permutation(np.array(candidates)):
                gaps = [np.square((one.astype(float) - two) / 255).mean() for two in choices]
                if len(choices) < len(LETTERS) and min(gaps) > LEAST:
                    choices.append(one)
            if len(choices) == len(LETTERS) and (patches[place] / 255).var() > LEAST:
                order = rng.permutation(len(LETTERS))
                return Asked(this, row, covered, int(place), np.array(choices, np.float64), order)


def patch_address(patch: NDArray[Any]) -> str:
    """(192,) as a data address."""
    return data_address(np.ascontiguousarray(patch.reshape(3, 8, 8).transpose(1, 2, 0)).astype(np.uint8), "PNG")


def marked(pixels: NDArray[np.uint8], covered: NDArray[np.bool_], place: int) -> NDArray[np.uint8]:
    """(LARGE, LARGE, 3): covered patches hatched, the one asked for white with a question mark."""
    drawing = Image.fromarray(cards.hatched(pixels, covered, LARGE))
    pen, side = ImageDraw.Draw(drawing), LARGE // 4
    left, top = side * (place % 4), side * (place // 4)
    pen.rectangle((left, top, left + side - 1, top + side - 1), fill="white", outline="#1f5fbf", width=3)
    pen.text((left + side / 2, top + side / 2), "?", fill="#1f5fbf", anchor="mm", font_size=26)
    return np.asarray(drawing)


def worth(hide: set[str]) -> None:
    """When this label is worth learning: words, and what was measured here with more and with less covered."""
    if {"text", "learned"} <= hide:
        return
    found = None if "learned" in hide else ablation.read(SLUG)
    with st.container(key="worth", border=True, gap="small"):
        part("When is this label worth learning?", "how much is covered, and in what terms it is asked for")
        left, right = st.columns([2, 3], gap="medium") if found and "text" not in hide else (st.container(),) * 2
        if "text" not in hide:
            left.markdown(WORTH)
        if found is not None:
            with right.container(key="ablation", gap="small"):
                seeds = f"mean and spread of {len(found['rows'][0]['probe'])} run seeds"
                part("Measured", "the same model and budget; only what is covered, or asked for, differs")
                rows = [(row["name"], [Bar(seeds, row["probe"], model=True)]) for row in found["rows"]]
                bars(rows, reached(SLUG), "linear probe of the trunk, 100 labels", key=rows[0][1])
                st.markdown(meaning(found))


def meaning(found: dict[str, Any]) -> str:
    """What the numbers say, in a few sentences; every number comes from the file."""
    best = max(found["rows"], key=lambda row: float(np.mean(row["probe"])))
    usual = next(row for row in found["rows"] if not row["options"])
    asked = [row for row in found["rows"] if dict(row["options"]).get("normalise")]
    easiest = max((row for row in found["rows"] if row not in asked), key=lambda row: float(np.mean(row["accuracy"])))
    told = f"{np.mean(easiest['accuracy']):.0%} of the variance explained"
    easy = (
        f"The label itself is easiest there, too ({told})."
        if easiest is best
        else f"The label itself is easiest with {easiest['name']} ({told}): doing well at the task and learning "
        "something of use are not the same."
    )
    first = f"Best for the probe: {best['name']}, {np.mean(best['probe']):.1%}; "
    said = [f"{first}{usual['name']}: {np.mean(usual['probe']):.1%}.", easy]
    if asked:
        gain = 100 * (float(np.mean(asked[0]["probe"])) - float(np.mean(usual["probe"])))
        said.append(f"Asking for normalised patches changes the probe by {gain:+.0f} points.")
    row = found["rows"][0]
    return " ".join(said) + f" {len(row['probe'])} run seeds each, {row['steps']:,} steps."
