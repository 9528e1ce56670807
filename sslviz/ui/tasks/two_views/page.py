"""The page of Two views, no negatives: predict what a slower copy says of the other view; what it says is the label."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.two_views import ENTRY, TwoViewsOptions
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, loss_lines
from sslviz.ui.frame.picture_page import CHANGES, PicturePage
from sslviz.ui.frame.picture_samples import CLOTHES_FIRST, DISTINCT
from sslviz.ui.frame.task_page import Part
from sslviz.ui.tasks.two_views.card import card
from sslviz.ui.tasks.two_views.guess import question
from sslviz.ui.tasks.two_views.learned import collapse_lab
from sslviz.ui.tasks.two_views.lesson import LESSON

LEAD = {
    "Basic": "Make two views of a picture. From one view the model must predict the vector that a slower copy of it "
    "gives to the other view. There is an easy way to be always right: give every picture the same vector. Then "
    "nothing is learned, and the loss does not show it.",
    "Standard": "Every picture is changed at random, twice. From one view the model must predict the vector that a "
    "slower copy of it, the target, gives to the other view. Nothing asks the model to tell pictures apart, so "
    "giving all of them the same vector would be a perfect answer. Two things prevent it: only one side has a "
    "predictor, and no gradient flows into the target.",
    "Detailed": "ℓ = 2 − 2 cos(q(z), sg(z′)), with the views once this and once the other way round; z = projector of "
    "encoder, q the predictor, z′ from the target; 0 to 4, unrelated vectors cost 2 (the paper adds both directions "
    "up: 4). After each step ξ ← m ξ + (1 − m) θ; m = 0 makes the target the model itself: SimSiam. BYOL: arXiv "
    "2006.07733, section 3.1; SimSiam: 2011.10566, section 3, and section 4 for what each part is needed for.",
}


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; in another setting those that are always known."""
    return loss_lines(view) or [
        {"name": "unrelated vectors", "value": 2.0, "kind": "chance"},
        {"name": "always the same vector", "value": 0.0, "kind": "baseline"},
    ]


def code() -> Sequence[Listing]:
    """What made the views and the label, and what judged the answer."""
    from sslviz.tasks import collapse
    from sslviz.tasks.same_or_different import SameOrDifferent
    from sslviz.tasks.two_views import TwoViews

    return (
        ("draw", SameOrDifferent.draw), ("views", SameOrDifferent.apply),
        TwoViews.apply, TwoViews.targets_from_model, TwoViews.loss, TwoViews.after_step,
        collapse.spread, collapse.effective_rank,
    )  # fmt: skip


PAGE = PicturePage[TwoViewsOptions](
    slug=ENTRY.slug, options=TwoViewsOptions, lead=LEAD, card=card, sources=CLOTHES_FIRST, first=DISTINCT,
    hint="click a picture to compare its prediction with the target’s vector of every view",
    controls=(
        Control("predictor"), Control("stop_gradient"), Control("norm"),
        Control("m"), Control("smallest"), Control("strength"), *CHANGES,
        Note("How the model is built, and its momentum, belong to a run: a change holds for the next run, after "
        "Reset and Play."),
    ),
    question=question, code=code, baselines=baselines, parts=(Part(collapse_lab),), lesson=LESSON,
)  # fmt: skip
