"""The frame around every page: navigation on top, the page's own CSS, the mark."""

from pathlib import Path

import streamlit as st

from sslviz.catalogue import FAMILIES, TASKS
from sslviz.ui import startup
from sslviz.ui.frame.lesson import course, views
from sslviz.ui.frame.routes import page_file
from sslviz.ui.live.page import page_view

UI = Path(__file__).parent

home = st.Page(page_file("home"), title="Home", default=True)
cards = st.Page(page_file("flashcards"), title="Flashcards")
tasks = {f: [st.Page(page_file(e.slug), title=e.title) for e in TASKS.values() if e.family == f] for f in FAMILIES}
first = st.Page(page_file("pseudo_label"), title=course.TITLES["pseudo_label"], visibility="hidden")
teaching = st.Page(page_file("teaching"), title="Teaching")
glossary = st.Page(page_file("glossary"), title="Glossary")
labels = [
    st.Page(page_file("why"), title="Why pseudo-labels"),
    st.Page(page_file("transfer"), title=course.TITLES["transfer"]),
    st.Page(page_file("three_ways"), title="Three ways to learn"),
    st.Page(page_file("arena"), title="Arena"),
]
page = st.navigation({"": [home, cards, teaching, glossary, first], **tasks, "What labels buy": labels}, position="top")
startup.opened()
title = "sslviz: see self-supervised learning" if page.title == "Home" else f"{page.title} · sslviz"
st.set_page_config(page_title=title, page_icon=UI / "icon.svg", layout="wide")
st.html(UI / "page.css")
page_view("whole_page", data={"page": page.title, "view": views.view()})
st.logo(UI / "logo.svg", size="small", link=None)
page.run()
if page.title not in ("Home", "Flashcards", "Teaching", "Glossary", *(shown.title for shown in labels)):
    startup.hurry()  # at the end: what such a page shows first needs no torch
