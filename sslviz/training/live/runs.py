"""Live runs: each one a chain of slices of about half a second on Dask.

Dask's scheduler takes slices in the order of their tags, which share the cores fairly among visitors (see `shares`).
Nothing here queues, restarts or balances: a run hands in a slice, keeps what comes back, and hands in the next one. A
pause is not handing in the next one.
"""

from __future__ import annotations

import operator
import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sslviz.training import loop
from sslviz.training.config import RunConfig
from sslviz.training.live import beginning, together, waiting
from sslviz.training.live.engine import Engine
from sslviz.training.live.put_away import put_away
from sslviz.training.live.rates import Rate
from sslviz.training.live.shares import Share, Shares
from sslviz.training.live.slices import Phases
from sslviz.training.live.slices import advance as _advance
from sslviz.training.live.slices import figures as _figures
from sslviz.training.live.slices import slow as _slow
from sslviz.training.live.together import NEAR, Others, Reached, Slice
from sslviz.training.results import recorded

SLICE, LONGEST = 0.5, 400  # seconds that a slice should take; most steps in one
HEAD_START = 5.0  # seconds by which a run's first step, a tenth of one long, goes before the slices of others
IDLE = 60.0  # seconds without a page that looks, after which a run pauses
KEPT = 2 * 3600.0  # and after which it is forgotten
TRIES = 3  # slices that may fail one after the other
AT_ONCE, EACH, ALL = 3, 60, 200  # runs: a visitor's that train at a time, all of a visitor's, and all of a server's
MINUTES, SLOWEST = 60.0, 1.0  # of one core that a run may take, unless SSLVIZ_RUN_MINUTES says so; seconds of a step

OWED = "owed"  # the slice after a single first step: nothing but what that one left aside
READY, PLAYING, PAUSING, PAUSED, DONE, FAILED = "ready", "playing", "pausing", "paused", "done", "failed"


