"""The page of Span corruption: spans of words are cut out; the label is a text that tells what was in them."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.span_corruption import ENTRY, SpanCorruptionOptions
from sslviz.data import text
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control
from sslviz.ui.frame.loss_lines import Line, even_chance, loss_lines
from sslviz.ui.frame.own_input import own_sentence
from sslviz.ui.frame.sentence_samples import Sample, numbered
from sslviz.ui.frame.task_page import Part, TaskPage
from sslviz.ui.tasks.span_corruption.card import LETTERS, card
from sslviz.ui.tasks.span_corruption.guess import question
from sslviz.ui.tasks.span_corruption.learned import lengths_lab
from sslviz.ui.tasks.span_corruption.lesson import LESSON

LEAD = {
    "Basic": "Cut pieces out of a sentence and mark each hole with a letter. On a sheet of paper write, letter by "
    "letter, what was in the holes. This sheet is the label. The holes do not show how long the pieces were.",
    "Standard": "By default 30% of the words and marks are hidden, in spans of 2 on the mean; the paper hides 15% in "
    "spans of 3, which in sentences as short as ours would be one word each time. A sentinel (⟨X⟩, ⟨Y⟩, …) stands for "
    "each span, however long it is. The trunk reads this sentence; a small decoder writes the label from left to "
    "right: each sentinel, then its words. So the model must say when a span ends, which in Masked words it is told.",
    "Detailed": "Minimise −(1/T) Σ ln p(yₜ | y₁ … yₜ₋₁, x̃): x̃ is the sentence with sentinels, y the label with its "
    "sentinels and its end. In training the decoder reads the right words before each place (teacher forcing); its own "
    "text is greedy: the likeliest token each time. |hidden| = round(share · n), at least 1 and below n, in max(1, "
    "round(hidden / mean length)) spans; hidden and kept words are cut at random, then the places are turned round "
    "(random_roll in the authors’ code), so that the end is not hidden each time. The paper’s encoder and decoder have "
    "12 layers each; here the trunk has 3 and the decoder 1. arXiv 1910.10683, sections 3.1.4, 3.3.2 to 3.3.4.",
}


def code() -> Sequence[Listing]:
    """The label maker, how spans are drawn, the loss, and how the model writes."""
    from sslviz.tasks.span_corruption import SpanCorruption, SpanNet, random_spans, segments

    return SpanCorruption.apply, SpanCorruption.loss, SpanNet.write, SpanCorruption.draw, random_spans, segments


def lines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; where nothing was measured, guessing among all words and sentinels alone."""
    return loss_lines(view) or [even_chance(len(text.corpus().vocabulary) + len(LETTERS))]


PAGE = TaskPage[Sample, SpanCorruptionOptions](
    slug=ENTRY.slug, options=SpanCorruptionOptions, lead=LEAD, thing="sentence", most=text.HELD_OUT - 1, first=434,
    sample=numbered, own_input=own_sentence("the cat is sleeping on the table in the kitchen"), card=card,
    hint="click a word: hide it; words that touch become one span",
    controls=(
        Control("share", step=0.05, help="The paper tries 10, 15, 25 and 50% (section 3.3.3)."),
        Control(
            "length", help="Each word by itself: a coin for each (the paper’s “i.i.d.”); where such words touch, one "
            "sentinel stands for them. Otherwise the mean length, as in section 3.3.4.",
        ),
        Control(
            "asked", help="The whole sentence: the label has the kept words, too, as in the paper’s BERT-style and "
            "MASS-style objectives (section 3.3.2). What they read differs; here only the label does.",
        ),
    ),
    question=question, code=code, baselines=lines, credits=lambda _: text.corpus().credits, lesson=LESSON,
    parts=(Part(lengths_lab, when="last"),),
)  # fmt: skip
