"""The map: vectors of 64 numbers laid out in the plane, frame by frame, so that points move and do not jump.

t-SNE (van der Maaten and Hinton 2008) by openTSNE. The first frame is a full run from PCA; each later one starts at
the coordinates before, unscaled, without early exaggeration, takes a fixed number of steps, and is turned (never
scaled) onto the frame before. So a frame remembers the earlier ones; `from_scratch` does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

PERPLEXITY, SEED = 30, 0
FIRST_STEPS, NEXT_STEPS = (100, 250), 160  # exaggerated, then plain; later frames plain only

Points = NDArray[np.float32]


def pca_basis(x: Points) -> tuple[Points, Points]:
    """Mean (d,) and the two directions of most variance (d, 2) of x (n, d); signs fixed, so that it never flips."""
    mean = x.mean(0)
    axes = np.linalg.svd(x - mean, full_matrices=False)[2][:2].T
    return mean, axes * np.sign(axes[np.abs(axes).argmax(0), [0, 1]])


def pca(x: Points, basis: tuple[Points, Points]) -> Points:
    """(n, d) → (n, 2) on a basis chosen before, so that frames can be compared."""
    return ((x - basis[0]) @ basis[1]).astype(np.float32)


def from_scratch(x: Points) -> Points:
    """(n, d) → (n, 2): t-SNE from PCA shrunk to a standard deviation of 1e-4, which remembers nothing.

    Raises:
        ValueError: with fewer than 5 points.
    """
    start = pca(_unit(x), pca_basis(_unit(x)))
    tsne = _start(x, start / max(float(start.std()), 1e-12) * 1e-4)
    tsne.optimize(FIRST_STEPS[0], exaggeration=12, momentum=0.5, inplace=True)
    tsne.optimize(FIRST_STEPS[1], momentum=0.8, inplace=True)
    return np.asarray(tsne, np.float32)


def next_frame(x: Points, before: Points) -> Points:
    """(n, d) and the last frame (n, 2) → the next frame (n, 2)."""
    tsne = _start(x, before)
    tsne.optimize(NEXT_STEPS, momentum=0.9, theta=0.8, inplace=True)  # coarser than the first, to keep up with training
    return align(np.asarray(tsne, np.float32), before)


def align(points: Points, onto: Points) -> Points:
    """Turn, mirror and shift `points` (n, 2) as near to `onto` (n, 2) as they go; distances stay (Kabsch)."""
    centre, target = points.mean(0), onto.mean(0)
    u, _, vt = np.linalg.svd((points - centre).T @ (onto - target))
    return ((points - centre) @ (u @ vt) + target).astype(np.float32)


def neighbours(x: Points, k: int = 6) -> NDArray[np.int64]:
    """(n, k) the rows with the highest cosine to each row of x (n, d), nearest first, itself left out."""
    unit = _unit(x)
    cosine = unit @ unit.T
    np.fill_diagonal(cosine, -2)
    return np.argsort(-cosine, axis=1)[:, :k]


def preservation(x: Points, points: Points, k: int = 10) -> float:
    """Share of each point's k nearest neighbours in x (n, d) that are so in `points` (n, 2) too, 0 to 1."""
    flat = ((points[:, None] - points[None]) ** 2).sum(-1)
    np.fill_diagonal(flat, np.inf)
    near = np.argsort(flat, axis=1)[:, :k]
    return float(np.mean([len(np.intersect1d(a, b)) for a, b in zip(neighbours(x, k), near, strict=True)]) / k)


def _unit(x: Points) -> Points:
    x = np.asarray(x, np.float32)
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def _start(x: Points, at: Points) -> Any:
    import openTSNE  # half a second, which a recorded map does not need

    if len(x) < 5:
        msg = f"t-SNE needs at least 5 points, got {len(x)}"
        raise ValueError(msg)
    # Euclidean distance between unit vectors orders neighbours as cosine does.
    affinities = openTSNE.affinity.PerplexityBasedNN(
        _unit(x), perplexity=min(PERPLEXITY, (len(x) - 1) / 3), method="exact", n_jobs=1, random_state=SEED
    )
    return openTSNE.TSNEEmbedding(
        np.array(at, np.float64), affinities, negative_gradient_method="bh", n_jobs=1, random_state=SEED
    )
