"""The page of Redundancy reduction: two views agree, and no number says what another says."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.redundancy import ENTRY, RedundancyOptions
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, loss_lines
from sslviz.ui.frame.picture_page import CHANGES, PicturePage
from sslviz.ui.frame.picture_samples import CLOTHES_FIRST, DISTINCT
from sslviz.ui.frame.task_page import Part
from sslviz.ui.tasks.redundancy.card import card
from sslviz.ui.tasks.redundancy.guess import question
from sslviz.ui.tasks.redundancy.learned import terms_lab
from sslviz.ui.tasks.redundancy.lesson import LESSON

LEAD = {
    "Basic": "Think of a form with 128 questions, filled in twice for each picture, from two changed copies. Both "
    "forms must say the same. And no question may repeat another, or it could be left out. Nobody says what the "
    "picture shows: we made both copies, and that is the label.",
    "Standard": "Every picture is changed at random, twice. Both views get a vector from the same network. The label "
    "is a table, the identity matrix: each number must agree with itself in the other view, and must have nothing to "
    "do with any other number. There are no negatives, no slower copy and no predictor. What keeps the vectors from "
    "becoming all the same stands in the loss itself.",
    "Detailed": "VICReg: ℓ = 25 s + 25 [v(Z) + v(Z′)] + [c(Z) + c(Z′)], with s the mean squared difference, v a hinge "
    "that asks each number for a standard deviation of 1, c the squared covariances off the diagonal over d (the "
    "authors’ code halves v). Barlow Twins: C the correlation of both views over the batch, ℓ = Σ (1 − C_kk)² + λ Σ "
    "C_kj², λ = 0.005, here over d. Barlow Twins: arXiv 2103.03230, section 2; VICReg: 2105.04906, section 4.1.",
}


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; in another setting that of a collapsed model, which is always known."""
    if found := loss_lines(view):
        return found
    choices = view.config.choices
    collapsed = 1.0 if choices["method"] == "Barlow Twins" else 49.5 * choices["variance"]
    return [{"name": "always the same vector", "value": collapsed, "kind": "baseline"}]


def code() -> Sequence[Listing]:
    """What made the views and the label, and what judged the answer."""
    from sslviz.tasks import redundancy
    from sslviz.tasks.same_or_different import SameOrDifferent

    return (
        ("draw", SameOrDifferent.draw), ("views", SameOrDifferent.apply),
        redundancy.Redundancy.apply, redundancy.Redundancy.loss, redundancy.terms, redundancy.correlation,
        redundancy.covariance, redundancy.too_narrow,
    )  # fmt: skip


PAGE = PicturePage[RedundancyOptions](
    slug=ENTRY.slug, options=RedundancyOptions, lead=LEAD, card=card, sources=CLOTHES_FIRST, first=DISTINCT,
    hint="click a picture to compare its vector with that of every view B",
    controls=(
        Control("method"), Control("variance"), Control("covariance"), Control("smallest"), Control("strength"),
        *CHANGES,
        Note("Method and terms belong to a run: a change holds for the next run, after Reset and Play. Barlow Twins "
        "has no variance term: it divides by the spread of each number. Its covariance term is what stands off the "
        "diagonal."),
    ),
    question=question, code=code, baselines=baselines, parts=(Part(terms_lab),), lesson=LESSON,
)  # fmt: skip
