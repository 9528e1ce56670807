"""Two views, no negatives."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import ANYWHERE, Entry, Expects
from sslviz.catalogue.options import option
from sslviz.catalogue.views import ViewOptions


@dataclass(frozen=True)
class TwoViewsOptions(ViewOptions):
    """The two views, and what keeps the network from saying the same of every picture."""

    predictor: bool = option(True, "Predictor", shapes=True)
    stop_gradient: bool = option(True, "Stop-gradient")
    # 0.996 rising to 1 in the paper, 0.97 in its code for 40 epochs; ours has a handful. 0: SimSiam
    m: float = option(0.9, "Momentum m of the target", low=0.0, high=1.0)
    # Inside the heads; "picture": layer normalisation, each picture for itself.
    norm: str = option("batch", "Heads normalised over", ("batch", "picture"), shapes=True)


ENTRY = Entry(
    slug="two_views", title="Two views, no negatives", family="Compare two views", modality="Images", order=30,
    systems="BYOL 2020, SimSiam 2020",
    label="what a slower copy says of the other view", label_from="model", glyph="b.....b..",
    module="sslviz.tasks.two_views:TwoViews", stream=23, data=ANYWHERE, unit="2 − 2 cos",
    steps=600, batch=128, lr=3e-3, long_steps=3000, long_batch=128, long_lr=3e-3, long_data="fashion_mnist",
    options=TwoViewsOptions, ablation_on=(("data", "pictures"), ("steps", 700)),
    ablation=(
        ("as BYOL", {}),
        ("no predictor", {"predictor": False}),
        ("no stop-gradient", {"stop_gradient": False}),
        ("neither of them", {"predictor": False, "stop_gradient": False}),
        ("no momentum: SimSiam", {"m": 0.0}),
        ("heads normalised by picture", {"norm": "picture"}),
    ),
    # Always saying the same vector costs nothing: that is what the page shows.
    expects=Expects(recordings=("short", "long"), over_random=7, below="unrelated vectors", undo=False),
)  # fmt: skip
