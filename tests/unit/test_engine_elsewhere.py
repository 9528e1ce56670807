"""Somebody else's scheduler and workers, on other addresses, behind TLS: what dies there costs a slice, not a run."""

import itertools
import math
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dask
import numpy as np
import pytest
from distributed.security import Security

from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.live import waiting
from sslviz.training.live.engine import Engine, Later, Standing
from sslviz.training.live.runs import Runs

ROOT = Path(__file__).parents[2]
CONFIG = replace(default("masked_words"), steps=120, batch=16, device="cpu")


class Done:
    """A job that has ended."""

    def __init__(self, value: Any = None, problem: BaseException | None = None) -> None:
        self.value, self.problem = value, problem

    def add_done_callback(self, function: Callable[[Any], None]) -> None:
        function(self)

    def result(self) -> Any:
        if self.problem:
            raise self.problem
        return self.value

    def cancel(self) -> None: ...


def told(job: Any) -> Any:
    ended = threading.Event()
    job.add_done_callback(lambda _: ended.set())
    assert ended.wait(20)
    return job.result()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = threading.Event.wait
    monkeypatch.setattr(threading.Event, "wait", lambda self, seconds=None: waits(self, seconds and seconds / 50))


def test_a_job_waits_until_the_scheduler_answers_and_then_says_what_came_of_it() -> None:
    tries = itertools.count(1)

    def submit() -> Done:
        if next(tries) < 4:
            msg = "nobody there"
            raise OSError(msg)
        return Done(2.5)

    assert told(Later(submit, lambda: False)) == 2.5
    assert next(tries) == 5
    with pytest.raises(ZeroDivisionError):
        told(Later(lambda: Done(problem=ZeroDivisionError()), lambda: False))


def test_a_job_that_waits_ends_with_the_engine_or_when_it_is_cancelled() -> None:
    def submit() -> Done:
        msg = "nobody there"
        raise OSError(msg)

    with pytest.raises(ConnectionError, match="closed"):
        told(Later(submit, lambda: True))
    job = Later(submit, lambda: False)
    job.cancel()
    with pytest.raises(BaseException, match=r"^$"):  # CancelledError says nothing
        told(job)


def test_a_slice_for_an_engine_that_is_just_starting_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, handed_in = Engine(), list[int]()

    class Client:
        def submit(self, *_: Any, **__: Any) -> Done:
            handed_in.append(1)
            return Done(7)

    def client() -> Client:
        with engine._lock:
            return Client()

    monkeypatch.setattr(engine, "client", client)
    with engine._lock:  # as the thread holds it that starts the engine when the server does
        job = engine.submit(abs, -7)
        assert not handed_in
    assert told(job) == 7
    assert handed_in == [1]


def test_the_page_says_that_the_cluster_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSLVIZ_SCHEDULER", raising=False)
    assert "start the server again" in waiting.why(21, None, 0)
    monkeypatch.setenv("SSLVIZ_SCHEDULER", "tls://10.0.0.5:8786")
    assert "goes on from its last step as soon as it does" in waiting.why(21, None, 0)
    assert "the cluster has no worker" in waiting.why(21, Standing(own=False, ready=0), 0)


class Cluster:
    """A scheduler, and workers each on an address of its own, as Dask's command line starts them."""

    def __init__(self, folder: Path) -> None:
        made = Security.temporary()
        self.cert, self.key = folder / "cert.pem", folder / "key.pem"
        self.cert.write_text(made.tls_client_cert)
        self.key.write_text(made.tls_client_key)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address, self.log = f"tls://127.0.0.1:{self.port}", (folder / "log").open("ab")
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.start_scheduler()

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--protocol", "tls",
            "--dashboard-address", "127.0.0.1:0",
        )  # fmt: skip
        return self.scheduler

    def worker(self, host: str) -> subprocess.Popen[bytes]:
        return self._start("worker", self.address, "--host", host, "--nthreads", "1", "--no-nanny", "--no-dashboard")

    def _start(self, what: str, *arguments: str) -> subprocess.Popen[bytes]:
        tls = ("--tls-ca-file", self.cert, "--tls-cert", self.cert, "--tls-key", self.key)
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments, *map(str, tls)],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        self.processes.append(process)
        return process

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait(30)
        self.log.close()


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.undo()  # real seconds
    one = Cluster(tmp_path)
    client = {f"distributed.comm.tls.client.{part}": str(path) for part, path in (("cert", one.cert), ("key", one.key))}
    with dask.config.set({"distributed.comm.tls.ca-file": str(one.cert), **client}), monkeypatch.context() as set_to:
        set_to.setenv("SSLVIZ_SCHEDULER", one.address)
        yield one
    one.end()


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems have one loopback address")
def test_a_run_outlives_its_worker_and_its_scheduler(cluster: Cluster) -> None:
    engine = Engine()
    run = Runs(engine).new(CONFIG, "ann")

    def until(true: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + 300
        while not true():
            run.look()  # as its page does
            assert run.status != "failed", run.note
            assert time.monotonic() < end, what
            time.sleep(0.02)

    try:
        first = cluster.worker("127.0.0.2")
        run.play()  # before anybody answers, and nobody is kept waiting
        until(lambda: run.step >= 5, "the first host")
        first.kill()
        cluster.worker("127.0.0.3")
        until(lambda: run.step >= 25, "another host, after the first one died")
        cluster.scheduler.kill()
        cluster.scheduler.wait()
        until(lambda: engine.standing() is None, "its end being noticed")
        run.play()  # pressed while nobody answers: it is on already, and no page hangs
        assert run.busy
        cluster.start_scheduler()
        cluster.worker("127.0.0.4")
        until(lambda: run.step >= CONFIG.steps, "the rest, after the scheduler was started again")
        assert engine.pid is None  # nothing of our own was started
        _, snapshot = loop.advance(CONFIG, loop.start(CONFIG), CONFIG.steps)
        np.testing.assert_array_equal(run.losses, snapshot.losses)
    finally:
        run.reset()
        engine.close()


def test_without_a_scheduler_that_is_named_nothing_waits_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSLVIZ_SCHEDULER", raising=False)
    engine = Engine()
    monkeypatch.setattr(engine, "client", lambda: SimpleNamespace(submit=lambda *_, **__: Done(2.0)))
    assert not isinstance(engine.submit(math.sqrt, 4), Later)
    monkeypatch.setenv("SSLVIZ_SCHEDULER", "tcp://127.0.0.1:9")
    assert told(engine.submit(math.sqrt, 4)) == 2
