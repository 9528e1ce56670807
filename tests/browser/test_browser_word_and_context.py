"""Word and context in the browser: choosing a centre, the pairs of its window, and the words near a word."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from visitor import Visitor

Visit = Callable[..., Visitor]
SLUG = "word_and_context"


def columns(card: Locator) -> list[dict[str, str]]:
    """For every word what stands in its column."""
    return card.locator(".word").evaluate_all(
        """nodes => nodes.map(node => {
             const text = kind => node.querySelector(kind)?.textContent ?? ''
             const kinds = { word: '.raw', win: '.win', target: '.target', noise: '.noise', answer: '.answer' }
             return Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, text(kind)])) })"""
    )


def choose(visitor: Visitor, title: str, word: str) -> None:
    """Type a word into one of the boxes of the nearest words, and take it."""
    box = visitor.part("nearest").get_by_role("combobox", name=title)
    option = visitor.page.get_by_role("option").filter(has_text=word).first

    def offered() -> bool:
        box.fill("")
        box.fill(word)
        visitor.page.wait_for_timeout(700)  # the list is filtered a moment later
        return option.is_visible()

    visitor.until(offered, f"{word} is offered")
    box.press("Enter")


def test_a_click_makes_a_word_the_centre(visit: Visit) -> None:
    """Window, labels, noise and answers follow in the same frame, without a round trip."""
    visitor = visit(f"{SLUG}?{SLUG}_threshold=1")
    card = visitor.part("sample_card")
    before = columns(card)
    place = next(i for i, word in enumerate(before) if word["word"] and "centre" not in word["win"])
    found = (
        card.locator("button.raw")
        .nth(place)
        .evaluate(
            """button => { const root = button.getRootNode(), word = button.closest('.word').dataset.word
             button.click()
             return root.querySelector(`[data-word="${word}"] .win`).textContent }"""
        )
    )
    assert re.fullmatch(r"centreR = \d", found)
    after = columns(card)
    assert after != before
    near = [word for word in after if re.fullmatch(r"[−+]\d", word["win"])]
    assert near
    for word in near:
        assert word["target"] == word["word"].lower()
        assert len(word["noise"].split()) == 5
        assert word["answer"][0] in "✓✕"
    assert sum(bool(word["target"]) for word in after) == len(near)
    assert sum(word["win"].startswith("centre") for word in after) == 1


def test_a_phone_shows_the_noise_words_too(visit: Visit) -> None:
    """Every label's noise stands below it, within the card, and covers nothing."""
    card = visit(f"{SLUG}?{SLUG}_threshold=1", width=390).part("sample_card")
    asked = [word for word in columns(card) if word["target"]]
    noise = card.locator(".noise:not(.none)")
    assert noise.count() == len(asked) > 0
    for place in range(len(asked)):
        expect(noise.nth(place)).to_be_visible()
        box, label = noise.nth(place).bounding_box(), card.locator(".target").nth(place).bounding_box()
        assert box
        assert label
        assert box["y"] >= label["y"] + label["height"]
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_arrow_keys_walk_from_centre_to_centre(visit: Visit) -> None:
    visitor = visit(f"{SLUG}?{SLUG}_threshold=1")
    card = visitor.part("sample_card")
    card.locator("button.raw").first.focus()
    for step in range(1, 4):
        visitor.page.keyboard.press("ArrowRight")
        expect(card.locator("button.raw").nth(step)).to_have_attribute("aria-pressed", "true")
        expect(card.locator("button.raw[aria-pressed=true]")).to_have_count(1)
        expect(card.locator("button.raw").nth(step)).to_be_focused()
    visitor.page.keyboard.press("ArrowLeft")
    expect(card.locator("button.raw").nth(2)).to_have_attribute("aria-pressed", "true")


def test_the_noise_of_this_pair_with_its_scores(visit: Visit) -> None:
    visitor = visit(f"{SLUG}?{SLUG}_negatives=4")
    card = visitor.part("sample_card")
    rows, title = card.locator(".pair li"), card.locator(".pair h2")
    expect(rows).to_have_count(5)
    first = title.inner_text()
    chip = card.locator(".chip.answer").last
    chip.click()
    expect(title).not_to_have_text(first)
    names = [text.split()[0] for text in rows.locator(".name").all_inner_texts()]
    labelled = columns(card)
    shown = next(word for word in reversed(labelled) if word["target"])
    assert names == [shown["target"], *shown["noise"].split()]
    scores = [
        float(text.lstrip("<>") or 0) for text in rows.locator("span:nth-child(3)").all_inner_texts() if "." in text
    ]
    assert len(scores) >= 2
    assert (max(scores) == scores[0]) == shown["answer"].startswith("✓")


