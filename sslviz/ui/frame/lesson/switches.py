"""Buttons of a lesson that build a run with or without some of its parts, and begin it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from sslviz.ui.frame import current


@dataclass(frozen=True)
class Way:
    """A button: the settings of the run that it begins, by name."""

    key: str
    text: str
    icon: str
    settings: Mapping[str, bool | float]
    help: str = ""


def ways(slug: str, breaks: Sequence[Way], back: Way) -> None:
    """Buttons that train without some parts, and one that puts the parts back; it rests while none is missing.

    The way that is tried now has the colour.
    """

    def now(way: Way) -> bool:
        return all(
            st.session_state.get(f"{slug}_{name}", back.settings[name]) == on for name, on in way.settings.items()
        )

    with st.container(key="collapse_bar", horizontal=True, gap="small"):
        for way in (*breaks, back):
            st.button(
                way.text, icon=way.icon, key=way.key, type="primary" if way is not back and now(way) else "secondary",
                disabled=way is back and now(back), on_click=begin, args=(slug, way.settings), help=way.help or None,
            )  # fmt: skip


def begin(slug: str, settings: Mapping[str, bool | float]) -> None:
    """Begin a run with these settings."""
    for name, on in settings.items():
        st.session_state[f"{slug}_{name}"] = on
    current.start(slug).play()
