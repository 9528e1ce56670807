"""Two views, no negatives: foretell what a slower copy says of the other view; what it says is the label (BYOL).

The label comes from the model: the target, a copy that follows slowly, turns the other view of the same picture into a
vector. There are no wrong answers to keep apart. So saying the same of every picture would cost nothing, and what
keeps the model from it is how it is built: a predictor on one side only, and a target that no gradient reaches.
Grill et al. 2020, arXiv 2006.07733, section 3.1; Chen & He 2020 (SimSiam), arXiv 2011.10566, section 3.

Views and trunk are those of Same or different. Other than in BYOL: one recipe of changes for both views; the momentum
stays as it is instead of rising to 1; the loss is the mean of both directions, not their sum; both views go through
the network as one batch. As in BYOL, the layers inside the heads are normalised over the batch. So an answer depends a
little on the other pictures in it, and that is no detail: `norm="picture"` shows what the model learns without.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.models.momentum import momentum_copy, move, take_over
from sslviz.models.trunk import Trunk
from sslviz.tasks import collapse
from sslviz.tasks.base import Answer, Baseline, Batch, Draw, Labelled, Loss, Pool
from sslviz.tasks.same_or_different import SameOrDifferent, ViewNet

INNER, OUT = 128, 128  # width inside projector and predictor, and of what they say
MEASURED = 500  # held-out pictures that `measures` looks at


class TwoViews(SameOrDifferent):
    """BYOL, and SimSiam where the momentum is 0: agree with a target, with nothing to differ from."""

    slug: ClassVar[str] = "two_views"
    label_from: ClassVar[str] = "model"
    held_batch: ClassVar[int] = 250
    options: ClassVar[dict[str, Any]] = {
        **{k: v for k, v in SameOrDifferent.options.items() if k != "tau"},
        "predictor": True,
        "stop_gradient": True,
        "m": 0.9,  # 0.996 rising to 1 in the paper, 0.97 in its code for 40 epochs; ours has a handful. 0: SimSiam
        "norm": "batch",  # inside the heads; "picture": layer normalisation, each picture for itself
    }

    def apply(self, batch: Batch, draw: Draw, pool: Pool, *, trace: bool = False) -> Labelled:
        """Make the 2n views; i and i + n are of one picture. What to say of them is not yet known."""
        made = super().apply(batch, draw, pool, trace=trace)
        return Labelled(made.inputs, {}, made.where, made.steps)

    def build(self, trunk: Trunk, pool: Pool, **options: Any) -> nn.Module:  # noqa: ARG002
        """Encoder with projector, a predictor on top, and a slow copy without predictor."""
        o = {**self.options, **options}
        return TwoViewsNet(trunk, predictor=o["predictor"], m=o["m"], norm=o["norm"])

    def begin(self, net: nn.Module, generator: torch.Generator) -> None:  # noqa: ARG002
        """The target starts as a copy."""
        assert isinstance(net, TwoViewsNet)  # noqa: S101 - only its own network has a target
        take_over(net.slow, net.fast)

    @torch.no_grad()
    def teach(self, net: nn.Module, labelled: Labelled) -> Labelled:
        """The label: what the target says of the other view of the same picture, `other` (2n, 128)."""
        assert isinstance(net, TwoViewsNet)  # noqa: S101
        said = net.slow(labelled.inputs["views"])
        other = said.roll(len(said) // 2, dims=0)
        return Labelled(labelled.inputs, {"other": other}, labelled.where, labelled.steps)

    def loss(self, net: nn.Module, labelled: Labelled, *, stop_gradient: bool = True, **options: Any) -> Loss:  # noqa: ARG002
        """2 − 2 cos of what was foretold and what the target says, each view once on either side; 0 to 4.

        Without stop-gradient the network is its own target and is trained on both sides: a copy cannot be.
        """
        assert isinstance(net, TwoViewsNet)  # noqa: S101
        said = net(labelled.inputs["views"])
        target = labelled.targets["other"] if stop_gradient else said.roll(len(said) // 2, dims=0)
        each = 2 - 2 * F.cosine_similarity(net.predictor(said), target, dim=1)
        return Loss(each.mean(), {}, each)

    def after_step(self, net: nn.Module, labelled: Labelled, step: int) -> None:  # noqa: ARG002
        """The target follows the network; with m = 0 it becomes the network as it is now."""
        assert isinstance(net, TwoViewsNet)  # noqa: S101
        move(net.slow, net.fast, net.m)

    def answer(self, net: nn.Module, labelled: Labelled, **options: Any) -> Answer:  # noqa: ARG002
        """`cosine` (2n, 2n) of what is foretold for view i and what the target says of view j; `said` (2n, 128)."""
        assert isinstance(net, TwoViewsNet)  # noqa: S101
        views = labelled.inputs["views"]
        said = net(views)
        return Answer({"cosine": cosines(net.predictor(said), net.slow(views)), "said": said})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:  # noqa: ARG002
        """Share of views for which what is foretold is nearest to its own other view, among the other views of all."""
        return {"other view found": found(answer.data["cosine"]).float().mean().item()}

    def baselines(self, labelled: Labelled, pool: Pool, **options: Any) -> list[Baseline]:  # noqa: ARG002
        """Vectors that have nothing to do with each other; one that is always the same; the raw pixels."""
        views = labelled.inputs["views"].flatten(1)
        n, pixels = len(views) // 2, views - views.mean(0)
        cosine = cosines(pixels, pixels)
        raw = (2 - 2 * cosine.diagonal(n).mean()).item()
        return [
            Baseline("unrelated vectors", 2.0, {"other view found": 1 / n}),
            Baseline("always the same vector", 0.0, {"other view found": 1 / n}, constant=True),
            Baseline("raw pixels", raw, self.score(Answer({"cosine": cosine}), labelled)),
        ]

    def measures(self, net: nn.Module, data: str) -> dict[str, float]:
        """The three measures of collapse, on views of held-out pictures."""
        device = next(net.parameters()).device
        batch = self.batch(data, "held", np.arange(min(MEASURED, self.size(data, "held")))).to(device)
        views = self.apply(batch, self.draw(batch, np.random.default_rng(0), Pool()), Pool()).inputs["views"]
        with torch.no_grad():
            said = net(views[: len(batch)])
        return {
            "spread, share of the most possible": collapse.spread(said) * OUT**0.5,
            "mean cosine": max(0.0, collapse.mean_cosine(said)),
            "effective rank, share of the directions": collapse.effective_rank(said) / OUT,
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


def cosines(one: Tensor, other: Tensor) -> Tensor:
    """(n, d), (k, d) → (n, k)."""
    return F.normalize(one, dim=1) @ F.normalize(other, dim=1).T


def found(cosine: Tensor) -> Tensor:
    """(2n, 2n) → (2n,) bool: whether the own other view is the most alike among the n views of the other half."""
    n = len(cosine) // 2
    other = torch.cat([cosine[:n, n:], cosine[n:, :n]])
    return other.argmax(1) == torch.arange(2 * n, device=cosine.device) % n
