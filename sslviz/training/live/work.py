"""Work for the engine in stages: jobs that belong together, and whose results make the next ones.

Importing this brings no torch.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from sslviz.training.live.engine import Job
    from sslviz.training.live.shares import Share

Call = tuple[Any, ...]  # a function and its arguments
Stage = Callable[[list[Any]], list[Call]]


class Work:
    """Jobs on the engine that belong together, in stages: the results of one make the jobs of the next.

    The jobs take their turn with other visitors' slices, as `share` has it. A page looks at `progress`, at
    `found` (the last stage's results, None until then) and at `note` (why it failed, or empty).
    """

    TRIES = 3

    def __init__(self, share: Share, stages: Sequence[Stage]) -> None:
        self.note, self.found, self.seconds = "", cast("list[Any] | None", None), 0.0
        self._engine, self._waiting, self._stages = share, list(stages), len(stages)
        self._began, self._lock = time.monotonic(), threading.RLock()
        self._results, self._left = list[Any](), 0
        self._next([])

    @property
    def busy(self) -> bool:
        """Whether results are still to come. Asks whether the engine is still there, too."""
        if self.found is None and not self.note and self._engine.lost():
            self.note = "The training engine ended. Please try again."
        return self.found is None and not self.note

    @property
    def progress(self) -> float:
        """Share of what is done, 0 to 1; every stage counts alike."""
        with self._lock:
            if self.found is not None:
                return 1.0
            here = 1 - self._left / max(1, len(self._results))
            return (self._stages - len(self._waiting) - 1 + here) / self._stages

    def _next(self, results: list[Any]) -> None:
        with self._lock:
            if not self._waiting:
                self.found, self.seconds = results, time.monotonic() - self._began
                return
            calls = self._waiting.pop(0)(results)
            self._results, self._left = [None] * len(calls), len(calls)
        for place, call in enumerate(calls):
            self._submit(place, call, 1)

    def _submit(self, place: int, call: Call, tries: int) -> None:
        try:
            job = self._engine.submit(*call)
        except Exception as problem:  # noqa: BLE001 - the page must say so and go on
            self.note = f"The training engine cannot be reached: {problem}"
            return
        job.add_done_callback(lambda one: self._take(place, call, tries, one))

    def _take(self, place: int, call: Call, tries: int, job: Job) -> None:
        try:
            value = job.result()
        except BaseException as problem:  # noqa: BLE001 - a cancelled job raises CancelledError, which is none
            if tries < self.TRIES:
                self._submit(place, call, tries + 1)
            else:
                self.note = f"A job failed {self.TRIES} times ({problem})."
            return
        with self._lock:
            self._results[place] = value
            self._left -= 1
            last = not self._left
        if last:
            self._next(self._results)
