"""Random changes to pictures, a batch at a time, each picture with numbers of its own.

torchvision's own transforms draw one set of numbers for a whole batch; a contrastive task needs one a picture. The
formulas are torchvision's (a test holds them together, picture by picture). Pictures are (n, 3, h, w) in 0…1, every
amount is (n,).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

COLOURS = ("brightness", "contrast", "saturation", "hue")
_GREY = (0.2989, 0.587, 0.114)  # ITU-R 601: how bright red, green and blue look


def crop(x: Tensor, top: Tensor, left: Tensor, height: Tensor, width: Tensor, flip: Tensor) -> Tensor:
    """Cut a box out of every picture, given in shares of its sides, stretch it to full size, and mirror it or not.

    Bilinear, in one resampling. `flip` is bool.
    """
    middle = [(torch.arange(side, device=x.device) + 0.5) / side for side in x.shape[2:]]  # of every new pixel
    down = _between(top[:, None] + height[:, None] * middle[0], x.shape[2])
    across = _between(left[:, None] + width[:, None] * torch.where(flip[:, None], 1 - middle[1], middle[1]), x.shape[3])
    return down[:, None] @ (x.flatten(1, 2) @ across.mT).view_as(x)


def _between(place: Tensor, side: int) -> Tensor:
    """(n, k) places in shares of a side → (n, k, side) how much each pixel counts there: the nearest two do."""
    pixel = (place * side - 0.5).clamp(0, side - 1)  # beyond the middle of the last pixel there is only that one
    return (1 - (pixel[..., None] - torch.arange(side, device=place.device)).abs()).clamp_min_(0)


def grey(x: Tensor) -> Tensor:
    """(n, 1, h, w) how bright every pixel looks."""
    return x[:, :1] * _GREY[0] + x[:, 1:2] * _GREY[1] + x[:, 2:] * _GREY[2]


def recolour(x: Tensor, kind: Tensor, by: Tensor) -> Tensor:
    """To every picture one change of COLOURS, `kind` (n,) its number there, or −1 for none; `by` as for that change.

    All pictures at once, each with a matrix of its own; only hue is none.
    """
    bright, strong, full, turn = (kind == number for number in range(4))
    own = torch.where(bright | strong | full, by, 1)
    x = _mix(x, own, torch.where(full, 1 - by, 0), torch.where(strong, (1 - by) * _mean_grey(x), 0))
    rows = torch.nonzero(turn).squeeze(1)
    x[rows] = hue(x[rows], by[rows])
    return x


def brightness(x: Tensor, by: Tensor) -> Tensor:
    """Times `by`: 0 is black, 1 changes nothing."""
    return _mix(x, by, torch.zeros_like(by), torch.zeros_like(by))


def contrast(x: Tensor, by: Tensor) -> Tensor:
    """Away from (or towards) the mean grey: 0 is flat grey, 1 changes nothing."""
    return _mix(x, by, torch.zeros_like(by), (1 - by) * _mean_grey(x))


def saturation(x: Tensor, by: Tensor) -> Tensor:
    """Away from (or towards) each pixel's own grey: 0 is black and white, 1 changes nothing."""
    return _mix(x, by, 1 - by, torch.zeros_like(by))


def _mix(x: Tensor, own: Tensor, its_grey: Tensor, plus: Tensor) -> Tensor:
    """Each pixel becomes own × itself + its_grey × how bright it looks + plus: one 3×3 matrix a picture."""
    looks = torch.tensor(_GREY, device=x.device, dtype=x.dtype)
    matrix = own[:, None, None] * torch.eye(3, device=x.device, dtype=x.dtype) + its_grey[:, None, None] * looks
    return torch.baddbmm(plus[:, None, None], matrix, x.flatten(2)).clamp_(0, 1).view_as(x)


def _mean_grey(x: Tensor) -> Tensor:
    """(n,) how bright a picture looks, the mean over its pixels."""
    return x.mean((2, 3)) @ torch.tensor(_GREY, device=x.device, dtype=x.dtype)


def hue(x: Tensor, by: Tensor) -> Tensor:
    """Turn the colour wheel by `by` of a full turn, −0.5 to 0.5."""
    r, g, b = x.unbind(1)
    top = x.amax(1)
    spread = top - x.amin(1)
    after, third = torch.where(top == r, g - b, torch.where(top == g, b - r, r - g)), torch.where(top == g, 2.0, 4.0)
    where = after / spread.clamp_min(1e-12) + torch.where(top == r, 0.0, third)  # on the wheel, in sixths of a turn
    # Each channel is a trapezoid over the wheel (the closed form of hue, saturation, value → RGB).
    shift = torch.tensor([5.0, 3.0, 1.0], device=x.device).view(3, 1, 1)
    wave = ((where + 6 * by.view(-1, 1, 1))[:, None] + shift) % 6
    return top[:, None] - spread[:, None] * torch.minimum(wave, 4 - wave).clamp_(0, 1)


def blur(x: Tensor, sigma: Tensor) -> Tensor:
    """Gaussian blur with `sigma` pixels (0: none), edges mirrored; kernel of 7, which holds ±3 pixels."""
    reach = torch.arange(-3, 4, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-0.5 * (reach / sigma.clamp_min(1e-3)[:, None]) ** 2)
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(3, 0)  # one a channel
    n, c, h, w = x.shape
    flat = F.pad(x, (3, 3, 3, 3), mode="reflect").reshape(1, n * c, h + 6, w + 6)
    flat = F.conv2d(flat, kernel.view(-1, 1, 1, 7), groups=n * c)
    return F.conv2d(flat, kernel.view(-1, 1, 7, 1), groups=n * c).view(n, c, h, w)
