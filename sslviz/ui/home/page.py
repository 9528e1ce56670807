"""Home: what a pseudo-label is, the way through the lessons, the map of all tasks, and the time line."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path

import streamlit as st

from sslviz.catalogue import MODALITIES, TASKS
from sslviz.classroom.codes import LENGTH
from sslviz.data import ASSETS
from sslviz.data.images import photos
from sslviz.ui.classroom.join import join_view
from sslviz.ui.frame.lesson.way import lessons, way_view
from sslviz.ui.frame.parts import credit_line, part
from sslviz.ui.frame.routes import page_file
from sslviz.ui.home import history, views, words
from sslviz.ui.home.views import hero

PHOTO = "chelsea_cat"
MORE = (
    ("why", "Why pseudo-labels: what they save, and what they cost", "help"),
    ("three_ways", "Three ways to learn", "alt_route"),
    ("transfer", "What the labels bought", "trending_up"),
    ("flashcards", "Flashcards", "style"),
    ("teaching", "For teachers", "co_present"),
)


def draw() -> None:
    """Draw the page."""
    st.html(Path(__file__).with_name("home.css"))
    recorded = words.recorded()
    welcome(recorded)
    way()
    task_map()
    time_line()
    more()
    credit_line([next(photo.credit for photo in photos() if photo.name == PHOTO), words.SENTENCE])


def go(slug: str) -> None:
    """Open a task's page."""
    st.switch_page(page_file(slug))


def lesson(slug: str) -> None:
    """Open a lesson."""
    st.switch_page(page_file(slug), query_params={"view": "lesson"})


def way() -> None:
    """The way through the course, and how far one is."""
    with st.container(key="way"):
        done = {slug: len(scenes) for slug, scenes in st.session_state.get("lesson_ticks", {}).items()}
        if chosen := way_view("way_view", data=lessons(done)):
            lesson(chosen)


def welcome(recorded: words.Recorded) -> None:
    """What it is about, two buttons to begin with, and the making of a label as a picture that moves."""
    left, right = st.columns([5, 12], gap="large", vertical_alignment="center")
    with left.container(key="welcome"):
        st.title(words.TITLE, anchor=False)
        st.markdown(" ".join(words.LEAD))
        with st.container(horizontal=True, gap="small"):
            if st.button("Start lesson one", icon=":material/play_arrow:", type="primary", key="start_course"):
                lesson("pseudo_label")
            if st.button("Start with masked words", icon=":material/science:"):
                go("masked_words")
        join_view("join", data={"length": LENGTH})
    with right.container(key="hero", gap="xsmall"):
        jpeg = base64.b64encode((ASSETS / "images" / "photos" / f"{PHOTO}.jpg").read_bytes()).decode()
        hero("hero_view", photo=f"data:image/jpeg;base64,{jpeg}", sentence=recorded.sentence, said=recorded.said)
        st.html(f"<p class='credit'>{escape(recorded.note)}</p>")


def task_map() -> None:
    """All tasks, by what is done and to which kind of data."""
    with st.container(key="map"):
        picked = views.task_map("task_map", kinds=MODALITIES, families=words.families())
        if picked in TASKS:
            go(picked)


def time_line() -> None:
    """The systems that the tasks come from, by year, and who learned from whom."""
    with st.container(key="time_line"):
        picked = views.time_line("time_line_view", kinds=history.KINDS, systems=history.systems())
        if picked in TASKS:
            go(picked)


def more() -> None:
    """Where else to go."""
    with st.container(key="more"):
        part("And besides")
        with st.container(horizontal=True, gap="medium"):
            for name, label, icon in MORE:
                st.page_link(page_file(name), label=label, icon=f":material/{icon}:")
