"""What the page Flashcards keeps in its link: which part is open, which cards, which quiz.

Bound widgets write the title of a choice into the link, so these are written by hand: `?cards_task=masked_words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from sslviz.catalogue import READY, TASKS
from sslviz.data import ASSETS
from sslviz.flashcards.card import GENERAL, LEVELS

PAGES = ASSETS.parent / "pages"
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
    notes = []
    for name in [name for name in st.query_params if name.startswith("cards_")]:
        value = st.query_params[name]
        if name in CHOICES:
            good = value in CHOICES[name]
        elif name == "cards_seed":
            good = value.isascii() and value.isdecimal() and len(value) <= 4
        else:
            good = name == "cards_find" and len(value) <= LONGEST
        if not good:
            del st.query_params[name]
            notes.append(
                f"The link names a {WORDS.get(name, name[:20])} “{value[:20]}”, which is not here; it is left out."
            )
    return notes


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
    """(page file, its title) of what teaches a task; home for what has no page of its own, or none yet."""
    return (slug, READY[slug].title) if slug in READY else ("home", "Home")


def page_link(slug: str) -> None:
    """A link to the page that teaches a task."""
    file, title = teaches(slug)
    to_come = f" ({TASKS[slug].title}: its page is to come)" if file == "home" and slug in TASKS else ""
    st.page_link(PAGES / f"{file}.py", label=f"See it on the page {title}{to_come}", icon=":material/menu_book:")
