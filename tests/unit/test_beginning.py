"""How a run begins: the first step comes before all that judges the untrained network, and nothing else changes."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.training import loop
from sslviz.training.config import RunConfig, default
from sslviz.training.live import beginning, slices
from sslviz.training.live.runs import PAUSED, PLAYING, Run
from tests.conftest import ALIKE
from tests.stand_ins import Engine, cheapen, forget
from tests.unit.test_loop import same_evaluations, same_state

SLUGS = [pytest.param(s, marks=() if s in ALIKE else pytest.mark.slow, id=s) for s in TASKS]


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cheapen(monkeypatch, depth=1)
    yield
    forget()


def small(slug: str = "masked_words", **changes: Any) -> RunConfig:
    return replace(default(slug), **{"steps": 200, "batch": 16, "device": "cpu", **changes})


def trained(
    config: RunConfig, steps: int, *, elsewhere: bool = False
) -> tuple[loop.State, np.ndarray, list[loop.Evaluation]]:
    """A run in slices of 3 steps, as workers train it; `elsewhere`: each slice on a worker that knows nothing."""
    state: loop.State | None = None
    losses, evaluations = np.empty(0, np.float32), list[loop.Evaluation]()
    while state is None or int(state["step"]) < steps:
        if elsewhere:
            forget()
        after, snapshot, _ = slices.advance(config.to_json(), pickle.loads(pickle.dumps(state)), 3)
        state, losses = after, np.concatenate([losses, snapshot.losses])
        evaluations += snapshot.evaluations
    return state, losses, evaluations


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_put_off_comes_out_the_same_to_the_last_bit(slug: str) -> None:
    config = small(slug)
    steps = 1 + 3 * 9  # beyond the first evaluation of the training
    state, snapshot = loop.advance(config, loop.start(config), steps)
    assert {0, min(loop.evaluation_steps(config))} <= {e.step for e in snapshot.evaluations}
    for elsewhere in (False, True):
        mine = trained(config, steps, elsewhere=elsewhere)
        assert same_state(mine[0], state)
        np.testing.assert_array_equal(mine[1], snapshot.losses)
        assert same_evaluations(mine[2], list(snapshot.evaluations))


def test_a_budget_so_small_that_the_first_step_is_judged_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "FRAMES", 20)
    config = small(steps=20)
    assert 1 in loop.evaluation_steps(config)
    state, snapshot = loop.advance(config, loop.start(config), 20)
    for _ in range(2):  # the second time the untrained network is known
        mine = trained(config, 20)
        assert same_state(mine[0], state)
        assert same_evaluations(mine[2], list(snapshot.evaluations))


def test_the_first_slice_is_a_step_and_the_second_begins_with_judging_what_was_before_it() -> None:
    config = small()
    state, snapshot, _ = slices.advance(config.to_json(), None, 5)
    assert (snapshot.step, len(snapshot.losses), snapshot.evaluations) == (1, 1, ())
    assert beginning.owes(state)
    settled, snapshot, _ = slices.advance(config.to_json(), state, 0)
    assert (snapshot.step, len(snapshot.losses), [e.step for e in snapshot.evaluations]) == (1, 0, [0])
    assert not beginning.owes(settled)
    first = min(loop.evaluation_steps(config))
    after, snapshot, _ = slices.advance(config.to_json(), state, first - 1)
    assert (snapshot.step, [e.step for e in snapshot.evaluations]) == (first, [0, first])
    assert same_state(after, slices.advance(config.to_json(), settled, first - 1)[0])


def test_one_network_is_judged_once_untrained_whatever_it_is_trained_for(monkeypatch: pytest.MonkeyPatch) -> None:
    trained(small(), 2)
    monkeypatch.setattr(loop.Learner, "evaluate", lambda *_: pytest.fail("it is known"))
    state, snapshot, _ = slices.advance(small(steps=300, lr=1e-4).to_json(), None, 1)
    assert [e.step for e in snapshot.evaluations] == [0]
    assert not beginning.owes(state)
    for other in (small(seed=1), small(batch=32)):
        assert beginning.owes(slices.advance(other.to_json(), None, 1)[0])


def test_few_judgements_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning, "KEPT", 1)
    for seed in (0, 1):
        trained(small(seed=seed), 2)
    assert not beginning.owes(slices.advance(small(seed=1).to_json(), None, 1)[0])
    assert beginning.owes(slices.advance(small(seed=0).to_json(), None, 1)[0])


@pytest.mark.parametrize("act", ["step_once", "slow"])
def test_after_a_single_step_the_untrained_network_is_judged_without_another_wish(act: str) -> None:
    engine = Engine()
    run = Run(small(), engine)
    getattr(run, act)()
    engine.work()
    assert (run.step, run.status, run.evaluations) == (1, PLAYING, [])
    engine.work()
    assert (run.step, run.status, [e.step for e in run.evaluations]) == (1, PAUSED, [0])
    assert bool(run.phases) is (act == "slow")
    assert not engine.waiting


def test_a_copy_of_a_run_that_owes_pays_before_it_goes_on() -> None:
    engine = Engine()
    run = Run(small(), engine)
    run.play()
    engine.work()
    copy = run.fork()
    run.reset()
    copy.step_once()
    engine.work(2)  # the first is the one that was reset
    assert (copy.step, copy.status, [e.step for e in copy.evaluations]) == (2, PAUSED, [0])


def test_a_worker_lost_while_it_judges_costs_that_slice_only() -> None:
    engine = Engine()
    run = Run(small(), engine)
    run.step_once()
    engine.work()
    engine.take().fail(ConnectionError())
    engine.work()
    assert (run.step, run.status, [e.step for e in run.evaluations]) == (1, PAUSED, [0])
