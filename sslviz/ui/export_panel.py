"""The run to take along: four files, each made only when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from sslviz.training import export
from sslviz.training.shown import Shown

if TYPE_CHECKING:
    from sslviz.training.config import RunConfig
    from sslviz.training.recorded import MapInfo


def export_panel(slug: str, view: Shown, map_info: Callable[[RunConfig], MapInfo]) -> None:
    """Buttons for script, notebook, weights and embedding of the run that the page shows."""
    if view.status in ("playing", "pausing"):  # the panel is drawn twice a second then, and the run is not finished
        st.caption("Pause, and the run can be taken along: script, notebook, weights, embedding.")
        return
    name = export.name(view.config)
    st.caption("Take this run along: script and notebook train it again and compare its figures.")
    files = (
        ("Script", "py", "text/x-python", lambda: export.script(view.config, view.figures)),
        ("Notebook", "ipynb", "application/x-ipynb+json", lambda: export.notebook(view.config, view.figures)),
        ("Weights", "safetensors", "application/octet-stream",
         lambda: export.weights(view.config, view.weights, view.kept)),
        ("Embedding", "csv", "text/csv", lambda: export.embedding(view, map_info(view.config))),
    )  # fmt: skip
    missing = {"Weights": view.weights is None, "Embedding": view.features is None or not len(view.points)}
    with st.container(horizontal=True, gap="xsmall"):
        for title, ending, kind, make in files:
            st.download_button(
                title, make, file_name=f"{name}.{ending}", mime=kind, on_click="ignore", key=f"{slug}_{ending}",
                disabled=missing.get(title, False), icon=":material/download:",
            )  # fmt: skip
