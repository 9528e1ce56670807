"""The training loop: state in, state out. This is the file to read if you read only one.

What it is not: no thread, no web page, no scheduler. A run is `start`, then `advance` again and again; how many steps
each call takes makes no difference to the curve, because every random number is drawn from (seed, stream, step) and
everything besides training happens at fixed steps.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import nn

from sslviz.catalogue import load
from sslviz.evaluation import probes, projection
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks.base import Answer, Batch, Labelled, Loss, ProbeData
from sslviz.training.adam import AdamW
from sslviz.training.config import Budget, RunConfig

# One thread: these models are so small that two are slower, and sums come out the same everywhere.
torch.set_num_threads(1)
ONE_BLAS_THREAD = threadpool_limits(1)  # kept, or it would end at once; numpy's threads spin while they wait

ORDER, LABEL, HELD_OUT = 1, 2, 3  # streams of random numbers
FRAMES = 20  # evaluations in a run, besides the one before it starts
HELD_OUT_SAMPLES, HELD_OUT_SEED = 750, 7  # the held-out labels are the same for every run
KNN_SAMPLES = 1000

State = dict[str, NDArray[Any]]  # plain arrays, 1–3 MB: cheap to send, and nothing hides in it
Watch = Callable[[str, dict[str, Any]], None]


class Diverged(ArithmeticError):
    """The loss is no number any more."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The model at one step, on held-out samples only.

    Attributes:
        step: steps done.
        loss: of the pretext task, in its own unit.
        scores: of the pretext task, 0 to 1.
        knn: accuracy of the nearest neighbours on classes that the model never saw.
        points: (n, 2) float32, the map.
        features: (n, width) float16, what the map shows.
    """

    step: int
    loss: float
    scores: dict[str, float]
    knn: float
    points: NDArray[np.float32]
    features: NDArray[np.float16]


@dataclass(frozen=True)
class Snapshot:
    """What a call of `advance` reports: steps done so far, the loss of each of its steps, its evaluations, its time.

    `diverged` is the step whose loss was no number; the state is then the one that was given.
    """

    step: int
    losses: NDArray[np.float32]
    evaluations: tuple[Evaluation, ...]
    seconds: float
    device: str
    diverged: int | None = None


def start(config: RunConfig) -> State:
    """The state before the first step: weights drawn by seed, nothing remembered."""
    return _learner(config).fresh()


def advance(config: RunConfig, state: State, steps: int) -> tuple[State, Snapshot]:
    """Train on for at most `steps` steps, never past the budget.

    Args:
        config: what is trained.
        state: from `start` or the last call; not changed.
        steps: at least 1.

    Returns:
        The new state, and what happened.

    Raises:
        ValueError: if `steps` is below 1.
    """
    if steps < 1:
        msg = f"steps must be at least 1, got {steps}"
        raise ValueError(msg)
    began, learner, first = time.perf_counter(), _learner(config), int(state["step"])
    learner.load(state)
    losses, evaluations = [], [learner.evaluate(0)] if first == 0 else []
    try:
        for step in range(first, min(first + steps, config.steps)):
            losses.append(learner.train_step(step))
            if step + 1 in evaluation_steps(config):
                evaluations.append(learner.evaluate(step + 1))
    except Diverged:
        seconds = time.perf_counter() - began
        return state, Snapshot(first, np.empty(0, np.float32), (), seconds, str(learner.device), first + len(losses))
    done, seconds = first + len(losses), time.perf_counter() - began
    snapshot = Snapshot(done, np.array(losses, np.float32), tuple(evaluations), seconds, str(learner.device))
    return learner.dump(done), snapshot


def explain_step(config: RunConfig, state: State) -> tuple[State, Snapshot, list[tuple[str, dict[str, Any]]]]:
    """One step in slow motion: the same state as `advance(config, state, 1)`, and its phases with their numbers.

    Returns:
        The new state, its snapshot, and (phase, numbers) for draw, change, forward, loss, gradient and update.
    """
    phases: list[tuple[str, dict[str, Any]]] = []
    learner = _learner(config)
    learner.watch = lambda name, numbers: phases.append((name, numbers))
    try:
        return *advance(config, state, 1), phases
    finally:
        learner.watch = None


@lru_cache(maxsize=64)
def evaluation_steps(config: RunConfig) -> frozenset[int]:
    """The steps after which the model is evaluated: closer together at first, when most happens; the last included.

    A run that is trained on is evaluated ten times more for each budget.
    """
    share, planned = np.arange(1, FRAMES + 1) / FRAMES, config.scheduled or config.steps
    more = range(planned, config.steps, max(1, planned // 10))
    return frozenset([*np.maximum(1, np.round(planned * share**1.5)).astype(int).tolist(), *more, config.steps])


def rate(config: RunConfig | Budget, step: int) -> float:
    """Learning rate of a step: up in a line over the first twentieth, then down a cosine to a fiftieth, and so on."""
    planned = config.scheduled or config.steps
    warm = max(10, planned // 20)
    fall = 0.5 * (1 + math.cos(math.pi * min(step, planned) / planned))
    return config.lr * min(1, (step + 1) / warm) * max(0.02, fall)


class Learner:
    """A network with its optimiser, all weights in one flat vector, so that a state is three arrays."""

    def __init__(self, config: RunConfig) -> None:
        self.config, self.task = config, load(config.task)
        self.info, self.options = self.task.info(config.data), config.options
        self.device = torch.device(pick_device(config.device))
        self.net = self.task.build(Trunk(), self.info, self.options)
        generator = torch.Generator().manual_seed(config.seed)
        initialise(self.net, generator)
        self.task.begin(self.net, generator)
        self.net.to(self.device)
        weights = [p for p in self.net.parameters() if p.requires_grad]
        flat = torch.cat([p.detach().reshape(-1) for p in weights])
        self.flat, at = nn.Parameter(flat), 0
        self.flat.grad = torch.zeros_like(flat)
        self.adam = AdamW([self.flat])
        self.windows: dict[nn.Parameter, slice] = {}
        for p in weights:  # every weight becomes a window on the flat vector, and its gradient too
            self.windows[p] = slice(at, at + p.numel())
            p.data = self.flat.data[self.windows[p]].view_as(p)
            p.grad = self.flat.grad[self.windows[p]].view_as(p)
            at += p.numel()
        copies = [p for p in self.net.parameters() if not p.requires_grad]
        self.buffers = [*copies, *(b for b in self.net.buffers() if b.is_floating_point())]  # copies, queues
        self.map: NDArray[np.float32] | None = None
        arrays = {"weights": self.flat.detach(), "m": self.flat.grad, "v": self.flat.grad}
        self.bare = self._state(0, arrays)  # kept: a Learner is shared by all runs of this config
        self.watch: Watch | None = None

    def fresh(self) -> State:
        """The state before the first step; the network then holds any state, perhaps not this one."""
        return dict(self.first)

    @cached_property
    def first(self) -> State:
        """Weights as drawn, and the first round of labels; made on first use, since a round takes seconds."""
        self.hold(self.bare["weights"], self.bare["buffers"])
        self.task.refresh(self.net, 0, self.config.data, self.config.seed)
        return {**self.bare, "weights": self.flat.detach().cpu().numpy().copy(), "buffers": self._kept()}

    @torch.no_grad()
    def hold(self, weights: NDArray[Any], buffers: NDArray[Any]) -> None:
        """Take over the weights, and what is kept beside them."""
        self.flat.copy_(torch.from_numpy(np.ascontiguousarray(weights, np.float32)))
        at = 0
        for b in self.buffers:
            b.copy_(torch.from_numpy(buffers[at : at + b.numel()]).view_as(b))
            at += b.numel()

    def load(self, state: State) -> None:
        """Take over a state."""
        self.hold(state["weights"], state["buffers"])
        for kept, moments in (("m", self.adam.m), ("v", self.adam.v)):
            moments[0] = torch.from_numpy(state[kept].copy()).to(self.device)
        self.adam.done[0] = torch.tensor(float(state["step"]), device=self.device)
        self.map = state["map"] if len(state["map"]) else None

    def dump(self, step: int) -> State:
        """Everything that the next step depends on."""
        return self._state(step, {"weights": self.flat.detach(), "m": self.adam.m[0], "v": self.adam.v[0]})

    def _state(self, step: int, arrays: dict[str, torch.Tensor]) -> State:
        state: State = {k: a.cpu().numpy().copy() for k, a in arrays.items()}
        last = np.zeros(0, np.float32) if self.map is None else self.map
        return {**state, "buffers": self._kept(), "step": np.array(step), "map": last}

    def _kept(self) -> NDArray[np.float32]:
        """All that is kept beside the weights, flat."""
        kept = [b.detach().cpu().numpy().ravel() for b in self.buffers]
        return np.concatenate(kept) if kept else np.zeros(0, np.float32)

    def train_step(self, step: int) -> float:
        """Draw, change, forward, loss, gradient, update. Returns the loss; raises Diverged where it is no number."""
        config, task, report = self.config, self.task, self.watch or (lambda _name, _numbers: None)
        for p in task.refresh(self.net, step, config.data, config.seed) if step else ():
            for moments in (self.adam.m[0], self.adam.v[0]):
                moments[self.windows[p]] = 0
        batch = self.batch(step)
        rng = np.random.default_rng((config.seed, LABEL, step))
        draw = task.draw(batch, rng, self.info, self.options)
        report("draw", {"batch": batch, "draw": draw})
        labelled = task.targets_from_model(self.net, task.apply(batch, draw, self.info))
        report("change", {"labelled": labelled})
        loss = self.loss(labelled)
        report("forward", {"answered": loss.per_item})
        value = loss.total.item()
        report("loss", {"loss": value, "per_item": loss.per_item})
        if not math.isfinite(value):
            raise Diverged(step)
        assert self.flat.grad is not None  # noqa: S101 - set in __init__
        self.flat.grad.zero_()
        (loss.total if loss.auxiliary is None else loss.total + loss.auxiliary).backward()
        before = self.flat.detach().clone() if self.watch else None
        report("gradient", {"norm": self.flat.grad.norm().item() if self.watch else 0.0, "weights": self.flat.numel()})
        self.adam.step(rate(config, step))
        if not math.isfinite((self.flat.detach().sum() + self.adam.v[0].sum()).item()):
            raise Diverged(step)  # the loss was a number, but its gradient was not
        task.after_step(self.net, labelled, step)
        if before is not None:
            moved = (self.flat.detach() - before).norm().item()
            report("update", {"moved": moved, "size": before.norm().item(), "rate": rate(config, step)})
        return value

    def batch(self, step: int) -> Batch:
        """The samples of a step: each epoch goes once through all training data, in an order of its own.

        A task may choose the samples of a step itself.
        """
        task, config = self.task, self.config
        size = task.size(config.data, "train")
        rows = task.sample(self.net, size, config.batch, np.random.default_rng((config.seed, ORDER, step)))
        if rows is None:
            epoch, place = divmod(step, max(1, size // config.batch))
            rows = _order(config.seed, epoch, size)[place * config.batch : (place + 1) * config.batch]
        return task.batch(config.data, "train", rows).to(self.device)

    def loss(self, labelled: Labelled) -> Loss:
        """The network's present loss on a labelled batch."""
        return self.task.loss(self.net, labelled, self.options)

    def answer(self, labelled: Labelled) -> Answer:
        """The network's present answer for a labelled batch."""
        return self.task.answer(self.net, labelled, self.options)

    @torch.no_grad()
    def evaluate(self, step: int) -> Evaluation:
        """Loss and scores on held-out labels, k-NN, and the next frame of the map."""
        losses, scores = [], []
        for labelled in self.held_out(HELD_OUT_SAMPLES):
            with _asked_once(self.net):  # loss and answer ask it about the same batch
                losses.append(self.loss(labelled).total.item())
                scores.append(self.task.score(self.answer(labelled), labelled))
        data = self.probe_data()
        train, shown = self.features(data.train), self.features(data.test)
        if not (np.isfinite(losses).all() and np.isfinite(train).all() and np.isfinite(shown).all()):
            raise Diverged(step)
        self.map = projection.from_scratch(shown) if self.map is None else projection.next_frame(shown, self.map)
        return Evaluation(
            step=step,
            loss=float(np.mean(losses)),
            scores={name: float(np.nanmean([s[name] for s in scores])) for name in scores[0]},
            knn=probes.knn(train, data.train_y, shown, data.test_y),
            points=self.map,
            features=shown.astype(np.float16),
        )

    def held_out(self, samples: int) -> list[Labelled]:
        """Labelled held-out batches, the same ones at every step and in every run of this task and these options."""
        size, result = min(samples, self.task.size(self.config.data, "held_out")), []
        chunk = self.task.held_out_batch or self.config.batch
        for number, first in enumerate(range(0, size - chunk + 1, chunk)):
            rows = np.arange(first, first + chunk)
            batch = self.task.batch(self.config.data, "held_out", rows).to(self.device)
            rng = np.random.default_rng((HELD_OUT_SEED, HELD_OUT, number))
            draw = self.task.draw(batch, rng, self.info, self.options)
            result.append(self.task.targets_from_model(self.net, self.task.apply(batch, draw, self.info)))
        return result

    def probe_data(self) -> ProbeData:
        """The classes to judge by: KNN_SAMPLES training rows, and the test rows that the map shows."""
        return _probe_data(self.config.task, self.config.data)

    @torch.no_grad()
    def features(self, batch: Batch) -> NDArray[np.float32]:
        """(n, width) the trunk's vectors, 500 samples at a time."""
        parts = []
        for first in range(0, len(batch), 500):
            part = Batch(batch.ids[first : first + 500], {k: v[first : first + 500] for k, v in batch.data.items()})
            parts.append(self.task.features(self.net, part.to(self.device), self.info).cpu().numpy())
        return np.concatenate(parts)


