"""Measure transfer for every recorded run, and keep it in `assets/runs/transfer.json` and a file a task beside it.

Each section has its maker, and is kept as soon as it is done. `transfer` reads them. A new task is measured alone and
adds its file. Importing this brings no torch.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sslviz.catalogue import TASKS
from sslviz.evaluation import transfer as maths
from sslviz.evaluation.transfer import ALL, CHOICES
from sslviz.training.config import RunConfig, default
from sslviz.training.results import provenance, recorded, transfer
from sslviz.training.results.transfer import CENTRED, JUDGES, PICTURES, SCALE_LABELS

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch, ProbeData, Task

EVERY = tuple(TASKS)
LABELS = 20  # bought in the section `bought`
TUNED, TUNED_SIZES = ("masked_patches", "same_or_different", "cluster_ids"), (1, 10, 100, ALL)
SCALE_TASK, SCALE = "same_or_different", (100, 1000, 10_000)  # pictures without labels
TEAM_LABELS = 50  # a class
OF_RUNS = ("probes", "bought", "teams", "tuned")  # sections that look at the recorded runs
BY_TASK = (*OF_RUNS, "scratch")  # sections in which each task has its place
OWNED = (
    "groups",
    "runs",
    "accuracy",
    "few",
    "few_sizes",
    "curve",
    "weights",
)  # what there is keyed by task, run or group
FEW = (1, 2, 5, 10)  # labels a class with which a network from scratch is trained for all choices of labels
TRAINED = CHOICES[:3]  # choices of labels for which a whole network is trained, where that takes long
RATES, VALIDATION = (1e-3, 3e-3), 1000  # learning rates to choose from; training pictures that judge them

Say = Callable[[str], None]


def record(sections: Sequence[str] = (), only: Sequence[str] = (), say: Say = print) -> Path:
    """Measure the sections that are named (all, if none is), and keep each as soon as it is done.

    Args:
        sections: what to measure.
        only: tasks; of these alone, in the sections that tell tasks apart. All others stay as they are recorded.
        say: hears how far it is.

    Returns:
        The file, or the folder with the files of the tasks.

    Raises:
        ValueError: for a section that there is not, or that tells no tasks apart.
    """
    makers: dict[str, Callable[[Say, Sequence[str]], dict[str, Any]]] = {
        "rate": _rate, "probes": _probes, "scratch": _scratch, "bought": _purchases, "teams": _teams, "scale": _scale,
        "tuned": _tuned,
    }  # fmt: skip
    if only:
        makers = {name: maker for name, maker in makers.items() if name in BY_TASK}
    if unknown := [name for name in sections if name not in makers]:
        msg = f"There is no section {', '.join(unknown)}; there are {', '.join(makers)}."
        raise ValueError(msg)
    tasks = tuple(only or EVERY)
    for name in sections or makers:
        began, spent = time.perf_counter(), time.process_time()
        found = makers[name](say, tasks)
        spent, wall = time.process_time() - spent, time.perf_counter() - began
        say(f"{name}: {wall:.0f} s, of which {spent:.0f} s on the processor")
        about = {"code": code(name), "processor_seconds": round(spent, 1)}
        if name in OF_RUNS:
            about["weights"] = weights(tasks)
        write({name: {**found, **about}}, only)
    return transfer.path().with_suffix("") if only else transfer.path()


def write(found: dict[str, Any], only: Sequence[str] = ()) -> None:
    """Keep sections: what belongs to a task in its own file, the rest in one file; of `only` some tasks, if named."""
    for task in only or ("", *TASKS):
        parts = {name: _part(section, task) for name, section in found.items()}
        for name, part in parts.items():
            if only:
                part["processor_seconds"] = round(found[name]["processor_seconds"] / len(only), 1)
        parts = {name: part for name, part in parts.items() if not task or part.keys() - {"code", "processor_seconds"}}
        if parts:
            file = transfer.path(task)
            file.parent.mkdir(exist_ok=True)
            kept = json.loads(file.read_text("utf-8")) if file.exists() else {}
            file.write_text(json.dumps({**kept, **parts}, indent=1) + "\n", "utf-8")


def _part(section: dict[str, Any], task: str) -> dict[str, Any]:
    """What of a section belongs to a task (empty: to none), and the code that measured it."""
    part: dict[str, Any] = {"code": section["code"]}
    for name, value in section.items():
        if name in OWNED and isinstance(value, dict):
            mine: Any = {key: one for key, one in value.items() if _owner(key) == task}
        elif name == "runs":
            mine = [run for run in value if run["task"] == task]
        elif name != "code" and task == "":
            mine = value
        else:
            continue
        if mine or not isinstance(value, dict | list):
            part[name] = mine
    return part


def _owner(name: str) -> str:
    """The task that a group of samples, a recording or a task's own name belongs to; empty: to none."""
    return _owners().get(name.split(" on ", 1)[0], "")


