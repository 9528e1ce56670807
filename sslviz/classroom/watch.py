"""Changes of rooms, told to all phones that wait: one task a room looks into the database, not one a phone.

The database is the truth, since another server may have changed the room. The task looks at one number of the room
twice a second, and reads the whole room only when that has grown. It ends when nobody waits any longer.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime

import anyio.to_thread

from sslviz.classroom.room import Room
from sslviz.classroom.store import NoRoom, RoomStore
from sslviz.flashcards.connection import Unavailable

EVERY = 0.5  # seconds
_log = logging.getLogger(__name__)

Place = asyncio.Queue[Room | None]  # for the newest state of a room; None: it is over


@dataclass
class Watched:
    """A room that phones of this server wait for: a place for each, and the task that looks."""

    waiting: set[Place] = field(default_factory=set)
    task: asyncio.Task[None] | None = None


class Watch:
    """All rooms that phones of this server wait for."""

    def __init__(self, store: RoomStore, every: float = EVERY) -> None:
        self._store, self._every = store, every
        self._rooms: dict[str, Watched] = {}

    @property
    def tasks(self) -> int:
        """How many rooms are looked at."""
        return len(self._rooms)

    def enter(self, code: str) -> Place:
        """A place into which the room is put whenever it has changed: only the newest state, where somebody is slow."""
        place: Place = asyncio.Queue(maxsize=1)
        watched = self._rooms.setdefault(code, Watched())
        watched.waiting.add(place)
        if watched.task is None:
            watched.task = asyncio.create_task(self._look(code, watched), name=f"room {code}")
        return place

    def leave(self, code: str, place: Place) -> None:
        """Wait no longer. Awaits nothing, so that it is done even where the one who waited was cancelled."""
        watched = self._rooms.get(code)
        if watched is None:
            return
        watched.waiting.discard(place)
        if not watched.waiting:
            del self._rooms[code]
            if watched.task is not None:
                watched.task.cancel()

    async def _look(self, code: str, watched: Watched) -> None:
        seen = 0  # so that whoever waits first is told at once
        while True:
            try:
                version = await anyio.to_thread.run_sync(self._store.version, code, datetime.now(UTC))
                if version != seen:
                    _tell(watched, await anyio.to_thread.run_sync(self._store.look, code, datetime.now(UTC)))
                    seen = version
            except NoRoom:
                _tell(watched, None)
                return
            except Unavailable as trouble:
                _log.warning("a room cannot be looked at: %s", trouble)
            await asyncio.sleep(self._every)


def _tell(watched: Watched, room: Room | None) -> None:
    for place in watched.waiting:
        if place.full():
            place.get_nowait()
        place.put_nowait(room)
