"""The arena: all tasks on one kind of data side by side, as recorded, or all with one budget.

Recorded runs differ in steps, batch and seconds, and the table says so. With one budget they share steps, batch, seed
and data; each keeps the learning rate of its own recording, since no one rate suits all tasks.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue import MODALITIES, TASKS
from sslviz.data import titles
from sslviz.evaluation.lead import Lead, lead
from sslviz.evaluation.spread import mean_and_spread
from sslviz.training.config import RunConfig, default
from sslviz.training.results import provenance, recorded, transfer

if TYPE_CHECKING:
    from sslviz.training.live.runs import Run  # brings torch, for which a recorded table need not wait

COMMON_DATA = {"Images": "clothes_anywhere", "Words": "sentences"}  # what all of them can train on, where they can
STEPS, BATCH = 300, 128  # one budget for all, when a visitor names no other
UNITS = 1000  # a map's coordinates are sent as whole numbers from -UNITS to UNITS
KEPT = ("loss", "scores", "baselines", "probes", "labels", "many_labels", "chance", "raw_name", "classes")

Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Contestant:
    """A finished run, or several that differ in their seed.

    Attributes:
        config: of the first seed.
        figures: as `figures.figures` returns them, one for each seed; at least one.
        seconds: of one core, for the first seed; None where they were not measured.
        points: (n, 2) the map of the first seed, perhaps empty.
        classes, names: the true classes of its points (n) and what they are called.
        mode: "recorded" or "live".
    """

    config: RunConfig
    figures: tuple[dict[str, Any], ...]
    seconds: float | None
    points: NDArray[np.float32]
    classes: list[int]
    names: list[str]
    mode: str = "recorded"


@dataclass(frozen=True)
class Row:
    """A line of the table; shares from 0 to 1, gains in points.

    Attributes:
        name: what it is called; `kind`: "task", "random" or "raw"; `slug`: of the task, else empty.
        judged: what the classes are that judge it.
        score, score_name, guess: of the pretext task, and what the best constant answer has there.
        few, many: the linear probe with few and with many labels: means over the run seeds.
        few_seeds, many_seeds: the same of each seed, of which those are the means.
        few_choices: accuracies with few labels, a row a run seed, a column a choice of labels.
        labels, many_labels: how many few and many are.
        seconds: of one core, for the first seed.
        over_random, over_raw: how far `few` is ahead of the same network untrained, and of the raw input;
            `over_raw_many`: how far `many` is, whose error is that over the run seeds alone.
        tuned: fine-tuned with few labels, None where that was not measured.
    """

    name: str
    kind: str
    judged: str
    knn: float
    few: float
    many: float
    few_seeds: tuple[float, ...]
    many_seeds: tuple[float, ...]
    few_choices: tuple[tuple[float, ...], ...]
    labels: int
    many_labels: int
    slug: str = ""
    label: str = ""
    data: str = ""
    steps: int | None = None
    batch: int | None = None
    lr: float | None = None
    seconds: float | None = None
    seeds: int | None = None
    score_name: str = ""
    score: float | None = None
    guess: float | None = None
    over_random: Lead | None = None
    over_raw: Lead | None = None
    over_raw_many: Lead | None = None
    tuned: float | None = None

    def lead(self, *, many: bool = False) -> Lead:
        """How far it is ahead of the raw input with few or with many labels."""
        return (self.over_raw_many if many else self.over_raw) or Lead(0.0, None)

    def over(self, other: Row, *, many: bool = False) -> Lead:
        """How far it is ahead of another row, on the same choices of labels and as many run seeds as both have."""
        mine, theirs = (
            [[value] for value in row.many_seeds] if many else list(row.few_choices) for row in (self, other)
        )
        runs = min(len(mine), len(theirs))
        return lead(mine[:runs], theirs[:runs])

    def spread(self, *, many: bool = False) -> float | None:
        """One standard deviation over the run seeds, 0 to 1; None where there is only one."""
        values = self.many_seeds if many else self.few_seeds
        return mean_and_spread(values)[1] if len(values) > 1 else None


@dataclass(frozen=True)
class Standing:
    """How the tasks stand to the raw input, furthest ahead first; within two standard errors a lead is none.

    Attributes:
        ahead, level, below: the tasks clearly above the raw input, those that cannot be told from it, and those below.
        first: the task that is furthest ahead, or least behind.
        tied: those that cannot be told from the first.
    """

    ahead: tuple[Row, ...]
    level: tuple[Row, ...]
    below: tuple[Row, ...]
    tied: tuple[Row, ...]
    first: Row


def kinds() -> list[str]:
    """The kinds of data of which there is a task with a page."""
    return [kind for kind in MODALITIES if tasks(kind)]


def tasks(kind: str) -> list[str]:
    """The tasks on a kind of data."""
    return [slug for slug, entry in TASKS.items() if entry.modality == kind]


def from_recordings(kind: str) -> list[Contestant]:
    """The recorded runs of a kind of data, each with its own budget, if possible on the same data. Needs no torch."""
    runs = (_recorded(slug, COMMON_DATA.get(kind, "")) for slug in tasks(kind))
    return [
        Contestant(
            run.config, (run.figures, *run.repeats), run.meta["processor_seconds"], run.points[-1], run.map.classes,
            run.map.names,
        )
        for run in runs if run is not None
    ]  # fmt: skip


def _recorded(slug: str, data: str) -> recorded.Recording | None:
    """A task's recording with the default budget: the one on this data, if there is one."""
    found = [run for which in ("short", "elsewhere") if (run := recorded.read(slug, which)) is not None]
    return next((run for run in found if run.config.data == data), found[0] if found else None)


