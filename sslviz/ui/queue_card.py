"""The sample card of the queue: a query view, the view that becomes its key, the queue by age, the model's answer."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.ui import live, pairs_card
from sslviz.ui.pictures import card_credits, data_address, unlike

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.shown import Shown

SLUG, PAGE, FIRST = "queue", 22, 16
NEAREST, STRIPS, SMALL = 7, 8, 5  # keys shown beside the own one, rows of the queue, pictures in a row
HEADS = [
    ["", "Picture"], ["", "Query: the model sees"], ["label", "Pseudo-label: the key of this view"],
    ["guess", "Model’s answer: rank of the own key"],
]  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What the model says of n queries; arrays as in the task's `answer`, `loss` (n,), `age` (K,) of the keys."""

    own: NDArray[np.float32]
    queue: NDArray[np.float32]
    share: NDArray[np.float32]
    loss: NDArray[np.float32]
    age: NDArray[np.int64]


def label(pixels: NDArray[np.uint8], seed: int, options: dict[str, Any]) -> Labelled:
    """The query view and the key view of every picture (n, h, w, 3)."""
    import torch

    from sslviz.catalogue import load
    from sslviz.tasks.base import Batch

    task = load(SLUG)
    batch = Batch(np.arange(len(pixels)), {"pixels": torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy())})
    draw = task.draw(batch, np.random.default_rng((seed, PAGE, 0)), task.pool(""), **options)
    return task.apply(batch, draw, task.pool(""))


def answer(view: Shown, labelled: Labelled, tau: float) -> Said:
    """What the model in view says, with the queue that it has now."""
    from sslviz.training.answers import ask

    def question(model: Learner) -> tuple[Any, ...]:
        net: Any = model.net
        taught = model.task.teach(net, labelled)
        said, loss = model.task.answer(net, taught, tau=tau).data, model.task.loss(net, taught, tau=tau).per_item
        found: list[Any] = [said["batch"].diagonal(), said["queue"], said["share"], loss, net.age]
        return tuple(part.numpy().copy() for part in found)

    own, queue, share, loss, age = ask(view.config, view.weights, question, kept=view.kept)
    return Said(own, queue, share, loss, age.round().astype(int))


def among(view: Shown, labelled: Labelled) -> NDArray[np.float32]:
    """(n, n) cosines of each query with the keys of these very pictures."""
    from sslviz.training.answers import ask

    def question(model: Learner) -> Any:
        return model.task.answer(model.net, labelled).data["batch"].numpy().copy()

    return np.asarray(ask(view.config, view.weights, question, kept=view.kept))


def pictures_of(view: Shown, age: NDArray[np.int64], places: NDArray[np.int64]) -> list[NDArray[np.uint8] | None]:
    """The training pictures that these places of the queue are the keys of; None for noise.

    The queue holds vectors, no pictures. But which pictures a step had follows from run seed and step.
    """
    found: list[NDArray[np.uint8] | None] = []
    for place in places:
        if age[place] < 0:
            found.append(None)
            continue
        first = int(np.flatnonzero(age == age[place])[0])  # a batch stands together, in its own order
        found.append(_batch(replace(view.config, device="cpu"), view.step - 1 - int(age[place]))[place - first])
    return found


@lru_cache(maxsize=64)
def _batch(config: Any, step: int) -> NDArray[np.uint8]:
    """(n, 32, 32, 3) the training pictures of a step."""
    return np.asarray(_learner(config).batch(step).data["pixels"].permute(0, 2, 3, 1).numpy())


@lru_cache(maxsize=2)
def _learner(config: Any) -> Learner:
    from sslviz.training.loop import Learner

    return Learner(config)


def card(this: pairs_card.Sample, view: Shown, seed: int, options: dict[str, Any], detailed: bool) -> None:
    """Draw the card; a click on a picture shows its query among the keys."""
    labelled = label(this.pixels, seed, options)
    said, n = answer(view, labelled, options["tau"]), len(this.pixels)
    key = f"{SLUG}_selected"
    selected = min(st.session_state.get(key, 1), n - 1)
    views = pairs_card._bytes(labelled.inputs["views"])
    columns = [
        {
            "name": this.names[i],
            "cells": [
                {"image": data_address(this.pixels[i], "PNG")},
                {"image": data_address(views[i], "PNG")},
                {"image": data_address(views[i + n], "PNG"), "text": "own key", "kind": "target"},
                answered(said, i),
            ],
        }
        for i in range(n)
    ]
    live.picture_card(
        "queue_card",
        card={
            "id": f"{this.name}·{seed}·{options}",
            "model": view.mode,
            "heads": HEADS,
            "columns": columns,
            "selected": selected,
            "panels": [nearest(this, view, said, selected, views[selected + n]), queue(view, said, selected)],
            "note": f"{note(this, said)}{unlike(this.credits, view)}",
            "formula": formula(said, selected, options["tau"]) if detailed else None,
        },
        on_event=lambda event: st.session_state.update({key: event["index"]}) if event["kind"] == "select" else None,
    )
    card_credits(this.credits)


