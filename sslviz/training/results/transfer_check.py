"""Is what Transfer has recorded still true? Some cells of every section are measured again, and must come out again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sslviz.catalogue import TASKS
from sslviz.evaluation import transfer as maths
from sslviz.training.results import recorded, transfer, transfer_record
from sslviz.training.results.transfer import PICTURES

Cell = tuple[Any, Any]  # stored, measured again


def cells(section: str, found: dict[str, Any]) -> Iterator[Cell]:
    """Some cells of a section as they were stored in `found`, and as they are measured now.

    Raises:
        ValueError: for a section that there is not.
    """
    if section not in SAMPLED:
        msg = f"There is no section {section!r}; there are {', '.join(SAMPLED)}."
        raise ValueError(msg)
    return SAMPLED[section](found)


def _silent(_: str) -> None:
    """Nobody listens."""


def _run(task: str) -> recorded.Recording:
    run = recorded.read(task)
    if run is None:
        msg = f"There is no recording of {task}."
        raise ValueError(msg)
    return run


def _rate(found: dict[str, Any]) -> Iterator[Cell]:
    yield found["accuracy"], transfer_record._rate(_silent)["accuracy"]


def _purchases(found: dict[str, Any]) -> Iterator[Cell]:
    again = transfer_record._purchases(_silent, tuple(TASKS))["runs"]
    for name, ways in found["runs"].items():
        for way, one in ways.items():
            yield one["accuracies"], again[name][way]["accuracies"]


def _teams(found: dict[str, Any]) -> Iterator[Cell]:
    again = transfer_record._teams(_silent, tuple(TASKS))["accuracy"]
    for name, table in found["accuracy"].items():
        yield table, again[name]


def _probes(found: dict[str, Any]) -> Iterator[Cell]:
    """Of each kind of data its first run: the accuracy with the fewest labels, and what else its vectors tell."""
    seen = set()
    for one in found["runs"]:
        if one["group"] in seen or one["which"] != "short":
            continue
        seen.add(one["group"])
        task, run = one["task"], _run(one["task"])
        judges = transfer.judges(task, run.config.data)
        judge = next(data for data in judges if transfer.group(task, data) == one["group"])
        data = transfer.probe_data(task, judge)
        train, test = transfer.features(
            replace(run.config, data=judge), run.weights, run.buffers, data.train, data.test
        )
        size = maths.sizes(data.train_y)[0]
        yield one["curve"][0][0], maths.point(train, data.train_y, test, data.test_y, size, 0)
        aside = transfer_record._beside_classes(data, train, test)
        for name, value in one["numbers"].items():
            yield value, aside["numbers"][name]


def _scratch(found: dict[str, Any]) -> Iterator[Cell]:
    """One network on pictures, one on words."""
    data = transfer.probe_data("masked_patches", PICTURES)
    yield found["groups"][PICTURES][0][0], transfer_record._learn(data, 1, 0)
    words = _run("masked_words").config
    where = transfer.group("masked_words", words.data)
    yield found["groups"][where][0][0], transfer_record._tune(words, None, None, 1, 0)


def _tuned(found: dict[str, Any]) -> Iterator[Cell]:
    """One trunk for pictures, one for words."""
    for task in ("masked_patches", "masked_words"):
        run, size = _run(task), found["few_sizes"][task]
        yield found["few"][task][0], transfer_record._tune(run.config, run.weights, run.buffers, size, 0)


def _scale(found: dict[str, Any]) -> Iterator[Cell]:
    yield found["accuracy"][0][0], transfer_record.scaled(found["sizes"][0], 0)


SAMPLED = {
    "rate": _rate, "probes": _probes, "scratch": _scratch, "bought": _purchases, "teams": _teams, "scale": _scale,
    "tuned": _tuned,
}  # fmt: skip
