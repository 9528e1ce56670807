"""What is said of the probes follows the numbers."""

from typing import Any

import pytest

from sslviz.ui.learned import below

RAW = {"few": [0.66] * 3, "knn": 0.79, "many": 0.80}


def figures(row: float = 0.71, **trained: Any) -> dict[str, Any]:
    probes = {"trained": {**RAW, **trained}, "raw": RAW}
    beside = {"trained": row, "random": 0.68}
    return {"probes": probes, "beside": beside, "labels": 100, "many_labels": 2000, "raw_name": "raw pixels"}


def test_every_probe_that_stays_below_is_named_with_both_numbers() -> None:
    told = below(figures(few=[0.60, 0.62, 0.64], knn=0.70))
    assert "with 100 labels (62% against 66%), by k-NN (70% against 79%)." in told
    assert "2,000" not in told
    assert "with 2,000 labels (75% against 80%)." in below(figures(many=0.75))


@pytest.mark.parametrize(("row", "said"), [(0.71, "training adds 3 points"), (0.65, "not all that is lacking")])
def test_the_reason_is_the_mean_only_where_the_row_of_vectors_is_ahead(row: float, said: str) -> None:
    told = below(figures(row, knn=0.5))
    assert f"reaches {row:.0%}, and the random trunk 68%, against 66% of raw pixels" in told
    assert said in told


def test_nothing_is_said_where_nothing_is_below_or_nothing_was_measured() -> None:
    assert below(figures()) == ""
    plain = figures(knn=0.5)
    del plain["beside"]
    assert below(plain) == ""
