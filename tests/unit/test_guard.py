"""What stands between a browser and Streamlit: headers, the visitor's cookie, whose page may open a connection."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from streamlit import config

from sslviz.ui.guard import Guard, may_connect
from sslviz.ui.visitors import is_number, new_number


def ask(kind: str = "http", path: str = "/", told: str = "text/html; charset=utf-8", **headers: str) -> list[Any]:
    """All messages that a request is answered with, by an app that answers everything with 200."""
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", told.encode())]}
            await send(start)
        else:
            await send({"type": "websocket.accept"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": kind, "path": path, "scheme": "http", "headers": raw, "method": "GET", "query_string": b""}
    asyncio.run(Guard(app)(scope, receive, send))
    return sent


def fields(sent: list[Any]) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}


def test_every_answer_has_the_headers() -> None:
    for path, told in (("/", "text/html"), ("/static/a.js", "text/javascript"), ("/media/x.png", "image/png")):
        found = fields(ask(path=path, told=told))
        assert found["x-content-type-options"] == "nosniff"
        assert "object-src 'none'" in found["content-security-policy"]
        assert not re.search(r"https?:|\*", found["content-security-policy"])  # no other host
        assert "frame-ancestors" not in found["content-security-policy"]  # courses embed the app


def test_a_page_brings_a_cookie_that_scripts_cannot_read_and_only_once() -> None:
    page = "text/html,application/xhtml+xml,*/*;q=0.8"
    first, second = (fields(ask(accept=page))["set-cookie"] for _ in range(2))
    assert first != second
    name, value = first.split(";")[0].split("=")
    assert (name, is_number(value)) == ("sslviz_visitor", True)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(first.split("; "))
    assert "set-cookie" in fields(ask(accept=page, told=""))  # not modified since, so without a type
    assert "set-cookie" not in fields(ask(accept=page, cookie=f"a=b; {name}={value}"))
    assert "set-cookie" not in fields(ask(accept="*/*", path="/static/a.js", told="text/javascript"))
    for spoilt in ("x", value[:-1], value[:-1] + "é", ""):
        assert "set-cookie" in fields(ask(accept=page, cookie=f"{name}={spoilt}"))


def test_a_phone_in_a_class_is_given_no_number() -> None:
    assert "set-cookie" not in fields(ask(accept="text/html", path="/base/class/K7MXQP"))
    assert "set-cookie" in fields(ask(accept="text/html", path="/classes"))


def test_numbers_are_long_and_have_one_form() -> None:
    assert len({new_number() for _ in range(100)}) == 100
    assert all(map(is_number, (new_number() for _ in range(100))))
    for text in (None, 3, "", "a" * 42, "a" * 44, "a" * 42 + "\n", "a" * 42 + "/"):
        assert not is_number(text)


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/base/_stcore/metrics"])
def test_metrics_are_nobodys_business(path: str) -> None:
    assert ask(path=path)[0]["status"] == 404
    assert ask(path="/_stcore/health")[0]["status"] == 200


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("http://localhost:8501", "localhost:8501", True),
        ("http://192.168.1.5:8501", "192.168.1.5:8501", True),
        ("http://[::1]:8501", "[::1]:8501", True),
        ("https://school.example", "school.example", True),
        ("https://school.example:8443", "school.example", True),  # a proxy that leaves the port out
        ("https://school.example", "school.example:443", True),
        (None, "localhost:8501", True),  # no browser
        ("http://localhost:3000", "localhost:8501", False),  # another user's page on this computer
        ("http://127.0.0.1:8501", "localhost:8501", False),
        ("http://localhost", "localhost:8501", False),
        ("https://elsewhere.example", "school.example", False),
        ("null", "localhost:8501", False),
        ("http://[", "localhost:8501", False),
        ("http://localhost:99999", "localhost:8501", False),
        ("http://localhost:8501", "localhost:x", False),
        ("http://localhost:8501", None, False),
    ],
)
def test_only_our_own_page_opens_a_connection(origin: str | None, host: str | None, allowed: bool) -> None:
    assert may_connect(origin, host) is allowed
    if origin is not None and host is not None:
        answer = ask("websocket", "/_stcore/stream", origin=origin, host=host)[0]
        assert answer["type"] == ("websocket.accept" if allowed else "websocket.close")


def test_settings_name_others(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"server.enableCORS": True, "server.corsAllowedOrigins": ["https://course.example"]}
    monkeypatch.setattr(config, "get_option", settings.get)
    assert may_connect("https://course.example", "school.example")
    assert not may_connect("https://elsewhere.example", "school.example")
    settings["server.enableCORS"] = False
    assert may_connect("https://elsewhere.example", "school.example")
