"""A server of its own, and a visitor with a browser who notes everything that goes wrong."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import psutil
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, WebSocket, expect

from sslviz.catalogue import TASKS

# A phone first: what is laid out for it must not stay when the window grows.
SCREENS = ((390, "dark"), (390, "light"), (1366, "light"), (1366, "dark"))

ROOT = Path(__file__).parents[2]
WAIT = 60_000  # ms; a computer that does something else besides is slow, and waiting costs nothing where all goes well
NO_BROWSER = (
    "no browser was found. Debian and Ubuntu: apt install chromium; elsewhere: install Chromium or Chrome, or run "
    "python -m playwright install chromium; SSLVIZ_BROWSER may name one"
)
DRAWN = {"": ("map", ".map"), "flashcards": ("cards", ".card, .nth, .sums, .deck")}  # what shows that all is there
DRAWN |= {"teaching": ("", ".stExpander, .sheet"), "glossary": ("", "dl.glossary"), "why": ("used", ".fact")}
DRAWN |= {"arena": ("arena_choice", "button"), "three_ways": ("ways", ".way"), "transfer": ("curve", ".js-plotly-plot")}
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)

BEYOND = """() => {
  const main = document.querySelector('[data-testid=stMain]')
  if (main.scrollWidth <= main.clientWidth && document.scrollingElement.scrollWidth <= innerWidth) return []
  const wide = [...main.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > innerWidth)
  return wide.slice(-5).map(one => one.outerHTML.slice(0, 200))
}"""


def find_browser(own: str) -> str | None:
    """The browser to use: the one that SSLVIZ_BROWSER names, an installed one, or Playwright's `own` download."""
    named = os.environ.get("SSLVIZ_BROWSER")
    candidates = [named] if named else [*map(shutil.which, NAMES), *PLACES, own]
    return next((path for path in candidates if path and Path(path).is_file()), None)


