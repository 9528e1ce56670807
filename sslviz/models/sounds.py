"""From sound to the vectors that the trunk reads: how loud 32 bands are, every 20 ms."""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.models.trunk import Trunk

# Sound: 8,000 samples a second; a step every 20 ms, each hearing 25 ms, as in wav2vec 2.0 (there at 16 kHz).
HOP, FIELD, SPECTRUM, BANDS = 160, 200, 256, 32
NEAR = 19  # steps over which a latent's neighbours are summed up: 128 in wav2vec 2.0


def log_mel(wave: Tensor) -> Tensor:
    """(batch, samples) in −1…1 → (batch, steps, 32): how loud each of 32 bands is, ln of power, a step every 20 ms.

    A step hears 200 samples under a Hann window. Bands are triangles, evenly spaced in mel from 50 to 4,000 Hz.
    1e-5 is added to the power, so that digital silence is no −∞.
    """
    frames = wave.unfold(1, FIELD, HOP) * torch.hann_window(FIELD, device=wave.device)
    waves = torch.fft.rfft(frames, SPECTRUM)
    power = waves.real.square() + waves.imag.square()  # abs() would take roots for nothing
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


class Hearing(nn.Module):
    """Latents, and the trunk with a vector for "covered".

    What is near each step, and how far off, goes in by a convolution, as in wav2vec 2.0: no step knows its own place.
    """

    def __init__(self, trunk: Trunk) -> None:
        super().__init__()
        width = trunk.width
        self.tokens, self.trunk, self.near = SoundTokens(width), trunk, nn.Embedding(NEAR, width)
        self.covered = nn.Parameter(torch.zeros(width))

    def vectors(self, mel: Tensor, visible: Tensor, masked: Tensor | None = None) -> Tensor:
        """(n, T, 32) → (n, T, width); a latent in `masked` (n, T) is replaced, whatever was heard there."""
        z = self.tokens(mel)
        if masked is not None:
            z = torch.where(masked[..., None], self.covered, z)
        z = z * visible[..., None]
        around = F.conv1d(z.mT, self.near.weight.T[:, None], padding=NEAR // 2, groups=z.shape[2]).mT
        return self.trunk(z + F.gelu(around), visible=visible)


def mean_of_steps(x: Tensor, visible: Tensor) -> Tensor:
    """(batch, steps, width) → (batch, width): the mean over the steps that are no padding."""
    return (x * visible[..., None]).sum(1) / visible.sum(1, keepdim=True)
