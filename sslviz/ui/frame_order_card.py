"""The sample card of Frame order: the frames as they are shown, the label, the model's answer, and clips that play."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.data import Credit, video
from sslviz.ui import live
from sslviz.ui.parts import credit_line
from sslviz.ui.pictures import data_address

if TYPE_CHECKING:
    from sslviz.tasks.base import Draw, Labelled
    from sslviz.training.shown import Shown

SLUG, PAGE = "frame_order", 53  # PAGE: the pages' stream of random numbers
SWITCHES = ("gap", "motion", "split", "jitter", "wrong")
LETTERS, COLOURS = "ABCD", ("red", "green", "blue")
LIKELY = 4  # orders that are listed
YES_NO = ("not in order", "in order")
Frames = NDArray[np.uint8]


@dataclass(frozen=True)
class Sample:
    """One clip: `frames` (8, h, w, 3) in true order, what it is, and who made it (None: the visitor)."""

    name: str
    title: str
    frames: Frames
    credit: Credit | None


@dataclass(frozen=True)
class Said:
    """What the model answers: `p` (answers), its `loss` in nats, and whether it was recorded, live or untrained."""

    p: NDArray[np.float64]
    loss: float
    mode: str


@lru_cache(maxsize=1)
def order_of_samples() -> tuple[tuple[int, int], ...]:
    """(shot, first frame) of the clips that the page offers: large ones first, then cat and city, then the others."""
    shots = video.shots()
    number = {shot.name: i for i, shot in enumerate(shots)}
    first = [(number[name], at) for name, (at, _) in video.large().items()]
    first += [(len(shots) - 3, at) for at in (0, 8, 16)] + [(len(shots) - 2, 0), (len(shots) - 1, 0)]
    held = video.clips("held")
    others = [(number[held.shots[s].name], int(at)) for s, at in zip(held.shot, held.at, strict=True)]
    return tuple(dict.fromkeys([*first, *others]))


def sample(number: int, own: Frames | None = None) -> Sample:
    """A held-out clip by number, or the visitor's own (8, h, w, 3)."""
    if own is not None:
        return Sample(f"own{hash(own.tobytes())}", "your clip", own, None)
    every = order_of_samples()
    which, at = every[number % len(every)]
    shot = video.shots()[which]
    frames = video.look(shot, at)
    return Sample(f"{shot.name}·{at}", shot.name, frames, video.CREDITS[shot.source])


def set_credits() -> tuple[Credit, ...]:
    """Credits of what map, guess and training draw on."""
    return tuple(video.CREDITS.values())


# the label, and what the model says of it


def label(frames: Frames, seed: int, options: dict[str, Any], order: Any = None) -> tuple[Draw, Labelled]:
    """Draw and label of a clip (8, h, w, 3). `order`: the one that a visitor made."""
    import torch

    from sslviz.catalogue import load
    from sslviz.tasks.base import Batch, Pool

    task, small = load(SLUG), video.small(frames)
    batch = Batch(np.arange(1), {"frames": torch.from_numpy(small.transpose(0, 3, 1, 2)[None].copy())})
    draw = task.draw(batch, np.random.default_rng((seed, PAGE, 0)), Pool(), **options)
    if order is not None:
        draw["order"] = np.array([order])
    return draw, task.apply(batch, draw, Pool(), trace=True)


def answer(view: Shown, labelled: Labelled, way: str) -> Said:
    """What the model in view says; that of another way cannot, so the untrained network stands in for it."""
    from torch.nn import functional as F

    from sslviz.training.answers import ask

    same = view.config.choices["way"] == way
    config = view.config if same else replace(view.config, options=(("way", way),))
    weights, kept = (view.weights, view.kept) if same else (None, None)
    said = ask(config, weights, lambda m: m.net(labelled.inputs["frames"]), kept)
    loss = F.cross_entropy(said, labelled.targets["label"]).item()
    return Said(said[0].double().softmax(-1).numpy(), loss, view.mode if same else "untrained")


@dataclass(frozen=True)
class Clip:
    """Everything about the clip as it is shown now, and how to say it. Frames count from 1 for people."""

    way: str
    draw: Draw
    labelled: Labelled
    said: Said
    images: tuple[str, ...]  # of the frames that are shown, as people see them

    @property
    def order(self) -> NDArray[np.int64]:
        """(k) which of the taken frames is shown at each place."""
        return np.asarray(self.draw["order"][0])

    @property
    def ranks(self) -> list[int]:
        """The same, counted from 1 among the frames that are shown: the order shown."""
        return [int(rank) + 1 for rank in np.argsort(np.argsort(self.order))]

    @property
    def truth(self) -> int:
        """The number of the label."""
        return int(self.labelled.targets["label"][0])

    @property
    def best(self) -> int:
        """The number that the model names."""
        return int(self.said.p.argmax())


