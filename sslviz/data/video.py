"""Film: shots of a cartoon, a cat that runs past a row of cameras, and a city at night, as clips of eight frames.

A shot is what is between two cuts. All clips of a shot are either trained on or held out: clips of one shot share
their background, and a model that has seen it would be judged on what it knows by heart.
"""

import csv
import io
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sslviz.data import ASSETS, Credit
from sslviz.data.mapped import mapped

SETS = {"film": "Big Buck Bunny; held out: the cat and the city, too"}
LENGTH = 8  # frames in a clip, two seconds of the cartoon
HIGH, WIDE = 36, 64  # what training reads of a frame: 16:9, a little more than the 32×32 that the model sees
LARGE = 320  # pixels across, for people to look at
MOST_HELD_OUT = 40  # held-out clips of one shot: a long shot shall not decide alone
STILL = 1.0  # mean change from frame to frame, of 255; below it there is nothing to put in order
SPLIT = "train", "held_out"

Frames = NDArray[np.uint8]


@dataclass(frozen=True)
class Shot:
    """What is between two cuts.

    Attributes:
        name: for people to read.
        source: "cartoon", "cat" or "city".
        held_out: whether it is held out.
        character: who is in it, of CHARACTERS; empty where that changes or was not noted.
        frames: (f, 36, 64, 3) uint8, read-only.
        second: of the film, at the first frame; of the cartoon only.
    """

    name: str
    source: str
    held_out: bool
    character: str
    frames: Frames
    second: float = 0.0


CHARACTERS = ("the rabbit", "the rodents")


@dataclass(frozen=True)
class Clips:
    """All clips of one part. Arrays are read-only.

    Attributes:
        frames: (f, 3, 36, 64) uint8, the frames of all its shots, one after the other.
        first: (n,) int64, the row in `frames` where a clip begins; it has LENGTH frames.
        shot: (n,) int64, which shot it is from.
        at: (n,) int64, which frame of that shot it begins with.
        shots: the shots.
    """

    frames: Frames
    first: NDArray[np.int64]
    shot: NDArray[np.int64]
    at: NDArray[np.int64]
    shots: tuple[Shot, ...]

    def name(self, clip: int) -> str:
        """What a clip is, in words."""
        shot = self.shots[self.shot[clip]]
        if shot.source != "cartoon":
            return shot.name
        second = shot.second + self.at[clip] / 4
        return f"{shot.name}, {int(second // 60)}:{second % 60:04.1f}"


@cache
def clips(part: str) -> Clips:
    """The clips of "train" or "held_out", in an order that mixes the shots; those in which nothing moves are left out.

    Raises:
        ValueError: for another part.
    """
    if part not in SPLIT:
        raise ValueError(f"There is no part {part!r}. The parts are: {', '.join(SPLIT)}.")
    chosen = tuple(shot for shot in shots() if shot.held_out == (part == "held_out"))

    def make() -> dict[str, NDArray[Any]]:
        frames = np.concatenate([shot.frames for shot in chosen])
        begins = np.cumsum([0, *(len(shot.frames) for shot in chosen)])
        starts = [
            (begins[number] + at, number, at)
            for number, shot in enumerate(chosen)
            for at in _begins(shot)
            if motion(shot.frames[at : at + LENGTH]) >= STILL
        ]
        first, shot_number, at = np.array(starts)[np.random.default_rng(0).permutation(len(starts))].T
        return {"frames": frames.transpose(0, 3, 1, 2), "first": first, "shot": shot_number, "at": at}

    names = ("frames", "first", "shot", "at")
    kept = mapped(f"clips_{part}", _files(), names, make)
    return Clips(**kept, shots=chosen)


