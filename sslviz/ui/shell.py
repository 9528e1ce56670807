"""The frame around every page: navigation on top, the page's own CSS, the mark."""

from pathlib import Path

import streamlit as st

from sslviz.catalogue import FAMILIES, READY
from sslviz.data import ASSETS
from sslviz.ui import startup

UI = Path(__file__).parent
PAGES = ASSETS.parent / "pages"

home = st.Page(PAGES / "home.py", title="Home", default=True)
cards = st.Page(PAGES / "flashcards.py", title="Flashcards")
tasks = {f: [st.Page(PAGES / f"{e.slug}.py", title=e.title) for e in READY.values() if e.family == f] for f in FAMILIES}
page = st.navigation({"": [home, cards], **tasks}, position="top")
if page.title not in ("Home", "Flashcards"):
    startup.hurry()
title = "sslviz: see self-supervised learning" if page.title == "Home" else f"{page.title} · sslviz"
st.set_page_config(page_title=title, page_icon=UI / "icon.svg", layout="wide")
st.html(UI / "page.css")
st.logo(UI / "logo.svg", size="small", link=None)
page.run()
