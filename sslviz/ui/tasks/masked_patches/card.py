"""The sample card of Masked patches: what is covered, what is seen of it, and what the model paints into the gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from sslviz.catalogue import load
from sslviz.catalogue.masked_patches import ENTRY, MaskedPatchesOptions
from sslviz.ui.frame import picture_card
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.frame.patches import PATCHES, ROW, SIDE, cut, filled, hatched, only, tiles, where
from sslviz.ui.frame.picture_card import PictureCard, draw_card, far_off, png
from sslviz.ui.frame.picture_samples import Sample, large_square, pixel_batch
from sslviz.ui.frame.picture_view import Panel, PictureColumn, Tile
from sslviz.ui.frame.pictures import card_credits
from sslviz.ui.live.made import places
from sslviz.ui.live.mathematics import digits, line, mean
from sslviz.ui.live.shared import Formula

if TYPE_CHECKING:
    from torch import Tensor

    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
LARGE = 224
HEADS = [
    ["", "Picture"], ["", "What the model sees"], ["label", "Pseudo-label: the covered patches"],
    ["guess", "Model’s answer, painted in"],
]  # fmt: skip


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


def drawn(pixels: NDArray[np.uint8], seed: int, share: float) -> NDArray[np.bool_]:
    """(n, 16) which patches of pictures (n, 32, 32, 3) the label maker covers."""
    draw, _ = make_label(SLUG, pixel_batch(pixels), seed, MaskedPatchesOptions(share=share))
    return np.asarray(draw["covered"])


def label(pixels: NDArray[np.uint8], covered: NDArray[np.bool_]) -> list[Labelled]:
    """The label of every picture (n, 32, 32, 3), one by one: by hand, a visitor may cover fewer patches of one."""
    from sslviz.tasks.base import DataInfo, Draw

    return [
        load(SLUG).apply(pixel_batch(one[None]), Draw(covered=mask[None]), DataInfo())
        for one, mask in zip(pixels, covered, strict=True)
    ]


def paint(view: RunView, made: list[Labelled], *, leak: bool) -> list[Painted]:
    """What the model in view paints. With `leak` each patch gets the true mean and variance of its label.

    A model that was trained on normalised patches can only be drawn that way.
    """
    from sslviz.tasks.masked_patches import nearest, normalised, take
    from sslviz.training.answers import ask

    trained = bool(view.config.choices["normalise"])

    def question(model: Learner) -> list[Tensor]:
        answers: dict[int, Tensor] = {}
        for alike in like_ones(made):
            batch = together([made[i] for i in alike])
            (painted,) = model.task.answer(model.net, batch, view.config.options).data.values()
            answers |= dict(zip(alike, painted.split(1), strict=True))
        return [answers[i] for i in range(len(made))]

    found: list[Painted] = []
    for answer, one in zip(ask(view.config, view.weights, question, kept=view.kept), made, strict=True):
        asked, seen = one.targets["patches"], one.inputs["patches"]
        mean, spread = asked.mean(-1, keepdim=True), (asked.var(-1, keepdim=True) + 1e-6).sqrt()
        shape = answer if trained else normalised(answer)
        painted = (shape * spread + mean if leak or trained else answer).clamp(0, 1)
        if leak or trained:
            others = {"the leak alone": mean.expand_as(asked)}
        else:
            copied = take(seen, nearest(one.inputs["places"], one.inputs["hidden"]))
            others = {"nearest patch copied": copied, "mean of the visible": seen.mean().expand_as(asked)}
        errors = {name: _error(guess, asked) for name, guess in others.items()}
        each = (shape - normalised(asked) if leak or trained else answer - asked).square().mean(-1)
        plain = _error(answer.clamp(0, 1), asked) if leak and not trained else None
        found.append(Painted(painted[0].numpy(), _error(painted, asked), plain, errors, each[0].tolist()))
    return found


def like_ones(made: list[Labelled]) -> list[list[int]]:
    """The numbers of those of which equally many patches are covered: a network takes them at once."""
    covered = [one.inputs["hidden"].shape[1] for one in made]
    return [[i for i, count in enumerate(covered) if count == this] for this in dict.fromkeys(covered)]


def together(made: list[Labelled]) -> Labelled:
    """One batch of labelled pictures of which equally many patches are covered."""
    from torch import cat

    from sslviz.tasks.base import Labelled

    inputs, targets = (
        {name: cat([getattr(one, what)[name] for one in made]) for name in getattr(made[0], what)}
        for what in ("inputs", "targets")
    )
    return Labelled(inputs, targets, cat([one.where for one in made]))


def _error(guess: Tensor, asked: Tensor) -> float:
    return float((guess - asked).square().mean())


def card(this: Sample, view: RunView, seed: int, options: MaskedPatchesOptions, depth: str) -> None:
    """Draw the card; a click on a patch of the chosen picture covers or uncovers it."""
    identity, selected = f"{this.name}·{seed}·{options}", picture_card.selected(SLUG, this, 0)
    covered, edits = covered_now(this, identity, seed, options)
    leak = options.normalise or view.config.choices["normalise"]
    painted = paint(view, label(this.pixels, covered), leak=leak)
    answers = [filled(p, c, one.patches) for p, c, one in zip(this.pixels, covered, painted, strict=True)]
    drawn_card = PictureCard(
        id=identity,
        title="Cover, and paint in",
        hint="click a picture to look closer",
        heads=HEADS,
        columns=[
            column(name, *about)
            for name, *about in zip(this.names, this.pixels, covered, painted, answers, strict=True)
        ],
        selected=selected,
        panels=panels(
            this.pixels[selected], covered[selected], painted[selected], answers[selected], view.mode, leak=leak
        ),
        note=note(covered[selected], view, options, edited=selected in edits),
        formula=formula(painted[selected].each, leak=leak) if depth == "Detailed" else None,
        edits=edits,
    )  # fmt: skip
    draw_card(SLUG, this, view, drawn_card)
    if (square := large_square(this, selected, LARGE)) is not None:
        _show_large(this.names[selected], square, answers[selected], covered[selected])
    card_credits(this.credits)


def covered_now(
    this: Sample, identity: str, seed: int, options: MaskedPatchesOptions
) -> tuple[NDArray[np.bool_], dict[int, list[int]]]:
    """(n, 16) which patches are covered, by the label maker or by the visitor; and what the visitor did, by picture."""
    covered = drawn(this.pixels, seed, options.share)
    edits = {i: made for i, edit in picture_card.edits(SLUG, identity, this).items() if (made := by_hand(edit))}
    for i, made in edits.items():
        covered[i] = np.isin(np.arange(PATCHES), made)
    return covered, edits


def said(this: Sample, view: RunView, seed: int, options: MaskedPatchesOptions) -> Said:
    """How far off the model is on the chosen picture, beside the best of those who learned nothing."""
    i = picture_card.selected(SLUG, this, 0)
    covered, _ = covered_now(this, f"{this.name}·{seed}·{options}", seed, options)
    leak = options.normalise or view.config.choices["normalise"]
    (painted,) = paint(view, label(this.pixels[[i]], covered[[i]]), leak=leak)
    return Said.of_error(painted.error, min(painted.others.values()))


def by_hand(edit: Any) -> list[int] | None:
    """The patches that a visitor covered; None where that is no mask: one patch at least is covered, one visible."""
    covered = places(edit, PATCHES)
    return covered if covered and len(covered) < PATCHES else None


def column(
    name: str, pixels: NDArray[np.uint8], covered: NDArray[np.bool_], painted: Painted, answer: NDArray[np.uint8]
) -> PictureColumn:
    """One picture from raw to painted in."""
    mark = "✓" if painted.good else "✕"
    rivals = "; ".join(f"{who} {error:.3f}" for who, error in painted.others.items())
    return {
        "name": name,
        "cells": [
            {"image": png(pixels)},
            {"image": png(hatched(pixels, covered)), "title": "the hatched patches are not given to the model"},
            {
                "image": png(only(pixels, covered)),
                "text": f"{int(covered.sum())}/{PATCHES}",
                "kind": "target",
                "title": f"{int(covered.sum())} of {PATCHES} patches are asked for",
            },
            {
                "image": png(answer),
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
) -> list[Panel]:
    """Four views of the chosen picture: to be covered by hand, painted in, as it was, and who is how far off."""
    truth, guess = tiles(pixels), tiles(answer)
    press: list[Tile] = [
        {
            "image": truth[i],
            "kind": "hidden" if hide else "",
            "pressed": bool(hide),
            "title": f"Patch {i + 1}, covered while it is pressed",
        }
        for i, hide in enumerate(covered)
    ]
    errors = {"model": painted.error} | ({} if painted.plain is None else {"model, without the leak": painted.plain})
    errors |= painted.others
    found: list[Panel] = [
        {"kind": "tiles", "title": "Cover it yourself", "hint": "click pieces", "columns": ROW, "tiles": press,
         "act": "toggle", "made": np.flatnonzero(covered).tolist()},
        {"kind": "tiles", "title": "Painted in", "hint": "framed in orange", "mode": mode, "columns": ROW,
         "tiles": [{"image": guess[i], "kind": "answer" if hide else ""} for i, hide in enumerate(covered)],
         "note": "True mean and variance of each patch were used." if leak else ""},
        {"kind": "tiles", "title": "The picture", "hint": "blue: the label", "columns": ROW,
         "tiles": [{"image": truth[i], "kind": "target" if hide else ""} for i, hide in enumerate(covered)]},
        far_off(errors, "mean squared error, covered pixels"),
    ]  # fmt: skip
    if leak:
        flat = np.repeat(cut(pixels)[covered].mean(1, keepdims=True), 3 * SIDE**2, 1) / 255
        alone = tiles(filled(pixels, covered, flat))
        found.insert(2, {
            "kind": "tiles", "title": "The leak alone", "hint": "no model at all", "columns": ROW,
            "tiles": [{"image": alone[i]} for i in range(PATCHES)],
            "note": "Each covered patch in its own true mean: this is what the leak alone gives.",
        })  # fmt: skip
    return found


def note(covered: NDArray[np.bool_], view: RunView, options: MaskedPatchesOptions, *, edited: bool) -> str:
    """What the numbers mean, what the visitor did, and how the model in view was trained."""
    seen, trained = PATCHES - int(covered.sum()), view.config.choices
    start = (
        f"The encoder gets {seen} of {PATCHES} patches and is not told what is missing; the loss counts the covered "
        "ones only. The number is the mean squared error on them, pixels from 0 to 1."
    )
    sentences = [start]
    if options.normalise or trained["normalise"]:
        sentences.append(
            "✓: better than the leak alone. ⚑ A normalised patch has no brightness and no contrast. To draw it, both "
            "are taken from the true patch, so part of what you see was not predicted."
        )
        if not trained["normalise"]:
            sentences.append(f"The {view.mode} model was asked for plain pixels; only how it is drawn changes here.")
        elif not options.normalise:
            sentences.append(
                f"The {view.mode} model was trained on normalised patches, so it can be drawn in no other way."
            )
    else:
        sentences.append("✓: better than copying the nearest visible patch, and than the mean of what is visible.")
    if edited:
        sentences.append("You changed this mask by hand. At least one patch stays covered, and at least one visible.")
    return " ".join(sentences)


def formula(each: list[float], *, leak: bool) -> Formula:
    """The loss of one picture in symbols, and with the present numbers."""
    target = r"\tilde{x}_i" if leak else "x_i"
    made = (
        [r"\tilde{x}_i = \frac{x_i - \operatorname{mean} x_i}{\sqrt{\operatorname{var} x_i + 10^{-6}}},"]
        if leak
        else []
    )
    return {
        "symbols": line(
            *made,
            r"L = \frac{1}{\left| M \right|} \sum_{i \in M} "
            rf"\frac{{\left\lVert \hat{{x}}_i - {target} \right\rVert^2}}{{192}},",
            r"M\text{: the covered patches}",
        ),
        "numbers": line(
            *mean([digits(one, ".3f") for one in each[:4]], len(each)), f"= {digits(sum(each) / len(each), '.3f')}"
        ),
    }


def _show_large(name: str, square: NDArray[np.uint8], small: NDArray[np.uint8], covered: NDArray[np.bool_]) -> None:
    """The same patches covered on the photo (LARGE, LARGE, 3) itself, and the model's, from `small`, laid over them."""
    coarse = np.asarray(Image.fromarray(small).resize((LARGE, LARGE), Image.Resampling.NEAREST))
    over = np.where(where(covered, LARGE)[..., None], coarse, square)
    with st.container(horizontal=True, gap="small"):
        for pixels, caption in (
            (square, "the photo"), (hatched(square, covered, LARGE), "covered"), (over, "painted in"),
        ):  # fmt: skip
            st.image(pixels, caption=f"{name}: {caption}", width=LARGE, alt=f"{name}, {caption}")
    st.caption("The model sees and paints 32×32 pixels; only the picture around them is drawn larger.")
