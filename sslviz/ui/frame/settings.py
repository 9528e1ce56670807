"""Settings that live in the link. A bound widget's key is its parameter, so this module checks what a link says first.

Buttons cannot be bound; they write such a value into the session before the widgets are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import streamlit as st

from sslviz.catalogue import Option, Options
from sslviz.training.config import RunConfig, default, from_query
from sslviz.ui.frame import link

DEPTHS = ("Basic", "Standard", "Detailed")
Chosen = TypeVar("Chosen", bound=Options)
KEPT: dict[str, Any] = {"persist_state": "session"}  # kept while it is not drawn, and on other pages
SESSION: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # in the link, and kept on other pages


def check_link(slug: str, own: Mapping[str, Option]) -> list[str]:
    """Take out of the link what cannot be used, before any widget reads it.

    Args:
        slug: the page's task.
        own: settings of the page besides those of the run, by name.

    Returns:
        One sentence for each value that was taken out.
    """

    def fault(name: str, text: str) -> str:
        if name == "depth":
            accepted = ", ".join(DEPTHS)
            return "" if text in DEPTHS else f"Depth: “{text[:20]}” is not {accepted}, so Basic is used instead."
        short = name.removeprefix(f"{slug}_")
        if short in (name, "run"):  # of another page; the number of a run, which `current` looks up
            return ""
        if short in own:
            return link.unusable(own[short], text)
        if short in _run_names(slug):
            return "".join(from_query(slug, {name: text})[1])
        return f"The link sets “{short[:20]}”, which this page does not have; it is left out."

    return link.check(fault)


def value(slug: str, name: str, fallback: Any) -> Any:
    """A setting's present value, whether or not its widget is drawn: session first, then the link, then `fallback`."""
    key = f"{slug}_{name}"
    if key in st.session_state:
        return st.session_state[key]
    text = st.query_params.get(key)
    if text is None:
        return fallback
    return text.lower() == "true" if isinstance(fallback, bool) else type(fallback)(text)  # check_link has been here


def keep_in_link(slug: str, own: Mapping[str, Option]) -> None:
    """Write settings into the link whose widgets are drawn now and then; bound ones would leave with theirs.

    Args:
        slug: of the page's task.
        own: the settings by name.
    """
    for name, option in own.items():
        key = f"{slug}_{name}"
        if key not in st.session_state:  # not set here: what the link says, holds
            continue
        present = st.session_state[key]
        text = str(present).lower() if isinstance(present, bool) else str(present)
        if present == option.default:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != text:
            st.query_params[key] = text


def keep_run_in_link(slug: str) -> None:
    """Write into the link what the run's widgets have set while they were drawn: without them it would leave."""
    for name in _run_names(slug):
        key = f"{slug}_{name}"
        present, usual = st.session_state.get(key), getattr(default(slug), name, None)
        if present is not None and usual is not None and present != usual and st.query_params.get(key) != str(present):
            st.query_params[key] = str(present)


def begin(slug: str, name: str, fallback: Any) -> str:
    """Key of a widget that is drawn now and then, which begins with the setting's present value."""
    key = f"{slug}_{name}"
    st.session_state.setdefault(key, value(slug, name, fallback))
    return key


def options(slug: str, kind: type[Chosen]) -> Chosen:
    """The task's own settings as they are now, whether or not their widgets are drawn."""
    return kind(**{name: value(slug, name, option.default) for name, option in kind.described().items()})


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
