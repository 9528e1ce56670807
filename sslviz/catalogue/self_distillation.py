"""Self-distillation."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import ANYWHERE, Entry, Expects
from sslviz.catalogue.options import option
from sslviz.catalogue.views import ViewOptions


@dataclass(frozen=True)
class SelfDistillationOptions(ViewOptions):
    """The crops, and what keeps the teacher from saying the same of every picture."""

    smallest: float = option(0.4, "Smallest global crop, share of the picture", low=0.2, high=1.0)  # section 3.1
    centring: bool = option(True, "Centring", shapes=True)
    sharpening: bool = option(True, "Sharpening", shapes=True)
    # 0.996 rising to 1 in the paper, over 100 epochs and more; ours has a handful
    m: float = option(0.98, "Momentum m of the teacher", low=0.0, high=1.0)


ENTRY = Entry(
    slug="self_distillation", title="Self-distillation", family="Compare two views", modality="Images", order=60,
    systems="DINO 2021", label="what a slower teacher says of another crop", label_from="model", glyph="bbo.b.o.o",
    module="sslviz.tasks.self_distillation:SelfDistillation", stream=66, data=ANYWHERE, unit="cross-entropy, nats",
    steps=600, batch=64, lr=3e-3, long_steps=3000, long_batch=64, long_lr=3e-3, elsewhere="fashion_mnist",
    options=SelfDistillationOptions, ablation_on=(("steps", 300),),
    ablation=(
        ("DINO", {}),
        ("no centring", {"centring": False}),
        ("no sharpening", {"sharpening": False}),
    ),
    expects=Expects(recordings=("short", "elsewhere"), over_random=15, over_raw=10, undo=False),
)  # fmt: skip
