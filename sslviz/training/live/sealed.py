"""Jobs as bytes, which only the worker that computes one unpacks.

Dask unpacks on its scheduler what is handed in, and so imports there what a job is about: torch, half a gigabyte that a
scheduler needs for nothing. Importing this brings none.
"""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import parent_process
from typing import Any

from distributed.protocol import pickle

from sslviz.training.live.lean import Lean

_lean = Lean()


def seal(function: Callable[..., Any], arguments: tuple[Any, ...]) -> bytes:
    """A call as bytes."""
    return bytes(pickle.dumps((function, arguments)))


def unseal(sealed: bytes) -> Any:
    """Make the call, on a worker; raises what it raises."""
    if parent_process() is None:  # where jobs are computed among other things, nothing is let go behind their backs
        return _called(sealed)
    with _lean.job():
        return _called(sealed)


def _called(sealed: bytes) -> Any:
    function, arguments = pickle.loads(sealed)
    return function(*arguments)
