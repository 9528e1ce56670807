"""Frame order: take a few frames of a clip and shuffle them; how they were shuffled is the label.

The label comes from the data: the film came with its order, and we do the shuffling. It is not the sorted order, which
is the same for every clip. Three variants, one network each:
  4 frames   which of 12 orders? Forwards and backwards are one (Lee et al. 2017, OPN, arXiv 1708.01246, section 3)
  3 frames   which of 3 orders, that is, which of the three frames is the middle one?
  in order?  are three frames in order, yes or no? (Misra et al. 2016, Shuffle and Learn, arXiv 1603.08561, section 3)
Unlike in the papers, whose towers see one frame each, the trunk reads all frames at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.frame_order import FrameOrderOptions
from sslviz.data import video
from sslviz.models.tokens import SIDE, PatchTokens, mean_pool
from sslviz.models.trunk import Trunk
from sslviz.tasks import permutations
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, ProbeData, Step, Task

JITTER = 1  # pixels of 36; OPN moves frames of 256 or so by up to 5
HIDDEN, ROLES = 64, 3  # numbers that compare two frames; what two frames can be to each other
REPEATS, REPEATS_SEED = 4, 11  # labels a held-out clip, for `outcomes`
NAMED = "label named"


@dataclass(frozen=True)
class Variant:
    """What is asked.

    Attributes:
        taken: frames that are taken from a clip; different in each variant, so it names the variant.
        shown: how many of them the network sees.
        answers: how many there are to choose from.
    """

    taken: int
    shown: int
    answers: int


VARIANTS = {"4 frames": Variant(4, 4, 12), "3 frames": Variant(3, 3, 3), "in order?": Variant(5, 3, 2)}
BY_TAKEN = {variant.taken: name for name, variant in VARIANTS.items()}


class FrameOrder(Task["FrameNet", FrameOrderOptions]):
    """In which order are these frames? Samples: clips of eight frames, `frames` (n, 8, 3, 36, 64) uint8."""

    slug: ClassVar[str] = "frame_order"
    held_out_batch: ClassVar[int] = 66

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: FrameOrderOptions) -> Draw:
        """Which frames are taken, how they are cut out, and in which order they are shown.

        Args:
            batch: n clips; how much changes in them plays a part, if `motion` is on.
            rng: where the random numbers come from.
            info: not needed.
            options: what is asked, and how frames are taken.

        Returns:
            `times` (n, taken) numbers of frames in the clip; `top`, `left` (n, taken) in pixels and `flip` (n,), the
            same for all frames of a clip but for the jitter; `channel` (n, taken) the colour that is kept, −1 for all;
            `light` (n, taken, 2) by how much brightness and contrast of each frame are multiplied; and `order` (n,
            shown): frame `order[i]` of those taken, counted from 0, is shown at place i.
        """
        n = len(batch)
        triple, k = options.way == "in order?", VARIANTS[options.way].taken
        steps = [options.gap, 1, 1, options.gap] if triple else [options.gap] * (k - 1)
        times = np.cumsum([0, *steps])
        moved = changes(batch.data["frames"]) if options.motion else np.ones((n, video.LENGTH - 1))
        chance = np.stack([moved[:, at : at + times[-1]].sum(1) for at in range(video.LENGTH - times[-1])], 1).cumsum(1)
        start = (rng.random((n, 1)) * chance[:, -1:] >= chance[:, :-1]).sum(1)
        shift = rng.integers(-JITTER, JITTER + 1, (2, n, k)) if options.jitter else np.zeros((2, n, k), int)
        draw = Draw(
            times=start[:, None] + times,
            top=rng.integers(JITTER, video.HIGH - SIDE - JITTER + 1, (n, 1)) + shift[0],
            left=rng.integers(JITTER, video.WIDE - SIDE - JITTER + 1, (n, 1)) + shift[1],
            flip=rng.integers(2, size=n),
            channel=rng.integers(3, size=(n, k)) if options.split else np.full((n, k), -1),
            light=1 + options.light * rng.uniform(-1, 1, (n, k, 2)) if options.light else np.ones((n, k, 2)),
        )
        if triple:  # b, c, d, or b, a, d, or b, e, d: the same first and last frame, so that only the middle decides
            middle = np.where(rng.random(n) < options.wrong, rng.choice([0, 4], n), 2)
            order = np.stack([np.full(n, 1), middle, np.full(n, 3)], 1)
            draw["order"] = np.where(rng.integers(2, size=(n, 1)), order[:, ::-1], order)
        else:
            draw["order"] = rng.permuted(np.tile(np.arange(k), (n, 1)), axis=1)
        return draw

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Take frames, cut them out, keep one colour of each or all, change their light, and shuffle.

        The label follows from the order.
        """
        d = {k: torch.as_tensor(v, device=batch.data["frames"].device) for k, v in draw.items()}
        n = torch.arange(len(batch), device=d["times"].device)[:, None]
        x = batch.data["frames"][n, d["times"]].float() / 255
        steps = [Step("take", {"times": draw["times"]}, batch.data["frames"].float() / 255, x)] if trace else []

        def did(name: str, after: Tensor, **numbers: Any) -> None:
            nonlocal x
            steps.append(Step(name, numbers, x, after))
            x = after

        where = {"top": draw["top"], "left": draw["left"], "flip": draw["flip"]}
        did("cut out", cut(x, d["top"], d["left"], d["flip"]), **where)
        if (draw["channel"] >= 0).any():
            did("split channels", one_channel(x, d["channel"]), channel=draw["channel"])
        if (draw["light"] != 1).any():
            did("change light", lit(x, *d["light"].float().unbind(-1)), light=draw["light"])
        did("shuffle", x[n, d["order"]], order=draw["order"])
        label = torch.as_tensor(labels(draw["order"], draw["times"].shape[1]), device=x.device)
        every = torch.ones_like(label, dtype=torch.bool)
        return Labelled({"frames": x}, {"label": label}, every, tuple(steps) if trace else ())

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Not possible: what was cut off and the frames in between are gone."""
        return None

    def build(self, trunk: Trunk, info: DataInfo, options: FrameOrderOptions) -> FrameNet:
        """Patches of all frames and trunk, and a head that compares the frames two by two."""
        return FrameNet(trunk, options)

    def loss(self, net: FrameNet, labelled: Labelled, options: FrameOrderOptions) -> Loss:
        """Mean of −ln p(label), in nats; a label is the number of an order, or yes and no."""
        each = F.cross_entropy(net(labelled.inputs["frames"]), labelled.targets["label"], reduction="none")
        return Loss(each.mean(), {}, each)

    def answer(self, net: FrameNet, labelled: Labelled, options: FrameOrderOptions) -> Answer:
        """`p` (n, answers): a probability for every possible label."""
        return Answer({"p": net(labelled.inputs["frames"]).softmax(-1)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of clips whose label is named."""
        return {NAMED: _share(answer.data["p"].argmax(-1), labelled.targets["label"])}

    def baselines(self, labelled: Labelled, info: DataInfo, options: FrameOrderOptions) -> list[Baseline]:
        """Guessing, or always the commonest answer; and the order in which pixels change least, without a network.

        The pixels as they are, and with mean 0 and variance 1 in each frame, which takes out most of a change of light.
        """
        label = labelled.targets["label"]
        answers, wrong = VARIANTS[options.way].answers, options.wrong
        if options.way == "in order?":
            loss = float(-wrong * np.log(wrong) - (1 - wrong) * np.log(1 - wrong))
            common = torch.full_like(label, int(wrong < 0.5))
            name = f"always the same, as {wrong:.0%} are not in order"
            blind = Baseline(name, loss, {NAMED: _share(common, label)}, constant=True)
        else:
            blind = Baseline(f"guessing: ln {answers}", float(np.log(answers)), {NAMED: 1 / answers}, constant=True)
        frames = labelled.inputs["frames"]
        rules = {
            "pixels that change least, nothing else": frames,
            "the same with each frame evened out": evened(frames),
        }
        return [
            blind,
            *(Baseline(name, None, {NAMED: _share(least_change(x, options.way), label)}) for name, x in rules.items()),
        ]

    # the data

    def info(self, data: str) -> DataInfo:
        """Nothing is needed beyond the sample."""
        return DataInfo()

    def batch(self, data: str, part: str, rows: np.ndarray) -> Batch:
        """Clips `rows` of "train" or "held_out": `frames` (n, 8, 3, 36, 64) uint8, in true order."""
        where = video.clips(part).first[rows][:, None] + np.arange(video.LENGTH)
        return Batch(rows, {"frames": _frames(part)[torch.from_numpy(where)]})

    def size(self, data: str, part: str) -> int:
        """Number of clips."""
        return len(video.clips(part).first)

    def features(self, net: FrameNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the mean over patches and frames of the trunk's output, for every second frame in true order."""
        return mean_pool(net.vectors(middle(batch.data["frames"][:, ::2]).float() / 255).flatten(1, 2))

    def probe_data(self, data: str) -> ProbeData:
        """Which character is in the shot, the rabbit or the rodents."""
        return _probe_data()

    @torch.no_grad()
    def outcomes(self, net: FrameNet, data: str) -> dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]]:
        """Name → (how often each held-out clip's label is named, 0 to 1; the shot it is from), over four labels a clip.

        Clips of one shot are much alike, so how far an average can be trusted depends on the number of shots.
        """
        clips, device = video.clips("held_out"), next(net.parameters()).device
        named, plain = np.zeros(len(clips.first)), np.zeros(len(clips.first))
        for rows in np.array_split(np.arange(len(named)), 3):
            batch = self.batch(data, "held_out", rows).to(device)
            for seed in range(REPEATS):
                rng = np.random.default_rng((REPEATS_SEED, seed, int(rows[0])))
                labelled = self.apply(batch, self.draw(batch, rng, DataInfo(), net.options), DataInfo())
                right = net(labelled.inputs["frames"]).argmax(-1) == labelled.targets["label"]
                named[rows] += right.cpu().numpy() / REPEATS
                alike = least_change(labelled.inputs["frames"], net.options.way) == labelled.targets["label"]
                plain[rows] += alike.cpu().numpy() / REPEATS
        source = np.array([clips.shots[shot].source for shot in clips.shot])
        shots = len(np.unique(clips.shot))
        result = {
            f"{NAMED}, {shots} held-out shots counted alike": (named, clips.shot),
            f"pixels that change least, {shots} held-out shots counted alike": (plain, clips.shot),
        }
        for film, title in (("cat", "the cat of 1887"), ("city", "the city at night")):
            result[f"{NAMED}, {title} alone"] = named[source == film], clips.shot[source == film]
        return result


