"""The sample card of Redundancy reduction: two views of each picture, their vectors, and the table to be reached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.redundancy import ENTRY, RedundancyOptions
from sslviz.training.results.run_view import untrained
from sslviz.ui.frame import picture_card, stage
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.once import once
from sslviz.ui.frame.picture_card import PictureCard, draw_card, png
from sslviz.ui.frame.picture_samples import Sample, as_bytes, pixel_batch
from sslviz.ui.frame.picture_view import Panel, PictureCell, PictureColumn, Tiles
from sslviz.ui.frame.pictures import card_credits
from sslviz.ui.frame.vectors import BLUE, METERED, ORANGE, gauges, held_out_views, in_company, nearest, squares
from sslviz.ui.live.mathematics import digits, line
from sslviz.ui.live.shared import BarRow, Formula

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
SHOWN = 32  # numbers of the vector in the table, so that each can be seen
HEADS = [
    ["", "Picture"], ["", "View A"], ["label", "View B: pseudo-label, of the same picture"],
    ["guess", "Model’s vector of A"], ["guess", "Model’s vector of B"],
]  # fmt: skip
NEGATIVE = (90, 90, 90)  # colour of a negative correlation


@dataclass(frozen=True)
class Table:
    """What the loss looks at.

    `correlation` (d, d) of both views' numbers, its root mean square off the diagonal as `repeated`, and the weighted
    `terms` by name, also those that the run leaves out.
    """

    correlation: NDArray[np.float32]
    repeated: float
    terms: dict[str, float]

    @property
    def agreed(self) -> float:
        """The mean of the diagonal: how far both views say the same, 1 if fully."""
        return float(self.correlation.diagonal().mean())


def label(pixels: NDArray[np.uint8], seed: int, options: RedundancyOptions) -> Labelled:
    """Two views of every picture (n, 32, 32, 3)."""
    return make_label(SLUG, pixel_batch(pixels), seed, options)[1]


def answer(view: RunView, labelled: Labelled) -> NDArray[np.float32]:
    """(2n, d) what the network says of these views in a larger batch, each vector of length 1."""
    from torch.nn import functional as F

    from sslviz.training.answers import ask

    views, rows = in_company(view, labelled.inputs["views"])
    said: NDArray[np.float32] = ask(
        view.config, view.weights, lambda model: F.normalize(model.net(views), dim=1)[rows].numpy().copy(),
        kept=view.kept,
    )  # fmt: skip
    return said


def cosines(vectors: NDArray[np.float32], i: int) -> NDArray[np.float32]:
    """(n,) of the vector of view A of picture i with that of each view B."""
    return vectors[len(vectors) // 2 :] @ vectors[i]


@once
def table(view: RunView) -> Table:
    """Table and terms over both views of held-out pictures, always the same ones; no label changes them."""
    import torch

    from sslviz.tasks import redundancy
    from sslviz.training.answers import ask

    first, other = held_out_views(SLUG, view.config.data, 0, METERED)
    every: Any = replace(view.config.options, variance=True, covariance=True)  # type: ignore[call-arg]

    def question(model: Any) -> Table:
        a, b = model.net(torch.cat([first, other])).chunk(2)
        both = redundancy.correlation(a, b)
        found = redundancy.terms(a, b, torch.eye(a.shape[1]), every)
        return Table(
            both.numpy().copy(), redundancy.repeated(both), {name: term.mean().item() for name, term in found.items()}
        )

    made: Table = ask(view.config, view.weights, question, kept=view.kept)
    return made


def card(this: Sample, view: RunView, seed: int, options: RedundancyOptions, depth: str) -> None:
    """Draw the card; a click on a picture compares its vector with those of all views B."""
    labelled = label(this.pixels, seed, options)
    vectors, now, before = answer(view, labelled), table(view), table(untrained(view.config))
    selected = picture_card.selected(SLUG, this)
    drawn = PictureCard(
        id=f"{this.name}·{seed}·{options}",
        heads=HEADS,
        columns=[column(this, as_bytes(labelled.inputs["views"]), vectors, i) for i in range(len(this.pixels))],
        selected=selected,
        panels=[
            on_a_stage(goal(), f"the first {SHOWN} of {len(now.correlation)} numbers"),
            on_a_stage(reached(view, now, before), "grey: opposite"),
            bars(view, now, before),
            gauges(view),
            compared(this, vectors, selected),
        ],
        note=note(this),
        formula=formula(view, now) if depth == "Detailed" else None,
    )
    draw_card(SLUG, this, view, drawn)
    card_credits(this.credits)


def column(this: Sample, views: NDArray[np.uint8], vectors: NDArray[np.float32], i: int) -> PictureColumn:
    """One picture from raw to the model's two vectors."""
    n, cosine = len(this.pixels), cosines(vectors, i)
    best = int(cosine.argmax())
    nearest = "its own view B" if best == i else f"view B of {this.names[best]}"
    title = f"cosine {cosine[i]:.3f} with its own view B; the nearest is {nearest}"
    cells: list[PictureCell] = [
        {"image": png(this.pixels[i])},
        {"image": png(views[i])},
        {"image": png(views[i + n]), "text": "same picture", "kind": "target"},
        {"image": squares(vectors[i], ORANGE)},
        {
            "image": squares(vectors[i + n], ORANGE),
            "text": f"{'✓' if best == i else '✕'} cosine {cosine[i]:.2f}".replace("-", "−"),
            "kind": "answer", "title": title,
        },
    ]  # fmt: skip
    return {"name": this.names[i], "cells": cells}


