"""Words and parts of the page Transfer: the curve, the labels to buy, and what else was measured. No mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.evaluation.transfer import ALL, CHOICES
from sslviz.training import recorded, transfer
from sslviz.ui import current, settings, startup
from sslviz.ui.bars import Bar, bars
from sslviz.ui.parts import part, plain

if TYPE_CHECKING:
    from sslviz.training.config import RunConfig
    from sslviz.training.transfer import Stage, Work

PAGE, TITLE = "transfer", "Transfer: what the labels bought"
POLL = 0.5  # seconds between two looks at work that goes on
BUDGETS = ("10", "20", "50", "100")
FIRST = "autoencoding"
EDGE = 44  # pixels on the screen of a picture whose label was bought

LEAD = {
    "Basic": "A child who has leafed through picture books for a year needs to be told “dog” only once or twice. Here "
    "the trunk has leafed through pictures, with labels that cost nothing. Then it stands still, and we count how many "
    "true labels, made by people, it needs. The further left its line is high, the more its pseudo-labels saved.",
    "Standard": "Freeze the trunk; train nothing but a linear head on its vectors, with 1, 2, 5 … labels a class. The "
    "same labels go to a trunk with random weights, to the raw input, and to the same network trained from scratch, "
    "where all weights learn. The gap between two lines is what the pseudo-labels bought, in labels or in points.",
    "Detailed": "Vectors z = f(x), f frozen; p(y | z) = softmax(Wz + b), W and b by logistic regression (L2, C = 1), z "
    "standardised with the labelled rows alone. Labels are drawn class by class, three times. “From scratch” "
    "minimises −ln p(y | x) over all weights, starting at random; “fine-tuned” does the same starting from f.",
}


def options() -> dict[str, Option]:
    """The settings that a link may carry, by name."""
    tasks = tuple(READY)
    return {
        "task": Option(FIRST, "Task", tasks),
        "run": Option("short", "Run", ("short", "long", "live")),
        "seed": Option(0, "Choice of labels", low=0, high=9999),
        "labels": Option("20", "Labels", BUDGETS),
        "buying": Option(0, "Buyer", low=0, high=9999),
    }


def body(hide: set[str]) -> None:
    """All parts of the page under its head."""
    found = transfer.read()
    if "probes" not in found:
        st.info("Nothing has been recorded yet. `python -m sslviz transfer` measures it, in about 20 minutes.")
    with st.container(key="curve", border=True, gap="small"):
        task, run = _choose(found)
        st.fragment(_curve, run_every=POLL if _busy("curve") else None)(found, task, run)
    if "learned" not in hide:
        with st.container(key="buy", border=True, gap="small"):
            st.fragment(_buy, run_every=POLL if _busy("buy") else None)(found, task, run)
        left, right = st.columns(2, gap="medium")
        _table(left, found)
        _tuned(right, found)
        left, right = st.columns(2, gap="medium")
        _scale(left, found)
        _teams(right, found)
        _others(found, task, run)


# ---- what is looked at -----------------------------------------------------------------------------------------------


def _bound(name: str, usual: Any) -> dict[str, Any]:
    """Arguments that make a widget show what the link says, and write what is chosen into it; the usual stays out."""
    key = f"{PAGE}_{name}_choice"
    st.session_state[key] = _value(name, usual)

    def write() -> None:
        new = st.session_state[key]
        if new == usual:
            st.query_params.pop(f"{PAGE}_{name}", None)
        else:
            st.query_params[f"{PAGE}_{name}"] = str(new)

    return {"key": key, "on_change": write}


def _value(name: str, usual: Any) -> Any:
    """A setting as the link has it; `check_link` has been here."""
    return type(usual)(st.query_params.get(f"{PAGE}_{name}", usual))


def _choose(found: dict[str, Any]) -> tuple[str, str]:
    """Which task, and which of its runs."""
    part("How many labels does it need?", "frozen trunk, a linear head, more and more labels made by people")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        task = st.selectbox(
            "Task", list(READY), format_func=lambda slug: READY[slug].title, width=260, **_bound("task", FIRST)
        )
        names = _run_names(found, task)
        if _value("run", "short") not in names:
            st.query_params.pop(f"{PAGE}_run", None)
        run = st.segmented_control(
            "Run", list(names), format_func=names.__getitem__, required=True, **_bound("run", "short")
        )
        st.number_input(
            "Choice of labels (seed)", 0, 9999, width=170, **_bound("seed", 0),
            help="Which samples get a label: with a few labels, much hangs on it",
        )  # fmt: skip
    return str(task), str(run)


def _run_names(found: dict[str, Any], task: str) -> dict[str, str]:
    """The runs of a task that can be looked at: those recorded, and the visitor's own."""
    names = {
        "long" if run["long"] else "short": f"{_data_name(run['data'])}, {run['steps']:,} steps"
        for run in found.get("probes", {}).get("runs", [])
        if run["task"] == task
    }
    names = {"short": "recorded run", **names}
    own = current.run(task)
    if own is not None and own.state is not None:
        names["live"] = f"your own, {own.step:,} steps"
    return names


