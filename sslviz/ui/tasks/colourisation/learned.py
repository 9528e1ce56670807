"""What rebalancing does, as measured, and what this label is worth."""

from __future__ import annotations

from typing import Any

from sslviz.catalogue.colourisation import ENTRY
from sslviz.ui.frame.measured import Ablation, Measure, ablation_panel, mean, numbers, protocol

GREY, UNDECIDED = "painted grey, where there was a colour", "undecided: entropy, of the most that can be"
WORDS = (
    "**Rare colours count more.** Half of all places are grey or nearly grey. Who paints grey everywhere is right half "
    "of the time, and dull. So each place counts by how rare its colour is: w ∝ 1/((1 − λ) p̃ + λ/Q), λ = ½ "
    "([arXiv 1603.08511](https://arxiv.org/abs/1603.08511), section 2.2). Try it: switch it off in the card under "
    "*Label*, then press Reset and Play.\n\n**When this label is useful:** where a thing has its colour: skies, grass, "
    "skin, a tomato. **When not:** where the colour could be any, as of a balloon or a flag. Then the label has no "
    "right answer in the picture, and all that can be learned is which colours there are to choose from. **How it is "
    "judged:** the probe sees each picture as the task does, in grey; *raw pixels* keep their colours, which tell much "
    "of what an emoji is.\n\n**Photos.** Choose pieces of photos as the data, and train: the line of the training "
    "batches falls, that of held-out pieces does not get below the dashed line. Six photos are soon known by heart, "
    "and are too few to learn from which colours the world has. The paper used more than a million."
)


def rebalancing_lab(hide: set[str]) -> None:
    """What rebalancing is for, in words and as measured."""
    ablation_panel(
        SHOWN, hide, key="rebalancing_lab", title="Dull or bright?",
        note="the same model, rare colours counting more or not", words=WORDS,
    )  # fmt: skip


def meaning(found: dict[str, Any]) -> str:
    """What the numbers say, in a few sentences; every number comes from the file."""
    rows = {bool(row["options"].get("rebalance", True)): row for row in found["rows"]}
    on, off = rows[True], rows[False]
    told = (
        f"Where there was a colour, grey is painted at {mean(on, GREY):.0%} of the places with rebalancing, at "
        f"{mean(off, GREY):.0%} without. The bin is named there at {mean(on, 'accuracy'):.0%} and "
        f"{mean(off, 'accuracy'):.0%}. "
    )
    if min(numbers(off, "probe")) > max(numbers(on, "probe")):
        told += (
            f"What is learned of the pictures is not better for it: the probe says {mean(on, 'probe'):.1%} with, and "
            f"{mean(off, 'probe'):.1%} without. Bright colours are for those who look at them."
        )
    else:
        told += f"The probe says {mean(on, 'probe'):.1%} with, and {mean(off, 'probe'):.1%} without."
    return f"{told} {protocol(found)}"


SHOWN = Ablation(
    ENTRY.slug, "Measured", "recorded runs",
    (
        Measure("painted grey, where there was a colour, {seeds} run seeds", GREY, hatched=True),
        Measure("bin named, where there is colour", "accuracy", model=True),
        Measure("linear probe, in grey", "probe"),
    ),
    "share", meaning,
)  # fmt: skip
