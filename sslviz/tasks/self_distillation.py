"""Self-distillation: what a slower copy of the model says of one crop is the label of all other crops (DINO).

The label comes from the model. Student and teacher are of one shape, and the teacher follows the student slowly. Both
sort a crop among K prototypes, which mean nothing by themselves: the teacher sees two large crops of a picture, the
student these and four small ones, and from each it must say what the teacher says of another. There are no negatives.
Two opposite forces keep the teacher alive. Centring takes away what it says of every picture: without it one prototype
takes all. Sharpening makes it decide: without it everything is equally likely. Caron et al. 2021, arXiv 2104.14294,
section 3.1 and algorithm 1; both collapses are in section 5.3.

Changes of colour are those of Same or different, for all crops. Other than in the paper: K is 64 instead of 65,536, as
the pictures are few and small; a small crop has 4 patches, a large one 16; the head has two layers before the
prototypes instead of three, normalised over the batch, as the authors' code can do but does not for Transformers
(without, ours learned little); the momentum stays as it is instead of rising to 1, and so does the temperature. As in
the paper, the vectors that meet the prototypes and the prototypes have length 1 (weight normalisation). The authors'
code holds the prototypes still in the first epoch; here that was not needed.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.self_distillation import SelfDistillationOptions
from sslviz.models.momentum import momentum_copy, move, take_over
from sslviz.models.tokens import SIDE, mean_pool, to_patches
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, Step
from sslviz.tasks.same_or_different import ViewNet, Views
from sslviz.tasks.two_views import MEASURED, OUT, other_view_found, two_layers

K = 64  # prototypes
LARGE, SMALL = 2, 4  # crops of a picture
SMALL_AREA = (0.2, 0.5)  # of a picture; 0.05 to 0.4 in the paper, whose photos hold more
SHARP, FLAT = 0.04, 0.1  # temperatures of the teacher and of the student, section 3.1; without sharpening both are FLAT
CENTRE_MOMENTUM = 0.9  # section 3.1, equation 4


class SelfDistillation(Views["Pair", SelfDistillationOptions]):
    """DINO: learn to say of any crop what the teacher says of another crop of the same picture."""

    slug: ClassVar[str] = "self_distillation"
    label_from: ClassVar[str] = "model"
    held_out_batch: ClassVar[int] = 250

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: SelfDistillationOptions) -> Draw:
        """For all crops of every picture what Same or different draws for two, (6, n): two large ones, four small."""
        least, most = SMALL_AREA
        large = super().draw(batch, rng, info, options)
        twice = batch.rows(np.tile(np.arange(len(batch)), SMALL // 2))
        small = super().draw(twice, rng, info, options)
        if options.crop:
            shape = (2, len(twice))
            area, ratio = rng.uniform(least, most, shape), np.exp(rng.uniform(np.log(3 / 4), np.log(4 / 3), shape))
            small["height"], small["width"] = np.sqrt(area / ratio), np.sqrt(area * ratio)
            small["top"], small["left"] = (rng.random(area.shape) * (1 - small[side]) for side in ("height", "width"))
        return Draw({name: np.concatenate([large[name], folded(small[name], SMALL)]) for name in large})

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Make the crops: `views` (2n, 3, 32, 32), large, and `small` (4n, 3, 16, 16); crop i is of picture i mod n."""
        n, crops = len(batch), LARGE + SMALL
        thrice = batch.rows(np.tile(np.arange(n), crops // 2))
        made = super().apply(thrice, Draw({name: folded(array, 2) for name, array in draw.items()}), info, trace=trace)
        all_crops = made.inputs["views"]
        large, small = all_crops.split([LARGE * n, SMALL * n])
        small = F.avg_pool2d(small, 2)
        steps = (*made.steps, Step("shrink the small ones", {}, all_crops, small)) if trace else ()
        return Labelled({"views": large, "small": small}, {}, made.where[: LARGE * n], steps)

    def build(self, trunk: Trunk, info: DataInfo, options: SelfDistillationOptions) -> Pair:
        """Student and teacher of one shape, and the centre of what the teacher says."""
        return Pair(trunk, m=options.m, centring=options.centring, sharpening=options.sharpening)

    def begin(self, net: Pair, generator: torch.Generator) -> None:
        """The teacher starts as a copy."""
        take_over(net.teacher, net.student)

    @torch.no_grad()
    def targets_from_model(self, net: Pair, labelled: Labelled) -> Labelled:
        """The label: what the teacher `says` (2n, 64) of each large crop; its `scores` move the centre afterwards."""
        scores = net.teacher(labelled.inputs["views"])
        targets = {"says": label(scores, net.centre, net.temperature), "scores": scores}
        return Labelled(labelled.inputs, targets, labelled.where, labelled.steps)

    def loss(self, net: Pair, labelled: Labelled, options: SelfDistillationOptions) -> Loss:
        """Cross-entropy of each label with what the student says of the other five crops, their mean; in nats."""
        said = torch.cat([net(labelled.inputs[size]) for size in ("views", "small")])
        each = distilled(labelled.targets["says"], F.log_softmax(said / FLAT, -1))
        return Loss(each.mean(), {}, each)

    @torch.no_grad()
    def after_step(self, net: Pair, labelled: Labelled, step: int) -> None:
        """The centre moves towards the mean of what the teacher said; the teacher follows the student."""
        if net.centring:
            net.centre.copy_(moved_centre(net.centre, labelled.targets["scores"]))
        move(net.teacher, net.student, net.m)

    def answer(self, net: Pair, labelled: Labelled, options: SelfDistillationOptions) -> Answer:
        """`log_p` (2n, 64): what the student says of the large crops."""
        return Answer({"log_p": F.log_softmax(net(labelled.inputs["views"]) / FLAT, -1)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of large crops whose answer fits the label of their own other crop best, among those of all."""
        says = labelled.targets["says"]
        near = answer.data["log_p"] @ says.T + torch.special.entr(says).sum(1)  # −KL of label j and answer i
        return {"other crop found": other_view_found(near).float().mean().item()}

    def baselines(self, labelled: Labelled, info: DataInfo, options: SelfDistillationOptions) -> list[Baseline]:
        """All prototypes equally likely; the mean of all labels, the best constant answer; the raw pixels."""
        crops, says = labelled.inputs["views"].flatten(1), labelled.targets["says"]
        n, pixels = len(crops) // 2, F.normalize(crops - crops.mean(0), dim=1)
        found = {"other crop found": 1 / n}
        raw = other_view_found(pixels @ pixels.T)
        mean = torch.special.entr(says.mean(0)).sum().item()
        return [
            Baseline(f"all alike: ln {K}", float(np.log(K)), found, constant=True),
            Baseline("always the mean label", mean, found, constant=True),
            Baseline("raw pixels", None, {"other crop found": raw.float().mean().item()}),
        ]

    def measures(self, net: Pair, data: str) -> dict[str, float]:
        """What tells the two collapses apart, on crops of held-out pictures."""
        device = next(net.parameters()).device
        batch = self.batch(data, "held_out", np.arange(min(MEASURED, self.size(data, "held_out")))).to(device)
        options = SelfDistillationOptions()
        draw = self.draw(batch, np.random.default_rng(0), DataInfo(), options)
        with torch.no_grad():
            labelled = self.targets_from_model(net, self.apply(batch, draw, DataInfo()))
            loss = self.loss(net, labelled, options).total.item()
        found = decided(labelled.targets["says"], loss)
        return {f"{name}, share of ln K": min(1.0, value / float(np.log(K))) for name, value in found.items()}


def label(scores: Tensor, centre: Tensor, temperature: float) -> Tensor:
    """What the teacher says: (n, K) scores → (n, K) probabilities, centred and sharpened (equation 1, algorithm 1)."""
    return ((scores - centre) / temperature).softmax(-1)


def distilled(says: Tensor, log_p: Tensor) -> Tensor:
    """(2n, K) labels of two crops, (6n, K) answers to all → (2n,) cross-entropy, the mean over the other five."""
    labels, answers = (x.unflatten(0, (-1, len(says) // LARGE)) for x in (says, log_p))
    every = -torch.einsum("qnk,vnk->qvn", labels, answers)  # of each label with each crop's answer
    own = torch.eye(len(labels), len(answers), device=every.device)[:, :, None]  # the very crop the label is of
    return ((every * (1 - own)).sum(1) / (len(answers) - 1)).flatten()


def moved_centre(centre: Tensor, scores: Tensor) -> Tensor:
    """The centre after a step: 0.9 c + 0.1 × the mean of the teacher's scores in the batch (equation 4)."""
    return CENTRE_MOMENTUM * centre + (1 - CENTRE_MOMENTUM) * scores.mean(0)


def decided(says: Tensor, loss: float) -> dict[str, float]:
    """In nats: how undecided a label is, how evenly prototypes are used, and what is left of the loss (section 5.3).

    The loss is the entropy of the labels and the KL of teacher and student. A KL of 0: all pictures get one answer.
    """
    one = torch.special.entr(says).sum(-1).mean().item()
    return {
        "entropy of a label": one,
        "entropy of the mean label": torch.special.entr(says.mean(0)).sum().item(),
        "KL of teacher and student": max(0.0, loss - one),
    }


def folded(array: np.ndarray, rows: int) -> np.ndarray:
    """(r, n, …) → (rows, r n / rows, …): the same numbers for as many crops, in other rows."""
    return array.reshape(rows, -1, *array.shape[2:])


class Student(ViewNet):
    """Patches, trunk, and a head that ends in K prototypes; the teacher has the same."""

    def __init__(self, trunk: Trunk) -> None:
        super().__init__(trunk)
        self.head = two_layers(trunk.width, "batch")
        self.prototypes = nn.Linear(OUT, K, bias=False)

    def embed(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) or (n, 3, 16, 16) → (n, 16 or 4, width); a place of a small crop is the mean of four."""
        if pixels.shape[-1] == SIDE:
            return self.tokens(pixels)
        assert self.tokens.places is not None  # noqa: S101 - only without places there are none
        places = self.tokens.places.weight.T.unflatten(1, (4, 4))
        return self.tokens.patch(to_patches(pixels) * 2 - 1) + F.avg_pool2d(places, 2).flatten(1).T

    def encode(self, pixels: Tensor) -> Tensor:
        """Crops in 0…1 → (n, width)."""
        return mean_pool(self.trunk(self.embed(pixels)))

    def forward(self, pixels: Tensor) -> Tensor:
        """Crops in 0…1 → (n, 64): the cosine with each prototype."""
        return F.linear(F.normalize(self.head(self.encode(pixels)), dim=1), F.normalize(self.prototypes.weight, dim=1))


class Pair(Student):
    """The student, its teacher, and the centre."""

    centre: Tensor

    def __init__(self, trunk: Trunk, *, m: float, centring: bool, sharpening: bool) -> None:
        super().__init__(trunk)
        self.m, self.centring, self.temperature = m, centring, SHARP if sharpening else FLAT
        self.teacher = momentum_copy(Student(trunk))
        self.register_buffer("centre", torch.zeros(K))

    @property
    def student(self) -> nn.Module:
        """What the teacher is a copy of."""
        return nn.ModuleList([self.tokens, self.trunk, self.head, self.prototypes])
