"""Masked sound: cover spans of a recording; the code of the sound that was there is the label (wav2vec 2.0).

The label comes from the model: a quantiser, trained along with the rest, gives every 20 ms of sound a code. The trunk,
which does not hear the covered steps, must pick the true code of each among those of other covered steps of the same
recording. Baevski et al. 2020, arXiv 2006.11477, sections 2 and 3; the authors' code is fairseq's wav2vec2.

Other than in the paper: log-mel frames and two layers in place of seven convolutions over the raw wave; recordings of
0.3 to 1.6 s in place of 15 s, so spans may be shorter, and there are at most 10 distractors instead of 100; two small
groups of entries instead of two of 320.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.masked_sound import MaskedSoundOptions
from sslviz.data import audio
from sslviz.models.quantiser import Quantiser, diversity, perplexity
from sslviz.models.sounds import SoundTokens, log_mel, mean_of_steps, steps_in
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, ProbeData, Step, Task

MOST = 10  # distractors of a step: 100 in the paper, but our recordings have about 20 covered steps
FEWEST = 12  # steps of a recording, or it is left out
NEAR = 19  # steps over which a latent's neighbours are summed up: 128 in the paper
ALIKE = 50  # recordings at a time, of about the same length, where order plays no part
TAU = 0.1  # temperature of the cosines (section 3.2)
COOLING = 0.9975  # 0.999995 in the paper, whose runs are 400,000 steps long


class MaskedSound(Task["SoundNet", MaskedSoundOptions]):
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
        length = steps_in(batch.data["length"]).cpu().numpy()
        steps = np.arange(int(steps_in(torch.tensor(batch.data["wave"].shape[1]))))
        there = steps < length[:, None]
        starts = spread_starts(there, options.p, options.span, rng)
        masked = there & cover(starts, options.span)
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
        wave = batch.data["wave"]
        masked, noise, distractors = (
            torch.as_tensor(draw[name], device=wave.device) for name in ("masked", "noise", "distractors")
        )
        whole, visible = listen(batch, info)
        heard = whole * ~masked[..., None]
        steps = (Step("listen", {}, wave, whole), Step("cover", {"masked": draw["masked"]}, whole, heard))
        inputs = {
            "heard": heard, "masked": masked, "visible": visible, "whole": whole, "noise": noise.float(),
            "distractors": distractors,
        }  # fmt: skip
        where = distractors[..., 0] >= 0  # a single covered step has no distractor
        return Labelled(inputs, {}, where, steps if trace else ())

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
        nn.init.uniform_(net.covered, generator=generator)

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

    # the data

    def info(self, data: str) -> DataInfo:
        """`mean` and `std` (32,) of the log-mel of training steps."""
        return _info(data)

    def batch(self, data: str, part: str, rows: np.ndarray) -> Batch:
        """Recordings `rows` of a part: `wave` (n, samples) in −1…1, 0 after the end, and `length` (n,) in samples."""
        clips = audio.load(data)
        ids = (clips.train if part == "train" else clips.held_out)[rows]
        return padded([clips.clips[i].samples for i in ids], ids)

    def size(self, data: str, part: str) -> int:
        """Number of recordings."""
        clips = audio.load(data)
        return len(clips.train if part == "train" else clips.held_out)

    def sample(self, net: SoundNet, size: int, count: int, rng: np.random.Generator) -> np.ndarray:
        """Recordings of about the same length, as fairseq batches them, so that little of a batch is padding."""
        by_length = _by_length("voices")
        first = int(rng.integers(max(1, size - 2 * count + 1)))
        return rng.permutation(by_length[first : first + 2 * count])[:count]

    def features(self, net: SoundNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the mean over steps of the trunk's output, for whole recordings."""
        wave, length = batch.data["wave"], batch.data["length"]
        vectors = wave.new_empty(len(wave), net.trunk.width)
        for rows in length.argsort(stable=True).split(ALIKE):  # of about the same length, so that little is padding
            some = {"wave": wave[rows, : int(length[rows].max())], "length": length[rows]}
            mel, visible = listen(Batch(batch.ids[rows.cpu()], some), info)
            vectors[rows] = mean_of_steps(net.vectors(mel, visible), visible)
        return vectors

    def probe_data(self, data: str) -> ProbeData:
        """Which of seven voices is it? The model never gets this label."""
        return _probe_data(data, "voice")

    def more_probes(self, data: str) -> dict[str, ProbeData]:
        """Voice and language, to be judged with very few labels."""
        return {"voice": _probe_data(data, "voice"), "language": _probe_data(data, "language")}


