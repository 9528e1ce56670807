"""What the tasks on pictures share: the samples, and the classes that judge a trunk afterwards."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch

from sslviz.data import images
from sslviz.tasks.base import Batch, ProbeData


class Pictures:
    """Picture sets as samples: `pixels` (n, 3, 32, 32) uint8."""

    def batch(self, data: str, part: str, rows: np.ndarray) -> Batch:
        """Pictures `rows` of "train" or "held_out": `pixels` (n, 3, 32, 32) uint8."""
        return Batch(rows, {"pixels": torch.from_numpy(_pixels(data, part, rows))})

    def size(self, data: str, part: str) -> int:
        """Number of pictures."""
        return sum(len(pixels) for pixels in _sets(data, part))

    def probe_data(self, data: str) -> ProbeData:
        """The set's own classes, which the model never gets."""
        return _probe_data(data)


def _pixels(data: str, part: str, rows: np.ndarray) -> np.ndarray:
    """(n, 3, 32, 32) uint8. Only these rows are copied: the set stays in its file, which all processes share."""
    first, *more = _sets(data, part)
    if more:
        rows = _shuffled(part)[rows]
        later = rows >= len(first)
        chosen = first[np.where(later, 0, rows)]
        chosen[later] = more[0][rows[later] - len(first)]
    else:
        chosen = first[rows]
    return np.ascontiguousarray(chosen.transpose(0, 3, 1, 2))


def _sets(data: str, part: str) -> list[np.ndarray]:
    """(N, 32, 32, 3) uint8 each; "pictures" is clothes and emoji together."""
    sets = [images.load(name) for name in (("fashion_mnist", "emoji") if data == "pictures" else (data,))]
    return [s.images if part == "train" else s.held_out_images for s in sets]


@lru_cache(maxsize=2)
def _shuffled(part: str) -> np.ndarray:
    """In which order clothes and emoji come: shuffled once and for all."""
    return np.random.default_rng(0).permutation(sum(map(len, _sets("pictures", part))))


@lru_cache(maxsize=2)
def _probe_data(data: str, shown: int = 600) -> ProbeData:
    """The classes of the set itself; for "pictures" those of the clothes."""
    data = "fashion_mnist" if data == "pictures" else data
    pictures = images.load(data)
    labelled = np.flatnonzero(pictures.labels >= 0)
    test = np.random.default_rng(0).permutation(len(pictures.held_out_labels))[:2000]
    task = Pictures()
    return ProbeData(
        train=task.batch(data, "train", labelled),
        train_y=pictures.labels[labelled],
        test=task.batch(data, "held_out", test),
        test_y=pictures.held_out_labels[test],
        names=pictures.class_names,
        raw_train=_raw(data, "train", labelled),
        raw_test=_raw(data, "held_out", test),
        raw_name="raw pixels",
        shown=np.arange(min(shown, len(test))),
        texts=tuple(pictures.held_out_names[row] for row in test),
        pictures=data,
    )


def _raw(data: str, part: str, rows: np.ndarray) -> np.ndarray:
    """(n, 3072) in 0…1."""
    return _pixels(data, part, rows).reshape(-1, 3072).astype(np.float32) / 255
