"""Hidden units: cover spans of a recording; the cluster of the sound that was there is the label (HuBERT).

The label comes from the model: k-means sorts all 20 ms steps of all training recordings, at first by their sound alone,
later by what the trunk makes of them, and a step's label is the number of its cluster. The trunk must name the clusters
of the covered steps from what is around them. The number means nothing; and nothing is learned along with it, as the
codes of wav2vec 2.0 are. Hsu et al. 2021, arXiv 2106.07447, section II.

Other than in the paper: log-mel frames and two layers in place of seven convolutions over the raw wave; 13 MFCC of the
standardised log-mel, without their derivatives; 32 clusters in place of 100 and then 500. In the second round the paper
trains a new model and clusters its 6th layer; here the same trunk goes on, and its last layer is clustered.
"""

from __future__ import annotations

import math
from typing import ClassVar, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.hidden_units import TRUNK, HiddenUnitsOptions
from sslviz.models.momentum import momentum_copy
from sslviz.models.sounds import BANDS, Hearing
from sslviz.models.trunk import Trunk
from sslviz.tasks import rounds
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, Task
from sslviz.tasks.sounds import Sounds, in_groups, nearest_heard, silence, spans, training_steps

CEPSTRA = 13  # numbers of a step that the first round sorts by (section IV.A)
TAU = 0.1  # temperature of the cosines (section II.B)
ROUND = 12  # stream of random numbers


