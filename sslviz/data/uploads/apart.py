"""Decode a visitor's file in a process of its own, so that no file can take the server's memory or its time.

That process is `__main__` beside this file. It starts in a fifth of a second, as it needs neither torch nor scipy.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sslviz.data import ASSETS
from sslviz.data.uploads.limits import ACCEPTED, Kind, Refused, check_weight

WALL = 30  # seconds that a file is given, on a busy machine; of the processor's own it gets fewer
WAIT = 60  # seconds that a file waits for those before it
REFUSED = 3

_one = threading.Lock()  # a server of many visitors decodes one file at a time


def decode(kind: Kind, raw: bytes, name: str) -> NDArray[Any]:
    """What `pictures.picture`, `sounds.sound` or `clips.clip` makes of a file, made in another process.

    Raises:
        Refused: as those do, and where the file takes too much memory or time.
    """
    called, accepted = check_weight(kind, raw, name), ACCEPTED[kind][1]
    plain = "".join(filter(str.isprintable, name))
    plain = plain if len(plain) < 200 else plain[:100] + plain[-100:]
    too_much = Refused(f"{called} takes more memory or time to read than there is: please choose {accepted}.")
    if not _one.acquire(timeout=WAIT):
        raise Refused(f"Others’ files are being read, so that {called} could not be yet: please choose it once more.")
    try:
        done = subprocess.run(
            [sys.executable, "-m", __package__, kind, plain],
            input=raw, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=WALL, check=False, cwd=ASSETS.parent,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},  # both take address space
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise too_much from None
    finally:
        _one.release()
    if done.returncode == 0:
        return cast("NDArray[Any]", np.load(io.BytesIO(done.stdout), allow_pickle=False))
    if done.returncode == REFUSED:
        raise Refused(done.stdout.decode())
    if done.returncode == -signal.SIGSEGV:  # a fault of the decoder's own
        raise Refused(f"{called} is damaged, or of a kind that cannot be read here: please choose {accepted}.")
    raise too_much
