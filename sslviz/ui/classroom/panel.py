"""The room on the projector: its code, the QR code of its address, how many are in, and who."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from sslviz.ui.live import Handler, mount
from sslviz.ui.live.events import whole


class Taken(TypedDict):
    """A seat: its number, and the nickname."""

    seat: int
    name: str


class RoomPanel(TypedDict):
    """What the view is sent: code and address to read, the QR code as a data address, who is in, and what holds."""

    code: str
    address: str
    qr: str
    seats: Sequence[Taken]
    locked: bool


def panel_view(key: str, *, data: RoomPanel, on_event: Handler = None) -> None:
    """Show a room. It tells whom the teacher puts out ("out")."""
    mount("classroom/panel", key, data, handler=on_event, tells={"out": {"seat": whole(1, 2**53)}})
