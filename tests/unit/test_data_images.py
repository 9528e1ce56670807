"""The picture sets: shapes, splits, names, and what is said when a set is missing."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sslviz.catalogue import load
from sslviz.data import images
from sslviz.evaluation import probes

BUNDLED = ("fashion_mnist", "clothes_anywhere", "emoji", "photo_pieces")


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for the sets that are not bundled; what is loaded from it is forgotten afterwards."""
    monkeypatch.setenv("SSLVIZ_DATA", str(tmp_path))
    images._load.cache_clear()
    yield tmp_path
    images._load.cache_clear()


@pytest.mark.parametrize("name", BUNDLED)
def test_shapes(name: str) -> None:
    loaded = images.load(name)
    assert (loaded.name, loaded.title) == (name, images.SETS[name])
    for pixels, labels in ((loaded.images, loaded.labels), (loaded.held_out_images, loaded.held_out_labels)):
        assert pixels.shape == (len(labels), 32, 32, 3)
        assert pixels.dtype == np.uint8
        assert labels.dtype == np.int64
        assert set(labels) == set(range(len(loaded.class_names))), "every class is in both parts"
    held_out = len(loaded.held_out_labels)
    assert len(loaded.held_out_names) == held_out
    assert loaded.held_out_groups.shape == (held_out,)
    assert loaded.held_out_groups.dtype == np.int64


@pytest.mark.parametrize("name", BUNDLED)
def test_no_picture_is_in_both_parts(name: str) -> None:
    loaded = images.load(name)
    train = {picture.tobytes() for picture in loaded.images}
    assert not [
        what
        for what, pixels in zip(loaded.held_out_names, loaded.held_out_images, strict=True)
        if pixels.tobytes() in train
    ]


def test_fashion_mnist_is_balanced_and_padded() -> None:
    loaded = images.load("fashion_mnist")
    assert np.bincount(loaded.labels).tolist() == [1000] * 10
    assert np.bincount(loaded.held_out_labels).tolist() == [200] * 10
    assert not loaded.images[:, [0, 1, 30, 31]].any()
    assert not loaded.images[:, :, [0, 1, 30, 31]].any()
    assert (loaded.images[..., 0] == loaded.images[..., 2]).all()
    assert loaded.held_out_names[0] == "Trouser"
    assert (loaded.held_out_groups == loaded.held_out_labels).all()


def test_clothes_anywhere_are_the_same_clothes_at_any_place_and_size() -> None:
    loaded, centred = images.load("clothes_anywhere"), images.load("fashion_mnist")
    assert (loaded.labels == centred.labels).all()
    assert (loaded.held_out_labels == centred.held_out_labels).all()
    images._load.cache_clear()
    assert (images.load("clothes_anywhere").images == loaded.images).all()  # the same ones each time
    lit = loaded.images[..., 0] > 0
    for axis in (1, 2):
        seen = lit.any(axis)  # (N, 32): the columns, then the rows, with something in them
        first, last = seen.argmax(1), 31 - seen[:, ::-1].argmax(1)
        assert (last - first + 1).max() <= 26
        assert (first == 0).any()
        assert (last == 31).any()
    first = lit.any(1).argmax(1)
    assert first.std() > 4  # centred: 3.0, as narrow clothes begin further right
    assert "made smaller, moved and mirrored" in loaded.credits[0].line()


@pytest.mark.slow
def test_no_pixel_of_clothes_anywhere_tells_what_it_is() -> None:
    """With 100 labels raw pixels name 69 % of the centred clothes, and 25 % of those that may be anywhere."""
    right = {}
    for name in ("fashion_mnist", "clothes_anywhere"):
        data = load("masked_patches").probe_data(name)
        right[name] = np.mean(probes.linear_few(data.raw_train, data.train_y, data.raw_test, data.test_y, 10))
    assert right["fashion_mnist"] > 0.6
    assert 0.15 < right["clothes_anywhere"] < 0.3


def test_no_emoji_is_in_both_parts() -> None:
    with np.load(images.ASSETS / "images" / "emoji_rgba32_labels.npz") as file:
        held_out = set(file["emoji_id"][file["is_test"]].tolist())
        train = set(file["emoji_id"][~file["is_test"]].tolist())
    assert not held_out & train
    assert set(images.load("emoji").held_out_groups.tolist()) == held_out - train


def test_emoji_of_one_group_are_the_same_thing_by_other_teams() -> None:
    loaded = images.load("emoji")
    seen: dict[int, set[str]] = {}
    for name, group in zip(loaded.held_out_names, loaded.held_out_groups.tolist(), strict=True):
        thing, team = name.rsplit(", ", 1)
        assert team in {"Noto", "Twemoji", "Fluent"}
        assert team not in {other.rsplit(", ", 1)[1] for other in seen.setdefault(group, set())}
        seen[group].add(name)
        assert {other.rsplit(", ", 1)[0] for other in seen[group]} == {thing}
    assert sum(len(names) > 1 for names in seen.values()) > 300


def test_emoji_are_put_on_white() -> None:
    corners = images.load("emoji").images[:, [0, 0, 31, 31], [0, 31, 0, 31]]
    assert ((corners == 255).all(axis=(1, 2))).mean() > 0.7


def test_emoji_left_out() -> None:
    loaded = images.load("emoji")
    with np.load(images.ASSETS / "images" / "emoji_rgba32_labels.npz") as file:
        names = [name.lower() for name in file["emoji_names"].tolist()]
    assert set(images.LEFT_OUT) <= set(names)
    assert not {names.index(name) for name in images.LEFT_OUT} & set(loaded.held_out_groups.tolist())
    rude, alike = 3, 5411 - 3 - len(loaded.labels) - len(loaded.held_out_labels)
    assert 0 < alike < 30, f"{rude} rude ones, and those that look the same as a held-out one"


