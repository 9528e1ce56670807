"""How far an average can be trusted when samples come in groups that are much alike, as the clips of one shot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDS, LEVEL = 2000, 0.95


@dataclass(frozen=True)
class Bound:
    """An average over groups, each counted alike, and the interval that the bootstrap gives for it."""

    mean: float
    low: float
    high: float


def over_groups(values: NDArray[np.floating], groups: NDArray[np.integer], seed: int = 0) -> Bound:
    """Average the averages of all groups, and draw the groups anew with replacement for the interval.

    The percentile bootstrap over whole groups (Efron and Tibshirani 1993, chapters 13 and 8.4): samples of one group
    are not independent, so it is the groups that are drawn, never single samples.

    Args:
        values: (n,) one number a sample.
        groups: (n,) the group of each.
        seed: of the draws.

    Returns:
        The average, and the limits between which 95 % of the drawn averages lie.

    Raises:
        ValueError: without a sample, or if the lengths differ.
    """
    if len(values) == 0 or len(values) != len(groups):
        msg = f"as many groups as values are needed, and at least one, not {len(groups)} and {len(values)}"
        raise ValueError(msg)
    means = np.array([values[groups == group].mean() for group in np.unique(groups)])
    drawn = means[np.random.default_rng(seed).integers(len(means), size=(ROUNDS, len(means)))].mean(1)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Bound(float(means.mean()), float(low), float(high))
