"""The sample card of the queue: a query view, the view that becomes its key, the queue by age, the model's answer."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.queue import ENTRY, QueueOptions
from sslviz.ui.frame import picture_card
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.picture_card import PictureCard, draw_card, png
from sslviz.ui.frame.picture_samples import Sample, alike_pairs, as_bytes, pixel_batch
from sslviz.ui.frame.picture_view import Panel, PictureCell, PictureColumn, Strip, Tile
from sslviz.ui.frame.pictures import card_credits
from sslviz.ui.live.mathematics import digits, fraction, line
from sslviz.ui.live.shared import Formula

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
NEAREST, STRIPS, SMALL = 7, 8, 5  # keys shown beside the own one, rows of the queue, pictures in a row
HEADS = [
    ["", "Picture"], ["", "Query: the model sees"], ["label", "Key: the pseudo-label is the key of this view"],
    ["guess", "Model’s answer: rank of the own key"],
]  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """The model's answers to n queries; arrays as in the task's `answer`, `loss` (n,), `age` (K,) of the keys."""

    own: NDArray[np.float32]
    queue: NDArray[np.float32]
    share: NDArray[np.float32]
    loss: NDArray[np.float32]
    age: NDArray[np.int64]


def label(pixels: NDArray[np.uint8], seed: int, options: QueueOptions) -> Labelled:
    """The query view and the key view of every picture (n, h, w, 3)."""
    return make_label(SLUG, pixel_batch(pixels), seed, options)[1]


def answer(view: RunView, labelled: Labelled, options: QueueOptions) -> Answers:
    """What the model in view answers, with the queue that it has now."""
    from sslviz.training.answers import ask

    def question(model: Learner) -> tuple[Any, ...]:
        net: Any = model.net
        taught = model.task.targets_from_model(net, labelled)
        told, loss = model.task.answer(net, taught, options).data, model.task.loss(net, taught, options).per_item
        parts: list[Any] = [told["batch"].diagonal(), told["queue"], told["share"], loss, net.age]
        return tuple(part.numpy().copy() for part in parts)

    own, queue, share, loss, age = ask(view.config, view.weights, question, kept=view.kept)
    return Answers(own, queue, share, loss, age.round().astype(int))


def own_batch(view: RunView, labelled: Labelled) -> NDArray[np.float32]:
    """(n, n) cosines of each query with the keys of these very pictures."""
    from sslviz.training.answers import ask

    def question(model: Learner) -> Any:
        return model.answer(labelled).data["batch"].numpy().copy()

    return np.asarray(ask(view.config, view.weights, question, kept=view.kept))


def pictures_of(view: RunView, age: NDArray[np.int64], places: NDArray[np.int64]) -> list[NDArray[np.uint8] | None]:
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


def card(this: Sample, view: RunView, seed: int, options: QueueOptions, depth: str) -> None:
    """Draw the card; a click on a picture shows its query among the keys."""
    labelled = label(this.pixels, seed, options)
    answers, n = answer(view, labelled, options), len(this.pixels)
    selected = picture_card.selected(SLUG, this)
    views = as_bytes(labelled.inputs["views"])
    columns: list[PictureColumn] = [
        {
            "name": this.names[i],
            "cells": [
                {"image": png(this.pixels[i])},
                {"image": png(views[i])},
                {"image": png(views[i + n]), "text": "own key", "kind": "target"},
                answered(answers, i),
            ],
        }
        for i in range(n)
    ]
    drawn = PictureCard(
        id=f"{this.name}·{seed}·{options}",
        heads=HEADS,
        columns=columns,
        selected=selected,
        panels=[nearest(this, view, answers, selected, views[selected + n]), queue(view, answers, selected)],
        note=note(this, answers),
        formula=formula(answers, selected, options.tau) if depth == "Detailed" else None,
    )
    draw_card(SLUG, this, view, drawn)
    card_credits(this.credits)


def rank(answers: Answers, i: int) -> tuple[int, int]:
    """Where the own key stands, the most alike first; and among how many."""
    return 1 + int((answers.queue[i] > answers.own[i]).sum()), len(answers.age) + 1


def answered(answers: Answers, i: int) -> PictureCell:
    """Where the own key stands among all."""
    place, count = rank(answers, i)
    text = f"{'✓' if place == 1 else '✕'} {place:,} of {count:,}"
    title = f"{place:,} of {count:,}; {answers.share[i, 0]:.1%} for the own key, the rest for all others"
    return {"text": text, "kind": "answer", "title": title}


def ago(age: int) -> str:
    """How many steps ago a key was made; it has been in the queue for one less."""
    return "noise" if age < 0 else f"age {age + 1}"


def nearest(this: Sample, view: RunView, answers: Answers, i: int, key: NDArray[np.uint8]) -> Panel:
    """The own key among those of the queue that the model finds most alike, the most alike first."""
    places = np.argsort(-answers.queue[i], kind="stable")[:NEAREST]
    tiles: list[Tile] = [
        {
            "image": "" if pixels is None else png(pixels),
            "text": f"{answers.queue[i, place]:.2f}".replace("-", "−"),
            "kind": "hidden" if pixels is None else "",
            "title": f"cosine {answers.queue[i, place]:.2f}, {ago(int(answers.age[place]))}",
        }
        for place, pixels in zip(places, pictures_of(view, answers.age, places), strict=True)
    ]
    own: Tile = {
        "image": png(key), "text": f"{answers.own[i]:.2f}".replace("-", "−"), "kind": "target",
        "title": f"its own key: cosine {answers.own[i]:.2f}",
    }  # fmt: skip
    above = int((answers.queue[i] > answers.own[i]).sum())
    tiles.insert(int((answers.queue[i, places] >= answers.own[i]).sum()), own)
    where = "the nearest of all" if not above else f"number {above + 1} of {len(answers.age) + 1:,}"
    if above > NEAREST:
        where += f" (those after the first {NEAREST} are left out)"
    return {
        "kind": "tiles",
        "title": "Most alike keys",
        "hint": f"cosine with the query of {this.names[i]}",
        "columns": 4,
        "tiles": tiles,
        "act": "",
        "mode": "",
        "note": f"Blue: the own key, {where}. The others come from the queue. You see the pictures that the keys "
        "were made from; the queue itself holds only vectors."
        + (" Hatched: noise, of no picture." if any(t["kind"] == "hidden" for t in tiles) else ""),
    }


def queue(view: RunView, answers: Answers, i: int) -> Panel:
    """The queue from its newest keys to its oldest: of each age those that are most alike to the query."""
    ages = sorted(set(answers.age.tolist()), key=lambda age: (age < 0, age))
    chosen = sorted({round(x) for x in np.linspace(0, len(ages) - 1, min(STRIPS, len(ages)))})
    rows: list[Strip] = []
    for number in chosen:
        age = ages[number]
        places = np.flatnonzero(answers.age == age)
        best = places[np.argsort(-answers.queue[i, places], kind="stable")][:SMALL]
        shown = [pixels for pixels in pictures_of(view, answers.age, best) if pixels is not None]
        rows.append(
            {
                "name": ago(age),
                "text": f"{len(places)} keys" if age >= 0 else f"{len(places)} random vectors, of no picture",
                "kind": "",
                "images": [png(pixels) for pixels in shown],
                "fade": 0.65 * number / max(1, len(ages) - 1),
                "title": f"{ago(age)}: {len(places)} keys, cosine with the query "
                f"{answers.queue[i, places].mean():.2f} in the mean",
            }
        )
    left_out = len(ages) - len(chosen)
    return {
        "kind": "strips",
        "title": "The queue",
        "hint": f"{len(answers.age):,} keys, the newest first, age in steps",
        "rows": rows,
        "mode": "",
        "note": "For each age, the keys most similar to the query. After the next step a batch of new keys comes in "
        f"at the top, and as many leave at the bottom.{f' {left_out} ages are left out here.' if left_out else ''}",
    }


def note(this: Sample, answers: Answers) -> str:
    """What counts as right, and where a person would disagree."""
    count = len(answers.age)
    start = (
        f"Each query has one own key and {count:,} others. The keys of the other pictures here are not among "
        f"them: keys enter the queue after the step. Guessing gives rank {count // 2 + 1:,} on average. "
    )
    if (answers.age < 0).all():
        return f"{start}Before the first step the queue holds noise. Noise is unlike any query, so this is too easy."
    if not this.alike:
        return f"{start}“Own” means: of the same picture, never of the same kind."
    return (
        f"{start}⚑ A person would call some pictures the same ({alike_pairs(this)}); the label does not: “own” means "
        "of the same picture, never of the same kind. What a crop cut off is gone: this label cannot be undone."
    )


def formula(answers: Answers, i: int, tau: float) -> Formula:
    """InfoNCE of one query in symbols, and with the present numbers."""
    own, loss = float(answers.own[i]), float(answers.loss[i])
    top = math.exp(own / tau)
    shown = fraction(
        rf"\exp({digits(own, '.2f')}/{digits(tau, '.2f')})",
        f"{digits(top, '.1f')} + {digits(top * (math.exp(loss) - 1), '.1f')}",
    )
    return {
        "symbols": line(
            r"\ell = -\ln \frac{\exp(q \cdot k_+/\tau)}"
            r"{\exp(q \cdot k_+/\tau) + \sum_{k \in \text{queue}} \exp(q \cdot k/\tau)}"
        ),
        "numbers": line(rf"= -\ln {shown}", rf"= -\ln {digits(math.exp(-loss), '.3g')}", f"= {digits(loss, '.2f')}"),
    }
