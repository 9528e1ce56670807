"""Three ways to learn: supervised, unsupervised, self-supervised, on the same two hundred pictures."""

from pathlib import Path

import streamlit as st

from sslviz.data import images
from sslviz.training import three_ways
from sslviz.ui import heading
from sslviz.ui import three_ways_page as ways
from sslviz.ui.parts import credit_line

st.html(Path(ways.__file__).with_name("three_ways.css"))
heading.check_link("ways", ways.OWN)
with st.container(gap="small"):
    heading.head(ways.TITLE, ways.LEAD)
    with st.container(key="ways"):
        ways.ways()
    with st.container(key="costs", border=True, gap="small"):
        st.fragment(ways.costs)()
    with st.container(key="piles", border=True, gap="small"):
        st.fragment(ways.piles)()
    with st.container(key="semi", border=True, gap="small"):
        ways.semi()
credit_line(images.load(three_ways.DATA).credits)
