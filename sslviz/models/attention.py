"""How much each position reads of the others in the last block, computed beside the trunk, which keeps no record."""

from __future__ import annotations

import torch
from torch import Tensor

from sslviz.models.trunk import Block, Trunk, softmax


@torch.no_grad()
def last_attention(trunk: Trunk, x: Tensor) -> Tensor:
    """(b, t, d), what a trunk reads → (b, heads, t, t) of its last block: row q sums to 1, what position q reads."""
    *before, last = trunk.blocks
    for block in before:
        x = block(x)
    assert isinstance(last, Block)  # noqa: S101 - a trunk has nothing else
    return attention(last, x)


def attention(block: Block, x: Tensor) -> Tensor:
    """(b, t, d), what a block reads → (b, heads, t, t)."""
    queries, keys, _ = block.qkv(block.norm1(x)).chunk(3, -1)
    q, k = (each.unflatten(-1, (block.heads, -1)).transpose(1, 2) for each in (queries, keys))
    return softmax(q @ k.mT * q.shape[-1] ** -0.5)
