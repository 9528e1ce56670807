"""A market where somebody chooses which labels to buy: what is for sale, what is refused, what the choice is worth."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sslviz.data import images
from sslviz.evaluation import transfer as maths
from sslviz.training.config import default
from sslviz.training.live.work import Work
from sslviz.training.results import active_learning, transfer
from tests.stand_ins import Engine

RNG = np.random.default_rng(0)
N = 300  # candidates, of 400 samples
Y = RNG.integers(0, 4, 400)
X = (RNG.normal(size=(400, 8)) + 2 * np.eye(4, 8)[Y]).astype(np.float32)
CELLS = [5, 7, 11, 13, 99, 0, 42, 43]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """Samples that have vectors already; gives the candidates."""
    candidates = np.sort(RNG.permutation(400)[:N])
    judged = SimpleNamespace(
        train_y=Y, test_y=Y, names=("a", "b", "c", "d"), train=SimpleNamespace(ids=1000 + np.arange(400))
    )
    monkeypatch.setattr(transfer, "probe_data", lambda *_: judged)
    monkeypatch.setattr(transfer, "candidates", lambda *_: candidates)
    return candidates


def test_a_market_has_a_hundred_different_candidates_by_seed() -> None:
    for seed in (0, 1, 9999):
        for_sale = active_learning.offered(seed)
        assert len(set(for_sale.tolist())) == active_learning.SIZE == 100
        assert for_sale.min() >= 0
        assert for_sale.max() < transfer.CANDIDATES
        assert (active_learning.offered(seed) == for_sale).all()
    assert set(active_learning.offered(0).tolist()) != set(active_learning.offered(1).tolist())


def test_what_is_shown_is_what_is_sold() -> None:
    clothes = images.load(transfer.PICTURES)
    judged = transfer.probe_data("masked_patches", transfer.PICTURES)
    rows = active_learning.places(3, len(judged.train_y))
    assert (transfer.candidates(len(judged.train_y))[active_learning.offered(3)] == rows).all()
    shown = clothes.images[np.flatnonzero(clothes.labels >= 0)[rows[:5]]]
    sold = clothes.images[np.asarray(judged.train.ids)[rows[:5]]]
    assert (shown == sold).all()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([0, 1, 100], "of this market"), ([0, 1, -1], "of this market"), ([0, 1, 10**30], "of this market"),
        ([0, 1], "exactly 3 pictures to buy; 2 were"), ([0, 1, 2, 3], "4 were chosen"), ([4, 4, 5], "twice"),
        ([0, 1, 2.0], "could not be read"), ([0, 1, True], "could not be read"), (["0", "1", "2"], "could not be read"),
        (None, "could not be read"), ("012", "could not be read"), ({"a": 1}, "could not be read"),
    ],
)  # fmt: skip
def test_a_bad_choice_is_refused_with_one_sentence(cells: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        active_learning.picked(cells, 3)
    assert str(refused.value)[-1] == "."


def test_a_choice_is_worth_what_the_probe_says(small: np.ndarray) -> None:
    found = active_learning.judge("task", "data", X[small], X, len(CELLS), 6, CELLS, times=3)
    own, same = found["own"], found["same"]
    rows = small[active_learning.offered(6, N)[CELLS]]
    assert sorted(own["rows"]) == sorted(rows.tolist())
    assert own["ids"] == [1000 + row for row in own["rows"]]
    assert own["names"] == sorted("abcd"[Y[row]] for row in rows)  # class by class
    assert own["accuracies"] == [maths.worth(X, Y, np.sort(rows), X, Y)["accuracy"]]
    assert own["classes"] == [len(set(Y[rows]))]
    assert len(same["accuracies"]) == len(same["classes"]) == 3
    first = small[active_learning.offered(6, N)[maths.at_random(100, len(CELLS), 6)]]
    assert same["accuracies"][0] == pytest.approx(maths.worth(X, Y, first, X, Y)["accuracy"], abs=0.02)


def test_the_order_of_choosing_does_not_matter_and_the_seed_does(small: np.ndarray) -> None:
    def judged(seed: int, cells: list[int]) -> dict[str, Any]:
        return active_learning.judge("task", "data", X[small], X, len(cells), seed, cells, times=2)

    assert judged(1, CELLS) == judged(1, CELLS[::-1])
    assert judged(1, CELLS)["own"]["rows"] != judged(2, CELLS)["own"]["rows"]


def test_a_row_outside_of_the_market_is_refused_by_the_job_itself(small: np.ndarray) -> None:
    with pytest.raises(ValueError, match="of this market"):
        active_learning.judge("task", "data", X[small], X, 2, 0, [0, 100])


@pytest.mark.parametrize("ways", [(), transfer.STRATEGIES])
def test_a_purchase_is_ordinary_jobs(small: np.ndarray, monkeypatch: pytest.MonkeyPatch, ways: tuple[str, ...]) -> None:
    vectors = {"candidates": X[small], "test": X}
    monkeypatch.setattr(transfer, "some_features", lambda *call: vectors[call[3]])
    engine = Engine()
    config = default("masked_patches")
    work = Work(engine, active_learning.stages(config, None, None, len(CELLS), 6, np.array(CELLS), ways))
    engine.work(99)
    assert work.found is not None
    assert len(work.found) == 1 + len(ways)
    assert work.found[0]["own"] == active_learning.judge("task", "data", X[small], X, len(CELLS), 6, CELLS)["own"]
    assert all(len(one["names"]) == len(CELLS) for one in work.found[1:])
