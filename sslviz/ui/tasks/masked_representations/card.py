"""The sample card of Masked representations: one mask, and two labels for it, pixels and vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue import load
from sslviz.catalogue.masked_representations import ENTRY, MaskedRepresentationsOptions
from sslviz.ui.frame import picture_card
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.frame.once import once
from sslviz.ui.frame.patches import DARK, FAINT, PATCHES, ROW, SIDE, cut, framed, hatched, only, tiles
from sslviz.ui.frame.picture_card import PictureCard, draw_card, far_off, png
from sslviz.ui.frame.picture_samples import Sample, pixel_batch
from sslviz.ui.frame.picture_view import Panel, PictureColumn, Strip, Tile
from sslviz.ui.frame.pictures import card_credits
from sslviz.ui.frame.vectors import BLUE, METERED, ORANGE, gauges
from sslviz.ui.live.mathematics import digits, line, mean
from sslviz.ui.live.shared import Formula

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
NEAR = 8  # pictures in a row of what is near
HEADS = [
    ["", "Picture"], ["", "What the encoder sees"], ["", "In Masked patches: these pixels would be the label"],
    ["label", "Pseudo-label: the target encoder’s vectors of the same patches"],
    ["guess", "Model’s answer: the vectors it predicts"],
]  # fmt: skip
RIVAL = "mean vector of each place"


@dataclass(frozen=True)
class Answers:
    """What is said of the hidden patches of n pictures, in blocks of k patches.

    Attributes:
        places: (n, blocks, k) where the hidden patches are.
        every: (n, 16, d) the target encoder's vectors of all patches; those at `places` are the label.
        said: (n, blocks, k, d) what is predicted.
        loss: (n, blocks × k) of each.
        mean: (16, d) the mean vector of each place, of held-out pictures.
    """

    places: NDArray[np.int64]
    every: NDArray[np.float32]
    said: NDArray[np.float32]
    loss: NDArray[np.float32]
    mean: NDArray[np.float32]

    def hidden(self, i: int) -> NDArray[np.bool_]:
        """(16,) which patches of a picture are hidden."""
        return np.isin(np.arange(PATCHES), self.places[i])

    def drawn(self, i: int) -> NDArray[np.float32]:
        """(16, d) what is predicted of a picture, each patch in its place; of two in one place the later one."""
        patches = self.mean.copy()
        patches[self.places[i].ravel()] = self.said[i].reshape(-1, self.mean.shape[1])
        return patches

    def errors(self, i: int) -> dict[str, float]:
        """Mean squared difference from the label: the model's, and of two who do not read the picture."""
        at = self.places[i]
        asked, other = self.every[i][at], self.every[(i + 1) % len(self.every)][at]
        guesses = {"model": self.said[i], RIVAL: self.mean[at], "the next picture’s vectors": other}
        return {name: float(np.square(guess - asked).mean()) for name, guess in guesses.items()}


def label(pixels: NDArray[np.uint8], seed: int, options: MaskedRepresentationsOptions) -> Labelled:
    """The hidden blocks of every picture (n, 32, 32, 3)."""
    return make_label(SLUG, pixel_batch(pixels), seed, options)[1]


def answer(view: RunView, labelled: Labelled) -> Answers:
    """What target encoder and model say now of these pictures."""
    from sslviz.training.answers import ask

    def question(model: Learner) -> tuple[Any, ...]:
        task: Any = model.task
        made = task.targets_from_model(model.net, labelled)
        said = task.answer(model.net, made, view.config.options).data["vectors"]
        loss: Any = task.loss(model.net, made, view.config.options).per_item
        return tuple(x.numpy().copy() for x in (made.targets["every"], said, loss.unflatten(0, (len(said), -1))))

    every, said, loss = ask(view.config, view.weights, question, kept=view.kept)
    return Answers(labelled.inputs["places"].numpy(), every, said, loss, company(view).mean(0))


@once
def company(view: RunView) -> NDArray[np.float32]:
    """(METERED, 16, d) the target encoder's vectors of held-out pictures."""
    from sslviz.training.answers import ask

    labelled = label(others(view.config.data), 0, MaskedRepresentationsOptions())
    found: NDArray[np.float32] = ask(
        view.config, view.weights,
        lambda model: model.task.targets_from_model(model.net, labelled).targets["every"].numpy().copy(),
        kept=view.kept,
    )  # fmt: skip
    return found