def _begins(shot: Shot) -> range:
    count = len(shot.frames) - LENGTH + 1
    return range(0, count, -(-count // MOST_HELD_OUT) if shot.held_out else 1)


def motion(frames: Frames) -> float:
    """How much changes from frame to frame, mean over pixels and colours, of 255. (f, h, w, 3) uint8."""
    return float(np.abs(np.diff(frames.astype(np.int16), axis=0)).mean()) if len(frames) > 1 else 0.0


@cache
def shots() -> tuple[Shot, ...]:
    """All shots: of the cartoon in the order of the film, then the cat, then the city."""
    others = ("running cat, 1887", "cat", "cat"), ("city at night, first shot", "city", "city_a"), \
        ("city at night, second shot", "city", "city_b")  # fmt: skip
    with zipfile.ZipFile(_FOLDER / "bbb_shots_96x54_4fps.zip") as file:
        index = list(csv.DictReader(io.StringIO(file.read("index.csv").decode())))

    def make() -> dict[str, NDArray[Any]]:
        with zipfile.ZipFile(_FOLDER / "bbb_shots_96x54_4fps.zip") as file:
            cut = [_small(_strip(file.read(row["shot"]), int(row["frames"]))) for row in index]
        cut += [_small(_other(which)) for _, _, which in others]
        return {"frames": np.concatenate(cut), "begins": np.cumsum([len(frames) for frames in cut])}

    kept = mapped("shots", _files(), ("frames", "begins"), make)
    frames = iter(np.split(kept["frames"], kept["begins"]))
    found = [
        Shot(
            f"cartoon, shot {note['shot']}", "cartoon", note["part"] == "held", note["who"], next(frames),
            float(row["t_start"]),
        )
        for row, note in zip(index, _notes(), strict=True)
    ]  # fmt: skip
    return (*found, *(Shot(name, source, True, "", next(frames)) for name, source, _ in others))


@cache
def large() -> dict[str, tuple[int, Frames]]:
    """Eight frames of some held-out shots, larger: by a shot's name, its frame that they begin with, and the frames."""
    found = {}
    with zipfile.ZipFile(_FOLDER / "bbb_display_320x180.zip") as file:
        for note in _notes():
            if note["large"] and note["part"] == "held":
                name, at = f"cartoon, shot {note['shot']}", int(note["large_from"])
                found[name] = at, _lock(_strip(file.read(note["large"]), LENGTH))
    return found


def look(shot: Shot, at: int) -> Frames:
    """(8, h, w, 3) the clip that begins with frame `at` of a shot, as large as we have it."""
    begins, frames = large().get(shot.name, (-1, None))
    if begins == at and frames is not None:
        return frames
    return whole(shot.name)[at : at + LENGTH]


@cache
def whole(name: str) -> Frames:
    """(f, h, w, 3) all frames of the shot with this name, in the size in which they are stored."""
    for shot, which in zip(shots()[-3:], ("cat", "city_a", "city_b"), strict=True):
        if shot.name == name:
            return _lock(_other(which))
    file_name = f"shot_{name[-3:]}.webp"
    with zipfile.ZipFile(_FOLDER / "bbb_shots_96x54_4fps.zip") as file:
        index = {row["shot"]: row for row in csv.DictReader(io.StringIO(file.read("index.csv").decode()))}
        return _lock(_strip(file.read(file_name), int(index[file_name]["frames"])))


def thumbnails(part: str) -> Frames:
    """(n, 32, 32, 3) the middle of the middle frame of every clip."""
    these = clips(part)
    return these.frames[these.first + LENGTH // 2][:, :, 2:34, 16:48].transpose(0, 2, 3, 1)


def small(frames: Frames) -> Frames:
    """(f, h, w, 3) of any size → (f, 36, 64, 3): the middle of each frame in 16:9, reduced without aliasing.

    Raises:
        ValueError: not (f, h, w, 3) uint8, or empty.
    """
    if frames.ndim != 4 or frames.shape[3] != 3 or frames.dtype != np.uint8 or 0 in frames.shape:
        raise ValueError(f"Frames are (f, h, w, 3) uint8 and not empty, but these are {frames.shape} {frames.dtype}.")
    return _small(frames)


def _small(frames: Frames) -> Frames:
    _, height, width, _ = frames.shape
    wide, high = min(width, height * WIDE / HIGH), min(height, width * HIGH / WIDE)
    box = ((width - wide) / 2, (height - high) / 2, (width + wide) / 2, (height + high) / 2)
    reduced = [Image.fromarray(f).resize((WIDE, HIGH), Image.Resampling.LANCZOS, box=box) for f in frames]
    return _lock(np.stack([np.asarray(f) for f in reduced]))


def _strip(raw: bytes, count: int) -> Frames:
    """A picture with `count` frames side by side → (count, h, w, 3)."""
    with Image.open(io.BytesIO(raw)) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    return np.stack(np.split(pixels, count, axis=1))


def _files() -> list[Path]:
    """What all shots are cut from."""
    return sorted(path for path in _FOLDER.iterdir() if path.suffix in {".zip", ".webp", ".csv"})


def _other(which: str) -> Frames:
    name, count = {
        "cat": ("muybridge_cat_24x160x88.webp", 24),
        "city_a": ("city_cc0_a_160x90.webp", 58),
        "city_b": ("city_cc0_b_160x90.webp", 37),
    }[which]
    return _strip((_FOLDER / name).read_bytes(), count)


@cache
def _notes() -> list[dict[str, str]]:
    with (_FOLDER / "shots.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _lock(frames: Frames) -> Frames:
    frames.flags.writeable = False  # shared by all visitors
    return frames


_FOLDER = ASSETS / "video"
_CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
CREDITS = {
    "cartoon": Credit(
        "Big Buck Bunny",
        "© 2008 Blender Foundation",
        "CC BY 3.0",
        "https://creativecommons.org/licenses/by/3.0/",
        "https://www.bigbuckbunny.org",
        "67 shots, four frames a second, reduced",
    ),
    "cat": Credit(
        "Animal Locomotion, plate of a cat, 1887",
        "Eadweard J. Muybridge; digital image courtesy of the Getty’s Open Content Program",
        "CC0",
        _CC0,
        "https://www.getty.edu/projects/open-content-program/",
        "24 frames cut out of the plate",
    ),
    "city": Credit(
        "City at night, a time lapse",
        "from Pexels, by way of Kivy’s examples",
        "CC0",
        _CC0,
        "https://github.com/kivy/kivy/pull/4920",
        "every second frame, reduced",
    ),
}
