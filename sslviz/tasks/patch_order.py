"""Patch order: cut a picture into tiles, shuffle them; where each one was is the label. Turning is its sister.

The label comes from the data: we shuffle ourselves. It is not what the picture shows. Five variants, one network each:
  places            each patch of the 4×4 grid is asked where it was. Two identical patches cannot be told apart.
  jigsaw 2x2, 3x3   which of the orders in a set was it? (Noroozi & Favaro 2016, arXiv 1603.09246, section 3)
  relative position in which direction is one tile from another? (Doersch et al. 2015, arXiv 1505.05192, section 3)
  rotation          by how many quarters was the picture turned? (Gidaris et al. 2018, arXiv 1803.07728, section 2.1)
Unlike in the papers, whose towers see one tile each, the trunk reads all tiles at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.patch_order import PatchOrderOptions
from sslviz.models.tokens import PATCH, SIDE, PatchTokens, mean_pool
from sslviz.models.trunk import Trunk
from sslviz.tasks import permutations
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, Step, Task
from sslviz.tasks.pictures import Pictures

HIDDEN = 256  # between the tiles and the answer


@dataclass(frozen=True)
class Variant:
    """How a picture is cut, and what is asked.

    Attributes:
        grid: tiles a side of the picture; 1 for the whole picture.
        shown: how many tiles the network sees; different in each variant, so it names the variant.
        tile: side of a tile in pixels, a multiple of the patch.
        cell: side of the cell that a tile is cut from where there is a gap between tiles.
        answers: how many there are to choose from.
        places: whether the network knows where a patch is shown.
    """

    grid: int
    shown: int
    tile: int
    cell: int
    answers: int
    places: bool = False


VARIANTS = {
    "places": Variant(4, 16, 8, 8, 16),  # no vector for the place: it knows a patch by what is in it alone
    "jigsaw 2x2": Variant(2, 4, 16, 16, 24, places=True),
    "jigsaw 3x3": Variant(3, 9, 8, 10, 100),
    "relative position": Variant(3, 2, 8, 10, 8),
    "rotation": Variant(1, 1, 32, 32, 4, places=True),
}
BY_SHOWN = {variant.shown: name for name, variant in VARIANTS.items()}
EVENED = ("jigsaw 2x2", "jigsaw 3x3", "relative position")
TURNS = 4


class PatchOrder(Pictures, Task["OrderNet", PatchOrderOptions]):
    """Where was each tile? Jigsaw, relative position and rotation are other variants of the question."""

    slug: ClassVar[str] = "patch_order"

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: PatchOrderOptions) -> Draw:
        """Where tiles are cut, and in which order they are shown.

        Args:
            batch: n pictures; only their number matters.
            rng: where the random numbers come from.
            info: not needed; the orders are the same for all data.
            options: what is asked, and how tiles are cut.

        Returns:
            `channel` (n,) the colour channel that is kept, −1 for all; `lens` and `even` (n,) whether colours are bent
            and tiles normalised; then either `turns` (n, 4), the four turns of every picture in a random order, or
            `top`, `left` (n, tiles) in pixels, and `order` (n, shown): tile `order[i]` is shown at place i.
        """
        n = len(batch)
        variant = VARIANTS[options.way]
        draw = Draw(channel=rng.integers(3, size=n) if options.drop else np.full(n, -1))
        draw["lens"], draw["even"] = np.full(n, options.lens), np.full(n, options.normalise and options.way in EVENED)
        if options.way == "rotation":
            draw["turns"] = rng.permuted(np.tile(np.arange(TURNS), (n, 1)), axis=1)
            return draw
        cell = variant.cell if options.gap else variant.tile
        room, edge = cell - variant.tile, (SIDE - variant.grid * cell) // 2
        corner = np.indices((variant.grid, variant.grid)).reshape(2, 1, -1) * cell + edge
        moved = rng.integers(0, room + 1, (2, n, variant.grid**2)) if options.jitter else room // 2
        draw["top"], draw["left"] = np.broadcast_to(corner + moved, (2, n, variant.grid**2)).copy()
        if options.way == "places":
            draw["order"] = rng.permuted(np.tile(np.arange(variant.shown), (n, 1)), axis=1)
        elif options.way == "relative position":  # the middle and one of its neighbours, either first
            around = np.delete(np.arange(9), 4)[rng.integers(8, size=n)]
            draw["order"] = rng.permuted(np.stack([np.full(n, 4), around], 1), axis=1)
        else:
            orders = orders_of(options.way)
            draw["order"] = orders[rng.integers(len(orders), size=n)]
        return draw

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Keep one colour or all, then cut, even out and shuffle, or turn. The label follows from order or turn."""
        d = {k: torch.as_tensor(v, device=batch.data["pixels"].device) for k, v in draw.items()}
        x, steps = batch.data["pixels"].float() / 255, []

        def did(name: str, after: Tensor, **numbers: Any) -> None:
            nonlocal x
            steps.append(Step(name, numbers, x, after))
            x = after

        if draw["lens"].any():
            did("lens", torch.where(d["lens"].view(-1, 1, 1, 1), fringed(x), x), lens=draw["lens"])
        if (draw["channel"] >= 0).any():
            did("colour", one_channel(x, d["channel"]), channel=draw["channel"])
        if "turns" in draw:
            did("turn", turned(x, d["turns"]), turns=draw["turns"])
            label = d["turns"].T.flatten()  # all first copies, then all second ones, …
        else:
            side = VARIANTS[BY_SHOWN[draw["order"].shape[1]]].tile
            did("cut", cut(x, d["top"], d["left"], side), top=draw["top"], left=draw["left"])
            if draw["even"].any():
                did("even out", torch.where(d["even"].view(-1, 1, 1, 1, 1), even_out(x), x), even=draw["even"])
            n = torch.arange(len(batch), device=x.device)[:, None]
            did("shuffle", lay_out(x[n, d["order"]]), order=draw["order"])
            label = torch.as_tensor(labels(draw["order"]), device=x.device)
        return Labelled({"pixels": x}, {"label": label.clone()}, label >= 0, tuple(steps) if trace else ())

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Put the tiles back; not possible where something was cut off, evened out, bent or left grey."""
        gone = (draw["channel"] >= 0).any() or draw["lens"].any() or draw["even"].any()
        if gone or ("turns" not in draw and draw["order"].shape[1] in (2, 9)):
            return None
        seen = labelled.inputs["pixels"]
        if "turns" in draw:
            firsts = zip(seen, draw["turns"][:, 0].tolist(), strict=False)
            raw = torch.stack([torch.rot90(copy, -turn, (1, 2)) for copy, turn in firsts])
        else:
            back = torch.as_tensor(permutations.inverse(draw["order"]))
            tiles = cut_evenly(seen, SIDE // VARIANTS[BY_SHOWN[back.shape[1]]].grid)
            raw = lay_out(tiles[torch.arange(len(back))[:, None], back])
        return Batch(np.arange(len(raw)), {"pixels": (raw * 255).round().byte()})

    def build(self, trunk: Trunk, info: DataInfo, options: PatchOrderOptions) -> OrderNet:
        """Patches and trunk, and a head that answers for every patch, or for all tiles together."""
        return OrderNet(trunk, options)

    def loss(self, net: OrderNet, labelled: Labelled, options: PatchOrderOptions) -> Loss:
        """Mean of −ln p(label), in nats; a label is a place, the number of an order, a direction or a turn."""
        logits, label, where = net(labelled.inputs["pixels"]), labelled.targets["label"], labelled.where
        each = F.cross_entropy(logits[where], label[where], reduction="none")
        return Loss(each.mean(), {}, each)

    def answer(self, net: OrderNet, labelled: Labelled, options: PatchOrderOptions) -> Answer:
        """`p` (n, answers), in the variant "places" (n, 16, 16): a probability for every possible label."""
        return Answer({"p": net(labelled.inputs["pixels"]).softmax(-1)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of labels that are named; of places also the share where that of an identical patch counts, too."""
        p, label = answer.data["p"], labelled.targets["label"]
        if p.ndim == 2:
            return {"label named": (p.argmax(-1) == label)[labelled.where].double().mean().item()}
        same = twins(labelled.inputs["pixels"])
        names = p.argmax(-1)[:, :, None] == label[:, None, :]  # does patch i name the place of patch j?
        named = names.diagonal(dim1=1, dim2=2)
        return {
            "place named": named.double().mean().item(),
            "place named, or that of an identical patch": (names & same).any(2).double().mean().item(),
        }

    def baselines(self, labelled: Labelled, info: DataInfo, options: PatchOrderOptions) -> list[Baseline]:
        """Guessing; what comes without a network; and, for places, the most that anybody can reach."""
        pixels, label, answers = labelled.inputs["pixels"], labelled.targets["label"], VARIANTS[options.way].answers
        main = "place named" if options.way == "places" else "label named"
        baselines = [Baseline(f"guessing: ln {answers}", float(np.log(answers)), {main: 1 / answers}, constant=True)]
        if options.way == "places":
            answer = torch.cdist(cut_evenly(pixels, PATCH).flatten(2), info["mean"].to(pixels.device)).argmin(2)
            baselines.append(Baseline("most like the mean patch there", None, {main: _share(answer, label)}))
            alike = twins(pixels).sum(2).double()
            best = {main: (1 / alike).mean().item(), "place named, or that of an identical patch": 1.0}
            note = "Nobody can tell identical patches apart, so no answer can do better."
            baselines.append(Baseline("the most that can be", alike.log().mean().item(), best, note=note))
        elif options.way.startswith("jigsaw"):
            answer = fitting(pixels, orders_of(options.way), VARIANTS[options.way].tile)
            baselines.append(Baseline("edges that fit, nothing else", None, {main: _share(answer, label)}))
        return baselines

    # the data

    def info(self, data: str) -> DataInfo:
        """`mean` (16, 192): the mean patch at every place of the training pictures."""
        return DataInfo(mean=_mean_patches(data))

    def features(self, net: OrderNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the mean over patches of the trunk's output, for pictures in which nothing was moved."""
        return mean_pool(net.vectors(batch.data["pixels"].float() / 255))


class OrderNet(nn.Module):
    """Patches + trunk + head."""

    def __init__(self, trunk: Trunk, options: PatchOrderOptions) -> None:
        super().__init__()
        self.variant, self.lens, self.drop = VARIANTS[options.way], options.lens, options.drop
        self.even = options.normalise and options.way in EVENED
        self.tokens, self.trunk = PatchTokens(trunk.width, places=self.variant.places), trunk
        if options.way in ("places", "rotation"):
            self.head: nn.Module = nn.Linear(trunk.width, self.variant.answers)
        else:
            patches = self.variant.shown * (self.variant.tile // PATCH) ** 2
            self.head = nn.Sequential(
                nn.Flatten(),
                nn.Linear(patches * trunk.width, HIDDEN),
                nn.GELU(),
                nn.Linear(HIDDEN, self.variant.answers),
            )

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, h, w) shown tiles in 0…1 → (n, answers), or (n, 16, 16): a score for every possible label."""
        x = self.trunk(self.tokens(pixels))
        return self.head(mean_pool(x) if self.variant.grid == 1 else x)

    def vectors(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0…1 → (n, 16, width) of whole pictures, with the colours from which it learned."""
        pixels = fringed(pixels) if self.lens else pixels
        pixels = one_channel(pixels, torch.ones(len(pixels), device=pixels.device).long()) if self.drop else pixels
        if self.even:
            pixels = lay_out(even_out(cut_evenly(pixels, self.variant.tile)))
        return self.trunk(self.tokens(pixels))


def fringed(x: Tensor) -> Tensor:
    """(n, 3, h, h): red drawn together and blue spread out from the middle by 1/16, one pixel at the rim of 32.

    Our pictures went through no lens. Those of Doersch et al. did, and their network read places off the fringes
    instead of off the content (section 3.1).
    """

    def scaled(channel: Tensor, by: float) -> Tensor:
        middle = torch.tensor([[by, 0, 0], [0, by, 0]], device=x.device).expand(len(x), 2, 3)
        grid = F.affine_grid(middle, list(channel.shape), align_corners=False)
        return F.grid_sample(channel, grid, padding_mode="border", align_corners=False)

    return torch.cat([scaled(x[:, :1], 17 / 16), x[:, 1:2], scaled(x[:, 2:], 15 / 16)], 1)


def one_channel(x: Tensor, channel: Tensor) -> Tensor:
    """(n, 3, h, w): channel 0, 1 or 2 of a picture in place of all three, −1 leaves it as it is."""
    alone = x.gather(1, channel.clamp_min(0).view(-1, 1, 1, 1).expand(-1, 1, *x.shape[2:]))
    return torch.where(channel.view(-1, 1, 1, 1) < 0, x, alone)


def turned(x: Tensor, turns: Tensor) -> Tensor:
    """(n, 3, h, h), (n, c) → (c·n, 3, h, h): c copies, each turned by so many quarters against the clock."""
    every = torch.stack([torch.rot90(x, quarter, (2, 3)) for quarter in range(TURNS)])
    return every[turns.T, torch.arange(len(x), device=x.device)].flatten(0, 1)


def cut(x: Tensor, top: Tensor, left: Tensor, side: int) -> Tensor:
    """(n, 3, 32, 32), (n, k), (n, k) → (n, k, 3, side, side): k squares, cut at `top` and `left`."""
    reach = torch.arange(side, device=x.device)
    n = torch.arange(len(x), device=x.device).view(-1, 1, 1, 1)
    rows, columns = (top[..., None] + reach)[..., None], (left[..., None] + reach)[..., None, :]
    return x[n, :, rows, columns].movedim(-1, 2)


def cut_evenly(x: Tensor, side: int) -> Tensor:
    """(n, 3, h, w) → (n, k, 3, side, side): all tiles, row by row."""
    tiles = F.unfold(x, side, stride=side).transpose(1, 2)
    return tiles.reshape(len(x), -1, 3, side, side)


def lay_out(tiles: Tensor) -> Tensor:
    """(n, k, 3, s, s) → (n, 3, h, w): k tiles row by row, in a square, or two beside each other."""
    k, side = tiles.shape[1], tiles.shape[3]
    high = int(k**0.5)
    return F.fold(tiles.flatten(2).transpose(1, 2), (high * side, k // high * side), side, stride=side)


def even_out(tiles: Tensor) -> Tensor:
    """(n, k, 3, s, s): every tile with mean 0.5 and standard deviation 0.25 over its pixels; a flat one is all 0.5."""
    centred = tiles - tiles.mean((2, 3, 4), keepdim=True)
    return 0.5 + 0.25 * centred / (centred.square().mean((2, 3, 4), keepdim=True) + 1e-4).sqrt()


def labels(order: np.ndarray) -> np.ndarray:
    """(n, shown) → the label: the order itself, its number in the set (−1: not in it), or a direction."""
    variant = BY_SHOWN[order.shape[1]]
    if variant == "places":
        return order
    return direction(order) if variant == "relative position" else permutations.number_of(order, orders_of(variant))


def direction(pair: np.ndarray) -> np.ndarray:
    """(n, 2) neighbours in a 3×3 grid → (n,) the direction of the second one from the first.

    0 is up and left, 1 up, … 7 down and right, row by row. Changing places makes 7 minus it.

    >>> direction(np.array([[4, 0], [0, 4], [4, 5], [5, 4]])).tolist()
    [0, 7, 4, 3]
    """
    (down, across) = (pair[:, 1] // 3 - pair[:, 0] // 3), (pair[:, 1] % 3 - pair[:, 0] % 3)
    ninth = 3 * (down + 1) + across + 1
    return ninth - (ninth > 4)


def orders_of(variant: str) -> permutations.Orders:
    """The set of orders of a jigsaw: all 24 of four tiles; of the 362,880 of nine, a hundred that differ much."""
    return permutations.every(4) if variant == "jigsaw 2x2" else permutations.far_apart(100)


def twins(pixels: Tensor) -> Tensor:
    """(n, 3, 32, 32) → (n, 16, 16) bool: which patches are identical, each with itself included."""
    patches = cut_evenly(pixels, PATCH).flatten(2)
    return (patches[:, :, None] == patches[:, None]).all(3)


def fitting(pixels: Tensor, orders: permutations.Orders, side: int) -> Tensor:
    """(n,) the order after whose undoing the edges of neighbouring tiles fit best, by squared difference."""
    tiles = cut_evenly(pixels, side)
    k = tiles.shape[1]
    grid = int(k**0.5)

    def misfit(edges: Tensor, others: Tensor) -> Tensor:  # (n, k, …) twice → (n, k, k), each beside each
        return torch.cdist(edges.flatten(2), others.flatten(2)).square()

    beside, under = misfit(tiles[..., -1], tiles[..., 0]), misfit(tiles[..., -1, :], tiles[..., 0, :])
    back = torch.as_tensor(permutations.inverse(orders), device=pixels.device).view(-1, grid, grid)
    cost = beside[:, back[:, :, :-1], back[:, :, 1:]].sum((2, 3)) + under[:, back[:, :-1], back[:, 1:]].sum((2, 3))
    return cost.argmin(1)


def _share(answer: Tensor, label: Tensor) -> float:
    return (answer == label).double().mean().item()


@lru_cache(maxsize=4)
def _mean_patches(data: str) -> Tensor:
    """(16, 192) in 0…1, of the first 5,000 training pictures."""
    task = PatchOrder()
    pixels = task.batch(data, "train", np.arange(min(5000, task.size(data, "train")))).data["pixels"]
    return cut_evenly(pixels.float().mean(0, keepdim=True) / 255, PATCH)[0].flatten(1)
