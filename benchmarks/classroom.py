"""Thirty visitors at once: how long a label and a look take, whether every run moves, and what memory that needs.

Each visitor speaks Streamlit's own protocol, as a browser does: opens a task's page, presses Play within the first
half of the time, takes a new label every five seconds, looks at its run twice a second, and presses Pause at the end.
Three crowds come one after the other: a class that has the same settings, six to a page; the same class with a room
beside it, where thirty phones vote on the projector's questions, and a real browser that takes a label every five
seconds; and a class in which each has a run seed of their own. Before them one visitor trains alone on each page, so
that throughput has something to be compared with. Server, workers, browser and visitors share this computer's cores. It
takes seven minutes, whatever happens; with `--rest 150`, until Streamlit forgets who left, fourteen.

    PYTHONPATH=. .venv/bin/python benchmarks/classroom.py --visitors 30 --seconds 110
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import psutil
import websockets
from _onlookers import Onlookers
from _server import Server, load, serve
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from sslviz.ui.visitors import new_number

PAGES = ("masked_words", "same_or_different", "masked_patches", "next_word", "cluster_ids")
# What a view is sent that looks at a run: its id, what has the part drawn anew, and the name of what moves instead.
RUN = re.compile(rb'"run": ?"([\w-]{16})".{,200}"follows": ?"(\w+)".{,300}"moves": ?"([\w-]*)"')
LOOK_EVERY, LOOK_AT_FIRST, REDRAW, LEAST = 0.5, 0.15, 2.0, 10.0  # seconds, as in ui/frame/look.js
SLOWER, RARER = 10, 4  # so many times what a look takes; looks are that much rarer at most; as there
LABEL_EVERY = 5.0  # seconds
LONGEST = 60.0  # seconds that a page may take to be complete
SOON = 9.0  # seconds within which a run that is alone should begin
SETTLES = 8.0  # seconds until what is freed is given back, and what was begun is through


@dataclass
class Visitor:
    """One page of one visitor, and what was noted on it."""

    slug: str
    seed: int = 0  # of its run
    labels: list[float] = field(default_factory=list)  # ms
    looks: list[float] = field(default_factory=list)  # ms
    bytes: int = 0  # that it was sent after its page was there
    run: str = ""  # that it looks at
    followed: str = ""  # the part of the page that is drawn anew with each frame of the map
    moves: str = ""  # name of the card that a look brings
    found: dict[str, Any] = field(default_factory=dict)  # by the last look
    opened: float = 0.0  # s from the address to the first complete page
    page: int = 0  # bytes until then, before they are compressed
    played: float | None = None  # when Play was pressed
    moved: float | None = None  # s from Play to the first step
    steps: list[tuple[float, int]] = field(default_factory=list)  # when, step
    wrong: list[str] = field(default_factory=list)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)  # key: id, fragment
    repeated: dict[str, float] = field(default_factory=dict)  # fragment: interval
    hash: str = ""

    def take(self, raw: bytes) -> bool:
        """Note what a message of the server says; returns whether it ends a run of the script."""
        self.bytes += len(raw)
        message = ForwardMsg()
        message.ParseFromString(raw)
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.hash = message.navigation.page_script_hash
        elif kind == "new_session":
            self.hash = message.new_session.page_script_hash or self.hash
        elif kind == "auto_rerun":
            self.repeated[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            which = element.WhichOneof("type")
            if which == "button":
                key = element.button.id.rpartition("-")[2]
                self.buttons[key] = (element.button.id, message.delta.fragment_id)
            elif which == "exception":
                self.wrong.append(element.exception.message[:200])
            if self.played is not None and (run := RUN.search(raw)):
                self.run = run[1].decode()
                if run[2] == b"frames":
                    self.followed = message.delta.fragment_id
                if run[3]:
                    self.moves = run[3].decode()
        return kind == "script_finished"


class Connection:
    """A visitor's line to the server."""

    def __init__(self, socket: websockets.ClientConnection, one: Visitor, server: Server, cookie: str) -> None:
        self.socket, self.one, self.server, self.cookie = socket, one, server, cookie
        self.moved = self.took = self.cost = 0.0  # when a card came; what looks, and a card, take
        self.frames = 0  # of the map, that are on the page

    async def ask(self, button: str = "", fragment: str = "", *, repeated: bool = False) -> float:
        """Run the script, or a part of it, and wait for its end; returns ms."""
        asked = BackMsg()
        run = asked.rerun_script
        link = {"view": "lab", f"{self.one.slug}_seed": str(self.one.seed)}
        run.query_string, run.page_script_hash = urlencode(link), self.one.hash
        if not self.one.hash:
            run.page_name = self.one.slug
        run.fragment_id, run.is_auto_rerun = fragment, repeated
        if button:
            pressed = run.widget_states.widgets.add()
            pressed.id, run.fragment_id = self.one.buttons[button]
            pressed.trigger_value = True
        if not fragment and not button:
            self.one.repeated.clear()
        at = time.perf_counter()
        await self.socket.send(asked.SerializeToString())
        while not self.one.take(await self.socket.recv()):
            pass
        return (time.perf_counter() - at) * 1e3

    async def poll(self) -> list[float]:
        """Run every part that the page repeats."""
        return [await self.ask(fragment=fragment, repeated=True) for fragment in list(self.one.repeated)]

    async def look(self) -> None:
        """A look at the run, as look.js asks for it; then perhaps the card, and what a new frame has drawn anew."""
        one, at = self.one, time.perf_counter()
        asked = urlencode({name: one.found.get(name, 0) for name in ("mark", "step", "frames")})
        body = await self.fetch(f"looks/{one.run}?{asked}")
        one.looks.append((time.perf_counter() - at) * 1e3)
        if not body:
            return
        size = int.from_bytes(body[:4], "little")
        one.found = json.loads(body[4 : 4 + size])
        if one.found.get("gone"):
            one.wrong.append("the run was gone")
            one.run = ""
            return
        one.steps.append((time.perf_counter(), one.found["step"]))
        if one.found["step"] and one.moved is None and one.played is not None:
            one.moved = time.perf_counter() - one.played
        self.took = (self.took + one.looks[-1] / 1e3) / 2
        at = time.perf_counter()
        if one.moves and at - self.moved > max(REDRAW, min(LEAST, SLOWER * self.cost)):
            card = json.loads(await self.fetch(f"moves/{one.run}/{one.moves}"))
            self.moved = time.perf_counter()
            self.cost = self.moved - at
            if card["moved"] is None:
                one.wrong.append("a card was not held")
        if one.followed and one.found["frames"] != self.frames:
            self.frames = one.found["frames"]
            await self.ask(fragment=one.followed)

    async def fetch(self, what: str) -> bytes:
        """Ask the server beside Streamlit's socket; nothing where nothing is new."""
        host, _, port = self.server.url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        lines = (f"GET /{what} HTTP/1.1", f"Host: {host}:{port}", f"Cookie: {self.cookie}")
        writer.write("\r\n".join((*lines, "Connection: close", "", "")).encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        self.one.bytes += len(head) + len(body)
        return body if b" 200 " in head.splitlines()[0] else b""

    def busy(self) -> float:
        """Seconds for which a busy server is left alone, as in look.js."""
        return min(LEAST, SLOWER * self.took)

    def pause(self) -> float:
        """Seconds until the next look."""
        least = LOOK_EVERY if self.one.moved else LOOK_AT_FIRST
        return max(least, min(RARER * least, self.busy()))

    async def listen(self, seconds: float) -> None:
        """Take what comes unasked."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    self.one.take(await self.socket.recv())

    async def open(self) -> None:
        """Until the page is complete: torch may still be on its way."""
        began = time.perf_counter()
        await self.ask()
        while "play" not in self.one.buttons and time.perf_counter() - began < LONGEST:
            await self.poll()
            await self.listen(0.3)
        self.one.opened, self.one.page, self.one.bytes = time.perf_counter() - began, self.one.bytes, 0


async def visit(server: Server, one: Visitor, play_after: float, stop: asyncio.Event, *, labels: bool = True) -> None:
    """Be this visitor until `stop`."""
    address = f"{server.url.replace('http', 'ws')}/_stcore/stream"
    headers = {"Cookie": f"sslviz_visitor={new_number()}; sslviz_view=lab"}
    began = time.perf_counter()
    try:
        async with websockets.connect(
            address, subprotocols=["streamlit"], max_size=None, origin=server.url, additional_headers=headers
        ) as socket:
            line = Connection(socket, one, server, headers["Cookie"])
            await line.open()
            next_label, next_look = time.perf_counter() + random.random() * LABEL_EVERY, 0.0
            while not stop.is_set():
                now = time.perf_counter()
                if one.played is None and now - began > play_after:
                    one.played = now
                    await line.ask("train" if "train" in one.buttons else "play")
                elif labels and now >= next_label and "new_label" in one.buttons:
                    one.labels.append(await line.ask("new_label"))
                    next_label = max(next_label + LABEL_EVERY, time.perf_counter())
                elif one.run and now >= next_look:
                    await line.look()
                    next_look = time.perf_counter() + line.pause()
                else:
                    await line.listen(0.15)
            if one.moved and "play" in one.buttons:
                await line.ask("play")  # Pause; else the run would go on for a minute
    except Exception as problem:  # noqa: BLE001 - it is counted and printed
        one.wrong.append(repr(problem)[:200])


async def crowd(server: Server, many: list[Visitor], seconds: float, within: float) -> None:
    """All of them for so many seconds."""
    stop = asyncio.Event()
    tasks = [
        asyncio.create_task(visit(server, one, within * (i + 0.5) / len(many), stop)) for i, one in enumerate(many)
    ]
    await asyncio.sleep(seconds)
    stop.set()
    await end(tasks)


async def by_oneself(server: Server, one: Visitor, seconds: float) -> None:
    """One visitor alone, whose run goes on for so many seconds after its first step, if that comes soon."""
    stop, began = asyncio.Event(), time.perf_counter()
    task = asyncio.create_task(visit(server, one, 0, stop, labels=False))
    while one.moved is None and time.perf_counter() - began < SOON:
        await asyncio.sleep(0.1)
    await asyncio.sleep(seconds if one.moved is not None else 0)
    stop.set()
    await end([task])


async def end(tasks: list[asyncio.Task[None]]) -> None:
    """Wait a little for visitors to leave; who still waits for an answer then is sent away."""
    _, late = await asyncio.wait(tasks, timeout=SETTLES)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def memory(pid: int) -> float:
    """GB of server, scheduler and workers, each shared page counted once."""
    server = psutil.Process(pid)
    total = 0
    for process in [server, *server.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total / 1e9


def processor(pid: int) -> tuple[float, float]:
    """Seconds of a core that the web server has taken so far, and its children: the same on a busy computer."""
    server, spent = psutil.Process(pid), []
    for process in [server, *server.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            spent.append(times.user + times.system)
    return spent[0], sum(spent[1:])


def rate(one: Visitor, since: float) -> float:
    """Steps a second after `since`."""
    steps = [(at, step) for at, step in one.steps if at >= since]
    return (steps[-1][1] - steps[0][1]) / (steps[-1][0] - steps[0][0]) if len(steps) > 1 else 0.0


def told(times: list[float]) -> str:
    """Milliseconds, half of which are shorter than the first, and all but 5 % shorter than the second."""
    return f"{np.percentile(times or [np.nan], 50):.0f} and {np.percentile(times or [np.nan], 95):.0f} ms"


@dataclass(frozen=True)
class Crowd:
    """What thirty visitors at once met: a column of the table."""

    many: list[Visitor]
    since: float  # when all had pressed Play
    seconds: float
    server: float  # seconds of a core that the web server took
    training: float  # that scheduler and workers took
    before: float  # GB
    during: float
    after: float
    beside: Onlookers | None  # a room and a browser, where there were any

    def cell(self, name: str, alone: dict[str, float]) -> str:
        """A cell of the table."""
        labels, looks = (
            [t for one in self.many for t in getattr(one, what)] or [np.nan] for what in ("labels", "looks")
        )
        room = self.beside
        moved = [one.moved if one.moved is not None else np.inf for one in self.many]
        cells = {
            "a new label, p50 and p95": told(labels),
            "a look at a run, p50 and p95": told(looks),
            "labels and looks in all": f"{len(labels):,} and {len(looks):,}",
            "a page, and what follows a minute": f"{np.mean([one.page for one in self.many]) / 1e6:.2f} and "
            f"{np.mean([one.bytes for one in self.many]) / self.seconds * 60 / 1e6:.2f} MB before compression",
            "the web server's part of a core": f"{self.server / self.seconds:.2f}",
            "that of scheduler and workers": f"{self.training / self.seconds:.2f}",
            "errors": str(sum(len(one.wrong) for one in (*self.many, *([room] if room else [])))),
            "from Play to the first step, median and longest": f"{np.median(moved):.1f} and {max(moved):.1f} s",
            "slowest of the fastest like run, worst page": f"{self.fairness():.0%}",
            "runs that are trained": str(len(self.trained())),
            "training in sum, in runs alone on a worker": f"{self.worth(alone):.2f}",
            "memory before, with all, after they left": f"{self.before:.2f}, {self.during:.2f}, {self.after:.2f} GB",
            "a label in the browser: drawn, with its answer": room and f"{told(room.drawn)}; {told(room.answered)}",
            "a vote, all phones at once": room and told(room.votes),
            "the last vote on the projector": room and told(room.voted),
        }
        return cells[name] or "–"

    def paces(self, slug: str) -> list[float]:
        """Steps a second of every run of this page."""
        return [rate(one, self.since) for one in self.many if one.slug == slug]

    def fairness(self) -> float:
        """The slowest run's pace as a share of the fastest's among like ones, of the page where it is lowest."""
        return min(min(paces) / max(paces) if max(paces) else 0.0 for paces in map(self.paces, self.pages()))

    def pages(self) -> list[str]:
        """Those that somebody has open."""
        return sorted({one.slug for one in self.many})

    def trained(self) -> list[Visitor]:
        """One visitor of each run that is trained: those with the same settings watch the same one."""
        return list({(one.slug, one.seed): one for one in self.many}.values())

    def worth(self, alone: dict[str, float]) -> float:
        """Each run's pace as a share of what such a run gets alone on one worker, in sum."""
        return sum(rate(one, self.since) / alone[one.slug] for one in self.trained() if alone.get(one.slug))


ROWS = (
    "a new label, p50 and p95",
    "a look at a run, p50 and p95",
    "labels and looks in all",
    "a page, and what follows a minute",
    "the web server's part of a core",
    "that of scheduler and workers",
    "errors",
    "from Play to the first step, median and longest",
    "slowest of the fastest like run, worst page",
    "runs that are trained",
    "training in sum, in runs alone on a worker",
    "memory before, with all, after they left",
    "a label in the browser: drawn, with its answer",
    "a vote, all phones at once",
    "the last vote on the projector",
)


def come_and_go(
    server: Server, many: list[Visitor], seconds: float, within: float, rest: float, beside: Onlookers | None
) -> Crowd:
    """Have them all come, stay for so many seconds, press Pause and leave."""
    if beside:
        beside.start()
        beside.ready.wait()
    before, spent, began = memory(server.pid), processor(server.pid), time.perf_counter()
    asyncio.run(crowd(server, many, seconds, within))
    took, during = time.perf_counter() - began, memory(server.pid)
    own, others = (after - earlier for after, earlier in zip(processor(server.pid), spent, strict=True))
    if beside:
        beside.stop.set()
        beside.join(60)
    time.sleep(rest)
    return Crowd(many, began + within + 5, took, own, others, before, during, memory(server.pid), beside)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument(
        "--seconds", type=float, default=110, help="that each crowd stays; all press Play in its first half"
    )
    parser.add_argument("--alone", type=float, default=6, help="seconds for which each page's run trains alone first")
    parser.add_argument(
        "--rest", type=float, default=SETTLES, help="seconds after a crowd; Streamlit keeps a page for two minutes"
    )
    options = parser.parse_args()
    random.seed(0)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(SSLVIZ_WORKERS=str(psutil.cpu_count()), SSLVIZ_DATABASE=str(Path(folder) / "progress.db")) as server,
    ):
        time.sleep(SETTLES)
        print(f"{options.visitors} visitors, {options.seconds:g} s, {load()}\n", flush=True)
        alone = {}
        for slug in PAGES:
            one = Visitor(slug)
            asyncio.run(by_oneself(server, one, options.alone))
            alone[slug] = rate(one, one.steps[-1][0] - options.alone if one.steps else 0)
            print(
                f"alone: {slug} {alone[slug]:.1f} steps/s, {one.moved or np.nan:.1f} s to the first",
                *one.wrong,
                flush=True,
            )
        crowds = {}
        for name in ("the same settings", "with a room and a browser", "a run seed each"):
            seeds = range(1, options.visitors + 1) if name.endswith("each") else [0] * options.visitors
            many = [Visitor(PAGES[i % len(PAGES)], seed) for i, seed in enumerate(seeds)]
            beside = Onlookers(server, options.visitors) if "room" in name else None
            crowds[name] = come_and_go(server, many, options.seconds, options.seconds / 2, options.rest, beside)
            for what in sorted({w for one in (*many, *([beside] if beside else [])) for w in one.wrong}):
                print(f"{name}: {what}")
    print(f"\n| | {' | '.join(crowds)} |\n| --- |{' --- |' * len(crowds)}")
    for row in ROWS:
        print(f"| {row} | {' | '.join(each.cell(row, alone) for each in crowds.values())} |")


if __name__ == "__main__":
    main()
