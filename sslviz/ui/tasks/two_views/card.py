"""The sample card of Two views: two views of each picture, what the target says, what was predicted, and the meters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.two_views import ENTRY, TwoViewsOptions
from sslviz.ui.frame import picture_card
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.picture_card import PictureCard, draw_card, png
from sslviz.ui.frame.picture_samples import Sample, as_bytes, pixel_batch
from sslviz.ui.frame.picture_view import Panel, PictureCell, PictureColumn
from sslviz.ui.frame.pictures import card_credits
from sslviz.ui.frame.vectors import BLUE, ORANGE, gauges, in_company, nearest, squares
from sslviz.ui.live.mathematics import digits, line
from sslviz.ui.live.shared import Formula

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
HEADS = [
    ["", "Picture"], ["", "View A: the model sees"], ["", "View B: the target sees"],
    ["label", "Pseudo-label: the target’s vector of B"], ["guess", "Model’s answer, from A"],
]  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """What is said of 2n views: `target` and `predicted` (2n, d) of length 1, `loss` (2n,)."""

    target: NDArray[np.float32]
    predicted: NDArray[np.float32]
    loss: NDArray[np.float32]

    def cosines(self, i: int) -> NDArray[np.float32]:
        """(n,) of what was predicted from view A of picture i with what the target says of each view B."""
        n = len(self.target) // 2
        return self.target[n:] @ self.predicted[i]


def label(pixels: NDArray[np.uint8], seed: int, options: TwoViewsOptions) -> Labelled:
    """Two views of every picture (n, 32, 32, 3)."""
    return make_label(SLUG, pixel_batch(pixels), seed, options)[1]


def answer(view: RunView, labelled: Labelled) -> Answers:
    """What network and target say now, of these pictures in a larger batch."""
    import torch
    from torch.nn import functional as F

    from sslviz.tasks.base import Labelled
    from sslviz.training.answers import ask

    views, rows = in_company(view, labelled.inputs["views"])
    whole = Labelled({"views": views}, {}, torch.ones(len(views), dtype=torch.bool))
    own_target = not view.config.choices["stop_gradient"]  # then the network is its own target

    def question(model: Learner) -> tuple[Any, ...]:
        net: Any = model.net
        vectors = net(views)
        target = vectors if own_target else net.slow(views)
        loss: Any = model.task.loss(net, model.task.targets_from_model(net, whole), view.config.options).per_item
        unit = (F.normalize(x, dim=1) for x in (target, net.predictor(vectors)))
        return tuple(x[rows].numpy().copy() for x in (*unit, loss))

    return Answers(*ask(view.config, view.weights, question, kept=view.kept))


def card(this: Sample, view: RunView, seed: int, options: TwoViewsOptions, depth: str) -> None:
    """Draw the card; a click on a picture compares what was predicted with what the target says of all."""
    labelled = label(this.pixels, seed, options)
    answers, selected = answer(view, labelled), picture_card.selected(SLUG, this)
    drawn = PictureCard(
        id=f"{this.name}·{seed}·{options}",
        heads=HEADS,
        columns=[column(this, as_bytes(labelled.inputs["views"]), answers, i) for i in range(len(this.pixels))],
        selected=selected,
        panels=[compared(this, answers, selected), gauges(view)],
        note=note(this),
        formula=formula(answers, selected) if depth == "Detailed" else None,
    )
    draw_card(SLUG, this, view, drawn)
    card_credits(this.credits)


def column(this: Sample, views: NDArray[np.uint8], answers: Answers, i: int) -> PictureColumn:
    """One picture from raw to the model's answer."""
    n, cosine = len(this.pixels), answers.cosines(i)
    best = int(cosine.argmax())
    text = f"{'✓' if best == i else '✕'} loss {answers.loss[i]:.2f}"
    nearest = "its own view B" if best == i else f"view B of {this.names[best]}"
    title = f"cosine {cosine[i]:.3f} with its own view B; the nearest is {nearest}"
    cells: list[PictureCell] = [
        {"image": png(this.pixels[i])},
        {"image": png(views[i])},
        {"image": png(views[i + n])},
        {"image": squares(answers.target[i + n], BLUE), "text": "vector", "kind": "target"},
        {"image": squares(answers.predicted[i], ORANGE), "text": text, "kind": "answer", "title": title},
    ]
    return {"name": this.names[i], "cells": cells}


def compared(this: Sample, answers: Answers, i: int) -> Panel:
    """What was predicted from the chosen view A beside what the target says of every view B."""
    return nearest(
        this.names, answers.cosines(i), i,
        f"prediction from view A of {this.names[i]}: its cosine with the target’s vector of each view B",
    )  # fmt: skip


def note(this: Sample) -> str:
    """What the squares are, and what the label is not."""
    start = (
        "Each square shows a vector, a field a number, the darker the larger. The loss compares the blue with the "
        "orange one above each other, and the same again with A and B swapped. ✓: its own view B is the nearest. "
    )
    if not this.alike:
        return f"{start}The label does not say what a picture shows, nor which pictures differ."
    a, b = this.alike[0]
    return (
        f"{start}No picture counts as different from another one: {this.names[a]} and {this.names[b]} may get "
        "similar vectors, and that is not wrong. What a crop cut off is gone: this label cannot be undone."
    )


def formula(answers: Answers, i: int) -> Formula:
    """The loss of one direction in symbols, and with the present numbers."""
    loss = float(answers.loss[i])
    return {
        "symbols": line(
            r"\ell = 2 - 2 \cos(q(z), \operatorname{sg}(z')),", r"z\text{: model on A,}", r"q\text{: predictor,}",
            r"z'\text{: target on B,}", r"\text{sg: no gradient}",
        ),
        "numbers": line(rf"= 2 - 2 \times {digits(1 - loss / 2, '.3f')}", f"= {digits(loss, '.3f')}"),
    }  # fmt: skip
