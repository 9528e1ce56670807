"""Small parts that every page uses: headings, credits, and what a lesson link leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from sslviz.data import Credit

HIDEABLE = ("guess", "code", "learned", "quiz", "embedding", "loss", "transport", "text")


def part(title: str, note: str = "") -> None:
    """A part's heading: what it is, and in grey what to make of it."""
    st.html(f"<h2 class='part'>{escape(title)} <small>{escape(note)}</small></h2>")


def note(text: str) -> None:
    """A remark in grey that stands out enough to be read by everybody."""
    st.html(f"<p class='remark'>{escape(text)}</p>")


def credit_line(credits: Iterable[Credit]) -> None:  # noqa: A002 - it is what they are
    """Who made the data on this page, and on what terms."""
    lines = []
    for credit in credits:
        link = f"<a href='{escape(credit.licence_url)}' target='_blank' rel='noopener'>{escape(credit.licence)}</a>"
        lines.append(escape(credit.line()).replace(f", {escape(credit.licence)},", f", {link},", 1))
    st.html(f"<p class='credit'>{' '.join(lines)}</p>")


def plain(text: str | None) -> str:
    """Text without anything that Markdown or Streamlit would take as a sign."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~:$" else c for c in text or "")


def hidden() -> set[str]:
    """The parts that a lesson link (`?hide=guess,code`) leaves out, on this page and those that follow."""
    if "hide" in st.query_params:
        st.session_state["lesson_hides"] = st.query_params["hide"]
    return {name for name in st.session_state.get("lesson_hides", "").split(",") if name in HIDEABLE}