@lru_cache(maxsize=1)
def _owners() -> dict[str, str]:
    return {recorded.name(task, which): task for task in TASKS for which in recorded.KINDS}


def code(section: str) -> provenance.Code:
    """Fingerprints of the modules that measure a section."""
    names = [
        "sslviz.models.trunk", "sslviz.models.tokens", "sslviz.evaluation.probes", "sslviz.evaluation.transfer",
        "sslviz.training.supervised", "sslviz.training.loop",
    ]  # fmt: skip
    if section in ("scratch", "tuned"):
        names.append("sslviz.training.tuning")
    return provenance.fingerprints(names)


def weights(tasks: Sequence[str] = EVERY) -> dict[str, str]:
    """Sixteen letters for the weights of every recorded run, to check whether what was measured is still there."""
    return {
        recorded.name(task, which): hashlib.sha256(np.ascontiguousarray(run.weights).tobytes()).hexdigest()[:16]
        for task, which, run in _runs(tasks)
    }


def _runs(tasks: Sequence[str] = EVERY) -> list[tuple[str, str, recorded.Recording]]:
    found = [(task, which, recorded.read(task, which)) for task in tasks for which in recorded.KINDS]
    return [(task, which, run) for task, which, run in found if run is not None]


def _comparable(tasks: Sequence[str] = EVERY) -> list[tuple[str, recorded.Recording]]:
    """Of every task its run with the default budget: on PICTURES where it can train on them."""
    return [
        (task, run) for task, which, run in _runs(tasks)
        if which != "long" and (run.config.data == PICTURES if PICTURES in TASKS[task].data else which == "short")
    ]  # fmt: skip


def _on_pictures(tasks: Sequence[str] = EVERY) -> list[tuple[str, str, recorded.Recording]]:
    return [one for one in _runs(tasks) if transfer.group(one[0], one[2].config.data) in JUDGES]


def _probes(say: Say, tasks: Sequence[str] = EVERY) -> dict[str, Any]:
    """Curves, clusters and regressions of every recorded run; and, a group, of a random trunk and of the raw input."""
    runs, groups = list[dict[str, Any]](), dict[str, Any]()
    every = [(*one, data) for one in _runs(tasks) for data in transfer.judges(one[0], one[2].config.data)]
    for task, which, run, judge in every:
        config = replace(run.config, data=judge)
        data, where = transfer.probe_data(task, judge), transfer.group(task, judge)
        if where not in groups and _measured(where, tasks):
            groups[where] = {
                "labels": len(data.train_y), "tests": len(data.test_y), "classes": list(data.names),
                "sizes": maths.sizes(data.train_y), "raw_name": data.raw_name,
                "chance": float(np.bincount(data.test_y).max() / len(data.test_y)),
                "raw": {
                    "curve": maths.curve(data.raw_train, data.train_y, data.raw_test, data.test_y),
                    **_beside_classes(data, data.raw_train, data.raw_test),
                },
                "random": _random(config, data),
            }  # fmt: skip
            say(f"{where}: {json.dumps({k: groups[where][k]['curve'] for k in ('raw', 'random')})}")
        train, test = transfer.features(config, run.weights, run.buffers, data.train, data.test)
        judged = _judged(data, train, test)
        say(f"{recorded.name(task, which)} on {judge}: {json.dumps(judged['curve'])}")
        seeds = [float(np.mean(figures["probes"]["trained"]["few"])) for figures in (run.figures, *run.repeats)]
        about = {"task": task, "which": which, "data": run.config.data, "steps": run.config.steps, "group": where}
        own = {"run_seeds": seeds, "few": run.figures["per_class"], "knn": run.figures["probes"]["trained"]["knn"],
               "knn_labels": run.figures["many_labels"]}  # fmt: skip
        runs.append(
            {**about, **judged, **(own if where == transfer.group(task, run.config.data) else {"run_seeds": []})}
        )
    return {"runs": runs, "groups": groups}


def _measured(where: str, tasks: Sequence[str]) -> bool:
    """Whether a group of samples has to be measured: a task's own with the task, those of all with all tasks."""
    return _owner(where) in tasks or len(tasks) == len(TASKS)


def _judged(data: ProbeData, train: Any, test: Any) -> dict[str, Any]:
    """Curve, clusters of the test rows, and how well the samples' own numbers can be predicted."""
    return {"curve": maths.curve(train, data.train_y, test, data.test_y), **_beside_classes(data, train, test)}


