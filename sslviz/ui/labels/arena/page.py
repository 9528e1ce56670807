"""The page Arena: all tasks of a kind of data on the same trunk, judged by the same exam."""

from __future__ import annotations

import streamlit as st

from sslviz.ui.frame import heading
from sslviz.ui.frame.parts import credit_line
from sslviz.ui.frame.pictures import set_credits
from sslviz.ui.labels.arena import measured


def draw() -> None:
    """Draw the page."""
    heading.check_link("arena", measured.OWN)
    with st.container(gap="xsmall"):
        heading.head(measured.TITLE, measured.LEAD, "arena", measured.BRINGS)
        kind, runs = measured.controls()
        measured.show(kind, runs)
    if kind == "Images":
        credit_line(set_credits(""))
