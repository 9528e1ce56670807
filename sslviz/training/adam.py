"""AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101): PyTorch's own step, without what its class brings along.

The first `torch.optim.AdamW` of a process imports PyTorch's compiler, which nobody here uses: 157 MB and a second and a
half of a core. The function below it, which does the arithmetic, needs none of that. The numbers are the same, to the
last bit.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.optim.adamw import adamw

BETAS, DECAY, EPSILON = (0.9, 0.98), 0.01, 1e-8


class AdamW:
    """The moments of some weights, and a step.

    Attributes:
        m: (like each weight) running mean of its gradient.
        v: running mean of its square.
        done: () float32 each, steps done.
        lr: rate of the last step.
    """

    def __init__(self, weights: Sequence[Tensor]) -> None:
        self.weights = list(weights)
        self.m, self.v = [torch.zeros_like(w) for w in weights], [torch.zeros_like(w) for w in weights]
        self.done = [torch.zeros((), device=w.device) for w in weights]
        self.lr = 0.0

    @torch.no_grad()
    def step(self, lr: float) -> None:
        """One step along the gradients that the weights hold."""
        self.lr = lr
        have = [i for i, w in enumerate(self.weights) if w.grad is not None]
        weights, m, v, done = ([each[i] for i in have] for each in (self.weights, self.m, self.v, self.done))
        fused = all(w.device.type in ("cpu", "cuda") for w in weights)  # one pass over the weights instead of ten
        adamw(
            weights, [w.grad for w in weights if w.grad is not None], m, v, [], done, fused=fused, amsgrad=False,
            beta1=BETAS[0], beta2=BETAS[1], lr=lr, weight_decay=DECAY, eps=EPSILON, maximize=False,
        )  # fmt: skip
