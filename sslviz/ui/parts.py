"""Small parts that every page uses: headings, credits, and what a lesson link leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from sslviz.data import Credit

HIDEABLE = ("guess", "code", "learned", "embedding", "loss", "transport", "text")


def part(title: str, note: str = "") -> None:
    """A part's heading: what it is, and in grey what to make of it."""
    st.html(f"<h2 class='part'>{escape(title)} <small>{escape(note)}</small></h2>")


def credit_line(credits: Iterable[Credit]) -> None:  # noqa: A002 - it is what they are
    """Who made the data on this page, and on what terms."""
    lines = " ".join(escape(credit.line()) for credit in credits)
    st.html(f"<p class='credit'>{lines}</p>")


def plain(text: str | None) -> str:
    """Text without anything that Markdown or Streamlit would take as a sign."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~:$" else c for c in text or "")


def hidden() -> set[str]:
    """The parts that a lesson link (`?hide=guess,code`) leaves out."""
    return {name for name in st.query_params.get("hide", "").split(",") if name in HIDEABLE}
