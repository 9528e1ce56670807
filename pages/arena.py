"""Arena: all tasks of a kind of data on the same trunk, judged by the same exam."""

import streamlit as st

from sslviz.ui import arena_page as arena
from sslviz.ui import heading
from sslviz.ui.parts import credit_line
from sslviz.ui.pictures import set_credits

heading.check_link("arena", arena.OWN)
with st.container(gap="xsmall"):
    heading.head(arena.TITLE, arena.LEAD)
    kind, runs = arena.controls()
    arena.show(kind, runs)
if kind == "Images":
    credit_line(set_credits(""))
