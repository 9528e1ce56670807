"""MoCo: which of many keys is that of my own picture? Its key is the label.

The label comes from the model: a slower copy of it, the key encoder, turns the other view of the same picture into
a vector, the key. The wrong answers are the keys of earlier batches, kept in a queue; so there can be many of them
though a batch is small. In the authors' code the label is the number 0, since the own key is put first: that is
bookkeeping. The label is which key is one's own. He et al. 2019, arXiv 1911.05722, section 3; Chen et al. 2020 (MoCo
v2), arXiv 2003.04297, for head, temperature and changes.

The same as in Same or different: the views, the trunk and the head. Other than in the paper: no batch normalisation, so
that nothing leaks between query and key and no shuffling of batches is needed; and far fewer keys.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.queue import QueueOptions
from sslviz.models.momentum import momentum_copy, move, take_over
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss
from sslviz.tasks.same_or_different import OUT, ViewNet, Views

NOISE = -1.0  # the age of a random vector, which the queue starts with


class MomentumQueue(Views["QueueNet", QueueOptions]):
    """MoCo: find the own picture's key among those of earlier batches."""

    slug: ClassVar[str] = "queue"
    label_from: ClassVar[str] = "model"
    held_out_batch: ClassVar[int] = 250  # the loss depends on the queue, not on the batch

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Make the 2n views: i is the query, i + n the view that becomes its key. There is no label yet."""
        made = super().apply(batch, draw, info, trace=trace)
        where = torch.ones(len(batch), dtype=torch.bool, device=made.where.device)
        return Labelled(made.inputs, {}, where, made.steps)

    def build(self, trunk: Trunk, info: DataInfo, options: QueueOptions) -> QueueNet:
        """Query encoder with head, its slow copy, and a queue of `keys` vectors."""
        return QueueNet(trunk, options.keys, options.m)

    def begin(self, net: QueueNet, generator: torch.Generator) -> None:
        """The key encoder starts as a copy; the queue is filled with random directions, since there is no key yet."""
        take_over(net.slow, net.fast)
        net.queue.copy_(F.normalize(torch.randn(net.queue.shape, generator=generator), dim=1))
        net.age.fill_(NOISE)

    @torch.no_grad()
    def targets_from_model(self, net: QueueNet, labelled: Labelled) -> Labelled:
        """The label: what the key encoder makes of the other view, `key` (n, 128), each of length 1."""
        other = labelled.inputs["views"][len(labelled.where) :]
        return Labelled(labelled.inputs, {"key": net.key(other)}, labelled.where, labelled.steps)

    def loss(self, net: QueueNet, labelled: Labelled, options: QueueOptions) -> Loss:
        """InfoNCE: for every query, the cross-entropy of naming its own key among K + 1: itself and the queue."""
        query = F.normalize(net(labelled.inputs["views"][: len(labelled.where)]), dim=1)
        logits = queue_logits(query, labelled.targets["key"], net.queue, options.tau)
        first = torch.zeros(len(logits), dtype=torch.long, device=logits.device)  # there the own key stands
        each = F.cross_entropy(logits, first, reduction="none")
        return Loss(each.mean(), {}, each)

    @torch.no_grad()
    def after_step(self, net: QueueNet, labelled: Labelled, step: int) -> None:
        """Put the keys in front and drop the oldest; only now, so no key was its own wrong answer. The copy follows."""
        keys = labelled.targets["key"]
        older = torch.where(net.age == NOISE, NOISE, net.age + 1)
        net.queue.copy_(torch.cat([keys, net.queue])[: len(net.queue)])
        net.age.copy_(torch.cat([torch.zeros_like(keys[:, 0]), older])[: len(net.age)])
        move(net.slow, net.fast, net.m)

    def answer(self, net: QueueNet, labelled: Labelled, options: QueueOptions) -> Answer:
        """How alike it finds each query and the keys.

        `batch` (n, n) cosines with the keys of this batch, on the diagonal the own one; `queue` (n, K) with those of
        the queue; `share` (n, K + 1), each row summing to 1: the own key, then the queue.
        """
        query, other = labelled.inputs["views"].split(len(labelled.where))
        query, key = F.normalize(net(query), dim=1), net.key(other)
        share = queue_logits(query, key, net.queue, options.tau).softmax(1)
        return Answer({"batch": query @ key.T, "queue": query @ net.queue.T, "share": share})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of queries whose own key is the nearest of all: of those in the queue and those of this batch.

        The queue alone would be easy for a network at its first step, whose queue holds noise; that is counted apart.
        """
        batch, queue = answer.data["batch"], answer.data["queue"]
        own, rows = batch.diagonal(), torch.arange(len(batch), device=batch.device)
        nearest = torch.cat([batch, queue], 1).argmax(1) == rows
        alone = (own[:, None] > queue).all(1)
        return {"own key found": nearest.float().mean().item(), "told from the queue": alone.float().mean().item()}

    def baselines(self, labelled: Labelled, info: DataInfo, options: QueueOptions) -> list[Baseline]:
        """All keys alike (a collapsed model), and the raw pixels, their queue being views of training pictures."""
        query, other = labelled.inputs["views"].flatten(1).split(len(labelled.where))
        queue = _raw_queue(info["data"], options).to(query.device)
        middle = queue.mean(0)
        query, key, queue = (F.normalize(x - middle, dim=1) for x in (query, other, queue))
        logits = queue_logits(query, key, queue, options.tau)
        raw = Answer({"batch": query @ key.T, "queue": query @ queue.T})
        loss = F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long, device=logits.device)).item()
        alike = {"own key found": 1 / (options.keys + len(query)), "told from the queue": 1 / (options.keys + 1)}
        return [
            Baseline(f"all alike: ln {options.keys + 1:,}", float(np.log(options.keys + 1)), alike, constant=True),
            Baseline("raw pixels", loss, self.score(raw, labelled)),
        ]

    def info(self, data: str) -> DataInfo:
        """The name of the set, for the queue of raw pixels that is a baseline; the label needs nothing."""
        return DataInfo(data=data)


