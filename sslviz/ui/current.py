"""Which run a page shows: the visitor's own, found again by the id in the link, or else the recorded one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from sslviz.training import recorded, shown
from sslviz.training.shown import Shown
from sslviz.ui import settings, startup

if TYPE_CHECKING:
    from sslviz.training.config import RunConfig
    from sslviz.training.runs import Run  # brings torch, for which a recorded run need not wait


def run(slug: str) -> Run | None:
    """The visitor's live run of this task, if there is one. After a reload it is found by the link."""
    name = f"{slug}_run"
    number = st.session_state.get(name) or st.query_params.get(name)
    if not number:
        return None
    found = find(number)
    if found is None:
        _forget(slug)
        st.session_state[f"{slug}_lost"] = True
        return None
    _remember(slug, found)
    return found


def find(number: str) -> Run | None:
    """The run of this id, if it is on this server; a copy, if it belongs to another visitor who is still here."""
    return startup.runs().find(number, _viewer(), _here)


def new(config: RunConfig) -> Run:
    """A run of this visitor's that has not started."""
    return startup.runs().new(config, _viewer())


def start(slug: str) -> Run:
    """A new run with the page's settings; the old one, if any, stops."""
    old = run(slug)
    if old is not None:
        startup.runs().drop(old)
    fresh = new(settings.config(slug))
    _remember(slug, fresh)
    return fresh


def back_to_recorded(slug: str) -> None:
    """Leave the live run (paused) and show the recorded one again."""
    old = run(slug)
    if old is not None:
        old.pause()
    _forget(slug)


def show(slug: str) -> Shown:
    """What the page shows of the run."""
    live = run(slug)
    if live is not None:
        live.look()
        return shown.from_run(live, refit=bool(st.session_state.get(f"{slug}_refit")))
    long = settings.value(slug, "recording", "short") == "long"
    found = recorded.read(slug, long=long) or recorded.read(slug)
    if found is not None:
        return shown.from_recording(found, f"{slug}-{'long' if long else 'short'}")
    return shown.untrained(settings.config(slug))


def lost(slug: str) -> bool:
    """Whether the link named a run that this server no longer has; asks once."""
    return bool(st.session_state.pop(f"{slug}_lost", False))


def _remember(slug: str, found: Run) -> None:
    st.session_state[f"{slug}_run"] = found.id
    if st.query_params.get(f"{slug}_run") != found.id:
        st.query_params[f"{slug}_run"] = found.id


def _forget(slug: str) -> None:
    st.session_state.pop(f"{slug}_run", None)
    st.query_params.pop(f"{slug}_run", None)


def _viewer() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else "test"


def _here(viewer: str) -> bool:
    return Runtime.exists() and Runtime.instance().is_active_session(viewer)
