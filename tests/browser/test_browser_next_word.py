"""Next word in the browser: the card with its triangle, and writing on by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from visitor import Visitor

Visit = Callable[..., Visitor]


def mask(visitor: Visitor) -> list[tuple[int, int]]:
    """(row, column) of every filled cell of the triangle, counted from 1."""
    found = (
        visitor.part("sample_card")
        .locator(".ground .see")
        .evaluate_all(
            "cells => cells.map(c => [getComputedStyle(c).gridRowStart, getComputedStyle(c).gridColumnStart])"
        )
    )
    return sorted((int(row), int(column)) for row, column in found)


def chosen(visitor: Visitor) -> dict[str, Any]:
    """What the card says of the place that is chosen."""
    card = visitor.part("sample_card")
    words = visitor.words()
    place = next(i for i, word in enumerate(words) if "asks" in word["did"])
    assert card.locator(".raw[aria-pressed=true]").inner_text() == words[place]["word"]
    return {
        "place": place,
        "unseen": [i for i, word in enumerate(words) if "not seen" in word["did"]],
        "hatched": card.locator(".word").evaluate_all(
            """nodes => nodes.flatMap((node, i) =>
                 getComputedStyle(node.querySelector('.raw')).backgroundImage.includes('gradient') ? [i] : [])"""
        ),
        "row": sorted(
            card.locator(".ground .now").evaluate_all("cells => cells.map(c => +getComputedStyle(c).gridRowStart - 1)")
        ),
        "best": card.locator(".answers h2").inner_text(),
    }


def wrote(visitor: Visitor) -> list[str]:
    return visitor.part("write_on").locator(".wrote b").all_inner_texts()


def starts(visitor: Visitor) -> list[str]:
    """The candidates for the coming word."""
    return visitor.part("write_on").locator("li:not(.head):not(.sum) .name").all_inner_texts()


def test_the_label_is_the_sentence_moved_by_one(visit: Visit) -> None:
    words = visit("next_word").words()
    assert words[0]["word"] == "⟨begin⟩"
    assert [word["target"] for word in words] == [*(word["word"].lower() for word in words[1:]), "⟨end⟩"]
    assert all((word["answer"][0] == "✓") == (word["answer"][1:] == word["target"]) for word in words)
    assert all(word["answer"][0] in "✓✕" for word in words)


def test_a_place_is_chosen_in_words_and_triangle(visit: Visit) -> None:
    visitor = visit("next_word")
    n = len(visitor.words())
    assert mask(visitor) == [(row, column) for row in range(1, n + 1) for column in range(1, row + 1)]

    def is_at(place: int) -> bool:
        now = chosen(visitor)
        later = list(range(place + 1, n))
        return (
            now["place"] == place and now["unseen"] == now["hatched"] == later and now["row"] == [place] * (place + 1)
        )

    assert is_at(3)
    best = chosen(visitor)["best"]
    card = visitor.part("sample_card")
    card.locator(".raw").nth(1).click()
    assert is_at(1)
    assert chosen(visitor)["best"] != best
    expect(card.locator(".answers li")).to_have_count(5)
    expect(card.locator(".answers")).to_contain_text("Loss here: −ln p =")

    # by arrow keys; they stop at both ends
    for key, place in (
        ("ArrowRight", 2),
        ("ArrowDown", 3),
        ("ArrowLeft", 2),
        ("ArrowUp", 1),
        ("ArrowLeft", 0),
        ("ArrowLeft", 0),
    ):
        visitor.page.keyboard.press(key)
        assert is_at(place), key
    for _ in range(n + 1):
        visitor.page.keyboard.press("ArrowRight")
    assert is_at(n - 1)
    expect(card.locator(".ground .asked")).to_have_count(0)  # the end is asked for, and is no input

    # by the triangle itself
    ground = card.locator(".ground")
    box = ground.bounding_box()
    ground.click(position={"x": box["width"] - 3, "y": box["height"] * 2.5 / n})
    assert is_at(2)
    expect(card.locator(".ground .asked")).to_have_count(1)
    expect(card.locator(".mask")).to_have_attribute("aria-label", re.compile("Row 3 may look at columns 1 to 3 only"))


def test_a_long_sentence_of_ones_own_fits(visit: Visit) -> None:
    for width in (1366, 390):
        visitor = visit("next_word", width=width)
        box = visitor.popover("sample_card", "Your own").get_by_role("textbox")
        box.fill("the flabbergasting cat " + "and the dog " * 9)
        box.press("Enter")
        visitor.until(lambda v=visitor: len(v.words()) == 31, "thirty words and the begin mark")
        assert [word["word"] for word in visitor.words() if word["unknown"]] == ["flabbergasting"]
        assert len(mask(visitor)) == 31 * 32 / 2
        room = visitor.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert room[0] <= room[1]
        inside = visitor.part("sample_card").locator(".root:visible").evaluate("r => [r.scrollWidth, r.clientWidth]")
        assert inside[0] <= inside[1]


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_writing_on(visit: Visit, way: str) -> None:
    visitor = visit("next_word?next_word_top_k=1")
    part = visitor.part("write_on")
    part.locator(".write").wait_for()

    def press(key: str) -> None:
        button = visitor.part(key).get_by_role("button")
        if way == "mouse":
            button.click()
        else:
            button.focus()
            visitor.page.keyboard.press("Enter")

    box = part.get_by_role("textbox", name="Your beginning")
    box.fill("Please give me a")
    box.press("Enter")
    expect(part.locator(".text")).to_contain_text("Please give me a")
    first = starts(visitor)
    assert len(first) == 8
    press("write_1")
    visitor.until(lambda: len(wrote(visitor)) == 1, "one word")
    assert wrote(visitor) == first[:1]  # top-k 1: the likeliest
    expect(part.locator(".wrote small").first).to_have_text("100%")
    press("write_10")
    visitor.until(lambda: len(wrote(visitor)) == 11 or wrote(visitor)[-1] == "⟨end⟩", "ten more, or the end")
    all_of_it = wrote(visitor)
    press("write_again")
    visitor.until(lambda: not wrote(visitor), "back to the beginning")
    assert starts(visitor) == first
    press("write_10")
    visitor.until(lambda: len(wrote(visitor)) >= min(10, len(all_of_it)), "the same again")
    assert wrote(visitor) == all_of_it[:10]


def test_temperature_and_top_k_are_seen_in_the_list(visit: Visit) -> None:
    visitor = visit("next_word")
    part = visitor.part("write_on")
    part.locator(".write").wait_for()
    assert part.locator("li.cut:not(.sum)").count() == 0
    shares = part.locator("li:not(.head) .guess")
    before = shares.first.inner_text()
    slider = part.get_by_role("slider", name="Temperature")
    slider.focus()
    for _ in range(5):
        slider.press("ArrowLeft")
    expect(shares.first).not_to_have_text(before)
    visitor.link_becomes("next_word_temperature", "0.5")
    visitor.until(lambda: percent(shares.first.inner_text()) > percent(before), "colder is surer")
    slider = part.get_by_role("slider", name="Top-k")
    slider.focus()
    for _ in range(7):
        slider.press("ArrowLeft")
    visitor.link_becomes("next_word_top_k", "3")
    expect(part.locator("li.cut:not(.sum)")).to_have_count(5)
    expect(part.locator("li.cut").first).to_contain_text("✕ cut")


def percent(text: str) -> float:
    return float(text.removesuffix("%").strip().lstrip("<"))


@pytest.mark.slow
def test_a_beginning_that_cannot_be_used_is_refused_and_another_taken(visit: Visit) -> None:
    visitor = visit("next_word")
    part = visitor.part("write_on")
    box = part.get_by_role("textbox", name="Your beginning")
    box.fill("🙂🙂🙂")
    box.press("Enter")
    expect(part.locator("[data-testid=stAlert]")).to_contain_text("no word")
    expect(visitor.part("write_1").get_by_role("button")).to_be_disabled()
    box.fill("<b>The</b> zxqv")
    box.press("Enter")
    expect(part.locator("[data-testid=stAlert]")).to_have_count(0)
    expect(part.locator(".text .unknown").last).to_have_text("zxqv")
    assert part.locator(".text b").count() == 0
    visitor.press("write_1")
    visitor.until(lambda: len(wrote(visitor)) == 1, "it goes on")


@pytest.mark.slow
def test_the_candidates_follow_the_training(visit: Visit) -> None:
    visitor = visit("next_word?next_word_steps=1000&next_word_batch=16")
    visitor.untrained()
    expect(visitor.part("write_on").locator(".mode")).to_have_text("○ untrained")
    before = starts(visitor)
    visitor.train()
    visitor.reaches(30)
    visitor.pause()
    visitor.until(lambda: starts(visitor) != before, "other candidates")
    expect(visitor.part("write_on").locator(".mode")).to_have_text("● live")
