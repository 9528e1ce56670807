"""Which run a page shows: the visitor's own, found again by the id in the link, or else the recorded one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from sslviz.training.config import default
from sslviz.training.results import recorded, run_view
from sslviz.training.results.run_view import RunView
from sslviz.ui import startup
from sslviz.ui.frame import settings
from sslviz.ui.visitors import visitor

PATIENCE = 10.0  # seconds that a page waits for what a run's first slice sorts, before it sorts that for itself
YIELD = 0.2  # seconds of that, after which a press is heeded

if TYPE_CHECKING:
    from sslviz.training.config import RunConfig
    from sslviz.training.live.runs import Run  # brings torch, for which a recorded run need not wait


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
    """The run of this id, if it is on this server; a copy, if it is another visitor's."""
    return startup.runs().find(number, visitor())


def new(config: RunConfig) -> Run:
    """A run of this visitor's that has not started."""
    return startup.runs().new(config, visitor())


def start(slug: str) -> Run:
    """A new run with the page's settings; the old one, if any, pauses and can be brought back."""
    old = run(slug)
    if old is not None and old.step:
        old.pause()
        if (forgotten := before(slug)) is not None:
            startup.runs().drop(forgotten)  # one step back is enough
        st.session_state[f"{slug}_before"] = old.id
    elif old is not None:
        startup.runs().drop(old)
    fresh = new(settings.config(slug))
    st.session_state[f"{slug}_run"] = fresh.id  # in the link when the page is drawn: see `clicks`
    return fresh


def before(slug: str) -> Run | None:
    """The run that the last `start` put aside, where it is still there."""
    number = st.session_state.get(f"{slug}_before")
    return find(number) if number else None


def bring_back(slug: str) -> None:
    """Show the run from before the last `start` again; the present one is put aside in turn."""
    old, present = before(slug), run(slug)
    if old is None:
        return
    if present is not None:
        present.pause()
    st.session_state[f"{slug}_before"] = present.id if present is not None and present.step else None
    st.session_state[f"{slug}_run"] = old.id


def back_to_recorded(slug: str) -> None:
    """Leave the live run (paused) and show the recorded one again."""
    old = run(slug)
    if old is not None:
        old.pause()
    _forget(slug)


def show(slug: str) -> RunView:
    """What the page shows of the run."""
    live = run(slug)
    if live is not None:
        live.look()
        return run_view.from_run(live, refit=bool(st.session_state.get(f"{slug}_refit")))
    which = settings.value(slug, "recording", "short")
    found = recorded.read(slug, which) or recorded.read(slug)
    if found is not None:
        return run_view.from_recording(found, f"{slug}-{which}")
    return run_view.untrained(settings.config(slug))


def to_be_asked(slug: str) -> RunView:
    """As `show`, for who asks the network: where a run that has just begun sorts its data first, once that is done.

    Only where others train as well, and the server has better to do than to sort the same a second time.
    """
    live = run(slug)
    if live is not None and startup.runs().training() > 1:
        while live.status == "playing" and live.state is None and 0 < live.waits < PATIENCE and _sorts_first(slug):
            live.wait_for_first(YIELD)
            st.session_state.get(f"{slug}_run")  # a press that came meanwhile is heeded here
    return show(slug)


def _sorts_first(slug: str) -> bool:
    from sslviz.training import answers  # a run that trains has brought torch

    return answers.sorts_first(slug)


def recorded_or_untrained(slug: str) -> RunView:
    """The same for everybody, whatever a visitor trains: the recorded run, or else the untrained network."""
    found = recorded.read(slug)
    return run_view.untrained(default(slug)) if found is None else run_view.from_recording(found, slug)


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