def _data_name(data: str) -> str:
    return {"pictures": "clothes and emoji", "fashion_mnist": "clothes"}.get(data, data.replace("_", " "))


def _entry(found: dict[str, Any], task: str, run: str) -> dict[str, Any] | None:
    """What is recorded of a run; None for the visitor's own."""
    runs = found.get("probes", {}).get("runs", [])
    return next((one for one in runs if one["task"] == task and one["long"] == (run == "long") and run != "live"), None)


def _model(task: str, run: str) -> tuple[str, RunConfig, Any, Any]:
    """A name that changes with the weights; config, weights and what is kept beside them."""
    if run == "live" and (own := current.run(task)) is not None and own.state is not None:
        return f"{own.id} {own.step}", own.config, own.state["weights"], own.state["buffers"]
    kept = recorded.read(task, long=run == "long") or recorded.read(task)
    if kept is None:
        return "", settings.config(task), None, None
    return f"{task} {run}", kept.config, kept.weights.astype(np.float32), kept.buffers


# ---- work that goes on -----------------------------------------------------------------------------------------------


def _start(name: str, key: Any, stages: list[Stage]) -> None:
    from sslviz.training.transfer import Work

    st.session_state[f"{PAGE}_{name}_work"] = (key, Work(startup.runs().engine, stages))
    st.session_state[f"{PAGE}_{name}_polled"] = True


def _work(name: str) -> tuple[Any, Work | None]:
    found: tuple[Any, Work | None] = st.session_state.get(f"{PAGE}_{name}_work", (None, None))
    return found


def _busy(name: str) -> bool:
    work = _work(name)[1]
    return work is not None and work.busy


def _follow(name: str, doing: str) -> Work | None:
    """Show how far the work is; the work itself, once it is done."""
    work = _work(name)[1]
    if work is None:
        return None
    if work.busy:
        st.progress(work.progress, f"{doing}: {work.progress:.0%}")
        return None
    if st.session_state.pop(f"{PAGE}_{name}_polled", False):
        st.rerun()  # once more in full, which ends the polling
    if work.note:
        st.warning(plain(work.note), icon=":material/error:")
        return None
    return work


# ---- the curve -------------------------------------------------------------------------------------------------------


def _curve(found: dict[str, Any], task: str, run: str) -> None:
    """The curve with everything that it must be compared with; and the same measured now."""
    entry, seed = _entry(found, task, run), _value("seed", 0)
    name, config, weights, kept = _model(task, run)
    group = transfer.group(task, config.data)
    where = found.get("probes", {}).get("groups", {}).get(group)
    scratch = found.get("scratch", {}).get("groups", {}).get(group)
    key = (name, seed)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f"<p class='run'><span class='mode'>{'◷ recorded' if entry else '● live'}</span></p>")
        if st.button("Measure it now", icon=":material/play_arrow:", key="measure", disabled=_busy("curve")):
            _start("curve", key, transfer.curve_stages(config, weights, kept, seed))
            st.rerun()
    work = _follow("curve", "Vectors first, then a head for each number of labels")
    mine = dict(work.found or []) if work is not None and _work("curve")[0] == key else None
    if entry is None and mine is None:
        st.caption("This run was not recorded here. Measure it now: a few seconds, and the curve stands here.")
        return
    lines = _lines(scratch, entry, where)
    sizes = where["sizes"] if where else sorted(mine or {}, key=lambda size: size or 10**9)
    labels = _each(where) if where else 0
    one = [mine[size] for size in sizes] if mine else _one_choice(entry, seed)
    st.plotly_chart(
        _figure(lines, sizes, labels, where["chance"] if where else None, one, seed, live=mine is not None),
        config={"displayModeBar": False}, key="transfer_figure", alt=_said(lines, sizes, labels, one, seed),
    )  # fmt: skip
    st.markdown(verdict(lines, sizes))
    if work is not None and mine is not None:
        st.caption(f"● Measured just now with choice {seed}, in {work.seconds:.0f} s.")
    if where:
        st.caption(protocol(found, where, entry, scratch is not None))


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


