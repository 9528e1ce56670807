"""Buttons of a lesson that build a run with or without some of its parts, and begin it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from sslviz.ui.frame import current


@dataclass(frozen=True)
class Way:
    """A button: the settings of the run that it begins, switches by name. The way back has an icon and no colour."""

    key: str
    text: str
    icon: str
    settings: Mapping[str, bool]
    help: str = ""


def ways(slug: str, breaks: Sequence[Way], back: Way) -> None:
    """Buttons that train without some parts, and one that puts the parts back; it rests while none is missing."""
    whole = all(st.session_state.get(f"{slug}_{name}", on) == on for name, on in back.settings.items())
    with st.container(key="collapse_bar", horizontal=True, gap="small"):
        for way in (*breaks, back):
            st.button(
                way.text, icon=way.icon, key=way.key, type="secondary" if way is back else "primary",
                disabled=way is back and whole, on_click=begin, args=(slug, way.settings), help=way.help or None,
            )  # fmt: skip


def begin(slug: str, settings: Mapping[str, bool]) -> None:
    """Begin a run with these switches."""
    for name, on in settings.items():
        st.session_state[f"{slug}_{name}"] = on
    current.start(slug).play()
