"""The page of Same or different, with a queue: which of many keys is that of my own picture? Its key is the label."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.queue import ENTRY, QueueOptions
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, even_chance, loss_lines
from sslviz.ui.frame.picture_page import CHANGES, PicturePage
from sslviz.ui.frame.picture_samples import CLOTHES_FIRST
from sslviz.ui.frame.task_page import Part
from sslviz.ui.tasks.queue.card import card
from sslviz.ui.tasks.queue.guess import question
from sslviz.ui.tasks.queue.learned import first_rises
from sslviz.ui.tasks.queue.lesson import LESSON

FIRST = 862  # a sample of clothes in which the recorded model finds half of the own keys
LEAD = {
    "Basic": "Change a picture twice at random: crop it, change its colours. One view must find the other among a "
    "thousand views of other pictures. Which one belongs to it? You know, because you made both; nobody had to say "
    "what the pictures show.",
    "Standard": "Every picture is changed at random, twice. One view becomes a query. The other becomes a key; it is "
    "read by a slower copy of the model. The query must find its own key among those of earlier batches, which wait "
    "in a queue: the oldest leave it as new ones come in. So there are many wrong answers without a large batch.",
    "Detailed": "InfoNCE: ℓ = −ln [ exp(q·k₊/τ) / (exp(q·k₊/τ) + Σ exp(q·k/τ)) ], the sum over the K keys of the "
    "queue; q and k of length 1. No gradient reaches a key: the key encoder follows, θₖ ← m θₖ + (1 − m) θ_q after "
    "each step, slowly, so that old and new keys can be compared. In code the own key stands first, so the label reads "
    "0: bookkeeping; the label is which key is one’s own. The paper shuffles batches between devices, since batch "
    "normalisation would give the own key away; our trunk normalises picture by picture, so there is nothing to "
    "shuffle. MoCo: arXiv 1911.05722, section 3; v2: 2003.04297.",
}


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; in another setting only that of a collapsed model, which is always known."""
    return loss_lines(view) or [even_chance(view.config.choices["keys"] + 1, "all alike")]


def code() -> Sequence[Listing]:
    """What made query and key, and what judged them."""
    from sslviz.tasks.queue import MomentumQueue, queue_logits
    from sslviz.tasks.same_or_different import SameOrDifferent

    return (
        ("draw", SameOrDifferent.draw), ("views", SameOrDifferent.apply),
        MomentumQueue.apply, MomentumQueue.targets_from_model, queue_logits, MomentumQueue.loss,
        MomentumQueue.after_step,
    )  # fmt: skip


PAGE = PicturePage[QueueOptions](
    slug=ENTRY.slug, options=QueueOptions, lead=LEAD, card=card, sources=CLOTHES_FIRST, first=FIRST,
    hint="click a picture: its query among the keys",
    controls=(
        Control("tau"), Control("m", step=0.001), Control("smallest"), Control("strength"), Control("keys", step=64),
        *CHANGES,
        Note("Momentum and number of keys belong to a run: a change holds for the next run, after Reset and Play."),
    ),
    lesson=LESSON, question=question, code=code, baselines=baselines, parts=(Part(first_rises),),
)  # fmt: skip