@pytest.mark.slow
def test_dropped_words_are_crossed_and_passed_over(visit: Visit) -> None:
    visitor = visit(f"{SLUG}?{SLUG}_threshold=0.00001")
    card = visitor.part("sample_card")
    expect(card.locator(".raw.drop").first).to_be_visible()
    assert "✕" in (card.locator(".word:has(.raw.drop) .did").first.inner_text())
    assert card.locator("button.raw.drop").count() == 0


@pytest.mark.slow
def test_cbow_asks_the_neighbours_for_the_centre(visit: Visit) -> None:
    visitor = visit(f"{SLUG}?{SLUG}_way=CBOW&depth=Detailed")
    card = visitor.part("sample_card")
    expect(card.locator(".chip.target")).to_have_count(1)
    centre = next(word for word in columns(card) if word["win"].startswith("centre"))
    assert centre["target"] == centre["word"].lower()
    expect(card.locator(".pair h2")).to_contain_text("Neighbours →")
    numbers = card.locator(".formula.numbers")
    first = numbers.get_attribute("aria-label")
    other = card.locator("button.raw[aria-pressed=false]").first
    other.click()
    expect(numbers).not_to_have_attribute("aria-label", first)


@pytest.mark.slow
def test_the_way_is_chosen_in_the_settings(visit: Visit) -> None:
    visitor = visit(SLUG)
    card = visitor.part("sample_card")
    visitor.popover("sample_card", "Label, seed").get_by_role("radio", name="CBOW").click()
    visitor.link_becomes(f"{SLUG}_way", "CBOW")
    expect(card.locator(".chip.target")).to_have_count(1)


def test_a_sentence_of_ones_own_with_unknown_words(visit: Visit) -> None:
    visitor = visit(f"{SLUG}?{SLUG}_threshold=1")
    card = visitor.part("sample_card")
    box = visitor.popover("sample_card", "Your own").get_by_role("textbox")
    box.fill("The king drinks <b>flabbergasting</b> tea")
    box.press("Enter")
    expect(card).to_contain_text("left out: b, flabbergasting, b")
    assert card.locator(".raw b").count() == 0
    assert any(word["target"] == "king" for word in columns(card)) or "king" in card.locator(".pair h2").inner_text()
    box.fill("zxqv qwertz")
    box.press("Enter")
    expect(card).to_contain_text("No word here is in the vocabulary")
    expect(card.locator(".chip.target")).to_have_count(0)
    for typed, says in (("🙂🙂", "no word"), ("word " * 10_000, "50,000 characters")):
        box.fill(typed)
        box.press("Enter")
        expect(visitor.page.locator("[data-testid=stAlert]").filter(has_text=says)).to_be_visible()
    assert "flabbergasting" not in visitor.page.url


@pytest.mark.slow
def test_the_words_nearest_to_a_word_and_an_analogy(visit: Visit) -> None:
    visitor = visit(SLUG)
    part = visitor.part("nearest")
    lists = part.locator(".list")
    expect(lists).to_have_count(2)
    expect(lists.first.locator("li")).to_have_count(10)
    expect(lists.last.locator("li")).to_have_count(5)
    expect(part.locator("table").first.locator("tbody tr")).to_have_count(20)
    expect(part).to_contain_text("How it is counted")
    choose(visitor, "A word", "monday")
    expect(lists.first).to_contain_text("Ten nearest to “monday”")
    choose(visitor, "so is", "take")
    expect(lists.last).to_contain_text("go : went = take : ?")


@pytest.mark.parametrize(
    "typed", ["<img src=x>", *(pytest.param(typed, marks=pytest.mark.slow) for typed in ("zxqvish", "🙂"))]
)
def test_a_word_that_nobody_knows(visit: Visit, typed: str) -> None:
    visitor = visit(SLUG)
    part = visitor.part("nearest")
    choose(visitor, "A word", typed)
    alert = part.locator("[data-testid=stAlert]")
    expect(alert).to_contain_text("is not among the 2,499 words")
    expect(alert).to_contain_text(typed)
    assert visitor.page.locator("img[src=x]").count() == 0
    expect(part.locator(".list").first.locator("li")).to_have_count(0)
    choose(visitor, "A word", "king")
    expect(alert).to_have_count(0)
    expect(part.locator(".list").first.locator("li")).to_have_count(10)


@pytest.mark.slow
def test_a_phone_shows_a_word_in_a_row(visit: Visit) -> None:
    visitor = visit(SLUG, width=390)
    card = visitor.part("sample_card")
    left = [box["x"] for box in (raw.bounding_box() for raw in card.locator(".chip.raw").all()) if box]
    assert max(left) - min(left) < 3, "all words stand in the first column"
    wide = visitor.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth")
    assert wide <= 0
