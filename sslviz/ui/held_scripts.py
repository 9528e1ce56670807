"""Streamlit's own scripts, from memory and packed; and those that every page of ours needs, asked for at once.

A page takes some seventy scripts. Streamlit reads each from disk in pieces, through a thread a piece, and packs none;
so they hold up a page longer than all that is ours, and a class on one wireless network by much more. The browser
learns only from the first messages that it needs what draws our views; a header tells it before.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from sslviz.ui.startup import opened

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOLDER = Path(streamlit.__file__).parent / "static" / "static"
ASKED = re.compile(r"(?:/.*)?/static/((?:js|css|media)/[\w.-]+)")  # below a path of its own, too
SOON = ("BidiComponent", "_arrayReduce", "recordbatch", "serialization", "Html", "purify.es", "Button")
FOR_EVER = "public, immutable, max-age=31536000"  # the names hold a hash of what is inside
LEAST = 1000  # bytes that are worth to be packed


class Held(NamedTuple):
    """A file as it is sent, and whether it is packed."""

    body: bytes
    packed: bool


class HeldScripts:
    """Middleware before Streamlit's own files."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a script that is held, or hand on."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        headers, asked = Headers(scope=scope), ASKED.fullmatch(scope["path"])
        if asked or "text/html" in headers.get("accept", ""):
            opened()
        if asked and asked[1] in names() and "gzip" in headers.get("accept-encoding", "") and "range" not in headers:
            await (await run_in_threadpool(_answer, asked[1]))(scope, receive, send)
            return

        page = "text/html" in headers.get("accept", "") and "class" not in scope["path"].split("/")  # phones': light

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and page:
                MutableHeaders(raw=message["headers"]).append("Link", soon())
            await send(message)

        await self.app(scope, receive, told)


@cache
def names() -> frozenset[str]:
    """All of Streamlit's scripts, style sheets and fonts, as paths below its folder."""
    return frozenset(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*"))


@cache
def soon() -> str:
    """The header that asks for the scripts of our views at once."""
    found = sorted(name for name in names() if name.startswith("js/") and name[3:].rsplit(".", 2)[0] in SOON)
    return ", ".join(f"<./static/{name}>; rel=modulepreload; crossorigin" for name in found)


@cache
def held(name: str) -> Held:
    """A file, packed where that makes it smaller."""
    body = (FOLDER / name).read_bytes()
    if len(body) < LEAST or name.endswith((".woff2", ".png")):
        return Held(body, packed=False)
    return Held(gzip.compress(body, 6, mtime=0), packed=True)


def _answer(name: str) -> Response:
    body, packed = held(name)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding", **({"Content-Encoding": "gzip"} if packed else {})}
    return Response(body, headers=headers, media_type=kind)
