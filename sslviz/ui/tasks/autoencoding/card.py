"""The sample card of Autoencoding: what goes in, the code in the middle, what comes out, and PCA beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.catalogue import load
from sslviz.catalogue.autoencoding import ENTRY, AutoencodingOptions
from sslviz.ui.frame import picture_card
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.picture_card import PictureCard, draw_card, far_off, png
from sslviz.ui.frame.picture_samples import Sample, as_bytes, pixel_batch
from sslviz.ui.frame.picture_view import Panel, PictureColumn, Strip, Tile
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
WIDTHS = (1, 2, 4, 8, 16, 32, 64)  # numbers of the code that a click can choose
TURNED, REACH, ASKED = 4, (-2, -1, 0, 1, 2), 64  # numbers that are turned, how far, pictures that say how far is far


@dataclass(frozen=True)
class Rebuilt:
    """What the model makes of n pictures: `pixels` (n, 32, 32, 3), its codes (n, 1 or 16, width), each one's error."""

    pixels: NDArray[np.uint8]
    codes: NDArray[np.float32]
    errors: list[float]


def numbers(settings: dict[str, Any]) -> int:
    """How many numbers a picture is squeezed into."""
    return int(settings["width"]) * (1 if settings["whole"] else 16)


def label(pixels: NDArray[np.uint8], seed: int, options: AutoencodingOptions) -> Labelled:
    """What goes in and what must come out, for pictures (n, 32, 32, 3)."""
    return make_label(SLUG, pixel_batch(pixels), seed, options)[1]


def rebuild(view: RunView, labelled: Labelled) -> Rebuilt:
    """What the model in view makes of it."""
    from sslviz.training.answers import ask

    def question(model: Learner) -> tuple[Tensor, Tensor, Tensor]:
        net: Any = model.net
        code = net.code(labelled.inputs["pixels"])
        each = model.loss(labelled).per_item
        assert each is not None  # noqa: S101 - this task counts every picture
        return net.rebuild(code), code, each

    pixels, codes, each = ask(view.config, view.weights, question, kept=view.kept)
    return Rebuilt(as_bytes(pixels), codes.numpy(), each.tolist())


def components(labelled: Labelled, data: str, count: int) -> tuple[NDArray[np.uint8], list[float]]:
    """What the first `count` principal components keep of the input: (n, 32, 32, 3), and each one's error."""
    from sslviz.tasks import autoencoding

    kept = autoencoding.components(labelled.inputs["pixels"], load(SLUG).info(data), count)
    return as_bytes(kept), (kept - labelled.targets["pixels"]).square().mean((1, 2, 3)).tolist()


@lru_cache(maxsize=8)
def _usual(data: str) -> Tensor:
    """(ASKED, 3, 32, 32) held-out pictures in 0…1."""
    return load(SLUG).batch(data, "held_out", np.arange(ASKED)).data["pixels"].float() / 255


def turned(view: RunView, code: NDArray[np.float32]) -> tuple[list[int], NDArray[np.uint8]]:
    """One picture's code with one number turned at a time: which numbers, and (TURNED, 5, 32, 32, 3) what comes out.

    The numbers are those that differ most between pictures; they are turned by −2 … 2 standard deviations.
    """
    import torch

    from sslviz.training.answers import ask

    def question(model: Learner) -> tuple[list[int], Tensor]:
        net: Any = model.net
        usual = net.code(_usual(view.config.data))[:, 0]
        spread = usual.std(0)
        first = net.widen.weight.norm(dim=0) * spread  # how much a number moves what the decoder reads
        which = first.argsort(descending=True, stable=True)[:TURNED].tolist()
        codes = torch.from_numpy(code)[None].repeat(len(which), len(REACH), 1)
        for row, number in enumerate(which):
            codes[row, :, number] += torch.tensor(REACH) * spread[number]
        return which, net.rebuild(codes.flatten(0, 1)[:, None])

    which, pixels = ask(view.config, view.weights, question, kept=view.kept)
    return which, as_bytes(pixels).reshape(len(which), len(REACH), 32, 32, 3)


def card(this: Sample, view: RunView, seed: int, options: AutoencodingOptions, depth: str) -> None:
    """Draw the card; a click on a width makes it the setting."""
    from sslviz.tasks.autoencoding import WIDEST

    selected, labelled = picture_card.selected(SLUG, this), label(this.pixels, seed, options)
    rebuilt, count = rebuild(view, labelled), numbers(view.config.choices)
    _, rival_errors = components(labelled, view.config.data, min(WIDEST, count))
    sees = as_bytes(labelled.inputs["pixels"])
    made = PictureCard(
        id=f"{this.name}·{seed}·{replace(options, width=WIDTHS[0])}",  # the width is what is changed on the card
        title="Squeeze, and rebuild",
        hint="click a picture to look closer",
        heads=(
            ("", "Picture"),
            ("", "What the model sees" + (", spoilt" if options.noise or options.dropped else "")),
            ("", f"The code: {count} number{'s' * (count > 1)}"),
            ("label", "Pseudo-label: the picture itself"), ("guess", "Model’s answer, rebuilt"),
        ),
        columns=[
            column(name, this.pixels[i], sees[i], rebuilt, i, rival_errors[i]) for i, name in enumerate(this.names)
        ],
        selected=selected,
        panels=panels(labelled, view, rebuilt, selected, options, rival_errors[selected]),
        note=note(options, count),
        formula=formula(rebuilt.errors) if depth == "Detailed" else None,
    )  # fmt: skip

    def choose_width(made: Any) -> None:
        if chosen := places(made, len(WIDTHS)):
            st.session_state[f"{SLUG}_width"] = WIDTHS[chosen[0]]
            st.session_state[f"{SLUG}_width_chosen"] = True

    draw_card(SLUG, this, view, made, choose_width)
    card_credits(this.credits)
    if st.session_state.pop(f"{SLUG}_width_chosen", False):
        st.rerun()  # the whole page: the slider in the popover must follow


