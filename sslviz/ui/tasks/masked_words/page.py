"""The page of Masked words: hide a word, the hidden word is the label."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.masked_words import ENTRY, MaskedWordsOptions
from sslviz.data import text
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control
from sslviz.ui.frame.loss_lines import word_lines
from sslviz.ui.frame.own_input import own_sentence
from sslviz.ui.frame.sentence_samples import Sample, numbered
from sslviz.ui.frame.task_page import TaskPage
from sslviz.ui.tasks.masked_words.card import card, epochs_table
from sslviz.ui.tasks.masked_words.guess import question
from sslviz.ui.tasks.masked_words.lesson import LESSON

LEAD = {
    "Basic": "Cover a word with your thumb and say what it was. The covered word is the label; nobody had to write it.",
    "Standard": "By default 15% of the tokens are chosen, one a sentence at least: in these short sentences that is "
    "one word in five. Of these, 80% are hidden behind [MASK], 10% swapped for "
    "another word, 10% stay as they are. The model must name all of them from the words around; only they count in "
    "the loss.",
    "Detailed": "Minimise −(1/|M|) Σ ln p(wᵢ | x̃) over the chosen places M, |M| = max(1, round(0.15 n)), n tokens with "
    "[CLS] and [SEP]; x̃ is the sentence after 80/10/10. The kept words make the model describe every word, not only "
    "[MASK]. BERT: arXiv 1810.04805, section 3.1. RoBERTa, arXiv 1907.11692, draws a new mask each time.",
}


def code() -> Sequence[Listing]:
    """The label maker, and the loss on its labels."""
    from sslviz.tasks.masked_words import MaskedWords

    return MaskedWords.draw, MaskedWords.apply, MaskedWords.loss


def epochs() -> None:
    """The masks of the sentence in view, epoch by epoch."""
    epochs_table(PAGE.in_view(), PAGE.seed, PAGE.chosen().share)


PAGE = TaskPage[Sample, MaskedWordsOptions](
    slug=ENTRY.slug, options=MaskedWordsOptions, lead=LEAD, thing="sentence", most=text.HELD_OUT - 1, first=238,
    sample=numbered, own_input=own_sentence("the cat is on the table"), card=card,
    hint="click a word: hide it, swap it, keep it, leave it",
    controls=(
        Control("share", step=0.05),
        Control(
            "masking",
            help="Static: a sentence keeps the same mask in all epochs. Dynamic: a new mask each epoch, as in "
            "RoBERTa.",
        ),
        epochs,
    ),
    question=question, code=code, baselines=word_lines, credits=lambda _: text.corpus().credits, lesson=LESSON,
)  # fmt: skip