def _beside_classes(data: ProbeData, train: Any, test: Any) -> dict[str, Any]:
    """Clusters and regressions: what is measured beside classification."""
    rows = transfer.candidates(len(data.train_y))
    numbers, asked = _numbers(data.train.rows(rows)), _numbers(data.test)
    train, test = _short_indices(train), _short_indices(test)
    return {
        "groups": maths.groups(test, data.test_y),
        "numbers": {name: maths.r2(train[rows], numbers[name], test, asked[name]) for name in numbers},
    }


def _numbers(batch: Batch) -> dict[str, NDArray[np.float64]]:
    """What a sample's own numbers are: of pictures and of sentences; nothing of single words."""
    if "pixels" in batch.data:
        return maths.picture_numbers(batch.data["pixels"].numpy())
    ids = batch.data.get("ids", batch.data.get("a"))
    if ids is None:
        return {}
    from sslviz.data.text import SPECIALS

    return maths.sentence_numbers(ids.numpy(), len(SPECIALS))


def _short_indices(x: Any) -> Any:
    """The same; sparse rows with indices of 32 bits, since k-means takes no others."""
    if not sparse.issparse(x):
        return x
    return sparse.csr_array((x.data, x.indices.astype(np.int32), x.indptr.astype(np.int32)), shape=x.shape)


def random_choices(size: int) -> Sequence[int]:
    """As `maths.choices`; with all labels three, since each is another network here."""
    return maths.choices(size, CHOICES) if size != ALL else TRAINED


def _random(config: RunConfig, data: ProbeData) -> dict[str, Any]:
    """The same of three networks before their first step, each with a choice of labels of its own."""
    each = []
    for seed in CHOICES:
        if transfer.group(config.task, config.data) in JUDGES:
            from sslviz.training import supervised

            net = supervised.fresh(len(data.names), seed)
            train, test = (supervised.vectors(net, part.data["pixels"]) for part in (data.train, data.test))
        else:
            train, test = transfer.features(replace(config, seed=seed), None, None, data.train, data.test)
        own = _beside_classes(data, train, test) if seed == 0 else {}
        curve = [
            maths.point(train, data.train_y, test, data.test_y, size, seed) if seed in random_choices(size) else None
            for size in maths.sizes(data.train_y)
        ]
        each.append({**own, "curve": curve})
    merged = [
        [one["curve"][row] for one in each if one["curve"][row] is not None] for row in range(len(each[0]["curve"]))
    ]
    return {**each[0], "curve": merged}


def _rate(say: Say, _: Sequence[str] = ()) -> dict[str, Any]:
    """The learning rate from scratch, chosen on training pictures set aside, with SCALE_LABELS labels a class."""
    import torch

    from sslviz.training import supervised

    data = transfer.probe_data("masked_patches", PICTURES)
    order = np.random.default_rng(0).permutation(len(data.train_y))
    train, validation = np.sort(order[VALIDATION:]), np.sort(order[:VALIDATION])
    pixels, found = data.train.data["pixels"], []
    for rate in RATES:
        some = [train[maths.chosen(data.train_y[train], SCALE_LABELS, seed)] for seed in TRAINED]
        nets = [
            supervised.train(pixels[torch.from_numpy(rows)], data.train_y[rows], len(data.names), seed, lr=rate)
            for rows, seed in zip(some, TRAINED, strict=True)
        ]
        found.append(
            [supervised.right(net, pixels[torch.from_numpy(validation)], data.train_y[validation]) for net in nets]
        )
        say(f"learning rate {rate:g}: {found[-1]}")
    return {"rates": RATES, "labels": SCALE_LABELS, "aside": VALIDATION, "accuracy": found}


def _scratch(say: Say, tasks: Sequence[str] = EVERY) -> dict[str, Any]:
    """The same network, trained from scratch on the same labels, by group: a row a size, a column a seed."""
    found: dict[str, list[list[float]]] = {}
    for task, _, run in _runs(tasks):
        for judge in transfer.judges(task, run.config.data):
            if (where := transfer.group(task, judge)) not in found and _measured(where, tasks):
                found[where] = _from_scratch(replace(run.config, data=judge))
                say(f"from scratch, {where}: {found[where]}")
    return {"groups": found, "protocol": _protocol()}


