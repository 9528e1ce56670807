"""The card of Cluster IDs in a browser: a click shows who else is in the pile; the rounds can be looked into."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect
from visitor import Visitor

Visit = Callable[..., Visitor]

LOOK = """root => ({
  labels: [...root.querySelectorAll('.column .chip.target')].map(one => one.textContent),
  answers: [...root.querySelectorAll('.column .chip.answer')].map(one => one.textContent),
  pile: root.querySelector('.panel.strips .strip .who').textContent,
  pictures: [...root.querySelectorAll('.panel.strips .strip:first-child img')].map(one => one.src),
})"""


def look(visitor: Visitor) -> dict[str, Any]:
    """What the card shows."""
    return visitor.part("sample_card").locator(".root").first.evaluate(LOOK)


def test_a_click_shows_who_else_is_in_the_pile(visit: Visit) -> None:
    visitor = visit("cluster_ids")
    first = look(visitor)
    assert first["pile"] == first["labels"][0]
    assert len(first["pictures"]) == len(set(first["pictures"])) > 1
    for label, answer in zip(first["labels"], first["answers"], strict=True):
        assert answer.startswith("✓" if answer[2:] == label else "✕")
    other = next(i for i, label in enumerate(first["labels"]) if label != first["labels"][0])
    visitor.part("sample_card").locator(f"[data-column='{other}']").click()
    visitor.until(lambda: look(visitor)["pile"] == first["labels"][other], "the pile of the picture that was clicked")
    assert look(visitor)["pictures"] != first["pictures"]


def test_the_rounds_can_be_looked_into(visit: Visit) -> None:
    visitor = visit("cluster_ids")
    visitor.unfold("own_0")
    rounds = visitor.part("rounds")
    expect(rounds.locator(".rounds tbody tr").first).to_be_visible()
    piles = rounds.locator(".piles")
    before = piles.inner_html()
    rounds.get_by_role("radio", name="Pixels alone").click()
    visitor.until(lambda: piles.inner_html() != before, "the piles of the pixels")
    expect(rounds).to_contain_text("never seen by the model")
