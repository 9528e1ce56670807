"""Cards that are held for the browser: whose they are, and how many."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from sslviz.ui import held_ahead
from sslviz.ui.visitors import COOKIE, new_number


@pytest.fixture(autouse=True)
def nothing_held() -> Iterator[None]:
    held_ahead._held.clear()
    yield
    held_ahead._held.clear()


def get(path: str, visitor: str | None = None) -> tuple[int, bytes]:
    """Status and body that a browser with this cookie is answered with."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    headers = [(b"cookie", f"{COOKIE}={visitor}".encode())] if visitor else []
    scope = {
        "type": "http", "path": path, "root_path": "", "headers": headers, "method": "GET", "query_string": b"",
    }  # fmt: skip
    asyncio.run(Starlette(routes=[held_ahead.ROUTE])(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


@pytest.mark.parametrize("before", ["", "/course/labels"])
def test_a_card_is_served_at_its_address_and_below_a_path_before_it(before: str) -> None:
    name = held_ahead.hold(b'{"data":1}', None)
    assert get(f"{before}/ahead/{name}") == (200, b'{"data":1}')


def test_a_card_is_its_visitors_alone_and_others_learn_nothing_of_it() -> None:
    mine, other = new_number(), new_number()
    name = held_ahead.hold(b"{}", mine)
    assert get(f"/ahead/{name}", mine) == (200, b"{}")
    for asks in (other, None, "no number"):
        assert get(f"/ahead/{name}", asks) == get("/ahead/unknown", asks) == (204, b"")


def test_a_card_that_was_dropped_is_gone_and_dropping_it_twice_is_no_fault() -> None:
    name = held_ahead.hold(b"{}", None)
    held_ahead.drop(name)
    held_ahead.drop(name)
    assert held_ahead.read(name, None) is None


def test_where_too_much_is_held_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_ahead, "MOST", 100)
    names = [held_ahead.hold(bytes(40), None) for _ in range(4)]
    assert [held_ahead.read(name, None) is not None for name in names] == [False, False, True, True]


def test_names_cannot_be_guessed_from_one_another() -> None:
    names = {held_ahead.hold(b"", None) for _ in range(200)}
    assert len(names) == 200
    assert min(map(len, names)) >= 22  # 128 bits
