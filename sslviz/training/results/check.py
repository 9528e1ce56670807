"""Is what is recorded still true? A change of the code that changes no result need not mean to train all anew.

A run's weights must score as they did, and its first steps must come out again. A table keeps the first losses of each
run behind it, or is measured again in some of its cells. Where all is as it was, the code of today is noted with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from sslviz.catalogue import TASKS
from sslviz.training import loop
from sslviz.training.config import RunConfig
from sslviz.training.figures import held_out, judged
from sslviz.training.results import (
    ablation,
    arena,
    provenance,
    recorded,
    three_ways,
    transfer,
    transfer_check,
    transfer_record,
)

BEGINNING = 20  # steps that are trained again
CLOSE = 0.01  # half precision, and sums in another order on another processor


def judge(run: recorded.Recording) -> dict[str, float]:
    """How far the stored weights are off the stored figures, by measure; all should be below CLOSE."""
    learner = loop.Learner(run.config)
    learner.hold(run.weights, run.buffers)
    loss, scores = held_out(learner)
    off = {name: abs(value - run.figures["scores"][name]) for name, value in scores.items()}
    return {"loss": abs(loss - run.figures["loss"]), **off}


def beginning(config: RunConfig, steps: int = BEGINNING) -> list[float]:
    """The losses of the first steps, without the evaluations on the way: looking does not train."""
    learner = loop.Learner(config)
    learner.load(learner.fresh())
    return [learner.train_step(step) for step in range(min(steps, config.steps))]


def replay(run: recorded.Recording, steps: int = BEGINNING) -> float:
    """Largest difference between the stored losses and those of the first steps trained again."""
    return _apart(run.losses[:steps], beginning(run.config, steps))


def _stored(task: str, which: str, say: Callable[[str], None]) -> tuple[str, recorded.Recording | None]:
    """The name of a recording's file, and the recording; None, and a word about it, where there is none."""
    run, name = recorded.read(task, which), recorded.path(task, which).name
    if run is None:
        say(f"{name}: there is none")
    return name, run


def retime(task: str, which: str, say: Callable[[str], None]) -> bool:
    """Train a recorded run once more, for its seconds and its map; kept if the same curve comes out."""
    name, run = _stored(task, which, say)
    if run is None:
        return True
    again = recorded.record(run.config, seeds=1, say=say)
    off = float(np.abs(again.losses - run.losses).max())
    say(f"{name}: trained again, the curve is off by {off:.2g}")
    if off > CLOSE:
        return False
    recorded.save(replace(again, repeats=run.repeats), which)
    return True


def restamp(task: str, which: str, say: Callable[[str], None]) -> bool:
    """Judge a recording anew and give it the fingerprints of today's code, if that still gives what was recorded."""
    name, run = _stored(task, which, say)
    if run is None:
        return True
    off, replayed = judge(run), replay(run)
    say(f"{name}: judged again, off by {off}; replayed, off by {replayed:.2g}")
    if max(*off.values(), replayed) > CLOSE:
        say(f"{name}: does not come out again, so it has to be recorded anew")
        return False
    learner = loop.Learner(run.config)
    learner.hold(run.weights, run.buffers)
    figures = judged(learner)
    same = [other for other in run.repeats if _choices(other) == _choices(figures)]  # else of another protocol
    fresh = replace(run, figures=figures, repeats=same, meta={**run.meta, "code": provenance.behind(task)})
    recorded.save(fresh, which)
    return True


def _choices(figures: dict[str, Any]) -> int:
    """With how many choices of labels a run was judged."""
    return len(figures["probes"]["trained"]["few"])


def restamp_tables(say: Callable[[str], None]) -> bool:
    """Give tables of results the code of today, each where what is behind it still comes out."""
    return all([_ablations(say), _arena(say), _transfer(say), _three_ways(say)])  # all, not up to the first that fails


def _apart(one: Any, other: Any) -> float:
    """The largest difference; infinite where not even the shapes are the same."""
    one, other = np.asarray(one, float), np.asarray(other, float)
    return float(np.abs(one - other).max()) if one.shape == other.shape else float("inf")


def _fine(name: str, off: float, say: Callable[[str], None]) -> bool:
    say(f"{name}: tried again, off by {off:.2g}{'' if off <= CLOSE else ', so it has to be measured anew'}")
    return off <= CLOSE


def _ablations(say: Callable[[str], None]) -> bool:
    fine = True
    for task, entry in TASKS.items():
        if not entry.ablation or (found := ablation.read(task)) is None:
            continue
        configs = [replace(ablation.budget(task), options=entry.options.of(row["options"])) for row in found["rows"]]
        off = max(
            _apart(row["beginning"], beginning(config)) for row, config in zip(found["rows"], configs, strict=True)
        )
        if _fine(ablation.path(task).name, off, say):
            ablation.save({**found, "code": provenance.behind(task)})
        else:
            fine = False
    return fine


def _arena(say: Callable[[str], None]) -> bool:
    fine = True
    for task, one in [pair for kind in arena.kinds() for pair in arena._stored(kind).items()]:
        off = _apart(one["beginning"], beginning(RunConfig.from_json(one["config"])))
        if _fine(f"arena, {task}", off, say):
            arena._write(task, {**one, "code": provenance.behind(task)})
        else:
            fine = False
    return fine


def _transfer(say: Callable[[str], None]) -> bool:
    found, fine = transfer.read(), True
    for section, one in found.items():
        off = max(_apart(*cell) for cell in transfer_check.cells(section, one))
        if _fine(f"{transfer.FILE}, {section}", off, say):
            one["code"] = transfer_record.code(section)
        else:
            fine = False
    transfer_record.write(found)
    return fine


def _three_ways(say: Callable[[str], None]) -> bool:
    """Four minutes of one core, so it is measured anew as a whole."""
    found = three_ways.read()
    if found is None:
        return True
    again = three_ways.measure(found["seeds"][:1], lambda _: None)
    pairs = [(found["right"][name], rows) for name, rows in again["right"].items()]
    off = max(_apart([row[:1] for row in stored], [row[:1] for row in rows]) for stored, rows in pairs)
    if not _fine(three_ways.path().name, off, say):
        return False
    three_ways.save({**found, "code": three_ways.code()})
    return True
