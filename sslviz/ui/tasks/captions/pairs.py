"""Pairs of a picture and its caption, as the page shows them, and what the model finds among those it never saw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.captions import ENTRY
from sslviz.data import captions, images
from sslviz.ui.frame.once import once
from sslviz.ui.frame.picture_samples import COUNT, Sample, with_own

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
SHORT = 22  # letters of a caption that stands under a picture


@dataclass(frozen=True)
class Pairs(Sample):
    """Pictures, each with its caption, and who drew it; the visitor's own picture came with none."""

    captions: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


def sample(number: int, _source: str, own: NDArray[np.uint8] | None) -> Pairs:
    """Pairs that the model never saw, with different short captions. An own picture takes the first place."""
    every, emoji = captions.load("held_out"), images.load(captions.DATA)
    short = np.flatnonzero([len(caption) <= SHORT for caption in every.captions])
    rng = np.random.default_rng((number, ENTRY.stream))
    chosen = rng.choice(short, COUNT, replace=False)
    pairs = [rng.choice(np.flatnonzero(every.which == caption)) for caption in chosen]
    rows, names = every.rows[pairs], tuple(every.captions[caption] for caption in chosen)
    teams = tuple(images.TEAMS[team] for team in images.emoji_teams("held_out")[rows])
    plain = Sample(f"pairs-{number}", list(names), emoji.held_out_images[rows], [], None, emoji.credits)
    this = with_own(plain, own)
    return Pairs(
        this.name, this.names, this.pixels, this.alike, this.large, this.credits, this.own, names,
        ("no caption", *teams[1:]) if this.own else teams,
    )  # fmt: skip


def batch(pixels: NDArray[np.uint8], texts: tuple[str, ...]) -> Batch:
    """(n, 32, 32, 3) and n captions as the samples that the task is given; imports torch."""
    import torch

    from sslviz.ui.frame.picture_samples import pixel_batch

    plain = pixel_batch(pixels)
    return type(plain)(plain.ids, {**plain.data, "words": torch.from_numpy(captions.numbers(texts))})


@lru_cache(maxsize=1)
def every_name() -> tuple[tuple[str, ...], int]:
    """All captions of known words, those never trained on first, and how many these are."""
    new, old = captions.load("held_out").captions, captions.load("train").captions
    return (*new, *old), len(new)


@once
def unseen_pictures(view: RunView) -> NDArray[np.float32]:
    """(n, d) the vectors of all held-out emoji, also of those whose names have other words."""
    import torch

    pixels = images.load(captions.DATA).held_out_images.transpose(0, 3, 1, 2)
    return _ask(view, lambda net: net.pictures(torch.from_numpy(pixels.copy()).float() / 255))


@once
def names(view: RunView) -> NDArray[np.float32]:
    """(k, d) the vectors of `every_name`."""
    import torch

    ids = torch.from_numpy(captions.numbers(every_name()[0]))
    return _ask(view, lambda net: net.captions(ids))


def read(view: RunView, text: str) -> NDArray[np.float32]:
    """(d,) the vector of a text."""
    import torch

    ids = torch.from_numpy(captions.numbers([text]))
    found: NDArray[np.float32] = _ask(view, lambda net: net.captions(ids))[0]
    return found


def looked_at(view: RunView, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, d) the vectors of pictures (n, 32, 32, 3), uncut."""
    from sslviz.ui.frame.picture_samples import pixel_batch

    seen = pixel_batch(pixels).data["pixels"].float() / 255
    return _ask(view, lambda net: net.pictures(seen))


def _ask(view: RunView, question: Any) -> NDArray[np.float32]:
    from sslviz.training.answers import ask

    found: NDArray[np.float32] = ask(
        view.config, view.weights, lambda model: question(model.net).numpy().copy(), kept=view.kept
    )
    return found
