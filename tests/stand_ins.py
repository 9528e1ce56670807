"""What tests put in the place of Dask and of costly evaluations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from sslviz.catalogue import TASKS, load
from sslviz.training.live.engine import Standing


class Job:
    """A slice that has been handed in, and is computed when the test says so."""

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...], priority: float) -> None:
        self.function, self.arguments, self.priority = function, arguments, priority
        self.ended = self.cancelled = False
        self._value: Any = None
        self._problem: BaseException | None = None
        self._callbacks: list[Callable[[Any], None]] = []

    def add_done_callback(self, function: Callable[[Any], None]) -> None:
        if self.ended:
            function(self)
        else:
            self._callbacks.append(function)

    def result(self) -> Any:
        assert self.ended
        if self._problem is not None:
            raise self._problem
        return self._value

    def cancel(self) -> None:
        self.cancelled = True

    def finish(self) -> None:
        """Compute it, and tell."""
        try:
            self._value = self.function(*self.arguments)
        except Exception as problem:  # noqa: BLE001 - as on a worker
            self._problem = problem
        self._end()

    def fail(self, problem: BaseException) -> None:
        """As if its worker had died."""
        self._problem = problem
        self._end()

    def _end(self) -> None:
        self.ended = True
        for function in self._callbacks:
            function(self)


class Engine:
    """Keeps the slices until `work` computes them, the most urgent first; `at_once` computes each as it comes."""

    def __init__(self, *, at_once: bool = False) -> None:
        self.at_once, self.dead, self.broken = at_once, False, False
        self.stands: Standing | None = Standing(own=True, ready=1)
        self.waiting: list[Job] = []
        self.seen: list[Job] = []

    def submit(self, function: Callable[..., Any], *arguments: Any, priority: float = 0) -> Job:
        if self.broken:
            raise OSError("no route to host")
        job = Job(function, arguments, priority)
        self.seen.append(job)
        if self.at_once:
            job.finish()
        else:
            self.waiting.append(job)
        return job

    def take(self) -> Job:
        """The next slice, out of the queue."""
        job = max(self.waiting, key=lambda each: each.priority)  # of equals the first
        self.waiting.remove(job)
        return job

    def work(self, most: int = 1) -> int:
        """Compute at most `most` slices; returns how many there were."""
        done = 0
        while self.waiting and done < most:
            self.take().finish()
            done += 1
        return done

    def workers(self) -> int:
        return 1

    def standing(self) -> Standing | None:
        return self.stands

    def lost(self) -> bool:
        return self.dead

    def close(self) -> None:
        self.waiting.clear()


WHOLE = ("captions", "frame_order")  # a held-out batch of these has each name, each order once
_FEW: dict[tuple[str, str], Any] = {}  # a few samples for the probes of each task


def cheapen(monkeypatch: pytest.MonkeyPatch, depth: int | None = None) -> None:
    """Evaluations that are fewer and smaller, and a trunk of `depth` blocks, where that is given. Imports torch.

    Nothing else is changed. Weights that were recorded fit the usual depth alone.
    """
    from sslviz.evaluation import projection
    from sslviz.models.trunk import Trunk
    from sslviz.training import loop

    def probe_data(task: str, data: str) -> Any:
        if (task, data) not in _FEW:
            whole = load(task).probe_data(data)
            _FEW[task, data] = replace(whole, shown=whole.shown[:40]).few(80)
        return _FEW[task, data]

    whole = loop.Learner.held_out

    def two_batches(self: Any, samples: int) -> Any:
        two = 2 * (self.task.held_out_batch or self.config.batch)
        return whole(self, min(samples, two) if samples == loop.HELD_OUT_SAMPLES else samples)

    for slug in TASKS:
        task: Any = type(load(slug))
        if slug not in WHOLE:
            monkeypatch.setattr(task, "held_out_batch", min(task.held_out_batch, 40))
    monkeypatch.setattr(loop.Learner, "held_out", two_batches)
    if depth is not None:
        width, _, *more = Trunk.__init__.__defaults__ or ()
        monkeypatch.setattr(Trunk.__init__, "__defaults__", (width, depth, *more))
    monkeypatch.setattr(loop, "FRAMES", 4)
    monkeypatch.setattr(loop, "_probe_data", probe_data)
    monkeypatch.setattr(projection, "FIRST_STEPS", (20, 30))
    monkeypatch.setattr(projection, "NEXT_STEPS", 10)
    forget()


def fewer_choices(monkeypatch: pytest.MonkeyPatch, *, penalty: bool = False) -> None:
    """Probes with three choices of labels in place of twenty, which is most of what figures cost.

    Unless `penalty`, that of the probe is one for all, and not chosen each time by twenty more fits.
    """
    from sslviz.evaluation import probes

    if not penalty:
        monkeypatch.setattr(probes, "penalty", lambda _x, _y: probes.UNCHOSEN)
    monkeypatch.setattr(probes, "linear_few", partial(probes.linear_few, seeds=probes.CHOICES[:3]))


def forget() -> None:
    """As if in a new process: no learner is kept, and no untrained network was judged."""
    from sslviz.training import loop
    from sslviz.training.live import beginning

    for cached in (loop._learner, loop.evaluation_steps, loop._order):
        cached.cache_clear()
    beginning.forget()
