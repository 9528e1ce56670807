"""Home: what a pseudo-label is, the map of all tasks, two ways in, and why anyone does this."""

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
from sslviz.ui.frame import settings
from sslviz.ui.frame.lesson.way import lessons, way_view
from sslviz.ui.frame.parts import HIDEABLE, credit_line, part
from sslviz.ui.frame.routes import page_file
from sslviz.ui.home import views, words
from sslviz.ui.home.views import hero
from sslviz.ui.live import listing

PHOTO = "chelsea_cat"
# Scenes of each lesson; a test counts them. To import the lessons here would hold up the first page.
SCENES = {
    "pseudo_label": 7, "masked_words": 7, "next_word": 7, "patch_order": 7, "same_or_different": 7, "two_views": 8,
    "cluster_ids": 7, "transfer": 5, "masked_patches": 7, "autoencoding": 8, "masked_sound": 8, "word_and_context": 8,
    "next_sentence": 7, "frame_order": 7, "queue": 8, "redundancy": 8,
}  # fmt: skip


def draw() -> None:
    """Draw the page."""
    st.html(Path(__file__).with_name("home.css"))
    recorded = words.recorded()
    welcome(recorded)
    way()
    task_map()
    two_ways_in(recorded)
    reasons()
    readings()
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
        if chosen := way_view("way_view", data=lessons(SCENES, done)):
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


def two_ways_in(recorded: words.Recorded) -> None:
    """What a student can do here, and a link for a teacher to put together."""
    student, teacher = st.columns(2, gap="medium")
    with student.container(key="student", border=True, height="stretch"):
        st.subheader("I am learning", anchor=False)
        st.markdown(words.STUDENT)
        if recorded.measured:
            st.caption(recorded.measured)
        with st.container(gap=None):
            st.page_link(page_file("three_ways"), label="Three ways to learn", icon=":material/alt_route:")
            st.page_link(page_file("transfer"), label="What the labels bought", icon=":material/trending_up:")
            st.page_link(page_file("flashcards"), label="Flashcards", icon=":material/style:")
    with teacher.container(key="teacher", border=True, height="stretch", gap="small"):
        st.subheader("I am teaching", anchor=False)
        with st.container(horizontal=True):
            slug = st.segmented_control(
                "Page", list(TASKS), format_func=lambda name: TASKS[name].title, default="masked_words",
                required=True, key="home_task",
            )  # fmt: skip
            depth = st.segmented_control("Depth", settings.DEPTHS, default="Basic", required=True, key="home_depth")
        hide = st.pills(
            "Leave out for this lesson", list(HIDEABLE), selection_mode="multi", default=["code"], key="home_hide",
            format_func=HIDEABLE.__getitem__,
        )  # fmt: skip
        link = words.lesson_link(st.context.url or "", slug, depth, hide)
        listing.listing_view("home_link", data=listing.plain("the link", link))
        st.markdown(words.REPRODUCES)


def reasons() -> None:
    """Why pseudo-labels, where they are used, what they cost."""
    with st.container(key="why"):
        facts("Why pseudo-labels", "what they save, and what comes of it", words.WHY)
    with st.container(key="used"):
        facts("Where they are used", "one result each, as its authors report it", words.USED)
    with st.container(key="costs"):
        facts("What they cost", "nobody labels, but somebody pays", words.COSTS)


def readings() -> None:
    """Three ways to learn, the word's second meaning, and what is often said."""
    ways, second = st.columns([3, 2], gap="medium")
    with ways.container(key="ways", border=True, height="stretch"):
        st.subheader("Three ways to learn", anchor=False)
        st.markdown(words.WAYS)
    with second.container(key="second_meaning", border=True, height="stretch"):
        st.subheader("The word has a second meaning", anchor=False)
        st.markdown(words.SECOND)
    with st.expander("Often said, and not quite right"):
        for said, right_is in words.CORRECTIONS:
            st.markdown(f"“{said}” {right_is}")


def facts(title: str, note: str, shown: tuple[words.Fact, ...]) -> None:
    """A heading, and under it each fact with its figure and the link to its source."""
    part(title, note)
    cards = (
        f"<section class='fact'><h3>{escape(fact.name)}</h3><p class='number'>{escape(fact.number)}</p>"
        f"<p>{escape(fact.says)}</p><p class='source'>"
        f"<a href='{fact.link}' target='_blank' rel='noopener'>{escape(fact.source)}</a></p></section>"
        for fact in shown
    )
    st.html(f"<div class='facts'>{''.join(cards)}</div>")
