"""What a visitor has made by hand in a view. The browser may send anything, so it is checked before use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

import streamlit as st

Asked = tuple[str, str | None]  # key of a view, and identity of its data
_NOTED: ContextVar[list[Asked] | None] = ContextVar("noted", default=None)
_KEPT: ContextVar[Mapping[str, Any] | None] = ContextVar("kept", default=None)


def made(key: str, identity: str | None = None) -> Any:
    """What was made in the view of this key; None where nothing was.

    Args:
        key: of the view.
        identity: the `id` of the data that it must be about; None: of any.
    """
    if (noted := _NOTED.get()) is not None:
        noted.append((key, identity))
    kept = session().get(f"{key}:made", {})
    return kept.get("made") if identity is None or kept.get("id") == identity else None


def session() -> Mapping[str, Any]:
    """What a card may read of a visitor's session: as it is now, or where none is at hand, as `keeping` kept it."""
    found: Any = st.session_state if (kept := _KEPT.get()) is None else kept
    return cast("Mapping[str, Any]", found)


@contextmanager
def keeping(kept: Mapping[str, Any]) -> Iterator[None]:
    """Meanwhile, and in contexts that are copied meanwhile, have cards read this in place of a session."""
    token = _KEPT.set(kept)
    try:
        yield
    finally:
        _KEPT.reset(token)


@contextmanager
def noting() -> Iterator[list[Asked]]:
    """Note what is asked of `made` meanwhile."""
    noted: list[Asked] = []
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


def heard(key: str) -> int:
    """The number of the visitor's last change that came here, 0 before the first.

    It goes back with the data, so that the browser tells an answer to its last change from an older one.
    """
    return whole(session().get(f"{key}:made", {}).get("nth"), 2**53, 0)


def whole(value: Any, count: int, fallback: int) -> int:
    """A whole number from 0 to below `count`; `fallback` where the value is none."""
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < count
    return value if fits else fallback


def switches(value: Any, count: int) -> list[bool] | None:
    """A list of `count` times yes or no; None where the value is none."""
    fits = isinstance(value, list) and len(value) == count and all(isinstance(one, bool) for one in value)
    return value if fits else None


def places(value: Any, count: int) -> list[int] | None:
    """A list of different places among `count`; None where the value is none."""
    if not isinstance(value, list) or any(whole(one, count, -1) < 0 for one in value):
        return None
    return value if len(set(value)) == len(value) else None


def order(value: Any, of: list[int]) -> list[int] | None:
    """The same whole numbers in some order; None where the value is none."""
    found = places(value, max(of, default=0) + 1)
    return found if found is not None and sorted(found) == sorted(of) else None