@lru_cache(maxsize=4)
def others(data: str) -> NDArray[np.uint8]:
    """(METERED, 32, 32, 3) held-out pictures."""
    pixels = load(SLUG).batch(data, "held_out", np.arange(METERED)).data["pixels"]
    found: NDArray[np.uint8] = pixels.permute(0, 2, 3, 1).numpy()
    return found


def pooled(view: RunView) -> Any:
    """(METERED, d) the target encoder's vectors of held-out pictures, the mean over patches."""
    import torch

    return torch.from_numpy(company(view).mean(1))


def card(this: Sample, view: RunView, seed: int, options: MaskedRepresentationsOptions, depth: str) -> None:
    """Draw the card; a click on a picture shows its hidden patches as pixels, as vectors, and as predicted."""
    answers, selected = answer(view, label(this.pixels, seed, options)), picture_card.selected(SLUG, this, 0)
    drawn = PictureCard(
        id=f"{this.name}·{seed}·{options}",
        title="Hide, and predict a representation",
        hint="click a picture to look closer",
        heads=HEADS,
        columns=[column(name, this.pixels[i], answers, i) for i, name in enumerate(this.names)],
        selected=selected,
        panels=panels(this.pixels[selected], view, answers, selected),
        note=NOTE,
        formula=formula(answers.loss[selected]) if depth == "Detailed" else None,
    )
    draw_card(SLUG, this, view, drawn)
    card_credits(this.credits)


def column(name: str, pixels: NDArray[np.uint8], answers: Answers, i: int) -> PictureColumn:
    """One picture from raw to the predicted vectors."""
    hidden, errors = answers.hidden(i), answers.errors(i)
    good, count = errors["model"] < errors[RIVAL], int(hidden.sum())
    rivals = "; ".join(f"{who} {error:.2f}" for who, error in errors.items())
    return {
        "name": name,
        "cells": [
            {"image": png(pixels)},
            {"image": png(hatched(pixels, hidden)), "title": "the hatched patches are not given to the encoder"},
            {"image": png(only(pixels, hidden)), "title": f"{count} patches of {3 * SIDE**2} numbers each"},
            {
                "image": png(fields(answers.every[i] - answers.mean, hidden, BLUE)), "text": f"{count}/{PATCHES}",
                "kind": "target",
                "title": f"{count} of {PATCHES} patches, of {answers.mean.shape[1]} numbers each",
            },
            {
                "image": png(fields(answers.drawn(i) - answers.mean, hidden, ORANGE)), "kind": "answer",
                "text": f"{'✓' if good else '✕'} {errors['model']:.2f}", "wrong": not good,
                "title": f"mean squared difference: {rivals}",
            },
        ],
    }  # fmt: skip


def fields(vectors: NDArray[np.float32], hidden: NDArray[np.bool_], colour: Sequence[int]) -> NDArray[np.uint8]:
    """(16, 64) → (32, 32, 4): in the place of each hidden patch its vector, a field a number, the darker the larger.

    0, a number as on average at this place, is halfway between white and the colour.
    """
    share = np.clip(vectors / 3 + 0.5, 0, 1)[..., None]
    inked = (255 - share * (255 - np.array(colour))).reshape(ROW, ROW, SIDE, SIDE, 3)
    drawn = np.where(hidden.reshape(ROW, ROW, 1, 1, 1), inked, DARK)
    seen = np.where(hidden.reshape(ROW, ROW, 1, 1, 1), 255, FAINT) * np.ones((1, 1, SIDE, SIDE, 1))
    patches = np.concatenate([drawn, seen], -1).round().astype(np.uint8)
    return np.ascontiguousarray(patches.transpose(0, 2, 1, 3, 4).reshape(ROW * SIDE, ROW * SIDE, 4))


