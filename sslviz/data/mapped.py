"""Arrays that are made once from the bundled files, and then mapped from the user's cache.

A mapped array is read from its file when it is looked at, and all processes of the computer that map it share it. What
is made is the same on every call, bit for bit: the name of its file says what it was made from and by what.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

MONTH = 30 * 24 * 3600.0  # seconds without use, after which a file goes
MAKERS = ("numpy", "pillow", "soundfile")  # another version of these may decode a file in another way

Arrays = dict[str, NDArray[Any]]


def folder() -> Path:
    """Where the arrays are kept."""
    return platformdirs.user_cache_path("sslviz") / "arrays"


def mapped(name: str, files: Sequence[Path], names: Sequence[str], make: Callable[[], Mapping[str, Any]]) -> Arrays:
    """The arrays that `make` gives, read-only; made only if they are not in the cache.

    Where the cache cannot be written, they are in memory as they were made.

    Args:
        name: what they are, for the names of their files.
        files: what they are made from.
        names: those of the arrays.
        make: a function of the module that knows how; whatever it does must follow from `files` and its module's code
            (code of another module may be one of `files`).
    """
    begin = f"{name}-{_mark(files, make)}-"
    paths = {array: folder() / f"{begin}{array}.npy" for array in names}
    with contextlib.suppress(OSError, ValueError):  # ValueError: a file that was cut short
        return {array: _open(path) for array, path in paths.items()}
    made = {array: np.ascontiguousarray(value) for array, value in make().items()}
    with contextlib.suppress(OSError, ValueError):
        _store({paths[array]: made[array] for array in names})
        return {array: _open(path) for array, path in paths.items()}
    for value in made.values():
        value.flags.writeable = False
    return made


def packed(strings: Sequence[str]) -> NDArray[np.uint8]:
    """Strings without line breaks as an array of bytes.

    >>> unpacked(packed(["ein", "café"]))
    ('ein', 'café')
    """
    return np.frombuffer("\n".join(strings).encode(), np.uint8)


def unpacked(array: NDArray[np.uint8]) -> tuple[str, ...]:
    """Undo `packed`."""
    return tuple(array.tobytes().decode().split("\n"))


def _mark(files: Sequence[Path], make: Callable[[], Any]) -> str:
    """Sixteen letters for what the arrays are made from: files, code, and the packages that decode."""
    made_by = [f"{package} {version(package)}" for package in MAKERS]
    found = hashlib.sha256(f"python {sys.version_info[:2]} {made_by}".encode())  # Python has tables of letters, too
    for path in (Path(sys.modules[make.__module__].__file__ or ""), *files):
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


def _open(path: Path) -> NDArray[Any]:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    with contextlib.suppress(OSError):
        os.utime(path)  # it is in use
    return np.asarray(array)


def _store(made: Mapping[Path, NDArray[Any]]) -> None:
    """Write the files, each of them whole or not at all, and take away what was not used for a month."""
    folder().mkdir(parents=True, exist_ok=True)
    for path, array in made.items():
        with NamedTemporaryFile(dir=folder(), suffix=".part", delete=False) as file:
            try:
                np.save(file, array, allow_pickle=False)
                file.close()
                Path(file.name).replace(path)
            except BaseException:
                file.close()
                Path(file.name).unlink(missing_ok=True)
                raise
    for path in folder().iterdir():
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > MONTH:
                path.unlink()
