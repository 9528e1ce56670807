"""A lesson in a browser: led by the keyboard to its end, on one screen, large enough to be read."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from test_browser_axe import look
from visitor import Visitor

from sslviz.ui.frame.lesson.course import COURSE
from tests.unit.test_lessons import LESSONS

Visit = Callable[..., Visitor]
SMALLEST = """() => {
  const found = []
  const walk = root => {
    for (const node of root.querySelectorAll('*')) {
      if (node.shadowRoot) walk(node.shadowRoot)
      const text = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())
      if (!text || node.closest('header, [data-testid=stHeader], style, script')) continue
      const box = node.getBoundingClientRect()
      const shown = node.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      if (!shown || box.width < 2 || box.height < 2) continue
      if (node.closest('.said-only, mjx-assistive-mml')) continue
      if (/Material/.test(getComputedStyle(node).fontFamily)) continue
      const size = parseFloat(getComputedStyle(node).fontSize) * (node.currentCSSZoom ?? 1)
      found.push([size, node.textContent.trim().slice(0, 40)])
    }
  }
  walk(document)
  return found.sort((a, b) => a[0] - b[0]).slice(0, 3)
}"""
SCROLLS = """() => {
  const main = document.querySelector('[data-testid=stMain]')
  return [main.scrollHeight - main.clientHeight, main.scrollWidth - main.clientWidth]
}"""


def some(*fast: str) -> list[Any]:
    """All lessons, of which these are walked in the fast suite."""
    return [pytest.param(slug, marks=() if slug in fast else pytest.mark.slow) for slug in LESSONS]


def at_scene(visitor: Visitor, slug: str, number: int) -> None:
    visitor.link_becomes("scene", str(number + 1))
    visitor.part("foot").get_by_text(f"{number + 1} of", exact=False).wait_for()
    expect(visitor.part("said").locator("h1")).to_have_text(LESSONS[slug].scenes[number].title)
    visitor.page.wait_for_function("() => !document.querySelector('[data-stale=true]')")
    visitor.settle()


@pytest.mark.parametrize("led", some("masked_words", "masked_sound"))
def test_a_lesson_is_walked_by_keyboard_on_one_screen_and_back_on_a_projector(visit: Visit, led: str) -> None:
    visitor = visit(f"{led}?view=lesson&scene=1", still=True)
    page, last = visitor.page, len(LESSONS[led].scenes) - 1
    for number in range(last + 1):
        at_scene(visitor, led, number)
        fits(visitor, number, 14)
        wrong = look(visitor)
        assert not wrong, f"scene {number + 1}:\n" + "\n".join(wrong)
        if number < last:
            page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    at_scene(visitor, led, last - 1)

    # On a projector it is large, and has a clicker's keys.
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("p")
    visitor.link_becomes("view", "present")
    page.keyboard.press("PageDown")
    for number in range(last, -1, -1):
        at_scene(visitor, led, number)
        fits(visitor, number, 28)
        if number:
            page.keyboard.press("PageUp")
    page.keyboard.press("b")
    expect(page.locator("#sslviz-blank")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator("#sslviz-blank")).to_have_count(0)
    page.keyboard.press("Escape")
    visitor.link_becomes("view", "lesson")


def fits(visitor: Visitor, number: int, least: float) -> None:
    """The scene fits on the screen, and no letter is smaller than so many px."""
    visitor.until(lambda: visitor.page.evaluate(SCROLLS) == [0, 0], f"scene {number + 1} fits on the screen", 30)
    smallest = visitor.page.evaluate(SMALLEST)
    assert smallest[0][0] >= least, (number + 1, smallest)


@pytest.mark.slow
def test_the_whole_course_is_walked_by_keyboard_in_one_go(visit: Visit) -> None:
    """From the first lesson on the home page to the home page again, where all eight are done."""
    visitor = visit("", still=True)
    way = visitor.part("way")
    expect(way.locator("li.next .quiet")).to_have_text("begin here")
    way.locator("li.next a").focus()
    visitor.page.keyboard.press("Enter")
    for place in COURSE:
        for number in range(len(LESSONS[place.slug].scenes)):
            at_scene(visitor, place.slug, number)
            visitor.page.keyboard.press("ArrowRight")
    expect(way.locator("ol li.whole")).to_have_count(len(COURSE))
    expect(way.locator("li.next")).to_have_count(0)


def test_hands_are_counted_by_keys_and_r_shows_the_answer(visit: Visit) -> None:
    visitor = visit("masked_words?view=present&scene=4", still=True)
    bars = visitor.part("stage").locator(".choice b")
    expect(bars).to_have_text(["0", "0", "0", "0"])
    for key in ("1", "1", "3", "Shift+Digit1"):
        visitor.page.keyboard.press(key)
    expect(bars).to_have_text(["1", "0", "1", "0"])
    visitor.page.keyboard.press("r")
    expect(visitor.part("stage").locator(".choice.right")).to_have_count(1)
    expect(visitor.part("stage").locator(".sums")).to_contain_text("After 1 question")


def test_what_was_done_and_the_view_are_remembered_by_the_browser(visit: Visit) -> None:
    visitor = visit("masked_words?view=lesson&scene=2", still=True)
    visitor.part("stage").locator("button.raw").nth(2).click()
    done = visitor.part("rail").locator("li.done")
    expect(done).to_have_count(1)
    visitor.page.keyboard.press("ArrowRight")  # the word that was clicked has the focus, and yet the lesson goes on
    at_scene(visitor, "masked_words", 2)
    visitor.open("masked_words")
    expect(visitor.part("rail").locator("li.done")).to_have_count(2)
    visitor.page.keyboard.press("l")
    expect(visitor.part("transport")).to_be_visible()
    expect(visitor.part("sample_card").locator(".lattice")).to_be_visible()
    visitor.settle()
    assert visitor.page.evaluate(SMALLEST.replace(".said-only", ".said-only, svg, math, .ticks"))[0][0] >= 14
    visitor.open("masked_words")
    expect(visitor.part("transport")).to_be_visible()
    expect(visitor.part("rail")).to_have_count(0)
