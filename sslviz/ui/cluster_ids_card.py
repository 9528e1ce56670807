"""The sample card of Cluster IDs: a picture, the view the model sees, the cluster it was put in, the model's answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.ui import live
from sslviz.ui.pairs_card import SOURCES, Sample, sample
from sslviz.ui.pictures import card_credits, data_address, unlike

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.shown import Shown

__all__ = ["SOURCES", "answer", "card", "label", "members", "sample"]

SLUG, PAGE, STRIP, ANSWERS = "cluster_ids", 28, 12, 4
HEADS = [
    ["", "Picture"], ["", "What the model sees"], ["label", "Pseudo-label: its cluster"], ["guess", "Model’s answer"],
]  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What the last round and the model say of n pictures.

    Attributes:
        p: (n, K) the model's answer.
        far: (n, K) distance to each centroid, of the vectors that the round's trunk makes of the unchanged pictures.
        loss: (n,) in nats.
        ids: (N,) the cluster of every training picture.
        step: at which the round was.
    """

    p: NDArray[np.float32]
    far: NDArray[np.float32]
    loss: NDArray[np.float32]
    ids: NDArray[np.int64]
    step: int


def label(pixels: NDArray[np.uint8], seed: int, options: dict[str, Any]) -> Labelled:
    """The view of every picture (n, h, w, 3); which cluster it belongs to, only a model can say."""
    import torch

    from sslviz.catalogue import load
    from sslviz.tasks.base import Batch, Pool

    task = load(SLUG)
    batch = Batch(np.arange(len(pixels)), {"pixels": torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy())})
    draw = task.draw(batch, np.random.default_rng((seed, PAGE, 0)), Pool(), **options)
    return task.apply(batch, draw, Pool())


def answer(view: Shown, labelled: Labelled) -> Said:
    """The clusters of the model in view, and what it says of the views."""
    import torch

    from sslviz.tasks import rounds
    from sslviz.tasks.cluster_ids import ClusterNet
    from sslviz.training.answers import ask

    def question(model: Learner) -> Said:
        net = model.net
        assert isinstance(net, ClusterNet)  # noqa: S101 - only its own network has these parts
        taught = model.task.teach(net, labelled)
        said, loss = model.task.answer(net, taught).data["p"], model.task.loss(net, taught).per_item
        straight = rounds.straighten(net.vectors(labelled.targets["picture"]), net.mean, net.whiten)
        far = torch.cdist(straight, net.centroids, compute_mode="donot_use_mm_for_euclid_dist")
        assert loss is not None  # noqa: S101 - this task has one loss a picture
        p, apart, each, ids = (a.numpy().copy() for a in (said, far, loss, net.ids.long()))
        return Said(p, apart, each, ids, int(net.history[:, 0].max()))

    return ask(view.config, view.weights, question, kept=view.kept)


def members(ids: NDArray[np.int64], cluster: int, count: int) -> NDArray[np.int64]:
    """At most `count` training pictures of a cluster, drawn at random but always the same ones."""
    rows = np.flatnonzero(ids == cluster)
    return np.sort(np.random.default_rng((cluster, PAGE, 1)).permutation(rows)[:count])


