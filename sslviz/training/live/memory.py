"""How much memory there is for training, what a worker needs of it, and how many workers fit.

Heeded are what the system says is free, the limits of containers (cgroups, both kinds) and those that `ulimit` sets.
Importing this brings no torch.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

# Bytes: what the scheduler and the process hold that workers are forked from, and what each worker takes beside that
# while the figures of the costliest tasks are measured. Where there is no fork, each has torch for itself.
SHARED, WORKER = (600_000_000, 1_000_000_000) if sys.platform == "linux" else (100_000_000, 1_500_000_000)
MOST = 8  # workers
PROC, CGROUPS = Path("/proc"), Path("/sys/fs/cgroup")
V1: tuple[str, ...] = ("memory.limit_in_bytes",)  # the limits of a group
V2: tuple[str, ...] = ("memory.max", "memory.high")
COMPUTER, CONTAINER, LIMIT = "this computer", "the container that this server runs in", "the limit set by `ulimit`"


@dataclass(frozen=True)
class Memory:
    """`free` bytes that training may still take, and who says so: COMPUTER, CONTAINER or LIMIT."""

    free: int
    of: str

    @property
    def short(self) -> bool:
        """Whether no worker fits."""
        return self.free < SHARED + WORKER


def left(proc: Path = PROC, cgroups: Path = CGROUPS) -> Memory:
    """The scarcest of what the computer, the containers around this process and `ulimit` leave it."""
    bounds = [Memory(psutil.virtual_memory().available, COMPUTER)]
    bounds += [Memory(free, CONTAINER) for free in _containers(proc, cgroups)]
    bounds += [Memory(bytes_, LIMIT) for bytes_ in _limits()]
    return min(bounds, key=lambda bound: bound.free)


def workers(cores: int, memory: Memory) -> int:
    """How many workers: what SSLVIZ_WORKERS says, or else one a core, at most MOST, as fit into memory; at least 1."""
    named = int(os.environ.get("SSLVIZ_WORKERS", "") or 0)
    return max(1, named or min(cores, MOST, (memory.free - SHARED) // WORKER))


def give_back() -> None:
    """Hand what was freed back to the system; glibc keeps it, or every step would ask the system anew."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).malloc_trim(0)


def gigabytes(number: float) -> str:
    """Bytes as a page says them, such as "1.3 GB"."""
    return f"{number / 1e9:.1f} GB"


def _limits() -> Iterator[int]:
    """What `ulimit` allows: -m (of which Linux itself takes no notice), -v and -d."""
    try:
        import resource
    except ImportError:  # Windows has none
        return
    for name in ("RLIMIT_RSS", "RLIMIT_AS", "RLIMIT_DATA"):
        soft = resource.getrlimit(getattr(resource, name))[0] if hasattr(resource, name) else resource.RLIM_INFINITY
        if soft != resource.RLIM_INFINITY:
            yield soft


def _containers(proc: Path, cgroups: Path) -> Iterator[int]:
    """What each group around this process leaves: its limit less what is held in it, files that can go not counted."""
    try:
        lines = (proc / "self" / "cgroup").read_text("ascii").splitlines()
    except (OSError, ValueError):  # another system
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:  # version 2
            root, limits, held, files = cgroups, V2, "memory.current", "inactive_file"
        elif "memory" in controllers.split(","):
            root, limits, held, files = cgroups / "memory", V1, "memory.usage_in_bytes", "total_inactive_file"
        else:
            continue
        # Inside a container the path may be the host's, of which only the root is to be seen.
        parts = [part for part in path.split("/") if part]
        for depth in range(len(parts), -1, -1):
            yield from _left_in(root.joinpath(*parts[:depth]), limits, held, files)


def _left_in(group: Path, limits: tuple[str, ...], held: str, files: str) -> Iterator[int]:
    bounds = [bound for name in limits if (bound := _number(group / name)) is not None]
    if not bounds or (used := _number(group / held)) is None:
        return
    yield max(0, min(bounds) - max(0, used - _counted(group / "memory.stat", files)))


def _number(file: Path) -> int | None:
    """The number in a file; None where there is none, or where it says "max"."""
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):
        return None


def _counted(file: Path, name: str) -> int:
    try:
        rows = dict(line.split() for line in file.read_text("ascii").splitlines())
    except (OSError, ValueError):
        return 0
    return int(rows.get(name, 0))
