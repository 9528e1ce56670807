"""The page of Same or different: two views of one picture belong together; that they do is the label."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.same_or_different import ENTRY, SameOrDifferentOptions
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control
from sslviz.ui.frame.loss_lines import Line, even_chance, loss_lines
from sslviz.ui.frame.picture_page import CHANGES, PicturePage
from sslviz.ui.frame.picture_samples import CLOTHES_FIRST, DISTINCT
from sslviz.ui.tasks.same_or_different.card import card
from sslviz.ui.tasks.same_or_different.guess import question
from sslviz.ui.tasks.same_or_different.lesson import LESSON

LEAD = {
    "Basic": "Make two views of each picture: cut out a part, change the colours. Which two views belong together? "
    "You know, because you made them; nobody had to say what the pictures show.",
    "Standard": "Every picture is changed at random, twice. The two views of one picture are “same”, all other pairs "
    "in the batch are “different”. The model must give the two views of a picture similar vectors, and different "
    "pictures different vectors.",
    "Detailed": "NT-Xent: ℓ(i) = −ln [ exp(cos(zᵢ, zⱼ)/τ) / Σ exp(cos(zᵢ, zₖ)/τ) ] over all k ≠ i, mean over 2N "
    "anchors; j is i’s partner, τ the temperature: the smaller, the more the nearest of the others weigh. z comes from "
    "a projection head that is thrown away; what is kept is h before it. "
    "SimCLR: arXiv 2002.05709, sections 2 and 3.",
}


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; in another setting only that of a collapsed model, which is always known."""
    return loss_lines(view) or [even_chance(2 * view.config.batch - 1, "all alike")]


def code() -> Sequence[Listing]:
    """What made the label, and what judged it."""
    from sslviz.tasks import augment
    from sslviz.tasks.same_or_different import SameOrDifferent, nt_xent_logits

    return (
        SameOrDifferent.draw, SameOrDifferent.apply, augment.crop, nt_xent_logits, SameOrDifferent.loss
    )  # fmt: skip


PAGE = PicturePage[SameOrDifferentOptions](
    slug=ENTRY.slug, options=SameOrDifferentOptions, lead=LEAD, card=card, sources=CLOTHES_FIRST, first=DISTINCT,
    hint="click a view: what was done to it, and whom it matches",
    controls=(Control("tau"), Control("smallest"), Control("strength"), *CHANGES),
    question=question, code=code, baselines=baselines, lesson=LESSON,
)  # fmt: skip
