"""sslviz: see self-supervised learning, from the pseudo-label to the trained model."""

import os

# numpy and SciPy each bring their own OpenBLAS. With more threads sums come out a little different, and threads that
# wait spin, so that a click would wait with them. `training.loop` holds the libraries that are loaded by then to one;
# this holds those that are loaded later.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
