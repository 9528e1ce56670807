"""The details of the page Transfer, one tab each: all runs, fine-tuning, scale, teams, clusters, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.data import titles
from sslviz.evaluation.lead import Lead, on_both
from sslviz.evaluation.signed import signed
from sslviz.evaluation.spread import mean_and_spread
from sslviz.evaluation.transfer import ALL, CHOICES
from sslviz.training.results import transfer
from sslviz.ui.frame.bars import Bar, bars
from sslviz.ui.frame.parts import note, part

TEAM_TRUNK = "masked_patches"  # named before anything was measured: it saw clothes and the emoji of all teams
UNSTEADY = 0.05  # accuracies of run seeds that differ by more are told
LEVEL = 0.5  # points; what is closer than that counts as level


def more(found: dict[str, Any], entry: dict[str, Any] | None) -> None:
    """A tab for each that is recorded; `entry` is what is recorded of the run that is looked at, if anything."""
    part("What else was measured", "for all tasks but in the last tab, which is about the trunk chosen above")
    pictures, both = transfer.PICTURES in found.get("probes", {}).get("groups", {}), {"probes", "scratch"} <= set(found)
    tabs = [
        ("All tasks", pictures, lambda: _table(found)),
        ("Fine-tuned", pictures and "tuned" in found and both, lambda: _tuned(found)),
        ("Words, sound, video", both, lambda: _kinds(found)),
        ("More pictures", "scale" in found, lambda: _scale(found)),
        ("Another team’s drawings", "teams" in found, lambda: _teams(found)),
        ("Groups and numbers", entry is not None, lambda: _others(found, entry or {})),
    ]
    shown = [(name, draw) for name, there, draw in tabs if there]
    if not shown:
        return
    for tab, (_, draw) in zip(st.tabs([name for name, _ in shown]), shown, strict=True):
        with tab:
            draw()


def size_name(size: int, labels: int = 0) -> str:
    """A number of labels a class, in words; of all, how many labels that is."""
    return str(size) if size != ALL else f"all {labels:,}" if labels else "all"


def ahead(one: Lead) -> str:
    """A lead in words: so many points ahead of, or behind; level with, where it cannot be told from none.

    >>> [ahead(Lead(points, 1.0)) for points in (12.3, -3.1, 1.9)]
    ['12 points ahead of', '3 points behind', 'level with']
    """
    points = round(abs(one.points))
    if not points or (one.error is not None and not one.clear):
        return "level with"
    return f"{points} {'point' if points == 1 else 'points'} {'ahead of' if one.points > 0 else 'behind'}"


def _run_title(run: dict[str, Any]) -> str:
    which = {"long": ", long", "elsewhere": f" on {titles.short(run['data'])}"}.get(run["which"], "")
    return f"{TASKS[run['task']].title}{which}"


def _table(found: dict[str, Any]) -> None:
    """All recorded runs on pictures beside what they must beat."""
    with st.container(key="winners", gap="small"):
        part("Which pseudo-label saved most?", "clothes anywhere, linear probe, labels a class")
        st.markdown(winners(found))


def winners(found: dict[str, Any]) -> str:
    """A table of all runs on pictures, best with ten labels first; and whether the best beats what it must."""
    where = found["probes"]["groups"][transfer.PICTURES]
    wanted = [size for size in (1, 10, 100, ALL) if size in where["sizes"]]
    at = [where["sizes"].index(size) for size in wanted]
    runs = [run for run in found["probes"]["runs"] if run["group"] == transfer.PICTURES]
    rows = [(_run_title(run), run["curve"]) for run in runs]
    others = [(where["raw_name"], where["raw"]["curve"]), ("random trunk", where["random"]["curve"])]
    if "scratch" in found:
        others.append(("same network from scratch", found["scratch"]["groups"][transfer.PICTURES]))
    rows += [(f"*{name}*", curve) for name, curve in others]
    by = where["sizes"].index(transfer.SCALE_LABELS)
    rows.sort(key=lambda one: -float(np.mean(one[1][by])))
    head = "| Run | " + " | ".join(size_name(size) for size in wanted) + " |\n| :-- |" + " --: |" * len(at)
    lines = "".join(f"\n| {name} | " + " | ".join(f"{np.mean(c[i]):.1%}" for i in at) + " |" for name, c in rows)
    best = transfer.best(found)
    if best is None:
        return head + lines
    gaps = ", ".join(
        f"{ahead(on_both(best['trained'], best[key]))} {name}"
        for key, name in (("scratch", "the network from scratch"), ("random", "the random trunk"),
                          ("raw", where["raw_name"]))
    )  # fmt: skip
    said = (
        f"With {transfer.SCALE_LABELS} labels a class **{_run_title(best['run'])}** is the best of {len(runs)} runs: "
        f"{gaps} (on {len(CHOICES)} choices of labels; within two standard errors it says level). "
        "The best was picked by these same held-out pictures, so "
        "its lead looks a little larger than it is. "
    )
    return f"{head}{lines}\n\n{said}{_repeated(runs)}"


def _repeated(runs: Sequence[dict[str, Any]]) -> str:
    """The best of those that were trained with several seeds, by the mean over them."""
    several = [run for run in runs if len(run["run_seeds"]) > 2]
    if not several:
        return ""
    run = max(several, key=lambda one: float(np.mean(one["run_seeds"])))
    mean = float(np.mean(run["run_seeds"]))
    each = ", ".join(f"{value:.0%}" for value in run["run_seeds"])
    return (
        f"Trained {len(run['run_seeds'])} times with other seeds, **{_run_title(run)}** gives {each} with {run['few']} "
        f"labels a class, on average {mean:.0%}."
    )


def _tuned(found: dict[str, Any]) -> None:
    """Frozen against fine-tuned."""
    with st.container(key="tuned", gap="small"):
        part("Frozen or fine-tuned?", "labels a class: probe → fine-tuned, where all weights go on learning")
        st.markdown(reversal(found))


def reversal(found: dict[str, Any]) -> str:
    """k-NN, probe and fine-tuning side by side; and whether the order turns round, as it is known to for MAE."""
    tuned, where = found["tuned"], found["probes"]["groups"][transfer.PICTURES]
    runs = {
        run["task"]: run for run in found["probes"]["runs"]
        if (run["group"], run["data"]) == (transfer.PICTURES, transfer.PICTURES) and run["which"] != "long"
        and run["task"] in tuned["curve"]
    }  # fmt: skip
    sizes = tuned["sizes"]
    head = "| Task | k-NN | " + " | ".join(size_name(size) for size in sizes) + " |"
    lines, at = "", [where["sizes"].index(size) for size in sizes]
    for task, run in runs.items():
        pairs = " | ".join(
            f"{np.mean(run['curve'][i]):.0%} → {np.mean(row):.0%}"
            for i, row in zip(at, tuned["curve"][task], strict=True)
        )
        lines += f"\n| {TASKS[task].title} | {run['knn']:.0%} | {pairs} |"
    scratch = found["scratch"]["groups"][transfer.PICTURES]
    plain = " | ".join(f"{np.mean(scratch[i]):.0%}" for i in at)
    table = f"{head}\n| :-- | --: |{' --: |' * len(sizes)}{lines}\n| *from scratch* | | {plain} |"
    return f"{table}\n\n{_turned(runs, tuned, where)}"


def _turned(runs: dict[str, Any], tuned: dict[str, Any], where: dict[str, Any]) -> str:
    """In words: the order by k-NN, the order after fine-tuning at each number of labels, and where tuning loses."""
    knn = sorted(runs, key=lambda task: -runs[task]["knn"])
    labels = next(iter(runs.values()))["knn_labels"]
    said = (
        "Large models are known to turn the order round: MAE is weak by k-NN and strong when fine-tuned. Here, by "
        f"k-NN with {labels:,} labels, the order is {_order(knn)}. "
    )
    for row, size in enumerate(tuned["sizes"]):
        values = {task: tuned["curve"][task][row] for task in runs}
        order = sorted(values, key=lambda task: -float(np.mean(values[task])))
        first, second = order[0], order[1]
        (best, one), (next_best, other) = mean_and_spread(values[first]), mean_and_spread(values[second])
        if best - next_best > max(one, other):
            said += f"Fine-tuned with {size_name(size)} a class, {TASKS[first].title} leads. "
        else:
            said += f"With {size_name(size)} a class {TASKS[first].title} and {TASKS[second].title} are level. "
    at = {size: where["sizes"].index(size) for size in tuned["sizes"]}
    for row, size in enumerate(tuned["sizes"]):
        loses = [t for t in runs if np.mean(tuned["curve"][t][row]) < np.mean(runs[t]["curve"][at[size]])]
        if len(loses) == len(runs):
            said += f"With {size_name(size)} a class fine-tuning stays below the probe, for all of them. "
    return said.strip()


def _order(tasks: Sequence[str]) -> str:
    return ", ".join(TASKS[task].title for task in tasks)


def _kinds(found: dict[str, Any]) -> None:
    """Words, sound and video."""
    with st.container(key="kinds", gap="small"):
        part("Not only pictures", f"each by its own classes, {transfer.SCALE_LABELS} labels a class")
        st.markdown(kinds(found))


def kinds(found: dict[str, Any]) -> str:
    """The runs that are judged by no pictures, beside the same three; and who gains and who does not."""
    lines, gains = "", dict[str, float]()
    for run in found["probes"]["runs"]:
        where, scratch = found["probes"]["groups"][run["group"]], found["scratch"]["groups"].get(run["group"])
        if run["group"] in transfer.JUDGES or scratch is None:
            continue
        row = where["sizes"].index(transfer.SCALE_LABELS)
        curves = (run["curve"], scratch, where["random"]["curve"], where["raw"]["curve"])
        mine, *others = (float(np.mean(curve[row])) for curve in curves)
        lines += f"\n| {_run_title(run)} | **{mine:.0%}** | {' | '.join(f'{one:.0%}' for one in others)} |"
        gains[_run_title(run)] = 100 * (mine - max(others))
    said = ""
    if gains:
        best = max(gains, key=lambda name: gains[name])
        behind = [name for name, gain in gains.items() if gain < 0]
        if gains[best] > 0:
            said += f"{best} is furthest ahead: {gains[best]:.0f} points over the best of the three others. "
        if behind:
            said += f"Behind the best of the others: {', '.join(behind)}. "
    for run in found["probes"]["runs"]:
        low, high = min(run["run_seeds"], default=0), max(run["run_seeds"], default=0)
        if _run_title(run) in gains and high - low > UNSTEADY:
            said += (
                f"{_run_title(run)} hangs on its run seed: {low:.0%} to {high:.0%} with {run['few']} labels a class. "
            )
    return (
        f"| Run | this trunk | from scratch | random trunk | raw input |\n| :-- |{' --: |' * 4}{lines}\n\n{said}"
        "From scratch, a single word without a label keeps the vector that it was drawn with, so nothing is learned "
        "about it."
    )


def _scale(found: dict[str, Any]) -> None:
    """What more pictures without labels are worth."""
    one = found["scale"]
    with st.container(key="scale", gap="small"):
        same = f"{TASKS[one['task']].title}, {one['steps']:,} steps each, {one['labels']} labels a class"
        part("More pictures without labels", same)
        name = f"probe, {len(one['accuracy'][0])} seeds"
        rows = [
            (f"{size:,} pictures", [Bar(name, row, model=True)])
            for size, row in zip(one["sizes"], one["accuracy"], strict=True)
        ]
        where = found.get("probes", {}).get("groups", {}).get(transfer.PICTURES)
        chance = [("always the commonest class", where["chance"])] if where else []
        bars(rows, chance, "right on held-out pictures (accuracy)", key=rows[0][1])
        note(scale_words(one))


def scale_words(one: dict[str, Any]) -> str:
    """What each step to more pictures brings, and whether it does in every seed."""
    said, sizes, values = "", one["sizes"], [np.array(row) for row in one["accuracy"]]
    for few, many, a, b in zip(sizes, sizes[1:], values, values[1:], strict=False):
        gain = 100 * float(np.mean(b - a))
        every = "in every seed" if (b > a).all() else "though not in every seed"
        if gain > LEVEL:
            said += f"{many:,} instead of {few:,} pictures without a label: {gain:.1f} points more, {every}. "
        else:
            told = f" ({signed(gain)} points)" if round(abs(gain), 1) else ""
            said += f"{many:,} instead of {few:,} pictures: no more{told}. "
    return said + (
        "The steps are the same for all, so a small heap is seen more often; with more steps more pictures may be "
        "worth more. The labels for the probe come from all training pictures."
    )


def _teams(found: dict[str, Any]) -> None:
    """One team's drawings learned, another's asked."""
    one = found["teams"]
    with st.container(key="teams", gap="small"):
        part(
            "From one team’s drawings to another’s",
            f"domain shift: emoji, {one['classes']} classes, up to {one['labels']} labels each",
        )
        rows, key = team_rows(one)
        bars(rows, [("always the commonest class", one["chance"])], "right on held-out emoji (accuracy)", key=key)
        note(team_words(one))


def team_rows(one: dict[str, Any]) -> tuple[list[tuple[str, list[Bar]]], list[Bar]]:
    """Bars for the same team and for another one: a trunk, from scratch, raw pixels, random trunk."""
    title = f"{TASKS[TEAM_TRUNK].title}, frozen"
    named = {TEAM_TRUNK: title, "scratch": "From scratch", "raw": "Raw pixels", "random": "Random trunk"}
    rows = []
    for name, said in named.items():
        same, other = transfer.same_and_other(one["accuracy"][name])
        model = name == TEAM_TRUNK
        rows.append((said, [Bar("same team", same, model), Bar("another team", other, model, hatched=True)]))
    return rows, rows[-1][1]


def team_words(one: dict[str, Any]) -> str:
    """How much is left on another team's drawings, beside what needs no pretext task at all."""
    other = {name: transfer.same_and_other(rows)[1] for name, rows in one["accuracy"].items()}
    far = {name: float(np.mean(rows)) for name, rows in other.items()}
    near = {name: float(np.mean(transfer.same_and_other(rows)[0])) for name, rows in one["accuracy"].items()}
    names = {"scratch": "the network from scratch", "raw": "raw pixels", "random": "the random trunk"}
    gaps = ", ".join(f"{ahead(on_both(other[TEAM_TRUNK], other[key]))} {name}" for key, name in names.items())
    below = [
        name for key, name in {TEAM_TRUNK: "the frozen trunk", **names}.items() if far[key] <= one["chance"] + 0.01
    ]
    lost = 100 * (near["random"] - far["random"])
    return (
        f"The head learned from one of {', '.join(one['teams'])}; {one['tests']:,} held-out emoji that all three drew "
        f"judge. On another team’s drawings the frozen trunk is right in {far[TEAM_TRUNK]:.0%}: {gaps}. "
        + (f"No better than always naming the commonest class: {', '.join(below)}. " if below else "")
        + f"All lose a lot on the way (the trunk {100 * (near[TEAM_TRUNK] - far[TEAM_TRUNK]):.0f} points, the random "
        f"one {lost:.0f}), so most of the loss is not a matter of what was learned before. The trunk has seen all "
        "three teams’ training pictures, but no label of any. Means over the teams; spread of "
        f"{len(one['accuracy']['raw'][0][0])} choices of labels."
    )


def _others(found: dict[str, Any], entry: dict[str, Any]) -> None:
    """Clusters and regression."""
    where = found["probes"]["groups"][entry["group"]]
    with st.container(key="others", gap="small"):
        part("Not only classes", "the same vectors, sorted by k-means, and asked for a number")
        left, right = st.columns(2, gap="medium")
        left.markdown(clusters(entry, where))
        right.markdown(numbers(entry, where))


def _columns(entry: dict[str, Any], where: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"this trunk": entry, "random trunk": where["random"], where["raw_name"]: where["raw"]}


def clusters(entry: dict[str, Any], where: dict[str, Any]) -> str:
    """How far k-means on the vectors finds the classes."""

    def told(values: list[float]) -> str:
        mean, spread = mean_and_spread(values)
        return f"{mean:.2f} ± {spread:.2f}"

    rows = "".join(
        f"\n| {name} | {told(one['groups']['nmi'])} | {told(one['groups']['ari'])} |"
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
