"""The market on the page Transfer in a browser: choose by mouse and keyboard, buy, see what it was worth."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from test_browser_axe import look
from visitor import WAIT, Visitor

from sslviz.training.results import transfer

pytestmark = pytest.mark.skipif("probes" not in transfer.read(), reason="python -m sslviz transfer has not been run")


def test_the_visitor_chooses_ten_buys_and_sees_the_figures(visit: Callable[..., Visitor]) -> None:
    visitor = visit("transfer?transfer_labels=10&transfer_buying=3", theme="dark", still=True)
    market, page = visitor.part("market"), visitor.page
    goods, buy, count = market.locator(".good"), market.locator(".buy"), market.locator(".count")
    pressed = market.locator(".good[aria-pressed=true]")
    expect(goods).to_have_count(100)
    for place in range(7):
        goods.nth(9 * place).click()
    expect(count).to_have_text("7 of 10 chosen")
    expect(buy).to_be_disabled()
    for key in ("ArrowRight", "Space", "ArrowRight", "Space", "End", "Enter"):  # 55, 56, 99
        page.keyboard.press(key)
    expect(count).to_have_text("10 of 10 chosen")
    expect(buy).to_be_enabled()
    goods.nth(1).click()
    expect(count).to_contain_text("Give one back")
    expect(pressed).to_have_count(10)
    goods.nth(99).click()
    expect(buy).to_be_disabled()
    goods.nth(98).click()

    labels = page.get_by_role("spinbutton", name="Choice of labels (seed)")
    labels.fill("1")  # a run that has nothing to do with it leaves it alone
    labels.press("Enter")
    visitor.link_becomes("transfer_seed", "1")
    visitor.settle()
    expect(pressed).to_have_count(10)
    buy.click()
    expect(market.locator("figure img")).to_have_count(10, timeout=3 * WAIT)
    expect(market.locator(".bars")).to_be_visible()
    expect(market).to_contain_text("one buyer may be lucky")
    expect(visitor.part("buy")).to_contain_text("Over 10 buyers")  # the two others bought as well
    expect(pressed).to_have_count(10)
    visitor.settle()
    assert not [one for one in look(visitor) if "empty-table-header" not in one]  # that is about the tables below
    page.get_by_label("Buyer (seed)").fill("4")
    page.get_by_label("Buyer (seed)").press("Enter")
    expect(count).to_have_text("0 of 10 chosen")


def test_a_tap_toggles_and_a_phone_needs_no_sideways_scrolling(visit: Callable[..., Visitor]) -> None:
    visitor = visit("transfer?transfer_labels=10", width=390)
    good = visitor.part("market").locator(".good").nth(50)
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.part("market").locator(".good").nth(10).scroll_into_view_if_needed()
    expect(visitor.part("market").locator(".count")).to_be_in_viewport()  # though the grid goes on below
    box = good.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 40  # wide enough for a finger
    good.click()
    expect(good).to_have_attribute("aria-pressed", "false")
