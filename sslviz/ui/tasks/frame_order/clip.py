"""Clips on the page Frame order: frames, their label, what the model answers, and how all that is said.

The card shows a clip, and the page asks about one; neither is drawn here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.frame_order import ENTRY, FrameOrderOptions
from sslviz.data import Credit, video
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.pictures import data_address
from sslviz.ui.frame.variants import able
from sslviz.ui.live.made import order as hand_made

if TYPE_CHECKING:
    from sslviz.tasks.base import Draw, Labelled
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
LETTERS = "ABCD"  # of the frames as they are shown
YES_NO = ("not in order", "in order")
Frames = NDArray[np.uint8]


@dataclass(frozen=True)
class Sample:
    """One clip: `frames` (8, h, w, 3) in true order, what it is, and who made it (None: the visitor)."""

    name: str
    title: str
    frames: Frames
    credit: Credit | None


@dataclass(frozen=True)
class ModelAnswer:
    """What the model answers: `p` (answers), its `loss` in nats, and whether it was recorded, live or untrained."""

    p: NDArray[np.float64]
    loss: float
    mode: str


@lru_cache(maxsize=1)
def order_of_samples() -> tuple[tuple[int, int], ...]:
    """(shot, first frame) of the clips that the page offers: large ones first, then cat and city, then the others."""
    shots = video.shots()
    number = {shot.name: i for i, shot in enumerate(shots)}
    first = [(number[name], at) for name, (at, _) in video.large().items()]
    first += [(len(shots) - 3, at) for at in (0, 8, 16)] + [(len(shots) - 2, 0), (len(shots) - 1, 0)]
    held = video.clips("held_out")
    others = [(number[held.shots[s].name], int(at)) for s, at in zip(held.shot, held.at, strict=True)]
    return tuple(dict.fromkeys([*first, *others]))


def sample(number: int, own: Frames | None = None) -> Sample:
    """A held-out clip by number, or the visitor's own (8, h, w, 3)."""
    if own is not None:
        return Sample(f"own{hash(own.tobytes())}", "your clip", own, None)
    every = order_of_samples()
    which, at = every[number % len(every)]
    shot = video.shots()[which]
    frames = video.look(shot, at)
    return Sample(f"{shot.name}·{at}", shot.name, frames, video.CREDITS[shot.source])


# the label, and the model's answer


def label(frames: Frames, seed: int, options: FrameOrderOptions, order: Any = None) -> tuple[Draw, Labelled]:
    """Draw and label of a clip (8, h, w, 3). `order`: the one that a visitor made, if it is one."""
    import torch

    from sslviz.tasks.base import Batch

    small = video.small(frames).transpose(0, 3, 1, 2)[None].copy()

    def change(draw: Draw) -> None:
        if (made := hand_made(order, draw["order"][0].tolist())) is not None:
            draw["order"] = np.array([made])

    batch = Batch(np.arange(1), {"frames": torch.from_numpy(small)})
    return make_label(SLUG, batch, seed, options, trace=True, change=change)


def answer(view: RunView, labelled: Labelled, variant: str) -> ModelAnswer:
    """What the model in view answers, or the untrained network where that model learned another variant."""
    from torch.nn import functional as F

    from sslviz.training.answers import ask

    run = able(view, variant)
    scores = ask(run.config, run.weights, lambda m: m.net(labelled.inputs["frames"]), run.kept)
    loss = F.cross_entropy(scores, labelled.targets["label"]).item()
    return ModelAnswer(scores[0].double().softmax(-1).numpy(), loss, run.mode)


@dataclass(frozen=True)
class Clip:
    """A clip as it is shown now, with label and answer. Frames count from 1 for people."""

    variant: str
    draw: Draw
    labelled: Labelled
    answer: ModelAnswer
    images: tuple[str, ...]  # of the frames that are shown, as people see them

    @property
    def order(self) -> NDArray[np.int64]:
        """(k) which of the taken frames is shown at each place."""
        return np.asarray(self.draw["order"][0])

    @property
    def ranks(self) -> list[int]:
        """The same, counted from 1 among the frames that are shown: the order shown."""
        return [int(rank) + 1 for rank in np.argsort(np.argsort(self.order))]

    @property
    def truth(self) -> int:
        """The number of the label."""
        return int(self.labelled.targets["label"][0])

    @property
    def best(self) -> int:
        """The number of the model's answer."""
        return int(self.answer.p.argmax())


def clip_of(this: Sample, view: RunView, seed: int, options: FrameOrderOptions, order: Any = None) -> Clip:
    """A clip with its label and the model's answer; `order` as in `label`."""
    draw, labelled = label(this.frames, seed, options, order)
    return Clip(options.way, draw, labelled, answer(view, labelled, options.way), shown_images(this, draw))


def shown_images(this: Sample, draw: Draw) -> tuple[str, ...]:
    """The frames that are shown, large, in the order in which they are."""
    return tuple(data_address(frame) for frame in this.frames[draw["times"][0][draw["order"][0]]])


# how labels are said


def name_of(variant: str, number: int) -> str:
    """A label in words: the true place of each frame, forwards and backwards; or yes and no."""
    from sslviz.tasks.frame_order import VARIANTS, classes
    from sslviz.tasks.permutations import inverse

    if variant == "in order?":
        return YES_NO[number]
    order = inverse(classes(VARIANTS[variant].shown)[number]) + 1
    return f"{numbers(order)} or {numbers(len(order) + 1 - order)}"


def numbers(order: Any) -> str:
    """An order as people read it."""
    return " ".join(str(int(one)) for one in order)


def sorted_by(variant: str, number: int, like: Any = None) -> list[int]:
    """Places of the shown frames in the order in time that a label stands for; of the two directions that of `like`."""
    from sslviz.tasks.frame_order import VARIANTS, classes

    if variant == "in order?":
        return list(range(VARIANTS[variant].shown))
    places = [int(place) for place in classes(VARIANTS[variant].shown)[number]]
    if like is None:
        return places
    agree = sum(a == b for a, b in zip(places, like, strict=True))
    return places if agree >= sum(a == b for a, b in zip(places[::-1], like, strict=True)) else places[::-1]


def lettered(variant: str, number: int) -> str:
    """A label in the letters of the frames as they are shown, in the order in time."""
    if variant == "in order?":
        return YES_NO[number]
    return " ".join(LETTERS[place] for place in sorted_by(variant, number))


class Player(TypedDict):
    """A clip that plays: addresses of its frames; it `follows` if they are the frames as they lie."""

    title: str
    text: str
    kind: str
    frames: Sequence[str]
    follows: NotRequired[bool]


def players(clip: Clip) -> list[Player]:
    """The clip in the order of the model, and in the true order; or as shown, where only yes or no is asked."""
    truth = [int(place) for place in np.argsort(clip.order)]
    true: Player = {
        "title": "True order",
        "text": "",
        "kind": "target",
        "frames": [clip.images[place] for place in truth],
    }
    if clip.variant == "in order?":
        return [{"title": "As shown", "text": "", "kind": "", "frames": list(clip.images), "follows": True}, true]
    answer = sorted_by(clip.variant, clip.best, truth)
    text = "✓ right" if clip.best == clip.truth else "✕ wrong"
    mine: Player = {
        "title": "By the model",
        "text": text,
        "kind": "answer",
        "frames": [clip.images[place] for place in answer],
    }
    return [mine, true]
