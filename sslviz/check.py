"""What to look at on the computer of a classroom before the lesson: `python -m sslviz check`."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from packaging.requirements import Requirement

from sslviz.classroom import addresses
from sslviz.training.live import memory

REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "chrome", "microsoft-edge", "msedge", "firefox", "safari")
ROOM = 500_000_000  # bytes of disk: pictures, clips and recordings unpacked, and a class's progress
STEPS = 20


@dataclass(frozen=True)
class Found:
    """One thing that was looked at: whether it is well, what it is, and a sentence."""

    well: bool
    name: str
    said: str


def all_of_it(port: int) -> Iterator[Found]:
    """Everything, the quick things first; the server itself need not run."""
    yield packages()
    yield from (cores(), disk(), progress(), listening(port), *phones(port), browser(), training())


def packages() -> Found:
    """Whether all that requirements.txt names is installed, in a version that fits."""
    lines = [line.partition("#")[0].strip() for line in REQUIREMENTS.read_text("utf-8").splitlines()]
    wrong = [need for need in map(Requirement, filter(None, lines)) if not _fits(need)]
    if wrong:
        names = ", ".join(f"{need.name}{need.specifier}" for need in wrong)
        told = f"Missing or of another version: {names}. Install them: pip install -r requirements.txt"
        return Found(False, "packages", told)
    return Found(True, "packages", f"All are there; Python {sys.version.split()[0]}.")


def _fits(need: Requirement) -> bool:
    try:
        return need.specifier.contains(importlib.metadata.version(need.name), prereleases=True)
    except importlib.metadata.PackageNotFoundError:
        return False


def cores() -> Found:
    """How many runs train at a time, by cores and by memory."""
    there, left = os.cpu_count() or 1, memory.left()
    many = memory.workers(there, left)
    free = f"{memory.gigabytes(left.free)} of memory are free ({left.of})"
    if left.short:
        needed = memory.gigabytes(memory.SHARED + memory.WORKER)
        return Found(False, "memory", f"{free}; training needs about {needed}. Close other programs.")
    runs = "one run trains" if many == 1 else f"{many} runs train"
    return Found(True, "memory", f"{free}, {there} cores: {runs} at a time, and others take turns.")


def disk() -> Found:
    """Whether pictures and recordings can be unpacked."""
    from sslviz.data import mapped

    folder = mapped.folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as problem:
        return Found(True, "disk", f"{folder} cannot be made ({problem}); data is then unpacked in memory.")
    told = f"{memory.gigabytes(free)} are free at {folder}; {memory.gigabytes(ROOM)} are enough."
    return Found(free > ROOM, "disk", told)


def progress() -> Found:
    """Whether rooms and the progress of learners can be kept."""
    from sslviz.classroom.store import RoomStore
    from sslviz.flashcards.connection import Unavailable, database_url

    store = RoomStore()
    try:
        store.mine("A" * 43, datetime.now(UTC))  # nobody's token: it only looks
        where = database_url()
    except Unavailable as problem:
        return Found(False, "database", str(problem))
    finally:
        store.close()
    return Found(True, "database", f"Rooms and progress are kept in {where.render_as_string(hide_password=True)}.")


def listening(port: int) -> Found:
    """Whether the port is free, or sslviz has it already."""
    with socket.socket() as tried:
        if hasattr(socket, "SO_REUSEADDR") and sys.platform != "win32":
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("", port))
        except OSError as problem:
            if _answers(port):
                return Found(True, "port", f"A server runs on port {port} already.")
            other = f'choose another one: make run ARGS="--server.port {port + 100}"'
            return Found(False, "port", f"Port {port} cannot be used ({problem.strerror}); {other}")
    return Found(True, "port", f"Port {port} is free.")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def phones(port: int) -> list[Found]:
    """At which addresses phones may find this computer."""
    found = [f"http://{number}:{port}" for number in addresses.own_numbers()]
    if not found:
        told = "This computer has no address that others reach; connect it to the network of the room."
        return [Found(False, "phones", told)]
    tell = "Open it on one phone before the lesson: a firewall or a guest network may keep phones out."
    return [Found(True, "phones", f"{', or '.join(found)}. {tell}")]


def browser() -> Found:
    """Whether this computer has a browser for the projector."""
    name = next((one for one in BROWSERS if shutil.which(one)), None)
    here = name or ("the one of this system" if sys.platform != "linux" else "none was found on this computer")
    told = f"{here[0].upper()}{here[1:]}. The projector’s computer needs a Chrome, Edge, Firefox or Safari of today."
    return Found(True, "browser", told)


def training() -> Found:
    """Twenty steps of a small run, as a worker computes them."""
    from sslviz.training import loop
    from sslviz.training.config import default

    config = replace(default("masked_words"), device="auto")
    learner = loop.Learner(config)
    learner.load(learner.fresh())
    began = time.perf_counter()
    for step in range(STEPS):
        learner.train_step(step)
    pace = STEPS / (time.perf_counter() - began)
    return Found(True, "training", f"{pace:.0f} steps of Masked words a second on {learner.device}.")


def tell(port: int, say: Callable[[str], None]) -> bool:
    """Look at everything, and say it line by line; returns whether all is well."""
    well = True
    for found in all_of_it(port):
        say(f"{'✓' if found.well else '✗'} {found.name}: {found.said}")
        well = well and found.well
    say("All is well." if well else "Please put right what has a ✗, and check again.")
    return well
