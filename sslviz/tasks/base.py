"""The contract: what a pretext task must be able to do, whatever its data and wherever its label comes from.

A label maker has two halves. `draw` makes every random choice and returns it as plain data; `apply` is then
deterministic. So a visitor's hand edit is nothing but a changed `Draw`, a seed repeats a label exactly, and the
page and the training loop call the very same code, the page with a handful of samples, the loop with a batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from sslviz.models.trunk import Trunk


@dataclass(frozen=True)
class Batch:
    """Raw samples. `ids` (n,) are stable numbers of the samples; every array in `data` has n rows."""

    ids: np.ndarray
    data: dict[str, Tensor]

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, rows: np.ndarray) -> Batch:
        """Some of the samples."""
        return Batch(self.ids[rows], {name: array[torch.from_numpy(rows)] for name, array in self.data.items()})

    def to(self, device: torch.device | str) -> Batch:
        """The same samples on another device."""
        return Batch(self.ids, {name: array.to(device) for name, array in self.data.items()})


class Pool(dict[str, Any]):
    """What lies beyond the single sample: vocabulary, counts, permutations, cluster assignments. Read only."""


class Draw(dict[str, Any]):
    """Every random choice behind a label, as arrays of numbers by name; round-trips through JSON."""

    def to_json(self) -> dict[str, Any]:
        """The choices as lists, ready for `json.dumps`."""
        return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in self.items()}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Draw:
        """Undo `to_json`."""
        return cls({k: np.asarray(v) if isinstance(v, list) else v for k, v in plain.items()})


@dataclass(frozen=True)
class Step:
    """One thing that was done to the samples: its name, the numbers drawn for it, and the data before and after."""

    name: str
    numbers: dict[str, Any]
    before: Tensor
    after: Tensor


@dataclass(frozen=True)
class Labelled:
    """A labelled batch.

    Attributes:
        inputs: all that the student network may read.
        targets: the pseudo-label; empty before `teach` where the label comes from the model.
        where: bool, True where an item carries loss.
        steps: what was done, in order; kept only when `apply` is called with `trace=True`.
    """

    inputs: dict[str, Tensor]
    targets: dict[str, Tensor]
    where: Tensor
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Loss:
    """`total` is a scalar to be minimised, `parts` named numbers beside it, `per_item` the loss of each label (k,).

    `aside` is a second loss that is minimised together with `total` and helps to learn, but is not the label's own.
    """

    total: Tensor
    parts: dict[str, float] = field(default_factory=dict)
    per_item: Tensor | None = None
    aside: Tensor | None = None


@dataclass(frozen=True)
class Answer:
    """What the model says, in the terms of the label; the fields are the task's own."""

    data: dict[str, Tensor]


@dataclass(frozen=True)
class Baseline:
    """A score to beat. `loss` in the task's unit, or None where there is none; `scores` as in `Task.score`."""

    name: str
    loss: float | None
    scores: dict[str, float]
    constant: bool = False  # True: it gives one answer whatever the input
    note: str = ""


