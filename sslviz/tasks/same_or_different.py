"""Same or different: two changed copies of one picture belong together; that they do is the label (SimCLR).

The label comes from the batch: copy i's partner is copy i + N, and all others count as different, even another
shoe. What the pictures show plays no part. Chen et al. 2020, arXiv 2002.05709, section 2 and appendix A.
"""

from __future__ import annotations

from typing import ClassVar, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.same_or_different import SameOrDifferentOptions
from sslviz.catalogue.views import ViewOptions
from sslviz.models.tokens import PatchTokens, mean_pool
from sslviz.models.trunk import Trunk
from sslviz.tasks import augment
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, Step, Task
from sslviz.tasks.pictures import Pictures

JITTER = augment.COLOURS
REACH = {"brightness": 0.8, "contrast": 0.8, "saturation": 0.8, "hue": 0.2}  # times the strength, appendix A
HEAD, OUT = 128, 128  # the projection head: width inside, width of z


Encoder = TypeVar("Encoder", bound="ViewNet")
Seen = TypeVar("Seen", bound=ViewOptions)


class Views(Pictures, Task[Encoder, Seen]):
    """What the tasks that compare two views have in common: how the views are made, and which vectors are judged."""

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: Seen) -> Draw:
        """For both views of every picture: where to cut, whether to mirror, how to change the colours.

        Args:
            batch: n pictures; only their number matters.
            rng: where the random numbers come from.
            info: not needed; the label is in the batch.
            options: how far the views may differ; the switches turn steps off.

        Returns:
            Arrays (2, n): `top`, `left`, `height`, `width` as shares of the sides; `flip`, `jitter`, `grey`
            (bool); a factor for each of JITTER; `sigma` of the blur in pixels, 0 for none; and `order` (2, n, 4),
            the order of the four colour changes.
        """
        shape = (2, len(batch))
        area = rng.uniform(options.smallest, 1, (10, *shape))
        ratio = np.exp(rng.uniform(np.log(3 / 4), np.log(4 / 3), (10, *shape)))
        width, height = np.sqrt(area * ratio), np.sqrt(area / ratio)
        fits = (width <= 1) & (height <= 1)
        first = fits.argmax(0)[None]  # the first of ten tries that fits the picture; the whole one where none does
        width, height = (np.where(fits.any(0), np.take_along_axis(s, first, 0)[0], 1.0) for s in (width, height))
        if not options.crop:
            width, height = np.ones(shape), np.ones(shape)
        draw = Draw(
            height=height, width=width, top=rng.random(shape) * (1 - height), left=rng.random(shape) * (1 - width)
        )
        draw["flip"] = (rng.random(shape) < 0.5) & options.flip
        draw["jitter"] = (rng.random(shape) < 0.8) & options.jitter
        for name in JITTER:
            reach = REACH[name] * options.strength
            draw[name] = rng.uniform(-reach, reach, shape) + (name != "hue")
        draw["order"] = rng.random((*shape, 4)).argsort(-1)
        draw["grey"] = (rng.random(shape) < 0.2) & options.grey
        draw["sigma"] = rng.uniform(0.1, 2.0, shape) * ((rng.random(shape) < 0.5) & options.blur)
        return draw

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Make the 2n views; view i and view i + n are partners."""
        pixels = batch.data["pixels"]
        d = {
            k: torch.as_tensor(v, device=pixels.device, dtype=torch.float32 if v.dtype.kind == "f" else None).flatten(
                0, 1
            )
            for k, v in ((k, np.asarray(v)) for k, v in draw.items())
        }
        raw = pixels.repeat(2, 1, 1, 1) / 255
        x = augment.crop(raw, d["top"], d["left"], d["height"], d["width"], d["flip"])
        steps = [Step("crop", {k: draw[k] for k in ("top", "left", "height", "width", "flip")}, raw, x)]
        colours = (pixels != pixels[:, :1]).flatten(1).any(1).repeat(2)  # or there is no hue to turn
        does = d["jitter"][:, None] & (colours[:, None] | (d["order"] != JITTER.index("hue")))
        by = torch.stack([d[name] for name in JITTER], 1).gather(1, d["order"])
        for place in range(4):  # each picture has its own order of the four
            before, x = x, augment.recolour(x, d["order"][:, place].where(does[:, place], -1), by[:, place])
            steps.append(Step(f"colour {place + 1}", {"order": draw["order"], "jitter": draw["jitter"]}, before, x))
        before, x = x, augment.saturation(x, torch.where(d["grey"], 0.0, 1.0))
        steps.append(Step("grey", {"grey": draw["grey"]}, before, x))
        if (rows := torch.nonzero(d["sigma"]).squeeze(1)).numel():
            before, x = x, x.clone()
            x[rows] = augment.blur(x[rows], d["sigma"][rows])
            steps.append(Step("blur", {"sigma": draw["sigma"]}, before, x))
        n = len(pixels)
        partner = torch.arange(2 * n, device=x.device).roll(n)
        return Labelled(
            {"views": x},
            {"partner": partner},
            torch.ones_like(partner, dtype=torch.bool),
            tuple(steps) if trace else (),
        )

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Not possible: what a crop cut off is gone."""
        return None

    def info(self, data: str) -> DataInfo:
        """Nothing is needed beyond the batch."""
        return DataInfo()

    def features(self, net: Encoder, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the mean over patches of the trunk's output (h in the paper, not z), for unchanged pictures."""
        return net.encode(batch.data["pixels"].float() / 255)


class SameOrDifferent(Views["ViewNet", SameOrDifferentOptions]):
    """SimCLR: contrastive learning of two views against the rest of the batch."""

    slug: ClassVar[str] = "same_or_different"
    label_from: ClassVar[str] = "batch"
    held_out_batch: ClassVar[int] = 0  # the loss depends on how many others there are

    def build(self, trunk: Trunk, info: DataInfo, options: SameOrDifferentOptions) -> ViewNet:
        """Patches, trunk, and a two-layer projection head that is thrown away afterwards."""
        return ViewNet(trunk)

    def loss(self, net: ViewNet, labelled: Labelled, options: SameOrDifferentOptions) -> Loss:
        """NT-Xent: for every view, the cross-entropy of naming its partner among all the others."""
        logits = nt_xent_logits(net(labelled.inputs["views"]), options.tau)
        each = F.cross_entropy(logits, labelled.targets["partner"], reduction="none")
        return Loss(each.mean(), {}, each)

    def answer(self, net: ViewNet, labelled: Labelled, options: SameOrDifferentOptions) -> Answer:
        """`cosine` (2n, 2n) how alike it finds the views, and `share` (2n, 2n), each row summing to 1, itself 0."""
        return similarities(net(labelled.inputs["views"]), options.tau)

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of views whose partner is found more alike than every other view."""
        best = answer.data["share"].argmax(1)
        return {"partner found": (best == labelled.targets["partner"]).float().mean().item()}

    def baselines(self, labelled: Labelled, info: DataInfo, options: SameOrDifferentOptions) -> list[Baseline]:
        """All views alike (a collapsed model), and the raw pixels as they are."""
        views, partner = labelled.inputs["views"], labelled.targets["partner"]
        others = len(views) - 1
        pixels = views.flatten(1) - views.flatten(1).mean(0)
        loss = F.cross_entropy(nt_xent_logits(pixels, options.tau), partner).item()
        return [
            Baseline(f"all alike: ln {others:,}", float(np.log(others)), {"partner found": 1 / others}, constant=True),
            Baseline("raw pixels", loss, self.score(similarities(pixels, options.tau), labelled)),
        ]


class ViewNet(nn.Module):
    """Patches + trunk + projection head."""

    def __init__(self, trunk: Trunk) -> None:
        super().__init__()
        self.tokens, self.trunk = PatchTokens(trunk.width), trunk
        self.head = nn.Sequential(nn.Linear(trunk.width, HEAD), nn.GELU(), nn.Linear(HEAD, OUT))

    def encode(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0…1 → h (n, width)."""
        return mean_pool(self.trunk(self.tokens(pixels)))

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0…1 → z (n, 128)."""
        return self.head(self.encode(pixels))


def nt_xent_logits(z: Tensor, tau: float) -> Tensor:
    """(n, d) → (n, n): cosine similarity over temperature, and −∞ for a view with itself.

    >>> z = torch.tensor([[1.0, 0], [0, 1.0], [1.0, 0], [0, 1.0]])
    >>> round(F.cross_entropy(nt_xent_logits(z, 0.5), torch.tensor([2, 3, 0, 1])).item(), 6)
    0.239545
    """
    z = F.normalize(z, dim=1)
    return (z @ z.T / tau).fill_diagonal_(float("-inf"))


def similarities(z: Tensor, tau: float) -> Answer:
    """(n, d) → `cosine` and `share`, both (n, n)."""
    unit = F.normalize(z, dim=1)
    return Answer({"cosine": unit @ unit.T, "share": nt_xent_logits(z, tau).softmax(1)})
