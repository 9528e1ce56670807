"""Which view of a page is shown, and at which scene it stands: in the link, and remembered by the browser."""

from __future__ import annotations

import streamlit as st

from sslviz.ui.frame import link

VIEWS = ("lesson", "lab", "present", "notes")
COOKIE = "sslviz_view"


def view() -> str:
    """The view that the link names; else that of this visit, else what the browser remembers, else the lesson."""
    asked = st.query_params.get("view")
    if asked in VIEWS:
        st.session_state["view"] = asked
        return asked
    if asked is not None:
        del st.query_params["view"]
        link.tell([f"View: “{asked[:20]}” is not lesson, lab, present or notes, so the lesson is shown instead."])
        st.session_state.pop("view", None)
    kept = st.session_state.get("view") or st.context.cookies.get(COOKIE)
    return kept if kept in VIEWS else "lesson"


def show(name: str) -> None:
    """Change the view; sample, seed and run stay."""
    st.session_state["view"] = name
    st.query_params["view"] = name


def scene(slug: str, count: int) -> int:
    """Number of the scene, from 0; in the link people count from 1."""
    text = st.query_params.get("scene", "")
    if text.isdigit() and 1 <= int(text) <= count:
        st.session_state[f"{slug}_scene"] = int(text) - 1
    elif text:
        del st.query_params["scene"]
        link.tell([f"Scene: “{text[:20]}” is not a whole number from 1 to {count}, so it is left out."])
    return min(int(st.session_state.get(f"{slug}_scene", 0)), count - 1)


def go(slug: str, number: int) -> None:
    """Stand at a scene."""
    st.session_state[f"{slug}_scene"] = number
    st.query_params["scene"] = str(number + 1)


def in_link(name: str, number: int) -> None:
    """Write view and scene into the link."""
    for key, value in (("view", name), ("scene", str(number + 1))):
        if st.query_params.get(key) != value:
            st.query_params[key] = value
