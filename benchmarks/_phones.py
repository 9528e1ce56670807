"""A student's phone in a room, as the benchmarks have it: it comes in, listens, and votes."""

from __future__ import annotations

import http.client
import json
import threading
import time

JSON = {"Content-Type": "application/json"}


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
