"""A guess before a class in a room: the question goes to the phones, and their votes come back to the projector."""

from __future__ import annotations

import hashlib
from html import escape

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.classroom.room import Asked, Room
from sslviz.classroom.room import Question as Voted
from sslviz.ui.classroom import teacher
from sslviz.ui.frame import current
from sslviz.ui.frame.guess import Question, number
from sslviz.ui.frame.sentence_samples import GAP


def class_votes(slug: str, question: Question, fresh: Question, *, shown: bool) -> None:
    """Draw a question with the votes of the room.

    Args:
        slug: of the task.
        question: as it was first asked.
        fresh: the same, which can be drawn.
        shown: whether the teacher has revealed the answer.
    """
    place = teacher.ask(key_of(slug, question), lambda: as_asked(slug, question, fresh))
    with st.container(key="hands_question"):
        _about(question, fresh, shown=shown or teacher.was_shown(place))
    if place:
        teacher.votes(place, shown=shown)
    else:
        st.html(f"<p class='nth'>{escape(teacher.trouble())}</p>")


def key_of(slug: str, question: Question) -> str:
    """By which the same question is known again, in another session of the same teacher, too."""
    whole = repr((question.text, list(question.choices), question.truth)).encode()
    return f"{slug}-{number(slug)}-{hashlib.sha256(whole).hexdigest()[:24]}"


def resume(slug: str, room: Room) -> None:
    """After a reload, or on another server, go on with the question that the room was asked last."""
    if f"{slug}_guess" in st.session_state:
        return
    numbers = [one.asked.key.removeprefix(f"{slug}-").split("-")[0] for one in room.questions if _of(slug, one)]
    if numbers and numbers[-1].isdigit():
        st.session_state[f"{slug}_guess"] = int(numbers[-1])


def _of(slug: str, question: Voted) -> bool:
    return question.asked.key.startswith(f"{slug}-")


def as_asked(slug: str, question: Question, fresh: Question) -> Asked:
    """The question as a room is asked it."""
    about, choices = fresh.about(), list(question.choices)
    return Asked(
        key_of(slug, question), question.text, tuple(choices), choices.index(question.truth),
        None if question.model is None else choices.index(question.model), question.chance, about.words, about.images,
        about.sounds, about.sort, about.shares, _by(slug),
    )  # fmt: skip


def _by(slug: str) -> str:
    """Which model answers."""
    if slug not in TASKS:
        return ""
    view = current.show(slug)
    mark = {"recorded": "◷ recorded", "live": "● live", "untrained": "○ untrained"}[view.mode]
    return mark if view.mode == "untrained" else f"{mark}, {view.step:,} steps"


def _about(question: Question, fresh: Question, *, shown: bool) -> None:
    """What the question is about; a sentence with one gap is drawn large, and its gap is filled when it is revealed."""
    words = fresh.about().words
    if len(words) != 1 or words[0].count(GAP) != 1:
        fresh.show()
        return
    before, after = (escape(piece) for piece in words[0].split(GAP))
    gap = (
        f"<b class='filled'>{escape(question.truth)}</b>"
        if shown
        else "<span class='gap' role='img' aria-label='gap'></span>"
    )
    st.html(f"<p class='asked' translate='no'>{before}{gap}{after}</p>")
