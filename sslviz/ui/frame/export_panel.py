"""The run to take along: five files, each made only when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from sslviz.training.results import export
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.downloads import held
from sslviz.ui.frame.parts import note

if TYPE_CHECKING:
    from sslviz.training.config import RunConfig
    from sslviz.training.results.recorded import MapInfo


def export_panel(slug: str, view: RunView, map_info: Callable[[RunConfig], MapInfo]) -> None:
    """A popover with script, notebook, both with all they need, weights and embedding of the run that the page shows.

    Args:
        slug: the page's task.
        view: the run.
        map_info: tells what the points of its map are.
    """
    with st.popover("Take this run along", icon=":material/download:", key=f"{slug}_take"):
        if view.status in ("playing", "pausing"):
            note("Pause first: what is taken along is a run that stands still.")
            return
        note(_what(view))
        name = export.name(view.config)
        files = (
            ("Script", "py", "text/x-python", lambda: export.script(view.config, view.figures)),
            ("Notebook", "ipynb", "application/x-ipynb+json", lambda: export.notebook(view.config, view.figures)),
            ("All in one, stand-alone", "zip", "application/zip", lambda: export.alone(view.config, view.figures)),
            ("Weights", "safetensors", "application/octet-stream",
             lambda: export.weights(view.config, view.weights, view.kept)),
            ("Embedding", "csv", "text/csv", lambda: export.embedding(view, map_info(view.config))),
        )  # fmt: skip
        missing = {"Weights": view.weights is None, "Embedding": view.features is None or not len(view.points)}
        with st.container(horizontal=True, gap="xsmall"):
            for title, ending, kind, make in files:
                file = f"{name}.{ending}"
                st.download_button(
                    title, held(make, file, kind), file_name=file, mime=kind, on_click="ignore", key=f"{slug}_{ending}",
                    disabled=missing.get(title, False), icon=":material/download:",
                )  # fmt: skip


def _what(view: RunView) -> str:
    """What the files hold of this run: one line for a finished run, one more for another."""
    compared = ", and compare the figures" if view.figures else ""
    again = (
        f"Script and notebook train its {view.config.steps:,} steps again, with this project beside them{compared}; "
        "“all in one” brings it along."
    )
    if view.weights is None:
        return f"{again} Weights and embedding come with the first step."
    at = {"weights": view.step, **({"embedding": view.frames[-1]} if view.frames else {})}
    if set(at.values()) == {view.config.steps}:
        return again
    return f"{again} As they stand: {', '.join(f'{what} of step {step:,}' for what, step in at.items())}."
