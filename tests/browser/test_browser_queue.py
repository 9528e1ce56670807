"""The card of the queue in a browser: another picture's query stands among the keys, and a run fills the queue."""

from collections.abc import Callable
from typing import Any

import pytest
from visitor import Visitor

Visit = Callable[..., Visitor]

LOOK = """root => ({
  ages: [...root.querySelectorAll('.panel.strips .who')].map(one => one.textContent),
  own: root.querySelector('.panel.tiles .tile.target img')?.src,
  hint: root.querySelector('.panel.tiles').textContent,
  chosen: [...root.querySelectorAll('.pick')].map(one => one.getAttribute('aria-pressed')),
})"""


def look(visitor: Visitor) -> dict[str, Any]:
    """What the panels of the card show."""
    return visitor.part("sample_card").locator(".root").first.evaluate(LOOK)


def test_a_click_shows_another_query_among_the_keys(visit: Visit) -> None:
    visitor = visit("queue")
    first = look(visitor)
    assert first["chosen"] == ["false", "true", *["false"] * 4]
    visitor.part("sample_card").locator(".pick").nth(3).click()
    visitor.until(lambda: look(visitor)["own"] != first["own"], "the own key of the chosen picture")
    assert look(visitor)["chosen"].index("true") == 3


@pytest.mark.slow
def test_a_run_fills_the_queue_from_the_front(visit: Visit) -> None:
    visitor = visit("queue?queue_steps=20&queue_batch=16&queue_keys=64&queue_device=cpu")
    visitor.train()
    ages = ["age 1", "age 2", "age 3", "age 4"]  # 64 keys are four batches of 16
    visitor.until(lambda: look(visitor)["ages"] == ages, "four ages and no noise", seconds=180)
