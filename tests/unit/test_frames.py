"""Frames of bytes for views: what Python packs is what the browser can cut out again."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sslviz.ui.live.frames import Film, join, pack_film, unpack
from sslviz.ui.tasks.same_or_different.card import PairsAbout, pack_pairs
from tests.views import sample


def film(frames: int = 3, n: int = 5, pca: bool = True, sprite: bytes | None = b"RIFFsprite") -> Film:
    rng = np.random.default_rng(0)
    return Film(
        id="masked_words 7",
        steps=list(range(0, 10 * frames, 10)),
        tsne=rng.normal(scale=40, size=(frames, n, 2)).astype(np.float32),
        pca=rng.normal(size=(frames, n, 2)).astype(np.float32) if pca else None,
        classes=[i % 2 for i in range(n)],
        names=["people", "place"],
        labels=[f"word {i}" for i in range(n)],
        sprite=sprite,
        sprite_cols=4,
    )


def positions(frame: bytes) -> tuple[dict, np.ndarray, bytes]:
    """Return header, positions (frames, views, n, 2) and what follows, cut out as the browser does it."""
    header, rest = unpack(frame)
    shape = (len(header["steps"]), len(header["views"]), header["n"], 2)
    size = 2 * int(np.prod(shape))
    raw = np.frombuffer(rest[:size], dtype="<i2").reshape(shape)
    return header, raw * np.array(header["scales"]).T[:, :, None, None], rest[size:]


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none(), max_size=4), st.binary(max_size=40))
def test_header_and_arrays_come_back(header: dict, array: bytes) -> None:
    frame = join(header, array)
    assert unpack(frame) == (header, array)
    assert struct.unpack_from("<i", frame)[0] % 4 == 0  # int16 and int32 views in the browser need the alignment


@pytest.mark.parametrize("pca", [True, False])
def test_film_round_trip(pca: bool) -> None:
    original = film(pca=pca)
    header, places, sprite = positions(pack_film(original, picked=3, near=[1, 4]))
    assert header["views"] == (["t-SNE", "PCA"] if pca else ["t-SNE"])
    assert (header["picked"], header["near"], header["total"], header["first"]) == (3, [1, 4], 3, 0)
    assert sprite == original.sprite
    assert header["sprite"] == {"bytes": 10, "cols": 4, "cell": 32}
    for view, truth in enumerate([original.tsne, original.pca][: 1 + pca]):
        assert truth is not None
        assert np.abs(places[:, view] - truth).max() <= np.abs(truth).max() / 32767  # a step of int16


def test_later_frames_leave_out_what_the_browser_has() -> None:
    original = film()
    header, places, rest = positions(pack_film(original, since=2, full=False))
    assert header["first"] == 2
    assert header["steps"] == [20]
    assert header["total"] == 3
    assert "labels" not in header
    assert rest == b""
    assert np.allclose(places[0, 0], original.tsne[2], atol=0.01)
    header, places, _ = positions(pack_film(original, since=3, full=False))  # nothing new: a header and no frames
    assert header["steps"] == []
    assert places.size == 0


def test_a_frame_is_the_same_alone_and_among_others() -> None:
    original = film()
    original.tsne[0] *= 7  # the others must not be rounded more coarsely for it
    _, all_places, _ = positions(pack_film(original))
    _, alone, _ = positions(pack_film(original, since=2, full=False))
    assert np.array_equal(all_places[2], alone[0])


def test_film_must_be_finite() -> None:
    broken = film()
    broken.tsne[1, 2, 0] = np.nan
    with pytest.raises(ValueError, match="finite"):
        pack_film(broken)


def test_thousand_points_stay_small() -> None:
    frame = pack_film(film(frames=1, n=1000), since=0, full=False)
    assert len(frame) < 9_000


def test_pairs_round_trip() -> None:
    rng = np.random.default_rng(1)
    originals = rng.integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    views = rng.integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    stages = rng.integers(0, 256, (2, 4, 32, 32, 3), dtype=np.uint8)
    header, pixels = unpack(pack_pairs(sample(PairsAbout), originals, views, stages))
    assert (header["n"], header["size"], header["stages"]) == (3, 32, 4)
    pictures = np.frombuffer(pixels, dtype=np.uint8).reshape(-1, 32, 32, 3)
    assert np.array_equal(pictures, np.concatenate([originals, views, *stages]))
    with pytest.raises(ValueError, match="6"):
        pack_pairs(sample(PairsAbout), originals, views[:5])
