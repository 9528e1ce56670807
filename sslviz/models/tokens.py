"""From data to the vectors that the trunk reads: words and patches of pictures and frames; sound is in sounds.py."""

from __future__ import annotations

import torch
from torch import Tensor, nn

PATCH, SIDE = 8, 32  # every picture is 32×32, cut into 16 patches of 8×8


class WordTokens(nn.Module):
    """A table with a vector a word, plus a table with a vector a place in the sentence.

    Args:
        vocabulary: number of entries.
        width: length of each vector.
        longest: most positions that a sentence can have.
    """

    def __init__(self, vocabulary: int, width: int, longest: int = 40) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(vocabulary, width), nn.Embedding(longest, width)

    def forward(self, ids: Tensor) -> Tensor:
        """(batch, length) word numbers → (batch, length, width)."""
        return self.words(ids) + self.places.weight[: ids.shape[1]]


class PatchTokens(nn.Module):
    """Sixteen patches of 8×8 RGB, each through one linear layer, plus a vector for its place."""

    def __init__(self, width: int, *, places: bool = True) -> None:
        super().__init__()
        self.patch = nn.Linear(3 * PATCH * PATCH, width)
        self.places = nn.Embedding((SIDE // PATCH) ** 2, width) if places else None

    def forward(self, pixels: Tensor) -> Tensor:
        """(batch, 3, 32, 32) in 0…1 → (batch, 16, width)."""
        x = self.patch((to_patches(pixels) * 2).sub_(1))
        return x if self.places is None else x + self.places.weight


def to_patches(pixels: Tensor) -> Tensor:
    """(batch, 3, 32, 32) → (batch, 16, 192): patches row by row, each as channel, row, column."""
    rows = pixels.unflatten(3, (-1, PATCH)).unflatten(2, (-1, PATCH))  # channel, place down, row, place across, column
    return rows.permute(0, 2, 4, 1, 3, 5).reshape(len(pixels), -1, 3 * PATCH * PATCH)


def from_patches(patches: Tensor) -> Tensor:
    """Undo `to_patches`: (batch, 16, 192) → (batch, 3, 32, 32)."""
    across = SIDE // PATCH
    places = patches.reshape(len(patches), across, across, 3, PATCH, PATCH)
    return places.permute(0, 3, 1, 4, 2, 5).reshape(len(patches), 3, SIDE, SIDE)


def mean_pool(x: Tensor) -> Tensor:
    """The one pooling of all image pages, for the random trunk too: the mean over positions."""
    return torch.mean(x, dim=1)
