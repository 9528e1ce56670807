"""The page of Replaced words: a small model fills hidden places; which words are not the original is the label."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.replaced_words import ENTRY, FREQUENCIES, ReplacedWordsOptions
from sslviz.data import text
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control
from sslviz.ui.frame.loss_lines import Line, even_chance, loss_lines
from sslviz.ui.frame.own_input import own_sentence
from sslviz.ui.frame.sentence_samples import Sample, numbered
from sslviz.ui.frame.task_page import Part, TaskPage
from sslviz.ui.tasks.replaced_words.card import card
from sslviz.ui.tasks.replaced_words.guess import question
from sslviz.ui.tasks.replaced_words.learned import compared_lab
from sslviz.ui.tasks.replaced_words.lesson import LESSON

LEAD = {
    "Basic": "A forger paints over a few words of a sentence. A detective says of every word: is it the original? The "
    "right answers are known, since we watched the forger.",
    "Standard": "By default 15% of the tokens are hidden, one a sentence at least. A small model, the generator, puts "
    "a word there, drawn by its own probabilities. The trunk reads the whole sentence and says of every word whether "
    "it was replaced. Where the generator happens to draw the word that stood there, the label is “original”.",
    "Detailed": "Minimise L_MLM(generator) + 50 · L_Disc(trunk), L_Disc = −(1/n) Σ ln p(yₜ | x̃) over all n words, "
    "yₜ = [x̃ₜ ≠ xₜ]. The generator is trained as in Masked words, not against the trunk: a word is drawn, so no "
    "gradient goes back through it. Both share one table of words. Its size: the paper narrows its layers to 1/4 to "
    "1/2; here it has a third of the layers. arXiv 2003.10555, sections 2 and 3.2.",
}


def code() -> Sequence[Listing]:
    """The label maker, the generator's part in it, and the loss on its labels."""
    from sslviz.tasks.replaced_words import ReplacedWords, choose

    return ReplacedWords.targets_from_model, choose, ReplacedWords.draw, ReplacedWords.apply, ReplacedWords.loss


def lines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; where nothing was measured, tossing a coin alone."""
    return loss_lines(view) or [even_chance(2, "a coin")]


PAGE = TaskPage[Sample, ReplacedWordsOptions](
    slug=ENTRY.slug, options=ReplacedWordsOptions, lead=LEAD, thing="sentence", most=text.HELD_OUT - 1, first=238,
    sample=numbered, own_input=own_sentence("the cat is on the table"), card=card,
    hint="click a word: the generator puts another one there",
    controls=(
        Control("share", step=0.05),
        Control(
            "filler", help="Word frequencies: no generator; each word is drawn as often as it occurs. The paper calls "
            "this a unigram generator (section 3.2).",
        ),
        Control(
            "size", help="The generator’s layers, as a share of the trunk’s.", used=lambda o: o.filler != FREQUENCIES
        ),
        Control("asked", help="Hidden places: only they have a label, as in the paper’s “ELECTRA 15%” (section 3.5)."),
    ),
    question=question, code=code, baselines=lines, credits=lambda _: text.corpus().credits, lesson=LESSON,
    code_note="draw and apply hide the places; targets_from_model lets the generator fill them.",
    parts=(Part(compared_lab),),
)  # fmt: skip
