"""Masked representations: predict not the hidden pixels, but the vectors that a slower copy makes of them (I-JEPA).

The label comes from the model. The encoder reads what is left of a picture. A small predictor, told only the places,
says which vectors stand in the hidden blocks; the label is what the target encoder, a copy that follows slowly, makes
of these patches. The target encoder sees the whole picture, and the hidden ones are taken from what it says (section
3): so a vector tells of more than its own patch. Nothing in the loss forbids one vector for everything; what keeps the
model from it is a target that moves slowly and that no gradient reaches. Assran et al. 2023, arXiv 2301.08243.

A picture is a grid of 4×4 patches here. A block has 15 to 20 % of them and is 0.75 to 1.5 times as high as wide, as in
the paper; its sides are rounded to whole patches, so that it has 2×2, 1×2 or 2×1. As in the authors' code the size is
drawn once for a batch. The paper's context, a block of 85 to 100 % without the hidden ones, is then the whole rest: its
side of 3.7 to 4 patches rounds to 4. Other than there: where four blocks would cover the picture, the last one lies
upon the first; the momentum stays as it is instead of rising to 1; the predictor has one block of the trunk's width
instead of 12 narrow ones; and the probes judge the encoder, as on all pages, the paper's the target encoder. As in the
authors' code the label is normalised vector by vector. The loss is the squared one of the paper's text; their code has
a smooth L1.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.masked_representations import MaskedRepresentationsOptions
from sslviz.models.momentum import momentum_copy, move, take_over
from sslviz.models.tokens import PatchTokens, from_patches, mean_pool, to_patches
from sslviz.models.trunk import HEADS, MLP_RATIO, Block, Trunk
from sslviz.tasks import collapse
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, Step, Task
from sslviz.tasks.masked_patches import PATCHES, ROW, explained, take
from sslviz.tasks.pictures import Pictures

SCALE, RATIO = (0.15, 0.2), (0.75, 1.5)  # of a block: share of the picture, height over width; section 3, "Targets"
MEASURED = 500  # held-out pictures that `measures` looks at


class MaskedRepresentations(Pictures, Task["JointNet", MaskedRepresentationsOptions]):
    """I-JEPA: say what a slower copy makes of the hidden patches."""

    slug: ClassVar[str] = "masked_representations"
    label_from: ClassVar[str] = "model"

    def draw(
        self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: MaskedRepresentationsOptions
    ) -> Draw:
        """Choose the blocks that are hidden: one size for the batch, and where they lie in each picture.

        Args:
            batch: n pictures; only their number matters.
            rng: where the random numbers come from.
            info: not needed.
            options: `blocks`, how many; they may overlap.

        Returns:
            `tall` and `wide` (n,), the sides of a block in patches, n times the same; `top` and `left` (n, blocks).
        """
        tall, wide = block_size(rng.uniform(*SCALE), rng.uniform(*RATIO))
        shape = (len(batch), options.blocks)
        top, left = rng.integers(0, ROW - tall + 1, shape), rng.integers(0, ROW - wide + 1, shape)
        full = hidden_by(places_of(top, left, tall, wide)).all(1)
        top[full, -1], left[full, -1] = top[full, 0], left[full, 0]
        return Draw(tall=np.full(len(batch), tall), wide=np.full(len(batch), wide), top=top, left=left)

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Hide the blocks. A hidden patch is gone for the encoder: zeros, which no other patch may read.

        Returns:
            `patches` (n, 16, 192) in 0…1 with zeros where hidden, `visible` (n, 16), `places` (n, blocks, patches of a
            block), what the predictor is told; `whole` (n, 16, 192), which the target encoder alone reads. The label
            is not yet known; each patch of each block has one.
        """
        pixels = batch.data["pixels"].float() / 255
        whole = to_patches(pixels)
        places = places_of(draw["top"], draw["left"], int(draw["tall"][0]), int(draw["wide"][0]))
        visible = torch.as_tensor(~hidden_by(places), device=whole.device)
        patches = whole * visible[..., None]
        asked = torch.as_tensor(places, device=whole.device)
        steps = (Step("cut", {}, pixels, whole), Step("hide", {"places": places}, whole, patches))
        inputs = {"patches": patches, "visible": visible, "places": asked, "whole": whole}
        return Labelled(inputs, {}, torch.ones_like(asked, dtype=torch.bool), steps if trace else ())

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """The whole picture is still there, for the target encoder."""
        pixels = from_patches(labelled.inputs["whole"])
        return Batch(np.arange(len(pixels)), {"pixels": (pixels * 255).round().byte()})

    def build(self, trunk: Trunk, info: DataInfo, options: MaskedRepresentationsOptions) -> JointNet:
        """Encoder, predictor, and a slow copy of the encoder; without stop-gradient the encoder is its own target."""
        return JointNet(trunk, m=options.m if options.stop_gradient else 0.0)

    def begin(self, net: JointNet, generator: torch.Generator) -> None:
        """The target encoder starts as a copy."""
        take_over(net.slow, net.encoder)

    @torch.no_grad()
    def targets_from_model(self, net: JointNet, labelled: Labelled) -> Labelled:
        """What the target encoder makes of the whole picture: `every` (n, 16, width); the hidden ones are the label."""
        every = normalised(net.slow(labelled.inputs["whole"]))
        return Labelled(labelled.inputs, {"every": every}, labelled.where, labelled.steps)

    def loss(self, net: JointNet, labelled: Labelled, options: MaskedRepresentationsOptions) -> Loss:
        """Mean squared difference of prediction and label, for each patch of each block.

        Without stop-gradient the network is its own target and is trained on both sides: a copy cannot be.
        """
        inputs = labelled.inputs
        every = labelled.targets["every"] if options.stop_gradient else normalised(net.encoder(inputs["whole"]))
        each = (net(inputs) - at(every, inputs["places"])).square().mean(-1).flatten()
        return Loss(each.mean(), {}, each)

    def after_step(self, net: JointNet, labelled: Labelled, step: int) -> None:
        """The target encoder follows the encoder; with m = 0 it becomes the encoder as it is now."""
        move(net.slow, net.encoder, net.m)

    def answer(self, net: JointNet, labelled: Labelled, options: MaskedRepresentationsOptions) -> Answer:
        """`vectors` (n, blocks, patches of a block, width), one for each hidden patch of each block."""
        return Answer({"vectors": net(labelled.inputs)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """How often a prediction is nearest to the vector of its own picture, and how much of the label it explains."""
        every, places, said = labelled.targets["every"], labelled.inputs["places"], answer.data["vectors"]
        return {
            "own vector found": own_found(said, every, places).double().mean().item(),
            "variance explained": explained_by(said, at(every, places)),
        }

    def baselines(self, labelled: Labelled, info: DataInfo, options: MaskedRepresentationsOptions) -> list[Baseline]:
        """The mean of all labels; the mean of each place; the label of another picture at that place."""
        every, places = labelled.targets["every"], labelled.inputs["places"]
        label, mean = at(every, places), every.mean(0)
        guesses = {
            "always the mean vector": label.mean((0, 1, 2)).expand_as(label),
            "the mean vector of each place": mean[places],
            "another picture's vector": at(every.roll(1, dims=0), places),
        }
        return [
            Baseline(
                name,
                (guess - label).square().mean().item(),
                self.score(Answer({"vectors": guess}), labelled),
                constant="mean" in name,
            )
            for name, guess in guesses.items()
        ]

    def info(self, data: str) -> DataInfo:
        """Nothing is needed beyond the sample."""
        return DataInfo()

    def measures(self, net: JointNet, data: str) -> dict[str, float]:
        """The three measures of collapse, of the target encoder's vectors of held-out pictures, pooled over patches."""
        device = next(net.parameters()).device
        batch = self.batch(data, "held_out", np.arange(min(MEASURED, self.size(data, "held_out")))).to(device)
        with torch.no_grad():
            vectors = mean_pool(normalised(net.slow(to_patches(batch.data["pixels"].float() / 255))))
        width = vectors.shape[1]
        return {
            "spread, share of the most possible": collapse.spread(vectors) * width**0.5,
            "mean cosine": max(0.0, collapse.mean_cosine(vectors)),
            "effective rank, share of the directions": collapse.effective_rank(vectors) / width,
        }

    def features(self, net: JointNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the mean over patches of the trunk's output, for whole pictures; the predictor plays no part."""
        return mean_pool(net.encoder(to_patches(batch.data["pixels"].float() / 255)))


class Encoder(nn.Module):
    """Patches and trunk; the target encoder is a slow copy of this."""

    def __init__(self, tokens: PatchTokens, trunk: Trunk) -> None:
        super().__init__()
        self.tokens, self.trunk = tokens, trunk

    def forward(self, patches: Tensor, visible: Tensor | None = None) -> Tensor:
        """(n, 16, 192) in 0…1 → (n, 16, width); what is not in `visible` (n, 16) is read by none."""
        assert self.tokens.places is not None  # noqa: S101 - made with them
        return self.trunk(self.tokens.patch(patches * 2 - 1) + self.tokens.places.weight, visible=visible)


class JointNet(nn.Module):
    """The encoder, the target encoder, and the predictor: a vector "nothing here", places, a block, a linear layer."""

    def __init__(self, trunk: Trunk, *, m: float) -> None:
        super().__init__()
        width = trunk.width
        self.tokens, self.trunk = PatchTokens(width), trunk
        self.m, self.slow = m, momentum_copy(self.encoder)
        self.gap, self.places = nn.Parameter(torch.zeros(width)), nn.Embedding(PATCHES, width)
        self.mix, self.norm, self.say = Block(width, HEADS, MLP_RATIO), nn.LayerNorm(width), nn.Linear(width, width)

    @property
    def encoder(self) -> Encoder:
        """What the target encoder is a copy of."""
        return Encoder(self.tokens, self.trunk)

    def forward(self, inputs: dict[str, Tensor]) -> Tensor:
        """(n, blocks, patches of a block, width), what stands in each block, from what is visible and the places.

        All blocks go through at once, but none reads another's: as if one after the other.
        """
        visible, places = inputs["visible"], inputs["places"]
        n, blocks, size = places.shape
        seen = self.encoder(inputs["patches"], visible) + self.places.weight
        gaps = self.gap + self.places(places.flatten(1))
        unseen = torch.full((n, PATCHES + blocks * size, PATCHES + blocks * size), float("-inf"), device=seen.device)
        unseen[:, :, :PATCHES].masked_fill_(visible[:, None], 0)
        for first in range(PATCHES, PATCHES + blocks * size, size):
            unseen[:, first : first + size, first : first + size] = 0
        mixed = self.mix(torch.cat([seen, gaps], 1), unseen)[:, PATCHES:]
        return self.say(self.norm(mixed)).unflatten(1, (blocks, size))


def block_size(scale: float, ratio: float) -> tuple[int, int]:
    """Height and width in patches of a block with this share of the picture and this height over width.

    >>> block_size(0.175, 1), block_size(0.2, 0.75), block_size(0.15, 1.5)
    ((2, 2), (2, 2), (2, 1))
    """
    area = scale * PATCHES
    return round((area * ratio) ** 0.5), round((area / ratio) ** 0.5)


def places_of(top: np.ndarray, left: np.ndarray, tall: int, wide: int) -> np.ndarray:
    """(n, blocks) twice → (n, blocks, tall × wide): the patches of each block, row by row."""
    inside = (np.arange(tall)[:, None] * ROW + np.arange(wide)).ravel()
    return (np.asarray(top) * ROW + np.asarray(left))[..., None] + inside


def hidden_by(places: np.ndarray) -> np.ndarray:
    """(n, blocks, k) → (n, 16) bool, which patches lie in a block."""
    hidden = np.zeros((len(places), PATCHES), bool)
    np.put_along_axis(hidden, places.reshape(len(places), -1), True, 1)
    return hidden


def at(every: Tensor, places: Tensor) -> Tensor:
    """(n, 16, d) and (n, blocks, k) → (n, blocks, k, d): the vectors at these places."""
    return take(every, places.flatten(1)).unflatten(1, places.shape[1:])


def normalised(vectors: Tensor) -> Tensor:
    """(…, d) each vector with mean 0 and variance 1, as the authors' code has it."""
    return F.layer_norm(vectors, vectors.shape[-1:])


def explained_by(said: Tensor, label: Tensor) -> float:
    """Share of the variance around the mean vector that is explained, 0 to 1; 0 where that vector does as well."""
    mean = label.mean((0, 1, 2))
    return explained(said - mean, label - mean)


def own_found(said: Tensor, every: Tensor, places: Tensor) -> Tensor:
    """Whether a prediction is nearest to its own vector, among those of all n pictures at the same place.

    Args:
        said: (n, blocks, k, d) predictions.
        every: (n, 16, d) the target encoder's vectors.
        places: (n, blocks, k) where the predictions belong.

    Returns:
        (n, blocks, k) bool. To know the place alone is right once in n times.
    """
    found = torch.zeros_like(places, dtype=torch.bool)
    own = torch.arange(len(every), device=every.device)[:, None, None].expand_as(places)
    for place in range(PATCHES):
        here = places == place
        found[here] = torch.cdist(said[here], every[:, place]).argmin(1) == own[here]
    return found
