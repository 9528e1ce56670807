"""The sample card of Compress and rebuild: what goes in, the code in the middle, what comes out, and PCA beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.ui import live
from sslviz.ui.pairs_card import SOURCES, Sample, sample
from sslviz.ui.pictures import card_credits, data_address, unlike

if TYPE_CHECKING:
    from torch import Tensor

    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.shown import Shown

__all__ = ["SOURCES", "Rebuilt", "card", "components", "label", "numbers", "rebuild", "sample"]

SLUG, PAGE = "autoencoding", 25
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


def label(pixels: NDArray[np.uint8], seed: int, options: dict[str, Any]) -> Labelled:
    """What goes in and what must come out, for pictures (n, 32, 32, 3)."""
    import torch

    from sslviz.catalogue import load
    from sslviz.tasks.base import Batch, Pool

    batch = Batch(np.arange(len(pixels)), {"pixels": torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy())})
    draw = load(SLUG).draw(batch, np.random.default_rng((seed, PAGE, 0)), Pool(), **options)
    return load(SLUG).apply(batch, draw, Pool())


def rebuild(view: Shown, labelled: Labelled) -> Rebuilt:
    """What the model in view makes of it."""
    from sslviz.training.answers import ask

    def question(model: Learner) -> tuple[Tensor, Tensor, Tensor]:
        net: Any = model.net
        code = net.code(labelled.inputs["pixels"])
        each = model.task.loss(net, labelled).per_item
        assert each is not None  # noqa: S101 - this task counts every picture
        return net.rebuild(code), code, each

    pixels, codes, each = ask(view.config, view.weights, question, kept=view.kept)
    return Rebuilt(bytes_of(pixels), codes.numpy(), each.tolist())


def components(labelled: Labelled, data: str, count: int) -> tuple[NDArray[np.uint8], list[float]]:
    """What the first `count` principal components keep of the input: (n, 32, 32, 3), and each one's error."""
    from sslviz.catalogue import load
    from sslviz.tasks import autoencoding

    kept = autoencoding.components(labelled.inputs["pixels"], load(SLUG).pool(data), count)
    return bytes_of(kept), (kept - labelled.targets["pixels"]).square().mean((1, 2, 3)).tolist()


@lru_cache(maxsize=8)
def _usual(data: str) -> Tensor:
    """(ASKED, 3, 32, 32) held-out pictures in 0…1."""
    from sslviz.catalogue import load

    return load(SLUG).batch(data, "held", np.arange(ASKED)).data["pixels"].float() / 255


def turned(view: Shown, code: NDArray[np.float32]) -> tuple[list[int], NDArray[np.uint8]]:
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
    return which, bytes_of(pixels).reshape(len(which), len(REACH), 32, 32, 3)


def card(this: Sample, view: Shown, seed: int, options: dict[str, Any], detailed: bool) -> None:
    """Draw the card; a click on a width makes it the setting."""
    identity, n = f"{this.name}·{seed}·{options}", len(this.pixels)
    selected = min(st.session_state.get(f"{SLUG}_selected", 1), n - 1)
    labelled, trained = label(this.pixels, seed, options), view.config.choices
    said, count = rebuild(view, labelled), numbers(trained)
    from sslviz.tasks.autoencoding import WIDEST

    rivals = components(labelled, view.config.data, min(WIDEST, count))
    noisy = bool(options["noise"] or options["dropped"])

    def happened(event: dict[str, Any]) -> None:
        if event["kind"] == "select":
            st.session_state[f"{SLUG}_selected"] = event["index"]
        elif event["id"] == identity:
            st.session_state[f"{SLUG}_width"] = WIDTHS[event["index"]]

    heads = [
        ["", "Picture"], ["", "What the model sees" + (", spoilt" if noisy else "")],
        ["", f"The code: {count} number{'s' * (count > 1)}"], ["label", "Pseudo-label: the picture itself"],
        ["guess", "Model’s answer, rebuilt"],
    ]  # fmt: skip
    sees = bytes_of(labelled.inputs["pixels"])
    event = live.picture_card(
        f"{SLUG}_card",
        card={
            "id": identity,
            "model": view.mode,
            "title": "Squeeze, and rebuild",
            "hint": "click a picture to look closer",
            "heads": heads,
            "columns": [
                column(
                    this.names[i], this.pixels[i], sees[i], bars_of(said.codes, i), said.pixels[i], said.errors[i],
                    rivals[1][i],
                )
                for i in range(n)
            ],
            "selected": selected,
            "panels": panels(labelled, view, said, selected, options, rivals[1][selected]),
            "note": f"{note(view, options, count)}{unlike(this.credits, view)}",
            "formula": formula(said.errors) if detailed else None,
        },
        on_event=happened,
    )  # fmt: skip
    card_credits(this.credits)
    if event and event["kind"] == "press":
        st.rerun()  # the whole page: the slider in the popover must follow


