"""Where slices are computed: a Dask scheduler, our own child process or one that SSLVIZ_SCHEDULER names.

Our own asks for a certificate that is made anew at each start and handed on through a pipe; it is in no file. Another
one may ask for one too (tls://): which, Dask's own settings say (distributed.comm.tls).
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sslviz.data import ASSETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from distributed import Client
    from distributed.security import Security
    from tornado.ioloop import IOLoop

ROLES = ("client", "scheduler", "worker")
PATIENCE = 10  # seconds of one try to connect
CERTIFICATE = ("tls_ca_file", *(f"tls_{role}_{part}" for role in ROLES for part in ("cert", "key")))  # Security's names


@dataclass(frozen=True)
class Standing:
    """What the scheduler says of its workers.

    Attributes:
        own: whether it is our child's, on this computer.
        ready: how many workers take slices.
        paused: how many Dask lets take none since their memory is nearly full; only workers with a limit.
        held, limit: bytes of memory that the paused ones hold, and may hold.
    """

    own: bool
    ready: int
    paused: int = 0
    held: int = 0
    limit: int = 0


class Job(Protocol):
    """What `submit` returns: a future."""

    def add_done_callback(self, function: Callable[[Any], None]) -> None:
        """Call `function(job)` when the job has ended, in another thread."""

    def result(self) -> Any:
        """The result; raises what the job raised."""

    def cancel(self) -> Any:
        """Do not start it if it has not started."""


class Later:
    """A job for a scheduler that does not answer yet, or that is just being started: handed in as soon as it does."""

    def __init__(self, submit: Callable[[], Job], closed: Callable[[], bool]) -> None:
        """Try `submit` until it goes through, or until `closed()`."""
        self._submit, self._closed = submit, closed
        self._future, self._cancelled = Future[Any](), threading.Event()
        threading.Thread(target=self._try, name="later", daemon=True).start()

    def add_done_callback(self, function: Callable[[Any], None]) -> None:
        """Call `function(job)` when the job has ended, in another thread."""
        self._future.add_done_callback(lambda _: function(self))

    def result(self, timeout: float | None = None) -> Any:
        """The result, waited for at most so many seconds; raises what the job raised."""
        return self._future.result(timeout)

    def cancel(self) -> None:
        """Do not hand it in any more."""
        self._cancelled.set()

    def _try(self) -> None:
        pause = 0
        while not self._cancelled.wait(pause):
            pause = 1
            try:
                job = self._submit()
            except OSError:  # it does not answer
                if not self._closed():
                    continue
                problem: BaseException = ConnectionError("The training engine has been closed.")
            except Exception as other:  # noqa: BLE001 - whoever waits for the job is told
                problem = other
            else:
                job.add_done_callback(self._end)
                return
            self._future.set_exception(problem)
            return
        self._future.cancel()

    def _end(self, job: Job) -> None:
        try:
            self._future.set_result(job.result())
        except BaseException as problem:  # noqa: BLE001 - a cancelled job raises CancelledError, which is none
            self._future.set_exception(problem)


def named() -> str:
    """The address of somebody else's scheduler, which SSLVIZ_SCHEDULER holds; empty where ours is used."""
    return os.environ.get("SSLVIZ_SCHEDULER", "")


@functools.cache
def _loop() -> IOLoop:
    """The event loop of all connections of this process, which runs in a thread of its own for as long as that does.

    A connection that Dask gives a loop of its own takes it along when it is closed. Whoever asks for a result just then
    waits for ever, and that is the one thread in which Dask tells of all ended jobs, those of later connections too.
    """
    from tornado.ioloop import IOLoop

    ready = Future[IOLoop]()

    async def run() -> None:
        ready.set_result(IOLoop.current())
        await asyncio.Event().wait()

    threading.Thread(target=asyncio.run, args=(run(),), name="connections", daemon=True).start()
    return ready.result()