def from_runs(runs: Sequence[Run], about: Callable[[RunConfig], recorded.MapInfo]) -> list[Contestant]:
    """Those of some live runs that are finished and judged; `about` gives what the points of their maps are."""
    found = []
    for run in runs:
        if run.figures is None:
            continue
        info = about(run.config)
        points = run.evaluations[-1].points if run.evaluations else np.zeros((0, 2), np.float32)
        core = run.seconds if run.device == "cpu" else None
        found.append(Contestant(run.config, (run.figures,), core, points, info.classes, info.names, "live"))
    return found


def one_budget(kind: str, steps: int = STEPS, batch: int = BATCH, seed: int = 0) -> list[RunConfig]:
    """A config for every task of a kind: the same steps, batch and seed, and the same data where they can read it.

    Raises:
        ValueError: for numbers that no run accepts.
    """
    found, shared = [], COMMON_DATA.get(kind, "")
    for slug in tasks(kind):
        entry = TASKS[slug]
        data = shared if shared in entry.data else entry.data[0]
        found.append(RunConfig(slug, data, seed=seed, steps=steps, batch=batch, lr=entry.lr))
    return found


def rows(contestants: Sequence[Contestant]) -> list[Row]:
    """The table: a row a task, and for each set of classes that judges them the untrained trunk and the raw input."""
    judges: dict[tuple[Any, ...], list[Contestant]] = {}
    for one in contestants:
        first, judged = one.figures[0], TASKS[one.config.task].judged_by
        key = (judged, tuple(one.names), first["raw_name"], first["many_labels"], first["chance"])
        judges.setdefault(key, []).append(one)
    lines = [_task(one) for one in contestants]
    for group in judges.values():
        first, entry = group[0].figures[0], TASKS[group[0].config.task]
        every = [figures["probes"]["random"] for one in group for figures in one.figures]
        bare = "Random trunk" if entry.trunk else "Random vectors"
        common = {"judged": entry.judged_by, "labels": first["labels"], "many_labels": first["many_labels"]}
        lines.append(Row(bare, "random", **common, **_mean(every)))
        lines.append(Row(first["raw_name"].capitalize(), "raw", **common, **_mean([first["probes"]["raw"]])))
    return lines


def standing(some: Sequence[Row], *, many: bool = False) -> Standing:
    """Which tasks are ahead of the raw input with few or with many labels; `some` holds at least one task."""
    mine = sorted((row for row in some if row.kind == "task"), key=lambda row: -row.lead(many=many).points)
    leads = [(row, row.lead(many=many)) for row in mine]
    return Standing(
        ahead=tuple(row for row, one in leads if one.clear and one.points > 0),
        level=tuple(row for row, one in leads if not one.clear),
        below=tuple(row for row, one in leads if one.clear and one.points < 0),
        tied=tuple(row for row in mine[1:] if not mine[0].over(row, many=many).clear),
        first=mine[0],
    )


