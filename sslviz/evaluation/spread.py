"""How one figure varies over run seeds or choices of labels: said in the same way on every page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    """Their mean, and one standard deviation of just these values: a sum of squares divided by n, not by n − 1.

    >>> mean_and_spread([0.25, 0.75])
    (0.5, 0.25)
    """
    return float(np.mean(values)), float(np.std(values))
