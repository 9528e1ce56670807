"""What is to be heard and seen of a recording on the pages of sound, as sounds and pictures for the browser."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from sslviz.data import audio

POINTS = 8  # of the drawn wave, a step
AROUND = 1200  # samples of a short sound: 150 ms
HOP, FIELD = 160, 200  # samples from step to step, and of one step


def medley(places: list[tuple[int, int]]) -> audio.Samples:
    """What stands around each of these places, one after the other with a short pause between."""
    clips, pause = audio.load().clips, np.zeros(1600, np.int16)
    parts = [cut_out(clips[clip].samples, step) for clip, step in places]
    return np.concatenate([piece for part in parts for piece in (part, pause)][:-1]) if parts else pause


def cut_out(samples: audio.Samples, step: int, around: int = AROUND) -> audio.Samples:
    """`around` samples with a step in the middle, softly faded in and out."""
    first = max(0, step * HOP + FIELD // 2 - around // 2)
    part = samples[first : first + around].astype(np.float64)
    fade = np.minimum(1, np.arange(len(part)) / 80)
    return np.asarray(np.round(part * fade * fade[::-1]), np.int16)


def silenced(samples: audio.Samples, masked: NDArray[np.bool_]) -> audio.Samples:
    """The recording with its covered steps silent, to be heard by people; the model gets no wave at all."""
    covered = np.repeat(masked, HOP)[: len(samples)]
    gone = np.zeros(len(samples), bool)
    gone[: len(covered)] = covered
    return np.where(gone, 0, samples).astype(np.int16)


def sound_address(samples: audio.Samples) -> str:
    """A sound as a data: address."""
    return f"data:audio/wav;base64,{base64.b64encode(audio.wav(samples)).decode()}"


def mel_picture(mel: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(T, 32) → (32, T, 3): dark where it is loud, high sounds on top."""
    low, high = np.percentile(mel, [2, 99])
    loud = np.clip((mel.T[::-1] - low) / max(1e-6, high - low), 0, 1)[..., None]
    return np.round(np.array([246, 244, 238]) * (1 - loud) + np.array([38, 44, 66]) * loud).astype(np.uint8)


def gap_picture(mel: NDArray[np.float32], masked: NDArray[np.bool_], step: int) -> NDArray[np.uint8]:
    """(T, 32) → a picture of what is heard, covered steps hatched, and one of them framed in blue."""
    wide, high = 9, 4
    pixels = mel_picture(mel).repeat(high, 0).repeat(wide, 1)
    covered = masked.repeat(wide)
    rows, columns = np.indices(pixels.shape[:2])
    pixels[:, covered] = (233, 231, 224)
    pixels[((rows + columns) % 9 < 2) & covered] = (122, 127, 135)
    first, last, blue = max(0, step * wide - 1), (step + 1) * wide, (27, 110, 194)
    pixels[:, first : last + 1][[0, 1, 2, -3, -2, -1]] = blue
    pixels[:, [first, first + 1, last - 1, min(last, pixels.shape[1] - 1)]] = blue
    return pixels


def piece_picture(mel: NDArray[np.float32], step: int) -> NDArray[np.uint8]:
    """The seven steps around one, as a picture."""
    whole = mel_picture(mel)
    first = int(np.clip(step - 3, 0, max(0, len(mel) - 7)))
    return whole[:, first : first + 7].repeat(4, 0).repeat(9, 1)


def wave_points(samples: audio.Samples, steps: int) -> list[list[int]]:
    """[lowest, highest] in −100…100 of each eighth of a step."""
    inside = samples[: steps * HOP]
    padded = np.pad(inside, (0, steps * HOP - len(inside))).reshape(-1, HOP // POINTS)
    return [[int(low / 328), int(high / 328)] for low, high in zip(padded.min(1), padded.max(1), strict=True)]
