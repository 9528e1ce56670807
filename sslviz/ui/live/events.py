"""The shape of what a view may tell, declared beside the view and checked in one place, before anybody reads it.

A browser sends what it likes: an event may be forged, or be about a card that has changed since. One that does not
have its shape is as if it had not been told.

>>> heard({"kind": "go", "index": 2, "more": 1}, {"go": {"index": whole(0, 3)}})
{'kind': 'go', 'index': 2}
>>> heard({"kind": "go", "index": 3}, {"go": {"index": whole(0, 3)}}) is None
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Event = dict[str, Any]
Check = Callable[[Any], bool]  # of a value; a field that is missing counts as None
Shape = Mapping[str, Check]  # by field
Tells = Mapping[str, Shape]  # by kind; "" for events that have no kind


def heard(value: Any, tells: Tells) -> Event | None:
    """The event, with its kind and the fields of its shape and no others; None where it has not that shape."""
    if not isinstance(value, Mapping):
        return None
    kind = value.get("kind", "")
    shape = tells.get(kind) if isinstance(kind, str) else None
    if shape is None or not all(check(value.get(name)) for name, check in shape.items()):
        return None
    named = {"kind": kind} if kind else {}
    return {**named, **{name: value[name] for name in shape if name in value}}


def whole(first: int, end: int) -> Check:
    """A whole number from `first` on and below `end`; True and False are none."""
    return lambda value: type(value) is int and first <= value < end


def text(most: int = 10_000) -> Check:
    """A text of at most so many letters."""
    return lambda value: isinstance(value, str) and len(value) <= most


def one_of(*values: str) -> Check:
    """One of these texts."""
    return lambda value: isinstance(value, str) and value in values


def many(check: Check, most: int) -> Check:
    """A list of at most so many values that all pass."""
    return lambda value: isinstance(value, list) and len(value) <= most and all(map(check, value))


def order_of(count: int) -> Check:
    """The numbers below `count` in any order."""
    each = many(whole(0, count), count)
    return lambda value: each(value) and sorted(value) == list(range(count))


def maybe(check: Check) -> Check:
    """Missing, or what passes."""
    return lambda value: value is None or check(value)


def anything(value: Any) -> bool:  # noqa: ARG001 - a check is handed the value
    """Whatever it is: who reads the field looks at it, and answers in a sentence."""
    return True
