"""The card of Next sentence in a browser: the coin is turned over by hand, and a visitor brings two sentences."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from visitor import Visitor

Visit = Callable[..., Visitor]

LOOK = """root => {
  const all = (kind, node = root) => [...node.querySelectorAll(kind)].map(one => one.textContent)
  const up = root.querySelector('.input .stacked > :not(.under)')
  return {
    label: root.querySelector('.target').textContent, answer: root.querySelector('.answer').textContent,
    a: [...up.querySelectorAll('.piece')].filter(one => one.querySelector('.band.a')).map(one => all('.token', one)[0]),
    b: [...up.querySelectorAll('.piece')].filter(one => one.querySelector('.band.b')).map(one => all('.token', one)[0]),
    done: root.querySelector('.act .stacked > :not(.under)').textContent,
    button: root.querySelector('.turn').textContent,
    counted: all('.other-way').join(' '), height: root.getBoundingClientRect().height,
  } }"""


def look(visitor: Visitor) -> dict[str, Any]:
    """What the card shows of the side that is up."""
    return visitor.part("sample_card").locator(".root").first.evaluate(LOOK)


def turn(visitor: Visitor) -> dict[str, Any]:
    """Click the coin and look in one go: what stands there then was drawn without a round trip."""
    script = f"root => {{ root.querySelector('.turn').click(); return ({LOOK})(root) }}"
    return visitor.part("sample_card").locator(".root").first.evaluate(script)


def test_the_coin_is_turned_over_by_hand(visit: Visit) -> None:
    visitor = visit("next_sentence")
    first = look(visitor)
    assert first["label"] in ("IsNext", "NotNext")
    assert "The coin said" in first["done"]
    second = turn(visitor)
    assert {first["label"], second["label"]} == {"IsNext", "NotNext"}
    assert second["a"] == first["a"]
    assert second["b"] != first["b"]
    assert second["counted"] != first["counted"]
    assert second["answer"] != first["answer"]
    assert "You said" in second["done"]
    assert {first["button"], second["button"]} == {"⇄ Replace B", "⇄ Put the true one back"}
    assert second["height"] == pytest.approx(first["height"], abs=25)  # the line of hidden words may wrap
    for shown in (first, second):
        assert shown["a"][0] == "[CLS]"
        assert shown["a"][-1] == shown["b"][-1] == "[SEP]"
        said = shown["answer"].split("Next")[0]
        assert said.startswith("✓") == (shown["answer"][1:].startswith(shown["label"]))
    assert turn(visitor) == first
    # Another label: the coin lies as it was drawn.
    turn(visitor)
    visitor.press("new_label")
    visitor.until(lambda: "The coin said" in look(visitor)["done"], "the new label's own coin")


def test_the_coin_is_turned_by_keyboard_and_focus_stays(visit: Visit) -> None:
    visitor = visit("next_sentence")
    first, button = look(visitor), visitor.part("sample_card").locator(".turn")
    button.focus()
    for _ in range(2):
        visitor.page.keyboard.press("Enter")
        visitor.page.wait_for_timeout(100)
    assert look(visitor) == first
    expect(button).to_be_focused()
    expect(visitor.part("sample_card").locator("[role=status]")).to_contain_text(f"The label is now {first['label']}")


def test_an_own_pair_has_the_label_that_its_visitor_says(visit: Visit) -> None:
    visitor = visit("next_sentence")
    body = visitor.popover("sample_card", "Your own")
    for name, text in (("Sentence A", "The king had a <b>daughter</b>."), ("Sentence B", "She was a qwertzish girl.")):
        box = body.get_by_role("textbox", name=name)
        box.fill(text)
        box.press("Enter")
    visitor.until(lambda: "own pair" in look(visitor)["done"], "the own pair")
    first = look(visitor)
    assert first["label"] == "IsNext"
    assert "[UNK]" in first["b"]
    card = visitor.part("sample_card")
    expect(card.locator(".raw-pair")).to_contain_text("<b>daughter</b>")
    assert card.locator(".raw-pair q b").count() == 0
    visitor.page.keyboard.press("Escape")
    second = turn(visitor)
    assert second["label"] == "NotNext"
    assert (second["a"], second["b"]) == (first["a"], first["b"])
    assert second["answer"][0] != first["answer"][0]  # the same answer is right for one label and wrong for the other
    assert second["answer"][1:] == first["answer"][1:]
    assert "qwertz" not in visitor.page.url


def test_marks_and_hidden_words_are_switched(visit: Visit) -> None:
    visitor = visit("next_sentence?next_sentence_masks=false&next_sentence_marks=true")
    card = visitor.part("sample_card")
    assert card.locator(".token.hide").count() == 0
    assert card.locator(".both").filter(has_text="◆").count() >= 2
    visitor.popover("sample_card", "Label, seed").get_by_text("Hide words, too, as BERT does").click()
    visitor.link_becomes("next_sentence_masks", None)
    visitor.until(lambda: card.locator(".token.hide").count() > 0, "words are hidden")


@pytest.mark.parametrize("width", [1366, 390])
def test_no_token_leaves_the_card(visit: Visit, width: int) -> None:
    visitor = visit("next_sentence?next_sentence_sample=291", width=width)
    outside = (
        visitor.part("sample_card")
        .locator(".root")
        .first.evaluate(
            """root => { const edge = root.getBoundingClientRect().right + 1
                         return [...root.querySelectorAll('*')].filter(n => n.getBoundingClientRect().right > edge
                           && !n.closest('.said-only')).map(n => n.className) }"""
        )
    )
    assert outside == []
