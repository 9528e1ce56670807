"""A page comes with its first screen, which says what the page will say."""

import gzip
import hashlib
import html
import json
import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from sslviz.catalogue import TASKS
from sslviz.ui.course import teaching
from sslviz.ui.first_look.serving import COOKIE, HOME, KEPT, FirstLook, kept, names
from sslviz.ui.frame import first_cards
from sslviz.ui.frame.lesson import course, views
from sslviz.ui.home import words

TERM = re.compile(r"\[\[.*?\]\]")  # beside a term its explanation stands on the page
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148"
LESSONS = teaching.lessons()
LOOKS = [(HOME, HOME), *((name, "lesson") for name in LESSONS), *((name, "lab") for name in TASKS)]
each_look = pytest.mark.parametrize(("name", "view"), LOOKS)
STREAMLIT = "<html><head><title>Streamlit</title></head><body></body></html>"


def streamlit(request: Request) -> Response:
    """Its page, unless the browser has it already or something else is asked for."""
    if request.headers.get("if-none-match") == "one":
        return Response(status_code=304)
    if request.url.path.endswith(".txt") or "missing" in request.url.path:
        return PlainTextResponse("text", 404 if "missing" in request.url.path else 200)
    return HTMLResponse(STREAMLIT, headers={"etag": "one", "last-modified": "yesterday"})


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=[Route("/{rest:path}", streamlit)], middleware=[Middleware(FirstLook)]))


def page(client: TestClient, path: str, **headers: str) -> str:
    return client.get(path, headers={"accept": "text/html", **headers}).text


def about(told: str) -> dict[str, str]:
    """What the script in a page was handed."""
    found: dict[str, str] = json.loads(re.findall(r"^first_look\((.*)\)$", told, re.MULTILINE)[0])
    return found


@pytest.mark.parametrize("path", ["/", "/masked_words", "/a/path/masked_words"])
def test_a_page_comes_with_its_look_before_all_scripts(client: TestClient, path: str) -> None:
    told = page(client, path)
    assert told.startswith("<html><head><link")
    assert told.endswith("<title>Streamlit</title></head><body></body></html>")
    assert about(told)["view"] == ("home" if path == "/" else "lesson")
    assert about(told)["size"] == "wide"
    assert "export" not in told
    assert told.count("</script>") == 1  # nothing in a look ends it


def test_a_phone_gets_that_of_a_phone(client: TestClient) -> None:
    assert about(page(client, "/masked_words", **{"user-agent": PHONE}))["size"] == "phone"


@pytest.mark.parametrize(
    ("path", "cookie", "view"),
    [
        ("/queue", "", "lesson"), ("/queue?view=lab", "", "lab"), ("/queue", "sslviz_view=lab", "lab"),
        ("/queue?view=lesson", "sslviz_view=lab", "lesson"), ("/", "sslviz_view=lab", "home"),
    ],
)  # fmt: skip
def test_the_look_is_of_the_view_that_will_be_shown(client: TestClient, path: str, cookie: str, view: str) -> None:
    assert about(page(client, path, cookie=cookie))["view"] == view


def test_the_cookie_is_the_one_that_pages_read() -> None:
    assert COOKIE == views.COOKIE


def test_it_is_packed_where_the_browser_can_unpack_it(client: TestClient) -> None:
    with client.stream("GET", "/masked_words", headers={"accept": "text/html", "accept-encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(raw) < 40_000
    assert b"first_look(" in gzip.decompress(raw)
    plainly = client.get("/masked_words", headers={"accept": "text/html", "accept-encoding": "identity"})
    assert "content-encoding" not in plainly.headers
    assert plainly.content == gzip.decompress(raw)


def test_an_old_page_without_it_is_not_kept(client: TestClient) -> None:
    answer = client.get("/masked_words", headers={"accept": "text/html", "if-none-match": "one"})
    assert answer.status_code == 200
    assert not {"etag", "last-modified"} & set(answer.headers)
    assert "Accept-Encoding, User-Agent, Cookie" in answer.headers["vary"]


@pytest.mark.parametrize(
    "path", ["/flashcards", "/nothing", "/static/js/index.js", "/home-home-wide", "/queue?view=notes"]
)
def test_pages_without_a_look_stay_as_they_are(client: TestClient, path: str) -> None:
    assert page(client, path) == STREAMLIT
    assert client.get(path, headers={"accept": "text/html", "if-none-match": "one"}).status_code == 304


def test_what_is_no_page_stays_as_it_is(client: TestClient) -> None:
    assert client.get("/masked_words").text == STREAMLIT  # a program, not a browser
    assert client.post("/masked_words", headers={"accept": "text/html"}).status_code == 405
    assert page(client, "/missing/masked_words") == "text"


def shown(look: str) -> str:
    """The words of a look, in order, without tags and styles."""
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", look, flags=re.DOTALL))
    return " ".join(html.unescape(text).split())


@each_look
def test_every_page_has_a_look_that_says_what_the_page_says(name: str, view: str) -> None:
    for size in ("wide", "phone"):
        look = kept(name, view, size)
        path = first_cards.path(name)
        card = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
        assert look["card"] == card, f"the first card has changed: make looks ARGS={name}"
        for theme in (look["light"], look["dark"]):
            told = shown(theme)
            if view == HOME:
                said = [words.TITLE, "Start lesson one", *(one.title for one in course.COURSE[:4])]
            elif view == "lesson":
                scenes = LESSONS[name].scenes
                said = [scenes[0].title, *TERM.split(scenes[0].says), *TERM.split(scenes[0].do), f"1 of {len(scenes)}"]
            else:
                said = [TASKS[name].title, f"{TASKS[name].systems}.", "Sample", "Basic", "Standard", "Detailed"]
            assert [one for one in said if one.strip(" .,:") not in told] == []
            assert "Something on this page went wrong" not in told


def test_no_look_is_left_of_a_page_that_is_gone() -> None:
    wanted = {f"{name}-{view}-{size}.json.gz" for name, view in LOOKS for size in ("wide", "phone")}
    assert {path.name for path in KEPT.iterdir()} == wanted
    assert names() == {name.removesuffix(".json.gz") for name in wanted}


@each_look
def test_a_look_asks_for_nothing_and_runs_nothing(name: str, view: str) -> None:
    for size in ("wide", "phone"):
        look = kept(name, view, size)
        for theme in (look["light"], look["dark"]):
            assert not re.search(r"<(script|iframe|link|object|embed)\b|\son\w+=|javascript:", theme)
            asked = re.findall(r'(?:src|poster)="([^"]*)"|url\((?:&quot;|"|\')?([^)"\'&]*)', theme)
            assert {re.sub(r"\d.*", "", one or two)[:7] for one, two in asked} <= {"data:im", "look://", "", "#"}
        assert all(one.startswith(("data:image/", "data:audio/")) for one in look["data"])
