"""The lab of the page Patch order: what a shortcut does to the task, and to what is learned."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sslviz.catalogue.patch_order import PatchOrderOptions
from sslviz.evaluation.signed import signed
from sslviz.training.results import ablation
from sslviz.ui.frame.learned import reached
from sslviz.ui.frame.measured import Measure, Row, ablation_bars, mean, variant
from sslviz.ui.frame.parts import part
from sslviz.ui.tasks.patch_order.puzzle import SLUG

SHORTCUT = (
    "A network takes the easiest way to the label. If something other than what the picture shows gives the place "
    "away, it learns that. Doersch and others (2015) found their network reading the **colour fringes** of camera "
    "lenses, which are stronger at the edge of a photo than in its middle ([arXiv "
    "1505.05192](https://arxiv.org/abs/1505.05192), section 3.1). Our small pictures have no such fringes, so here "
    "we add them: red is made smaller by 1/16 and blue larger by as much, at most one pixel. The switch in **Label** "
    "shows it."
)
MEASURES = (
    Measure("label named", "accuracy", model=True),
    Measure("linear probe, 100 labels", "probe", hatched=True),
)
ANSWERS = {"places": 16, "jigsaw 2x2": 24, "jigsaw 3x3": 100, "relative position": 8, "rotation": 4}
TOUCHING = {"gap": False, "jitter": False, "normalise": False}
MENDED = {"lens": True, "drop": True}


def lab(hide: set[str]) -> None:
    """What switches do to the task and to what is learned; nothing where nothing was measured."""
    found = None if "learned" in hide else ablation.read(SLUG)
    if found is None:
        return
    with st.container(key="shortcuts", border=True, gap="small"):
        part("Shortcut lab", "solving a task better does not mean learning more")
        left, right = st.columns([2, 3], gap="medium")
        if "text" not in hide:
            left.markdown(SHORTCUT)
        left.markdown(meaning(found))
        with right:
            ablation_bars(found, MEASURES, reached(SLUG), "right on held-out samples", name=_with_chance)
            st.caption(protocol(found))


def _with_chance(row: Row) -> str:
    """The name of a row, and what guessing gives."""
    return f"{row['name']} (guessing: 1 in {ANSWERS[row['options'].get('way', 'places')]})"


def meaning(found: dict[str, Any]) -> str:
    """What the numbers say, in a few sentences; every number comes from the file."""
    plain, lens, mended = (
        variant(found, PatchOrderOptions(way="relative position", **switches))
        for switches in ({}, {"lens": True}, MENDED)
    )
    if plain is None or lens is None:
        return ""
    task, probe = (100 * (mean(lens, key) - mean(plain, key)) for key in ("accuracy", "probe"))
    text = (
        f"Through the lens, **{mean(lens, 'accuracy'):.0%}** of the directions are named instead of "
        f"{mean(plain, 'accuracy'):.0%} ({signed(task, 0)} points). The probe: **{mean(lens, 'probe'):.0%}** instead "
        f"of {mean(plain, 'probe'):.0%} ({signed(probe, 0)}). "
    )
    text += (
        "The label is named far more often, and the probe gains only a part of that: a shortcut. "
        if task > 5 and probe < task / 4
        else "So in these runs the fringes are hardly a shortcut. "
    )
    if mended is not None:
        text += (
            f"With one colour in place of three there are no fringes: {mean(mended, 'accuracy'):.0%} are named, and "
            f"the probe says {mean(mended, 'probe'):.0%}."
        )
    return text + _touching(found)


def _touching(found: dict[str, Any]) -> str:
    """What gap, jitter and evened tiles do to the jigsaw of nine."""
    apart, touch = (
        variant(found, PatchOrderOptions(way="jigsaw 3x3", **switches)) for switches in ({}, TOUCHING)
    )  # fmt: skip
    if apart is None or touch is None:
        return ""
    text = (
        f" Jigsaw 3×3: with gap, jitter and evened tiles {mean(apart, 'accuracy'):.0%} of the orders are named, with "
        f"touching tiles as they are {mean(touch, 'accuracy'):.0%} (probe {mean(apart, 'probe'):.0%} and "
        f"{mean(touch, 'probe'):.0%}). "
    )
    more, less = (apart, touch) if mean(apart, "accuracy") > mean(touch, "accuracy") else (touch, apart)
    if more is apart:
        text += "So edges that meet are not a shortcut for this small network. "
    if mean(more, "probe") <= mean(less, "probe"):
        text += "Solving more of the puzzles does not mean knowing more of what they show."
    return text


def protocol(found: dict[str, Any]) -> str:
    """How it was measured."""
    row = found["rows"][0]
    return (
        f"Mean and spread of {len(row['accuracy'])} run seeds, {row['steps']:,} steps each. Each way has its own "
        "number of answers, so only rows of one way compare in how often the label is named; probes compare in all. "
        "They judge pictures that went through the same lens, in the same colours, evened out the same way."
    )
