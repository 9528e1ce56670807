"""To the next sample, and to another label: what the buttons of a card do, in the lab and in a lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from sslviz.ui.frame import settings
from sslviz.ui.frame.own_input import put_aside

if TYPE_CHECKING:
    from sslviz.ui.frame.task_page import TaskPage

FURTHER, SEEDS = 37, 10_000  # from one sample to the next, so that neighbours differ; label seeds


class Position(NamedTuple):
    """Number of a sample, and label seed."""

    sample: int
    seed: int


def here(page: TaskPage[Any, Any]) -> Position:
    """The sample and the label that are in view."""
    return Position(int(settings.value(page.slug, "sample", page.first)), page.seed)


def after(page: TaskPage[Any, Any], at: Position, others: int, labels: int) -> Position:
    """Where so many presses on "another sample" and "new label" lead to, in any order."""
    return Position((at.sample + others * FURTHER) % (page.most + 1), (at.seed + labels) % SEEDS)


def after_another(page: TaskPage[Any, Any], at: Position) -> Position:
    """The next sample by number, with the same label seed."""
    return after(page, at, 1, 0)


def after_relabel(page: TaskPage[Any, Any], at: Position) -> Position:
    """The same sample with the next label seed."""
    return after(page, at, 0, 1)


def another(page: TaskPage[Any, Any]) -> None:
    """The next sample by number; the visitor's own makes room for it."""
    go_to(page, after_another(page, here(page)))


def relabel(page: TaskPage[Any, Any]) -> None:
    """Another label of the same sample."""
    go_to(page, after_relabel(page, here(page)))


def go_to(page: TaskPage[Any, Any], to: Position) -> None:
    """Show this sample with this label."""
    slug, at = page.slug, here(page)
    if to.sample != at.sample:
        put_aside(slug)
        st.session_state[f"{slug}_seen_another"] = True
        st.session_state[f"{slug}_sample"] = to.sample
    if to.seed != at.seed:
        st.session_state[f"{slug}_seen_label"] = True
        st.session_state[f"{slug}_label_seed"] = to.seed
