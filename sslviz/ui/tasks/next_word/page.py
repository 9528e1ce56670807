"""The page of Next word: a sentence moved by one place is its own label (GPT)."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.next_word import ENTRY, NextWordOptions
from sslviz.data import text
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Note
from sslviz.ui.frame.loss_lines import word_lines
from sslviz.ui.frame.own_input import own_sentence
from sslviz.ui.frame.sentence_samples import Sample, numbered
from sslviz.ui.frame.task_page import Part, TaskPage
from sslviz.ui.tasks.next_word.card import card
from sslviz.ui.tasks.next_word.guess import question
from sslviz.ui.tasks.next_word.lesson import LESSON
from sslviz.ui.tasks.next_word.write import OPTIONS, write_on

LEAD = {
    "Basic": "Guess the next word before you read it. That word is the label; the text itself gives it. A language "
    "model such as GPT learns only this, and so it can continue a text.",
    "Standard": "All words but the last go in, and at every place the word that follows is the label: a sentence "
    "asks as many questions as it has words. Nothing needs to be hidden in the input, because each place may look "
    "only at itself and to its left. This is the only switch that turns the trunk, which all pages share, into a "
    "language model such as GPT.",
    "Detailed": "Minimise −(1/(T−1)) Σ ln p(xₜ₊₁ | x₀ … xₜ) over t = 0 … T−2: inputs x[0..T−2], labels x[1..T−1]; the "
    "last token has no label, since nothing follows it. The causal mask sets the attention scores of later places to "
    "−∞ before the softmax. Shift once only: Hugging Face’s models shift inside, so labels shifted beforehand train "
    "the word after next. GPT: Radford et al. 2018, section 3.1. The mask: arXiv 1706.03762, section 3.2.3. Writing "
    "with top-k: arXiv 1805.04833.",
}


def code() -> Sequence[Listing]:
    """The label maker, the loss on its labels, and how a word is chosen in writing."""
    from sslviz.tasks.next_word import NextWord, keep_likeliest

    return NextWord.apply, NextWord.loss, keep_likeliest, NextWord.draw


PAGE = TaskPage[Sample, NextWordOptions](
    slug=ENTRY.slug, options=NextWordOptions, lead=LEAD, thing="sentence", most=text.HELD_OUT - 1, first=1294,
    sample=numbered, own_input=own_sentence("the cat sat on the table"), card=card,
    hint="click a word to see what its place may look at, and what it answers",
    controls=(Note("Nothing is drawn here: a sentence has one label, and the label seed changes nothing."),),
    question=question, code=code, baselines=word_lines, credits=lambda _: text.corpus().credits,
    parts=(Part(write_on, when="card"),), link=OPTIONS, lesson=LESSON,
    code_note="`draw` stands last and draws nothing: a sentence has only one label here, so nothing is left to chance.",
)  # fmt: skip
