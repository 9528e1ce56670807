"""What the tasks on sound share: recordings, spans that are covered, and the classes that judge a trunk afterwards.

Spans as in wav2vec 2.0: Baevski et al. 2020, arXiv 2006.11477, section 3.1; HuBERT covers in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import permutations
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from sslviz.data import audio
from sslviz.models.sounds import Hearing, log_mel, mean_of_steps, steps_in
from sslviz.tasks.base import Batch, DataInfo, Draw, ProbeData, Step

ALIKE = 50  # recordings at a time, of about the same length, where order plays no part


class Sounds:
    """Recordings as samples: `wave` (n, samples) and `length` (n,)."""

    def begin(self, net: Any, generator: torch.Generator) -> None:
        """The vector for "covered" is drawn as in the authors' code of wav2vec 2.0."""
        nn.init.uniform_(net.covered, generator=generator)

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

    def sample(self, net: Any, size: int, count: int, rng: np.random.Generator) -> np.ndarray:
        """Recordings of about the same length, as fairseq batches them, so that little of a batch is padding."""
        by_length = _by_length("voices")
        first = int(rng.integers(max(1, size - 2 * count + 1)))
        return rng.permutation(by_length[first : first + 2 * count])[:count]

    def features(self, net: Hearing, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the mean over steps of the trunk's output, for whole recordings."""
        mel, visible = listen(batch, info)
        return mean_of_steps(in_groups(net.vectors, mel, visible), visible)

    @torch.no_grad()
    def measures(self, net: Hearing, data: str) -> dict[str, float]:
        """Which word is it, by another voice? See `words_named`."""
        return words_named(net.vectors, data)

    def probe_data(self, data: str) -> ProbeData:
        """Which of seven voices is it? The model never gets this label."""
        return _probe_data(data, "voice")

    def more_probes(self, data: str) -> dict[str, ProbeData]:
        """Voice and language, to be judged with very few labels."""
        return {"voice": _probe_data(data, "voice"), "language": _probe_data(data, "language")}


# what is covered


def spans(batch: Batch, p: float, span: int, rng: np.random.Generator) -> np.ndarray:
    """(n, T) bool: which steps of n recordings are covered; of the batch only the lengths matter.

    Args:
        batch: n recordings.
        p: share of the steps at which a span starts; at least one does.
        span: M, how many steps it covers; spans overlap, and end where the recording does.
        rng: where the random numbers come from.
    """
    length = steps_in(batch.data["length"]).cpu().numpy()
    there = np.arange(int(steps_in(torch.tensor(batch.data["wave"].shape[1])))) < length[:, None]
    return np.asarray(there & cover(spread_starts(there, p, span, rng), span))


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


def silence(batch: Batch, draw: Draw, info: DataInfo) -> tuple[dict[str, Tensor], tuple[Step, ...]]:
    """Turn the wave into steps, and silence the covered ones.

    Returns:
        `heard` (n, T, 32) standardised log-mel, 0 where covered or padding: all that the trunk reads; `masked` and
        `visible` (n, T), False for padding; `whole` (n, T, 32), which only the label is made from. And what was done.
    """
    whole, visible = listen(batch, info)
    masked = torch.as_tensor(draw["masked"], device=whole.device)
    heard = whole * ~masked[..., None]
    done = (
        Step("listen", {}, batch.data["wave"], whole),
        Step("cover", {"masked": draw["masked"]}, whole, heard),
    )
    return {"heard": heard, "masked": masked, "visible": visible, "whole": whole}, done


def nearest_heard(masked: Tensor, visible: Tensor) -> Tensor:
    """(n, T) twice → (n, T, 2): of each step the nearest heard step before and after it; itself where there is none."""
    step = torch.arange(masked.shape[1], device=masked.device)
    heard, end = visible & ~masked, masked.shape[1]
    before = torch.where(heard, step, -1).cummax(1).values
    after = torch.where(heard, step, end).flip(1).cummin(1).values.flip(1)
    both = torch.stack([torch.where(before < 0, after, before), torch.where(after == end, before, after)], -1)
    return torch.where((both < 0) | (both == end), step[:, None], both)  # nothing is heard at all


# from waves to steps


def listen(batch: Batch, info: DataInfo) -> tuple[Tensor, Tensor]:
    """(n, T, 32) standardised log-mel, 0 where padding is, and (n, T) what is no padding."""
    wave = batch.data["wave"]
    mel = (log_mel(wave) - info["mean"].to(wave.device)) / info["std"].to(wave.device)
    visible = torch.arange(mel.shape[1], device=wave.device) < steps_in(batch.data["length"])[:, None]
    return mel * visible[..., None], visible


def in_groups(hear: Callable[[Tensor, Tensor], Tensor], mel: Tensor, visible: Tensor) -> Tensor:
    """What `hear` makes of each step of many recordings: (n, T, …), 0 for padding.

    Args:
        hear: (m, t, 32) and (m, t) → (m, t, …).
        mel: (n, T, 32).
        visible: (n, T), False for padding. Recordings of about the same length go together, so that it is little.
    """
    length, made = visible.sum(1), None
    for rows in length.argsort(stable=True).split(ALIKE):
        longest = int(length[rows].max())
        found = hear(mel[rows, :longest], visible[rows, :longest])
        if made is None:
            made = found.new_zeros(*visible.shape, *found.shape[2:])
        made[rows, :longest] = found
    assert made is not None  # noqa: S101 - there is at least one recording
    return made


def padded(samples: list[np.ndarray], ids: np.ndarray) -> Batch:
    """Recordings of int16 as a batch: as long as the longest, 0 after the end of the others."""
    length = np.array([len(wave) for wave in samples])
    wave = np.zeros((len(samples), length.max()), np.float32)
    for row, recording in zip(wave, samples, strict=True):
        row[: len(recording)] = recording / 32768
    return Batch(np.asarray(ids), {"wave": torch.from_numpy(wave), "length": torch.from_numpy(length)})


@lru_cache(maxsize=2)
def training_steps(data: str) -> tuple[Tensor, Tensor]:
    """(N, T, 32) the standardised log-mel of all training recordings, and (N, T) what is no padding."""
    sounds = Sounds()
    return listen(sounds.batch(data, "train", np.arange(sounds.size(data, "train"))), sounds.info(data))


# which word is it, by another voice?


def words_named(hear: Callable[[Tensor, Tensor], Tensor], data: str) -> dict[str, float]:
    """Share of words that are named, by who is known and who is asked.

    One voice said each word once, with its name; another voice of the same language says one of them. The name of the
    nearest is taken, by the cosine. A word's vector is made of the means over its beginning, its middle and its end,
    for a word has an order; those of a voice are standardised by the voice itself, for each has its own microphone. In
    no other pair of the seven voices two people speak one language.

    Args:
        hear: (n, T, 32) standardised log-mel and (n, T) what is no padding → (n, T, d).
        data: the set of recordings.
    """
    clips, info = audio.load(data).clips, Sounds().info(data)

    def vectors(rows: np.ndarray) -> np.ndarray:
        mel, visible = listen(padded([clips[i].samples for i in rows], rows), info)
        x = thirds(in_groups(hear, mel, visible), visible).numpy()
        x = (x - x.mean(0)) / np.maximum(x.std(0), 1e-6)
        return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12))

    found = {}
    for known, asked in word_pairs(data):
        a, b = vectors(known), vectors(asked)
        first, second = (audio.VOICES[clips[rows[0]].voice].title.split(" (")[0] for rows in (known, asked))
        language = audio.LANGUAGES[clips[known[0]].language]
        name = f"words of {second} named by those of {first} ({language}, guessing {1 / len(known):.1%})"
        found[name] = float(((b @ a.T).argmax(1) == np.arange(len(a))).mean())
    return found


