"""Server start → home drawn; a task page's recorded parts and its label card, on a server that has just started."""

from __future__ import annotations

import argparse
import time

import numpy as np
from _server import Server, browser, load, new_page, serve
from playwright.sync_api import Browser, Page

HOME = "() => part('hero')?.querySelector('.root')?.children.length && part('map')?.querySelector('.task')"
RECORDED = (
    "() => part('loss')?.querySelector('polyline.curve') && part('embedding')?.querySelector('canvas[data-drawn]')"
)
CARD = "() => part('sample_card')?.querySelector('.target')"
TASKS = ("masked_words", "same_or_different")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=5)
    rounds = ask.parse_args().rounds
    print(f"startup ({load()}), median (largest) of {rounds}")
    with browser() as opened:
        listening, quiet, busy = [], [], []
        for _ in range(rounds):
            with serve(SSLVIZ_LAZY="1") as server:  # nothing is imported in the background
                listening.append(time.perf_counter() - server.began)
                quiet.append(opens(opened, server, "", HOME)[1])
            with serve() as server:
                busy.append(opens(opened, server, "", HOME)[1])
        show("server start → server answers", listening)
        show("server start → home drawn, nothing imported beside it", quiet)
        show("server start → home drawn, while torch is imported", busy)
        for slug in TASKS:
            cold, warm = [], []
            for _ in range(rounds):
                with serve() as server:
                    cold.append(task_page(opened, server, slug))
                    time.sleep(4)  # the engine starts
                    warm.append(task_page(opened, server, slug))
            for name, times in (("just started", cold), ("warm", warm)):
                show(f"{slug}, server {name}: opened → loss and map", [t[0] for t in times])
                show(f"{slug}, server {name}: opened → label card", [t[1] for t in times])


def opens(opened: Browser, server: Server, path: str, *drawn: str) -> list[float]:
    """Open a page with an empty cache; seconds from opening to the first thing drawn, then from the server's start."""
    page, began = new_page(opened), time.perf_counter()
    page.goto(f"{server.url}/{path}", wait_until="commit")
    wait(page, drawn[0])
    now = time.perf_counter()
    page.context.close()
    return [now - began, now - server.began]


def task_page(opened: Browser, server: Server, slug: str) -> tuple[float, float]:
    """Seconds from opening to the recorded parts, and to the label card."""
    page, began = new_page(opened), time.perf_counter()
    page.goto(f"{server.url}/{slug}", wait_until="commit")
    wait(page, RECORDED)
    recorded = time.perf_counter() - began
    wait(page, CARD)
    card = time.perf_counter() - began
    page.context.close()
    return recorded, card


def wait(page: Page, drawn: str) -> None:
    page.wait_for_function(drawn, polling="raf", timeout=90000)


def show(name: str, seconds: list[float]) -> None:
    print(f"{name:<62} {np.median(seconds):5.2f} s ({max(seconds):.2f})", flush=True)


if __name__ == "__main__":
    main()
