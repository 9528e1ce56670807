"""Analogies: a is to b as c is to what? Answered by word vectors alone, and counted over a list of our own.

The answer is the word whose direction is nearest to b − a + c (3CosAdd: Mikolov, Yih, Zweig 2013; the name is from
Levy & Goldberg 2014). The three words asked with are never the answer, as in the authors' own program. That rule alone
makes many questions easy: the nearest word to c is often right without any arithmetic (Linzen 2016, arXiv 1606.07736).
So that count stands beside it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sslviz.data import ASSETS

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Counted:
    """One group of questions: how many pairs and questions, and the share answered right, 0 to 1.

    `sums` by 3CosAdd; `alone` by the nearest word to c, without any sum. Both are nan where there is no question.
    """

    group: str
    pairs: int
    questions: int
    sums: float
    alone: float


@cache
def groups() -> dict[str, tuple[tuple[str, str], ...]]:
    """Our own list, assets/text/analogies.csv: pairs of words by group."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    with (ASSETS / "text" / "analogies.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["group"]] = (*found.get(row["group"], ()), (row["one"], row["other"]))
    return found


def unit(vectors: Vectors) -> Vectors:
    """(n, d) each row at length 1; a row of zeros stays one."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)


def solve(
    vectors: Vectors, a: int, b: int, c: int, among: NDArray[np.int64], count: int = 5
) -> list[tuple[int, float]]:
    """The `count` best answers to a : b = c : ?, each with its cosine to b − a + c, the best first.

    Args:
        vectors: (V, d) one a word.
        a: number of the first word; none of the three is an answer.
        b: what it is to a that the answer shall be to c.
        c: number of the third word.
        among: numbers of the words that may be answers.
        count: how many answers.

    >>> square = np.array([[0, 0], [1, 0], [1, 1], [-1, 0], [-1, 1]], np.float32)
    >>> [number for number, _ in solve(square, 1, 2, 3, np.array([1, 2, 3, 4]), 1)]
    [4]
    """
    long = unit(vectors)
    cosine = unit(long[among]) @ unit(long[b] - long[a] + long[c])
    cosine[np.isin(among, (a, b, c))] = -np.inf
    best = np.argsort(-cosine, kind="stable")[:count]
    return [(int(among[i]), float(cosine[i])) for i in best if np.isfinite(cosine[i])]


def measure(vectors: Vectors, index: Mapping[str, int], among: NDArray[np.int64]) -> list[Counted]:
    """Every group of `groups`, each asked in all ordered pairs of its pairs: a : b = c : ?, where d is known.

    Pairs with a word that `index` lacks are left out, and so is a question whose answer is one of its own three words.

    Args:
        vectors: (V, d) one a word.
        index: a word's number.
        among: numbers of the words that may be answers.
    """
    result = []
    for group, listed in groups().items():
        pairs = np.array([[index[one], index[two]] for one, two in listed if one in index and two in index], dtype=int)
        questions = _questions(pairs.reshape(-1, 2))
        sums, alone = _right(unit(vectors), questions, among)
        result.append(Counted(group, len(pairs), len(questions), sums, alone))
    return result


def _questions(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """(q, 4) numbers a, b, c, d of all ordered pairs of pairs (n, 2), but those whose d is one of a, b and c."""
    n = len(pairs)
    first, second = np.divmod(np.arange(n * n), max(1, n))
    rows = np.concatenate([pairs[first], pairs[second]], axis=1)
    return rows[(rows[:, 3:] != rows[:, :3]).all(1)]  # a pair with itself is among those: there d is b


def _right(long: Vectors, questions: NDArray[np.int64], among: NDArray[np.int64]) -> tuple[float, float]:
    """Share right of questions (q, 4), by b − a + c and by c alone; `long` are unit vectors."""
    if not len(questions):
        return float("nan"), float("nan")
    a, b, c, d = questions.T
    place = np.full(len(long), -1)
    place[among] = np.arange(len(among))
    rows = np.arange(len(questions))
    shares = []
    for wanted in (long[b] - long[a] + long[c], long[c]):
        cosine = wanted @ long[among].T
        for asked in (a, b, c):
            inside = place[asked] >= 0
            cosine[rows[inside], place[asked[inside]]] = -np.inf
        shares.append(float((among[cosine.argmax(1)] == d).mean()))
    return shares[0], shares[1]