def column(
    name: str, pixels: NDArray[np.uint8], sees: NDArray[np.uint8], rebuilt: Rebuilt, i: int, rival_error: float
) -> PictureColumn:
    """Picture `i` from raw to rebuilt."""
    error, plain = rebuilt.errors[i], png(pixels)
    good = error < rival_error
    return {
        "name": name,
        "cells": [
            {"image": plain},
            {"image": png(sees)},
            {"image": png(bars_of(rebuilt.codes, i)), "title": "a square a number; middle grey is 0"},
            {"image": plain, "text": "the label", "kind": "target"},
            {
                "image": png(rebuilt.pixels[i]), "text": f"{'✓' if good else '✕'} {error:.3f}", "kind": "answer",
                "wrong": not good, "title": f"mean squared error; PCA: {rival_error:.3f}",
            },
        ],
    }  # fmt: skip


def panels(
    labelled: Labelled, view: RunView, rebuilt: Rebuilt, selected: int, options: AutoencodingOptions, rival: float
) -> list[Panel]:  # fmt: skip
    """About the chosen picture: what width alone does, who is how far off, and what one number does."""
    kept = [components(labelled, view.config.data, width) for width in WIDTHS]
    widths: list[Tile] = [
        {
            "image": png(found[0][selected]), "text": str(width), "pressed": width == options.width,
            "title": f"{width} number{'s' * (width > 1)}: error {found[1][selected]:.3f}; make it the width",
        }
        for width, found in zip(WIDTHS, kept, strict=True)
    ]  # fmt: skip
    errors = {"model": rebuilt.errors[selected], "PCA, as many numbers": rival}
    if labelled.inputs["pixels"][selected].ne(labelled.targets["pixels"][selected]).any():
        gap = labelled.inputs["pixels"][selected] - labelled.targets["pixels"][selected]
        errors["the spoilt picture as it is"] = float(gap.square().mean())
    found: list[Panel] = [
        {"kind": "tiles", "title": "More numbers, less lost", "hint": "PCA, nothing trained; click one", "columns": 4,
         "tiles": widths, "act": "choose", "made": [WIDTHS.index(options.width)] if options.width in WIDTHS else []},
        far_off(errors, "mean squared error"),
    ]  # fmt: skip
    if view.config.choices["whole"]:
        which, images = turned(view, rebuilt.codes[selected, 0])
        strips: list[Strip] = [
            {"name": f"No. {number + 1}", "images": [png(one) for one in row], "text": "", "kind": ""}
            for number, row in zip(which, images, strict=True)
        ]
        found.append({
            "kind": "strips", "title": "Turn one number of its code", "hint": "−2 to 2 standard deviations",
            "mode": view.mode, "rows": strips,
            "note": "In the middle: the number as it is. These are the numbers that change the answer most.",
        })  # fmt: skip
    return found


def note(options: AutoencodingOptions, count: int) -> str:
    """What the numbers mean."""
    sentences = [f"32×32×3 = 3,072 numbers go in, {count} go through. ✓: closer than PCA with as many numbers."]
    if options.noise or options.dropped:
        sentences.append("The input is spoilt; the label is the picture before that.")
    else:
        sentences.append(
            "Nothing is hidden: the label is the input, number for number. Nothing is drawn, so the "
            "label seed changes nothing."
        )
    return " ".join(sentences)


def formula(errors: list[float]) -> Formula:
    """The loss in symbols, and with the present numbers."""
    terms = [digits(error, ".3f") for error in errors]
    return {
        "symbols": line(
            r"L = \frac{1}{n} \sum_i \frac{\left\lVert g(f(\tilde{x}_i)) - x_i \right\rVert^2}{3072},",
            r"\tilde{x}\text{: the input,}", r"x\text{: the label}",
        ),
        "numbers": line(*mean(terms, len(terms)), f"= {digits(sum(errors) / len(errors), '.3f')}"),
    }  # fmt: skip


def bars_of(codes: NDArray[np.float32], picture: int) -> NDArray[np.uint8]:
    """(h, w, 3): the code of one picture as grey squares, on one scale for all pictures in view; 0 is middle grey."""
    code, most = codes[picture], float(np.abs(codes).max()) or 1.0
    across = code.shape[1] if len(code) > 1 else max(1, int(np.ceil(np.sqrt(code.shape[1]))))
    flat = code.ravel()
    full = np.zeros(-(-len(flat) // across) * across, np.float32)
    full[: len(flat)] = flat
    grey = (127.5 + 127.5 * full / most).round().astype(np.uint8).reshape(-1, across)
    return np.repeat(grey[..., None], 3, 2)
