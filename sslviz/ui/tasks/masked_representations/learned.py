"""Why an averaged teacher: what was measured with another target encoder."""

from __future__ import annotations

from typing import Any

import numpy as np

from sslviz.catalogue.masked_representations import ENTRY
from sslviz.data import titles
from sslviz.evaluation.lead import lead
from sslviz.evaluation.signed import signed
from sslviz.training.results import recorded
from sslviz.ui.frame.measured import Ablation, Measure, ablation_panel, mean, numbers, protocol

SPREAD, COSINE, RANK = (
    "spread, share of the most possible", "mean cosine", "effective rank, share of the directions",
)  # fmt: skip
MEASURES = (
    Measure("effective rank of the target’s vectors, share of 64, {seeds} run seeds", RANK),
    Measure("linear probe", "probe", model=True),
)
COLLAPSED = 0.1  # a share of the most possible, of spread or of rank, below which (nearly) all say the same
WORDS = (
    "**Why a slower copy?** Encoder and predictor could agree with any target, the easiest of which is one vector for "
    "everything: then the loss is 0, and nothing was learned. The loss forbids it nowhere. What may keep the model "
    "from it are two parts: no gradient reaches the target, so that it cannot be moved towards what is easy to "
    "predict; and it is the mean of many earlier models, so that it moves slowly. Try it: switch one off in the card "
    "under *Label*, then press Reset and Play, and watch the meters.\n\n**The loss may rise while it learns.** At "
    "first all pictures get nearly the same labels, which are easy; the more these differ, the harder they are. The "
    "dashed lines are those of the end.\n\n**When this label is of use:** a vector may leave out what nobody can "
    "predict, such as noise and the very texture; pixels may not. **When not:** where nobody watches for a collapse, "
    "and where pixels are wanted, since from these vectors none can be painted."
)


def why_averaged(hide: set[str]) -> None:
    """What the averaged target is for: words, and what was measured with others."""
    ablation_panel(
        SHOWN, hide, key="why_averaged", title="Why an averaged teacher?", note="the same model with another target",
        words=WORDS,
    )  # fmt: skip


def against_pixels() -> str:
    """How far the probe is from that of Masked patches, on each set on which both are recorded."""
    told, behind = [], ""
    for which in recorded.KINDS:
        both = [run for slug in (ENTRY.slug, "masked_patches") if (run := recorded.read(slug, which)) is not None]
        if len({run.config.data for run in both}) != 1 or len(both) < 2:
            continue
        seeds = 1 + min(len(run.repeats) for run in both)
        few = [[one["probes"]["trained"]["few"] for one in (run.figures, *run.repeats)[:seeds]] for run in both]
        over = lead(*few)
        mine, theirs = (
            f"{np.mean(probes):.1%} after {run.config.steps:,} steps of {run.config.batch}"
            for run, probes in zip(both, few, strict=True)
        )
        level = "" if over.clear else ", so no lead"
        knn, bare = (both[0].figures["probes"][kind]["knn"] for kind in ("trained", "random"))
        if knn < bare:
            behind += (
                f" By k-NN it is behind its own beginning on {titles.short(both[0].config.data)}: {knn:.0%} against "
                f"{bare:.0%}; why was not measured."
            )
        told.append(f"{titles.short(both[0].config.data)}: {mine}, against {theirs}: {over.told}{level}")
    if not told:
        return ""
    return (
        "**Vectors or pixels as the label?** The probe of this task beside that of Masked patches, the same trunk with "
        f"the same choices of labels. {'; '.join(told)}.{behind}"
    )


def meaning(found: dict[str, Any]) -> str:
    """The numbers in a table, and what they say; all of them come from the file."""
    lines = "| Target | loss | spread | cosine | rank | probe |\n"
    lines += "| :-- | --: | --: | --: | --: | --: |\n"
    for row in found["rows"]:
        spread, cosine, rank = (mean(row, name) for name in (SPREAD, COSINE, RANK))
        lines += (
            f"| {row['name']} | {mean(row, 'loss'):.3f} | {spread:.2f} | {cosine:.2f} | {64 * rank:.1f} | "
            f"{mean(row, 'probe'):.1%} |\n"
        )
    return (
        f"{lines}\nSpread as a share of 1/√64; mean cosine of two pictures; effective rank, of 64. {told(found)} "
        f"{protocol(found)}\n\n{against_pixels()}"
    )


def told(found: dict[str, Any]) -> str:
    """Which targets collapsed, and whether the probes can be told apart."""
    rows = found["rows"]
    said = []
    for row in rows:
        low = [
            (what, sum(value < COLLAPSED for value in numbers(row, key)))
            for what, key in (("a spread", SPREAD), ("an effective rank", RANK))
        ]
        named = " and ".join(
            f"{what} below a tenth in {dead} of {len(numbers(row, SPREAD))} runs" for what, dead in low if dead
        )
        if named:
            said.append(f"“{row['name']}” collapsed: {named}.")
    if not said:
        said.append("No target collapsed within this budget.")
    first, *others = rows
    for row in others:
        over = lead(*([[one] for one in numbers(arm, "probe")] for arm in (first, row)))
        points = f"{signed(over.points)} points"
        level = "" if over.clear else ", no clear difference"
        said.append(f"Probe of “{first['name']}” against “{row['name']}”: {points}{level}.")
    return " ".join(said)


SHOWN = Ablation(
    ENTRY.slug, "With three targets", "recorded runs", MEASURES, "share; the probe names held-out clothes", meaning
)  # fmt: skip
