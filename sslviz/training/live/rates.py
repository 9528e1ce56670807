"""What a step or an evaluation takes, as far as it was seen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Rate:
    """Seconds that something takes, the last times counting most."""

    seconds: float = 0.0
    count: float = 0.0

    def add(self, seconds: float, count: int) -> None:
        """It happened so many times more."""
        kept = min(1.0, 4 * count / self.count) if self.count else 1.0  # at most the last few slices
        self.seconds, self.count = kept * self.seconds + seconds, kept * self.count + count

    @property
    def mean(self) -> float:
        """Seconds a time, 0 where it has not happened yet."""
        return self.seconds / self.count if self.count else 0.0
