"""Masked patches."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import PICTURES, Entry, Expects
from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class MaskedPatchesOptions(Options):
    """How much is covered, and what is asked for."""

    share: float = option(0.75, "Share of patches covered", low=0.1, high=0.9)
    normalise: bool = option(False, "Ask for normalised patches")


ENTRY = Entry(
    slug="masked_patches", title="Masked patches", family="Hide and restore", modality="Images", order=20,
    systems="MAE 2021", label="the pixels that were hidden", label_from="data", glyph="hohhhohho",
    module="sslviz.tasks.masked_patches:MaskedPatches", stream=24, data=PICTURES, unit="squared error",
    steps=1400, batch=128, lr=5e-3, long_steps=8000, long_batch=256, long_lr=5e-3, elsewhere="clothes_anywhere",
    options=MaskedPatchesOptions,
    ablation=(
        ("a quarter covered", {"share": 0.25}),
        ("three quarters covered, as MAE", {}),
        ("seven in eight covered", {"share": 0.875}),
        ("three quarters, asked for normalised", {"normalise": True}),
    ),
    expects=Expects(recordings=("short", "long", "elsewhere"), over_random=15),
)  # fmt: skip