def pictures(data: str, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    """(n, 32, 32, 3) training pictures of a set."""
    from sslviz.catalogue import load

    return np.asarray(load(SLUG).batch(data, "train", rows).data["pixels"].permute(0, 2, 3, 1).numpy())


def strip(data: str, ids: NDArray[np.int64], cluster: int, count: int = STRIP) -> list[str]:
    """Pictures of a cluster as data addresses."""
    return [data_address(pixels, "PNG") for pixels in pictures(data, members(ids, cluster, count))]


def card(this: Sample, view: Shown, seed: int, options: dict[str, Any], detailed: bool) -> None:
    """Draw the card; a click on a picture shows its cluster."""
    labelled = label(this.pixels, seed, options)
    said, n = answer(view, labelled), len(this.pixels)
    selected = min(st.session_state.get(f"{SLUG}_selected", 0), n - 1)
    seen = (labelled.inputs["view"].clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()

    def happened(event: dict[str, Any]) -> None:
        if event["kind"] == "select":
            st.session_state[f"{SLUG}_selected"] = event["index"]

    live.picture_card(
        f"{SLUG}_card",
        card={
            "id": f"{this.name}·{seed}·{options}",
            "model": view.mode,
            "title": "Name your pile",
            "hint": "click a picture to look closer",
            "heads": HEADS,
            "columns": [
                {
                    "name": name,
                    "cells": [
                        {"image": data_address(raw, "PNG")},
                        {"image": data_address(cut, "PNG")},
                        {
                            "text": number(int(said.far[i].argmin())), "kind": "target",
                            "title": f"nearest of {said.far.shape[1]} centroids, at distance {said.far[i].min():.2f}",
                        },
                        answered(said, i),
                    ],
                }
                for i, (name, raw, cut) in enumerate(zip(this.names, this.pixels, seen, strict=True))
            ],
            "selected": selected,
            "panels": [neighbours(view, said, selected, this.names[selected]), likely(said, selected, view.mode)],
            "note": f"{note(this, view, said, options)}{unlike(this.credits, view)}",
            "formula": formula(said, selected) if detailed else None,
        },
        on_event=happened,
    )  # fmt: skip
    card_credits(this.credits)


def number(cluster: int) -> str:
    """A cluster's name: counted from 1, as people do."""
    return f"#{cluster + 1}"


def answered(said: Said, i: int) -> dict[str, Any]:
    """The cluster that the model finds likeliest."""
    truth, best = int(said.far[i].argmin()), int(said.p[i].argmax())
    title = f"{said.p[i, best]:.0%} for {number(best)}, {said.p[i, truth]:.0%} for the pseudo-label"
    return {
        "text": f"{'✓' if best == truth else '✕'} {number(best)}", "kind": "answer", "title": title,
        "wrong": best != truth,
    }  # fmt: skip


def neighbours(view: Shown, said: Said, i: int, name: str) -> dict[str, Any]:
    """Who else is in the picture's cluster, in the next nearest one, and in the one that the model names."""
    first, second = (int(c) for c in np.argsort(said.far[i], kind="stable")[:2])
    best, sizes = int(said.p[i].argmax()), np.bincount(said.ids, minlength=said.p.shape[1]).tolist()
    shown = {first: "its pile", second: "second nearest"}
    if best != first:
        shown[best] = "model’s answer" if best != second else "second nearest; model’s answer"
    rows = [
        {
            "name": number(cluster),
            "text": what,
            "kind": "target" if cluster == first else "answer" if cluster == best else "",
            "images": strip(view.config.data, said.ids, cluster),
            "title": f"{number(cluster)}: distance {said.far[i, cluster]:.2f}, {sizes[cluster]:,} pictures",
        }
        for cluster, what in shown.items()
    ]
    return {
        "kind": "strips",
        "title": "Who else is in the pile?",
        "hint": name,
        "mode": "",
        "wide": True,
        "rows": rows,
        "note": f"Its centroid lies at distance {said.far[i, first]:.2f}, the second nearest at "
        f"{said.far[i, second]:.2f}. {sizes[first]:,} training pictures are in its pile; those shown are drawn at "
        "random.",
    }


def likely(said: Said, i: int, mode: str) -> dict[str, Any]:
    """The model's likeliest clusters, and the pseudo-label wherever it stands."""
    truth = int(said.far[i].argmin())
    order = np.argsort(-said.p[i], kind="stable")
    shown = [int(c) for c in order[:ANSWERS]]
    if truth not in shown:
        shown[-1] = truth
    rank = int(np.flatnonzero(order == truth)[0]) + 1
    k = said.p.shape[1]
    return {
        "kind": "bars",
        "title": "What the model answers",
        "hint": f"the pseudo-label ranks {rank} of {k}",
        "mode": mode,
        "rows": [
            {
                "name": number(cluster), "value": float(said.p[i, cluster]), "text": f"{said.p[i, cluster]:.0%}",
                "kind": "target" if cluster == truth else "answer",
            }
            for cluster in shown
        ],
        "line": {"value": 1 / k, "name": f"pure guessing: 1/{k}"},
        "note": "",
    }  # fmt: skip


def note(this: Sample, view: Shown, said: Said, options: dict[str, Any]) -> str:
    """Who made the label, when, and what it does not mean."""
    when = "before the first step" if not said.step else f"at step {said.step:,}"
    text = (
        f"The label was made by the model itself: {when} its trunk sorted all training pictures into {said.p.shape[1]} "
        "piles, and a picture belongs to the nearest one. The number means nothing; only who shares it does. The model "
        "must find the pile from a cut-out alone; what was cut off is gone, so this cannot be undone. "
    )
    if this.large is not None or this.names[0] == "your picture":
        text += "A picture unlike all others gets a number, too: the least bad one, as its distance shows. "
    k = view.config.choices["clusters"]
    if options["clusters"] != k:
        text += f"The model in view has {k} clusters; Reset, then Play, trains one with {options['clusters']}."
    return text.strip()


def formula(said: Said, i: int) -> dict[str, str]:
    """Label and loss of one picture in symbols, and with the present numbers."""
    near = np.sort(said.far[i])[:2]
    loss = float(said.loss[i])
    return {
        "symbols": "y = argminₖ ‖z̄(x) − cₖ‖   ℓ = −ln p(y | view of x)",
        "numbers": f"y: {near[0]:.2f}, the next centroid {near[1]:.2f}   ℓ = −ln {math.exp(-loss):.3f} = {loss:.2f}",
    }
