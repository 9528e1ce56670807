"""What a model with given weights answers for a sample. Runs in the web server: a sample takes a few milliseconds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from sslviz.catalogue import TASKS, load
from sslviz.tasks.base import Batch, Task
from sslviz.training.config import RunConfig
from sslviz.training.loop import Learner, State

Result = TypeVar("Result")

MANY = 64  # networks of a class that is on many pages with seeds of their own; an untrained one is 0.1 to 1.5 MB
_making = [threading.Lock() for _ in range(16)]  # who asks for one that is being made waits for it


def ask(
    config: RunConfig,
    weights: NDArray[Any] | None,
    question: Callable[[Learner], Result],
    kept: NDArray[Any] | None = None,
) -> Result:
    """Call `question` with the network of a run.

    The network is shared by all visitors, so it is only valid within the call.

    Args:
        config: of the run. Of its options only those that shape the network play a part.
        weights: flat; None for the untrained network by the run's seed.
        question: is called with the network.
        kept: what the network keeps beside its weights; None for what it starts with.
    """
    plain = _plain(config)
    learner, lock = _shared(replace(plain, seed=0))
    fresh = None if weights is not None and kept is not None else _untrained(plain)
    with lock, torch.no_grad():
        learner.hold(
            fresh["weights"] if weights is None and fresh else np.asarray(weights),
            fresh["buffers"] if kept is None and fresh else np.asarray(kept),
        )
        return question(learner)


def network(config: RunConfig, question: Callable[[Learner], Result]) -> Result:
    """Call `question` with the network of a run, whatever weights it holds: for what follows from its shape alone."""
    learner, lock = _shared(replace(_plain(config), seed=0))
    with lock:
        return question(learner)


def sorts_first(task: str) -> bool:
    """Whether training data is sorted before the first step, which takes a second, and the answer tells of it."""
    return type(load(task)).refresh is not Task.refresh


def vectors(
    config: RunConfig, weights: NDArray[Any] | None, batch: Batch, kept: NDArray[Any] | None = None
) -> NDArray[np.float32]:
    """(n, width) the trunk's pooled vectors of a batch."""
    return ask(config, weights, lambda learner: learner.features(batch), kept)


def _plain(config: RunConfig) -> RunConfig:
    """The same network in a config that many runs share."""
    entry = TASKS[config.task]
    shaping = entry.options(**{k: v for k, v in config.choices.items() if entry.fields[k].shapes})
    return replace(config, device="cpu", steps=20, scheduled=0, batch=16, lr=1e-3, options=shaping)


@lru_cache(maxsize=24)
def _shared(config: RunConfig) -> tuple[Learner, threading.Lock]:
    return Learner(config), threading.Lock()


def _untrained(config: RunConfig) -> State:
    """Weights and buffers before the first step; made once, also where a class asks at the same moment."""
    with _making[hash(config) % len(_making)]:
        return _first(config)


@lru_cache(maxsize=MANY)
def _first(config: RunConfig) -> State:
    # Not by `fresh`: in Python 3.11 a cached property has one lock for all networks, and a round of labels takes long.
    state: State = vars(Learner)["first"].func(Learner(config))
    return {name: state[name] for name in ("weights", "buffers")}
