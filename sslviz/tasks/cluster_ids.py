"""Cluster IDs: the model sorts the pictures into groups; the number of its group is a picture's label (DeepCluster).

The label comes from the model itself: k-means on what its trunk makes of the pictures. It is not what the picture
shows, and the number means nothing: only which pictures share it does. Every few steps the groups are made anew from
what was learned meanwhile. Caron et al. 2018, arXiv 1807.05520, section 3.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.cluster_ids import ClusterIdsOptions
from sslviz.models.momentum import momentum_copy, take_over
from sslviz.models.tokens import PatchTokens, mean_pool
from sslviz.models.trunk import Trunk
from sslviz.tasks import augment, rounds
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, Step, Task
from sslviz.tasks.pictures import Pictures

PARTS = 16  # directions that PCA keeps, of the trunk's 64; the paper keeps 256 of 4,096
ROUNDS = 64  # rounds that are remembered; of more, the last ones
CHUNK = 250  # pictures at a time
HEAD_STD = 0.01  # of the new head's weights times GAIN, as in the paper's code
GAIN = 30.0  # times the head's answers: it must be learned anew in each round, and so learns faster than the trunk
ROUND = 11  # stream of random numbers


class ClusterIds(Pictures, Task["ClusterNet", ClusterIdsOptions]):
    """DeepCluster: learn to name the cluster that the model's own earlier self put the picture in."""

    slug: ClassVar[str] = "cluster_ids"
    label_from: ClassVar[str] = "model"

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: ClusterIdsOptions) -> Draw:
        """How each picture is changed before the model sees it; the label itself takes no chance.

        `top`, `left`, `side` (n) of the square that is cut out, as shares of the picture's side; `flip` (n) whether it
        is mirrored; `brightness` and `contrast` (n) are factors. The paper changes the square's shape, too, and takes
        colour away.
        """
        n = len(batch)
        side = np.sqrt(rng.uniform(options.smallest, 1, n))
        top, left = rng.random((2, n)) * (1 - side)
        draw = Draw(top=top, left=left, side=side, flip=(rng.random(n) < 0.5) & options.flip)
        draw["brightness"], draw["contrast"] = rng.uniform(1 - options.light, 1 + options.light, (2, n))
        return draw

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Cut, mirror, change the light. The unchanged picture is kept: `targets_from_model` finds its cluster."""
        raw = batch.data["pixels"].float() / 255
        d = {k: torch.as_tensor(v, device=raw.device) for k, v in draw.items()}
        top, left, side, bright, strong = (d[k].float() for k in ("top", "left", "side", "brightness", "contrast"))
        cut = augment.crop(raw, top, left, side, side, d["flip"])
        view = augment.contrast(augment.brightness(cut, bright), strong)
        numbers = {k: draw[k] for k in ("top", "left", "side", "flip")}
        light = {k: draw[k] for k in ("brightness", "contrast")}
        return Labelled(
            inputs={"view": view},
            targets={"picture": batch.data["pixels"]},
            where=torch.ones(len(raw), dtype=torch.bool, device=raw.device),
            steps=(Step("crop", numbers, raw, cut), Step("light", light, cut, view)) if trace else (),
        )

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Not possible: what a crop cut off is gone."""
        return None

    def build(self, trunk: Trunk, info: DataInfo, options: ClusterIdsOptions) -> ClusterNet:
        """Patches, trunk, a linear head with an answer for every cluster, and what a round leaves behind."""
        return ClusterNet(trunk, options.clusters, info["size"], options.every)

    @torch.no_grad()
    def targets_from_model(self, net: ClusterNet, labelled: Labelled) -> Labelled:
        """The pseudo-label: the nearest centroid of the last round, for any picture, seen or not.

        `known` (N) are the clusters of all training pictures, which the baselines need.
        """
        cluster = net.cluster(labelled.targets["picture"])
        return Labelled(labelled.inputs, {"cluster": cluster, "known": net.ids.long()}, labelled.where, labelled.steps)

    def loss(self, net: ClusterNet, labelled: Labelled, options: ClusterIdsOptions) -> Loss:
        """Mean of −ln p(the picture's cluster), in nats."""
        each = F.cross_entropy(net(labelled.inputs["view"]), labelled.targets["cluster"], reduction="none")
        return Loss(each.mean(), {}, each)

    def answer(self, net: ClusterNet, labelled: Labelled, options: ClusterIdsOptions) -> Answer:
        """`p` (n, clusters): a probability for every cluster."""
        return Answer({"p": net(labelled.inputs["view"]).softmax(-1)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of pictures whose cluster is named."""
        right = answer.data["p"].argmax(-1) == labelled.targets["cluster"]
        return {"cluster named": right.double().mean().item()}

    # the rounds

    def sample(self, net: ClusterNet, size: int, count: int, rng: np.random.Generator) -> np.ndarray | None:
        """As many pictures of each cluster in a batch, however large the cluster (section 3.3)."""
        return rounds.evenly(net.ids.cpu().numpy().astype(np.int64), count, rng)

    @torch.no_grad()
    def refresh(self, net: ClusterNet, step: int, data: str, seed: int) -> list[nn.Parameter]:
        """At step 0 and every `every` steps: sort all training pictures anew, and forget the head.

        The clusters' numbers are matched to those of the round before. The head starts anew as in the paper, where
        numbers are not matched and so mean something else in each round.
        """
        if step % net.every:
            return []
        rng = np.random.default_rng((seed, ROUND, step))
        net.freeze()
        rows = _chunks(self.size(data, "train"))
        vectors = torch.cat([net.vectors(self.batch(data, "train", some).data["pixels"]) for some in rows])
        mean, whitening = rounds.pca(vectors.cpu().numpy(), PARTS)
        net.keep(mean=mean, whiten=whitening)
        whitened = rounds.whiten(vectors, net.mean, net.whiten)
        net.keep(centroids=rounds.kmeans(whitened.cpu().numpy(), net.clusters, int(rng.integers(2**31))))
        net.rename(rounds.nearest(whitened, net.centroids).cpu().numpy(), step)
        net.keep(**{"head.weight": rng.normal(0, HEAD_STD / GAIN, net.head.weight.shape)})
        net.head.bias.zero_()
        return list(net.head.parameters())

    # the data

    def info(self, data: str) -> DataInfo:
        """How many pictures there are to sort, and where from."""
        return DataInfo(size=self.size(data, "train"), data=data)

    def features(self, net: ClusterNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the mean over patches of the trunk's output, for unchanged pictures."""
        return net.encode(batch.data["pixels"].float() / 255)

    def baselines(self, labelled: Labelled, info: DataInfo, options: ClusterIdsOptions) -> list[Baseline]:
        """The commonest cluster whatever the picture; the cluster of the training picture with the nearest pixels."""
        cluster, known = labelled.targets["cluster"], labelled.targets["known"]
        sizes = torch.bincount(known, minlength=options.clusters) + 1.0  # one more each, so that none is impossible
        share = sizes / sizes.sum()
        alike = known[_nearest_pixels(labelled.inputs["view"], info["data"])] == cluster
        return [
            Baseline(
                "commonest cluster",
                -share[cluster].log().mean().item(),
                {"cluster named": (cluster == share.argmax()).double().mean().item()},
                constant=True,
            ),
            Baseline("nearest pixels", None, {"cluster named": alike.double().mean().item()}),
        ]

    @torch.no_grad()
    def measures(self, net: ClusterNet, data: str) -> dict[str, float]:
        """How far its clusters of held-out pictures agree with their classes, which it never gets."""
        from sklearn.metrics import adjusted_mutual_info_score

        judged = self.probe_data(data)
        pixels = judged.test.data["pixels"].to(net.mean.device)
        ids = torch.cat([net.cluster(part) for part in pixels.split(CHUNK)]).cpu().numpy()
        ami = float(adjusted_mutual_info_score(judged.test_y, ids))
        return {"agreement of its clusters with the classes that it never saw (AMI)": max(0.0, ami)}


class ClusterNet(nn.Module):
    """Patches + trunk + linear head; and beside them, what the last round left behind.

    Buffers: `mean`, `whiten` and `centroids` are those of the round, `ids` (N) the cluster of every training
    picture, `history` (ROUNDS, 2 + clusters) a row a round: its step, the NMI with the round before, the sizes; −1
    where there is none. `old_tokens` and `old_trunk` are the trunk as it was at the round.
    """

    mean: Tensor
    whiten: Tensor
    centroids: Tensor
    ids: Tensor
    history: Tensor

    def __init__(self, trunk: Trunk, clusters: int, size: int, every: int) -> None:
        super().__init__()
        self.clusters, self.every = clusters, every
        self.tokens, self.trunk, self.head = PatchTokens(trunk.width), trunk, nn.Linear(trunk.width, clusters)
        self.old_tokens, self.old_trunk = momentum_copy(self.tokens), momentum_copy(self.trunk)
        self.register_buffer("mean", torch.zeros(trunk.width))
        self.register_buffer("whiten", torch.zeros(PARTS, trunk.width))
        self.register_buffer("centroids", torch.zeros(clusters, PARTS))
        self.register_buffer("ids", torch.zeros(size))
        self.register_buffer("history", torch.full((ROUNDS, 2 + clusters), -1.0))

    def freeze(self) -> None:
        """Keep the trunk as it is now: until the next round it is this one that finds a picture's cluster."""
        take_over(self.old_tokens, self.tokens)
        take_over(self.old_trunk, self.trunk)

    def encode(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0…1 → (n, width)."""
        return mean_pool(self.trunk(self.tokens(pixels)))

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0…1 → (n, clusters) a score for every cluster."""
        return GAIN * self.head(self.encode(pixels))

    def vectors(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) uint8 → (n, width) what the trunk of the last round makes of them."""
        return mean_pool(self.old_trunk(self.old_tokens(pixels.to(self.mean.device).float() / 255)))

    def cluster(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) uint8 → (n) their clusters."""
        return rounds.nearest(rounds.whiten(self.vectors(pixels), self.mean, self.whiten), self.centroids)

    def keep(self, **arrays: np.ndarray) -> None:
        """Write into buffers and parameters of these names."""
        mine = self.state_dict()
        for name, array in arrays.items():
            mine[name].copy_(torch.from_numpy(array))

    def rename(self, ids: np.ndarray, step: int) -> None:
        """Take over the clusters (N) of a round, each under the number of the old one that it has most in common with.

        The first round keeps the numbers of k-means.
        """
        before = self.ids.cpu().numpy().astype(np.int64)
        names = rounds.match(ids, before, self.clusters) if step else np.arange(self.clusters)
        self.keep(ids=names[ids], centroids=self.centroids.cpu().numpy()[names.argsort()])
        sizes = np.bincount(names[ids], minlength=self.clusters)
        self.remember(step, rounds.nmi(names[ids], before) if step else -1.0, sizes)

    def remember(self, step: int, nmi: float, sizes: np.ndarray) -> None:
        """Add a row to the history; where it is full, the oldest goes."""
        row = int((self.history[:, 0] >= 0).sum())
        if row == ROUNDS:
            self.history.copy_(self.history.roll(-1, 0))
            row -= 1
        self.history[row] = torch.tensor([step, nmi, *sizes])


def _chunks(size: int) -> list[np.ndarray]:
    """All rows, CHUNK at a time."""
    return np.split(np.arange(size), range(CHUNK, size, CHUNK))


@lru_cache(maxsize=2)
def _small(data: str) -> Tensor:
    """(N, 192) all training pictures as 8×8 pixels."""
    task = ClusterIds()
    rows = _chunks(task.size(data, "train"))
    return torch.cat([_shrunk(task.batch(data, "train", some).data["pixels"].float() / 255) for some in rows])


def _shrunk(pixels: Tensor) -> Tensor:
    """(n, 3, 32, 32) in 0…1 → (n, 192): every 4×4 pixels averaged, so that a small shift does not matter much."""
    return F.avg_pool2d(pixels, 4).flatten(1)


def _nearest_pixels(views: Tensor, data: str) -> Tensor:
    """(n) the row of the training picture whose pixels are most like each view's."""
    return torch.cdist(_shrunk(views), _small(data).to(views.device)).argmin(1)
