"""The quantiser: each vector picks an entry out of each of a few small tables; the numbers of the entries are its code.

Picking cannot be differentiated. Gumbel-softmax draws the pick from the softmax by adding noise, and straight-through
lets the gradient pass as if the softmax itself had been used. Jang et al. 2016, arXiv 1611.01144; Baevski et al. 2020,
arXiv 2006.11477, section 2.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

HOT, COOL = 2.0, 0.5  # temperatures at first and at last, as in the base model of wav2vec 2.0


class Quantiser(nn.Module):
    """G groups of V entries. The temperature is a buffer, so that it is kept with the weights.

    Args:
        width: of the vectors that come in, and of those that go out; a multiple of `groups`.
        groups: G.
        entries: V, in each group.
        cooling: by how much a step multiplies the temperature, until COOL.
    """

    tau: Tensor

    def __init__(self, width: int, groups: int, entries: int, cooling: float) -> None:
        super().__init__()
        self.groups, self.entries, self.cooling = groups, entries, cooling
        self.scores, self.out = nn.Linear(width, groups * entries), nn.Linear(width, width)
        self.table = nn.Embedding(groups * entries, width // groups)
        self.register_buffer("tau", torch.tensor(HOT))

    def logits(self, x: Tensor) -> Tensor:
        """(…, width) → (…, G, V)."""
        return self.scores(x).unflatten(-1, (self.groups, self.entries))

    def codes(self, x: Tensor, noise: Tensor | None = None) -> Tensor:
        """(…, width) → (…, G) the entry with the highest score; with Gumbel `noise` (…, G, V), one that is drawn."""
        logits = self.logits(x)
        return (logits if noise is None else logits + noise).argmax(-1)

    def forward(self, logits: Tensor, noise: Tensor, codes: Tensor) -> Tensor:
        """(…, G, V) twice and codes (…, G) → (…, width): the entries of the codes, side by side, through one layer.

        What comes out depends on the codes alone. The gradient takes the way of softmax((logits + noise) / τ).
        """
        soft = ((logits + noise) / self.tau).softmax(-1)
        return self.look_up(straight_through(soft, codes))

    def look_up(self, chosen: Tensor) -> Tensor:
        """(…, G, V) shares of the entries of each group → (…, width)."""
        tables = self.table.weight.view(self.groups, self.entries, -1)
        return self.out(torch.einsum("...gv,gvd->...gd", chosen, tables).flatten(-2))

    @torch.no_grad()
    def cool(self) -> None:
        """One step colder."""
        self.tau.mul_(self.cooling).clamp_(min=COOL)


def straight_through(soft: Tensor, codes: Tensor) -> Tensor:
    """(…, V) and (…) → (…, V): forwards exactly 1 at the code and 0 elsewhere, backwards the gradient of `soft`.

    >>> soft = torch.tensor([[0.25, 0.75]], requires_grad=True)
    >>> chosen = straight_through(soft, torch.tensor([1]))
    >>> chosen.tolist()
    [[0.0, 1.0]]
    >>> (chosen * torch.tensor([[3.0, 5.0]])).sum().backward()
    >>> soft.grad.tolist()
    [[3.0, 5.0]]
    """
    return F.one_hot(codes, soft.shape[-1]).to(soft.dtype) + (soft - soft.detach())


def perplexity(shares: Tensor) -> Tensor:
    """(G, V) how often each entry is used, each row summing to 1 → the number of entries in use, over all groups.

    e to the entropy of each group, added up: G·V where all are used alike, G where it is always the same one.

    >>> perplexity(torch.tensor([[0.5, 0.5, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]])).item()
    6.0
    """
    return torch.exp(torch.special.entr(shares).sum(-1)).sum()


def diversity(logits: Tensor) -> Tensor:
    """(n, G, V) → the share of entries that go unused, (GV − perplexity) / GV, by the mean softmax without noise.

    Section 3.2, formula 4, as in the authors' code: 0 where all entries are used alike, (GV − G) / GV where all vectors
    pick the same ones.
    """
    shares = logits.softmax(-1).mean(0)
    return 1 - perplexity(shares) / shares.numel()
