"""Pictures: six sets of 32×32 RGB pictures that models are trained and measured on, and a few photographs to look at.

Fashion-MNIST and the emoji are bundled; clothes anywhere are made from the first, photo pieces from the photographs.
CIFAR-10 and STL-10 are used when they are on this computer; nothing is ever downloaded from here.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sslviz.data import ASSETS, Credit
from sslviz.data.mapped import mapped

SETS = {
    "fashion_mnist": "Fashion-MNIST: clothes",
    "clothes_anywhere": "Clothes anywhere: of any size, at any place",
    "emoji": "Emoji by three design teams",
    "cifar10": "CIFAR-10: animals and vehicles",
    "stl10": "STL-10: animals and vehicles, mostly without labels",
    "photo_pieces": "Photo pieces: cut out of six photos",
}
ANYWHERE = (14, 26)  # pixels: the smallest and the largest side of the clothes that may be anywhere
PIECES, PIECE = (500, 100), (32, 96)  # of each photo, to train on and held out; pixels: smallest and largest side
SIDE = 32  # every picture is SIDE × SIDE, so that one patch embedding serves them all
STL_LIMIT = 50_000  # of the 100,000 without a label: half is 150 MB in each process, and more than a short run reads
PARTS = "train", "held_out"
LEFT_OUT = ("reversed hand with middle finger extended",)  # emoji that a teacher would not want on the screen

Pixels = NDArray[np.uint8]


class MissingData(RuntimeError):
    """A data set that is not bundled is not on this computer. The message says how to get it."""


@dataclass(frozen=True)
class ImageSet:
    """A set of pictures, split into those to train on and those held out. All arrays are read-only.

    Attributes:
        name: a key of SETS.
        title: the same for people to read.
        images: (N, 32, 32, 3) uint8, to train on.
        labels: (N,) int64, indices into class_names; -1 where there is none.
        held_out_images: (M, 32, 32, 3) uint8, never trained on.
        held_out_labels: (M,) int64, indices into class_names.
        class_names: the names of the classes.
        held_out_names: (M) what each held-out picture is, such as "grinning face, Twemoji".
        held_out_groups: (M,) int64, the same number where the same thing was drawn by another team; the class label in
            sets that have no such pairs.
        credits: to be shown wherever the pictures are.
    """

    name: str
    title: str
    images: Pixels
    labels: NDArray[np.int64]
    held_out_images: Pixels
    held_out_labels: NDArray[np.int64]
    class_names: tuple[str, ...]
    held_out_names: tuple[str, ...]
    held_out_groups: NDArray[np.int64]
    credits: tuple[Credit, ...]

    def __post_init__(self) -> None:
        """Lock the arrays: the set is shared by all visitors."""
        for array in (self.images, self.labels, self.held_out_images, self.held_out_labels, self.held_out_groups):
            array.flags.writeable = False


@dataclass(frozen=True)
class Photo:
    """A colour photograph to look at. pixels is (H, W, 3) uint8, read-only, its long side at most 480."""

    name: str
    title: str
    pixels: Pixels
    credit: Credit


def load(name: str) -> ImageSet:
    """The picture set of this name, loaded once and then kept.

    Raises:
        ValueError: SETS has no such name.
        MissingData: the set is not bundled and not on this computer.
    """
    if name not in _LOADERS:
        raise ValueError(f"There is no picture set {name!r}. The sets are: {', '.join(SETS)}.")
    return _load(name)


@cache
def _load(name: str) -> ImageSet:
    return _LOADERS[name]()


def emoji_teams(part: str) -> NDArray[np.int64]:
    """(n,) which of TEAMS drew each emoji of a part, "train" or "held_out"."""
    load("emoji")
    return _drawn_by[part]


def emoji_names(part: str) -> tuple[str, ...]:
    """What each emoji of a part, "train" or "held_out", is called, whoever drew it; no name is in both parts."""
    load("emoji")
    return _called[part]


@cache
def photos() -> tuple[Photo, ...]:
    """The bundled photographs, in the order in which a page offers them."""
    found = []
    for name, title, credit in _PHOTOS:
        with Image.open(ASSETS / "images" / "photos" / f"{name}.jpg") as picture:
            pixels = np.array(picture.convert("RGB"))
        pixels.flags.writeable = False
        found.append(Photo(name, title, pixels, credit))
    return tuple(found)


def square32(pixels: Pixels) -> Pixels:
    """The square in the middle of a picture, reduced without aliasing (or enlarged) to 32×32.

    Args:
        pixels: (H, W, 3) uint8, of any size from 1×1.

    Returns:
        (32, 32, 3) uint8, a new array.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise ValueError(f"A picture is (H, W, 3) uint8 and not empty, but this is {pixels.shape} {pixels.dtype}.")
    height, width, _ = pixels.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = Image.fromarray(np.ascontiguousarray(pixels[top : top + side, left : left + side]))
    return np.array(square.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def folder() -> Path:
    """Where CIFAR-10 and STL-10 are looked for: $SSLVIZ_DATA, or ~/.cache/sslviz."""
    return Path(os.environ.get("SSLVIZ_DATA") or "~/.cache/sslviz").expanduser()


def _fashion_mnist() -> ImageSet:
    path = ASSETS / "images" / "fashion_mnist_12k.npz"
    pixels = mapped("fashion_mnist", [path], PARTS, lambda: dict(zip(PARTS, map(_grey32, _clothes(path)), strict=True)))
    with np.load(path) as file:
        labels, held_out_labels = file["y_train"].astype(np.int64), file["y_test"].astype(np.int64)
        names = tuple(file["class_names"].tolist())
    return _set("fashion_mnist", pixels["train"], labels, pixels["held_out"], held_out_labels, names, (_ZALANDO,))


def _clothes(path: Path) -> tuple[Pixels, Pixels]:
    """(N, 28, 28) grey, to train on and held out."""
    with np.load(path) as file:
        return file["x_train"], file["x_test"]


def _grey32(grey: Pixels) -> Pixels:
    """(N, 28, 28) grey to (N, 32, 32, 3): a black border of two, the one channel three times."""
    return np.repeat(np.pad(grey, ((0, 0), (2, 2), (2, 2)))[..., None], 3, axis=3)


def _clothes_anywhere() -> ImageSet:
    """The clothes of Fashion-MNIST, each at a size and a place of its own, every other one mirrored.

    Where a pixel lies says nothing of what is shown here. Drawn once, from a fixed seed.
    """
    centred = load("fashion_mnist")
    path = ASSETS / "images" / "fashion_mnist_12k.npz"

    def make() -> dict[str, Pixels]:
        both = enumerate(zip(PARTS, _clothes(path), strict=True))
        return {name: _anywhere(grey, np.random.default_rng((0, part))) for part, (name, grey) in both}

    pixels = mapped("clothes_anywhere", [path], PARTS, make)
    images, held_out = pixels["train"], pixels["held_out"]
    labels, held_out_labels = centred.labels.copy(), centred.held_out_labels.copy()
    changed = replace(_ZALANDO, changes=f"{_ZALANDO.changes}; made smaller, moved and mirrored at random")
    return _set("clothes_anywhere", images, labels, held_out, held_out_labels, centred.class_names, (changed,))


def _anywhere(grey: Pixels, rng: np.random.Generator) -> Pixels:
    """(N, 28, 28) grey to (N, 32, 32, 3): side, row, column and direction of each drawn evenly; black around it."""
    moved = np.zeros((len(grey), SIDE, SIDE), dtype=np.uint8)
    for place, picture in zip(moved, grey, strict=True):
        side = int(rng.integers(ANYWHERE[0], ANYWHERE[1] + 1))
        top, left = rng.integers(0, SIDE - side + 1, 2)
        small = np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BILINEAR))
        place[top : top + side, left : left + side] = small[:, ::-1] if rng.random() < 0.5 else small
    return np.repeat(moved[..., None], 3, axis=3)


