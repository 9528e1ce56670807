"""Samples in colour, what a model says of their places, and how that is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sslviz.catalogue.colourisation import ENTRY, ColourisationOptions
from sslviz.data import images
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.picture_card import png
from sslviz.ui.frame.picture_samples import COUNT, Sample, photos, pixel_batch, with_own

if TYPE_CHECKING:
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG, PLACES, ROW = ENTRY.slug, 64, 8
SOURCES = ("emoji", "photos")  # clothes are grey
STRONG = 30  # the mean of highest less lowest channel, of 255, that an emoji must have to be shown
LIGHT = 65.0  # the lightness at which a colour is drawn that stands for a class
HUES = ("pink", "red", "orange", "yellow", "lime", "green", "green", "turquoise", "turquoise", "blue", "blue", "purple")
CELL, SQUARE = 15, 13  # pixels of the chart: from bin to bin, and of the square of a bin
PALE, INK = (236, 236, 236), (31, 95, 191)


@dataclass(frozen=True)
class Painted:
    """A picture, its label, and what the model says of it.

    `light` (64) is the mean lightness of each place, 0 to 100; `truth` (64) its nearest bin; `p` (64, bins) the model's
    answer; `named` (64) its likeliest bin; `at_grey` (64) the likeliest at this grey level, by counting; `grey`,
    `label`, `annealed`, `mean`, `likeliest` (32, 32, 3) as pictures; `loss` (64) of each place; `weight` (64), how much
    it counts; `entropy` (64) in nats; `coloured` (64), whether the label is not grey.
    """

    light: NDArray[Any]
    truth: NDArray[np.int64]
    p: NDArray[Any]
    at_grey: NDArray[np.int64]
    grey: NDArray[np.uint8]
    label: NDArray[np.uint8]
    annealed: NDArray[np.uint8]
    mean: NDArray[np.uint8]
    likeliest: NDArray[np.uint8]
    loss: NDArray[Any]
    weight: NDArray[Any]
    entropy: NDArray[Any]
    coloured: NDArray[np.bool_]

    @property
    def asked(self) -> int:
        """How many places have a colour."""
        return int(self.coloured.sum())

    def right(self, named: NDArray[np.int64]) -> int:
        """Of how many of them this is the bin."""
        return int((named == self.truth)[self.coloured].sum())

    @property
    def named(self) -> NDArray[np.int64]:
        """(64) the model's likeliest bin."""
        found: NDArray[np.int64] = self.p.argmax(1)
        return found


def sample(number: int, source: str, own: NDArray[np.uint8] | None) -> Sample:
    """Six emoji that were held out, or photos; an own picture takes the first place."""
    return with_own((photos if source == "photos" else _emoji)(number), own)


def _emoji(number: int) -> Sample:
    every = images.load("emoji")
    rows = np.random.default_rng((number, ENTRY.stream)).choice(_strong(), COUNT, replace=False)
    names = [every.held_out_names[row] for row in rows]
    return Sample(f"emoji-{number}", names, every.held_out_images[rows], [], None, every.credits)


@cache
def _strong() -> NDArray[np.int64]:
    """Rows of the emoji that have colours to ask for."""
    pixels = images.load("emoji").held_out_images.astype(int)
    return np.flatnonzero(np.ptp(pixels, axis=3).mean((1, 2)) > STRONG)


