"""Words and parts of the page Transfer: the curve, the labels to buy, and what else was measured. No mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.catalogue import TASKS, Option
from sslviz.evaluation import transfer as maths
from sslviz.evaluation.lead import on_both
from sslviz.evaluation.spread import mean_and_spread
from sslviz.evaluation.transfer import ALL, CHOICES
from sslviz.training.results import recorded, transfer
from sslviz.ui.frame import clicks, current
from sslviz.ui.frame.parts import note, part
from sslviz.ui.labels.transfer import more as transfer_more
from sslviz.ui.labels.transfer.buy import BUDGETS, buy
from sslviz.ui.labels.transfer.more import ahead, size_name
from sslviz.ui.labels.transfer.work import PAGE, POLL, bound, busy, follow, linked, model, start, started

if TYPE_CHECKING:
    from sslviz.training.config import RunConfig

TITLE = "Transfer: what the labels bought"
FIRST = "same_or_different"
JUDGES = {"clothes anywhere": transfer.PICTURES, "clothes": transfer.CENTRED, "emoji": transfer.EMOJI}
FIRST_JUDGE = next(iter(JUDGES))
RUN_GONE = {
    "live": "Your own run of {} is no longer on this server; a recorded one is shown instead.",
    "long": "{} has no long recording; the short one is shown instead.",
    "short": "{} has no such recording.",
    "elsewhere": "{} has no recording on other pictures; the short one is shown instead.",
}

LEAD = {
    "Basic": "A child who has leafed through picture books for a year needs to be told “dog” only once or twice. Here "
    "the trunk has leafed through pictures, with labels that cost nothing. Then it stands still, and we count how many "
    "true labels, made by people, it needs. If its line is high at the left, where labels are few, they saved a lot.",
    "Standard": "Freeze the trunk; train nothing but a linear head on its vectors, with 1, 2, 5 … labels a class. The "
    "same labels go to a trunk with random weights, to the raw input, and to the same network trained from scratch, "
    "where all weights learn. The gap between two lines is what the pseudo-labels bought, in labels or in points.",
    "Detailed": "Vectors z = f(x), f frozen; p(y | z) = softmax(Wz + b), W and b by logistic regression (L2, its "
    "penalty chosen by cross-validation on the labelled rows alone), z standardised with those rows. Labels are drawn "
    "class by class, twenty times, the same ones for all. “From scratch” "
    "minimises −ln p(y | x) over all weights, starting at random; “fine-tuned” does the same starting from f.",
}
BRINGS = (
    "It brings the task and its recorded run, what it is judged by, the choice of labels, and the buyer. What you "
    "bought yourself, and a run of your own, are not in it."
)


def not_for_others() -> tuple[str, ...]:
    """Parameters that would mean nothing to whoever gets the link: another visitor has no run of this one's own."""
    return (f"{PAGE}_run",) if linked("run", "") == "live" else ()


def options() -> dict[str, Option]:
    """The settings that a link may carry, by name."""
    tasks = tuple(TASKS)
    return {
        "task": Option(FIRST, "Task", tasks),
        "run": Option("short", "Run", (*recorded.KINDS, "live")),
        "data": Option(FIRST_JUDGE, "Judged by", tuple(JUDGES)),
        "seed": Option(0, "Choice of labels", low=0, high=9999),
        "labels": Option("20", "Labels", BUDGETS),
        "buying": Option(0, "Buyer", low=0, high=9999),
    }


def body(hide: set[str]) -> None:
    """All parts of the page under its head: which trunk, labels to buy with it, its curve, and the details."""
    found = transfer.read()
    if "probes" not in found:
        st.info("Nothing has been recorded yet. `python -m sslviz transfer` measures it, in about an hour.")
    with st.container(key="looked_at", gap="small"):
        task, run = _choose(found)
    if "learned" not in hide:
        with st.container(key="buy", border=True, gap="small"):
            st.fragment(buy, run_every=POLL if busy("buy") or busy("market") else None)(found, task, run)
    with st.container(key="curve", border=True, gap="small"):
        part("How many labels does it need?", "label-efficiency curve: frozen trunk, a linear head, more labels")
        _judge(task)
        st.fragment(_curve, run_every=POLL if busy("curve") else None)(found, task, run)
    if "learned" not in hide:
        with st.container(key="details", border=True, gap="small"):
            transfer_more.more(found, _entry(found, task, run, _judged(task, model(task, run)[1])))


# ---- what is looked at -----------------------------------------------------------------------------------------------


