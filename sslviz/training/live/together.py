"""Runs with the same settings, trained once: what is computed for one of them holds for all.

A run is a pure function of its settings: the same seed, the same run, bit for bit. So each visitor keeps a run of their
own, with its own buttons, and only the slices are shared: a run that wants its next one takes part in that of another
run of the same settings, where one is being computed, and begins from where that one began. Nobody's pause, reset or
leaving then touches what the others see; there is nothing to hand over.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sslviz.training import loop
    from sslviz.training.live.engine import Engine, Job
    from sslviz.training.live.rates import Rate
    from sslviz.training.live.shares import Share

NEAR = 4  # slices: a run that goes on is taken so far ahead at most, else its film would leap


@dataclass(frozen=True)
class Reached:
    """How far a run has come: all that its next slice goes on from, and what was seen on the way."""

    state: loop.State | None
    step: int
    seconds: float
    losses: NDArray[np.float32]
    evaluations: tuple[loop.Evaluation, ...]
    device: str
    pace: int
    training: Rate
    judging: Rate


class Slice:
    """A job that is being computed, for one run or for several."""

    def __init__(self, job: Job, crew: str, start: Reached | None = None) -> None:
        """`crew` names those who train together; `start` is where it begins, None where nobody else may take part."""
        self.job, self.crew, self.start = job, crew, start
        self._waiting, self._lock = 1, threading.Lock()

    def join(self) -> bool:
        """Wait for it, too; False where it was given up."""
        with self._lock:
            if not self._waiting:
                return False
            self._waiting += 1
            return True

    def leave(self) -> None:
        """Wait for it no longer; the last one who does cancels it."""
        with self._lock:
            self._waiting = max(0, self._waiting - 1)
            last = not self._waiting
        if last:
            self.job.cancel()

    def spoil(self) -> None:
        """It is lost: nobody may wait for it any more."""
        with self._lock:
            self._waiting = 0


@dataclass(frozen=True)
class Others:
    """Whom a run may train with: slices of the same settings that are being computed, and a way to the engine."""

    slices: Sequence[Slice]
    engine: Engine | Share

    def join(self, crew: str, step: int, most: int) -> tuple[Slice, Reached] | None:
        """The slice that is farthest along, where it is not behind.

        Args:
            crew: whom the run trains with already; of them any slice will do.
            step: how far the run is.
            most: steps that it may be taken ahead.
        """
        found = [(one.start.step, one, one.start) for one in self.slices if one.start and one.start.step >= step]
        for at, one, start in sorted(found, key=lambda each: -each[0]):
            if (at - step <= most or one.crew == crew) and one.join():
                return one, start
        return None


def new_crew() -> str:
    """A name for those who train together, to begin with for one alone."""
    return secrets.token_urlsafe(6)
