"""Picture and caption: which caption came with the picture is the label (CLIP).

The label comes from the batch: of its n captions the right one of picture i is caption i, which came with it, and the
n − 1 others are wrong; so with the pictures of a caption. People wrote the captions, but not for us, and nobody sorted
pictures into classes. The label means nothing where two pictures of a batch have one caption: so no batch holds a
caption twice, although several teams drew each emoji. Radford et al. 2021, arXiv 2103.00020, section 2.3 and figure 3.

Other than in the paper: whole words instead of pieces of words; each word of a caption sees all others, and the mean
over them is taken, as over the patches of a picture, instead of the vector at the end; and some words are left out at
random, since 1,500 captions are soon known by heart. As there, pictures are changed by a random square crop alone.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.captions import CaptionsOptions
from sslviz.data import captions, images
from sslviz.data.captions import LONGEST, PAD
from sslviz.models.tokens import PatchTokens, WordTokens, mean_pool
from sslviz.models.trunk import Trunk
from sslviz.tasks import augment
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, Step, Task
from sslviz.tasks.pictures import Pictures

SHARED = 64  # numbers of a vector in the space that pictures and captions share
TEMPERATURE, MOST = 0.07, 100.0  # at the beginning, and what a cosine is multiplied by at most; section 2.5
NAMES, FIRST = 100, 5  # held-out names to choose from, and how far down a list one looks
OVERLAP = "words of the nearest picture"


class Captions(Pictures, Task["CaptionsNet", CaptionsOptions]):
    """CLIP: find the caption of a picture among those of the batch, and the picture of a caption."""

    slug: ClassVar[str] = "captions"
    label_from: ClassVar[str] = "batch"
    held_out_batch: ClassVar[int] = NAMES

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: CaptionsOptions) -> Draw:
        """Where pictures are cut, which words are kept, and which caption stands where.

        Returns:
            `side`, `top`, `left` (n,) in shares of a picture's side; `kept` (n, LONGEST) whether a word stays; `moved`
            (n,) how many places further on the caption is taken from, which is 0 unless captions are shuffled.
        """
        n = len(batch)
        side = np.sqrt(rng.uniform(options.smallest, 1, n))
        top, left = rng.random((2, n)) * (1 - side)
        moved = rng.permutation(n) - np.arange(n) if options.shuffled else np.zeros(n, dtype=int)
        kept = told_apart(batch.data["words"].cpu().numpy(), rng.random((n, LONGEST)) >= options.dropped)
        return Draw(side=side, top=top, left=left, kept=kept, moved=moved)

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Cut both; caption i is the label of picture i, and picture i that of caption i."""
        raw, words = batch.data["pixels"] / 255, batch.data["words"]
        words = words * torch.as_tensor(draw["kept"], device=words.device)
        side, top, left = (
            torch.as_tensor(draw[name], dtype=torch.float32, device=raw.device) for name in ("side", "top", "left")
        )
        sees = augment.crop(raw, top, left, side, side, torch.zeros(len(raw), dtype=torch.bool, device=raw.device))
        pairs = torch.arange(len(raw), device=raw.device)
        stands = (pairs + torch.as_tensor(draw["moved"], device=words.device)) % len(words)
        return Labelled(
            inputs={"pixels": sees, "words": words[stands]},
            targets={"pairs": pairs},
            where=torch.ones_like(pairs, dtype=torch.bool),
            steps=(Step("crop", dict(draw), raw, sees),) if trace else (),
        )

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Not possible: what a crop cut off is gone."""
        return None

    def build(self, trunk: Trunk, info: DataInfo, options: CaptionsOptions) -> CaptionsNet:
        """The trunk for pictures, a shallower one for captions, and a projection behind each."""
        return CaptionsNet(trunk, learned=options.learned)

    def loss(self, net: CaptionsNet, labelled: Labelled, options: CaptionsOptions) -> Loss:
        """The mean of the cross-entropies over rows (which caption?) and columns (which picture?), in nats."""
        each = symmetric(net(labelled.inputs["pixels"], labelled.inputs["words"]), labelled.targets["pairs"])
        return Loss(each.mean(), {}, each)

    def after_step(self, net: CaptionsNet, labelled: Labelled, step: int) -> None:
        """A cosine is never multiplied by more than 100."""
        with torch.no_grad():
            net.sharpness.clamp_(max=math.log(MOST))

    def answer(self, net: CaptionsNet, labelled: Labelled, options: CaptionsOptions) -> Answer:
        """`cosine` (n, n), a row a picture; `share` of each caption for a picture, and `back` of each picture."""
        logits = net(labelled.inputs["pixels"], labelled.inputs["words"])
        return Answer({"cosine": logits / net.sharpness.exp(), "share": logits.softmax(1), "back": logits.softmax(0)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """How often the right one is first, or among the first five, of the captions and of the pictures."""
        return found(answer.data["cosine"])

    def baselines(self, labelled: Labelled, info: DataInfo, options: CaptionsOptions) -> list[Baseline]:
        """Guessing; and the words of the training picture that is nearest by pixels, held against each caption."""
        n = len(labelled.where)
        guess = {name: k / n for name, k in zip(MEASURES, (1, min(n, FIRST)) * 2, strict=True)}
        same = torch.from_numpy(word_overlap(labelled.inputs["pixels"], labelled.inputs["words"]))
        return [
            Baseline(f"all alike: ln {n}", math.log(n), guess, constant=True),
            Baseline(OVERLAP, None, found(same)),
        ]

    def measures(self, net: CaptionsNet, data: str) -> dict[str, float]:
        """Zero-shot: MEASURES for whole pictures and captions that were never trained on, and for word overlap."""
        tables: list[tuple[Tensor, Tensor]] = []
        device = next(net.parameters()).device
        for first in range(0, self.size(data, "held_out") - NAMES + 1, NAMES):
            batch = self.batch(data, "held_out", np.arange(first, first + NAMES)).to(device)
            pixels, words = batch.data["pixels"] / 255, batch.data["words"]
            with torch.no_grad():
                tables.append((net(pixels, words), torch.from_numpy(word_overlap(pixels, words))))
        ours, theirs = ([found(table) for table in one] for one in zip(*tables, strict=True))
        return {
            **{f"whole: {name}": float(np.mean([one[name] for one in ours])) for name in MEASURES},
            **{f"{OVERLAP}: {name}": float(np.mean([one[name] for one in theirs])) for name in MEASURES},
        }

    # the data

    def info(self, data: str) -> DataInfo:
        """Nothing is needed beyond the batch."""
        return DataInfo()

    def batch(self, data: str, part: str, rows: np.ndarray) -> Batch:
        """Pairs `rows` of a part: `pixels` (n, 3, 32, 32) uint8, and `words` (n, LONGEST) of their captions."""
        pairs = captions.load(part)
        pixels = super().batch(captions.DATA, part, pairs.rows[rows]).data["pixels"]
        return Batch(rows, {"pixels": pixels, "words": torch.from_numpy(pairs.ids[pairs.which[rows]])})

    def size(self, data: str, part: str) -> int:
        """Number of pairs."""
        return len(captions.load(part).rows)

    def sample(self, net: CaptionsNet, size: int, count: int, rng: np.random.Generator) -> np.ndarray:
        """`count` different captions, and of each one of its drawings."""
        order = rng.permutation(size)
        _, first = np.unique(captions.load("train").which[order], return_index=True)
        return order[np.sort(first)[:count]]

    def features(self, net: CaptionsNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the mean over patches of the trunk's output, before the projection; no caption is read."""
        return net.encode(batch.data["pixels"].float() / 255)


