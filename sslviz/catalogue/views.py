"""The changes that make two views of one picture: settings that all tasks which compare views share.

Chen et al. 2020 (SimCLR), arXiv 2002.05709, section 3 and appendix A.
"""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class ViewOptions(Options):
    """How far the two views may differ; a switch turns one kind of change off."""

    # 0.08 in the paper, whose photos hold more
    smallest: float = option(0.3, "Smallest crop, share of the picture", low=0.08, high=1.0)
    strength: float = option(0.5, "Strength of the colour jitter", low=0.0, high=1.0)  # 0.5 for CIFAR-10
    crop: bool = option(True, "Crop")
    flip: bool = option(True, "Flip")
    jitter: bool = option(True, "Colour jitter")
    grey: bool = option(True, "Greyscale")
    blur: bool = option(False, "Blur")  # off for small pictures, as in the paper's CIFAR-10 recipe
