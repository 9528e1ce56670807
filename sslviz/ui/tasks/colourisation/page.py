"""The page of Colourisation: the colours are taken away; they are the label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sslviz.catalogue.colourisation import ENTRY, ColourisationOptions
from sslviz.data import Credit, images
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, loss_lines
from sslviz.ui.frame.picture_page import PicturePage
from sslviz.ui.frame.pictures import set_credits
from sslviz.ui.frame.task_page import Part
from sslviz.ui.tasks.colourisation.card import card
from sslviz.ui.tasks.colourisation.colours import SOURCES, sample
from sslviz.ui.tasks.colourisation.guess import question
from sslviz.ui.tasks.colourisation.learned import rebalancing_lab
from sslviz.ui.tasks.colourisation.lesson import LESSON

LEAD = {
    "Basic": "An old black-and-white photo: you know that the sky was blue, since you know what a sky is. Every "
    "picture in colour can be made grey, and then its own colours are the label. Nobody had to write it.",
    "Standard": "A picture is parted into its lightness and its colours. The model reads the lightness. For each of 64 "
    "places it says how likely each of 76 colours is. Not a number is asked for but a class: a balloon "
    "may be red or blue, and the mean of both would be brown. Rare colours count more, or all would be painted dull.",
    "Detailed": "CIE Lab; L is the input, (a, b) at a quarter of the side the label. Bins of 20 × 20; a screen shows "
    "76; in the paper 10 × 10 and 313. Soft label on the 5 nearest bins, Gaussian with σ = 10 (paper 5). Loss: "
    "cross-entropy, each place weighted by w ∝ 1/((1 − λ) p̃ + λ/Q), λ = ½, p̃ smoothed with the same σ, mean weight 1. "
    "Painted is the annealed mean, softmax(ln z / T) with T = 0.38. A Transformer with 16 patches in place of the "
    "paper’s convolutions. For map and probes the trunk sees grey pictures, too. arXiv 1603.08511, section 2.",
}


CODE_NOTE = "`draw` stands last and draws nothing: the label follows from the picture alone."


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; none where nothing was measured for these settings."""
    return loss_lines(view)


def code() -> Sequence[Listing]:
    """What made the label, and what judged the answer."""
    from sslviz.tasks import colourisation as task

    return (
        task.Colourisation.apply, task.to_lab, task.bins, task.soft_label, task.rebalancing, task.Colourisation.loss,
        task.annealed_mean, task.paint, task.Colourisation.draw,
    )  # fmt: skip


def credits_of(view: RunView) -> Iterable[Credit]:
    """Who made the emoji of guess and card, and what the run trains on."""
    clothes = images.load("fashion_mnist").credits
    return [one for one in set_credits(view.config.data) if one not in clothes]


PAGE = PicturePage[ColourisationOptions](
    slug=ENTRY.slug, options=ColourisationOptions, lead=LEAD, card=card, sample=sample, sources=SOURCES, first=10,
    hint="press a place to see which colours the model thinks of", unseen=None, credits=credits_of,
    controls=(
        Control("rebalance"),
        Note("It belongs to a run: a change holds for the next run, after Reset and Play."),
    ),
    question=question, code=code, code_note=CODE_NOTE,
    baselines=baselines, parts=(Part(rebalancing_lab),), lesson=LESSON,
)  # fmt: skip
