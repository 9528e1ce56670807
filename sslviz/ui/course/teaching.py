"""For teachers: what each lesson is for, what to ask in it and what comes back; plans, and worksheets to print."""

from __future__ import annotations

from html import escape
from importlib import import_module

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.ui.course import first, labels_buy, link, worksheet
from sslviz.ui.frame import settings
from sslviz.ui.frame.lesson.course import COURSE, EVERY, MORE, Place, place
from sslviz.ui.frame.lesson.scene import Lesson
from sslviz.ui.frame.lesson.words import plain
from sslviz.ui.frame.parts import HIDEABLE, credit_line, part
from sslviz.ui.frame.routes import page_file
from sslviz.ui.live import listing

PLANS = {
    "10 minutes": (
        "Present lesson one. Scenes 1 to 3: hide a word together. Scene 4: let the class raise hands, then reveal. "
        "End with the question of scene 3: who made this label?"
    ),
    "45 minutes": (
        "10 minutes: present lesson one. 20 minutes: pairs do lesson two by themselves and train the model; a pair "
        "writes down three of its answers while it learns. 10 minutes: present lesson six, “Make it collapse”: what "
        "does the loss say, what do the meters say? 5 minutes: the worksheet’s last question."
    ),
    "90 minutes": (
        "10 minutes: present lesson one. 25 minutes: pairs do lesson two, or three. 20 minutes: pairs do lesson four "
        "or five, and tell another pair what the label was. 15 minutes: present lesson six. 15 minutes: present lesson "
        "eight; the class guesses which task helped most. 5 minutes: worksheet, and the flashcards for home."
    ),
}
BEFORE = """
`python -m sslviz check`, in the folder of this app, says in a minute whether all is well: what is installed, memory,
disk, port, the address that phones open, and how fast this computer trains. Then open that address on one phone, and
one lesson on the projector: training is ready a minute after the start.
"""
ROOM = """
1. In Present press **Open a room**. A code and a QR code appear. If phones cannot reach the address, choose another one
   under *Address*.
2. Students point the camera at the square, or type the code on home. They need no account; each gets a nickname.
3. Press **Go on with the lesson**. Phones show the question of the scene. At a guess they vote; you see how many have.
   **R** reveals, **N** asks another question. In the last scene the class answers ten cards.
4. Press the room’s button again to lock it, to put somebody out (✕ at the name), to let all go on alone and call them
   back, or to show the best five by nickname.
5. **End** gives you the results as a table, then deletes everything.

Kept are nicknames, votes and questions, until you end the room, and for 24 hours at most. No phone is told an answer
before you reveal it, and nobody but you, in this browser, can lead the room.
"""


def lessons() -> dict[str, Lesson]:
    """All lessons, those of the course first, in order."""
    own = {first.SLUG: first.LESSON, labels_buy.SLUG: labels_buy.LESSON}
    return {
        one.slug: own.get(one.slug) or import_module(f"sslviz.ui.tasks.{one.slug}.page").PAGE.lesson for one in EVERY
    }


def draw() -> None:
    """Draw the page, or the worksheet that the link asks for."""
    asked, sheet = lessons(), st.query_params.get("worksheet", "")
    if (here := place(sheet)) is not None:
        st.html(worksheet.sheet(here, asked[sheet], answers=st.query_params.get("answers") == "1"))
        credit_line(worksheet.credits(here))
        return
    st.title("Teaching", anchor=False)
    st.html(
        f"<p class='lead'>Eight lessons of 5 to 7 minutes, and {len(MORE)} more beside. Each can be done alone, or "
        "shown on a projector: open it and press P. Then → and ← (or a clicker) go on and back, R shows the answer, N "
        "takes another sample, B blanks the screen, Esc leaves. Hands are counted with the keys 1 to 4. Notes for you "
        "open in a second window.</p>"
    )
    part("Before the lesson", "a look at the computer of the classroom")
    st.markdown(BEFORE)
    part("With phones", "a room, where the class votes instead of raising hands")
    st.markdown(ROOM)
    part("A page with a part left out", "a link to send to the class")
    link_maker()
    part("Plans", "three ways to use them")
    for column, (name, plan) in zip(st.columns(3, gap="medium"), PLANS.items(), strict=True):
        with column.container(border=True, height="stretch"):
            st.subheader(name, anchor=False)
            st.markdown(plan)
    part("Lessons", "goals, questions with the answers to expect, and what is often got wrong")
    for number, one in enumerate(COURSE, 1):
        with st.expander(f"{number}  {one.title} · {one.minutes} minutes · {one.goal}"):
            _lesson(one, asked[one.slug])
    part("More lessons", "one for each task that the course leaves out, in any order")
    for one in MORE:
        with st.expander(f"{one.title} · {one.minutes} minutes · {one.goal}"):
            _lesson(one, asked[one.slug])


def link_maker() -> None:
    """A link to a task's page at some depth, without the parts that the lesson does not need."""
    with st.container(key="teacher"):
        with st.container(horizontal=True, gap="medium"):
            slug = st.selectbox(
                "Page", list(TASKS), format_func=lambda name: TASKS[name].title, key="link_task", width=320
            )
            depth = st.segmented_control("Depth", settings.DEPTHS, default="Basic", required=True, key="link_depth")
        hide = st.pills(
            "Leave out for this lesson", list(HIDEABLE), selection_mode="multi", default=["code"], key="link_hide",
            format_func=HIDEABLE.__getitem__,
        )  # fmt: skip
        home = (st.context.url or "").split("?")[0].removesuffix("/teaching")
        address = link.lesson_link(home, slug, depth, hide)
        listing.listing_view("link_view", data=listing.plain("the link", address))
        st.markdown(link.REPRODUCES)


def _lesson(place: Place, lesson: Lesson) -> None:
    with st.container(horizontal=True, gap="small"):
        for label, query in (("Lesson", "lesson"), ("Present", "present"), ("Notes", "notes")):
            st.page_link(page_file(place.slug), label=label, query_params={"view": query})
        for label, more in (("Worksheet", {}), ("Answer sheet", {"answers": "1"})):
            st.page_link(page_file("teaching"), label=label, query_params={"worksheet": place.slug, **more})
    rows = "".join(
        f"<tr><th scope='row'>{n}. {escape(one.name)}</th><td>{escape(plain(one.ask))}</td>"
        f"<td>{escape(plain(one.expect))}</td><td>{escape(plain(one.beware))}</td></tr>"
        for n, one in enumerate(lesson.scenes, 1)
    )
    st.html(
        f"<div class='taught' tabindex='0' role='region' aria-label='Questions of {escape(place.title)}'><table>"
        "<thead><tr><th scope='col'>Scene</th><th scope='col'>Ask</th><th scope='col'>Expect</th><th scope='col'>Often "
        f"said, and not right</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )
