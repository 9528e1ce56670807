"""Bars on a sample card: the probability of each answer, with marks at the label and at the model's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from sslviz.ui.live.shared import BarLine, BarRow

LIKELY = 4  # answers that are listed where not all are


class AnswerBars(TypedDict):
    """Rows with bars under a title, and a line across them."""

    title: str
    hint: str
    mode: str
    rows: list[BarRow]
    line: BarLine


def answer_bars(
    title: str, p: NDArray[np.float64], truth: int, mode: str, name: Callable[[int], str], *, every: bool = False
) -> AnswerBars:
    """A panel of bars, as the live cards draw it.

    Args:
        title: what is asked.
        p: (answers) a probability for each.
        truth: number of the label; −1 where there is none.
        mode: of the run that answers.
        name: of an answer, by its number.
        every: list all answers in their order; else, of more than four, the likeliest and the label.
    """
    best, all_of_them = int(p.argmax()), every or len(p) <= LIKELY
    numbers = range(len(p)) if all_of_them else np.argsort(-p, kind="stable")[:LIKELY].tolist()
    if truth >= 0 and truth not in numbers:
        numbers = [*numbers, truth]
    rows: list[BarRow] = []
    for number in numbers:
        marks = (" ◂ label" if number == truth else "") + (" ◂ model" if number == best else "")
        kind = "target" if number == truth else "answer" if number == best else ""
        rows.append({"name": name(number) + marks, "value": float(p[number]), "text": f"{p[number]:.0%}", "kind": kind})
    return {
        "title": title, "hint": "" if all_of_them else "the likeliest", "mode": mode, "rows": rows,
        "line": {"value": 1 / len(p), "name": f"guessing: 1 in {len(p)}"},
    }  # fmt: skip
