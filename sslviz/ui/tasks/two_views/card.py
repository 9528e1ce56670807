"""The sample card of Two views: two views of each picture, what the target says, what was predicted, and the meters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.two_views import ENTRY, TwoViewsOptions
from sslviz.training.results.run_view import untrained
from sslviz.ui.frame import picture_card
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.picture_card import PictureCard, draw_card, png
from sslviz.ui.frame.picture_samples import Sample, as_bytes, pixel_batch
from sslviz.ui.frame.picture_view import Panel, PictureCell, PictureColumn
from sslviz.ui.frame.pictures import card_credits
from sslviz.ui.live.mathematics import digits, line
from sslviz.ui.live.shared import Formula

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.config import RunConfig
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
METERED, COLUMNS = 250, 8  # held-out pictures behind the meters; a vector is drawn with so many numbers in a row
COMPANY = 42  # held-out pictures that an answer is given together with, since the heads are normalised over the batch
HEADS = [
    ["", "Picture"], ["", "View A: the model sees"], ["", "View B: the target sees"],
    ["label", "Pseudo-label: the target’s vector of B"], ["guess", "Model’s answer, from A"],
]  # fmt: skip
BLUE, ORANGE = (27, 110, 194), (212, 106, 0)  # of a pseudo-label and of a model's answer


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


@dataclass(frozen=True)
class Meters:
    """How alike a model's vectors of several pictures are, as `sslviz.tasks.collapse` has it; `width`: their length."""

    spread: float
    cosine: float
    rank: float
    width: int


def label(pixels: NDArray[np.uint8], seed: int, options: TwoViewsOptions) -> Labelled:
    """Two views of every picture (n, 32, 32, 3)."""
    return make_label(SLUG, pixel_batch(pixels), seed, options)[1]