def _emoji() -> ImageSet:
    with np.load(ASSETS / "images" / "emoji_rgba32_labels.npz") as file:
        columns, cell, classes = int(file["cols"]), int(file["cell"]), tuple(file["class_names"].tolist())
        labels, emoji, vendor = (file[key].astype(np.int64) for key in ("label", "emoji_id", "vendor"))
        held_out, names = file["is_test"], [_readable(name) for name in file["emoji_names"].tolist()]
    fit = np.array([names[number] not in LEFT_OUT for number in emoji])
    labels, emoji, vendor, held_out = (array[fit] for array in (labels, emoji, vendor, held_out))
    sheet = ASSETS / "images" / "emoji_rgba32_sheet.webp"
    numbers = ASSETS / "images" / "emoji_rgba32_labels.npz"

    def make() -> dict[str, NDArray[Any]]:
        images = _on_white(sheet, cell, columns, len(fit))[fit]
        # A few emoji look the same under two names (Norway and Bouvet Island fly one flag): those are not trained on.
        seen = {picture.tobytes() for picture in images[held_out]}
        rows = np.array([row for row in np.flatnonzero(~held_out) if images[row].tobytes() not in seen])
        return {"train": images[rows], "held_out": images[held_out], "rows": rows}

    pixels = mapped("emoji", [sheet, numbers], (*PARTS, "rows"), make)
    train = pixels["rows"]
    held_out_names = tuple(f"{names[e]}, {TEAMS[v]}" for e, v in zip(emoji[held_out], vendor[held_out], strict=True))
    teams = (_NOTO, _TWEMOJI, _FLUENT)
    for part, rows in (("train", train), ("held_out", held_out)):
        _drawn_by[part], _called[part] = vendor[rows], tuple(names[number] for number in emoji[rows])
    return _set(
        "emoji",
        pixels["train"],
        labels[train],
        pixels["held_out"],
        labels[held_out],
        classes,
        teams,
        held_out_names,
        emoji[held_out],
    )