def clip_of(this: Sample, view: Shown, seed: int, options: dict[str, Any], order: Any = None) -> Clip:
    """A clip with its label and the model's answer."""
    way = options["way"]
    draw, labelled = label(this.frames, seed, options, order)
    shown = this.frames[draw["times"][0][draw["order"][0]]]
    images = tuple(data_address(frame) for frame in shown)
    return Clip(way, draw, labelled, answer(view, labelled, way), images)


# how labels are said


def name_of(way: str, number: int) -> str:
    """A label in words: the true place of each frame, forwards and backwards; or yes and no."""
    from sslviz.tasks.frame_order import WAYS, classes
    from sslviz.tasks.permutations import inverse

    if way == "in order?":
        return YES_NO[number]
    order = inverse(classes(WAYS[way].shown)[number]) + 1
    return f"{numbers(order)} or {numbers(len(order) + 1 - order)}"


def numbers(order: Any) -> str:
    """An order as people read it."""
    return " ".join(str(int(one)) for one in order)


def sorted_by(way: str, number: int, like: Any = None) -> list[int]:
    """Places of the shown frames in the order in time that a label stands for; of the two directions that of `like`."""
    from sslviz.tasks.frame_order import WAYS, classes

    if way == "in order?":
        return list(range(WAYS[way].shown))
    places = [int(place) for place in classes(WAYS[way].shown)[number]]
    if like is None:
        return places
    agree = sum(a == b for a, b in zip(places, like, strict=True))
    return places if agree >= sum(a == b for a, b in zip(places[::-1], like, strict=True)) else places[::-1]


# the card


def card(this: Sample, view: Shown, seed: int, options: dict[str, Any], depth: str) -> None:
    """Draw the card; what a visitor swaps is a changed Draw, and everything below follows from it."""
    name = f"{this.name}·{seed}·{sorted(options.items())}"
    edit = st.session_state.get(f"{SLUG}_edit", {})
    one = clip_of(this, view, seed, options, edit["order"] if edit.get("id") == name else None)

    def on_event(event: dict[str, Any]) -> None:
        if event.get("id") == name and event["kind"] == "swap":
            order = one.order.copy()
            order[[event["a"], event["b"]]] = order[[event["b"], event["a"]]]
            st.session_state[f"{SLUG}_edit"] = {"id": name, "order": order.tolist()}

    steps = taken(one, this)
    live.clip_view(
        "clip_card",
        card={
            "id": name, "model": one.said.mode, "title": this.title, "hint": "; ".join(steps), "steps": steps,
            "head": "Shown",
            "frames": [
                {"image": image, "name": str(rank), "title": f"frame {rank} in time"}
                for image, rank in zip(one.images, one.ranks, strict=True)
            ],
            "rows": rows(one, depth), "act": True, "submit": "", "players": players(one), "play": "The clip",
            "play_hint": f"{'as shown' if one.way == 'in order?' else 'as the model sorts it'}, and as it was",
            "plays": "", "bars": bars(one),
            "note": note(one, view, options, depth), "formula": formula(one) if depth == "Detailed" else None,
            "narrow": False,
        },
        on_event=on_event,
    )  # fmt: skip
    if this.credit is not None:
        credit_line([this.credit])


def taken(one: Clip, this: Sample) -> list[str]:
    """What was drawn, in a few words."""
    times = one.draw["times"][0] + 1
    found = [f"frames {', '.join(str(times[i]) for i in sorted(one.order))} of {len(this.frames)}"]
    if one.draw["flip"][0]:
        found.append("mirrored for the model")
    if (one.draw["channel"] >= 0).any():
        found.append("one colour each: " + ", ".join(COLOURS[c] for c in one.draw["channel"][0][one.order]))
    return [*found, f"shown as {numbers(one.ranks)}"]


