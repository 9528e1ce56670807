"""Views of the home page: how a pseudo-label is made, the map of all tasks, and the time line."""

from collections.abc import Sequence
from typing import Any, TypedDict

from sslviz.ui.live import mount
from sslviz.ui.live.events import text


class Hero(TypedDict):
    """What the hero is sent.

    photo and picture_said are data addresses of pictures; sentence is (before, hidden, after); said and picture_said
    are what the model really answers, None where no model was asked.
    """

    photo: str
    sentence: tuple[str, str, str]
    said: str | None
    picture_said: str | None


class MapTask(TypedDict):
    """A task: `glyph` is nine of "h" hidden, "b" asked for, "o" given, "." nothing; `page` is an address or None."""

    slug: str
    name: str
    kind: str
    systems: str
    glyph: str
    page: str | None
    label: str


class Family(TypedDict):
    """A family of tasks."""

    name: str
    idea: str
    tasks: Sequence[MapTask]


class TaskMap(TypedDict):
    """What the map of tasks is sent: kinds of data, and families."""

    kinds: Sequence[str]
    families: Sequence[Family]


class TimeSystem(TypedDict):
    """A system of the time line: `after` names those it learned from; `page` is an address or None."""

    name: str
    year: int
    kind: str
    adds: str
    after: Sequence[str]
    page: str | None


class TimeLine(TypedDict):
    """What the time line is sent: kinds of data, and systems."""

    kinds: Sequence[str]
    systems: Sequence[TimeSystem]


def hero(
    key: str, *, photo: str, sentence: tuple[str, str, str], said: str | None, picture_said: str | None = None
) -> None:
    """Play the making of a pseudo-label once, in four steps; see `Hero`."""
    data: Hero = {"photo": photo, "sentence": sentence, "said": said, "picture_said": picture_said}
    mount("home/hero", key, data)


def task_map(key: str, *, kinds: Sequence[str], families: Sequence[Any]) -> str | None:
    """Show all tasks, `families` (each a Family) across and kinds of data downwards; return the slug just clicked."""
    data: TaskMap = {"kinds": list(kinds), "families": list(families)}
    event = mount("home/task_map", key, data, tells={"": {"slug": text(100)}})
    return event["slug"] if event else None


def time_line(key: str, *, kinds: Sequence[str], systems: Sequence[TimeSystem]) -> str | None:
    """Show `systems` by year, with lines to those they learned from; return the slug just clicked."""
    data: TimeLine = {"kinds": list(kinds), "systems": list(systems)}
    event = mount("home/time_line", key, data, tells={"": {"slug": text(100)}})
    return event["slug"] if event else None
