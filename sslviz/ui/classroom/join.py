"""The way into a room from the home page: type the code."""

from __future__ import annotations

from typing import TypedDict

from sslviz.ui.live import mount


class Door(TypedDict):
    """What the view is sent: how many letters and digits a code has."""

    length: int


def join_view(key: str, *, data: Door) -> None:
    """A field for the code of a room. What is typed leads the browser to the phones' page, not to Python."""
    mount("classroom/join", key, data)
