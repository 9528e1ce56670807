"""The sample card of Self-distillation: crops, the teacher's label, the student's answer, attention, and the meters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue import load
from sslviz.catalogue.self_distillation import ENTRY, SelfDistillationOptions
from sslviz.training.results.run_view import untrained
from sslviz.ui.frame import picture_card, stage
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.once import once
from sslviz.ui.frame.picture_card import PictureCard, draw_card, png
from sslviz.ui.frame.picture_samples import Sample, as_bytes, pixel_batch
from sslviz.ui.frame.picture_view import Meter, Panel, PictureCell, PictureColumn, Strip, Tile
from sslviz.ui.frame.pictures import card_credits
from sslviz.ui.frame.vectors import BLUE, COMPANY, METERED, ORANGE
from sslviz.ui.live.mathematics import digits, line
from sslviz.ui.live.shared import Formula

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
SIDE, PATCHES = 32, 4  # of a picture in points, and in patches
HEADS = [
    ["", "Picture"], ["", "Large crop A: the teacher sees"], ["", "Small crop: the student sees"],
    ["label", "Pseudo-label: what the teacher says of A"], ["guess", "Student’s answer, from the small crop"],
]  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """What is said of the crops of n pictures.

    `teacher` (2n, 64), the labels of the large crops; `student` (6n, 64) of all crops, the large ones first; `loss`
    (2n,) of each label.
    """

    teacher: NDArray[np.float32]
    student: NDArray[np.float32]
    loss: NDArray[np.float32]

    def near(self, i: int) -> NDArray[np.float32]:
        """(n,) how well the answer to large crop A of picture i fits the label of each large crop B: −KL."""
        labels, answer = self.teacher[len(self.teacher) // 2 :], self.student[i]
        return -(labels * (np.log(labels + 1e-12) - np.log(answer + 1e-12))).sum(1)


def label(pixels: NDArray[np.uint8], seed: int, options: SelfDistillationOptions) -> Labelled:
    """Six crops of every picture (n, 32, 32, 3)."""
    return make_label(SLUG, pixel_batch(pixels), seed, options)[1]


@lru_cache(maxsize=8)
def held_out(data: str, first: int, count: int) -> Labelled:
    """The crops of held-out pictures, always the same ones."""
    pixels = load(SLUG).batch(data, "held_out", np.arange(first, first + count)).data["pixels"]
    return label(pixels.permute(0, 2, 3, 1).numpy(), 0, SelfDistillationOptions())


def answer(view: RunView, labelled: Labelled) -> Answers:
    """What teacher and student say now, of these pictures in a larger batch: heads are normalised over the batch."""
    import torch

    from sslviz.tasks.base import Labelled

    n, others = len(labelled.inputs["views"]) // 2, held_out(view.config.data, METERED, COMPANY)

    def beside(mine: Any, theirs: Any) -> Any:
        return torch.cat([mine.unflatten(0, (-1, n)), theirs.unflatten(0, (-1, COMPANY))], 1).flatten(0, 1)

    whole = {name: beside(crops, others.inputs[name]) for name, crops in labelled.inputs.items()}
    together = Labelled(whole, {}, torch.ones(len(whole["views"]), dtype=torch.bool))

    def own(said: Any) -> NDArray[np.float32]:
        found: NDArray[np.float32] = said.unflatten(0, (-1, n + COMPANY))[:, :n].flatten(0, 1).numpy().copy()
        return found

    def question(model: Learner) -> Answers:
        from sslviz.tasks.self_distillation import FLAT

        task: Any = model.task
        made = task.targets_from_model(model.net, together)
        said = torch.cat([(model.net(made.inputs[size]) / FLAT).softmax(-1) for size in ("views", "small")])
        loss = task.loss(model.net, made, view.config.options).per_item
        return Answers(*map(own, (made.targets["says"], said, loss)))

    return _ask(view, question)


def _ask(view: RunView, question: Any) -> Any:
    from sslviz.training.answers import ask

    return ask(view.config, view.weights, question, kept=view.kept)


@once
def decided(view: RunView) -> tuple[float, float, float]:
    """In nats, over held-out pictures: entropy of a label, of the mean label, and the KL of teacher and student."""

    def question(model: Learner) -> tuple[float, float, float]:
        from sslviz.tasks.self_distillation import decided as measured

        task: Any = model.task
        made = task.targets_from_model(model.net, held_out(view.config.data, 0, METERED))
        found = measured(made.targets["says"], task.loss(model.net, made, view.config.options).total.item())
        one, mean, kl = found.values()
        return one, mean, kl

    made: tuple[float, float, float] = _ask(view, question)
    return made


@once
def attention(view: RunView, picture: bytes) -> NDArray[np.float32]:
    """Bytes of (32, 32, 3) → (1 + heads, 16): how much the last block reads of each patch, all heads, then each.

    The trunk has no token of its own for the whole picture; its vector is the mean over the patches. So this is the
    mean over the 16 patches that ask.
    """

    def question(model: Learner) -> NDArray[np.float32]:
        from sslviz.models.attention import last_attention

        net: Any = model.net
        pixels = np.frombuffer(picture, np.uint8).reshape(1, SIDE, SIDE, 3)
        each = last_attention(net.trunk, net.tokens(pixel_batch(pixels).data["pixels"].float() / 255))[0].mean(1)
        return np.concatenate([each.mean(0, keepdim=True).numpy(), each.numpy()])

    made: NDArray[np.float32] = _ask(view, question)
    return made


def card(this: Sample, view: RunView, seed: int, options: SelfDistillationOptions, depth: str) -> None:
    """Draw the card; a click on a picture shows all its crops, and what the last block reads of it."""
    labelled = label(this.pixels, seed, options)
    answers, selected = answer(view, labelled), picture_card.selected(SLUG, this)
    crops = [as_bytes(labelled.inputs[name]) for name in ("views", "small")]
    drawn = PictureCard(
        id=f"{this.name}·{seed}·{options}",
        heads=HEADS,
        columns=[column(this, crops, answers, i) for i in range(len(this.pixels))],
        selected=selected,
        panels=[every_crop(this, crops, selected), read(this, view, selected), gauges(view)],
        note=note(this),
        formula=formula(view, answers, selected) if depth == "Detailed" else None,
    )
    draw_card(SLUG, this, view, drawn)
    card_credits(this.credits)


def column(this: Sample, crops: list[NDArray[np.uint8]], answers: Answers, i: int) -> PictureColumn:
    """One picture from raw to the student's answer."""
    n = len(this.pixels)
    teacher, student = answers.teacher[i], answers.student[2 * n + i]
    best, named = int(teacher.argmax()), int(student.argmax())
    cells: list[PictureCell] = [
        {"image": png(this.pixels[i])},
        {"image": png(crops[0][i])},
        {"image": png(crops[1][i])},
        {
            "image": histogram(teacher, BLUE), "text": f"no. {best + 1}: {teacher[best]:.0%}", "kind": "target",
            "title": f"the likeliest of 64 prototypes, and how likely; loss of this label {answers.loss[i]:.2f}",
        },
        {
            "image": histogram(student, ORANGE),
            "text": f"{'✓' if best == named else '✕'} no. {named + 1}: {student[named]:.0%}",
            "kind": "answer", "title": f"no. {best + 1} gets {student[best]:.0%}",
        },
    ]  # fmt: skip
    return {"name": this.names[i], "cells": cells}


