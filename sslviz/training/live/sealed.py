"""Jobs as bytes, which only the worker that computes one unpacks.

Dask unpacks on its scheduler what is handed in, and so imports there what a job is about: torch, half a gigabyte that a
scheduler needs for nothing. Importing this brings none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from distributed.protocol import pickle


def seal(function: Callable[..., Any], arguments: tuple[Any, ...]) -> bytes:
    """A call as bytes."""
    return bytes(pickle.dumps((function, arguments)))


def unseal(sealed: bytes) -> Any:
    """Make the call, on a worker; raises what it raises."""
    function, arguments = pickle.loads(sealed)
    return function(*arguments)
