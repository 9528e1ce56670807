"""Live runs: each one a chain of slices of about half a second on Dask.

Dask's scheduler shares the cores among all runs in turn. Nothing here queues, restarts or balances: a run hands in a
slice, keeps what comes back, and hands in the next one. A pause is not handing in the next one.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sslviz.training import loop
from sslviz.training.config import RunConfig
from sslviz.training.engine import Engine, Job
from sslviz.training.figures import figures
from sslviz.training.slow_motion import describe

SLICE, LONGEST = 0.5, 400  # seconds that a slice should take; most steps in one
IDLE = 60.0  # seconds without a page that looks, after which a run pauses
TRIES = 3  # slices that may fail one after the other

READY, PLAYING, PAUSING, PAUSED, DONE, FAILED = "ready", "playing", "pausing", "paused", "done", "failed"
Phases = list[dict[str, Any]]


class Run:
    """One visitor's run. Every public method may be called from any thread."""

    def __init__(self, config: RunConfig, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self.id, self.config = secrets.token_urlsafe(6), config
        self.viewer = ""
        self._engine, self._clock, self._lock = engine, clock, threading.RLock()
        self._job: Job | None = None
        self._clear()

    def _clear(self) -> None:
        self.state: loop.State | None = None  # None: not started
        self.status, self.note, self.device = READY, "", ""
        self.step, self.seconds = 0, 0.0
        self.losses: NDArray[np.float32] = np.empty(0, np.float32)
        self.evaluations: list[loop.Evaluation] = []
        self.phases: Phases = []
        self.figures: dict[str, Any] | None = None
        self._wish: tuple[str, int] | None = None  # what to hand in next
        self._pace, self._failed, self.looked, self._round = 10, 0, self._clock(), object()

    # what a page does

    def play(self) -> None:
        """Train until the budget is spent, a pause, or a minute without a look."""
        self._want(("play", 0))

    def step_once(self) -> None:
        """One step, ahead of other people's slices."""
        self._want(("step", 1))

    def slow(self) -> None:
        """One step in slow motion: `phases` then hold what happened in it."""
        self._want(("slow", 1))

    def pause(self) -> None:
        """Stop after the slice that is being computed."""
        with self._lock:
            self._wish = None
            if self.status == PLAYING:
                self.status = PAUSING if self._job else PAUSED

    def reset(self) -> None:
        """Back to the untrained weights, with the same seed."""
        with self._lock:
            if self._job:
                self._job.cancel()
            self._job = None
            self._clear()  # a slice that still comes back finds another round

    def look(self) -> None:
        """A page shows this run; without a look for a minute it pauses."""
        with self._lock:
            self.looked = self._clock()
            if self._job and self._engine.lost():
                job, self._round = self._job, object()  # whatever still comes of it is too late
                self._again(self._round, ConnectionError(f"the engine ended while it held {job}"))

    def fork(self) -> Run:
        """A copy at the same step, paused, for somebody who opened the same link."""
        with self._lock:
            copy = Run(self.config, self._engine, self._clock)
            for name in ("state", "step", "seconds", "losses", "device", "figures", "phases"):
                setattr(copy, name, getattr(self, name))
            copy.evaluations = list(self.evaluations)
            copy.status = {PLAYING: PAUSED, PAUSING: PAUSED, FAILED: PAUSED}.get(self.status, self.status)
            return copy

    @property
    def busy(self) -> bool:
        """Whether something is being computed or about to be."""
        return self.status in (PLAYING, PAUSING) or self._job is not None

    # the chain of slices

    def _want(self, wish: tuple[str, int]) -> None:
        with self._lock:
            if self.status == DONE:
                return
            self.looked, self._wish, self.note = self._clock(), wish, ""
            self.status = PLAYING
            if self._job is None:
                self._hand_in()

    def _hand_in(self) -> None:
        """Give the next slice to the engine (with the lock held)."""
        assert self._wish is not None  # noqa: S101 - callers check
        kind, steps = self._wish
        function, priority = (_slow, 20) if kind == "slow" else (_advance, 10 if kind == "step" else 0)
        try:
            self._job = self._engine.submit(
                function, self.config.to_json(), self.state, steps or self._pace, priority=priority
            )
        except Exception as problem:  # noqa: BLE001 - the page must say so and go on
            self._job, self.status, self.note = None, FAILED, f"The training engine cannot be reached: {problem}"
            return
        mark = self._round
        self._job.add_done_callback(lambda job: self._done(job, mark, kind))

    def _done(self, job: Job, mark: object, kind: str) -> None:
        try:
            outcome = job.result()
        except BaseException as problem:  # noqa: BLE001 - a cancelled slice raises CancelledError, which is none
            self._again(mark, problem)
            return
        with self._lock:
            if mark is not self._round:
                return  # reset in the meantime
            self._job, self._failed = None, 0
            if isinstance(outcome, dict):
                self.figures = outcome
                self.status = DONE
                return
            self._take(*outcome)
            if kind != "play":
                if self._wish and self._wish[0] == kind:
                    self._wish = None
            elif self._wish and self._clock() - self.looked > IDLE:
                self._wish, self.note = None, "Paused by itself: no page has looked at this run for a minute."
            if self.status == FAILED:
                self._wish = None
            elif self.step >= self.config.steps:
                self._judge()
            elif self._wish:
                self._hand_in()
            else:
                self.status = PAUSED

    def _take(self, state: loop.State, snapshot: loop.Snapshot, phases: Phases) -> None:
        self.state, self.device = state, snapshot.device
        self.seconds += snapshot.seconds
        self.losses = np.concatenate([self.losses, snapshot.losses])
        self.evaluations += snapshot.evaluations
        self.phases = phases
        if snapshot.diverged is not None:
            self.status = FAILED
            self.note = (
                f"Stopped at step {snapshot.diverged:,}: the loss is not a number any more, which a learning rate of "
                f"{self.config.lr:g} can do. The state of step {snapshot.step:,} is kept; Reset, and try a smaller one."
            )
        if len(snapshot.losses) > 1 and not snapshot.evaluations:  # aim at slices of half a second
            self._pace = int(np.clip(self._pace * np.clip(SLICE / snapshot.seconds, 0.5, 2), 1, LONGEST))
        self.step = snapshot.step

    def _judge(self) -> None:
        """The budget is spent: one more job, for the figures."""
        self._wish, mark = None, self._round
        try:
            self._job = self._engine.submit(_figures, self.config.to_json(), self.state)
        except Exception:  # noqa: BLE001 - trained it is; the figures are then missing
            self.status = DONE
            return
        self._job.add_done_callback(lambda job: self._done(job, mark, "figures"))

    def _again(self, mark: object, problem: BaseException) -> None:
        """A slice was lost with its worker: hand it in again, from the last state."""
        with self._lock:
            if mark is not self._round:
                return
            self._job, self._failed = None, self._failed + 1
            if self._failed >= TRIES:
                self.status, self.note = FAILED, f"A slice failed {TRIES} times ({problem}). Play tries again."
                self._failed = 0
            elif self.step >= self.config.steps:
                self._judge()
            elif self._wish:
                self._hand_in()
            else:
                self.status = PAUSED


def _advance(config: str, state: loop.State | None, steps: int) -> tuple[loop.State, loop.Snapshot, Phases]:
    """A slice, on a worker."""
    run = RunConfig.from_json(config)
    return *loop.advance(run, loop.start(run) if state is None else state, steps), []


def _slow(config: str, state: loop.State | None, steps: int) -> tuple[loop.State, loop.Snapshot, Phases]:  # noqa: ARG001
    run = RunConfig.from_json(config)
    state, snapshot, phases = loop.explain_step(run, loop.start(run) if state is None else state)
    return state, snapshot, describe(phases)


def _figures(config: str, state: loop.State) -> dict[str, Any]:
    return figures(RunConfig.from_json(config), state)


class Runs:
    """All live runs of this server. A run belongs to one visitor; others who open its link get a copy."""

    def __init__(self, engine: Engine, most: int = 200) -> None:
        self.engine, self._most = engine, most
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()

    def new(self, config: RunConfig, viewer: str) -> Run:
        """A run that has not started."""
        return self._keep(Run(config, self.engine), viewer)

    def find(self, number: str, viewer: str, here: Callable[[str], bool]) -> Run | None:
        """The run of this id for this visitor; a copy if its own visitor is still here; None if there is none.

        Args:
            number: the id, from a link.
            viewer: who asks.
            here: tells whether a visitor is still connected. After a reload the old one is not, and the run is
                simply taken over.
        """
        with self._lock:
            run = self._runs.get(number)
            if run is None or run.viewer == viewer:
                return run
            if not here(run.viewer):
                run.viewer = viewer
                return run
        return self._keep(run.fork(), viewer)

    def drop(self, run: Run) -> None:
        """Forget a run, whatever it is doing."""
        run.reset()
        with self._lock:
            self._runs.pop(run.id, None)

    def training(self) -> int:
        """How many runs are being trained now."""
        with self._lock:
            return sum(run.status == PLAYING for run in self._runs.values())

    def _keep(self, run: Run, viewer: str) -> Run:
        run.viewer = viewer
        with self._lock:
            still = sorted((old.looked, number) for number, old in self._runs.items() if not old.busy)
            for _, number in still[: max(0, len(self._runs) + 1 - self._most)]:
                del self._runs[number]  # those that stand still, and that nobody has looked at for longest
            self._runs[run.id] = run
        return run
