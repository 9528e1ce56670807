"""A room with thirty phones: how fast a change reaches them, how long a vote takes, and what their waiting costs.

The teacher's changes are written by this process and told by the server, so that it is as with two servers: nothing but
the database lies between them. Phones vote all at once, as they do when a class is told to.

    PYTHONPATH=. .venv/bin/python benchmarks/room.py --phones 30
"""

from __future__ import annotations

import argparse
import http.client
import json
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from _server import load, ms, serve

from sslviz.classroom.room import Asked, Scene
from sslviz.classroom.store import RoomStore
from sslviz.flashcards.tokens import new_token

JSON = {"Content-Type": "application/json"}
ROUNDS, REST = 6, 15.0  # questions; seconds at rest


class Phone(threading.Thread):
    """A phone that comes in and listens; it notes when it was told what."""

    def __init__(self, host: str, code: str) -> None:
        super().__init__(daemon=True)
        self.host, self.code, self.heard, self.inside = host, code, list[tuple[float, dict]](), threading.Event()
        self.cookie = ""

    def run(self) -> None:
        """Come in, and listen until the room is over."""
        answer = self.ask("POST", "join", "{}", JSON)
        self.cookie = answer.headers["set-cookie"].split(";")[0]
        stream = self.ask("GET", "events", None, {"Cookie": self.cookie})
        self.inside.set()
        while line := stream.readline():
            if line.startswith(b"data: "):
                self.heard.append((time.perf_counter(), json.loads(line[6:])))

    def ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        """Ask the server for something of the room."""
        connection = http.client.HTTPConnection(self.host)
        connection.request(method, f"/class/{self.code}/{path}", body, headers)
        return connection.getresponse()

    def vote(self, number: int, took: list[float]) -> None:
        """Vote, and note how long that took."""
        began = time.perf_counter()
        body = json.dumps({"question": number, "choice": number % 4})
        assert json.loads(self.ask("POST", "vote", body, {**JSON, "Cookie": self.cookie}).read())["counts"]
        took.append(1000 * (time.perf_counter() - began))

    def told(self, number: int, *, shown: bool, since: float) -> float:
        """Milliseconds from a change until this phone was told; waits for it."""
        while True:
            for at, said in list(self.heard):
                if said["question"] == number and said["shown"] == shown:
                    return 1000 * (at - since)
            time.sleep(0.02)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phones", type=int, default=30)
    count = parser.parse_args().phones
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "progress.db")
        with serve(SSLVIZ_DATABASE=database, SSLVIZ_LAZY="1") as server:
            store, teacher = RoomStore(database), new_token()
            code = store.open(teacher, datetime.now(UTC))
            phones = [Phone(urlsplit(server.url).netloc, code) for _ in range(count)]
            for phone in phones:
                phone.start()
            for phone in phones:
                phone.inside.wait()
            changes, votes = list[float](), list[float]()
            for round_ in range(ROUNDS):
                asked = Asked(f"{round_}", "Which?", ("a", "b", "c", "d"), 1, 2, 0.25, ("a ▨▨▨ b",))
                began = time.perf_counter()
                number = store.ask(teacher, code, Scene(), asked, datetime.now(UTC))
                changes += [phone.told(number, shown=False, since=began) for phone in phones]
                voting = [threading.Thread(target=phone.vote, args=(number, votes)) for phone in phones]
                for one in voting:
                    one.start()
                for one in voting:
                    one.join()
                began = time.perf_counter()
                store.show(teacher, code, number, datetime.now(UTC))
                changes += [phone.told(number, shown=True, since=began) for phone in phones]
            print(f"{count} phones on {load()}")
            ms("a change by another process → a phone is told", changes)
            ms("a vote, all phones at once", votes)
            process = psutil.Process(server.pid)
            before = sum(process.cpu_times()[:2])
            time.sleep(REST)
            print(f"at rest the server takes {100 * (sum(process.cpu_times()[:2]) - before) / REST:.1f} % of a core")
            store.end(teacher, code, datetime.now(UTC))


if __name__ == "__main__":
    main()
