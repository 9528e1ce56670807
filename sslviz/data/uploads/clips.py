"""A visitor's own clip."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial

import av
import numpy as np
from av.stream import Disposition
from numpy.typing import NDArray
from PIL import Image

from sslviz.data import video
from sslviz.data.uploads.limits import CLIP, MAX_CLIP_PIXELS, Refused, check_weight

STEP, READ = 0.25, 41  # seconds from frame to frame; frames that are looked at: ten seconds, in most clips
MAX_DECODED, MAX_DRAWN = (
    600_000_000,
    150_000_000,
)  # pixels of a film, of an animation that are decoded, two seconds of work
MAX_FRAMES = 300  # that are kept of a clip which is over in less than two seconds
FROZEN = 3.0  # change from frame to frame, of 255, where most changes; below it there is nothing but noise
SHORTEST_SHOWN = 20  # milliseconds: an animation that states less is shown at 100, as browsers do
# By content alone FFmpeg chooses among these; kinds that name other files (playlists and the like) are not among them.
FILMS = {"format_whitelist": "mov,matroska,avi,ogg", "protocol_whitelist": "none"}

Frames = NDArray[np.uint8]
Shown = Iterator[tuple[float, Callable[[], Frames]]]  # when a frame is shown, in seconds, and what makes its pixels


def clip(raw: bytes, name: str) -> Frames:
    """Decode a visitor's clip: of what is looked at, the eight frames in which most moves.

    Frames are a quarter of a second apart, or as far as they are shown where that is longer: a slide show moves slowly.
    All of a clip that has fewer than eight of them, but as many frames, is spread evenly.

    Args:
        raw: the file, at most MAX_CLIP_BYTES bytes.
        name: what the visitor's computer calls it; only used to name it in a refusal.

    Returns:
        (8, h, w, 3) uint8, the long side at most video.LARGE pixels.

    Raises:
        Refused: the file is empty, too large, a still, without motion, of another kind, or damaged.
    """
    called = check_weight("clip", raw, name)
    try:
        frames, all_of_it = _taken(_animation(raw, called) if _is_animation(raw) else _film(raw, called))
    except (Refused, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(f"{called} states far more than 9 megapixels in its header: please choose {CLIP}.") from None
    except Exception:  # noqa: BLE001  a decoder may raise anything on a damaged file, and none may end the page
        raise Refused(f"{called} is damaged, or not a video that can be read here: please choose {CLIP}.") from None
    if len(frames) == 1:
        raise Refused(f"{called} shows one frame only, so there is no order to find: please choose {CLIP}.")
    if len(frames) < video.LENGTH:
        raise Refused(f"{called} has {len(frames)} frames, and {video.LENGTH} are needed: please choose {CLIP}.")
    whole = np.stack(frames)
    moved = [_liveliest(whole[i : i + video.LENGTH]) for i in range(len(whole) - video.LENGTH + 1)]
    if max(moved) < FROZEN:
        looked = "in" if all_of_it else "at the beginning of"
        raise Refused(f"Nothing moves {looked} {called}, so its frames have no order: please choose {CLIP}.")
    best = int(np.argmax(moved))
    return whole[best : best + video.LENGTH].copy()


def _taken(shown: Shown) -> tuple[list[Frames], bool]:
    """The frames that are looked at, and whether there are no others."""
    taken: list[Frames] = []
    every: list[Frames] = []
    due, count = 0.0, 0
    for at, make in shown:
        if len(taken) == READ:
            return taken, False
        count += 1
        on_time = at >= due - 1e-3
        if on_time:
            due = (at if at > due + STEP else due) + STEP
        few = len(taken) < video.LENGTH and len(every) < MAX_FRAMES
        if on_time or few:
            pixels = make()
            taken += [pixels] * on_time
            every += [pixels] * few
    if len(taken) >= video.LENGTH:
        return taken, True
    spread = np.linspace(0, len(every) - 1, min(len(every), video.LENGTH)).round().astype(int)
    return [every[i] for i in spread], len(every) == count


def _liveliest(frames: Frames) -> float:
    """How much changes from frame to frame in that of 9×16 cells in which most does, of 255. (f, h, w, 3) uint8."""
    small = video.small(frames).astype(np.int16)
    cells = np.abs(np.diff(small, axis=0)).reshape(len(small) - 1, 9, video.HIGH // 9, 16, video.WIDE // 16, 3)
    return float(cells.mean((0, 2, 4, 5)).max())


def _film(raw: bytes, called: str) -> Shown:
    """The frames of a video, as far as they can be decoded."""
    with av.open(io.BytesIO(raw), "r", options=FILMS) as file:
        stream = file.streams.best("video")  # FFmpeg's choice: a cover picture comes last
        if not isinstance(stream, av.VideoStream) or stream.disposition & Disposition.attached_pic:
            raise Refused(f"{called} has sound but no pictures: please choose {CLIP}.")
        stream.codec_context.thread_count = 1  # by default as many as there are cores, each with its own memory
        _check_size(stream.width, stream.height, called)
        wide, first, decoded, number = float(stream.sample_aspect_ratio or 1), None, 0, 0
        frames = file.decode(stream)
        while decoded < MAX_DECODED:
            try:
                frame = next(frames)
            except (StopIteration, av.EOFError):
                return
            except av.FFmpegError:
                if number < video.LENGTH:
                    raise
                return  # what came before the fault is shown
            _check_size(frame.width, frame.height, called)
            number, decoded = number + 1, decoded + frame.width * frame.height
            at = number * STEP if frame.time is None else frame.time
            first = at if first is None else first
            yield at - first, partial(_upright, frame, wide)


def _upright(frame: av.VideoFrame, wide: float) -> Frames:
    """A frame made small, turned as the camera was held; `wide` is how much wider than high its pixels are."""
    width, height = frame.width * max(wide, 1.0), frame.height / min(wide, 1.0)  # only ever enlarged: nothing is lost
    scale = min(1.0, video.LARGE / max(width, height))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (width, height))
    pixels = frame.to_ndarray(format="rgb24", width=width, height=height, threads=1)
    return np.rot90(pixels, (frame.rotation or 0) // 90)


def _is_animation(raw: bytes) -> bool:
    return raw[:4] == b"GIF8" or raw[8:12] == b"WEBP" or raw[:4] == b"\x89PNG"


def _animation(raw: bytes, called: str) -> Shown:
    """The frames of an animated GIF, WebP or PNG."""
    with Image.open(io.BytesIO(raw), formats=("GIF", "WEBP", "PNG")) as opened:
        _check_size(*opened.size, called)
        at = 0.0
        for number in range(1 + MAX_DRAWN // (opened.width * opened.height)):
            try:
                opened.seek(number)
                opened.load()
            except EOFError:
                return
            except Exception:
                if number < video.LENGTH:
                    raise
                return  # as in a film
            yield at, partial(_on_white, opened)
            shown = float(opened.info.get("duration") or 0)
            at += (shown if shown >= SHORTEST_SHOWN else 100) / 1000


def _on_white(opened: Image.Image) -> Frames:
    """The present frame of an animation made small, transparency on white."""
    picture = opened.convert("RGBA")
    picture.thumbnail((video.LARGE, video.LARGE), Image.Resampling.LANCZOS)
    return np.array(Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB"))


def _check_size(width: int, height: int, called: str) -> None:
    if width * height > MAX_CLIP_PIXELS:
        raise Refused(
            f"{called} has frames of {width:,} × {height:,} pixels, more than the 9 megapixels allowed: please choose "
            f"{CLIP}."
        )
    if min(width, height) < 1:
        raise Refused(f"{called} states no size for its frames: please choose {CLIP}.")