class Run:
    """One visitor's run. Every public method may be called from any thread."""

    def __init__(
        self,
        config: RunConfig,
        engine: Engine | Share,
        clock: Callable[[], float] = time.monotonic,
        *,
        viewer: str = "",
        refuse: Callable[[Run], str] = lambda _: "",
        others: Callable[[Run], Others | None] = lambda _: None,
    ) -> None:
        """`refuse` says in a sentence why a run may not train now, or nothing; `others` whom it may train with."""
        self.id, self.config, self.viewer = secrets.token_urlsafe(12), config, viewer
        self._engine, self._clock, self._refuse, self._others = engine, clock, refuse, others
        self._lock = threading.RLock()
        self.slice: Slice | None = None  # that is being computed for it
        self._came = threading.Event()
        self._clear()

    def _clear(self) -> None:
        self._came.set()  # who waits for a first slice waits no longer
        self._came = threading.Event()  # a slice is back, or was lost
        self.state: loop.State | None = None  # None: not started
        self.status, self.note, self.device = READY, "", ""
        self.step, self.seconds = 0, 0.0
        self.losses: NDArray[np.float32] = np.empty(0, np.float32)
        self.evaluations: list[loop.Evaluation] = []
        self.phases: Phases = []
        self.figures: dict[str, Any] | None = None
        self._away: tuple[Any, ...] = ()  # what is out of memory
        self._wish: tuple[str, int] | None = None  # what to hand in next
        self._pace, self._failed, self.looked, self._round = 1, 0, self._clock(), object()
        self.crew = together.new_crew()  # the same for all who train together
        self._since = self._clock()  # when the last slice came back, or the first one was handed in
        self._training, self._judging = Rate(), Rate()  # a step; an evaluation

    # what a page does

    def play(self) -> None:
        """Train until the budget is spent, a pause, or a minute without a look."""
        self._want(("play", 0))

    def train_on(self) -> None:
        """Go on past the budget that is spent, at the lowest learning rate, by as many steps as the run began with."""
        with self._lock:
            if self.status == DONE:
                self.config, self.figures, self.status = self.config.longer(), None, PAUSED
        self.play()

    def step_once(self) -> None:
        """One step."""
        self._want(("step", 1))

    def slow(self) -> None:
        """One step in slow motion: `phases` then hold what happened in it."""
        self._want(("slow", 1))

    def pause(self) -> None:
        """Stop after the slice that is being computed."""
        with self._lock:
            self._wish = None
            if self.status == PLAYING:
                self.status = PAUSING if self.slice else PAUSED

    def reset(self) -> None:
        """Back to the untrained weights, with the same seed."""
        with self._lock:
            if self.slice:
                self.slice.leave()
            self.slice = None
            self._clear()  # a slice that still comes back finds another round

    def look(self) -> None:
        """A page shows this run; without a look for a minute it pauses."""
        with self._lock:
            self.looked = self._clock()
            if self.slice and self._engine.lost():
                lost, self._round = self.slice, object()  # whatever still comes of it is too late
                self._again(lost, self._round, ConnectionError(f"the engine ended while it held {lost.job}"))

    def wait_for_first(self, most: float) -> None:
        """Wait until a run that has just begun has its first slice, at most so many seconds; else not at all.

        For a page whose answer needs what that slice makes, so that the web server does not make it a second time.
        """
        with self._lock:
            came, begun = self._came, self.state is None and self.slice is not None
        if begun:
            came.wait(most)

    def put_away(self) -> None:
        """Take what a run that stands still holds out of memory; a page that shows it again reads it from a file."""
        with self._lock:
            held = (self.state, self.losses, self.evaluations, self.phases, self.figures)
            if not self.busy and (len(held) != len(self._away) or not all(map(operator.is_, held, self._away))):
                self._away = held = put_away(held)
                self.state, self.losses, self.evaluations, self.phases, self.figures = held

    def fork(self, copy: Run | None = None) -> Run:
        """A copy at the same step, paused, for somebody who opened the same link; `copy` is a new run of theirs."""
        with self._lock:
            copy = copy or Run(self.config, self._engine, self._clock)
            copy._go_to(self._reached())
            copy.figures, copy.phases = self.figures, self.phases
            copy.status = {PLAYING: PAUSED, PAUSING: PAUSED, FAILED: PAUSED}.get(self.status, self.status)
            return copy

    @property
    def busy(self) -> bool:
        """Whether something is being computed or about to be."""
        return self.status in (PLAYING, PAUSING) or self.slice is not None

    @property
    def waits(self) -> float:
        """Seconds for which it has had no slice, though it wants one; 0 where it wants none."""
        with self._lock:
            return self._clock() - self._since if self.slice else 0.0

    @property
    def unseen(self) -> float:
        """Seconds since a page showed it last."""
        return self._clock() - self.looked

    @property
    def left(self) -> float:
        """Seconds of one worker that the rest of the training will about take.

        A step costs what it cost here so far, and before that what it cost when the task was recorded.
        """
        evaluations = sum(at > self.step for at in loop.evaluation_steps(self.config))
        return self._a_step * (self.config.steps - self.step) + self._judging.mean * evaluations

    @property
    def _owes(self) -> bool:
        """Whether the untrained network has still to be judged, which the first step does not wait for."""
        return self.state is not None and beginning.owes(self.state)

    @property
    def _a_step(self) -> float:
        return self._training.mean if self._training.count else recorded_step(self.config)

    # the chain of slices

    def _want(self, wish: tuple[str, int]) -> None:
        with self._lock:
            if self.status == DONE:
                return
            if not self.busy and (reason := self._refuse(self)):
                self.note = reason
                return
            self.looked, self._wish, self.note = self._clock(), wish, ""
            self.status = PLAYING
            if self.slice is None:
                self._since, self.crew = self._clock(), together.new_crew()
                self._hand_in(leap=True)

    def _hand_in(self, *, leap: bool = False) -> None:
        """Have the next slice computed (with the lock held); `leap`: as in `_begin`."""
        assert self._wish is not None  # noqa: S101 - callers check
        kind, steps = self._wish
        function = _slow if kind == "slow" else _advance
        try:
            self._begin(kind, function, self._pace if kind == "play" else steps, leap=leap)
        except Exception as problem:  # noqa: BLE001 - the page must say so and go on
            self.slice, self.status, self.note = None, FAILED, f"The training engine cannot be reached: {problem}"

    def _begin(self, kind: str, function: Callable[..., Any], *more: Any, leap: bool = False) -> None:
        """Take part in a slice of others, or give one's own to the engine.

        Args:
            kind: of slice; a single step is nobody else's affair.
            function: what a worker computes, from the settings, the state and `more`.
            more: the rest of its arguments.
            leap: whether the run may be taken far ahead, to where others are.
        """
        alone, mark = kind not in ("play", "figures"), self._round
        if alone:
            self.crew = together.new_crew()
        others = None if alone else self._others(self)
        most = self.config.steps if leap else NEAR * self._pace
        if others and (joined := others.join(self.crew, self.step, most)):
            self.slice, start = joined
            self.crew = self.slice.crew
            self._go_to(start)
        else:
            engine = others.engine if others else self._engine
            first = HEAD_START if self.state is None else 0.0
            job = engine.submit(function, self.config.to_json(), self.state, *more, priority=first)
            self.slice = Slice(job, self.crew, None if alone else self._reached())
        mine = self.slice
        mine.job.add_done_callback(lambda _: self._done(mine, mark, kind))

    def _reached(self) -> Reached:
        return Reached(
            self.state, self.step, self.seconds, self.losses, tuple(self.evaluations), self.device, self._pace,
            replace(self._training), replace(self._judging),
        )  # fmt: skip

    def _go_to(self, there: Reached) -> None:
        self.state, self.step, self.seconds, self.losses = there.state, there.step, there.seconds, there.losses
        self.evaluations, self.device, self._pace = list(there.evaluations), there.device, there.pace
        self._training, self._judging = replace(there.training), replace(there.judging)

    def _done(self, mine: Slice, mark: object, kind: str) -> None:
        try:
            outcome = mine.job.result()
        except BaseException as problem:  # noqa: BLE001 - a cancelled slice raises CancelledError, which is none
            self._again(mine, mark, problem)
            return
        with self._lock:
            if mark is not self._round:
                return  # reset in the meantime
            self.slice, self._failed, self._since = None, 0, self._clock()
            if isinstance(outcome, dict):
                self.figures, self._wish = outcome, None
                self.status = DONE
                return
            self._take(*outcome)
            if kind != "play":
                if self._wish and self._wish[0] == kind:  # even a run of one step has a first map
                    self._wish = (OWED, 0) if self._owes else None
            elif self._wish and self.unseen > IDLE:
                self._wish, self.note = None, "Paused by itself: no page has looked at this run for a minute."
            if self.status == FAILED:
                self._wish = None
            else:
                self._go_on()
            self._came.set()

    def _go_on(self) -> None:
        """What comes next: the figures where the budget is spent, another slice where one is wished for, or a pause."""
        if self.step >= self.config.steps:
            self._judge()
        elif self._wish:
            self._hand_in()
        else:
            self.status = PAUSED

    def _take(self, state: loop.State, snapshot: loop.Snapshot, phases: Phases) -> None:
        untrained = self.state is None or any(not judged.step for judged in snapshot.evaluations)
        self.state, self.device = state, snapshot.device
        self.seconds += snapshot.seconds
        self.losses = np.concatenate([self.losses, snapshot.losses])
        self.evaluations += snapshot.evaluations
        if len(snapshot.losses) or snapshot.diverged is not None:  # else it was no step: the last one stays in view
            self.phases = phases
        if snapshot.diverged is not None:
            self.status = FAILED
            self.note = (
                f"Stopped at step {snapshot.diverged:,}: the loss is not a number any more, which a learning rate of "
                f"{self.config.lr:g} can do. The state of step {snapshot.step:,} is kept; Reset, and try a smaller one."
            )
        steps, evaluations = len(snapshot.losses), len(snapshot.evaluations)
        if evaluations and not untrained:  # the first map of all is drawn from scratch
            self._judging.add(max(0.0, snapshot.seconds - steps * self._a_step), evaluations)
        elif steps and not evaluations and not phases and not self._owes:
            self._training.add(snapshot.seconds, steps)
            wanted = SLICE / max(self._training.mean, SLICE / LONGEST)  # steps
            self._pace = round(np.clip(wanted, max(1, self._pace // 4), 4 * self._pace))
        self.step = snapshot.step

    def _judge(self) -> None:
        """The budget is spent: one more job, for the figures."""
        self._wish = None
        try:
            self._begin("figures", _figures)
        except Exception:  # noqa: BLE001 - trained it is; the figures are then missing
            self.status = DONE

    def _again(self, lost: Slice, mark: object, problem: BaseException) -> None:
        """A slice was lost with its worker: hand it in again, from the last state."""
        lost.spoil()
        with self._lock:
            if mark is not self._round:
                return
            self.slice, self._failed = None, self._failed + 1
            self._came.set()
            self._came = threading.Event()
            if waiting.killed(problem):  # Dask has tried it several times by itself
                self.status, self.note, self._failed = FAILED, waiting.memory_ran_out(self.config.batch), 0
            elif self._failed >= TRIES:
                self.status, self.note = FAILED, f"A slice failed {TRIES} times ({problem}). Play tries again."
                self._failed = 0
            else:
                self._go_on()


def recorded_step(config: RunConfig) -> float:
    """Seconds of one core that a step took when the task was recorded, for a batch of this size; 0 if it was not."""
    run = recorded.read(config.task)
    if run is None:
        return 0.0
    return float(run.meta["processor_seconds"]) / run.config.steps * config.batch / run.config.batch


class Runs:
    """All live runs of this server. A run belongs to one visitor; others who open its link get a copy."""

    def __init__(self, engine: Engine, most: int = ALL, each: int = EACH, at_once: int = AT_ONCE) -> None:
        """Keep at most `most` runs, `each` of one visitor, of which `at_once` train at a time."""
        self.engine, self._shares = engine, Shares()
        self._most, self._each, self._at_once = most, each, at_once
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()

    def new(self, config: RunConfig, viewer: str) -> Run:
        """A run that has not started."""
        run = Run(config, self.share(viewer), viewer=viewer, refuse=self._refuse, others=self._others)
        with self._lock:
            while self._drop_one(viewer):
                pass
            self._runs[run.id] = run
        return run

    def find(self, number: str, viewer: str) -> Run | None:
        """The run of this id (from a link) if it is this visitor's; else a copy of it; None if there is none."""
        with self._lock:
            run = self._runs.get(number)
        if run is None or run.viewer == viewer:
            return run
        return run.fork(self.new(run.config, viewer))

    def there(self, number: str) -> Run | None:
        """The run of this id, whosever it is."""
        with self._lock:
            return self._runs.get(number)

    def tasks(self, numbers: Sequence[str]) -> list[str]:
        """The tasks of those runs of these ids that there are."""
        with self._lock:
            return [self._runs[number].config.task for number in numbers if number in self._runs]

    def share(self, viewer: str) -> Share:
        """This visitor's way to the engine."""
        return Share(self.engine, self._shares, viewer)

    def drop(self, run: Run) -> None:
        """Forget a run, whatever it is doing."""
        run.reset()
        with self._lock:
            self._runs.pop(run.id, None)

    def forget(self) -> None:
        """Put the runs away that stand still and that no page shows, and forget those that none has shown for long.

        Each holds three to ten megabytes.
        """
        with self._lock:
            still = [run for run in self._runs.values() if not run.busy and run.unseen > IDLE]
            for run in still:
                if run.unseen > KEPT:
                    del self._runs[run.id]
        for run in still:
            run.put_away()

    def training(self) -> int:
        """How many runs are being trained now; those with the same settings that are trained once count as one."""
        return len({run.crew for run in self._playing()})

    def together(self, run: Run) -> int:
        """For how many visitors a run that plays is trained at once, its own counted."""
        return len({other.viewer for other in self._playing() if other.crew == run.crew})

    def seconds_left(self, run: Run) -> float:
        """Seconds until a run that plays will about have spent its budget, if the others go on, too."""
        crews: dict[str, set[str]] = {run.crew: {run.viewer}}
        for other in self._playing():
            crews.setdefault(other.crew, set()).add(other.viewer)
        whose = {crew: crew if len(viewers) > 1 else next(iter(viewers)) for crew, viewers in crews.items()}
        turns = Counter(whose.values())
        return run.left / min(1.0, self.engine.workers() / len(turns) / turns[whose[run.crew]])

    def waits(self, run: Run) -> str:
        """Why a run has had no slice for a while, in a sentence; empty where it has, or wants none."""
        if (seconds := run.waits) < waiting.LONG:
            return ""
        with self._lock:
            others = len({other.crew for other in self._runs.values() if other.busy} - {run.crew})
        return waiting.why(seconds, self.engine.standing(), others, judging=run.step >= run.config.steps)

    def _playing(self) -> list[Run]:
        with self._lock:
            return [run for run in self._runs.values() if run.status == PLAYING]

    def _others(self, run: Run) -> Others | None:
        """Whom a run may train with: others of the same settings, where more visitors train than there are workers.

        Whoever has a worker for themselves sees their own run from its first step on.
        """
        playing = [other for other in self._playing() if other is not run]
        alike = [other for other in playing if other.config == run.config]
        slices = [mine for other in alike if (mine := other.slice) is not None and mine.start is not None]
        visitors = len({run.viewer, *(other.viewer for other in playing)})
        if not slices or not (visitors > self.engine.workers() or any(other.crew == run.crew for other in alike)):
            return None
        return Others(slices, self.share(run.crew))

    def _refuse(self, run: Run) -> str:
        """Why this run may not train now, in a sentence; empty if it may."""
        most = float(os.environ.get("SSLVIZ_RUN_MINUTES", "") or MINUTES)
        step = recorded_step(run.config)
        minutes = step * run.config.steps / 60
        if step > SLOWEST or minutes > most:
            return (
                f"On this server a step may take {SLOWEST:g} s of one core and a run {most:g} minutes: "
                f"{run.config.steps:,} steps with a batch of {run.config.batch} would take {step:.1g} s and "
                f"{minutes:,.0f} minutes. Please choose a smaller batch or fewer steps, then Reset."
            )
        with self._lock:
            others = sum(other.busy for other in self._runs.values() if other.viewer == run.viewer and other is not run)
        if others >= self._at_once:
            return f"{others} runs of yours train already, as many as one visitor may. Pause one, then press Play here."
        return ""

    def _drop_one(self, viewer: str) -> bool:
        """Forget a run, if it takes one to make room for another of this visitor's (with the lock held).

        It is one that stands still: a visitor's own where they have as many as one may have, else one of the visitor
        who has most; and of theirs the one that nobody has looked at for longest.
        """
        counts = Counter(run.viewer for run in self._runs.values())
        own = counts[viewer] >= self._each
        if not own and len(self._runs) < self._most:
            return False
        still = [run for run in self._runs.values() if not run.busy and (run.viewer == viewer or not own)]
        if not still:
            return False
        del self._runs[min(still, key=lambda run: (-counts[run.viewer], run.looked)).id]
        return True
