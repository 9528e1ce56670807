"""Vectors of views as a visitor sees them: as little squares, and by meters that tell a dead model from a live one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue import TASKS
from sslviz.training.results.run_view import untrained
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.once import once
from sslviz.ui.frame.picture_card import png
from sslviz.ui.frame.picture_samples import pixel_batch
from sslviz.ui.frame.picture_view import Panel

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

METERED, COLUMNS = 250, 8  # held-out pictures behind the meters; a vector is drawn with so many numbers in a row
COMPANY = 42  # held-out pictures that an answer is given together with, since the heads are normalised over the batch
BLUE, ORANGE = (27, 110, 194), (212, 106, 0)  # of a pseudo-label and of a model's answer


@dataclass(frozen=True)
class Meters:
    """How alike a model's vectors of several pictures are, as `sslviz.tasks.collapse` has it; `width`: their length."""

    spread: float
    cosine: float
    rank: float
    width: int


def of_views(view: RunView) -> Any:
    """(METERED, d) what the model makes of views of held-out pictures such as it learns from; no label changes them."""
    from sslviz.training.answers import ask

    views, _ = held_out_views(view.config.task, view.config.data, 0, METERED)
    return ask(view.config, view.weights, lambda model: model.net(views).clone(), kept=view.kept)


@once
def meters(view: RunView, vectors: Callable[[RunView], Any] = of_views) -> Meters:
    """The measures of collapse of the vectors (METERED, d) that `vectors` gives."""
    from sslviz.tasks import collapse

    found = vectors(view)
    return Meters(collapse.spread(found), collapse.mean_cosine(found), collapse.effective_rank(found), found.shape[1])


@lru_cache(maxsize=8)
def held_out_views(slug: str, data: str, first: int, count: int) -> tuple[Any, Any]:
    """Two times (count, 3, 32, 32): both views of held-out pictures, always the same ones."""
    from sslviz.catalogue import load

    batch = load(slug).batch(data, "held_out", np.arange(first, first + count))
    pixels = batch.data["pixels"].permute(0, 2, 3, 1).numpy()
    labelled = make_label(slug, pixel_batch(pixels), 0, TASKS[slug].options())[1]
    one, other = labelled.inputs["views"].split(count)
    return one, other


def in_company(view: RunView, views: Any) -> tuple[Any, Any]:
    """2n views, each half with views of held-out pictures behind it, and the places of the 2n in all of them."""
    import torch

    n, others = len(views) // 2, held_out_views(view.config.task, view.config.data, METERED, COMPANY)
    whole = torch.cat([half for pair in zip(views.split(n), others, strict=True) for half in pair])
    return whole, torch.cat([torch.arange(n), torch.arange(n) + len(whole) // 2])


def squares(vector: NDArray[np.float32], colour: tuple[int, int, int]) -> str:
    """A vector of length 1 as a little square picture: one field a number, the darker the larger."""
    height = 2.5 / math.sqrt(len(vector))  # numbers of a vector without favourites vary by 1/√d
    share = np.clip(vector / height / 2 + 0.5, 0, 1).reshape(-1, COLUMNS, 1)
    pixels = 255 - share * (255 - np.array(colour))
    tall = len(pixels) / COLUMNS
    return png(np.repeat(pixels, max(1, round(tall)), axis=1).round().astype(np.uint8))


def nearest(names: Sequence[str], cosine: NDArray[np.float32], i: int, hint: str) -> Panel:
    """How near the vector of view A of picture i is to that of each view B, (n,) cosines."""
    return {
        "kind": "bars",
        "title": "Nearest to which?",
        "hint": hint,
        "rows": [
            {
                "name": name,
                "value": float(value),
                "text": f"{value:.2f}".replace("-", "−"),
                "kind": "target" if k == i else "",
            }
            for k, (name, value) in enumerate(zip(names, cosine, strict=True))
        ],
        "mode": "",
        "note": "Blue: its own, the only one that counts for the loss. Nothing in the loss asks the others to be "
        "lower. If all bars are long, the model does not tell the pictures apart.",
    }


def gauges(view: RunView, vectors: Callable[[RunView], Any] = of_views, whose: str = "the model’s vectors") -> Panel:
    """The meters of collapse, and what they were before training; `vectors` as for `meters`, `whose` in words."""
    now, before = meters(view, vectors), meters(untrained(view.config), vectors)
    width, healthy = now.width, 1 / math.sqrt(now.width)
    return {
        "kind": "meters",
        "title": "Alive or dead?",
        "hint": f"{whose} of {METERED} held-out pictures",
        "mode": view.mode,
        "rows": [
            {
                "name": "Spread of the output", "value": now.spread, "text": f"{now.spread:.4f}", "low": 0,
                "high": healthy, "marks": [[healthy / 10, "a tenth"], [healthy, f"most: 1/√{width} = {healthy:.4f}"]],
                "kind": "answer",
            },
            {
                "name": "Mean cosine of two pictures", "value": now.cosine, "text": f"{now.cosine:.2f}",
                "low": 0, "high": 1, "marks": [[1, "1: all the same"]], "kind": "answer",
            },
            {
                "name": "Effective rank", "value": now.rank, "text": f"{now.rank:.1f}", "low": 1,
                "high": width, "marks": [[1, "1: one direction"], [width, f"{width}: all"]], "kind": "answer",
            },
        ],
        "note": "Spread: standard deviation of each number over the pictures, the vectors having length 1; below a "
        f"tenth of 1/√{width} the model gives (nearly) one vector to everything, whatever its loss. Untrained: "
        f"{before.spread:.4f}, {before.cosine:.2f}, {before.rank:.1f}. A lower rank than untrained is not bad "
        "in itself; near 1 all pictures lie on one line.",
    }  # fmt: skip
