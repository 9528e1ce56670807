"""Same or different on the stage of a lesson: a few pictures, large, with their views, the label, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sslviz.catalogue.same_or_different import ENTRY
from sslviz.ui.frame import picture_card
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.frame.picture_card import PictureCard, draw_card, png
from sslviz.ui.frame.picture_samples import Sample, as_bytes
from sslviz.ui.frame.picture_view import Panel, PictureColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sslviz.tasks.base import Labelled
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
HEADS = (
    ("", "Picture"), ("", "First view"), ("", "Second view"), ("label", "Pseudo-label"), ("guess", "Model’s answer"),
)  # fmt: skip


def found(cosine: NDArray[np.float64], i: int) -> tuple[int, float]:
    """Which picture's second view is the most alike to the first view of picture `i`, and how alike its own is."""
    n = len(cosine) // 2
    row = cosine[i, n:]
    return int(row.argmax()), float(row[i])


def said(this: Sample, cosine: NDArray[np.float64]) -> Said:
    """What the model says of the chosen picture."""
    i = picture_card.selected(SLUG, this)
    best, own = found(cosine, i)
    return Said("same" if best == i else this.names[best], best == i, max(0.0, own))


def draw(this: Sample, view: RunView, labelled: Labelled, cosine: NDArray[np.float64], name: str) -> None:
    """Draw it."""
    views, n = as_bytes(labelled.inputs["views"]), len(this.pixels)
    columns: list[PictureColumn] = []
    for i, title in enumerate(this.names):
        best, _ = found(cosine, i)
        text = "✓ same" if best == i else f"✕ {this.names[best]}"
        columns.append(
            {
                "name": title,
                "cells": [
                    {"image": png(this.pixels[i]), "text": title},
                    {"image": png(views[i])},
                    {"image": png(views[i + n])},
                    {"text": "same", "kind": "target"},
                    {"text": text, "kind": "answer", "wrong": best != i},
                ],
            }
        )
    at = picture_card.selected(SLUG, this)
    card = PictureCard(
        id=name, heads=HEADS, columns=columns, selected=at, panels=[alike(this, cosine, at)], note="", formula=None
    )
    draw_card(SLUG, this, view, card)


def alike(this: Sample, cosine: NDArray[np.float64], i: int) -> Panel:
    """How alike the first view of a picture is to the second view of each."""
    row = cosine[i, len(cosine) // 2 :]
    return {
        "kind": "bars", "title": f"First view of {this.names[i]}: how alike is each second view?", "mode": "",
        "rows": [
            {
                "name": name, "value": float(value), "text": f"{value:.2f}".replace("-", "−"),
                "kind": "target" if k == i else "answer",
            }
            for k, (name, value) in enumerate(zip(this.names, row, strict=True))
        ],
        "note": "Blue: its own second view. The label asks that this bar is the longest.",
    }  # fmt: skip
