"""What the engine's processes hold: one copy of torch for all workers, none in the scheduler, little between runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from sslviz.catalogue import load
from sslviz.training.config import default
from sslviz.training.live import slices
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
    from sslviz.training import figures, loop

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
