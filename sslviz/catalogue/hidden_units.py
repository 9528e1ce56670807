"""Hidden units."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import Entry, Expects
from sslviz.catalogue.options import Options, option

SOUND, TRUNK = "the sound", "then the trunk"


@dataclass(frozen=True)
class HiddenUnitsOptions(Options):
    """What is covered, how many clusters there are, and what they are made of. Symbols: arXiv 2106.07447."""

    p: float = option(0.08, "Share of steps at which a span starts, p", low=0.01, high=0.3)  # section IV.B
    span: int = option(10, "Steps in a span", low=1, high=20)  # of 20 ms
    clusters: int = option(32, "Clusters", low=2, high=100, shapes=True)  # 100, then 500 in the paper
    clustered: str = option(TRUNK, "What is clustered", (SOUND, TRUNK))
    every: int = option(400, "Steps a round", low=10, high=2000)
    uncovered: float = option(0.0, "Weight of the uncovered steps", low=0.0, high=2.0)  # (1 − α) / α, α = 1 is best


ENTRY = Entry(
    slug="hidden_units", title="Hidden units", family="Group", modality="Sound", order=20,
    systems="HuBERT 2021", label="the cluster of the hidden sound", label_from="model", glyph="oobhhhboo",
    module="sslviz.tasks.hidden_units:HiddenUnits", stream=83, data=("voices",),
    steps=800, batch=32, lr=3e-3, long_steps=6000, long_batch=64, long_lr=3e-3,
    options=HiddenUnitsOptions,
    ablation=(
        ("two rounds, as HuBERT", {}),
        ("one round, by the sound", {"clustered": SOUND}),
        ("heard steps count as much", {"uncovered": 1.0}),
        ("8 clusters", {"clusters": 8}),
        ("100 clusters", {"clusters": 100}),
    ),
    expects=Expects(over_random=6, undo=False),
)  # fmt: skip
