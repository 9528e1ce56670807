"""What phones get over the wire: seats, questions, votes, changes, and nothing that tells the answer."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from sslviz.classroom import routes
from sslviz.classroom.room import Scene
from sslviz.classroom.routes import COOKIE, PHONE, Phones
from sslviz.classroom.store import RoomStore
from sslviz.flashcards.tokens import new_token
from tests.unit.classroom.conftest import PICTURE, asked

SCENE = Scene("masked_words", "Masking words", 4, 7, "", "masked_words?view=lab")
SOUND = "data:audio/wav;base64,UklGRg=="


class Class:
    """A room with its teacher, and phones that come in."""

    def __init__(self, folder: Path) -> None:
        self.store, self.teacher = RoomStore(str(folder / "progress.db")), new_token()
        self.code = self.store.open(self.teacher, self.now)
        self.phones = Phones(self.store, every=0.02)
        self.app = Starlette(routes=self.phones.routes())

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def phone(self, code: str = "", address: str = "10.0.0.7") -> TestClient:
        client = TestClient(self.app, client=(address, 50_000))
        client.base_url = client.base_url.join(f"/class/{code or self.code}/")
        return client

    def inside(self) -> TestClient:
        client = self.phone()
        assert client.post("join", json={}).status_code == 200
        return client

    def ask(self, **other: Any) -> int:
        return self.store.ask(self.teacher, self.code, SCENE, asked(**other), self.now)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Class]:
    made = Class(tmp_path)
    yield made
    made.store.close()


def events(client: TestClient, count: int) -> list[dict[str, Any]]:
    """The first so many events of the stream; it ends by itself once the room is over."""
    found = []
    with client.stream("GET", "events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line.removeprefix("data: ")))
            if len(found) == count:
                return found
    return found


def test_a_phone_comes_in_votes_and_comes_back_to_its_seat(room: Class) -> None:
    phone = room.phone()
    first = phone.post("join", json={}).json()
    assert (first["state"], first["question"]) == ("in", 0)
    number = room.ask()
    put = phone.get(f"question/{number}").json()
    assert put["choices"] == ["on", "under", "off", "yellow"]
    assert phone.post("vote", json={"question": number, "choice": 2}).json() == {"counts": True}
    again = phone.post("join", json={}).json()  # a reload
    assert (again["name"], again["vote"], again["question"]) == (first["name"], 2, number)
    assert phone.get("now").json() == again
    assert len(room.store.look(room.code, room.now).seats) == 1


def test_nothing_that_a_phone_gets_before_reveal_tells_the_answer(room: Class) -> None:
    """All that comes over the wire, for questions that differ only in who is right."""

    def all_of(key: str, truth: int, model: int | None) -> str:
        number = room.ask(
            key=key, truth=truth, model=model, shares=(), images=(("A", PICTURE),), sounds=(("B", SOUND),)
        )
        phone = room.phones_inside[0]
        got = [phone.get(f"question/{number}"), phone.get("now"), phone.post("join", json={})]
        got += [phone.get(f"sound/{number}/0"), phone.post("vote", json={"question": number, "choice": 1})]
        sent = "".join(one.text + json.dumps(sorted(one.headers.items())) for one in got)
        room.store.vote(room.code, room.phones_inside[1].cookies.get(COOKIE), number, truth, room.now)
        version = room.store.version(room.code, room.now)
        return sent.replace(f'"version":{version}', "").replace(f'"number":{number}', "").replace(
            f'"question":{number}', ""
        )  # fmt: skip

    room.phones_inside = [room.inside(), room.inside()]  # type: ignore[attr-defined]
    first = all_of("a", 0, 3)
    assert first.replace('"vote":null', "") == all_of("b", 2, None).replace('"vote":null', "")


def test_after_reveal_the_answer_is_told_and_nobody_votes(room: Class) -> None:
    phone, number = room.inside(), room.ask()
    room.store.show(room.teacher, room.code, number, room.now)
    assert phone.get("now").json()["truth"] == 1
    assert phone.post("vote", json={"question": number, "choice": 1}).json() == {"counts": False}


def test_changes_come_through_one_stream_until_the_room_is_over(room: Class) -> None:
    phone = room.inside()
    (first,) = events(phone, 1)
    assert first["state"] == "in"
    room.store.end(room.teacher, room.code, room.now)
    (gone,) = [phone.get("events").status_code]
    assert gone == 404


def test_only_who_has_a_seat_gets_anything_of_a_room(room: Class) -> None:
    number = room.ask()
    stranger = room.phone()
    asked_for = [stranger.get(path) for path in ("now", "events", f"question/{number}", f"sound/{number}/0")]
    asked_for += [
        stranger.post("vote", json={"question": number, "choice": 1}),
        stranger.post("name", json={"name": "x"}),
    ]
    assert {answer.status_code for answer in asked_for} == {404}
    stranger.cookies.set(COOKIE, new_token())
    assert stranger.get("now").status_code == 404
    assert room.store.look(room.code, room.now).seats == ()


def test_no_route_steers_a_room(room: Class) -> None:
    """A stranger who is in may send what they like: the room stays as the teacher has it."""
    phone, number = room.inside(), room.ask()
    before = room.store.look(room.code, room.now)
    for path in ("show", "end", "change", "follow", "ask", "put_out", "", "question/1", "now", "events", "lock"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            body = {"shown": True, "locked": True, "token": new_token(), "number": number}
            assert phone.request(method, path, json=body).status_code in (404, 405), (method, path)
    assert room.store.look(room.code, room.now) == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("vote", {}), ("vote", {"question": 1, "choice": True}), ("vote", {"question": "1", "choice": 0}),
        ("vote", {"question": 1, "choice": -1}), ("vote", {"question": 10**30, "choice": 0}), ("vote", []),
        ("name", {"name": None}), ("name", {"name": ["x"]}), ("name", {}),
    ],
)  # fmt: skip
def test_rubbish_is_one_sentence(room: Class, path: str, body: Any) -> None:
    answer = room.inside().post(path, json=body)
    assert answer.status_code == 400
    assert answer.json()["said"].endswith(".")


def test_other_bodies_are_refused_before_they_are_read(room: Class) -> None:
    phone = room.inside()
    plain = phone.post("vote", content='{"question":1,"choice":1}', headers={"Content-Type": "text/plain"})
    assert plain.status_code == 415  # a form of another site could send it
    long, deep = "x" * 3000, "[" * 1900
    assert phone.post("name", json={"name": long}).status_code == 413
    assert phone.post("name", content=deep, headers={"Content-Type": "application/json"}).status_code == 400


def test_a_bad_name_is_said_and_a_good_one_is_kept(room: Class) -> None:
    phone = room.inside()
    refused = phone.post("name", json={"name": "<img src=x>"})
    assert (refused.status_code, "A name has" in refused.json()["said"]) == (409, True)
    assert phone.post("name", json={"name": " Zoë "}).json() == {"name": "Zoë"}


def test_codes_cannot_be_tried_without_end(room: Class) -> None:
    inside = room.inside()
    answers = [room.phone("CCCCCC").post("join", json={}).status_code for _ in range(25)]
    assert answers == [404] * 20 + [429] * 5
    assert room.phone().post("join", json={}).status_code == 429  # the right code does not help now
    assert inside.post("join", json={}).status_code == 200  # who has a seat comes back
    assert room.phone(address="10.0.0.8").post("join", json={}).status_code == 200


def test_votes_and_names_cannot_come_without_end(room: Class) -> None:
    phone, number = room.inside(), room.ask()
    votes = [phone.post("vote", json={"question": number, "choice": i % 4}).status_code for i in range(45)]
    assert votes == [200] * 40 + [429] * 5
    names = [phone.post("name", json={"name": f"Fox {i}"}).status_code for i in range(12)]
    assert names == [200] * 10 + [429] * 2


def test_the_seat_is_a_cookie_that_no_script_reads_and_no_other_room_gets(room: Class) -> None:
    cookie = room.phone().post("join", json={}).headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "SameSite=strict", f"Path=/class/{room.code}", "Max-Age=86400"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_typed_code_leads_to_its_room(room: Class) -> None:
    client = TestClient(room.app, follow_redirects=False)
    spaced = f"{room.code[:3].lower()} {room.code[3:]}"
    for path in (f"/class?code={spaced}", f"/class/{spaced}"):
        assert client.get(path).headers["location"] == f"/class/{room.code}"
    assert client.get("/class?code=//evil.example").status_code == 200  # the page, which asks again
    assert client.get("/class").status_code == 200


def test_the_page_is_small_and_lets_nothing_in() -> None:
    files = sorted(PHONE.iterdir())
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 15_000  # of 150,000 that are allowed
    with TestClient(Starlette(routes=Phones(RoomStore("/dev/null/x.db")).routes("app"))) as client:
        page = client.get("/app/class/K7MXQP")
        assert "/app/class/_/phone.js" in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        for file in files:
            if file.suffix != ".html":
                assert client.get(f"/app/class/_/{file.name}").status_code == 200
        for name in ("..%2Froutes.py", "routes.py", "%2e%2e/room.py", "x.js"):
            assert client.get(f"/app/class/_/{name}").status_code == 404
        sentence = client.post("/app/class/K7MXQP/join", json={})
        assert sentence.status_code == 503
        assert sentence.json()["said"].startswith("A room cannot be kept")


def test_one_task_looks_at_a_room_however_many_phones_wait(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    looked = []
    monkeypatch.setattr(room.store, "version", lambda *_: looked.append(1) or 7)
    watch = routes.Watch(room.store, every=0.01)

    async def wait() -> list[Any]:
        places = [watch.enter(room.code) for _ in range(30)]
        assert watch.tasks == 1
        told = [await asyncio.wait_for(place.get(), 5) for place in places]
        await asyncio.sleep(0.1)
        assert all(place.empty() for place in places)  # nothing has changed
        for place in places:
            watch.leave(room.code, place)
        assert watch.tasks == 0
        return told

    told = asyncio.run(wait())
    assert {one.code for one in told} == {room.code}
    assert len(looked) < 30


def test_a_phone_that_is_gone_before_all_was_sent_is_no_fault(room: Class) -> None:
    import asyncio

    app, said = Starlette(routes=routes.Phones(room.store).routes()), list[Any]()
    scope = {
        "type": "http", "method": "POST", "path": f"/class/{room.code}/vote", "raw_path": b"", "root_path": "",
        "query_string": b"", "headers": [(b"content-type", b"application/json")], "client": ("10.0.0.1", 1),
        "server": ("school", 80), "scheme": "http", "http_version": "1.1",
    }  # fmt: skip

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    asyncio.run(app(scope, receive, send))
    assert said[0]["status"] == 400
