"""A copy of a network that follows the original slowly: no gradient reaches it.

MoCo calls it the momentum encoder (He et al. 2019, arXiv 1911.05722, section 3.2), BYOL the target network.
"""

from __future__ import annotations

import copy

import torch
from torch import nn


def momentum_copy(module: nn.Module) -> nn.Module:
    """A copy with the same weights, none of which is trained."""
    return copy.deepcopy(module).requires_grad_(False)


@torch.no_grad()
def take_over(slow: nn.Module, fast: nn.Module) -> None:
    """Give the copy the weights that the original has now."""
    for mine, theirs in zip(slow.parameters(), fast.parameters(), strict=True):
        mine.copy_(theirs)


@torch.no_grad()
def move(slow: nn.Module, fast: nn.Module, m: float) -> None:
    """One step after the original: slow ← m × slow + (1 − m) × fast.

    Args:
        slow: the copy, changed in place.
        fast: the original.
        m: the momentum, 0 to 1; 0 takes the original over, 1 never moves.

    Raises:
        ValueError: outside 0 … 1.
    """
    if not 0 <= m <= 1:
        msg = f"the momentum is between 0 and 1, not {m}"
        raise ValueError(msg)
    for mine, theirs in zip(slow.parameters(), fast.parameters(), strict=True):
        mine.lerp_(theirs, 1 - m)
