"""Colourisation."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import Entry, Expects
from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class ColourisationOptions(Options):
    """Whether rare colours count more."""

    rebalance: bool = option(True, "Rare colours count more")


ENTRY = Entry(
    slug="colourisation", title="Colourisation", family="Hide and restore", modality="Images", order=25,
    systems="Colourisation 2016", label="the colour of each place", label_from="data",
    glyph="hhhhohhhh",
    module="sslviz.tasks.colourisation:Colourisation", stream=64,
    data=("emoji", "photo_pieces", "cifar10", "stl10"),  # not clothes: they are grey
    drawn=False, unit="weighted nats",
    steps=900, batch=64, lr=3e-3, long_steps=2500, long_batch=64, long_lr=3e-3,
    judged_by="class of an emoji", options=ColourisationOptions,
    ablation=(("rebalanced", {}), ("not rebalanced", {"rebalance": False})),
    expects=Expects(over_random=4, undo=False),
)  # fmt: skip
