"""Probes: freeze the trunk, and see how far its vectors go with a few labels.

One protocol for the trained trunk, for one with random weights and for the raw input: same samples, same labelled rows,
numbers standardised with the labelled rows only, and the penalty of the linear probe chosen on the labelled rows alone,
by cross-validation. The test rows are looked at once, at the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

NEIGHBOURS, TEMPERATURE = 20, 0.1
PENALTIES = (0.001, 0.01, 0.1, 1.0)  # scikit-learn's C: the larger, the weaker the penalty
UNCHOSEN = 0.01  # with one label a class nothing can be held back to choose by
FOLDS, MOST_TRIED = 5, 500  # of the cross-validation, and rows that it takes at most
CHOICES = tuple(range(20))  # of labels: much hangs on which, so there are many, the same for all that is compared


def stratified(y: NDArray[np.int64], per_class: int, seed: int) -> NDArray[np.int64]:
    """Rows with `per_class` of every class (all, where a class has fewer), drawn by seed; sorted."""
    rng = np.random.default_rng(seed)
    return np.sort(np.concatenate([rng.permutation(np.flatnonzero(y == c))[:per_class] for c in np.unique(y)]))


def knn(train: Any, train_y: NDArray[np.int64], test: Any, test_y: NDArray[np.int64]) -> float:
    """Accuracy of the 20 nearest by cosine, each voting exp(cosine / 0.1) (Wu 2018, arXiv 1805.01978)."""
    train, test = _scaled(train, test)
    cosine = _unit(test) @ _unit(train).T
    cosine = np.asarray(cosine.todense() if sparse.issparse(cosine) else cosine)
    near = np.argpartition(-cosine, min(NEIGHBOURS, len(train_y) - 1), axis=1)[:, :NEIGHBOURS]
    votes = np.zeros((len(test_y), int(train_y.max()) + 1))
    weights = np.exp((np.take_along_axis(cosine, near, 1) - 1) / TEMPERATURE)
    for column in range(near.shape[1]):
        votes[np.arange(len(test_y)), train_y[near[:, column]]] += weights[:, column]
    return float((votes.argmax(1) == test_y).mean())


def linear(train: Any, train_y: NDArray[np.int64], test: Any, test_y: NDArray[np.int64]) -> float:
    """Accuracy of scikit-learn's logistic regression (L2) on standardised vectors, with the penalty of `penalty`."""
    from sklearn.linear_model import LogisticRegression  # here, since it takes a second, and a label needs no probe

    train, test = _within_reach(*_scaled(train, test))
    c = penalty(train, train_y)
    return float(LogisticRegression(C=c, max_iter=500).fit(train, train_y).score(test, test_y))


def penalty(x: Any, y: NDArray[np.int64]) -> float:
    """One of PENALTIES: the one with the best log-likelihood on labelled rows that were held back.

    Stratified cross-validation with at most FOLDS folds, as many as the smallest class has rows; of more than
    MOST_TRIED rows an equal number of every class. With one row of a class it is UNCHOSEN.
    """
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.model_selection import StratifiedKFold

    counts = np.unique(y, return_counts=True)[1]
    if counts.min() < 2:
        return UNCHOSEN
    if len(y) > MOST_TRIED:
        rows = stratified(y, max(2, MOST_TRIED // len(counts)), 0)
        x, y = _within_reach(x[rows], x[rows[:1]])[0], y[rows]
        counts = np.unique(y, return_counts=True)[1]
    folds = StratifiedKFold(min(FOLDS, int(counts.min())), shuffle=True, random_state=0)
    found = LogisticRegressionCV(
        Cs=PENALTIES, cv=folds, scoring="neg_log_loss", max_iter=500, tol=1e-3, l1_ratios=(0,),
        use_legacy_attributes=False,
    ).fit(x, y)  # fmt: skip
    return float(found.C_)


def linear_few(
    train: Any,
    train_y: NDArray[np.int64],
    test: Any,
    test_y: NDArray[np.int64],
    per_class: int,
    seeds: tuple[int, ...] = CHOICES,
) -> list[float]:
    """`linear` with `per_class` labels a class, once for each choice of labels."""
    chosen = [stratified(train_y, per_class, seed) for seed in seeds]
    return [linear(train[rows], train_y[rows], test, test_y) for rows in chosen]


def _within_reach(train: Any, test: Any) -> tuple[Any, Any]:
    """Fewer columns, where there are far more than labelled rows, and the same probe.

    An L2 penalty leaves weights only in directions that some labelled row has a part in. So all rows can be written in
    an orthonormal basis of those, of which there are as many as labelled rows: no answer changes.
    """
    if train.shape[1] <= 2 * train.shape[0]:
        return train, test
    products = train @ train.T  # (n, n)
    squares, basis = np.linalg.eigh(np.asarray(products.todense() if sparse.issparse(products) else products, float))
    kept = squares > squares[-1] * 1e-9
    lengths, basis = np.sqrt(squares[kept]), basis[:, kept]
    return basis * lengths, np.asarray(test @ (train.T @ (basis / lengths)))


def _scaled(train: Any, test: Any) -> tuple[Any, Any]:
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler(with_mean=not sparse.issparse(train)).fit(train)  # a shift would fill sparse rows
    return scaler.transform(train), scaler.transform(test)


def _unit(x: Any) -> Any:
    if sparse.issparse(x):
        norm = np.sqrt(x.multiply(x).sum(1))
        return sparse.csr_array(x.multiply(1 / np.maximum(np.asarray(norm).reshape(-1, 1), 1e-12)))
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
