"""Masked patches: cover most of a picture; the covered patches are the label (MAE).

The label comes from the data: it is the picture itself. The encoder never sees the covered patches, not even that
they are covered; only a small decoder, thrown away afterwards, knows where something is missing. He et al. 2021,
arXiv 2111.06377, section 3.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from sslviz.catalogue.masked_patches import MaskedPatchesOptions
from sslviz.models.tokens import PatchTokens, from_patches, mean_pool, to_patches
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, Step, Task
from sslviz.tasks.pictures import Pictures

PATCHES, ROW = 16, 4  # of a picture, and of one row of it


class MaskedPatches(Pictures, Task["PaintNet", MaskedPatchesOptions]):
    """A masked autoencoder: an encoder for what is visible, a decoder for what is not."""

    slug: ClassVar[str] = "masked_patches"

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: MaskedPatchesOptions) -> Draw:
        """Choose the patches that are covered: the same number in every picture.

        Args:
            batch: n pictures; only their number matters.
            rng: where the random numbers come from.
            info: not needed; the label is in the sample.
            options: `share` of the 16 patches that is covered; what is left is rounded down, as in MAE.

        Returns:
            `covered` (n, 16): True for a covered patch.
        """
        count = PATCHES - int((1 - options.share) * PATCHES)  # 2 to 15: some are covered, and some are not
        rank = rng.random((len(batch), PATCHES)).argsort(1).argsort(1)  # sorting noise shuffles, as in MAE's own code
        return Draw(covered=rank < count)

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Take the covered patches out. They are not greyed, they are gone: the input is shorter.

        Returns:
            `patches` (n, v, 192) the visible ones in 0…1 and `places` (n, v) where they are, `hidden` (n, h) where
            something is missing; the label `patches` (n, h, 192).
        """
        pixels = batch.data["pixels"].float() / 255
        every = to_patches(pixels)  # (n, 16, 192)
        covered = torch.as_tensor(draw["covered"], device=every.device)
        places = (~covered).nonzero()[:, 1].view(len(every), -1)
        hidden = covered.nonzero()[:, 1].view(len(every), -1)
        visible, label = take(every, places), take(every, hidden)
        steps = (Step("cut", {}, pixels, every), Step("take out", {"covered": draw["covered"]}, every, visible))
        inputs = {"patches": visible, "places": places, "hidden": hidden}
        return Labelled(inputs, {"patches": label}, covered, steps if trace else ())

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Put visible patches and labels back in their places."""
        pixels = from_patches(join(labelled.inputs, labelled.targets["patches"]))
        return Batch(np.arange(len(pixels)), {"pixels": (pixels * 255).round().byte()})

    def build(self, trunk: Trunk, info: DataInfo, options: MaskedPatchesOptions) -> PaintNet:
        """Patches and trunk for what is visible; one more block and a linear layer to paint what is not."""
        return PaintNet(trunk)

    def loss(self, net: PaintNet, labelled: Labelled, options: MaskedPatchesOptions) -> Loss:
        """Mean squared error of the covered patches only; a visible patch costs nothing, whatever is painted there.

        With `normalise` each patch is asked for with mean 0 and variance 1. That helps the paper's large models, but
        to draw such an answer its true mean and variance must be added back, which gives part of the label away.
        """
        label = labelled.targets["patches"]
        if options.normalise:
            label = normalised(label)
        each = (net(labelled.inputs) - label).square().mean(-1).flatten()
        return Loss(each.mean(), {}, each)

    def answer(self, net: PaintNet, labelled: Labelled, options: MaskedPatchesOptions) -> Answer:
        """(n, h, 192) what it paints in the covered places: `patches` in 0…1, or `normalised` ones."""
        return Answer({"normalised" if options.normalise else "patches": net(labelled.inputs)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of the covered patches' variance that the answer explains; 0 where it is worse than one flat grey."""
        label = labelled.targets["patches"]
        if "normalised" in answer.data:
            label = normalised(label)
        (painted,) = answer.data.values()
        return {"variance explained": explained(painted, label)}

    def baselines(self, labelled: Labelled, info: DataInfo, options: MaskedPatchesOptions) -> list[Baseline]:
        """The best flat grey, the mean picture, the mean of what is visible, and the nearest visible patch."""
        label = labelled.targets["patches"]
        visible, places, hidden = (labelled.inputs[name] for name in ("patches", "places", "hidden"))
        guesses = {
            "one flat grey": info["grey"].to(label.device).expand_as(label),
            "the mean picture": info["mean"].to(label.device)[hidden],
            "mean of the visible": visible.mean((1, 2), keepdim=True).expand_as(label),
            "nearest visible patch": take(visible, nearest(places, hidden)),
        }
        if options.normalise:
            label, guesses = normalised(label), {name: normalised(guess) for name, guess in guesses.items()}
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
        """`grey`, the mean of all training pixels, and `mean` (16, 192), the mean training picture."""
        return _info(data)

    def features(self, net: PaintNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the mean over patches of the trunk's output, for whole pictures; the decoder plays no part."""
        every = to_patches(batch.data["pixels"].float() / 255)
        places = torch.arange(PATCHES, device=every.device).expand(len(every), -1)
        return mean_pool(net.encode(every, places))


class PaintNet(nn.Module):
    """Patches + trunk over the visible ones; then a vector "nothing here" in each gap, one block, and pixels."""

    def __init__(self, trunk: Trunk) -> None:
        super().__init__()
        width = trunk.width
        self.tokens, self.trunk = PatchTokens(width), trunk
        self.gap, self.places = nn.Parameter(torch.zeros(width)), nn.Embedding(PATCHES, width)
        self.decoder = Trunk(width, depth=1)
        self.paint = nn.Linear(width, 192)

    def encode(self, patches: Tensor, places: Tensor) -> Tensor:
        """(n, v, 192) patches in 0…1 at `places` (n, v) → (n, v, width)."""
        assert self.tokens.places is not None  # noqa: S101 - made above
        return self.trunk(self.tokens.patch(patches * 2 - 1) + self.tokens.places(places))

    def forward(self, inputs: dict[str, Tensor]) -> Tensor:
        """(n, h, 192) pixels for the covered places."""
        seen, hidden = self.encode(inputs["patches"], inputs["places"]), inputs["hidden"]
        gaps = self.gap.expand(*hidden.shape, -1) + self.places(hidden)
        mixed = self.decoder(torch.cat([seen + self.places(inputs["places"]), gaps], 1))
        return self.paint(mixed[:, seen.shape[1] :])


def take(patches: Tensor, places: Tensor) -> Tensor:
    """(n, p, d) and (n, k) → (n, k, d): the patches at these places."""
    return patches.gather(1, places[..., None].expand(-1, -1, patches.shape[2]))


def join(inputs: dict[str, Tensor], patches: Tensor) -> Tensor:
    """(n, 16, 192): the visible patches of `inputs`, and `patches` (n, h, 192) in the covered places."""
    order = torch.cat([inputs["places"], inputs["hidden"]], 1).argsort(1)
    return take(torch.cat([inputs["patches"], patches], 1), order)


def normalised(patches: Tensor) -> Tensor:
    """(…, 192) each patch with mean 0 and variance 1 (unbiased, as in MAE's own code); a flat one becomes 0."""
    return (patches - patches.mean(-1, keepdim=True)) / (patches.var(-1, keepdim=True) + 1e-6).sqrt()


def nearest(places: Tensor, hidden: Tensor) -> Tensor:
    """(n, v) and (n, h) → (n, h): for each covered place the number of the visible patch that is nearest to it."""
    down, across = (
        (hidden[:, :, None] // ROW - places[:, None] // ROW),
        (hidden[:, :, None] % ROW - places[:, None] % ROW),
    )
    return (down.square() + across.square()).argmin(-1)


def explained(painted: Tensor, label: Tensor) -> float:
    """Share of the label's variance that is explained, not below 0."""
    return max(0.0, 1 - ((painted - label).square().mean() / label.var(correction=0).clamp_min(1e-12)).item())


@lru_cache(maxsize=4)
def _info(data: str) -> DataInfo:
    pictures = MaskedPatches()
    some = pictures.batch(data, "train", np.arange(min(5000, pictures.size(data, "train"))))
    patches = to_patches(some.data["pixels"].float() / 255)
    return DataInfo(grey=patches.mean(), mean=patches.mean(0))