class HiddenUnits(Sounds, Task["UnitNet", HiddenUnitsOptions]):
    """HuBERT: to which cluster does the covered sound belong?"""

    slug: ClassVar[str] = "hidden_units"
    label_from: ClassVar[str] = "model"
    held_out_batch: ClassVar[int] = 140  # two of them are all that is held out

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: HiddenUnitsOptions) -> Draw:
        """`masked` (n, T): True for a covered step. Spans as in wav2vec 2.0; the clusters take no chance."""
        return Draw(masked=spans(batch, options.p, options.span, rng))

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Turn the wave into steps, and silence the covered ones. Which clusters they belong to, the model says."""
        inputs, done = silence(batch, draw, info)
        return Labelled(inputs, {}, inputs["masked"].clone(), done if trace else ())

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Not possible: the loudness of each band does not determine its wave."""
        return None

    def build(self, trunk: Trunk, info: DataInfo, options: HiddenUnitsOptions) -> UnitNet:
        """Latents, trunk, a layer that makes predictions, a vector for each cluster, and what the rounds leave."""
        return UnitNet(trunk, options.clusters, options.every if options.clustered == TRUNK else 0)

    @torch.no_grad()
    def targets_from_model(self, net: UnitNet, labelled: Labelled) -> Labelled:
        """The label: `cluster` (n, T) of each step of the uncovered recording; and `share` (k,), how large they are."""
        x = labelled.inputs
        targets = {"cluster": net.units(x["whole"], x["visible"]), "share": net.share.clone()}
        return Labelled(x, targets, labelled.where, labelled.steps)

    def loss(self, net: UnitNet, labelled: Labelled, options: HiddenUnitsOptions) -> Loss:
        """−ln p(the step's cluster), mean over the covered steps; `uncovered` times the same of the heard ones.

        The paper weighs them by α and 1 − α (formula 2); covered steps alone, α = 1, served best.
        """
        x, cluster = labelled.inputs, labelled.targets["cluster"]
        scores, heard = net(x), x["visible"] & ~labelled.where
        each = F.cross_entropy(scores[labelled.where], cluster[labelled.where], reduction="none")
        if not options.uncovered or not heard.any():
            return Loss(each.mean(), {}, each)
        beside = F.cross_entropy(scores[heard], cluster[heard])
        return Loss(each.mean(), {"heard steps": beside.item()}, each, auxiliary=options.uncovered * beside)

    def answer(self, net: UnitNet, labelled: Labelled, options: HiddenUnitsOptions) -> Answer:
        """`p` (k, clusters): for each of the k covered steps a probability for every cluster."""
        return Answer({"p": net(labelled.inputs)[labelled.where].softmax(-1)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of covered steps whose cluster is named."""
        right = answer.data["p"].argmax(-1) == labelled.targets["cluster"][labelled.where]
        return {"cluster named": right.double().mean().item()}

    # the rounds

    @torch.no_grad()
    def refresh(self, net: UnitNet, step: int, data: str, seed: int) -> list[nn.Parameter]:
        """Sort all steps of all training recordings: at step 0 by their sound, every `every` steps by the trunk.

        Numbers are matched to those of the round before. The clusters' vectors are drawn afresh.
        """
        if step and (not net.every or step % net.every):
            return []
        mel, visible = (x.to(net.share.device) for x in training_steps(data))
        rng = np.random.default_rng((seed, ROUND, step))
        before = net.units(mel, visible)[visible].cpu().numpy() if step else None
        if step:
            net.freeze()
        vectors = net.sorted_by(mel, visible, deep=step > 0)[visible]
        centroids = torch.from_numpy(rounds.kmeans(vectors.cpu().numpy(), net.k, int(rng.integers(2**31))))
        ids = rounds.nearest(vectors, centroids.to(vectors.device)).cpu().numpy()
        if before is not None:
            names = rounds.match(ids, before, net.k)
            ids, centroids = names[ids], centroids[names.argsort()]
            net.agreed.fill_(rounds.nmi(ids, before))
        (net.by_trunk if step else net.by_sound).copy_(centroids)
        net.share.copy_(torch.from_numpy(np.bincount(ids, minlength=net.k) / len(ids)))
        net.sorted_at.fill_(step)
        net.vector_of.weight.copy_(torch.from_numpy(rng.normal(0, net.trunk.width**-0.5, net.vector_of.weight.shape)))
        return list(net.vector_of.parameters())

    def baselines(self, labelled: Labelled, info: DataInfo, options: HiddenUnitsOptions) -> list[Baseline]:
        """The largest cluster; any step of any recording; the nearest heard step, where both are as near one of two."""
        x, cluster, share = labelled.inputs, labelled.targets["cluster"], labelled.targets["share"]
        asked, step = cluster[labelled.where], torch.arange(cluster.shape[1], device=cluster.device)
        near = nearest_heard(x["masked"], x["visible"])  # (n, T, 2)
        far = (near - step[:, None]).abs()
        copied = cluster.gather(1, near.flatten(1)).view_as(near) == cluster[..., None]
        chosen = far == far.min(-1, keepdim=True).values
        alike = ((copied & chosen).sum(-1) / chosen.sum(-1))[labelled.where]
        never = 1e-4  # no cluster of a held-out step is impossible
        likely = (share + never) / (share + never).sum()
        name = "cluster named"
        return [
            Baseline(
                "the largest cluster", -likely[asked].log().mean().item(),
                {name: (asked == share.argmax()).double().mean().item()}, constant=True,
            ),
            Baseline("that of any step of any recording", None, {name: share[asked].double().mean().item()}),
            Baseline("that of the nearest heard step", None, {name: alike.double().mean().item()}),
        ]  # fmt: skip


class UnitNet(Hearing):
    """Latents and trunk, a layer and a vector for each cluster; and beside them, what the rounds leave behind.

    Buffers: `by_sound` (k, 13) and `by_trunk` (k, width) are the centroids of the first round and of the latest,
    `share` (k,) the sizes of its clusters, which sum to 1, `sorted_at` its step, `agreed` its NMI with the one before,
    −1 where there is none; `old` hears as the trunk did at the latest round.
    """

    by_sound: Tensor
    by_trunk: Tensor
    share: Tensor
    sorted_at: Tensor
    agreed: Tensor

    def __init__(self, trunk: Trunk, k: int, every: int) -> None:
        """`every`: steps from round to round; 0: there is only the first."""
        super().__init__(trunk)
        self.k, self.every = k, every
        self.head, self.vector_of = nn.Linear(trunk.width, trunk.width), nn.Embedding(k, trunk.width)
        self.old = cast("Hearing", momentum_copy(Hearing(trunk)))
        self.register_buffer("by_sound", torch.zeros(k, CEPSTRA))
        self.register_buffer("by_trunk", torch.zeros(k, trunk.width))
        self.register_buffer("share", torch.full((k,), 1 / k))
        self.register_buffer("sorted_at", torch.tensor(0.0))
        self.register_buffer("agreed", torch.tensor(-1.0))

    def forward(self, x: dict[str, Tensor]) -> Tensor:
        """(n, T, k) a score for each cluster: the cosine of the prediction with its vector, over TAU (formula 3)."""
        predicted = F.normalize(self.head(self.vectors(x["heard"], x["visible"], x["masked"])), dim=-1)
        return predicted @ F.normalize(self.vector_of.weight, dim=-1).T / TAU

    def units(self, mel: Tensor, visible: Tensor, *, first: bool = False) -> Tensor:
        """(n, T, 32) and (n, T) → (n, T) the cluster of every step by the latest round, or by the first."""
        deep = bool(self.sorted_at > 0) and not first
        vectors = self.sorted_by(mel, visible, deep=deep).flatten(0, 1)
        return rounds.nearest(vectors, self.by_trunk if deep else self.by_sound).view_as(visible)

    def sorted_by(self, mel: Tensor, visible: Tensor, *, deep: bool) -> Tensor:
        """(n, T, 13) MFCC; `deep`: (n, T, width) what the trunk made of the steps at the latest round."""
        return in_groups(self.old.vectors, mel, visible) if deep else mfcc(mel)

    def freeze(self) -> None:
        """Keep the trunk as it is now: until the next round it is this one that finds a step's cluster."""
        for name, weight in self.old.named_parameters():
            weight.copy_(self.get_parameter(name))


def mfcc(mel: Tensor) -> Tensor:
    """(…, 32) → (…, 13): the lowest components of the cosine transform (DCT-II, orthonormal) over the bands.

    The first is the loudness; the others say how it is spread over high and low sounds, smoothly at first.
    """
    band, wave = torch.arange(BANDS, device=mel.device) + 0.5, torch.arange(CEPSTRA, device=mel.device)[:, None]
    rows = (math.pi / BANDS * wave * band).cos() * (2 / BANDS) ** 0.5
    rows[0] /= 2**0.5
    return mel @ rows.T
