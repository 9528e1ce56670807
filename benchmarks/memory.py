"""What the app holds of memory: idle after its start, and after every page was seen and every task trained.

Counted is what would come free if all its processes ended: pages that several of them share count once (PSS, on Linux;
elsewhere what a process has for itself, USS). Every task is trained for 20 steps, its figures included, as many at a
time as there are workers.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import psutil
from _server import Server, browser, load, new_page, serve
from playwright.sync_api import Browser

from sslviz.catalogue import TASKS

PAGES = ("", "flashcards", "transfer", "three_ways", "arena", *TASKS)
STEPS = 20
DONE = "() => part_of('play')?.innerText.includes('Train on')"
FIND = "window.part_of = key => document.querySelector(`.st-key-${key} button`)"


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=1, help="how often every task is trained")
    ask.add_argument("--workers", type=int, default=2)
    asked = ask.parse_args()
    print(f"memory ({load()}), {asked.workers} workers, MB")
    with serve(SSLVIZ_WORKERS=str(asked.workers)) as server, browser() as opened:
        rest(server, 0)  # the engine starts behind the first page of a task
        show("idle after start", server)
        for name in PAGES:
            see(opened, server, name)
        rest(server, asked.workers)
        show("after every page", server)
        for number in range(asked.rounds):
            for slugs in batched(TASKS, asked.workers):
                most = train(opened, server, slugs)
                show(f"  {', '.join(slugs)}, {most:.0f} at most", server)
            rest(server, asked.workers)
            show(f"after every task, round {number + 1}", server)


def batched(names: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    """Names in groups of a size, the last one perhaps smaller (`itertools.batched` came with Python 3.12)."""
    left = iter(names)
    while group := tuple(islice(left, size)):
        yield group


def rest(server: Server, workers: int) -> None:
    """Wait until all workers are there, and what is held has stayed the same for ten seconds."""
    last, since, end = 0.0, time.monotonic(), time.monotonic() + 900
    while time.monotonic() - since < 10 or len(family(server.pid)["workers"]) < workers:
        now = sum(map(sum, family(server.pid).values()))
        if abs(now - last) > 0.005 * last:
            last, since = now, time.monotonic()
        if time.monotonic() > end:
            return
        time.sleep(1)


def see(opened: Browser, server: Server, name: str) -> None:
    """Open a page, and look at it for two seconds once it is drawn."""
    page = new_page(opened)
    page.goto(f"{server.url}/{name}", wait_until="commit")
    page.locator("[data-testid='stApp'][data-test-connection-state='CONNECTED']").wait_for(state="attached")
    page.wait_for_timeout(2000)
    page.locator("[data-test-script-state='notRunning']").wait_for(state="attached", timeout=120_000)
    page.context.close()


def train(opened: Browser, server: Server, slugs: Sequence[str]) -> float:
    """Train tasks side by side to their budget, so that the figures are measured, too; MB held meanwhile, at most."""
    pages = [new_page(opened) for _ in slugs]
    for page, slug in zip(pages, slugs, strict=True):
        page.add_init_script(FIND)
        page.goto(f"{server.url}/{slug}?view=lab&{slug}_steps={STEPS}", wait_until="commit")
        page.locator(".st-key-train button").first.click(timeout=120_000)
    most, end = 0.0, time.monotonic() + 600
    while not all(page.evaluate(DONE) for page in pages):
        most = max(most, sum(map(sum, family(server.pid).values())))
        pages[0].wait_for_timeout(300)
        if time.monotonic() > end:
            sys.exit(f"{', '.join(slugs)} did not come to their end in ten minutes")
    for page in pages:
        page.context.close()
    return most


def show(when: str, server: Server) -> None:
    held = family(server.pid)
    parts = ", ".join(f"{name} {' + '.join(f'{one:.0f}' for one in each)}" for name, each in held.items() if each)
    print(f"{when:<58} {sum(map(sum, held.values())):6.0f}   {parts}", flush=True)


def family(server: int) -> dict[str, list[float]]:
    """MB that each process holds: the server's, the scheduler's, the workers', and what else there is."""
    held: dict[str, list[float]] = {"server": [], "scheduler": [], "workers": [], "beside": []}
    try:
        processes = [psutil.Process(server), *psutil.Process(server).children(recursive=True)]
    except psutil.NoSuchProcess:
        return held
    for process in processes:
        try:
            command, parent = " ".join(process.cmdline()), " ".join((process.parent() or process).cmdline())
            forked = "forkserver" in command and "forkserver" in parent
            kind = (
                "server" if process.pid == server
                else "scheduler" if command.endswith("training.live.cluster")
                else "workers" if forked or "spawn_main" in command
                else "beside"
            )  # fmt: skip
            held[kind].append(megabytes(process))
        except psutil.Error:  # it has just ended
            continue
    return held


def megabytes(process: psutil.Process) -> float:
    rollup = Path(f"/proc/{process.pid}/smaps_rollup")
    try:
        lines = rollup.read_text("ascii").splitlines()
    except OSError:
        return process.memory_full_info().uss / 1e6
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")) / 1e6


if __name__ == "__main__":
    main()
