"""Streamlit's scripts are served from memory, packed; pages ask for those of our views at once."""

import gzip
import re
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from sslviz.ui.held_scripts import FOLDER, FOR_EVER, SOON, HeldScripts, names, soon

SCRIPT = next(name for name in sorted(names()) if name.startswith("js/index."))


@pytest.fixture
def client() -> TestClient:
    app = Starlette(
        routes=[Route("/{rest:path}", lambda _: HTMLResponse("Streamlit's own", headers={"Link": "one"}))],
        middleware=[Middleware(HeldScripts)],
    )
    return TestClient(app)


@pytest.mark.parametrize("before", ["", "/a/path"])
def test_a_script_comes_packed_and_stays_in_the_browser(client: TestClient, before: str) -> None:
    with client.stream("GET", f"{before}/static/{SCRIPT}") as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == FOR_EVER
    assert "javascript" in answer.headers["content-type"]
    assert gzip.decompress(raw) == (FOLDER / SCRIPT).read_bytes()
    assert len(raw) < (FOLDER / SCRIPT).stat().st_size / 2


def test_what_streamlit_says_of_its_files_is_what_we_say() -> None:
    source = (Path(streamlit.__file__).parent / "web/server/starlette/starlette_static_routes.py").read_text("utf-8")
    assert 'f"public, immutable, max-age={STATIC_ASSET_CACHE_MAX_AGE_SECONDS}"' in source


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"/static/{SCRIPT}", {"accept-encoding": "identity"}),
        (f"/static/{SCRIPT}", {"range": "bytes=0-9"}),
        ("/static/js/../../index.html", {}),
        ("/static/js/..%2f..%2findex.html", {}),
        ("/static/js/nothing.js", {}),
    ],
)
def test_anything_else_is_left_to_streamlit(client: TestClient, path: str, headers: dict[str, str]) -> None:
    assert client.get(path, headers=headers).text == "Streamlit's own"


def test_a_page_asks_for_the_scripts_of_its_views_at_once(client: TestClient) -> None:
    links = client.get("/masked_words", headers={"accept": "text/html"}).headers.get_list("link")
    assert links == [f"one, {soon()}"] or links == ["one", soon()]
    asked = re.findall(r"<\./static/(js/[\w.-]+)>; rel=modulepreload; crossorigin", soon())
    assert [name[3:].rsplit(".", 2)[0] for name in asked] == sorted(SOON), "each is there once in this Streamlit"
    assert "link" in client.get("/x").headers
    assert client.get("/x", headers={"accept": "image/png"}).headers["link"] == "one"
    assert client.get("/class/K7M2QX", headers={"accept": "text/html"}).headers["link"] == "one", (
        "phones draw no such view"
    )
