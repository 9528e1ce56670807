"""The first look goes along with the page, written into it: what is asked for later waits behind seventy scripts."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache, lru_cache
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders

from sslviz.ui import held_scripts

COOKIE = "sslviz_view"  # as in ui/frame/lesson/views.py, which a page imports and a server that starts does not

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HERE = Path(__file__).parent
KEPT = HERE / "kept"
HOME = "home"
ENDING = ".json.gz"
FONTS = re.compile(
    r"media/(SourceSerifVariable-Roman|MaterialSymbols).*\.woff2"
)  # Streamlit asks for its own font only
PHONE = re.compile(r"Mobi|Android")  # in what a browser says of itself; the script looks at the window besides
HEAD = b"<head>"
WHOLE = ("accept-encoding", "if-none-match", "if-modified-since")  # else there is no page to write into


class Look(TypedDict):
    """The first screen of a page on one kind of window.

    Attributes:
        light, dark: HTML, in which `look://0` stands for the first address in `data`, and so on.
        data: addresses of what is large.
        card: hash of the kept first card that is in it.
    """

    light: str
    dark: str
    data: list[str]
    card: str


class FirstLook:
    """Middleware: writes the look into the pages that have one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, and write into what comes back."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        page = scope["path"].rsplit("/", 1)[-1] or HOME if scope.get("method") == "GET" else ""
        view = _view(scope.get("query_string", b""), headers) if page != HOME else HOME
        size = "phone" if PHONE.search(headers.get("user-agent", "")) else "wide"
        if "text/html" not in headers.get("accept", "") or _name(page, view, size) not in names():
            await self._app(scope, receive, send)
            return
        asked = [(name, value) for name, value in scope["headers"] if name.decode("latin-1").lower() not in WHOLE]
        begun: list[Message] = []
        body = bytearray()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                begun.append(message)
            elif message["type"] != "http.response.body" or not begun:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    packed = "gzip" in headers.get("accept-encoding", "")
                    written = _written(bytes(body), page, view, size, packed=packed)
                    await send(_headed(begun[0], len(written), packed=packed))
                    await send({"type": "http.response.body", "body": written})

        await self._app({**scope, "headers": asked}, receive, told)


def _view(query: bytes, headers: Headers) -> str:
    """The view that the address names, else the one that the browser remembers, else the lesson."""
    asked = parse_qs(query.decode("latin-1")).get("view", [""])[-1]
    remembered = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    return asked or (remembered.value if remembered else "") or "lesson"


def _is_page(message: Message) -> bool:
    return message["status"] == 200 and Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")


def _headed(start: Message, length: int, *, packed: bool) -> Message:
    """The start of the answer for a page with a look in it."""
    headers = MutableHeaders(raw=start["headers"])
    headers["content-length"] = str(length)
    headers["cache-control"] = "no-cache"
    headers.add_vary_header("Accept-Encoding, User-Agent, Cookie")
    if packed:
        headers["content-encoding"] = "gzip"
    for name in ("etag", "last-modified"):  # of the page without it
        if name in headers:
            del headers[name]
    return start


@lru_cache(maxsize=128)  # as each browser gets them, some 5 MB
def _written(body: bytes, page: str, view: str, size: str, *, packed: bool) -> bytes:
    about = json.dumps({**kept(page, view, size), "size": size, "view": view}, ensure_ascii=False).replace("</", "<\\/")
    source = (HERE / "begin.js").read_text("utf-8").replace("export ", "")
    script = f"{_fonts()}<script>(() => {{\n{source}\nfirst_look({about})\n}})()</script>"
    whole = body.replace(HEAD, HEAD + script.encode(), 1)
    return gzip.compress(whole, 6, mtime=0) if packed else whole


@cache
def _fonts() -> str:
    asked = sorted(name for name in held_scripts.names() if FONTS.fullmatch(name))
    return "".join(f'<link rel="preload" href="./static/{name}" as="font" crossorigin>' for name in asked)


@cache
def names() -> frozenset[str]:
    """Of all looks that there are."""
    return frozenset(path.name.removesuffix(ENDING) for path in KEPT.glob(f"*{ENDING}"))


def _name(page: str, view: str, size: str) -> str:
    return f"{page}-{view}-{size}"


def kept(page: str, view: str, size: str) -> Look:
    """The look of a page as `view` shows it: home, lesson, lab; on a window that is "wide" or of a "phone".

    Raises:
        FileNotFoundError: there is none.
    """
    look: Look = json.loads(gzip.decompress((KEPT / f"{_name(page, view, size)}{ENDING}").read_bytes()))
    return look
