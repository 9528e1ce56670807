"""The figures of the README are those of the recordings."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.data import titles
from sslviz.flashcards import deck
from sslviz.training.results import recorded

README = Path(__file__).parents[2] / "README.md"
KINDS = [(task, which) for task, entry in TASKS.items() for which in entry.expects.recordings]


def row(task: str, which: str) -> list[str]:
    """The cells of a run in the README's table: name; probe of trunk, random trunk and raw input; the lead."""
    run = recorded.read(task, which)
    assert run is not None
    runs = [run.figures, *run.repeats]
    few = [
        float(np.mean([np.mean(one["probes"][name]["few"]) for one in runs])) for name in ("trained", "random", "raw")
    ]
    over = recorded.leads(runs)["raw"]
    lead = f"{over.points:+.1f} ± {over.error:.1f}".replace("-", "−")
    data = f", {titles.short(run.config.data)}" if TASKS[task].pictures else ""
    return [f"{TASKS[task].title}, {run.config.steps:,} steps{data}", *(f"{value:.0%}" for value in few), lead]


@pytest.mark.parametrize(("task", "which"), KINDS)
def test_the_table_of_runs_holds_the_recorded_figures(task: str, which: str) -> None:
    name, *wanted = row(task, which)
    lines = [line for line in README.read_text("utf-8").splitlines() if line.startswith(f"| {name} |")]
    assert len(lines) == 1, f"| {name} | … | {' | '.join(wanted)} |"
    cells = [re.sub(r" %", "%", cell.strip()) for cell in lines[0].strip("|").split("|")]
    assert cells[2:] == wanted


def test_the_readme_counts_the_flashcards_and_names_every_page_of_a_task() -> None:
    text = README.read_text("utf-8")
    assert f"| Flashcards | {len(deck.deck().cards)} questions" in text
    for task in TASKS.values():
        assert f"\n| {task.title} | " in text, task.title
