"""Which run a page shows, and when it waits for what that run's first slice makes."""

from types import SimpleNamespace

import pytest

from sslviz.ui import startup
from sslviz.ui.frame import current


class Begun:
    """A run that has just begun, whose first slice is back at the third look."""

    status, waits = "playing", 0.1

    def __init__(self) -> None:
        self.state: dict[str, int] | None = None
        self.looks = 0

    def wait_for_first(self, most: float) -> None:
        assert most <= 0.5  # a press that comes meanwhile must not wait long
        self.looks += 1
        if self.looks == 3:
            self.state = {}


@pytest.mark.parametrize(
    ("slug", "training", "change", "looks"),
    [
        ("cluster_ids", 2, {}, 3),
        ("hidden_units", 5, {}, 3),
        ("cluster_ids", 1, {}, 0),  # nobody else trains: a core is free to sort it here
        ("masked_words", 2, {}, 0),  # nothing is sorted
        ("cluster_ids", 2, {"waits": current.PATIENCE}, 0),
        ("cluster_ids", 2, {"waits": 0.0}, 0),  # it has no slice
        ("cluster_ids", 2, {"status": "paused"}, 0),
        ("cluster_ids", 2, {"state": {"step": 1}}, 0),
    ],
)
def test_who_asks_the_network_waits_for_what_is_sorted_first(
    monkeypatch: pytest.MonkeyPatch, slug: str, training: int, change: dict[str, object], looks: int
) -> None:
    run = Begun()
    for name, value in change.items():
        setattr(run, name, value)
    monkeypatch.setattr(current, "run", lambda _: run)
    monkeypatch.setattr(current, "show", lambda asked: f"the view of {asked}")
    monkeypatch.setattr(startup, "runs", lambda: SimpleNamespace(training=lambda: training))
    assert current.to_be_asked(slug) == f"the view of {slug}"
    assert run.looks == looks
