"""Patch order."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import PICTURES, Entry, Expects
from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class PatchOrderOptions(Options):
    """What is asked, and what keeps edges and colours from giving the answer away."""

    way: str = option(
        "places", "What is asked", ("places", "jigsaw 2x2", "jigsaw 3x3", "relative position", "rotation"), shapes=True
    )
    gap: bool = option(True, "Gap between tiles")  # tiles of 8 out of cells of 10: edges do not meet. 3×3 tiles only
    jitter: bool = option(True, "Jitter of tiles")  # each tile from a random place in its cell. Needs the gap
    # Every tile gets the same mean and spread. Jigsaws and relative position.
    normalise: bool = option(True, "Even out tiles", shapes=True)
    # A lens that bends red less and blue more, so that edges have fringes. All ways.
    lens: bool = option(False, "Look through a lens", shapes=True)
    drop: bool = option(False, "Drop colours", shapes=True)  # one colour channel in place of three. All ways


ENTRY = Entry(
    slug="patch_order", title="Patch order", family="Put in order", modality="Images", order=10,
    systems="Jigsaw 2016, relative position 2015, RotNet 2018",
    label="where each patch was", label_from="data", glyph="ooobobboo",
    module="sslviz.tasks.patch_order:PatchOrder", stream=41, data=PICTURES,
    steps=600, batch=128, lr=3e-3, long_steps=6000, long_batch=128, long_lr=3e-3, long_data="fashion_mnist",
    elsewhere="clothes_anywhere",
    options=PatchOrderOptions,
    ablation=(
        ("places", {}),
        ("rotation", {"way": "rotation"}),
        ("jigsaw 2x2", {"way": "jigsaw 2x2"}),
        ("jigsaw 3x3", {"way": "jigsaw 3x3"}),
        ("jigsaw 3x3, no jitter", {"jitter": False, "way": "jigsaw 3x3"}),
        ("jigsaw 3x3, no gap", {"gap": False, "jitter": False, "way": "jigsaw 3x3"}),
        ("jigsaw 3x3, not evened out", {"normalise": False, "way": "jigsaw 3x3"}),
        ("jigsaw 3x3, none of the three", {"gap": False, "jitter": False, "normalise": False, "way": "jigsaw 3x3"}),
        ("relative position", {"way": "relative position"}),
        ("relative position, one colour", {"drop": True, "way": "relative position"}),
        ("relative position, lens", {"lens": True, "way": "relative position"}),
        ("relative position, lens, one colour", {"drop": True, "lens": True, "way": "relative position"}),
    ),
    expects=Expects(recordings=("short", "long", "elsewhere"), over_random=10),
)  # fmt: skip
