"""Has a network collapsed, that is, does it answer (nearly) the same whatever the input? Three measures of its vectors.

The loss does not show it: a network without negatives can agree with itself by always giving the same answer. All
three look at vectors of length 1, (n, d), one a sample. This stands among the tasks since they report it.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def spread(vectors: Tensor) -> float:
    """Standard deviation of the unit vectors, dimension by dimension, mean over dimensions: 0 to 1/√d.

    Chen & He 2020 (SimSiam), arXiv 2011.10566, section 4.1 and figure 2: 1/√d where the vectors point evenly in all
    directions, 0 where all are one vector.

    >>> round(spread(torch.tensor([[1.0, 0], [-1, 0], [0, 1], [0, -1]])) * 2**0.5, 6)
    1.0
    """
    return F.normalize(vectors.double(), dim=1).std(0, unbiased=False).mean().item()


def mean_cosine(vectors: Tensor) -> float:
    """Mean cosine of two different samples: 1 where all are one vector, about 0 where they point evenly; nan for one.

    >>> mean_cosine(torch.tensor([[1.0, 0], [0, 1], [-1, 0], [0, -1]]))
    -0.3333333333333333
    """
    unit, n = F.normalize(vectors.double(), dim=1), len(vectors)
    return ((unit.sum(0).square().sum() - unit.square().sum()) / (n * (n - 1))).item() if n > 1 else float("nan")


def effective_rank(vectors: Tensor) -> float:
    """How many directions the unit vectors take: e^H of their singular values as shares of their sum: 1 to n or d.

    Roy & Vetterli 2007, "The effective rank", definition 1; used for collapse by Garrido et al. 2022 (RankMe), arXiv
    2210.02885. Like there, the mean is not taken away: a network whose answer is always the same has rank 1.

    >>> round(effective_rank(torch.eye(5)), 6), round(effective_rank(torch.ones(7, 5)), 6)
    (5.0, 1.0)
    """
    values = torch.linalg.svdvals(F.normalize(vectors.double(), dim=1))
    share = values / values.sum()
    return torch.special.entr(share).sum().exp().item()
