"""The training engine as a process of its own: `python -m sslviz.training.cluster`.

It holds a Dask cluster with one niced worker a core, prints the scheduler's address, and ends when its standard input
closes, so when its parent is gone, however that came about. The app connects to it as it would to any other
scheduler that SSLVIZ_SCHEDULER names. It is not started inside the web server: Dask spawns its workers, and a spawned
child of a Streamlit script would run the script again.
"""

from __future__ import annotations

import contextlib
import os
import sys

PRELOAD = "sslviz.training.warm"  # brings torch and the rest, so that the first Play answers at once


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
    from distributed import LocalCluster

    workers = max(1, int(os.environ.get("SSLVIZ_WORKERS", "0")) or min(CPU_COUNT, 8))
    dask.config.set(
        {
            "distributed.scheduler.allowed-failures": 3,
            "distributed.worker.daemon": True,
            # On a busy computer a killed worker needs more than 15 s to import torch again, and would be given up.
            "distributed.deploy.lost-worker-timeout": "1 day",
        }
    )
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1",
        preload=[PRELOAD], silence_logs=40,
    ) as cluster:  # fmt: skip
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
