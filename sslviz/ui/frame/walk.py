"""To the next sample, and to another label: what the buttons of a card do, in the lab and in a lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from sslviz.ui.frame.own_input import put_aside

if TYPE_CHECKING:
    from sslviz.ui.frame.task_page import TaskPage


def another(page: TaskPage[Any, Any]) -> None:
    """The next sample by number; the visitor's own makes room for it."""
    put_aside(page.slug)
    st.session_state[f"{page.slug}_seen_another"] = True
    advance(f"{page.slug}_sample", page.first, 37, page.most + 1)


def relabel(slug: str) -> None:
    """Another label of the same sample."""
    st.session_state[f"{slug}_seen_label"] = True
    advance(f"{slug}_label_seed", 0, 1, 10000)


def advance(key: str, first: int, by: int, count: int) -> None:
    """The next number of a sample or a seed."""
    present = st.session_state.get(key)
    st.session_state[key] = ((first if present is None else present) + by) % count
