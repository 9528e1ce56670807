"""Live runs: what each button does, whatever the engine does, and the same curve in every case."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.training import loop
from sslviz.training.config import RunConfig, default
from sslviz.training.live import runs
from sslviz.training.live.runs import Run, Runs
from tests.stand_ins import Engine, cheapen, forget

CONFIG = replace(default("masked_words"), steps=60, batch=16, device="cpu")
FIGURES = {"loss": 0.5}


class Clock:
    """Time that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def curve(first: int, last: int) -> np.ndarray:
    return (1 / (1 + np.arange(first, last))).astype(np.float32)


def toy_advance(config: str, state: loop.State | None, steps: int) -> tuple[loop.State, loop.Snapshot, list[Any]]:
    """A slice without a network: the loss of step t is 1/(t + 1), a step takes a hundredth of a second."""
    run, first = RunConfig.from_json(config), 0 if state is None else int(state["step"])
    last = min(first + steps, run.steps)
    if run.lr >= 1e6:
        return {"step": np.int64(first)}, loop.Snapshot(first, np.empty(0, np.float32), (), 0.1, "cpu", first), []
    seconds = 0.01 * (last - first)
    return {"step": np.int64(last)}, loop.Snapshot(last, curve(first, last), (), seconds, "cpu"), []


def toy_slow(config: str, state: loop.State | None, steps: int) -> tuple[loop.State, loop.Snapshot, list[Any]]:
    return *toy_advance(config, state, steps)[:2], [{"name": "draw", "text": "", "numbers": []}]


def toy_figures(config: str, state: loop.State) -> dict[str, Any]:
    return FIGURES


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, function in {"_advance": toy_advance, "_slow": toy_slow, "_figures": toy_figures}.items():
        monkeypatch.setattr(runs, name, function)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def run(engine: Engine, clock: Clock) -> Run:
    return Run(CONFIG, engine, clock)


def finish(engine: Engine) -> None:
    engine.work(1000)
    assert not engine.waiting


# buttons


def test_a_new_run_stands_still(run: Run, engine: Engine) -> None:
    assert (run.status, run.step, run.state, run.busy) == (runs.READY, 0, None, False)
    assert not engine.seen


def test_play_trains_until_the_budget_is_spent_and_then_judges(run: Run, engine: Engine) -> None:
    run.play()
    assert run.status == runs.PLAYING
    assert run.busy
    finish(engine)
    assert (run.status, run.step, run.busy) == (runs.DONE, CONFIG.steps, False)
    np.testing.assert_array_equal(run.losses, curve(0, CONFIG.steps))
    assert run.figures == FIGURES
    assert run.seconds == pytest.approx(0.6)
    assert run.device == "cpu"


def test_only_one_slice_is_handed_in_at_a_time(run: Run, engine: Engine) -> None:
    run.play()
    run.play()
    assert len(engine.waiting) == 1
    engine.work()
    assert len(engine.waiting) == 1


def test_pause_waits_for_the_slice_that_is_being_computed(run: Run, engine: Engine) -> None:
    run.play()
    run.pause()
    assert run.status == runs.PAUSING
    assert run.busy
    engine.work()
    assert run.status == runs.PAUSED
    assert run.step == 1
    assert not engine.waiting
    assert not run.busy


def test_play_while_pausing_goes_on(run: Run, engine: Engine) -> None:
    run.play()
    run.pause()
    run.play()
    assert run.status == runs.PLAYING
    finish(engine)
    assert run.status == runs.DONE
    np.testing.assert_array_equal(run.losses, curve(0, CONFIG.steps))


def test_pause_of_a_run_that_stands_still_changes_nothing(run: Run) -> None:
    run.pause()
    assert run.status == runs.READY


def test_step_is_one_step(run: Run, engine: Engine) -> None:
    run.step_once()
    engine.work()
    assert (run.step, run.status) == (1, runs.PAUSED)
    assert not engine.waiting


def test_step_during_play_ends_it_after_one_more_step(run: Run, engine: Engine) -> None:
    run.play()
    engine.work(2)
    step, slice_ = run.step, engine.waiting[0].arguments[2]
    run.step_once()
    finish(engine)
    assert (run.step, run.status) == (step + slice_ + 1, runs.PAUSED)


