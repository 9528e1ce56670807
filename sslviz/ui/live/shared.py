"""Types of what several views are sent.

What a view is sent is one TypedDict, beside the function that mounts it. A typedef of the same name in JavaScript says
the same; a test compares the two.
"""

from collections.abc import Sequence
from typing import TypedDict


class FormulaLine(TypedDict):
    """A line of mathematics: pieces in MathML, between which it may wrap, and in words for those who do not see it."""

    pieces: Sequence[str]
    said: str


class Formula(TypedDict):
    """A formula in symbols, and with the present numbers."""

    symbols: FormulaLine
    numbers: FormulaLine


class BarRow(TypedDict):
    """A row with a bar: `value` from 0 to 1; `kind` is "", "target" or "answer"."""

    name: str
    value: float
    text: str
    kind: str


class BarLine(TypedDict):
    """A line across bars, for what is to be beaten: `value` from 0 to 1."""

    value: float
    name: str
