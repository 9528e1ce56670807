"""Masked representations."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import PICTURES, Entry, Expects
from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class MaskedRepresentationsOptions(Options):
    """How many blocks are hidden, and what the target encoder is."""

    blocks: int = option(4, "Blocks hidden", low=1, high=4)  # 4 in section 3
    # 0.996 rising to 1 in the paper, over 300 epochs and more; ours has a handful. 0: the model itself
    m: float = option(0.98, "Momentum m of the target encoder", low=0.0, high=1.0)
    stop_gradient: bool = option(True, "Stop-gradient")


ENTRY = Entry(
    slug="masked_representations", title="Masked representations", family="Hide and restore", modality="Images",
    order=22, systems="I-JEPA 2023", label="the vectors of the hidden patches", label_from="model", glyph="obbobbooo",
    module="sslviz.tasks.masked_representations:MaskedRepresentations", stream=67, data=PICTURES,
    unit="squared error", steps=1500, batch=64, lr=5e-3, long_steps=6000, long_batch=64, long_lr=5e-3,
    elsewhere="clothes_anywhere", options=MaskedRepresentationsOptions, ablation_on=(("steps", 400),),
    ablation=(
        ("averaged target, as I-JEPA", {}),
        ("target is the model itself", {"m": 0.0}),
        ("gradient through the target", {"stop_gradient": False}),
    ),
    # At first the labels of all pictures are nearly alike, and so easy; the more they differ, the harder they are.
    expects=Expects(recordings=("short", "elsewhere"), beats_random=False, falls=False, over_random=9),
)  # fmt: skip