def _from_scratch(config: RunConfig) -> list[list[float]]:
    """Pictures all by one network, other samples by that of their own task."""
    data = transfer.probe_data(config.task, config.data)
    pictures = transfer.group(config.task, config.data) in JUDGES

    def right(size: int, seed: int) -> float:
        return _learn(data, size, seed) if pictures else _tune(config, None, None, size, seed)

    clothes = transfer.group(config.task, config.data) in (PICTURES, CENTRED)

    def choices(size: int) -> Sequence[int]:
        return CHOICES if clothes and size in FEW else TRAINED

    return [[right(size, seed) for seed in choices(size)] for size in maths.sizes(data.train_y)]


def _tuned(say: Say, tasks: Sequence[str] = EVERY) -> dict[str, Any]:
    """All weights go on learning from what a pretext task left: with few labels for all, with more for some.

    Returns:
        `few`: by task, accuracies with about a hundred labels, one a seed, of the runs of `_comparable`; `few_sizes`,
        how many labels a class that is;
        `curve`: by task of TUNED, a row for each of `sizes`.
    """
    from sslviz.training.figures import LABELS as FEW

    few, few_sizes, curve = dict[str, list[float]](), dict[str, int](), dict[str, list[list[float]]]()
    for task, run in _comparable(tasks):

        def tuned(size: int, run: recorded.Recording = run) -> list[float]:
            return [_tune(run.config, run.weights, run.buffers, size, seed) for seed in TRAINED]

        few_sizes[task] = FEW // len(transfer.probe_data(task, run.config.data).names)
        if task in TUNED:
            curve[task] = [tuned(size) for size in TUNED_SIZES]
            few[task] = curve[task][TUNED_SIZES.index(few_sizes[task])]
        else:
            few[task] = tuned(few_sizes[task])
        say(f"{task}, fine-tuned: {curve.get(task, few[task])}")
    return {
        "sizes": TUNED_SIZES, "curve": curve, "few": few, "few_sizes": few_sizes, "protocol": _protocol(),
    }  # fmt: skip


def _tune(config: RunConfig, weights: Any, kept: Any, size: int, seed: int) -> float:
    """Accuracy on the test rows after `size` labels a class; `weights` None: from scratch."""
    from sslviz.training import supervised, tuning

    data = transfer.probe_data(config.task, config.data)
    net = tuning.Tuned(config, weights, kept, len(data.names), seed)
    tuning.learn(net, data, maths.chosen(data.train_y, size, seed), seed, supervised.RATE)
    return tuning.right(net, data)


def _protocol() -> dict[str, Any]:
    """How networks are trained on labels here."""
    from sslviz.training import supervised

    return supervised.about()


def _learn(data: ProbeData, size: int, seed: int) -> float:
    """Accuracy on the test pictures after learning from `size` labels a class, from scratch."""
    import torch

    from sslviz.training import supervised

    rows = maths.chosen(data.train_y, size, seed)
    pixels = data.train.data["pixels"][torch.from_numpy(rows)]
    net = supervised.train(pixels, data.train_y[rows], len(data.names), seed)
    return supervised.right(net, data.test.data["pixels"], data.test_y)


def _scale(say: Say, _: Sequence[str] = ()) -> dict[str, Any]:
    """One task, trained with few and with many pictures without labels, with the same steps; then the probe."""
    rows = []
    for count in SCALE:
        rows.append([scaled(count, seed) for seed in TRAINED])
        say(f"{SCALE_TASK} on {count:,} pictures: {rows[-1]}")
    steps = default(SCALE_TASK).steps
    return {"task": SCALE_TASK, "sizes": SCALE, "labels": SCALE_LABELS, "steps": steps, "accuracy": rows}


def scaled(count: int, seed: int, config: RunConfig | None = None) -> float:
    """Train on `count` pictures only, and give the probe's accuracy with SCALE_LABELS labels a class."""
    from sslviz.training import whole
    from sslviz.training.loop import Learner

    config = replace(config or default(SCALE_TASK), data=PICTURES, seed=seed, device="cpu")
    learner = Learner(config)
    rows = np.random.default_rng((seed, count)).permutation(learner.task.size(PICTURES, "train"))[:count]
    learner.task = cast("Task", Fewer(learner.task, np.sort(rows)))
    whole.unwatched(learner)
    data = transfer.probe_data(config.task, PICTURES)
    train, test = learner.features(data.train), learner.features(data.test)
    return maths.point(train, data.train_y, test, data.test_y, SCALE_LABELS, seed)


class Fewer:
    """A task that has only some of its training samples; in all else it is the task itself."""

    def __init__(self, task: Task, rows: NDArray[np.int64]) -> None:
        self._task, self._rows = task, rows

    def __getattr__(self, name: str) -> Any:
        """Whatever is not about training samples."""
        return getattr(self._task, name)

    def size(self, data: str, part: str) -> int:
        """How many samples there are now."""
        return len(self._rows) if part == "train" else self._task.size(data, part)

    def batch(self, data: str, part: str, rows: NDArray[np.int64]) -> Batch:
        """Samples by their place among those that are left."""
        return self._task.batch(data, part, self._rows[rows] if part == "train" else rows)


