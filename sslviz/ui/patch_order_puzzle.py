"""Pictures whose tiles are shuffled on the page Patch order: their labels, and what the model says of them.

The card shows a puzzle, and the page asks about one; neither is drawn here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.data import images
from sslviz.ui.pictures import data_address

if TYPE_CHECKING:
    from sslviz.tasks.base import Draw, Labelled
    from sslviz.training.shown import Shown

SLUG, PAGE, COUNT = "patch_order", 41, 5  # PAGE: the pages' stream of random numbers
SOURCES = ("mixed", "photos")
SWITCHES = ("gap", "jitter", "normalise", "lens", "drop")
ARROWS = ("↖", "↑", "↗", "←", "→", "↙", "↓", "↘")
LIES = ("up left", "up", "up right", "left", "right", "down left", "down", "down right")
TURNS = ("0°", "90°", "180°", "270°")
TITLES = {
    "places": "Each of 16 patches says where it was",
    "jigsaw 2x2": "Which of 24 orders are the four tiles in?",
    "jigsaw 3x3": "Which of 100 orders are the nine tiles in?",
    "relative position": "Where does one tile lie, seen from another?",
    "rotation": "By how many quarters was the picture turned?",
}
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Sample:
    """A few pictures: `pixels` (n, 32, 32, 3), what they are, and who made them."""

    name: str
    names: list[str]
    pixels: Pixels
    credits: tuple[Any, ...]


@dataclass(frozen=True)
class Said:
    """What the model answers: `p` (n, answers), of places (n, 16, 16); `loss` the same without the last axis."""

    p: NDArray[np.float64]
    loss: NDArray[np.float64]
    mode: str


def sample(number: int, source: str, own: Pixels | None) -> Sample:
    """Pictures by number. An own picture (h, w, 3) takes the first place."""
    this = _photos(number) if source == "photos" else _mixed(number)
    if own is None:
        return this
    pixels = np.concatenate([images.square32(own)[None], this.pixels[1:]])
    return Sample(f"{this.name}·own{hash(own.tobytes())}", ["your picture", *this.names[1:]], pixels, this.credits)


def _mixed(number: int) -> Sample:
    """Emoji, photo, clothes, emoji, clothes."""
    rng = np.random.default_rng((number, PAGE, 1))
    emoji, clothes, photos = images.load("emoji"), images.load("fashion_mnist"), images.photos()
    photo = photos[number % len(photos)]
    first, second = rng.choice(len(emoji.held_images), 2, replace=False)
    one, other = rng.choice(len(clothes.held_images), 2, replace=False)
    rows: list[tuple[str, Pixels]] = [
        (emoji.held_names[first], emoji.held_images[first]),
        (photo.title, images.square32(photo.pixels)),
        (clothes.held_names[one].lower(), clothes.held_images[one]),
        (emoji.held_names[second], emoji.held_images[second]),
        (clothes.held_names[other].lower(), clothes.held_images[other]),
    ]
    return Sample(
        f"mixed-{number}",
        [name for name, _ in rows],
        np.stack([pixels for _, pixels in rows]),
        (*clothes.credits, *emoji.credits, photo.credit),
    )


def _photos(number: int) -> Sample:
    photos = images.photos()
    chosen = [photos[(number + i) % len(photos)] for i in range(min(COUNT, len(photos)))]
    return Sample(
        f"photos-{number % len(photos)}",
        [photo.title for photo in chosen],
        np.stack([images.square32(photo.pixels) for photo in chosen]),
        tuple(photo.credit for photo in chosen),
    )


# the label, and what the model says of it


def label(pixels: Pixels, seed: int, options: dict[str, Any], edits: dict[int, Any]) -> tuple[Draw, Labelled]:
    """Draw and label of some pictures (n, 32, 32, 3). `edits`: the order or turn that a visitor made, by picture."""
    import torch

    from sslviz.catalogue import load
    from sslviz.tasks.base import Batch, Pool

    task = load(SLUG)
    batch = Batch(np.arange(len(pixels)), {"pixels": torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy())})
    draw = task.draw(batch, np.random.default_rng((seed, PAGE, 0)), Pool(), **options)
    for picture, made in edits.items():
        if "turns" in draw:
            row = draw["turns"][picture]
            draw["turns"][picture] = np.roll(row, -int(np.flatnonzero(row == made)[0]))  # the first copy is shown
        else:
            draw["order"][picture] = made
    return draw, task.apply(batch, draw, Pool(), trace=True)


def answer(view: Shown, labelled: Labelled, way: str, n: int) -> Said:
    """What the model in view says; that of another way cannot, so the untrained network stands in for it."""
    from torch.nn import functional as F

    from sslviz.training.answers import ask

    same = view.config.choices["way"] == way
    config = view.config if same else replace(view.config, options=(("way", way),))
    weights, kept = (view.weights, view.kept) if same else (None, None)
    said = ask(config, weights, lambda m: m.net(labelled.inputs["pixels"]), kept)
    truth = labelled.targets["label"]
    loss = F.cross_entropy(said.flatten(0, -2), truth.clamp_min(0).flatten(), reduction="none").view(truth.shape)
    p = said.double().softmax(-1).numpy()
    return Said(p[:n], loss.double().numpy()[:n], view.mode if same else "untrained")


def tiles_of(labelled: Labelled, way: str) -> NDArray[np.float32]:
    """The tiles before they were shuffled, as the model gets them."""
    if way == "rotation":
        return np.zeros(0, np.float32)
    return np.asarray(next(s for s in labelled.steps if s.name == "shuffle").before.numpy())


@dataclass(frozen=True)
class Puzzle:
    """Everything about the pictures as they lie now, and how to say it.

    `tiles` (n, k, 3, s, s) in 0…1 are those of each picture before they were shuffled.
    """

    way: str
    draw: Draw
    labelled: Labelled
    said: Said
    tiles: NDArray[np.float32]

    def right(self, i: int) -> NDArray[np.bool_]:
        """(k) where a tile stands that belongs there, or one that looks the same."""
        return np.asarray((self.tiles[i][self.draw["order"][i]] == self.tiles[i]).all((1, 2, 3)))

    def same(self, i: int) -> NDArray[np.bool_]:
        """(k, k) which tiles look the same, in the order in which they are shown."""
        shown = self.tiles[i][self.draw["order"][i]]
        return np.asarray((shown[:, None] == shown[None]).all((2, 3, 4)))

    def truth(self, i: int) -> Any:
        """The label: a number, of places (16,) numbers."""
        return (
            self.labelled.targets["label"][i].numpy()
            if self.way == "places"
            else int(self.labelled.targets["label"][i])
        )

    def best(self, i: int) -> Any:
        """What the model names, in the same form."""
        return self.said.p[i].argmax(-1) if self.way == "places" else int(self.said.p[i].argmax())

    def named(self, i: int) -> int:
        """Of places: how many patches name their own place, or that of an identical one."""
        hit = self.best(i)[:, None] == self.truth(i)[None]
        return int((hit & self.same(i)).any(1).sum())


def changed(puzzle: Puzzle, i: int, event: dict[str, Any]) -> Any:
    """The order or the turn that a visitor's click makes."""
    if puzzle.way == "rotation":
        return int(event["index"])
    order = puzzle.draw["order"][i].copy()
    if event["kind"] == "swap":
        order[[event["a"], event["b"]]] = order[[event["b"], event["a"]]]
    elif event["index"] == 4:  # the middle: the two change places
        order = order[::-1].copy()
    else:
        order[int(order[0] == 4)] = event["index"]
    return order


