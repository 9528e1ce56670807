"""What a card would send to its view, told without drawing it: for what is sent to the browser in advance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

_ASKING: ContextVar[bool] = ContextVar("asking", default=False)


@dataclass(frozen=True)
class Sent:
    """The key of a view, and what it is sent."""

    key: str
    data: Mapping[str, Any] | bytes


class _Found(BaseException):  # of no kind that a card might catch
    def __init__(self, sent: Sent) -> None:
        self.sent = sent


def sent_by(draw: Callable[[], None]) -> Sent:
    """What `draw` sends to the first view that it mounts; it ends there, so what it draws before that is drawn."""
    token = _ASKING.set(True)
    try:
        draw()
    except _Found as found:
        return found.sent
    finally:
        _ASKING.reset(token)
    raise ValueError("no view was mounted")


def tell(key: str, data: Mapping[str, Any] | bytes) -> None:
    """Where it is only asked for, tell what the view would be sent; else do nothing."""
    if _ASKING.get():
        raise _Found(Sent(key, data))
