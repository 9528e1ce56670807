"""For teachers: what each lesson is for, what to ask in it and what comes back; plans, and worksheets to print."""

from __future__ import annotations

import base64
from html import escape
from importlib import import_module

import streamlit as st

from sslviz.data import text
from sslviz.ui.course import first, labels_buy
from sslviz.ui.frame.lesson.course import COURSE, Place
from sslviz.ui.frame.lesson.scene import Lesson
from sslviz.ui.frame.lesson.words import plain
from sslviz.ui.frame.parts import credit_line, part
from sslviz.ui.frame.picture_samples import sample
from sslviz.ui.frame.pictures import encode, set_credits
from sslviz.ui.frame.routes import page_file

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
    """All lessons of the course, in order."""
    own = {first.SLUG: first.LESSON, labels_buy.SLUG: labels_buy.LESSON}
    found = {}
    for place in COURSE:
        lesson = own.get(place.slug) or import_module(f"sslviz.ui.tasks.{place.slug}.page").PAGE.lesson
        if lesson is not None:
            found[place.slug] = lesson
    return found


def draw() -> None:
    """Draw the page, or the worksheet that the link asks for."""
    asked, sheet = lessons(), st.query_params.get("worksheet", "")
    if sheet in asked:
        place = next(one for one in COURSE if one.slug == sheet)
        st.html(worksheet(place, asked[sheet], answers=st.query_params.get("answers") == "1"))
        credit_line([*text.corpus().credits, *set_credits("pictures")])
        return
    st.title("Teaching", anchor=False)
    st.html(
        "<p class='lead'>Eight lessons of 5 to 7 minutes. Every lesson can be done alone, or shown on a projector: "
        "open "
        "it and press P. Then → and ← (or a clicker) go on and back, R shows the answer, N takes another sample, B "
        "blanks the screen, Esc leaves. Hands are counted with the keys 1 to 4. Notes for you open in a second window."
        "</p>"
    )
    part("Before the lesson", "a look at the computer of the classroom")
    st.markdown(BEFORE)
    part("With phones", "a room, where the class votes instead of raising hands")
    st.markdown(ROOM)
    part("Plans", "three ways to use them")
    for column, (name, plan) in zip(st.columns(3, gap="medium"), PLANS.items(), strict=True):
        with column.container(border=True, height="stretch"):
            st.subheader(name, anchor=False)
            st.markdown(plan)
    part("Lessons", "goals, questions with the answers to expect, and what is often got wrong")
    for number, place in enumerate(COURSE, 1):
        with st.expander(f"{number}  {place.title} · {place.minutes} minutes · {place.goal}"):
            _lesson(place, asked[place.slug])


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


def worksheet(place: Place, lesson: Lesson, *, answers: bool) -> str:
    """One page to print: the questions of the scenes, with real data, and lines to write on; or the answers."""
    title = f"{place.title}: {'answers' if answers else 'worksheet'}"
    lines = "<p class='line'></p>" * 2
    items = "".join(
        f"<li><b>{escape(plain(one.ask))}</b>" + (f"<p>{escape(plain(one.expect))}</p>" if answers else lines) + "</li>"
        for one in lesson.scenes
        if one.ask
    )
    return (
        f"<div class='sheet'><h1>{escape(title)}</h1><p>Goal: {escape(place.goal)}</p>"
        f"{'' if answers else '<p>Name: ____________________  Date: __________</p>'}{_data(place)}<ol>{items}</ol>"
        "<p class='noprint'>Print this page from your browser; the menu on top is left out.</p></div>"
    )


def _data(place: Place) -> str:
    """Real data to work on: two sentences with a gap for the lessons on words, three pictures for those on pictures."""
    if place.slug in ("pseudo_label", "masked_words", "next_word"):
        corpus = text.corpus()
        shown = []
        for number in (238, 1294):
            words = corpus.sentences[int(corpus.held_out[number])].split()
            at = len(words) // 2
            shown.append(" ".join([*words[:at], "▨▨▨▨▨", *words[at + 1 :]]))
        return "".join(f"<p class='gap_line'>{escape(line)}</p>" for line in shown)
    this = sample(29, "mixed", None)
    images = "".join(
        f"<img src='data:image/png;base64,{base64.b64encode(encode(pixels)).decode()}' alt='{escape(name)}' "
        "width='150' height='150'>"
        for name, pixels in list(zip(this.names, this.pixels, strict=True))[:4]
    )
    return f"<p class='sheet_pictures'>{images}</p>"
