"""Is a recording still true? Its weights must score as they did, and its first steps must come out again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sslviz.catalogue import READY
from sslviz.training import loop, recorded
from sslviz.training.figures import baselines, beside, held_out

CLOSE = 0.01  # half precision, and sums in another order on another processor


def judge(run: recorded.Recording) -> dict[str, float]:
    """How far the stored weights are off the stored figures, by measure; all should be below CLOSE."""
    learner = loop.Learner(run.config)
    learner.hold(run.weights, run.buffers)
    loss, scores = held_out(learner)
    off = {name: abs(value - run.figures["scores"][name]) for name, value in scores.items()}
    return {"loss": abs(loss - run.figures["loss"]), **off}


def replay(run: recorded.Recording, steps: int = 20) -> float:
    """Largest difference between the stored losses and those of the first steps trained again."""
    state = loop.start(run.config)
    _, snapshot = loop.advance(run.config, state, steps)
    return float(np.abs(snapshot.losses - run.losses[:steps]).max())


def retime(task: str, *, long: bool, say: Callable[[str], None]) -> bool:
    """Train a recorded run once more, for its seconds and its map; kept if the same curve comes out."""
    run = recorded.read(task, long=long)
    name = recorded.path(task, long=long).name
    if run is None:
        say(f"{name}: there is none")
        return True
    again = recorded.record(run.config, seeds=1, say=say)
    off = float(np.abs(again.losses - run.losses).max())
    say(f"{name}: trained again, the curve is off by {off:.2g}")
    if off > CLOSE:
        return False
    recorded.save(replace(again, repeats=run.repeats), long=long)
    return True


def restamp(task: str, *, long: bool, say: Callable[[str], None]) -> bool:
    """Give a recording the hash of the present code, if that code still gives what was recorded."""
    run = recorded.read(task, long=long)
    name = recorded.path(task, long=long).name
    if run is None:
        say(f"{name}: there is none")
        return True
    off, replayed = judge(run), replay(run)
    say(f"{name}: judged again, off by {off}; replayed, off by {replayed:.2g}")
    if max(*off.values(), replayed) > CLOSE:
        say(f"{name}: does not come out again, so it has to be recorded anew")
        return False
    learner = loop.Learner(run.config)
    learner.hold(run.weights, run.buffers)
    counted = [*baselines(learner), run.figures["baselines"][-1]]  # the last one is the untrained network
    figures = {**run.figures, "baselines": counted}
    if READY[task].modality == "Images":
        figures["beside"] = beside(learner)
    fresh = replace(run, figures=figures)
    recorded.save(replace(fresh, meta={**run.meta, "code": recorded.code_hash(task)}), long=long)
    return True
