"""Redundancy reduction: two views get one vector, and no number of it says what another says (VICReg, Barlow Twins).

The label comes from the batch, and nobody looks at a picture for it. We made both views, so we know that they are of
one picture: number k of one vector must agree with number k of the other. And over the pictures of a batch number k
must not tell what number j tells. Together that is a table to be reached, the identity matrix: 1 where a number meets
itself in the other view, 0 elsewhere. It is the same for every batch. There are no negatives, no slower copy and no
predictor. Zbontar et al. 2021 (Barlow Twins), arXiv 2103.03230, section 2 and algorithm 1; Bardes et al. 2022 (VICReg),
arXiv 2105.04906, section 4.1 and algorithm 1.

Views, trunk and projector are those of Two views. Other than in the papers: 128 numbers instead of 8,192, a projector
of two layers, and the loss of Barlow Twins is the mean over the numbers instead of the sum, as that of VICReg is.
VICReg’s variance term counts as in the paper; its authors’ code halves it.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from sslviz.catalogue.redundancy import RedundancyOptions
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss
from sslviz.tasks.same_or_different import Views
from sslviz.tasks.two_views import MEASURED, OUT, ProjectedNet, TwoViews, cosines, other_view_found

INVARIANCE, VARIANCE, COVARIANCE = 25.0, 25.0, 1.0  # λ, μ and ν of VICReg, section 4.2
GAMMA, LEAST = 1.0, 1e-4  # the standard deviation that is asked for, and ε under its root; section 4.1
OFF = 0.005  # λ of Barlow Twins, section 2.2
FLOOR = 1e-5  # of a variance that is divided by, as in the authors' batch normalisation


class Redundancy(Views["ProjectedNet", RedundancyOptions]):
    """VICReg or Barlow Twins: agree about a picture, with numbers that do not repeat each other."""

    slug: ClassVar[str] = "redundancy"
    label_from: ClassVar[str] = "batch"
    held_out_batch: ClassVar[int] = 0  # correlations by chance depend on how many pictures there are

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Make the 2n views; i and i + n are of one picture. The label: which are, and the identity matrix."""
        made = super().apply(batch, draw, info, trace=trace)
        identity = torch.eye(OUT, device=made.where.device)
        where = torch.ones(OUT, dtype=torch.bool, device=made.where.device)  # a row of the matrix for each number
        return Labelled(made.inputs, {**made.targets, "identity": identity}, where, made.steps)

    def build(self, trunk: Trunk, info: DataInfo, options: RedundancyOptions) -> ProjectedNet:
        """Encoder with projector; there is no second network."""
        return ProjectedNet(trunk, "batch")

    def loss(self, net: ProjectedNet, labelled: Labelled, options: RedundancyOptions) -> Loss:
        """The terms of the chosen loss, each weighted, for every number of the vector; then the mean over them."""
        vectors, partner = net(labelled.inputs["views"]), labelled.targets["partner"]
        first = len(vectors) // 2
        found = terms(vectors[:first], vectors[partner[:first]], labelled.targets["identity"], options)
        each = torch.stack(list(found.values())).sum(0)
        return Loss(each.mean(), {name: term.mean().item() for name, term in found.items()}, each)

    def answer(self, net: ProjectedNet, labelled: Labelled, options: RedundancyOptions) -> Answer:
        """`correlation` (128, 128) of the two views; `cosine` (2n, 2n) of all vectors; `projected` (2n, 128), these."""
        vectors = net(labelled.inputs["views"])
        a, b = vectors.chunk(2)
        return Answer({"correlation": correlation(a, b), "cosine": cosines(vectors, vectors), "projected": vectors})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of views whose vector is nearest to that of their own other view, among those of all pictures."""
        return {"other view found": other_view_found(answer.data["cosine"]).float().mean().item()}

    def baselines(self, labelled: Labelled, info: DataInfo, options: RedundancyOptions) -> list[Baseline]:
        """Always the same vector; the raw pixels, which are too many numbers to have a loss here."""
        views = labelled.inputs["views"].flatten(1)
        n, pixels = len(views) // 2, views - views.mean(0)
        same = torch.zeros(n, OUT, device=views.device)
        found = terms(same, same, labelled.targets["identity"], options)
        loss = torch.stack(list(found.values())).sum(0).mean().item()
        raw = self.score(Answer({"cosine": cosines(pixels, pixels)}), labelled)
        return [
            Baseline("always the same vector", loss, {"other view found": 1 / n}, constant=True),
            Baseline("raw pixels", None, raw),
        ]

    def measures(self, net: ProjectedNet, data: str) -> dict[str, float]:
        """The three measures of collapse as Two views has them, and what the terms ask for, on the same views."""
        found = TwoViews.measures(cast("Any", self), cast("Any", net), data)
        device = next(net.parameters()).device
        batch = self.batch(data, "held_out", np.arange(min(MEASURED, self.size(data, "held_out")))).to(device)
        draw = self.draw(batch, np.random.default_rng(0), DataInfo(), RedundancyOptions())
        with torch.no_grad():
            a, b = net(self.apply(batch, draw, DataInfo()).inputs["views"]).chunk(2)
        return {
            **found,
            "standard deviation of a number, at most 1": a.std(0).clamp(max=1).mean().item(),
            "correlation of two numbers": repeated(correlation(a, b)),
        }


def terms(a: Tensor, b: Tensor, identity: Tensor, options: RedundancyOptions) -> dict[str, Tensor]:
    """The weighted terms that are not left out, by name: (d,), one for each number of the two views' vectors (n, d)."""
    off = 1 - identity
    if options.method == "Barlow Twins":
        missed = (correlation(a, b) - identity).square()
        found = {"diagonal": (missed * identity).sum(1)}
        return {**found, "off the diagonal": OFF * (missed * off).sum(1)} if options.covariance else found
    found = {"invariance": INVARIANCE * F.mse_loss(a, b, reduction="none").mean(0)}
    if options.variance:
        found["variance"] = VARIANCE * (too_narrow(a) + too_narrow(b))
    if options.covariance:
        found["covariance"] = COVARIANCE * ((covariance(a).square() + covariance(b).square()) * off).sum(1)
    return found


def correlation(a: Tensor, b: Tensor) -> Tensor:
    """(n, d), (n, d) → (d, d): how number k of one view goes along with number j of the other, −1 to 1.

    >>> correlation(torch.tensor([[1.0, 1], [-1, -1]]), torch.tensor([[2.0, -3], [-2, 3]])).round(decimals=3)
    tensor([[ 1., -1.],
            [ 1., -1.]])
    """
    a, b = ((z - z.mean(0)) / (z.var(0, unbiased=False) + FLOOR).sqrt() for z in (a, b))
    return a.T @ b / len(a)


def covariance(z: Tensor) -> Tensor:
    """(n, d) → (d, d), over n − 1."""
    z = z - z.mean(0)
    return z.T @ z / max(1, len(z) - 1)


def too_narrow(z: Tensor) -> Tensor:
    """(n, d) → (d,) how far the standard deviation of each number falls short of 1: a hinge."""
    return F.relu(GAMMA - (covariance(z).diagonal() + LEAST).sqrt())


def repeated(correlation: Tensor) -> float:
    """The root mean square off the diagonal: 0 where no number says what another says, 1 where all say the same."""
    d = len(correlation)
    off = correlation.square().sum() - correlation.diagonal().square().sum()
    return min(1.0, (off / max(1, d * (d - 1))).sqrt().item())
