"""What this browser has kept of the lessons, for a page that saves it in a file or brings it in from one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import streamlit as st

from sslviz.ui.frame.lesson.course import EVERY
from sslviz.ui.frame.lesson.ticks import tick
from sslviz.ui.live import Handler, mount
from sslviz.ui.live.events import many, one_of, whole

MOST = 20  # scenes of a lesson, and more than any has


class LessonDone(TypedDict):
    """A lesson, and the numbers of its scenes that are done."""

    slug: str
    done: Sequence[int]


class LessonsKept(TypedDict):
    """What the view is sent: all that Python knows to be done; forget: whether the browser is to forget all of it."""

    lessons: Sequence[LessonDone]
    forget: bool


def done() -> dict[str, list[int]]:
    """The scenes that are done, by lesson; of lessons that exist."""
    found: dict[str, set[int]] = st.session_state.get("lesson_ticks", {})
    return {one.slug: sorted(found[one.slug]) for one in EVERY if found.get(one.slug)}


def bring(lessons: Mapping[str, Sequence[int]]) -> int:
    """Take in scenes that were done elsewhere; returns how many of them are new."""
    before = {slug: set(numbers) for slug, numbers in done().items()}
    for one in EVERY:
        tick(one.slug, [number for number in lessons.get(one.slug, ()) if number < MOST])
    return sum(len(set(numbers) - before.get(slug, set())) for slug, numbers in done().items())


def forget() -> None:
    """Nothing was ever done: neither in this visit, nor for all that the browser knows."""
    st.session_state.pop("lesson_ticks", None)
    st.session_state["lessons_forgotten"] = True


def keep() -> None:
    """Hand the browser what is done, and hear what else it has kept. It draws nothing."""

    def heard(event: dict[str, Any]) -> None:
        if event["kind"] == "forgot":
            st.session_state.pop("lessons_forgotten", None)
        elif not st.session_state.get("lessons_forgotten"):  # else it was sent before the browser was told to forget
            bring({one["slug"]: one["done"] for one in event["lessons"]})

    keeper_view(
        "lesson_keeper",
        data={
            "lessons": [{"slug": slug, "done": numbers} for slug, numbers in done().items()],
            "forget": bool(st.session_state.get("lessons_forgotten")),
        },
        on_event=heard,
    )  # fmt: skip


def keeper_view(key: str, *, data: LessonsKept, on_event: Handler = None) -> None:
    """Keep in the browser what is done. It tells what the browser had kept besides ("kept"), and when it forgot."""
    slug, numbers = one_of(*(one.slug for one in EVERY)), many(whole(0, MOST), MOST)

    def one(value: Any) -> bool:
        return isinstance(value, dict) and slug(value.get("slug")) and numbers(value.get("done"))

    tells = {"kept": {"lessons": many(one, len(EVERY))}, "forgot": {}}
    mount("frame/lesson/keeper", key, data, handler=on_event, tells=tells)
