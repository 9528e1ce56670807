"""Supervised learning, for comparison: the same trunk, tokens and pooling with a linear head, trained on true classes.

It starts from random weights and knows nothing but the labels it is given. That is no pretext task: people made the
labels. `tuning` starts from what a pretext task has left behind.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.models.tokens import PatchTokens, mean_pool
from sslviz.models.trunk import Trunk, initialise
from sslviz.training import loop  # its import leaves one thread, so that sums come out the same everywhere
from sslviz.training.adam import AdamW
from sslviz.training.config import Budget

BATCH = 64
FEWEST, MOST, PER_ROOT = 100, 1500, 30  # steps: 30 times the root of the number of labels, within these bounds
ORDER = 21  # stream of random numbers
CHUNK = 500  # pictures at a time when it answers
# The highest learning rate, for all sizes, seeds and pages: of 0.001 and 0.003 the better one on training pictures set
# aside, with 10 labels a class; chosen once (`python -m sslviz transfer rate` measures it again).
RATE = 1e-3


class Classifier(nn.Module):
    """Patches, trunk, mean over patches, and a linear head with an answer for every class."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.trunk = Trunk()
        self.tokens, self.head = PatchTokens(self.trunk.width), nn.Linear(self.trunk.width, classes)

    def encode(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) uint8 → (n, width)."""
        return mean_pool(self.trunk(self.tokens(pixels.float() / 255)))

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) uint8 → (n, classes) a score for every class."""
        return self.head(self.encode(pixels))


def steps(labels: int) -> int:
    """The budget for this many labels: more labels, more steps, but fewer rounds through them.

    >>> [steps(n) for n in (10, 100, 1000, 10_000)]
    [100, 300, 949, 1500]
    """
    return int(np.clip(round(PER_ROOT * math.sqrt(labels)), FEWEST, MOST))


def train(
    pixels: Tensor, y: NDArray[np.int64], classes: int, seed: int, *, lr: float = RATE, budget: int = 0
) -> Classifier:  # fmt: skip
    """Learn from labelled pictures, from scratch.

    Args:
        pixels: (n, 3, 32, 32) uint8.
        y: (n,) their classes, 0 to `classes` − 1.
        classes: how many there are.
        seed: of the weights and of the batches.
        lr: the highest learning rate.
        budget: how many steps; 0: as many as `steps` gives for so many labels.
    """
    net, labels = fresh(classes, seed), torch.from_numpy(y)

    def loss(some: NDArray[np.int64]) -> Tensor:
        rows = torch.from_numpy(some)
        return F.cross_entropy(net(pixels[rows]), labels[rows])

    fit(net, np.arange(len(y)), loss, seed, Budget(lr, budget or steps(len(y))))
    return net


def fit(
    net: nn.Module, rows: NDArray[np.int64], loss: Callable[[NDArray[np.int64]], Tensor], seed: int, budget: Budget
) -> None:
    """Let a network learn from labelled samples, with the optimiser and the course of the learning rate of `loop`.

    Args:
        net: changed in place.
        rows: numbers of the samples.
        loss: of some of them, by their numbers.
        seed: of the batches.
        budget: the highest learning rate, and how many steps.
    """
    wanted = [p for p in net.parameters() if p.requires_grad]
    adam = AdamW(wanted)
    for step in range(budget.steps):
        rng = np.random.default_rng((seed, ORDER, step))
        some = rows[rng.choice(len(rows), min(BATCH, len(rows)), replace=False)]
        for weights in wanted:
            weights.grad = None
        loss(some).backward()
        adam.step(loop.rate(budget, step))


def fresh(classes: int, seed: int) -> Classifier:
    """The network before its first step: the random trunk that every other is measured against."""
    net = Classifier(classes)
    initialise(net, torch.Generator().manual_seed(seed))
    return net


@torch.no_grad()
def vectors(net: Classifier, pixels: Tensor) -> NDArray[np.float32]:
    """(n, 3, 32, 32) uint8 → (n, width) the trunk's vectors, pooled as on every page of pictures."""
    return torch.cat([net.encode(some) for some in pixels.split(CHUNK)]).numpy()


@torch.no_grad()
def right(net: Classifier, pixels: Tensor, y: NDArray[np.int64]) -> float:
    """Share of pictures whose class is named."""
    named = torch.cat([net(some).argmax(1) for some in pixels.split(CHUNK)])
    return float((named.numpy() == y).mean())


def about() -> dict[str, Any]:
    """The protocol as plain data, for the recording."""
    return {"batch": BATCH, "lr": RATE, "fewest": FEWEST, "most": MOST}
