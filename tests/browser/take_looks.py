"""Take the first look of home and of all lessons from the app, in a browser: `make looks`.

    .venv/bin/python tests/browser/take_looks.py [page …]

What it writes lies in sslviz/ui/first_look/kept; test_browser_first_look.py holds it against the pages.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from visitor import NO_BROWSER, Server, find_browser  # noqa: E402

from sslviz.catalogue import TASKS  # noqa: E402
from sslviz.ui.first_look.serving import HOME, KEPT, Look  # noqa: E402
from sslviz.ui.frame import first_cards  # noqa: E402
from sslviz.ui.frame.lesson.course import TITLES  # noqa: E402

LOOKS = ((HOME, HOME), *((slug, "lesson") for slug in TITLES), *((slug, "lab") for slug in TASKS))  # pages and views
SIZES = {"wide": (1366, 768), "phone": (390, 844)}
MOBILE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
DEEP = {"lab": 800}  # px: what lies lower waits for the page
DEEPEST = 1400  # and is not seen at once on any screen
LONG = re.compile(r'data:[^"&)\s]{300,}')  # what is the same in light and dark is kept once
TAKE = (HERE / "take_look.js").read_text("utf-8").partition("\n")[2]


def take(page: Page, address: str, deep: int) -> str:
    """The look of a page: HTML. The look that lies over it meanwhile is no part of it."""
    page.goto(address)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)  # pictures and sounds of the card
    page.evaluate("() => document.fonts.ready")
    return str(page.evaluate(TAKE, deep))


def opened(browser: Browser, size: str, theme: str) -> Page:
    """A page that nobody has used, in a window of this size."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if theme == "dark" else "light"
    )
    return context.new_page()


def card_of(name: str) -> str:
    """The hash of the kept first card of a page; empty where it has none."""
    path = first_cards.path(name)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""


def both(browser: Browser, address: str, size: str, deep: int, name: str) -> Look:
    """The look of the page of this name, light and dark."""
    data: list[str] = []

    def short(found: re.Match[str]) -> str:
        if found[0] not in data:
            data.append(found[0])
        return f"look://{data.index(found[0])}"

    looks = []
    for theme in ("light", "dark"):
        page = opened(browser, size, theme)
        looks.append(LONG.sub(short, take(page, address, deep)))
        page.context.close()
    return Look(light=looks[0], dark=looks[1], data=data, card=card_of(name))


def main() -> None:
    """Take those that are named, or all."""
    KEPT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        found = find_browser(playwright.chromium.executable_path) or sys.exit(NO_BROWSER)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        server = Server(Path(folder) / "server.log")
        try:
            server.wait()
            for name, view in LOOKS:
                address = f"{server.url}/" if view == HOME else f"{server.url}/{name}?view={view}"
                for size in SIZES if name in (sys.argv[1:] or [name]) else ():
                    look = both(browser, address, size, DEEP.get(view, DEEPEST), name)
                    packed = gzip.compress(json.dumps(look, ensure_ascii=False).encode(), 9, mtime=0)
                    (KEPT / f"{name}-{view}-{size}.json.gz").write_bytes(packed)
                    print(f"{name}, {view}, {size}: {len(packed):,} bytes", flush=True)
        finally:
            server.stop()
            browser.close()


if __name__ == "__main__":
    main()