class SoundNet(nn.Module):
    """Latents + trunk with a vector for "covered", and the quantiser.

    What is near each step, and how far off, goes in by a convolution, as in the paper: no step knows its own place.
    """

    def __init__(self, trunk: Trunk, groups: int, entries: int) -> None:
        super().__init__()
        width = trunk.width
        self.tokens, self.trunk, self.near = SoundTokens(width), trunk, nn.Embedding(NEAR, width)
        self.covered, self.head = nn.Parameter(torch.zeros(width)), nn.Linear(width, width)
        self.quantiser = Quantiser(width, groups, entries, COOLING)

    def vectors(self, mel: Tensor, visible: Tensor, masked: Tensor | None = None) -> Tensor:
        """(n, T, 32) → (n, T, width); a latent in `masked` (n, T) is replaced, whatever was heard there."""
        z = self.tokens(mel)
        if masked is not None:
            z = torch.where(masked[..., None], self.covered, z)
        z = z * visible[..., None]
        around = F.conv1d(z.mT, self.near.weight.T[:, None], padding=NEAR // 2, groups=z.shape[2]).mT
        return self.trunk(z + F.gelu(around), visible=visible)

    def forward(self, x: dict[str, Tensor]) -> Tensor:
        """(n, T, width) what the trunk expects at each step, from what it heard."""
        return self.head(self.vectors(x["heard"], x["visible"], x["masked"]))


def spread_starts(there: np.ndarray, p: float, span: int, rng: np.random.Generator) -> np.ndarray:
    """(n, T) bool: in each row p·T of the steps that are `there`, rounded at random, without replacement, at least one.

    As fairseq counts them. A single start is put where its whole span finds room.
    """
    length = there.sum(1)
    count = np.maximum(1, (p * length + rng.random(len(there))).astype(int))
    last = np.where(count == 1, np.maximum(0, length - span), length - 1)  # where a span may start
    noise = np.where(np.arange(there.shape[1]) <= last[:, None], rng.random(there.shape), np.inf)
    return noise.argsort(1).argsort(1) < count[:, None]


def cover(starts: np.ndarray, span: int) -> np.ndarray:
    """(n, T) bool: each start covers itself and the span − 1 steps after it; spans may overlap.

    >>> cover(np.array([[0, 1, 0, 1, 0, 0, 0, 1]]) > 0, 3).astype(int).tolist()
    [[0, 1, 1, 1, 1, 1, 0, 1]]
    """
    before = np.cumsum(starts, 1)
    earlier = np.pad(before, ((0, 0), (span, 0)))[:, : starts.shape[1]]
    return before > earlier


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


def nearest_heard(masked: Tensor, visible: Tensor) -> Tensor:
    """(n, T) twice → (n, T, 2): of each step the nearest heard step before and after it; itself where there is none."""
    step = torch.arange(masked.shape[1], device=masked.device)
    heard, end = visible & ~masked, masked.shape[1]
    before = torch.where(heard, step, -1).cummax(1).values
    after = torch.where(heard, step, end).flip(1).cummin(1).values.flip(1)
    both = torch.stack([torch.where(before < 0, after, before), torch.where(after == end, before, after)], -1)
    return torch.where((both < 0) | (both == end), step[:, None], both)  # nothing is heard at all


def _of(codes: Tensor, steps: Tensor) -> Tensor:
    """(n, T, G) and (n, T, k) → (n, T, k, G)."""
    return codes[torch.arange(len(codes), device=codes.device)[:, None, None], steps]


def _gone(alike: Tensor, distractors: Tensor) -> Tensor:
    """(k, 10) twice → (k, 11): which candidates play no part; the true one always does."""
    return F.pad(alike | (distractors < 0), (1, 0), value=False)


def listen(batch: Batch, info: DataInfo) -> tuple[Tensor, Tensor]:
    """(n, T, 32) standardised log-mel, 0 where padding is, and (n, T) what is no padding."""
    wave = batch.data["wave"]
    mel = (log_mel(wave) - info["mean"].to(wave.device)) / info["std"].to(wave.device)
    visible = torch.arange(mel.shape[1], device=wave.device) < steps_in(batch.data["length"])[:, None]
    return mel * visible[..., None], visible


def padded(samples: list[np.ndarray], ids: np.ndarray) -> Batch:
    """Recordings of int16 as a batch: as long as the longest, 0 after the end of the others."""
    length = np.array([len(wave) for wave in samples])
    wave = np.zeros((len(samples), length.max()), np.float32)
    for row, recording in zip(wave, samples, strict=True):
        row[: len(recording)] = recording / 32768
    return Batch(np.asarray(ids), {"wave": torch.from_numpy(wave), "length": torch.from_numpy(length)})


@lru_cache(maxsize=2)
def _by_length(data: str) -> np.ndarray:
    """Rows of the training recordings, the shortest first."""
    clips = audio.load(data)
    return np.argsort([len(clips.clips[i].samples) for i in clips.train], kind="stable")


@lru_cache(maxsize=2)
def _info(data: str) -> DataInfo:
    sound = MaskedSound()
    every = sound.batch(data, "train", np.arange(sound.size(data, "train"))).data
    mel = log_mel(every["wave"])
    mel = mel[torch.arange(mel.shape[1]) < steps_in(every["length"])[:, None]]
    return DataInfo(mean=mel.mean(0), std=mel.std(0))


@lru_cache(maxsize=4)
def _probe_data(data: str, classes: str) -> ProbeData:
    clips, sound = audio.load(data), MaskedSound()
    names = tuple(voice.title for voice in audio.VOICES) if classes == "voice" else audio.LANGUAGES
    y = np.array([clip.voice if classes == "voice" else clip.language for clip in clips.clips])
    train, test = (sound.batch(data, part, np.arange(sound.size(data, part))) for part in ("train", "held_out"))
    return ProbeData(
        train=train, train_y=y[train.ids], test=test, test_y=y[test.ids], names=names,
        raw_train=_mean_mel(train), raw_test=_mean_mel(test), raw_name="raw log-mel means",
        shown=np.arange(len(test)), texts=tuple(clips.clips[i].name for i in test.ids),
    )  # fmt: skip


def _mean_mel(batch: Batch) -> np.ndarray:
    """(n, 32) the mean of each band over the steps of each recording."""
    mel = log_mel(batch.data["wave"])
    visible = torch.arange(mel.shape[1]) < steps_in(batch.data["length"])[:, None]
    return np.asarray(mean_of_steps(mel, visible).numpy())
