"""What the trunk has learned: probes beside raw input and a random trunk, and the pretext score with its baselines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.evaluation.lead import lead
from sslviz.evaluation.signed import signed
from sslviz.training.results import recorded
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.bars import Bar, bars
from sslviz.ui.frame.export_panel import export_panel
from sslviz.ui.frame.parts import fold, part, plain
from sslviz.ui.frame.routes import page_file

if TYPE_CHECKING:
    from sslviz.training.config import RunConfig
    from sslviz.training.results.recorded import MapInfo

NEIGHBOURS = 20


def learned(slug: str, view: RunView, map_info: Callable[[RunConfig], MapInfo]) -> None:
    """Bars for the probes, a table for the pretext task itself, and at the foot what can be done with the run."""
    figures = view.figures or comparable(view)
    part(
        "What it learned", f"frozen {'trunk' if TASKS[slug].trunk else 'vectors'}, judged by classes that it never saw"
    )
    if figures is None:
        st.caption("Nothing has been measured for these settings yet. The figures appear when the budget is spent.")
    else:
        _judged(figures, view)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if figures is not None:
            st.page_link(
                page_file("transfer"), label="Transfer: how many labels does that save?", icon=":material/trending_up:",
                query_params={"transfer_task": slug, **({"transfer_run": "live"} if view.mode == "live" else {})},
            )  # fmt: skip
        export_panel(slug, view, map_info)


def _judged(figures: dict[str, Any], view: RunView) -> None:
    """What was measured, of this run or of one that it compares with."""
    own = view.figures is not None
    rows = _rows(figures, view, own)
    chance = [("always the commonest class", figures["chance"])]
    if own:
        st.markdown(standing(figures))
    bars(rows, chance, "right on held-out samples", key=rows[-1][1])
    if view.mode == "recorded" and (told := contrast(view.config.task)):
        st.markdown(told)
    with fold("Figures", "on its own task, and how the bars were measured", f"{view.config.task}_figures"):
        _figures(figures, view, own)


def _figures(figures: dict[str, Any], view: RunView, own: bool) -> None:
    """The table of the pretext task, the protocol, and what else was measured."""
    _pretext(figures, view, own)
    st.caption(_protocol(figures, view, own))
    if own and (why := below(figures)):
        st.caption(why)
    if own:
        for name, measured in figures.get("measures", {}).items():
            st.caption(
                f"{name[0].upper()}{name[1:]}: **{measured['trained']:.0%}**, untrained {measured['random']:.0%}."
            )


def comparable(view: RunView) -> dict[str, Any] | None:
    """The recorded figures of the same data, whose raw input and random trunk hold for any run on it."""
    mine, found = view.config, (recorded.read(view.config.task, which) for which in recorded.KINDS)
    runs = [run for run in found if run is not None and run.config.data == mine.data]
    counts = TASKS[mine.task].label_from == "batch"  # then the loss depends on how many others there are
    for run in runs:
        if run.config.choices == mine.choices and (run.config.batch == mine.batch or not counts):
            return run.figures
    return {**runs[0].figures, "baselines": []} if runs else None  # of another setting: only the probes compare


def _rows(figures: dict[str, Any], view: RunView, own: bool) -> list[tuple[str, list[Bar]]]:
    """A row of bars for the model, for the one to beat, and for the untrained one."""
    probes, probe = figures["probes"], f"linear probe, {figures['labels']} labels"
    bare = "Random trunk" if TASKS[view.config.task].trunk else "Random vectors"

    def both(knn: list[float], few: list[float], *, model: bool = False) -> list[Bar]:
        return [Bar(probe, few, model), Bar("k-NN", knn, model, hatched=True)]

    if own:
        mine = both([probes["trained"]["knn"]], probes["trained"]["few"], model=True)
    else:
        mine = both([] if view.knn is None else [view.knn], [], model=True)
    return [
        ("This model", mine),
        (bare, both([probes["random"]["knn"]], probes["random"]["few"])),
        (figures["raw_name"].capitalize(), both([probes["raw"]["knn"]], probes["raw"]["few"])),
    ]


def _protocol(figures: dict[str, Any], view: RunView, own: bool) -> str:
    trunk = TASKS[view.config.task].trunk
    bare = "random trunk" if trunk else "random vectors"
    choices = len(figures["probes"]["raw"]["few"])
    probe = (
        f"Probe: logistic regression on standardised vectors, {figures['per_class']} labels for each of "
        f"{figures['classes']} classes, its penalty chosen on those labels alone; mean and spread of {choices} choices "
        f"of labels, the same for all. k-NN: the {NEIGHBOURS} nearest of {figures['many_labels']:,} labelled samples "
        f"vote. {bare.capitalize()}: the network before its first step."
    )
    if not own:
        return f"{probe} While it trains, only k-NN is measured for this model; the probe follows at the end."
    named = {"raw": figures["raw_name"], "random": bare}
    if same := [named[name] for name in figures.get("known", ())]:
        probe += f" {' and '.join(same).capitalize()}: as they were recorded, since training does not change them."
    runs, many = figures.get("runs", [figures]), figures["probes"]
    each = [float(np.mean(run["probes"]["trained"]["few"])) for run in runs]
    return (
        f"{probe} "
        f"With {figures['many_labels']:,} labels: {many['trained']['many']:.0%}, against {many['random']['many']:.0%} "
        f"and {many['raw']['many']:.0%}."
        + (f" Run seeds gave {', '.join(f'{seed:.0%}' for seed in each)}." if len(each) > 1 else "")
    )


def standing(figures: dict[str, Any]) -> str:
    """Whether the trunk is ahead of the raw input and of the untrained one, or cannot be told from them."""
    over = recorded.leads(figures.get("runs", [figures]))
    names = {"raw": figures["raw_name"], "random": "its own beginning"}
    told = []
    for name, one in over.items():
        if not one.clear:
            error = "one run" if one.error is None else f"within two standard errors of {one.error:.1f}"
            told.append(f"**level with {names[name]}** ({signed(one.points)} points, {error}, so no lead)")
        else:
            told.append(f"**{'ahead of' if one.points > 0 else 'behind'} {names[name]}** by {one.size}")
    return f"With {figures['labels']} labels this model is {told[1]}, and {told[0]}."


def reached(slug: str, data: str = "") -> list[tuple[str, float]]:
    """What the linear probe with few labels says of the random trunk and of raw input, for lines in a plot.

    Those of the run with the default budget, or of one that is judged by the same pictures as runs on `data`.
    """
    judge = {"pictures": "fashion_mnist"}
    runs = [run for which in recorded.KINDS if (run := recorded.read(slug, which)) is not None]
    same = (
        [run for run in runs if judge.get(run.config.data, run.config.data) == judge.get(data, data)] if data else runs
    )
    if not same:
        return []
    run = same[0]
    names = {"random": "random trunk", "raw": run.figures["raw_name"]}
    return [(f"probe of {name}", float(np.mean(run.figures["probes"][k]["few"]))) for k, name in names.items()]


def below(figures: dict[str, Any]) -> str:
    """Where the model is clearly below the raw input with few labels, and why as far as it was measured; else empty."""
    if recorded.leads(figures.get("runs", [figures]))["raw"].points >= 0 or "beside" not in figures:
        return ""
    raw, mean = (figures["probes"][name]["few"] for name in ("raw", "trained"))
    row = figures["beside"]
    cost, added, over = (
        lead([row["trained"]], [mean]),
        lead([row["trained"]], [row["random"]]),
        lead([row["trained"]], [raw]),
    )
    told = (
        f"**Why below {figures['raw_name']}?** All pages of pictures judge the mean of the 16 patch vectors. A mean "
        f"forgets where each patch was; {figures['raw_name']} keep it. With the 16 vectors in a row instead, the probe "
        f"reaches {np.mean(row['trained']):.0%}, and the random trunk {np.mean(row['random']):.0%}, against "
        f"{np.mean(raw):.0%} of {figures['raw_name']}. "
    )
    if not cost.clear or cost.points < 0:
        return f"{told}So the mean is not what is lacking."
    more = (
        f"training adds {added.size} to that" if added.clear else f"training adds nothing that is clear ({added.told})"
    )
    rest = "" if over.points >= 0 or not over.clear else " So the mean is not all that is lacking."
    return (
        f"{told}So the mean costs {cost.points:.0f} points, and even a random trunk gets them back in a row; {more}."
        f"{rest}"
    )


def contrast(slug: str) -> str:
    """What a task on pictures brings where place tells the class, and where it does not; empty without both runs."""
    runs = [run for which in recorded.KINDS if (run := recorded.read(slug, which)) is not None]
    centred = next((run for run in runs if run.config.data in ("fashion_mnist", "pictures")), None)
    anywhere = next((run for run in runs if run.config.data == "clothes_anywhere"), None)
    if centred is None or anywhere is None:
        return ""

    def told(run: recorded.Recording) -> str:
        raw = float(np.mean(run.figures["probes"]["raw"]["few"]))
        over = recorded.leads((run.figures, *run.repeats))["raw"]
        level = "" if over.clear else ": level"
        return f"raw pixels {raw:.0%}; this task, after {run.config.steps:,} steps, {over.told}{level}"

    return (
        f"**Does place tell the class?** Centred clothes: {told(centred)}. The same clothes anywhere and of any size: "
        f"{told(anywhere)}. Where place tells the class, pixels are enough. Where it does not, it shows what was "
        "learned."
    )


def _pretext(figures: dict[str, Any], view: RunView, own: bool) -> None:
    """The pretext task itself, on held-out samples, beside everything that needs no learning."""
    name = next(iter(figures["scores"]))
    rows = [
        {"On its own task": b["name"], "loss": b["loss"], name: b["scores"].get(name)} for b in figures["baselines"]
    ]
    scores, loss = (
        (figures["scores"], figures["loss"]) if own else (view.scores, view.held_out[-1][1] if view.held_out else None)
    )
    if scores:
        measured = view.step if own else view.frames[-1]
        rows.append({"On its own task": f"this model, step {measured:,}", "loss": loss, name: scores[name]})
    entry = TASKS[view.config.task]
    unsure, digits = entry.perplexity, ".3f" if entry.unit == "squared error" else ".2f"
    head, rule = (" perplexity |", " --: |") if unsure else ("", "")
    lines = "".join(
        f"| {r['On its own task']} | {'' if r['loss'] is None else format(r['loss'], digits)} |"
        + ("" if not unsure else " |" if r["loss"] is None else f" {np.exp(r['loss']):,.0f} |")
        + f" {'' if r[name] is None or np.isnan(r[name]) else format(r[name], '.1%')} |\n"
        for r in rows
    )
    unit = f"loss ({entry.unit}{', −ln p' if entry.unit == 'nats' and entry.trunk else ''})"
    st.markdown(f"| On its own task, held-out | {unit} |{head} {name} |\n| :-- | --: |{rule} --: |\n{lines}")
    more = [f"{other}: {value:.1%}" for other, value in scores.items() if other != name]
    notes = [f"{b['name']}: {b['note']}" for b in figures["baselines"] if b.get("note")]
    if more or notes:
        st.caption(plain(" ".join([*(f"Also {one}." for one in more), *notes])))
    if unsure:
        st.caption("Perplexity is e to the loss: as unsure as somebody who must choose among so many words.")