class Engine:
    """Connects on first use, and again after the scheduler has died. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._client: Client | None = None
        self._closed = False
        self._workers = 0  # not yet asked

    def submit(self, function: Callable[..., Any], *arguments: Any, priority: float = 0) -> Job:
        """Run `function(*arguments)` on a worker; a higher priority goes first."""
        if not self._connected() and (named() or self._lock.locked()):  # no page may wait for it
            return Later(lambda: self._submit(function, arguments, priority), lambda: self._closed)
        return self._submit(function, arguments, priority)

    def _submit(self, function: Callable[..., Any], arguments: tuple[Any, ...], priority: float) -> Job:
        from sslviz.training.live.sealed import seal, unseal

        return self.client().submit(unseal, seal(function, arguments), pure=False, priority=priority)

    def _connected(self) -> bool:
        client = self._client
        return client is not None and client.status == "running"

    def client(self) -> Client:
        """The connection to the scheduler."""
        from distributed import Client

        with self._lock:
            if self._closed:  # slices that closing cancelled must not start a new child
                msg = "The training engine has been closed."
                raise RuntimeError(msg)
            if not self._connected() or self.lost():
                self._close()
                address, security = self._address()
                patience = PATIENCE if named() else 30
                self._client = Client(address, _loop(), patience, set_as_default=False, security=security)
            assert self._client is not None  # noqa: S101 - made above
            return self._client

    def close(self) -> None:
        """End the child process, if there is one, for good."""
        with self._lock:
            self._closed = True
            self._close()

    def workers(self) -> int:
        """How many slices are computed at a time, at least 1; of our own engine, once all its workers have started."""
        client = self._client
        with contextlib.suppress(Exception):  # it may be gone by now
            if client is not None and not self._workers:
                self._workers = sum(client.nthreads().values())
        return max(1, self._workers)

    def standing(self) -> Standing | None:
        """What its workers are doing; None where it is not reached within a second."""
        client = self._client
        if client is None or client.scheduler is None or client.status != "running":
            return None
        try:
            told = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=1)["workers"].values()
        except Exception:  # noqa: BLE001 - whatever the reason is, it does not answer
            return None
        paused = [worker for worker in told if worker["status"] == "paused"]
        return Standing(
            own=self._child is not None,
            ready=sum(worker["status"] == "running" for worker in told),
            paused=len(paused),
            held=sum(worker.get("metrics", {}).get("memory", 0) for worker in paused),
            limit=sum(worker["memory_limit"] or 0 for worker in paused),
        )

    def lost(self) -> bool:
        """Whether our child has died, and with it all that was handed in."""
        return self._child is not None and self._child.poll() is not None

    @property
    def pid(self) -> int | None:
        """Process number of our child; None where the scheduler is somebody else's."""
        return self._child.pid if self._child else None

    def _address(self) -> tuple[str, Security | None]:
        """The scheduler's address, and what it asks for; None: what Dask's settings say."""
        if address := named():
            return address, None
        from distributed.security import Security

        security = Security.temporary()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "sslviz.training.live.cluster"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ASSETS.parent,  # the workers must find this package, wherever the app was started from
        )
        assert self._child.stdin is not None  # noqa: S101 - asked for above
        assert self._child.stdout is not None  # noqa: S101
        certificate = {name: getattr(security, name) for name in CERTIFICATE}
        with contextlib.suppress(BrokenPipeError):  # it has ended already
            self._child.stdin.write(json.dumps(certificate) + "\n")
            self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line.strip():
            msg = "The training engine did not start; the terminal that runs the app says why."
            raise RuntimeError(msg)
        told = json.loads(line)
        self._workers = int(told["workers"])
        return str(told["scheduler"]), security

    def _close(self) -> None:
        if self._client is not None:
            with contextlib.suppress(Exception):  # it may be gone already
                self._client.close(timeout=2)
            self._client = None
            self._workers = 0
        if self._child is not None:
            assert self._child.stdin is not None  # noqa: S101 - a pipe, see _address
            with contextlib.suppress(OSError):
                self._child.stdin.close()
            try:
                self._child.wait(5)
            except subprocess.TimeoutExpired:
                self._child.kill()
            self._child = None