def _choose(found: dict[str, Any]) -> tuple[str, str]:
    """Which task, and which of its runs."""
    missing, chosen = "", bound("task", FIRST)
    write = chosen["on_change"]

    def another() -> None:
        write()
        st.query_params.pop(f"{PAGE}_run", None)  # of the task before

    with st.container(key="row_looked_at", horizontal=True, vertical_alignment="bottom", gap="small"):
        task = st.selectbox(
            "Trunk trained by", list(TASKS), format_func=lambda slug: TASKS[slug].title, width=300,
            **{**chosen, "on_change": another},
        )  # fmt: skip
        names = _run_names(found, task)
        usual = _usual(found, task)
        if (wanted := linked("run", usual)) not in names:
            st.query_params.pop(f"{PAGE}_run", None)
            missing = RUN_GONE[wanted].format(TASKS[task].title)
        run = st.segmented_control(
            "Run", list(names), format_func=names.__getitem__, required=True, **bound("run", usual)
        )
    if missing:
        st.warning(missing, icon=":material/link_off:")
    return str(task), str(run)


def _judge(task: str) -> None:
    """By which classes the curve judges, and which samples get a label."""
    with st.container(key="row_judged", horizontal=True, vertical_alignment="bottom", gap="small"):
        if TASKS[task].pictures:
            st.segmented_control("Judged by", list(JUDGES), required=True, **bound("data", FIRST_JUDGE))
        st.number_input(
            "Choice of labels (seed)", 0, 9999, width=190, **bound("seed", 0),
            help="Which samples get a label: with a few labels, much hangs on it",
        )  # fmt: skip


def _run_names(found: dict[str, Any], task: str) -> dict[str, str]:
    """The runs of a task that can be looked at: those recorded, and the visitor's own."""
    names = {
        run["which"]: f"{_data_name(run['data'])}, {run['steps']:,} steps"
        for run in found.get("probes", {}).get("runs", [])
        if run["task"] == task
    }
    names = {"short": "recorded run", **names}
    own = current.run(task)
    if own is not None and own.state is not None:
        names["live"] = f"your own, {own.step:,} steps"
    return names


def _usual(found: dict[str, Any], task: str) -> str:
    """Which of a task's runs is looked at first: the longest one on the pictures that judge first."""
    runs = [run for run in found.get("probes", {}).get("runs", []) if run["task"] == task]
    same = [run for run in runs if run["data"] == transfer.PICTURES] or runs
    return str(max(same, key=lambda run: run["steps"])["which"]) if same else "short"


def _data_name(data: str) -> str:
    return {"pictures": "clothes and emoji", "fashion_mnist": "clothes"}.get(data, data.replace("_", " "))


def _judged(task: str, config: RunConfig) -> RunConfig:
    """The run's config with the data that it is to be judged by; only pictures can be judged by other pictures."""
    if transfer.group(task, config.data) in transfer.JUDGES:
        return replace(config, data=JUDGES[linked("data", FIRST_JUDGE)])
    return config


def _entry(found: dict[str, Any], task: str, run: str, config: RunConfig) -> dict[str, Any] | None:
    """What is recorded of a run with this data to judge by; None for the visitor's own."""
    group = transfer.group(task, config.data)
    return next(
        (
            one for one in found.get("probes", {}).get("runs", [])
            if (one["task"], one["which"], one["group"]) == (task, run, group)
        ),
        None,
    )  # fmt: skip


# ---- the curve -------------------------------------------------------------------------------------------------------


def _curve(found: dict[str, Any], task: str, run: str) -> None:
    """The curve with everything that it must be compared with; and the same measured now."""
    name, config, weights, kept = model(task, run)
    config = _judged(task, config)
    entry, seed = _entry(found, task, run, config), linked("seed", 0)
    group = transfer.group(task, config.data)
    where = found.get("probes", {}).get("groups", {}).get(group)
    scratch = found.get("scratch", {}).get("groups", {}).get(group)
    key = (name, config.data, seed)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        mode = "◷ recorded" if entry else "○ untrained" if weights is None else "● live"
        st.html(f"<p class='run'><span class='mode'>{mode}</span></p>")
        st.button(
            "Measure it now", icon=":material/play_arrow:", key="measure", disabled=busy("curve"), on_click=clicks.heed,
            args=(lambda: start("curve", key, transfer.curve_stages(config, weights, kept, seed)),),
        )  # fmt: skip
        clicks.follow()
    work = follow("curve", "Vectors first, then a head for each number of labels")
    mine = dict(work.found or []) if work is not None and started("curve")[0] == key else None
    if entry is None and mine is None:
        what = "The network before its first step" if weights is None else "This run"
        note(f"{what} has no recorded curve. “Measure it now” draws it, as one choice of labels.")
        return
    lines = _lines(scratch, entry, where)
    sizes = where["sizes"] if where else sorted(mine or {}, key=lambda size: size or 10**9)
    labels = where["labels"] / len(where["classes"]) if where else 2.0 * max(sizes)
    total = where["labels"] if where else 0
    one = [mine[size] for size in sizes] if mine else _one_choice(entry, seed)
    st.plotly_chart(
        _figure(lines, sizes, labels, where["chance"] if where else None, one, seed, live=mine is not None),
        config={"displayModeBar": False}, key="transfer_figure", alt=_said(lines, sizes, total, one, seed),
    )  # fmt: skip
    st.markdown(verdict(lines, sizes))
    if work is not None and mine is not None:
        note(f"● Measured just now with choice {seed}, in {work.seconds:.1f} s.")
    if where:
        st.markdown(seeds_said(entry)) if entry else None
        with st.expander("How it was measured", icon=":material/science:"):
            note(protocol(found, where, scratch is not None))