def answered(said: Said, i: int) -> dict[str, Any]:
    """Where the own key stands among all, the most alike first."""
    rank = 1 + int((said.queue[i] > said.own[i]).sum())
    text = f"{'✓' if rank == 1 else '✕'} {rank:,} of {len(said.age) + 1:,}"
    title = f"{rank:,} of {len(said.age) + 1:,}; {said.share[i, 0]:.1%} for the own key, the rest for all others"
    return {"text": text, "kind": "answer", "title": title}


def ago(age: int) -> str:
    """How many steps ago a key was made; it has been in the queue for one less."""
    return "noise" if age < 0 else f"age {age + 1}"


def nearest(this: pairs_card.Sample, view: Shown, said: Said, i: int, key: NDArray[np.uint8]) -> dict[str, Any]:
    """The own key among those of the queue that the model finds most alike, the most alike first."""
    places = np.argsort(-said.queue[i], kind="stable")[:NEAREST]
    tiles: list[dict[str, Any]] = [
        {
            "image": "" if pixels is None else data_address(pixels, "PNG"),
            "text": f"{said.queue[i, place]:.2f}",
            "kind": "hidden" if pixels is None else "",
            "title": f"cosine {said.queue[i, place]:.2f}, {ago(int(said.age[place]))}",
            "order": said.queue[i, place],
        }
        for place, pixels in zip(places, pictures_of(view, said.age, places), strict=True)
    ]
    own = {
        "image": data_address(key, "PNG"), "text": f"{said.own[i]:.2f}", "kind": "target",
        "title": f"its own key: cosine {said.own[i]:.2f}", "order": said.own[i],
    }  # fmt: skip
    above = int((said.queue[i] > said.own[i]).sum())
    tiles = sorted([*tiles, own], key=lambda one: -float(one["order"]))
    where = "the nearest of all" if not above else f"number {above + 1} of {len(said.age) + 1:,}"
    return {
        "kind": "tiles",
        "title": "Most alike keys",
        "hint": f"cosine with the query of {this.names[i]}",
        "columns": 4,
        "tiles": [{k: v for k, v in one.items() if k != "order"} for one in tiles],
        "act": "",
        "mode": "",
        "note": f"Blue: the own key, {where}. The others come from the queue. Drawn are the pictures that the keys "
        "were made from; the queue itself holds vectors only."
        + (" Hatched: noise, of no picture." if any(t["kind"] == "hidden" for t in tiles) else ""),
    }


def queue(view: Shown, said: Said, i: int) -> dict[str, Any]:
    """The queue from its newest keys to its oldest: of each age those that are most alike to the query."""
    ages = sorted(set(said.age.tolist()), key=lambda age: (age < 0, age))
    chosen = sorted({round(x) for x in np.linspace(0, len(ages) - 1, min(STRIPS, len(ages)))})
    rows = []
    for number in chosen:
        age = ages[number]
        places = np.flatnonzero(said.age == age)
        best = places[np.argsort(-said.queue[i, places], kind="stable")][:SMALL]
        shown = [pixels for pixels in pictures_of(view, said.age, best) if pixels is not None]
        rows.append(
            {
                "name": ago(age),
                "text": f"{len(places)} keys" if age >= 0 else f"{len(places)} random vectors, of no picture",
                "kind": "",
                "images": [data_address(pixels, "PNG") for pixels in shown],
                "fade": 0.65 * number / max(1, len(ages) - 1),
                "title": f"{ago(age)}: {len(places)} keys, cosine with the query {said.queue[i, places].mean():.2f} in "
                "the mean",
            }
        )
    left_out = len(ages) - len(chosen)
    return {
        "kind": "strips",
        "title": "The queue",
        "hint": f"{len(said.age):,} keys, the newest first, age in steps",
        "rows": rows,
        "mode": "",
        "note": "Of each age those most alike to the query. After the next step a batch of new keys goes in on top, "
        f"and as many drop out below.{f' {left_out} ages are left out here.' if left_out else ''}",
    }


def note(this: pairs_card.Sample, said: Said) -> str:
    """What counts as right, and where a person would disagree."""
    start = (
        f"Each query has one own key and {len(said.age):,} others. The keys of the other pictures here are not among "
        f"them: keys enter the queue after the step. Guessing ends at rank {len(said.age) // 2 + 1:,} in the mean. "
    )
    if (said.age < 0).all():
        return f"{start}Before the first step the queue holds noise, which hardly resembles a query: too easy."
    if not this.alike:
        return f"{start}“Own” means: of the same picture, never of the same kind."
    pairs = " and ".join(f"{this.names[a]} / {this.names[b]}" for a, b in this.alike)
    return (
        f"{start}⚑ A person would call some pictures the same ({pairs}); the label does not: “own” means of the same "
        "picture, never of the same kind. What a crop cut off is gone: this label cannot be undone."
    )


def formula(said: Said, i: int, tau: float) -> dict[str, str]:
    """InfoNCE of one query in symbols, and with the present numbers."""
    top, loss = math.exp(float(said.own[i]) / tau), float(said.loss[i])
    rest = top * (math.exp(loss) - 1)
    return {
        "symbols": "ℓ = −ln [ exp(q·k₊/τ) / (exp(q·k₊/τ) + Σ over the queue exp(q·k/τ)) ]",
        "numbers": f"= −ln [ exp({said.own[i]:.2f}/{tau:.2f}) / ({top:.1f} + {rest:.1f}) ] = −ln {math.exp(-loss):.3g} "
        f"= {loss:.2f}",
    }