def _each(where: dict[str, Any]) -> int:
    """Labels a class, where all are taken; 0 where some classes have more than others."""
    each, uneven = divmod(where["labels"], len(where["classes"]))
    return 0 if uneven else int(each)


def size_name(size: int, labels: int = 0) -> str:
    """A number of labels a class, in words."""
    return str(size) if size != ALL else f"all {labels:,}" if labels else "all"


STYLES = {
    "trained": {"dash": "solid", "symbol": "circle"},
    "scratch": {"dash": "dash", "symbol": "square"},
    "raw": {"dash": "dashdot", "symbol": "diamond"},
    "random": {"dash": "dot", "symbol": "triangle-up"},
}


def _figure(
    lines: Sequence[Line], sizes: Sequence[int], labels: int, chance: float | None,
    one: list[float] | None, seed: int, *, live: bool,
) -> Any:  # fmt: skip
    import plotly.graph_objects as go

    dark = getattr(getattr(st.context, "theme", None), "type", "light") == "dark"
    ink, quiet, orange = ("#eceef1", "#8d95a1", "#f2933d") if dark else ("#1b2129", "#7a7f87", "#d46a00")
    colours = {"trained": orange, "scratch": ink, "raw": quiet, "random": quiet}
    x = [float(size) if size != ALL else max(200.0, labels) for size in sizes]
    figure = go.Figure()
    for key, name, rows in lines:
        mean, spread = np.array([np.mean(r) for r in rows]), np.array([np.std(r) for r in rows])
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
            "type": "log", "title": "labels a class (log scale)", "tickvals": x,
            "ticktext": [size_name(size, labels) for size in sizes],
        },
        yaxis={"title": "right on held-out samples", "tickformat": ".0%", "range": [0, 1]},
    )  # fmt: skip
    return figure


def _said(lines: Sequence[Line], sizes: Sequence[int], labels: int, one: list[float] | None, seed: int) -> str:
    """The curve for those who cannot see it."""
    every = [*((name, [float(np.mean(row)) for row in rows]) for _, name, rows in lines)]
    if one is not None:
        every.append((f"this trunk with choice {seed}", one))
    told = "; ".join(
        f"{name}: "
        + ", ".join(f"{value:.0%} with {size_name(size, labels)}" for size, value in zip(sizes, values, strict=True))
        for name, values in every
    )
    return f"Accuracy on held-out samples against labels a class. {told}."


def verdict(lines: Sequence[Line], sizes: Sequence[int], at: int = transfer.SCALE_LABELS) -> str:
    """What the curves say at one number of labels, and where the trunk stays behind; every number comes from them."""
    curves = {key: [float(np.mean(row)) for row in rows] for key, _, rows in lines}
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
    gaps = ", ".join(f"{100 * (mine[row] - other[row]):+.0f} points over {names[k]}" for k, other in curves.items())
    told = f"**With {at} labels a class this trunk is right in {mine[row]:.0%}: {gaps}.** "
    for key, other in curves.items():
        ahead = [size_name(size) for size, a, b in zip(sizes, mine, other, strict=True) if b > a]
        if ahead:
            told += f"Ahead of it: {names[key]}, with {', '.join(ahead)} a class. "
    if "scratch" in curves and (saved := _saved(mine, curves["scratch"], sizes, row)):
        told += saved
    return told.strip()


