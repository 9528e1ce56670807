"""Random changes to pictures, a batch at a time, each picture with numbers of its own.

torchvision's own transforms draw one set of numbers for a whole batch; a contrastive task needs one a picture. The
formulas are torchvision's (a test holds them together, picture by picture). Pictures are (n, 3, h, w) in 0…1, every
amount is (n,).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

_GREY = (0.2989, 0.587, 0.114)  # ITU-R 601: how bright red, green and blue look


def crop(x: Tensor, top: Tensor, left: Tensor, height: Tensor, width: Tensor, flip: Tensor) -> Tensor:
    """Cut a box out of every picture, given in shares of its sides, stretch it to full size, and mirror it or not.

    Bilinear, in one resampling. `flip` is bool.
    """
    sign = torch.where(flip, -1.0, 1.0)
    across = torch.stack([width * sign, torch.zeros_like(width), 2 * left + width - 1], 1)
    down = torch.stack([torch.zeros_like(height), height, 2 * top + height - 1], 1)
    grid = F.affine_grid(torch.stack([across, down], 1), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)


def grey(x: Tensor) -> Tensor:
    """(n, 1, h, w) how bright every pixel looks."""
    return x[:, :1] * _GREY[0] + x[:, 1:2] * _GREY[1] + x[:, 2:] * _GREY[2]


def brightness(x: Tensor, by: Tensor) -> Tensor:
    """Times `by`: 0 is black, 1 changes nothing."""
    return (x * by.view(-1, 1, 1, 1)).clamp_(0, 1)


def contrast(x: Tensor, by: Tensor) -> Tensor:
    """Away from (or towards) the mean grey: 0 is flat grey, 1 changes nothing."""
    by, mean = by.view(-1, 1, 1, 1), grey(x).mean((1, 2, 3), keepdim=True)
    return torch.lerp(mean, x, by).clamp_(0, 1)


def saturation(x: Tensor, by: Tensor) -> Tensor:
    """Away from (or towards) each pixel's own grey: 0 is black and white, 1 changes nothing."""
    return torch.lerp(grey(x), x, by.view(-1, 1, 1, 1)).clamp_(0, 1)


def hue(x: Tensor, by: Tensor) -> Tensor:
    """Turn the colour wheel by `by` of a full turn, −0.5 to 0.5."""
    top, low = x.amax(1), x.amin(1)
    spread = top - low
    safe = torch.where(spread == 0, 1.0, spread)
    r, g, b = x.unbind(1)
    where = torch.where(top == r, (g - b) / safe, torch.where(top == g, 2 + (b - r) / safe, 4 + (r - g) / safe))
    turned = (where / 6 + by.view(-1, 1, 1)) * 6  # sixths of a turn
    # Each channel is a trapezoid over the wheel (the closed form of hue, saturation, value → RGB).
    waves = [((turned + shift) % 6) for shift in (5, 3, 1)]
    return torch.stack([top - spread * torch.minimum(k, 4 - k).clamp(0, 1) for k in waves], 1)


def blur(x: Tensor, sigma: Tensor) -> Tensor:
    """Gaussian blur with `sigma` pixels (0: none), edges mirrored; kernel of 7, which holds ±3 pixels."""
    reach = torch.arange(-3, 4, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-0.5 * (reach / sigma.clamp_min(1e-3)[:, None]) ** 2)
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(3, 0)  # one a channel
    n, c, h, w = x.shape
    flat = F.pad(x, (3, 3, 3, 3), mode="reflect").reshape(1, n * c, h + 6, w + 6)
    flat = F.conv2d(flat, kernel.view(-1, 1, 1, 7), groups=n * c)
    return F.conv2d(flat, kernel.view(-1, 1, 7, 1), groups=n * c).view(n, c, h, w)
