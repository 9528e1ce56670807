"""Clicks that are heeded before anything is drawn, and after which the whole page is drawn.

A drawing may be broken off for another one, as while a run goes on; a click on which only the drawing acts is then
lost. And a button that its own click has switched off does not tell that it was pressed. So the click leaves a mark.

Where a drawing is asked for meanwhile, Streamlit breaks off what a click does at its first message to the browser, a
change of the link, too. So what a click does changes the session; the link follows with the drawing, or at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

KEY = "clicked"


def heed(act: Callable[..., object], *arguments: Any) -> None:
    """For the `on_click` of a button: do what it says, and have the whole page drawn by `follow`."""
    st.session_state[KEY] = True
    act(*arguments)


def follow() -> None:
    """Draw the whole page where a click has asked for it: only that can start or end the polling."""
    if st.session_state.pop(KEY, False):
        st.rerun()
