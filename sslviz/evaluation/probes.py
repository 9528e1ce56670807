"""Probes: freeze the trunk, and see how far its vectors go with a few labels.

The protocol is the same for the trained trunk, for one with random weights and for the raw input: same samples, same
labelled rows, numbers standardised with the training rows only, never tuned on the test rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

NEIGHBOURS, TEMPERATURE = 20, 0.1


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
    """Accuracy of scikit-learn's logistic regression (L2, C=1) on standardised vectors."""
    from sklearn.linear_model import LogisticRegression  # here, since it takes a second, and a label needs no probe

    train, test = _scaled(train, test)
    return float(LogisticRegression(max_iter=500).fit(train, train_y).score(test, test_y))


def linear_few(
    train: Any,
    train_y: NDArray[np.int64],
    test: Any,
    test_y: NDArray[np.int64],
    per_class: int,
    seeds: tuple[int, ...] = (0, 1, 2),
) -> list[float]:
    """`linear` with `per_class` labels a class, once for each choice of labels."""
    chosen = [stratified(train_y, per_class, seed) for seed in seeds]
    return [linear(train[rows], train_y[rows], test, test_y) for rows in chosen]


def _scaled(train: Any, test: Any) -> tuple[Any, Any]:
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler(with_mean=not sparse.issparse(train)).fit(train)  # a shift would fill sparse rows
    return scaler.transform(train), scaler.transform(test)


def _unit(x: Any) -> Any:
    if sparse.issparse(x):
        norm = np.sqrt(x.multiply(x).sum(1))
        return sparse.csr_array(x.multiply(1 / np.maximum(np.asarray(norm).reshape(-1, 1), 1e-12)))
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
