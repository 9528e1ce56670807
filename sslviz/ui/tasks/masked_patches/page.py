"""The page of Masked patches: most of a picture is covered; what was there, is the label."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.masked_patches import ENTRY, MaskedPatchesOptions
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, loss_lines
from sslviz.ui.frame.picture_page import PicturePage
from sslviz.ui.frame.task_page import Part
from sslviz.ui.tasks.masked_patches.card import card
from sslviz.ui.tasks.masked_patches.guess import question
from sslviz.ui.tasks.masked_patches.learned import worth
from sslviz.ui.tasks.masked_patches.lesson import LESSON

LEAD = {
    "Basic": "Tear up a photo and hide all pieces but a quarter. What is on the hidden ones? The hidden pieces are "
    "the label; nobody had to write it.",
    "Standard": "A picture is cut into 16 patches, and 12 of them are taken away. An encoder reads the four that are "
    "left, then a small decoder paints the missing ones. Only what it paints there is compared with the picture. "
    "Afterwards the decoder is thrown away.",
    "Detailed": "L = 1/|M| · Σᵢ∈M ‖x̂ᵢ − xᵢ‖² / 192 over the covered patches M of 8×8×3 numbers; M is drawn anew for "
    "every picture and step, the same number in each, by sorting noise. The encoder gets visible patches and their "
    "places, no mask token; the decoder (one block; the paper has eight) adds a learned vector in each gap. For the "
    "map and the probes the encoder sees the whole picture. Our places are learned, the paper’s are sines and cosines. "
    "MAE: arXiv 2111.06377, section 3.",
}


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot, two of the four; none where nothing was measured for these settings."""
    return [line for line in loss_lines(view) if line["name"] in ("one flat grey", "mean of the visible")]


def code() -> Sequence[Listing]:
    """What covered the patches, and what judged the answer."""
    from sslviz.tasks.masked_patches import MaskedPatches, normalised, take

    return MaskedPatches.draw, MaskedPatches.apply, take, MaskedPatches.loss, normalised


PAGE = PicturePage[MaskedPatchesOptions](
    slug=ENTRY.slug, options=MaskedPatchesOptions, lead=LEAD, card=card,
    hint="click patches to cover or uncover them",
    controls=(
        Control("share", step=0.05, format="percent"), Control("normalise"),
        Note("To draw normalised patches, their true mean and variance are needed: the card shows this leak."),
    ),
    lesson=LESSON, question=question, code=code, baselines=baselines, parts=(Part(worth),),
)  # fmt: skip
