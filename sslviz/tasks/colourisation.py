"""Colourisation: take the colours away; the colour of each place is the label (Zhang et al. 2016).

The label comes from the data: it is what was taken away. It is not always in what is left: a balloon may be red or
blue, and its grey picture is the same. So a class is asked for, not a number: a distribution can say "red or blue",
where a mean would be brown. arXiv 1603.08511, section 2.

The colour, a and b of CIE Lab, is asked for at a quarter of the picture's side, as in the paper: 8×8 places. There the
bins are 10 wide, and 313 of them can be seen; with few and small pictures ours are 20 wide, and 76 are left. Both
Gaussians are as much wider: σ = 10 instead of 5.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.colourisation import ColourisationOptions
from sslviz.models.tokens import PatchTokens, mean_pool
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, Step, Task
from sslviz.tasks.lab import to_lab, to_rgb
from sslviz.tasks.pictures import Pictures

SIDE, PLACES = 8, 64  # places along a side, and in all; each is 4×4 pixels
GRID, SIGMA, NEAR = 20, 10.0, 5  # width of a bin; of the soft label, and of the smoothed counts; bins in a soft label
EVEN = 0.5  # λ of section 2.2: how much the weights are drawn to those of a world where all bins are as frequent
COLD = 0.38  # T of section 2.3
GREY, UNDECIDED = "painted grey, where there was a colour", "undecided: entropy, of the most that can be"
GREYS = 20  # steps of lightness for the baseline that looks at nothing else


class Colourisation(Pictures, Task["ColourNet", ColourisationOptions]):
    """Grey in, for each of 64 places a distribution over 76 bins of colour out."""

    slug: ClassVar[str] = "colourisation"

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: ColourisationOptions) -> Draw:
        """Nothing is drawn: the label follows from the picture alone."""
        return Draw()

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Part lightness and colour: one is the input, the other, place by place, the label.

        Returns:
            `light` (n, 1, 32, 32) in 0…1; the label `ab` (n, 64, 2) the mean colour of each place, `near` (n, 64, 5)
            the bins that are nearest to it, nearest first, and `soft` (n, 64, 5) how much each of them counts.
        """
        pixels = batch.data["pixels"]
        lab = to_lab(pixels)
        light, colour = lab[:, :1] / 100, lab[:, 1:]
        ab = F.avg_pool2d(colour, 32 // SIDE).flatten(2).mT
        near, soft = soft_label(ab)
        where = torch.ones(ab.shape[:2], dtype=torch.bool, device=ab.device)
        steps = (Step("take colour away", {}, pixels.float() / 255, light),)
        return Labelled({"light": light}, {"ab": ab, "near": near, "soft": soft}, where, steps if trace else ())

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """The label has one colour for 16 pixels, so the picture does not come back."""
        return None

    def build(self, trunk: Trunk, info: DataInfo, options: ColourisationOptions) -> ColourNet:
        """Patches and trunk; each patch answers for its four places."""
        return ColourNet(trunk, info["weights"])

    def loss(self, net: ColourNet, labelled: Labelled, options: ColourisationOptions) -> Loss:
        """Cross-entropy with the soft label; with `rebalance` a place counts as its nearest bin weighs (eq. 2)."""
        near, soft = labelled.targets["near"], labelled.targets["soft"]
        each = -(net(labelled.inputs["light"]).log_softmax(-1).gather(-1, near) * soft).sum(-1)
        if options.rebalance:
            each = each * net.weights[near[..., 0]]
        return Loss(each.mean(), {}, each.flatten())

    def answer(self, net: ColourNet, labelled: Labelled, options: ColourisationOptions) -> Answer:
        """`p` (n, 64, 76): a probability for every bin at every place."""
        return Answer({"p": net(labelled.inputs["light"]).softmax(-1)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of places whose bin is named: of those with a colour, and of all, grey ones included."""
        return named(answer.data["p"].argmax(-1), labelled)

    def baselines(self, labelled: Labelled, info: DataInfo, options: ColourisationOptions) -> list[Baseline]:
        """How frequent each bin is; and how frequent it is at this lightness, which a look-up table can tell."""
        near, soft = (labelled.targets[name] for name in ("near", "soft"))
        counts = info["by_light"].to(near.device)
        weights = info["weights"].to(near.device)
        grey = steps_of_light(labelled.inputs["light"])

        def scored(name: str, counts: Tensor, *, constant: bool) -> Baseline:
            counts = counts * weights if options.rebalance else counts  # what makes the loss least
            p = (counts + 1e-3 * counts.mean()) / (counts + 1e-3 * counts.mean()).sum(-1, keepdim=True)
            each = -(p.expand(*near.shape[:2], -1).log().gather(-1, near) * soft).sum(-1)
            each = each * weights[near[..., 0]] if options.rebalance else each
            best = p.argmax(-1).expand(near.shape[:2])
            return Baseline(name, each.mean().item(), named(best, labelled), constant=constant)

        return [
            scored("how frequent each colour is", counts.sum(0), constant=True),
            scored("colours at this grey level", counts[grey], constant=False),
        ]

    def measures(self, net: ColourNet, data: str) -> dict[str, float]:
        """How often grey is painted where there was a colour, and how undecided the answer is (1: all bins alike)."""
        held_out = self.batch(data, "held_out", np.arange(min(500, self.size(data, "held_out"))))
        labelled = self.apply(held_out, Draw(), DataInfo())
        p = net(labelled.inputs["light"]).softmax(-1)
        dull = ~coloured(soft_label(annealed_mean(p))[0][..., 0])
        return {
            GREY: dull[coloured(labelled.targets["near"][..., 0])].double().mean().item(),
            UNDECIDED: entropy(p).mean().item() / float(np.log(len(bins()))),
        }

    # the data

    def info(self, data: str) -> DataInfo:
        """`by_light` (20, 76) how often each bin occurs at each lightness, and `weights` (76), how much it counts."""
        return _info(data)

    def features(self, net: ColourNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the mean over patches of the trunk's output, for the picture as the task sees it: in grey."""
        return mean_pool(net.encode(to_lab(batch.data["pixels"])[:, :1] / 100))


class ColourNet(nn.Module):
    """Patches + trunk + linear head: 76 scores for each of a patch's four places."""

    weights: Tensor

    def __init__(self, trunk: Trunk, weights: Tensor) -> None:
        super().__init__()
        self.tokens, self.trunk = PatchTokens(trunk.width), trunk
        self.head = nn.Linear(trunk.width, 4 * len(weights))
        self.register_buffer("weights", weights.clone())

    def encode(self, light: Tensor) -> Tensor:
        """(n, 1, 32, 32) in 0…1 → (n, 16, width); patches have three channels, here all the same."""
        return self.trunk(self.tokens(light.expand(-1, 3, -1, -1)))

    def forward(self, light: Tensor) -> Tensor:
        """(n, 1, 32, 32) in 0…1 → (n, 64, 76) a score for every bin at every place, row by row."""
        n, half = len(light), SIDE // 2
        scores = self.head(self.encode(light)).view(n, half, half, 2, 2, -1)
        return scores.transpose(2, 3).reshape(n, PLACES, -1)


@lru_cache(maxsize=1)
def bins() -> Tensor:
    """(76, 2) the middles of the bins, in a and b, into which some colour of a screen falls; the others are no class.

    Looked for in steps of 3 of 255; a 77th has no more than a corner in which there are colours.
    """
    level = torch.arange(0, 256, 3, dtype=torch.uint8)
    x, y = torch.cartesian_prod(level, level).T
    ends = torch.zeros_like(x), torch.full_like(x, 255)
    # Where some colour falls, one on the surface of the cube of colours does: there a channel is 0 or 255.
    faces = [torch.stack(face) for end in ends for face in ((end, x, y), (x, end, y), (x, y, end))]
    found: Tensor = torch.round(to_lab(torch.cat(faces, 1)[:, None])[1:, 0].T / GRID).unique(dim=0)
    return found * GRID


def soft_label(ab: Tensor) -> tuple[Tensor, Tensor]:
    """(…, 2) → (…, 5) the five nearest bins, and their weights by a Gaussian of the distance (section 2.1)."""
    distance, near = (ab[..., None, :] - bins().to(ab.device)).square().sum(-1).topk(NEAR, largest=False)
    soft = torch.exp(-distance / (2 * SIGMA**2))
    return near, soft / soft.sum(-1, keepdim=True)


def rebalancing(counts: Tensor) -> Tensor:
    """(76,) how often each bin occurs → how much it counts: 1/((1 − λ) p̃ + λ/Q), with mean 1 (section 2.2).

    p̃ is what the counts say, smoothed over neighbouring bins.
    """
    kernel = torch.exp(-torch.cdist(bins(), bins()).square() / (2 * SIGMA**2))
    p = (counts / counts.sum()) @ (kernel / kernel.sum(1, keepdim=True))
    weights = 1 / ((1 - EVEN) * p + EVEN / len(p))
    return weights / (p * weights).sum()


def annealed_mean(p: Tensor, t: float = COLD) -> Tensor:
    """(…, 76) → (…, 2) in a and b: the mean after p^(1/T); T = 1 is the mean, T → 0 the likeliest bin (section 2.3)."""
    sharp = (p.clamp_min(1e-12).log() / t).softmax(-1)
    return sharp @ bins().to(p.device)


def entropy(p: Tensor) -> Tensor:
    """(…, 76) → (…) in nats: 0 where one bin is certain, ln 76 where all are alike."""
    return -(p * p.clamp_min(1e-12).log()).sum(-1)


def paint(light: Tensor, ab: Tensor) -> Tensor:
    """(n, 1, 32, 32) in 0…1 and (n, 64, 2) → (n, 3, 32, 32) uint8: the given lightness, the colours spread smoothly."""
    coarse = ab.mT.reshape(len(ab), 2, SIDE, SIDE)
    return to_rgb(torch.cat([light * 100, F.interpolate(coarse, size=light.shape[-2:], mode="bilinear")], 1))


def named(best: Tensor, labelled: Labelled) -> dict[str, float]:
    """Share of places (n, 64) whose nearest bin is `best`; where no place has a colour, that of them is no number."""
    truth = labelled.targets["near"][..., 0]
    right = (best == truth).double()
    return {"bin named, where there is colour": right[coloured(truth)].mean().item(), "bin named": right.mean().item()}


def coloured(bin_: Tensor) -> Tensor:
    """(…) numbers of bins → (…) bool: all but the grey one, in the middle."""
    return bins().to(bin_.device)[bin_].any(-1)


def steps_of_light(light: Tensor) -> Tensor:
    """(n, 1, 32, 32) in 0…1 → (n, 64) which of 20 steps the mean lightness of each place is in."""
    return (F.avg_pool2d(light, 32 // SIDE).flatten(1) * GREYS).long().clamp(0, GREYS - 1)


@lru_cache(maxsize=4)
def _info(data: str) -> DataInfo:
    task = Colourisation()
    some = task.batch(data, "train", np.arange(min(5000, task.size(data, "train"))))
    labelled = task.apply(some, Draw(), DataInfo())
    near, q = labelled.targets["near"][..., 0], len(bins())
    cells = (steps_of_light(labelled.inputs["light"]) * q + near).flatten()
    by_light = cells.bincount(minlength=GREYS * q).view(GREYS, q).float()
    return DataInfo(by_light=by_light, weights=rebalancing(by_light.sum(0)))
