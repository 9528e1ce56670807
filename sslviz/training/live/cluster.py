"""The training engine as a process of its own: `python -m sslviz.training.live.cluster`.

It reads a certificate and its key, as one line of JSON, from its standard input. It then holds a Dask cluster with one
niced worker a core, fewer where memory is short (see `memory`). As soon as the scheduler answers it prints a line of
JSON, with its address and how many workers there will be; these follow in their own time. It ends when its standard
input closes, so when its parent is gone, however that came about.
The app connects to it as it would to any other scheduler that SSLVIZ_SCHEDULER names.
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
import threading
from typing import TYPE_CHECKING

from sslviz.training.live import memory

if TYPE_CHECKING:
    from distributed import SpecCluster

PRELOAD = "sslviz.training.live.warm"  # brings torch and the rest, so that the first Play answers at once
NURSERY = "sslviz.training.live.nursery"
AGAIN = 10.0  # seconds until a worker that could not be started is tried again


def main() -> None:
    """Serve until standard input closes."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(10)  # the web server goes first
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):  # OpenBLAS has been told so by the package itself
        os.environ[name] = "1"
    # Dask has workers hand memory back after every step (a trim threshold of 64 KB), which doubles the time of one.
    # Only arrays larger than those of any step are each mapped by themselves, and leave no holes behind.
    os.environ["MALLOC_TRIM_THRESHOLD_"] = str(2**30)
    os.environ["MALLOC_MMAP_THRESHOLD_"] = str(2**25)

    import multiprocessing

    import dask
    from dask.system import CPU_COUNT  # heeds containers, too
    from distributed import Nanny, SpecCluster
    from distributed.security import Security
    from distributed.utils import get_mp_context

    from sslviz.training.live.closed import ClosedScheduler, ClosedWorker

    if sys.platform == "linux":
        # All workers are forked from one process that has imported torch, so that they share it: half a gigabyte less
        # for each, and one that died is back at once. Elsewhere a fork after such imports is not safe.
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
        get_mp_context()  # sets what Dask itself would have imported there
        multiprocessing.set_forkserver_preload([NURSERY])
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
    many = memory.workers(CPU_COUNT, free := memory.left())
    if many < min(CPU_COUNT, memory.MOST) and "SSLVIZ_WORKERS" not in os.environ:
        print(
            f"sslviz: {many} of {CPU_COUNT} cores train: of the memory of {free.of} {memory.gigabytes(free.free)} are "
            f"free, and a worker may take {memory.gigabytes(memory.WORKER)}.",
            file=sys.stderr,
        )
    with SpecCluster(
        worker=worker,
        scheduler={"cls": ClosedScheduler, "options": {**common, "port": 0, "dashboard": False}},
        security=security, silence_logs=40,
    ) as cluster:  # fmt: skip
        print(json.dumps({"scheduler": cluster.scheduler_address, "workers": many}), flush=True)
        cluster.scale(many)
        parent = threading.Thread(target=sys.stdin.read, daemon=True)  # it is over when the parent is
        parent.start()
        while parent.is_alive():
            parent.join(AGAIN)
            cluster.loop.add_callback(mend, cluster, many)


def mend(cluster: SpecCluster, many: int) -> None:
    """Start those workers again that could not be started, for which Dask makes no second try; in its loop."""
    failed = [name for name, nanny in cluster.workers.items() if nanny.status.name in ("failed", "closed")]
    for name in failed:
        del cluster.workers[name]
    if failed:
        cluster.scale(many)


if __name__ == "__main__":
    main()