def compared(this: Sample, vectors: NDArray[np.float32], i: int) -> Panel:
    """The vector of the chosen view A beside that of every view B."""
    hint = f"the vector of view A of {this.names[i]}: its cosine with that of each view B"
    return nearest(this.names, cosines(vectors, i), i, hint)


def grid(correlation: NDArray[Any], colour: tuple[int, int, int]) -> str:
    """The first numbers of a table as a picture: white 0, the colour 1, grey −1."""
    shown = np.clip(correlation[:SHOWN, :SHOWN, None], -1, 1)
    tint = np.where(shown > 0, 255 - np.array(colour), 255 - np.array(NEGATIVE))
    return png((255 - np.abs(shown) * tint).round().astype(np.uint8))


def on_a_stage(panel: Tiles, hint: str) -> Tiles:
    """A table as a lesson shows it: there the scene says what it is, but not what is drawn of it."""
    if stage.now() is None:
        return panel
    return {**panel, "title": panel["title"].split(":")[0], "note": "", "hint": hint}


def goal() -> Tiles:
    """The pseudo-label of a whole batch: the identity matrix."""
    return {
        "kind": "tiles", "title": "Target: the table to reach", "columns": 1, "act": "", "mode": "",
        "hint": "a row for each number of view A, a column for each of view B",
        "tiles": [{"image": grid(np.eye(SHOWN), BLUE), "kind": "target", "title": "1 on the diagonal, 0 elsewhere"}],
        "note": "Blue: a number meets itself in the other view, and must say the same (1). White: two different "
        "numbers, which must have nothing to do with each other (0).",
    }  # fmt: skip


def reached(view: RunView, now: Table, before: Table) -> Tiles:
    """The table as the model has it."""
    title = f"on the diagonal {now.agreed:.2f} in the mean, off it {now.repeated:.2f} (root mean square)"
    return {
        "kind": "tiles", "title": "Model’s table: its answer", "columns": 1, "act": "", "mode": view.mode,
        "hint": f"correlations over {METERED} held-out pictures",
        "tiles": [{"image": grid(now.correlation, ORANGE), "kind": "answer", "title": title}],
        "note": f"On the diagonal {now.agreed:.2f} in the mean (untrained {before.agreed:.2f}; wanted 1); off it "
        f"{now.repeated:.2f} (untrained {before.repeated:.2f}; wanted 0). Grey: negative. The first {SHOWN} of "
        f"{len(now.correlation)} numbers are drawn.",
    }  # fmt: skip


def bars(view: RunView, now: Table, before: Table) -> Panel:
    """The terms of the loss, also those that this run leaves out."""
    most = max(*now.terms.values(), *before.terms.values())
    out = left_out(view.config.options)
    rows: list[BarRow] = [
        {
            "name": f"{name}, left out" if name in out else name, "value": value / most if most else 0.0,
            "text": f"{value:.2f}", "kind": "" if name in out else "answer",
        }
        for name, value in now.terms.items()
    ]  # fmt: skip
    said = ", ".join(f"{name} {value:.2f}" for name, value in before.terms.items())
    return {
        "kind": "bars", "title": "Terms of the loss", "hint": "each with its weight; lower is better", "rows": rows,
        "mode": view.mode, "note": f"{MEANS[str(view.config.choices['method'])]} Untrained: {said}.",
    }  # fmt: skip


MEANS = {
    "VICReg": "Invariance: two views, two vectors. Variance: a number that is nearly the same for all pictures. "
    "Covariance: numbers that repeat each other.",
    "Barlow Twins": "Diagonal: a number that differs between two views. Off the diagonal: numbers that repeat "
    "each other.",
}


def left_out(options: Any) -> set[str]:
    """The names of the terms that a run leaves out."""
    gone = set() if options.covariance else {"covariance", "off the diagonal"}
    return gone if options.variance else gone | {"variance"}


def note(this: Sample) -> str:
    """What the squares are, and what the label is not."""
    start = (
        "Each square shows a vector, a field a number, the darker the larger. ✓: its own view B is the nearest. The "
        "label asks only that A and B of one picture agree, and that no number repeats another; nobody is a negative. "
    )
    if not this.alike:
        return f"{start}It does not say what a picture shows."
    a, b = this.alike[0]
    return f"{start}{this.names[a]} and {this.names[b]} may get similar vectors. What a crop cut off is gone."


def formula(view: RunView, now: Table) -> Formula:
    """The loss in symbols, and with the present numbers."""
    out = left_out(view.config.options)
    kept = [value for name, value in now.terms.items() if name not in out]
    first, *others = [digits(value, ".2f") for value in kept]
    numbers = line(f"= {first}", *(f"+ {other}" for other in others), f"= {digits(sum(kept), '.2f')}")
    if view.config.choices["method"] == "Barlow Twins":
        symbols = line(
            r"\ell = \frac{1}{d} \sum_k (1 - C_{kk})^2", r"+ \frac{\lambda}{d} \sum_k \sum_{j \neq k} C_{kj}^2,",
            r"\lambda = 0.005",
        )  # fmt: skip
    else:
        symbols = line(
            r"\ell = 25 \, s(Z, Z')", r"+ 25 \, (v(Z) + v(Z'))", r"+ c(Z) + c(Z'),",
            r"v = \frac{1}{d} \sum_k \max(0, 1 - \sigma_k)",
        )  # fmt: skip
    return {"symbols": symbols, "numbers": numbers}