def _saved(mine: list[float], scratch: list[float], sizes: Sequence[int], row: int) -> str:
    """How many labels the network from scratch needs for the same."""
    enough = [size for size, value in zip(sizes, scratch, strict=True) if value >= mine[row]]
    if not enough:
        return "From scratch, no number of labels that we have gets there."
    if (size := enough[0]) == ALL or size > sizes[row]:
        return f"From scratch it takes {size_name(size)} labels a class to get there."
    return ""


def protocol(found: dict[str, Any], where: dict[str, Any], entry: dict[str, Any] | None, scratch: bool) -> str:
    """How all this was measured, in one paragraph."""
    said = (
        f"Labels come from {where['labels']:,} training samples, the same number of each of {len(where['classes'])} "
        f"classes; {where['tests']:,} held-out samples judge. Line: mean of {len(CHOICES)} choices of labels; band: "
        "one standard deviation either way. Probe: scikit-learn’s logistic regression (L2, C = 1) on vectors "
        "standardised with the labelled rows alone; pooling as on the task’s own page; nothing was tuned on "
        "held-out samples. **The pretext model never saw these classes.** Random trunk: three networks before their "
        "first step. "
    )
    if scratch:
        p = found["scratch"]["protocol"]
        said += (
            f"From scratch: AdamW, learning rate {p['lr']:g}, batches of {p['batch']}, {p['fewest']} to "
            f"{p['most']:,} steps, more for more labels; one network for each choice of labels. "
        )
    if entry and len(entry["run_seeds"]) > 1:
        seeds = ", ".join(f"{value:.0%}" for value in entry["run_seeds"])
        said += f"The trunk is that of run seed 0; run seeds 0, 1, 2 gave {seeds} on its own page."
    return said


# ---- labels to buy ---------------------------------------------------------------------------------------------------


