"""A page as a lesson, or as a lesson for a projector: the scenes of its task, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.classroom.room import Room
from sslviz.classroom.room import Scene as InRoom
from sslviz.data import Credit
from sslviz.ui.classroom import teacher
from sslviz.ui.frame import current, settings
from sslviz.ui.frame.last import last
from sslviz.ui.frame.lesson import course, notes, views
from sslviz.ui.frame.lesson.cards_round import round_name
from sslviz.ui.frame.lesson.hands import another_question
from sslviz.ui.frame.lesson.parts import Place, draw_part
from sslviz.ui.frame.lesson.rail import rail_view
from sslviz.ui.frame.lesson.scene import Lesson, Scene
from sslviz.ui.frame.lesson.ticks import tick, ticked
from sslviz.ui.frame.lesson.words import html, plain
from sslviz.ui.frame.parts import credit_line
from sslviz.ui.frame.routes import page_file
from sslviz.ui.frame.walk import another, relabel

CSS = Path(__file__).parent
OTHERS = {"batch": "Other pictures", "sample": "Another picture"}  # a lesson begins before such a word was explained


def play(slug: str, lesson: Lesson, page: Any, quiz: Callable[[str], None], title: str = "") -> None:
    """Draw the scene at which the visitor stands.

    Args:
        slug: of the page.
        lesson: its scenes.
        page: the `TaskPage`; None for a page that is no task's.
        quiz: draws the questions at the end.
        title: of a page that is in no list of lessons.
    """
    view, count = views.view(), len(lesson.scenes)
    title = title or course.TITLES.get(slug) or TASKS[slug].title
    number = views.scene(slug, count)
    st.html(CSS / "lesson.css")
    if view == "notes":
        notes.draw(slug, title, lesson, number)
        return
    views.in_link(view, number)
    if page is not None:
        _keep_settings(page)
    scene, size = lesson.scenes[number], "present" if view == "present" else "large"
    room = None
    if size == "present":
        st.html(CSS / "present.css")
        room = teacher.here()
        teacher.begin(_in_room(slug, title, lesson, number, page))
    with st.container(key="lesson" if size == "large" else "present", gap=None):
        if size == "large":
            _head(slug, title, page)
        above = st.container(key="rail", height="content")
        if size == "present":
            with st.container(key="room_keeper"):
                teacher.meet()
        with st.container(key="scene"):
            if room is not None and teacher.panel_open():
                with st.container(key="stage"):
                    teacher.panel(room)
            else:
                _scene(Place(slug, size, lesson, scene, page, quiz))
        if size == "present":
            teacher.finish()
        _foot(slug, lesson, number, size, page, room)
    if scene.done is not None and scene.done(slug):
        tick(slug, [number])
    with above:
        rail_view(
            f"{slug}_rail",
            data={
                "slug": slug, "names": [one.name for one in lesson.scenes], "now": number,
                "done": sorted(ticked(slug)), "view": view,
            },
            on_event=lambda event: _heard(slug, event),
        )  # fmt: skip


def _heard(slug: str, event: dict[str, Any]) -> None:
    if event["kind"] == "go":
        views.go(slug, event["scene"])
    else:
        tick(slug, event["done"])


def _keep_settings(page: Any) -> None:
    """What the lab has set stays in the link, so that a reload and the way back find it."""
    every = {**page.own_link, **page.options.described()}
    settings.keep_in_link(page.slug, every)
    settings.keep_run_in_link(page.slug)


def _head(slug: str, title: str, page: Any) -> None:
    """What lesson it is, and the other views."""
    with st.container(key="lesson_head", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.html(
            f"<p class='which'><b>{escape(title)}</b> <span>{course.where(slug)}{_systems(slug)}</span></p>",
            width="stretch",
        )
        if page is not None:
            with st.popover("Credits", type="tertiary"):
                last(lambda: credit_line(_whose(page)))
        if page is None or page.slug == slug:  # a lesson that stands on another task's page has no lab of its own
            st.button("Show everything (lab)", key="to_lab", on_click=views.show, args=("lab",))
        st.button("Present", key="to_present", on_click=views.show, args=("present",))


def _whose(page: Any) -> Iterable[Credit]:
    """Who made what the page and its sample are drawn from; of a sentence, torch is imported for it."""
    return dict.fromkeys([*page.credits(current.show(page.slug)), *getattr(page.in_view(), "credits", ())])


def _systems(slug: str) -> str:
    """Who uses such labels; the flashcards call the task by these names."""
    return f"<i class='systems'> · as in {escape(TASKS[slug].systems)}</i>" if slug in TASKS else ""


def _scene(place: Place) -> None:
    """Words on the left, the stage on the right; on a phone and on a projector the words stand above."""
    scene = place.scene
    more = (
        f"<p class='do'>{html(scene.do)}</p>"
        f"<details class='why'><summary>{escape(scene.why)}</summary><p>{html(scene.because)}</p></details>"
        if place.size == "large"
        else ""
    )
    with st.container(key="said"):
        st.html(
            f"<div aria-live='polite'><h1>{escape(scene.title)}</h1><p class='says'>{html(scene.says)}</p>{more}</div>"
        )
    with st.container(key="stage"):
        for at, on in enumerate(scene.on):
            with st.container(key=f"on_{at}_{on.part}"):
                draw_part(place, on)


def _in_room(slug: str, title: str, lesson: Lesson, number: int, page: Any) -> InRoom:
    """What phones are told of a scene: what the class is asked in it, and a link to the same sample and seed."""
    scene = lesson.scenes[number]
    kept = {
        name: value for name, value in st.query_params.to_dict().items()
        if name not in ("view", "scene") and not name.endswith("_run")
    }  # fmt: skip
    link = f"{slug}?{urlencode({'view': 'lesson', 'scene': number + 1, **kept})}"
    credits_ = dict.fromkeys(page.credits(current.show(page.slug))) if page is not None and _asks(scene) else ()
    credit = " ".join(one.line() for one in credits_)
    return InRoom(slug, title, number + 1, len(lesson.scenes), "" if _asks(scene) else plain(scene.ask), link, credit)


def _asks(scene: Scene) -> bool:
    """Whether there is a guess on the stage."""
    return any(on.part == "guess" or on.asks for on in scene.on)


def _asked(slug: str, scene: Scene, page: Any, room: Room | None) -> str:
    """The name under which the questions on the stage are counted; empty where there are none."""
    if _asks(scene):
        return str(page.slug) if page else slug
    parts = {on.part for on in scene.on}
    return round_name(slug) if "cards" in parts or ("check" in parts and room is not None) else ""


def _foot(slug: str, lesson: Lesson, number: int, size: str, page: Any, room: Room | None) -> None:
    """Back and Next, and what the keys are."""
    count, present = len(lesson.scenes), size == "present"
    scene = lesson.scenes[number]
    with st.container(key="foot", horizontal=True, vertical_alignment="center", gap="small"):
        st.button("← Back", key="scene_back", disabled=number == 0, on_click=views.go, args=(slug, max(0, number - 1)))
        keys = "" if present else " · keys <kbd>←</kbd> <kbd>→</kbd> · <kbd>L</kbd> lab · <kbd>P</kbd> present"
        st.html(f"<p class='nth'>{number + 1} of {count}<span class='keys'>{keys}</span></p>", width="stretch")
        if scene.another and page is not None:
            st.button(
                ("another" if scene.relabel else "N another")
                if present
                else OTHERS.get(page.thing, f"Another {page.thing}"),
                key="scene_another",
                on_click=another,
                args=(page,),
            )
        if scene.relabel and page is not None:
            words = f"N {scene.relabel.lower()}" if present else scene.relabel
            st.button(words, key="scene_again", on_click=relabel, args=(page,))
        if present:
            if asked := _asked(slug, scene, page, room):
                st.button("R reveal", key="scene_reveal", on_click=_reveal, args=(asked,))
                if not scene.another:
                    st.button("N another", key="scene_another", on_click=another_question, args=(asked,))
            if teacher.trouble():
                st.html(f"<p class='nth'>{escape(teacher.trouble())}</p>", width="content")
            teacher.button(room)
            if room is None:
                st.html("<p class='nth'>B blank</p>", width="content")
            else:
                teacher.blank_button()
            st.button("Esc leave", key="scene_leave", on_click=views.show, args=("lesson",))
        if number + 1 < count:
            follows = lesson.scenes[number + 1].name
            if not present:
                st.html(f"<p class='nth follows'>Next: {escape(follows)}</p>", width="content")
            st.button(
                "Next →", key="scene_next", type="primary", on_click=_next, args=(slug, number),
            )  # fmt: skip
        else:
            _end(slug, number)


def _next(slug: str, number: int) -> None:
    tick(slug, [number])
    views.go(slug, number + 1)


def _reveal(slug: str) -> None:
    key = f"{slug}_hands_shown"
    st.session_state[key] = not st.session_state.get(key, False)


def _end(slug: str, number: int) -> None:
    """At the end of a lesson: the next one."""
    follows = course.after(slug)
    words = (
        "The way through the course →" if follows is None else f"Lesson {course.nth(follows.slug)}: {follows.title} →"
    )
    if st.button(words, key="scene_end", type="primary"):
        tick(slug, [number])
        if follows is None:
            st.switch_page(page_file("home"))
        st.switch_page(page_file(follows.slug), query_params={"view": views.view(), "scene": "1"})
