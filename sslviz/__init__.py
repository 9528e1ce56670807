"""sslviz: see self-supervised learning, from the pseudo-label to the trained model."""

import os

# numpy and SciPy each bring their own OpenBLAS, and with more threads sums come out a little different. `training.loop`
# holds those that are loaded by then to one; this holds the ones that are loaded later.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
