"""Pictures whose tiles are shuffled on the page Patch order: their labels, and what the model answers.

The card shows a puzzle, and the page asks about one; neither is drawn here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.patch_order import ENTRY, PatchOrderOptions
from sslviz.data import images
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.picture_samples import Sample, as_bytes, photos, pixel_batch, with_own
from sslviz.ui.frame.pictures import data_address
from sslviz.ui.frame.variants import able
from sslviz.ui.live.made import order, places

if TYPE_CHECKING:
    from sslviz.tasks.base import Draw, Labelled
    from sslviz.training.results.run_view import RunView

SLUG, STREAM = ENTRY.slug, ENTRY.stream  # STREAM: of the random numbers that the page draws
COUNT = 5  # pictures on the card
MIDDLE = 4  # of nine tiles
ARROWS = ("↖", "↑", "↗", "←", "→", "↙", "↓", "↘")
DIRECTIONS = ("up left", "up", "up right", "left", "right", "down left", "down", "down right")
TURNS = ("0°", "90°", "180°", "270°")
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class ModelAnswer:
    """What the model answers: `p` (n, answers), of places (n, 16, 16); `loss` the same without the last axis."""

    p: NDArray[np.float64]
    loss: NDArray[np.float64]
    mode: str


def sample(number: int, source: str, own: Pixels | None) -> Sample:
    """Pictures by number. An own picture (h, w, 3) takes the first place."""
    return with_own(photos(number, COUNT) if source == "photos" else _mixed(number), own)


def _mixed(number: int) -> Sample:
    """Emoji, photo, clothes, emoji, clothes."""
    rng = np.random.default_rng((number, STREAM, 1))
    emoji, clothes, every = images.load("emoji"), images.load("fashion_mnist"), images.photos()
    photo = every[number % len(every)]
    first, second = rng.choice(len(emoji.held_out_images), 2, replace=False)
    one, other = rng.choice(len(clothes.held_out_images), 2, replace=False)
    rows: list[tuple[str, Pixels]] = [
        (emoji.held_out_names[first], emoji.held_out_images[first]),
        (photo.title, images.square32(photo.pixels)),
        (clothes.held_out_names[one].lower(), clothes.held_out_images[one]),
        (emoji.held_out_names[second], emoji.held_out_images[second]),
        (clothes.held_out_names[other].lower(), clothes.held_out_images[other]),
    ]
    return Sample(
        name=f"mixed-{number}",
        names=[name for name, _ in rows],
        pixels=np.stack([pixels for _, pixels in rows]),
        alike=[],
        large=None,
        credits=(*clothes.credits, *emoji.credits, photo.credit),
    )


# the label, and the model's answer


def label(pixels: Pixels, seed: int, options: PatchOrderOptions, edits: dict[int, list[int]]) -> tuple[Draw, Labelled]:
    """Draw and label of some pictures (n, 32, 32, 3). `edits`: see `by_hand`, by picture."""

    def change(draw: Draw) -> None:
        for picture, made in edits.items():
            if "turns" in draw:
                row = draw["turns"][picture]
                first = int(np.flatnonzero(row == made[0])[0])
                draw["turns"][picture] = np.roll(row, -first)  # the first copy is shown
            else:
                draw["order"][picture] = made

    return make_label(SLUG, pixel_batch(pixels), seed, options, trace=True, change=change)


def answer(view: RunView, labelled: Labelled, variant: str, n: int) -> ModelAnswer:
    """What the model in view answers, or the untrained network where that model learned another variant."""
    from torch.nn import functional as F

    from sslviz.training.answers import ask

    run = able(view, variant)
    scores = ask(run.config, run.weights, lambda m: m.net(labelled.inputs["pixels"]), run.kept)
    truth = labelled.targets["label"]
    loss = F.cross_entropy(scores.flatten(0, -2), truth.clamp_min(0).flatten(), reduction="none").view(truth.shape)
    p = scores.double().softmax(-1).numpy()
    return ModelAnswer(p[:n], loss.double().numpy()[:n], run.mode)


def tiles_of(labelled: Labelled, variant: str) -> NDArray[np.float32]:
    """The tiles before they were shuffled, as the model gets them."""
    if variant == "rotation":
        return np.zeros(0, np.float32)
    return np.asarray(next(s for s in labelled.steps if s.name == "shuffle").before.numpy())


def unique(tiles: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(k, 3, s, s) → (k): whether a tile looks like no other of the picture."""
    return np.asarray(_equal(tiles).sum(1) == 1)