@pytest.mark.parametrize("name", BUNDLED)
def test_loaded_once_and_locked(name: str) -> None:
    loaded = images.load(name)
    assert images.load(name) is loaded
    with pytest.raises(ValueError, match="read-only"):
        loaded.images[0] = 0


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    check = (
        "import sys; from sslviz.data import images, text, uploads; "
        "assert not images._load.cache_info().currsize + text.corpus.cache_info().currsize; "
        "images.load('emoji'); images.photos(); text.corpus(); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'torchvision', 'streamlit')))"
    )
    subprocess.run([sys.executable, "-c", check], check=True, cwd=images.ASSETS.parent)


def test_unknown_name() -> None:
    with pytest.raises(ValueError, match=r"'imagenet'.*fashion_mnist, clothes_anywhere, emoji, cifar10, stl10"):
        images.load("imagenet")


@pytest.mark.parametrize(("name", "maker"), [("cifar10", "CIFAR10"), ("stl10", "STL10")])
def test_missing_set_says_how_to_get_it(name: str, maker: str, data_folder: Path) -> None:
    with pytest.raises(images.MissingData) as raised:
        images.load(name)
    message = str(raised.value)
    assert data_folder.as_posix() in message
    assert "SSLVIZ_DATA" in message
    _, code, _ = message.split('"')
    compile(code, "one-liner", "exec")
    assert f"import {maker} " in code
    assert "download=True" in code


def test_damaged_cifar10(data_folder: Path) -> None:
    (data_folder / "cifar-10-batches-py").mkdir()
    (data_folder / "cifar-10-batches-py" / "data_batch_1").write_bytes(b"half of it")
    with pytest.raises(images.MissingData, match="CIFAR10"):
        images.load("cifar10")


def test_cifar10_from_disk(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.datasets import cifar

    monkeypatch.setattr(cifar, "check_integrity", lambda *_: True)  # the real files have known checksums
    base = data_folder / "cifar-10-batches-py"
    base.mkdir()
    rng = np.random.default_rng(0)
    for part in [*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"]:
        data = rng.integers(0, 256, (4, 3072), dtype=np.uint8)
        (base / part).write_bytes(pickle.dumps({"data": data, "labels": [0, 1, 2, 3]}))
    (base / "batches.meta").write_bytes(pickle.dumps({"label_names": list("abcdefghij")}))
    loaded = images.load("cifar10")
    assert loaded.images.shape == (20, 32, 32, 3)
    assert loaded.held_out_names == ("a", "b", "c", "d")
    assert loaded.held_out_images[0, 1, 2].tolist() == data[0].reshape(3, 32, 32)[:, 1, 2].tolist()
    assert loaded.credits


def _write_stl10(folder: Path, *, unlabeled: bool) -> np.ndarray:
    base = folder / "stl10_binary"
    base.mkdir()
    rng = np.random.default_rng(1)
    upright = rng.integers(0, 256, (5, 96, 96, 3), dtype=np.uint8)  # row, column, channel
    stored = upright.transpose(0, 3, 2, 1).tobytes()
    for part in ("train_X", "test_X", *(("unlabeled_X",) if unlabeled else ())):
        (base / f"{part}.bin").write_bytes(stored)
    for part in ("train_y", "test_y"):
        (base / f"{part}.bin").write_bytes(bytes([1, 2, 10, 4, 5]))
    (base / "class_names.txt").write_text("\n".join("abcdefghij"))
    return upright


@pytest.mark.parametrize("unlabeled", [True, False])
def test_stl10_from_disk(data_folder: Path, unlabeled: bool) -> None:
    upright = _write_stl10(data_folder, unlabeled=unlabeled)
    loaded = images.load("stl10")
    assert loaded.labels.tolist() == ([-1] * 5 if unlabeled else [0, 1, 9, 3, 4])
    assert loaded.held_out_names == ("a", "b", "j", "d", "e")
    means = upright.reshape(5, 32, 3, 32, 3, 3).mean(axis=(2, 4))
    assert np.abs(loaded.held_out_images - means).max() <= 0.5


def test_stl10_cut_short(data_folder: Path) -> None:
    _write_stl10(data_folder, unlabeled=False)
    file = data_folder / "stl10_binary" / "test_X.bin"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(images.MissingData):
        images.load("stl10")


def test_photos() -> None:
    photos = images.photos()
    assert images.photos() is photos
    assert len({photo.name for photo in photos}) == len(photos) >= 5
    for photo in photos:
        assert photo.pixels.dtype == np.uint8
        assert photo.pixels.shape[2] == 3
        assert max(photo.pixels.shape) <= 480
        assert photo.credit.author in photo.credit.line()


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90), st.just(3))))
def test_square32_takes_any_size(pixels: np.ndarray) -> None:
    square = images.square32(pixels)
    assert square.shape == (32, 32, 3)
    assert square.dtype == np.uint8


def test_square32_takes_the_middle() -> None:
    wide = np.zeros((64, 192, 3), dtype=np.uint8)
    wide[:, 64:128] = 200
    assert (images.square32(wide) == 200).all()
    small = images.load("emoji").images[0]
    assert (images.square32(small) == small).all()


@pytest.mark.parametrize("shape", [(0, 5, 3), (5, 5), (5, 5, 4)])
def test_square32_refuses_other_arrays(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\(H, W, 3\)"):
        images.square32(np.zeros(shape, dtype=np.uint8))
