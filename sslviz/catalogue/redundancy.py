"""Redundancy reduction."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import ANYWHERE, Entry, Expects
from sslviz.catalogue.options import option
from sslviz.catalogue.views import ViewOptions

METHODS = ("VICReg", "Barlow Twins")


@dataclass(frozen=True)
class RedundancyOptions(ViewOptions):
    """The two views, how their vectors are compared with the label, and which terms are left out."""

    method: str = option("VICReg", "Method", METHODS)
    variance: bool = option(True, "Variance term")  # of VICReg; Barlow Twins divides by the spread instead
    covariance: bool = option(True, "Covariance term")  # in Barlow Twins what stands off the diagonal


ENTRY = Entry(
    slug="redundancy", title="Redundancy reduction",
    family="Compare two views", modality="Images", order=40,
    systems="Barlow Twins 2021, VICReg 2021",
    label="one picture, and no number says what another says", label_from="batch", glyph="b.o.b.o.b",
    module="sslviz.tasks.redundancy:Redundancy", stream=62, data=ANYWHERE, unit="weighted terms",
    steps=500, batch=128, lr=3e-3, long_steps=2500, long_batch=128, long_lr=3e-3, elsewhere="fashion_mnist",
    options=RedundancyOptions, ablation_on=(("steps", 150),),
    ablation=(
        ("VICReg", {}),
        ("no variance term", {"variance": False}),
        ("no covariance term", {"covariance": False}),
    ),
    expects=Expects(recordings=("short", "elsewhere"), over_random=20, over_raw=15, undo=False),
)  # fmt: skip
