"""What the page Flashcards keeps in its link: which part is open, which cards, which quiz.

Bound widgets write the title of a choice into the link, so these are written by hand: `?cards_task=masked_words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.flashcards.card import GENERAL, LEVELS
from sslviz.ui.frame import link
from sslviz.ui.frame.routes import page_file

ALL = "all"
MOST_SEED, LONGEST = 9999, 80
VIEWS = {"review": "Review", "quiz": "Quiz", "progress": "Progress", "deck": "Deck"}
TASK_NAMES = {ALL: "All cards", GENERAL: "General", **{slug: entry.title for slug, entry in TASKS.items()}}
LEVEL_NAMES = {ALL: "All levels", **{str(level): name for level, name in LEVELS.items()}}
CHOICES: dict[str, Mapping[str, str]] = {
    "cards_view": VIEWS, "cards_task": TASK_NAMES, "cards_level": LEVEL_NAMES,
}  # fmt: skip
WORDS = {"cards_view": "part", "cards_task": "task", "cards_level": "level", "cards_seed": "quiz"}


def check_link() -> list[str]:
    """Take out of the link what cannot be used; a sentence for each."""
    return link.check(_fault)


def _fault(name: str, text: str) -> str:
    if name in CHOICES:
        good = text in CHOICES[name]
    elif name == "cards_seed":
        good = text.isascii() and text.isdecimal() and len(text) <= 4
    else:  # what does not begin so belongs to other pages
        good = not name.startswith("cards_") or (name == "cards_find" and len(text) <= LONGEST)
    called = WORDS.get(name, name[:20])
    return "" if good else f"The link names a {called} “{text[:20]}”, which is not here; it is left out."


def value(name: str) -> str:
    """A choice as the link has it; the first one where it has none."""
    return st.query_params.get(name, next(iter(CHOICES[name])))


def seed() -> int:
    """The number of the quiz."""
    return int(st.query_params.get("cards_seed", "0"))


def task() -> str | None:
    """The task whose cards are chosen; None for all."""
    return None if value("cards_task") == ALL else value("cards_task")


def level() -> int | None:
    """The level that is chosen; None for all."""
    return None if value("cards_level") == ALL else int(value("cards_level"))


def write(name: str, new: Any) -> None:
    """Put a value into the link; what is usual stays out."""
    usual = next(iter(CHOICES[name])) if name in CHOICES else "0" if name == "cards_seed" else ""
    if new is None or str(new) == usual:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(new)


def bound(name: str, present: Any) -> dict[str, Any]:
    """Arguments that make a widget show what the link says, and write what is chosen into the link."""
    key = f"{name}_choice"
    st.session_state[key] = present
    return {"key": key, "on_change": lambda: write(name, st.session_state[key])}


def choose_cards() -> None:
    """The choice of a task and a level."""
    st.selectbox(
        "Cards of",
        list(TASK_NAMES),
        format_func=TASK_NAMES.__getitem__,
        width=240,
        label_visibility="collapsed",
        **bound("cards_task", value("cards_task")),
    )
    st.segmented_control(
        "Level", list(LEVEL_NAMES), label_visibility="collapsed", format_func=LEVEL_NAMES.__getitem__, required=True,
        **bound("cards_level", value("cards_level")),
    )  # fmt: skip


def teaches(slug: str) -> tuple[str, str]:
    """(page file, its title) of what teaches a task; home for what has no page of its own."""
    return (slug, TASKS[slug].title) if slug in TASKS else ("home", "Home")


def page_link(slug: str) -> None:
    """A link to the page that teaches a task."""
    file, title = teaches(slug)
    st.page_link(page_file(file), label=f"See it on the page {title}", icon=":material/menu_book:")
