"""The sample card of Two views: two views of each picture, what the target says, what was foretold, and the meters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.training.shown import untrained
from sslviz.ui import live, pairs_card
from sslviz.ui.pictures import card_credits, data_address, unlike

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.shown import Shown

SLUG, PAGE, FIRST = "two_views", 23, 16
METERED, COLUMNS = 250, 8  # held-out pictures behind the meters; a vector is drawn with so many numbers in a row
COMPANY = 42  # held-out pictures that an answer is given together with, since the heads are normalised over the batch
HEADS = [
    ["", "Picture"], ["", "View A: the model sees"], ["", "View B: the target sees"],
    ["label", "Pseudo-label: what the target says of B"], ["guess", "Model’s answer, from A"],
]  # fmt: skip
BLUE, ORANGE = (27, 110, 194), (212, 106, 0)  # of a pseudo-label and of a model's answer


@dataclass(frozen=True)
class Said:
    """What is said of 2n views: `target` and `foretold` (2n, d) of length 1, `loss` (2n,)."""

    target: NDArray[np.float32]
    foretold: NDArray[np.float32]
    loss: NDArray[np.float32]

    def cosines(self, i: int) -> NDArray[np.float32]:
        """(n,) of what was foretold from view A of picture i with what the target says of each view B."""
        n = len(self.target) // 2
        return self.target[n:] @ self.foretold[i]


def label(pixels: NDArray[np.uint8], seed: int, options: dict[str, Any]) -> Labelled:
    """Two views of every picture (n, 32, 32, 3)."""
    import torch

    from sslviz.catalogue import load
    from sslviz.tasks.base import Batch

    task = load(SLUG)
    batch = Batch(np.arange(len(pixels)), {"pixels": torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy())})
    draw = task.draw(batch, np.random.default_rng((seed, PAGE, 0)), task.pool(""), **options)
    return task.apply(batch, draw, task.pool(""))


def answer(view: Shown, labelled: Labelled) -> Said:
    """What network and target say now, of these pictures in a larger batch."""
    import torch
    from torch.nn import functional as F

    from sslviz.tasks.base import Labelled
    from sslviz.training.answers import ask

    n, others = len(labelled.where) // 2, _company()
    views = torch.cat([half for pair in zip(labelled.inputs["views"].split(n), others, strict=True) for half in pair])
    whole = Labelled({"views": views}, {}, torch.ones(len(views), dtype=torch.bool))
    own_target = not view.config.choices["stop_gradient"]  # then the network is its own target
    rows = torch.cat([torch.arange(n), torch.arange(n) + len(views) // 2])

    def question(model: Learner) -> tuple[Any, ...]:
        net: Any = model.net
        said = net(views)
        target = said if own_target else net.slow(views)
        loss: Any = model.task.loss(net, model.task.teach(net, whole), stop_gradient=not own_target).per_item
        unit = (F.normalize(x, dim=1) for x in (target, net.predictor(said)))
        return tuple(x[rows].numpy().copy() for x in (*unit, loss))

    return Said(*ask(view.config, view.weights, question, kept=view.kept))


def meters(view: Shown) -> dict[str, float]:
    """The measures of collapse of the model in view, on views of held-out clothes and emoji."""
    from sslviz.tasks import collapse
    from sslviz.training.answers import ask

    views = _metered()
    said = ask(view.config, view.weights, lambda model: model.net(views).clone(), kept=view.kept)
    return {
        "spread": collapse.spread(said),
        "cosine": collapse.mean_cosine(said),
        "rank": collapse.effective_rank(said),
        "width": said.shape[1],
    }


@lru_cache(maxsize=1)
def _metered() -> Any:
    """(250, 3, 32, 32) one view each of held-out pictures, always the same ones."""
    from sslviz.catalogue import load

    batch = load(SLUG).batch("pictures", "held", np.arange(METERED))
    pixels = batch.data["pixels"].permute(0, 2, 3, 1).numpy()
    return label(pixels, 0, {}).inputs["views"][:METERED]


@lru_cache(maxsize=1)
def _company() -> Any:
    """Two halves, each (42, 3, 32, 32): both views of held-out pictures that are in every batch answered here."""
    from sslviz.catalogue import load

    batch = load(SLUG).batch("pictures", "held", np.arange(METERED, METERED + COMPANY))
    pixels = batch.data["pixels"].permute(0, 2, 3, 1).numpy()
    return label(pixels, 0, {}).inputs["views"].split(COMPANY)


def card(this: pairs_card.Sample, view: Shown, seed: int, options: dict[str, Any], detailed: bool) -> None:
    """Draw the card; a click on a picture compares what was foretold with what the target says of all."""
    labelled = label(this.pixels, seed, options)
    said, n = answer(view, labelled), len(this.pixels)
    key = f"{SLUG}_selected"
    selected = min(st.session_state.get(key, 1), n - 1)
    views = pairs_card._bytes(labelled.inputs["views"])
    columns = []
    for i in range(n):
        cosine = said.cosines(i)
        best = int(cosine.argmax())
        text = f"{'✓' if best == i else '✕'} loss {said.loss[i]:.2f}"
        nearest = "its own view B" if best == i else f"view B of {this.names[best]}"
        title = f"cosine {cosine[i]:.3f} with its own view B; the nearest is {nearest}"
        cells = [
            {"image": data_address(this.pixels[i], "PNG")},
            {"image": data_address(views[i], "PNG")},
            {"image": data_address(views[i + n], "PNG")},
            {"image": drawn(said.target[i + n], BLUE), "text": "vector", "kind": "target"},
            {"image": drawn(said.foretold[i], ORANGE), "text": text, "kind": "answer", "title": title},
        ]
        columns.append({"name": this.names[i], "cells": cells})
    live.picture_card(
        "two_views_card",
        card={
            "id": f"{this.name}·{seed}·{options}",
            "model": view.mode,
            "heads": HEADS,
            "columns": columns,
            "selected": selected,
            "panels": [compared(this, said, selected), gauges(view, meters(view), meters(untrained(view.config)))],
            "note": f"{note(this)}{unlike(this.credits, view)}",
            "formula": formula(said, selected) if detailed else None,
        },
        on_event=lambda event: st.session_state.update({key: event["index"]}) if event["kind"] == "select" else None,
    )
    card_credits(this.credits)


def drawn(vector: NDArray[np.float32], colour: tuple[int, int, int]) -> str:
    """A vector of length 1 as a little square picture: one field a number, the darker the larger."""
    height = 2.5 / math.sqrt(len(vector))  # numbers of a vector without favourites vary by 1/√d
    share = np.clip(vector / height / 2 + 0.5, 0, 1).reshape(-1, COLUMNS, 1)
    pixels = 255 - share * (255 - np.array(colour))
    tall = len(pixels) / COLUMNS
    return data_address(np.repeat(pixels, max(1, round(tall)), axis=1).round().astype(np.uint8), "PNG")


def compared(this: pairs_card.Sample, said: Said, i: int) -> dict[str, Any]:
    """What was foretold from the chosen view A beside what the target says of every view B."""
    cosine = said.cosines(i)
    return {
        "kind": "bars",
        "title": "Nearest to which?",
        "hint": f"foretold from view A of {this.names[i]}: cosine with the target’s words on each view B",
        "rows": [
            {"name": name, "value": float(value), "text": f"{value:.2f}", "kind": "target" if k == i else ""}
            for k, (name, value) in enumerate(zip(this.names, cosine, strict=True))
        ],
        "mode": "",
        "note": "Blue: its own, the only one that counts for the loss. Nothing in the loss asks the others to be "
        "lower: if all bars are long, the model tells nothing apart.",
    }


def gauges(view: Shown, found: dict[str, float], before: dict[str, float]) -> dict[str, Any]:
    """The meters of collapse; `before` are those of the untrained network."""
    width = int(found["width"])
    healthy = 1 / math.sqrt(width)
    return {
        "kind": "meters",
        "title": "Alive or dead?",
        "hint": f"the model’s vectors of {METERED} held-out pictures",
        "mode": view.mode,
        "rows": [
            {
                "name": "Spread of the output", "value": found["spread"], "text": f"{found['spread']:.4f}", "low": 0,
                "high": healthy, "marks": [[healthy / 10, "a tenth of it"], [healthy, f"1/√{width} = {healthy:.4f}"]],
                "kind": "answer",
            },
            {
                "name": "Mean cosine of two pictures", "value": found["cosine"], "text": f"{found['cosine']:.2f}",
                "low": 0, "high": 1, "marks": [[1, "1: all the same"]], "kind": "answer",
            },
            {
                "name": "Effective rank", "value": found["rank"], "text": f"{found['rank']:.1f}", "low": 1,
                "high": width, "marks": [[1, "1: one direction"], [width, f"{width}: all"]], "kind": "answer",
            },
        ],
        "note": "Spread: standard deviation of each number over the pictures, the vectors having length 1; below a "
        f"tenth of 1/√{width} the model says (nearly) the same of everything, whatever its loss. Untrained: "
        f"{before['spread']:.4f}, {before['cosine']:.2f}, {before['rank']:.1f}. A lower rank than untrained is not bad "
        "in itself; near 1 all pictures lie on one line.",
    }  # fmt: skip


def note(this: pairs_card.Sample) -> str:
    """What the squares are, and what the label is not."""
    start = (
        "Each square shows a vector, a field a number, the darker the larger. The loss compares the blue with the "
        "orange one above each other, and the same again with A and B swapped. ✓: its own view B is the nearest. "
    )
    if not this.alike:
        return f"{start}Nobody says what a picture shows, nor which pictures differ."
    a, b = this.alike[0]
    return (
        f"{start}No picture counts as different from another one: {this.names[a]} and {this.names[b]} may get like "
        "vectors and nothing is wrong with it. What a crop cut off is gone: this label cannot be undone."
    )


def formula(said: Said, i: int) -> dict[str, str]:
    """The loss of one direction in symbols, and with the present numbers."""
    cosine = 1 - float(said.loss[i]) / 2
    return {
        "symbols": "ℓ = 2 − 2 cos(q(z), sg(z′)); z: model on A, q: predictor, z′: target on B, sg: no gradient",
        "numbers": f"= 2 − 2 × {cosine:.3f} = {said.loss[i]:.3f}",
    }