def answer(view: RunView, labelled: Labelled) -> Answers:
    """What network and target say now, of these pictures in a larger batch."""
    import torch
    from torch.nn import functional as F

    from sslviz.tasks.base import Labelled
    from sslviz.training.answers import ask

    n, others = len(labelled.where) // 2, _company(view.config.data)
    views = torch.cat([half for pair in zip(labelled.inputs["views"].split(n), others, strict=True) for half in pair])
    whole = Labelled({"views": views}, {}, torch.ones(len(views), dtype=torch.bool))
    own_target = not view.config.choices["stop_gradient"]  # then the network is its own target
    rows = torch.cat([torch.arange(n), torch.arange(n) + len(views) // 2])

    def question(model: Learner) -> tuple[Any, ...]:
        net: Any = model.net
        vectors = net(views)
        target = vectors if own_target else net.slow(views)
        loss: Any = model.task.loss(net, model.task.targets_from_model(net, whole), view.config.options).per_item
        unit = (F.normalize(x, dim=1) for x in (target, net.predictor(vectors)))
        return tuple(x[rows].numpy().copy() for x in (*unit, loss))

    return Answers(*ask(view.config, view.weights, question, kept=view.kept))


@lru_cache(maxsize=4)
def meters(view: RunView) -> Meters:
    """The measures of collapse on views of held-out pictures such as the model learns from; no label changes them."""
    from sslviz.tasks import collapse
    from sslviz.training.answers import ask

    views = _metered(view.config.data)
    vectors = ask(view.config, view.weights, lambda model: model.net(views).clone(), kept=view.kept)
    return Meters(
        collapse.spread(vectors), collapse.mean_cosine(vectors), collapse.effective_rank(vectors), vectors.shape[1]
    )


@lru_cache(maxsize=4)
def _meters_before(config: RunConfig) -> Meters:
    """The meters of a network that was not trained."""
    return meters(untrained(config))


@lru_cache(maxsize=4)
def _metered(data: str) -> Any:
    """(250, 3, 32, 32) one view each of held-out pictures, always the same ones."""
    from sslviz.catalogue import load

    batch = load(SLUG).batch(data, "held_out", np.arange(METERED))
    pixels = batch.data["pixels"].permute(0, 2, 3, 1).numpy()
    return label(pixels, 0, TwoViewsOptions()).inputs["views"][:METERED]


@lru_cache(maxsize=4)
def _company(data: str) -> Any:
    """Two halves, each (42, 3, 32, 32): both views of held-out pictures that are in every batch answered here."""
    from sslviz.catalogue import load

    batch = load(SLUG).batch(data, "held_out", np.arange(METERED, METERED + COMPANY))
    pixels = batch.data["pixels"].permute(0, 2, 3, 1).numpy()
    return label(pixels, 0, TwoViewsOptions()).inputs["views"].split(COMPANY)


def card(this: Sample, view: RunView, seed: int, options: TwoViewsOptions, depth: str) -> None:
    """Draw the card; a click on a picture compares what was predicted with what the target says of all."""
    labelled = label(this.pixels, seed, options)
    answers, selected = answer(view, labelled), picture_card.selected(SLUG, this)
    drawn = PictureCard(
        id=f"{this.name}·{seed}·{options}",
        heads=HEADS,
        columns=[column(this, as_bytes(labelled.inputs["views"]), answers, i) for i in range(len(this.pixels))],
        selected=selected,
        panels=[compared(this, answers, selected), gauges(view, meters(view), _meters_before(view.config))],
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


def squares(vector: NDArray[np.float32], colour: tuple[int, int, int]) -> str:
    """A vector of length 1 as a little square picture: one field a number, the darker the larger."""
    height = 2.5 / math.sqrt(len(vector))  # numbers of a vector without favourites vary by 1/√d
    share = np.clip(vector / height / 2 + 0.5, 0, 1).reshape(-1, COLUMNS, 1)
    pixels = 255 - share * (255 - np.array(colour))
    tall = len(pixels) / COLUMNS
    return png(np.repeat(pixels, max(1, round(tall)), axis=1).round().astype(np.uint8))


def compared(this: Sample, answers: Answers, i: int) -> Panel:
    """What was predicted from the chosen view A beside what the target says of every view B."""
    cosine = answers.cosines(i)
    return {
        "kind": "bars",
        "title": "Nearest to which?",
        "hint": f"prediction from view A of {this.names[i]}: its cosine with the target’s vector of each view B",
        "rows": [
            {"name": name, "value": float(value), "text": f"{value:.2f}", "kind": "target" if k == i else ""}
            for k, (name, value) in enumerate(zip(this.names, cosine, strict=True))
        ],
        "mode": "",
        "note": "Blue: its own, the only one that counts for the loss. Nothing in the loss asks the others to be "
        "lower. If all bars are long, the model does not tell the pictures apart.",
    }


def gauges(view: RunView, now: Meters, before: Meters) -> Panel:
    """The meters of collapse; `before` are those of the untrained network."""
    width, healthy = now.width, 1 / math.sqrt(now.width)
    return {
        "kind": "meters",
        "title": "Alive or dead?",
        "hint": f"the model’s vectors of {METERED} held-out pictures",
        "mode": view.mode,
        "rows": [
            {
                "name": "Spread of the output", "value": now.spread, "text": f"{now.spread:.4f}", "low": 0,
                "high": healthy, "marks": [[healthy / 10, "a tenth of it"], [healthy, f"1/√{width} = {healthy:.4f}"]],
                "kind": "answer",
            },
            {
                "name": "Mean cosine of two pictures", "value": now.cosine, "text": f"{now.cosine:.2f}",
                "low": 0, "high": 1, "marks": [[1, "1: all the same"]], "kind": "answer",
            },
            {
                "name": "Effective rank", "value": now.rank, "text": f"{now.rank:.1f}", "low": 1,
                "high": width, "marks": [[1, "1: one direction"], [width, f"{width}: all"]], "kind": "answer",
            },
        ],
        "note": "Spread: standard deviation of each number over the pictures, the vectors having length 1; below a "
        f"tenth of 1/√{width} the model gives (nearly) one vector to everything, whatever its loss. Untrained: "
        f"{before.spread:.4f}, {before.cosine:.2f}, {before.rank:.1f}. A lower rank than untrained is not bad "
        "in itself; near 1 all pictures lie on one line.",
    }  # fmt: skip


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
