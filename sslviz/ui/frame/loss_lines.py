"""The dashed lines of the loss plot: what guessing and counting cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from sslviz.data import text
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.learned import comparable

Line = dict[str, Any]  # name, value, kind: "chance" or "baseline"


def loss_lines(view: RunView) -> list[Line]:
    """What was measured without a trained network, for these settings; empty where nothing was."""
    figures = view.figures or comparable(view)
    return [
        {"name": f"{b['name']}", "value": b["loss"], "kind": "chance" if number == 0 else "baseline"}
        for number, b in enumerate(figures["baselines"] if figures else [])
        if b["loss"] is not None and b["name"] != "untrained network"
    ]


def word_lines(view: RunView) -> list[Line]:
    """The same for a word that is asked for; where nothing was measured, guessing among all words alone."""
    return loss_lines(view) or [even_chance(len(text.corpus().vocabulary))]


def even_chance(count: int, name: str = "guessing") -> Line:
    """The line of all that gives `count` answers the same probability."""
    return {"name": f"{name}: ln {count:,}", "value": float(np.log(count)), "kind": "chance"}
