"""What a card would send to its view, told without drawing it: for what is sent to the browser in advance."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from math import isfinite
from typing import Any

_ASKING: ContextVar[bool] = ContextVar("asking", default=False)


@dataclass(frozen=True)
class Sent:
    """The key of a view, what it is sent, its name, and under which event it would tell whom."""

    key: str
    data: Mapping[str, Any] | bytes
    view: str = ""
    event: str = ""
    handler: Callable[[dict[str, Any]], None] | None = None


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


def tell(sent: Sent) -> None:
    """Where it is only asked for, tell what the view would be sent; else do nothing."""
    if _ASKING.get():
        raise _Found(sent)


def as_json(data: Mapping[str, Any] | bytes) -> dict[str, Any]:
    """What a view is sent, where it goes another way than Streamlit's: {"data"}, or {"frame"}, bytes in base64."""
    return {"frame": b64encode(data).decode()} if isinstance(data, bytes) else {"data": finite(data)}


def finite(value: Any) -> Any:
    """Replace NaN and infinities by None: JSON has no word for them, and the browser would refuse the whole message."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: finite(item) for key, item in value.items()}
    return [finite(item) for item in value] if isinstance(value, list | tuple) else value
