"""The page of a task on pictures: what all of these pages share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sslviz.catalogue.options import Options
from sslviz.data import Credit
from sslviz.ui.frame import picture_samples
from sslviz.ui.frame.controls import Control
from sslviz.ui.frame.own_input import OWN_PICTURE, OwnInput
from sslviz.ui.frame.picture_samples import SOURCES, Sample
from sslviz.ui.frame.pictures import set_credits
from sslviz.ui.frame.task_page import TaskPage

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

Chosen = TypeVar("Chosen", bound=Options)
CHANGES = tuple(map(Control, ("crop", "flip", "jitter", "grey", "blur")))  # switches of what is done to a view


def shared_credits(view: RunView) -> tuple[Credit, ...]:
    """Who made what map, guess and card draw on; the card itself names its photos."""
    return set_credits(view.config.data)


def new_to_it(view: RunView, source: str) -> str:
    """A sentence where the model has learned from clothes alone, and other pictures are shown to it."""
    kinds = {"mixed": "emoji", "photos": "photos in colour"}
    if view.mode == "untrained" or source not in kinds or view.config.data not in ("clothes_anywhere", "fashion_mnist"):
        return ""
    return f"This model has learned from clothes in grey alone, so {kinds[source]} are new to it."


@dataclass(frozen=True, kw_only=True)
class PicturePage(TaskPage[Sample, Chosen]):
    """A `TaskPage` with a batch of six pictures, the same ones on all pages, or with the visitor's own first."""

    thing: str = "batch"
    most: int = 999
    first: int = 29
    sample: Callable[[int, str, Any], Sample] = picture_samples.sample
    own_input: OwnInput = OWN_PICTURE
    credits: Callable[[RunView], Iterable[Credit]] = shared_credits
    sources: tuple[str, ...] = SOURCES
    unseen: Callable[[RunView, str], str] | None = new_to_it
