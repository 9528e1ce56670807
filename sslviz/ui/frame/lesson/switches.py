"""Buttons of a lesson that begin a run with or without some of its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from sslviz.ui.frame import current
from sslviz.ui.frame.lesson import ticks


@dataclass(frozen=True)
class Way:
    """A button: the settings of the run that it begins, by name."""

    key: str
    text: str
    icon: str
    settings: Mapping[str, bool | float]
    help: str = ""


@dataclass(frozen=True, eq=False)
class Switches:
    """Ways to train without some parts, and the way back, which sets all that the others change."""

    slug: str
    breaks: Sequence[Way]
    back: Way

    def draw(self, _size: str) -> None:
        """A button for each; the way tried now has the colour, and the way back rests while nothing is missing."""
        with st.container(key="collapse_bar", horizontal=True, gap="small"):
            for way in (*self.breaks, self.back):
                back, now = way is self.back, self._now(way)
                st.button(
                    way.text, icon=way.icon, key=way.key, type="primary" if now and not back else "secondary",
                    disabled=now and back, on_click=begin, args=(self.slug, way.settings), help=way.help or None,
                )  # fmt: skip

    def tried(self, slug: str) -> bool:
        """Whether a run without some part has made some steps."""
        run = current.run(slug)
        if run is None or run.step < ticks.STEPS:
            return False
        return any(run.config.choices[name] != on for name, on in self.back.settings.items())

    def _now(self, way: Way) -> bool:
        usual = self.back.settings
        return all(st.session_state.get(f"{self.slug}_{name}", usual[name]) == on for name, on in way.settings.items())


def begin(slug: str, settings: Mapping[str, bool | float]) -> None:
    """Begin a run with these settings."""
    for name, on in settings.items():
        st.session_state[f"{slug}_{name}"] = on
    current.start(slug).play()
