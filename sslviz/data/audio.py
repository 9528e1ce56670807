"""Sound: a thousand short recordings of seven voices in five languages, digits, letters and prompts of telephones.

Real people recorded them; `credits` has their names and terms. 8,000 samples a second, one channel, 16 bits.
"""

import csv
import io
import wave
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import soundfile
from numpy.typing import NDArray

from sslviz.data import ASSETS, Credit
from sslviz.data.mapped import mapped

SETS = {"voices": "Seven voices in five languages"}
RATE = 8000  # samples a second, of a telephone
SHORTEST, LONGEST = 12 * 160 + 40, 12_800  # samples: twelve steps of 20 ms, and 1.6 s
HELD_OUT = 40  # clips of every voice that are held out
LANGUAGES = ("English", "Spanish", "French", "Italian", "Russian")
_FOLDER = ASSETS / "audio"
_SPOKEN = dict(zip(("en", "es", "fr", "it", "ru"), range(5), strict=True))

Samples = NDArray[np.int16]


@dataclass(frozen=True)
class Clip:
    """One recording: samples (n,) int16, read-only; what the files call it; number of its voice and of its language."""

    samples: Samples
    name: str
    voice: int
    language: int

    @property
    def title(self) -> str:
        """For people to read, such as "seven, June Wallack": the name as the telephone system has it, and the voice."""
        return f"{self.name}, {VOICES[self.voice].title}"


@dataclass(frozen=True)
class Voice:
    """One voice: the file's name, how it is called on a page, and its credit."""

    file: str
    title: str
    credit: Credit


@dataclass(frozen=True)
class ClipSet:
    """All clips, and which of them are trained on and which are held out, as row numbers."""

    clips: tuple[Clip, ...]
    train: NDArray[np.int64]
    held_out: NDArray[np.int64]


@cache
def load(name: str = "voices") -> ClipSet:
    """The clips, loaded once and then kept.

    Left out are clips under SHORTEST, and exact copies: some prompts lie under two names, and one of them held out
    would have been heard in training. Of every voice HELD clips are held out, drawn once and for all. So no recording
    is in both parts, but the same voice is, and the same kind of word: “seven” by one voice may be trained on and
    “seven” by another held out.

    Raises:
        ValueError: SETS has no such name.
    """
    if name not in SETS:
        raise ValueError(f"There are no recordings {name!r}. The sets are: {', '.join(SETS)}.")
    tapes = {voice.file: _tape(voice.file) for voice in VOICES}
    numbers = {voice.file: number for number, voice in enumerate(VOICES)}
    clips: list[Clip] = []
    seen: set[bytes] = set()
    with (_FOLDER / "index.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            first, length = int(row["start"]), int(row["length"])
            samples = tapes[row["file"]][first : first + length]
            if length < SHORTEST or samples.tobytes() in seen:
                continue
            seen.add(samples.tobytes())
            clips.append(Clip(samples, _called(row["name"]), numbers[row["file"]], _SPOKEN[row["language"]]))
    voice = np.array([clip.voice for clip in clips])
    rng = np.random.default_rng(0)
    held_out = np.sort(
        np.concatenate([rng.permutation(np.flatnonzero(voice == v))[:HELD_OUT] for v in range(len(VOICES))])
    )
    train = np.setdiff1d(np.arange(len(clips)), held_out)
    return ClipSet(tuple(clips), rng.permutation(train), rng.permutation(held_out))


def excerpt(samples: Samples) -> Samples:
    """The loudest LONGEST samples of a longer recording: the model knows no places beyond 1.6 s."""
    if len(samples) <= LONGEST:
        return samples
    energy = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    first = int((energy[LONGEST:] - energy[:-LONGEST]).argmax())
    return samples[first : first + LONGEST]


def wav(samples: Samples) -> bytes:
    """A sound file of 8 kHz, as a browser plays it."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.asarray(samples, "<i2").tobytes())
    return target.getvalue()


def _tape(file: str) -> Samples:
    def make() -> dict[str, Samples]:
        samples, rate = soundfile.read(_FOLDER / file, dtype="int16")
        assert rate == RATE  # noqa: S101 - our own files
        return {"samples": np.asarray(samples, np.int16)}

    return mapped(file.partition(".")[0], [_FOLDER / file], ["samples"], make)["samples"]


@lru_cache(maxsize=512)
def _called(name: str) -> str:
    """What the files call it, easier to read: "digits/h-17" becomes "digits h-17"."""
    return name.replace("/", " ").replace("_", " ")


_SA = ("CC BY-SA 3.0", "https://creativecommons.org/licenses/by-sa/3.0/")
_BY = ("CC BY 3.0", "https://creativecommons.org/licenses/by/3.0/")
_CHANGED = "short clips only, 8 kHz, silence at both ends trimmed, evened in loudness, the lowest four bits cleared"
_ALLISON = "Allison Smith"
_ASTERISK = "https://downloads.asterisk.org/pub/telephony/sounds/"

VOICES = (
    Voice("en_allison.flac", "Allison (English)", Credit("English prompts", _ALLISON, *_SA, _ASTERISK, _CHANGED)),
    Voice("es_allison.flac", "Allison (Spanish)", Credit("Spanish prompts", _ALLISON, *_SA, _ASTERISK, _CHANGED)),
    Voice("fr_june.flac", "June (French)", Credit("French prompts", "June Wallack", *_SA, _ASTERISK, _CHANGED)),
    Voice(
        "fr_armelle.flac", "Armelle (French)",
        Credit(
            "More French prompts", "Armelle Desjardins, © Michel Gutierrez", "BSD-style",
            "https://sources.debian.org/src/asterisk-prompt-fr-armelle/",
            "https://packages.debian.org/bookworm/asterisk-prompt-fr-armelle", _CHANGED,
        ),
    ),
    Voice(
        "it_carlo.flac", "Carlo (Italian)",
        Credit("Italian prompts", "Carlo Flora (www.segreterietelefoniche.it)", *_BY, _ASTERISK, _CHANGED),
    ),
    Voice(
        "it_paola.flac", "Paola (Italian)",
        Credit(
            "More Italian prompts", "made by Marco Menardi and his wife Paola Dal Zot, http://www.voip.ammdomus.it",
            "CC BY-SA 3.0 IT", "https://creativecommons.org/licenses/by-sa/3.0/it/",
            "https://packages.debian.org/bookworm/asterisk-prompt-it-menardi-wav", _CHANGED,
        ),
    ),
    Voice(
        "ru_ivrvoice.flac", "ivrvoice (Russian)",
        Credit("Russian prompts", "ivrvoice.ru, provided by Maxim Topal", *_BY, _ASTERISK, _CHANGED),
    ),
)  # fmt: skip


def credits() -> tuple[Credit, ...]:  # noqa: A001 - it is what they are
    """Who recorded the voices, to be shown wherever one is heard."""
    return tuple(voice.credit for voice in VOICES)
