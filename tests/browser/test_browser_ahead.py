"""Another label, another sample: in the frame of the press, each press counted, and what Python then says, too."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect
from presses import SHOWN, fetched, press, rests
from visitor import Visitor

Visit = Callable[..., Visitor]


def test_by_keyboard_a_label_is_there_as_well_and_the_button_keeps_the_focus(visit: Visit) -> None:
    visitor = visit("masked_words")
    fetched(visitor)
    page = visitor.page
    before = page.evaluate(SHOWN)
    button = page.get_by_role("button", name="New label")
    button.focus()
    page.evaluate(f"() => addEventListener('keyup', () => {{ window.seen = ({SHOWN})() }}, {{ capture: true }})")
    page.keyboard.press("Enter")
    assert page.evaluate("window.seen") != before
    assert rests(visitor) == page.evaluate("window.seen")
    expect(button).to_be_focused()
    assert visitor.link("masked_words_label_seed") == "1"


def test_on_a_projector_the_key_n_draws_at_once(visit: Visit) -> None:
    visitor = visit("patch_order?view=present&scene=2")
    fetched(visitor)
    page = visitor.page
    before = page.evaluate(SHOWN)
    page.evaluate(f"() => addEventListener('keydown', () => {{ window.seen = ({SHOWN})() }})")  # after the page's own
    page.keyboard.press("n")
    assert page.evaluate("window.seen") != before
    assert rests(visitor) == page.evaluate("window.seen")


def test_the_card_follows_a_change_by_hand_between_two_presses(visit: Visit) -> None:
    visitor = visit("masked_patches")
    fetched(visitor)
    press(visitor, "new_label")
    picks: Any = visitor.part("sample_card").locator(".pick")
    picks.nth(3).click()
    press(visitor, "new_label")  # at once: what was made is about another picture
    rests(visitor)
    fetched(visitor)
    expect(picks.nth(3)).to_have_attribute("aria-pressed", "true")
    (shown,) = press(visitor, "new_label")
    assert shown
    assert rests(visitor) == shown
    expect(picks.nth(3)).to_have_attribute("aria-pressed", "true")
    assert visitor.link("masked_patches_label_seed") == "3"


def test_the_card_follows_a_slider_while_it_is_moved(visit: Visit) -> None:
    visitor = visit("masked_words")
    slider: Any = visitor.popover("sample_card", "Label, seed 0").locator("input[type=range]")
    page = visitor.page
    first = rests(visitor)
    fetched(visitor, "masked_words_share")
    look = "() => requestAnimationFrame(() => { window.seen = SHOWN() })".replace("SHOWN", f"({SHOWN})")
    page.evaluate(f"() => document.addEventListener('keydown', {look}, true)")  # after the view's own look
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => window.seen")
    assert page.evaluate("window.seen") != first
    visitor.link_becomes("masked_words_share", "0.2")
    assert rests(visitor) == page.evaluate("window.seen")
    # By the mouse: nothing is told before it is let go, and the card follows all the same.
    fetched(visitor, "masked_words_share")
    before = page.evaluate(SHOWN)
    box = slider.evaluate(
        "node => (node.closest('[style*=left]') ?? node.parentElement).getBoundingClientRect().toJSON()"
    )
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    wide = slider.evaluate("node => node.closest('[data-testid=stSlider]').getBoundingClientRect().width")
    page.mouse.move(x + wide / 9, y, steps=4)
    visitor.until(lambda: page.evaluate(SHOWN) != before, "the card follows")
    assert visitor.link("masked_words_share") == "0.2"
    shown = page.evaluate(SHOWN)
    page.mouse.up()
    visitor.link_becomes("masked_words_share", "0.25")
    assert rests(visitor) == shown
