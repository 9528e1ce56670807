"""Three ways to learn in a browser: three cards, and groups that follow the slider."""

from collections.abc import Callable

from test_browser_axe import look
from visitor import Visitor

Visit = Callable[..., Visitor]


def test_three_cards_and_as_many_groups_as_are_chosen(visit: Visit) -> None:
    visitor = visit("three_ways?ways_groups=4", width=390, still=True)
    assert visitor.part("ways").locator(".way").count() == 3
    groups = visitor.part("piles").locator(".piles b")
    visitor.until(lambda: groups.count() == 4, "four groups")
    slider = visitor.part("ways_groups").locator("input[type=range]")
    slider.focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.until(lambda: groups.count() == 5, "five groups")
    visitor.link_becomes("ways_groups", "5")
    visitor.settle()
    assert not look(visitor)
    assert visitor.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")  # a phone, not sideways