def histogram(p: NDArray[np.float32], colour: tuple[int, int, int]) -> str:
    """Probabilities of the prototypes as bars on no ground, from left to right; the full height is 1."""
    side = len(p)
    filled = np.arange(side)[::-1, None] < np.ceil(p * side)[None]  # even a small one has a pixel
    return png(np.where(filled[:, :, None], np.array([*colour, 255]), 0).astype(np.uint8))


def every_crop(this: Sample, crops: list[NDArray[np.uint8]], i: int) -> Panel:
    """All six crops of the chosen picture."""
    n = len(this.pixels)
    kinds = (("large", "teacher and student", crops[0]), ("small", "student only", crops[1]))
    rows: list[Strip] = [
        {"name": name, "text": who, "kind": "", "images": [png(one) for one in some[i::n]]} for name, who, some in kinds
    ]
    return {"kind": "strips", "title": "Its six crops", "hint": this.names[i], "rows": rows}


def overlay(pixels: NDArray[np.uint8], reads: NDArray[np.float32]) -> str:
    """A picture, the more orange a patch the more is read of it; half at 1/16, the share that each has on average."""
    strength = np.clip(reads.reshape(PATCHES, PATCHES) * PATCHES**2 / 2, 0, 1) ** 2 * 0.9
    tint = np.kron(strength, np.ones((SIDE // PATCHES,) * 2))[:, :, None]
    return png((pixels * (1 - tint) + np.array(ORANGE) * tint).round().astype(np.uint8))


def read(this: Sample, view: RunView, i: int) -> Panel:
    """What the last block reads of the chosen picture: untrained, now, and now by each head."""
    before, now = (attention(run, this.pixels[i].tobytes()) for run in (untrained(view.config), view))
    names = ("before", "now", *(f"head {number}" for number in range(1, len(now))))
    tiles: list[Tile] = [
        {
            "image": overlay(this.pixels[i], reads), "text": name,
            "title": f"{name}: {reads.max():.1%} of the patch that is read most; on average {1 / len(reads):.1%}",
        }
        for name, reads in zip(names, (before[0], *now), strict=True)
    ]  # fmt: skip
    if stage.now():  # there the scene says what it is, and two are large enough
        return {
            "kind": "tiles", "title": "Attention of the last block", "columns": 2, "tiles": tiles[:2], "act": "",
            "mode": view.mode,
        }  # fmt: skip
    return {
        "kind": "tiles", "title": "Attention of the last block", "hint": this.names[i], "columns": 3, "tiles": tiles,
        "act": "", "mode": view.mode,
        "note": "The more orange, the more is read of a patch, by all 16 patches in the mean (the trunk has no token "
        f"for the whole picture). Now {now[0].max():.0%} of the patch that is read most, untrained "
        f"{before[0].max():.0%}; 6% if all are read alike. Then each head alone, now.",
    }  # fmt: skip


def gauges(view: RunView) -> Panel:
    """Which collapse is it? Entropies of the labels, and what is left to learn, in nats."""
    now, before, most = decided(view), decided(untrained(view.config)), float(np.log(64))
    if stage.now():
        return in_boxes(view, now)
    names = ("Entropy of a label", "Entropy of the mean label", "KL of teacher and student")
    marks: list[list[list[float | str]]] = [
        [[0, "0: one prototype"], [most, f"ln 64 = {most:.2f}: uniform"]],
        [[0, "0: the same for all"], [most, "ln 64: all in use"]],
        [[0, "0: collapsed"]],
    ]  # fmt: skip
    rows: list[Meter] = [
        {"name": name, "value": value, "text": f"{value:.2f}", "low": 0, "high": most, "marks": mark, "kind": "answer"}
        for name, value, mark in zip(names, now, marks, strict=True)
    ]
    return {
        "kind": "meters", "title": "Which collapse?", "hint": f"labels of {METERED} held-out pictures, in nats",
        "mode": view.mode, "rows": rows,
        "note": "One prototype takes all: both entropies near 0. Uniform: both near ln 64. Alive: a label is clear, "
        "and different pictures have different ones, so the second is well above the first. The loss is the first and "
        f"the KL together. Untrained: {', '.join(f'{value:.2f}' for value in before)}.",
    }  # fmt: skip


def in_boxes(view: RunView, now: tuple[float, float, float]) -> Panel:
    """Both entropies for a lesson: as the number of boxes that, equally likely, would be as undecided."""
    one, every = (float(np.exp(entropy)) for entropy in now[:2])
    names = ("Boxes that one label uses", "Boxes that all labels use together")
    marks: list[list[list[float | str]]] = [
        [[1, "1: quite sure"], [64, "64: all equally likely"]], [[1, "1: the same for all"], [64, "64: all in use"]],
    ]  # fmt: skip
    rows: list[Meter] = [
        {"name": name, "value": value, "text": f"{value:.1f}", "low": 1, "high": 64, "marks": mark, "kind": "answer"}
        for name, value, mark in zip(names, (one, every), marks, strict=True)
    ]
    return {
        "kind": "meters", "title": "Which collapse?", "hint": f"labels of {METERED} new pictures", "mode": view.mode,
        "rows": rows,
    }  # fmt: skip


def note(this: Sample) -> str:
    """What the bars are, and what the label is not."""
    start = (
        "Each bar is one of 64 prototypes, its height its probability. ✓: the student names the teacher’s "
        "first choice. A prototype has no name: it means what the teacher makes of it. "
    )
    if not this.alike:
        return f"{start}The label does not say what a picture shows."
    a, b = this.alike[0]
    return f"{start}{this.names[a]} and {this.names[b]} may get one prototype, and that is not wrong."


def formula(view: RunView, answers: Answers, i: int) -> Formula:
    """The loss of one label in symbols, and with the present numbers."""
    loss, p = float(answers.loss[i]), answers.teacher[i]
    entropy = float(-(p * np.log(p + 1e-12)).sum())
    centre, sharp = (view.config.choices[name] for name in ("centring", "sharpening"))
    teacher = rf"P_t = \operatorname{{softmax}}({'(g_t - c)' if centre else 'g_t'} / {'0.04' if sharp else '0.1'}),"
    return {
        "symbols": line(
            r"\ell = -\sum_k P_t^k \ln P_s^k", r"= h(P_t) + \mathrm{KL}(P_t \| P_s),", teacher,
            r"P_s = \operatorname{softmax}(g_s / 0.1)",
        ),
        "numbers": line(
            f"= {digits(entropy, '.2f')}", f"+ {digits(loss - entropy, '.2f')}", f"= {digits(loss, '.2f')}"
        ),
    }  # fmt: skip
