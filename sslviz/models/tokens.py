"""From data to the vectors that the trunk reads: words and image patches (video and sound to come)."""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

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
        x = self.patch(to_patches(pixels * 2 - 1))
        return x if self.places is None else x + self.places.weight


def to_patches(pixels: Tensor) -> Tensor:
    """(batch, 3, 32, 32) → (batch, 16, 192): patches row by row, each as channel, row, column."""
    return F.unfold(pixels, PATCH, stride=PATCH).transpose(1, 2)


def from_patches(patches: Tensor) -> Tensor:
    """Undo `to_patches`: (batch, 16, 192) → (batch, 3, 32, 32)."""
    return F.fold(patches.transpose(1, 2), (SIDE, SIDE), PATCH, stride=PATCH)


def mean_pool(x: Tensor) -> Tensor:
    """The one pooling of all image pages, for the random trunk too: the mean over positions."""
    return torch.mean(x, dim=1)


# Sound: 8,000 samples a second; a step every 20 ms, each hearing 25 ms, as in wav2vec 2.0 (there at 16 kHz).
HOP, FIELD, SPECTRUM, BANDS = 160, 200, 256, 32


def log_mel(wave: Tensor) -> Tensor:
    """(batch, samples) in −1…1 → (batch, steps, 32): how loud each of 32 bands is, ln of power, a step every 20 ms.

    A step hears 200 samples under a Hann window. Bands are triangles, evenly spaced in mel from 50 to 4,000 Hz.
    1e-5 is added to the power, so that digital silence is no −∞.
    """
    frames = wave.unfold(1, FIELD, HOP) * torch.hann_window(FIELD, device=wave.device)
    power = torch.fft.rfft(frames, SPECTRUM).abs().square()
    return (power @ mel_bands().to(wave.device) + 1e-5).log()


def steps_in(samples: Tensor) -> Tensor:
    """How many steps so many samples have."""
    return torch.div(samples - FIELD, HOP, rounding_mode="floor") + 1


@lru_cache(maxsize=1)
def mel_bands() -> Tensor:
    """(129, 32): what each frequency of the spectrum counts in each band; mel = 2595 log₁₀(1 + f / 700)."""
    mel = torch.linspace(2595 * math.log10(1 + 50 / 700), 2595 * math.log10(1 + 4000 / 700), BANDS + 2)
    edge = 700 * (10 ** (mel / 2595) - 1)
    f = torch.linspace(0, 4000, SPECTRUM // 2 + 1)[:, None]
    up, down = (f - edge[:-2]) / (edge[1:-1] - edge[:-2]), (edge[2:] - f) / (edge[2:] - edge[1:-1])
    return torch.minimum(up, down).clamp_min(0)


class SoundTokens(nn.Module):
    """Each step's 32 loudnesses, already standardised, through two layers, without knowing when it is.

    wav2vec 2.0 learns this part from the raw wave, with seven layers of convolution; log-mel spares the first six.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.up, self.down, self.norm = nn.Linear(BANDS, 2 * width), nn.Linear(2 * width, width), nn.LayerNorm(width)

    def forward(self, mel: Tensor) -> Tensor:
        """(batch, steps, 32) → (batch, steps, width), the latents."""
        return self.norm(self.down(F.gelu(self.up(mel))))


def mean_of_steps(x: Tensor, visible: Tensor) -> Tensor:
    """(batch, steps, width) → (batch, width): the mean over the steps that are no padding."""
    return (x * visible[..., None]).sum(1) / visible.sum(1, keepdim=True)
