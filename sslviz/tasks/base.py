"""The contract: what a pretext task must be able to do, whatever its data and wherever its label comes from.

A label maker has two halves. `draw` makes every random choice and returns it as plain data; `apply` is then
deterministic. So a visitor's hand edit is nothing but a changed `Draw`, a seed repeats a label exactly, and the
page and the training loop call the very same code, the page with a handful of samples, the loop with a batch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from sslviz.catalogue.options import Options
from sslviz.models.trunk import Trunk

Net = TypeVar("Net", bound=nn.Module)
Chosen = TypeVar("Chosen", bound=Options)


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


class DataInfo(dict[str, Any]):
    """What is known of a data set beyond the single sample: vocabulary, counts, the mean picture. Read only."""


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
        targets: the pseudo-label; empty before `targets_from_model` where the label comes from the model.
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

    `auxiliary` is a second loss that is minimised together with `total` and helps to learn, but is not the label's own.
    """

    total: Tensor
    parts: dict[str, float] = field(default_factory=dict)
    per_item: Tensor | None = None
    auxiliary: Tensor | None = None


@dataclass(frozen=True)
class Answer:
    """The model's answer, in the terms of the label; the fields are the task's own."""

    data: dict[str, Tensor]


@dataclass(frozen=True)
class Baseline:
    """A score to beat. `loss` in the task's unit, or None where there is none; `scores` as in `Task.score`."""

    name: str
    loss: float | None
    scores: dict[str, float]
    constant: bool = False  # True: it gives one answer whatever the input
    note: str = ""


@dataclass(frozen=True)
class ProbeData:
    """Samples with true classes, for k-NN, linear probe and the map.

    `raw_*` (n, r) is the raw input as numbers, dense or sparse; `shown` are the rows of `test` that the map shows;
    `texts` describes each row of `test`, and `pictures` names the picture set that `test.ids` count in.
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


class Task(ABC, Generic[Net, Chosen]):
    """A pretext task. `Net` is the network that it trains, `Chosen` its own settings.

    Each task defines what is abstract; the rest, most leave as it is here.
    """

    slug: ClassVar[str]
    label_from: ClassVar[str] = "data"  # who makes the label: "data", "batch" or "model"
    held_out_batch: ClassVar[int] = 250  # held-out samples at a time; 0: as many as in a training batch

    # the data

    @abstractmethod
    def info(self, data: str) -> DataInfo:
        """What the label maker and the baselines need to know of data set `data`; cached."""

    @abstractmethod
    def batch(self, data: str, part: str, rows: np.ndarray) -> Batch:
        """Samples `rows` of "train" or "held_out" of a data set."""

    @abstractmethod
    def size(self, data: str, part: str) -> int:
        """How many samples "train" or "held_out" has."""

    # the label maker: the code that the page shows, and that training runs

    @abstractmethod
    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: Chosen) -> Draw:
        """Make every random choice."""

    @abstractmethod
    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Carry the choices out. No randomness here."""

    @abstractmethod
    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Restore the raw samples; None where that cannot be done."""

    # the learner

    @abstractmethod
    def build(self, trunk: Trunk, info: DataInfo, options: Chosen) -> Net:
        """Trunk and heads, and whatever else a task keeps (a momentum copy, a queue).

        That is a parameter without gradient or a floating-point buffer of the network, so it is saved with the weights.
        """

    def begin(self, net: Net, generator: torch.Generator) -> None:
        """What follows once the weights are drawn: a momentum copy takes them over, a queue is filled."""

    def targets_from_model(self, net: Net, labelled: Labelled) -> Labelled:
        """Add the targets that the model makes; where it makes none, `labelled` is complete."""
        return labelled

    @abstractmethod
    def loss(self, net: Net, labelled: Labelled, options: Chosen) -> Loss:
        """The loss on the items in `where`."""

    def after_step(self, net: Net, labelled: Labelled, step: int) -> None:
        """What follows an update: a momentum copy moves, a queue takes the new keys."""

    def sample(self, net: Net, size: int, count: int, rng: np.random.Generator) -> np.ndarray | None:
        """`count` rows out of `size` for a training batch; None: every epoch goes once through all of them."""
        return None

    def refresh(self, net: Net, step: int, data: str, seed: int) -> list[nn.Parameter]:
        """Before a step: new pseudo-labels for all training data, kept in the network's buffers, at fixed steps.

        Step 0 follows upon `begin`, so that the untrained network can be judged too.

        Returns the parameters that were drawn afresh; what the optimiser remembers of them is forgotten.
        """
        return []

    @abstractmethod
    def answer(self, net: Net, labelled: Labelled, options: Chosen) -> Answer:
        """The model's present answer."""

    @abstractmethod
    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """How often it is right, by named measures from 0 to 1; the first is the main one."""

    @abstractmethod
    def baselines(self, labelled: Labelled, info: DataInfo, options: Chosen) -> list[Baseline]:
        """What can be had without learning a representation; each named."""

    def measures(self, net: Net, data: str) -> dict[str, float]:
        """What else there is to measure on a finished run, by name, from 0 to 1."""
        return {}

    def outcomes(self, net: Net, data: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Name → (a number from 0 to 1 for every sample, the group it is from), where samples of a group are alike."""
        return {}

    # what the trunk has learned

    @abstractmethod
    def features(self, net: Net, batch: Batch, info: DataInfo) -> Tensor:
        """(n, d) the trunk's vectors for `batch`, pooled as fixed beforehand."""

    @abstractmethod
    def probe_data(self, data: str) -> ProbeData:
        """Labelled samples for judging the trunk afterwards. The model never sees these labels."""

    def more_probes(self, data: str) -> dict[str, ProbeData]:
        """Other classes to judge by, with very few labels; by name."""
        return {}
