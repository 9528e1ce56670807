"""What the parts of the page Transfer have in common: its link, the model that is looked at, and work that goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.training.results import recorded
from sslviz.ui import startup
from sslviz.ui.frame import current, settings
from sslviz.ui.frame.parts import plain
from sslviz.ui.visitors import visitor

if TYPE_CHECKING:
    from sslviz.training.config import RunConfig
    from sslviz.training.live.work import Stage, Work

PAGE = "transfer"
POLL = 0.5  # seconds between two looks at work that goes on


def bound(name: str, usual: Any) -> dict[str, Any]:
    """Arguments that make a widget show what the link says, and write what is chosen into it; the usual stays out."""
    key = f"{PAGE}_{name}_choice"
    st.session_state[key] = linked(name, usual)

    def write() -> None:
        new = st.session_state[key]
        if new == usual:
            st.query_params.pop(f"{PAGE}_{name}", None)
        else:
            st.query_params[f"{PAGE}_{name}"] = str(new)

    return {"key": key, "on_change": write}


def linked(name: str, usual: Any) -> Any:
    """A setting as the link has it; `check_link` has been here."""
    return type(usual)(st.query_params.get(f"{PAGE}_{name}", usual))


def model(task: str, run: str) -> tuple[str, RunConfig, Any, Any]:
    """A name that changes with the weights; config, weights and what is kept beside them."""
    if run == "live" and (own := current.run(task)) is not None and own.state is not None:
        return f"{own.id} {own.step}", own.config, own.state["weights"], own.state["buffers"]
    kept = recorded.read(task, run if run in recorded.KINDS else "short") or recorded.read(task)
    if kept is None:
        return "", settings.config(task), None, None
    return f"{task} {run}", kept.config, kept.weights.astype(np.float32), kept.buffers


def start(name: str, key: Any, stages: list[Stage]) -> None:
    """Begin work under a name; `key` says what it is about, so that it is not shown for anything else."""
    from sslviz.training.live.work import Work

    st.session_state[f"{PAGE}_{name}_work"] = (key, Work(startup.runs().share(visitor()), stages))
    st.session_state[f"{PAGE}_{name}_polled"] = True


def started(name: str) -> tuple[Any, Work | None]:
    """The key of the work that was begun last under a name, and the work itself; None where there is none."""
    found: tuple[Any, Work | None] = st.session_state.get(f"{PAGE}_{name}_work", (None, None))
    return found


def busy(name: str) -> bool:
    """Whether work under this name goes on."""
    work = started(name)[1]
    return work is not None and work.busy


def follow(name: str, doing: str) -> Work | None:
    """Show how far the work is; the work itself, once it is done."""
    work = started(name)[1]
    if work is None:
        return None
    if work.busy:
        st.progress(work.progress, f"{doing}: {work.progress:.0%}")
        return None
    if st.session_state.pop(f"{PAGE}_{name}_polled", False):
        st.rerun()  # once more in full, which ends the polling
    if work.note:
        st.warning(plain(work.note), icon=":material/error:")
        return None
    return work