def thirds(x: Tensor, visible: Tensor) -> Tensor:
    """(n, T, d) and (n, T) → (n, 3d): the means over the first, the second and the last third of the visible steps.

    >>> thirds(torch.tensor([[[1.0], [2.0], [3.0], [5.0], [9.0]]]), torch.tensor([[True] * 4 + [False]]))
    tensor([[1.5000, 3.0000, 5.0000]])
    """
    length = visible.sum(1)[:, None]
    part = (3 * torch.arange(x.shape[1], device=x.device) // length).masked_fill(~visible, 3)  # (n, T) 0, 1, 2; 3: none
    return torch.cat([mean_of_steps(x, part == third) for third in range(3)], 1)


@lru_cache(maxsize=2)
def word_pairs(data: str) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """For each two voices of one language (known, asked): numbers of clips, side by side those with the same word."""
    clips = audio.load(data).clips
    said = [{clip.name: i for i, clip in enumerate(clips) if clip.voice == v} for v in range(len(audio.VOICES))]
    spoken = sorted({(clip.voice, clip.language) for clip in clips})
    pairs = []
    for (a, one), (b, other) in permutations(spoken, 2):
        if one == other:
            both = sorted(said[a].keys() & said[b].keys())
            pairs.append((np.array([said[a][word] for word in both]), np.array([said[b][word] for word in both])))
    return tuple(pairs)


def raw_words(data: str) -> dict[str, float]:
    """`words_named` by how loud each band is: without any model."""
    return words_named(lambda mel, _: mel, data)


@lru_cache(maxsize=2)
def _by_length(data: str) -> np.ndarray:
    """Rows of the training recordings, the shortest first."""
    clips = audio.load(data)
    return np.argsort([len(clips.clips[i].samples) for i in clips.train], kind="stable")


@lru_cache(maxsize=2)
def _info(data: str) -> DataInfo:
    sounds = Sounds()
    every = sounds.batch(data, "train", np.arange(sounds.size(data, "train"))).data
    mel = log_mel(every["wave"])
    mel = mel[torch.arange(mel.shape[1]) < steps_in(every["length"])[:, None]]
    return DataInfo(mean=mel.mean(0), std=mel.std(0))


@lru_cache(maxsize=4)
def _probe_data(data: str, classes: str) -> ProbeData:
    clips, sounds = audio.load(data), Sounds()
    names = tuple(voice.title for voice in audio.VOICES) if classes == "voice" else audio.LANGUAGES
    y = np.array([clip.voice if classes == "voice" else clip.language for clip in clips.clips])
    train, test = (sounds.batch(data, part, np.arange(sounds.size(data, part))) for part in ("train", "held_out"))
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
