"""Masked sound: cover spans of a recording; the code of the sound that was there is the label (wav2vec 2.0).

The label comes from the model: a quantiser, trained along with the rest, gives every 20 ms of sound a code. The trunk,
which does not hear the covered steps, must pick the true code of each among those of other covered steps of the same
recording. Baevski et al. 2020, arXiv 2006.11477, sections 2 and 3; the authors' code is fairseq's wav2vec2.

Other than in the paper: log-mel frames and two layers in place of seven convolutions over the raw wave; recordings of
0.3 to 1.6 s in place of 15 s, so spans may be shorter, and there are at most 10 distractors instead of 100; two small
groups of entries instead of two of 320.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.masked_sound import MaskedSoundOptions
from sslviz.models.quantiser import Quantiser, diversity, perplexity
from sslviz.models.sounds import Hearing
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, Task
from sslviz.tasks.sounds import Sounds, nearest_heard, silence, spans

MOST = 10  # distractors of a step: 100 in the paper, but our recordings have about 20 covered steps
TAU = 0.1  # temperature of the cosines (section 3.2)
COOLING = 0.9975  # 0.999995 in the paper, whose runs are 400,000 steps long


class MaskedSound(Sounds, Task["SoundNet", MaskedSoundOptions]):
    """wav2vec 2.0: which of these codes stood in the gap?"""

    slug: ClassVar[str] = "masked_sound"
    label_from: ClassVar[str] = "model"
    held_out_batch: ClassVar[int] = 140  # two of them are all that is held out

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: MaskedSoundOptions) -> Draw:
        """Choose what is covered, and among which steps the true code is to be picked.

        Args:
            batch: n recordings; only their lengths matter.
            rng: where the random numbers come from.
            info: not needed.
            options: `p`, share of the steps at which a span starts (at least one does); `span`, M, how many
                steps it covers: spans overlap, and end where the recording does; `groups`, G, and `entries`, V.

        Returns:
            `masked` (n, T): True for a covered step; `distractors` (n, T, 10): for each covered step numbers of up to
            10 other covered steps of the same recording, −1 for none; `noise` (n, T, G, V): for drawing the codes.
        """
        masked = spans(batch, options.p, options.span, rng)
        return Draw(
            masked=masked,
            distractors=others(masked, rng.random(masked.shape)),
            noise=rng.gumbel(size=(*masked.shape, options.groups, options.entries)).astype(np.float32),
        )

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Turn the wave into steps, and silence the covered ones. What they are called is not yet a label.

        Returns:
            `heard` (n, T, 32) standardised log-mel, 0 where covered or padding: all that the trunk reads; `masked` and
            `visible` (n, T), False for padding. For the quantiser and for judging: `whole` (n, T, 32), `noise` and
            `distractors`. No target before `targets_from_model`.
        """
        inputs, done = silence(batch, draw, info)
        for name in ("noise", "distractors"):
            inputs[name] = torch.as_tensor(draw[name], device=inputs["whole"].device)
        where = inputs["distractors"][..., 0] >= 0  # a single covered step has no distractor
        return Labelled(inputs, {}, where, done if trace else ())

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Not possible: the loudness of each band does not determine its wave."""
        return None

    def build(self, trunk: Trunk, info: DataInfo, options: MaskedSoundOptions) -> SoundNet:
        """Latents, trunk, quantiser, and a layer that turns the trunk's vectors into predictions of codes' vectors."""
        return SoundNet(trunk, options.groups, options.entries)

    def begin(self, net: SoundNet, generator: torch.Generator) -> None:
        """The quantiser's scores begin as large as in the authors' code: else the noise alone would choose the codes.

        There each weight comes from N(0, 1) and a vector has 512 numbers; ours has fewer, so weights are larger. The
        vector for "covered" is drawn as there, too.
        """
        scores = net.quantiser.scores
        nn.init.normal_(scores.weight, std=(512 / scores.in_features) ** 0.5, generator=generator)
        super().begin(net, generator)

    @torch.no_grad()
    def targets_from_model(self, net: SoundNet, labelled: Labelled) -> Labelled:
        """The label: `codes` (n, T, G), what the quantiser makes of the uncovered recording, drawn with the noise."""
        codes = net.quantiser.codes(net.tokens(labelled.inputs["whole"]), labelled.inputs["noise"])
        return Labelled(labelled.inputs, {"codes": codes}, labelled.where, labelled.steps)

    def loss(self, net: SoundNet, labelled: Labelled, options: MaskedSoundOptions) -> Loss:
        """−ln p(the true code among the candidates), cosine over 0.1, mean over covered steps.

        Beside it the diversity loss, so that all entries are used; without it, the same code for every sound would
        make the task trivial. Codes are the label; but the gradient passes their choice straight through to the
        quantiser and on to the latents, as if the softmax had been used.
        """
        codes, x, where = labelled.targets["codes"], labelled.inputs, labelled.where
        logits = net.quantiser.logits(net.tokens(x["whole"]))
        targets = net.quantiser(logits, x["noise"], codes)
        scores = candidates(net(x), targets, codes, x["distractors"], where)
        each = scores.logsumexp(-1) - scores[:, 0]  # −ln of the first one's share in the softmax
        unused = diversity(logits[x["visible"]])
        used = perplexity(F.one_hot(codes[x["visible"]], logits.shape[-1]).float().mean(0))
        parts = {"contrastive": each.mean().item(), "diversity": unused.item(), "codes in use": used.item()}
        return Loss(each.mean(), parts, each, auxiliary=options.diversity * unused)

    def after_step(self, net: SoundNet, labelled: Labelled, step: int) -> None:
        """The quantiser gets colder."""
        net.quantiser.cool()

    def answer(self, net: SoundNet, labelled: Labelled, options: MaskedSoundOptions) -> Answer:
        """`p` (k, 11) for every step in `where` a probability for the true code, first, and the others; `codes`.

        A candidate with the true step's code has 0: it would be no wrong answer.
        """
        x, where = labelled.inputs, labelled.where
        z = net.tokens(x["whole"])
        codes = net.quantiser.codes(z, x["noise"])
        targets = net.quantiser.look_up(F.one_hot(codes, net.quantiser.entries).to(z.dtype))
        p = candidates(net(x), targets, codes, x["distractors"], where).softmax(-1)
        return Answer({"p": p, "codes": codes})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of covered steps whose true code is picked, and how many of all entries are in use (perplexity)."""
        p, codes = answer.data["p"], answer.data["codes"][labelled.inputs["visible"]]
        entries = labelled.inputs["noise"].shape[-1]
        used = perplexity(F.one_hot(codes, entries).double().mean(0)) / (codes.shape[-1] * entries)
        return {"true code picked": (p.argmax(-1) == 0).double().mean().item(), "codes in use": used.item()}

    def baselines(self, labelled: Labelled, info: DataInfo, options: MaskedSoundOptions) -> list[Baseline]:
        """Guessing among the candidates that there are, and the one that shares most with the nearest heard steps."""
        x, codes, where = labelled.inputs, labelled.targets["codes"], labelled.where
        alike = same_code(codes, x["distractors"])[where]
        count = 1 + (~alike & (x["distractors"][where] >= 0)).sum(-1)
        near = nearest_heard(x["masked"], x["visible"])
        heard = _of(codes, near)  # (n, T, 2, G)
        shared = (_of(codes, with_true(x["distractors"]))[:, :, :, None] == heard[:, :, None]).sum((-1, -2))[where]
        shared = shared.double().masked_fill(_gone(alike, x["distractors"][where]), -1)
        best = shared == shared.max(-1, keepdim=True).values
        copied = (best[:, 0] / best.sum(-1)).mean().item()
        return [
            Baseline(
                "guessing among the candidates", count.double().log().mean().item(),
                {"true code picked": (1 / count).double().mean().item()}, constant=True,
            ),
            Baseline("most like the nearest heard steps", None, {"true code picked": copied}),
        ]  # fmt: skip