def test_play_during_a_step_goes_on_afterwards(run: Run, engine: Engine) -> None:
    run.step_once()
    run.play()
    finish(engine)
    assert (run.step, run.status) == (60, runs.DONE)


def test_slow_motion_is_one_step_and_keeps_its_phases(run: Run, engine: Engine) -> None:
    run.slow()
    engine.work()
    assert (run.step, run.status) == (1, runs.PAUSED)
    assert [phase["name"] for phase in run.phases] == ["draw"]
    run.play()
    engine.work()
    assert run.phases == []


def test_the_last_step_by_step_is_judged_too(run: Run, engine: Engine) -> None:
    for _ in range(CONFIG.steps):
        run.step_once()
        engine.work()
    assert run.status != runs.DONE
    finish(engine)
    assert (run.status, run.figures) == (runs.DONE, FIGURES)


def test_a_run_that_is_done_stays_so(run: Run, engine: Engine) -> None:
    run.play()
    finish(engine)
    for press in (run.play, run.step_once, run.slow, run.pause):
        press()
        assert run.status == runs.DONE
        assert not engine.waiting


def test_reset_forgets_everything_but_the_config(run: Run, engine: Engine) -> None:
    run.play()
    engine.work(2)
    run.reset()
    assert (run.status, run.step, run.state, run.seconds, len(run.losses)) == (runs.READY, 0, None, 0.0, 0)
    assert run.config == CONFIG
    assert not run.busy


def test_a_slice_that_comes_back_after_reset_is_ignored(run: Run, engine: Engine) -> None:
    run.play()
    late = engine.take()
    run.reset()
    assert late.cancelled
    late.finish()
    assert (run.status, run.step, len(run.losses)) == (runs.READY, 0, 0)
    run.play()
    finish(engine)
    np.testing.assert_array_equal(run.losses, curve(0, CONFIG.steps))


def test_a_slice_that_comes_back_after_reset_and_play_is_ignored(run: Run, engine: Engine) -> None:
    run.play()
    late = engine.take()
    run.reset()
    run.play()
    late.finish()
    assert run.step == 0
    assert run.status == runs.PLAYING
    finish(engine)
    np.testing.assert_array_equal(run.losses, curve(0, CONFIG.steps))


def test_a_cancelled_slice_after_reset_hands_nothing_in(run: Run, engine: Engine) -> None:
    run.play()
    late = engine.take()
    run.reset()
    late.fail(CancelledError())
    assert run.status == runs.READY
    assert not engine.waiting


# slices


def test_the_slice_grows_to_half_a_second(run: Run, engine: Engine) -> None:
    run.config = replace(CONFIG, steps=1000)
    run.play()
    finish(engine)
    lengths = [job.arguments[2] for job in engine.seen if job.function is toy_advance]
    assert lengths[:4] == [1, 4, 16, 50]  # at most four times as long as the last; then 50 steps of 0.01 s
    assert set(lengths[3:]) == {50}


def test_the_slice_shrinks_where_steps_are_slow(run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(config: str, state: Any, steps: int) -> Any:
        state, snapshot, phases = toy_advance(config, state, steps)
        return state, replace(snapshot, seconds=0.4 * len(snapshot.losses)), phases

    run.config = replace(CONFIG, steps=1000)
    run.play()
    engine.work(3)
    monkeypatch.setattr(runs, "_advance", slow)
    engine.work(9)
    lengths = [job.arguments[2] for job in engine.seen][4:]  # the fourth was handed in before
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] == 1


