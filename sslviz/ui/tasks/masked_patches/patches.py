"""A picture and its 16 patches: cut, covered, painted over, put together again."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sslviz.ui.frame.picture_card import png

PATCHES, ROW, SIDE = 16, 4, 8
PALE, DARK, FAINT = 222, 150, 70  # grey levels of what stands for a covered patch; opacity of what is no label


def cut(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(32, 32, 3) → (16, 192): patches row by row, each as channel, row, column, as the task has them."""
    grid = pixels.reshape(ROW, SIDE, ROW, SIDE, 3).transpose(0, 2, 4, 1, 3)
    return np.ascontiguousarray(grid).reshape(PATCHES, 3 * SIDE**2)


def filled(pixels: NDArray[np.uint8], covered: NDArray[np.bool_], patches: NDArray[Any]) -> NDArray[np.uint8]:
    """(32, 32, 3) the visible patches as they are, and `patches` (h, 192) in 0…1 where it was covered."""
    every = cut(pixels)
    every[covered] = (np.clip(patches, 0, 1) * 255).round().astype(np.uint8)
    return every.reshape(ROW, ROW, 3, SIDE, SIDE).transpose(0, 3, 1, 4, 2).reshape(32, 32, 3)


def tiles(pixels: NDArray[np.uint8]) -> list[str]:
    """The 16 patches of a picture as data addresses."""
    grid = pixels.reshape(ROW, SIDE, ROW, SIDE, 3).transpose(0, 2, 1, 3, 4).reshape(PATCHES, SIDE, SIDE, 3)
    return [png(np.ascontiguousarray(patch)) for patch in grid]


def where(covered: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """(16,) → (side, side): which pixels are covered."""
    return np.kron(covered.reshape(ROW, ROW), np.ones((side // ROW, side // ROW), bool)).astype(bool)


def hatched(pixels: NDArray[np.uint8], covered: NDArray[np.bool_], side: int = 64) -> NDArray[np.uint8]:
    """(side, side, 3): the picture, with grey stripes in place of what is covered."""
    large = np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST))
    y, x = np.mgrid[:side, :side]
    stripes = np.where((x + y) % 8 < 2, DARK, PALE).astype(np.uint8)[..., None].repeat(3, 2)
    return np.where(where(covered, side)[..., None], stripes, large)


def only(pixels: NDArray[np.uint8], covered: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(32, 32, 4): the covered patches; what was visible is a faint grey, so that white patches can be told from it."""
    there = where(covered, 32)
    return np.dstack([np.where(there[..., None], pixels, DARK), np.where(there, 255, FAINT)]).astype(np.uint8)
