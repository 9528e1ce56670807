"""What the tasks on pictures share: the samples, and the classes that judge a trunk afterwards."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from sslviz.data import images
from sslviz.tasks.base import Batch, ProbeData


class Pictures:
    """Picture sets as samples: `pixels` (n, 3, 32, 32) uint8."""

    def batch(self, data: str, part: str, rows: np.ndarray) -> Batch:
        """Pictures `rows` of "train" or "held_out": `pixels` (n, 3, 32, 32) uint8."""
        return Batch(rows, {"pixels": _pixels(data, part)[torch.from_numpy(rows)]})

    def size(self, data: str, part: str) -> int:
        """Number of pictures."""
        return len(_pixels(data, part))

    def probe_data(self, data: str) -> ProbeData:
        """The set's own classes, which the model never gets."""
        return _probe_data(data)


@lru_cache(maxsize=4)
def _pixels(data: str, part: str) -> Tensor:
    """(n, 3, 32, 32) uint8. "pictures" is clothes and emoji together, shuffled once and for all."""
    sets = [images.load(name) for name in (("fashion_mnist", "emoji") if data == "pictures" else (data,))]
    chosen = np.concatenate([s.images if part == "train" else s.held_out_images for s in sets])
    if data == "pictures":
        chosen = chosen[np.random.default_rng(0).permutation(len(chosen))]
    return torch.from_numpy(np.ascontiguousarray(chosen.transpose(0, 3, 1, 2)))


@lru_cache(maxsize=2)
def _probe_data(data: str, shown: int = 600) -> ProbeData:
    """The classes of the set itself; for "pictures" those of the clothes."""
    data = "fashion_mnist" if data == "pictures" else data
    pictures = images.load(data)
    labelled = np.flatnonzero(pictures.labels >= 0)
    test = np.random.default_rng(0).permutation(len(pictures.held_out_labels))[:2000]
    task = Pictures()
    train_x, test_x = (_pixels(data, part).numpy().reshape(-1, 3072) for part in ("train", "held_out"))
    return ProbeData(
        train=task.batch(data, "train", labelled),
        train_y=pictures.labels[labelled],
        test=task.batch(data, "held_out", test),
        test_y=pictures.held_out_labels[test],
        names=pictures.class_names,
        raw_train=train_x[labelled].astype(np.float32) / 255,
        raw_test=test_x[test].astype(np.float32) / 255,
        raw_name="raw pixels",
        shown=np.arange(min(shown, len(test))),
        texts=tuple(pictures.held_out_names[row] for row in test),
        pictures=data,
    )
