"""Words and questions of the page Next sentence, and the ablation that shows what the small model lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.catalogue import READY
from sslviz.training import ablation
from sslviz.ui import current, next_sentence_card, page
from sslviz.ui.bars import Bar, bars
from sslviz.ui.next_sentence_card import LABELS, SLUG
from sslviz.ui.parts import part

if TYPE_CHECKING:
    from sslviz.training.shown import Shown

LEAD = {
    "Basic": "Cut stories into slips, one sentence each, and hold two slips: did the second follow the first, or is "
    "it from another story? Whoever cut them knows, and nobody had to read them.",
    "Standard": "Half of the pairs stand one after the other in a tale; in the other half, B is a sentence from "
    "another tale or chapter. The model gets [CLS] A [SEP] B [SEP] as one input and must say which: IsNext or NotNext. "
    "A coin is right half of the time and costs ln 2 = 0.69.",
    "Detailed": "Minimise −ln p(y | [CLS] A [SEP] B [SEP]), read off the trunk’s vector at [CLS]; y = 0 IsNext, "
    "1 NotNext, as is_random_next in BERT’s code. Token, place and segment vectors are added up. BERT adds the loss of "
    "masked words; its A and B are stretches of text, ours single sentences. The paper says 50 % strangers; in its "
    "code a stretch of one sentence has no second half, so its B is always a stranger, and the share is a bit above "
    "one half. Ours is one half. arXiv 1810.04805, section 3.1.",
}
CHOICES = ("It follows", "From elsewhere")
DROPPED = (
    "**BERT (2018)** learned this task beside masked words, so that it should grasp how sentences hang together. "
    "**RoBERTa (2019)** trained without it, on longer unbroken text, and did as well or slightly better "
    "([arXiv 1907.11692](https://arxiv.org/abs/1907.11692), section 4.2): so it was dropped. One explanation came with "
    "**ALBERT (2019)**: a sentence from another document mostly gives itself away by its topic, so that the order "
    "of thoughts need not be learned; it asks whether two neighbours were swapped instead "
    "([arXiv 1909.11942](https://arxiv.org/abs/1909.11942), section 3.1)."
)


def baseline_lines(view: Shown) -> list[dict[str, Any]]:
    """Dashed lines of the loss plot; where nothing was measured only the coin."""
    return page.loss_lines(view) or [{"name": "a coin: ln 2", "value": float(np.log(2)), "kind": "chance"}]


def question(slug: str) -> dict[str, Any]:
    """A held-out pair, nothing hidden: does B follow A?"""
    from sslviz.catalogue import load

    number = st.session_state.get(f"{slug}_guess", 0)
    view, this = current.show(slug), _short_pair(number)
    options = {"masks": False, "marks": view.config.choices["marks"]}  # as the model in view was trained
    drawn, both = next_sentence_card.ways(this, number, options)
    way = both[drawn]
    (said,) = next_sentence_card.answers(view, [way.labelled])
    found = next_sentence_card.counted(way.labelled, load(slug).pool("stories"))

    def show() -> None:
        for letter, text in (("A", this.raw[0]), ("B", way.b)):
            with st.container(horizontal=True, gap="small"):
                st.html(f"<p class='asked'><b>{letter}</b></p>", width="content")
                st.text(text)

    return {
        "question": "Does B follow A?",
        "choices": list(CHOICES),
        "truth": CHOICES[drawn],
        "model": CHOICES[int(said.p[1] > said.p[0])],
        "others": {f"{name} alone": CHOICES[int(found[name] < 0.5)] for name in ("topic", "length")},
        "chance": 1 / len(LABELS),
        "show": show,
    }


def _short_pair(number: int) -> next_sentence_card.Pair:
    """Another pair than the card's, short enough to be read at a glance whichever B is shown."""
    rng = np.random.default_rng((number, next_sentence_card.PAGE, 99))
    while True:
        this = next_sentence_card.held_pair(int(rng.integers(next_sentence_card.HELD)))
        drawn, both = next_sentence_card.ways(this, number, {"masks": False, "marks": False})
        if all(40 <= len(text) <= 160 for text in (this.raw[0], both[drawn].b)):
            return this


def dropped(hide: set[str]) -> None:
    """What became of the task, and what our model lacks; nothing where a lesson leaves out words and results."""
    if {"text", "learned"} <= hide:
        return
    found = None if "learned" in hide else ablation.read(SLUG)
    with st.container(key="dropped", border=True, gap="small"):
        part("What became of this task", "BERT had it, RoBERTa left it out")
        left, right = st.columns([2, 3], gap="medium") if found and "text" not in hide else (st.container(),) * 2
        if "text" not in hide:
            left.markdown(DROPPED)
        if found is not None:
            with right.container(key="ablation", gap="small"):
                part("What is missing?", "the same small model, trained in three ways, and what counting alone reaches")
                seeds = f"mean and spread of {len(found['rows'][0]['accuracy'])} run seeds"
                rows = [(row["name"], [Bar(seeds, row["accuracy"])]) for row in found["rows"]]
                bars(
                    rows,
                    list(found["baselines"].items()),
                    "pairs told right, held-out tales and chapters",
                    key=rows[0][1],
                )
                st.markdown(meaning(found))


def meaning(found: dict[str, Any]) -> str:
    """What the numbers mean, in a few sentences; every number comes from the file."""
    usual, bare, marked = (_reached(found, **options) for options in ({}, {"masks": False}, {"marks": True}))
    simple = {name: value for name, value in found["baselines"].items() if name != "coin"}
    rival = max(simple, key=lambda name: simple[name])
    ahead, gain = 100 * (usual - simple[rival]), 100 * (marked - usual)
    lacks = (
        "So part of what it lacks is to notice that a word comes back. Counting gets that for free; a Transformer must "
        "learn to compare any two of its words."
        if gain > 0
        else "So noticing that a word comes back is not what it lacks."
    )
    return (
        f"Trained as BERT was, the small model tells {usual:.1%} right, {abs(ahead):.0f} points "
        f"{'more' if ahead >= 0 else 'less'} than {rival} ({simple[rival]:.1%}); without hidden words to name besides, "
        f"{bare:.1%}. Told which words stand in both sentences, it reaches {marked:.1%}: {gain:+.0f} points, and "
        f"{100 * (marked - simple[rival]):+.0f} against {rival}. {lacks} "
        f"What else it would take to be clearly ahead of {rival}, these runs do not show. {_protocol(found)}"
    )


def _reached(found: dict[str, Any], **options: bool) -> float:
    """The mean accuracy of the way that has these settings, the others as usual."""
    plain = {name: option.default for name, option in READY[SLUG].options.items()}
    wanted = {**plain, **options}
    return next(float(np.mean(r["accuracy"])) for r in found["rows"] if {**plain, **r["options"]} == wanted)


def _protocol(found: dict[str, Any]) -> str:
    row = found["rows"][0]
    return (
        f"{len(row['accuracy'])} run seeds each, {row['steps']:,} steps. All pairs are from tales and chapters that no "
        "model was trained on; three of them are chapters of longer works of which it read others. Models that learn "
        "to name hidden words are judged with words hidden; counting reads all words."
    )
