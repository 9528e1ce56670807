"""Transfer: the linear probe with more and more labels, clusters, a number to be predicted, labels worth buying.

Everything here works on plain vectors (n, d), wherever they are from: a trained trunk, a random one, the raw input. The
protocol is that of `probes`, the same for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from sslviz.evaluation import probes

SIZES = (1, 2, 5, 10, 20, 50, 100)  # labels a class; then all there are
ALL = 0  # stands for all labels
ALPHAS = tuple(float(a) for a in np.logspace(0, 5, 11))  # of ridge regression, chosen on the rows that it learns from
CHOICES = probes.CHOICES  # of labels
FEW = (
    20  # labels a class: up to here all CHOICES are tried, beyond it the first three, since little hangs on which then
)
GROUP_SEEDS = (0, 1, 2)  # of k-means
LIT = 32  # of 255: from here on a pixel counts as lit

Rows = NDArray[np.int64]


def sizes(y: Rows) -> tuple[int, ...]:
    """Labels a class that every class can give, and ALL.

    >>> sizes(np.repeat([0, 1, 2], [60, 25, 400]))
    (1, 2, 5, 10, 20, 0)
    """
    least = int(np.unique(y, return_counts=True)[1].min())
    return (*(size for size in SIZES if size < least), ALL)


def chosen(y: Rows, size: int, seed: int) -> Rows:
    """The rows that get a label: `size` of every class, drawn by seed and sorted, or all of them."""
    return np.arange(len(y)) if size == ALL else probes.stratified(y, size, seed)


def choices(size: int, seeds: Sequence[int] = CHOICES) -> Sequence[int]:
    """The choices of labels that are tried with `size` labels a class; with all labels there is nothing to choose.

    >>> [len(choices(size)) for size in (1, 20, 50, ALL)]
    [20, 20, 3, 1]
    """
    return seeds[:1] if size == ALL else seeds if size <= FEW else seeds[:3]


def point(train: Any, train_y: Rows, test: Any, test_y: Rows, size: int, seed: int) -> float:
    """One point of the curve: accuracy of the linear probe on all test rows with `size` labels a class."""
    rows = chosen(train_y, size, seed)
    return probes.linear(train[rows], train_y[rows], test, test_y)


def curve(
    train: Any, train_y: Rows, test: Any, test_y: Rows, seeds: Sequence[int] = CHOICES
) -> list[list[float]]:  # fmt: skip
    """The label-efficiency curve: a row for each of `sizes`, a column for each of `choices`."""
    return [
        [point(train, train_y, test, test_y, size, seed) for seed in choices(size, seeds)] for size in sizes(train_y)
    ]


def groups(x: Any, y: Rows, seeds: Sequence[int] = GROUP_SEEDS) -> dict[str, list[float]]:
    """k-means with as many groups as classes, on the vectors as they are; how far groups and classes agree.

    Returns:
        `nmi` (0 to 1) and `ari` (0 for groups by chance, 1 for the classes themselves), one number a seed.
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    agreement: dict[str, list[float]] = {"nmi": [], "ari": []}
    for seed in seeds:
        with threadpool_limits(1):
            ids = KMeans(len(np.unique(y)), n_init=1, random_state=seed).fit_predict(x)
        agreement["nmi"].append(float(normalized_mutual_info_score(y, ids)))
        agreement["ari"].append(float(adjusted_rand_score(y, ids)))
    return agreement


def r2(train: Any, train_number: NDArray[Any], test: Any, test_number: NDArray[Any]) -> float:
    """R² on test rows of ridge regression, vectors standardised: 1 is exact, 0 no better than the mean.

    The penalty is one of ALPHAS, chosen by leave-one-out on the rows that it learns from.
    """
    from sklearn.linear_model import RidgeCV
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler(with_mean=not sparse.issparse(train)).fit(train)
    ridge = RidgeCV(ALPHAS).fit(scaler.transform(train), train_number)
    return float(ridge.score(scaler.transform(test), test_number))


def picture_numbers(pixels: NDArray[np.uint8]) -> dict[str, NDArray[np.float64]]:
    """Numbers of each picture (n, 3, 32, 32) itself, by name: what a regression can be asked to predict."""
    grey = pixels.astype(np.float64).mean(1) / 255  # (n, 32, 32)
    lit = grey * 255 >= LIT
    wide = np.where(lit.any(1), np.arange(32)[None], -1)  # (n, 32) columns with something in them
    first = np.where(lit.any(1), np.arange(32)[None], 32).min(1)
    return {
        "mean brightness": grey.mean((1, 2)),
        "share of lit pixels": lit.mean((1, 2)),
        "width of what is shown": np.maximum(0.0, wide.max(1) - first + 1.0),
        "unlike its mirror image": np.abs(grey - grey[:, :, ::-1]).mean((1, 2)),
    }


def sentence_numbers(ids: NDArray[np.int64], first_word: int) -> dict[str, NDArray[np.float64]]:
    """Numbers of each sentence (n, t) itself: how many words it has, and how rare they are.

    Args:
        ids: word numbers, in the order of frequency; those below `first_word` are signs and not words.
        first_word: number of the commonest word.
    """
    word = ids >= first_word
    count = word.sum(1)
    rank = np.where(word, np.log(np.maximum(1, ids - first_word + 1)), 0.0).sum(1) / np.maximum(1, count)
    return {"words in the sentence": count.astype(np.float64), "mean log rank of its words": rank}


def at_random(n: int, labels: int, seed: int) -> Rows:
    """Buy labels at random: `labels` of n rows drawn by seed. Classes are unknown before their labels are bought."""
    return np.sort(np.random.default_rng(seed).choice(n, labels, replace=False))


def spread_out(x: NDArray[np.float32], labels: int, seed: int) -> Rows:
    """Buy labels that stand for many: k-means with as many groups as labels, and of each the row nearest its centre.

    No class is looked at. Where two centres have the same nearest row, the second takes the next nearest.
    """
    from sklearn.cluster import KMeans

    with threadpool_limits(1):
        far = KMeans(labels, n_init=1, random_state=seed).fit(x).transform(x)  # (n, labels)
    picked: list[int] = []
    for centre in far.T:
        picked.append(next(row for row in np.argsort(centre, kind="stable").tolist() if row not in picked))
    return np.sort(np.array(picked))


def worth(x: NDArray[np.float32], y: Rows, rows: Rows, test: NDArray[np.float32], test_y: Rows) -> dict[str, Any]:
    """What bought labels are worth: the probe's accuracy, and how many of the classes they show at all.

    A class of which no label was bought can never be named.
    """
    kinds = len(np.unique(y[rows]))
    named = probes.linear(x[rows], y[rows], test, test_y) if kinds > 1 else float((test_y == y[rows][0]).mean())
    return {"accuracy": named, "classes": kinds}
