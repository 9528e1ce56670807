"""The trunk: one small Transformer encoder, the same on every page.

What it is not: it knows nothing of words, pictures or sound (`tokens.py` does), and nothing of any pretext
task (a head on top does). About 100,000 weights, so that it trains while you watch.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH, DEPTH, HEADS, MLP_RATIO = 64, 3, 4, 2


class Block(nn.Module):
    """Attention, then a two-layer network; each reads a normalised copy and adds to the stream (pre-norm)."""

    def __init__(self, width: int, heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, mlp_ratio * width), nn.Linear(mlp_ratio * width, width)

    def forward(self, x: Tensor, unseen: Tensor | None = None) -> Tensor:
        """(b, t, d) → (b, t, d); `unseen` (b or 1, t or 1, t) is −∞ where nothing may be read, 0 elsewhere."""
        # Head by head, in products of plain matrices: on one core, with 15 to 50 tokens, that takes 0.5 to 0.8 of
        # the time of PyTorch's scaled_dot_product_attention, which is made for hundreds (at 4 tokens: 1.3 times).
        heads = self.qkv(self.norm1(x)).split(x.shape[-1] // self.heads, dim=-1)  # all q, then all k, then all v
        mixed = []
        for q, k, v in zip(*(heads[i : i + self.heads] for i in range(0, len(heads), self.heads)), strict=True):
            scores = torch.bmm(q * q.shape[-1] ** -0.5, k.mT)  # (b, t, t)
            mixed.append(torch.bmm(softmax(scores if unseen is None else scores + unseen), v))
        x = x + self.out(torch.cat(mixed, -1))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Trunk(nn.Module):
    """A stack of blocks over vectors, whatever they stand for (Vaswani 2017, arXiv 1706.03762; pre-norm).

    Args:
        width: length of every vector.
        depth: number of blocks.
        heads: attention heads; must divide `width`.
        mlp_ratio: inner width of the two-layer network over `width`.

    Raises:
        ValueError: if `heads` does not divide `width`.
    """

    def __init__(self, width: int = WIDTH, depth: int = DEPTH, heads: int = HEADS, mlp_ratio: int = MLP_RATIO) -> None:
        super().__init__()
        if width % heads:
            msg = f"width must be a multiple of heads ({heads}), got {width}"
            raise ValueError(msg)
        self.width = width
        self.blocks = nn.ModuleList(Block(width, heads, mlp_ratio) for _ in range(depth))
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, *, visible: Tensor | None = None, causal: bool = False) -> Tensor:
        """Mix the vectors of each sequence.

        Args:
            x: (batch, length, width).
            visible: (batch, length) bool, False where a position is padding and must not be looked at.
            causal: True lets a position look only at itself and what came before it; without padding then.

        Returns:
            (batch, length, width), normalised.

        Raises:
            ValueError: if both `visible` and `causal` are given.
        """
        if visible is not None and causal:
            msg = "visible and causal cannot be combined: cut causal batches to one length instead"
            raise ValueError(msg)
        unseen = None if visible is None else x.new_zeros(1, 1, 1).masked_fill(~visible[:, None], float("-inf"))
        if causal:
            unseen = x.new_full((1, x.shape[1], x.shape[1]), float("-inf")).triu(1)
        for block in self.blocks:
            x = block(x, unseen)
        return self.norm(x)


def softmax(scores: Tensor) -> Tensor:
    """Softmax over the last axis. PyTorch's takes 16 numbers at a time, but fewer one by one: short rows are filled up.

    >>> softmax(torch.zeros(1, 4))
    tensor([[0.2500, 0.2500, 0.2500, 0.2500]])
    """
    length, missing = scores.shape[-1], max(0, 16 - scores.shape[-1])
    if missing:
        scores = F.pad(scores, (0, missing), value=float("-inf"))
    return scores.softmax(-1)[..., :length]


def count_weights(module: nn.Module) -> int:
    """Number of trainable numbers in a module."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def initialise(module: nn.Module, generator: torch.Generator) -> None:
    """Draw all weights afresh: matrices by Glorot's rule, tables from N(0, 1/width), biases 0, norms 1."""
    for part in module.modules():
        if isinstance(part, nn.Linear):
            nn.init.xavier_normal_(part.weight, generator=generator)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif isinstance(part, nn.Embedding):
            nn.init.normal_(part.weight, std=part.embedding_dim**-0.5, generator=generator)
        elif isinstance(part, nn.LayerNorm):
            nn.init.ones_(part.weight)
            nn.init.zeros_(part.bias)
