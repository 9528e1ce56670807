"""The collapse lab of Two views: what was measured without predictor, stop-gradient or momentum."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from sslviz.catalogue.two_views import ENTRY
from sslviz.training.results import ablation, recorded
from sslviz.ui.frame.learned import reached
from sslviz.ui.frame.measured import Measure, ablation_bars, mean, trained_on
from sslviz.ui.frame.parts import part

SLUG = ENTRY.slug
SPREAD, COSINE, RANK = (
    "spread, share of the most possible", "mean cosine", "effective rank, share of the directions",
)  # fmt: skip
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
MEASURES = (
    Measure("spread of the output, share of 1/√128, {seeds} run seeds", SPREAD),
    Measure("linear probe", "probe", hatched=True),
)


def collapse_lab(hide: set[str]) -> None:
    """What happens without predictor, stop-gradient or momentum: recorded runs, each with its meters."""
    if "learned" in hide:
        return
    found = ablation.read(SLUG)
    with st.container(key="collapse_lab", border=True, gap="small"):
        part("Collapse lab", "the same model trained in several ways: which ones collapse?")
        if "text" not in hide:
            st.markdown(LAB)
        if found is None:
            st.caption("These runs have not been recorded yet.")
            return
        left, right = st.columns([3, 2], gap="medium")
        with left:
            ablation_bars(
                found, MEASURES, reached(SLUG, found.get("data", "")), "share; the probe names held-out clothes"
            )
        with right:
            st.markdown(table(found))
            st.caption(trained_on(found))
            st.caption(
                "Spread: the standard deviation (over n, not n − 1) as a share of 1/√128; mean cosine of two pictures; "
                "effective rank (RankMe, but of vectors of length 1), of 128 directions."
            )
            st.markdown(f"{meaning(found)}\n\n{other_view()}")


LAB = (
    "Nothing in the loss forbids the same vector for every picture: its loss would be 0. Such a model has "
    "*collapsed*: it has learned nothing, with the lowest possible loss. Try it: switch the parts off in the card "
    "under *Label*, then press Reset and Play, and watch the meters. **When this task is useful:** there are no "
    "negatives, so it needs no large batch and no queue, and two shoes need not be told apart. **When not:** where "
    "nobody checks for collapse."
)


def table(found: dict[str, Any]) -> str:
    """The numbers, a row a way, means over run seeds."""
    lines = "| Way | loss | spread | cosine | rank | probe |\n"
    lines += "| :-- | --: | --: | --: | --: | --: |\n"
    for row in found["rows"]:
        spread, cosine, rank = (mean(row, name) for name in (SPREAD, COSINE, RANK))
        lines += (
            f"| {row['name']} | {loss(mean(row, 'loss'))} | {spread:.3f} | {cosine:.2f} | {128 * rank:.1f} | "
            f"{mean(row, 'probe'):.1%} |\n"
        )
    return lines


def loss(value: float) -> str:
    """Three digits, or the power of ten where these would be zeros."""
    if value >= 0.001 or value <= 0:
        return f"{value:.3f}"
    digit, power = f"{value:.0e}".split("e-")
    return f"{digit} · 10⁻{str(int(power)).translate(SUPERSCRIPT)}"


def other_view() -> str:
    """How often the recorded model finds the other view of a picture, which is not what it was asked for."""
    run = recorded.read(SLUG)
    if run is None:
        return ""
    name = next(iter(run.figures["scores"]))
    mine = float(np.mean([figures["scores"][name] for figures in (run.figures, *run.repeats)]))
    raw = next(b["scores"][name] for b in run.figures["baselines"] if b["name"] == "raw pixels")
    told = f"**{name[0].upper()}{name[1:]}** among 250: this model {mine:.0%}, raw pixels {raw:.0%}. "
    if mine >= raw:
        return told
    return told + (
        "So at this it is worse than pixels. It was never asked to tell pictures apart, only to give two views of "
        "one picture the same vector. So judge it by the meters and the probe."
    )


def called(name: str) -> str:
    """A way by a name that says by itself what was left out."""
    return "without predictor and stop-gradient" if name == "neither of them" else name


def meaning(found: dict[str, Any]) -> str:
    """What the numbers say, in a few sentences; all of them come from the file."""
    losses = {row["name"]: mean(row, "loss") for row in found["rows"]}
    counted = {row["name"]: sum(s < 0.1 for s in row["measures"][SPREAD]) for row in found["rows"]}
    dead = [name for name, count in counted.items() if count]
    seeds = len(found["rows"][0]["accuracy"])
    lowest = min(losses, key=lambda name: losses[name])
    probes = {row["name"]: mean(row, "probe") for row in found["rows"]}
    best = max(probes, key=lambda name: probes[name])
    collapsed = counted[lowest] == seeds
    fate = "has collapsed: its spread is below a tenth of 1/√128" if collapsed else "has not collapsed in every run"
    named = ", ".join(f"{called(name)} ({counted[name]} of {seeds} runs)" for name in dead)
    return (
        f"The model “{called(lowest)}” has the lowest loss ({loss(losses[lowest])}), and it {fate}. "
        + (f"Collapsed: {named}. " if dead else "None collapsed within this budget. ")
        + "The meters look at the last layer; the probe looks at the trunk before it, which may still be useful. "
        f"“{called(best)}” has the best probe ({probes[best]:.1%}). {_batch(found)}So judge by meters and probe, "
        "never by this loss alone."
    )


def _batch(found: dict[str, Any]) -> str:
    """What it changes if the heads see one picture at a time; nothing where that was not tried."""
    probes = {row["name"]: row["probe"] for row in found["rows"]}
    usual, alone = (probes.get(name) for name in ("as BYOL", "heads normalised by picture"))
    if usual is None or alone is None:
        return ""
    needed = (
        "so here the other pictures of a batch matter, though they are not in the loss"
        if max(alone) < min(usual)
        else "the runs overlap, so three runs do not show whether the other pictures of a batch matter"
    )
    return (
        f"With heads that normalise each picture for itself the probe is {np.mean(alone):.1%} instead of "
        f"{np.mean(usual):.1%}: {needed}. "
    )
