"""The head of a task's page: title, what it is at three depths, and the link to take along."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.ui.frame import settings
from sslviz.ui.frame.lesson import views
from sslviz.ui.frame.parts import HIDEABLE
from sslviz.ui.frame.share import SAME_TASK, share

WHO = {"data": "the data", "batch": "the batch", "model": "the model itself"}


def task_head(slug: str, lead: Mapping[str, str], hide: set[str], *, lesson: bool) -> None:
    """Title, the explanation at the chosen depth, the depth itself, the lesson where there is one, and the link."""
    entry = TASKS[slug]
    with st.container(key="head", horizontal=True, vertical_alignment="top", gap="small"):
        st.title(entry.title, anchor=False, width="content")
        place = st.container(key="lead", width="stretch")
        depth = st.segmented_control(
            "Depth of explanation", settings.DEPTHS, default="Basic", required=True, key="depth",
            label_visibility="collapsed", **settings.SESSION,
        )  # fmt: skip
        if lesson:
            st.button("Lesson", icon=":material/school:", key="to_lesson", on_click=views.show, args=("lesson",))
        share(slug, SAME_TASK, hide, parts=HIDEABLE, own=(f"{slug}_run",))
    if "text" not in hide:
        used = f" <span class='used'>Label made by {WHO[entry.label_from]}. {escape(entry.systems)}.</span>"
        place.html(f"<p class='lead'>{lead[str(depth)]}{used}</p>")
