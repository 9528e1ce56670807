"""Bars as plain HTML: what they say to eye and ear."""

import re
from typing import Any

import pytest

from sslviz.ui.frame import bars
from sslviz.ui.frame.bars import Bar


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(bars.st, "html", said.append)
    return said


def test_a_bar_is_as_long_as_its_mean_and_its_spread_is_one_standard_deviation(drawn: list[str]) -> None:
    bars.bars([("This model", [Bar("probe", [0.4, 0.6], model=True)])], [], "right")
    assert "width:50.0%" in drawn[0]
    assert "left:40.0%;width:20.0%" in drawn[0]
    assert "bar model" in drawn[0]


def test_one_value_has_no_spread_and_none_has_no_bar(drawn: list[str]) -> None:
    bars.bars([("a", [Bar("k-NN", [0.3], hatched=True)]), ("b", [Bar("k-NN", [])])], [], "right")
    assert "spread" not in drawn[0]
    assert len(re.findall("<b class", drawn[0])) == 1


def test_the_spread_stays_inside_the_axis(drawn: list[str]) -> None:
    bars.bars([("a", [Bar("probe", [0.9, 1.0, 1.0])])], [], "right")
    left, width = map(float, re.search(r"left:([\d.]+)%;width:([\d.]+)%'></i>", drawn[0]).groups())  # type: ignore[union-attr]
    assert left + width <= 100.01


def test_a_screen_reader_hears_every_bar_and_line(drawn: list[str]) -> None:
    one: Any = Bar("probe", [0.25])
    bars.bars([("Raw pixels", [one])], [("chance", 0.1)], "right", key=[one])
    assert "aria-label='Raw pixels, probe: 25%; chance: 10%'" in drawn[0]
    assert drawn[0].count("left:10.0%") == 1
    assert "chance: 10%</span>" in drawn[0]


def test_names_are_text(drawn: list[str]) -> None:
    bars.bars([("<script>'x'", [Bar("a", [0.5])])], [], "<b>")
    assert "<script>" not in drawn[0]
    assert "'x'" not in drawn[0]
