"""A round of cluster IDs: vectors → PCA, whitening, length 1 → k-means → a number for every picture.

What it is not: it trains nothing and knows no network; it gets vectors and returns numbers. Caron et al. 2018
(DeepCluster), arXiv 1807.05520, section 3.2 and appendix.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor
from torch.nn import functional as F

ITERATIONS = 20  # of k-means, as in the paper's code

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


def whiten(vectors: Tensor, mean: Tensor, whitening: Tensor) -> Tensor:
    """(n, width) → (n, parts): shift, turn, stretch every direction to spread 1, then make each vector as long as 1."""
    return F.normalize((vectors - mean) @ whitening.T, dim=1)


def nearest(vectors: Tensor, centroids: Tensor) -> Tensor:
    """(n, parts), (k, parts) → (n) the number of the centroid that is nearest. This number is the pseudo-label."""
    return (centroids.square().sum(1) - 2 * vectors @ centroids.T).argmin(1)


def pca(vectors: Floats, parts: int) -> tuple[Floats, Floats]:
    """`mean` (width) and `whitening` (parts, width), as `whiten` needs them."""
    from sklearn.decomposition import PCA  # here, since it takes a second, and a label needs no PCA

    with threadpool_limits(1):
        fit = PCA(parts, svd_solver="covariance_eigh").fit(vectors)
    spread = np.sqrt(np.maximum(fit.explained_variance_, 1e-12))
    return fit.mean_.astype(np.float32), (fit.components_ / spread[:, None]).astype(np.float32)


def kmeans(vectors: Floats, k: int, seed: int) -> Floats:
    """(n, parts) → (k, parts) centroids: scikit-learn's k-means, once, from a k-means++ start.

    A cluster that loses its last picture takes the one farthest from its centroid and goes on from there.
    """
    from sklearn.cluster import KMeans

    with threadpool_limits(1):  # with several threads sums come out in another order each time
        fit = KMeans(k, n_init=1, max_iter=ITERATIONS, random_state=seed).fit(vectors)
    return np.asarray(fit.cluster_centers_, np.float32)


def match(ids: Ids, before: Ids, k: int) -> Ids:
    """(k) the number that each new cluster gets, so that as many pictures as can be keep the number they had.

    k-means numbers its clusters at random; without this, colours and numbers would jump from round to round.

    Args:
        ids: (n) the new cluster of every picture.
        before: (n) its number in the round before.
        k: how many clusters there are.
    """
    from scipy.optimize import linear_sum_assignment

    shared = np.zeros((k, k))
    np.add.at(shared, (ids, before), 1)
    return np.asarray(linear_sum_assignment(shared, maximize=True)[1])


def evenly(ids: Ids, count: int, rng: np.random.Generator) -> Ids:
    """`count` rows, as many of each cluster: or else a large cluster would be the only answer worth learning.

    The paper's rule: count / clusters + 1 of each that is not empty, again and again the same where it has fewer.
    """
    order = np.argsort(ids, kind="stable")
    clusters = np.split(order, np.flatnonzero(np.diff(ids[order])) + 1)
    each = count // len(clusters) + 1
    rows = [rng.choice(members, each, replace=len(members) < each) for members in clusters]
    return rng.permutation(np.concatenate(rows))[:count]


def nmi(one: Ids, other: Ids) -> float:
    """How far two groupings agree, 0 to 1: mutual information over the mean of both entropies. Names do not matter.

    Groupings at random do not give 0 where there are many groups and few samples.
    """
    from sklearn.metrics import normalized_mutual_info_score

    return float(normalized_mutual_info_score(one, other))
