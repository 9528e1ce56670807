"""Server start → home drawn; a page opened → its first screen seen, drawn, its card, its loss and its map.

Every time stands beside that of an empty page of Streamlit, measured in the same round: what counts is the ratio.
"""

from __future__ import annotations

import argparse
import contextlib
import time
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from _server import Server, browser, load, new_page, serve
from playwright.sync_api import Browser, Page

EMPTY = "() => document.querySelector('#drawn')"
LOOK = "() => document.querySelector('#first_look') && performance.getEntriesByName('first-contentful-paint').length"
HOME = "() => part('hero')?.querySelector('.root')?.children.length && part('map')?.querySelector('.task')"
LESSON = "() => part('stage')?.querySelector('.root')?.children.length"
CARD = "() => part('sample_card')?.querySelector('.root')?.children.length"
RUN = "() => part('loss')?.querySelector('polyline.curve') && part('embedding')?.querySelector('canvas[data-drawn]')"
THROUGH = """() => document.querySelector("[data-testid='stApp']")?.dataset.testScriptState === 'notRunning'
  && document.querySelector('.st-key-new_label')"""
TASKS = ("masked_words", "same_or_different")

Times = dict[str, list[float]]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--tasks", nargs="*", default=TASKS)
    asked = ask.parse_args()
    print(f"startup ({load()}), median (largest) of {asked.rounds}, and × an empty page", flush=True)
    times: Times = defaultdict(list)
    with browser() as opened:
        for _ in range(asked.rounds):
            one_round(opened, asked.tasks, times)
    for name, found in times.items():
        floor = times[f"empty page, {'warm' if 'warm' in name else 'just started'}"]
        ratio = np.median(found) / np.median(floor)
        print(f"{name:<58} {np.median(found):5.2f} s ({max(found):.2f})   {ratio:4.2f} ×", flush=True)


def one_round(opened: Browser, tasks: tuple[str, ...], times: Times) -> None:
    """Everything once, each on a server that has just started and on the same one when all is imported."""
    with serve("benchmarks/_empty_app.py") as server:
        times["server start → it answers, empty page"].append(time.perf_counter() - server.began)
        for when in ("just started", "warm"):
            times[f"empty page, {when}"] += opens(opened, server, "", EMPTY)
    with serve() as server:
        times["server start → it answers"].append(time.perf_counter() - server.began)
        begin(opened, server, "", HOME, times, "home, just started")
        times["server start → home drawn"].append(time.perf_counter() - server.began)
    for slug in tasks:
        with serve() as server:
            begin(opened, server, slug, LESSON, times, f"{slug}, lesson, just started")
        with serve() as server:
            look(opened, server, slug, times, "just started")
            time.sleep(12)  # everything is imported, and the engine has started
            for _ in range(2):  # the first time, what only a page needs is imported
                opens(opened, server, "", HOME)
                opens(opened, server, slug, LESSON)
            begin(opened, server, "", HOME, times, "home, warm")
            begin(opened, server, slug, LESSON, times, f"{slug}, lesson, warm")
            look(opened, server, slug, times, "warm")


def begin(opened: Browser, server: Server, path: str, drawn: str, times: Times, name: str) -> None:
    """A page with a first look: until its first screen is to be seen, and until it is the page itself that shows it."""
    seen, there = opens(opened, server, path, LOOK, drawn)
    times[f"{name}: seen"].append(seen)
    times[f"{name}: drawn by the page"].append(there)


def look(opened: Browser, server: Server, slug: str, times: Times, when: str) -> None:
    """The lab of a task: its card, its recorded parts, and all of it."""
    found = opens(opened, server, f"{slug}?view=lab", LOOK, CARD, RUN, THROUGH)
    for name, one in zip(("seen", "card", "and loss and map", "and all the rest"), found, strict=True):
        times[f"{slug}, lab, {when}: {name}"].append(one)


def opens(opened: Browser, server: Server, path: str, *drawn: str) -> list[float]:
    """Open a page with an empty cache; seconds from opening until each thing is drawn, and all before it."""
    with page_of(opened) as page:
        began, found = time.perf_counter(), []
        page.goto(f"{server.url}/{path}", wait_until="commit")
        for one in drawn:
            page.wait_for_function(one, polling="raf", timeout=90000)
            found.append(time.perf_counter() - began)
        return found


@contextlib.contextmanager
def page_of(opened: Browser) -> Iterator[Page]:
    """A page that is closed afterwards."""
    page = new_page(opened)
    try:
        yield page
    finally:
        page.context.close()


if __name__ == "__main__":
    main()
