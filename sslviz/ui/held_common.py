"""Cards that are the same for everybody: where a class presses the same button, each is made once.

A card is common while it reads nothing that a visitor made by hand; what it asked for is kept with it, so that who did
make something there gets a card of their own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from sslviz.ui.live.made import Asked, made, noting

MOST = 32 << 20  # bytes of all cards together; those that nobody asked for longest go first


@dataclass(frozen=True)
class Common:
    """A card as JSON, and what it asked for of what the visitor made."""

    text: bytes
    asked: tuple[Asked, ...]


_lock = threading.Lock()
_held: OrderedDict[Hashable, Common] = OrderedDict()
_size = [0]  # bytes of those
_making = [threading.Lock() for _ in range(16)]  # who asks for what is being made waits for it


def common(key: Hashable, make: Callable[[], bytes]) -> bytes:
    """The card of this key, made only where nobody had it made, or where this visitor made something by hand there.

    Args:
        key: all that the card depends on, but what a visitor makes.
        make: makes it for the present visitor.
    """
    with _making[hash(key) % len(_making)]:
        with _lock:
            found = _held.get(key)
        if found is None or _own(found.asked):
            with noting() as asked:
                found = Common(make(), tuple(asked))
        if not _own(found.asked):
            _keep(key, found)
    return found.text


def _own(asked: tuple[Asked, ...]) -> bool:
    return any(made(*one) is not None for one in asked)


def _keep(key: Hashable, card: Common) -> None:
    with _lock:
        before = _held.pop(key, None)
        _held[key] = card
        _size[0] += len(card.text) - (len(before.text) if before else 0)
        while _size[0] > MOST:
            _, oldest = _held.popitem(last=False)
            _size[0] -= len(oldest.text)
