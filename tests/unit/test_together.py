"""Runs with the same settings are trained once, and no visitor's button touches what the others see."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.live import runs, shares
from sslviz.training.live.runs import Run, Runs
from tests.stand_ins import Engine, cheapen, forget
from tests.unit.test_loop import same_evaluations
from tests.unit.test_runs import FIGURES, Clock, Pool, curve, settle, toy_advance, toy_figures, toy_slow

CONFIG = replace(default("masked_words"), steps=400, batch=16, device="cpu")


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices without a network."""
    for name, function in {"_advance": toy_advance, "_slow": toy_slow, "_figures": toy_figures}.items():
        monkeypatch.setattr(runs, name, function)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def register(toy: None, engine: Engine) -> Runs:
    return Runs(engine)


@pytest.fixture
def play(register: Runs) -> Callable[..., list[Run]]:
    """Runs with the same settings of visitors with these names, who have pressed Play one after the other."""

    def pressed(*names: str, **settings: Any) -> list[Run]:
        many = [register.new(replace(CONFIG, **settings), name) for name in names]
        for run in many:
            run.play()
        return many

    return pressed


def finish(engine: Engine) -> None:
    engine.work(1000)
    assert not engine.waiting


def test_what_many_chose_is_trained_once_to_the_same_end(engine: Engine, play: Callable, register: Runs) -> None:
    play("alone", seed=1)
    finish(engine)
    once = len(engine.seen)
    many = play("ann", "bob", "eve")
    assert len(engine.waiting) == 1
    assert [register.together(run) for run in many] == [3, 3, 3]
    assert register.training() == 1
    finish(engine)
    assert len(engine.seen) == 2 * once
    for run in many:
        assert (run.status, run.figures, run.step) == (runs.DONE, FIGURES, 400)
        np.testing.assert_array_equal(run.losses, curve(0, 400))


def test_who_comes_later_begins_where_the_others_are_and_sees_what_was(engine: Engine, play: Callable) -> None:
    (ann,) = play("ann")
    engine.work(3)
    (bob,) = play("bob")
    assert bob.step == ann.step > 0
    np.testing.assert_array_equal(bob.losses, ann.losses)
    assert (bob.seconds, bob.device, len(engine.waiting)) == (ann.seconds, "cpu", 1)


def test_where_each_has_a_worker_each_sees_their_own_from_the_first_step_on(engine: Engine, play: Callable) -> None:
    engine.workers = lambda: 2
    ann, bob = play("ann", "bob")
    assert len(engine.waiting) == 2
    assert bob.crew != ann.crew
    (eve,) = play("eve")
    assert len(engine.waiting) == 2
    assert eve.crew in {ann.crew, bob.crew}


@pytest.mark.parametrize("other", [{"seed": 1}, {"lr": 1e-4}, {"steps": 401}])
def test_another_setting_is_another_run(engine: Engine, play: Callable, register: Runs, other: dict[str, Any]) -> None:
    (ann,), (bob,) = play("ann"), play("bob", **other)
    assert len(engine.waiting) == 2
    assert (register.together(ann), register.together(bob), register.training()) == (1, 1, 2)


def test_who_pauses_stops_alone_and_catches_up_with_play(engine: Engine, play: Callable, register: Runs) -> None:
    ann, bob = play("ann", "bob")
    engine.work()
    ann.pause()
    engine.work(2)
    assert (ann.status, ann.slice) == (runs.PAUSED, None)
    assert bob.step > ann.step
    assert register.together(bob) == 1
    ann.play()
    assert (ann.step, register.together(bob), len(engine.waiting)) == (bob.step, 2, 1)
    finish(engine)
    assert (ann.status, bob.status) == (runs.DONE, runs.DONE)


@pytest.mark.parametrize("leave", ["reset", "drop"])
def test_who_leaves_takes_nothing_from_the_others_and_the_last_one_ends_it(
    engine: Engine, play: Callable, register: Runs, leave: str
) -> None:
    go: dict[str, Callable[[Run], None]] = {"reset": Run.reset, "drop": register.drop}
    ann, bob = play("ann", "bob")
    engine.work(2)
    (job,) = engine.waiting
    go[leave](ann)  # who has begun it
    assert (ann.step, job.cancelled, bob.status) == (0, False, runs.PLAYING)
    engine.work()
    assert len(engine.waiting) == 1
    (last,) = engine.waiting
    go[leave](bob)
    assert last.cancelled
    finish(engine)
    assert not ann.busy
    assert not bob.busy


@pytest.mark.parametrize("press", ["step_once", "slow"])
def test_single_steps_are_ones_own(engine: Engine, play: Callable, register: Runs, press: str) -> None:
    ann, bob = play("ann", "bob")
    engine.work(2)
    there = ann.step
    ann.pause()
    engine.work()
    before = bob.step, bob.status
    getattr(ann, press)()
    assert register.together(bob) == 1
    assert (bob.step, bob.status) == before
    engine.take()  # bob's, which is kept for later
    engine.work()
    assert ann.status == runs.PAUSED
    assert there < ann.step <= bob.step + 1
    assert not bob.phases
    assert len(ann.losses) == ann.step


def test_who_trains_on_past_the_end_trains_alone(engine: Engine, play: Callable, register: Runs) -> None:
    ann, bob = play("ann", "bob")
    finish(engine)
    ann.train_on()
    assert register.together(ann) == 1
    engine.work()
    assert (ann.config.steps, bob.config.steps) == (800, 400)
    assert (bob.status, bob.step, bob.figures) == (runs.DONE, 400, FIGURES)


