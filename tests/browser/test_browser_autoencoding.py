"""The card of Autoencoding in a browser: a click on a width makes it the setting."""

from collections.abc import Callable

from playwright.sync_api import expect
from visitor import Visitor

Visit = Callable[..., Visitor]


def test_a_click_on_a_width_makes_it_the_setting(visit: Visit) -> None:
    visitor = visit("autoencoding")
    tiles = visitor.part("sample_card").locator("[data-panel='0'] .tile")
    two, sixteen = tiles.nth(1), tiles.nth(4)
    expect(sixteen).to_have_attribute("aria-pressed", "true")
    two.click()
    expect(two).to_have_attribute("aria-pressed", "true")
    expect(sixteen).to_have_attribute("aria-pressed", "false")
    visitor.link_becomes("autoencoding_width", "2")  # so the slider knows, too
