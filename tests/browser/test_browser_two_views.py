"""The card of Two views in a browser: what was foretold of a chosen picture, and meters that follow a run."""

from collections.abc import Callable
from typing import Any

from visitor import Visitor

Visit = Callable[..., Visitor]

LOOK = """root => ({
  bars: [...root.querySelectorAll('.panel.bars .row')].map(one => [one.querySelector('.who').textContent,
    one.querySelector('.target') !== null]),
  meters: [...root.querySelectorAll('.panel.meters .meter > b')].map(one => one.textContent),
  height: root.getBoundingClientRect().height,
})"""


def look(visitor: Visitor) -> dict[str, Any]:
    """What the panels of the card show."""
    return visitor.part("sample_card").locator(".root").first.evaluate(LOOK)


def own(visitor: Visitor) -> list[int]:
    """Which bars are the own view's."""
    return [place for place, (_, target) in enumerate(look(visitor)["bars"]) if target]


def test_a_click_compares_another_picture(visit: Visit) -> None:
    visitor = visit("two_views")
    first = look(visitor)
    assert own(visitor) == [1]
    visitor.part("sample_card").locator(".pick").nth(4).click()
    visitor.until(lambda: own(visitor) == [4], "the bars of the chosen picture")
    assert [name for name, _ in look(visitor)["bars"]] == [name for name, _ in first["bars"]]
    assert look(visitor)["meters"] == first["meters"]  # those are of the model, not of a picture


def test_the_meters_follow_a_run(visit: Visit) -> None:
    visitor = visit("two_views?two_views_steps=20&two_views_batch=16&two_views_device=cpu")
    before = look(visitor)
    visitor.train()
    visitor.until(lambda: look(visitor)["meters"] != before["meters"], "other meters than before", seconds=180)
    assert abs(look(visitor)["height"] - before["height"]) < 30  # nothing jumps
