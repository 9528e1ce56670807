"""A worker keeps little: it lets go of the data of tasks that it has no more to do with.

Each task makes tables of its data, and networks, when it first needs them, and keeps them for the next slice. A worker
that has trained one task after the other would hold those of all. So one that has grown by GROWN lets go of everything
that is made again when it is asked for: once it has rested for REST seconds, or, where it never rests, before a job,
but then not more often than every SELDOM seconds, since a class may train many tasks at once. Importing this brings no
torch.
"""

from __future__ import annotations

import contextlib
import gc
import math
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import psutil

from sslviz.training.live.memory import give_back

GROWN = 200e6  # bytes
REST, SELDOM = 5.0, 60.0  # seconds
MADE_AGAIN = (
    "sslviz.data.", "sslviz.evaluation.", "sslviz.models.", "sslviz.tasks.", "sslviz.training.figures",
    "sslviz.training.loop", "sslviz.training.results.",
)  # fmt: skip


class Lean:
    """Watches over what this process holds."""

    def __init__(self) -> None:
        self._at_first, self._jobs, self._ended, self._cleared = 0.0, 0, 0.0, -math.inf
        self._guard, self._watcher = threading.Lock(), threading.Thread()

    @contextlib.contextmanager
    def job(self) -> Iterator[None]:
        """In the block a job is computed, which keeps what it needs."""
        with self._guard:
            self._at_first = self._at_first or held()
            if not self._jobs and time.monotonic() >= self._cleared + SELDOM:
                self._slim()
            self._jobs += 1
        try:
            yield
        finally:
            with self._guard:
                self._jobs, self._ended = self._jobs - 1, time.monotonic()
                if not self._watcher.is_alive():
                    self._watcher = threading.Thread(target=self._watch, name="lean", daemon=True)
                    self._watcher.start()

    def _watch(self) -> None:
        """Wait for a rest; there is another watcher after the next job."""
        while True:
            time.sleep(max(0.0, self._ended + REST - time.monotonic()) or REST / 10)
            with self._guard:
                if not self._jobs and time.monotonic() >= self._ended + REST:
                    self._slim()
                    self._watcher = threading.Thread()
                    return

    def _slim(self) -> None:
        if held() < self._at_first + GROWN:
            return
        give_back()  # what is free already may be all
        if held() < self._at_first + GROWN:
            return
        self._cleared = time.monotonic()
        for cache in caches(MADE_AGAIN):
            cache.cache_clear()
        gc.collect()
        give_back()


def held() -> float:
    """Bytes that this process holds, without the files that it maps."""
    memory = psutil.Process().memory_info()
    return float(memory.rss - getattr(memory, "shared", 0))


def caches(modules: tuple[str, ...]) -> Iterator[Any]:
    """The caches of functions of all modules whose names begin so."""
    for name, module in list(sys.modules.items()):
        if name.startswith(modules):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear") and getattr(value, "__module__", "") == name:
                    yield value