def laid(puzzle: Puzzle, i: int) -> NDArray[np.int64]:
    """(k) which of the shown tiles the model would put at each place."""
    from scipy.optimize import linear_sum_assignment

    from sslviz.tasks.patch_order import orders_of
    from sslviz.tasks.permutations import inverse

    if puzzle.way != "places":
        return inverse(orders_of(puzzle.way)[puzzle.best(i)])
    _, place = linear_sum_assignment(-np.log(puzzle.said.p[i] + 1e-12))
    return inverse(place)


# pictures of tiles


def seen(puzzle: Puzzle, i: int) -> str:
    """What the model sees, with a thin line between the tiles so that people see them, too."""
    if puzzle.way == "rotation":
        return tile_address(puzzle.labelled.inputs["pixels"][i].numpy())
    return sheet(puzzle.tiles[i][puzzle.draw["order"][i]])


def sheet(tiles: NDArray[np.float32]) -> str:
    """(k, 3, s, s) in 0…1 as one picture, row by row with transparent lines between; two stand beside each other."""
    k, _, side, _ = tiles.shape
    columns = math.isqrt(k) if k > 2 else k
    rows, step = k // columns, side + 1
    whole = np.zeros((max(rows, columns) * step - 1, columns * step - 1, 4), np.uint8)
    down = (max(rows, columns) - rows) * step // 2
    for place, tile in enumerate(tiles):
        top, left = down + place // columns * step, place % columns * step
        whole[top : top + side, left : left + side, :3] = _bytes(tile)
        whole[top : top + side, left : left + side, 3] = 255
    return data_address(whole, "PNG")


def tile_address(tile: NDArray[np.float32]) -> str:
    """(3, h, w) in 0…1 as a data: address."""
    return data_address(_bytes(tile), "PNG")


def _bytes(x: NDArray[np.float32]) -> Pixels:
    """(3, h, w) in 0…1 → (h, w, 3) uint8."""
    return np.asarray((x.clip(0, 1) * 255).round().astype(np.uint8).transpose(1, 2, 0))
