"""The page of Picture and caption: which caption came with the picture is the label."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.captions import ENTRY, CaptionsOptions
from sslviz.data import captions, images
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, even_chance, loss_lines
from sslviz.ui.frame.own_input import OWN_PICTURE
from sslviz.ui.frame.task_page import Part, TaskPage
from sslviz.ui.tasks.captions.card import card
from sslviz.ui.tasks.captions.guess import question
from sslviz.ui.tasks.captions.learned import zero_shot_lab
from sslviz.ui.tasks.captions.lesson import LESSON
from sslviz.ui.tasks.captions.pairs import Pairs, sample
from sslviz.ui.tasks.captions.search import search

LEAD = {
    "Basic": "A picture book: beside each picture stand a few words. Cut both apart and mix them. Which words came "
    "with which picture? The book knows, so nobody has to sort the pictures. Afterwards a word can be typed, and the "
    "model finds pictures for it.",
    "Standard": "One encoder reads pictures, another one captions; both give vectors of one space. In a batch of n "
    "pairs the label says which caption came with which picture: the diagonal of an n × n matrix. Its rows ask for "
    "the caption, its columns for the picture. The pictures are emoji, the captions their names; three teams drew "
    "them, so a caption has up to three pictures, but never two in one batch.",
    "Detailed": "Logits: s · cos(Iᵢ, Tⱼ), s = eᵗ with t learned, from 1/0.07 on and at most 100. Loss: the mean of the "
    "cross-entropies over rows and over columns, the right answer on the diagonal. Both encoders are Transformers, "
    "each with a linear projection behind it. Words are whole, some are left out at random, and a caption’s vector is "
    "the mean over its words; the paper has pieces of words, keeps all, and takes the vector at the end. CLIP: arXiv "
    "2103.00020, section 2.3, figure 3.",
}


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; in another setting only guessing, which is always known."""
    return loss_lines(view) or [even_chance(100, "all alike")]


def code() -> Sequence[Listing]:
    """What made the label, which batches there are, and what judged the answer."""
    from sslviz.tasks import captions as made

    task = made.Captions
    return (
        task.draw, made.told_apart, task.apply, task.sample, made.CaptionsNet.forward, made.symmetric,
        task.loss, task.after_step, made.word_overlap,
    )  # fmt: skip


PAGE = TaskPage[Pairs, CaptionsOptions](
    slug=ENTRY.slug, options=CaptionsOptions, lead=LEAD, card=card, sample=sample, thing="batch", most=999, first=35,
    hint="click a picture: which of all names fit it", own_input=OWN_PICTURE,
    credits=lambda _view: images.load(captions.DATA).credits,
    controls=(
        Control("smallest", step=0.05), Control("dropped", step=0.05), Control("learned"), Control("shuffled"),
        Note("A fixed temperature is 0.07. Temperature and shuffled captions belong to a run: a change holds for the "
        "next run, after Reset and Play. Shuffled, nothing can be learned: that is the control."),
    ),
    redraw="Cut again", redrawn="Same pairs, cut by other random numbers; the label stays",
    question=question, code=code, baselines=baselines, lesson=LESSON,
    parts=(Part(zero_shot_lab), Part(search, when="card")),
)  # fmt: skip