@contextmanager
def _asked_once(net: nn.Module) -> Iterator[None]:
    """In the block, `net` is not computed again for the very same inputs; its weights must not change meanwhile."""
    said: dict[tuple[int, ...], tuple[Any, Any]] = {}
    compute = net.forward

    def answer(*inputs: Any) -> Any:
        which = tuple(map(id, inputs))
        if which not in said:
            said[which] = inputs, compute(*inputs)  # the inputs are kept, so that no other gets their number
        return said[which][1]

    net.forward = answer
    try:
        yield
    finally:
        del net.forward


def pick_device(wish: str) -> str:
    """The device to train on: "auto" takes CUDA, then MPS, then CPU; what this computer lacks becomes CPU."""
    has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    there = [name for name in has if has[name]]
    if wish == "auto":
        return there[0] if there else "cpu"
    return wish if wish in there else "cpu"


@lru_cache(maxsize=6)
def _learner(config: RunConfig) -> Learner:
    return Learner(config)


@lru_cache(maxsize=8)
def _order(seed: int, epoch: int, size: int) -> NDArray[np.int64]:
    return np.random.default_rng((seed, ORDER, epoch)).permutation(size)


@lru_cache(maxsize=4)
def _probe_data(task: str, data: str) -> ProbeData:
    return load(task).probe_data(data).few(KNN_SAMPLES)