def _teams(say: Say, tasks: Sequence[str] = EVERY) -> dict[str, Any]:
    """A head trained on one team's emoji, tested on every team's; trunks frozen, and the network from scratch."""
    import torch

    from sslviz.data import images
    from sslviz.training import supervised

    emoji = images.load("emoji")
    drawn, asked = images.emoji_teams("train"), images.emoji_teams("held_out")
    groups = emoji.held_out_groups
    common = np.array([group for group in np.unique(groups) if len(np.unique(asked[groups == group])) == 3])
    tests = [np.flatnonzero((asked == team) & np.isin(groups, common)) for team in range(len(images.TEAMS))]
    train_x, test_x = (torch.from_numpy(p.transpose(0, 3, 1, 2).copy()) for p in (emoji.images, emoji.held_out_images))
    labels = [
        [
            rows[maths.chosen(emoji.labels[rows], TEAM_LABELS, seed)]
            for seed in TRAINED
            for rows in [np.flatnonzero(drawn == team)]
        ]
        for team in range(len(images.TEAMS))
    ]

    def table(right: Callable[[NDArray[np.int64], int, NDArray[np.int64]], float]) -> list[list[list[float]]]:
        """Team of the labels × team of the test × choice of labels."""
        return [[[right(rows, seed, test) for seed, rows in enumerate(some)] for test in tests] for some in labels]

    def probe(train: Any, test: Any) -> list[list[list[float]]]:
        from sslviz.evaluation import probes

        return table(lambda rows, _, held_out: probes.linear(
            train[rows], emoji.labels[rows], test[held_out], emoji.held_out_labels[held_out]
        ))  # fmt: skip

    @lru_cache(maxsize=16)
    def trained_on(rows: bytes, seed: int) -> supervised.Classifier:
        some = np.frombuffer(rows, np.int64)
        pixels = train_x[torch.from_numpy(some.copy())]
        return supervised.train(pixels, emoji.labels[some], len(emoji.class_names), seed)

    found: dict[str, Any] = {}
    if len(tasks) == len(TASKS):  # else these are recorded already
        found["scratch"] = table(
            lambda rows, seed, held_out: supervised.right(
                trained_on(rows.tobytes(), seed), test_x[torch.from_numpy(held_out)], emoji.held_out_labels[held_out]
            )
        )
        found["raw"] = probe(
            *(p.reshape(len(p), -1).astype(np.float32) / 255 for p in (emoji.images, emoji.held_out_images))
        )
        found["random"] = probe(*(supervised.vectors(supervised.fresh(2, 0), p) for p in (train_x, test_x)))
    from sslviz.tasks.base import Batch

    batches = [Batch(np.arange(len(p)), {"pixels": p}) for p in (train_x, test_x)]
    for task, which, run in _on_pictures(tasks):
        found[recorded.name(task, which)] = probe(*transfer.features(run.config, run.weights, run.buffers, *batches))
    for name, rows in found.items():
        same, other = transfer.same_and_other(rows)
        say(f"{name}: same team {np.mean(same):.3f}, another {np.mean(other):.3f}")
    held_out = np.concatenate(tests)
    return {
        "teams": list(images.TEAMS), "labels": TEAM_LABELS, "classes": len(emoji.class_names), "tests": len(common),
        "chance": float(np.bincount(emoji.held_out_labels[held_out]).max() / len(held_out)), "accuracy": found,
    }  # fmt: skip


def _purchases(say: Say, tasks: Sequence[str] = EVERY) -> dict[str, Any]:
    """Labels bought at random, and spread out over the vectors of each trunk for pictures."""
    found = {}
    for task, which, run in _on_pictures(tasks):
        data, config = transfer.probe_data(task, PICTURES), replace(run.config, data=PICTURES)
        some = data.train.rows(transfer.candidates(len(data.train_y)))
        x, test = transfer.features(config, run.weights, run.buffers, some, data.test)
        found[recorded.name(task, which)] = {
            strategy: transfer.purchase(task, PICTURES, x, test, LABELS, 0, strategy)
            for strategy in transfer.STRATEGIES
        }
        means = {
            strategy: round(float(np.mean(one["accuracies"])), 3)
            for strategy, one in found[recorded.name(task, which)].items()
        }
        say(f"{recorded.name(task, which)}, {LABELS} labels: {means}")
    return {"labels": LABELS, "times": transfer.TIMES, "runs": found}
