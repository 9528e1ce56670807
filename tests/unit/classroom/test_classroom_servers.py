"""Two servers of the app on one database: a room spans both, and the end of one loses no vote and no seat."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sslviz.classroom.room import Scene
from sslviz.classroom.store import RoomStore
from sslviz.flashcards.tokens import new_token
from tests.unit.classroom.conftest import asked

ROOT = Path(__file__).parents[3]
TRUTH = 1
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Server:
    """The app without its engine, which no phone needs."""

    def __init__(self, database: str, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--server.port", str(port)], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env={**os.environ, "SSLVIZ_DATABASE": database, "SSLVIZ_LAZY": "1"},
            )  # fmt: skip

    def wait(self) -> None:
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")


class Phone:
    """Speaks as the phones' page does; a proxy sends it to whichever server there is."""

    def __init__(self, code: str) -> None:
        self.code, self.cookies, self.told = code, dict[str, str](), list[dict[str, Any]]()

    def _request(self, server: Server, what: str, said: Any = None) -> urllib.request.Request:
        body = None if said is None else json.dumps(said).encode()
        headers = {"Content-Type": "application/json", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        return urllib.request.Request(f"{server.url}/class/{self.code}/{what}", body, headers)

    def ask(self, server: Server, what: str, said: Any = None) -> Any:
        with urllib.request.urlopen(self._request(server, what, said), timeout=30) as answer:
            for set_to in answer.headers.get_all("Set-Cookie") or ():  # a proxy may set one, too
                name, _, value = set_to.partition(";")[0].partition("=")
                self.cookies[name] = value
            return json.load(answer)

    def listen(self, server: Server) -> None:
        """Follow the stream of changes, until it breaks."""

        def follow() -> None:
            try:
                with urllib.request.urlopen(self._request(server, "events"), timeout=60) as stream:
                    for line in stream:
                        if line.startswith(b"data: "):
                            self.told.append(json.loads(line[6:]))
            except OSError:
                pass

        threading.Thread(target=follow, daemon=True).start()


@pytest.fixture
def two(database: str, tmp_path: Path) -> Iterator[list[Server]]:
    servers = [Server(database, tmp_path / f"{name}.log") for name in "ab"]
    try:
        for server in servers:
            server.wait()
        yield servers
    finally:
        for server in servers:
            server.process.kill()
            server.process.wait(30)


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def test_a_room_spans_two_servers_and_outlives_one_of_them(
    two: list[Server], open_store: Callable[[], RoomStore]
) -> None:
    first, second = two
    rooms, token, now = open_store(), new_token(), datetime.now(UTC)
    code = rooms.open(token, now)
    phones = [Phone(code) for _ in range(4)]
    names = [phone.ask((first, second)[i % 2], "join", {})["name"] for i, phone in enumerate(phones)]
    assert len(set(names)) == 4
    for i, phone in enumerate(phones):
        phone.listen((first, second)[i % 2])
    number = rooms.ask(token, code, Scene(page="masked_words", number=4, count=8), asked(), now)
    until(lambda: all(any(t["question"] == number for t in phone.told) for phone in phones), "both servers tell all")
    assert all("truth" not in said for phone in phones for said in phone.told)
    for i, phone in enumerate(phones[:3]):
        assert phone.ask((first, second)[i % 2], "vote", {"question": number, "choice": i})["counts"]

    os.kill(first.process.pid, signal.SIGKILL)
    for phone, name in zip(phones, names, strict=True):  # the proxy sends them all to the other one
        assert phone.ask(second, "join", {})["name"] == name
    assert phones[3].ask(second, "vote", {"question": number, "choice": TRUTH})["counts"]
    rooms.show(token, code, number, datetime.now(UTC))
    for phone in phones:
        phone.listen(second)
    until(lambda: all(any(said["shown"] for said in phone.told if "shown" in said) for phone in phones), "the answer")
    last = phones[0].ask(second, "now")
    assert (last["counts"], last["truth"], last["vote"]) == ([1, 2, 1, 0], TRUTH, 0)

    rooms.end(token, code, datetime.now(UTC))
    until(lambda: phones[1].told[-1]["state"] == "over", "the end")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        phones[1].ask(second, "now")
