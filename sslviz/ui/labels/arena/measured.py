"""Words and parts of the page Arena: the table, its bars, the maps side by side, and the runs with one budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import streamlit as st

from sslviz.catalogue import TASKS, Option
from sslviz.data import titles
from sslviz.evaluation.signed import signed
from sslviz.training.results import arena
from sslviz.training.results.arena import Contestant, Row, Series
from sslviz.ui import startup
from sslviz.ui.frame import clicks, current, settings
from sslviz.ui.frame.bars import Bar, bars
from sslviz.ui.frame.parts import note, part
from sslviz.ui.frame.transport import POLL, map_info
from sslviz.ui.live import mount

TITLE = "Arena"
LEAD = {
    "Basic": "Several teachers, one pupil: the same small network was taught by every pseudo-label in turn. Afterwards "
    "those that read the same kind of input sit the same exam, on classes that nobody had told them.",
    "Standard": "Every task trained the same trunk (Word and context alone has word vectors and no trunk). Then it is "
    "frozen, and a linear probe and k-NN say how much of the true classes can be read from its vectors. An untrained "
    "trunk and the raw input sit the same exam: whoever does not beat them has learned nothing that helps here.",
    "Detailed": "Score = accuracy on held-out samples of argmax W z + b, where z is the frozen trunk’s pooled vector, "
    "standardised with the labelled rows alone, and W, b come from logistic regression (L2, the penalty chosen on "
    "the labelled rows alone by cross-validation). "
    "k-NN: vectors standardised, then the 20 nearest by "
    "cosine, votes e^(cos/0.1). A pretext loss is in a unit of its own, so no two of them compare; "
    "the exam does.",
}
BRINGS = (
    "It brings the kind of data, which runs are shown, and their budget. Whoever opens it sees copies of your live "
    "runs, as long as this server has them."
)
RECORDED, ONE, LIVE = "recorded", "one budget", "live"
LINK = "series"  # what the link calls the live runs: kind of data and ids, with dots between
OWN = {
    "kind": Option("Images", "Kind of data", tuple(arena.kinds())),
    "runs": Option(RECORDED, "Runs", (RECORDED, ONE, LIVE)),
    "steps": Option(arena.STEPS, "Steps each", low=20, high=3000),
    "batch": Option(arena.BATCH, "Batch size", low=16, high=256),
    "seed": Option(0, "Run seed", low=0, high=9999),
}
PERCENT = {
    "Linear, few labels": "Accuracy of a linear probe on the frozen trunk with {few} labels, mean of twenty choices of "
    "labels and of the run seeds",
    "Spread over seeds": "One standard deviation of that over the run seeds",
    "Linear, many labels": "The same probe with {many} labelled training samples",
    "k-NN": "Accuracy where the 20 nearest of {many} labelled samples vote",
    "Fine-tuned": "The whole network trained on with {few} labels",
    "Own score": "On its own pretext task, held-out: pretext accuracy, or whatever the column “Own score is” says",
    "Best constant": "What one answer for all reaches on the pretext task (majority or constant baseline)",
}


def controls() -> tuple[str, str]:
    """Which kind of data, and which runs."""
    with st.container(key="arena_choice", horizontal=True, vertical_alignment="center", gap="small"):
        kind = st.segmented_control(
            "Kind of data", arena.kinds(), default="Images", required=True, key="arena_kind",
            label_visibility="collapsed", **settings.SESSION,
        )  # fmt: skip
        alone = len(arena.tasks(kind)) == 1  # a budget of its own is the common one then
        choices = (RECORDED, LIVE) if alone else (RECORDED, ONE, LIVE)
        runs = st.segmented_control(
            "Runs", choices, default=RECORDED, required=True, key="arena_runs",
            label_visibility="collapsed", **settings.SESSION,
            help="recorded: each with its own budget. one budget: the same steps and batch for all, recorded. live: "
            "the same for all, trained now.",
        )  # fmt: skip
    if alone:
        note(
            f"Only one task reads {kind.lower()}, so it shares its budget with nobody, and there is no choice “{ONE}”: "
            "its own recording stands here, or a live run."
        )
    return str(kind), str(runs)


def show(kind: str, runs: str) -> None:
    """The controls of live runs, and everything that their figures fill."""
    if runs == LIVE:
        _budget(kind)
    series = _series(kind) if runs == LIVE else None
    playing = series is not None and series.playing
    st.fragment(_panel, run_every=2 * POLL if playing else None)(kind, runs, playing)


def _panel(kind: str, runs: str, polling: bool) -> None:
    if runs == LIVE:
        series = _series(kind)
        if series is not None:
            series.look()
        _transport(kind, series)
        if polling and (series is None or not series.playing):
            st.rerun()  # the whole page: only it can end the polling
        some = arena.from_runs(series.runs, map_info) if series else []
    else:
        some = arena.from_recordings(kind) if runs == RECORDED else arena.read(kind)
    if not some:
        st.info(EMPTY[runs], icon=":material/hourglass_empty:")
        return
    rows = sorted(arena.rows(some), key=lambda row: -row.few)
    with st.container(key="arena_table", border=True, gap="small"):
        _table(kind, runs, rows, some)
    with st.container(key="maps", border=True, gap="small"):
        part("Maps", "shape and colour: true classes, which no model ever saw; click a class to find it in all of them")
        arena_maps("arena_maps", maps=[arena.small_map(one) for one in some if len(one.points)])
        note(
            "t-SNE of held-out samples at the end of each run. Near means alike for that model. Do not read off the "
            "size of a group, nor how far apart two groups lie; turned or mirrored maps say the same."
        )


EMPTY = {
    RECORDED: "Nothing has been recorded for this kind of data yet.",
    ONE: "No runs with one budget have been recorded for this kind of data. “live” trains them now; "
    "python -m sslviz arena records them.",
    LIVE: "The table fills as the runs end. One trains after the other, each with the same steps, batch and seed.",
}


def _table(kind: str, runs: str, rows: Sequence[Row], some: Sequence[Contestant]) -> None:
    mode = "● live" if runs == LIVE else "◷ recorded"
    part("Table", f"{mode} · click a heading to sort")
    st.dataframe(
        [
            {name: round(x, 3) if name in PERCENT and x is not None else x for name, x in line.items()}
            for line in arena.table(rows)
        ],
        hide_index=True,
        column_config=_columns(rows),
        height="content",
        key="arena_rows",
        placeholder="",
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        note(budgets(rows, runs))
        st.download_button(
            "Table as CSV", arena.csv_text(rows), file_name=f"arena_{kind.lower()}.csv", mime="text/csv",
            icon=":material/download:", on_click="ignore", key="arena_csv",
        )  # fmt: skip
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _bars(rows)
    with right:
        st.markdown(told(rows))
        note(protocol(rows, some))


def _columns(rows: Sequence[Row]) -> dict[str, Any]:
    number, (few, many) = st.column_config.NumberColumn, _counts(rows)
    return {
        "Task": st.column_config.TextColumn(pinned=True),
        **{name: number(format="percent", help=text.format(few=few, many=many)) for name, text in PERCENT.items()},
        "Over random": number(format="%+.1f", help="Points over the same network before its first step, few labels"),
        "Over raw": number(format="%+.1f", help="Points over the raw input, few labels"),
        "Standard error": number(
            format="%.1f", help="Of the points over the raw input: over choices of labels and run seeds"
        ),
        "Over raw, many labels": number(format="%+.1f", help=f"Points over the raw input, {many} labels"),
        "Seconds of one core": number(format="%.0f", help="Processor time of the first run seed"),
        "Steps": number(format="%d"), "Batch": number(format="%d"), "Run seeds": number(format="%d"),
        "Samples drawn": number(
            format="localized", help="Steps × batch; tasks with two views see each of them twice"
        ),
        "Learning rate": number(format="%.3f"),
    }  # fmt: skip


def _bars(rows: Sequence[Row]) -> None:
    """Few and many labels; the rows of random and raw are drawn as what they are, not as models."""
    few, many = (f"linear probe, {count} labels" for count in _counts(rows))
    drawn = []
    for row in rows:
        title = row.name if len({one.judged for one in rows}) == 1 else f"{row.name} ({row.judged})"
        mine = row.kind == "task"
        drawn.append((title, [Bar(few, row.few_seeds, mine), Bar(many, row.many_seeds, mine, hatched=True)]))
    first = next(some for _, some in drawn if some[0].model)
    bare = next(some for _, some in drawn if not some[0].model)
    several = any(len(row.few_seeds) > 1 for row in rows)
    whiskers = "; whiskers: one standard deviation over run seeds" if several else ""
    key = [*first, Bar("grey: not trained", bare[0].values)]
    bars(drawn, [], f"right on held-out samples (accuracy){whiskers}", key=key)


def _counts(rows: Sequence[Row]) -> tuple[str, str]:
    """How many few and many labels are."""
    return _span([row.labels for row in rows]), _span([row.many_labels for row in rows])


def _span(values: Sequence[float | None]) -> str:
    """The number that all share, or from the smallest to the largest; missing ones do not count."""
    found = sorted({value for value in values if value is not None})
    return "–".join(f"{value:,.0f}" for value in ([found[0], found[-1]] if len(found) > 1 else found))


def budgets(rows: Sequence[Row], runs: str) -> str:
    """What is the same for all runs, and what is not."""
    mine = [row for row in rows if row.kind == "task"]
    same = "The same for all" if runs != RECORDED else "Not the same for all, so read the columns"
    same = same if len(mine) > 1 else "One task"
    data = sorted({titles.title(row.data) for row in mine})
    core = _span([row.seconds for row in mine])
    took = f" Seconds of one core: {core}." if core else ""
    rate = " Each task keeps its own learning rate." if len(mine) > 1 else ""
    return (
        f"{same}: {_span([row.steps for row in mine])} steps, batch {_span([row.batch for row in mine])}.{took} "
        f"Trained on: {', '.join(data)}.{rate}"
    )


def told(rows: Sequence[Row]) -> str:
    """Who is ahead with few and with many labels, and who is not, in sentences; within two errors nobody is."""
    mine = [row for row in rows if row.kind == "task"]
    lines = [_standing(rows, many=False), _standing(rows, many=True)]
    bare = [
        row.name for row in mine if row.over_random is None or not row.over_random.clear or row.over_random.points < 1
    ]
    if bare:
        lines.append(f"Hardly better than untrained: {_list(bare)}.")
    if all(row.seeds == 1 for row in mine):
        lines.append("One run seed each: how far other seeds would be off is not known, so a point or two may be luck.")
    if len({row.judged for row in mine}) > 1:
        lines.append(
            "These tasks read different inputs, so each is judged by classes of its own. Compare gains over random and "
            "raw, not the accuracies themselves."
        )
    if len(mine) > 1:
        lines.append(
            "A high score on its own task does not make a better trunk: sort by **Own score**, then by **Linear, few "
            "labels**, and look whether the order stays."
        )
    return "\n\n".join(lines)


def _standing(rows: Sequence[Row], *, many: bool) -> str:
    """How the tasks stand to the raw input with so many labels."""
    found = arena.standing(rows, many=many)
    tasks, raws = ([row for row in rows if row.kind == kind] for kind in ("task", "raw"))
    first, count = found.first, _counts(tasks)[many]
    short = raws[0].name[0].lower() + raws[0].name[1:] if len(raws) == 1 else "the raw input"

    def gains(some: Sequence[Row]) -> str:
        return _list([f"{row.name} ({signed(row.lead(many=many).points)})" for row in some])

    said = [f"With {count} labels"]
    if found.ahead:
        said[0] += f" **{first.name}** is furthest ahead of {short}: {first.lead(many=many).told}."
        tied = [row for row in found.tied if row in found.ahead]
        said += [f"But the lead over {gains(tied)} is within two standard errors: a tie."] if tied else []
    elif found.level:
        said[0] += f" no task is ahead of {short} by more than two standard errors."
    else:
        whom = f"every task: {gains(found.below)}" if len(tasks) > 1 else gains(found.below)
        share = f" ({raws[0].many if many else raws[0].few:.0%})" if len(raws) == 1 else ""
        said[0] += f" **{short}**{share} {'are' if short.endswith('s') else 'is'} ahead of {whom}."
    said += [f"A tie with {short}: {gains(found.level)}."] if found.level else []
    said += [f"Below {short}: {gains(found.below)}."] if found.below and (found.ahead or found.level) else []
    return " ".join(said)


def protocol(rows: Sequence[Row], some: Sequence[Contestant]) -> str:
    """How all of them were judged."""
    chance = sorted({one.figures[0]["chance"] for one in some})
    shown = "–".join(f"{value:.0%}" for value in ([chance[0], chance[-1]] if len(chance) > 1 else chance))
    seeds = sorted({row.seeds for row in rows if row.seeds})
    few, many = _counts(rows)
    choices = len(some[0].figures[0]["probes"]["raw"]["few"])
    return (
        "Split: the trunk and the labels of the probes come from training samples, all figures from held-out ones. "
        "Pooling: the mean over the positions for pictures, as on each task’s own page. Standardised with the labelled "
        f"rows alone. Few labels ({few}): the same number of every class, mean of {choices} choices, the same for all. "
        f"Many labels: {many} "
        "training samples. "
        f"Run seeds: {_list([str(seed) for seed in seeds])}. A lead’s standard error is over choices of labels and run "
        "seeds; within two of them it is none. "
        f"Random trunk: the mean over these networks before their first step. Chance (the commonest class): {shown}. "
        "Nothing was tuned on held-out samples."
    )


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "none"


# ---- live


def _budget(kind: str) -> None:
    """The common budget; it holds from the next start on."""
    with st.container(key="arena_budget", horizontal=True, vertical_alignment="bottom", gap="small"):
        for name in ("steps", "batch", "seed"):
            option = OWN[name]
            st.number_input(
                option.title, int(option.low), int(option.high), option.default, key=f"arena_{name}", width=130,
                **settings.SESSION,
            )  # fmt: skip
    note(
        f"{len(arena.tasks(kind))} runs, one after the other, on the data that most of them share. The link keeps "
        "them; a minute without a look pauses them."
    )


def _transport(kind: str, series: Series | None) -> None:
    playing = series is not None and series.playing
    through = series is not None and series.current is None
    with st.container(key="transport", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button(
            "Reset", icon=":material/replay:", key="reset", disabled=series is None, help="Forget these runs",
            on_click=clicks.heed, args=(_forget, kind),
        )  # fmt: skip
        name, icon = ("Pause", "pause") if playing else ("Play", "play_arrow")
        st.button(
            "Train all again" if through else name, icon=f":material/{icon}:", type="primary", key="play",
            on_click=clicks.heed, args=(_toggle, kind, playing),
        )  # fmt: skip
        clicks.follow()
        if series is not None:
            _in_link(kind, series)
        st.html(_status(series), width="stretch")
    for run in series.runs if series else ():
        if run.note and run.status != "playing":
            st.warning(f"{TASKS[run.config.task].title}: {run.note}", icon=":material/info:")


def _status(series: Series | None) -> str:
    if series is None:
        return "<div class='run'><span>not started</span><span class='mode'>○ untrained</span></div>"
    through = sum(run.figures is not None for run in series.runs)
    now = series.current
    doing = (
        "all through" if now is None else f"{TASKS[now.config.task].title}: step {now.step:,} of {now.config.steps:,}"
    )
    if now is not None and now.step >= now.config.steps:
        doing = f"{TASKS[now.config.task].title}: measuring what it learned"
    seconds = sum(run.seconds for run in series.runs)
    return (
        f"<div class='run'><span><b>{through}</b> of {len(series.runs)} runs</span>"
        f"<progress max='1' value='{series.share:.3f}' aria-label='share of all steps'></progress>"
        f"<span>{doing}</span><span><b>{seconds:,.0f}</b> s</span><span class='mode'>● live</span></div>"
    )


def _series(kind: str) -> Series | None:
    """The live runs of this kind of data; after a reload they are found by the link, elsewhere copies of them."""
    key = f"arena_series_{kind}"
    link = st.query_params.get(LINK, "")
    if key not in st.session_state and link.split(".")[0] == kind:
        runs = [run for run in map(current.find, arena.linked(kind, link, startup.runs().tasks)) if run is not None]
        if runs:
            st.session_state[key] = Series(runs)
        else:
            st.query_params.pop(LINK)
            note("The runs of this link are no longer on this server. Play starts new ones.")
    series: Series | None = st.session_state.get(key)
    return series


def _in_link(kind: str, series: Series) -> None:
    """Write the runs into the link, while the page is drawn: see `clicks`."""
    text = ".".join((kind, *(run.id for run in series.runs)))
    if st.query_params.get(LINK) != text:
        st.query_params[LINK] = text


def _forget(kind: str) -> None:
    _drop(kind)
    st.query_params.pop(LINK, None)


def _drop(kind: str) -> None:
    old = st.session_state.pop(f"arena_series_{kind}", None)
    for run in old.runs if old else ():
        startup.runs().drop(run)


def _toggle(kind: str, playing: bool) -> None:
    series = _series(kind)
    if playing and series is not None:
        series.pause()
        return
    if series is None or series.current is None:
        _drop(kind)
        steps, batch, seed = (settings.value("arena", name, OWN[name].default) for name in ("steps", "batch", "seed"))
        series = Series([current.new(config) for config in arena.one_budget(kind, steps, batch, seed)])
        st.session_state[f"arena_series_{kind}"] = series
    series.play()


# the view


class SmallMap(TypedDict):
    """A map: points x, y, x, y … as whole numbers from -1000 to 1000; the class of each, and the names of classes."""

    title: str
    note: str
    points: Sequence[int]
    classes: Sequence[int]
    names: Sequence[str]


class ArenaMaps(TypedDict):
    """What the view is sent."""

    maps: Sequence[SmallMap]


def arena_maps(key: str, *, maps: Sequence[Any]) -> None:
    """Show small maps (each a SmallMap) side by side, those with the same classes under one legend that dims others."""
    data: ArenaMaps = {"maps": list(maps)}
    mount("labels/arena/maps", key, data)
