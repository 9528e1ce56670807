"""A question about one label, made on the spot: one of a few choices is the very label that a task made.

Flashcards ask them. A task makes its own in `sslviz/ui/tasks/<slug>/guess.py`, found by its slug.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sslviz.data import Credit

CHOICES, LETTERS = 4, ("A", "B", "C", "D")
Word = tuple[str, str]  # a text, and what it is: "", hidden, asked, centre, dropped, name


@dataclass(frozen=True)
class LabelQuestion:
    """One sample with its label.

    Attributes:
        ask: what is asked.
        choices: what to choose from.
        right: number of the choice that is the pseudo-label.
        because: how the task made it.
        text: what there is to see, in words.
        lines: of (text, kind).
        images: (name, data address).
        credits: who made the data.
    """

    ask: str
    choices: tuple[str, ...]
    right: int
    because: str
    text: str = ""
    lines: tuple[tuple[Word, ...], ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    credits: tuple[Credit, ...] = ()

    @property
    def credit(self) -> str:
        """Who made the data, in a line."""
        return " ".join(credit.line() for credit in self.credits)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the browser."""
        return {**{k: v for k, v in asdict(self).items() if k != "credits"}, "credit": self.credit}


def shuffled(rng: np.random.Generator, truth: str, wrong: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The choices in some order, and where the right one stands."""
    every = (truth, *list(dict.fromkeys(word for word in wrong if word != truth))[: CHOICES - 1])
    order = rng.permutation(len(every)).tolist()
    return tuple(every[place] for place in order), order.index(0)