Line = tuple[str, str, list[list[float]]]  # key, name, accuracies: a row a size, a column a choice


def _lines(scratch: list[list[float]] | None, entry: Any, where: Any) -> list[Line]:
    lines: list[Line] = []
    if entry:
        lines.append(("trained", "this trunk, frozen", entry["curve"]))
    if where:
        if scratch:
            lines.append(("scratch", "same network from scratch", scratch))
        lines.append(("raw", where["raw_name"], where["raw"]["curve"]))
        lines.append(("random", "random trunk, frozen", where["random"]["curve"]))
    return lines


def _one_choice(entry: Any, seed: int) -> list[float] | None:
    """The recorded curve with one choice of labels; None where it was not among those recorded."""
    return [row[min(seed, len(row) - 1)] for row in entry["curve"]] if entry and seed in CHOICES else None


STYLES = {
    "trained": {"dash": "solid", "symbol": "circle"},
    "scratch": {"dash": "dash", "symbol": "square"},
    "raw": {"dash": "dashdot", "symbol": "diamond"},
    "random": {"dash": "dot", "symbol": "triangle-up"},
}


def _figure(
    lines: Sequence[Line], sizes: Sequence[int], labels: float, chance: float | None,
    one: list[float] | None, seed: int, *, live: bool,
) -> Any:  # fmt: skip
    import plotly.graph_objects as go

    dark = getattr(getattr(st.context, "theme", None), "type", "light") == "dark"
    ink, quiet, orange = ("#eceef1", "#8d95a1", "#f2933d") if dark else ("#1b2129", "#7a7f87", "#d46a00")
    colours = {"trained": orange, "scratch": ink, "raw": quiet, "random": quiet}
    x = [float(size) if size != ALL else labels for size in sizes]
    figure = go.Figure()
    for key, name, rows in lines:
        mean, spread = np.array([mean_and_spread(row) for row in rows]).T
        figure.add_scatter(
            x=[*x, *x[::-1]], y=[*(mean + spread).tolist(), *(mean - spread)[::-1].tolist()], fill="toself",
            line={"width": 0}, fillcolor=colours[key], opacity=0.16, hoverinfo="skip", showlegend=False, mode="lines",
        )  # fmt: skip
        figure.add_scatter(
            x=x, y=mean.tolist(), name=name, mode="lines+markers",
            line={"color": colours[key], "dash": STYLES[key]["dash"]},
            marker={"symbol": STYLES[key]["symbol"], "size": 9, "color": colours[key]},
            hovertemplate="%{y:.1%}<extra>" + name + "</extra>",
        )  # fmt: skip
    if one is not None:
        figure.add_scatter(
            x=x, y=one, name=f"this trunk, choice {seed}{', measured now' if live else ''}", mode="lines+markers",
            line={"color": orange, "width": 1.2}, marker={"symbol": "circle-open", "size": 9, "color": orange},
            hovertemplate="%{y:.1%}<extra>choice " + str(seed) + "</extra>",
        )  # fmt: skip
    if chance is not None:
        figure.add_hline(
            y=chance, line={"dash": "dash", "color": quiet, "width": 1.2}, annotation_position="bottom right",
            annotation_text=f"always the commonest class: {chance:.0%}",
        )  # fmt: skip
    figure.update_layout(
        height=380, margin={"l": 10, "r": 10, "t": 10, "b": 10}, hovermode="x unified",
        legend={"orientation": "h", "y": -0.22},
        xaxis={
            "type": "log", "title": "labels for each class (log scale)", "tickvals": x,
            "ticktext": [size_name(size) for size in sizes],
        },
        yaxis={"title": "right on held-out samples (accuracy)", "tickformat": ".0%", "range": [0, 1]},
    )  # fmt: skip
    return figure


