"""What depends on a run's weights alone is asked once for them, by whoever looks; and never taken for another's."""

import gc
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.training.config import default
from sslviz.training.results.run_view import RunView, untrained
from sslviz.ui.frame import once as module
from sslviz.ui.frame.once import once

CONFIG = default("masked_words")


def trained(weights: np.ndarray, **changes: Any) -> RunView:
    """A view as each drawing makes it: another one each time."""
    return replace(untrained(replace(CONFIG, **changes)), mode="live", weights=weights)


@pytest.fixture
def asked() -> Any:
    """A function of a run that notes each time it is asked, and says how often that was."""

    def function(view: RunView, *more: str) -> int:
        function.calls += 1  # type: ignore[attr-defined]
        return int(function.calls)  # type: ignore[attr-defined]

    function.calls = 0  # type: ignore[attr-defined]
    return once(function)


def test_drawn_again_it_is_not_asked_again(asked: Any) -> None:
    weights = np.zeros(3)
    assert [asked(trained(weights)) for _ in range(3)] == [1, 1, 1]
    assert [asked(untrained(CONFIG)) for _ in range(3)] == [2, 2, 2]
    assert asked(replace(trained(weights), status="paused", id="of another page")) == 1


def test_other_weights_settings_and_questions_are_asked(asked: Any) -> None:
    weights, after = np.zeros(3), np.zeros(3)
    views = [trained(weights), trained(after), trained(weights, seed=1), untrained(CONFIG)]
    assert [asked(view) for view in views] == [1, 2, 3, 4]
    assert asked(views[0], "another picture") == 5
    assert [asked(view) for view in views] == [1, 2, 3, 4]


def test_a_number_that_has_gone_to_other_weights_is_not_taken_for_theirs(
    asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "id", lambda _: 7, raising=False)  # as where memory is given out again
    first = np.zeros(3)
    assert asked(trained(first)) == 1
    assert asked(trained(first)) == 1
    other = np.ones(3)
    assert asked(trained(other)) == 2
    del first
    gc.collect()
    assert asked(trained(other)) == 2


def test_only_so_many_are_kept_those_asked_for_last(asked: Any) -> None:
    weights = [np.zeros(1) for _ in range(module.MOST + 1)]
    for one in weights[:-1]:
        asked(trained(one))
    assert asked(trained(weights[0])) == 1
    asked(trained(weights[-1]))
    assert asked(trained(weights[0])) == 1
    assert asked(trained(weights[1])) == module.MOST + 2


def test_many_who_ask_at_once_wait_for_the_first() -> None:
    ready, calls = threading.Barrier(8), list[int]()

    @once
    def slow(_view: RunView) -> int:
        calls.append(1)
        threading.Event().wait(0.05)
        return len(calls)

    weights, found = np.zeros(3), list[int]()

    def look() -> None:
        ready.wait()
        found.append(slow(trained(weights)))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, calls) == ([1] * 8, [1])


def test_what_failed_is_asked_again() -> None:
    answers = [ValueError("no"), 3]

    @once
    def says(_view: RunView) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(ValueError, match="no"):
        says(untrained(CONFIG))
    assert says(untrained(CONFIG)) == 3
