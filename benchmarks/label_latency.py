"""A click on “New label” → the new label stands on the card, in a real browser, with a training run going.

Besides: a click on a word of Masked words, which the browser itself redraws, and how long the model's answer takes.
`--gc` leaves on what .streamlit/config.toml turns off: Streamlit's collection of all garbage after every run.
"""

from __future__ import annotations

import argparse
import random

from _server import browser, load, ms, new_page, serve
from playwright.sync_api import Page

# What makes up a label on the card, and does not change when the model's answers do.
LABEL = {"masked_words": ".did, .sees", "same_or_different": ".recipe li"}
LINK = {
    "masked_words": "masked_words_sample=143&masked_words_steps=20000",
    "same_or_different": "same_or_different_steps=20000",
}
CLICK = """([key, watch]) => {
  const root = part('sample_card'), read = () => [...root.querySelectorAll(watch)].map(n => n.textContent).join('|')
  return until(root, read, () => document.querySelector(`.st-key-${key} button`).click())
}"""
WORD = """async which => {
  const root = part('sample_card'), words = () => root.querySelectorAll('button.raw')
  const read = () => [...root.querySelectorAll('.did')].map(n => n.textContent).join('|')
  const began = performance.now(), changed = await until(root, read, () => words()[which % words().length].click())
  const waits = () => root.querySelector('.note[role=status]').textContent.startsWith('Asking')
  while (waits()) await new Promise(requestAnimationFrame)
  return [...changed, performance.now() - began]
}"""
STEP = "() => +document.querySelector('.run b').textContent.replace(/,/g, '')"
GOING = """() => document.querySelector('.run .mode')?.textContent.includes('live')
  && document.querySelector('.run b').textContent !== '0'"""


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--clicks", type=int, default=60)
    ask.add_argument("--gc", action="store_true", help="leave Streamlit's garbage collection on, for comparison")
    asked = ask.parse_args()
    print(f"label_latency ({load()}){', postScriptGC on' if asked.gc else ''}")
    with browser() as opened, serve("app.py", f"--runner.postScriptGC={str(asked.gc).lower()}") as server:
        for slug, label in LABEL.items():
            page = new_page(opened)
            page.goto(f"{server.url}/{slug}?{LINK[slug]}")
            page.wait_for_function("watch => part('sample_card')?.querySelector(watch)", arg=label, timeout=180000)
            page.click(".st-key-play button")
            page.wait_for_function(GOING, timeout=180000)
            pause(page, 2000)
            measure(page, slug, asked.clicks)
            page.click(".st-key-play button")  # pause the run, so that the next page has the cores to itself
            page.context.close()


def measure(page: Page, slug: str, clicks: int) -> None:
    first, times, words = page.evaluate(STEP), [], []
    for _ in range(clicks):
        times.append(page.evaluate(CLICK, ["new_label", LABEL[slug]]))
        pause(page)
    if slug == "masked_words":
        for which in range(clicks):
            words.append(page.evaluate(WORD, which))
            pause(page)
    print(f"{slug}: while the run went from step {first:,} to {page.evaluate(STEP):,}")
    ms("  new label: click → on the card", [t[0] for t in times])
    ms("  new label: click → painted", [t[1] for t in times])
    if words:
        ms("  word clicked → label on the card (browser only)", [t[0] for t in words])
        ms("  word clicked → the model's answer to it", [t[2] for t in words])


def pause(page: Page, least: float = 150) -> None:
    """Wait, never in step with the page's own polling."""
    page.wait_for_timeout(least + 400 * random.random())


if __name__ == "__main__":
    main()
