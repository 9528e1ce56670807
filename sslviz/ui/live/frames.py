"""Bytes frames for the live parts: a JSON header, then raw arrays; one message an update, nothing as text.

Layout: int32 little-endian length of the header, the header in UTF-8, zeros up to a multiple of four, then the
arrays one after the other. The header says how to cut them.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

LARGEST = 32767  # of an int16


@dataclass(frozen=True)
class Film:
    """An embedding over training: F frames of n points.

    id: changes when the run does; steps: F training steps; tsne, pca: (F, n, 2), pca may be None;
    classes: n class numbers into names; labels: n texts; sprite: one WebP or PNG with all pictures, 32 px cells,
    sprite_cols in a row, or None.
    """

    id: str
    steps: Sequence[int]
    tsne: NDArray[np.floating[Any]]
    pca: NDArray[np.floating[Any]] | None
    classes: Sequence[int]
    names: Sequence[str]
    labels: Sequence[str]
    sprite: bytes | None = None
    sprite_cols: int = 0


class Sprite(TypedDict):
    """One picture with those of all points: its bytes, pictures in a row, px of a picture."""

    bytes: int
    cols: int
    cell: int


class FilmCaption(TypedDict, total=False):
    """What is said with a film.

    picked and near are point numbers, near the neighbours of picked in the encoder's own space; height is in px.
    """

    picked: int | None
    near: Sequence[int]
    title_note: str
    hint: str
    mode: str
    height: int


class FilmHeader(TypedDict):
    """The header of a film's frame.

    first: number of the first frame that comes with it; steps: training steps of those that come; total: frames of the
    film by now; full: whether classes, names, labels and sprite come, too; views: how frames were projected; scales: by
    view, then by frame, what one unit of an int16 stands for. The rest as in FilmCaption and Film.
    """

    id: str
    n: int
    first: int
    steps: list[int]
    total: int
    full: bool
    views: list[str]
    scales: list[list[float]]
    picked: int | None
    near: list[int]
    title_note: str
    hint: str
    mode: str
    height: int
    sprite: Sprite | None
    classes: NotRequired[list[int]]
    names: NotRequired[list[str]]
    labels: NotRequired[list[str]]


def join(header: Mapping[str, Any], *arrays: bytes) -> bytes:
    """Put header and arrays into one frame."""
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 4)  # so that the arrays start on a multiple of four
    return struct.pack("<i", len(text)) + text + b"".join(arrays)


def unpack(frame: bytes) -> tuple[dict[str, Any], bytes]:
    """Return (header, the bytes after it) of a frame."""
    (length,) = struct.unpack_from("<i", frame)
    return json.loads(frame[4 : 4 + length]), frame[4 + length :]


def pack_film(film: Film, *, since: int = 0, full: bool = True, **caption: Unpack[FilmCaption]) -> bytes:
    """Pack the frames from number `since` on; `full` adds what stays the same (classes, labels, sprite).

    Positions travel as int16, all views of a frame one after the other, with one scale for each view of each frame, so
    that a frame looks the same whichever others it travels with.
    """
    views = {"t-SNE": film.tsne} | ({"PCA": film.pca} if film.pca is not None else {})
    parts, scales = [], []
    for positions in views.values():
        part = np.asarray(positions[since:], dtype=np.float64)
        if part.size and not np.isfinite(part).all():
            raise ValueError("film positions must be finite")
        scale = np.abs(part).max(axis=(1, 2), initial=0.0) / LARGEST
        scale[scale == 0] = 1.0
        parts.append(np.round(part / scale[:, None, None]).astype("<i2"))
        scales.append(scale.tolist())
    picked = caption.get("picked")
    header: FilmHeader = {
        "id": film.id,
        "n": len(film.classes),
        "first": since,
        "steps": [int(step) for step in film.steps[since:]],
        "total": len(film.steps),
        "full": full,
        "views": list(views),
        "scales": scales,  # by view, then by frame
        "picked": None if picked is None else int(picked),
        "near": [int(i) for i in caption.get("near", ())],
        "title_note": caption.get("title_note", ""),
        "hint": caption.get("hint", ""),
        "mode": caption.get("mode", "live"),
        "height": caption.get("height", 250),
        "sprite": None,
    }
    sprite = b""
    if full:
        header["classes"] = [int(c) for c in film.classes]
        header["names"], header["labels"] = list(film.names), list(film.labels)
        if film.sprite is not None:
            sprite = film.sprite
            header["sprite"] = {"bytes": len(sprite), "cols": film.sprite_cols, "cell": 32}
    return join(header, np.stack(parts, axis=1).tobytes(), sprite)
