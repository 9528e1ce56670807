"""What a model with given weights says of a given sample. Runs in the web server: a sample takes a few milliseconds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from sslviz.tasks.base import Batch
from sslviz.training.config import RunConfig
from sslviz.training.loop import Learner

Result = TypeVar("Result")


def ask(config: RunConfig, weights: NDArray[Any] | None, question: Callable[[Learner], Result]) -> Result:
    """Call `question` with the network of a run, holding these weights (None: untrained, by the run's seed).

    The network is shared by all visitors, so it is only valid within the call.
    """
    learner, lock = _shared(replace(config, device="cpu", steps=20, batch=16, lr=1e-3, seed=0, options=()))
    if weights is None:
        weights = _untrained(replace(config, device="cpu", steps=20, batch=16, lr=1e-3, options=()))
    with lock, torch.no_grad():
        learner.flat.copy_(torch.from_numpy(np.ascontiguousarray(weights, np.float32)))
        return question(learner)


def vectors(config: RunConfig, weights: NDArray[Any] | None, batch: Batch) -> NDArray[np.float32]:
    """(n, width) the trunk's pooled vectors of a batch."""
    return ask(config, weights, lambda learner: learner.features(batch))


@lru_cache(maxsize=8)
def _shared(config: RunConfig) -> tuple[Learner, threading.Lock]:
    return Learner(config), threading.Lock()


@lru_cache(maxsize=8)
def _untrained(config: RunConfig) -> NDArray[np.float32]:
    return Learner(config).fresh()["weights"]
