"""The first screen stands there before Streamlit's client does, is what the page then draws, and takes a press."""

import io
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect
from take_looks import MOBILE, SIZES
from visitor import Server, Visitor

CLIENT = "**/static/js/index.*.js"  # Streamlit's, without which it draws nothing
Opened = Callable[..., Page]
Visit = Callable[..., Visitor]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Makes a page for a visitor who has never been here."""
    contexts = []

    def make(size: str = "wide", theme: str = "light") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce",
            user_agent=MOBILE if size == "phone" else None,
        )  # fmt: skip
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def pixels(page: Page) -> np.ndarray:
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(500)  # for pictures to be decoded, and letters to be drawn
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)


def whole(page: Page) -> None:
    """Wait until the look has gone and the page is complete."""
    expect(page.locator("#first_look")).to_have_count(0)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
    ("name", "size", "theme"),
    [
        ("", "wide", "light"), ("", "phone", "dark"), ("masked_words", "wide", "dark"),
        ("masked_words", "phone", "light"), ("two_views", "wide", "light"), ("masked_sound", "phone", "dark"),
        ("pseudo_label", "wide", "light"), ("transfer", "wide", "dark"), ("next_word?view=lab", "wide", "light"),
        ("cluster_ids?view=lab", "wide", "dark"), ("frame_order?view=lab", "phone", "light"),
    ],
)  # fmt: skip
def test_the_first_look_is_what_the_page_draws(
    opened: Opened, server: Server, name: str, size: str, theme: str
) -> None:
    before = opened(size, theme)
    before.route(CLIENT, lambda route: route.abort())
    before.goto(f"{server.url}/{name}", wait_until="commit")
    before.locator("#first_look").wait_for(state="attached")
    look = pixels(before)
    after = opened(size, theme)
    after.goto(f"{server.url}/{name}")
    whole(after)
    apart = np.abs(look - pixels(after)).max(2) > 24
    assert apart.mean() < 0.005, f"{apart.mean():.1%} of the pixels differ: run make looks, and look at both"
    assert look.std() > 10


def test_a_press_on_the_first_look_is_done_by_the_page(visit: Visit, opened: Opened, server: Server) -> None:
    box = visit("").part("start_course").get_by_role("button").bounding_box()
    assert box is not None
    page, held = opened(), list[Route]()
    page.route(CLIENT, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is handed
    page.goto(server.url, wait_until="commit")
    page.locator("#first_look").wait_for(state="attached")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(200)
    assert page.url.rstrip("/") == server.url  # it waits for the page
    for route in held:
        route.continue_()
    page.wait_for_url("**/pseudo_label?view=lesson**")
    expect(page.locator(".st-key-said h1")).to_be_visible()
    expect(page.locator("#first_look")).to_have_count(0)


def test_who_asks_for_something_else_sees_no_first_look(opened: Opened, server: Server) -> None:
    page = opened()
    page.route(CLIENT, lambda route: route.abort())
    for address in (
        "masked_words?view=lab&depth=Detailed",
        "masked_words?seed=3",
        "masked_words?view=lesson&scene=2",
        "flashcards",
    ):
        page.goto(f"{server.url}/{address}", wait_until="domcontentloaded")
        assert page.locator("#first_look").count() == 0
