"""What was done: which scenes are ticked off, and how it is told that a scene's thing was done."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from sslviz.ui.frame import current, guess
from sslviz.ui.live.made import made

STEPS = 20  # of training, after which one has seen it move


def ticked(slug: str) -> set[int]:
    """Numbers of the scenes that are done."""
    found: dict[str, set[int]] = st.session_state.setdefault("lesson_ticks", {})
    return found.setdefault(slug, set())


def tick(slug: str, numbers: Iterable[int]) -> None:
    """Note scenes as done."""
    ticked(slug).update(numbers)


def by_hand(slug: str) -> bool:
    """Whether the visitor has changed the card of this task."""
    return bool(made(f"{slug}_card")) or made(f"{slug}_card") == []


def answered(slug: str) -> bool:
    """Whether a guess was made."""
    return guess.number(slug) > 0 or guess.given(slug) is not None or bool(st.session_state.get(f"{slug}_hands_shown"))


def trained(slug: str) -> bool:
    """Whether a run of the visitor's own has made some steps."""
    run = current.run(slug)
    return run is not None and run.step >= STEPS


def quizzed(slug: str) -> bool:
    """Whether a question of the quiz was answered."""
    states = (st.session_state[name] for name in st.session_state if str(name).startswith(f"{slug}_quiz_"))
    return any(isinstance(state, dict) and state.get("answers") for state in states)


def another(slug: str) -> bool:
    """Whether another sample was looked at."""
    return bool(st.session_state.get(f"{slug}_seen_another"))


def redrawn(slug: str) -> bool:
    """Whether another label was drawn."""
    return bool(st.session_state.get(f"{slug}_seen_label"))
