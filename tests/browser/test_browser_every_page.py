"""Every task's page, from its link to its formula, in one visit: opening a page is what costs most here."""

import importlib
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from presses import SHOWN, fetched, press, rests
from test_browser_axe import nothing_wrong_and_nothing_too_wide
from test_browser_training import STORIES
from visitor import Server, Visitor

from sslviz.catalogue import TASKS
from sslviz.ui.frame import walk

Visit = Callable[..., Visitor]
COLD = ("masked_words", "cluster_ids", "frame_order", "masked_sound")
PARTS = ("sample_card", "transport", "loss", "embedding", "learned", "guess", "code")


@pytest.fixture
def cold(request: pytest.FixtureRequest, slug: str) -> Server:
    """For a page of each kind, a server that nobody has visited; for the others, the one that tests share."""
    server: Server = request.getfixturevalue("fresh" if slug in COLD else "server")
    return server


def test_every_page_shows_labels_that_follow_buttons_and_link_and_trains(cold: Server, visit: Visit, slug: str) -> None:
    visitor = visit(slug, cold)
    first = visitor.card()
    a_link_opens(visitor, slug)
    a_label_is_there_with_the_press_and_is_what_python_says(visitor, slug)

    # Sample and label stay apart and live in the link.
    seed = visitor.link(f"{slug}_label_seed")
    change(visitor, "another_sample")
    number = visitor.link(f"{slug}_sample")
    assert number is not None
    assert visitor.link(f"{slug}_label_seed") == seed
    if TASKS[slug].drawn:
        change(visitor, "new_label")
        visitor.link_becomes(f"{slug}_label_seed", "7")
        assert visitor.link(f"{slug}_sample") == number
    else:  # a sample has one label
        expect(visitor.part("new_label").get_by_role("button")).to_be_disabled()
    shown = visitor.card()
    assert shown != first

    # The same numbers give the same label, for everybody.
    link = f"{slug}?{slug}_steps=60&{slug}_batch=16&{slug}_sample={number}"
    link += f"&{slug}_label_seed=7" * TASKS[slug].drawn
    again = visit(link, cold)
    assert again.card() == shown
    if TASKS[slug].drawn:  # and so do numbers that are typed
        box = again.popover("sample_card", "Label, seed 7").get_by_role("spinbutton", name="Label seed")
        box.fill("0")
        box.press("Enter")
        again.link_becomes(f"{slug}_label_seed", None)
        again.until(lambda: again.card() != shown, "the label of seed 0")
        again.page.keyboard.press("Escape")
    detailed_shows_the_formula_with_the_present_numbers(again, slug)
    if slug not in STORIES:  # those are told whole elsewhere
        a_run_is_seen_and_paused(again)
    nothing_wrong_and_nothing_too_wide(visitor)


def all_pages_are_near(page: Page) -> None:
    navigation = page.get_by_role("navigation")
    for name in ("Home", "Flashcards"):
        expect(navigation.get_by_role("link", name=name)).to_be_visible()
    for family in {entry.family for entry in TASKS.values()}:
        expect(navigation.get_by_role("button", name=family)).to_be_visible()


def change(visitor: Visitor, key: str) -> None:
    """Press a button of the card, which must change it."""
    before = visitor.card()
    visitor.press(key)
    visitor.until(lambda: visitor.card() != before, f"{key} changes the card")


def a_link_opens(visitor: Visitor, slug: str) -> None:
    page = visitor.page
    all_pages_are_near(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(TASKS[slug].title)
    expect(page).to_have_title(re.compile(TASKS[slug].title))
    for part in PARTS:
        expect(visitor.part(part)).to_be_visible()
    for control in ("play", "train", "step", "another_sample", "new_label"):
        expect(visitor.part(control).get_by_role("button")).to_be_visible()
    # The guess stands beside the training; what fewer ask for is folded.
    guess, training = (visitor.part(part).bounding_box() for part in ("guess", "transport"))
    assert abs(guess["y"] - training["y"]) < 30
    assert guess["x"] + guess["width"] <= training["x"]
    for folded in ("code", "quiz"):
        expect(visitor.part(folded).locator("details")).not_to_have_attribute("open", "")
    # The recorded run is there at once: its steps, its loss, its map and its answers.
    expect(visitor.mode).to_have_text("◷ recorded")
    assert visitor.step > 0
    assert visitor.loss is not None
    expect(visitor.map).to_have_attribute("data-settled", "true")
    assert visitor.frame[1] == visitor.step
    answers = visitor.part("sample_card").locator(".chip.answer")
    expect(answers.filter(has_text=re.compile("[✓✕]")).first).to_be_visible()
    expect(visitor.part("code")).to_contain_text("def draw(")
    expect(page.get_by_text("PyTorch is being loaded")).to_have_count(0)  # the label is there


def a_label_is_there_with_the_press_and_is_what_python_says(visitor: Visitor, slug: str) -> None:
    fetched(visitor)
    key = "new_label" if TASKS[slug].drawn else "another_sample"
    before = visitor.page.evaluate(SHOWN)
    shown = press(visitor, key)
    assert shown[0] not in ("", before)
    assert rests(visitor) == shown[0]
    fetched(visitor)
    shown = press(visitor, *[key] * 5)  # more than are there: all count, whether or not they can be shown at once
    last = rests(visitor)
    assert shown[0] != ""
    assert shown[-1] in ("", last)
    name = "label_seed" if TASKS[slug].drawn else "sample"
    page = importlib.import_module(f"sslviz.ui.tasks.{slug}.page").PAGE
    expected = 6 if TASKS[slug].drawn else (page.first + 6 * walk.FURTHER) % (page.most + 1)
    assert visitor.link(f"{slug}_{name}") == str(expected)


def detailed_shows_the_formula_with_the_present_numbers(visitor: Visitor, slug: str) -> None:
    visitor.part("depth").get_by_role("radio", name="Detailed").click()
    visitor.link_becomes("depth", "Detailed")
    formula = visitor.part("sample_card").locator(".formula")
    expect(formula).to_have_count(4 if slug == "masked_sound" else 2)
    symbols, numbers = formula.nth(0), formula.nth(1)
    assert re.search(r"ln|²|cos|−", symbols.get_attribute("aria-label"))
    assert "=" in numbers.get_attribute("aria-label")
    expect(symbols.locator("math mi").first).to_be_visible()  # set as mathematics
    expect(numbers.locator("math mn").first).to_be_visible()
    for one in formula.all():
        assert one.evaluate("node => node.scrollWidth <= node.clientWidth")


def a_run_is_seen_and_paused(visitor: Visitor) -> None:
    before = visitor.settled()
    visitor.train()
    visitor.reaches(1)
    expect(visitor.mode).to_have_text("● live")
    visitor.until(lambda: visitor.frame[1] > 0, "a frame of the map after the first steps")
    visitor.pause()
    assert visitor.settled() != before
    visitor.until(lambda: any(name.startswith("this model") for name in visitor.judged()), "the model in the table")
