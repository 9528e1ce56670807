"""Fair shares: whatever a visitor hands in, the others get theirs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from sslviz.training.live import shares
from sslviz.training.live.shares import USUAL, Share, Shares
from tests.stand_ins import Engine


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job costs what it says."""
    monkeypatch.setattr(shares, "timed", lambda function, *arguments: (function(*arguments), function(*arguments)))


class Server:
    """One worker, and visitors who each keep so many jobs of so many seconds handed in."""

    def __init__(self) -> None:
        self.engine, self.shares = Engine(), Shares()
        self.seconds, self.order = Counter[str](), list[str]()

    def visit(self, name: str, at_once: int, cost: float) -> None:
        share = Share(self.engine, self.shares, name)

        def hand_in() -> None:
            share.submit(lambda: cost).add_done_callback(back)

        def back(job: Any) -> None:
            assert job.result() == cost
            self.seconds[name] += cost
            self.order.append(name)
            hand_in()

        for _ in range(at_once):
            hand_in()

    def work(self, seconds: float) -> None:
        until = sum(self.seconds.values()) + seconds
        while sum(self.seconds.values()) < until:
            self.engine.work()


@pytest.mark.parametrize(
    ("at_once", "cost"),
    [
        (10, 0.5),  # ten tabs that play
        (3, 0.02),  # three tabs in which Step is pressed without end
        (1, 12.0),  # steps that take very long
        (200, 0.5),
        (1, 0.5),
    ],
)
def test_two_visitors_get_half_each_whatever_they_hand_in(at_once: int, cost: float) -> None:
    server = Server()
    server.visit("mallory", at_once, cost)
    server.work(20)
    before = server.seconds["mallory"]
    server.visit("ann", 1, 0.5)
    server.work(200)
    assert server.seconds["ann"] == pytest.approx(100, abs=15)
    assert server.seconds["mallory"] - before == pytest.approx(100, abs=15)


def test_who_comes_is_served_at_once_and_not_for_long() -> None:
    server = Server()
    for name in ("bob", "eve", "joe"):
        server.visit(name, 4, 0.5)
    server.work(600)  # that ann had nothing of, and cannot claim now
    server.order.clear()
    server.visit("ann", 4, 0.5)
    server.work(40)
    assert server.order.index("ann") <= 4
    assert Counter(server.order[:20])["ann"] <= 8
    assert Counter(server.order)["ann"] == pytest.approx(20, abs=4)


def test_a_head_start_goes_first_and_is_paid_for() -> None:
    """Thirty whose slices take a second each; whoever begins is served next, and has had no more in the end."""
    server = Server()
    for number in range(30):
        server.visit(f"{number}", 1, 1.0)
    server.work(60)
    at, share = sum(server.seconds.values()), Share(server.engine, server.shares, "new")
    share.submit(lambda: 0.1, priority=5).add_done_callback(lambda _: server.seconds.update(new=0.1))
    server.engine.work()
    assert server.seconds["new"] == 0.1
    assert sum(server.seconds.values()) == pytest.approx(at + 0.1)
    for _ in range(200):  # begun again and again: a head start is used up
        share.submit(lambda: 0.5, priority=5).add_done_callback(lambda _: server.seconds.update(new=0.5))
    server.work(90)
    assert server.seconds["new"] <= 5 + 1.5 * 90 / 31 + 1


def test_nobody_is_remembered_who_has_had_no_more_than_others() -> None:
    server = Server()
    for number in range(1000):
        Share(server.engine, server.shares, f"visitor {number}").submit(lambda: 0.1)
        server.engine.work()
    assert not server.shares._clocks
    server.visit("ann", 3, 0.5)
    for number in range(1000):
        Share(server.engine, server.shares, f"visitor {number}").submit(lambda: 0.1)
        server.engine.work(2)
    assert len(server.shares._clocks) < 20


def test_what_fails_or_cannot_be_handed_in_is_not_served_for_nothing() -> None:
    engine, all_of_it = Engine(), Shares()
    share = Share(engine, all_of_it, "ann")
    Share(engine, all_of_it, "bob").submit(lambda: 1.0)
    job = share.submit(lambda: 1.0)
    bob = engine.take()
    assert (bob.priority, engine.waiting[0].priority) == (0, 0)
    engine.take().fail(ConnectionError("gone"))
    with pytest.raises(ConnectionError):
        job.result()
    share.submit(lambda: 1.0)
    assert engine.take().priority == -USUAL  # failing again and again is no way to the front
    engine.broken = True
    with pytest.raises(OSError, match="no route"):
        share.submit(lambda: 1.0)
    engine.broken, engine.dead = False, True
    assert share.lost()
    share.submit(lambda: 1.0).cancel()
    assert engine.waiting[0].cancelled


def test_a_job_is_timed_where_it_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    waits: Callable[[], Any] = lambda: time.sleep(0.05) or "done"  # noqa: E731
    value, seconds = shares.timed(waits)
    assert value == "done"
    assert 0.05 <= seconds < 5