class SoundNet(Hearing):
    """Latents and trunk, a layer that makes predictions of the trunk's vectors, and the quantiser."""

    def __init__(self, trunk: Trunk, groups: int, entries: int) -> None:
        super().__init__(trunk)
        self.head = nn.Linear(trunk.width, trunk.width)
        self.quantiser = Quantiser(trunk.width, groups, entries, COOLING)

    def forward(self, x: dict[str, Tensor]) -> Tensor:
        """(n, T, width) what the trunk expects at each step, from what it heard."""
        return self.head(self.vectors(x["heard"], x["visible"], x["masked"]))


def others(masked: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """(n, T) covered steps and noise → (n, T, 10): of each covered step up to 10 others of its row; −1 for none.

    The covered steps of a row are shuffled into a circle; those that follow a step there are its distractors.
    """
    order = np.where(masked, noise, np.inf).argsort(1)  # covered steps first, shuffled
    count = masked.sum(1)[:, None, None]
    seat = order.argsort(1)[..., None]
    ahead = np.arange(1, MOST + 1)
    others = np.take_along_axis(order[:, None], (seat + ahead) % np.maximum(count, 1), 2)
    return np.where(masked[..., None] & (ahead < count), others, -1)


def with_true(distractors: Tensor) -> Tensor:
    """(n, T, k) → (n, T, 1 + k): each step's own number in front; a missing one counts as 0."""
    own = torch.arange(distractors.shape[1], device=distractors.device).expand(distractors.shape[:2])
    return torch.cat([own[..., None], distractors.clamp_min(0)], -1)


def same_code(codes: Tensor, distractors: Tensor) -> Tensor:
    """(n, T, G) and (n, T, k) → (n, T, k): whether a distractor has the code of the step itself."""
    return (_of(codes, distractors.clamp_min(0)) == codes[:, :, None]).all(-1)


def candidates(predicted: Tensor, targets: Tensor, codes: Tensor, distractors: Tensor, where: Tensor) -> Tensor:
    """Cosine of each prediction with each candidate's vector, over TAU: (k, 11) for the k steps in `where`.

    The true one stands first. A distractor that is missing, or has the true code, has −∞: it is no wrong answer.
    """
    predicted, targets = F.normalize(predicted, dim=-1), F.normalize(targets, dim=-1)
    n = where.nonzero()[:, :1]
    logits = (predicted[where][:, None] * targets[n, with_true(distractors)[where]]).sum(-1) / TAU
    return logits.masked_fill(_gone(same_code(codes, distractors)[where], distractors[where]), float("-inf"))


def _of(codes: Tensor, steps: Tensor) -> Tensor:
    """(n, T, G) and (n, T, k) → (n, T, k, G)."""
    return codes[torch.arange(len(codes), device=codes.device)[:, None, None], steps]


def _gone(alike: Tensor, distractors: Tensor) -> Tensor:
    """(k, 10) twice → (k, 11): which candidates play no part; the true one always does."""
    return F.pad(alike | (distractors < 0), (1, 0), value=False)
