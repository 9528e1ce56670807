"""What a worker computes: slices of a run, and its figures at the end. Between them it keeps little."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from sslviz.catalogue import TASKS
from sslviz.training import loop
from sslviz.training.config import RunConfig
from sslviz.training.figures import figures as measured
from sslviz.training.live import beginning, lean
from sslviz.training.live.memory import give_back
from sslviz.training.results import recorded
from sslviz.training.slow_motion import describe

LARGE = 100.0  # a weight beyond this is looked at more closely; those of all recorded runs stay below 20

Phases = list[dict[str, Any]]


def advance(config: str, state: loop.State | None, steps: int) -> tuple[loop.State, loop.Snapshot, Phases]:
    """A slice, on a worker: the first is one step alone, and the next one begins with judging the untrained network."""
    run = RunConfig.from_json(config)
    if state is None:
        return *_began(run), []
    _ready(run)
    began = time.thread_time()
    state, owed = _settled(run, state)
    if not steps or owed.diverged is not None:
        return state, _clocked(owed, time.thread_time() - began), []
    after, snapshot = loop.advance(run, state, steps)
    after, snapshot = _kept(run, state, after, _clocked(snapshot, time.thread_time() - began))
    return after, beginning.both(owed, snapshot), []


def slow(config: str, state: loop.State | None, steps: int) -> tuple[loop.State, loop.Snapshot, Phases]:  # noqa: ARG001
    """One step, with what happened in it."""
    run, phases = RunConfig.from_json(config), list[tuple[str, dict[str, Any]]]()
    if state is None:
        after, snapshot = _began(run, lambda name, numbers: phases.append((name, numbers)))
    else:
        _ready(run)
        began = time.thread_time()
        state, owed = _settled(run, state)
        after, snapshot, phases = loop.explain_step(run, state)
        after, snapshot = _kept(run, state, after, _clocked(snapshot, time.thread_time() - began))
        snapshot = beginning.both(owed, snapshot)
    return after, snapshot, describe(phases, TASKS[run.task].unit)


def _began(run: RunConfig, watch: loop.Watch | None = None) -> tuple[loop.State, loop.Snapshot]:
    """The first step; what is set up before it is not counted."""
    fresh = beginning.prepare(run)
    began = time.thread_time()
    after, snapshot = beginning.begin(run, watch)
    return _kept(run, fresh, after, _clocked(snapshot, time.thread_time() - began))


def _settled(run: RunConfig, state: loop.State) -> tuple[loop.State, loop.Snapshot]:
    """A state that owes nothing, and what was found when it was settled."""
    if beginning.owes(state):
        return beginning.settle(run, state)
    return state, loop.Snapshot(int(state["step"]), np.empty(0, np.float32), (), 0.0, "")


def _ready(run: RunConfig) -> None:
    """Set up what is set up once on a worker: network, data, classes to judge by.

    So what is measured afterwards is training, on whichever worker a slice is computed.
    """
    learner = loop._learner(run)
    learner.batch(0)
    learner.probe_data()
    if any(cache.cache_info().currsize for cache in _samples()):
        tidy()


def _clocked(snapshot: loop.Snapshot, processor: float) -> loop.Snapshot:
    """With seconds of the processor, as recordings have them: time that others took is not the run's.

    On a GPU the processor mostly waits, so there it is the clock on the wall that counts.
    """
    return replace(snapshot, seconds=processor) if snapshot.device == "cpu" else snapshot


def _kept(
    run: RunConfig, before: loop.State, state: loop.State, snapshot: loop.Snapshot
) -> tuple[loop.State, loop.Snapshot]:
    """What a slice gave; the state before it where the next step would diverge, of which a page can show no answer."""
    if np.abs(state["weights"]).max() < LARGE or loop.advance(run, state, 1)[1].diverged is None:
        return state, snapshot
    first = int(before["step"])
    return before, replace(snapshot, step=first, losses=snapshot.losses[:0], evaluations=(), diverged=snapshot.step)


def figures(config: str, state: loop.State) -> dict[str, Any]:
    """What a run that is through has learned; the probes that no training changes are taken from what is recorded."""
    settings = RunConfig.from_json(config)
    try:
        return measured(settings, state, recorded.known(settings))
    finally:
        tidy()


def tidy() -> None:
    """Let go of what only the beginning of a run and its figures need, and give the memory back to the system.

    All samples of a set with all that judges a trunk are hundreds of megabytes, and made again within a second or two.
    Of a run that trains, `loop` has the few that its evaluations take.
    """
    for cache in _samples():
        cache.cache_clear()
    give_back()


def _samples() -> Iterator[Any]:
    """The caches that hold all samples of a set with all that judges a trunk."""
    for cache in lean.caches(("sslviz.tasks.", "sslviz.training.figures")):
        if getattr(cache, "__annotations__", {}).get("return") == "ProbeData":
            yield cache