class Server:
    """The app as `streamlit run app.py` serves it, with an engine of one worker."""

    def __init__(self, log: Path, port: int = 0, database: Path | None = None) -> None:
        if not port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
        self.url, self.log = f"http://127.0.0.1:{port}", log
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
        environment = {k: v for k, v in os.environ.items() if k not in ("SSLVIZ_SCHEDULER", "SSLVIZ_LAZY")}
        # Progress of a test's own, never the user's.
        self.database = database or log.with_name(f"{log.stem}.db")
        environment["SSLVIZ_DATABASE"] = str(self.database)
        with log.open("wb") as output:
            self.process = psutil.Popen(
                command, cwd=ROOT, env={**environment, "SSLVIZ_WORKERS": "1"}, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def wait(self, seconds: float = 60) -> None:
        """Until the server says that it is well."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"the server did not start:\n{self.said()}")

    def said(self) -> str:
        """What it printed."""
        return self.log.read_text("utf-8", errors="replace")

    def children(self) -> list[psutil.Process]:
        """The engine and its workers."""
        try:
            return self.process.children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def stop(self) -> list[str]:
        """End the server as a person would, by a signal; returns the children that outlived it (and ends them)."""
        children = self.children()
        self.process.terminate()
        try:
            self.process.wait(30)
        except psutil.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        _, alive = psutil.wait_procs(children, timeout=60)  # what still imports torch sees only then that it is over
        left = []
        for child in alive:
            try:
                left.append(" ".join(child.cmdline()))
                child.kill()
            except psutil.NoSuchProcess:
                pass
        return left


class Visitor:
    """One page in a browser context of its own."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.server, self.context, self.wrong = server, context, []
        # The lab, as the browser of a visitor remembers it who chose it last; a link says otherwise.
        context.add_cookies([{"name": "sslviz_view", "value": "lab", "url": server.url}])
        self.page: Page = context.new_page()
        self.page.set_default_timeout(WAIT)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"page error: {error}"))
        self.page.on("request", self._request)
        self.page.on("websocket", self._socket)

    # what goes wrong

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self._base_path(message.location.get("url", "")):
            self.wrong.append(f"console: {message.text} ({message.location.get('url')})")

    def _base_path(self, url: str) -> bool:
        """Streamlit looks for its server below /<page>/ first, where these two are not, before it finds it at /."""
        slug = urlparse(self.page.url).path.strip("/")
        return bool(slug) and url in {f"{self.server.url}/{slug}/_stcore/{name}" for name in ("health", "host-config")}

    def _request(self, request: Request) -> None:
        url = urlparse(request.url)
        if url.scheme not in ("data", "blob") and f"{url.scheme}://{url.netloc}" != self.server.url:
            self.wrong.append(f"a request to another host: {request.url}")

    def _socket(self, socket_: WebSocket) -> None:
        if urlparse(socket_.url).netloc != urlparse(self.server.url).netloc:
            self.wrong.append(f"a socket to another host: {socket_.url}")

    def check(self) -> list[str]:
        """All that went wrong so far, exceptions on the page included."""
        shown = [f"on the page: {text}" for text in self.failed.all_inner_texts()]
        return [*self.wrong, *shown]

    @property
    def failed(self) -> Locator:
        """What stands on a page that failed: Streamlit's own words or ours."""
        ours = self.page.get_by_text("Something on this page went wrong")
        return self.page.locator("[data-testid=stException]").or_(ours)

    # going about

    def open(self, address: str) -> Visitor:
        """Open an address of the app, and wait until everything is drawn."""
        self.page.goto(f"{self.server.url}/{address}")
        return self.drawn()

    def screens(self) -> Iterator[str]:
        """The same page on a phone and on a large screen, each light and dark: shown, and named."""
        for width, theme in SCREENS:
            self.page.emulate_media(color_scheme=theme)
            self.page.set_viewport_size({"width": width, "height": 768 if width > 500 else 844})
            self.until(lambda dark=theme == "dark": self.dark == dark, f"the page is {theme}")
            self.settle()
            yield f"{width} px, {theme}"

    @property
    def dark(self) -> bool:
        """Whether the page's ground is dark."""
        ground = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
        return int(re.findall(r"\d+", self.page.evaluate(ground))[0]) < 128

    def beyond(self) -> list[str]:
        """The innermost parts that make the page wider than its window, once the views have found their width."""
        found: list[str] = []

        def fits() -> bool:
            found[:] = self.page.evaluate(BEYOND)
            return not found

        with contextlib.suppress(AssertionError):
            self.until(fits, "no part is too wide", seconds=10)
        return found

    def drawn(self) -> Visitor:
        """Wait until the page is complete."""
        self.page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]").wait_for(state="attached")
        slug = urlparse(self.page.url).path.strip("/")
        key, inside = DRAWN.get(slug, ("sample_card", ".lattice"))
        failed, lesson = self.failed, self.page.locator(".st-key-scene")
        whole = self.part(key) if key else self.page.locator("[data-testid=stMain]")
        expect(whole.locator(inside).or_(failed).or_(lesson).first).to_be_visible()
        assert not failed.count(), failed.first.inner_text()
        self.page.wait_for_function("() => !document.querySelector('[data-stale=true]')")
        return self

    def unfold(self, key: str = "") -> Locator:
        """Open what is folded: a part, or without its key all parts of the page."""
        folds = self.part(key) if key else self.page.locator("[data-testid=stMain]")
        for summary in folds.locator("details[data-testid=stExpander], [data-testid=stExpander] details").all():
            if summary.get_attribute("open") is None:
                summary.locator("summary").first.click()
        return folds

    def settle(self) -> None:
        """Wait until no script runs. Not on a page that polls: its state flips all the time."""
        self.page.locator(
            "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
        ).wait_for(state="attached")

    def until(self, true: Callable[[], Any], what: str, seconds: float = WAIT / 1000) -> None:
        """Look again and again until something is so."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, f"waited {seconds:.0f} s in vain: {what}"
            self.page.wait_for_timeout(100)  # lets the page's own events in, as time.sleep would not

    def go(self, title: str) -> None:
        """Choose a page in the navigation on top: a task in the menu of its family."""
        navigation = self.page.get_by_role("navigation")
        family = next((entry.family for entry in TASKS.values() if entry.title == title), "")
        if family:
            navigation.get_by_role("button", name=family).click()
            self.page.get_by_role("menuitem", name=title, exact=True).click()
        else:
            navigation.get_by_role("link", name=title, exact=True).click()

    def popover(self, part: str, name: str) -> Locator:
        """Open a popover by its button, and give what is inside."""
        self.part(part).get_by_role("button", name=name).click()
        return self.page.locator("[data-testid=stPopoverBody]")

    def give(self, name: str, mime: str, content: bytes) -> None:
        """Put a file into the field for files: the only one, once that of the file before has left."""
        field = self.page.locator("input[type=file]")
        expect(field).to_have_count(1)
        field.set_input_files({"name": name, "mimeType": mime, "buffer": content})

    # parts of a page

    def part(self, key: str) -> Locator:
        """A part or a control by its key."""
        return self.page.locator(f".st-key-{key}")

    def press(self, key: str) -> None:
        """Press a button by its key, and wait until Python has followed where the browser went ahead."""
        self.part(key).get_by_role("button").click()
        self.page.wait_for_function("() => !document.documentElement.hasAttribute('data-behind')")

    def link(self, name: str) -> str | None:
        """A parameter of the present address."""
        return parse_qs(urlparse(self.page.url).query).get(name, [None])[0]

    def link_becomes(self, name: str, value: str | None) -> None:
        """Wait until a parameter of the address has this value."""
        self.page.wait_for_function(
            "([name, value]) => new URL(location).searchParams.get(name) === value", arg=[name, value]
        )

    # the run

    @property
    def step(self) -> int:
        """Steps done, as the bar says."""
        return int(self.part("transport").locator(".run b").first.inner_text().replace(",", ""))

    @property
    def mode(self) -> Locator:
        """The pill that says recorded, live or untrained."""
        return self.part("transport").locator(".run .mode")

    def reaches(self, step: int) -> None:
        """Wait until this many steps are done."""
        self.page.wait_for_function(
            "least => +document.querySelector('.st-key-transport .run b')?.textContent.replaceAll(',', '') >= least",
            arg=step,
            timeout=3 * WAIT,  # the engine is niced: whatever else this computer does goes first
        )

    def status(self, text: str) -> None:
        """Wait until the button of the run says Play or Pause."""
        expect(self.part("play")).to_contain_text(text, timeout=WAIT)

    def train(self) -> None:
        """Train: a run of one's own where a recorded one is shown, else on with the one that is there."""
        self.press("train" if self.part("train").count() else "play")
        self.status("Pause")
        expect(self.mode).not_to_have_text("◷ recorded", timeout=WAIT)

    def untrained(self) -> None:
        """A run of one's own that stands at the beginning."""
        if self.part("train").count():
            self.press("train")
            expect(self.part("train")).to_have_count(0, timeout=WAIT)
        self.press("reset")
        expect(self.mode).to_have_text("○ untrained", timeout=WAIT)

    def pause(self) -> int:
        """Pause, and give the step at which it stands still."""
        self.press("play")
        self.status("Play")
        return self.step

    @property
    def loss(self) -> tuple[float, int, dict[str, float]] | None:
        """(loss, at step, baselines by name) as the picture of the loss says it to a screen reader."""
        text = self.part("loss").locator("svg[role=img]").get_attribute("aria-label") or ""
        found = re.match(r"Loss ([\d.]+) at step (\d+)\. (.*)Arrow keys", text)
        if not found:
            return None
        lines = re.findall(r"([^.=][^=]*?) = ([\d.]+)\. ", found[3])
        return float(found[1]), int(found[2]), {name.strip(): float(value) for name, value in lines}

    @property
    def map(self) -> Locator:
        """The drawing of the embedding."""
        return self.part("embedding").locator("canvas.map")

    @property
    def frame(self) -> tuple[int, int]:
        """(frame, step) that the map shows."""
        return int(self.map.get_attribute("data-drawn") or -1), int(self.map.get_attribute("data-step") or -1)

    def settled(self) -> str:
        """The map's drawing once its points rest."""
        expect(self.map).to_have_attribute("data-settled", "true")
        return self.map.evaluate("canvas => canvas.toDataURL()")

    def judged(self) -> dict[str, tuple[float | None, str]]:
        """The table of the pretext task: name → (held-out loss, score)."""
        table = (
            self.part("learned")
            .locator("table tbody tr")
            .evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))")
        )
        return {name: (float(loss) if loss else None, score) for name, loss, *_, score in table}

    # the card

    def words(self) -> list[dict[str, Any]]:
        """The sentence on the card: word, what was done, what the model sees, label, answer."""
        return (
            self.part("sample_card")
            .locator(".word")
            .evaluate_all(
                """nodes => nodes.map(node => {
                 const text = kind => node.querySelector(kind)?.textContent ?? ''
                 const parts = { word: '.raw', did: '.did', sees: '.sees', target: '.target', answer: '.answer' }
                 const found = Object.fromEntries(Object.entries(parts).map(([name, kind]) => [name, text(kind)]))
                 return { ...found, unknown: !!node.querySelector('.unknown') }
               })"""
            )
        )

    def card(self) -> str:
        """Everything on the card, pictures as their pixels, as one text that changes when anything does."""
        return json.dumps(
            self.part("sample_card")
            .locator(".root")
            .first.evaluate(
                "root => [root.textContent, ...[...root.querySelectorAll('canvas')].map(c => c.toDataURL()),"
                " ...[...root.querySelectorAll('img')].map(picture => picture.src)]"
            )
        )
