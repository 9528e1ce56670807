"""The head of pages that are no task, and the check of their part of the link."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st
from streamlit.runtime.state.session_state_proxy import get_session_state

from sslviz.catalogue import Option
from sslviz.ui import settings
from sslviz.ui.parts import plain


def head(title: str, lead: Mapping[str, str]) -> str:
    """Title, the explanation at the chosen depth, and the depth itself, which is returned."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title(title, anchor=False, width="content")
        place = st.container(key="lead", width="stretch")
        depth = st.segmented_control(
            "Depth of explanation", settings.DEPTHS, default="Basic", required=True, key="depth",
            label_visibility="collapsed", **settings.SESSION,
        )  # fmt: skip
    place.html(f"<p class='lead'>{escape(lead[str(depth)])}</p>")
    return str(depth)


def check_link(page: str, own: Mapping[str, Option]) -> None:
    """Take out of the link what cannot be used, before any widget reads it, and say so.

    Args:
        page: what the page's parameters begin with, followed by an underscore.
        own: its settings by name.
    """
    notes = []
    every = {f"{page}_{name}": option for name, option in own.items()}
    every["depth"] = Option("Basic", "Depth", settings.DEPTHS)
    for name in [name for name in st.query_params if name == "depth" or name.startswith(f"{page}_")]:
        text = st.query_params[name]
        if name not in every:
            notes.append(f"The link sets “{name[:30]}”, which this page does not have; it is left out.")
        elif not _fits(every[name], text):
            option = every[name]
            notes.append(
                f"{option.title}: “{text[:20]}” is not {option.accepted}, so {option.default} is used instead."
            )
        else:
            continue
        del st.query_params[name]
    if notes:  # bound widgets read the link as it was when the page was opened
        with get_session_state().query_params() as link:
            link.set_initial_query_params_from_current()
    for note in notes[: settings.MOST_NOTES]:
        st.warning(plain(note), icon=":material/link_off:")


def _fits(option: Option, text: str) -> bool:
    try:
        option.parse(text)
    except (ValueError, OverflowError):
        return False
    return True
