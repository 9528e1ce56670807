"""Training to the end: the same run however it is sliced, and what stops it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from sslviz.training import loop, supervised, whole
from sslviz.training.config import Budget, RunConfig, default
from tests.stand_ins import cheapen, forget

CONFIG = RunConfig("masked_words", "sentences", seed=2, steps=24, batch=16, lr=1e-3, device="cpu")


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cheapen(monkeypatch)
    yield
    forget()


def test_the_end_is_that_of_one_single_slice_and_every_slice_is_told() -> None:
    expected, once = loop.advance(CONFIG, loop.start(CONFIG), CONFIG.steps)
    told: list[loop.Snapshot] = []
    state = whole.train(CONFIG, told.append, steps=10)
    assert state.keys() == expected.keys()
    assert all(np.array_equal(state[name], expected[name]) for name in state)
    assert [snapshot.step for snapshot in told] == [10, 20, 24]
    assert np.concatenate([snapshot.losses for snapshot in told]).tolist() == once.losses.tolist()
    assert [e.step for s in told for e in s.evaluations] == [e.step for e in once.evaluations]


def test_it_goes_on_from_the_state_that_is_given() -> None:
    middle, first = loop.advance(CONFIG, loop.start(CONFIG), 15)
    told: list[loop.Snapshot] = []
    state = whole.train(CONFIG, told.append, state=middle)
    assert [(snapshot.step, len(snapshot.losses)) for snapshot in told] == [(24, 9)]
    assert np.array_equal(state["weights"], whole.train(CONFIG)["weights"])
    assert not np.array_equal(state["weights"], middle["weights"])
    assert len(first.losses) == 15


def test_a_loss_that_is_no_number_ends_it_and_names_the_step() -> None:
    config = replace(default("masked_words"), steps=20, batch=16, lr=1e8, device="cpu")
    _, snapshot = loop.advance(config, loop.start(config), 20)
    assert snapshot.diverged is not None
    with pytest.raises(loop.Diverged, match=f"^{snapshot.diverged}$"):
        whole.train(config, steps=3)


def test_without_evaluations_the_weights_are_the_same() -> None:
    learner = loop.Learner(CONFIG)
    learner.evaluate = None  # type: ignore[assignment, method-assign]  # nobody may ask for one
    assert whole.unwatched(learner) is learner
    assert np.array_equal(learner.dump(24)["weights"], whole.train(CONFIG)["weights"])


def test_networks_that_learn_from_labels_follow_the_learning_rate_of_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, int, int]] = []

    def only_the_third_step(budget: Any, step: int) -> float:
        asked.append((budget.lr, budget.steps, step))
        return 0.5 if step == 2 else 0.0

    monkeypatch.setattr(loop, "rate", only_the_third_step)
    net, seen = torch.nn.Linear(1, 1, bias=False), list[float]()

    def loss(some: np.ndarray) -> torch.Tensor:
        assert sorted(some.tolist()) == [5, 7, 9]
        seen.append(net.weight.item())
        return net.weight.sum()

    torch.nn.init.ones_(net.weight)
    supervised.fit(net, np.array([5, 7, 9]), loss, 0, Budget(0.1, 5))
    assert asked == [(0.1, 5, step) for step in range(5)]
    # AdamW, all gradients alike: one step of the full rate downwards, after the decay by 0.01 of the rate.
    assert [*seen, net.weight.item()] == pytest.approx([1, 1, 1, *[1 - 0.5 * 0.01 - 0.5] * 3])
