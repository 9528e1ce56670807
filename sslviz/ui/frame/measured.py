"""What was measured with other settings than the usual ones: one bar or two a variant, beside words about them.

The numbers are those of `sslviz.training.results.ablation.read`: a mapping whose `rows` hold one variant each. They
stand here as they were read, so nothing in this file needs torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from sslviz.catalogue.options import Options
from sslviz.data import titles
from sslviz.training.results import ablation
from sslviz.ui.frame.bars import Bar, bars
from sslviz.ui.frame.learned import reached
from sslviz.ui.frame.parts import part

Row = dict[str, Any]  # one variant: name, options, steps, and numbers by run seed
Line = tuple[str, float]


@dataclass(frozen=True)
class Measure:
    """One bar of every variant.

    Attributes:
        name: what it measures; `{seeds}` in it stands for the number of run seeds.
        key: "accuracy" or "probe", or the name of one of the task's own measures; 0 to 1.
        model: whether it has the colour of the model's answers.
        hatched: whether it is hatched, to be told from the bar above it.
    """

    name: str
    key: str
    model: bool = False
    hatched: bool = False

    def bar(self, row: Row) -> Bar:
        """The bar of one variant."""
        values = numbers(row, self.key)
        return Bar(self.name.format(seeds=len(values)), values, self.model, self.hatched)


@dataclass(frozen=True)
class Ablation:
    """How a page shows its ablation.

    Attributes:
        slug: of the task.
        title: heading.
        note: beside the heading.
        measures: the bars of every variant.
        axis: what is measured, in words.
        meaning: the ablation → what the numbers say, as Markdown.
        lines: the ablation → what is to be beaten; None: the probe of the random trunk and of raw input.
    """

    slug: str
    title: str
    note: str
    measures: Sequence[Measure]
    axis: str
    meaning: Callable[[dict[str, Any]], str]
    lines: Callable[[dict[str, Any]], Sequence[Line]] | None = None


# Said of what was trained before the protocol of `probes`: only training it anew could judge it so, too.
OLDER = (
    "Probes in this plot: three choices of labels, one penalty for all. Elsewhere: twenty, and the penalty is chosen."
)


def ablation_panel(shown: Ablation, hide: set[str], *, key: str, title: str, note: str, words: str) -> None:
    """A part with words on the left and the ablation on the right.

    Args:
        shown: the ablation; left out where nothing was measured, or a lesson leaves out what was learned.
        hide: the parts that a lesson leaves out; nothing is drawn where neither words nor numbers are left.
        key: of the part.
        title: its heading.
        note: beside the heading.
        words: Markdown.
    """
    if {"text", "learned"} <= hide:
        return
    found = None if "learned" in hide else ablation.read(shown.slug)
    with st.container(key=key, border=True, gap="small"):
        part(title, note)
        left, right = st.columns([2, 3], gap="medium") if found and "text" not in hide else (st.container(),) * 2
        if "text" not in hide:
            left.markdown(words)
        if found is not None:
            with right:
                draw_ablation(shown, found)


def draw_ablation(shown: Ablation, found: dict[str, Any]) -> None:
    """Heading, bars, and what they say."""
    with st.container(key="ablation", gap="small"):
        part(shown.title, shown.note)
        lines = reached(shown.slug, found.get("data", "")) if shown.lines is None else shown.lines(found)
        ablation_bars(found, shown.measures, lines, shown.axis)
        st.markdown(shown.meaning(found))


def ablation_bars(
    found: dict[str, Any], measures: Sequence[Measure], lines: Sequence[Line], axis: str,
    name: Callable[[Row], str] = lambda row: str(row["name"]),
) -> None:  # fmt: skip
    """The bars alone; `name` is what a variant is called, `lines` and `axis` are those of `bars`."""
    rows = [(name(row), [measure.bar(row) for measure in measures]) for row in found["rows"]]
    bars(rows, lines, axis, key=rows[0][1])
    if "choices" not in found:
        st.caption(OLDER)


def numbers(row: Row, key: str) -> list[float]:
    """What was measured of one variant, a number a run seed."""
    values: list[float] = row[key] if key in row else row["measures"][key]
    return values


def mean(row: Row, key: str) -> float:
    """The mean over run seeds of what was measured of one variant."""
    return float(np.mean(numbers(row, key)))


def usual(found: dict[str, Any]) -> Row:
    """The variant with the usual settings. Raises StopIteration where there is none."""
    row: Row = next(row for row in found["rows"] if not row["options"])
    return row


def variant(found: dict[str, Any], options: Options) -> Row | None:
    """The variant that has these settings; None where it was not measured."""
    return next((row for row in found["rows"] if type(options).of(row["options"]) == options), None)


def trained_on(found: dict[str, Any]) -> str:
    """What all arms were trained on, where that was written down: it may differ from the run that the page shows."""
    if "data" not in found:
        return ""
    return f"All of these were trained on {titles.short(found['data'])}, {found['rows'][0]['steps']:,} steps each."


def protocol(found: dict[str, Any]) -> str:
    """How often and how long each variant was trained, as the end of a text."""
    row = found["rows"][0]
    on = f" on {titles.short(found['data'])}" if "data" in found else ""
    return f"{len(row['accuracy'])} run seeds each, {row['steps']:,} steps{on}."
