"""A lead is compared pair by pair, with its standard error, and is none within two of them."""

from __future__ import annotations

import numpy as np
import pytest

from sslviz.evaluation.lead import Lead, lead


def test_golden_lead_of_one_run() -> None:
    found = lead([[0.5, 0.6, 0.7]], [[0.4, 0.5, 0.5]])  # 10, 10 and 20 points
    assert found.points == pytest.approx(40 / 3)
    assert found.error == pytest.approx(np.std([10, 10, 20], ddof=1) / np.sqrt(3))


def test_runs_add_their_own_error() -> None:
    ours = [[0.5, 0.6], [0.7, 0.8], [0.3, 0.4]]  # 10, 30 and −10 points, with either choice of labels
    found = lead(ours, [[0.4, 0.5]])
    assert found.points == pytest.approx(10)
    assert found.error == pytest.approx(np.std([10, 30, -10], ddof=1) / np.sqrt(3))
    assert lead(ours, ours) == Lead(0.0, 0.0)


def test_what_varies_together_is_no_error() -> None:
    luck = np.linspace(0.2, 0.8, 20)
    found = lead([luck + 0.05], [luck])
    assert found.points == pytest.approx(5)
    assert found.error == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("points", "error", "clear"), [(2.1, 1, True), (-2.1, 1, True), (1.9, 1, False), (9, None, False)]
)
def test_within_two_standard_errors_it_is_no_lead(points: float, error: float | None, clear: bool) -> None:
    assert Lead(points, error).clear is clear


def test_one_run_with_one_choice_has_no_error() -> None:
    assert lead([[0.5]], [[0.4]]).error is None
    assert lead([[0.5]], [[0.4]]).told == "+10.0 points"


@pytest.mark.parametrize("theirs", [[[0.1, 0.2]], [[0.1, 0.2, 0.3]] * 2])
def test_what_is_not_paired_is_refused(theirs: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        lead([[0.1, 0.2, 0.3]] * 3, theirs)
