"""What the benchmarks share: the app on a free port, a browser, and percentiles."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# Our parts live in shadow roots. `part(key)` is the one inside the container with that key.
FIND = """
window.part = key => {
  for (const node of document.querySelectorAll(`.st-key-${key} *`)) if (node.shadowRoot) return node.shadowRoot
}
// Call `act`, and give the ms until `read()` gives something else, and until that has been painted.
window.until = (root, read, act) => new Promise((done, fail) => {
  const before = read(), late = setTimeout(() => fail(new Error('nothing changed in 10 s')), 10000)
  let began = 0
  const seen = new MutationObserver(() => {
    const now = read()
    if (!now || now === before) return
    seen.disconnect(); clearTimeout(late)
    const changed = performance.now() - began
    requestAnimationFrame(() => {                       // before the paint; a message then comes after it
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => done([changed, performance.now() - began])
      port2.postMessage(0)
    })
  })
  seen.observe(root, { subtree: true, childList: true, characterData: true, attributes: true })
  began = performance.now()
  act()
})
"""


@dataclass(frozen=True)
class Server:
    """A running server: its address, when its process was started (perf_counter), and the number of that."""

    url: str
    began: float
    pid: int


@contextlib.contextmanager
def serve(script: str = "app.py", *options: str, **environment: str) -> Iterator[Server]:
    """Serve a script of this project until the block ends; yields as soon as the server answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.address=127.0.0.1", f"--server.port={port}"]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, *options], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        while not _answers(url):
            if process.poll() is not None or time.perf_counter() - began > 60:
                sys.exit(f"The server did not start: {' '.join(command)}")
            time.sleep(0.01)
        yield Server(url, began, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Chromium or Chrome, whichever this computer has, without a window."""
    found = next(filter(None, map(shutil.which, NAMES)), None)  # None: the one that Playwright installed
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield opened
        finally:
            opened.close()


def new_page(opened: Browser, width: int = 1366, height: int = 900) -> Page:
    """An empty page with nothing in its cache, as a first visitor has it."""
    page = opened.new_context(viewport={"width": width, "height": height}).new_page()
    page.add_init_script(FIND)
    return page


def ms(name: str, times: Sequence[float]) -> None:
    """Print p50 and p95 of some times in ms."""
    p50, p95 = np.percentile(times, [50, 95])
    print(f"{name:<58} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms   n {len(times)}", flush=True)


def in_turn(rounds: int, *ways: Callable[[], float]) -> list[list[float]]:
    """Measure several ways one after the other, round by round, so that all meet the same disturbances."""
    measured = [[way() for way in ways] for _ in range(rounds)]
    return [list(column) for column in zip(*measured, strict=True)]


def load() -> str:
    """How busy the computer is besides; printed with every figure."""
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores{busy}"
