"""Bytes frames for the live parts: a JSON header, then raw arrays; one message an update, nothing as text.

Layout: int32 little-endian length of the header, the header in UTF-8, zeros up to a multiple of four, then the
arrays one after the other. The header says how to cut them.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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


def join(header: dict[str, Any], *arrays: bytes) -> bytes:
    """Put header and arrays into one frame."""
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 4)  # so that the arrays start on a multiple of four
    return struct.pack("<i", len(text)) + text + b"".join(arrays)


def unpack(frame: bytes) -> tuple[dict[str, Any], bytes]:
    """Return (header, the bytes after it) of a frame."""
    (length,) = struct.unpack_from("<i", frame)
    return json.loads(frame[4 : 4 + length]), frame[4 + length :]


def pack_film(
    film: Film,
    *,
    since: int = 0,
    full: bool = True,
    picked: int | None = None,
    near: Sequence[int] = (),
    title_note: str = "",
    hint: str = "",
    mode: str = "live",
    height: int = 250,
) -> bytes:
    """Pack the frames from number `since` on; `full` adds what stays the same (classes, labels, sprite).

    picked and near are point numbers, near the neighbours of picked in the encoder's own space.
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
    header: dict[str, Any] = {
        "id": film.id,
        "n": len(film.classes),
        "first": since,
        "steps": [int(step) for step in film.steps[since:]],
        "total": len(film.steps),
        "full": full,
        "views": list(views),
        "scales": scales,  # by view, then by frame
        "picked": None if picked is None else int(picked),
        "near": [int(i) for i in near],
        "title_note": title_note,
        "hint": hint,
        "mode": mode,
        "height": height,
        "sprite": None,
    }
    sprite = b""
    if full:
        header |= {"classes": [int(c) for c in film.classes], "names": list(film.names), "labels": list(film.labels)}
        if film.sprite is not None:
            sprite = film.sprite
            header["sprite"] = {"bytes": len(sprite), "cols": film.sprite_cols, "cell": 32}
    return join(header, np.stack(parts, axis=1).tobytes(), sprite)


def pack_pairs(
    header: dict[str, Any],
    originals: NDArray[np.uint8],
    views: NDArray[np.uint8],
    stages: NDArray[np.uint8] | None = None,
) -> bytes:
    """Pack the pair card.

    originals: (N, 32, 32, 3); views: (2N, 32, 32, 3), first view of all pictures, then second view of all;
    stages: (2, k, 32, 32, 3) the selected picture after each step of its recipe, for both views, or None.
    header: id, names (N), steps (2N lists of {name, text, applied}), similar and share (2N×2N, None on the diagonal of
    share; or None), confusable ([[i, j]] of pictures), selected (a view), tau, loss, loss_anchor, formula, note, model.
    Raises ValueError if the pictures do not fit together.
    """
    n, size = len(originals), originals.shape[1]
    if views.shape != (2 * n, *originals.shape[1:]) or originals.shape[1:] != (size, size, 3):
        raise ValueError(f"expected ({2 * n}, {size}, {size}, 3) views for {n} pictures, got {views.shape}")
    count = 0 if stages is None else stages.shape[1]
    header = header | {"n": n, "size": size, "stages": count}
    arrays = [originals, views] + ([stages] if stages is not None else [])
    return join(header, *(np.ascontiguousarray(a, dtype=np.uint8).tobytes() for a in arrays))
