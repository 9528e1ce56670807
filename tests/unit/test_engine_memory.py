"""What the engine's processes hold: one copy of torch for all workers, none in the scheduler, little between runs."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from sslviz.catalogue import load
from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.live import lean, slices
from sslviz.training.live.engine import Engine
from sslviz.training.live.sealed import seal, unseal

TINY = replace(default("masked_words"), steps=20, batch=16, device="cpu")


def test_a_sealed_call_is_bytes_and_comes_out_as_it_went_in() -> None:
    state = {"weights": np.arange(5, dtype=np.float32)}
    sealed = seal(dict, ([("state", state)],))
    assert isinstance(sealed, bytes)
    np.testing.assert_array_equal(unseal(sealed)["state"]["weights"], state["weights"])
    with pytest.raises(ZeroDivisionError):
        unseal(seal(divmod, (1, 0)))


def test_what_only_the_beginning_of_a_run_needs_is_let_go() -> None:
    from sslviz.tasks import sentences
    from sslviz.training import figures

    task = load("masked_words")
    before = task.probe_data("sentences")
    figures._probe_data("masked_words", "sentences")
    kept = loop._probe_data("masked_words", "sentences")
    slices.tidy()
    assert sentences.kinds_probe.cache_info().currsize == 0
    assert figures._probe_data.cache_info().currsize == 0
    assert loop._probe_data("masked_words", "sentences") is kept  # a run that trains needs it again and again
    again = task.probe_data("sentences")
    np.testing.assert_array_equal(again.train.data["ids"].numpy(), before.train.data["ids"].numpy())
    np.testing.assert_array_equal(again.shown, before.shown)


def test_a_worker_is_tidied_when_it_first_judges_and_not_at_every_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.stand_ins import cheapen, forget

    cheapen(monkeypatch)
    times: list[int] = []
    tidy = slices.tidy
    tidy()
    monkeypatch.setattr(slices, "tidy", lambda: (times.append(1), tidy()))
    state: dict[str, np.ndarray] | None = None
    for tidied in (0, 1, 1):
        if tidied and not times:
            load("masked_words").probe_data("sentences")  # as a worker does that judges for the first time
        state, _, _ = slices.advance(TINY.to_json(), state, 1)
        assert len(times) == tidied
    forget()


class Clock:
    """A worker's time and memory, as a test sets them, and how often all was let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.held, self.cleared, self.given = 0.0, 100e6, 0, 0.0
        monkeypatch.setattr(lean.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(lean.time, "sleep", self.rest)
        monkeypatch.setattr(lean, "held", lambda: self.held)
        monkeypatch.setattr(lean, "caches", self.clear)
        monkeypatch.setattr(lean, "give_back", self.give)

    def rest(self, seconds: float) -> None:
        self.now += seconds

    def clear(self, _: tuple[str, ...]) -> tuple[()]:
        self.cleared, self.held = self.cleared + 1, 100e6
        return ()

    def give(self) -> None:
        self.held -= self.given


def _job(worker: lean.Lean, clock: Clock, grows: float) -> None:
    with worker.job():
        clock.held += grows


def test_a_worker_that_has_grown_lets_go_of_all_once_it_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, worker = Clock(monkeypatch), lean.Lean()
    for grows, cleared in ((lean.GROWN - 1, 0), (1, 1), (lean.GROWN, 2)):
        began = clock.now
        _job(worker, clock, grows)
        worker._watcher.join(5)
        assert clock.cleared == cleared, grows
        assert clock.now - began == pytest.approx(lean.REST, abs=lean.REST / 5)


def test_what_is_only_free_is_handed_back_and_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, worker = Clock(monkeypatch), lean.Lean()
    clock.given = lean.GROWN
    _job(worker, clock, lean.GROWN)
    worker._watcher.join(5)
    assert (clock.cleared, clock.held) == (0, 100e6)


def test_a_worker_that_never_rests_lets_go_of_all_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, worker = Clock(monkeypatch), lean.Lean()
    monkeypatch.setattr(lean.Lean, "_watch", lambda _: None)
    seen = []
    for clock.now in (0, 1, 2, lean.SELDOM, lean.SELDOM + 1, 2 * lean.SELDOM):
        _job(worker, clock, lean.GROWN)
        seen.append(clock.cleared)
    assert seen == [0, 1, 1, 1, 2, 2]
    with worker.job():
        clock.now = 9 * lean.SELDOM
        _job(worker, clock, 0)
        assert clock.cleared == 2, "while another job is computed, all stays"


@pytest.mark.parametrize("slug", ["masked_words", "word_and_context", "cluster_ids", "hidden_units", "queue"])
def test_a_run_goes_on_the_same_after_all_was_let_go(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.stand_ins import cheapen, forget

    cheapen(monkeypatch)
    run = replace(default(slug), steps=20, batch=16, device="cpu").to_json()
    first, _, _ = slices.advance(run, None, 1)
    kept, told, _ = slices.advance(run, first, 3)
    assert loop._learner in list(lean.caches(lean.MADE_AGAIN))
    for cache in lean.caches(lean.MADE_AGAIN):
        cache.cache_clear()
    after, told_after, _ = slices.advance(run, first, 3)
    assert after.keys() == kept.keys()
    for name, array in kept.items():
        np.testing.assert_array_equal(after[name], array)
    np.testing.assert_array_equal(told_after.losses, told.losses)
    forget()


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Two workers."""
    before = os.environ.get("SSLVIZ_WORKERS")
    os.environ["SSLVIZ_WORKERS"] = "2"
    one = Engine()
    one.client().wait_for_workers(2, 180)
    yield one
    one.close()
    os.environ.pop("SSLVIZ_WORKERS")
    if before is not None:
        os.environ["SSLVIZ_WORKERS"] = before


IMPORTED = "'torch' in __import__('sys').modules"  # neither scheduler nor workers can import this file
HELD = "open('/proc/self/smaps_rollup').read()"


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(600)
def test_the_scheduler_has_no_torch_even_after_a_slice(engine: Engine) -> None:
    state, snapshot, _ = engine.submit(slices.advance, TINY.to_json(), None, 1).result(300)
    assert int(state["step"]) == snapshot.step == 1
    assert engine.client().run_on_scheduler(eval, IMPORTED) is False
    assert engine.submit(eval, IMPORTED).result(60) is True


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a fork is not safe after such imports")
def test_workers_share_what_they_import(engine: Engine) -> None:
    for text in engine.client().run(eval, HELD).values():
        held = {name: int(rest.split()[0]) for name, rest in (line.split(":") for line in text.splitlines()[1:])}
        assert held["Pss_Anon"] < 0.6 * held["Anonymous"]  # each would have all of it for itself


LEAN = "__import__('sslviz.training.live.lean', fromlist=['_'])"
ENTRIES = f"sum(cache.cache_info().currsize for cache in {LEAN}.caches(('sslviz.tasks.',)))"


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(600)
def test_a_worker_that_rests_holds_no_data(engine: Engine) -> None:
    engine.client().run(eval, f"setattr({LEAN}, 'GROWN', 1e6)")
    engine.submit(slices.advance, TINY.to_json(), None, 1).result(300)
    assert max(engine.client().run(eval, ENTRIES).values()) > 0
    deadline = time.monotonic() + 60
    while any(engine.client().run(eval, ENTRIES).values()):
        assert time.monotonic() < deadline
        time.sleep(0.5)
