"""What each term of the loss is for: what was measured without it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sslviz.catalogue.redundancy import ENTRY
from sslviz.ui.frame.measured import Ablation, Measure, ablation_panel, mean, numbers, protocol

WIDE, RANK, REPEATED, COSINE = (
    "standard deviation of a number, at most 1", "effective rank, share of the directions",
    "correlation of two numbers", "mean cosine",
)  # fmt: skip
MEASURES = (
    Measure("standard deviation of a number, {seeds} run seeds", WIDE),
    Measure("correlation of two numbers", REPEATED, hatched=True),
    Measure("linear probe", "probe", model=True),
)
WORDS = (
    "Without the **variance** term nothing keeps the numbers apart from 0: the cheapest way to agree is to say nearly "
    "the same of every picture. The vectors *collapse* to a point. Without the **covariance** term each number does "
    "vary, but they may all say one and the same thing: 128 answers to one question. Try it: switch a term off in "
    "the card under *Label*, then press Reset and Play, and watch table and meters. **When this task is useful:** no "
    "large batch, no queue and no second network are needed. **When not:** the table is measured over the batch, so "
    "a very small batch gives a table of chance."
)


def terms_lab(hide: set[str]) -> None:
    """What each term is for, in words and as measured."""
    ablation_panel(
        SHOWN, hide, key="terms_lab", title="What each term is for", note="each left out shows its own failure",
        words=WORDS,
    )  # fmt: skip


def meaning(found: dict[str, Any]) -> str:
    """The numbers in a table, and what they say; all of them come from the file."""
    lines = "| Way | loss | cosine | directions |\n| :-- | --: | --: | --: |\n"
    for row in found["rows"]:
        cosine, rank = (mean(row, name) for name in (COSINE, RANK))
        lines += f"| {row['name']} | {mean(row, 'loss'):.3f} | {cosine:.2f} | {128 * rank:.1f} |\n"
    return f"{lines}\n{told(found)} {protocol(found)}"


def told(found: dict[str, Any]) -> str:
    """What leaving out does, said only where every run shows it."""
    rows = {row["name"]: row for row in found["rows"]}
    whole, still, same = (rows[name] for name in ("VICReg", "no variance term", "no covariance term"))
    said = []
    if max(numbers(still, WIDE)) < 0.1 * min(numbers(whole, WIDE)):
        said.append(
            f"Without the variance term the standard deviation of a number falls to {mean(still, WIDE):.3f}, and the "
            f"loss is the lowest of VICReg’s ({mean(still, 'loss'):.3f}): collapsed."
            if mean(still, "loss") < min(mean(whole, "loss"), mean(same, "loss"))
            else f"Without the variance term the standard deviation of a number falls to {mean(still, WIDE):.3f}."
        )
    if min(numbers(same, REPEATED)) > max(numbers(whole, REPEATED)):
        said.append(
            f"Without the covariance term two numbers are correlated by {mean(same, REPEATED):.2f} instead of "
            f"{mean(whole, REPEATED):.2f}: they repeat each other."
        )
    said.append(
        "The probe: " + ", ".join(f"{row['name']} {np.mean(numbers(row, 'probe')):.0%}" for row in (whole, still, same))
        + "."
    )  # fmt: skip
    return " ".join(said)


SHOWN = Ablation(
    ENTRY.slug, "Each term left out", "recorded runs", MEASURES, "share; the probe names held-out clothes", meaning
)
