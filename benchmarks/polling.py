"""What a look at a run costs while it goes on: messages and bytes, the server's processor, the browser's main thread.

The server is measured without its workers; what it spends on a run that nobody looks at (states that come and go) is
measured afterwards. The browser's thread is what Chromium's own tracing counts as tasks.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from typing import Any

import psutil
from _server import browser, load, new_page, serve
from playwright.sync_api import Page, Request, WebSocket

from sslviz.ui.frame.transport import POLL

TRAIN = ".st-key-train button"
LIVE = "() => document.querySelector('.st-key-transport .mode')?.textContent.includes('live')"
STEPS = "() => parseInt(document.querySelector('.st-key-transport .run b')?.textContent.replaceAll(',', '') ?? 0)"


class Traffic:
    """What goes over the websocket and by requests of a page."""

    def __init__(self, page: Page) -> None:
        self.count: Counter[str] = Counter()
        self.sizes: Counter[str] = Counter()
        page.on("websocket", self._socket)
        page.on("requestfinished", self._request)

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda data: self._add("sent", data))
        socket.on("framereceived", lambda data: self._add("received", data))

    def _add(self, which: str, data: Any) -> None:
        self.count[which] += 1
        self.sizes[which] += len(data)

    def _request(self, request: Request) -> None:
        if "/looks/" in request.url:
            self.count["requests"] += 1


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--seconds", type=float, default=20)
    ask.add_argument("--tasks", nargs="*", default=["masked_words"])
    asked = ask.parse_args()
    print(f"polling ({load()})")
    with serve() as server, browser() as opened:
        for slug in asked.tasks:
            page = new_page(opened)
            traffic = Traffic(page)
            page.goto(f"{server.url}/{slug}?view=lab")
            page.wait_for_function("() => part('sample_card')?.querySelector('.target')", timeout=120000)
            page.locator(TRAIN).first.click()
            page.wait_for_function(f"() => ({LIVE})() && ({STEPS})() > 10", timeout=240000)
            process = psutil.Process(server.pid)
            before = traffic.count.copy(), traffic.sizes.copy(), sum(process.cpu_times()[:2]), time.perf_counter()
            first = page.evaluate(STEPS)
            opened.start_tracing(page=page, categories=["toplevel", "devtools.timeline"])
            page.wait_for_timeout(1000 * asked.seconds)
            trace = json.loads(opened.stop_tracing())
            took = time.perf_counter() - before[3]
            cpu = sum(process.cpu_times()[:2]) - before[2]
            busy = thread_ms(trace)
            looks = took / POLL
            count, sizes = traffic.count - before[0], traffic.sizes - before[1]
            print(
                f"{slug}: {took:.0f} s, steps {first} to {page.evaluate(STEPS)}; per look (each {POLL} s): "
                f"messages {count['received'] / looks:.1f} in, {count['sent'] / looks:.1f} out, "
                f"{count['requests'] / looks:.1f} requests; {sizes['received'] / looks / 1000:.1f} kB in, "
                f"{sizes['sent'] / looks / 1000:.1f} kB out; server {1000 * cpu / looks:.1f} ms; "
                f"browser {busy / looks:.1f} ms",
                flush=True,
            )
            page.context.close()
            before_alone, began = sum(process.cpu_times()[:2]), time.perf_counter()
            time.sleep(asked.seconds)
            alone = (sum(process.cpu_times()[:2]) - before_alone) / (time.perf_counter() - began)
            print(f"  of the server's, {1000 * alone * POLL:.1f} ms for the run itself, which nobody looks at")


def thread_ms(trace: Any) -> float:
    """Milliseconds of tasks on the main thread of the busiest renderer; of tasks within tasks the outermost count."""
    events = trace["traceEvents"]
    mains = {
        (e["pid"], e["tid"]) for e in events if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    spent: Counter[tuple[int, int]] = Counter()
    ends: dict[tuple[int, int], float] = {}
    tasks = [e for e in events if e.get("ph") == "X" and e["name"].endswith("RunTask")]
    for e in sorted(tasks, key=lambda e: e["ts"]):
        thread = e["pid"], e["tid"]
        if thread in mains and e["ts"] >= ends.get(thread, 0.0):
            spent[thread] += e.get("tdur", e["dur"])  # of the processor, where it is told
            ends[thread] = e["ts"] + e["dur"]
    return max(spent.values(), default=0.0) / 1000


if __name__ == "__main__":
    main()
