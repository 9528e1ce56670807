"""What a page says of a run that waits: what is short, and what can be done."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import pytest

from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.live import memory, runs, waiting
from sslviz.training.live.engine import Standing
from sslviz.training.live.memory import SHARED, WORKER
from sslviz.training.live.runs import Run, Runs
from tests.stand_ins import Engine

GB = 10**9
CONFIG = replace(default("masked_words"), steps=60, batch=16, device="cpu")
TWO = Standing(own=True, ready=2)


class Clock:
    """Time that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def a_step(_config: str, state: loop.State | None, _steps: int) -> tuple[loop.State, loop.Snapshot, list[Any]]:
    """A slice of one step without a network."""
    done = 1 if state is None else int(state["step"]) + 1
    return {"step": np.int64(done)}, loop.Snapshot(done, np.ones(1, np.float32), (), 0.1, "cpu"), []


def has(monkeypatch: pytest.MonkeyPatch, available: int) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=available, total=64 * GB))


@pytest.fixture(autouse=True)
def a_large_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """64 GB free, no container, no `ulimit`; and slices that cost nothing."""
    has(monkeypatch, 64 * GB)
    monkeypatch.setattr(memory, "_limits", list)
    monkeypatch.setattr(memory, "_containers", lambda *_: [])
    monkeypatch.setattr(runs, "_advance", a_step)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_worker_that_finds_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, GB // 2)
    said = waiting.why(21, Standing(own=True, ready=0), 0)
    assert "this computer leaves 0.5 GB" in said
    assert f"needs about {(SHARED + WORKER) / 1e9:.1f} GB" in said
    assert "Close other programs" in said


def test_a_worker_that_is_starting() -> None:
    assert "still starting" in waiting.why(21, Standing(own=True, ready=0), 0)
    assert "does not answer" in waiting.why(21, None, 0)
    assert "no worker" in waiting.why(21, Standing(own=False, ready=0), 0)


def test_workers_that_dask_has_paused() -> None:
    said = waiting.why(30.4, Standing(own=False, ready=0, paused=1, held=GB * 9 // 10, limit=GB), 0)
    assert "No step for 30 s" in said
    assert "nearly full (0.9 GB of 1.0 GB)" in said
    assert "more memory" in said
    assert "(" not in waiting.why(30, Standing(own=False, ready=0, paused=1), 0)


def test_a_queue() -> None:
    assert "5 other runs and this one take turns on 2 workers" in waiting.why(21, TWO, 5)
    assert "1 other run and this one take turns on 1 worker." in waiting.why(21, Standing(own=True, ready=1), 1)


def test_a_slice_that_takes_long() -> None:
    assert "still busy" in waiting.why(21, TWO, 1)
    assert "being measured, 21 s" in waiting.why(21, TWO, 0, judging=True)


def test_a_slice_whose_workers_all_died() -> None:
    from distributed import KilledWorker

    assert waiting.killed(KilledWorker("slice", None, 4))
    assert not waiting.killed(ConnectionError())
    assert "or take a smaller batch" in waiting.memory_ran_out(512)
    assert "smaller batch" not in waiting.memory_ran_out(64)
    assert "this computer leaves 64.0 GB now" in waiting.memory_ran_out(64)


# a run that waits


def test_a_run_without_a_slice_says_why_after_a_while(engine: Engine, clock: Clock) -> None:
    register = Runs(engine)
    run = register.new(CONFIG, "ann")
    other = register.new(replace(CONFIG, seed=CONFIG.seed + 1), "bob")  # the same settings would be trained once
    run._clock = clock
    clock.now += 100
    assert register.waits(run) == ""  # it does not want one
    run.play()
    clock.now += 19
    assert register.waits(run) == ""
    clock.now += 2
    assert "still busy" in register.waits(run)
    other.play()
    assert "1 other run and this one take turns on 1 worker" in register.waits(run)
    engine.stands = Standing(own=False, ready=0, paused=1)
    assert "Dask gives them nothing to do" in register.waits(run)
    engine.stands = None
    assert "does not answer" in register.waits(run)
    engine.waiting[0].finish()  # a slice comes back: it is said no more
    assert register.waits(run) == ""
    clock.now += 21
    assert register.waits(run)
    run.pause()
    run.reset()
    assert register.waits(run) == ""


def test_a_slice_that_comes_again_and_again_does_not_begin_the_wait_anew(engine: Engine, clock: Clock) -> None:
    register = Runs(engine)
    run = register.new(CONFIG, "ann")
    run._clock = clock
    run.play()
    clock.now += 15
    engine.take().fail(ConnectionError("its worker is gone"))
    clock.now += 6
    assert register.waits(run)


def test_a_run_whose_workers_were_all_killed_says_that_memory_may_be_short(engine: Engine, clock: Clock) -> None:
    from distributed import KilledWorker

    run = Run(CONFIG, engine, clock)
    run.play()
    engine.take().fail(KilledWorker("slice", None, 4))  # after four workers, once is enough
    assert (run.status, run.busy) == (runs.FAILED, False)
    assert "as it does when memory runs out" in run.note
    run.play()
    engine.work()
    assert (run.status, run.step) == (runs.PLAYING, 1)
