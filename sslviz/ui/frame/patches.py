"""A picture and its 16 patches: cut, covered, painted over, put together again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sslviz.ui.frame.picture_card import png

PATCHES, ROW, SIDE = 16, 4, 8
LARGE = 128  # side of a picture in which something is asked for
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
    """The 16 patches of a picture (32, 32, 3 or 4) as data addresses."""
    grid = pixels.reshape(ROW, SIDE, ROW, SIDE, -1).transpose(0, 2, 1, 3, 4).reshape(PATCHES, SIDE, SIDE, -1)
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


def nearest_visible(pixels: NDArray[np.uint8], covered: NDArray[np.bool_], place: int) -> NDArray[np.float64]:
    """(192,) the visible patch that is nearest to a place."""
    there = np.flatnonzero(~covered)
    far = (there // ROW - place // ROW) ** 2 + (there % ROW - place % ROW) ** 2
    return cut(pixels)[there[far.argmin()]].astype(np.float64)


def address(patches: NDArray[Any], wide: int = 1) -> str:
    """Patches of a block (…, 192), row by row with `wide` in a row, as one data address."""
    rows = patches.reshape(-1, wide, 3, SIDE, SIDE).transpose(0, 3, 1, 4, 2)
    return png(np.ascontiguousarray(rows.reshape(-1, wide * SIDE, 3)).astype(np.uint8))


def marked(pixels: NDArray[np.uint8], covered: NDArray[np.bool_], places: Sequence[int]) -> str:
    """The picture with its covered patches hatched; the block that is asked for is white with a question mark."""
    drawing = Image.fromarray(hatched(pixels, covered, LARGE))
    pen, side = ImageDraw.Draw(drawing), LARGE // ROW
    rows, columns = np.divmod(places, ROW)
    left, right, top, bottom = (side * edge for edge in (min(columns), max(columns) + 1, min(rows), max(rows) + 1))
    pen.rectangle((left, top, right - 1, bottom - 1), fill="white", outline="#1f5fbf", width=3)
    pen.text(((left + right) / 2, (top + bottom) / 2), "?", fill="#1f5fbf", anchor="mm", font_size=26)
    return png(np.asarray(drawing))


def framed(pixels: NDArray[np.uint8], place: int, side: int = 64) -> str:
    """The picture with a line around one of its patches."""
    drawing = Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST)
    edge = side // ROW
    left, top = edge * (place % ROW), edge * (place // ROW)
    ImageDraw.Draw(drawing).rectangle((left, top, left + edge - 1, top + edge - 1), outline="#8d95a1", width=2)
    return png(np.asarray(drawing))
