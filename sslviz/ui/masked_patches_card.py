"""The sample card of Masked patches: what is covered, what is seen of it, and what the model paints into the gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from sslviz.ui import live
from sslviz.ui.pairs_card import SOURCES, Sample, sample
from sslviz.ui.pictures import card_credits, data_address, unlike

if TYPE_CHECKING:
    from torch import Tensor

    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.shown import Shown

__all__ = ["SOURCES", "Painted", "card", "drawn", "label", "paint", "sample"]

SLUG, PAGE, PATCHES, ROW, SIDE, LARGE = "masked_patches", 24, 16, 4, 8, 224
HEADS = [
    ["", "Picture"], ["", "What the model sees"], ["label", "Pseudo-label: the covered patches"],
    ["guess", "Model’s answer, painted in"],
]  # fmt: skip
PALE, DARK, FAINT = 222, 150, 70  # grey levels of what stands for a covered patch; opacity of what is no label


@dataclass(frozen=True)
class Painted:
    """What was painted into the covered places of one picture.

    Attributes:
        patches: (h, 192) in 0…1, as they are drawn.
        error: mean squared error on the covered pixels.
        plain: the same before the truth's mean and variance were put in; None where they were not, or must be.
        others: the error of everybody who learned nothing, by name.
        each: (h,) the training loss of each patch, in the terms of the settings.
    """

    patches: NDArray[np.float32]
    error: float
    plain: float | None
    others: dict[str, float]
    each: list[float]

    @property
    def good(self) -> bool:
        """Whether the model comes closer than everybody who learned nothing."""
        return self.error < min(self.others.values())


def drawn(n: int, seed: int, share: float) -> NDArray[np.bool_]:
    """(n, 16) which patches the label maker covers."""
    from sslviz.catalogue import load
    from sslviz.tasks.base import Batch, Pool

    batch, rng = Batch(np.arange(n), {}), np.random.default_rng((seed, PAGE, 0))
    return np.asarray(load(SLUG).draw(batch, rng, Pool(), share=share)["covered"])


def label(pixels: NDArray[np.uint8], covered: NDArray[np.bool_]) -> list[Labelled]:
    """The label of every picture (n, 32, 32, 3), one by one: by hand, a visitor may cover fewer patches of one."""
    import torch

    from sslviz.catalogue import load
    from sslviz.tasks.base import Batch, Draw, Pool

    every = torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy())
    return [
        load(SLUG).apply(Batch(np.arange(1), {"pixels": one[None]}), Draw(covered=mask[None]), Pool())
        for one, mask in zip(every, covered, strict=True)
    ]


def paint(view: Shown, made: list[Labelled], *, leak: bool) -> list[Painted]:
    """What the model in view paints. With `leak` each patch gets the true mean and variance of its label.

    A model that was trained on normalised patches can only be drawn that way.
    """
    from sslviz.tasks.masked_patches import nearest, normalised, take
    from sslviz.training.answers import ask

    trained = bool(view.config.choices["normalise"])

    def question(model: Learner) -> list[Tensor]:
        return [next(iter(model.task.answer(model.net, one, normalise=trained).data.values())) for one in made]

    found = []
    for said, one in zip(ask(view.config, view.weights, question, kept=view.kept), made, strict=True):
        asked, seen = one.targets["patches"], one.inputs["patches"]
        mean, spread = asked.mean(-1, keepdim=True), (asked.var(-1, keepdim=True) + 1e-6).sqrt()
        shape = said if trained else normalised(said)
        painted = (shape * spread + mean if leak or trained else said).clamp(0, 1)
        if leak or trained:
            others = {"the leak alone": mean.expand_as(asked)}
        else:
            copied = take(seen, nearest(one.inputs["places"], one.inputs["hidden"]))
            others = {"nearest patch copied": copied, "mean of the visible": seen.mean().expand_as(asked)}
        errors = {name: _error(guess, asked) for name, guess in others.items()}
        each = (shape - normalised(asked) if leak or trained else said - asked).square().mean(-1)
        plain = _error(said.clamp(0, 1), asked) if leak and not trained else None
        found.append(Painted(painted[0].numpy(), _error(painted, asked), plain, errors, each[0].tolist()))
    return found


def _error(guess: Tensor, asked: Tensor) -> float:
    return float((guess - asked).square().mean())


def card(this: Sample, view: Shown, seed: int, options: dict[str, Any], detailed: bool) -> None:
    """Draw the card; a click on a patch of the chosen picture covers or uncovers it."""
    n, identity = len(this.pixels), f"{this.name}·{seed}·{options}"
    edit = st.session_state.get(f"{SLUG}_edit", {})
    toggled: dict[int, set[int]] = edit.get("toggled", {}) if edit.get("id") == identity else {}
    selected = min(st.session_state.get(f"{SLUG}_selected", 0), n - 1)
    covered = drawn(n, seed, options["share"])
    for i, places in toggled.items():
        covered[i, list(places)] ^= True
    made = label(this.pixels, covered)
    leak = options["normalise"] or view.config.choices["normalise"]
    painted = paint(view, made, leak=leak)
    answers = [filled(p, c, one.patches) for p, c, one in zip(this.pixels, covered, painted, strict=True)]

    def happened(event: dict[str, Any]) -> None:
        if event["kind"] == "select":
            st.session_state[f"{SLUG}_selected"] = event["index"]
        elif event["id"] == identity:
            turned = {**toggled, selected: toggled.get(selected, set()) ^ {event["index"]}}
            count = int(covered[selected].sum()) + (-1 if covered[selected, event["index"]] else 1)
            if 0 < count < PATCHES:
                st.session_state[f"{SLUG}_edit"] = {"id": identity, "toggled": turned}

    live.picture_card(
        f"{SLUG}_card",
        card={
            "id": identity,
            "model": view.mode,
            "title": "Cover, and paint in",
            "hint": "click a picture to look closer",
            "heads": HEADS,
            "columns": [
                column(name, *about)
                for name, *about in zip(this.names, this.pixels, covered, painted, answers, strict=True)
            ],
            "selected": selected,
            "panels": panels(
                this.pixels[selected], covered[selected], painted[selected], answers[selected], view.mode, leak=leak
            ),
            "note": note(covered[selected], view, options, edited=bool(toggled.get(selected)))
            + unlike(this.credits, view),
            "formula": formula(painted[selected].each, leak=leak) if detailed else None,
        },
        on_event=happened,
    )
    if this.large and this.large[selected] is not None:
        _show_large(this, selected, covered[selected], painted[selected])
    card_credits(this.credits)


def column(
    name: str, pixels: NDArray[np.uint8], covered: NDArray[np.bool_], painted: Painted, answer: NDArray[np.uint8]
) -> dict[str, Any]:
    """One picture from raw to painted in."""
    mark = "✓" if painted.good else "✕"
    rivals = "; ".join(f"{who} {error:.3f}" for who, error in painted.others.items())
    return {
        "name": name,
        "cells": [
            {"image": data_address(pixels, "PNG")},
            {"image": data_address(hatched(pixels, covered), "PNG"), "title": "what is hatched never goes in"},
            {
                "image": data_address(only(pixels, covered), "PNG"),
                "text": f"{int(covered.sum())}/{PATCHES}",
                "kind": "target",
                "title": f"{int(covered.sum())} of {PATCHES} patches are asked for",
            },
            {
                "image": data_address(answer, "PNG"),
                "text": f"{mark} {painted.error:.3f}",
                "kind": "answer",
                "title": f"mean squared error; without learning: {rivals}",
                "wrong": not painted.good,
            },
        ],
    }


def panels(
    pixels: NDArray[np.uint8],
    covered: NDArray[np.bool_],
    painted: Painted,
    answer: NDArray[np.uint8],
    mode: str,
    *,
    leak: bool,
) -> list[dict[str, Any]]:
    """Four views of the chosen picture: to be covered by hand, painted in, as it was, and who is how far off."""
    truth, guess = tiles(pixels), tiles(answer)
    press = [
        {
            "image": "" if hide else truth[i],
            "kind": "hidden" if hide else "",
            "title": f"Patch {i + 1}: {'covered; uncover it' if hide else 'visible; cover it'}",
        }
        for i, hide in enumerate(covered)
    ]
    errors = {"model": painted.error} | ({} if painted.plain is None else {"model, without the leak": painted.plain})
    errors |= painted.others
    most = max(errors.values())
    rows = [
        {
            "name": name, "value": error / most if most else 0.0, "text": f"{error:.3f}",
            "kind": "answer" if name.startswith("model") else "",
        }
        for name, error in errors.items()
    ]  # fmt: skip
    found: list[dict[str, Any]] = [
        {"kind": "tiles", "title": "Cover it yourself", "hint": "click patches", "columns": ROW, "tiles": press,
         "act": "press"},
        {"kind": "tiles", "title": "Painted in", "hint": "orange", "mode": mode, "columns": ROW,
         "tiles": [{"image": guess[i], "kind": "answer" if hide else ""} for i, hide in enumerate(covered)],
         "note": "True mean and variance of each patch were used." if leak else ""},
        {"kind": "tiles", "title": "The picture", "hint": "blue: the label", "columns": ROW,
         "tiles": [{"image": truth[i], "kind": "target" if hide else ""} for i, hide in enumerate(covered)]},
        {"kind": "bars", "title": "How far off", "hint": "mean squared error, covered pixels", "rows": rows},
    ]  # fmt: skip
    if leak:
        flat = np.repeat(cut(pixels)[covered].mean(1, keepdims=True), 3 * SIDE**2, 1) / 255
        alone = tiles(filled(pixels, covered, flat))
        found.insert(2, {
            "kind": "tiles", "title": "The leak alone", "hint": "no model at all", "columns": ROW,
            "tiles": [{"image": alone[i]} for i in range(PATCHES)],
            "note": "Each covered patch in its own true mean: that much was given away.",
        })  # fmt: skip
    return found


def note(covered: NDArray[np.bool_], view: Shown, options: dict[str, Any], *, edited: bool) -> str:
    """What the numbers mean, what the visitor did, and how the model in view was trained."""
    seen, trained = PATCHES - int(covered.sum()), view.config.choices
    start = (
        f"The encoder gets {seen} of {PATCHES} patches and is not told what is missing; the loss counts the covered "
        "ones only. The number is the mean squared error on them, pixels from 0 to 1."
    )
    said = [start]
    if options["normalise"] or trained["normalise"]:
        said.append(
            "✓: better than the leak alone. ⚑ A normalised patch has no brightness and no contrast. To draw it, both "
            "are taken from the hidden truth: part of what you see was never predicted."
        )
        if not trained["normalise"]:
            said.append(f"The {view.mode} model was asked for plain pixels; only how it is drawn changes here.")
        elif not options["normalise"]:
            said.append(f"The {view.mode} model was trained that way and cannot be drawn without.")
    else:
        said.append("✓: better than copying the nearest visible patch, and than the mean of what is visible.")
    if view.mode != "untrained" and trained["share"] != options["share"]:
        said.append(f"The {view.mode} model was trained with {trained['share']:.0%} covered.")
    if edited:
        said.append("You changed this mask by hand; one patch at least stays covered, and one visible.")
    return " ".join(said)


def formula(each: list[float], *, leak: bool) -> dict[str, str]:
    """The loss of one picture in symbols, and with the present numbers."""
    shown = " + ".join(f"{one:.3f}" for one in each[:4]) + (" + …" if len(each) > 4 else "")
    what = "x̃ᵢ = (xᵢ − mean xᵢ) / √(var xᵢ + 10⁻⁶),  " if leak else ""
    return {
        "symbols": f"{what}L = 1/|M| · Σᵢ∈M ‖x̂ᵢ − {'x̃' if leak else 'x'}ᵢ‖² / 192,  M: the covered patches",
        "numbers": f"= ({shown}) / {len(each)} = {sum(each) / len(each):.3f}",
    }


# pixels


def cut(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(32, 32, 3) → (16, 192): patches row by row, each as channel, row, column, as the task has them."""
    grid = pixels.reshape(ROW, SIDE, ROW, SIDE, 3).transpose(0, 2, 4, 1, 3)
    return np.ascontiguousarray(grid).reshape(PATCHES, 3 * SIDE**2)


