"""Who opened a room: a token that the teacher's browser keeps, as that of a learner; without it nobody steers."""

from __future__ import annotations

from typing import TypedDict

from sslviz.ui.live import Handler, mount
from sslviz.ui.live.events import anything


class OpenerQuestion(TypedDict):
    """What the view is sent.

    session: changes with the session; known: whether Python has the token; offer: a new token, which takes the place of
    what the browser has; forget: whether the browser is to forget it.
    """

    session: str
    known: bool
    offer: str | None
    forget: bool


def opener_view(key: str, *, data: OpenerQuestion, on_event: Handler = None) -> None:
    """Ask the browser for the token of who opened a room. It draws nothing. It tells {"token": str or None}."""
    mount("classroom/opener", key, data, handler=on_event, tells={"": {"token": anything}})
