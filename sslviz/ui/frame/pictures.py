"""Pictures on their way to the browser."""

from __future__ import annotations

import base64
import contextlib
import io
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sslviz.data import Credit, images
from sslviz.ui.frame.parts import credit_line

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

# How hard a PNG is packed: half of the usual 6's time, and no larger for 32 × 32 pixels; cards have up to 100 of them.
QUICK = 3
SMALL = 16 << 10  # bytes of a picture that is kept in its packed form


def sprite(pictures: NDArray[np.uint8], columns: int) -> bytes:
    """(n, 32, 32, 3) as one WebP sheet, `columns` in a row: all thumbnails of a map in one message."""
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * columns, *pictures.shape[1:]), 255, np.uint8)
    sheet[: len(pictures)] = pictures
    side = pictures.shape[1]
    whole = sheet.reshape(rows, columns, side, side, 3).swapaxes(1, 2).reshape(rows * side, columns * side, 3)
    return encode(whole, "WEBP", quality=60)


def encode(pixels: NDArray[np.uint8], kind: str = "PNG", **options: Any) -> bytes:
    """(h, w, 3) uint8 as the bytes of a picture file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def data_address(pixels: NDArray[np.uint8], kind: str = "JPEG") -> str:
    """(h, w, 3) uint8 as a data: address.

    Small ones are kept: while a run goes on, a card is made again each second, and most of its pictures are the same.
    """
    if pixels.nbytes > SMALL:
        return _address(pixels, kind)
    return _small_address(pixels.tobytes(), pixels.shape, kind)


@lru_cache(maxsize=1024)
def _small_address(raw: bytes, shape: tuple[int, ...], kind: str) -> str:
    return _address(np.frombuffer(raw, np.uint8).reshape(shape), kind)


def _address(pixels: NDArray[np.uint8], kind: str) -> str:
    how = {"compress_level": QUICK} if kind == "PNG" else {}
    return f"data:image/{kind.lower()};base64,{base64.b64encode(encode(pixels, kind, **how)).decode()}"


def set_credits(data: str) -> tuple[Credit, ...]:
    """Credits of the sets that guess and map draw on: clothes, emoji, and what a run trains on."""
    found: list[Credit] = []
    for name in dict.fromkeys(("fashion_mnist", "emoji", *([data] if data in images.SETS else []))):
        with contextlib.suppress(images.MissingData):  # what is not there is not shown either
            found += images.load(name).credits
    return tuple(found)


def unlike(credits: Iterable[Credit], view: RunView, *, own: bool) -> str:  # noqa: A002 - it is what they are
    """What to say where photos or a visitor's `own` picture are on the card of a model trained on emoji and clothes."""
    drawn = set_credits("clothes_anywhere")  # no photo among them
    photos = any(credit not in drawn for credit in credits)
    learned = {
        "pictures": "emoji and clothes", "emoji": "emoji", "fashion_mnist": "clothes", "clothes_anywhere": "clothes",
    }.get(view.config.data)  # fmt: skip
    if learned is None or not (photos or own) or view.mode == "untrained":
        return ""
    new = "A photo is" if photos else "Pictures like yours may be"
    return f" {new} new to this model: it was trained on {learned}."


def card_credits(credits: Iterable[Credit]) -> None:  # noqa: A002 - it is what they are
    """Who made what is on the card, but for the sets that every page of pictures names at its foot."""
    if own := [credit for credit in credits if credit not in set_credits("")]:
        credit_line(own)
