"""What nobody looks at, out of memory: its arrays in a file without a name, from which they are read when one does."""

from __future__ import annotations

import contextlib
import mmap
import pickle
from tempfile import TemporaryFile
from typing import TypeVar

import platformdirs

LEAST = 4096  # bytes of an array, a page of memory; smaller ones stay where they are

Held = TypeVar("Held")


def put_away(held: Held) -> Held:
    """A copy that says the same and whose arrays are read from a file when they are looked at.

    The file lies in the user's cache, since a folder for temporary files may itself be memory. Only this process can
    read it, and it is gone with the last of its arrays, however the process ends. To write to an array changes that
    array, and not the file.

    Args:
        held: plain objects and numpy arrays; whatever pickle takes.

    Returns:
        The copy; `held` itself where there is nothing to put away, or the cache cannot be written.
    """
    large: list[memoryview] = []

    def stays(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if raw.nbytes >= LEAST:
            large.append(raw)
        return raw.nbytes < LEAST

    rest = pickle.dumps(held, protocol=5, buffer_callback=stays)
    if not large:
        return held
    with contextlib.suppress(OSError):
        folder = platformdirs.user_cache_path("sslviz")
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            ends = [0]
            for raw in large:
                file.write(raw)
                file.write(bytes(-raw.nbytes % mmap.PAGESIZE))  # so that each array begins on a page
                ends.append(file.tell())
            file.flush()
            mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
        parts = [mapped[at : at + raw.nbytes] for at, raw in zip(ends, large, strict=False)]
        return pickle.loads(rest, buffers=parts)  # noqa: S301 - our own, from three lines above
    return held
