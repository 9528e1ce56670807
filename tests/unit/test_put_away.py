"""What is put away says the same, is no longer in memory, and outlives a cache that cannot be written."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sslviz.training.live.put_away import LEAST, put_away
from sslviz.training.loop import Evaluation

ROOT = Path(__file__).parents[2]
KINDS = st.sampled_from([np.float32, np.float16, np.uint8, np.int64, np.bool_])
SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=40)


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(platformdirs, "user_cache_path", lambda _: folder / "sslviz")
        yield folder / "sslviz"


def held(n: int = 1000) -> dict[str, Any]:
    points = np.arange(2 * n, dtype=np.float32).reshape(-1, 2)
    judged = Evaluation(3, 0.5, {"accuracy": 0.25}, 0.75, points, np.ones((n, 64), np.float16))
    return {"state": {"weights": np.arange(float(n)), "step": np.array(7)}, "evaluations": [judged], "none": None}


@given(st.lists(arrays.arrays(KINDS, SHAPES), max_size=4), st.booleans())
def test_every_array_says_the_same(many: list[np.ndarray], turned: bool) -> None:
    if turned:
        many = [array.T for array in many]
    for before, after in zip(many, put_away(many), strict=True):
        assert (after.dtype, after.shape) == (before.dtype, before.shape)
        assert after.tobytes() == before.tobytes()


def test_what_is_around_the_arrays_stays_what_it_is() -> None:
    before, after = held(), put_away(held())
    assert list(after) == list(before)
    assert after["none"] is None
    mine, there = before["evaluations"][0], after["evaluations"][0]
    assert (there.step, there.loss, there.scores, there.knn) == (mine.step, mine.loss, mine.scores, mine.knn)
    np.testing.assert_array_equal(there.points, mine.points)


def test_no_file_is_left_to_be_seen(cache: Path) -> None:
    kept = put_away(held())
    assert kept["state"]["weights"][7] == 7
    assert not list(cache.iterdir())


def test_what_is_written_to_one_stays_there() -> None:
    kept = put_away(held())
    again = put_away(kept)
    kept["state"]["weights"][7] = -1
    assert again["state"]["weights"][7] == 7


def test_what_is_small_is_left_alone() -> None:
    few = {"losses": np.zeros(LEAST // 8 - 1), "name": "x"}
    assert put_away(few) is few


def test_without_a_cache_everything_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _: tmp_path / "file" / "sslviz")
    before = held()
    assert put_away(before) is before


MEASURED = """
import psutil
from sslviz.training.live.put_away import put_away
from tests.unit.test_put_away import held

def megabytes():
    return psutil.Process().memory_full_info().uss / 1e6

kept = held(500_000)  # 72 MB
full = megabytes()
kept = put_away(kept)
print(full - megabytes(), kept["evaluations"][0].points[-1, -1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds for itself is asked in Linux's way")
def test_it_is_out_of_memory_until_it_is_looked_at(tmp_path: Path) -> None:
    # In a process of its own: one that has tried much before holds free memory, from which arrays come and to which
    # they go back without a change in what the system sees.
    told = subprocess.run(
        [sys.executable, "-c", MEASURED], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
    ).stdout.split()  # fmt: skip
    assert float(told[0]) > 60
    assert float(told[1]) == 999_999
