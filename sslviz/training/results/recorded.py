"""Recorded runs: one small file a task, so that a first visitor sees a trained model at once.

A file holds the config, the curve, the frames of the map, the weights in half precision, the figures, and fingerprints
of the code that made them (`provenance`). Tests load the weights, judge them again, and replay the first steps.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue import TASKS
from sslviz.evaluation.lead import Lead, lead
from sslviz.training.config import RunConfig
from sslviz.training.results import provenance

if TYPE_CHECKING:
    from sslviz.training.figures import Known

RUNS = provenance.RUNS
HOME = RUNS / "home.json"  # what the model of Masked words says in the picture on the home page
KINDS = ("short", "long", "elsewhere")  # the default budget, a longer one, the default one on other data
UNITS = 32767  # int16: the map's coordinates are stored as shares of the largest one


@dataclass(frozen=True)
class MapInfo:
    """What the points of a map are: class numbers (n), their names, a text a point, the picture set of `ids`."""

    classes: list[int]
    names: list[str]
    texts: list[str]
    ids: list[int]
    pictures: str


@dataclass(frozen=True, eq=False)
class Recording:
    """A recorded run. `losses` (steps,) float32, `points` and `pca` (frames, n, 2) float32, `features` (n, width).

    `map` tells what the points are; `meta` tells seconds, processor seconds, device, versions; `figures` is what
    `figures.figures` returned, and `repeats` the same of the other seeds.
    """

    config: RunConfig
    losses: NDArray[np.float32]
    steps: NDArray[np.int64]
    held_out: NDArray[np.float32]
    scores: list[dict[str, float]]
    knn: NDArray[np.float32]
    points: NDArray[np.float32]
    pca: NDArray[np.float32]
    features: NDArray[np.float32]
    weights: NDArray[np.float16]
    buffers: NDArray[np.float32]
    figures: dict[str, Any]
    repeats: list[dict[str, Any]]
    meta: dict[str, Any]
    map: MapInfo


def path(task: str, which: str = "short") -> Path:
    """Where a recording lies: one of KINDS."""
    return RUNS / f"{name(task, which)}.npz"


def name(task: str, which: str) -> str:
    """What a recording is called in files.

    >>> name("queue", "short"), name("queue", "long")
    ('queue', 'queue_long')
    """
    return task if which == KINDS[0] else f"{task}_{which}"


def kinds(task: str) -> tuple[str, ...]:
    """Which recordings of a task there are, the usual one first."""
    return (KINDS[0], *(which for which in KINDS[1:] if path(task, which).exists()))


def record(config: RunConfig, seeds: int = 1, say: Any = print) -> Recording:
    """Train from the first step to the last with several run seeds; keep the first run, and the figures of all."""
    from dataclasses import replace

    from sslviz.evaluation import projection
    from sslviz.training import loop, whole
    from sslviz.training.figures import figures

    all_figures, first = [], None
    for seed in range(config.seed, config.seed + seeds):
        one = replace(config, seed=seed)
        wall, cpu = time.perf_counter(), time.process_time()
        snapshots: list[loop.Snapshot] = []
        try:
            state = whole.train(one, snapshots.append)
        except loop.Diverged as step:
            msg = f"{one.task}, seed {seed}: the loss was no number at step {step}"
            raise ArithmeticError(msg) from None
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        all_figures.append(figures(one, state))
        say(f"{one.task} on {one.data}, seed {seed}: {wall:.0f} s, of which {cpu:.0f} s on the processor")
        summary = {k: v for k, v in all_figures[-1].items() if k in ("loss", "scores", "baselines", "probes")}
        say(f"  {json.dumps(summary)}")
        first = first or (state, snapshots, wall, cpu)
    assert first is not None  # noqa: S101 - seeds is at least 1
    state, snapshots, wall, cpu = first
    evaluations = [e for s in snapshots for e in s.evaluations]
    basis = projection.pca_basis(evaluations[-1].features.astype(np.float32))  # one basis, so that frames compare
    meta = {
        "seconds": wall, "processor_seconds": cpu, "device": snapshots[-1].device,
        "code": provenance.behind(config.task),
        "python": platform.python_version(), "torch": metadata.version("torch"), "numpy": metadata.version("numpy"),
        "map_steps": projection.NEXT_STEPS,
    }  # fmt: skip
    return Recording(
        config=config,
        losses=np.concatenate([s.losses for s in snapshots]),
        steps=np.array([e.step for e in evaluations]),
        held_out=np.array([e.loss for e in evaluations], np.float32),
        scores=[e.scores for e in evaluations],
        knn=np.array([e.knn for e in evaluations], np.float32),
        points=np.stack([e.points for e in evaluations]),
        pca=np.stack([projection.pca(e.features.astype(np.float32), basis) for e in evaluations]),
        features=evaluations[-1].features.astype(np.float32),
        weights=state["weights"].astype(np.float16),
        buffers=state["buffers"],
        figures=all_figures[0],
        repeats=all_figures[1:],
        meta=meta,
        map=map_info(config),
    )


@lru_cache(maxsize=8)
def map_info(config: RunConfig) -> MapInfo:
    """What the points of this run's map are; imports torch."""
    from sslviz.catalogue import load

    data = load(config.task).probe_data(config.data)
    data = data.few(1)
    ids = [int(number) for number in data.test.ids]
    return MapInfo([int(y) for y in data.test_y], list(data.names), list(data.texts), ids, data.pictures)


