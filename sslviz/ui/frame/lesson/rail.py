"""The rail of a lesson: its scenes, what is done; and the keys of a lesson, and what the browser keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from sslviz.ui.live import Handler, mount
from sslviz.ui.live.events import many, whole


class Rail(TypedDict):
    """What the rail is sent.

    slug: of the lesson, under which the browser keeps what is done; names: of the scenes; now: number of the scene;
    done: numbers of those that are ticked; view: "lesson", "lab" or "present".
    """

    slug: str
    names: Sequence[str]
    now: int
    done: Sequence[int]
    view: str


def rail_view(key: str, *, data: Rail, on_event: Handler = None) -> None:
    """Show the scenes of a lesson. It tells which one was chosen ("go"), and what the browser has kept ("kept")."""
    count = max(1, len(data["names"]))
    tells = {"go": {"scene": whole(0, count)}, "kept": {"done": many(whole(0, count), count)}}
    mount("frame/lesson/rail", key, data, handler=on_event, tells=tells)
