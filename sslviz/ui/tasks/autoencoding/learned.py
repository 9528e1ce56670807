"""When the label of Compress and rebuild is worth learning, and what was measured about bottlenecks and noise."""

from __future__ import annotations

from typing import Any

from sslviz.catalogue.autoencoding import ENTRY
from sslviz.ui.frame.measured import Ablation, Measure, ablation_panel, mean, protocol

WORTH = (
    "**The label is the input, so copying is a right answer.** Whether the network must understand anything depends "
    "on how much it can copy. With *one* code for the whole picture it must combine the patches, and the code says "
    "what kind of thing it is. With a code *for each patch* (a switch in “Label”) every patch is copied by itself: "
    "the picture comes out sharper, and less is learned about the whole.\n\n**When it is useful:** to compress data, "
    "and to find what does not fit, since an unusual picture is rebuilt badly. **When it is not:** the loss counts "
    "pixels, so a large flat area weighs more than the small difference between two things. **Noise** makes copying "
    "a wrong answer: the network must know what a clean picture looks like. The measurement shows whether that helps "
    "a model as small as this. **Masked patches** goes further: there most of the input is missing."
)


def worth(hide: set[str]) -> None:
    """When this label is worth learning: words, and what was measured here with other bottlenecks and with noise."""
    ablation_panel(
        ABLATION, hide, key="worth", title="When is this label worth learning?",
        note="how much may be copied", words=WORTH,
    )  # fmt: skip


def meaning(found: dict[str, Any]) -> str:
    """What the numbers say, in a few sentences; every number comes from the file."""
    best, sharpest = (max(found["rows"], key=lambda row: mean(row, name)) for name in ("probe", "accuracy"))
    text = (
        f"Best rebuilt: {sharpest['name']}, {mean(sharpest, 'accuracy'):.0%} of the variance, and a probe of "
        f"{mean(sharpest, 'probe'):.1%}. Best for the probe: {best['name']}, {mean(best, 'probe'):.1%}, with "
        f"{mean(best, 'accuracy'):.0%} rebuilt. "
    )
    if sharpest is not best:
        text += "So a better answer to this label need not mean that more was learned. "
    return text + protocol(found)


ABLATION = Ablation(
    ENTRY.slug, "Measured", "the same trunk and budget; only the bottleneck, or the noise, differs",
    [
        Measure("linear probe of the trunk, 100 labels: mean and spread of {seeds} run seeds", "probe", model=True),
        Measure("variance explained: the label itself", "accuracy", hatched=True),
    ],
    "on held-out pictures", meaning,
)  # fmt: skip
