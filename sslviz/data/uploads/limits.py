"""What is accepted, in numbers and in words."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np

from sslviz.data import audio, video
from sslviz.data import text as sentences

Kind = Literal["picture", "sound", "clip"]

MEGABYTE = 1 << 20  # bytes, as Streamlit counts where it says "5MB per file"
MAX_BYTES, MAX_SOUND_BYTES, MAX_CLIP_BYTES = 5 * MEGABYTE, 10 * MEGABYTE, 20 * MEGABYTE
MAX_PIXELS = 25_000_000
MAX_CHARACTERS = 2000
MAX_SECONDS = 30  # of a recording
MAX_CLIP_PIXELS = 9_000_000  # a frame: 4K

PICTURE = "a JPEG, PNG, WebP, GIF, HEIC or AVIF picture of at most 5 MB and 25 megapixels"
SOUND = (
    f"a WAV, FLAC, OGG, MP3, M4A or WebM recording of {audio.SHORTEST / audio.RATE:.2f} to {MAX_SECONDS} s and at most "
    "10 MB"
)
CLIP = (
    f"an MP4, MOV, WebM, MKV, AVI or OGV video, or an animated GIF, WebP or PNG, of at least {video.LENGTH} frames and "
    "at most 20 MB and 9 megapixels, in which something moves"
)
SENTENCE = f"an English sentence of 1 to {sentences.MAX_WORDS} words and marks"
ACCEPTED: dict[Kind, tuple[int, str]] = {
    "picture": (MAX_BYTES, PICTURE),
    "sound": (MAX_SOUND_BYTES, SOUND),
    "clip": (MAX_CLIP_BYTES, CLIP),
}


class Refused(ValueError):
    """What a visitor gave cannot be used. The message is one sentence that says what is accepted."""


def check_weight(kind: Kind, raw: bytes, name: str) -> str:
    """How the file is called in a refusal. Raises Refused for one without any byte, and for one too large."""
    called, (most, accepted) = short(name), ACCEPTED[kind]
    if not raw:
        raise Refused(f"{called} is empty: please choose {accepted}.")
    if len(raw) > most:
        allowed = f"more than the {most // MEGABYTE} MB allowed"
        raise Refused(f"{called} has {_megabytes(len(raw))} MB, {allowed}: please choose {accepted}.")
    return called


def short(name: str) -> str:
    """The name in quotes, without signs that a page might take for markup, and not so long that it hides the rest."""
    clean = re.sub(r"[^\w .-]+", "_", "".join(filter(str.isprintable, name))).strip(" _")
    if not clean:
        return "The file"
    return f"“{clean}”" if len(clean) <= 40 else f"“{clean[:20]}…{clean[-15:]}”"


def _megabytes(size: int) -> str:
    return f"{np.ceil(10 * size / MEGABYTE) / 10:.1f}"  # rounded up, or one byte more would read as 5.0
