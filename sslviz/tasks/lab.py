"""CIE Lab: a colour as its lightness L, and two numbers a (green to red) and b (blue to yellow) for all the rest.

sRGB as in IEC 61966-2-1, white point D65, and the cube root with its straight piece as the CIE has it. A distance
in Lab is about how different two colours look.
"""

from __future__ import annotations

import torch
from torch import Tensor

# From linear RGB to XYZ, the rows divided by their sums, so that white is 1, 1, 1.
XYZ = torch.tensor(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
XYZ = XYZ / XYZ.sum(1, keepdim=True)
BEND = 6 / 29  # below its third power the cube root goes on as a straight line


def to_lab(pixels: Tensor) -> Tensor:
    """(…, 3, h, w) uint8 sRGB → the same as L (0 to 100), a and b (about −110 to 110)."""
    x = pixels.float() / 255
    linear = torch.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    y = mixed(XYZ, linear)
    f = torch.where(y > BEND**3, y.clamp_min(1e-9) ** (1 / 3), y / (3 * BEND**2) + 4 / 29)
    fx, fy, fz = f.unbind(-3)
    return torch.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], -3)


def to_rgb(lab: Tensor) -> Tensor:
    """Undo `to_lab`; a colour that no screen can show becomes one that is near it."""
    light, a, b = lab.unbind(-3)
    fy = (light + 16) / 116
    f = torch.stack([fy + a / 500, fy, fy - b / 200], -3)
    y = torch.where(f > BEND, f**3, 3 * BEND**2 * (f - 4 / 29))
    linear = mixed(torch.linalg.inv(XYZ), y).clamp(0, 1)
    x = torch.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear.clamp_min(1e-9) ** (1 / 2.4) - 0.055)
    return (x * 255).round().byte()


def mixed(matrix: Tensor, x: Tensor) -> Tensor:
    """(3, 3) times every pixel of (…, 3, h, w)."""
    return (matrix.to(x.device)[..., None, None] * x.unsqueeze(-4)).sum(-3)
