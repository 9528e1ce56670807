"""Why pseudo-labels: what they save, where they are used, what they cost, each with its source."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from sslviz.ui.frame.parts import part
from sslviz.ui.home import words


def draw() -> None:
    """Draw the page."""
    st.html(Path(__file__).with_name("home.css"))
    st.title("Why pseudo-labels", anchor=False)
    if measured := words.recorded().measured:
        st.caption(measured)
    reasons()
    readings()


def reasons() -> None:
    """Why pseudo-labels, where they are used, what they cost."""
    with st.container(key="why"):
        facts("What they save", "and what comes of it", words.WHY)
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