class Task(Protocol):
    """A pretext task. `label_from` says who makes the label: "data", "batch" or "model"."""

    slug: ClassVar[str]
    label_from: ClassVar[str]
    held_batch: ClassVar[int]  # held-out samples at a time; 0: as many as in a training batch
    options: ClassVar[dict[str, Any]]  # the defaults of all that a visitor may change

    # the data
    def pool(self, data: str) -> Pool:
        """What the label maker and the baselines need to know of data set `data`; cached."""

    def batch(self, data: str, part: str, rows: np.ndarray) -> Batch:
        """Samples `rows` of "train" or "held" of a data set."""

    def size(self, data: str, part: str) -> int:
        """How many samples "train" or "held" has."""

    # the label maker: the code that the page shows, and that training runs
    def draw(self, batch: Batch, rng: np.random.Generator, pool: Pool, **options: Any) -> Draw:
        """Make every random choice."""

    def apply(self, batch: Batch, draw: Draw, pool: Pool, *, trace: bool = False) -> Labelled:
        """Carry the choices out. No randomness here."""

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Restore the raw samples; None where that cannot be done, and the page says so."""

    # the learner
    def build(self, trunk: Trunk, pool: Pool, **options: Any) -> nn.Module:
        """Trunk and heads, and whatever else a task keeps (a momentum copy, a queue).

        That is a parameter without gradient or a floating-point buffer of the network, so it is saved with the weights.
        """

    def teach(self, net: nn.Module, labelled: Labelled) -> Labelled:
        """Add the targets that the model makes; the others return `labelled` as it is."""

    def loss(self, net: nn.Module, labelled: Labelled, **options: Any) -> Loss:
        """The loss on the items in `where`."""

    def after_step(self, net: nn.Module, labelled: Labelled, step: int) -> None:
        """What follows an update: a momentum copy moves, a queue takes the new keys."""

    def begin(self, net: nn.Module, generator: torch.Generator) -> None:
        """What follows once the weights are drawn: a momentum copy takes them over, a queue is filled."""

    def sample(self, net: nn.Module, size: int, count: int, rng: np.random.Generator) -> np.ndarray | None:
        """`count` rows out of `size` for a training batch; None: every epoch goes once through all of them."""

    def refresh(self, net: nn.Module, step: int, data: str, seed: int) -> list[nn.Parameter]:
        """Before a step: new pseudo-labels for all training data, kept in the network's buffers, at fixed steps.

        Step 0 follows upon `begin`, so that the untrained network can be judged too.

        Returns the parameters that were drawn afresh; what the optimiser remembers of them is forgotten.
        """

    def answer(self, net: nn.Module, labelled: Labelled, **options: Any) -> Answer:
        """What the model says now."""

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """How often it is right, by named measures from 0 to 1; the first is the main one."""

    def baselines(self, labelled: Labelled, pool: Pool, **options: Any) -> list[Baseline]:
        """What can be had without learning a representation; each named."""

    def measures(self, net: nn.Module, data: str) -> dict[str, float]:
        """What else there is to measure on a finished run, by name, from 0 to 1."""

    def outcomes(self, net: nn.Module, data: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Name → (a number from 0 to 1 for every sample, the group it is from), where samples of a group are alike."""

    # what the trunk has learned
    def features(self, net: nn.Module, batch: Batch, pool: Pool) -> Tensor:
        """(n, d) the trunk's vectors for `batch`, pooled as fixed beforehand."""

    def probe_data(self, data: str) -> ProbeData:
        """Labelled samples for judging the trunk afterwards. The model never sees these labels."""

    def more_probes(self, data: str) -> dict[str, ProbeData]:
        """Other classes to judge by, with very few labels; by name."""


@dataclass(frozen=True)
class ProbeData:
    """Samples with true classes, for k-NN, linear probe and the map.

    `raw_*` (n, r) is the raw input as numbers, dense or sparse; `shown` are the rows of `test` that the map shows;
    `texts` says in words what each row of `test` is, and `pictures` names the picture set that `test.ids` count in.
    """

    train: Batch
    train_y: np.ndarray
    test: Batch
    test_y: np.ndarray
    names: tuple[str, ...]
    raw_train: Any
    raw_test: Any
    raw_name: str
    shown: np.ndarray
    texts: tuple[str, ...]
    pictures: str = ""

    def few(self, train: int) -> ProbeData:
        """The same with `train` training rows drawn at random, and of the test rows only those that are shown."""
        rows = np.random.default_rng(0).permutation(len(self.train_y))[:train]
        return ProbeData(
            self.train.rows(rows), self.train_y[rows], self.test.rows(self.shown), self.test_y[self.shown], self.names,
            self.raw_train[rows], self.raw_test[self.shown], self.raw_name, np.arange(len(self.shown)),
            tuple(self.texts[row] for row in self.shown), self.pictures,
        )  # fmt: skip


class TaskBase:
    """What most tasks leave as it is."""

    label_from: ClassVar[str] = "data"
    held_batch: ClassVar[int] = 250

    def teach(self, net: nn.Module, labelled: Labelled) -> Labelled:  # noqa: ARG002 - the data made the label
        """The label is there already."""
        return labelled

    def after_step(self, net: nn.Module, labelled: Labelled, step: int) -> None:
        """Nothing moves but the weights."""

    def begin(self, net: nn.Module, generator: torch.Generator) -> None:
        """Nothing is kept but the weights."""

    def sample(self, net: nn.Module, size: int, count: int, rng: np.random.Generator) -> np.ndarray | None:  # noqa: ARG002
        """All samples alike."""
        return None

    def refresh(self, net: nn.Module, step: int, data: str, seed: int) -> list[nn.Parameter]:  # noqa: ARG002
        """The labels of this task need no rounds."""
        return []

    def measures(self, net: nn.Module, data: str) -> dict[str, float]:  # noqa: ARG002
        """Nothing but scores and probes."""
        return {}

    def outcomes(self, net: nn.Module, data: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:  # noqa: ARG002
        """No sample is more like some than like others."""
        return {}

    def more_probes(self, data: str) -> dict[str, ProbeData]:  # noqa: ARG002
        """No other classes."""
        return {}
