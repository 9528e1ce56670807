"""Another label, another sample: in the frame of the press, each press counted, and what Python then says, too."""

import importlib
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect
from visitor import Visitor

from sslviz.ui.frame import walk

Visit = Callable[..., Visitor]

# Press by a real event, and look at the card in the very same task of the browser, before anything can be answered.
ROOT = """() => {
  const roots = [...document.querySelectorAll('.st-key-sample_card *, .st-key-stage *')].map(one => one.shadowRoot)
  return roots.map(one => one?.querySelector('.root')).find(one => one?.children.length)
}"""
SHOWN = f"() => ({ROOT})().innerHTML"
PRESS = f"""async ([keys, pause]) => {{
  const root = ({ROOT})(), shown = []
  for (const key of keys) {{
    const button = () => document.querySelector(`.st-key-${{key}} button`)
    while (!button()) await new Promise(requestAnimationFrame) // nobody can press what is not there yet
    button().click()
    const whole = [...root.querySelectorAll('img')].every(one => one.complete)
    shown.push(root.hasAttribute('data-late') ? '' : whole ? root.innerHTML : 'pictures are missing')
    await new Promise(done => setTimeout(done, pause))
  }}
  return shown
}}"""
QUICK = 90  # ms between two presses


def press(visitor: Visitor, *keys: str) -> list[str]:
    """Press quickly; returns what the card showed at each press, "" where it had nothing to show yet."""
    found: list[str] = visitor.page.evaluate(PRESS, [keys, QUICK])
    return found


def rests(visitor: Visitor) -> str:
    """What the card shows once Python has followed."""
    visitor.page.wait_for_function(f"() => ({ROOT})().getAttribute('aria-busy') !== 'true'")
    visitor.page.wait_for_function("() => !document.documentElement.hasAttribute('data-behind')")
    visitor.settle()
    found: str = visitor.page.evaluate(SHOWN)
    return found


def fetched(visitor: Visitor, of: str = "cards") -> None:
    """Until the next cards are in the browser, or those of a slider, by its key."""
    visitor.settle()
    visitor.page.locator(f'[class*=_ahead] .root[data-ready~="{of}"]').wait_for(state="attached")


def test_a_label_is_there_with_the_press_and_is_what_python_says(visit: Visit, slug: str) -> None:
    visitor = visit(slug)
    fetched(visitor)
    key = "new_label" if visitor.page.locator(".st-key-new_label button:enabled").count() else "another_sample"
    before = visitor.page.evaluate(SHOWN)
    shown = press(visitor, key)
    assert shown[0] not in ("", before)
    assert rests(visitor) == shown[0]
    fetched(visitor)
    shown = press(visitor, *[key] * 5)  # more than are there: all count, whether or not they can be shown at once
    last = rests(visitor)
    assert shown[0] != ""
    assert shown[-1] in ("", last)
    name = "label_seed" if key == "new_label" else "sample"
    page = importlib.import_module(f"sslviz.ui.tasks.{slug}.page").PAGE
    expected = 6 if key == "new_label" else (page.first + 6 * walk.FURTHER) % (page.most + 1)
    assert visitor.link(f"{slug}_{name}") == str(expected)


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
