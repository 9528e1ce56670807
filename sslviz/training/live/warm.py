"""What a worker imports before it takes its first slice: all that the training loop leaves until it is needed."""

import openTSNE
import sklearn.linear_model
import sklearn.preprocessing

from sslviz.training import loop

__all__ = ["loop", "openTSNE", "sklearn"]
