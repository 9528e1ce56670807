"""What was measured of names that were never trained on, and of captions that were shuffled."""

from __future__ import annotations

from typing import Any

from sslviz.catalogue.captions import ENTRY
from sslviz.evaluation.lead import Lead, lead
from sslviz.training.results import recorded
from sslviz.ui.frame.measured import Ablation, Measure, ablation_panel, mean, numbers, protocol, usual

SLUG = ENTRY.slug
OVERLAP = "words of the nearest picture"
ASKED = {
    "caption found": "picture → name, first", "caption among the first 5": "picture → name, first five",
    "picture found": "name → picture, first", "picture among the first 5": "name → picture, first five",
}  # fmt: skip
GUESSED = dict(zip(ASKED, (1, 5, 1, 5), strict=True))  # of 100, by guessing
FOUND = "whole: caption found"
MEASURES = (Measure("name found, of 100 never trained on, {seeds} run seeds", FOUND, model=True),)
WORDS = (
    "A picture is named by words, and no list of classes was ever trained: that is called *zero-shot*. The names here "
    "were held out, **with the drawings of all teams**; their words are known from other names. So two things must be "
    "beaten. **Chance**: one of 100. And **word overlap**, which needs no learning: take the training picture that is "
    "nearest pixel by pixel, and rank the names by the words that they share with its name (shared words over all "
    "words of both). It is strong at the first place, since many emoji have a near copy with nearly the same "
    "name: *man elf* was held out, *woman elf* was not. "
    "**When this task is useful:** where pictures come with text, and one wants to search them, or to name them "
    "by classes that nobody fixed beforehand. **When not:** words that are in no caption mean nothing to it. And "
    "somebody did write the captions: it is supervision by language, though not by labels."
)


def leads(which: str = "short") -> dict[str, dict[str, Lead]]:
    """Measure → how far the recorded runs are ahead of "chance" and of word "overlap"; empty without a recording.

    The standard error is that of the mean over the run seeds; all are asked about the same held-out pairs.
    """
    return {
        name: {
            "chance": lead([[one] for one in ours], [[GUESSED[name] / 100]]),
            "overlap": lead([[one] for one in ours], [[overlap]]),
        }
        for name, (ours, overlap) in measured(which).items()
    }


def measured(which: str = "short") -> dict[str, tuple[list[float], float]]:
    """Measure → what each recorded run found of whole held-out pairs, and what word overlap finds of them."""
    run = recorded.read(SLUG, which)
    if run is None:
        return {}
    every = [figures["measures"] for figures in (run.figures, *run.repeats)]
    return {
        name: ([one[f"whole: {name}"]["trained"] for one in every], every[0][f"{OVERLAP}: {name}"]["trained"])
        for name in ASKED
    }


def zero_shot() -> str:
    """The recorded runs in a table and in sentences; a lead within two standard errors is called none."""
    said = []
    for which in recorded.kinds(SLUG):
        run, found = recorded.read(SLUG, which), leads(which)
        if run is None:
            continue
        runs = f"{1 + len(run.repeats)} run seeds, {run.config.steps:,} steps"
        lines = f"| {runs}; of 100 names | model | word overlap | chance | over word overlap |\n"
        lines += "| :-- | --: | --: | --: | :-- |\n"
        for name, (ours, overlap) in measured(which).items():
            model, over = sum(ours) / len(ours), found[name]["overlap"]
            lines += f"| {ASKED[name]} | {model:.0%} | {overlap:.0%} | {GUESSED[name]}% | {over.told} |\n"
        said.append(f"{lines}\n{verdict(found)}")
    return "\n\n".join(said)


def verdict(found: dict[str, dict[str, Lead]]) -> str:
    """What may be said of the leads, and no more."""
    ahead = [ASKED[name] for name, over in found.items() if over["overlap"].clear and over["overlap"].points > 0]
    below = [ASKED[name] for name, over in found.items() if over["overlap"].clear and over["overlap"].points < 0]
    chance = all(over["chance"].clear and over["chance"].points > 0 for over in found.values())
    said = ["It is far above chance in all of them." if chance else "It is not above chance in all of them."]
    if ahead:
        said.append(f"It is ahead of word overlap in: {'; '.join(ahead)}.")
    if below:
        said.append(f"It is behind word overlap in: {'; '.join(below)}.")
    if level := len(found) - len(ahead) - len(below):
        said.append(f"In {level} of {len(found)} the lead is within two standard errors, and so none.")
    return " ".join(said)


def zero_shot_lab(hide: set[str]) -> None:
    """Zero-shot naming in words and as measured, and the control with shuffled captions."""
    ablation_panel(
        SHOWN, hide, key="zero_shot_lab", title="Named by words, never trained as classes",
        note="zero-shot, on emoji held out by name", words=f"{WORDS}\n\n{zero_shot()}",
    )  # fmt: skip


def meaning(found: dict[str, Any]) -> str:
    """What the control says; all numbers come from the file."""
    rows = {row["name"]: row for row in found["rows"]}
    right, fixed, shuffled = (rows[name] for name in ("as CLIP", "temperature fixed at 0.07", "captions shuffled"))
    over = lead([[n] for n in numbers(fixed, FOUND)], [[n] for n in numbers(right, FOUND)])
    apart = over.told if over.clear else f"{over.told}, within two standard errors, and so no difference"
    return (
        f"With **shuffled captions** it finds {mean(shuffled, FOUND):.1%} of the names, where chance finds 1%, and its "
        f"loss is {mean(shuffled, 'loss'):.2f} (guessing: ln 100 = 4.61). Nothing else was changed, so what the others "
        f"find comes from the pairs. With the temperature fixed at 0.07: {apart}. {protocol(found)}"
    )


SHOWN = Ablation(
    SLUG, "The control: captions shuffled", "recorded runs", MEASURES, "share of held-out names found", meaning,
    lines=lambda found: [("guessing", 0.01), ("word overlap", mean(usual(found), f"{OVERLAP}: caption found"))],
)  # fmt: skip
