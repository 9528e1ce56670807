"""A visitor's own recording."""

from __future__ import annotations

import io

import av
import numpy as np
from numpy.typing import NDArray

from sslviz.data import audio
from sslviz.data.uploads.limits import MAX_SECONDS, SOUND, Refused, check_weight

MAX_RATE, MAX_CHANNELS = 192_000, 8
PADDING = 0.1  # seconds that an MP3 of MAX_SECONDS may be longer than what was put into it
SILENT = 0.003  # of full loudness: quieter than a microphone in a quiet room
# By content alone FFmpeg chooses among these; kinds that name other files (playlists and the like) are not among them.
SOUNDS = {"format_whitelist": "wav,w64,flac,ogg,mp3,mov,matroska,aac,amr", "protocol_whitelist": "none"}


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
    called = check_weight("sound", raw, name)
    try:
        channels = _channels(raw, called)
    except (Refused, MemoryError):
        raise
    except Exception:  # noqa: BLE001  a decoder may raise anything on a damaged file, and none may end the page
        raise Refused(f"{called} is not a recording that can be read here: please choose {SOUND}.") from None
    if not np.isfinite(channels).all():
        raise Refused(f"{called} is damaged, it holds values that are no numbers: please choose {SOUND}, saved anew.")
    if channels.shape[1] < audio.SHORTEST:
        seconds = channels.shape[1] / audio.RATE
        short = f"lasts {seconds:.2f} s, and {audio.SHORTEST / audio.RATE:.2f} s are needed"
        raise Refused(f"{called} {short}: please choose {SOUND}.")
    wave = _mixed(channels - channels.mean(1, keepdims=True))
    peak = float(np.abs(wave).max())
    if peak < SILENT:
        raise Refused(f"{called} is silent, there is nothing to hear in it: please choose {SOUND}.")
    return np.round(wave * (0.7 / peak) * 32767).astype(np.int16)


def _channels(raw: bytes, called: str) -> NDArray[np.float64]:
    """(channels, n) at 8 kHz: what there is, whatever length the file states."""
    options = {**SOUNDS, "ignore_length": "1"} if _states_too_little(raw) else SOUNDS
    with av.open(io.BytesIO(raw), "r", options=options) as file:
        stream = file.streams.best("audio")
        if not isinstance(stream, av.AudioStream):
            raise Refused(f"{called} has no sound in it: please choose {SOUND}.")
        if stream.channels > MAX_CHANNELS or not 4000 <= stream.rate <= MAX_RATE:
            many = f"{stream.channels} channels at {stream.rate / 1000:g} kHz"
            raise Refused(f"{called} has {many}, which is not read here: please choose {SOUND}.")
        resampler = av.AudioResampler(format="flt", rate=audio.RATE)
        parts, length = [np.zeros((stream.channels, 0))], 0
        frames = file.decode(stream)
        while True:
            try:
                frame = next(frames, None)
            except av.FFmpegError:
                if length < audio.SHORTEST:
                    raise
                frame = None  # what came before the fault is heard
            for small in resampler.resample(frame):
                parts.append(small.to_ndarray().reshape(-1, stream.channels).T.astype(np.float64))
                length += small.samples
            if length > (MAX_SECONDS + PADDING) * audio.RATE:
                raise Refused(f"{called} lasts more than {MAX_SECONDS} seconds: please choose {SOUND}.")
            if frame is None:
                return np.concatenate(parts, axis=1)[:, : MAX_SECONDS * audio.RATE]


def _states_too_little(raw: bytes) -> bool:
    """Whether a WAV goes on where it says that its sound ends, and not with the name of another part."""
    if raw[:4] != b"RIFF" or raw[8:12] != b"WAVE":
        return False
    place, kind = 12, b""
    while kind != b"data" and place + 8 <= len(raw):
        kind, size = raw[place : place + 4], int.from_bytes(raw[place + 4 : place + 8], "little")
        place += 8 + size + size % 2
    after = raw[place : place + 4]
    return len(after) == 4 and not (after.isascii() and after.decode().isprintable())


def _mixed(channels: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of all channels (c, n), where one that is upside down beside the loudest is turned: it would cancel."""
    loudest = channels[np.square(channels).sum(1).argmax()]
    turned = np.where(channels @ loudest < 0, -1.0, 1.0)
    return (turned[:, None] * channels).mean(0)
