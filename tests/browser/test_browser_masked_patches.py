"""The card of Masked patches in a browser: a visitor covers and uncovers patches, by mouse and by keyboard."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect
from visitor import Visitor

Visit = Callable[..., Visitor]

LOOK = """root => ({
  hidden: [...root.querySelectorAll('[data-panel="0"] .tile')].map(tile => tile.classList.contains('hidden')),
  painted: [...root.querySelectorAll('[data-panel="1"] .tile')].map(tile => tile.classList.contains('answer')),
  labels: [...root.querySelectorAll('.chip.target')].map(chip => chip.textContent),
  answers: [...root.querySelectorAll('.chip.answer')].map(chip => chip.textContent),
})"""


def look(visitor: Visitor) -> dict[str, Any]:
    """What is covered of the chosen picture, and what all pictures' labels and answers say."""
    return visitor.part("sample_card").locator(".root").first.evaluate(LOOK)


def test_patches_are_covered_and_uncovered_by_hand(visit: Visit) -> None:
    visitor = visit("masked_patches")
    first = look(visitor)
    assert sum(first["hidden"]) == 12
    assert first["painted"] == first["hidden"]
    assert first["labels"] == ["12/16"] * 6
    tiles = visitor.part("sample_card").locator("[data-panel='0'] .tile")
    place = first["hidden"].index(True)
    tiles.nth(place).click()
    visitor.until(lambda: not look(visitor)["painted"][place], "the patch is uncovered, and the model has said so")
    second = look(visitor)
    assert second["painted"] == second["hidden"]
    assert second["labels"] == ["11/16"] + ["12/16"] * 5
    assert second["answers"][0] != first["answers"][0]
    assert second["answers"][1:] == first["answers"][1:]  # the others are left alone
    tiles.nth(place).focus()
    visitor.page.keyboard.press("Enter")
    visitor.until(lambda: look(visitor) == first, "the patch is covered again")
    expect(tiles.nth(place)).to_be_focused()
    # A new label is a new mask: nothing of the visitor's own stays.
    tiles.nth(place).click()
    visitor.until(lambda: look(visitor)["labels"][0] == "11/16", "another edit")
    visitor.press("new_label")
    visitor.until(lambda: look(visitor)["labels"] == ["12/16"] * 6, "the new label's own mask")
    assert look(visitor)["hidden"] != first["hidden"]


def test_normalising_says_on_the_picture_that_the_truth_was_used(visit: Visit) -> None:
    visitor = visit("masked_patches?masked_patches_normalise=true")
    card = visitor.part("sample_card")
    expect(card.locator(".panel").filter(has_text="Painted in")).to_contain_text("True mean and variance")
    expect(card.locator(".panel").filter(has_text="The leak alone").locator(".tile")).to_have_count(16)
