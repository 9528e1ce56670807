"""A scheduler here, workers as jobs of Slurm: `python deploy/slurm.py`, then start the app with what it prints.

Needs `pip install dask-jobqueue`, and a folder that all nodes see, with this project and its environment in it. Not run
by us on a real cluster: queue, account and times are examples.
"""

from __future__ import annotations

import signal

from dask_jobqueue import SLURMCluster
from distributed.security import Security


def main() -> None:
    """Keep between one and sixteen workers, as many as there are slices waiting, until Ctrl+C."""
    cluster = SLURMCluster(
        queue="teaching",
        cores=1,
        processes=1,
        memory="3GB",
        walltime="02:00:00",
        security=Security.temporary(),
        shared_temp_directory="~/.sslviz-tls",  # where the workers find the certificate
        worker_extra_args=["--preload", "sslviz.training.live.warm", "--memory-limit", "0"],
        job_script_prologue=["export OMP_NUM_THREADS=1"],
    )
    cluster.adapt(minimum=1, maximum=16)
    print(f"SSLVIZ_SCHEDULER={cluster.scheduler_address}")
    signal.pause()


if __name__ == "__main__":
    main()
