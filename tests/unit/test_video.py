"""Film: no shot in both parts, clips in which something moves; and what a visitor may bring as a clip."""

import io
import itertools
import struct
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from sslviz.data import uploads, video
from sslviz.data.uploads import Refused, clips
from sslviz.data.uploads.clips import clip


def moving(count: int = 24, height: int = 72, width: int = 128) -> list[np.ndarray]:
    """A bright square that walks to the right over a dark ground."""
    frames = []
    for i in range(count):
        frame = np.full((height, width, 3), 40, np.uint8)
        left = 4 + i * (width - 40) // max(1, count - 1)
        frame[20:50, left : left + 30] = (250, 200, 40)
        frames.append(frame)
    return frames


def place(frame: np.ndarray) -> float:
    """Where the square stands, 0 to 1."""
    bright = frame[..., 0] > 150
    return float(np.nonzero(bright)[1].mean() / frame.shape[1])


def film(
    frames: list[np.ndarray],
    kind: str = "mp4",
    rate: int | Fraction = 12,
    codec: str = "mpeg4",
    shape: Fraction | None = None,
) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=kind) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        if shape:
            stream.codec_context.sample_aspect_ratio = shape
        for frame in frames:
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    return file.getvalue()


def animation(frames: list[np.ndarray], kind: str = "GIF", milliseconds: int = 100) -> bytes:
    file, pictures = io.BytesIO(), [Image.fromarray(frame) for frame in frames]
    pictures[0].save(file, kind, save_all=True, append_images=pictures[1:], duration=milliseconds, loop=0)
    return file.getvalue()


# the bundled film


def test_no_shot_is_in_both_parts() -> None:
    train, held_out = (video.clips(part) for part in video.SPLIT)
    assert not {shot.name for shot in train.shots} & {shot.name for shot in held_out.shots}
    assert len({shot.name for shot in video.shots()}) == len(video.shots()) == 70
    seen = {frame.tobytes() for frame in train.frames}
    assert not [frame for frame in held_out.frames if frame.tobytes() in seen]
    assert len(set(held_out.shot.tolist())) >= 25


@pytest.mark.parametrize("part", video.SPLIT)
def test_clips_lie_within_their_shots_and_something_moves(part: str) -> None:
    clips = video.clips(part)
    assert clips.frames.shape[1:] == (3, video.HIGH, video.WIDE)
    for first, shot, at in zip(clips.first, clips.shot, clips.at, strict=True):
        whole = clips.shots[shot]
        assert whole.held_out == (part == "held_out")
        assert 0 <= at <= len(whole.frames) - video.LENGTH
        mine = clips.frames[first : first + video.LENGTH].transpose(0, 2, 3, 1)
        assert np.array_equal(mine, whole.frames[at : at + video.LENGTH])
        assert video.motion(mine) >= video.STILL
    for array in (clips.frames, clips.first, clips.shot, clips.at):
        assert not array.flags.writeable
    assert np.bincount(clips.shot).max() <= (video.MOST_HELD_OUT if part == "held_out" else 1000)


def test_large_frames_show_the_same_as_the_small_ones() -> None:
    shots = {shot.name: shot for shot in video.shots()}
    assert len(video.large()) == 9
    for name, (at, frames) in video.large().items():
        assert frames.shape == (video.LENGTH, 180, 320, 3)
        small = shots[name].frames[at : at + video.LENGTH].astype(int)
        assert np.abs(video.small(frames) - small).mean() < 6
        assert np.array_equal(video.look(shots[name], at), frames)
        assert shots[name].held_out


def test_every_shot_can_be_looked_at() -> None:
    for shot in (video.shots()[0], *video.shots()[-3:]):
        frames = video.look(shot, 3)
        assert frames.shape[0] == video.LENGTH
        assert np.array_equal(video.small(frames), shot.frames[3 : 3 + video.LENGTH])
    assert video.thumbnails("held_out").shape == (len(video.clips("held_out").first), 32, 32, 3)
    assert video.clips("held_out").name(0)
    with pytest.raises(ValueError, match="train, held_out"):
        video.clips("test")
    with pytest.raises(ValueError, match="not empty"):
        video.small(np.zeros((0, 3, 3, 3), np.uint8))


def test_who_is_in_a_shot_is_noted_in_both_parts() -> None:
    for part in video.SPLIT:
        assert {shot.character for shot in video.clips(part).shots} == {"", *video.CHARACTERS}


# a visitor's own


FILMS = {"mp4": "mpeg4", "matroska": "mpeg4", "avi": "mpeg4", "webm": "libvpx"}


@pytest.mark.parametrize(("kind", "codec"), FILMS.items(), ids=FILMS)
def test_a_video_becomes_eight_frames_in_true_order(kind: str, codec: str) -> None:
    frames = clip(film(moving(36), kind, codec=codec), f"walk.{kind}")
    assert frames.shape == (8, 72, 128, 3)
    places = [place(frame) for frame in frames]
    steps = np.diff(places)
    assert (steps > 0).all()
    assert np.ptp(steps) < 0.02  # evenly spaced


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_becomes_eight_frames_in_true_order(kind: str) -> None:
    frames = clip(animation(moving(12), kind), "walk.gif")  # 1.2 s: all of it
    places = [place(frame) for frame in frames]
    assert places == sorted(places)
    assert places[0] < 0.2
    assert places[-1] > 0.75


def test_a_large_frame_is_made_small() -> None:
    assert clip(film(moving(30, 720, 1280)), "large.mp4").shape == (8, 180, 320, 3)


