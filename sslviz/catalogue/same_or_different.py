"""Same or different."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import ANYWHERE, Entry, Expects
from sslviz.catalogue.options import option
from sslviz.catalogue.views import ViewOptions


@dataclass(frozen=True)
class SameOrDifferentOptions(ViewOptions):
    """The two views, and how sharply one of many is told from the others."""

    tau: float = option(0.2, "Temperature τ", low=0.05, high=1.0)  # in the paper 0.1 for ImageNet, 0.5 for CIFAR-10


ENTRY = Entry(
    slug="same_or_different", title="Same or different", family="Compare two views", modality="Images", order=10,
    systems="SimCLR 2020", label="which two views are of one picture", label_from="batch", glyph="b.o...b.o",
    module="sslviz.tasks.same_or_different:SameOrDifferent", stream=21, data=ANYWHERE,
    steps=600, batch=128, lr=3e-3, long_steps=2500, long_batch=256, long_lr=3e-3, elsewhere="fashion_mnist",
    options=SameOrDifferentOptions,
    expects=Expects(recordings=("short", "long", "elsewhere"), over_random=20, over_raw=15, undo=False),
)  # fmt: skip