def painted(pixels: NDArray[np.uint8], view: RunView) -> list[Painted]:
    """What the model in view says of pictures (n, 32, 32, 3)."""
    import torch

    from sslviz.catalogue import load
    from sslviz.tasks import colourisation as task
    from sslviz.training.answers import ask

    options: Any = view.config.options
    _, labelled = make_label(SLUG, pixel_batch(pixels), 0, ColourisationOptions())
    light, truth = labelled.inputs["light"], labelled.targets["near"][..., 0]

    def question(model: Learner) -> tuple[Any, Any]:
        loss = model.task.loss(model.net, labelled, options).per_item
        assert loss is not None  # noqa: S101 - this task has one a place
        return model.task.answer(model.net, labelled, options).data["p"], loss.view_as(truth)

    p, loss = ask(view.config, view.weights, question, kept=view.kept)
    info = load(SLUG).info(view.config.data)
    coarse = torch.nn.functional.avg_pool2d(light, 4).flatten(1) * 100
    at_grey = info["by_light"][task.steps_of_light(light)] * (info["weights"] if options.rebalance else 1)

    def drawn(ab: Any) -> NDArray[np.uint8]:
        return task.paint(light, ab).permute(0, 2, 3, 1).numpy()

    flat = torch.full((len(pixels), 1, ROW, ROW), LIGHT)
    ab = task.bins()[truth].mT.reshape(-1, 2, ROW, ROW)
    label = task.to_rgb(torch.cat([flat, ab], 1)).repeat_interleave(4, 2).repeat_interleave(4, 3)
    rows = zip(
        coarse.numpy(), truth.numpy(), p.numpy(), at_grey.argmax(-1).numpy(), drawn(task.bins()[truth] * 0),
        label.permute(0, 2, 3, 1).numpy(), drawn(task.annealed_mean(p)), drawn(task.annealed_mean(p, 1.0)),
        drawn(task.bins()[p.argmax(-1)]), loss.numpy(),
        (info["weights"] if options.rebalance else torch.ones_like(info["weights"]))[truth].numpy(),
        task.entropy(p).numpy(), task.coloured(truth).numpy(), strict=True,
    )  # fmt: skip
    return [Painted(*row) for row in rows]


def middles() -> NDArray[Any]:
    """(bins, 2) a and b of every bin."""
    from sslviz.tasks.colourisation import bins

    found: NDArray[Any] = bins().numpy()
    return found


def swatches(numbers: NDArray[Any], light: float) -> NDArray[np.uint8]:
    """(n, 3) the colours of bins at a lightness; what no screen can show becomes one that is near it."""
    import torch

    from sslviz.tasks.lab import to_rgb

    ab = middles()[numbers]
    lab = np.concatenate([np.full((len(ab), 1), light), ab], 1).T[:, None]
    found: NDArray[np.uint8] = to_rgb(torch.from_numpy(lab).float()).numpy()[:, 0].T
    return found


def swatch(number: int, light: float) -> str:
    """One colour as a data address."""
    return png(np.broadcast_to(swatches(np.array([number]), light)[0], (8, 8, 3)).copy())


def colour_name(number: int) -> str:
    """What people call the colour of a bin, roughly.

    >>> colour_name(int(np.flatnonzero((middles() == (80, 60)).all(1))[0]))
    'red'
    """
    a, b = middles()[number]
    if not (a or b):
        return "grey"
    return ("pale " if np.hypot(a, b) < 30 else "") + HUES[int(np.degrees(np.arctan2(b, a)) % 360 // 30)]


def chart(p: NDArray[Any], truth: int, light: float) -> NDArray[np.uint8]:
    """(h, w, 3) all bins where they lie, a to the right and b upwards: the larger a square, the likelier its colour."""
    at = middles() / 20
    low, high = at.min(0), at.max(0)
    wide, tall = ((high - low + 1) * CELL).astype(int)
    drawing = Image.new("RGB", (int(wide), int(tall)), "white")
    pen = ImageDraw.Draw(drawing)
    for number, colour in enumerate(swatches(np.arange(len(p)), light)):
        x, y = (at[number, 0] - low[0]) * CELL, (high[1] - at[number, 1]) * CELL
        pen.rectangle((x + 1, y + 1, x + SQUARE, y + SQUARE), fill=PALE)
        gap = SQUARE * (1 - np.sqrt(p[number] / p.max())) / 2
        if gap < SQUARE / 2 - 0.5:
            pen.rectangle((x + 1 + gap, y + 1 + gap, x + SQUARE - gap, y + SQUARE - gap), fill=tuple(colour.tolist()))
        if number == truth:
            pen.rectangle((x, y, x + SQUARE + 1, y + SQUARE + 1), outline=INK, width=2)
    return np.asarray(drawing.resize((drawing.width * 2, drawing.height * 2), Image.Resampling.NEAREST))


def pieces(pixels: NDArray[np.uint8]) -> list[str]:
    """The 64 places of a picture (32, 32, 3), as data addresses."""
    grid = pixels.reshape(ROW, 4, ROW, 4, 3).swapaxes(1, 2).reshape(PLACES, 4, 4, 3)
    return [png(np.ascontiguousarray(one)) for one in grid]


def where(place: int) -> str:
    """A place in words."""
    return f"row {place // ROW + 1}, column {place % ROW + 1}"
