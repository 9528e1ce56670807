"""The figures of a finished run: what it can do on held-out samples, beside everything it has to beat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from sslviz.catalogue import TASKS, load
from sslviz.evaluation import bootstrap, label_efficiency, probes
from sslviz.tasks.base import Answer, Batch, ProbeData
from sslviz.training.config import RunConfig
from sslviz.training.loop import Learner, State

LABELS, MANY = 100, 2000  # labels that the probes may use
GROUPS = 10  # with fewer groups there is no bootstrap
LOWER = "lower 95 % bootstrap bound"


@dataclass(frozen=True)
class Known:
    """Figures of other runs that hold for this one, too: two thirds of what judging a run on pictures costs.

    Attributes:
        raw: of a run on the same data, for its probes of the raw input; None where there is none.
        random: of a run that began with the same weights, for its probes of the untrained trunk; None likewise.
    """

    raw: Mapping[str, Any] | None = None
    random: Mapping[str, Any] | None = None


NOTHING = Known()


def figures(config: RunConfig, state: State, known: Known = NOTHING) -> dict[str, Any]:
    """What a run has reached: see `judged`."""
    learner = Learner(config)
    learner.load(state)
    return judged(learner, known)


def judged(learner: Learner, known: Known = NOTHING) -> dict[str, Any]:
    """Held-out loss and scores with their baselines, and the probes beside raw input and a random trunk.

    Returns:
        `loss`, `scores`; `measures`, each of the "trained" and the "random" network; `baselines`, each with `name`,
        `loss`, `scores` and `constant`, the untrained network among them; `probes` with a row each for "trained",
        "random" and "raw": `knn`, `few` (a number for each of `probes.CHOICES`), `many`; and `per_class`, `labels`,
        `many_labels`, `chance`, `raw_name`, `classes`; and, where the task names other classes to judge by,
        `few_labels` by name: `labels` (how many a class), `chance`, and accuracies of "trained", "random" and "raw", a
        row for each number of labels, a column for each choice of them. Of pictures also `beside`: see `beside`. And
        `known`: which rows were taken from other runs, where there are such.
    """
    config, untrained = learner.config, Learner(learner.config)
    untrained.load(untrained.fresh())
    loss, scores = held_out(learner)
    more = few_labels(learner, untrained, known)
    bare_loss, bare_scores = held_out(untrained)
    bare = measures(untrained)
    data = _probe_data(config.task, config.data)
    return {
        "loss": loss,
        "scores": scores,
        "measures": {name: {"trained": value, "random": bare[name]} for name, value in measures(learner).items()},
        "baselines": [
            *baselines(learner),
            {"name": "untrained network", "loss": bare_loss, "scores": bare_scores, "constant": False},
        ],
        "probes": {
            "trained": _probes(data, learner.features(data.train), learner.features(data.test)),
            "random": known.random["probes"]["random"]
            if known.random
            else _random(replace(config, steps=20, scheduled=0, batch=16, lr=1e-3)),
            "raw": known.raw["probes"]["raw"] if known.raw else _raw(config.task, config.data),
        },
        "per_class": LABELS // len(data.names),
        "labels": LABELS // len(data.names) * len(data.names),
        "many_labels": len(data.train_y),
        "chance": float(np.bincount(data.test_y).max() / len(data.test_y)),
        "raw_name": data.raw_name,
        "classes": len(data.names),
        **({"few_labels": more} if more else {}),
        **({"known": taken} if (taken := [name for name in ("raw", "random") if getattr(known, name)]) else {}),
        **({"beside": beside(learner, known)} if TASKS[config.task].pictures else {}),
    }


def measures(learner: Learner) -> dict[str, float]:
    """What else the task measures; and where samples come in groups, the mean over groups with its lower bound."""
    result = dict(learner.task.measures(learner.net, learner.config.data))
    for name, (values, groups) in learner.task.outcomes(learner.net, learner.config.data).items():
        bound = bootstrap.over_groups(values, groups)
        result[name] = bound.mean
        if len(np.unique(groups)) >= GROUPS:
            result[f"{name}, {LOWER}"] = bound.low
    return result


def few_labels(learner: Learner, untrained: Learner, known: Known = NOTHING) -> dict[str, Any]:
    """How far very few labels go, for each of the classes that the task names."""
    result = {}
    for name, data in learner.task.more_probes(learner.config.data).items():
        result[name] = {
            "labels": list(label_efficiency.LABELS),
            "chance": float(np.bincount(data.test_y).max() / len(data.test_y)),
            "trained": _curve(learner, data),
            "random": known.random["few_labels"][name]["random"] if known.random else _curve(untrained, data),
            "raw": known.raw["few_labels"][name]["raw"]
            if known.raw
            else label_efficiency.curve(data.raw_train, data.train_y, data.raw_test, data.test_y),
        }
    return result


def _curve(learner: Learner, data: ProbeData) -> list[list[float]]:
    train, test = learner.features(data.train), learner.features(data.test)
    return label_efficiency.curve(train, data.train_y, test, data.test_y)


def beside(learner: Learner, known: Known = NOTHING) -> dict[str, list[float]]:
    """What pooling loses: the probe with few labels on all 16 vectors of the trunk in a row.

    Returns:
        Accuracies, one a choice of labels, of the "trained" network handed in and of its "random" beginning.
    """
    data = _probe_data(learner.config.task, learner.config.data)
    per_class = LABELS // len(data.names)

    def probe(one: Learner) -> list[float]:
        train, test = (_unpooled(one, batch) for batch in (data.train, data.test))
        return probes.linear_few(train, data.train_y, test, data.test_y, per_class)

    if known.random:
        return {"trained": probe(learner), "random": known.random["beside"]["random"]}
    fresh = Learner(learner.config)
    fresh.load(fresh.fresh())
    return {"trained": probe(learner), "random": probe(fresh)}


def _unpooled(learner: Learner, batch: Batch) -> NDArray[np.float32]:
    """(n, patches · width) the trunk's vectors of every patch, before they are pooled."""
    caught: list[Tensor] = []
    trunk = learner.net.get_submodule("trunk")
    hook = trunk.register_forward_hook(lambda _net, _in, out: caught.append(out.flatten(1).cpu()))
    try:
        learner.features(batch)
    finally:
        hook.remove()
    return np.concatenate([out.numpy() for out in caught])


