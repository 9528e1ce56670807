"""Frame order."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import Entry, Expects
from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class FrameOrderOptions(Options):
    """What is asked, which frames are taken, and what keeps colours and edges from giving the answer away."""

    way: str = option("4 frames", "What is asked", ("4 frames", "3 frames", "in order?"), shapes=True)
    # From one frame to the next; in order?: from a to b and from d to e.
    gap: int = option(2, "From frame to frame, quarters of a second", low=1, high=2)
    motion: bool = option(True, "Choose parts in which much moves")  # they are taken more often
    split: bool = option(False, "Split colour channels")  # one of three, drawn for each frame on its own
    jitter: bool = option(False, "Jitter of frames")  # each frame is cut out up to a pixel off, on its own
    light: float = option(0.0, "Light of each frame, up and down by", low=0.0, high=0.8)  # each on its own
    wrong: float = option(0.75, "Share of triples that are not in order", low=0.1, high=0.9)  # in order? only


ENTRY = Entry(
    slug="frame_order", title="Frame order", family="Put in order", modality="Video", order=20,
    systems="Shuffle and Learn 2016, OPN 2017",
    label="how the frames were shuffled", label_from="data", glyph="...obo...",
    module="sslviz.tasks.frame_order:FrameOrder", stream=53, data=("film",),
    steps=500, batch=32, lr=3e-3, long_steps=6000, long_batch=64, long_lr=3e-3,
    options=FrameOrderOptions,
    ablation=(
        ("frames as they are", {}),
        ("one colour of each", {"split": True}),
        ("each a pixel off", {"jitter": True}),
    ),
    # By k-NN some runs stay below the random trunk: who is in a shot is hard to tell from 25 of them.
    expects=Expects(beats_random=False, over_random=10, undo=False, guesses=12),
)  # fmt: skip
