"""A room with thirty phones: how fast a change reaches them, how long a vote takes, and what their waiting costs.

The teacher's changes are written by this process and told by the server, so that it is as with two servers: nothing but
the database lies between them. Phones vote all at once, as they do when a class is told to.

    PYTHONPATH=. .venv/bin/python benchmarks/room.py --phones 30
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from _phones import Phone
from _server import load, ms, serve

from sslviz.classroom.room import Asked, Scene
from sslviz.classroom.store import RoomStore
from sslviz.flashcards.tokens import new_token

ROUNDS, REST = 6, 15.0  # questions; seconds at rest


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
