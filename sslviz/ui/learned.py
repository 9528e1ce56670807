"""What the trunk has learned: probes beside raw input and a random trunk, and the pretext score with its baselines."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from sslviz.catalogue import READY
from sslviz.training import recorded
from sslviz.training.shown import Shown
from sslviz.ui.parts import part

NEIGHBOURS = 20
GREY, INK, ORANGE = "rgba(128,136,148,.45)", "#8a919c", "#d46a00"
CHART = {"displayModeBar": False}


def learned(slug: str, view: Shown) -> None:
    """Bars for the probes, and a table for the pretext task itself."""
    figures = view.figures or comparable(view)
    part("What it learned", "frozen trunk, judged by classes that it never saw")
    if figures is None:
        st.caption("Nothing has been measured for these settings yet. The figures appear when the budget is spent.")
        return
    own = view.figures is not None
    rows = _rows(figures, view, own)
    st.plotly_chart(_bars(rows, figures), config=CHART, alt=_say(rows, figures), key=f"{slug}_bars")
    st.caption(_protocol(figures, view, own))
    _pretext(figures, view, own)


def comparable(view: Shown) -> dict[str, Any] | None:
    """The recorded figures of the same data, whose raw input and random trunk hold for any run on it."""
    mine, found = view.config, (recorded.read(view.config.task, long=long) for long in (False, True))
    runs = [run for run in found if run is not None and run.config.data == mine.data]
    counts = READY[mine.task].label_from == "batch"  # then the loss depends on how many others there are
    for run in runs:
        if run.config.choices == mine.choices and (run.config.batch == mine.batch or not counts):
            return run.figures
    return {**runs[0].figures, "baselines": []} if runs else None  # of another setting: only the probes compare


def _rows(figures: dict[str, Any], view: Shown, own: bool) -> list[tuple[str, list[float], list[float], str]]:
    """(name, k-NN, linear probe of each choice of labels, kind) from the one to beat to the model itself."""
    probes = figures["probes"]
    rows = [
        (figures["raw_name"].capitalize(), [probes["raw"]["knn"]], probes["raw"]["few"], "raw"),
        ("Random trunk", [probes["random"]["knn"]], probes["random"]["few"], "random"),
    ]
    if own:
        return [*rows, ("This model", [probes["trained"]["knn"]], probes["trained"]["few"], "model")]
    return [*rows, ("This model", [] if view.knn is None else [view.knn], [], "model")]


def _bars(rows: list[tuple[str, list[float], list[float], str]], figures: dict[str, Any]) -> Any:
    import plotly.graph_objects as go

    figure = go.Figure()
    both = ("k-NN", [row[1] for row in rows]), (f"linear probe, {figures['labels']} labels", [row[2] for row in rows])
    for column, (title, measured) in enumerate(both, 1):
        values = [float(np.mean(each)) if each else None for each in measured]
        spread = [float(np.std(each)) if len(each) > 1 else 0 for each in measured]
        figure.add_bar(
            y=[row[0] for row in rows], x=values, name=title, orientation="h",
            error_x={"array": spread, "visible": column == 2}, text=[f"{v:.0%}" if v else "" for v in values],
            textposition="inside", insidetextanchor="start",
            marker={
                "color": [ORANGE if row[3] == "model" else GREY for row in rows],
                "pattern": {"shape": "/" if column == 1 else "", "solidity": 0.2},
            },
        )  # fmt: skip
    chance = figures["chance"]
    figure.add_vline(x=chance, line_dash="dash", line_color=INK)
    figure.add_annotation(
        x=chance,
        y=1.1,
        yref="paper",
        showarrow=False,
        text=f"always the commonest class: {chance:.0%}",
        xanchor="left",
    )
    figure.update_layout(
        height=250, margin={"l": 0, "r": 0, "t": 26, "b": 0}, barmode="group", legend={"orientation": "h", "y": -0.28},
        xaxis={"range": [0, 1], "tickformat": ".0%", "title": "right on held-out samples"}, yaxis={"title": None},
    )  # fmt: skip
    return figure


def _say(rows: list[tuple[str, list[float], list[float], str]], figures: dict[str, Any]) -> str:
    said = [
        f"{name}: k-NN {knn[0]:.0%}" + (f", linear probe {np.mean(few):.0%}" if few else "")
        for name, knn, few, _ in rows
        if knn
    ]
    return f"{'; '.join(said)}; always the commonest class {figures['chance']:.0%}"


def _protocol(figures: dict[str, Any], view: Shown, own: bool) -> str:
    probe = (
        f"Probe: logistic regression on standardised vectors, {figures['per_class']} labels for each of "
        f"{figures['classes']} classes, mean and spread of three choices of labels. k-NN: the {NEIGHBOURS} nearest of "
        f"{figures['many_labels']:,} labelled samples vote. Random trunk: the network before its first step."
    )
    if not own:
        return f"{probe} While it trains, only k-NN is measured for this model; the probe follows at the end."
    few = {name: float(np.mean(figures["probes"][name]["few"])) for name in ("trained", "random", "raw")}
    gain, ahead = 100 * (few["trained"] - few["random"]), 100 * (few["trained"] - few["raw"])
    many = figures["probes"]
    return (
        f"{probe} This model: {gain:+.0f} points over the random trunk, {ahead:+.0f} over {figures['raw_name']}. "
        f"With {figures['many_labels']:,} labels: {many['trained']['many']:.0%}, against {many['random']['many']:.0%} "
        f"and {many['raw']['many']:.0%}. "
        + (f"Run seeds gave {', '.join(f'{seed:.0%}' for seed in figures['seeds'])}. " if "seeds" in figures else "")
        + ("" if ahead >= 0 else f"So with {view.config.steps:,} steps it does not yet beat {figures['raw_name']}.")
    )


def _pretext(figures: dict[str, Any], view: Shown, own: bool) -> None:
    """The pretext task itself, on held-out samples, beside everything that needs no learning."""
    name = next(iter(figures["scores"]))
    rows = [
        {"On its own task": b["name"], "loss": b["loss"], name: b["scores"].get(name)} for b in figures["baselines"]
    ]
    scores, loss = (
        (figures["scores"], figures["loss"]) if own else (view.scores, view.held[-1][1] if view.held else None)
    )
    if scores:
        measured = view.step if own else view.frames[-1]
        rows.append({"On its own task": f"this model, step {measured:,}", "loss": loss, name: scores[name]})
    lines = "".join(
        f"| {r['On its own task']} | {'' if r['loss'] is None else format(r['loss'], '.2f')} | "
        f"{'' if r[name] is None else format(r[name], '.1%')} |\n"
        for r in rows
    )
    st.markdown(f"| On its own task, held-out | loss (nats, −ln p) | {name} |\n| :-- | --: | --: |\n{lines}")
