"""What labels are worth on top of a trunk: what was recorded of it, and the same measured again on demand.

`transfer_record` writes the recording; a page only reads it. What a page asks for comes as stages for `work.Work`.
Importing this brings no torch.
"""

from __future__ import annotations

import json
from functools import lru_cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue import TASKS, load
from sslviz.evaluation import transfer as maths
from sslviz.training.config import RunConfig
from sslviz.training.results import recorded

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch, ProbeData
    from sslviz.training.live.work import Call, Stage

FILE = "transfer.json"  # what belongs to no task alone; the folder of the same name has a file a task
PICTURES = "clothes_anywhere"  # what trunks for pictures are judged on first, whatever they were trained on
CENTRED, EMOJI = "fashion_mnist", "emoji"  # and what else
JUDGES = (PICTURES, CENTRED, EMOJI)
SCALE_LABELS = 10  # a class, for the probe of the section `scale` and for the comparison that the page opens with
CANDIDATES = 2000  # samples whose labels can be bought, and that regression learns from
TIMES = 10  # how often they are bought, each time with the next seed
STRATEGIES = ("at random", "spread out")
CHUNK = 4000  # samples in one job

Features = NDArray[np.float32]


# ---- what was recorded -----------------------------------------------------------------------------------------------


def path(task: str = "") -> Path:
    """Where is stored what belongs to a task; without a task, what all share."""
    shared = recorded.RUNS / FILE
    return shared.with_suffix("") / f"{task}.json" if task else shared


