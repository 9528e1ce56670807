"""Train to the end: what the command line and the recordings do, who wait for a run instead of watching it."""

from __future__ import annotations

from collections.abc import Callable

from sslviz.training import loop
from sslviz.training.config import RunConfig

SLICE = 50  # steps at a time; how a run is sliced does not change it


def train(
    config: RunConfig,
    tell: Callable[[loop.Snapshot], object] = lambda _: None,
    *,
    state: loop.State | None = None,
    steps: int = SLICE,
) -> loop.State:
    """Train on from a state until the budget is spent, and give the state after the last step.

    Args:
        config: what is trained.
        tell: is told what happened in each slice.
        state: from where; None: from the first step.
        steps: of a slice, at least 1.

    Raises:
        loop.Diverged: the loss is no number any more; its argument is the step.
    """
    state = loop.start(config) if state is None else state
    while int(state["step"]) < config.steps:
        state, snapshot = loop.advance(config, state, steps)
        if snapshot.diverged is not None:
            raise loop.Diverged(snapshot.diverged)
        tell(snapshot)
    return state


def unwatched(learner: loop.Learner) -> loop.Learner:
    """The same learner after all its steps from the first on, without any evaluation on the way."""
    learner.load(learner.fresh())
    for step in range(learner.config.steps):
        learner.train_step(step)
    return learner