def test_a_run_that_is_watched_counts_as_any_other_of_this_visitor(engine: Engine, toy: None) -> None:
    register = Runs(engine, at_once=1)
    ann, bob, more = (register.new(CONFIG, name) for name in ("ann", "bob", "bob"))
    ann.play()
    bob.play()
    more.play()
    assert (more.status, more.note[:17]) == (runs.READY, "1 runs of yours t")
    bob.reset()
    more.play()
    assert (more.status, len(engine.waiting)) == (runs.PLAYING, 1)


def test_who_looks_no_more_is_paused_and_the_others_go_on(engine: Engine, play: Callable) -> None:
    clock = Clock()
    ann, bob = play("ann", "bob")
    for run in (ann, bob):
        run._clock = clock
        run.look()
    for _ in range(8):
        clock.now += 10
        bob.look()
        engine.work()
    assert ann.status == runs.PAUSED
    assert "no page has looked" in ann.note
    assert bob.status == runs.PLAYING
    assert bob.step > ann.step


def test_a_lost_slice_is_handed_in_once_for_all(engine: Engine, play: Callable) -> None:
    many = play("ann", "bob", "eve")
    engine.work(2)
    engine.take().fail(OSError("the worker died"))
    assert len(engine.waiting) == 1
    finish(engine)
    assert [run.status for run in many] == 3 * [runs.DONE]
    np.testing.assert_array_equal(many[2].losses, curve(0, 400))


def test_a_dead_engine_is_noticed_by_one_look_and_nobody_waits_for_what_it_held(engine: Engine, play: Callable) -> None:
    ann, bob = play("ann", "bob")
    engine.work(2)
    (held,) = engine.waiting
    engine.waiting.clear()
    engine.dead = True
    bob.look()
    engine.dead = False
    assert len(engine.waiting) == 1  # not the dead one
    held.fail(ConnectionError("as Dask tells when the next engine is connected"))
    assert len(engine.waiting) == 1
    finish(engine)
    assert (ann.status, bob.status) == (runs.DONE, runs.DONE)


def test_who_is_ahead_takes_nobody_along(engine: Engine, play: Callable) -> None:
    (ann,) = play("ann")
    engine.work(6)
    ann.pause()
    engine.work()
    (bob,) = play("bob")
    engine.work()
    ann.play()
    far = ann.step
    assert far - bob.step > 4 * bob._pace
    engine.work(2)
    assert 0 < bob.step < far
    (eve,) = play("eve")
    assert eve.step == ann.step  # who presses Play is taken there


def test_those_who_train_together_have_a_turn_of_their_own(
    engine: Engine, play: Callable, register: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever else the visitor trains who happened to be the first."""
    monkeypatch.setattr(shares, "timed", lambda function, *arguments: (function(*arguments), 0.5))
    ann, _ = play("ann", "bob", steps=20000)
    lone = [run for seed in (1, 2) for run in play("ann", seed=seed, steps=20000)]
    engine.work(40)
    began = spent_on(engine)
    engine.work(40)
    spent = {config: times - began.get(config, 0) for config, times in spent_on(engine).items()}
    assert spent[ann.config.to_json()] == pytest.approx(20, abs=1)
    assert [spent[run.config.to_json()] for run in lone] == pytest.approx([10, 10], abs=1)
    assert register.seconds_left(ann) == pytest.approx(2 * ann.left)
    assert register.seconds_left(lone[0]) == pytest.approx(4 * lone[0].left)


def spent_on(engine: Engine) -> dict[str, int]:
    found: dict[str, int] = {}
    for job in engine.seen:
        if job.ended:
            found[job.arguments[1]] = found.get(job.arguments[1], 0) + 1
    return found


@pytest.mark.parametrize("seed", range(3))
def test_buttons_of_many_visitors_leave_every_run_in_order(toy: None, seed: int) -> None:
    pool = Pool()
    pool.workers = lambda: 1  # type: ignore[attr-defined]
    register = Runs(pool)  # type: ignore[arg-type]
    many = [register.new(replace(CONFIG, steps=3000), f"visitor {i}") for i in range(6)]
    problems: list[BaseException] = []

    def press(number: int) -> None:
        rng, run = random.Random(10 * seed + number), many[number]
        try:
            for _ in range(60):
                rng.choice([run.play, run.play, run.pause, run.step_once, run.slow, run.look, run.reset, run.play])()
                register.together(run)
                time.sleep(rng.random() * 0.002)
        except BaseException as problem:  # noqa: BLE001 - in a thread nobody else would see it
            problems.append(problem)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(len(many))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not problems
    assert not any(thread.is_alive() for thread in threads)
    for run in many:
        run.play()
    for run in many:
        settle(run)
        assert (run.status, run.step) == (runs.DONE, 3000)
        np.testing.assert_array_equal(run.losses, curve(0, 3000))
    pool.pool.shutdown()


def test_who_took_over_comes_to_the_same_end_as_the_bare_loop(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    cheapen(monkeypatch)
    monkeypatch.setattr(runs, "_figures", toy_figures)
    config, register = replace(CONFIG, steps=24), Runs(engine)
    ann, bob = register.new(config, "ann"), register.new(config, "bob")
    ann.play()
    engine.work(1)
    bob.play()  # while the untrained network has not been judged yet
    engine.work(1)
    ann.reset()
    finish(engine)
    _, whole = loop.advance(config, loop.start(config), 24)
    np.testing.assert_array_equal(bob.losses, whole.losses)
    same_evaluations(bob.evaluations, whole.evaluations)
    forget()