def _on_white(path: Path, cell: int, columns: int, count: int) -> Pixels:
    """(count, cell, cell, 3) the pictures of a sheet, row by row."""
    with Image.open(path) as file:
        sheet = np.array(file.convert("RGBA"))
    rows = sheet.shape[0] // cell
    cells = sheet.reshape(rows, cell, columns, cell, 4).swapaxes(1, 2).reshape(-1, cell, cell, 4)[:count]
    alpha = cells[..., 3:].astype(np.uint16)
    return ((cells[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def _readable(name: str) -> str:
    """An emoji's name in lower case, but for the countries of the flags, which alone are not all capitals."""
    return name.lower() if name.isupper() else name.replace(" Flag", " flag")


def _cifar10() -> ImageSet:
    if not (folder() / "cifar-10-batches-py").is_dir():
        raise MissingData(_how_to_get("CIFAR-10", "CIFAR10", "170 MB"))
    from torchvision.datasets import CIFAR10

    try:
        train, held_out = (CIFAR10(folder(), train=part, download=False) for part in (True, False))
    except RuntimeError as error:  # torchvision's word for "not found or damaged"
        raise MissingData(_how_to_get("CIFAR-10", "CIFAR10", "170 MB")) from error
    labels, held_out_labels = np.array(train.targets, dtype=np.int64), np.array(held_out.targets, dtype=np.int64)
    return _set("cifar10", train.data, labels, held_out.data, held_out_labels, tuple(train.classes), (_CIFAR,))


def _stl10() -> ImageSet:
    # Read straight from its files: torchvision holds the 2.7 GB of pictures without labels in memory all at once.
    path = folder() / "stl10_binary"
    try:
        names = tuple((path / "class_names.txt").read_text(encoding="ascii").split())
        held_out_labels = np.fromfile(path / "test_y.bin", dtype=np.uint8).astype(np.int64) - 1  # 1 to 10 in the file
        held_out = _stl_pictures(path / "test_X.bin")
        if (path / "unlabeled_X.bin").exists():
            images = _stl_pictures(path / "unlabeled_X.bin", STL_LIMIT)
            labels = np.full(len(images), -1, dtype=np.int64)
        else:
            images = _stl_pictures(path / "train_X.bin")
            labels = np.fromfile(path / "train_y.bin", dtype=np.uint8).astype(np.int64) - 1
        if len(labels) != len(images) or len(held_out_labels) != len(held_out):
            raise ValueError("as many labels as pictures are needed")
    except (OSError, ValueError) as error:  # no such file, or one that was cut short
        raise MissingData(_how_to_get("STL-10", "STL10", "2.6 GB")) from error
    return _set("stl10", images, labels, held_out, held_out_labels, names, (_STL,))


def _stl_pictures(path: Path, limit: int | None = None) -> Pixels:
    """The 96×96 pictures of an STL-10 file, each 3×3 pixels averaged: (N, 32, 32, 3) uint8, never all in memory."""
    stored = np.memmap(path, dtype=np.uint8, mode="r").reshape(-1, 3, 96, 96)[:limit]  # channel, column, row
    images = np.empty((len(stored), SIDE, SIDE, 3), dtype=np.uint8)
    for start in range(0, len(stored), 1000):
        part = stored[start : start + 1000]
        means = part.reshape(-1, 3, SIDE, 3, SIDE, 3).mean(axis=(3, 5), dtype=np.float32)
        images[start : start + 1000] = (means + 0.5).astype(np.uint8).transpose(0, 3, 2, 1)
    return images


def _photo_pieces() -> ImageSet:
    """Squares cut at random out of six photos: to train on from the left three quarters, to hold out from the rest.

    The class of a piece is the photo that it is from. Drawn once, from a fixed seed.
    """
    whole = photos()
    images, held_out = (
        np.stack([_piece(photo.pixels, part, np.random.default_rng((0, part, n, i)))
                  for n, photo in enumerate(whole) for i in range(count)])
        for part, count in enumerate(PIECES)
    )  # fmt: skip
    labels, held_out_labels = (np.repeat(np.arange(len(whole), dtype=np.int64), count) for count in PIECES)
    names = tuple(photo.title for photo in whole)
    return _set(
        "photo_pieces", images, labels, held_out, held_out_labels, names, tuple(photo.credit for photo in whole)
    )


def _piece(pixels: Pixels, part: int, rng: np.random.Generator) -> Pixels:
    """(32, 32, 3) a square of a photo, none of which is in the other part."""
    cut = pixels.shape[1] * 3 // 4
    place = pixels[:, cut:] if part else pixels[:, :cut]
    side = int(rng.integers(PIECE[0], PIECE[1] + 1))
    y, x = (int(rng.integers(0, edge - side + 1)) for edge in place.shape[:2])
    return square32(place[y : y + side, x : x + side])


def _how_to_get(title: str, torchvision_name: str, size: str) -> str:
    where = folder().as_posix()
    options = ", split='train+unlabeled'" if torchvision_name == "STL10" else ""
    return (
        f"{title} is not bundled with this app and was not found (whole) in {where}. To get it ({size}), run: "
        f'python -c "from torchvision.datasets import {torchvision_name} as D; '
        f"D('{where}'{options}, download=True)\". The environment variable SSLVIZ_DATA names another folder."
    )


def _set(
    name: str,
    images: Pixels,
    labels: NDArray[np.int64],
    held_out_images: Pixels,
    held_out_labels: NDArray[np.int64],
    class_names: tuple[str, ...],
    credited: tuple[Credit, ...],
    held_out_names: tuple[str, ...] | None = None,
    held_out_groups: NDArray[np.int64] | None = None,
) -> ImageSet:
    if held_out_names is None:
        held_out_names = tuple(class_names[label] for label in held_out_labels)
    if held_out_groups is None:
        held_out_groups = held_out_labels.copy()
    return ImageSet(
        name,
        SETS[name],
        images,
        labels,
        held_out_images,
        held_out_labels,
        class_names,
        held_out_names,
        held_out_groups,
        credited,
    )


_LOADERS: dict[str, Callable[[], ImageSet]] = {
    "fashion_mnist": _fashion_mnist,
    "clothes_anywhere": _clothes_anywhere,
    "emoji": _emoji,
    "cifar10": _cifar10,
    "stl10": _stl10,
    "photo_pieces": _photo_pieces,
}
TEAMS = ("Noto", "Twemoji", "Fluent")  # the order of the vendor numbers in the file
_drawn_by: dict[str, NDArray[np.int64]] = {}  # filled when the emoji are loaded
_called: dict[str, tuple[str, ...]] = {}  # likewise

_MIT, _CC_BY_2, _CC_BY_4, _CC0 = (
    "https://opensource.org/license/mit",
    "https://creativecommons.org/licenses/by/2.0/",
    "https://creativecommons.org/licenses/by/4.0/",
    "https://creativecommons.org/publicdomain/zero/1.0/",
)
_ZALANDO = Credit(
    "Fashion-MNIST",
    "© 2017 Zalando SE",
    "MIT",
    _MIT,
    "https://github.com/zalandoresearch/fashion-mnist",
    "12,000 of the 70,000 pictures, with a border of two pixels",
)
_SHRUNK = "reduced to 32×32 pixels, put on white"
_NOTO = Credit(
    "Noto Emoji",
    "© Google",
    "Apache-2.0",
    "https://www.apache.org/licenses/LICENSE-2.0",
    "https://github.com/googlefonts/noto-emoji",
    _SHRUNK,
)
_TWEMOJI = Credit(
    "Twemoji",
    "© Twitter, Inc and other contributors",
    "CC BY 4.0",
    _CC_BY_4,
    "https://github.com/jdecked/twemoji",
    _SHRUNK,
)
_FLUENT = Credit(
    "Fluent Emoji",
    "© Microsoft Corporation",
    "MIT",
    _MIT,
    "https://github.com/microsoft/fluentui-emoji",
    f"{_SHRUNK}; country flags left out",
)
_CIFAR = Credit(
    "CIFAR-10",
    "Alex Krizhevsky, Vinod Nair and Geoffrey Hinton",
    "no licence stated, so it is not bundled",
    "https://www.cs.toronto.edu/~kriz/cifar.html",
    "https://www.cs.toronto.edu/~kriz/cifar.html",
    "",
)
_STL = Credit(
    "STL-10",
    "Adam Coates, Honglak Lee and Andrew Y. Ng",
    "no licence stated, so it is not bundled",
    "https://cs.stanford.edu/~acoates/stl10/",
    "https://cs.stanford.edu/~acoates/stl10/",
    "reduced to 32×32 pixels",
)


def _photo(name: str, title: str, author: str, licence: str, licence_url: str, source: str) -> tuple[str, str, Credit]:
    return name, title, Credit(title, author, licence, licence_url, source, "reduced to at most 480 pixels a side")


_SKIMAGE = "https://github.com/scikit-image/scikit-image"  # its docstrings give authors and terms
_NASA_TERMS = "https://www.nasa.gov/nasa-brand-center/images-and-media/"
_PHOTOS = (
    _photo("chelsea_cat", "Chelsea the cat", "Stefan van der Walt", "CC0", _CC0, _SKIMAGE),
    _photo("astronaut", "Eileen Collins, astronaut", "NASA", "public domain", _NASA_TERMS, _SKIMAGE),
    _photo("coffee", "A cup of coffee", "Rachel Michetti, courtesy of Pikolo Espresso Bar", "CC0", _CC0, _SKIMAGE),
    _photo(
        "china",
        "A pagoda in China",
        "danielbuechele",
        "CC BY 2.0",
        _CC_BY_2,
        "https://www.flickr.com/photos/danielbuechele/6061409035/",
    ),
    _photo("rocket", "A rocket before launch", "SpaceX", "public domain", _CC0, _SKIMAGE),
    _photo("hubble", "Distant galaxies", "NASA", "public domain", _NASA_TERMS, _SKIMAGE),
)
