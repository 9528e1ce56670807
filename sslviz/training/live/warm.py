"""What a worker imports before it takes its first slice: all that the training loop leaves until it is needed."""

import openTSNE
import sklearn.linear_model
import sklearn.preprocessing
import torch

from sslviz.training import loop

torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))])

__all__ = ["loop", "openTSNE", "sklearn"]
