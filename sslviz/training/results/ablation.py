"""Ablation: one task trained in several arms that differ in one thing, each with several run seeds.

The results lie in `assets/runs/<task>_ablation.json`, made by `python -m sslviz ablate`; a page only reads them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sslviz.catalogue import TASKS
from sslviz.evaluation import probes
from sslviz.training.config import RunConfig, default
from sslviz.training.results import provenance, recorded

Row = tuple[str, dict[str, Any]]  # an arm: its name, and the options that are not the default


def ablate(task: str, rows: Sequence[Row], seeds: int, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Train every arm with run seeds 0, 1, …, with the task's own budget.

    Args:
        task: a slug of the catalogue.
        rows: the arms.
        seeds: how many runs each; at least 1.
        say: is told each result as it comes.

    Returns:
        `task`; `code`, see `provenance`; `choices` of labels behind every probe; `data`; `rows`, each with `name`,
        `options`, `steps`, `beginning`, the first losses of seed 0, and one number a seed: `accuracy`, the main score
        of the task over all held-out samples, 0 to 1; `loss` on them; `probe`, the linear probe's accuracy with few
        labels; `seconds` of the processor that training took; and `measures`, name → what else there is to measure.
        `baselines`, name → main score of the default way.

    Raises:
        ValueError: without an arm or a seed.
    """
    from sslviz.training import figures, loop
    from sslviz.training.results.check import beginning

    if not rows or seeds < 1:
        msg = f"An ablation of {task} needs at least one arm and one seed, not {len(rows)} and {seeds}."
        raise ValueError(msg)
    done = []
    for name, changes in rows:
        runs, options = [], TASKS[task].options.of(changes)
        for seed in range(seeds):
            runs.append(_trained(replace(budget(task), seed=seed, options=options)))
            say(f"{task}, {name}, seed {seed}: {json.dumps(runs[-1])}")
        done.append(
            {
                "name": name,
                "options": changes,
                "steps": budget(task).steps,
                "beginning": beginning(replace(budget(task), options=options)),
                **{key: [run[key] for run in runs] for key in ("accuracy", "loss", "probe", "seconds")},
                "measures": {key: [run["measures"][key] for run in runs] for key in runs[0]["measures"]},
            }
        )
    learner = loop.Learner(budget(task))
    learner.load(learner.fresh())
    baselines = figures.baselines(learner)
    return {
        "task": task,
        "code": provenance.behind(task),
        "choices": len(probes.CHOICES),
        "data": budget(task).data,
        "rows": done,
        "baselines": {_short(b["name"]): _main(b["scores"]) for b in baselines},
    }


def budget(task: str) -> RunConfig:
    """What every arm is trained with, but for its options: the task's default where the catalogue says nothing else."""
    return replace(default(task), **dict(TASKS[task].ablation_on))


def path(task: str) -> Path:
    """Where the results lie."""
    return recorded.RUNS / f"{task}_ablation.json"


def save(result: dict[str, Any]) -> Path:
    """Write the results down, and say where."""
    target = path(result["task"])
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return target


def read(task: str) -> dict[str, Any] | None:
    """The stored results; None where there are none. Needs no torch."""
    try:
        found: dict[str, Any] = json.loads(path(task).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def arms(task: str) -> tuple[Row, ...]:
    """The arms that the catalogue names for this task."""
    return TASKS[task].ablation


def _trained(config: RunConfig) -> dict[str, Any]:
    """Train to the end of the budget; then loss and main score on all held-out samples, probe and measures."""
    from sslviz.training import figures, loop, whole

    began = time.process_time()
    learner = whole.unwatched(loop.Learner(config))
    seconds = time.process_time() - began
    loss, scores = figures.held_out(learner)
    return {
        "accuracy": _main(scores),
        "loss": loss,
        "probe": float(np.mean(figures.few(learner))),
        "seconds": seconds,
        "measures": figures.measures(learner),
    }


def _main(scores: dict[str, float]) -> float:
    return next(iter(scores.values()))


def _short(name: str) -> str:
    """The name without article and formula: "a coin: ln 2" is "coin"."""
    return name.split(":", maxsplit=1)[0].removeprefix("a ")
