"""The teacher's notes of a lesson, for a second window: the scene that the class sees is marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from sslviz.ui.frame.lesson.scene import Lesson
from sslviz.ui.frame.lesson.words import plain
from sslviz.ui.live import mount


class Note(TypedDict):
    """Notes on a scene."""

    name: str
    says: str
    do: str
    ask: str
    expect: str
    beware: str


class Notes(TypedDict):
    """What the view is sent: whose notes they are, and at which scene it begins."""

    slug: str
    title: str
    now: int
    notes: Sequence[Note]


def draw(slug: str, title: str, lesson: Lesson, now: int) -> None:
    """Draw the notes."""
    notes_view(
        f"{slug}_notes",
        data={
            "slug": slug, "title": title, "now": now,
            "notes": [
                {
                    "name": one.name, "says": plain(one.says), "do": plain(one.do), "ask": plain(one.ask),
                    "expect": plain(one.expect), "beware": plain(one.beware),
                }
                for one in lesson.scenes
            ],
        },
    )  # fmt: skip


def notes_view(key: str, *, data: Notes) -> None:
    """Show the notes; they follow the lesson in the browser's other window."""
    mount("frame/lesson/notes", key, data)
