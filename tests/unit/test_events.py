"""What a view tells is looked at before anybody reads it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sslviz.ui import live
from sslviz.ui.live.events import anything, heard, many, maybe, one_of, order_of, text, whole

TELLS = {
    "select": {"index": whole(0, 5)},
    "swap": {"a": whole(0, 5), "b": whole(0, 5), "id": text(20)},
    "done": {"order": order_of(4)},
    "buy": {"cells": anything},
    "how": {"how": many(one_of("", "hide"), 3), "page": maybe(text(5))},
}
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30))
json = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner), max_leaves=12)
near = st.fixed_dictionaries(
    {"kind": st.sampled_from([*TELLS, "", "other"]) | json},
    optional={name: json | st.integers(-2, 6) for name in ("index", "a", "b", "id", "order", "cells", "how", "page")},
)


@given(json | near)
def test_whatever_comes_is_an_event_of_its_shape_or_none(value: Any) -> None:
    found = heard(value, TELLS)
    if found is None:
        return
    shape = TELLS[found["kind"]]
    assert set(found) <= {"kind", *shape}
    assert all(check(found.get(name)) for name, check in shape.items())
    assert all(value[name] == found[name] or value[name] != value[name] for name in found)


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "select", "index": 4},
        {"kind": "swap", "a": 0, "b": 4, "id": "one"},
        {"kind": "done", "order": [3, 0, 2, 1]},
        {"kind": "buy", "cells": None},
        {"kind": "how", "how": ["", "hide"]},
        {"kind": "how", "how": [], "page": "words"},
    ],
)
def test_an_event_of_its_shape_comes_through(event: dict[str, Any]) -> None:
    assert heard({**event, "nth": 7}, TELLS) == event


@pytest.mark.parametrize(
    "event",
    [
        None, 3, "select", [], [{"kind": "select", "index": 1}], {}, {"index": 1}, {"kind": None, "index": 1},
        {"kind": ["select"], "index": 1}, {"kind": "select"}, {"kind": "select", "index": 5},
        {"kind": "select", "index": -1}, {"kind": "select", "index": True}, {"kind": "select", "index": 1.0},
        {"kind": "select", "index": float("nan")}, {"kind": "select", "index": "1"}, {"kind": "select", "index": [1]},
        {"kind": "swap", "a": 0, "b": 4}, {"kind": "swap", "a": 0, "b": 4, "id": "x" * 21},
        {"kind": "done", "order": [0, 1, 2]}, {"kind": "done", "order": [0, 1, 2, 2]}, {"kind": "done", "order": {}},
        {"kind": "done", "order": [0, 1, 2, 10**400]}, {"kind": "how", "how": [""] * 4},
        {"kind": "how", "how": [["hide"]]}, {"kind": "how", "how": [], "page": 3},
    ],
)  # fmt: skip
def test_anything_else_is_as_if_not_told(event: Any) -> None:
    assert heard(event, TELLS) is None


def test_an_event_without_a_kind() -> None:
    assert heard({"slug": "queue", "more": 1}, {"": {"slug": text()}}) == {"slug": "queue"}
    assert heard({"kind": "x", "slug": "queue"}, {"": {"slug": text()}}) is None


def test_an_event_of_a_view_that_is_gone_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was told while another run of the script took the view away: Streamlit then has no value of that key."""
    tellers: list[Any] = []
    session: dict[str, Any] = {"there": {"event": {"kind": "select", "index": 2}}}
    monkeypatch.setattr(live.st, "session_state", session)
    monkeypatch.setattr(live, "_register", lambda *_: lambda **sent: tellers.append(sent["on_event_change"]) or {})
    heard_of: list[Any] = []
    for key in ("gone", "there"):
        live.mount("frame/look", key, {}, handler=heard_of.append, tells={"select": {"index": whole(0, 5)}})
    for tell in tellers:
        tell()
    assert heard_of == [{"kind": "select", "index": 2}]
