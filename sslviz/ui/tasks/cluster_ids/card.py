"""The sample card of Cluster IDs: a picture, the view the model sees, the cluster it was put in, the model's answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.cluster_ids import ENTRY, ClusterIdsOptions
from sslviz.ui.frame import picture_card
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.picture_card import PictureCard, draw_card, png
from sslviz.ui.frame.picture_samples import Sample, as_bytes, pixel_batch
from sslviz.ui.frame.picture_view import Panel, PictureCell, PictureColumn, Strip
from sslviz.ui.frame.pictures import card_credits
from sslviz.ui.live.mathematics import digits, line
from sslviz.ui.live.shared import Formula

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG, STREAM = ENTRY.slug, ENTRY.stream  # STREAM: of the random numbers that the page draws
STRIP, ANSWERS = 12, 4
HEADS = [
    ["", "Picture"], ["", "What the model sees"], ["label", "Pseudo-label: its cluster"], ["guess", "Model’s answer"],
]  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """The clusters of n pictures by the last round, and the answers of the model.

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


def label(pixels: NDArray[np.uint8], seed: int, options: ClusterIdsOptions) -> Labelled:
    """The view of every picture (n, h, w, 3); which cluster it belongs to, only a model can say."""
    return make_label(SLUG, pixel_batch(pixels), seed, options)[1]


def answer(view: RunView, labelled: Labelled) -> Answers:
    """The clusters of the model in view, and what it says of the views."""
    import torch

    from sslviz.tasks import rounds
    from sslviz.tasks.cluster_ids import ClusterNet
    from sslviz.training.answers import ask

    def question(model: Learner) -> Answers:
        net: ClusterNet = model.net
        taught = model.task.targets_from_model(net, labelled)
        said, loss = (
            model.answer(taught).data["p"],
            model.loss(taught).per_item,
        )
        straight = rounds.whiten(net.vectors(labelled.targets["picture"]), net.mean, net.whiten)
        far = torch.cdist(straight, net.centroids, compute_mode="donot_use_mm_for_euclid_dist")
        assert loss is not None  # noqa: S101 - this task has one loss a picture
        p, apart, each, ids = (a.numpy().copy() for a in (said, far, loss, net.ids.long()))
        return Answers(p, apart, each, ids, int(net.history[:, 0].max()))

    return ask(view.config, view.weights, question, kept=view.kept)


def members(ids: NDArray[np.int64], cluster: int, count: int) -> NDArray[np.int64]:
    """At most `count` training pictures of a cluster, drawn at random but always the same ones."""
    rows = np.flatnonzero(ids == cluster)
    return np.sort(np.random.default_rng((cluster, STREAM, 1)).permutation(rows)[:count])