def _equal(tiles: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(k, 3, s, s) → (k, k): which tiles look the same."""
    return np.asarray((tiles[:, None] == tiles[None]).all((2, 3, 4)))


@dataclass(frozen=True)
class Puzzle:
    """Pictures as they are shown now, with label and answer; the methods are about picture `i`.

    `tiles` (n, k, 3, s, s) in 0…1 are those of each picture before they were shuffled.
    """

    variant: str
    draw: Draw
    labelled: Labelled
    answer: ModelAnswer
    tiles: NDArray[np.float32]

    def shown(self, i: int) -> NDArray[np.float32]:
        """(k, 3, s, s) the tiles in the order in which they are shown."""
        return self.tiles[i][self.draw["order"][i]]

    def right(self, i: int) -> NDArray[np.bool_]:
        """(k) where a tile stands that belongs there, or one that looks the same."""
        return np.asarray((self.shown(i) == self.tiles[i]).all((1, 2, 3)))

    def truth(self, i: int) -> Any:
        """The label: a number, of places (16,) numbers."""
        label = self.labelled.targets["label"][i]
        return label.numpy() if self.variant == "places" else int(label)

    def best(self, i: int) -> Any:
        """The model's answer, in the same form."""
        return self.answer.p[i].argmax(-1) if self.variant == "places" else int(self.answer.p[i].argmax())

    def named(self, i: int) -> int:
        """Of places: how many patches name their own place, or that of an identical one."""
        hit = self.best(i)[:, None] == self.truth(i)[None]
        return int((hit & _equal(self.shown(i))).any(1).sum())


def puzzle_of(
    pixels: Pixels, view: RunView, seed: int, options: PatchOrderOptions, edits: dict[int, list[int]]
) -> Puzzle:
    """Pictures (n, 32, 32, 3) with their labels and the model's answers; `edits` as in `label`."""
    draw, labelled = label(pixels, seed, options, edits)
    answers = answer(view, labelled, options.way, len(pixels))
    return Puzzle(options.way, draw, labelled, answers, tiles_of(labelled, options.way))


def by_hand(edit: Any, variant: str) -> list[int] | None:
    """What a visitor made of a picture: the turn, the pair, the order of all tiles; None where it is none of that."""
    tiles = {"rotation": 4, "jigsaw 2x2": 4, "places": 16}.get(variant, 9)
    if variant == "rotation":
        return edit if (found := places(edit, tiles)) and len(found) == 1 else None
    if variant == "relative position":
        return edit if (found := places(edit, tiles)) and len(found) == 2 and MIDDLE in found else None
    return order(edit, list(range(tiles)))


def laid(puzzle: Puzzle, i: int) -> NDArray[np.int64]:
    """(k) which of the shown tiles the model would put at each place."""
    from scipy.optimize import linear_sum_assignment

    from sslviz.tasks.patch_order import orders_of
    from sslviz.tasks.permutations import inverse

    if puzzle.variant != "places":
        return inverse(orders_of(puzzle.variant)[puzzle.best(i)])
    _, place = linear_sum_assignment(-np.log(puzzle.answer.p[i] + 1e-12))
    return inverse(place)


# pictures of tiles


def seen(puzzle: Puzzle, i: int) -> str:
    """What the model sees, with a thin line between the tiles so that people see them, too."""
    if puzzle.variant == "rotation":
        return tile_address(puzzle.labelled.inputs["pixels"][i])
    return sheet(puzzle.shown(i))


def sheet(tiles: NDArray[np.float32]) -> str:
    """(k, 3, s, s) in 0…1 as one picture, row by row with transparent lines between; two stand beside each other."""
    k, _, side, _ = tiles.shape
    columns = math.isqrt(k) if k > 2 else k
    rows, step = k // columns, side + 1
    whole = np.zeros((max(rows, columns) * step - 1, columns * step - 1, 4), np.uint8)
    down = (max(rows, columns) - rows) * step // 2
    for place, tile in enumerate(as_bytes(tiles)):
        top, left = down + place // columns * step, place % columns * step
        whole[top : top + side, left : left + side, :3] = tile
        whole[top : top + side, left : left + side, 3] = 255
    return data_address(whole, "PNG")


def tile_address(tile: Any) -> str:
    """(3, h, w) in 0…1 as a data: address."""
    return data_address(as_bytes(tile[None])[0], "PNG")


# words


def numbers(order: Any) -> str:
    """An order as people read it."""
    return " ".join(str(int(tile)) for tile in order)


def where(place: int, k: int) -> str:
    """A place among k tiles, in words."""
    side = math.isqrt(k)
    return f"row {place // side + 1}, column {place % side + 1}"
