"""The label-efficiency curve of one run, measured by the engine's workers as the page Transfer asks for it.

Beside it the same curve in one process, without Dask: vectors, then a head for each number of labels, in a row.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _server import in_turn, load

from sslviz.evaluation.transfer import sizes
from sslviz.training.live.engine import Engine
from sslviz.training.live.work import Work
from sslviz.training.results import recorded, transfer


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=5)
    rounds = ask.parse_args().rounds
    print(f"transfer_curve ({load()})")
    engine = Engine()
    try:
        for task in ("same_or_different", "masked_words"):
            measure(task, engine, rounds)
    finally:
        engine.close()


def measure(task: str, engine: Engine, rounds: int) -> None:
    run = recorded.read(task)
    assert run is not None
    began = time.perf_counter()
    by_workers(engine, run, 0)
    print(f"{task}: the first curve, workers still to import torch and the data: {time.perf_counter() - began:.1f} s")
    by_workers(engine, run, 0)  # the second worker may still be new
    here(run, 0)
    workers, alone = in_turn(rounds, lambda: by_workers(engine, run, 1), lambda: here(run, 1))
    ratio = np.array(workers) / np.array(alone)
    print(
        f"{task}: {np.median(workers):.1f} s (goal: 10 s), in one process {np.median(alone):.1f} s, "
        f"ratio {np.median(ratio):.2f}"
    )


def by_workers(engine: Engine, run: recorded.Recording, seed: int) -> float:
    """Seconds until the whole curve is there."""
    began = time.perf_counter()
    work = Work(engine, transfer.curve_stages(run.config, run.weights.astype(np.float32), run.buffers, seed))
    while work.busy:
        time.sleep(0.02)
    assert work.found is not None, work.note
    return time.perf_counter() - began


def here(run: recorded.Recording, seed: int) -> float:
    """Seconds for the same in this process."""
    began = time.perf_counter()
    data = transfer.probe_data(run.config.task, run.config.data)
    train, test = transfer.features(run.config, run.weights, run.buffers, data.train, data.test)
    for size in sizes(data.train_y):
        transfer.curve_point(run.config.task, run.config.data, train, test, size, seed)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
