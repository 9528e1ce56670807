"""By how much one is ahead of another, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sslviz.evaluation.signed import signed

ERRORS = 2  # standard errors within which a lead is none


@dataclass(frozen=True)
class Lead:
    """A difference of accuracies in percentage points, and its standard error; None where it cannot be told."""

    points: float
    error: float | None

    @property
    def clear(self) -> bool:
        """Whether it is more than ERRORS standard errors off 0, to either side."""
        return self.error is not None and abs(self.points) > ERRORS * self.error

    @property
    def told(self) -> str:
        """The points with their sign, and the standard error.

        >>> Lead(17.24, 0.61).told
        '+17.2 points (standard error 0.6)'
        """
        return f"{signed(self.points)} points{self._trusted}"

    @property
    def size(self) -> str:
        """The same without the sign, for a sentence that says which way it goes.

        >>> Lead(-17.24, 0.61).size
        '17.2 points (standard error 0.6)'
        """
        return f"{abs(self.points):.1f} points{self._trusted}"

    @property
    def _trusted(self) -> str:
        return "" if self.error is None else f" (standard error {self.error:.1f})"


def lead(ours: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> Lead:
    """How far `ours` is ahead of `theirs`, compared pair by pair on the same choices of labels.

    The standard error is that of the mean over the choices of labels and, where there are several runs, that of the
    mean over the runs, added as squares. All are judged on the same test rows: the error says nothing about other ones.

    Args:
        ours: accuracies, 0 to 1: a row a training run, a column a choice of labels.
        theirs: the same of what is to be beaten; a single row is compared with every one of `ours`.

    Raises:
        ValueError: if the choices of labels are not as many, or the runs neither as many nor one.
    """
    a, b = np.atleast_2d(np.asarray(ours, float)), np.atleast_2d(np.asarray(theirs, float))
    if a.shape[1] != b.shape[1] or len(b) not in (1, len(a)):
        msg = f"{a.shape} and {b.shape} accuracies cannot be compared in pairs"
        raise ValueError(msg)
    apart = 100 * (a - b)
    squares = [_error(apart.mean(0)), _error(apart.mean(1))]
    known = [square for square in squares if square is not None]
    return Lead(float(apart.mean()), float(np.sqrt(sum(known))) if known else None)


def on_both(ours: Sequence[float], theirs: Sequence[float]) -> Lead:
    """How far one run is ahead of another, on the first choices of labels, as many as both have."""
    both = min(len(ours), len(theirs))
    return lead([ours[:both]], [theirs[:both]])


def _error(values: np.ndarray) -> float | None:
    """The square of the standard error of a mean; None of a single value."""
    return float(values.var(ddof=1) / len(values)) if len(values) > 1 else None