def test_a_slice_that_was_evaluated_says_nothing_about_the_pace(
    run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def evaluated(config: str, state: Any, steps: int) -> Any:
        state, snapshot, phases = toy_advance(config, state, steps)
        return state, replace(snapshot, seconds=9.0, evaluations=(judged(snapshot.step),)), phases

    monkeypatch.setattr(runs, "_advance", evaluated)
    run.play()
    engine.work(3)
    assert [job.arguments[2] for job in engine.seen] == [1, 1, 1, 1]
    assert [e.step for e in run.evaluations] == [1, 2, 3]


# idle


def test_a_run_that_nobody_looks_at_pauses_itself_and_says_so(run: Run, engine: Engine, clock: Clock) -> None:
    run.play()
    engine.work()
    clock.now = runs.IDLE + 1
    engine.work()
    assert run.status == runs.PAUSED
    assert "no page has looked" in run.note
    assert run.step == 5
    run.play()
    assert run.note == ""
    finish(engine)
    assert run.status == runs.DONE
    np.testing.assert_array_equal(run.losses, curve(0, CONFIG.steps))


def test_a_look_keeps_it_going(run: Run, engine: Engine, clock: Clock) -> None:
    run.play()
    for _ in range(3):
        clock.now += runs.IDLE - 1
        run.look()
        engine.work()
    assert run.status == runs.PLAYING
    assert run.note == ""


# faults


def test_a_lost_slice_is_handed_in_again_from_the_last_state(run: Run, engine: Engine) -> None:
    run.play()
    engine.work(2)
    step = run.step
    engine.take().fail(ConnectionError("the worker died"))
    assert (run.status, run.step, len(engine.waiting)) == (runs.PLAYING, step, 1)
    assert engine.waiting[0].arguments[1] is run.state
    finish(engine)
    assert (run.status, run.note) == (runs.DONE, "")
    np.testing.assert_array_equal(run.losses, curve(0, CONFIG.steps))


@pytest.mark.parametrize("press", ["step_once", "slow"])
def test_a_lost_step_is_handed_in_again(run: Run, engine: Engine, press: str) -> None:
    getattr(run, press)()
    engine.take().fail(ConnectionError())
    finish(engine)
    assert (run.status, run.step) == (runs.PAUSED, 1)


def test_a_slice_lost_while_pausing_is_not_handed_in_again(run: Run, engine: Engine) -> None:
    run.play()
    run.pause()
    engine.take().fail(ConnectionError())
    assert (run.status, run.busy) == (runs.PAUSED, False)
    assert not engine.waiting


def test_it_gives_up_after_some_tries_says_so_and_play_goes_on(run: Run, engine: Engine) -> None:
    run.play()
    engine.work(2)
    step = run.step
    for _ in range(runs.TRIES):
        engine.take().fail(RuntimeError("disk full"))
    assert (run.status, run.step, run.busy) == (runs.FAILED, step, False)
    assert "disk full" in run.note
    assert "Play tries again" in run.note
    assert not engine.waiting
    run.play()
    assert (run.status, run.note) == (runs.PLAYING, "")
    finish(engine)
    assert run.status == runs.DONE
    np.testing.assert_array_equal(run.losses, curve(0, CONFIG.steps))


def test_slices_in_between_that_worked_start_the_count_anew(run: Run, engine: Engine) -> None:
    run.config = replace(CONFIG, steps=1000)
    run.play()
    for _ in range(4):
        engine.take().fail(ConnectionError())
        engine.work()
    assert run.status == runs.PLAYING


def test_lost_figures_are_computed_again(run: Run, engine: Engine) -> None:
    run.play()
    while engine.waiting[0].function is not toy_figures:
        engine.work()
    engine.take().fail(ConnectionError())
    finish(engine)
    assert (run.status, run.figures) == (runs.DONE, FIGURES)


def test_figures_that_never_come_can_be_asked_for_with_play(run: Run, engine: Engine) -> None:
    run.play()
    while engine.waiting[0].function is not toy_figures:
        engine.work()
    for _ in range(runs.TRIES):
        engine.take().fail(MemoryError("no room"))
    assert (run.status, run.step) == (runs.FAILED, CONFIG.steps)
    run.play()
    finish(engine)
    assert (run.status, run.figures) == (runs.DONE, FIGURES)
    np.testing.assert_array_equal(run.losses, curve(0, CONFIG.steps))


def test_an_engine_out_of_reach_is_said_and_play_tries_again(run: Run, engine: Engine) -> None:
    engine.broken = True
    run.play()
    assert run.status == runs.FAILED
    assert "no route to host" in run.note
    assert not run.busy
    engine.broken = False
    run.play()
    finish(engine)
    assert run.status == runs.DONE


def test_an_engine_that_goes_away_before_the_figures_leaves_a_trained_model(run: Run, engine: Engine) -> None:
    run.config = replace(CONFIG, steps=20)  # three slices, of 1, 4 and what is left
    run.play()
    engine.work(2)
    assert (run.step, run.status) == (5, runs.PLAYING)
    engine.broken = True
    engine.work()
    assert (run.status, run.step, run.figures) == (runs.DONE, 20, None)
    np.testing.assert_array_equal(run.losses, curve(0, 20))


def test_a_dead_engine_is_noticed_by_a_look(run: Run, engine: Engine) -> None:
    run.play()
    engine.work(2)
    step, late = run.step, engine.take()
    engine.dead = True
    run.look()
    engine.dead = False
    assert (run.status, run.step, len(engine.waiting)) == (runs.PLAYING, step, 1)
    late.fail(CancelledError())  # what Dask says of it later, or even a result: too late
    late.finish()
    finish(engine)
    assert run.status == runs.DONE
    np.testing.assert_array_equal(run.losses, curve(0, CONFIG.steps))


def test_training_that_diverges_stops_says_so_and_keeps_the_last_good_state(
    run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.play()
    engine.work(2)
    state, step = run.state, run.step

    def diverge(config: str, state: Any, steps: int) -> Any:
        return state, loop.Snapshot(step, np.empty(0, np.float32), (), 0.1, "cpu", step + 3), []

    monkeypatch.setattr(runs, "_advance", diverge)
    engine.waiting[0].function = diverge
    engine.work()
    assert (run.status, run.step, run.state) == (runs.FAILED, step, state)
    assert f"Stopped at step {step + 3}" in run.note
    assert f"step {step} is kept" in run.note
    assert len(run.losses) == step
    assert not run.busy
    assert not engine.waiting
    run.step_once()
    engine.work()
    assert run.status == runs.FAILED


# copies and the register


def test_a_copy_stands_still_at_the_same_step_and_goes_its_own_way(run: Run, engine: Engine) -> None:
    run.play()
    engine.work(2)
    copy = run.fork()
    assert copy.id != run.id
    assert (copy.status, copy.step, copy.busy) == (runs.PAUSED, run.step, False)
    copy.play()
    finish(engine)
    np.testing.assert_array_equal(copy.losses, curve(0, CONFIG.steps))
    np.testing.assert_array_equal(run.losses, curve(0, CONFIG.steps))
    assert copy.evaluations is not run.evaluations


def test_a_copy_of_a_finished_run_is_finished(run: Run, engine: Engine) -> None:
    run.play()
    finish(engine)
    assert (run.fork().status, run.fork().figures) == (runs.DONE, FIGURES)


def test_a_copy_of_a_run_that_waits_for_its_figures_gets_its_own(run: Run, engine: Engine) -> None:
    run.play()
    while run.step < CONFIG.steps:
        engine.work()
    copy = run.fork()
    copy.play()
    finish(engine)
    assert (copy.status, copy.figures) == (runs.DONE, FIGURES)


def test_a_run_is_found_by_its_visitor(engine: Engine) -> None:
    register = Runs(engine)
    run = register.new(CONFIG, "ann")
    assert register.find(run.id, "ann") is run
    assert register.find("nonsense", "ann") is None


def test_nobody_else_ever_gets_the_run_itself(engine: Engine) -> None:
    register = Runs(engine)
    run = register.new(CONFIG, "ann")
    run.play()
    for visitor in ("bob", "", "ann, whose line was down", run.id):
        assert register.find(run.id, visitor) is not run
    assert run.viewer == "ann"
    assert register.find(run.id, "ann") is run
    assert run.status == runs.PLAYING


def test_somebody_else_with_the_same_link_gets_a_copy(engine: Engine) -> None:
    register = Runs(engine)
    run = register.new(CONFIG, "ann")
    run.play()
    engine.work(2)
    copy = register.find(run.id, "bob")
    assert copy is not None
    assert copy is not run
    assert (copy.viewer, run.viewer, copy.step, copy.status) == ("bob", "ann", run.step, runs.PAUSED)
    assert register.find(copy.id, "bob") is copy
    copy.reset()
    assert run.status == runs.PLAYING
    assert run.step > 0


def test_the_register_counts_the_runs_that_train(engine: Engine) -> None:
    register = Runs(engine)
    seeds = {"ann": 1, "bob": 2, "eve": 3}
    first, second, third = (register.new(replace(CONFIG, seed=seed), name) for name, seed in seeds.items())
    assert register.training() == 0
    first.play()
    second.play()
    third.step_once()
    assert register.training() == 3
    first.pause()
    assert register.training() == 2
    finish(engine)
    assert register.training() == 0


def test_the_register_keeps_only_so_many(engine: Engine) -> None:
    register = Runs(engine, most=3)
    kept = [register.new(CONFIG, "ann") for _ in range(10)]
    left = [run for run in kept if register.find(run.id, "ann")]
    assert left == kept[-3:]


def test_the_register_never_drops_a_run_that_trains(engine: Engine) -> None:
    register = Runs(engine, most=3)
    training = register.new(CONFIG, "ann")
    training.play()
    for _ in range(10):
        register.new(CONFIG, "bob")
    assert register.find(training.id, "ann") is training


def test_a_visitor_keeps_only_so_many_and_loses_the_one_not_looked_at_for_longest(engine: Engine) -> None:
    register = Runs(engine, each=3)
    others = [register.new(CONFIG, name) for name in ("bob", "eve")]
    mine = [register.new(CONFIG, "ann") for _ in range(3)]
    mine[0].look()
    more = register.new(CONFIG, "ann")
    left = [run for run in (*others, *mine, more) if register.find(run.id, run.viewer) is run]
    assert left == [*others, mine[0], mine[2], more]


def test_a_run_that_stands_still_and_that_no_page_shows_for_hours_is_forgotten(engine: Engine) -> None:
    register = Runs(engine)
    still, seen, training = (register.new(replace(CONFIG, seed=seed), "ann") for seed in range(3))
    training.play()
    for run in (still, training):
        run.looked -= runs.KEPT + 1
    seen.looked -= runs.KEPT - 60
    register.forget()
    assert [register.there(run.id) for run in (still, seen, training)] == [None, seen, training]


def test_what_stands_still_unseen_is_put_away_once_and_says_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = list[Any]()

    def put_away(held: tuple[Any, ...]) -> tuple[Any, ...]:
        away.append(held)
        return deepcopy(held)

    monkeypatch.setattr(runs, "put_away", put_away)
    register = Runs(engine)
    left, seen, training = (register.new(replace(CONFIG, seed=seed), name) for seed, name in enumerate("abc"))
    for run in (left, seen, training):
        run.step_once()
        engine.work()
    training.play()
    for run in (left, training):
        run.looked -= runs.IDLE + 1
    for _ in range(2):
        register.forget()
    assert [held[0] for held in away] == [{"step": 1}]
    np.testing.assert_array_equal(left.losses, curve(0, 1))
    training.look()
    left.play()
    finish(engine)
    np.testing.assert_array_equal(left.losses, curve(0, CONFIG.steps))
    left.looked -= runs.IDLE + 1
    register.forget()
    assert [held[0]["step"] for held in away] == [1, CONFIG.steps]
    assert (left.status, left.figures) == (runs.DONE, FIGURES)


def test_where_the_server_is_full_whoever_has_most_makes_room(engine: Engine) -> None:
    register = Runs(engine, most=10)
    others = [register.new(CONFIG, name) for name in ("bob", "bob", "eve")]
    for _ in range(50):  # as one link with many ids did
        register.find(others[0].id, "mallory")
    assert all(register.find(run.id, run.viewer) is run for run in others)
    assert len(register._runs) == 10
    register.new(CONFIG, "ann")
    assert all(register.find(run.id, run.viewer) is run for run in others)


def test_only_so_many_runs_of_a_visitor_train_at_once(engine: Engine) -> None:
    register = Runs(engine, at_once=2)
    first, second, third = (register.new(CONFIG, "ann") for _ in range(3))
    first.play()
    second.step_once()
    for press in (third.play, third.step_once, third.slow):
        press()
        assert (third.status, third.busy) == (runs.READY, False)
        assert third.note.startswith("2 runs of yours train already")
    register.new(replace(CONFIG, seed=1), "bob").play()
    first.play()  # who trains already is not refused
    assert register.training() == 3
    first.pause()
    finish(engine)
    third.play()
    assert (third.status, third.note) == (runs.PLAYING, "")


@pytest.mark.parametrize(("steps", "batch", "allowed"), [(650, 32, True), (20, 512, False), (20_000, 128, False)])
def test_what_costs_too_much_is_refused_in_a_sentence(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, steps: int, batch: int, allowed: bool
) -> None:
    monkeypatch.delenv("SSLVIZ_RUN_MINUTES", raising=False)
    run = Runs(engine).new(replace(default("masked_sound"), steps=steps, batch=batch, device="cpu"), "ann")
    run.play()
    assert (run.status == runs.PLAYING) is allowed
    assert ("choose a smaller batch or fewer steps" in run.note) is not allowed
    assert run.note.count(". ") == (0 if allowed else 1)


def test_the_server_says_how_long_a_run_may_take(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    register = Runs(engine)
    run = register.new(default("masked_words"), "ann")  # about 90 seconds
    monkeypatch.setenv("SSLVIZ_RUN_MINUTES", "0.5")
    run.play()
    assert "a run 0.5 minutes" in run.note
    monkeypatch.setenv("SSLVIZ_RUN_MINUTES", "5")
    run.play()
    assert run.status == runs.PLAYING


@pytest.mark.parametrize("slug", list(TASKS))
def test_every_recorded_budget_may_be_trained(engine: Engine, slug: str) -> None:
    for which in TASKS[slug].expects.recordings:
        run = Runs(engine).new(default(slug, which), "ann")
        run.play()
        assert (run.status, run.note) == (runs.PLAYING, "")


# the clock


def test_time_left_comes_from_steps_and_not_from_what_is_set_up_once(
    run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.config = replace(CONFIG, steps=2000)

    def first_is_slow(config: str, state: Any, steps: int) -> Any:
        new, snapshot, phases = toy_advance(config, state, steps)
        if state is None:  # the first map, drawn from scratch
            return new, replace(snapshot, seconds=30.0, evaluations=(judged(0),)), phases
        return new, snapshot, phases

    monkeypatch.setattr(runs, "_advance", first_is_slow)
    run.step_once()
    engine.work()
    assert run.left == pytest.approx(runs.recorded_step(run.config) * 1999)  # nothing else is known yet
    assert run.left < 500
    for _ in range(3):
        run.step_once()
        engine.work()
    assert run.left == pytest.approx(0.01 * 1996)
    assert run.seconds == pytest.approx(30.03)


def test_time_left_counts_the_evaluations_that_are_to_come(
    run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.config = replace(CONFIG, steps=2000)
    due = loop.evaluation_steps(run.config)

    def evaluated(config: str, state: Any, steps: int) -> Any:
        first = 0 if state is None else int(state["step"])
        state, snapshot, phases = toy_advance(config, state, steps)
        done = tuple(judged(step) for step in sorted(due) if first < step <= snapshot.step)
        return state, replace(snapshot, evaluations=done, seconds=snapshot.seconds + 2 * len(done)), phases

    monkeypatch.setattr(runs, "_advance", evaluated)
    run.play()
    while len(run.evaluations) < 4:
        engine.work()
    to_come = sum(step > run.step for step in due)
    assert run.left == pytest.approx(0.01 * (2000 - run.step) + 2 * to_come, rel=0.05)


def test_time_left_is_longer_where_others_train_too(engine: Engine) -> None:
    register = Runs(engine)
    engine.workers = lambda: 2
    mine = register.new(replace(CONFIG, steps=1000), "ann")
    mine.play()
    alone = register.seconds_left(mine)
    assert alone == pytest.approx(mine.left)
    others = [register.new(replace(CONFIG, seed=seed), name) for seed, name in enumerate(("bob", "eve", "joe"))]
    others[0].play()
    assert register.seconds_left(mine) == pytest.approx(alone)  # a worker each
    for run in others[1:]:
        run.play()
    assert register.seconds_left(mine) == pytest.approx(2 * alone)
    register.new(CONFIG, "joe").play()  # his own affair
    assert register.seconds_left(mine) == pytest.approx(2 * alone)


def judged(step: int) -> loop.Evaluation:
    nothing = np.zeros((1, 2), np.float32)
    return loop.Evaluation(step, 1.0, {}, 0.5, nothing, nothing.astype(np.float16))


# threads


class Pool:
    """An engine with two workers that take their time."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(2)

    def submit(self, function: Callable[..., Any], *arguments: Any, priority: float = 0) -> Any:  # noqa: ARG002 - as Dask's
        def work() -> Any:
            time.sleep(0.0005)
            return function(*arguments)

        return self.pool.submit(work)

    def lost(self) -> bool:
        return False


@pytest.fixture
def pool() -> Iterator[Pool]:
    engine = Pool()
    yield engine
    engine.pool.shutdown(cancel_futures=True)


def settle(run: Run, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while run.busy and time.monotonic() < until:
        time.sleep(0.001)
    assert not run.busy


@pytest.mark.parametrize("seed", range(3))
def test_buttons_pressed_by_many_threads_leave_a_run_in_order(pool: Pool, seed: int) -> None:
    run = Run(replace(CONFIG, steps=3000), pool)
    presses = [run.play, run.pause, run.step_once, run.slow, run.look, run.reset, run.fork, run.put_away, run.play]
    problems: list[BaseException] = []

    def press(number: int) -> None:
        rng = random.Random(10 * seed + number)
        try:
            for _ in range(60):
                rng.choice(presses)()
                time.sleep(rng.random() * 0.001)
        except BaseException as problem:  # noqa: BLE001 - in a thread nobody else would see it
            problems.append(problem)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not problems
    assert not any(thread.is_alive() for thread in threads)
    run.pause()
    settle(run)
    assert run.status in {runs.READY, runs.PAUSED, runs.DONE}
    assert len(run.losses) == run.step == (0 if run.state is None else run.state["step"])
    np.testing.assert_array_equal(run.losses, curve(0, run.step))
    run.play()
    settle(run)
    assert run.status == runs.DONE
    np.testing.assert_array_equal(run.losses, curve(0, 3000))


# the real loop


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cheapen(monkeypatch)
    yield
    forget()


def test_the_curve_is_that_of_the_bare_loop_bit_for_bit(
    cheap: None, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(CONFIG, steps=40)
    state, snapshot = loop.advance(config, loop.start(config), config.steps)
    forget()
    monkeypatch.undo()  # the real slices
    cheapen(monkeypatch)
    monkeypatch.setattr(runs, "_figures", toy_figures)
    run = Run(config, engine)
    run.slow()
    engine.work()
    assert [phase["name"] for phase in run.phases] == ["draw", "change", "forward", "loss", "gradient", "update"]
    run.play()
    engine.work()
    engine.take().fail(ConnectionError())
    run.pause()
    engine.work()
    run.put_away()
    run.step_once()
    engine.work()
    run.put_away()
    other = run.fork()
    other.play()
    finish(engine)
    run.play()
    finish(engine)
    for one in (run, other):
        assert one.status == runs.DONE
        assert one.state is not None
        np.testing.assert_array_equal(one.losses, snapshot.losses)
        np.testing.assert_array_equal(one.state["weights"], state["weights"])
        assert [e.step for e in one.evaluations] == [e.step for e in snapshot.evaluations]
        for mine, bare in zip(one.evaluations, snapshot.evaluations, strict=True):
            assert (mine.loss, mine.scores, mine.knn) == (bare.loss, bare.scores, bare.knn)
            np.testing.assert_array_equal(mine.points, bare.points)


def test_a_learning_rate_far_too_high_ends_with_a_note(cheap: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    cheapen(monkeypatch)
    engine = Engine(at_once=True)
    run = Run(replace(CONFIG, lr=1e8), engine)
    run.play()
    assert run.status == runs.FAILED
    assert "1e+08" in run.note
    assert "Reset" in run.note
    assert np.isfinite(run.state["weights"]).all()
    assert np.isfinite(run.losses).all()


def test_a_page_waits_for_the_first_slice_and_for_nothing_else(run: Run, engine: Engine) -> None:
    began = time.monotonic()
    run.wait_for_first(60)  # it does not play
    run.play()
    late = threading.Timer(0.2, engine.work)
    late.start()
    run.wait_for_first(60)
    assert (run.step, run.state is not None) == (1, True)
    run.wait_for_first(60)  # it has had it
    run.reset()
    run.play()
    run.wait_for_first(0.1)  # so long, and no longer
    assert run.state is None
    late = threading.Timer(0.2, run.reset)
    late.start()
    run.wait_for_first(60)
    assert time.monotonic() - began < 30


def test_a_first_slice_has_a_head_start_and_no_other(run: Run, engine: Engine) -> None:
    run.play()
    engine.work(3)
    assert [job.priority for job in engine.seen[:3]] == [runs.HEAD_START, 0, 0]
