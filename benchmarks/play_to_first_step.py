"""Play → first step, and what it costs a core, on one worker that has had a run of the task before.

The runs that are measured have seeds of their own, so that nothing of theirs is known. Seconds on the clock depend on
what else the computer does; those of the worker's processor do not. In the same process, and in turn: a bare step, and
what a run would cost if the untrained network were judged before its first step.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from _server import load

from sslviz.catalogue import TASKS
from sslviz.training import loop
from sslviz.training.config import RunConfig, default
from sslviz.training.live import slices
from sslviz.training.live.engine import Engine

USUAL = ("masked_words", "two_views", "cluster_ids", "masked_sound")


def measure(text: str) -> tuple[float, float, float, float]:
    """On a worker, in seconds of its processor: a step, the first slice, what is judged after it, and both in one."""
    run = RunConfig.from_json(text)
    first, (state, _, _) = _spent(lambda: slices.advance(text, None, 1))
    after, (state, _, _) = _spent(lambda: slices.advance(text, state, 0))
    step, _ = _spent(lambda: loop.advance(run, state, 4))
    forget = replace(run, lr=run.lr * 1.01)  # another learner of the same network
    together, _ = _spent(lambda: loop.advance(forget, loop.start(forget), 1))
    return step / 4, first, after, together


def _spent(act: Callable[[], Any]) -> tuple[float, Any]:
    began = time.thread_time()
    done = act()
    return time.thread_time() - began, done


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("tasks", nargs="*", metavar="task", default=USUAL, help=f"of {', '.join(TASKS)}")
    ask.add_argument("--rounds", type=int, default=3)
    asked = ask.parse_args()
    os.environ["SSLVIZ_WORKERS"] = "1"
    engine = Engine()
    print(f"play_to_first_step ({load()}), one worker, medians of {asked.rounds} run seeds; s of its processor")
    try:
        engine.client().wait_for_workers(1, 120)
        for slug in asked.tasks:
            show(slug, engine, asked.rounds)
    finally:
        engine.close()


def show(slug: str, engine: Engine, rounds: int) -> None:
    cold = engine.submit(measure, default(slug).to_json()).result()
    configs = [replace(default(slug), seed=100 + number).to_json() for number in range(rounds)]
    step, first, after, together = np.median([engine.submit(measure, one).result() for one in configs], axis=0)
    wall = []
    for number in range(rounds):
        config, began = replace(default(slug), seed=200 + number).to_json(), time.perf_counter()
        engine.submit(slices.advance, config, None, 1).result()
        wall.append(time.perf_counter() - began)
    again = engine.submit(measure, replace(default(slug), seed=100, steps=9999).to_json()).result()
    print(
        f"{slug:17} bare step {step:.3f}; to the first step {first:.2f} ({first / step:.1f} steps), judged after it "
        f"{after:.2f}; judged before it {together:.2f}; a network that is known {again[1]:.2f}; "
        f"a worker's first run {cold[1]:.2f} + {cold[2]:.2f}; on the clock {np.median(wall):.2f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
