"""What phones ask for: a page of some kilobytes, a seat, the question, and a stream of changes.

A seat's token is a cookie that no script can read and that goes to its room only. Whatever changes something comes as
JSON, which no page of another site can send without being asked. Nothing here can steer a room.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from sslviz.classroom import store
from sslviz.classroom.codes import BadName, read_code
from sslviz.classroom.limits import Limits
from sslviz.classroom.room import Room, put, told
from sslviz.classroom.store import NoRoom, Refused, RoomStore
from sslviz.classroom.watch import Place, Watch
from sslviz.flashcards.connection import Unavailable

PHONE = Path(__file__).with_name("phone")
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
COOKIE = "sslviz_seat"
MOST_BODY = 2_000  # bytes that a phone may send at once
ALIVE, LONGEST = 15.0, 600.0  # seconds: a sign of life, and after how long a phone asks anew
STREAMS = 4  # of one seat at once: tabs, and one that was lost without a word
POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "media-src 'self'",
        "connect-src 'self'", "frame-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
    )
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff", "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}  # fmt: skip
NO_ROOM = "There is no room with this code. Please look at the code again, or ask your teacher."
TOO_MANY = "Too many wrong codes were tried. Please wait some minutes."
FULL = "Too many phones are coming in at once. Please try again in a minute."
GENTLY = "That was too often. Please wait a moment."

WAITING = object()
Handler = Callable[[Request], Awaitable[Response]]


class Faulty(Exception):
    """What a phone sent cannot be used; the sentence goes back to it."""

    def __init__(self, said: str, status: int = 400) -> None:
        super().__init__(said)
        self.said, self.status = said, status


class Phones:
    """The routes, with what they share: rooms, limits, and who waits."""

    def __init__(
        self, kept: RoomStore | None = None, limits: Limits | None = None, every: float = 0.5,
        ending: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        """Nothing is opened yet.

        Args:
            kept: the rooms; None: those of this process.
            limits: who may try how often.
            every: seconds between looks at a room.
            ending: whether the server is about to end; then no stream goes on.
        """
        self._kept, self._ending = kept, ending
        self.limits = limits or Limits()
        self.watch: Watch | None = None
        self._every = every
        self.streams: dict[tuple[str, int], int] = {}
        self.front = "/class"  # below which all of this lies

    @property
    def store(self) -> RoomStore:
        """The rooms, opened when somebody asks for one."""
        return self._kept or store.rooms()

    def routes(self, base: str = "") -> list[BaseRoute]:
        """All routes, below an app's own address."""
        front = self.front = f"/{base.strip('/')}/class" if base.strip("/") else "/class"
        made: list[tuple[str, Handler, str]] = [
            ("", self.page, "GET"), ("/_/{name}", self.file, "GET"), ("/{code}", self.page, "GET"),
            ("/{code}/join", self.join, "POST"), ("/{code}/now", self.now, "GET"),
            ("/{code}/events", self.events, "GET"), ("/{code}/question/{number:int}", self.question, "GET"),
            ("/{code}/sound/{number:int}/{which:int}", self.sound, "GET"), ("/{code}/vote", self.vote, "POST"),
            ("/{code}/name", self.name, "POST"),
        ]  # fmt: skip
        return [Route(front + path, _safely(handler), methods=[method]) for path, handler, method in made]

    # files

    async def page(self, request: Request) -> Response:
        """The page, the same for all rooms; a typed code comes as ?code=."""
        typed = request.path_params.get("code") or request.query_params.get("code", "")
        code = read_code(typed)
        at_room = "code" in request.path_params
        if code is not None and (not at_room or typed != code):
            return RedirectResponse(f"{self.front}/{code}", 303, HEADERS)
        return _file("index.html", self.front)

    async def file(self, request: Request) -> Response:
        """The page's style sheet and its script."""
        return _file(request.path_params["name"], self.front)

    # coming in

    async def join(self, request: Request) -> Response:
        """A seat, the old one where this phone has one."""
        await _body(request)
        address = _address(request)
        code, token, now = _code(request), request.cookies.get(COOKIE), _now()
        try:
            seat, there = await _work(self.store.seat, code, token, now), True
        except NoRoom:
            seat, there = None, False
        if seat is None:  # who has a seat comes back to it, however many wrong codes were tried from this address
            if not self.limits.may_try(address):
                raise Faulty(TOO_MANY, 429)
            if not there:
                self.limits.wrong(address)
                raise Faulty(NO_ROOM, 404)
            if not self.limits.may_join(address):
                raise Faulty(FULL, 429)
            token, seat = await _work(self.store.join, code, token, now)
        room = await _work(self.store.look, code, now)
        answer = JSONResponse(told(room, seat.number), headers=HEADERS)
        if token is not None and token != request.cookies.get(COOKIE):
            path = request.url.path.removesuffix("/join")
            answer.set_cookie(
                COOKIE, token, max_age=24 * 3600, path=path, secure=request.url.scheme == "https", httponly=True,
                samesite="strict",
            )  # fmt: skip
        return answer

    # being in

    async def now(self, request: Request) -> Response:
        """What the stream of changes would tell now; for phones that get no stream."""
        code, seat = await self._seated(request)
        return JSONResponse(told(await _work(self.store.look, code, _now()), seat), headers=HEADERS)

    async def events(self, request: Request) -> Response:
        """The stream of changes."""
        code, seat = await self._seated(request)
        key = (code, seat)
        if self.streams.get(key, 0) >= STREAMS:
            raise Faulty(GENTLY, 429)
        headers = {**HEADERS, "X-Accel-Buffering": "no"}  # a proxy must hand on each event at once
        return StreamingResponse(self._stream(request, code, seat), media_type="text/event-stream", headers=headers)

    async def _stream(self, request: Request, code: str, seat: int) -> AsyncIterator[str]:
        key, clock = (code, seat), asyncio.get_running_loop().time
        self.watch = self.watch or Watch(self.store, self._every)
        place = self.watch.enter(code)
        self.streams[key] = self.streams.get(key, 0) + 1
        try:
            yield "retry: 1000\n\n"
            room: Room | None = await _work(self.store.look, code, _now())
            end, spoke = clock() + LONGEST, clock()
            while True:
                said = {"state": "over"} if room is None else told(room, seat)
                yield f"data: {json.dumps(said, separators=(',', ':'))}\n\n"
                if said["state"] != "in":
                    return
                while (room := await _soon(place)) is WAITING:
                    if self._ending() or clock() > end or await request.is_disconnected():
                        return
                    if clock() > spoke + ALIVE:
                        spoke = clock()
                        yield ": still here\n\n"
        except NoRoom:
            yield 'data: {"state":"over"}\n\n'
        finally:
            self.watch.leave(code, place)
            self.streams[key] -= 1
            if not self.streams[key]:
                del self.streams[key]

    async def question(self, request: Request) -> Response:
        """The question that is asked."""
        number = request.path_params["number"]
        found = await _work(self.store.put, _code(request), request.cookies.get(COOKIE), number, _now())
        return JSONResponse(put(*found), headers=HEADERS)

    async def sound(self, request: Request) -> Response:
        """A sound of the question that is asked."""
        number, which = request.path_params["number"], request.path_params["which"]
        found, _ = await _work(self.store.put, _code(request), request.cookies.get(COOKIE), number, _now())
        if not 0 <= which < len(found.asked.sounds):
            raise NoRoom
        kind, _, data = found.asked.sounds[which][1].removeprefix("data:").partition(";base64,")
        return Response(base64.b64decode(data), media_type=kind, headers=HEADERS)

    async def vote(self, request: Request) -> Response:
        """A vote, or another one in its place."""
        said = await _body(request)
        number, choice = said.get("question"), said.get("choice")
        if type(number) is not int or type(choice) is not int or not 0 <= number < 10**6 or not 0 <= choice < 1000:
            raise Faulty("A vote names a question and an answer.")
        code, seat = await self._seated(request)
        if not self.limits.may_vote((code, seat)):
            raise Faulty(GENTLY, 429)
        counts = await _work(self.store.vote, code, request.cookies.get(COOKIE), number, choice, _now())
        return JSONResponse({"counts": counts}, headers=HEADERS)

    async def name(self, request: Request) -> Response:
        """Another nickname."""
        typed = (await _body(request)).get("name")
        if not isinstance(typed, str):
            raise Faulty("A name is a text.")
        code, seat = await self._seated(request)
        if not self.limits.may_rename((code, seat)):
            raise Faulty(GENTLY, 429)
        name = await _work(self.store.rename, code, request.cookies.get(COOKIE), typed, _now())
        return JSONResponse({"name": name}, headers=HEADERS)

    async def _seated(self, request: Request) -> tuple[str, int]:
        """Code and seat of a phone that is in a room. Without a seat a code cannot be tried here."""
        code, token = _code(request), request.cookies.get(COOKIE)
        if token is None:
            raise Faulty(NO_ROOM, 404)
        seat = await _work(self.store.seat, code, token, _now())
        if seat is None:
            raise Faulty(NO_ROOM, 404)
        return code, seat.number


