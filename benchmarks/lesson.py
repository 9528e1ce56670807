"""A press on Next → the next scene; and what a lesson's first screen weighs and holds beside the lab's.

What weighs are the messages of the page itself; the files are much the same for both and stay in the browser's cache.
"""

from __future__ import annotations

import argparse

from _server import Server, browser, load, ms, new_page, serve
from playwright.sync_api import Browser, Page

SLUGS = ("masked_words", "patch_order", "same_or_different", "masked_sound")
DRAWN = {"lesson": ".st-key-stage", "lab": ".st-key-learned"}  # the last part that is drawn
# From the press on the button until another heading stands there, and until the stage below it has been drawn.
NEXT = """key => {
  const said = document.querySelector('.st-key-scene').parentElement
  const read = () => said.querySelector('.st-key-said h1')?.textContent ?? ''
  return until(said, read, () => document.querySelector(`.st-key-${key} button`).click())
}"""
STILL = """() => document.querySelector("[data-testid='stApp']").dataset.testScriptState === 'notRunning'
  && !document.querySelector('[data-stale=true]')"""
COUNT = """() => {
  const found = { all: 0, controls: 0, words: 0 }
  const walk = root => {
    for (const node of root.querySelectorAll('*')) {
      if (node.shadowRoot) walk(node.shadowRoot)
      if (node.closest('style, script') || !node.checkVisibility()) continue
      found.all += 1
      found.controls += node.matches('button:not(:disabled), a[href], input, select, textarea, summary')
      const texts = [...node.childNodes].filter(one => one.nodeType === 3).map(one => one.data)
      found.words += texts.join(' ').split(/\\s+/).filter(Boolean).length
    }
  }
  walk(document.querySelector('[data-testid=stMain]'))
  return found
}"""


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=3, help="times that each lesson is walked forwards and backwards")
    rounds = ask.parse_args().rounds
    print(f"lesson ({load()})")
    with browser() as opened, serve() as server:
        for slug in SLUGS:
            first_screen(opened, server, slug, say=False)  # the first visitor waits for torch; it is not measured
            walk(opened, server, slug, rounds)
        for slug in SLUGS:
            first_screen(opened, server, slug)


def walk(opened: Browser, server: Server, slug: str, rounds: int) -> None:
    """Go through all scenes and back."""
    page = new_page(opened)
    page.goto(f"{server.url}/{slug}?view=lesson&scene=1")
    settle(page)
    times: dict[str, list[list[float]]] = {"scene_next": [], "scene_back": []}
    for _ in range(rounds):
        for key, found in times.items():
            for _ in range(int(page.inner_text(".st-key-foot .nth >> nth=0").split()[2]) - 1):  # "1 of 7 …"
                found.append(page.evaluate(NEXT, key))
                settle(page)
    for key, found in times.items():
        name = key.removeprefix("scene_")
        ms(f"{slug}, {name}: press → heading", [t[0] for t in found])
        ms(f"{slug}, {name}: press → painted", [t[1] for t in found])
    page.context.close()


def first_screen(opened: Browser, server: Server, slug: str, *, say: bool = True) -> None:
    """Bytes that come, elements that are seen, controls among them, and words; of the lesson and of the lab."""
    seen = {}
    for view, drawn in DRAWN.items():
        page, sizes, files = new_page(opened), list[int](), list[float]()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda told, into=files: into.append(told["encodedDataLength"]))
        page.on("websocket", lambda socket, into=sizes: socket.on("framereceived", lambda text: into.append(len(text))))
        page.goto(f"{server.url}/{slug}?view={view}")
        page.wait_for_selector(drawn, timeout=180_000)
        settle(page)
        page.wait_for_timeout(1500)
        seen[view] = {"kB": round(sum(sizes) / 1000), "kB of files": round(sum(files) / 1000)}
        seen[view] |= page.evaluate(COUNT)
        page.context.close()
    if say:
        for what, few in seen["lesson"].items():
            many = seen["lab"][what]
            name = f"{slug}, first screen, {what}"
            print(f"{name:<58} lesson {few:6,}   lab {many:6,}   {few / many:4.0%}", flush=True)


def settle(page: Page) -> None:
    """Until the page is drawn, and a moment more, never in step with what the page does by itself."""
    page.wait_for_function(STILL, timeout=180_000)
    page.wait_for_timeout(250)


if __name__ == "__main__":
    main()
