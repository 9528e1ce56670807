"""What every page needs of the browser: a translator, the focus, the history, a menu on a phone, a map that stays."""

from collections.abc import Callable

from playwright.sync_api import expect
from visitor import Visitor

Visit = Callable[..., Visitor]

TRANSLATE = """() => {
  const translated = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = []
    while (walker.nextNode()) {
      const { parentElement: home, data } = walker.currentNode
      const left = home.closest('script, style, font, [translate=no]')
      if (!left && /[A-Za-z]{2}/.test(data)) texts.push(walker.currentNode)
    }
    for (const text of texts) {
      const font = document.createElement('font')
      font.textContent = text.data.toUpperCase()
      text.parentNode.replaceChild(font, text)
    }
  }
  translated()
  let timer
  const later = () => { clearTimeout(timer); timer = setTimeout(translated, 100) }
  new MutationObserver(later).observe(document.body, { subtree: true, childList: true })
}"""
FOCUS = """() => {
  const one = document.activeElement
  return [one.tagName, one.closest('[class*=_verdict], .verdict') ? 'verdict' : '', one.textContent.slice(0, 30)]
}"""


def test_a_translated_page_goes_on(visit: Visit) -> None:
    visitor = visit("masked_words")
    guess = visitor.part("guess")
    choices = guess.locator("[data-testid=stButtonGroup] button").all_inner_texts()
    expect(guess.locator("[data-testid=stButtonGroup]")).to_have_attribute("translate", "no")
    visitor.page.evaluate(TRANSLATE)
    expect(guess).to_contain_text("GUESS FIRST")
    # Words of the data stay what they are, in Streamlit's parts and in ours.
    assert guess.locator("[data-testid=stButtonGroup] button").all_inner_texts() == choices
    expect(visitor.part("sample_card").locator(".word").first).to_have_attribute("translate", "no")
    for _ in range(2):
        guess.locator("[data-testid=stButtonGroup] button").first.click()
        expect(guess).to_contain_text("Pseudo-label:")
        visitor.part("masked_words_next").get_by_role("button").click()
        expect(guess.locator("[data-testid=stButtonGroup] button").first).to_be_enabled()
    for key in ("new_label", "another_sample", "new_label"):
        visitor.press(key)
        visitor.settle()
    for depth in range(3):
        visitor.page.locator(".stMainBlockContainer [data-testid=stButtonGroup]").first.locator("button").nth(
            depth
        ).click()
        visitor.settle()
    assert visitor.check() == []


def test_by_keyboard_a_guess_leads_to_the_verdict_and_on_to_the_next_question(visit: Visit) -> None:
    visitor = visit("masked_words")
    guess = visitor.part("guess")
    guess.locator("[data-testid=stButtonGroup] button").first.focus()
    for _ in range(2):
        visitor.page.keyboard.press("Enter")
        visitor.until(lambda: visitor.page.evaluate(FOCUS)[1] == "verdict", "the verdict has the focus")
        visitor.page.keyboard.press("Tab")
        assert "Next one" in visitor.page.evaluate(FOCUS)[2]
        visitor.page.keyboard.press("Enter")
        first = guess.locator("[data-testid=stButtonGroup] button").first
        expect(first).to_be_focused()
        expect(first).to_be_enabled()


def test_by_keyboard_a_quiz_leads_from_check_to_the_verdict_and_on(visit: Visit) -> None:
    visitor = visit("flashcards?cards_view=quiz&cards_task=masked_words")
    part = visitor.part("cards")
    part.locator("[role=radiogroup] input").last.focus()
    for _ in range(2):
        if part.locator("[role=radiogroup] input").count():
            visitor.page.keyboard.press("Space")
        else:
            visitor.page.keyboard.type("word")
        part.get_by_role("button", name="Check").focus()
        visitor.page.keyboard.press("Enter")
        visitor.until(lambda: visitor.page.evaluate(FOCUS)[1] == "verdict", "the verdict has the focus")
        part.get_by_role("button", name="Next question").focus()
        visitor.page.keyboard.press("Enter")
        visitor.until(lambda: visitor.page.evaluate(FOCUS)[0] == "INPUT", "the next question has the focus")


def test_back_leaves_a_page_however_many_settings_were_made_on_it(visit: Visit) -> None:
    visitor = visit("")
    visitor.page.get_by_role("navigation").get_by_role("link", name="Flashcards").click()
    visitor.page.wait_for_url("**/flashcards**")
    visitor.drawn()
    for view in ("Quiz", "Deck", "Progress"):
        visitor.page.get_by_role("radio", name=view).click()
        visitor.settle()
        visitor.page.wait_for_load_state("networkidle")  # Streamlit asks for each file that it offers
    visitor.page.go_back()
    visitor.page.wait_for_url(f"{visitor.server.url}/")


def test_on_a_phone_the_menu_says_so_and_closes_over_the_page_that_was_chosen(visit: Visit) -> None:
    visitor = visit("masked_words", width=390)
    menu = visitor.page.locator("[data-testid=stExpandSidebarButton]")
    assert "Menu" in menu.evaluate("node => getComputedStyle(node, '::after').content")
    menu.click()
    visitor.page.locator("[data-testid=stSidebarNavLink]").filter(has_text="Flashcards").click()
    visitor.page.wait_for_url("**/flashcards**")
    expect(menu).to_be_visible()


def test_slow_motion_leaves_the_map_as_it_was(visit: Visit) -> None:
    """Its zoom, its way of drawing, and its points: the very same drawing stays in the page."""
    visitor = visit("masked_words")
    visitor.press("step")
    expect(visitor.mode).to_have_text("● live")
    expect(visitor.map).to_have_attribute("data-step", "0")
    visitor.part("embedding").get_by_role("button", name="PCA", exact=True).click()
    visitor.map.evaluate("canvas => { canvas.ours = true }")
    visitor.press("slow")
    expect(visitor.part("transport")).to_be_visible()
    expect(visitor.page.get_by_text("One training step, slowly")).to_be_visible()
    assert visitor.map.evaluate("canvas => canvas.ours === true && canvas.getAttribute('aria-label').includes('PCA')")
    expect(visitor.part("embedding").locator(".legend button").first).to_be_visible()
