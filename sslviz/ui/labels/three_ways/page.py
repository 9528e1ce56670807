"""The page Three ways to learn: supervised, unsupervised, self-supervised, on the same two hundred pictures."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from sslviz.data import images
from sslviz.training.results import three_ways
from sslviz.ui.frame import heading
from sslviz.ui.frame.parts import credit_line
from sslviz.ui.labels.three_ways import measured


def draw() -> None:
    """Draw the page."""
    st.html(Path(__file__).with_name("three_ways.css"))
    heading.check_link("ways", measured.OWN)
    with st.container(gap="small"):
        heading.head(measured.TITLE, measured.LEAD, "ways", measured.BRINGS)
        with st.container(key="ways"):
            measured.ways()
        with st.container(key="costs", border=True, gap="small"):
            st.fragment(measured.costs)()
        with st.container(key="piles", border=True, gap="small"):
            st.fragment(measured.piles)()
        with st.container(key="semi", border=True, gap="small"):
            measured.semi()
    credit_line(images.load(three_ways.DATA).credits)
