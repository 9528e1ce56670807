"""A label at every word against a label at the hidden ones: what was measured here, and what the paper says."""

from __future__ import annotations

from typing import Any

from sslviz.catalogue.replaced_words import ENTRY
from sslviz.evaluation.lead import Lead, lead
from sslviz.training.results import recorded
from sslviz.ui.frame.measured import Ablation, Measure, Row, ablation_panel, mean, numbers, protocol, usual

RIVAL = "masked_words"
MEASURES = (Measure("told apart, {seeds} run seeds", "accuracy"), Measure("linear probe", "probe", model=True))
PAPER = (
    "BERT has a label at 15% of the words, ELECTRA at **all** of them. In the paper, with a large model and much "
    "text, that decides: GLUE 85.0 for ELECTRA, 82.4 with labels at the hidden 15% only, 82.2 for BERT "
    "([arXiv 2003.10555](https://arxiv.org/abs/2003.10555), section 3.5, table 5). But such a label is one of two "
    "answers, and a hidden word one of two thousand: more labels, each of which says less."
)
APART = (
    "*Told apart*: of a replaced and an original word, how often the replaced one looks more suspicious; 50% is "
    "chance. It does not compare the ways, since each is asked about its own words."
)
FAVOURABLE = (
    "Its recipe (steps, learning rate, head) was chosen with the held-out sentences in view, so its figures on them "
    "are slightly favourable."
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
        f"{means[0]:.0f}% of the sentences; after {spent[1]:.0f} seconds of Masked words in {means[1]:.0f}%: "
        f"{found.told}. Two things are against Replaced words in it. The word is hidden behind [MASK], which its trunk "
        "never read while it learned. And a minute is little: most labels are right by saying “original”. "
        f"{FAVOURABLE}"
    )


def meaning(found: dict[str, Any]) -> str:
    """The arms in a table, and what they say; every number comes from the file."""
    whole = usual(found)
    lines = "| Way | told apart | linear probe | against ELECTRA |\n| :-- | --: | --: | :-- |\n"
    for row in found["rows"]:
        over = ahead(row, whole, "probe")
        against = "" if row is whole else over.told + ("" if over.clear else ": no difference")
        lines += f"| {row['name']} | {mean(row, 'accuracy'):.0%} | {mean(row, 'probe'):.1%} | {against} |\n"
    return f"{lines}\n{told(found)} {protocol(found)}"


def told(found: dict[str, Any]) -> str:
    """What may be said of the arms: a lead only where it is more than two standard errors."""
    whole = usual(found)
    drawn = next((row for row in found["rows"] if "filler" in row["options"]), None)
    said = [APART]
    if drawn and (over := ahead(drawn, whole, "accuracy")).clear and over.points > 0:
        said.append("Words drawn by frequency are told apart more often: easier labels, not a better model.")
    said.append("What compares them is the probe.")
    clear = [row for row in found["rows"] if row is not whole and ahead(row, whole, "probe").clear]
    if not clear:
        said.append("It shows no difference: so few steps decide nothing.")
    if (run := recorded.read(ENTRY.slug)) and len(run.repeats) + 1 == len(
        whole["probe"]
    ):  # both have run seeds 0, 1, …
        random = [figures["probes"]["random"]["few"] for figures in (run.figures, *run.repeats)]
        over = lead([[one] for one in whole["probe"]], [[sum(few) / len(few)] for few in random])
        how = "cannot be told from" if not over.clear else "is ahead of" if over.points > 0 else "is behind"
        said.append(
            f"After these steps ELECTRA’s trunk {how} the untrained one: {over.size if over.clear else over.told}."
        )
    return " ".join(said)


def ahead(row: Row, other: Row, key: str) -> Lead:
    """How far one arm is ahead of another, run seed by run seed."""
    return lead([[one] for one in numbers(row, key)], [[one] for one in numbers(other, key)])


SHOWN = Ablation(
    ENTRY.slug, "With parts left out", "recorded runs", MEASURES,
    "share; the probe names the kind of a hidden word", meaning,
)  # fmt: skip
