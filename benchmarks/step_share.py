"""How near a training step comes to what one core can do: the step's matrix products alone against the whole step.

The products of network and loss, forwards and backwards, are written down as they happen: shapes and memory layout.
Then the same products on random numbers, and the whole step (samples, labels, network, loss, gradient, update), are
timed in turn. 1.0 would be a step that does nothing but multiply matrices. One thread, float32, one picture task, one
of words, one of sound. The stricter figure counts only products with weights: those inside attention are so small that
they run far below the speed of the rest, and a network without them would be another one.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from _server import in_turn, load
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from sslviz.catalogue import TASKS
from sslviz.training.config import default
from sslviz.training.loop import Learner

SLUGS = ("same_or_different", "masked_words", "masked_sound")
STEP = 50  # the batch that is timed, always the same one, since sentences and sounds differ in length
Call = tuple[Callable[..., Tensor], list[Any], dict[str, Any]]  # what is called, and with what
PRODUCTS = (torch.ops.aten.mm, torch.ops.aten.addmm, torch.ops.aten.bmm, torch.ops.aten.baddbmm)


class Noted(TorchDispatchMode):
    """Writes down the matrix products that happen."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.overloadpacket in PRODUCTS:
            like = [torch.empty_strided(a.shape, a.stride()).normal_() if isinstance(a, Tensor) else a for a in args]
            self.calls.append((func, like, kwargs or {}))
        return func(*args, **(kwargs or {}))


def again(calls: list[Call]) -> float:
    """Seconds that the same products take on random numbers."""
    began = time.process_time()
    for func, args, kwargs in calls:
        func(*args, **kwargs)
    return time.process_time() - began


def operations(calls: list[Call]) -> int:
    """Multiplications and additions in these products."""
    return sum(2 * args[-2].numel() * args[-1].shape[-1] for _, args, _ in calls)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=40)
    ask.add_argument("--tasks", nargs="*", default=SLUGS, choices=list(TASKS))
    asked = ask.parse_args()
    print(f"step_share, one thread, seconds of the processor ({load()})")
    for slug in asked.tasks:
        measure(slug, asked.rounds)


def measure(slug: str, rounds: int) -> None:
    learner = Learner(default(slug))
    learner.load(learner.fresh())

    def whole() -> float:
        began = time.process_time()
        learner.train_step(STEP)
        return time.process_time() - began

    whole()
    batch = learner.batch(STEP)
    draw = learner.task.draw(batch, np.random.default_rng(0), learner.info, learner.options)
    labelled = learner.task.targets_from_model(learner.net, learner.task.apply(batch, draw, learner.info))
    with Noted() as noted:
        learner.loss(labelled).total.backward()
    every = noted.calls
    weights = [call for call in every if call[0].overloadpacket in PRODUCTS[:2]]
    ways = (whole, lambda: again(every), lambda: again(weights))
    in_turn(3, *ways)
    step, *alone = map(np.array, in_turn(rounds, *ways))
    for name, calls, took in zip(("all products", "products with weights"), (every, weights), alone, strict=True):
        low, high = np.quantile(step / took, [0.25, 0.75])
        print(
            f"{slug}: a step takes {np.median(step / took):.2f} times its {name} (quartiles {low:.2f} to {high:.2f}; "
            f"best of each {step.min() / took.min():.2f}); these are {operations(calls) / 1e9:.2f} GFLOP at "
            f"{operations(calls) / took.min() / 1e9:.0f} GFLOP/s, n {rounds}",
            flush=True,
        )


if __name__ == "__main__":
    main()
