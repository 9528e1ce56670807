"""The way through the course on the home page; where one stands the browser knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from sslviz.ui.frame.lesson.course import COURSE, EVERY, MORE, Place
from sslviz.ui.live import mount
from sslviz.ui.live.events import one_of


class Stop(TypedDict):
    """A lesson on the way; scenes: how many it has; done: how many of them were done in this visit."""

    slug: str
    title: str
    goal: str
    minutes: int
    scenes: int
    done: int


class Way(TypedDict):
    """What the view is sent: the lessons of the course, and those beside it."""

    stops: Sequence[Stop]
    more: Sequence[Stop]


def lessons(done: Mapping[str, int]) -> Way:
    """The lessons in order; how many scenes each has, and how many of them are done."""

    def stops(places: Iterable[Place]) -> list[Stop]:
        return [
            {
                "slug": p.slug, "title": p.title, "goal": p.goal, "minutes": p.minutes, "scenes": p.scenes,
                "done": done.get(p.slug, 0),
            }
            for p in places
        ]  # fmt: skip

    return {"stops": stops(COURSE), "more": stops(MORE)}


def way_view(key: str, *, data: Way) -> str | None:
    """Show the way; returns the slug of the lesson that was just chosen."""
    event = mount("frame/lesson/way", key, data, tells={"": {"slug": one_of(*(place.slug for place in EVERY))}})
    return event["slug"] if event else None
