"""Autoencoding."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import PICTURES, Entry, Expects
from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class AutoencodingOptions(Options):
    """How narrow the bottleneck is, and how the input is spoilt."""

    width: int = option(16, "Numbers in the code", low=1, high=64, shapes=True)
    whole: bool = option(True, "One code for the whole picture, not one for each patch", shapes=True)
    noise: float = option(0.0, "Noise added to the input, of full brightness", low=0.0, high=1.0)
    dropped: float = option(0.0, "Share of the input’s pixels dropped", low=0.0, high=0.9)


ENTRY = Entry(
    slug="autoencoding", title="Autoencoding: compress and rebuild",
    family="Hide and restore", modality="Images", order=30,
    systems="autoencoders 1986, denoising 2008", label="the picture itself", label_from="data", glyph="bbbbobbbb",
    module="sslviz.tasks.autoencoding:Autoencoding", stream=25, data=PICTURES, drawn=False, unit="squared error",
    steps=1000, batch=128, lr=5e-3, long_steps=4000, long_batch=256, long_lr=5e-3, elsewhere="clothes_anywhere",
    options=AutoencodingOptions,
    ablation=(
        ("2 numbers", {"width": 2}),
        ("16 numbers", {}),
        ("64 numbers for each patch", {"whole": False, "width": 64}),
        ("16 numbers, noisy input", {"noise": 0.3}),
    ),
    expects=Expects(recordings=("short", "long", "elsewhere"), over_random=15),
)  # fmt: skip
