"""Transfer in a browser: the recorded curve at once, a choice of labels measured live, labels bought."""

from collections.abc import Callable
from urllib.parse import urlparse

import pytest
from playwright.sync_api import expect
from visitor import Visitor

from sslviz.training.results import transfer

pytestmark = pytest.mark.skipif("probes" not in transfer.read(), reason="python -m sslviz transfer has not been run")


def test_a_curve_is_there_and_labels_are_bought(visit: Callable[..., Visitor]) -> None:
    visitor = visit("transfer")
    assert urlparse(visitor.page.url).path == "/transfer"
    curve = visitor.part("curve")
    expect(curve.locator(".js-plotly-plot")).to_be_visible()
    expect(curve).to_contain_text("With 10 labels a class this trunk is right in")
    visitor.page.get_by_label("Buyer (seed)").fill("3")
    visitor.page.get_by_label("Buyer (seed)").press("Enter")
    visitor.link_becomes("transfer_buying", "3")
    visitor.press("buy_now")
    bought = visitor.part("buy").locator("figure img")
    expect(bought).to_have_count(40)
    expect(visitor.part("buy")).to_contain_text("live, in")


def test_the_controls_of_a_row_stand_on_one_line(visit: Callable[..., Visitor]) -> None:
    """Fields, choices and buttons are as high as each other, and begin at one height."""
    visitor = visit("transfer")
    rows = visitor.page.locator("[class*=st-key-row_]").evaluate_all(
        """rows => rows.map(row => [...row.querySelectorAll('[data-testid=stButtonGroup] button, '
           + '[data-testid=stNumberInputContainer], [data-testid=stBaseButton-primary], '
           + '[data-testid=stSelectbox] input')]
             .map(node => node.getBoundingClientRect()).map(box => box.top + box.height / 2))"""
    )
    assert len(rows) == 3
    for middles in rows:
        assert len(middles) >= 3
        assert max(middles) - min(middles) <= 1.5


@pytest.mark.slow
def test_the_curve_is_measured_live_and_a_phone_needs_no_sideways_scrolling(visit: Callable[..., Visitor]) -> None:
    visitor = visit("transfer", width=390)
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.press("measure")
    expect(visitor.part("curve")).to_contain_text("Measured just now")
