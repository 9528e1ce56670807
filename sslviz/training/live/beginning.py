"""How a run begins on a worker: with a step, so that who pressed Play sees it move, and with what is judged after it.

`loop.advance` judges the untrained network and draws its map before the first step. That takes a second, and nobody
needs it before something else is on the map. So here it is owed until the slice after it. It is the same to the last
bit: the untrained weights come from the seed, and no step looks at a map.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import replace

import numpy as np

from sslviz.training import loop
from sslviz.training.config import RunConfig

FIRST = ("weights", "buffers")  # before the first step; they go along until they are judged, on whichever worker
KEPT = 32  # untrained networks of which this process knows how they were judged; 80 kB each

_judged: OrderedDict[RunConfig, loop.Evaluation] = OrderedDict()


def prepare(run: RunConfig) -> loop.State:
    """The state before the first step, with what is set up once on a worker: the network, and the data."""
    learner = loop._learner(run)
    learner.batch(0)
    return learner.fresh()


def begin(run: RunConfig, watch: loop.Watch | None = None) -> tuple[loop.State, loop.Snapshot]:
    """The first step of a run.

    Args:
        run: what is trained.
        watch: is told the phases of the step.

    Returns:
        The state after it, which may owe the judgement of the untrained network, and what happened.
    """
    learner, fresh = loop._learner(run), prepare(run)
    began, device = time.perf_counter(), str(learner.device)
    learner.load(fresh)
    learner.watch = watch
    try:
        losses = np.array([learner.train_step(0)], np.float32)
    except loop.Diverged:
        seconds = time.perf_counter() - began
        return fresh, loop.Snapshot(0, np.empty(0, np.float32), (), seconds, device, diverged=0)
    finally:
        learner.watch = None
    state = {**learner.dump(1), **{f"first_{name}": fresh[name] for name in FIRST}}
    snapshot = loop.Snapshot(1, losses, (), time.perf_counter() - began, device)
    if (known := _judged.get(_untrained(run))) is None:
        return state, snapshot
    state, judged = _pay(learner, state, known)
    return state, replace(judged, losses=losses, seconds=snapshot.seconds + judged.seconds)


def owes(state: loop.State) -> bool:
    """Whether a step was done and the untrained network has not been judged yet: then there is no map to go on from."""
    return int(state["step"]) > 0 and "map" in state and not len(state["map"])


def settle(run: RunConfig, state: loop.State) -> tuple[loop.State, loop.Snapshot]:
    """Judge the untrained network of a run that owes it. Returns the state with the map, and what was found."""
    learner, began = loop._learner(run), time.perf_counter()
    if (first := _judged.get(_untrained(run))) is None:
        learner.load({**learner.bare, **{name: state[f"first_{name}"] for name in FIRST}})
        first = learner.evaluate(0)
        _judged[_untrained(run)] = first
        while len(_judged) > KEPT:
            _judged.popitem(last=False)
    state, snapshot = _pay(learner, state, first)
    return state, replace(snapshot, seconds=time.perf_counter() - began)


def both(owed: loop.Snapshot, after: loop.Snapshot) -> loop.Snapshot:
    """A snapshot with what was found when the state before it was settled."""
    return replace(after, evaluations=owed.evaluations + after.evaluations)


def forget() -> None:
    """As in a new process: how no untrained network is judged is known."""
    _judged.clear()


def _pay(learner: loop.Learner, state: loop.State, first: loop.Evaluation) -> tuple[loop.State, loop.Snapshot]:
    """The state with the map, once the untrained network has been judged; in a short run the first step is, too."""
    began, step, evaluations = time.perf_counter(), int(state["step"]), [first]
    learner.load({**state, "map": first.points})
    diverged = None
    if step in loop.evaluation_steps(learner.config):
        try:
            evaluations.append(learner.evaluate(step))
        except loop.Diverged:
            diverged = step
    assert learner.map is not None  # noqa: S101 - the first one at least
    none, seconds = np.empty(0, np.float32), time.perf_counter() - began
    settled = {name: array for name, array in state.items() if not name.startswith("first_")}
    return {**settled, "map": learner.map}, loop.Snapshot(
        step, none, tuple(evaluations), seconds, str(learner.device), diverged
    )


def _untrained(run: RunConfig) -> RunConfig:
    """The same for all runs whose networks are the same before their first step, and are judged by the same labels."""
    return replace(run, steps=20, scheduled=0, lr=1e-3)
