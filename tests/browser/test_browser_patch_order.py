"""The card of Patch order in a browser: a jigsaw solved by mouse and keyboard, another way, tiles that are pressed."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect
from visitor import Visitor

Visit = Callable[..., Visitor]

LOOK = """root => {
  const title = one => one.querySelector('h2')?.textContent ?? ''
  const panel = begins => [...root.querySelectorAll('.panel')].find(one => title(one).startsWith(begins))
  const at = [...root.querySelectorAll('.pick')].findIndex(one => one.getAttribute('aria-pressed') === 'true')
  return {
    order: [...panel('Pseudo-label').querySelectorAll('.mark')].map(one => +one.textContent),
    shown: [...panel('Your turn').querySelectorAll('img')].map(one => one.src),
    note: panel('Your turn').querySelector('.note').textContent,
    label: [...root.querySelectorAll('.lattice .target')][at].textContent,
    answer: [...root.querySelectorAll('.lattice .answer')][at].textContent,
    held: [...panel('Your turn').querySelectorAll('[aria-pressed=true]')].length,
  } }"""


def look(visitor: Visitor) -> dict[str, Any]:
    """The order as its label has it, and what lies where."""
    return visitor.part("sample_card").locator(".root").first.evaluate(LOOK)


def test_a_jigsaw_is_solved_by_hand(visit: Visit) -> None:
    visitor = visit("patch_order?patch_order_way=jigsaw+2x2&depth=Standard")
    tiles = visitor.part("sample_card").locator('[data-panel="0"] .tile')
    expect(tiles).to_have_count(4)
    first = look(visitor)
    assert sorted(first["order"]) == [0, 1, 2, 3]
    place = next(i for i, tile in enumerate(first["order"]) if i != tile)
    other = first["order"].index(place)
    # The mouse: on the screen at once, and then Python says what it means.
    tiles.nth(place).click()
    assert look(visitor)["held"] == 1
    tiles.nth(other).click()
    assert look(visitor)["shown"][place] == first["shown"][other]
    visitor.until(lambda: look(visitor)["order"][place] == place, "the label follows the tiles")
    assert look(visitor)["label"] != first["label"]
    # The keyboard, until the picture is whole.
    while not (now := look(visitor))["note"].startswith("✓ Solved"):
        place = next(i for i, tile in enumerate(now["order"]) if i != tile)
        for tile in (place, now["order"].index(place)):
            tiles.nth(tile).focus()
            visitor.page.keyboard.press("Enter")
        visitor.until(lambda place=place: look(visitor)["order"][place] == place, "the label follows the keyboard")
    solved = look(visitor)
    assert solved["label"] == "order 0"
    assert solved["answer"][0] in "✓✕"
    # Another label drops what the visitor did.
    visitor.press("new_label")
    visitor.until(lambda: not look(visitor)["note"].startswith("✓"), "a fresh shuffle")


def test_another_way_is_chosen_and_its_tiles_pressed(visit: Visit) -> None:
    visitor = visit("patch_order")
    visitor.page.get_by_role("radio", name="relative position").click()
    visitor.link_becomes("patch_order_way", "relative position")
    card = visitor.part("sample_card")
    tiles = card.locator('[data-panel="0"] .tile')
    expect(tiles).to_have_count(9)
    note = card.locator('[data-panel="0"] .note')
    tiles.nth(8).click()
    expect(note).to_contain_text("down right" if tiles.nth(4).inner_text() == "1" else "up left")
    tiles.nth(4).click()  # the middle: the two change places
    expect(card.locator(".lattice .target").nth(3)).to_have_text("↖ up left")
    assert visitor.check() == []
