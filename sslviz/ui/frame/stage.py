"""What of a part stands on the stage of a lesson, and how large; in the lab there is no stage, and all is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """How a part is drawn on the stage.

    Attributes:
        size: "large" for one screen, "present" for a projector.
        rows: how far a card goes down from the raw sample: 1 the sample, 2 what was done and what the model sees, and
            so on; 0: only its panels.
        skip: how many of its rows are left out at the top.
        panels: numbers of the panels beside the card.
        pictures: how many pictures, the chosen one first; 0: all.
        edge: px of a picture; 0: as large as the size says.
        bare: whether nothing is hidden or changed before the visitor does it.
    """

    size: str
    rows: int = 9
    skip: int = 0
    panels: tuple[int, ...] = ()
    pictures: int = 0
    bare: bool = False
    edge: int = 0


_NOW: ContextVar[Stage | None] = ContextVar("stage", default=None)


def now() -> Stage | None:
    """The stage that is being drawn; None in the lab."""
    return _NOW.get()


def size() -> str:
    """How large the stage is; "" in the lab."""
    scene = now()
    return scene.size if scene else ""


@contextmanager
def on(stage: Stage | None) -> Iterator[None]:
    """Draw what follows on this stage; None: in the lab."""
    token = _NOW.set(stage)
    try:
        yield
    finally:
        _NOW.reset(token)
