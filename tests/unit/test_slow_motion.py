"""One step in slow motion: real numbers, in words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.slow_motion import describe
from tests.stand_ins import cheapen, forget


@pytest.fixture(params=list(TASKS))
def step(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """(config, snapshot, phases, what is said of them) of the first step."""
    cheapen(monkeypatch)
    config = replace(default(request.param), steps=20, batch=16, device="cpu")
    _, snapshot, phases = loop.explain_step(config, loop.start(config))
    yield config, snapshot, phases, describe(phases, TASKS[request.param].unit)
    forget()


def number(phase: dict[str, Any], label: str) -> str:
    return dict(map(tuple, phase["numbers"]))[label]


def test_it_says_all_phases_in_order(step: Any) -> None:
    assert [phase["name"] for phase in step[3]] == ["draw", "change", "forward", "loss", "gradient", "update"]
    for phase in step[3]:
        assert phase["text"].endswith((".", "?"))
        assert len(phase["numbers"]) == 2


def test_it_is_plain_data(step: Any) -> None:
    assert json.loads(json.dumps(step[3])) == step[3]
    assert all(isinstance(value, str) for phase in step[3] for pair in phase["numbers"] for value in pair)


def test_its_numbers_are_those_of_the_step(step: Any) -> None:
    config, snapshot, phases, said = step
    draw, change, forward, loss, gradient, update = said
    assert number(draw, "samples") == "16"
    labels = int(phases[1][1]["labelled"].where.sum())
    assert number(change, "pseudo-labels") == f"{labels:,}"
    assert number(forward, "answers") == f"{labels:,}"
    assert float(number(loss, "mean")) == pytest.approx(float(snapshot.losses[0]), abs=5e-4)
    low, high = map(float, number(loss, "least, most").split(","))
    assert low <= float(number(loss, "mean")) + 0.01
    assert high >= float(number(loss, "mean")) - 0.01
    if TASKS[config.task].unit == "nats":
        assert float(number(forward, "likeliest p")) == pytest.approx(np.exp(-low), abs=0.01)
        assert "−ln p" in loss["text"]
    else:
        assert float(number(forward, "least loss")) == pytest.approx(low, abs=0.01)
        assert "−ln p" not in loss["text"]
    weights = len(loop.start(config)["weights"])
    assert number(gradient, "weights") == f"{weights:,}"
    assert float(number(gradient, "length")) > 0
    assert float(number(update, "learning rate")) == pytest.approx(loop.rate(config, 0), rel=0.05)
    assert number(update, "weights moved by").endswith("%")