def _safely(handler: Handler) -> Handler:
    """The same handler, but whatever cannot be done is said in a sentence."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except Faulty as faulty:
            return _said(faulty.said, faulty.status)
        except NoRoom:
            return _said(NO_ROOM, 404)
        except (Refused, BadName) as refused:
            return _said(str(refused), 409)
        except Unavailable as trouble:
            return _said(str(trouble), 503)
        except ClientDisconnect:  # nobody is there to be told
            return Response(status_code=400)

    return answer


def _said(sentence: str, status: int) -> Response:
    return JSONResponse({"said": sentence}, status, HEADERS)


async def _work(function: Callable[..., Any], *arguments: Any) -> Any:
    """Ask the database, beside the event loop."""
    return await anyio.to_thread.run_sync(function, *arguments)


async def _soon(place: Place) -> Any:
    """What is put into this place within a second; else WAITING."""
    try:
        return await asyncio.wait_for(place.get(), 1.0)
    except TimeoutError:
        return WAITING


async def _body(request: Request) -> Mapping[str, Any]:
    """What a phone sends: a small JSON object, and sent as such."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Faulty("Please send JSON.", 415)
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BODY:
            raise Faulty("That is too much.", 413)
    try:
        found = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        raise Faulty("Please send JSON.") from None
    if not isinstance(found, dict):
        raise Faulty("Please send a JSON object.")
    return found


def _file(name: str, front: str) -> Response:
    path = PHONE / name
    if path.suffix not in KINDS or path.parent != PHONE or not path.is_file():
        return PlainTextResponse("Not found", 404, HEADERS)
    text = path.read_text("utf-8")
    if path.suffix == ".html":
        text = text.replace("@class", front)
    headers = {**HEADERS, "Cache-Control": "no-cache"}
    return Response(text, media_type=f"{KINDS[path.suffix]}; charset=utf-8", headers=headers)


def _code(request: Request) -> str:
    code = read_code(request.path_params["code"])
    if code is None:
        raise Faulty(NO_ROOM, 404)
    return code


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _now() -> datetime:
    return datetime.now(UTC)
