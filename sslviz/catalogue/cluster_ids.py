"""Cluster IDs."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import ANYWHERE, Entry, Expects
from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class ClusterIdsOptions(Options):
    """How many groups, how often they are made anew, and how a picture is changed before it is named."""

    # About ten times as many as there are classes, as in the paper.
    clusters: int = option(100, "Clusters, K", low=10, high=300, shapes=True)
    every: int = option(200, "Steps a round", low=10, high=2000)  # in the paper one epoch
    smallest: float = option(0.5, "Smallest crop, share of the picture", low=0.08, high=1.0)
    flip: bool = option(True, "Flip")
    light: float = option(0.4, "Brightness and contrast, up and down by", low=0.0, high=0.9)


ENTRY = Entry(
    slug="cluster_ids", title="Cluster IDs", family="Group", modality="Images", order=10,
    systems="DeepCluster 2018", label="the number of its cluster", label_from="model", glyph="bb.b..ooo",
    module="sslviz.tasks.cluster_ids:ClusterIds", stream=28, data=ANYWHERE,
    steps=800, batch=128, lr=4e-3, long_steps=3000, long_batch=256, long_lr=4e-3, long_data="fashion_mnist",
    options=ClusterIdsOptions,
    ablation=(
        ("10 clusters", {"clusters": 10}),
        ("100 clusters", {}),
        ("100 clusters, never sorted again", {"every": 2000}),
    ),
    expects=Expects(recordings=("short", "long"), over_random=12, over_raw=8, undo=False),
)  # fmt: skip
