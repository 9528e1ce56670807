"""Groups and classes: how far they agree, and what k-means finds without any model.

Classes judge only; no model gets them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

BLOCK, FIT, ITERATIONS = 4, 4000, 20  # pixels a side that are averaged; pictures that k-means alone is fitted to


@dataclass(frozen=True)
class Agreement:
    """How far groups agree with classes, 0 to 1.

    Attributes:
        ami: adjusted mutual information, 0 for groups by chance.
        nmi: normalised mutual information (arithmetic mean), which is not 0 for groups by chance.
        shuffled: the NMI of the same groups dealt out at random, for comparison.
    """

    ami: float
    nmi: float
    shuffled: float


def agreement(groups: NDArray[np.int64], classes: NDArray[np.int64]) -> Agreement:
    """Compare groups (n) with classes (n); only which samples share a group counts, not the numbers."""
    from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score

    dealt = np.random.default_rng(0).permutation(groups)
    return Agreement(
        max(0.0, float(adjusted_mutual_info_score(classes, groups))),
        float(normalized_mutual_info_score(classes, groups)),
        float(normalized_mutual_info_score(classes, dealt)),
    )


def pixels_alone(
    train: NDArray[np.uint8], test: NDArray[np.uint8], k: int, seed: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """k-means on the pixels themselves, averaged over 4×4 pixels: the groups of pictures (n, h, w, 3), train and test.

    It is fitted to the first FIT training pictures, from a k-means++ start.
    """
    from sklearn.cluster import KMeans

    small = [_shrunk(pictures) for pictures in (train, test)]
    with threadpool_limits(1):
        fit = KMeans(k, n_init=1, max_iter=ITERATIONS, random_state=seed).fit(small[0][:FIT])
        ids = [fit.predict(pictures).astype(np.int64) for pictures in small]
    return ids[0], ids[1]


def _shrunk(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    n, height, width, colours = pictures.shape
    blocks = pictures.reshape(n, height // BLOCK, BLOCK, width // BLOCK, BLOCK, colours)
    return blocks.mean((2, 4), dtype=np.float32).reshape(n, -1) / 255