def rows(one: Clip, depth: str) -> list[dict[str, Any]]:
    """What stands below the frames: what the model sees, the order shown, the order solved, label and answer."""
    seen = one.labelled.inputs["frames"][0].clamp(0, 1).mul(255).round().byte().permute(0, 2, 3, 1).numpy()
    k = len(seen)
    found = [
        {"head": "What the model sees", "cells": [
            {"image": data_address(np.ascontiguousarray(pixels), "PNG"), "title": f"place {i + 1}: 32 × 32 pixels"}
            for i, pixels in enumerate(seen)
        ]},
        {"head": "Order shown", "cells": [
            {"text": str(rank), "title": f"at place {place + 1} stands frame {rank}"}
            for place, rank in enumerate(one.ranks)
        ]},
        {"head": "Order solved", "cells": [
            {"text": f"{numbers(range(1, k + 1))}: the same for every clip, so it is no label", "span": k}
        ]},
        {"head": "Pseudo-label", "kind": "label", "cells": [
            {"text": label_text(one, depth), "kind": "target", "span": k, "title": label_title(one)}
        ]},
    ]  # fmt: skip
    right = one.best == one.truth
    text = f"{'✓' if right else '✕'} {name_of(one.way, one.best)}, {one.said.p[one.best]:.0%}"
    found.append(
        {"head": "Model’s answer", "kind": "guess", "cells": [
            {"text": text, "kind": "answer", "span": k, "wrong": not right, "title": "what it finds likeliest"}
        ]}
    )  # fmt: skip
    return found


def label_text(one: Clip, depth: str) -> str:
    """The label in its chip."""
    if depth == "Basic" or one.way == "in order?":
        return name_of(one.way, one.truth)
    return f"class {one.truth} of {len(one.said.p)}: {name_of(one.way, one.truth)}"


def label_title(one: Clip) -> str:
    """The label in full."""
    if one.way == "in order?":
        return "1: the middle frame was between the other two; 0: it was before or after both"
    return f"class {one.truth} of {len(one.said.p)}, counted from 0; the clip forwards and backwards are one class"


def players(one: Clip) -> list[dict[str, Any]]:
    """The clip in the order of the model, and in the true order; or as shown, where only yes or no is asked."""
    truth = [int(place) for place in np.argsort(one.order)]
    true = {"title": "True order", "text": "", "kind": "target", "frames": [one.images[place] for place in truth]}
    if one.way == "in order?":
        return [{"title": "As shown", "text": "", "kind": "", "frames": list(one.images), "follows": True}, true]
    said = sorted_by(one.way, one.best, truth)
    text = "✓ right" if one.best == one.truth else "✕ wrong"
    mine = {"title": "By the model", "text": text, "kind": "answer", "frames": [one.images[place] for place in said]}
    return [mine, true]


def bars(one: Clip) -> dict[str, Any]:
    """The likeliest answers, and the label."""
    p, truth, best = one.said.p, one.truth, one.best
    top = np.argsort(-p, kind="stable")[:LIKELY].tolist()
    rows = [*top, *([truth] if truth not in top else [])]
    if len(p) <= LIKELY:
        rows = list(range(len(p)))
    title = "Is it in order?" if one.way == "in order?" else "Which order is shown?"
    found = []
    for number in rows:
        mark = (" ◂ label" if number == truth else "") + (" ◂ model" if number == best else "")
        kind = "target" if number == truth else "answer" if number == best else ""
        found.append(
            {"name": name_of(one.way, number) + mark, "value": p[number], "text": f"{p[number]:.0%}", "kind": kind}
        )
    return {
        "title": title, "hint": "the likeliest" if len(p) > LIKELY else "", "mode": one.said.mode, "rows": found,
        "line": {"value": 1 / len(p), "name": f"guessing: 1 in {len(p)}"},
    }  # fmt: skip


def formula(one: Clip) -> dict[str, str]:
    """The loss of this clip in symbols, and with the present numbers."""
    which = "in order or not" if one.way == "in order?" else "class of the order shown"
    return {
        "symbols": f"ℓ = −ln p({which} | frames as shown)",
        "numbers": f"= −ln {math.exp(-one.said.loss):.3f} = {one.said.loss:.2f}",
    }


def note(one: Clip, view: Shown, options: dict[str, Any], depth: str) -> str:
    """What is particular to this way, and where the model in view was trained otherwise."""
    told = "Numbers on the frames count in time. Drag one onto another, or click two: the label follows. "
    if one.way == "in order?":
        told += "First and last frame are the same in right and wrong triples, so only the middle one decides."
    elif depth == "Basic":
        told += "Backwards would do as well: nobody can tell which way a door swings."
    else:
        told += (
            f"{name_of(one.way, one.truth)}: the second counts from the end, as if the clip ran backwards. Both are "
            "one label: from a few frames both often look equally natural, so the direction is not asked for."
        )
    trained = view.config.choices
    if trained["way"] != one.way:
        return (
            f"{told} The model in view learned “{trained['way']}” and cannot answer this, so an untrained network "
            "does. Reset, then Play, trains one."
        )
    if view.mode != "untrained" and any(trained[name] != options[name] for name in SWITCHES):
        return f"{told} The model in view was trained with other settings of the label. Reset, then Play, trains anew."
    return told
