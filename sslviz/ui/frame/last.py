"""What a page does after all that a visitor looks at first, though it stands higher up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_WAITING: ContextVar[list[tuple[DeltaGenerator, Callable[[], object]]] | None] = ContextVar("waiting", default=None)


def last(draw: Callable[[], object], place: DeltaGenerator | None = None) -> None:
    """Draw something here, or in a place kept for it, when the rest of the page is drawn.

    It is drawn at once where nothing is put off, as when a fragment is drawn anew.
    """
    waiting = _WAITING.get()
    if waiting is None:
        draw()
    else:
        waiting.append((st.container() if place is None else place, draw))


@contextmanager
def put_off() -> Iterator[None]:
    """Put off what is for the last, to the end of this block."""
    token = _WAITING.set([])
    try:
        yield
        waiting = _WAITING.get() or []
    finally:
        _WAITING.reset(token)
    for place, draw in waiting:
        with place:
            draw()