class FrameNet(nn.Module):
    """Patches of all frames + trunk + a head that compares the frames two by two.

    A pair of frames gets a score for each thing that they can be to each other, such as neighbours in time; the score
    of an order is the sum over its pairs.
    """

    roles: Tensor

    def __init__(self, trunk: Trunk, options: FrameOrderOptions) -> None:
        super().__init__()
        self.options = options
        self.tokens, self.trunk = PatchTokens(trunk.width), trunk
        self.shown = nn.Embedding(4, trunk.width)  # at which place a frame is shown
        self.compare, self.head = nn.Linear(trunk.width, HIDDEN), nn.Linear(HIDDEN, ROLES)
        self.register_buffer("roles", roles(options.way), persistent=False)

    def vectors(self, frames: Tensor) -> Tensor:
        """(n, k, 3, 32, 32) in 0…1 → (n, k, 16, width): all patches of all frames read each other."""
        n, k = frames.shape[:2]
        x = self.tokens(frames.flatten(0, 1)).unflatten(0, (n, k)) + self.shown.weight[:k, None]
        return self.trunk(x.flatten(1, 2)).unflatten(1, (k, -1))

    def forward(self, frames: Tensor) -> Tensor:
        """(n, k, 3, 32, 32) shown frames in 0…1 → (n, answers): a score for every possible label."""
        x = self.vectors(frames)
        i, j = torch.tensor(list(combinations(range(frames.shape[1]), 2)), device=frames.device).T
        apart = (x[:, i] - x[:, j]).abs()  # (n, pairs, 16, width), patch by patch
        score = self.head(F.gelu(self.compare(apart)).mean(2))  # (n, pairs, ROLES)
        return torch.einsum("npr,apr->na", score, F.one_hot(self.roles, ROLES).to(score.dtype))