class QueueNet(ViewNet):
    """Query encoder (patches, trunk, head), its slow copy, and the queue with the age of each key in steps."""

    queue: Tensor
    age: Tensor

    def __init__(self, trunk: Trunk, keys: int, m: float) -> None:
        super().__init__(trunk)
        self.m = m
        self.slow = momentum_copy(ViewNet(trunk))
        self.register_buffer("queue", F.normalize(torch.ones(keys, OUT), dim=1))  # (K, 128), the newest first
        self.register_buffer("age", torch.full((keys,), NOISE))  # (K,) steps since it was put in; NOISE: none yet

    @property
    def fast(self) -> nn.Module:
        """What the slow copy is a copy of."""
        return nn.ModuleList([self.tokens, self.trunk, self.head])

    @torch.no_grad()
    def key(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0…1 → (n, 128) of length 1, by the slow copy; no gradient."""
        return F.normalize(self.slow(pixels), dim=1)


def queue_logits(query: Tensor, key: Tensor, queue: Tensor, tau: float) -> Tensor:
    """(n, d), (n, d), (K, d), all of length 1 → (n, 1 + K): cosines over temperature, the own key's first.

    >>> q = torch.eye(2)
    >>> logits = queue_logits(q, q, torch.zeros(3, 2), 0.5)
    >>> round(F.cross_entropy(logits, torch.tensor([0, 0])).item(), 6)
    0.340753
    """
    return torch.cat([(query * key).sum(1, keepdim=True), query @ queue.T], dim=1) / tau


@lru_cache(maxsize=4)
def _raw_queue(data: str, options: QueueOptions) -> Tensor:
    """(K, 3072) views of the first K training pictures of a set, as they are."""
    task = MomentumQueue()
    batch = task.batch(data, "train", np.arange(min(options.keys, task.size(data, "train"))))
    draw = task.draw(batch, np.random.default_rng(0), DataInfo(), options)
    return task.apply(batch, draw, DataInfo()).inputs["views"][len(batch) :].flatten(1)