def held_out(learner: Learner) -> tuple[float, dict[str, float]]:
    """Loss and scores over all held-out samples."""
    rows = []
    for labelled in learner.held_out(1_000_000):
        answer = Answer({k: v.detach() for k, v in learner.answer(labelled).data.items()})
        rows.append((learner.loss(labelled).total.item(), learner.task.score(answer, labelled)))
    names = rows[0][1]
    return float(np.mean([r[0] for r in rows])), {n: float(np.nanmean([r[1][n] for r in rows])) for n in names}


def baselines(learner: Learner) -> list[dict[str, Any]]:
    """The task's own baselines over all held-out samples, with the labels of this network where it makes them."""
    rows = [learner.task.baselines(x, learner.info, learner.options) for x in learner.held_out(1_000_000)]
    return [
        {
            "name": same[0].name,
            "loss": None if same[0].loss is None else float(np.mean([b.loss for b in same])),
            "scores": {k: float(np.nanmean([b.scores[k] for b in same])) for k in same[0].scores},
            "constant": same[0].constant,
            **({"note": same[0].note} if same[0].note else {}),
        }
        for same in zip(*rows, strict=True)
    ]


def few(learner: Learner) -> list[float]:
    """The probe of the trunk with few labels alone, one accuracy a choice of labels."""
    data = _probe_data(learner.config.task, learner.config.data)
    train, test = learner.features(data.train), learner.features(data.test)
    return probes.linear_few(train, data.train_y, test, data.test_y, LABELS // len(data.names))


def _probes(data: ProbeData, train: Any, test: Any) -> dict[str, Any]:
    few = probes.linear_few(train, data.train_y, test, data.test_y, LABELS // len(data.names))
    return {
        "knn": probes.knn(train, data.train_y, test, data.test_y),
        "few": few,
        "many": probes.linear(train, data.train_y, test, data.test_y),
    }


@lru_cache(maxsize=16)
def _random(config: RunConfig) -> dict[str, Any]:
    """The probes of an untrained trunk with the run's own seed, so that both started from the same weights."""
    learner, data = Learner(config), _probe_data(config.task, config.data)
    return _probes(data, learner.features(data.train), learner.features(data.test))


@lru_cache(maxsize=8)
def _raw(task: str, data: str) -> dict[str, Any]:
    samples = _probe_data(task, data)
    return _probes(samples, samples.raw_train, samples.raw_test)


@lru_cache(maxsize=4)
def _probe_data(task: str, data: str) -> ProbeData:
    """All test rows, and at most MANY training rows."""
    whole = load(task).probe_data(data)
    return replace(whole, shown=np.arange(len(whole.test_y))).few(MANY)
