"""What the part "What it learned" says, from figures made by hand."""

from types import SimpleNamespace
from typing import Any

import pytest

from sslviz.training.results import recorded
from sslviz.ui.frame import learned


def test_the_lines_to_reach_are_the_means_of_the_probe_over_choices_of_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {"random": [0.1, 0.2, 0.6], "raw": [0.5, 0.25, 0.75], "trained": [0.9, 0.9, 0.9]}
    figures: dict[str, Any] = {"raw_name": "raw pixels", "probes": {name: {"few": row} for name, row in few.items()}}
    runs = {"queue": SimpleNamespace(figures=figures)}
    monkeypatch.setattr(recorded, "read", runs.get)
    names, values = zip(*learned.reached("queue"), strict=True)
    assert names == ("probe of random trunk", "probe of raw pixels")
    assert values == pytest.approx((0.3, 0.5))
    assert learned.reached("two_views") == []  # nothing is recorded
