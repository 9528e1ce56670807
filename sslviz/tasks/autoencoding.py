"""Autoencoding: squeeze a picture through a few numbers; the picture itself is the label.

The label comes from the data, and it is the very input. Nothing is hidden, so what makes it a task is the bottleneck:
one short code for the whole picture. Where every patch has a code of its own, copying is enough. With noise the label
is the picture as it was, not as it came in. Auto-association: Rumelhart, Hinton & Williams 1986,
"Learning internal representations by error propagation"; denoising: Vincent et al. 2008, ICML, section 2.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from sslviz.catalogue.autoencoding import AutoencodingOptions
from sslviz.models.tokens import PatchTokens, from_patches, mean_pool
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, Step, Task
from sslviz.tasks.pictures import Pictures

PATCHES, WIDEST = 16, 256  # of a picture; of the bottleneck


class Autoencoding(Pictures, Task["BottleneckNet", AutoencodingOptions]):
    """An autoencoder with a bottleneck of `width` numbers; with noise or dropped pixels a denoising one."""

    slug: ClassVar[str] = "autoencoding"

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: AutoencodingOptions) -> Draw:
        """Without noise nothing is left to chance. With it, draw what is added, and which pixels go black.

        Args:
            batch: n pictures; only their number matters.
            rng: where the random numbers come from.
            info: not needed; the label is in the sample.
            options: `noise`, standard deviation of what is added to each number, in shares of full brightness;
                `dropped`, share of the pixels that go black. `width` and `whole` matter only to the network.

        Returns:
            Nothing, or `added` (n, 3, 32, 32) and `black` (n, 32, 32).
        """
        if not (options.noise or options.dropped):
            return Draw()
        added = options.noise * rng.standard_normal((len(batch), 3, 32, 32), np.float32)
        return Draw(added=added, black=rng.random((len(batch), 32, 32)) < options.dropped)

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """The input is the picture, spoilt where drawn; the label is the picture as it was."""
        clean = batch.data["pixels"].float() / 255
        sees = clean.clone()
        if draw:
            added = torch.as_tensor(draw["added"], dtype=torch.float32, device=clean.device)
            black = torch.as_tensor(draw["black"], device=clean.device)
            sees = (clean + added).clamp(0, 1).masked_fill(black[:, None], 0)
        steps = (Step("spoil", {"black": draw["black"]}, clean, sees),) if trace and draw else ()
        where = torch.ones(len(clean), dtype=torch.bool, device=clean.device)
        return Labelled({"pixels": sees}, {"pixels": clean}, where, steps)

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """The label is the picture."""
        pixels = labelled.targets["pixels"]
        return Batch(np.arange(len(pixels)), {"pixels": (pixels * 255).round().byte()})

    def build(self, trunk: Trunk, info: DataInfo, options: AutoencodingOptions) -> BottleneckNet:
        """Patches, trunk, `width` numbers (with `whole` off: for each patch), and a decoder that paints from these."""
        return BottleneckNet(trunk, options.width, whole=options.whole)

    def loss(self, net: BottleneckNet, labelled: Labelled, options: AutoencodingOptions) -> Loss:
        """Mean squared error over all pixels, against the picture as it was."""
        each = (net(labelled.inputs["pixels"]) - labelled.targets["pixels"]).square().mean((1, 2, 3))
        return Loss(each.mean(), {}, each)

    def answer(self, net: BottleneckNet, labelled: Labelled, options: AutoencodingOptions) -> Answer:
        """`pixels` (n, 3, 32, 32) the rebuilt picture."""
        return Answer({"pixels": net(labelled.inputs["pixels"])})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of the pictures' variance that the answer explains; 0 where it is worse than one flat grey."""
        return {"variance explained": explained(answer.data["pixels"], labelled.targets["pixels"])}

    def baselines(self, labelled: Labelled, info: DataInfo, options: AutoencodingOptions) -> list[Baseline]:
        """The best flat grey, the mean picture, and as many principal components as the code has numbers."""
        label, count = labelled.targets["pixels"], min(WIDEST, options.width * (1 if options.whole else PATCHES))
        guesses = {
            "one flat grey": info["mean"].mean().to(label.device).expand_as(label),
            "the mean picture": info["mean"].to(label.device).expand_as(label),
            f"PCA with {count} numbers": components(labelled.inputs["pixels"], info, count),
        }
        return [
            Baseline(
                name,
                (guess - label).square().mean().item(),
                {"variance explained": explained(guess, label)},
                constant=name in ("one flat grey", "the mean picture"),
            )
            for name, guess in guesses.items()
        ]

    def info(self, data: str) -> DataInfo:
        """`mean` (3, 32, 32) the mean training picture, `basis` (256, 3072) the pictures' principal components."""
        return _info(data)

    def features(self, net: BottleneckNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the mean over patches of the trunk's output, before the bottleneck, for unspoilt pictures."""
        return mean_pool(net.encode(batch.data["pixels"].float() / 255))


class BottleneckNet(nn.Module):
    """Patches + trunk + bottleneck; then a vector a place, made of the bottleneck alone, one block, and pixels."""

    def __init__(self, trunk: Trunk, narrow: int, *, whole: bool) -> None:
        super().__init__()
        width = trunk.width
        self.tokens, self.trunk, self.whole = PatchTokens(width), trunk, whole
        self.squeeze = nn.Linear(width, narrow)
        self.widen = nn.Linear(narrow, PATCHES * width if whole else width)
        self.places, self.decoder = nn.Embedding(PATCHES, width), Trunk(width, depth=1)
        self.paint = nn.Linear(width, 192)

    def encode(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0…1 → (n, 16, width)."""
        return self.trunk(self.tokens(pixels))

    def code(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0…1 → (n, 1, narrow) for the whole picture, or (n, 16, narrow) for each patch its own."""
        x = self.encode(pixels)
        return self.squeeze(mean_pool(x)[:, None] if self.whole else x)

    def rebuild(self, code: Tensor) -> Tensor:
        """A code → (n, 3, 32, 32): the decoder gets nothing else."""
        widened = self.widen(code).view(len(code), PATCHES, -1)
        return from_patches(self.paint(self.decoder(widened + self.places.weight)))

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0…1 → the same shape, rebuilt from the code alone."""
        return self.rebuild(self.code(pixels))


def components(pixels: Tensor, info: DataInfo, count: int) -> Tensor:
    """(n, 3, 32, 32) → the same, with only the first `count` principal components of the training pictures kept."""
    mean, basis = info["mean"].to(pixels.device), info["basis"][:count].to(pixels.device)
    return ((pixels - mean).flatten(1) @ basis.T @ basis).view_as(pixels) + mean


def explained(rebuilt: Tensor, label: Tensor) -> float:
    """Share of the label's variance that is explained, not below 0."""
    return max(0.0, 1 - ((rebuilt - label).square().mean() / label.var(correction=0).clamp_min(1e-12)).item())


@lru_cache(maxsize=4)
def _info(data: str) -> DataInfo:
    from sklearn.decomposition import PCA

    pictures = Autoencoding()
    some = pictures.batch(data, "train", np.arange(min(5000, pictures.size(data, "train"))))
    pixels = some.data["pixels"].float() / 255
    whole = PCA(WIDEST, svd_solver="randomized", iterated_power=4, random_state=0)  # 4: as exact as the default 7 here
    fit = whole.fit(pixels.flatten(1).numpy())
    return DataInfo(mean=pixels.mean(0), basis=torch.from_numpy(fit.components_))
