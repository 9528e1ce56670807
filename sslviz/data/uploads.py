"""A visitor's own picture, sentence, recording or clip, checked before it is used. Nothing is kept.

A file is judged by its first bytes, not by its name, and by the size that its header states before anything is
decoded, so that a small file that claims to be huge costs nothing.
"""

import io
import re
from fractions import Fraction

import numpy as np
import soundfile
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from scipy import signal

from sslviz.data import audio, video
from sslviz.data import text as sentences

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_BYTES = 5_000_000
MAX_PIXELS = 25_000_000
LONG_SIDE = 480  # pixels, as the bundled photographs
MAX_CHARACTERS = 2000
MAX_SOUND_BYTES = 10_000_000
MAX_SECONDS = 30
MAX_RATE, MAX_CHANNELS = 192_000, 8
SILENT = 0.003  # of full loudness: quieter than a microphone in a quiet room

MAX_CLIP_BYTES = 20_000_000
MAX_CLIP_SECONDS, READ_SECONDS = 60, 10  # how long a clip may be, and how much of it is looked at
MAX_DECODED = 500_000_000  # pixels of an animation that are decoded, some eight seconds of work
MAX_CLIP_PIXELS = 9_000_000  # a frame: 4K
MAX_CLIP_FRAMES = READ_SECONDS * 120  # that are decoded at most
FROZEN = 3.0  # change from frame to frame, of 255, where most changes; below it there is nothing but noise

_KINDS = "a JPEG, PNG, WebP or GIF picture"
_PICTURE = f"{_KINDS} of at most 5 MB and 25 megapixels"
_SOUND_FORMATS = ("WAV", "WAVEX", "FLAC", "OGG", "MP3")
_SOUND = f"a WAV, FLAC, OGG or MP3 recording of {audio.SHORTEST / audio.RATE:.2f} to {MAX_SECONDS} s and at most 10 MB"
_CLIP = (
    f"an MP4, MOV, WebM, MKV, AVI or OGV video, or an animated GIF or WebP, of at least {video.LENGTH} frames and at "
    f"most 20 MB, {MAX_CLIP_SECONDS} s and 9 megapixels, in which something moves"
)
_SENTENCE = f"an English sentence of 1 to {sentences.MAX_WORDS} words and marks"


class Refused(ValueError):
    """What a visitor gave cannot be used. The message is one sentence that says what is accepted."""