def test_of_a_long_clip_the_part_with_most_motion_is_taken() -> None:
    still = [moving(2)[0]] * 36
    frames = clip(film([*still, *moving(30), *still], rate=12), "mostly still.mp4")
    assert np.ptp([place(frame) for frame in frames]) > 0.3


def test_the_film_is_taken_and_not_its_cover() -> None:
    frames = clip((Path(__file__).parents[1] / "data" / "cover-before-film.mp4").read_bytes(), "film.mp4")
    assert frames.shape == (8, 120, 160, 3)


def test_a_slide_show_has_as_many_frames_as_it_has() -> None:
    frames = clip(animation(moving(20), milliseconds=5000), "slides.gif")
    places = [place(frame) for frame in frames]
    assert (np.diff(places) > 0.01).all()
    with pytest.raises(Refused, match="has 5 frames, and 8 are needed"):
        clip(animation(moving(5), milliseconds=5000), "slides.gif")
    hours = clip(film(moving(12), rate=Fraction(1, 600)), "clouds.mp4")  # a frame every ten minutes
    assert (np.diff([place(frame) for frame in hours]) > 0.01).all()


def test_an_animated_png_is_a_clip() -> None:
    assert place(clip(animation(moving(12), "PNG"), "walk.png")[-1]) > 0.75


def test_few_frames_that_are_long_are_counted_with_the_quick_ones() -> None:
    pictures, file = [Image.fromarray(frame) for frame in moving(10)], io.BytesIO()
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], duration=[50] * 7 + [2000] * 3)
    assert len({frame.tobytes() for frame in clip(file.getvalue(), "mixed.gif")}) == 8


@pytest.mark.parametrize(("ratio", "shape"), [(Fraction(2), (72, 256)), (Fraction(1, 2), (144, 128))])
def test_pixels_that_are_not_square_keep_their_shape(ratio: Fraction, shape: tuple[int, int]) -> None:
    assert clip(film(moving(24), shape=ratio), "anamorphic.mp4").shape == (8, *shape, 3)


@pytest.mark.parametrize(
    ("matrix", "edge"), [((0, 1, -1, 0), "top"), ((-1, 0, 0, -1), "right"), ((0, -1, 1, 0), "bottom")]
)
def test_a_film_is_turned_as_the_camera_was_held(matrix: tuple[int, int, int, int], edge: str) -> None:
    raw = bytearray(film(moving(24)))
    a, b, c, d = (value * 65536 for value in matrix)
    at = raw.index(b"tkhd") + 4 + 40
    raw[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    first = clip(bytes(raw), "phone.mov")[0][..., 0] > 150  # the square stands at the left edge of what was filmed
    rows, columns = np.nonzero(first)
    where = {
        "top": rows.mean() / len(first),
        "bottom": 1 - rows.mean() / len(first),
        "right": 1 - columns.mean() / first.shape[1],
    }
    assert where[edge] < 0.25


def test_a_film_that_breaks_off_is_used_up_to_there() -> None:
    whole = film(moving(60), "matroska")
    frames = clip(whole[: len(whole) * 2 // 3], "half.mkv")
    assert place(frames[-1]) > place(frames[0])


def test_an_animation_that_breaks_off_is_used_up_to_there() -> None:
    whole = animation(moving(40))
    frames = clip(whole[: len(whole) * 2 // 3], "half.gif")
    assert 0.2 < place(frames[-1]) < 0.7


def test_of_a_large_animation_only_the_beginning_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = animation(moving(40))
    monkeypatch.setattr(clips, "MAX_DRAWN", 10 * 72 * 128)
    assert max(place(frame) for frame in clip(raw, "large.gif")) < 0.4
    raw = film(moving(40))
    monkeypatch.setattr(clips, "MAX_DECODED", 10 * 72 * 128)
    assert max(place(frame) for frame in clip(raw, "large.mp4")) < 0.4


def huge_gif() -> bytes:
    """A GIF of a few bytes that claims 65,000 × 65,000 pixels."""
    raw = bytearray(animation(moving(8)))
    raw[6:10] = (65000).to_bytes(2, "little") * 2
    return bytes(raw)


BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "a GIF with one frame": (animation(moving(1)), "one frame only, so there is no order"),
    "a few frames": (animation(moving(5)), "has 5 frames, and 8 are needed"),
    "no motion": (film([moving(2)[0]] * 24), "Nothing moves in “clip.mp4”"),
    "a renamed text file": (b"To be, or not to be: that is the question.\n" * 99, "not a video"),
    "a playlist": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "not a video"),
    "too large": (b"\0\0\0\x20ftypisom" + bytes(uploads.MAX_CLIP_BYTES), "20.1 MB, more than the 20 MB allowed"),
    "too many pixels": (huge_gif(), "far more than 9 megapixels"),
    "cut short": (film(moving(24))[:900], "damaged"),
    "nothing but a header": (b"\x1a\x45\xdf\xa3" + bytes(200), "damaged"),
}


@pytest.mark.parametrize(("raw", "says"), BAD.values(), ids=BAD)
def test_bad_input_gets_one_clear_sentence(raw: bytes, says: str) -> None:
    began = time.process_time()
    with pytest.raises(Refused) as refused:
        clip(raw, "clip.mp4")
    told = str(refused.value)
    assert says in told
    assert "please choose an MP4" in told
    assert told.endswith(".")
    assert "\n" not in told
    assert time.process_time() - began < 2  # refused before anything large was decoded


def test_sound_alone_is_refused() -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as out:
        stream = out.add_stream("pcm_s16le", rate=8000)
        frame: Any = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        for packet in itertools.chain(stream.encode(frame), stream.encode()):
            out.mux(packet)
    with pytest.raises(Refused, match="sound but no pictures"):
        clip(file.getvalue(), "song.mkv")
