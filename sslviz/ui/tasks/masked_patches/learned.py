"""When the label of Masked patches is worth learning, and what was measured about how much to cover."""

from __future__ import annotations

from typing import Any

from sslviz.catalogue.masked_patches import ENTRY
from sslviz.evaluation.signed import signed
from sslviz.ui.frame.measured import Ablation, Measure, ablation_panel, mean, protocol, usual

WORTH = (
    "**How much to cover decides what is learned.** If little is missing, a patch can be continued from the edges of "
    "its neighbours. If most is missing, that no longer works: the model must see what kind of thing it is. If all "
    "but one or two are missing, many pictures would fit, and the answer with the smallest squared error is a blur "
    "of them all. The paper found that 75% serves a linear probe best ([arXiv "
    "2111.06377](https://arxiv.org/abs/2111.06377), figure 5); words need only 15%, since each carries "
    "more.\n\n**Where the label is of little use:** flat patches, such as the black margin around clothes, are easy: "
    "black is always right. And the loss counts pixels, so noise and texture count as much as shape."
)


def worth(hide: set[str]) -> None:
    """When this label is worth learning: words, and what was measured here with more and with less covered."""
    ablation_panel(
        ABLATION, hide, key="worth", title="When is this label worth learning?",
        note="how much is covered, and what is asked for", words=WORTH,
    )  # fmt: skip


def meaning(found: dict[str, Any]) -> str:
    """What the numbers say, in a few sentences; every number comes from the file."""
    best, as_usual = max(found["rows"], key=lambda row: mean(row, "probe")), usual(found)
    asked = [row for row in found["rows"] if dict(row["options"]).get("normalise")]
    easiest = max((row for row in found["rows"] if row not in asked), key=lambda row: mean(row, "accuracy"))
    told = f"{mean(easiest, 'accuracy'):.0%} of the variance explained"
    easy = (
        f"The label itself is easiest there, too ({told})."
        if easiest is best
        else f"The label itself is easiest with {easiest['name']} ({told}): being good at the task is not the same "
        "as learning something useful."
    )
    first = f"Best for the probe: {best['name']}, {mean(best, 'probe'):.1%}; "
    sentences = [f"{first}{as_usual['name']}: {mean(as_usual, 'probe'):.1%}.", easy]
    if asked:
        gain = 100 * (mean(asked[0], "probe") - mean(as_usual, "probe"))
        sentences.append(f"Asking for normalised patches changes the probe by {signed(gain, 0)} points.")
    return " ".join([*sentences, protocol(found)])


ABLATION = Ablation(
    ENTRY.slug, "Measured", "the same model and budget; only what is covered, or asked for, differs",
    [Measure("mean and spread of {seeds} run seeds", "probe", model=True)],
    "linear probe of the trunk, 100 labels", meaning,
)  # fmt: skip