def _said(lines: Sequence[Line], sizes: Sequence[int], total: int, one: list[float] | None, seed: int) -> str:
    """The curve for those who cannot see it."""
    every = [*((name, [float(np.mean(row)) for row in rows]) for _, name, rows in lines)]
    if one is not None:
        every.append((f"this trunk with choice {seed}", one))
    told = "; ".join(
        f"{name}: "
        + ", ".join(f"{value:.0%} with {size_name(size, total)}" for size, value in zip(sizes, values, strict=True))
        for name, values in every
    )
    return f"Accuracy on held-out samples against labels a class. {told}."


def verdict(lines: Sequence[Line], sizes: Sequence[int], at: int = transfer.SCALE_LABELS) -> str:
    """What the curves say at one number of labels, and where the trunk stays behind; every number comes from them."""
    every = {key: rows for key, _, rows in lines}
    curves = {key: [float(np.mean(row)) for row in rows] for key, rows in every.items()}
    names = {key: name for key, name, _ in lines} | {
        "scratch": "the network from scratch",
        "random": "the random trunk",
    }
    if "trained" not in curves:
        return ""
    few = [size for size in sizes if size != ALL and size <= at]  # some classes have fewer samples than that
    at = few[-1]
    row = list(sizes).index(at)
    mine = curves.pop("trained")
    gaps = ", ".join(f"{ahead(on_both(every['trained'][row], every[key][row]))} {names[key]}" for key in curves)
    told = f"**With {at} labels a class this trunk is right in {mine[row]:.0%}: {gaps}.** "
    for key in curves:
        over = [on_both(theirs, ours) for theirs, ours in zip(every[key], every["trained"], strict=True)]
        better = [size_name(size) for size, one in zip(sizes, over, strict=True) if one.clear and one.points > 0]
        if better:
            told += f"Ahead of it: {names[key]}, with {', '.join(better)} a class. "
    if "scratch" in curves:
        told += _saved(mine, curves["scratch"], sizes, row)
    return told.strip()


def _saved(mine: list[float], scratch: list[float], sizes: Sequence[int], row: int) -> str:
    """How many labels the network from scratch needs for the same."""
    enough = [size for size, value in zip(sizes, scratch, strict=True) if value >= mine[row]]
    if not enough:
        return "From scratch, not even all labels that we have are enough to get there."
    if enough[0] == ALL:
        return "From scratch it takes all labels that we have to get there."
    if enough[0] > sizes[row]:
        return f"From scratch it takes {enough[0]} labels a class to get there."
    return ""


def seeds_said(entry: dict[str, Any]) -> str:
    """What the other run seeds of this run gave on the task's own page, since the line is that of one of them."""
    values = entry["run_seeds"]
    if len(values) < 2:
        return ""
    said = ", ".join(f"{value:.0%}" for value in values)
    spread = 100 * (max(values) - min(values))
    lucky = " **So one run says little here; mind the mean.**" if spread > 5 else ""
    return (
        f"The trunk is one run, seed 0. {len(values)} runs that differ in nothing but the seed gave {said} with "
        f"{entry['few']} labels a class, on average {np.mean(values):.0%}.{lucky}"
    )


def protocol(found: dict[str, Any], where: dict[str, Any], scratch: bool) -> str:
    """How all this was measured, in one paragraph."""
    said = (
        f"Labels come from {where['labels']:,} training samples, the same number of each of {len(where['classes'])} "
        f"classes but for “all”; {where['tests']:,} held-out samples judge. Lines: means of {len(CHOICES)} choices of "
        f"labels (of three with more than {maths.FEW} a class), the same for all; bands: one standard deviation either "
        "way. Probe: scikit-learn’s logistic regression (L2) on vectors standardised with the labelled rows alone; its "
        "penalty is chosen by cross-validation on those rows, by the same rule for every line; pooling as on its "
        "own page. A lead within two standard errors is none. The pretext model never saw these classes. Random trunk: "
        "a network before its first step for each choice. "
    )
    if scratch:
        p = found["scratch"]["protocol"]
        said += (
            f"From scratch: AdamW, learning rate {p['lr']:g} (the better of two, on training pictures set aside), "
            f"batches of {p['batch']}, {p['fewest']} to {p['most']:,} steps, more for more labels; one network for "
            "each choice of labels, where that takes long for the first three alone; it is then compared on those. "
        )
    return said
