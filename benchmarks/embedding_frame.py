"""A new frame of 1,000 points → on the screen, in the app's own view and in st.plotly_chart, on one page, in turn.

Both are asked for by a click, so the way to the server and back is in both.
"""

from __future__ import annotations

import argparse

import numpy as np
from _server import browser, in_turn, load, ms, new_page, serve

OURS = """async () => {
  const root = part('ours'), canvas = root.querySelector('canvas[data-drawn]'), began = performance.now()
  const next = document.querySelector('.st-key-next_ours button')
  const [drawn] = await until(root, () => canvas.dataset.drawn, () => next.click())
  while (canvas.dataset.settled !== 'true') await new Promise(requestAnimationFrame)
  return [drawn, performance.now() - began]
}"""
PLOTLY = """async () => {
  const root = document.querySelector('.st-key-plotly')
  const read = () => root.querySelectorAll('.points path').length === 1000 && root.querySelector('.gtitle')?.textContent
  return until(root, read, () => document.querySelector('.st-key-next_plotly button').click())
}"""


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--frames", type=int, default=60)
    frames = ask.parse_args().frames
    print(f"embedding_frame, 1,000 points ({load()})")
    with browser() as opened, serve("benchmarks/_frame_app.py", "--runner.postScriptGC=false") as server:
        page, rest = new_page(opened), []
        page.goto(server.url)
        page.wait_for_function("() => part('ours')?.querySelector('canvas[data-settled=true]')", timeout=60000)
        page.wait_for_function("() => document.querySelectorAll('.st-key-plotly .points path').length === 1000")

        def ours() -> float:
            drawn, settled = page.evaluate(OURS)
            rest.append(settled)
            page.wait_for_timeout(200)
            return drawn

        def plotly() -> float:
            drawn = page.evaluate(PLOTLY)[0]
            page.wait_for_timeout(200)
            return drawn

        in_turn(3, ours, plotly)
        rest.clear()
        own, usual = in_turn(frames, ours, plotly)
    ms("app: click → the new frame is being drawn", own)
    ms("app: click → all points at rest (they glide 320 ms on purpose)", rest)
    ms("st.plotly_chart: click → the new frame is drawn", usual)
    print(f"st.plotly_chart takes {np.median(usual) / np.median(own):.1f} times as long")


if __name__ == "__main__":
    main()