def pictures(data: str, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    """(n, 32, 32, 3) training pictures of a set."""
    from sslviz.catalogue import load

    return np.asarray(load(SLUG).batch(data, "train", rows).data["pixels"].permute(0, 2, 3, 1).numpy())


def strip(data: str, ids: NDArray[np.int64], cluster: int, count: int = STRIP) -> list[str]:
    """Pictures of a cluster as data addresses."""
    return [png(pixels) for pixels in pictures(data, members(ids, cluster, count))]


def card(this: Sample, view: RunView, seed: int, options: ClusterIdsOptions, depth: str) -> None:
    """Draw the card; a click on a picture shows its cluster."""
    labelled = label(this.pixels, seed, options)
    answers, selected = answer(view, labelled), picture_card.selected(SLUG, this, 0)
    seen = as_bytes(labelled.inputs["view"])
    columns: list[PictureColumn] = [
        {
            "name": name,
            "cells": [{"image": png(raw)}, {"image": png(cut)}, clustered(answers, i), answered(answers, i)],
        }
        for i, (name, raw, cut) in enumerate(zip(this.names, this.pixels, seen, strict=True))
    ]
    drawn = PictureCard(
        id=f"{this.name}·{seed}·{options}",
        title="Name your pile",
        hint="click a picture to look closer",
        heads=HEADS,
        columns=columns,
        selected=selected,
        panels=[neighbours(view, answers, selected, this.names[selected]), likely(answers, selected, view.mode)],
        note=note(this, answers),
        formula=formula(answers, selected) if depth == "Detailed" else None,
    )
    draw_card(SLUG, this, view, drawn)
    card_credits(this.credits)


def clustered(answers: Answers, i: int) -> PictureCell:
    """The cluster whose centroid is nearest: the pseudo-label."""
    far = answers.far[i]
    title = f"nearest of {len(far)} centroids, at distance {far.min():.2f}"
    return {"text": number(int(far.argmin())), "kind": "target", "title": title}


def number(cluster: int) -> str:
    """A cluster's name: counted from 1, as people do."""
    return f"#{cluster + 1}"


def answered(answers: Answers, i: int) -> PictureCell:
    """The cluster that the model finds likeliest."""
    truth, best = int(answers.far[i].argmin()), int(answers.p[i].argmax())
    title = f"{answers.p[i, best]:.0%} for {number(best)}, {answers.p[i, truth]:.0%} for the pseudo-label"
    return {
        "text": f"{'✓' if best == truth else '✕'} {number(best)}", "kind": "answer", "title": title,
        "wrong": best != truth,
    }  # fmt: skip


def neighbours(view: RunView, answers: Answers, i: int, name: str) -> Panel:
    """Who else is in the picture's cluster, in the next nearest one, and in the one that the model names."""
    first, second = (int(c) for c in np.argsort(answers.far[i], kind="stable")[:2])
    best, sizes = int(answers.p[i].argmax()), np.bincount(answers.ids, minlength=answers.p.shape[1]).tolist()
    shown = {first: "its pile", second: "next nearest pile"}
    if best != first:
        shown[best] = "model’s answer" if best != second else "next nearest pile; model’s answer"
    rows: list[Strip] = [
        {
            "name": number(cluster),
            "text": what,
            "kind": "target" if cluster == first else "answer" if cluster == best else "",
            "images": strip(view.config.data, answers.ids, cluster),
            "title": f"{number(cluster)}: distance {answers.far[i, cluster]:.2f}, {sizes[cluster]:,} pictures",
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
        "note": f"Its centroid lies at distance {answers.far[i, first]:.2f}, the second nearest at "
        f"{answers.far[i, second]:.2f}. {sizes[first]:,} training pictures are in its pile; those shown are drawn at "
        "random.",
    }


def likely(answers: Answers, i: int, mode: str) -> Panel:
    """The model's likeliest clusters, and the pseudo-label wherever it stands."""
    truth = int(answers.far[i].argmin())
    order = np.argsort(-answers.p[i], kind="stable")
    shown = [int(c) for c in order[:ANSWERS]]
    if truth not in shown:
        shown[-1] = truth
    rank = int(np.flatnonzero(order == truth)[0]) + 1
    k = answers.p.shape[1]
    return {
        "kind": "bars",
        "title": "What the model answers",
        "hint": f"the pseudo-label ranks {rank} of {k}",
        "mode": mode,
        "rows": [
            {
                "name": number(cluster), "value": float(answers.p[i, cluster]), "text": f"{answers.p[i, cluster]:.0%}",
                "kind": "target" if cluster == truth else "answer",
            }
            for cluster in shown
        ],
        "line": {"value": 1 / k, "name": f"pure guessing: 1/{k}"},
        "note": "",
    }  # fmt: skip


def note(this: Sample, answers: Answers) -> str:
    """Who made the label, when, and what it does not mean."""
    when = "before the first step" if not answers.step else f"at step {answers.step:,}"
    piles = answers.p.shape[1]
    text = (
        f"The label was made by the model itself: {when} its trunk sorted all training pictures into {piles} piles, "
        "and a picture belongs to the nearest pile. The number itself means nothing; what counts is which pictures "
        "share it. The model must name the pile from a cut-out alone; what was cut off is lost, so the label cannot "
        "be undone. "
    )
    if this.large is not None or this.names[0] == "your picture":
        text += "A picture unlike all others gets a number, too: that of the nearest pile, even if it is far away. "
    return text.strip()


def formula(answers: Answers, i: int) -> Formula:
    """Label and loss of one picture in symbols, and with the present numbers."""
    near = np.sort(answers.far[i])[:2]
    loss = float(answers.loss[i])
    return {
        "symbols": line(
            r"y = \underset{k}{\operatorname{argmin}} \left\lVert \bar{z}(x) - c_k \right\rVert,",
            r"\ell = -\ln p(y \mid \text{view of } x)",
        ),
        "numbers": line(
            rf"\left\lVert \bar{{z}}(x) - c_y \right\rVert = {digits(near[0], '.2f')},",
            rf"\text{{the next centroid: }} {digits(near[1], '.2f')},",
            rf"\ell = -\ln {digits(math.exp(-loss), '.3f')}", f"= {digits(loss, '.2f')}",
        ),
    }  # fmt: skip