class CaptionsNet(nn.Module):
    """Two encoders, a projection behind each, and what their cosines are multiplied by."""

    def __init__(self, trunk: Trunk, *, learned: bool) -> None:
        super().__init__()
        width = trunk.width
        self.tokens, self.trunk = PatchTokens(width), trunk
        self.words, self.reader = WordTokens(len(captions.vocabulary()) + 2, width, LONGEST), Trunk(width, depth=1)
        self.picture, self.caption = nn.Linear(width, SHARED, bias=False), nn.Linear(width, SHARED, bias=False)
        self.sharpness = nn.Parameter(torch.tensor(-math.log(TEMPERATURE)), requires_grad=learned)  # t in figure 3

    def encode(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0…1 → (n, width)."""
        return mean_pool(self.trunk(self.tokens(pixels)))

    def pictures(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0…1 → (n, SHARED), each of length 1."""
        return F.normalize(self.picture(self.encode(pixels)), dim=1)

    def captions(self, words: Tensor) -> Tensor:
        """(n, LONGEST) word numbers → (n, SHARED), each of length 1: the mean over the words of what is read."""
        there = words != PAD
        read = self.reader(self.words(words), visible=there) * there[..., None]
        return F.normalize(self.caption(read.sum(1) / there.sum(1, keepdim=True)), dim=1)

    def forward(self, pixels: Tensor, words: Tensor) -> Tensor:
        """(n, 3, 32, 32) and (k, LONGEST) → (n, k) cosines over the temperature."""
        return self.sharpness.exp() * self.pictures(pixels) @ self.captions(words).T


def told_apart(words: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """(n, LONGEST) which words stay, so that some do, and that no two captions become the same by what is left out.

    >>> told_apart(np.array([[7, 8], [7, 9], [5, 0]]), np.array([[True, False], [True, False], [False, True]]))
    array([[ True,  True],
           [ True,  True],
           [ True,  True]])
    """
    again = ~((words > 0) & kept).any(1)
    while again.any():
        kept = kept | again[:, None]
        _, same, times = np.unique(np.sort(words * kept, axis=1), axis=0, return_inverse=True, return_counts=True)
        again = (times[same.ravel()] > 1) & ~kept.all(1)
    return kept


def symmetric(logits: Tensor, pairs: Tensor) -> Tensor:
    """(n, n) → (n,) for each pair the mean of −ln p(its caption, of all) and −ln p(its picture, of all): figure 3.

    >>> symmetric(torch.zeros(4, 4), torch.arange(4))
    tensor([1.3863, 1.3863, 1.3863, 1.3863])
    """
    rows, columns = (F.cross_entropy(table, pairs, reduction="none") for table in (logits, logits.T))
    return (rows + columns) / 2


MEASURES = ("caption found", f"caption among the first {FIRST}", "picture found", f"picture among the first {FIRST}")


def found(table: Tensor) -> dict[str, float]:
    """MEASURES of a table (n, n) with the right ones on its diagonal; those that are equal stand in a random order."""
    result = []
    for one in (table, table.T):
        right = one.diagonal()[:, None]
        above, level = (one > right).sum(1), (one == right).sum(1)
        result += [((k - above) / level).clamp(0, 1).double().mean().item() for k in (1, FIRST)]
    return dict(zip(MEASURES, result, strict=True))


def word_overlap(pixels: Tensor, words: Tensor) -> np.ndarray:
    """(n, k) for n pictures the words of the nearest training picture's caption, compared with each of k captions."""
    pairs, train = captions.load("train"), _flat("train")
    sees = pixels.flatten(1).cpu().numpy()
    near = ((train**2).sum(1) - 2 * sees @ train.T).argmin(1)
    return captions.overlap(pairs.ids[pairs.which[near]], words.cpu().numpy())


@lru_cache(maxsize=1)
def _flat(part: str) -> np.ndarray:
    """(n, 3072) the pictures of the pairs, 0…1."""
    every = images.load(captions.DATA)
    chosen = every.images if part == "train" else every.held_out_images
    return chosen[captions.load(part).rows].transpose(0, 3, 1, 2).reshape(-1, 3072).astype(np.float32) / 255