def picture(raw: bytes, name: str) -> NDArray[np.uint8]:
    """Decode a visitor's picture.

    A photo is turned upright as its camera noted, transparency becomes white, and an animation gives its first frame.

    Args:
        raw: the file, at most MAX_BYTES bytes.
        name: what the visitor's computer calls it; only used to name it in a refusal.

    Returns:
        (H, W, 3) uint8, the long side at most LONG_SIDE pixels.

    Raises:
        Refused: the file is empty, too large, of another kind, or damaged.
    """
    called = _short(name)
    if not raw:
        raise Refused(f"{called} is empty: please choose {_PICTURE}.")
    if len(raw) > MAX_BYTES:
        raise Refused(f"{called} has {_megabytes(len(raw))} MB, more than the 5 MB allowed: please choose {_PICTURE}.")
    try:
        opened = Image.open(io.BytesIO(raw), formats=FORMATS)  # reads the header only
    except UnidentifiedImageError:
        raise Refused(f"{called} is not a picture that can be read here: please choose {_PICTURE}.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(f"{called} states far more than 25 megapixels in its header: please choose {_PICTURE}.") from None
    except Exception:  # noqa: BLE001  a decoder may raise anything on a damaged header, and none may end the page
        raise Refused(f"{called} has a damaged header: please choose {_PICTURE}, saved anew.") from None
    with opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:
            megapixels = f"{width:,} × {height:,} pixels, more than the 25 megapixels allowed"
            raise Refused(f"{called} has {megapixels}: please choose {_PICTURE}.")
        try:
            return _upright_on_white(opened)
        except Exception:  # noqa: BLE001  as above
            raise Refused(
                f"{called} breaks off or is damaged, so that it cannot be shown: please choose {_PICTURE}, saved anew."
            ) from None


def sentence(text: str) -> list[str]:
    """Cut a visitor's sentence into tokens.

    Args:
        text: what was typed.

    Returns:
        1 to MAX_WORDS tokens as tokenise gives them, at least one of them a word.

    Raises:
        Refused: there is no word in the text, or too much of it.
    """
    if not text.strip():
        raise Refused(f"Nothing was typed: please type {_SENTENCE}.")
    if len(text) > MAX_CHARACTERS:
        raise Refused(f"This text has {len(text):,} characters, more than a sentence needs: please type {_SENTENCE}.")
    tokens = sentences.tokenise(text)
    if all(token in sentences.MARKS for token in tokens):
        raise Refused(f"There is no word in this, only signs: please type {_SENTENCE}.")
    if len(tokens) > sentences.MAX_WORDS:
        raise Refused(f"This has {len(tokens):,} words and marks, which is too long: please type {_SENTENCE}.")
    return tokens


def sound(raw: bytes, name: str) -> NDArray[np.int16]:
    """Decode a visitor's recording.

    Several channels are mixed into one, other rates are turned into 8 kHz, and the loudest sample becomes 0.7 of what
    is possible, as in the bundled recordings.

    Args:
        raw: the file, at most MAX_SOUND_BYTES bytes.
        name: what the visitor's computer calls it; only used to name it in a refusal.

    Returns:
        (n,) int16 at 8 kHz, at least audio.SHORTEST samples and at most MAX_SECONDS seconds.

    Raises:
        Refused: the file is empty, too large, too long, too short, silent, of another kind, or damaged.
    """
    called = _short(name)
    if not raw:
        raise Refused(f"{called} is empty: please choose {_SOUND}.")
    if len(raw) > MAX_SOUND_BYTES:
        raise Refused(f"{called} has {_megabytes(len(raw))} MB, more than the 10 MB allowed: please choose {_SOUND}.")
    try:
        with soundfile.SoundFile(io.BytesIO(raw)) as file:  # reads the header only
            if file.format not in _SOUND_FORMATS:
                raise Refused(f"{called} is a sound file of a kind that is not read here: please choose {_SOUND}.")
            if file.channels > MAX_CHANNELS or not 4000 <= file.samplerate <= MAX_RATE:
                many = f"{file.channels} channels at {file.samplerate / 1000:g} kHz"
                raise Refused(f"{called} has {many}, which is not read here: please choose {_SOUND}.")
            seconds = max(file.frames / file.samplerate, _stated_seconds(raw))
            if seconds > MAX_SECONDS:
                raise Refused(f"{called} says that it lasts {_duration(seconds)}: please choose {_SOUND}.")
            rate, left, parts = file.samplerate, MAX_SECONDS * file.samplerate, [np.zeros(0)]
            while left > 0 and len(part := file.read(min(left, 65_536), "float64", always_2d=True)):
                parts.append(part.mean(1))  # a piece at a time: eight channels at 192 kHz would take 300 MB
                left -= len(part)
            wave = np.concatenate(parts)
    except Refused:
        raise
    except Exception:  # noqa: BLE001  a decoder may raise anything on a damaged file, and none may end the page
        raise Refused(f"{called} is not a recording that can be read here: please choose {_SOUND}.") from None
    if not np.isfinite(wave).all():
        raise Refused(f"{called} is damaged, it holds values that are no numbers: please choose {_SOUND}, saved anew.")
    ratio = Fraction(audio.RATE, rate).limit_denominator(1000)  # 44,101 Hz would need a filter of a million numbers
    if len(wave) * ratio < audio.SHORTEST:
        short = f"lasts {len(wave) / rate:.2f} s, and {audio.SHORTEST / audio.RATE:.2f} s are needed"
        raise Refused(f"{called} {short}: please choose {_SOUND}.")
    wave = signal.resample_poly(wave - wave.mean(), ratio.numerator, ratio.denominator)
    peak = float(np.abs(wave).max())
    if peak < SILENT:
        raise Refused(f"{called} is silent, there is nothing to hear in it: please choose {_SOUND}.")
    return np.round(wave * (0.7 / peak) * 32767).astype(np.int16)


def clip(raw: bytes, name: str) -> NDArray[np.uint8]:
    """Decode a visitor's clip: the two seconds in which most moves, of its first READ_SECONDS.

    Args:
        raw: the file, at most MAX_CLIP_BYTES bytes.
        name: what the visitor's computer calls it; only used to name it in a refusal.

    Returns:
        (8, h, w, 3) uint8, a quarter of a second apart (evenly spread, where it is shorter), the long side at most
        video.LARGE pixels.

    Raises:
        Refused: the file is empty, too large, too long, a still, without motion, of another kind, or damaged.
    """
    called = _short(name)
    if not raw:
        raise Refused(f"{called} is empty: please choose {_CLIP}.")
    if len(raw) > MAX_CLIP_BYTES:
        raise Refused(f"{called} has {_megabytes(len(raw))} MB, more than the 20 MB allowed: please choose {_CLIP}.")
    kind = _clip_kind(raw)
    if kind is None:
        raise Refused(f"{called} is not a video that can be read here: please choose {_CLIP}.")
    try:
        frames, seconds = _animation(raw, called) if kind == "animation" else _film(raw, kind, called)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(f"{called} states far more than 9 megapixels in its header: please choose {_CLIP}.") from None
    except Exception:  # noqa: BLE001  a decoder may raise anything on a damaged file, and none may end the page
        raise Refused(f"{called} is damaged, or not a video that can be read here: please choose {_CLIP}.") from None
    if len(frames) == 1:
        raise Refused(f"{called} shows one frame only, so there is no order to find: please choose {_CLIP}.")
    if len(frames) < video.LENGTH:
        raise Refused(f"{called} has {len(frames)} frames, and {video.LENGTH} are needed: please choose {_CLIP}.")
    if seconds < 0.25 * video.LENGTH:
        frames = [frames[i] for i in np.linspace(0, len(frames) - 1, video.LENGTH).round().astype(int)]
    whole = np.stack(frames)
    moved = [_liveliest(whole[i : i + video.LENGTH]) for i in range(len(whole) - video.LENGTH + 1)]
    if max(moved) < FROZEN:
        looked = f" in the first {READ_SECONDS:g} seconds of" if seconds > READ_SECONDS else " in"
        raise Refused(f"Nothing moves{looked} {called}, so its frames have no order: please choose {_CLIP}.")
    best = int(np.argmax(moved))
    return whole[best : best + video.LENGTH].copy()


def _liveliest(frames: NDArray[np.uint8]) -> float:
    """How much changes from frame to frame in that of 9×16 cells in which most does, of 255. (f, h, w, 3) uint8."""
    small = video.small(frames).astype(np.int16)
    cells = np.abs(np.diff(small, axis=0)).reshape(len(small) - 1, 9, video.HIGH // 9, 16, video.WIDE // 16, 3)
    return float(cells.mean((0, 2, 4, 5)).max())


def _clip_kind(raw: bytes) -> str | None:
    """What a file is by its first bytes: "animation", or the name of the one demuxer that may read it."""
    head = raw[:16]
    if head[:4] == b"GIF8" or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return "animation"
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if head[:4] == b"RIFF" and head[8:11] == b"AVI":
        return "avi"
    return {b"\x1a\x45\xdf\xa3": "matroska", b"OggS": "ogg"}.get(head[:4])


def _film(raw: bytes, kind: str, called: str) -> tuple[list[NDArray[np.uint8]], float]:
    """Frames of a video, a quarter of a second apart (all, where it lasts less than two), and how long it lasts."""
    import av  # takes a tenth of a second, and most pages need no video

    with av.open(io.BytesIO(raw), "r", format=kind) as file:  # reads the header only, and opens nothing else
        if not file.streams.video:
            raise Refused(f"{called} has sound but no pictures: please choose {_CLIP}.")
        stream = file.streams.video[0]
        stated = file.duration / 1e6 if file.duration else 0.0
        if stated > MAX_CLIP_SECONDS:
            raise Refused(f"{called} says that it lasts {_duration(stated)}: please choose {_CLIP}.")
        _check_size(stream.width, stream.height, called)
        every = 0.0 if 0 < stated < 0.25 * video.LENGTH else 0.25
        frames: list[NDArray[np.uint8]] = []
        first, at, turn = None, 0.0, 0
        for number, frame in enumerate(file.decode(stream)):
            _check_size(frame.width, frame.height, called)
            first = frame.time if first is None else first
            at = (frame.time or 0.0) - (first or 0.0)
            if at > READ_SECONDS or number >= MAX_CLIP_FRAMES:
                break
            if at >= len(frames) * every - 1e-3:
                scale = min(1.0, video.LARGE / max(frame.width, frame.height))
                size = [max(2, round(side * scale / 2) * 2) for side in (frame.width, frame.height)]
                turn = (frame.rotation or 0) // 90
                pixels = frame.to_ndarray(format="rgb24", width=size[0], height=size[1])
                frames.append(np.rot90(pixels, turn))
    return frames, stated or at


def _animation(raw: bytes, called: str) -> tuple[list[NDArray[np.uint8]], float]:
    """The same of an animated GIF or WebP, transparency on white."""
    with Image.open(io.BytesIO(raw), formats=("GIF", "WEBP")) as opened:
        _check_size(*opened.size, called)
        count, at, taken = getattr(opened, "n_frames", 1), 0.0, []
        most = max(2 * video.LENGTH, MAX_DECODED // max(1, opened.width * opened.height))
        for number in range(min(count, MAX_CLIP_FRAMES, most)):
            opened.seek(number)
            if at > READ_SECONDS:
                break
            picture = opened.convert("RGBA")
            picture.thumbnail((video.LARGE, video.LARGE), Image.Resampling.LANCZOS)
            white = Image.new("RGBA", picture.size, "white")
            taken.append((at, np.array(Image.alpha_composite(white, picture).convert("RGB"))))
            at += max(20, float(opened.info.get("duration", 100) or 100)) / 1000
    if at < 0.25 * video.LENGTH:
        return [pixels for _, pixels in taken], at
    frames: list[NDArray[np.uint8]] = []
    for when, pixels in taken:
        if when >= len(frames) * 0.25 - 1e-3:
            frames.append(pixels)
    return frames, at


def _check_size(width: int, height: int, called: str) -> None:
    if width * height > MAX_CLIP_PIXELS:
        raise Refused(
            f"{called} has frames of {width:,} × {height:,} pixels, more than the 9 megapixels allowed: please choose "
            f"{_CLIP}."
        )
    if min(width, height) < 1:
        raise Refused(f"{called} states no size for its frames: please choose {_CLIP}.")


def _stated_seconds(raw: bytes) -> float:
    """How long a WAV says that it is, whatever it holds; 0 where it is no WAV or does not say."""
    if raw[:4] != b"RIFF" or raw[8:12] != b"WAVE":
        return 0.0
    place, a_second = 12, 0
    while place + 8 <= len(raw):
        kind, size = raw[place : place + 4], int.from_bytes(raw[place + 4 : place + 8], "little")
        if kind == b"fmt " and place + 20 <= len(raw):
            a_second = int.from_bytes(raw[place + 16 : place + 20], "little")  # bytes a second
        if kind == b"data":
            unknown = size == 0xFFFFFFFF  # a recorder that did not know yet when it would end
            return 0.0 if unknown or not a_second else size / a_second
        place += 8 + size + size % 2
    return 0.0


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 6000 else f"{seconds / 3600:.1f} hours"


def _upright_on_white(opened: Image.Image) -> NDArray[np.uint8]:
    # Made small first: turning and blending 25 megapixels would take 100 MB for each copy.
    if opened.mode.startswith("I;16"):  # a PNG of 16 bits: convert() would cut it off instead of scaling it
        whole = Image.fromarray((np.asarray(opened) >> 8).astype(np.uint8))
    else:
        whole = opened.convert("RGBA") if opened.mode in {"1", "P", "PA"} else opened  # colour numbers don't average
    whole.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(whole).convert("RGBA")
    white = Image.new("RGBA", upright.size, "white")
    return np.array(Image.alpha_composite(white, upright).convert("RGB"))


def _short(name: str) -> str:
    """The name in quotes, without signs that a page might take for markup, and not so long that it hides the rest."""
    clean = re.sub(r"[^\w .-]+", "_", "".join(filter(str.isprintable, name))).strip(" _")
    if not clean:
        return "The file"
    return f"“{clean}”" if len(clean) <= 40 else f"“{clean[:20]}…{clean[-15:]}”"


def _megabytes(size: int) -> str:
    return f"{np.ceil(size / 1e5) / 10:.1f}"  # rounded up, or 5,000,001 bytes would read as 5.0