def read() -> dict[str, Any]:
    """All recorded sections by name; empty where nothing is recorded. Needs no torch."""
    files = [file for file in map(path, ("", *TASKS)) if file.exists()]
    return _read(tuple((file, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=2)
def _read(files: tuple[tuple[Path, int], ...]) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [json.loads(file.read_text("utf-8")) for file, _ in files]
    return reduce(_joined, parts, {})


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Both, name by name: what is nested joined in the same way, rows one after the other, times added up."""
    found = dict(one)
    for name, value in other.items():
        mine = found.get(name)
        if isinstance(value, dict) and isinstance(mine, dict):
            found[name] = _joined(mine, value)
        elif name in ("runs", "processor_seconds") and mine is not None:
            found[name] = mine + value
        else:
            found[name] = value
    return found


def group(task: str, data: str) -> str:
    """Runs of one group are judged by the same samples; those on clothes and emoji together by the clothes."""
    judge = CENTRED if data == "pictures" else data
    return judge if TASKS[task].pictures and judge in JUDGES else f"{task} on {data}"


def judges(task: str, data: str) -> tuple[str, ...]:
    """The data that a run can be judged by: a run on pictures by all JUDGES, any other by its own kind."""
    return JUDGES if group(task, data) in JUDGES else (data,)


def best(found: dict[str, Any], size: int = SCALE_LABELS) -> dict[str, Any] | None:
    """The run on pictures whose probe is best with `size` labels a class, and what it has to beat.

    Returns:
        `run`, its entry; `trained`, `random`, `raw` and `scratch`: accuracies, one a choice of labels. None where one
        of them is not recorded.
    """
    if "probes" not in found or "scratch" not in found:
        return None
    where = found["probes"]["groups"][PICTURES]
    row = where["sizes"].index(size)
    runs = [run for run in found["probes"]["runs"] if run["group"] == PICTURES]
    winner = max(runs, key=lambda run: float(np.mean(run["curve"][row])))
    scratch = found["scratch"]["groups"][PICTURES]
    curves = {"trained": winner["curve"], "random": where["random"]["curve"], "raw": where["raw"]["curve"]}
    return {
        "run": winner, "scratch": scratch[row], **{name: curve[row] for name, curve in curves.items()},
    }  # fmt: skip


def same_and_other(table: list[list[list[float]]]) -> tuple[list[float], list[float]]:
    """Of team × team × choice: the mean over teams, a choice at a time, for the same team and for another one."""
    accuracy = np.array(table)
    same = np.eye(len(accuracy), dtype=bool)
    return accuracy[same].mean(0).tolist(), accuracy[~same].mean(0).tolist()


# ---- on demand -------------------------------------------------------------------------------------------------------


def purchase(
    task: str, data: str, x: Features, test: Features, labels: int, seed: int, strategy: str, times: int = TIMES
) -> dict[str, Any]:
    """Buy `labels` of the CANDIDATES by one of STRATEGIES, `times` times with seeds from `seed` on.

    Returns:
        `rows`: what was bought the first time, as places among all training samples, with their `names`; and of every
        time `accuracies` and `classes`, how many classes were among what was bought.
    """
    judged = probe_data(task, data)
    places = candidates(len(judged.train_y))
    y, worth, first = judged.train_y[places], [], None
    for number in range(seed, seed + times):
        at_random = strategy == STRATEGIES[0]
        rows = maths.at_random(len(x), labels, number) if at_random else maths.spread_out(x, labels, number)
        worth.append(maths.worth(x, y, rows, test, judged.test_y))
        first = rows if first is None else first
    assert first is not None  # noqa: S101 - times is at least 1
    first = first[np.argsort(y[first], kind="stable")]  # class by class, as a person would lay them out
    return {
        "rows": places[first].tolist(),
        "ids": np.asarray(judged.train.ids)[places[first]].tolist(),
        "names": [judged.names[int(kind)] for kind in y[first]],
        "accuracies": [bought["accuracy"] for bought in worth],
        "classes": [bought["classes"] for bought in worth],
    }


def curve_stages(config: RunConfig, weights: Any, kept: Any, seed: int) -> list[Stage]:
    """The curve of one run with one choice of labels, as stages for `Work`: it finds (size, accuracy) pairs."""
    plain, parts, sizes = config.to_json(), list[tuple[str, int]](), list[int]()

    def measure(_: list[Any]) -> list[Call]:
        return [(_shape, config.task, config.data)]

    def vectors(found: list[Any]) -> list[Call]:
        ((lengths, largest_first),) = found
        sizes.extend(largest_first)
        parts.extend((part, first) for part, n in lengths for first in range(0, n, CHUNK))
        return [(some_features, plain, weights, kept, part, first) for part, first in parts]

    def points(found: list[Any]) -> list[Call]:
        joined = [
            np.concatenate([x for (part, _), x in zip(parts, found, strict=True) if part == which])
            for which in ("train", "test")
        ]
        return [(curve_point, config.task, config.data, *joined, size, seed) for size in sizes]

    return [measure, vectors, points]


def buying_stages(config: RunConfig, weights: Any, kept: Any, labels: int, seed: int) -> list[Stage]:
    """Both strategies to buy labels, as stages for `Work`: they give what `purchase` returns, by STRATEGIES."""
    plain = config.to_json()

    def vectors(_: list[Any]) -> list[Call]:
        return [(some_features, plain, weights, kept, part, 0) for part in ("candidates", "test")]

    def buy(found: list[Any]) -> list[Call]:
        return [(purchase, config.task, config.data, *found, labels, seed, strategy) for strategy in STRATEGIES]

    return [vectors, buy]


def _shape(task: str, data: str) -> tuple[list[tuple[str, int]], list[int]]:
    """How many samples there are to train the probe on and to test it, and the sizes of the curve, largest first."""
    judged = probe_data(task, data)
    largest_first = sorted(maths.sizes(judged.train_y), key=lambda size: size or len(judged.train_y), reverse=True)
    return [("train", len(judged.train_y)), ("test", len(judged.test_y))], largest_first


def some_features(config: str, weights: Any, kept: Any, part: str, first: int) -> Features:
    """The vectors of some samples, on a worker."""
    run = RunConfig.from_json(config)
    data = probe_data(run.task, run.data)
    rows = candidates(len(data.train_y)) if part == "candidates" else np.arange(len(data.test_y))
    if part == "train":
        rows = np.arange(len(data.train_y))
    batch = data.test if part == "test" else data.train
    (x,) = features(run, weights, kept, batch.rows(rows[first : first + CHUNK]))
    return x


def curve_point(task: str, data: str, train: Features, test: Features, size: int, seed: int) -> tuple[int, float]:
    """The size, and the probe's accuracy with so many labels a class, on a worker."""
    judged = probe_data(task, data)
    return size, maths.point(train, judged.train_y, test, judged.test_y, size, seed)


# ---- common ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=3)
def probe_data(task: str, data: str) -> ProbeData:
    """Samples with true classes of a task, kept from call to call."""
    return load(task).probe_data(data)


def candidates(n: int) -> NDArray[np.int64]:
    """The rows that labels can be bought of; the same for every run and visitor."""
    return np.sort(np.random.default_rng(0).permutation(n)[:CANDIDATES])


def features(config: RunConfig, weights: Any, kept: Any, *batches: Batch) -> tuple[Features, ...]:
    """(n, width) the frozen trunk's vectors of some batches."""
    from sslviz.training.answers import ask

    return ask(config, weights, lambda learner: tuple(learner.features(batch) for batch in batches), kept)