def roles(variant: str) -> Tensor:
    """(answers, pairs) what the two shown frames of each pair are to each other if that answer is right.

    0 neighbours in time, 1 one frame between them, 2 two; of three frames that are not in order, 2 throughout.
    """
    pairs = list(combinations(range(VARIANTS[variant].shown), 2))
    if variant == "in order?":
        return torch.tensor([[2, 2, 2], [abs(a - b) - 1 for a, b in pairs]])
    orders = permutations.inverse(classes(VARIANTS[variant].shown)).tolist()
    return torch.tensor([[abs(order[a] - order[b]) - 1 for a, b in pairs] for order in orders])


@lru_cache(maxsize=2)
def classes(k: int) -> permutations.Orders:
    """(k!/2, k) the ways to play the shown frames, as places, that stand for themselves and for playing backwards.

    >>> classes(3).tolist()
    [[0, 1, 2], [0, 2, 1], [1, 0, 2]]
    """
    every = permutations.every(k)
    return every[every[:, 0] < every[:, -1]]


def labels(order: NDArray[np.integer], taken: int) -> NDArray[np.int64]:
    """(n, shown) → (n,) the class of the order; of five frames taken: 1 in order, 0 not. Backwards counts as well.

    `inverse(order)` are the places, first frame first, so it is what has to be played; reversed, it is the clip
    backwards. Both get one class, the one of whichever comes first in a dictionary. Reversing `order` itself is another
    thing: it changes which frame is where, and only the direction of time would show that both belong together.
    """
    if BY_TAKEN[taken] == "in order?":
        step = np.diff(order, axis=1)
        return np.asarray((step > 0).all(1) | (step < 0).all(1)).astype(np.int64)
    play = permutations.inverse(order)
    return permutations.number_of(np.where(play[:, :1] < play[:, -1:], play, play[:, ::-1]), classes(order.shape[1]))


