"""The page of Frame order: frames are shuffled; how they were shuffled is the label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sslviz.catalogue.frame_order import ENTRY, FrameOrderOptions
from sslviz.data import video
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, even_chance, loss_lines
from sslviz.ui.frame.task_page import Part, TaskPage
from sslviz.ui.tasks.frame_order.card import card
from sslviz.ui.tasks.frame_order.clip import Frames, Sample, sample
from sslviz.ui.tasks.frame_order.guess import question
from sslviz.ui.tasks.frame_order.learned import measured
from sslviz.ui.tasks.frame_order.lesson import LESSON
from sslviz.ui.tasks.frame_order.own_clip import OWN_CLIP

LEAD = {
    "Basic": "Shuffle the frames of a short film. You know their true order, because you shuffled them; nobody had "
    "to say what they show. To sort them a model must see what moves, and how. Forwards and backwards count as the "
    "same: a door that opens looks like one that closes, run backwards.",
    "Standard": "Four frames of a clip are shuffled. The label is how: the true place of each shown frame, such as 3 "
    "1 2 4. The sorted order, 1 2 3 4, is the same for every clip and would teach nothing. A clip and the clip run "
    "backwards share a label, so 24 orders make 12 classes, and guessing costs ln 12 = 2.48. Where things stand "
    "still or swing, the order cannot be seen, so parts with much movement are chosen more often.",
    "Detailed": "Minimise −ln p(class | shown frames). All 4 × 16 patches go through the trunk together, with a vector "
    "for the place where a frame is shown. Frames are then compared two by two, |vᵢ − vⱼ| patch by patch; a pair "
    "scores as one, two or three steps apart, and an order scores the sum over its six pairs. OPN asks it of "
    "towers that see one frame each, and lets an order share with its own reversed list (arXiv 1708.01246); here it is "
    "the clip run backwards that shares, 3 1 2 4 with 2 4 3 1. Shuffle and Learn asks whether b, c, d is in order, "
    "against b, a, d and b, e, d, three of four wrong (arXiv 1603.08561).",
}


def numbered(number: int, _source: str, own: Frames | None) -> Sample:
    """The clip in view."""
    return sample(number, own)


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; where nothing was measured only guessing."""
    choices = view.config.choices
    if lines := loss_lines(view):
        return lines
    if choices["way"] == "in order?":
        wrong = choices["wrong"]
        value = float(-wrong * np.log(wrong) - (1 - wrong) * np.log(1 - wrong))
        return [{"name": f"always the same, as {wrong:.0%} are not in order", "value": value, "kind": "chance"}]
    return [even_chance({"4 frames": 12, "3 frames": 3}[choices["way"]])]


def code() -> Sequence[Listing]:
    """The label maker, what the labels are, and the loss."""
    from sslviz.tasks.frame_order import FrameOrder, labels, roles
    from sslviz.tasks.permutations import inverse

    return FrameOrder.draw, FrameOrder.apply, labels, inverse, roles, FrameOrder.loss


PAGE = TaskPage[Sample, FrameOrderOptions](
    slug=ENTRY.slug, options=FrameOrderOptions, lead=LEAD, thing="clip", most=999, first=0, variant="way",
    sample=numbered, own_input=OWN_CLIP, card=card, hint="drag the frames: the label follows",
    controls=(
        Control("gap"),
        Control(
            "motion",
            help="Of each clip of two seconds, parts in which much changes are chosen more often. With a gap of two "
            "quarters of a second a part is nearly the whole clip, so this changes little. Clips in which almost "
            "nothing moves are left out.",
        ),
        Control(
            "split",
            help="Each frame is shown in one of its three colour channels, drawn for each frame separately, so that "
            "colours cannot be compared between frames.",
        ),
        Control(
            "jitter",
            help="Each frame is moved by up to one pixel, separately. Most things here move less than one pixel.",
        ),
        Control(
            "light", step=0.05, format="percent",
            help="Each frame is made brighter or darker, and its contrast changed, separately. Pixels alone then tell "
            "little of the order, unless each frame is evened out first: that rule stands in the table.",
        ),
        Control(
            "wrong", step=0.05, used=lambda options: options.way == "in order?",
            help="For “in order?” only. A model that always says no is right as often as this share.",
        ),
        Note("The card follows at once; a run trains with these from its next Reset on."),
    ),
    lesson=LESSON, question=question, code=code, baselines=baselines, parts=(Part(measured),),
    credits=lambda _: video.CREDITS.values(),  # of what map, guess and training draw on
)  # fmt: skip
