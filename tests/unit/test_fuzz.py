"""The fuzzing of `make fuzz`, with a handful of inputs for each place where something comes in."""

from __future__ import annotations

import queue
import random
from types import SimpleNamespace
from typing import Any

import pytest

from tests import fuzz


@pytest.mark.parametrize("name", fuzz.TARGETS)
def test_a_few_spoilt_inputs_are_taken_or_refused(name: str) -> None:
    at, finds = SimpleNamespace(value=-1), queue.Queue[Any]()
    fuzz.work(name, 0, 40, at, finds)
    assert list(finds.queue) == []
    assert at.value == 40


def test_what_goes_wrong_is_found_and_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def brittle() -> fuzz.Target:
        def one(rng: random.Random) -> str:
            given = fuzz.misspelt(rng, "12")
            int(given)
            return given

        return one

    monkeypatch.setitem(fuzz.TARGETS, "brittle", (brittle, 0))
    told = []
    for _ in range(2):
        finds = queue.Queue[Any]()
        fuzz.work("brittle", 0, 30, SimpleNamespace(value=-1), finds)
        told.append(list(finds.queue))
    assert told[0] == told[1]
    assert len(told[0]) > 10
    assert "invalid literal for int()" in told[0][0][1]


def test_over_a_million_inputs_are_planned() -> None:
    assert sum(count for _, count in fuzz.TARGETS.values()) >= 1_000_000
