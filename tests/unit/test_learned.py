"""What the part "What it learned" says, from figures made by hand."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sslviz.training.results import recorded, run_view
from sslviz.ui.frame import learned


def test_the_lines_to_reach_are_the_means_of_the_probe_over_choices_of_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {"random": [0.1, 0.2, 0.6], "raw": [0.5, 0.25, 0.75], "trained": [0.9, 0.9, 0.9]}
    figures: dict[str, Any] = {"raw_name": "raw pixels", "probes": {name: {"few": row} for name, row in few.items()}}
    run = SimpleNamespace(figures=figures, config=SimpleNamespace(data="pictures"))
    monkeypatch.setattr(recorded, "read", lambda slug, which: run if (slug, which) == ("queue", "short") else None)
    names, values = zip(*learned.reached("queue"), strict=True)
    assert names == ("probe of random trunk", "probe of raw pixels")
    assert values == pytest.approx((0.3, 0.5))
    assert learned.reached("queue", "fashion_mnist") == learned.reached("queue")  # judged by the same pictures
    assert learned.reached("queue", "clothes_anywhere") == []
    assert learned.reached("two_views") == []  # nothing is recorded


def figures(trained: float, raw: float, beside: tuple[float, float] = (0.7, 0.7)) -> dict[str, Any]:
    """Twenty choices of labels that differ by a few points, the same way for all."""
    luck = np.linspace(-0.02, 0.02, 20)
    probes = {
        name: {"few": (value + luck).tolist()} for name, value in (("trained", trained), ("random", 0.2), ("raw", raw))
    }
    for name, value in (("trained", trained), ("random", 0.2), ("raw", raw)):
        probes[name]["few"][0] = value + 0.03 * (1 if name == "trained" else -1)  # not all luck is shared
    row = {name: (value + luck).tolist() for name, value in zip(("trained", "random"), beside, strict=True)}
    return {"raw_name": "raw pixels", "labels": 100, "probes": probes, "beside": row}


def test_a_lead_is_told_with_its_error_and_within_two_of_them_it_is_none() -> None:
    ahead = learned.standing(figures(0.5, 0.25))
    assert "**ahead of raw pixels** by 25.3 points (standard error 0.3)" in ahead
    assert "**ahead of its own beginning** by 30.3 points" in ahead
    assert "**level with raw pixels** (+0.3 points, within two standard errors of 0.3, so no lead)" in learned.standing(
        figures(0.5, 0.5)
    )
    assert "**behind raw pixels** by 9.7 points" in learned.standing(figures(0.4, 0.5))


def test_why_it_is_below_is_told_only_where_it_is_below() -> None:
    assert learned.below(figures(0.5, 0.25)) == ""
    said = learned.below(figures(0.6, 0.7, (0.75, 0.7)))
    assert "the probe reaches 75%, and the random trunk 70%, against 70% of raw pixels" in said
    assert "the mean costs 15 points" in said
    assert "training adds 5.0 points" in said
    assert "So the mean is not what is lacking" in learned.below(figures(0.6, 0.7, (0.6, 0.6)))


def test_what_was_taken_from_a_recording_is_said() -> None:
    run = recorded.read("masked_patches")
    assert run is not None
    view = run_view.untrained(run.config)
    told = learned._protocol({**run.figures, "known": ["raw", "random"]}, view, own=True)
    assert "Raw pixels and random trunk: as they were recorded, since training does not change them." in told
    assert "as they were recorded" not in learned._protocol(run.figures, view, own=True)
