"""The page of Patch order: tiles are shuffled; where each one was, is the label."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sslviz.catalogue.patch_order import ENTRY, PatchOrderOptions
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, even_chance, loss_lines
from sslviz.ui.frame.own_input import OWN_PICTURE
from sslviz.ui.frame.picture_samples import SOURCES, Sample
from sslviz.ui.frame.pictures import set_credits
from sslviz.ui.frame.task_page import Part, TaskPage
from sslviz.ui.tasks.patch_order.card import card
from sslviz.ui.tasks.patch_order.guess import question
from sslviz.ui.tasks.patch_order.learned import ANSWERS, lab
from sslviz.ui.tasks.patch_order.lesson import LESSON
from sslviz.ui.tasks.patch_order.puzzle import sample

LEAD = {
    "Basic": "Cut a picture into pieces and shuffle them, as in a jigsaw puzzle. Where was each piece? You know, "
    "because you shuffled them; nobody had to say what the picture shows. A shirt has its collar at the top. But a "
    "clear sky is blue everywhere, so its pieces could be anywhere.",
    "Standard": "16 patches are shuffled, and the model is not told where each one now lies. From what the patches "
    "show it must say where each one was. That is a good label where parts have their places, as in clothes and "
    "faces, and a poor one for sand, sky or a plain border: identical patches cannot be told apart. Guessing has a "
    "loss of ln 16 = 2.77. Other ways ask for the whole order, for the direction from one tile to another, or for "
    "how far the picture was turned.",
    "Detailed": "Minimise −ln p(order[i] | patch i, the others), mean over i. There is no place embedding: shuffling "
    "what it reads shuffles its answers and changes none. Jigsaw: one softmax over a set of orders; of 3×3 tiles a "
    "hundred, each chosen as far from the nearest as can be (Hamming). Relative position: eight directions. Rotation: "
    "k of rot90. Unlike in the papers, the trunk reads all tiles at once. arXiv 1603.09246, 1505.05192, 1803.07728.",
}
TO_DO = {"relative position": "choose two of its tiles", "rotation": "turn it yourself"}
MOST = "the most that can be"  # as the task calls it: the most patches named, so the least loss


def hint(options: PatchOrderOptions) -> str:
    """What can be done with a picture."""
    return f"click a picture, then {TO_DO.get(options.way, 'put it in order yourself')}"


def asked_in(*variants: str) -> Callable[[PatchOrderOptions], bool]:
    """Whether one of these variants is in view: the others do not use the setting."""
    return lambda options: options.way in variants


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; where nothing was measured only guessing."""
    lines = loss_lines(view) or [even_chance(ANSWERS[view.config.choices["way"]])]
    return [{**line, "name": line["name"].replace(MOST, "the least, for identical patches")} for line in lines]


def code() -> Sequence[Listing]:
    """The label maker, what orders there are, and the loss."""
    from sslviz.tasks.patch_order import PatchOrder, labels
    from sslviz.tasks.permutations import far_apart, inverse

    return PatchOrder.draw, PatchOrder.apply, labels, inverse, far_apart.__wrapped__, PatchOrder.loss


PAGE = TaskPage[Sample, PatchOrderOptions](
    slug=ENTRY.slug, options=PatchOrderOptions, lead=LEAD, thing="sample", most=999, first=29, variant="way",
    sample=sample, sources=SOURCES, own_input=OWN_PICTURE, card=card, hint=hint,
    controls=(
        Control(
            "gap", used=asked_in("jigsaw 3x3", "relative position"),
            help="Tiles of 8 pixels out of cells of 10, so that the edges of neighbours do not meet; in the "
            "papers the gap is wider, up to half a tile. Off: tiles touch.",
        ),
        Control(
            "jitter", used=asked_in("jigsaw 3x3", "relative position"),
            help="Each tile is cut from a random place in its cell, up to 2 pixels off. This needs the gap.",
        ),
        Control(
            "normalise", used=asked_in("jigsaw 2x2", "jigsaw 3x3", "relative position"),
            help="Every tile gets the same mean and spread, so that brightness does not tell which belong together.",
        ),
        Control(
            "lens",
            help="Red is made smaller and blue larger, as by a simple lens. The colour fringes then give away where "
            "a tile was.",
        ),
        Control(
            "drop",
            help="One of the three colour channels, drawn at random, stands for all three (as in OPN; Doersch puts "
            "noise into the other two). Then a lens gives nothing away.",
        ),
        Note(
            "The card follows at once; a run trains with these from its next Reset on. With rotation, a step has four "
            "copies of every picture and takes about four times as long."
        ),
    ),
    question=question, code=code, baselines=baselines, parts=(Part(lab),), lesson=LESSON,
    credits=lambda view: set_credits(view.config.data),  # of card, map and guess; the card names its photos
)  # fmt: skip
