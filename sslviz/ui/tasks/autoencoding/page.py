"""The page of Compress and rebuild: a picture goes through a few numbers; the picture itself is the label."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.autoencoding import ENTRY, AutoencodingOptions
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control
from sslviz.ui.frame.loss_lines import loss_lines
from sslviz.ui.frame.picture_page import PicturePage
from sslviz.ui.frame.task_page import Part
from sslviz.ui.tasks.autoencoding.card import card
from sslviz.ui.tasks.autoencoding.guess import question
from sslviz.ui.tasks.autoencoding.learned import worth
from sslviz.ui.tasks.autoencoding.lesson import LESSON

LEAD = {
    "Basic": "Describe a picture over the phone in 16 numbers, so that somebody else can draw it. Is the drawing "
    "right? Compare it with the picture: the picture is both the question and the answer.",
    "Standard": "An encoder turns a picture into a short code, a decoder turns the code back into a picture, and the "
    "label is the input itself. Since the code is short, only what pictures have in common gets through. With noise "
    "switched on, the model sees a spoilt picture and must give back the clean one.",
    "Detailed": "L = mean of (g(f(x̃)) − x)², with f(x̃) ∈ ℝᵏ: the trunk’s mean over patches, through one linear "
    "layer. x̃ = x, or spoilt by noise or dropped pixels (denoising: Vincent et al. 2008, section 2). If f and g are "
    "linear, the first k principal components are the best possible answer (Baldi & Hornik 1989), so PCA with the "
    "same k is the baseline to beat. The map and the probes read the trunk’s mean, before the code. Rumelhart, "
    "Hinton & Williams 1986, “Learning internal representations by error propagation”.",
}


def code() -> Sequence[Listing]:
    """The label maker, what is between input and answer, and what judges it."""
    from sslviz.tasks.autoencoding import Autoencoding, BottleneckNet, components

    return (
        Autoencoding.apply, BottleneckNet.code, BottleneckNet.rebuild, Autoencoding.loss, components, Autoencoding.draw
    )  # fmt: skip


PAGE = PicturePage[AutoencodingOptions](
    slug=ENTRY.slug, options=AutoencodingOptions, lead=LEAD, card=card,
    hint="what gets through a few numbers",
    controls=(Control("width"), Control("whole"), Control("noise", step=0.05), Control("dropped", step=0.05)),
    lesson=LESSON, question=question, code=code, baselines=loss_lines, parts=(Part(worth),),
    drawn=lambda options: bool(options.noise or options.dropped),
    code_note="`draw` stands last: it draws nothing as long as noise and dropped pixels are both 0.",
)  # fmt: skip
