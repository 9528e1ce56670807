"""Two switches, two collapses: what was measured without centring, and without sharpening."""

from __future__ import annotations

from typing import Any

from sslviz.catalogue.self_distillation import ENTRY
from sslviz.ui.frame.measured import Ablation, Measure, ablation_panel, mean, numbers, protocol

ONE, MEAN, KL = (
    "entropy of a label, share of ln K", "entropy of the mean label, share of ln K",
    "KL of teacher and student, share of ln K",
)  # fmt: skip
MEASURES = (
    Measure("entropy of a label, {seeds} run seeds", ONE),
    Measure("entropy of the mean label", MEAN, hatched=True),
    Measure("linear probe", "probe", model=True),
)
WORDS = (
    "Two forces pull the teacher apart. **Centring** takes away from its scores what it says of every picture. Without "
    "it one prototype takes all: each label is certain, and always the same. **Sharpening** makes a label decide. "
    "Without it all prototypes become equally likely. Either way every picture gets one label, and the "
    "student has nothing to learn. Try it: switch one off in the card under *Label*, then press Reset and Play, and "
    "watch the meters. **When this task is useful:** small crops must tell what the whole shows, and there are no "
    "negatives. **When not:** where what matters is not in every crop, or nobody watches for a collapse."
)


def collapse_lab(hide: set[str]) -> None:
    """What each of both is for, in words and as measured."""
    ablation_panel(
        SHOWN, hide, key="collapse_lab", title="Two ways to collapse", note="each switch guards against one",
        words=WORDS,
    )  # fmt: skip


def meaning(found: dict[str, Any]) -> str:
    """The numbers in a table, and what they say; all of them come from the file."""
    lines = "| Way | loss | label | mean label | KL |\n| :-- | --: | --: | --: | --: |\n"
    for row in found["rows"]:
        shares = " | ".join(f"{mean(row, name):.2f}" for name in (ONE, MEAN, KL))
        lines += f"| {row['name']} | {mean(row, 'loss'):.3f} | {shares} |\n"
    return f"{lines}\nEntropies and KL as shares of ln 64. {told(found)} {protocol(found)}"


def told(found: dict[str, Any]) -> str:
    """Which way collapsed how, said only where every run shows it."""
    rows = {row["name"]: row for row in found["rows"]}
    one, flat = rows["no centring"], rows["no sharpening"]
    said = []
    if max(numbers(one, MEAN)) < 0.1:
        said.append(
            f"Without centring one prototype takes all: the entropy of the mean label is {mean(one, MEAN):.3f}, and so "
            f"the loss is the lowest ({mean(one, 'loss'):.3f})."
        )
    if min(numbers(flat, ONE)) > 0.95:
        said.append(
            f"Without sharpening every label is nearly uniform: its entropy is {mean(flat, ONE):.3f} of ln 64, and the "
            f"loss stays there ({mean(flat, 'loss'):.3f})."
        )
    said.append("The probe: " + ", ".join(f"{name} {mean(row, 'probe'):.0%}" for name, row in rows.items()) + ".")
    return " ".join(said)


SHOWN = Ablation(
    ENTRY.slug, "With both, and without one", "recorded runs", MEASURES, "share; the probe names held-out clothes",
    meaning,
)  # fmt: skip
