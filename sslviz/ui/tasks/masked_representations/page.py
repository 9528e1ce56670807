"""The page of Masked representations: not the hidden pixels are the label, but what a slower copy makes of them."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.masked_representations import ENTRY, MaskedRepresentationsOptions
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import loss_lines
from sslviz.ui.frame.picture_page import PicturePage
from sslviz.ui.frame.task_page import Part
from sslviz.ui.tasks.masked_representations.card import card
from sslviz.ui.tasks.masked_representations.guess import question
from sslviz.ui.tasks.masked_representations.learned import why_averaged
from sslviz.ui.tasks.masked_representations.lesson import LESSON

LEAD = {
    "Basic": "Cover parts of a photo. Do not ask what every covered point looks like; ask what somebody who sees all "
    "of it would note down about these parts. That somebody is a slower copy of the model, and its notes, lists of "
    "numbers, are the label.",
    "Standard": "Up to four blocks of patches are hidden. An encoder reads the rest, and a small predictor, told only "
    "the places, says which vectors stand there. The label are the vectors that the target encoder, a slowly averaged "
    "copy of the encoder, gives to the hidden patches; it sees the whole picture. Nothing asks for pixels. The same "
    "vector for everything would be an easy answer: a target that moves slowly, and that no gradient reaches, keeps "
    "the model from it.",
    "Detailed": "L = 1/|B| · Σᵢ∈B ‖ŝᵢ − sᵢ‖² / 64 over the patches of all blocks; s = LN(f_ξ(whole picture)), each "
    "vector with mean 0 and variance 1, so always 0 costs 1; ŝ from the context and the places alone. After each step "
    "ξ ← m ξ + (1 − m) θ. Blocks have 15–20% of the patches and a ratio of 0.75–1.5, rounded to whole patches: 2×2, "
    "1×2 or 2×1 of the 4×4; the context of 85–100% is rounded to all of them, less the blocks. In the paper m rises "
    "from 0.996 to 1, the predictor has 12 layers, and the target encoder is judged. I-JEPA: arXiv 2301.08243, "
    "section 3.",
}


def code() -> Sequence[Listing]:
    """What hid the blocks, what made the label, and what judged the answer."""
    from sslviz.tasks import masked_representations as jepa

    task = jepa.MaskedRepresentations
    return (
        task.draw, jepa.block_size, task.apply, task.targets_from_model, jepa.normalised, task.loss, jepa.at,
        task.after_step, jepa.own_found,
    )  # fmt: skip


PAGE = PicturePage[MaskedRepresentationsOptions](
    slug=ENTRY.slug, options=MaskedRepresentationsOptions, lead=LEAD, card=card,
    hint="click a picture to see both labels of it large",
    controls=(
        Control("blocks"), Control("stop_gradient"), Control("m"),
        Note("Stop-gradient and the momentum belong to a run: a change holds for the next run, after Reset and Play. "
        "With m = 0 the target encoder is the model itself."),
    ),
    lesson=LESSON, question=question, code=code, baselines=loss_lines, parts=(Part(why_averaged),),
)  # fmt: skip