def changes(frames: Tensor) -> NDArray[np.float64]:
    """(n, f, 3, h, w) uint8 → (n, f − 1) mean change from frame to frame, of 255, on every second pixel; above 0."""
    x = frames[..., ::2, ::2].cpu().numpy().astype(np.int16)
    return np.abs(np.diff(x, axis=1)).mean((2, 3, 4)) + 1e-3


def cut(x: Tensor, top: Tensor, left: Tensor, flip: Tensor) -> Tensor:
    """(n, k, 3, h, w), (n, k), (n, k), (n,) → (n, k, 3, 32, 32): a square of each frame, mirrored where `flip` is 1."""
    reach = torch.arange(SIDE, device=x.device)
    across = torch.where(flip[:, None, None] > 0, reach.flip(0), reach) + left[..., None]
    n, k = (torch.arange(size, device=x.device) for size in x.shape[:2])
    picked = x[n[:, None, None, None], k[:, None, None], :, (top[..., None] + reach)[..., None], across[:, :, None]]
    return picked.movedim(-1, 2)


def middle(x: Tensor) -> Tensor:
    """(n, k, 3, 36, 64) → (n, k, 3, 32, 32): the square in the middle of each frame."""
    top, left = (video.HIGH - SIDE) // 2, (video.WIDE - SIDE) // 2
    return x[..., top : top + SIDE, left : left + SIDE]


def one_channel(x: Tensor, channel: Tensor) -> Tensor:
    """(n, k, 3, h, w): channel 0, 1 or 2 of a frame in place of all three, −1 leaves it as it is."""
    which = channel[:, :, None, None, None]
    alone = x.gather(2, which.clamp_min(0).expand(-1, -1, 1, *x.shape[3:]))
    return torch.where(which < 0, x, alone)


def lit(x: Tensor, brightness: Tensor, contrast: Tensor) -> Tensor:
    """(n, k, 3, h, w) in 0…1, (n, k) twice: each frame brighter or darker, then its contrast about its own mean."""
    x = (x * brightness[:, :, None, None, None]).clamp(0, 1)
    mean = x.mean((2, 3, 4), keepdim=True)
    return ((x - mean) * contrast[:, :, None, None, None] + mean).clamp(0, 1)


def evened(x: Tensor) -> Tensor:
    """(n, k, 3, h, w) with mean 0 and variance 1 in each frame."""
    mean = x.mean((2, 3, 4), keepdim=True)
    return (x - mean) / (x.std((2, 3, 4), correction=0, keepdim=True) + 1e-6)


def least_change(frames: Tensor, variant: str) -> Tensor:
    """(n, k, 3, h, w) → (n,) the label if frames that look most alike follow each other, by Euclidean distance."""
    apart = torch.cdist(frames.flatten(2), frames.flatten(2))
    if variant == "in order?":
        return (apart[:, 0, 2] > torch.maximum(apart[:, 0, 1], apart[:, 1, 2])).long()
    play = torch.as_tensor(classes(frames.shape[1]), device=frames.device)
    return apart[:, play[:, :-1], play[:, 1:]].sum(2).argmin(1)


def _share(answer: Tensor, label: Tensor) -> float:
    return (answer == label).double().mean().item()


@lru_cache(maxsize=2)
def _frames(part: str) -> Tensor:
    return torch.from_numpy(video.clips(part).frames.copy())


@lru_cache(maxsize=1)
def _probe_data() -> ProbeData:
    """Which character is in the shot, noted by hand: labels from the shots to train on, judged on the held-out ones."""
    task, parts = FrameOrder(), []
    for part in video.SPLIT:
        clips = video.clips(part)
        cast = np.array([video.CHARACTERS.index(s.character) if s.character else -1 for s in clips.shots])[clips.shot]
        rows = np.flatnonzero(cast >= 0)
        batch = task.batch("film", part, rows)
        seen = middle(batch.data["frames"][:, ::2]).float().div(255).mean(1)  # as the trunk's: the mean over frames
        parts.append((batch, cast[rows], np.asarray(seen.flatten(1).numpy())))
    (train, train_y, raw_train), (test, test_y, raw_test) = parts
    held_out = video.clips("held_out")
    return ProbeData(
        train, train_y, test, test_y, video.CHARACTERS, raw_train, raw_test, "raw pixels", np.arange(len(test_y)),
        tuple(held_out.name(row) for row in test.ids), "film",
    )  # fmt: skip
