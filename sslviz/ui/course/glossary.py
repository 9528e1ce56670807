"""The page of the glossary: all terms, from the same source as the cards in the lessons."""

from __future__ import annotations

from html import escape

import streamlit as st

from sslviz.ui.frame.glossary import MEANINGS


def draw() -> None:
    """Draw the page."""
    st.title("Glossary", anchor=False)
    st.html("<p class='lead'>Every term of the lessons in plain words. In a lesson, point at a dotted word.</p>")
    rows = "".join(
        f"<div><dt>{escape(term)}</dt><dd>{escape(meaning)}</dd></div>"
        for term, meaning in sorted(MEANINGS.items(), key=lambda one: one[0].lower())
    )
    st.html(f"<dl class='glossary'>{rows}</dl>")
