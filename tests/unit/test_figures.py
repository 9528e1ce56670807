"""The figures of a finished run: complete, in range, and fair to what they are compared with."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.evaluation import probes
from sslviz.training import figures as module
from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.figures import baselines, figures, held_out
from sslviz.training.results import provenance, recorded
from tests.conftest import ALIKE
from tests.stand_ins import cheapen, fewer_choices, forget


@pytest.fixture(params=[pytest.param(s, marks=() if s in ALIKE else pytest.mark.slow) for s in TASKS])
def config(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    cheapen(monkeypatch, depth=1)
    monkeypatch.setattr(module, "MANY", 400)
    all_of_it = loop.Learner.held_out
    monkeypatch.setattr(loop.Learner, "held_out", lambda self, samples: all_of_it(self, min(samples, 768)))
    fewer_choices(monkeypatch)
    module._probe_data.cache_clear()
    module._raw.cache_clear()
    module._random.cache_clear()
    yield replace(default(request.param), steps=20, batch=64, device="cpu")
    for cached in (module._probe_data, module._raw, module._random):
        cached.cache_clear()
    forget()


@pytest.mark.slow
def test_they_are_complete_and_an_untrained_model_is_no_better_than_a_random_trunk(config: Any) -> None:
    result = figures(config, loop.start(config))
    assert json.loads(json.dumps(result)) == result  # they are stored as JSON
    assert set(result["probes"]) == {"trained", "random", "raw"}
    for row in result["probes"].values():
        assert len(row["few"]) == 3  # choices of labels, of `fewer_choices`
        assert all(0 <= value <= 1 for value in (row["knn"], row["many"], *row["few"]))
    assert result["probes"]["trained"] == result["probes"]["random"]
    assert result["labels"] == result["per_class"] * result["classes"] <= 100
    assert 0 < result["chance"] < 1
    names = [b["name"] for b in result["baselines"]]
    assert len(set(names)) == len(names)
    assert names[-1] == "untrained network"
    assert result["baselines"][-1]["loss"] == result["loss"]
    assert result["baselines"][-1]["scores"] == result["scores"]
    first = next(iter(result["scores"]))
    assert all(first in b["scores"] for b in result["baselines"])
    assert any(b["constant"] for b in result["baselines"])


def test_held_out_figures_repeat_exactly(config: Any) -> None:
    learner = loop.Learner(config)
    loss, scores = held_out(learner)
    assert np.isfinite(loss)
    assert (loss, scores) == held_out(loop.Learner(config))
    assert all(0 <= value <= 1 for value in scores.values())


def test_guessing_costs_the_logarithm_of_the_choices(config: Any) -> None:
    learner = loop.Learner(config)
    learner.load(learner.fresh())
    first = baselines(learner)[0]
    named = re.search(r"(?:(\d+) × )?ln ([\d,]+)", first["name"])
    if named is None:  # a distance, clusters of unlike sizes, clips of unlike length: those tasks' own tests tell
        assert TASKS[config.task].unit != "nats" or TASKS[config.task].label_from == "model"
        return
    times, choices = named.groups()
    assert first["loss"] == pytest.approx(float(times or 1) * np.log(float(choices.replace(",", ""))))
    if TASKS[config.task].unit == "cross-entropy, nats":  # the label is a distribution: no choice is the right one
        return
    among = float(times or choices.replace(",", ""))  # a label among its noise words, or one of all choices
    assert any(score == pytest.approx(1 / among) for score in first["scores"].values())


@pytest.mark.slow
def test_vectors_in_a_row_keep_what_their_mean_forgets() -> None:
    """`beside`: of an untrained trunk, the probe on all 16 vectors is ahead of that on their mean (0.47 to 0.50)."""
    from sslviz.training.figures import beside

    learner = loop.Learner(default("patch_order"))
    learner.load(learner.fresh())
    found = beside(learner)
    assert found["trained"] == found["random"]  # nothing was trained
    assert 0.6 < np.mean(found["random"]) < 0.75


@pytest.mark.parametrize("task", TASKS)
def test_what_no_training_changes_is_known_of_every_default_run(task: str) -> None:
    """Of the recordings there are, all that a run with the same settings and seed is judged beside."""
    for seed in (0, 1, 2):
        found = recorded.known(replace(default(task), seed=seed))
        assert found.raw is not None
        assert found.random is not None
        rows = {"raw": found.raw, "random": found.random}
        for name, row in rows.items():
            assert len(row["probes"][name]["few"]) == len(probes.CHOICES)
            assert all(name in one for one in row.get("few_labels", {}).values())
        assert ("beside" in found.random) == TASKS[task].pictures


def test_nothing_is_known_of_other_weights_data_or_code(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = default("masked_patches")
    assert recorded.known(replace(usual, steps=9000, batch=16)).random  # neither changes what it begins with
    for other in (replace(usual, seed=77), replace(usual, options=replace(usual.options, normalise=True))):
        assert recorded.known(other).random is None
        assert recorded.known(other).raw
    assert recorded.known(replace(usual, data="emoji")) == module.NOTHING
    monkeypatch.setattr(provenance, "changed", lambda _: ["sslviz.evaluation.probes"])
    assert recorded.known(usual) == module.NOTHING


@pytest.mark.slow
@pytest.mark.parametrize("task", ["masked_words", "two_views"])
def test_what_is_known_is_what_would_be_measured(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as two computers agree: one sample of thousands may be answered in another way."""
    fewer_choices(monkeypatch, penalty=True)
    config = replace(default(task), seed=1)
    learner = loop.Learner(config)
    learner.load(learner.fresh())
    fresh, known = module.judged(learner), module.judged(learner, recorded.known(config))
    for name in ("raw", "random"):
        for key, value in fresh["probes"][name].items():
            same = known["probes"][name][key][: len(value)] if key == "few" else known["probes"][name][key]
            assert same == pytest.approx(value, abs=0.01)
    if TASKS[task].pictures:
        few = fresh["beside"]["random"]
        assert known["beside"]["random"][: len(few)] == pytest.approx(few, abs=0.01)
    for name, rows in fresh.get("few_labels", {}).items():
        for which in ("raw", "random"):
            there = np.array(known["few_labels"][name][which])[:, : len(rows[which][0])]
            assert there == pytest.approx(np.array(rows[which]), abs=0.02)
    assert known["probes"]["trained"] == fresh["probes"]["trained"]
