"""Two hundred visitors, one after the other: what they leave in the server's memory when they have gone.

Each speaks Streamlit's own protocol (see classroom.py): opens a task's page, takes three new labels, and leaves. A
first round makes what is made once for all; what grows after it would grow for ever.

    PYTHONPATH=. .venv/bin/python benchmarks/sessions.py --sessions 200
"""

from __future__ import annotations

import argparse
import asyncio
import time

import websockets
from _server import Server, load, serve
from classroom import Connection, Visitor, memory

from sslviz.catalogue import TASKS
from sslviz.ui.visitors import new_number

LABELS = 3  # that each takes
GONE = 130.0  # seconds; until then Streamlit keeps a page whose line is down


async def visit(server: Server, slug: str) -> list[str]:
    """Come, take labels, leave; returns what went wrong."""
    one, cookie = Visitor(slug), f"sslviz_visitor={new_number()}; sslviz_view=lab"
    async with websockets.connect(
        f"{server.url.replace('http', 'ws')}/_stcore/stream", subprotocols=["streamlit"], max_size=None,
        origin=server.url, additional_headers={"Cookie": cookie},
    ) as socket:  # fmt: skip
        line = Connection(socket, one, server, cookie)
        await line.open()
        for _ in range(LABELS):
            await line.ask("new_label" if "new_label" in one.buttons else "another_sample")
    return one.wrong


def come_and_go(server: Server, count: int) -> None:
    """So many visitors, one after the other, on all pages in turn."""
    for i in range(count):
        for wrong in asyncio.run(visit(server, list(TASKS)[i % len(TASKS)])):
            print(f"visitor {i}: {wrong}")


def main() -> None:
    """Measure, and print."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--sessions", type=int, default=200, help="in each round")
    ask.add_argument("--rounds", type=int, default=2, help="what is kept up to a bound has filled after the first")
    ask.add_argument("--gone", type=float, default=GONE, help="seconds to wait after the last one of a round")
    asked = ask.parse_args()
    with serve(SSLVIZ_WORKERS="1") as server:
        come_and_go(server, 2 * len(TASKS))
        time.sleep(asked.gone)
        before = memory(server.pid)
        print(f"sessions ({load()}): {before:.2f} GB after the first {2 * len(TASKS)}", flush=True)
        for _ in range(asked.rounds):
            began = time.perf_counter()
            come_and_go(server, asked.sessions)
            took, during = time.perf_counter() - began, memory(server.pid)
            time.sleep(asked.gone)
            after = memory(server.pid)
            print(
                f"{asked.sessions} more, {took / asked.sessions:.2f} s each: {during:.2f} GB with the last, "
                f"{after:.2f} GB when all have gone: {after / before - 1:+.1%}",
                flush=True,
            )
            before = after


if __name__ == "__main__":
    main()
