"""Arrays that are made once and mapped: the same values bit for bit, whatever state the cache is in."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sslviz.data import audio, images, mapped, video

NUMBERS = np.arange(12, dtype=np.int16).reshape(3, 4)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty one."""
    monkeypatch.setattr(mapped, "folder", lambda: tmp_path / "arrays")
    return tmp_path / "arrays"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.bin"
    path.write_bytes(b"one")
    return path


@pytest.fixture
def made() -> list[int]:
    return []


@pytest.fixture
def get(source: Path, made: list[int]) -> Callable[[], dict[str, Any]]:
    def make() -> dict[str, Any]:
        made.append(1)
        return {"a": NUMBERS, "b": NUMBERS.T}  # the second one lies in another order

    return lambda: mapped.mapped("some", [source], ("a", "b"), make)


def same(arrays: dict[str, Any]) -> None:
    np.testing.assert_array_equal(arrays["a"], NUMBERS)
    np.testing.assert_array_equal(arrays["b"], NUMBERS.T)
    assert arrays["a"].dtype == NUMBERS.dtype
    assert type(arrays["a"]) is np.ndarray
    for array in arrays.values():
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def is_mapped(array: Any) -> bool:
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    return array is not None


def test_they_are_made_once(get: Callable, made: list[int], cache: Path) -> None:
    same(get())
    same(get())
    assert made == [1]
    assert all(is_mapped(array) for array in get().values())
    assert len(list(cache.iterdir())) == 2
    assert os.name == "nt" or all(path.stat().st_mode & 0o077 == 0 for path in cache.iterdir())  # the user's own


def test_they_are_made_anew_when_what_they_are_made_from_has_changed(
    get: Callable, made: list[int], source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    get()
    source.write_bytes(b"two")
    same(get())
    assert made == [1, 1]
    monkeypatch.setattr(mapped, "version", lambda _: "another")  # of Pillow, say
    same(get())
    assert made == [1, 1, 1]


def test_a_file_that_was_cut_short_is_made_anew(get: Callable, made: list[int], cache: Path) -> None:
    get()
    for path in cache.iterdir():
        path.write_bytes(path.read_bytes()[:-3])
    same(get())
    assert made == [1, 1]
    next(cache.iterdir()).write_bytes(b"no array")
    same(get())
    next(cache.iterdir()).unlink()
    same(get())


@pytest.mark.parametrize("blocked", ["folder", "full"])
def test_where_nothing_can_be_written_they_are_in_memory(
    get: Callable, made: list[int], cache: Path, monkeypatch: pytest.MonkeyPatch, blocked: str
) -> None:
    if blocked == "folder":
        cache.write_text("a file where the folder should be")
    else:

        def full(*_: Any, **__: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(np, "save", full)
    same(get())
    assert not any(is_mapped(array) for array in get().values())
    assert made == [1, 1]
    assert cache.is_file() or not list(cache.iterdir())  # nothing half-written is left


def test_many_at_once_get_the_same(get: Callable) -> None:
    found: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: found.append(get())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    for arrays in found:
        same(arrays)


def test_files_that_nobody_used_for_a_month_go(get: Callable, made: list[int], source: Path, cache: Path) -> None:
    get()
    old = time.time() - 40 * 24 * 3600
    for path in cache.iterdir():
        os.utime(path, (old, old))
    get()  # used again
    (kept,) = [path for path in cache.iterdir() if path.name.endswith("-a.npy")]
    (gone,) = [path for path in cache.iterdir() if path.name.endswith("-b.npy")]
    os.utime(gone, (old, old))
    source.write_bytes(b"two")
    get()
    assert kept.exists()
    assert not gone.exists()


# the bundled data


@pytest.fixture
def forgotten() -> Iterator[Callable[[], None]]:
    def forget() -> None:
        for cached in (images._load, audio.load, video.shots, video.clips):
            cached.cache_clear()

    forget()
    yield forget
    forget()


def everything() -> list[Any]:
    """All arrays of the bundled pictures, clips and recordings."""
    found: list[Any] = []
    for name in ("fashion_mnist", "clothes_anywhere", "emoji"):
        one = images.load(name)
        found += [one.images, one.labels, one.held_out_images, one.held_out_labels, one.held_out_groups]
    found += [images.emoji_teams("train"), images.emoji_teams("held_out")]
    found += [shot.frames for shot in video.shots()]
    for part in video.SPLIT:
        clips = video.clips(part)
        found += [clips.frames, clips.first, clips.shot, clips.at]
    return [*found, *(clip.samples for clip in audio.load().clips), audio.load().train, audio.load().held_out]


def test_the_bundled_data_is_the_same_made_mapped_and_without_a_cache(
    forgotten: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = everything()
    forgotten()
    monkeypatch.setattr(np, "save", None)  # nothing is made any more
    second = everything()
    large = [array for array in second if array.nbytes > 1_000_000]
    assert all(is_mapped(array) for array in large)
    assert sum(array.nbytes for array in large) > 100_000_000
    forgotten()
    monkeypatch.setattr(mapped, "_open", lambda _: (_ for _ in ()).throw(OSError()))
    monkeypatch.setattr(mapped, "_store", lambda _: (_ for _ in ()).throw(OSError()))
    third = everything()
    for one, two, three in zip(first, second, third, strict=True):
        assert one.dtype == two.dtype == three.dtype
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(one, three)
        if one.nbytes > 100_000:  # shared by all visitors
            assert not one.flags.writeable
            assert not two.flags.writeable
            assert not three.flags.writeable
