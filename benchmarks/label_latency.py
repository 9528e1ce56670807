"""A press on “New label” or “Another …” → the new card painted, in a real browser, on every page of a task.

Each press is a real one, of the mouse, and counts from the event that the browser noted. None is left out, not even one
for which no card was ready. With a training run going, and without. Besides: until the model's answer stands beside the
label, what a press costs the server, and a word of Masked words, which the browser itself redraws.
`--gc` leaves on what .streamlit/config.toml turns off: Streamlit's collection of all garbage after every run.
"""

from __future__ import annotations

import argparse
import random

import psutil
from _server import Server, browser, load, ms, new_page, serve
from playwright.sync_api import Page

from sslviz.catalogue import TASKS

LEAST = 10  # presses of each kind
ROOT = "part('sample_card')?.querySelector('.root')"
READY = f"() => {ROOT}?.children.length && document.querySelector('[class*=_ahead]')"
# Listens before everybody else. Painted: after the first frame with the card that was asked for, its pictures too.
LISTEN = """() => {
  const painted = () => new Promise(done => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => done(performance.now())
    port2.postMessage(0)
  }))
  addEventListener('click', event => {
    if (!event.target.closest('.st-key-new_label button, .st-key-another_sample button')) return
    const root = ROOT, began = event.timeStamp, told = {}
    window.pressed = null
    const drawn = new MutationObserver(async () => {
      if (root.hasAttribute('data-late')) return
      drawn.disconnect()
      told.drawn = performance.now() - began
      do told.painted = await painted() - began
      while ([...root.querySelectorAll('img')].some(one => !one.complete))
      told.answered = told.painted
      while (root.hasAttribute('data-asking')) told.answered = await painted() - began
      window.pressed = told
    })
    drawn.observe(root, { subtree: true, childList: true })
  }, true)
}""".replace("ROOT", ROOT)
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
    ask.add_argument("--presses", type=int, default=40, help=f"of each kind; at least {LEAST}")
    ask.add_argument("--pages", nargs="*", default=list(TASKS), choices=list(TASKS), help="all, if none is named")
    ask.add_argument("--gc", action="store_true", help="leave Streamlit's garbage collection on, for comparison")
    asked = ask.parse_args()
    print(f"label_latency ({load()}){', postScriptGC on' if asked.gc else ''}")
    every: dict[str, list[list[float]]] = {}
    with browser() as opened, serve("app.py", f"--runner.postScriptGC={str(asked.gc).lower()}") as server:
        for slug in asked.pages:
            page = new_page(opened)
            page.goto(f"{server.url}/{slug}?view=lab&{slug}_steps=20000")
            page.wait_for_function(READY, timeout=180000)
            page.evaluate(LISTEN)
            pause(page, 3000)
            print(f"{slug} ({load()})")
            both(page, server, slug, asked.presses, "no run", every)
            page.click(".st-key-train button")
            page.wait_for_function(GOING, timeout=180000)
            first = page.evaluate(STEP)
            both(page, server, slug, asked.presses, "a run", every)
            if slug == "masked_words":
                words(page, asked.presses)
            print(f"  meanwhile the run went from step {first:,} to {page.evaluate(STEP):,}")
            page.click(".st-key-play button")  # pause the run, so that the next page has the cores to itself
            page.context.close()
    print(f"all pages ({load()})")
    for name, times in every.items():
        report(name, times)


def both(page: Page, server: Server, slug: str, presses: int, when: str, every: dict[str, list[list[float]]]) -> None:
    """Press both buttons, those that can be pressed, and say how long it took."""
    for key, name in (("new_label", "new label"), ("another_sample", "another sample")):
        if page.locator(f".st-key-{key} button:disabled").count():
            continue
        before, spent = numbers(page, slug), psutil.Process(server.pid).cpu_times()
        times = [press(page, key) for _ in range(max(LEAST, presses))]
        page.wait_for_function("() => !document.documentElement.hasAttribute('data-behind')")
        now = psutil.Process(server.pid).cpu_times()
        each = 1000 * (now.user + now.system - spent.user - spent.system) / len(times)
        report(f"{name}, {when}", times)
        if numbers(page, slug)[key] == before[key]:
            raise SystemExit("the presses did not reach the server")
        print(f"    the server's processor time from one press to the next: {each:.0f} ms", flush=True)
        every.setdefault(f"{name}, {when}", []).extend(times)


def numbers(page: Page, slug: str) -> dict[str, str]:
    """Label seed and sample number, as the link has them."""
    link = "([slug, name]) => new URL(location).searchParams.get(`${slug}_${name}`) ?? ''"
    names = {"new_label": "label_seed", "another_sample": "sample"}
    return {key: page.evaluate(link, [slug, name]) for key, name in names.items()}


def press(page: Page, key: str) -> list[float]:
    """Press, and return after how many ms the card was drawn, and painted, and the model's answer stood beside it."""
    page.click(f".st-key-{key} button")
    page.wait_for_function("() => window.pressed", timeout=30000)
    found = page.evaluate("() => [pressed.drawn, pressed.painted, pressed.answered]")
    pause(page)
    return [float(one) for one in found]


def words(page: Page, presses: int) -> None:
    """Press words of Masked words."""
    times = []
    for which in range(presses):
        times.append(page.evaluate(WORD, which))
        pause(page)
    ms("  word pressed → label on the card (browser only)", [t[0] for t in times])
    ms("  word pressed → the model's answer to it", [t[2] for t in times])


def report(name: str, times: list[list[float]]) -> None:
    """Print all that was measured of a kind of press."""
    for which, end in enumerate(("drawn", "painted", "painted with the model's answer")):
        ms(f"  {name} → {end}", [each[which] for each in times])


def pause(page: Page, least: float = 150) -> None:
    """Wait, never in step with the page's own polling."""
    page.wait_for_timeout(least + 400 * random.random())


if __name__ == "__main__":
    main()
