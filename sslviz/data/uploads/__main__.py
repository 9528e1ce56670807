"""Decode one file, within limits: `python -m sslviz.data.uploads KIND NAME < FILE`.

Writes an array as `numpy.save` does or, with exit code REFUSED, the sentence of a refusal.
"""

import contextlib
import importlib
import sys

import numpy as np

from sslviz.data.uploads.apart import REFUSED
from sslviz.data.uploads.limits import Refused

MEMORY = 900_000_000  # bytes of address space; 25 megapixels take some 300 MB
PROCESSOR = 6  # seconds


def main(kind: str, name: str) -> int:
    """Decode what comes in; the exit code says what goes out."""
    _limit()
    raw = sys.stdin.buffer.read()
    try:
        made = getattr(importlib.import_module(f"sslviz.data.uploads.{kind}s"), kind)(raw, name)
    except Refused as refused:
        sys.stdout.buffer.write(str(refused).encode())
        return REFUSED
    np.save(sys.stdout.buffer, made, allow_pickle=False)
    return 0


def _limit() -> None:
    """Set the limits of this process; Windows has none, and there only the time that `apart` waits holds."""
    try:
        import resource
    except ImportError:
        return
    limits = {"RLIMIT_AS": MEMORY, "RLIMIT_CPU": PROCESSOR, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0}
    for name, most in limits.items():
        with contextlib.suppress(ValueError, OSError):  # macOS has no limit of memory, or the user's own is lower
            resource.setrlimit(getattr(resource, name), (most, most))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
