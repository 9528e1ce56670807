"""How far a few labels go: the linear probe with one, two and five labels a class."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from sslviz.evaluation import probes

LABELS = (1, 2, 5)  # a class


def curve(train: Any, train_y: NDArray[Any], test: Any, test_y: NDArray[Any]) -> list[list[float]]:
    """Accuracy of the linear probe: a row for each number of LABELS, a column for each of `probes.CHOICES`."""
    return [probes.linear_few(train, train_y, test, test_y, count) for count in LABELS]
