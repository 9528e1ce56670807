"""A picture's address holds its very pixels, whether it was packed before or not."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from sslviz.ui.frame import pictures

PIXELS = arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)))


def pixels_of(address: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.removeprefix("data:image/png;base64,")))))


@given(st.lists(PIXELS, max_size=4))
def test_an_address_holds_the_pixels(many: list[np.ndarray]) -> None:
    for pixels in (*many, *many, *(np.rot90(one) for one in many), *(one[::-1, ::-1] for one in many)):
        np.testing.assert_array_equal(pixels_of(pictures.data_address(pixels, "PNG")), pixels)


@pytest.mark.parametrize("side", [32, 224])
def test_only_small_pictures_are_kept(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = []
    whole = pictures.encode

    def encode(*given: Any, **how: Any) -> bytes:
        packed.append(given)
        return whole(*given, **how)

    monkeypatch.setattr(pictures, "encode", encode)
    pixels = np.random.default_rng(side).integers(0, 256, (side, side, 3), np.uint8)
    assert pictures.data_address(pixels, "PNG") == pictures.data_address(pixels.copy(), "PNG")
    assert len(packed) == (1 if pixels.nbytes <= pictures.SMALL else 2)
    assert pictures.data_address(pixels) != pictures.data_address(pixels, "PNG")
