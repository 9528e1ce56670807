"""How long spans are and how long the model makes them; and what the paper found of other ways to hide and to ask."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from sslviz.catalogue import load
from sslviz.catalogue.span_corruption import ENTRY, WHOLE, SpanCorruptionOptions
from sslviz.evaluation.lead import lead
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame import current, settings
from sslviz.ui.frame.bars import Bar, bars
from sslviz.ui.frame.measured import Ablation, Measure, ablation_panel, mean, numbers, protocol, usual
from sslviz.ui.frame.once import once
from sslviz.ui.frame.parts import part

SENTENCES, LONGEST = 150, 6  # of the histogram: held-out sentences, and the last bar, which has all longer ones, too
MEASURES = (Measure("hidden word named, {seeds} run seeds", "accuracy"), Measure("linear probe", "probe", model=True))
PAPER = (
    "The paper tries these ways, too, with a far larger model (GLUE; [arXiv 1910.10683]"
    "(https://arxiv.org/abs/1910.10683), tables 5 and 7): the whole text as label 83.0 (BERT-style), the spans alone "
    "83.3; spans of 2, 3, 5 and 10 instead of each word by itself 83.5, 83.5, 83.4 and 82.9. **Little depends on it "
    "but the cost:** a shorter label is quicker to learn from. That is why T5 asks for the spans alone."
)


@once
def lengths(view: RunView, options: SpanCorruptionOptions) -> tuple[list[int], list[int]]:
    """How many words are hidden in each span of a few held-out sentences, and how many the model writes for it."""
    from sslviz.tasks.span_corruption import by_sentinel
    from sslviz.training.answers import ask

    task = load(ENTRY.slug)
    info, batch = task.info("sentences"), task.batch("sentences", "held_out", np.arange(SENTENCES))
    labelled = task.apply(batch, task.draw(batch, np.random.default_rng(0), info, options), info)
    written = ask(view.config, view.weights, lambda m: m.net.write(labelled.inputs, labelled.where.shape[1]))
    hidden, found = [], []
    for truth, own in zip(labelled.targets["words"].tolist(), written.tolist(), strict=True):
        spans, said = (by_sentinel(one, len(info["vocabulary"])) for one in (truth, own))
        for sentinel in sorted(spans)[:-1]:
            hidden.append(len(spans[sentinel]))
            found.append(len(said.get(sentinel, [])))
    return hidden, found


def histogram(view: RunView, options: SpanCorruptionOptions) -> None:
    """Lengths of spans: hidden, and written by the model in view."""
    part("How long is a span?", f"{SENTENCES} held-out sentences; the model writes by itself")
    if options.asked == WHOLE:
        st.caption("The label is the whole sentence now; it does not say where a span ends.")
        return
    hidden, found = (np.minimum(one, LONGEST) for one in map(np.array, lengths(view, options)))
    rows = [
        (
            f"{count}{' or more' if count == LONGEST else ''} word{'s'[: count != 1]}",
            [Bar("hidden", [float((hidden == count).mean())]),
             Bar("written by the model", [float((found == count).mean())], model=True)],
        )
        for count in range(max(*hidden, *found) + 1)
    ]  # fmt: skip
    bars(rows, (), "share of the spans", key=rows[0][1])
    always = float(np.bincount(hidden).max() / len(hidden))
    st.markdown(
        f"The model ({view.mode}) writes as many words as were hidden in **{np.mean(hidden == found):.0%}** of the "
        f"spans; who always says the commonest length is right in {always:.0%}. Nobody tells the model; in Masked "
        "words a [MASK] stands for each word, and tells it."
    )


def lengths_lab(hide: set[str]) -> None:
    """The histogram, and the paper's comparison in words."""
    if "learned" not in hide:
        with st.container(key="span_lengths", border=True, gap="small"):
            histogram(current.show(ENTRY.slug), settings.options(ENTRY.slug, SpanCorruptionOptions))
    ablation_panel(
        SHOWN, hide, key="other_ways", title="What to hide, and what to ask for",
        note="four ways, the same number of steps", words=PAPER,
    )  # fmt: skip


def meaning(found: dict[str, Any]) -> str:
    """The arms in a table, and what they say; every number comes from the file."""
    whole = usual(found)
    lines = "| Way | word named | linear probe | against T5 | seconds a run |\n| :-- | --: | --: | :-- | --: |\n"
    for row in found["rows"]:
        over = lead([[one] for one in numbers(row, "probe")], [[one] for one in numbers(whole, "probe")])
        against = "" if row is whole else over.told + ("" if over.clear else ": no difference")
        lines += (
            f"| {row['name']} | {mean(row, 'accuracy'):.0%} | {mean(row, 'probe'):.1%} | {against} "
            f"| {mean(row, 'seconds'):.0f} |\n"
        )
    return (
        f"{lines}\n“Word named” does not compare the ways: each hides other words, and behind the first word of a span "
        "the right ones before are known. What compares them is the probe, against T5 run by run; a difference within "
        f"two standard errors is none. {protocol(found)}"
    )


SHOWN = Ablation(
    ENTRY.slug, "Measured here", "recorded runs", MEASURES, "share; the probe names the kind of a hidden word", meaning
)
