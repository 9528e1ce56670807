"""The page of Word and context: a word's neighbours are its label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sslviz.catalogue.word_and_context import ENTRY, WordAndContextOptions
from sslviz.data.word_rows import word_rows
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame import current
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, loss_lines
from sslviz.ui.frame.own_input import own_sentence
from sslviz.ui.frame.task_page import Part, TaskPage
from sslviz.ui.tasks.word_and_context.card import Sample, card, sample
from sslviz.ui.tasks.word_and_context.guess import question
from sslviz.ui.tasks.word_and_context.lesson import LESSON
from sslviz.ui.tasks.word_and_context.nearest import nearest_words

LEAD = {
    "Basic": "The words around a word are its label. Near “coffee” stand words such as cup and drink, and near "
    "“tea”, too, so the model learns that coffee and tea are alike. The order of the neighbours does not count.",
    "Standard": "Very common words are dropped at random; then each word, the centre, gets a window of 1 to 5 words "
    "to both sides. The score of centre and neighbour, 0 to 1, should rise. Noise words are drawn for each label; "
    "the score of centre and noise word should fall: loss −ln σ(neighbour) − Σ ln(1 − σ(noise)). Skip-gram predicts "
    "each neighbour from the centre, CBOW the centre from all neighbours together. No order is learned. A word has "
    "one vector for all its senses: the bank of a river and a bank for money share it.",
    "Detailed": "Minimise −ln σ(u·v) − Σₖ ln σ(−uₖ·v): v is the centre’s row in one table (in CBOW the mean of the "
    "neighbours’), u the label’s in another, which starts at 0, so the first loss is (1 + k) ln 2. Noise: p ∝ "
    "count^0.75; noise that is the label is skipped, but another neighbour counts as wrong. Subsampling is that of "
    "the authors’ program, keep = √(t/f) + t/f: 0.4162 at f = 10 t, where their paper’s √(t/f) gives 0.3162. "
    "Not the next word, and no order. arXiv 1301.3781, 1310.4546. Levy & Goldberg 2014: with exponent 1 the best u·v "
    "is PMI − ln k, so it is counting in disguise.",
}


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot: all scores 0, and counting; the first alone where the setting is another."""
    k = view.config.choices["negatives"] + 1
    return loss_lines(view) or [
        {"name": f"all scores 0: {k} × ln 2", "value": k * float(np.log(2)), "kind": "chance"}
    ]  # fmt: skip


def code() -> Sequence[Listing]:
    """The label maker with its windows and chances, and the loss on its labels."""
    from sslviz.tasks.word_and_context import WordAndContext, keep_probability, noise_probability, windows

    return (
        WordAndContext.draw, WordAndContext.apply, windows, keep_probability, noise_probability, WordAndContext.loss
    )  # fmt: skip


def numbered(number: int, _source: str, own: str) -> Sample:
    """The sentence in view, in the words of the run in view."""
    return sample(current.show(ENTRY.slug).config.data, number, own)


PAGE = TaskPage[Sample, WordAndContextOptions](
    slug=ENTRY.slug, options=WordAndContextOptions, lead=LEAD, thing="sentence", most=3624, first=168,
    sample=numbered, own_input=own_sentence("the king and the queen drink tea"), card=card,
    hint="click a word, or use the arrow keys: it becomes the centre",
    controls=(
        Control(
            "way", help="Skip-gram: each neighbour is predicted from the centre. CBOW: the centre is predicted from "
            "all neighbours.",
        ),
        Control("window", help="Each centre draws its own reach from 1 to this, so near words count more often."),
        Control("negatives", help="k: this many noise words are drawn for every label."),
        Control(
            "exponent", step=0.05,
            help="Noise words are drawn with p ∝ count^exponent. 0: all words equally often; 1: as often as they "
            "occur.",
        ),
        Control(
            "threshold", step=1e-3, format="%g", typed=True,
            help="t: a word that is the share f of all words stays with a chance of √(t/f) + t/f. 1 keeps every word.",
        ),
        Note("The card follows at once; a run trains with these from its next Reset on."),
    ),
    question=question, code=code, baselines=baselines, credits=lambda view: word_rows(view.config.data).credits,
    lesson=LESSON, parts=(Part(nearest_words, when="card"),),
)  # fmt: skip