def panels(pixels: NDArray[np.uint8], view: RunView, answers: Answers, i: int) -> list[Panel]:
    """Of the chosen picture: two labels and the answer, what is near in either, who is how far off; and the meters."""
    hidden = answers.hidden(i)
    found: list[Panel] = [
        _tiles("In pixels", "the label of Masked patches", only(pixels, hidden), hidden, ""),
        _tiles(
            "In vectors", "the label here", fields(answers.every[i] - answers.mean, hidden, BLUE), hidden, "target"
        ),
        _tiles("Predicted", "the model’s answer", fields(answers.drawn(i) - answers.mean, hidden, ORANGE), hidden,
               "answer"),
        near(pixels, view, answers, i),
        far_off(answers.errors(i), "mean squared difference from the label"),
        gauges(view, pooled, "the target encoder’s vectors"),
    ]  # fmt: skip
    found[2]["mode"] = view.mode
    found[4]["wide"] = found[5]["wide"] = True
    return found


def _tiles(title: str, hint: str, drawn: NDArray[np.uint8], hidden: NDArray[np.bool_], kind: str) -> Panel:
    """The 16 patches of a picture; those that are hidden are framed in the colour of their kind."""
    each: list[Tile] = [
        {"image": one, "kind": kind if hide else ""} for one, hide in zip(tiles(drawn), hidden, strict=True)
    ]
    return {"kind": "tiles", "title": title, "hint": hint, "columns": ROW, "tiles": each}


def near(pixels: NDArray[np.uint8], view: RunView, answers: Answers, i: int) -> Panel:
    """Which held-out pictures have the most similar patch in the same place: by pixels, by vector, by prediction."""
    own = cut(pixels)[answers.places[i, 0]].astype(np.float32)
    at = int(own.var(1).argmax())  # of the first block, the patch that shows most
    place, shown = int(answers.places[i, 0, at]), others(view.config.data)
    there = np.stack([cut(one)[place] for one in shown]).astype(np.float32)
    vectors = company(view)[:, place]
    sides = (
        ("pixels", "", there, own[at]), ("vector", "target", vectors, answers.every[i, place]),
        ("prediction", "answer", vectors, answers.said[i, 0, at]),
    )  # fmt: skip
    rows: list[Strip] = [
        {
            "name": name, "text": "", "kind": kind,
            "images": [framed(shown[k], place) for k in np.square(all_ - one).mean(1).argsort(kind="stable")[:NEAR]],
        }
        for name, kind, all_, one in sides
    ]  # fmt: skip
    return {
        "kind": "strips", "title": "Alike in this patch", "hint": f"place {place + 1}, of {METERED} held-out pictures",
        "rows": rows, "mode": view.mode, "wide": True,
        "note": f"The framed patch is the hidden one of place {place + 1}. Alike in pixels: the patch itself looks so. "
        "Alike in vectors: the target encoder, which saw the rest, too, says something similar.",
    }  # fmt: skip


NOTE = (
    "Both labels are of the same hidden patches. In pixels a patch is 192 numbers, in vectors 64: each field is one of "
    "them, the darker the larger, and what is the same in all pictures at that place is taken away. So plain fields "
    "say only where a patch is. No field has a name. The number is the mean squared difference of prediction and "
    f"label; ✓: smaller than with the {RIVAL}. Where blocks overlap, the later one is drawn."
)


def said(this: Sample, view: RunView, seed: int, options: MaskedRepresentationsOptions) -> Said:
    """How far off the model is on the chosen picture, beside somebody who knows the places alone."""
    errors = answer(view, label(this.pixels, seed, options)).errors(picture_card.selected(SLUG, this, 0))
    return Said.of_error(errors["model"], errors[RIVAL])


def formula(each: NDArray[np.float32]) -> Formula:
    """The loss of one picture in symbols, and with the present numbers."""
    return {
        "symbols": line(
            r"L = \frac{1}{\left| B \right|} \sum_{i \in B} \frac{\left\lVert \hat{s}_i - s_i \right\rVert^2}{64},",
            r"s = \operatorname{LN}(f_{\bar\theta}(\text{whole}))\text{: no gradient},",
            r"B\text{: patches of all blocks}",
        ),
        "numbers": line(
            *mean([digits(float(one), ".2f") for one in each[:4]], len(each)), f"= {digits(float(each.mean()), '.2f')}"
        ),
    }
