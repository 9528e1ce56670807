"""Fair shares of the workers among visitors: start-time fair queueing (Goyal, Vin and Cheng 1996, SIGCOMM).

Every visitor has a clock of their own, in seconds of work handed in. A job is tagged with what its visitor's clock
shows, and Dask takes the lowest tag first. So many runs at once, or Step pressed again and again, only move their own
visitor's clock on, and never keep another's next job waiting for long. Nobody saves anything up either: who comes back
starts at the tag that is being served. Nothing here queues; a tag is Dask's priority, negated.

A job may be handed in with a head start, by which it goes first though its visitor's clock is not set back: borrowed
virtual time (Duda and Cheriton 1999, SOSP). So who has just pressed Play sees a first step, and pays for it afterwards.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sslviz.training.live.engine import Engine, Job

USUAL = 0.5  # seconds that a job is taken to cost until it is back


class Shares:
    """What the visitors of a server have had of its workers. Safe to share between threads."""

    def __init__(self) -> None:
        self._served, self._clocks, self._out = 0.0, dict[str, float](), 0
        self._lock = threading.Lock()

    def begin(self, visitor: str) -> float:
        """The tag of a visitor's next job."""
        with self._lock:
            tag = max(self._served, self._clocks.get(visitor, 0.0))
            self._clocks[visitor], self._out = tag + USUAL, self._out + 1
            return tag

    def end(self, visitor: str, tag: float, seconds: float = USUAL, ahead: float = 0) -> None:
        """The job of this tag is back, which took so many seconds and had gone `ahead` by so many.

        A failed one is taken to have cost what is usual.
        """
        with self._lock:
            self._served, self._out = max(self._served, tag - ahead), self._out - 1
            self._clocks[visitor] = self._clocks.get(visitor, tag + USUAL) + seconds - USUAL
            # Who is behind would start at what is being served; and when nothing is, nobody has kept anybody waiting.
            self._clocks = {name: clock for name, clock in self._clocks.items() if clock > self._served and self._out}


class Share:
    """One visitor's way to the engine. To a run it is an engine."""

    def __init__(self, engine: Engine, shares: Shares, visitor: str) -> None:
        self._engine, self._shares, self._visitor = engine, shares, visitor

    def submit(self, function: Callable[..., Any], *arguments: Any, priority: float = 0) -> Job:
        """Run `function(*arguments)` on a worker in this visitor's turn; `priority` is a head start in seconds."""
        tag = self._shares.begin(self._visitor)
        try:
            job = self._engine.submit(timed, function, *arguments, priority=priority - tag)
        except BaseException:
            self._shares.end(self._visitor, tag, 0)
            raise
        job.add_done_callback(lambda done: self._shares.end(self._visitor, tag, _cost(done), priority))
        return Timed(job)

    def lost(self) -> bool:
        """Whether the engine has died, and with it all that was handed in."""
        return self._engine.lost()


class Timed:
    """A job whose result comes with the seconds that it took."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def add_done_callback(self, function: Callable[[Any], None]) -> None:
        """Call `function(job)` when the job has ended, in another thread."""
        self._job.add_done_callback(lambda _: function(self))

    def result(self) -> Any:
        """The result; raises what the job raised."""
        return self._job.result()[0]

    def cancel(self) -> Any:
        """Do not start it if it has not started."""
        return self._job.cancel()


def timed(function: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """Return what the function gives, and the seconds for which a worker was kept busy with it."""
    began = time.perf_counter()
    return function(*arguments), time.perf_counter() - began


def _cost(job: Job) -> float:
    try:
        return float(job.result()[1])
    except BaseException:  # noqa: BLE001 - failed or cancelled; who waits for it is told why
        return USUAL
