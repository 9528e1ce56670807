"""Dask's scheduler and worker without their HTTP servers, which tell every user of a computer what is computed.

Dask starts them even where no dashboard is asked for. Importing this brings no torch: the scheduler needs none.
"""

from __future__ import annotations

from typing import Any

from distributed import Scheduler, Worker


class ClosedScheduler(Scheduler):
    """A scheduler that answers on its own, encrypted port only."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Start none."""


class ClosedWorker(Worker):
    """A worker that answers on its own, encrypted port only."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Start none."""
