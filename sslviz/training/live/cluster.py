"""The training engine as a process of its own: `python -m sslviz.training.live.cluster`.

It reads a certificate and its key, as one line of JSON, from its standard input. It then holds a Dask cluster with one
niced worker a core, prints the scheduler's address, and ends when its standard input closes, so when its parent is
gone, however that came about. The app connects to it as it would to any other scheduler that SSLVIZ_SCHEDULER names.
It is not started inside the web server: Dask spawns its workers, and a spawned child of a Streamlit script would run
the script again.

Whoever reaches a scheduler or a worker runs code as this user, and the loopback is open to every user of a computer.
So all of them ask for that certificate, which only the parent has, and none has an HTTP server.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys

PRELOAD = "sslviz.training.live.warm"  # brings torch and the rest, so that the first Play answers at once
WORKER_MEMORY = 1_500_000_000  # bytes: 0.9 GB at the start, 1.1 to 1.6 while it trains; batches of 512 need 2.3


def main() -> None:
    """Serve until standard input closes."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(10)  # the web server goes first
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):  # OpenBLAS has been told so by the package itself
        os.environ[name] = "1"
    # Dask has workers hand memory back after every step (a trim threshold of 64 KB), which doubles the time of one.
    for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"):
        os.environ[name] = str(2**30)

    import dask
    from dask.system import CPU_COUNT  # heeds containers, too
    from distributed import Nanny, SpecCluster
    from distributed.security import Security
    from distributed.system import MEMORY_LIMIT  # the same

    from sslviz.training.live.closed import ClosedScheduler, ClosedWorker

    security = Security(**json.loads(sys.stdin.readline()))
    dask.config.set(
        {
            "distributed.scheduler.allowed-failures": 3,
            "distributed.worker.daemon": True,
            # On a busy computer a killed worker needs more than 15 s to import torch again, and would be given up.
            "distributed.deploy.lost-worker-timeout": "1 day",
        }
    )
    common = {"host": "127.0.0.1", "protocol": "tls://", "security": security}
    worker = {
        "cls": Nanny,
        "options": {
            **common, "worker_class": ClosedWorker, "nthreads": 1, "preload": [PRELOAD], "silence_logs": 40,
            # No limit: a worker near it stops taking slices and says nothing, and torch alone can be more than a
            # small computer's share. What keeps them small is their number.
            "memory_limit": 0,
        },
    }  # fmt: skip
    with SpecCluster(
        workers=dict.fromkeys(range(count(CPU_COUNT, MEMORY_LIMIT)), worker),
        scheduler={"cls": ClosedScheduler, "options": {**common, "port": 0, "dashboard": False}},
        security=security, silence_logs=40,
    ) as cluster:  # fmt: skip
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()


def count(cores: int, memory: int) -> int:
    """How many workers: what SSLVIZ_WORKERS says, or else one a core, at most eight, and as many as fit `memory`."""
    named = int(os.environ.get("SSLVIZ_WORKERS", "0"))
    return max(1, named or min(cores, 8, memory // WORKER_MEMORY))


if __name__ == "__main__":
    main()
