"""The votes of a room on the projector: before Reveal only how many; then class, model and truth side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from sslviz.ui.live import mount


class Placed(TypedDict):
    """A line of the score board."""

    name: str
    right: int


class Votes(TypedDict):
    """What the view is sent.

    text: the question; choices: the answers; voted, inside: how many; shown: whether the answer is shown; counts: votes
    for each answer, empty before; truth, model: numbers of answers, None before; shares: how sure the model is of each,
    may be empty; by: which model it is; sums: the score in words; board: the best of the class, empty where there is
    none; code, address, qr: of the room.
    """

    text: str
    choices: Sequence[str]
    voted: int
    inside: int
    shown: bool
    counts: Sequence[int]
    truth: int | None
    model: int | None
    shares: Sequence[float]
    by: str
    sums: str
    board: Sequence[Placed]
    code: str
    address: str
    qr: str


def votes_view(key: str, *, data: Votes) -> None:
    """Show how many have voted, and what came of it."""
    mount("classroom/votes", key, data)