def _buy(found: dict[str, Any], task: str, run: str) -> None:
    """A few labels to spend: bought at random, or spread out over what the trunk sees."""
    part("You have a few labels: which would you buy?", "the same price for each; classes are known only afterwards")
    name, config, weights, kept = _model(task, run)
    if transfer.group(task, config.data) != transfer.PICTURES:
        st.caption("Labels are for sale for pictures of clothes. Choose a task on pictures above.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        budget = int(st.segmented_control("Labels to buy", BUDGETS, required=True, **_bound("labels", "20")))
        seed = int(st.number_input("Buyer (seed)", 0, 9999, width=130, **_bound("buying", 0)))
        key = (name, budget, seed)
        if st.button("Buy", icon=":material/shopping_cart:", key="buy_now", type="primary", disabled=_busy("buy")):
            _start("buy", key, transfer.buying_stages(config, weights, kept, budget, seed))
            st.rerun()
    work = _follow("buy", "Buying, labelling, learning")
    stored = found.get("bought", {})
    if work is not None and _work("buy")[0] == key:
        both = dict(zip(transfer.WAYS, work.found or [], strict=True))
        st.caption(f"● live, in {work.seconds:.0f} s")
    elif (
        budget == stored.get("labels")
        and seed == 0
        and run != "live"
        and (both := stored["runs"].get(f"{task}{'_long' if run == 'long' else ''}"))
    ):
        st.caption("◷ recorded")
    else:
        st.caption("Press Buy: it takes a few seconds.")
        return
    for column, way in zip(st.columns(2, gap="medium"), transfer.WAYS, strict=True):
        column.html(_basket(way, both[way]))
    st.markdown(bargain(both))
    st.caption(
        f"From {transfer.CANDIDATES:,} training pictures. At random: drawn by seed. Spread out: k-means on the trunk’s "
        "vectors with as many groups as labels, and of each group the picture nearest its centre; no class is looked "
        "at. A class of which no label was bought can never be named. Probe and held-out pictures as above."
    )


def _basket(way: str, one: dict[str, Any]) -> str:
    """What was bought, as pictures with their classes."""
    from sslviz.data import images
    from sslviz.ui.pictures import data_address

    pictures = images.load(transfer.PICTURES).images
    figures = "".join(
        f"<figure style='margin:0'><img src='{data_address(pictures[place], 'PNG')}' alt='{escape(kind, quote=True)}' "
        f"title='{escape(kind, quote=True)}' width='{EDGE}' height='{EDGE}' loading='lazy'></figure>"
        for place, kind in zip(one["ids"], one["names"], strict=True)
    )
    kinds = len(set(one["names"]))
    head = f"{way.capitalize()}: {one['accuracies'][0]:.0%} right, {kinds} classes seen"
    counts = ", ".join(f"{kind} {one['names'].count(kind)}" for kind in dict.fromkeys(one["names"]))
    return (
        f"<h3 style='margin:0 0 .3rem;font-size:.95rem'>{head}</h3>"
        f"<div class='views' style='gap:.25rem'>{figures}</div><p class='remark' style='font-size:.8rem'>"
        f"{escape(counts)}</p>"
    )


def bargain(both: dict[str, dict[str, Any]]) -> str:
    """Which way was the better buy, over all repetitions and not this one alone."""
    means = {way: float(np.mean(both[way]["accuracies"])) for way in transfer.WAYS}
    spreads = {way: float(np.std(both[way]["accuracies"])) for way in transfer.WAYS}
    kinds = {way: float(np.mean(both[way]["classes"])) for way in transfer.WAYS}
    random, spread = transfer.WAYS
    gap = 100 * (means[spread] - means[random])
    said = (
        "the spread-out ones were the better buy" if gap > 1 else "neither was the better buy"
        if gap > -1 else "the random ones were the better buy"
    )  # fmt: skip
    times = len(both[random]["accuracies"])
    return (
        f"**Over {times} buyers {said}**: {means[spread]:.0%} ± {100 * spreads[spread]:.0f} points spread out, "
        f"{means[random]:.0%} ± {100 * spreads[random]:.0f} at random, with {kinds[spread]:.1f} and "
        f"{kinds[random]:.1f} classes seen. One buyer alone may be lucky."
    )


# ---- what else was measured ------------------------------------------------------------------------------------------


def _run_title(run: dict[str, Any]) -> str:
    return f"{READY[run['task']].title}{', long' if run['long'] else ''}"


def _table(place: Any, found: dict[str, Any]) -> None:
    """All recorded runs on pictures beside what they must beat."""
    if "probes" not in found or transfer.PICTURES not in found["probes"]["groups"]:
        return
    with place.container(key="winners", border=True, gap="small"):
        part("Which pseudo-label saved most?", "clothes, linear probe, labels a class")
        st.markdown(winners(found))


def winners(found: dict[str, Any]) -> str:
    """A table of all runs on pictures, best with ten labels first; and whether the best beats what it must."""
    where = found["probes"]["groups"][transfer.PICTURES]
    wanted = [size for size in (1, 10, 100, ALL) if size in where["sizes"]]
    at = [where["sizes"].index(size) for size in wanted]
    rows = [(_run_title(run), run["curve"]) for run in found["probes"]["runs"] if run["group"] == transfer.PICTURES]
    others = [(where["raw_name"], where["raw"]["curve"]), ("random trunk", where["random"]["curve"])]
    if "scratch" in found:
        others.append(("same network from scratch", found["scratch"]["curve"]))
    rows += [(f"*{name}*", curve) for name, curve in others]
    by = where["sizes"].index(transfer.SCALE_LABELS)
    rows.sort(key=lambda one: -float(np.mean(one[1][by])))
    head = "| | " + " | ".join(size_name(size, _each(where)) for size in wanted) + " |\n| :-- |" + " --: |" * len(at)
    lines = "".join(f"\n| {name} | " + " | ".join(f"{np.mean(c[i]):.1%}" for i in at) + " |" for name, c in rows)
    best = transfer.best(found)
    if best is None:
        return head + lines
    gaps = {name: 100 * (best["trained"] - best[name]) for name in ("scratch", "random", "raw")}
    return (
        f"{head}{lines}\n\nWith {transfer.SCALE_LABELS} labels a class **{_run_title(best['run'])}** is the best: "
        f"{gaps['scratch']:+.1f} points over the network from scratch, {gaps['random']:+.1f} over the random trunk, "
        f"{gaps['raw']:+.1f} over {where['raw_name']} (means of three choices of labels)."
    )


def _tuned(place: Any, found: dict[str, Any]) -> None:
    """Frozen against fine-tuned."""
    if not {"tuned", "probes", "scratch"} <= set(found):
        return
    with place.container(key="tuned", border=True, gap="small"):
        part("Frozen or fine-tuned?", "labels a class: probe → fine-tuned, where all weights go on learning")
        st.markdown(reversal(found))


def reversal(found: dict[str, Any]) -> str:
    """k-NN, probe and fine-tuning side by side; and whether the order turns round, as it is known to for MAE."""
    tuned, where = found["tuned"], found["probes"]["groups"][transfer.PICTURES]
    runs = {run["task"]: run for run in found["probes"]["runs"] if not run["long"] and run["task"] in tuned["curve"]}
    sizes = tuned["sizes"]
    head = "| | k-NN | " + " | ".join(size_name(size, _each(where)) for size in sizes) + " |"
    lines, at = "", [where["sizes"].index(size) for size in sizes]
    for task, run in runs.items():
        pairs = " | ".join(
            f"{np.mean(run['curve'][i]):.0%} → {np.mean(row):.0%}"
            for i, row in zip(at, tuned["curve"][task], strict=True)
        )
        lines += f"\n| {READY[task].title} | {run['knn']:.0%} | {pairs} |"
    scratch = " | ".join(f"{np.mean(found['scratch']['curve'][i]):.0%}" for i in at)
    table = f"{head}\n| :-- | --: |{' --: |' * len(sizes)}{lines}\n| *from scratch* | | {scratch} |"
    knn = sorted(runs, key=lambda task: -runs[task]["knn"])
    last = sorted(runs, key=lambda task: -float(np.mean(tuned["curve"][task][-1])))
    turned = knn[-1] == "masked_patches" and last[0] == "masked_patches"
    order = (
        f"By k-NN the order is {_order(knn)}; fine-tuned with all labels it is {_order(last)}. "
        "Large models are known to turn it round: MAE is weak by k-NN and strong when fine-tuned. "
    )
    return f"{table}\n\n{order}" + ("So it is here." if turned else "At this size it does not come out like that.")


def _order(tasks: Sequence[str]) -> str:
    return ", ".join(READY[task].title for task in tasks)


def _scale(place: Any, found: dict[str, Any]) -> None:
    """What more pictures without labels are worth."""
    if "scale" not in found:
        return
    one = found["scale"]
    with place.container(key="scale", border=True, gap="small"):
        same = f"{READY[one['task']].title}, {one['steps']:,} steps each, {one['labels']} labels a class"
        part("More pictures without labels", same)
        name = "probe, three seeds"
        rows = [
            (f"{size:,} pictures", [Bar(name, row, model=True)])
            for size, row in zip(one["sizes"], one["accuracy"], strict=True)
        ]
        bars(rows, [], "right on held-out pictures", key=rows[0][1])
        few, many = np.array(one["accuracy"][0]), np.array(one["accuracy"][-1])
        steady = "in each of the three seeds" if (many > few).all() else "but not in every seed"
        st.caption(
            f"{one['sizes'][-1]:,} instead of {one['sizes'][0]:,} pictures without a label: "
            f"{100 * float(np.mean(many - few)):+.1f} points, {steady}. The steps are the same, so a small heap is "
            "seen more often; the labels for the probe come from all 10,000."
        )


def _teams(place: Any, found: dict[str, Any]) -> None:
    """One team's drawings learned, another's asked."""
    if "teams" not in found:
        return
    one = found["teams"]
    with place.container(key="teams", border=True, gap="small"):
        part(
            "From one team’s drawings to another’s",
            f"emoji, {one['classes']} classes, up to {one['labels']} labels each",
        )
        rows, key = team_rows(one)
        bars(rows, [("always the commonest class", one["chance"])], "right on held-out emoji", key=key)
        st.caption(team_words(one))


def _best_trunk(one: dict[str, Any]) -> str:
    """The run whose trunk is best on the team that the head was trained on."""
    trunks = [name for name in one["accuracy"] if name not in ("scratch", "raw", "random")]
    return max(trunks, key=lambda name: float(np.mean(transfer.same_and_other(one["accuracy"][name])[0])))


def team_rows(one: dict[str, Any]) -> tuple[list[tuple[str, list[Bar]]], list[Bar]]:
    """Bars for the same team and for another one: the best trunk, from scratch, raw pixels, random trunk."""
    best = _best_trunk(one)
    title = READY[best.removesuffix("_long")].title
    named = {best: f"{title}, frozen", "scratch": "From scratch", "raw": "Raw pixels", "random": "Random trunk"}
    rows = []
    for name, said in named.items():
        same, other = transfer.same_and_other(one["accuracy"][name])
        model = name == best
        rows.append((said, [Bar("same team", same, model), Bar("another team", other, model, hatched=True)]))
    return rows, rows[-1][1]


def team_words(one: dict[str, Any]) -> str:
    """What is lost on the way from one team to another."""
    best, lost = _best_trunk(one), {}
    for name in (best, "scratch"):
        same, other = transfer.same_and_other(one["accuracy"][name])
        lost[name] = 100 * float(np.mean(np.array(same) - np.array(other)))
    less = "less" if lost[best] < lost["scratch"] - 0.5 else "more" if lost[best] > lost["scratch"] + 0.5 else "as much"
    return (
        f"The head learned from one of {', '.join(one['teams'])}; {one['tests']:,} held-out emoji that all three drew "
        f"judge. On the way to another team the frozen trunk loses {lost[best]:.1f} points, the network from scratch "
        f"{lost['scratch']:.1f}: {less}{' than it' if less != 'as much' else ''}. The trunk has seen all three teams’ "
        "training pictures, but no label of any. Mean of all teams; spread of three choices of labels."
    )


def _others(found: dict[str, Any], task: str, run: str) -> None:
    """Clusters and regression."""
    entry = _entry(found, task, run)
    if entry is None:
        return
    where = found["probes"]["groups"][entry["group"]]
    with st.container(key="others", border=True, gap="small"):
        part("Not only classes", "the same vectors, sorted by k-means, and asked for a number")
        left, right = st.columns(2, gap="medium")
        left.markdown(clusters(entry, where))
        right.markdown(numbers(entry, where))


def _columns(entry: dict[str, Any], where: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"this trunk": entry, "random trunk": where["random"], where["raw_name"]: where["raw"]}


def clusters(entry: dict[str, Any], where: dict[str, Any]) -> str:
    """How far k-means on the vectors finds the classes."""
    rows = "".join(
        f"\n| {name} | {np.mean(one['groups']['nmi']):.2f} ± {np.std(one['groups']['nmi']):.2f} "
        f"| {np.mean(one['groups']['ari']):.2f} ± {np.std(one['groups']['ari']):.2f} |"
        for name, one in _columns(entry, where).items()
    )
    return (
        f"| k-means, {len(where['classes'])} groups | NMI | ARI |\n| :-- | --: | --: |{rows}\n\nNo label at all: do "
        "the groups agree with classes that nobody named? NMI goes from 0 to 1; ARI is 0 for groups by chance. Mean "
        "and spread of three seeds of k-means, on held-out samples."
    )


def numbers(entry: dict[str, Any], where: dict[str, Any]) -> str:
    """How well a linear regression tells numbers that the samples themselves give."""
    columns = _columns(entry, where)
    if not entry["numbers"]:
        return "A number to be told was measured for pictures and sentences only."
    rows = "".join(
        f"\n| {asked} | " + " | ".join(f"{one['numbers'][asked]:.2f}" for one in columns.values()) + " |"
        for asked in entry["numbers"]
    )
    head = f"| R² of ridge regression | {' | '.join(columns)} |\n| :-- |{' --: |' * len(columns)}"
    raw = where["raw"]["numbers"]
    behind = [asked for asked in entry["numbers"] if raw[asked] > entry["numbers"][asked]]
    said = "1 is exact, 0 no better than always saying the mean; below 0 is worse. "
    if behind:
        said += f"Ahead for {', '.join(behind)}: {where['raw_name']}. "
    if "mean brightness" in entry["numbers"]:
        said += "A brightness is a sum of pixels, so for pixels it is no question at all."
    return f"{head}{rows}\n\n{said}"
