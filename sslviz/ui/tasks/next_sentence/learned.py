"""What became of Next sentence, and the ablation that shows what the small model lacks."""

from __future__ import annotations

from typing import Any

from sslviz.catalogue.next_sentence import ENTRY, NextSentenceOptions
from sslviz.evaluation.signed import signed
from sslviz.training.results import recorded
from sslviz.ui.frame.measured import Ablation, Measure, ablation_panel, mean, protocol, variant

SAME = 3.0  # points; what is closer is no difference to speak of
DROPPED = (
    "**BERT (2018)** learned this task together with masked words; it was meant to learn how sentences are "
    "connected. **RoBERTa (2019)** trained without it, on longer unbroken text, and did as well or slightly better "
    "([arXiv 1907.11692](https://arxiv.org/abs/1907.11692), section 4.2): so it was dropped. One explanation came "
    "with **ALBERT (2019)**: a sentence from another document mostly gives itself away by its topic, so the model "
    "need not learn what follows from what; ALBERT asks whether two neighbours were swapped instead ([arXiv "
    "1909.11942](https://arxiv.org/abs/1909.11942), section 3.1)."
)


def what_became_of_it(hide: set[str]) -> None:
    """What became of the task, and what our model lacks; nothing where a lesson leaves out words and results."""
    ablation_panel(
        ABLATION, hide, key="dropped", title="What became of this task", note="BERT had it, RoBERTa left it out",
        words=f"{DROPPED}\n\n{underfits()}",
    )  # fmt: skip


def underfits() -> str:
    """What the recorded model reaches on the very tales it was trained on, beside held-out ones; empty without it."""
    run = recorded.read(ENTRY.slug)
    measured = next(iter(run.figures["measures"].values()), None) if run is not None else None
    if run is None or measured is None:
        return ""
    held_out = run.figures["scores"]["pairs told right"]
    apart = 100 * (measured["trained"] - held_out)
    told = (
        f"**Does it know its own examples?** Of the tales that it was trained on it tells {measured['trained']:.1%} of "
        f"the pairs right, of held-out ones {held_out:.1%}: "
    )
    if abs(apart) < SAME:
        return f"{told}no difference to speak of. So it underfits: more text of this kind would not help it."
    return f"{told}{signed(apart)} points. So it has begun to remember, and still knows few of its own examples."


def meaning(found: dict[str, Any]) -> str:
    """What the numbers mean, in a few sentences; every number comes from the file."""
    compared = (NextSentenceOptions(), NextSentenceOptions(masks=False), NextSentenceOptions(marks=True))
    usual, bare, marked = (mean(row, "accuracy") for options in compared if (row := variant(found, options)))
    simple = {name: value for name, value in found["baselines"].items() if name != "coin"}
    rival = max(simple, key=lambda name: simple[name])
    ahead, gain = 100 * (usual - simple[rival]), 100 * (marked - usual)
    lacks = (
        "So part of what it lacks is to notice that a word is repeated. Counting words does that at no cost; a "
        "Transformer must learn to compare any two of its words."
        if gain > 0
        else "So its weakness is not that it fails to notice repeated words."
    )
    return (
        f"Trained as BERT was, the small model tells {usual:.1%} right, {abs(ahead):.0f} points "
        f"{'more' if ahead >= 0 else 'less'} than {rival} ({simple[rival]:.1%}); without hidden words to name "
        f"besides, {bare:.1%}. Told which words stand in both sentences, it reaches {marked:.1%}: {signed(gain, 0)} "
        f"points, and {signed(100 * (marked - simple[rival]), 0)} against {rival}. {lacks} These runs do not show what "
        f"else it would need to be clearly ahead of {rival}. {protocol(found)} All pairs are from tales and chapters "
        "that no model was trained on; three of them are chapters of longer works of which it read others. Models "
        "that learn to name hidden words are judged with words hidden; counting reads all words."
    )


ABLATION = Ablation(
    slug=ENTRY.slug, title="What is missing?",
    note="the same small model, trained in three ways, and what counting alone reaches",
    measures=(Measure("mean and spread of {seeds} run seeds", "accuracy"),),
    axis="pairs told right, held-out tales and chapters", meaning=meaning,
    lines=lambda found: list(found["baselines"].items()),
)  # fmt: skip
