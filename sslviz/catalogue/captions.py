"""Picture and caption."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import Entry, Expects
from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class CaptionsOptions(Options):
    """What is seen of a picture and read of a caption, how cosines are weighed, and whether the captions are right."""

    smallest: float = option(0.3, "Smallest crop, share of the picture", low=0.2, high=1.0)
    dropped: float = option(0.3, "Share of words left out", low=0.0, high=0.5)  # 0 in the paper: it has more captions
    learned: bool = option(True, "Learned temperature", shapes=True)  # False: it stays at 0.07
    shuffled: bool = option(False, "Shuffle the captions")  # the control that must fail


ENTRY = Entry(
    slug="captions", title="Picture and caption",
    family="Compare two views", modality="Images", order=50,
    systems="CLIP 2021", label="which caption came with the picture", label_from="batch", glyph="b.ooo.ooo",
    module="sslviz.tasks.captions:Captions", stream=65, data=("emoji",), judged_by="class of an emoji",
    steps=1000, batch=128, lr=4e-3, long_steps=3000, long_batch=128, long_lr=4e-3,
    options=CaptionsOptions, ablation_on=(("steps", 400),),
    ablation=(
        ("as CLIP", {}),
        ("temperature fixed at 0.07", {"learned": False}),
        ("captions shuffled", {"shuffled": True}),
    ),
    expects=Expects(recordings=("short",), over_random=12, undo=False),
)  # fmt: skip