def column(
    name: str, pixels: NDArray[np.uint8], sees: NDArray[np.uint8], code: NDArray[np.uint8], rebuilt: NDArray[np.uint8],
    error: float, rival_error: float,
) -> dict[str, Any]:  # fmt: skip
    """One picture from raw to rebuilt."""
    good, plain = error < rival_error, data_address(pixels, "PNG")
    return {
        "name": name,
        "cells": [
            {"image": plain},
            {"image": data_address(sees, "PNG")},
            {"image": data_address(code, "PNG"), "title": "a square a number; middle grey is 0"},
            {"image": plain, "text": "as it was", "kind": "target"},
            {
                "image": data_address(rebuilt, "PNG"), "text": f"{'✓' if good else '✕'} {error:.3f}", "kind": "answer",
                "wrong": not good, "title": f"mean squared error; PCA: {rival_error:.3f}",
            },
        ],
    }  # fmt: skip


def panels(
    labelled: Labelled, view: Shown, said: Rebuilt, selected: int, options: dict[str, Any], rival: float
) -> list[dict[str, Any]]:  # fmt: skip
    """About the chosen picture: what width alone does, who is how far off, and what one number does."""
    kept = [components(labelled, view.config.data, width) for width in WIDTHS]
    widths = [
        {
            "image": data_address(found[0][selected], "PNG"), "text": str(width), "pressed": width == options["width"],
            "title": f"{width} number{'s' * (width > 1)}: error {found[1][selected]:.3f}; make it the width",
        }
        for width, found in zip(WIDTHS, kept, strict=True)
    ]  # fmt: skip
    errors = {"model": said.errors[selected], "PCA, as many numbers": rival}
    if labelled.inputs["pixels"][selected].ne(labelled.targets["pixels"][selected]).any():
        gap = labelled.inputs["pixels"][selected] - labelled.targets["pixels"][selected]
        errors["the spoilt picture as it is"] = float(gap.square().mean())
    most = max(errors.values())
    rows = [
        {"name": name, "value": error / most if most else 0.0, "text": f"{error:.3f}",
         "kind": "answer" if name == "model" else ""}
        for name, error in errors.items()
    ]  # fmt: skip
    found: list[dict[str, Any]] = [
        {"kind": "tiles", "title": "More numbers, less lost", "hint": "PCA, nothing trained; click one", "columns": 4,
         "tiles": widths, "act": "press"},
        {"kind": "bars", "title": "How far off", "hint": "mean squared error", "rows": rows},
    ]  # fmt: skip
    if view.config.choices["whole"]:
        which, images = turned(view, said.codes[selected, 0])
        strips = [
            {"name": f"No. {number + 1}", "images": [data_address(one, "PNG") for one in row], "text": "", "kind": ""}
            for number, row in zip(which, images, strict=True)
        ]
        found.append({
            "kind": "strips", "title": "Turn one number of its code", "hint": "−2 to 2 standard deviations",
            "mode": view.mode, "rows": strips,
            "note": "Middle: as it is. Shown are the numbers that move the answer most.",
        })  # fmt: skip
    return found


def note(view: Shown, options: dict[str, Any], count: int) -> str:
    """What the numbers mean, and how the model in view was trained."""
    trained, said = view.config.choices, []
    said.append(f"32×32×3 = 3,072 numbers go in, {count} go through. ✓: closer than PCA with as many numbers.")
    if options["noise"] or options["dropped"]:
        said.append("The input is spoilt; the label is the picture as it was.")
    else:
        said.append("Nothing is hidden: the label is the input, number for number, so no seed plays a part.")
    other = [
        words for name, words in (
            ("width", f"{trained['width']} numbers"),
            ("whole", "one code for the whole picture" if trained["whole"] else "a code for each patch"),
            ("noise", f"noise of {trained['noise']:.2f}" if trained["noise"] else "no noise"),
            ("dropped", f"{trained['dropped']:.0%} of pixels dropped" if trained["dropped"] else "none dropped"),
        ) if trained[name] != options[name]
    ]  # fmt: skip
    if other and view.mode != "untrained":
        said.append(f"⚑ The {view.mode} model was trained with {', '.join(other)}; Reset and Play train it as set now.")
    return " ".join(said)


def formula(errors: list[float]) -> dict[str, str]:
    """The loss in symbols, and with the present numbers."""
    return {
        "symbols": "L = 1/n · Σᵢ ‖g(f(x̃ᵢ)) − xᵢ‖² / 3072,  x̃: the input, x: the label",
        "numbers": f"= ({' + '.join(f'{e:.3f}' for e in errors)}) / {len(errors)} = {sum(errors) / len(errors):.3f}",
    }


# pixels


def bytes_of(pixels: Tensor) -> NDArray[np.uint8]:
    """(n, 3, h, w) around 0…1 → (n, h, w, 3) uint8."""
    return np.asarray((pixels.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy())


def bars_of(codes: NDArray[np.float32], picture: int) -> NDArray[np.uint8]:
    """(h, w, 3): the code of one picture as grey squares, on one scale for all pictures in view; 0 is middle grey."""
    code, most = codes[picture], float(np.abs(codes).max()) or 1.0
    across = code.shape[1] if len(code) > 1 else max(1, int(np.ceil(np.sqrt(code.shape[1]))))
    flat = code.ravel()
    full = np.zeros(-(-len(flat) // across) * across, np.float32)
    full[: len(flat)] = flat
    grey = (127.5 + 127.5 * full / most).round().astype(np.uint8).reshape(-1, across)
    return np.repeat(grey[..., None], 3, 2)