def table(some: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as columns with names that people read; those that are empty for all are left out."""
    several = len({row.judged for row in some}) > 1  # then there are rows of random and raw for each
    lines = [
        {
            "Task": f"{row.name} ({row.judged})" if several and row.kind != "task" else row.name,
            "Linear, few labels": row.few,
            "Spread over seeds": row.spread(),
            "Linear, many labels": row.many,
            "k-NN": row.knn,
            "Fine-tuned": row.tuned,
            "Over random": row.over_random and row.over_random.points,
            "Over raw": row.over_raw and row.over_raw.points,
            "Standard error": row.over_raw and row.over_raw.error,
            "Over raw, many labels": row.over_raw_many and row.over_raw_many.points,
            "Own score": row.score,
            "Best constant": row.guess,
            "Steps": row.steps,
            "Batch": row.batch,
            "Seconds of one core": row.seconds,
            "Run seeds": row.seeds,
            "Pseudo-label": row.label,
            "Own score is": row.score_name,
            "Trained on": titles.title(row.data) if row.data else "",
            "Samples drawn": None if row.steps is None or row.batch is None else row.steps * row.batch,
            "Learning rate": row.lr,
            "Judged by": row.judged,
            "Few labels are": row.labels,
            "Many labels are": row.many_labels,
        }
        for row in some
    ]
    used = [name for name in lines[0] if any(line[name] not in (None, "") for line in lines)] if lines else []
    return [{name: line[name] for name in used} for line in lines]


def csv_text(some: Sequence[Row]) -> str:
    """The table as a CSV file: shares to four digits, empty where nothing was measured."""
    lines, file = table(some), io.StringIO()
    writer = csv.DictWriter(file, list(lines[0]) if lines else [], lineterminator="\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({k: round(v, 4) if isinstance(v, float) else v for k, v in line.items()})
    return file.getvalue()


def small_map(one: Contestant) -> dict[str, Any]:
    """A map for the browser: `points` as whole numbers x, y, x, y …, one scale for both axes, centred on 0."""
    points = np.asarray(one.points, np.float64)
    if len(points):
        points = points - (points.max(0) + points.min(0)) / 2
        points = np.round(points / max(float(np.abs(points).max()), 1e-12) * UNITS)
    near = float(np.mean([figures["probes"]["trained"]["knn"] for figures in one.figures]))  # as in the table
    return {
        "title": TASKS[one.config.task].title,
        "note": f"{one.config.steps:,} steps · k-NN {near:.0%}",
        "points": points.astype(int).ravel().tolist(),
        "classes": one.classes[: len(points)],
        "names": one.names,
    }


# ---- one budget, recorded


def measure(kind: str, seeds: Sequence[int] = (0, 1, 2), only: Sequence[str] = (), say: Say = print) -> None:
    """Train all tasks of a kind with one budget, or `only` some of them, and store what they reach, after every run."""
    import time
    from dataclasses import replace

    from sslviz.training import loop, whole
    from sslviz.training.figures import figures
    from sslviz.training.results.check import beginning

    found: dict[str, Any] = {}
    for seed in seeds:
        for plain in one_budget(kind):
            if only and plain.task not in only:
                continue
            config = replace(plain, seed=seed)
            snapshots: list[loop.Snapshot] = []
            fresh, begun = loop.start(config), time.process_time()
            state = whole.train(config, snapshots.append, state=fresh)
            seconds = time.process_time() - begun
            points = snapshots[-1].evaluations[-1].points  # after the last step
            measured = {k: v for k, v in figures(config, state).items() if k in KEPT}
            info = recorded.map_info(replace(config, seed=0))
            one = found.setdefault(
                config.task,
                {
                    "config": config.to_json(), "code": provenance.behind(config.task), "figures": [],
                    "beginning": beginning(config), "seconds": seconds, "classes": info.classes, "names": info.names,
                    "points": np.round(points, 2).tolist(),
                },
            )  # fmt: skip
            one["figures"].append(measured)
            say(f"{config.task}, seed {seed}: {seconds:.0f} s, {json.dumps(measured['probes']['trained'])}")
            _write(config.task, one)


def path(task: str) -> Path:
    """Where a task's run with the one budget lies."""
    return recorded.RUNS / "arena" / f"{task}.json"


def read(kind: str) -> list[Contestant]:
    """The stored runs with one budget; empty where there are none. Needs no torch."""
    return [
        Contestant(
            RunConfig.from_json(one["config"]), tuple(one["figures"]), one.get("seconds"),
            np.array(one["points"], np.float32), one["classes"], one["names"],
        )
        for one in _stored(kind).values()
    ]  # fmt: skip


def _write(task: str, one: dict[str, Any]) -> None:
    path(task).parent.mkdir(exist_ok=True)
    path(task).write_text(json.dumps(one) + "\n", encoding="utf-8")


def _stored(kind: str) -> dict[str, dict[str, Any]]:
    return {task: json.loads(path(task).read_text("utf-8")) for task in tasks(kind) if path(task).exists()}


# ---- one budget, live


def linked(kind: str, link: str, known: Callable[[Sequence[str]], list[str]]) -> list[str]:
    """The ids of the live runs that a link names for a kind of data; none, if they are not one of every task.

    Args:
        kind: of data.
        link: the kind and the ids, with dots between. Anybody may have written it.
        known: gives the tasks of those runs of some ids that the server has.
    """
    first, *numbers = link.split(".")
    wanted = tasks(kind)
    if first != kind or len(numbers) != len(wanted) or len(set(numbers)) != len(numbers) or known(numbers) != wanted:
        return []
    return numbers


class Series:
    """Live runs, one after the other. The page that shows it calls `look` again and again, and that moves it on."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = tuple(runs)
        self.playing = any(run.status == "playing" for run in runs)  # as after a reload

    @property
    def current(self) -> Run | None:
        """The run whose turn it is; None when all are through."""
        return next((run for run in self.runs if run.status not in ("done", "failed")), None)

    @property
    def share(self) -> float:
        """How much of all steps is done, 0 to 1."""
        done = sum(run.config.steps if run.status in ("done", "failed") else run.step for run in self.runs)
        return done / max(1, sum(run.config.steps for run in self.runs))

    def play(self) -> None:
        """Go on with the run whose turn it is."""
        self.playing = True
        self.look()

    def pause(self) -> None:
        """Stop after the slice that is being computed."""
        self.playing = False
        for run in self.runs:
            run.pause()

    def look(self) -> None:
        """A page shows it: nothing pauses by itself, and when a run is through the next one starts."""
        for run in self.runs:
            run.look()
        now = self.current
        if now is None:
            self.playing = False
        elif self.playing and now.status in ("ready", "paused"):
            now.play()


# ---- rows


def _task(contestant: Contestant) -> Row:
    entry, config, first = TASKS[contestant.config.task], contestant.config, contestant.figures[0]
    trained = _mean([figures["probes"]["trained"] for figures in contestant.figures])
    over = recorded.leads(contestant.figures)
    name = next(iter(first["scores"]))
    constant = [b["scores"].get(name) for b in first["baselines"] if b["constant"]]
    return Row(
        entry.title, "task", entry.judged_by, **trained, labels=first["labels"], many_labels=first["many_labels"],
        slug=config.task, label=entry.label, data=config.data, steps=config.steps, batch=config.batch, lr=config.lr,
        seconds=contestant.seconds,
        seeds=len(contestant.figures), score_name=name,
        score=float(np.mean([figures["scores"][name] for figures in contestant.figures])),
        guess=max((float(score) for score in constant if score is not None), default=None),
        over_random=over["random"], over_raw=over["raw"],
        over_raw_many=lead([[many] for many in trained["many_seeds"]], [[float(first["probes"]["raw"]["many"])]]),
        tuned=_tuned(config),
    )  # fmt: skip


def _mean(probes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Means of the probes over seeds; `few` is the mean over choices of labels first."""
    few, many = tuple(float(np.mean(p["few"])) for p in probes), tuple(float(p["many"]) for p in probes)
    return {
        "knn": float(np.mean([p["knn"] for p in probes])),
        "few": float(np.mean(few)), "few_seeds": few, "few_choices": tuple(tuple(p["few"]) for p in probes),
        "many": float(np.mean(many)), "many_seeds": many,
    }  # fmt: skip


def _tuned(config: RunConfig) -> float | None:
    """The whole network of the recorded run trained on with few labels, where that was measured."""
    values = transfer.read().get("tuned", {}).get("few", {}).get(config.task)
    both = [default(config.task, which) for which in ("short", "elsewhere")]
    shared = COMMON_DATA.get(TASKS[config.task].modality, "")
    tuned = next((one for one in both if one.data == shared), both[0])  # as `transfer_record` chooses
    return float(np.mean(values)) if values and config == tuned else None
