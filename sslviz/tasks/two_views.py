"""Two views, no negatives: predict a slower copy's vector of the other view; that vector is the label (BYOL).

The label comes from the model: the target, a copy that follows slowly, turns the other view of the same picture into a
vector. There are no negatives to keep apart. So the same vector for every picture would cost nothing, and what
keeps the model from it is how it is built: a predictor on one side only, and a target that no gradient reaches.
Grill et al. 2020, arXiv 2006.07733, section 3.1; Chen & He 2020 (SimSiam), arXiv 2011.10566, section 3.

Views and trunk are those of Same or different. Other than in BYOL: one recipe of changes for both views; the momentum
stays as it is instead of rising to 1; the loss is the mean of both directions, not their sum; both views go through
the network as one batch. As in BYOL, the layers inside the heads are normalised over the batch. So an answer depends a
little on the other pictures in it, and that is no detail: `norm="picture"` shows what the model learns without.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.two_views import TwoViewsOptions
from sslviz.models.momentum import momentum_copy, move, take_over
from sslviz.models.trunk import Trunk
from sslviz.tasks import collapse
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss
from sslviz.tasks.same_or_different import ViewNet, Views

INNER, OUT = 128, 128  # width inside projector and predictor, and of their output
MEASURED = 500  # held-out pictures that `measures` looks at


class TwoViews(Views["TwoViewsNet", TwoViewsOptions]):
    """BYOL, and SimSiam where the momentum is 0: agree with a target, with nothing to differ from."""

    slug: ClassVar[str] = "two_views"
    label_from: ClassVar[str] = "model"
    held_out_batch: ClassVar[int] = 250

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Make the 2n views; i and i + n are of one picture. Their targets are not yet known."""
        made = super().apply(batch, draw, info, trace=trace)
        return Labelled(made.inputs, {}, made.where, made.steps)

    def build(self, trunk: Trunk, info: DataInfo, options: TwoViewsOptions) -> TwoViewsNet:
        """Encoder with projector, a predictor on top, and a slow copy without predictor."""
        return TwoViewsNet(trunk, predictor=options.predictor, m=options.m, norm=options.norm)

    def begin(self, net: TwoViewsNet, generator: torch.Generator) -> None:
        """The target starts as a copy."""
        take_over(net.slow, net.fast)

    @torch.no_grad()
    def targets_from_model(self, net: TwoViewsNet, labelled: Labelled) -> Labelled:
        """The label: the target's vector of the other view of the same picture, `other` (2n, 128)."""
        vectors = net.slow(labelled.inputs["views"])
        other = vectors.roll(len(vectors) // 2, dims=0)
        return Labelled(labelled.inputs, {"other": other}, labelled.where, labelled.steps)

    def loss(self, net: TwoViewsNet, labelled: Labelled, options: TwoViewsOptions) -> Loss:
        """2 − 2 cos of prediction and target, each view once on either side; 0 to 4.

        Without stop-gradient the network is its own target and is trained on both sides: a copy cannot be.
        """
        projected = net(labelled.inputs["views"])
        target = labelled.targets["other"] if options.stop_gradient else projected.roll(len(projected) // 2, dims=0)
        each = 2 - 2 * F.cosine_similarity(net.predictor(projected), target, dim=1)
        return Loss(each.mean(), {}, each)

    def after_step(self, net: TwoViewsNet, labelled: Labelled, step: int) -> None:
        """The target follows the network; with m = 0 it becomes the network as it is now."""
        move(net.slow, net.fast, net.m)

    def answer(self, net: TwoViewsNet, labelled: Labelled, options: TwoViewsOptions) -> Answer:
        """`cosine` (2n, 2n) of the prediction from view i and the target of view j; `projected` (2n, 128)."""
        views = labelled.inputs["views"]
        projected = net(views)
        return Answer({"cosine": cosines(net.predictor(projected), net.slow(views)), "projected": projected})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of views whose prediction is nearest to their own other view, among the other views of all pictures."""
        return {"other view found": other_view_found(answer.data["cosine"]).float().mean().item()}

    def baselines(self, labelled: Labelled, info: DataInfo, options: TwoViewsOptions) -> list[Baseline]:
        """Unrelated vectors; always the same vector; the raw pixels."""
        views = labelled.inputs["views"].flatten(1)
        n, pixels = len(views) // 2, views - views.mean(0)
        cosine = cosines(pixels, pixels)
        raw = (2 - 2 * cosine.diagonal(n).mean()).item()
        return [
            Baseline("unrelated vectors", 2.0, {"other view found": 1 / n}),
            Baseline("always the same vector", 0.0, {"other view found": 1 / n}, constant=True),
            Baseline("raw pixels", raw, self.score(Answer({"cosine": cosine}), labelled)),
        ]

    def measures(self, net: TwoViewsNet, data: str) -> dict[str, float]:
        """The three measures of collapse, on views of held-out pictures."""
        device = next(net.parameters()).device
        batch = self.batch(data, "held_out", np.arange(min(MEASURED, self.size(data, "held_out")))).to(device)
        views = self.apply(
            batch, self.draw(batch, np.random.default_rng(0), DataInfo(), TwoViewsOptions()), DataInfo()
        ).inputs["views"]
        with torch.no_grad():
            projected = net(views[: len(batch)])
        return {
            "spread, share of the most possible": collapse.spread(projected) * OUT**0.5,
            "mean cosine": max(0.0, collapse.mean_cosine(projected)),
            "effective rank, share of the directions": collapse.effective_rank(projected) / OUT,
        }


class ProjectedNet(ViewNet):
    """Encoder and projector: patches, trunk, and a head that is thrown away afterwards."""

    def __init__(self, trunk: Trunk, norm: str) -> None:
        super().__init__(trunk)
        self.head = two_layers(trunk.width, norm)


class TwoViewsNet(ProjectedNet):
    """Encoder and projector, the predictor on top, and the target."""

    def __init__(self, trunk: Trunk, *, predictor: bool, m: float, norm: str) -> None:
        super().__init__(trunk, norm)
        self.m = m
        self.slow = momentum_copy(ProjectedNet(trunk, norm))
        self.predictor: nn.Module = two_layers(OUT, norm) if predictor else nn.Identity()

    @property
    def fast(self) -> nn.Module:
        """What the target is a copy of: all but the predictor."""
        return nn.ModuleList([self.tokens, self.trunk, self.head])


def two_layers(width: int, norm: str) -> nn.Sequential:
    """(n, width) → (n, 128). Nothing is remembered of a batch: always its own mean and variance are used."""
    batch = nn.BatchNorm1d(INNER, affine=False, track_running_stats=False)
    picture = nn.GroupNorm(1, INNER, affine=False)  # one group: layer normalisation
    middle = {"batch": batch, "picture": picture}[norm]
    return nn.Sequential(nn.Linear(width, INNER), middle, nn.GELU(), nn.Linear(INNER, OUT))


def cosines(a: Tensor, b: Tensor) -> Tensor:
    """(n, d), (k, d) → (n, k)."""
    return F.normalize(a, dim=1) @ F.normalize(b, dim=1).T


def other_view_found(cosine: Tensor) -> Tensor:
    """(2n, 2n) → (2n,) bool: whether the own other view is the most alike among the n views of the other half."""
    n = len(cosine) // 2
    other = torch.cat([cosine[:n, n:], cosine[n:, :n]])
    return other.argmax(1) == torch.arange(2 * n, device=cosine.device) % n
