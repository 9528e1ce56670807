"""Settings that live in the link. A bound widget's key is its parameter, so this module checks what a link says first.

Buttons cannot be bound; they write such a value into the session before the widgets are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.runtime.state.session_state_proxy import get_session_state

from sslviz.catalogue import Option
from sslviz.training.config import RunConfig, default, from_query

DEPTHS = ("Basic", "Standard", "Detailed")
MOST_NOTES = 12
SESSION: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # in the link, and kept on other pages


def check_link(slug: str, own: Mapping[str, Option]) -> list[str]:
    """Take out of the link what cannot be used, before any widget reads it.

    Args:
        slug: the page's task.
        own: settings of the page besides those of the run, by name.

    Returns:
        One sentence for each value that was taken out.
    """
    query = {k: v for k, v in st.query_params.items() if isinstance(v, str)}
    _, notes = from_query(slug, query)
    bad = [name for name in query if name.startswith(f"{slug}_") and _unusable(slug, name, query[name], own)]
    for name in bad:
        short = name.removeprefix(f"{slug}_")
        if short in own:
            option = own[short]
            notes.append(
                f"{option.title}: “{query[name][:20]}” is not {option.accepted}, so {option.default} is used instead."
            )
        elif short not in _run_names(slug) and short != "run":
            notes.append(f"The link sets “{short[:20]}”, which this page does not have; it is left out.")
        del st.query_params[name]
    if query.get("depth") not in (None, *DEPTHS):
        notes.append(f"Depth: “{query['depth'][:20]}” is not {', '.join(DEPTHS)}, so Basic is used instead.")
        del st.query_params["depth"]
    if notes:
        # Bound widgets read the link as it was when the page was opened, and a whole number of "1e400" ends the script.
        with get_session_state().query_params() as link:
            link.set_initial_query_params_from_current()
    return notes if len(notes) <= MOST_NOTES else [*notes[:MOST_NOTES], f"And {len(notes) - MOST_NOTES} more such."]


def value(slug: str, name: str, fallback: Any) -> Any:
    """A setting's present value, whether or not its widget is drawn: session first, then the link, then `fallback`."""
    key = f"{slug}_{name}"
    if key in st.session_state:
        return st.session_state[key]
    text = st.query_params.get(key)
    if text is None:
        return fallback
    return text.lower() == "true" if isinstance(fallback, bool) else type(fallback)(text)  # check_link has been here


def config(slug: str) -> RunConfig:
    """The run that this page's settings describe."""
    base = default(slug)
    query = {k: v for k, v in st.query_params.items() if isinstance(v, str)}
    for name in _run_names(slug):
        if f"{slug}_{name}" in st.session_state:
            present = st.session_state[f"{slug}_{name}"]
            query[f"{slug}_{name}"] = str(present).lower() if isinstance(present, bool) else str(present)
    found, _ = from_query(slug, query)
    return found if found.to_json() != base.to_json() else base


def _run_names(slug: str) -> tuple[str, ...]:
    return ("data", "seed", "steps", "batch", "lr", "device", *default(slug).choices)


def _unusable(slug: str, name: str, text: str, own: Mapping[str, Option]) -> bool:
    short = name.removeprefix(f"{slug}_")
    if short == "run":
        return False
    if short in own:
        try:
            own[short].parse(text)
        except (ValueError, OverflowError):
            return True
        return False
    return short not in _run_names(slug) or bool(from_query(slug, {name: text})[1])