def known(config: RunConfig) -> Known:
    """What is recorded and holds for a run with these settings, too; of recordings made by the code of today.

    The probes of the raw input are those of any run on the same data. Those of the untrained trunk are those of a run
    of the same settings and run seed, however long it was.
    """
    from sslviz.training.figures import Known

    raw = random = None
    for which in kinds(config.task):
        run = read(config.task, which)
        if run is None or run.config.data != config.data or not run.figures.get("probes"):
            continue
        if provenance.changed(run.meta["code"]):
            continue
        raw = run.figures
        if run.config.choices == config.choices:
            seeds = dict(enumerate((run.figures, *run.repeats), run.config.seed))
            random = random or seeds.get(config.seed)
    return Known(raw, random)


def save(run: Recording, which: str = "short") -> Path:
    """Write a recording; returns where to."""
    scale = [float(np.abs(a).max()) for a in (run.points, run.pca)]
    plain = {"config": run.config.to_json(), "scores": run.scores, "figures": run.figures, "repeats": run.repeats}
    target = path(run.config.task, which)
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        target,
        json=np.array(json.dumps({**plain, "meta": run.meta, "scale": scale, "map": asdict(run.map)})),
        losses=run.losses,
        steps=run.steps,
        held=run.held_out,
        knn=run.knn,
        points=np.round(run.points / scale[0] * UNITS).astype(np.int16),
        pca=np.round(run.pca / scale[1] * UNITS).astype(np.int16),
        features=run.features.astype(np.float16),
        weights=run.weights,
        buffers=run.buffers,
    )
    return target


def read(task: str, which: str = "short") -> Recording | None:
    """The recording of a task, or None where there is none. Needs no torch."""
    file = path(task, which)
    return _read(file, file.stat().st_mtime_ns) if file.exists() else None


@lru_cache(maxsize=64)  # all there are: 1 MB each, and a page asks for several
def _read(target: Path, _changed: int) -> Recording:
    with np.load(target) as file:
        plain = json.loads(str(file["json"]))
        scale = plain.pop("scale")
        config = RunConfig.from_json(plain.pop("config"))
        points = MapInfo(**plain.pop("map")) if "map" in plain else map_info(config)
        return Recording(
            config=config,
            map=points,
            losses=file["losses"],
            steps=file["steps"],
            held_out=file["held"],
            knn=file["knn"],
            points=file["points"].astype(np.float32) / UNITS * scale[0],
            pca=file["pca"].astype(np.float32) / UNITS * scale[1],
            features=file["features"].astype(np.float32),
            weights=file["weights"],
            buffers=file["buffers"],
            **plain,
        )


def write_home(words: tuple[str, str, str] = ("The cat is", "on", "the table .")) -> None:
    """Ask the best recorded model for the hidden word of the home page's sentence, and store what it really says."""
    import torch

    from sslviz.data import text
    from sslviz.tasks.base import Labelled
    from sslviz.training.answers import ask

    run = read("masked_words", "long") or read("masked_words")
    if run is None:
        return
    before, hidden, after = words
    tokens, corpus = text.tokenise(" ".join(words)), text.corpus()
    ids = torch.from_numpy(corpus.encode(tokens))[None]
    ids[0, len(text.tokenise(before)) + 1] = text.MASK
    where = ids == text.MASK
    labelled = Labelled({"ids": ids, "visible": torch.ones_like(where)}, {}, where)
    top = ask(run.config, run.weights, lambda m: m.answer(labelled).data["p"][0].topk(5))
    answers = [[corpus.decode(n), round(p, 4)] for p, n in zip(top.values.tolist(), top.indices.tolist(), strict=True)]
    plain: dict[str, Any] = {
        "before": before,
        "hidden": hidden,
        "after": after,
        "answers": answers,
        "steps": run.config.steps,
    }
    plain["ahead"] = ahead()
    HOME.write_text(json.dumps(plain, indent=1) + "\n", "utf-8")


def leads(runs: Sequence[dict[str, Any]]) -> dict[str, Lead]:
    """How far a trunk is ahead of a "random" one and of the "raw" input with few labels.

    Args:
        runs: figures of runs that differ in their seed only; at least one.
    """
    few = {name: [run["probes"][name]["few"] for run in runs] for name in ("trained", "random", "raw")}
    return {"random": lead(few["trained"], few["random"]), "raw": lead(few["trained"], few["raw"][:1])}


def ahead() -> dict[str, Any] | None:
    """The run on pictures whose probe with few labels is furthest ahead of raw pixels; None where nothing is recorded.

    Only runs that were repeated with three run seeds count, and leads that are clear before those that are not.
    Returns `title`, `data`, `steps`, `labels`, `points`, the mean lead in percentage points, `error`, its standard
    error, `clear`, whether that is more than two of them, and `seeds`, how many runs that is the mean of.
    """
    found = []
    for task, which in ((task, which) for task, entry in TASKS.items() if entry.pictures for which in KINDS):
        run = read(task, which)
        if run is None or len(run.repeats) < 2:
            continue
        over = leads((run.figures, *run.repeats))["raw"]
        found.append({
            "title": TASKS[task].title, "data": run.config.data, "steps": run.config.steps,
            "labels": run.figures["labels"], "points": round(over.points, 1), "error": round(over.error or 0.0, 1),
            "clear": over.clear, "seeds": 1 + len(run.repeats),
        })  # fmt: skip
    return max(found, key=lambda run: (run["clear"] and run["points"] > 0, run["points"]), default=None)
