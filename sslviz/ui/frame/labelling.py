"""The label of what a page shows, made by the very calls that training makes."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from sslviz.catalogue import TASKS, Options, load

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch, Draw, Labelled


def generator(slug: str, batch: Batch, seed: int, again: int = 0) -> np.random.Generator:
    """The random numbers of a label: they belong to the seed *and* the sample, so that no two samples share a draw.

    The sample is told by what is in it, not by its number: one's own has none.

    Args:
        slug: of the task.
        batch: the samples in view.
        seed: of the label.
        again: how often this sample was labelled before, as in one epoch after the other.
    """
    content = zlib.crc32(b"".join(batch.data[name].cpu().numpy().tobytes() for name in sorted(batch.data)))
    return np.random.default_rng((seed, TASKS[slug].stream, content, again))


def make_label(
    slug: str,
    batch: Batch,
    seed: int,
    options: Options,
    *,
    data: str = "",
    trace: bool = False,
    change: Callable[[Draw], None] | None = None,
) -> tuple[Draw, Labelled]:
    """Draw by the label seed and carry it out; imports torch.

    Args:
        slug: of the task.
        batch: the samples in view.
        seed: of the label.
        options: the task's settings.
        data: the data set that the task's info is of; empty where the label maker needs to know nothing of it.
        trace: whether to keep what was done, step by step.
        change: puts what a visitor chose by hand into the draw.
    """
    from sslviz.tasks.base import DataInfo

    task = load(slug)
    info = task.info(data) if data else DataInfo()
    draw = task.draw(batch, generator(slug, batch, seed), info, options)
    if change is not None:
        change(draw)
    return draw, task.apply(batch, draw, info, trace=trace)
