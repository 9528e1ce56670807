"""Samples of the pages of pictures: a few at a time, by number, and what is done with them on all of these pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from sslviz.data import Credit, images
from sslviz.ui.frame.label_question import CHOICES, LETTERS
from sslviz.ui.frame.pictures import data_address

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch

STREAM, COUNT = 21, 6  # STREAM: of random numbers, the same on all pages, so that they show the same pictures
SOURCES = ("mixed", "photos", "clothes")
CLOTHES_FIRST = ("clothes", "mixed", "photos")  # where the model has learned from clothes, these are shown to it
# A sample of clothes (trousers, a t-shirt, a sneaker) which are seen in their views; the models of two pages do well.
DISTINCT = 109


@dataclass(frozen=True)
class Sample:
    """A few pictures.

    `pixels` (n, 32, 32, 3); `alike`, pairs that a person would call the same; `large` or None; `own`: whether the first
    one is the visitor's.
    """

    name: str
    names: list[str]
    pixels: NDArray[np.uint8]
    alike: list[tuple[int, int]]
    large: list[NDArray[np.uint8] | None] | None
    credits: tuple[Credit, ...]
    own: bool = False


def sample(number: int, source: str, own: NDArray[np.uint8] | None) -> Sample:
    """Pictures by number. An own picture (h, w, 3) takes the first place."""
    return with_own({"photos": photos, "clothes": _clothes}.get(source, _mixed)(number), own)


def with_own(this: Sample, own: NDArray[np.uint8] | None) -> Sample:
    """The sample with an own picture (h, w, 3), where there is one, in the first place."""
    if own is None:
        return this
    large: list[NDArray[np.uint8] | None] = [own, *(this.large or [None] * len(this.pixels))[1:]]
    alike = [pair for pair in this.alike if 0 not in pair]
    pixels = np.concatenate([images.square32(own)[None], this.pixels[1:]])
    return Sample(
        f"{this.name}·own{hash(own.tobytes())}", ["your picture", *this.names[1:]], pixels, alike, large, this.credits,
        own=True,
    )  # fmt: skip


def _mixed(number: int) -> Sample:
    """Two drawings of one emoji, another emoji, two pieces of clothing of one kind, another piece."""
    rng = np.random.default_rng((number, STREAM, 1))
    emoji, clothes = images.load("emoji"), images.load("fashion_mnist")
    groups, sizes = np.unique(emoji.held_out_groups, return_counts=True)
    pair = np.flatnonzero(emoji.held_out_groups == rng.choice(groups[sizes > 1]))[:2]
    other = rng.choice(np.flatnonzero(~np.isin(emoji.held_out_groups, emoji.held_out_groups[pair])))
    kind = int(rng.integers(len(clothes.class_names)))
    two = rng.choice(np.flatnonzero(clothes.held_out_labels == kind), 2, replace=False)
    third = rng.choice(np.flatnonzero(clothes.held_out_labels != kind))
    rows = [(emoji, pair[0]), (clothes, two[0]), (emoji, other), (clothes, two[1]), (emoji, pair[1]), (clothes, third)]
    return Sample(
        f"mixed-{number}",
        [s.held_out_names[row].lower() if s is clothes else s.held_out_names[row] for s, row in rows],
        np.stack([s.held_out_images[row] for s, row in rows]),
        [(0, 4), (1, 3)],
        None,
        (*clothes.credits, *emoji.credits),
    )


def _clothes(number: int) -> Sample:
    """Three kinds of clothes, two pieces of each, every one at another place and of another size."""
    rng, every = np.random.default_rng((number, STREAM, 2)), images.load("clothes_anywhere")
    kinds = rng.choice(len(every.class_names), COUNT // 2, replace=False)
    pairs = [rng.choice(np.flatnonzero(every.held_out_labels == kind), 2, replace=False) for kind in kinds]
    rows = np.array(pairs).T.ravel()
    names = [every.held_out_names[row].lower() for row in rows]
    names[COUNT // 2 :] = [f"second {name}" for name in names[COUNT // 2 :]]  # so that a bar says whose it is
    return Sample(
        f"clothes-{number}", names, every.held_out_images[rows],
        [(i, i + COUNT // 2) for i in range(COUNT // 2)], None, every.credits,
    )  # fmt: skip


def photos(number: int, count: int = COUNT) -> Sample:
    """`count` photos one after the other, from this number on."""
    every = images.photos()
    first = number % len(every)
    chosen = [every[(first + i) % len(every)] for i in range(min(count, len(every)))]
    return Sample(
        f"photos-{first}",
        [p.title for p in chosen],
        np.stack([images.square32(p.pixels) for p in chosen]),
        [],
        [p.pixels for p in chosen],
        tuple(p.credit for p in chosen),
    )


def as_bytes(x: Any) -> NDArray[np.uint8]:
    """(n, 3, h, w) in 0…1, an array or a tensor → (n, h, w, 3) uint8."""
    return (np.asarray(x).clip(0, 1) * 255).round().astype(np.uint8).transpose(0, 2, 3, 1)


def pixel_batch(pixels: NDArray[np.uint8]) -> Batch:
    """(n, h, w, 3) as the samples that a task is given; imports torch."""
    import torch

    from sslviz.tasks.base import Batch

    return Batch(np.arange(len(pixels)), {"pixels": torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy())})


def drawn_credits() -> tuple[Credit, ...]:
    """Who made the pictures that a sample is drawn from where no photos are asked for."""
    return (*images.load("emoji").credits, *images.load("fashion_mnist").credits)


def one_of_four(own: int, n: int, rng: np.random.Generator) -> list[int]:
    """The sample `own` and three others of n, in some order."""
    others = [int(i) for i in rng.permutation(n) if i != own][: CHOICES - 1]
    return [int(i) for i in rng.permutation([own, *others])]


def view_cells(views: Any, own: int, shown: Sequence[int], name: str) -> list[tuple[str, str]]:
    """(name, data address) of the first view of picture `own`, and of the second views of those `shown`, by letter."""
    small = as_bytes(views)
    n = len(small) // 2
    places = [(name, own), *((letter, i + n) for letter, i in zip(LETTERS, shown, strict=False))]
    return [(title, data_address(small[place], "PNG")) for title, place in places]


class Figure(NamedTuple):
    """A picture in a row: what stands below it, its data address, its size in pixels, and what a reader is told."""

    name: str
    address: str
    width: int = 72
    height: int | None = None  # None: as the width
    alt: str | None = None  # None: the name


def figures(cells: Iterable[tuple[Any, ...]]) -> None:
    """Draw pictures in a row, each given as `Figure` or as (name, address); names are ours and may hold HTML."""
    drawn = (
        f"<figure><img src='{one.address}' alt='{one.name if one.alt is None else one.alt}' width='{one.width}' "
        f"height='{one.width if one.height is None else one.height}'><figcaption>{one.name}</figcaption></figure>"
        for one in (Figure(*cell) for cell in cells)
    )
    st.html(f"<div class='views'>{''.join(drawn)}</div>")


def large_square(this: Sample, i: int, side: int) -> NDArray[np.uint8] | None:
    """(side, side, 3) the middle of a picture that there is in more pixels than the model sees; None of others."""
    large = None if this.large is None else this.large[i]
    if large is None:
        return None
    edge = min(large.shape[:2])
    top, left = (large.shape[0] - edge) // 2, (large.shape[1] - edge) // 2
    square = np.ascontiguousarray(large[top : top + edge, left : left + edge])
    return np.asarray(Image.fromarray(square).resize((side, side)))


def nearest_by_pixels(views: Any, own: int) -> Any:
    """(n,) how alike the second views of n pictures are to the first view of picture `own`, pixel by pixel."""
    pixels = views.flatten(1) - views.flatten(1).mean(0)
    pixels = pixels / pixels.norm(dim=1, keepdim=True)
    return pixels[len(pixels) // 2 :] @ pixels[own]


def alike_pairs(this: Sample) -> str:
    """The pairs that a person would call the same, in words."""
    return " and ".join(f"{this.names[a]} / {this.names[b]}" for a, b in this.alike)
