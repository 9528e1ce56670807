"""The real engine: Dask in a child process. What dies costs a slice, and nobody is left behind."""

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dask
import numpy as np
import psutil
import pytest
from dask.utils import parse_timedelta

from sslviz.training.config import RunConfig, default
from sslviz.training.engine import Engine

ROOT = Path(__file__).parents[2]
CONFIG = replace(default("masked_words"), steps=60, batch=16, device="cpu")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.name == "nt", reason="kills processes as POSIX does"),
]


@pytest.fixture(autouse=True)
def one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLVIZ_WORKERS", "1")
    monkeypatch.delenv("SSLVIZ_SCHEDULER", raising=False)


@pytest.fixture
def engine() -> Iterator[Engine]:
    one = Engine()
    yield one
    one.close()


@pytest.fixture(scope="module")
def undisturbed() -> Any:
    """State and snapshot of the bare loop."""
    from sslviz.training import loop

    return loop.advance(CONFIG, loop.start(CONFIG), CONFIG.steps)


def until(true: Callable[[], Any], what: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds:.0f} s in vain: {what}"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def workers(engine: Engine) -> list[int]:
    return list(engine.client().run(os.getpid).values())


def test_it_starts_computes_and_ends(engine: Engine) -> None:
    assert engine.pid is None  # nothing before the first use
    assert engine.submit(math.sqrt, 2.25).result(60) == 1.5
    assert engine.submit(os.getpid).result(60) not in {os.getpid(), engine.pid}
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        engine.submit(math.sqrt, -1).result(60)
    told: list[Any] = []
    engine.submit(math.sqrt, 9, priority=10).add_done_callback(lambda job: told.append(job.result()))
    until(lambda: told == [3.0], "the callback")
    assert engine.submit(os.nice, 0).result(60) >= 10  # the web server goes first
    child, busy = engine.pid, workers(engine)
    assert child is not None
    assert not engine.lost()
    engine.close()
    until(lambda: gone(child) and all(map(gone, busy)), "child and workers ending", 30)


def test_close_is_final(engine: Engine) -> None:
    from sslviz.training.runs import Run

    run = Run(CONFIG, engine)
    run.play()
    assert engine.pid is not None
    engine.close()  # the server stops while somebody trains
    until(lambda: not run.busy, "the run noticing", 30)
    time.sleep(0.5)
    assert engine.pid is None
    with pytest.raises(RuntimeError):
        engine.client()


def test_it_starts_from_any_folder(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # `streamlit run somewhere/app.py`
    assert engine.submit(math.sqrt, 4).result(60) == 2


def test_a_lost_worker_is_waited_for_however_long_it_takes(engine: Engine) -> None:
    # Else Dask gives a worker up for good that is not back after 15 seconds, and torch may take longer to be imported.
    patience = engine.client().run_on_scheduler(dask.config.get, "distributed.deploy.lost-worker-timeout")
    assert parse_timedelta(patience) >= 3600


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import os, time\n"
        "from sslviz.training.engine import Engine\n"
        "engine = Engine()\n"
        "workers = engine.client().run(os.getpid).values()\n"
        "print(engine.pid, *workers, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout is not None
        family = [int(number) for number in parent.stdout.readline().split()]
        assert len(family) == 2
        assert not any(map(gone, family))
    finally:
        parent.kill()  # no chance to say goodbye
        parent.wait()
    until(lambda: all(map(gone, family)), "child and worker ending with their parent", 30)


def test_it_uses_the_scheduler_that_the_environment_names(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "sslviz.training.cluster"]
    cluster = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert cluster.stdin is not None
        assert cluster.stdout is not None
        address = cluster.stdout.readline().strip()
        assert address.startswith("tcp://127.0.0.1:")
        monkeypatch.setenv("SSLVIZ_SCHEDULER", address)
        assert engine.submit(math.sqrt, 16).result(60) == 4
        assert engine.pid is None
        assert not engine.lost()
        worker = psutil.Process(workers(engine)[0])
        assert cluster.pid in {ancestor.pid for ancestor in worker.parents()}
        engine.close()
        assert cluster.poll() is None  # it is not ours to end
        cluster.stdin.close()
        assert cluster.wait(30) == 0
        assert gone(worker.pid)
    finally:
        cluster.kill()
        cluster.wait()


def test_a_scheduler_that_is_not_there_is_an_error_and_not_a_hang(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLVIZ_SCHEDULER", "tcp://127.0.0.1:9")
    began = time.monotonic()
    with pytest.raises(OSError, match=r"127\.0\.0\.1:9"):
        engine.client()
    assert time.monotonic() - began < 45


def train(engine: Engine, disturb: Callable[[Any], None], *configs: RunConfig) -> list[Any]:
    """Runs trained side by side to their budget, disturbed once the first is on its way."""
    from sslviz.training.runs import Run

    many = [Run(config, engine) for config in configs]
    for run in many:
        run.play()
    until(lambda: many[0].step >= 10, "the first slice")
    before = [run.step for run in many]
    disturb(many)

    def trained() -> bool:
        for run in many:
            run.look()  # as its page does
            assert run.status != "failed", run.note
        return all(run.step >= run.config.steps for run in many)

    until(trained, "the rest of the run", 400)
    assert before[0] < configs[0].steps  # it was really disturbed
    results = [run.fork() for run in many]
    for run in many:
        run.reset()  # no figures, they take long
    return results


def same(run: Any, undisturbed: Any) -> None:
    state, snapshot = undisturbed
    np.testing.assert_array_equal(run.losses, snapshot.losses)
    np.testing.assert_array_equal(run.state["weights"], state["weights"])
    assert [(e.step, e.loss, e.knn) for e in run.evaluations] == [(e.step, e.loss, e.knn) for e in snapshot.evaluations]


def test_a_killed_worker_costs_a_slice_and_not_the_run(engine: Engine, undisturbed: Any) -> None:
    victim = workers(engine)

    def kill(_: Any) -> None:
        for pid in victim:
            os.kill(pid, signal.SIGKILL)

    (run,) = train(engine, kill, CONFIG)
    assert set(workers(engine)).isdisjoint(victim)
    same(run, undisturbed)


def test_a_killed_engine_is_started_again_and_all_runs_go_on(engine: Engine, undisturbed: Any) -> None:
    engine.client()
    child = engine.pid
    assert child is not None
    busy = workers(engine)
    first, second = train(engine, lambda _: os.kill(child, signal.SIGKILL), CONFIG, replace(CONFIG, seed=1, steps=20))
    assert engine.pid not in {None, child}
    until(lambda: all(map(gone, busy)), "workers of the dead engine ending", 30)
    same(first, undisturbed)
    assert len(second.losses) == second.step == 20
