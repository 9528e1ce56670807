"""A training slice of half a second by way of Dask, against the same steps in a bare loop, in turn.

The slice: state to the worker, as many steps, state and snapshot back. The bare loop: the same steps from the same
state, in a process as nice as a worker, timed inside it without any transport.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import lru_cache
from multiprocessing import get_context
from threading import Event

import numpy as np
from _server import in_turn, load

from sslviz.training import config, loop
from sslviz.training.live import runs
from sslviz.training.live.engine import Engine

SECONDS, BEFORE = 0.5, 200  # of a slice; steps done before, so that no evaluation falls into it


def bare(text: str, state: loop.State, steps: int) -> float:
    """Seconds that so many steps take in a bare loop."""
    learner = _learner(text)
    learner.load(state)
    first, began = int(state["step"]), time.perf_counter()
    for step in range(first, first + steps):
        learner.train_step(step)
    return time.perf_counter() - began


@lru_cache
def _learner(text: str) -> loop.Learner:
    return loop.Learner(config.RunConfig.from_json(text))


def nice() -> None:
    """As the engine does with its workers."""
    if hasattr(os, "nice"):
        os.nice(10)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=30)
    rounds = ask.parse_args().rounds
    print(f"slice_overhead ({load()})")
    engine = Engine()
    try:
        with ProcessPoolExecutor(1, get_context("spawn"), nice) as pool:
            for slug in ("masked_words", "same_or_different"):
                measure(slug, engine, pool, rounds)
    finally:
        engine.close()


def measure(slug: str, engine: Engine, pool: ProcessPoolExecutor, rounds: int) -> None:
    run = replace(config.default(slug), steps=20000)
    text, state = run.to_json(), loop.start(run)
    state = {**loop.advance(run, state, 1)[0], "step": np.int64(BEFORE)}
    pool.submit(bare, text, state, 5).result()
    steps = max(1, round(SECONDS * 20 / pool.submit(bare, text, state, 20).result()))
    between = [s for s in loop.evaluation_steps(run) if BEFORE < s <= BEFORE + steps]
    assert not between, between

    def through_dask() -> float:
        done, began = Event(), time.perf_counter()
        job = engine.submit(runs._advance, text, state, steps)
        job.add_done_callback(lambda job: (job.result(), done.set()))
        done.wait()
        return time.perf_counter() - began

    def in_a_loop() -> float:
        return pool.submit(bare, text, state, steps).result()

    in_turn(4, through_dask, in_a_loop)  # every worker builds its network once
    dask, plain = in_turn(rounds, through_dask, in_a_loop)
    ratio = np.array(dask) / np.array(plain)
    low, high = np.quantile(ratio, [0.25, 0.75])
    print(
        f"{slug}: slice of {steps} steps {np.median(dask):.3f} s, bare loop {np.median(plain):.3f} s, "
        f"median ratio {np.median(ratio):.3f} (quartiles {low:.3f} to {high:.3f}), n {rounds}"
    )


if __name__ == "__main__":
    main()
