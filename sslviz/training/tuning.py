"""Fine-tuning: all weights of a pretext task's network go on learning, from labels, whatever its samples are.

The same with fresh weights is supervised learning from scratch. Neither is a pretext task: people made the labels. A
linear head on the pooled vector is added; the heads of the pretext task are left aside. How it learns is what
`supervised` does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.models.trunk import WIDTH, initialise
from sslviz.training import supervised
from sslviz.training.config import Budget
from sslviz.training.loop import Learner

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch, ProbeData
    from sslviz.training.config import RunConfig


class Tuned(nn.Module):
    """The network of a pretext task as far as its pooled vector, and a linear head with an answer for every class.

    Args:
        config: of the run; it learns on the CPU, whatever its device.
        weights: flat, as a run keeps them; None: drawn by `seed`.
        kept: what the network keeps beside its weights; None as `weights`.
        classes: how many there are.
        seed: of the head, and of the weights where none are given.
    """

    def __init__(
        self, config: RunConfig, weights: NDArray[Any] | None, kept: NDArray[Any] | None, classes: int, seed: int
    ) -> None:
        super().__init__()
        self._learner = Learner(replace(config, seed=seed, device="cpu"))
        if weights is not None and kept is not None:
            self._learner.hold(weights, kept)
        self.net, self.head = self._learner.net, nn.Linear(WIDTH, classes)
        initialise(self.head, torch.Generator().manual_seed(seed))

    def encode(self, batch: Batch) -> Tensor:
        """(n, width) the pooled vectors, with their gradient."""
        return self._learner.task.features(self.net, batch, self._learner.info)

    def forward(self, batch: Batch) -> Tensor:
        """(n, classes) a score for every class."""
        return self.head(self.encode(batch))


def learn(net: Tuned, data: ProbeData, rows: NDArray[np.int64], seed: int, lr: float) -> None:
    """Let all weights learn from some labelled samples.

    Args:
        net: changed in place.
        data: the samples and their classes.
        rows: those of its training samples whose labels may be used.
        seed: of the batches.
        lr: the highest learning rate.
    """
    labels = torch.from_numpy(data.train_y)

    def loss(some: NDArray[np.int64]) -> Tensor:
        return F.cross_entropy(net(data.train.rows(some)), labels[some])

    supervised.fit(net, rows, loss, seed, Budget(lr, supervised.steps(len(rows))))


@torch.no_grad()
def right(net: Tuned, data: ProbeData) -> float:
    """Share of the test samples whose class is named."""
    parts = np.array_split(np.arange(len(data.test_y)), max(1, len(data.test_y) // supervised.CHUNK))
    named = np.concatenate([net(data.test.rows(part)).argmax(1).numpy() for part in parts])
    return float((named == data.test_y).mean())