def filled(pixels: NDArray[np.uint8], covered: NDArray[np.bool_], patches: NDArray[Any]) -> NDArray[np.uint8]:
    """(32, 32, 3) the visible patches as they are, and `patches` (h, 192) in 0…1 where it was covered."""
    every = cut(pixels)
    every[covered] = (np.clip(patches, 0, 1) * 255).round().astype(np.uint8)
    return every.reshape(ROW, ROW, 3, SIDE, SIDE).transpose(0, 3, 1, 4, 2).reshape(32, 32, 3)


def tiles(pixels: NDArray[np.uint8]) -> list[str]:
    """The 16 patches of a picture as data addresses."""
    grid = pixels.reshape(ROW, SIDE, ROW, SIDE, 3).transpose(0, 2, 1, 3, 4).reshape(PATCHES, SIDE, SIDE, 3)
    return [data_address(np.ascontiguousarray(patch), "PNG") for patch in grid]


def where(covered: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """(16,) → (side, side): which pixels are covered."""
    return np.kron(covered.reshape(ROW, ROW), np.ones((side // ROW, side // ROW), bool)).astype(bool)


def hatched(pixels: NDArray[np.uint8], covered: NDArray[np.bool_], side: int = 64) -> NDArray[np.uint8]:
    """(side, side, 3): the picture, with grey stripes in place of what is covered."""
    large = np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST))
    y, x = np.mgrid[:side, :side]
    stripes = np.where((x + y) % 8 < 2, DARK, PALE).astype(np.uint8)[..., None].repeat(3, 2)
    return np.where(where(covered, side)[..., None], stripes, large)


def only(pixels: NDArray[np.uint8], covered: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(32, 32, 4): the covered patches; what was visible is a faint grey, so that white patches can be told from it."""
    there = where(covered, 32)
    return np.dstack([np.where(there[..., None], pixels, DARK), np.where(there, 255, FAINT)]).astype(np.uint8)


def _show_large(this: Sample, picture: int, covered: NDArray[np.bool_], painted: Painted) -> None:
    """The same patches covered on the photo itself, and the model's patches laid over them."""
    photo = np.asarray((this.large or [])[picture])
    side = min(photo.shape[:2])
    top, left = (photo.shape[0] - side) // 2, (photo.shape[1] - side) // 2
    square = np.asarray(Image.fromarray(photo[top : top + side, left : left + side]).resize((LARGE, LARGE)))
    small = filled(this.pixels[picture], covered, painted.patches)
    coarse = np.asarray(Image.fromarray(small).resize((LARGE, LARGE), Image.Resampling.NEAREST))
    over = np.where(where(covered, LARGE)[..., None], coarse, square)
    name = this.names[picture]
    with st.container(horizontal=True, gap="small"):
        for pixels, caption in (
            (square, "the photo"), (hatched(square, covered, LARGE), "covered"), (over, "painted in"),
        ):  # fmt: skip
            st.image(pixels, caption=f"{name}: {caption}", width=LARGE, alt=f"{name}, {caption}")
    st.caption("The model sees and paints 32×32 pixels; only the picture around them is drawn larger.")
