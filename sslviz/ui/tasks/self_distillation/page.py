"""The page of Self-distillation: what a slower teacher says of one crop is the label of the other crops."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.self_distillation import ENTRY, SelfDistillationOptions
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, even_chance, loss_lines
from sslviz.ui.frame.picture_page import CHANGES, PicturePage
from sslviz.ui.frame.picture_samples import CLOTHES_FIRST, DISTINCT
from sslviz.ui.frame.task_page import Part
from sslviz.ui.tasks.self_distillation.card import card
from sslviz.ui.tasks.self_distillation.guess import question
from sslviz.ui.tasks.self_distillation.learned import collapse_lab
from sslviz.ui.tasks.self_distillation.lesson import LESSON

LEAD = {
    "Basic": "A student sees a small piece of a picture, as if through a keyhole. A teacher sees most of the picture, "
    "and puts it into one of 64 boxes. The student must name the box. Nobody said what belongs into the boxes: the "
    "teacher is a slower copy of the student.",
    "Standard": "Six crops are cut out of every picture: two large ones and four small ones. The teacher, a slower "
    "copy of the student, sees a large one and sorts it among 64 prototypes; what it says is the label. The student "
    "must say the same from each of the other crops. There are no negatives. Giving all pictures one label would be "
    "easy, and there are two ways to do so: one prototype for everything, or all prototypes equally likely. Centring "
    "prevents the first, sharpening the second.",
    "Detailed": "ℓ = −Σ P_t ln P_s, the mean over both large crops as label and the five other crops as input; P_t = "
    "softmax((g_t − c) / 0.04), P_s = softmax(g_s / 0.1), over 64 prototypes; c ← 0.9 c + 0.1 × the batch mean of "
    "g_t; the teacher’s weights follow by m. ℓ = h(P_t) + KL(P_t ‖ P_s), and a KL of 0 is a collapse: h = 0 without "
    "centring, h = ln K without sharpening (then both temperatures are 0.1). DINO: arXiv 2104.14294, sections 3.1 "
    "and 5.3.",
}


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; in another setting the one that is always known."""
    return loss_lines(view) or [even_chance(64, "all alike")]


def code() -> Sequence[Listing]:
    """What made the crops and the label, and what judged the answer."""
    from sslviz.models import attention
    from sslviz.tasks import self_distillation as dino

    task = dino.SelfDistillation
    return (
        task.draw, task.apply, task.targets_from_model, dino.label, task.loss, dino.distilled,
        task.after_step, dino.moved_centre, attention.attention,
    )  # fmt: skip


PAGE = PicturePage[SelfDistillationOptions](
    slug=ENTRY.slug, options=SelfDistillationOptions, lead=LEAD, card=card, sources=CLOTHES_FIRST, first=DISTINCT,
    hint="click a picture to see its crops, and what the last block reads of it",
    controls=(
        Control("centring"), Control("sharpening"), Control("m"), Control("smallest"), Control("strength"), *CHANGES,
        Note("Centring, sharpening and the momentum belong to a run: a change holds for the next run, after Reset and "
        "Play."),
    ),
    question=question, code=code, baselines=baselines, parts=(Part(collapse_lab),), lesson=LESSON,
)  # fmt: skip
