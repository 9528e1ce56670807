"""What the process imports from which all workers are forked (on Linux): the same as a worker elsewhere, once for all.

What it brought is hidden from the collector of garbage, which would write to it, and pages that are written to are
shared no longer. And this process ends without taking leave of its packages, some of which would complain then.
"""

import atexit
import gc
import os

from sslviz.training.live import warm

gc.collect()
gc.freeze()
atexit.register(os._exit, 0)

__all__ = ["warm"]
