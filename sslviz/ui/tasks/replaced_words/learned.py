"""A label at every word against a label at the hidden ones: what was measured here, and what the paper says."""

from __future__ import annotations

from typing import Any

from sslviz.catalogue.replaced_words import ENTRY
from sslviz.evaluation.lead import lead
from sslviz.training.results import recorded
from sslviz.ui.frame.measured import Ablation, Measure, ablation_panel, mean, numbers, protocol

RIVAL = "masked_words"
MEASURES = (Measure("told apart, {seeds} run seeds", "accuracy"), Measure("linear probe", "probe", model=True))
PAPER = (
    "BERT has a label at 15 % of the words, ELECTRA at **all** of them. In the paper, with a large model and much "
    "text, that decides: GLUE 85.0 for ELECTRA, 82.4 with labels at the hidden 15 % only, 82.2 for BERT "
    "([arXiv 2003.10555](https://arxiv.org/abs/2003.10555), section 3.5, table 5). But such a label is one of two "
    "answers, and a hidden word one of two thousand: more labels, each of which says less."
)


def compared_lab(hide: set[str]) -> None:
    """The paper's comparison in words, and our own as measured."""
    ablation_panel(
        SHOWN, hide, key="compared_lab", title="A label at every word: what is it worth?",
        note="against Masked words, and with parts left out", words=f"{PAPER}\n\n{against_bert()}",
    )  # fmt: skip


def against_bert() -> str:
    """Probe of both recorded runs on the same sentences, with standard errors; empty where one is missing."""
    both = [recorded.read(slug) for slug in (ENTRY.slug, RIVAL)]
    if both[0] is None or both[1] is None:
        return ""
    mine, theirs = (
        [figures["probes"]["trained"]["few"] for figures in (run.figures, *run.repeats)] for run in both if run
    )
    found = lead(mine, theirs)
    means = [100 * sum(map(sum, rows)) / sum(map(len, rows)) for rows in (mine, theirs)]
    spent = [run.meta["processor_seconds"] for run in both if run]
    return (
        f"**Here:** after {spent[0]:.0f} seconds of one core the probe names the kind of a hidden word in "
        f"{means[0]:.0f} % of the sentences; after {spent[1]:.0f} seconds of Masked words in {means[1]:.0f} %: "
        f"{found.told}. Two things are against Replaced words in it. The word is hidden behind [MASK], which its trunk "
        "never read while it learned. And a minute is little: most labels are right by saying “original”."
    )


def meaning(found: dict[str, Any]) -> str:
    """What the arms say; all numbers come from the file."""
    rows = {row["name"]: row for row in found["rows"]}
    said = ", ".join(f"{name} {mean(row, 'accuracy'):.0%}" for name, row in rows.items())
    apart = "Told apart: how often a replaced word looks more suspicious than an original one; 50 % is chance"
    drawn = rows.get("words by their frequency")
    easier = (
        " Words drawn by frequency are told apart more often: easier labels, not a better model."
        if drawn and min(numbers(drawn, "accuracy")) > max(numbers(rows["ELECTRA"], "accuracy"))
        else ""
    )
    return f"{apart}: {said}.{easier} {protocol(found)}"


SHOWN = Ablation(
    ENTRY.slug, "With parts left out", "recorded runs", MEASURES,
    "share; the probe names the kind of a hidden word", meaning,
)  # fmt: skip
