"""The real engine: Dask in a child process. What dies costs a slice, and nobody is left behind."""

import math
import os
import signal
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
import psutil
import pytest
from dask.utils import parse_timedelta
from distributed import Client, LocalCluster
from distributed.security import Security

from sslviz.training.config import RunConfig, default
from sslviz.training.live import waiting
from sslviz.training.live.engine import Engine

ROOT = Path(__file__).parents[2]
START = 300  # seconds that the first worker may take on a busy computer: the scheduler answers before it is there
CONFIG = replace(default("masked_words"), steps=60, batch=16, device="cpu")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
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
    engine.client().wait_for_workers(1, START)  # the scheduler answers before they do
    return list(engine.client().run(os.getpid).values())


def test_it_starts_computes_and_ends(engine: Engine) -> None:
    assert engine.pid is None  # nothing before the first use
    assert engine.submit(math.sqrt, 2.25).result(START) == 1.5
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
    from sslviz.training.live.runs import Run

    run = Run(CONFIG, engine)
    run.play()
    assert engine.pid is not None
    engine.close()  # the server stops while somebody trains
    until(lambda: not run.busy, "the run noticing", 30)
    time.sleep(0.5)
    assert engine.pid is None
    with pytest.raises(RuntimeError):
        engine.client()


def test_who_asks_for_a_result_while_it_closes_is_answered(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows a job runs in one thread of Dask's: one question without an answer would silence all runs."""
    job = engine.client().submit(math.sqrt, 4)
    assert job.result(START) == 2
    loop = engine.client().loop
    assert loop is not None
    closed, told, add = threading.Event(), list[BaseException](), loop.add_callback

    def ask() -> None:
        try:
            job.result()
        except BaseException as problem:  # noqa: BLE001 - Dask's cancellation is no Exception everywhere
            told.append(problem)

    def late(*arguments: Any) -> None:
        if threading.current_thread() is asker:
            closed.wait(60)
        add(*arguments)

    asker = threading.Thread(target=ask, daemon=True)
    monkeypatch.setattr(loop, "add_callback", late)
    asker.start()
    engine.close()
    closed.set()
    asker.join(30)
    assert len(told) == 1, "it waits still"


def test_it_starts_from_any_folder(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # `streamlit run somewhere/app.py`
    assert engine.submit(math.sqrt, 4).result(START) == 2


def test_a_lost_worker_is_waited_for_however_long_it_takes(engine: Engine) -> None:
    # Else Dask gives a worker up for good that is not back after 15 seconds, and torch may take longer to be imported.
    patience = engine.client().run_on_scheduler(dask.config.get, "distributed.deploy.lost-worker-timeout")
    assert parse_timedelta(patience) >= 3600


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import os, time\n"
        "from sslviz.training.live.engine import Engine\n"
        "engine = Engine()\n"
        "engine.client().wait_for_workers(1, 300)\n"
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


@pytest.mark.parametrize("protocol", ["tcp", "tls"])
def test_it_uses_the_scheduler_that_the_environment_names(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, protocol: str
) -> None:
    settings = certificate_in(tmp_path) if protocol == "tls" else {}
    with (
        dask.config.set(settings),
        LocalCluster(1, 1, processes=False, protocol=f"{protocol}://", dashboard_address="127.0.0.1:0") as cluster,
    ):
        assert cluster.scheduler_address.startswith(f"{protocol}://")
        monkeypatch.setenv("SSLVIZ_SCHEDULER", cluster.scheduler_address)
        assert engine.submit(math.sqrt, 16).result(60) == 4
        assert engine.pid is None
        assert not engine.lost()
        engine.close()
        with Client(cluster) as other:  # it is not ours to end
            assert other.submit(math.sqrt, 25).result(60) == 5


def certificate_in(folder: Path) -> dict[str, str]:
    """Dask's settings for a certificate in files, as the README has them."""
    made = Security.temporary()
    (folder / "cert.pem").write_text(made.tls_client_cert)
    (folder / "key.pem").write_text(made.tls_client_key)
    cert, key = str(folder / "cert.pem"), str(folder / "key.pem")
    of_roles = {f"distributed.comm.tls.{role}.{part}": path for role in ("client", "scheduler", "worker")
                for part, path in (("cert", cert), ("key", key))}  # fmt: skip
    return {"distributed.comm.tls.ca-file": cert, **of_roles}


ATTACK = """
import asyncio, contextlib, http.client, os, sys
from distributed import rpc
from distributed.security import Security

async def asked(address, security):
    async with rpc(address, connection_args=security.get_connection_args("client"), timeout=3) as it:
        return await asyncio.wait_for(it.identity(), 5)

ways = {"tcp": Security(), "tls": Security.temporary()}
for name, security in ways.items():  # all that is needed is imported
    with contextlib.suppress(OSError):
        asyncio.run(asked(f"{name}://127.0.0.1:9", security))
user = int(sys.argv[1])
if user != os.getuid():
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
for port in sys.argv[2:]:
    for name, security in ways.items():
        try:
            print(port, name, asyncio.run(asked(f"{name}://127.0.0.1:{port}", security))["type"])
        except (OSError, TimeoutError, ValueError):  # the last: an answer that is no TLS
            pass
    page = http.client.HTTPConnection("127.0.0.1", int(port), timeout=3)
    try:
        page.request("GET", "/info/main/workers.html")
        print(port, "http", page.getresponse().status)
    except (OSError, http.client.HTTPException):
        pass
print("through")
"""


def attack(ports: list[int], user: int | None = None) -> list[str]:
    """What answers somebody without our certificate at these ports."""
    command = [sys.executable, "-c", ATTACK, str(os.getuid() if user is None else user), *map(str, ports)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    lines = told.stdout.splitlines()
    assert lines[-1:] == ["through"], told.stderr
    return lines[:-1]


def listening(pid: int) -> list[int]:
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return [one.laddr.port for each in family for one in each.net_connections() if one.status == psutil.CONN_LISTEN]


def test_an_open_scheduler_answers_everybody() -> None:  # so the attack below is one
    with LocalCluster(1, 1, processes=False, protocol="tcp://", dashboard_address="127.0.0.1:0") as cluster:
        scheduler = int(cluster.scheduler_address.rsplit(":", 1)[1])
        told = attack([scheduler, cluster.scheduler.http_server.port])
    assert [line.split()[1] for line in told] == ["tcp", "http"]


def test_nobody_without_the_certificate_is_answered(engine: Engine) -> None:
    workers(engine)
    assert engine.pid is not None
    ports = listening(engine.pid)
    assert len(ports) >= 3  # scheduler, worker, and its nanny
    assert attack(ports) == []
    if os.getuid() == 0:  # and as another user of this computer
        assert attack(ports, user=65534) == []
    for process in [psutil.Process(engine.pid), *psutil.Process(engine.pid).children(recursive=True)]:
        assert not any("PRIVATE KEY" in word for word in [*process.cmdline(), *process.environ().values()])
    assert engine.submit(math.sqrt, 4).result(60) == 2


def test_a_computer_with_little_memory_trains() -> None:
    """`ulimit -m` at 1 GB: Dask would find a worker full before its first slice, and pause it for good."""
    script = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_RSS, (10**9, 10**9))  # Dask heeds it, Linux does not\n"
        "from dataclasses import replace\n"
        "from sslviz.training import loop\n"
        "from sslviz.training.config import default\n"
        "from sslviz.training.live.engine import Engine\n"
        "engine = Engine()\n"
        "config = replace(default('masked_words'), steps=20)\n"
        "state, _ = engine.submit(loop.advance, config, loop.start(config), 1).result(200)\n"
        "print(engine.workers(), int(state['step']))\n"
        "engine.close()\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "SSLVIZ_WORKERS"}
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=400, env=environment,
        check=False,
    )  # fmt: skip
    assert told.stdout.split() == ["1", "1"], told.stderr
    assert "the limit set by `ulimit` 1.0 GB are free" in told.stderr or os.cpu_count() == 1


def test_an_engine_says_what_its_workers_are_doing(engine: Engine) -> None:
    assert engine.standing() is None
    engine.client()  # it answers before there is a worker
    first = engine.standing()
    assert first is not None
    assert first.own
    assert first.ready == 0
    assert engine.workers() == 1
    until(lambda: (standing := engine.standing()) is not None and standing.ready == 1, "the worker", START)


def test_a_worker_that_could_not_be_started_is_tried_again() -> None:
    from sslviz.training.live.cluster import mend

    class Failed:
        class status:  # noqa: N801 - as Dask has it
            name = "failed"

    scaled: list[int] = []
    cluster = SimpleNamespace(workers={0: Failed(), 1: SimpleNamespace(status=SimpleNamespace(name="running"))})
    cluster.scale = scaled.append
    mend(cluster, 2)
    assert (list(cluster.workers), scaled) == ([1], [2])
    mend(cluster, 2)
    assert scaled == [2]


def test_dasks_own_pausing_is_told(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a cluster of somebody else's, whose workers have a limit that torch alone is beyond."""
    with (
        dask.config.set({"distributed.worker.memory.pause": 0.1, "distributed.worker.memory.terminate": False}),
        LocalCluster(1, 1, processes=False, memory_limit="500MB", dashboard_address="127.0.0.1:0") as cluster,
    ):
        monkeypatch.setenv("SSLVIZ_SCHEDULER", cluster.scheduler_address)
        engine.client()
        until(lambda: (standing := engine.standing()) is not None and standing.paused == 1, "the pause")
        standing = engine.standing()
        assert standing is not None
        assert "is nearly full" in waiting.why(21, standing, 0)


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
    from sslviz.training.live.runs import Run

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


def test_a_visitor_who_plays_and_steps_all_they_can_leaves_another_half_of_the_worker(engine: Engine) -> None:
    from sslviz.training.live.runs import Runs

    register, long = Runs(engine), replace(CONFIG, steps=3000)
    playing = [register.new(replace(long, seed=seed), "mallory") for seed in (1, 2)]
    stepped = register.new(replace(long, seed=3), "mallory")
    greedy, ann = [*playing, stepped], register.new(long, "ann")

    def press() -> bool:
        """As three tabs do, and ann's page, that are looked at all the time."""
        for run in (*greedy, ann):
            run.look()
        stepped.step_once()
        time.sleep(0.05)
        return False

    for run in playing:
        run.play()
    until(lambda: press() or all(run.step >= 3 for run in greedy), "the greedy ones on their way")
    ann.play()
    until(lambda: press() or ann.step >= 50, "slices of half a second", 300)  # hers begin with one step
    before, others = ann.seconds, sum(run.seconds for run in greedy)
    until(lambda: press() or ann.seconds - before > 5, "ann's five seconds of the processor", 300)
    share = (ann.seconds - before) / (ann.seconds - before + sum(run.seconds for run in greedy) - others)
    for run in (*greedy, ann):
        run.reset()
    # Slices are as long as they come out on a busy computer: test_shares has the exact turns.
    assert 0.3 < share < 0.8, f"{share:.0%}"
