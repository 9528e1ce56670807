"""The sample card, the guess, the map and the code: what a visitor can do with the label."""

import io
import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from visitor import Visitor

from sslviz.catalogue import TASKS

Visit = Callable[..., Visitor]


def test_new_label_and_another_sample_go_on_after_their_numbers_were_looked_at(visit: Visit, slug: str) -> None:
    """A popover that was opened and closed again does not hold on to the numbers that it had."""
    visitor = visit(slug)
    for turn in (0, 1):
        body = visitor.popover("sample_card", f"Label, seed {3 * turn}")
        expect(body.get_by_role("spinbutton", name="Label seed")).to_have_value(str(3 * turn))
        visitor.page.keyboard.press("Escape")
        expect(body).to_have_count(0)
        for seed in range(3 * turn + 1, 3 * turn + 4):
            visitor.press("new_label")
            visitor.link_becomes(f"{slug}_label_seed", str(seed))
    numbers = []
    for _ in range(3):
        before = visitor.link(f"{slug}_sample")
        visitor.press("another_sample")
        visitor.until(lambda before=before: visitor.link(f"{slug}_sample") != before, "another number")
        numbers.append(visitor.link(f"{slug}_sample"))
    assert len(set(numbers)) == 3
    # Whatever else the page does, the numbers stay, and the popover shows them.
    visitor.page.get_by_role("radio", name="Detailed").click()
    visitor.link_becomes("depth", "Detailed")
    visitor.settle()
    assert visitor.link(f"{slug}_label_seed") == "6"
    body = visitor.popover("sample_card", "Label, seed 6")
    expect(body.get_by_role("spinbutton", name=re.compile("number"))).to_have_value(str(numbers[-1]))


def test_a_word_is_hidden_swapped_and_kept_by_hand(visit: Visit) -> None:
    """The label follows in the same frame; the model's answer a moment later."""
    visitor = visit("masked_words")
    words = visitor.words()
    place = next(i for i, word in enumerate(words) if not word["did"] and i and word["word"].isalpha())
    column = visitor.part("sample_card").locator(".word").nth(place)
    word = words[place]["word"]
    seen = []
    for did in ("▨ hidden", "⇄ swapped", "= kept"):
        # Click and read in one go: what stands there then was drawn without a round trip.
        state = column.locator("button.raw").evaluate(
            """(button, place) => {
                 const root = button.getRootNode(), text = kind => node.querySelector(kind)?.textContent
                 button.click()
                 const node = root.querySelectorAll('.word')[place]
                 return ['.did', '.sees', '.target'].map(text) }""",
            place,
        )
        assert state[0] == did
        assert state[2] == word.lower()
        seen.append(state[1])
        visitor.until(lambda: "…" not in visitor.words()[place]["answer"], "the model answers")
        assert visitor.words()[place]["target"] == word.lower()
        expect(visitor.part("sample_card")).to_contain_text("Chosen by your hand")
    assert seen[0] == "[MASK]"
    assert seen[1] not in ("[MASK]", word.lower())
    assert seen[2] == word.lower()
    column.locator("button.raw").click()
    visitor.until(lambda: not visitor.words()[place]["did"], "a fourth click leaves the word alone")
    assert visitor.words()[place]["target"] in ("", "–")


def test_the_words_are_reached_by_arrow_keys(visit: Visit) -> None:
    visitor = visit("masked_words")
    first = visitor.part("sample_card").locator("button.raw").first
    first.focus()
    first.press("ArrowRight")
    visitor.page.keyboard.press("Enter")
    expect(visitor.part("sample_card")).to_contain_text("Chosen by your hand")
    assert [i for i, word in enumerate(visitor.words()) if word["did"]] != []


def test_five_best_answers_at_another_word(visit: Visit) -> None:
    visitor = visit("masked_words")
    card = visitor.part("sample_card")
    card.locator(".chip.answer").last.click()
    expect(card.locator(".answers li")).to_have_count(5)
    shares = [text for text in card.locator(".answers li .quiet").all_inner_texts() if "%" in text]
    assert len(shares) == 5


def test_static_and_dynamic_masks_differ_over_the_epochs(visit: Visit) -> None:
    visitor = visit("masked_words")
    visitor.popover("sample_card", "Label, seed")
    expect(visitor.page.locator(".masks tbody tr").first).to_be_visible()
    rows = visitor.page.locator(".masks tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    static = {tuple(mask) for name, *mask in rows if name.startswith("static")}
    dynamic = {tuple(mask) for name, *mask in rows if name.startswith("dynamic")}
    assert len(static) == 1
    assert len(dynamic) > 2


def test_a_sentence_of_ones_own(visit: Visit) -> None:
    visitor = visit("masked_words")
    box = visitor.popover("sample_card", "Your own").get_by_role("textbox")
    box.fill("The cat eats a flabbergasting xylophone.")
    box.press("Enter")
    visitor.until(lambda: any(word["word"] == "flabbergasting" for word in visitor.words()), "the own sentence")
    unknown = [word for word in visitor.words() if word["unknown"]]
    assert {"flabbergasting", "xylophone"} >= {word["word"] for word in unknown} != set()
    assert all(word["sees"] == "[UNK]" for word in unknown)
    expect(visitor.part("sample_card")).to_contain_text("Not in the vocabulary")
    assert any(word["target"] and word["answer"] for word in visitor.words()), "it is labelled and answered"
    assert "flabbergasting" not in visitor.page.url

    box.fill("<b>hello</b> <script>alert(1)</script>")
    box.press("Enter")
    visitor.until(lambda: any(word["word"] == "hello" for word in visitor.words()), "the second sentence")
    assert visitor.part("sample_card").locator(".raw b").count() == 0


def png(width: int = 120, height: int = 80) -> bytes:
    """A real picture."""
    y, x = np.mgrid[:height, :width]
    pixels = np.stack([x * 255 // width, y * 255 // height, (x * y) % 256], -1).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_a_picture_of_ones_own(visit: Visit) -> None:
    visitor = visit("same_or_different")
    names = visitor.part("sample_card").locator(".column .name")
    before = names.all_inner_texts()
    visitor.popover("sample_card", "Your own")
    visitor.give("my.png", "image/png", png())
    expect(names.first).to_have_text("your picture")
    assert names.all_inner_texts()[1:] == before[1:]
    expect(visitor.page.get_by_alt_text("your picture, the photo")).to_be_visible()
    red, green, _ = (
        visitor.part("sample_card")
        .locator(".original canvas")
        .first.evaluate("canvas => [...canvas.getContext('2d').getImageData(31, 0, 1, 1).data].slice(0, 3)")
    )
    assert red > 150 > green, "the right upper corner of this very picture"
    assert not [name for name in visitor.page.url.split("&") if "upload" in name or "own" in name]


def test_a_view_is_compared_with_all_others(visit: Visit) -> None:
    visitor = visit("same_or_different")
    card = visitor.part("sample_card")
    expect(card.locator(".matrix")).to_have_count(2)
    expect(card.locator(".matrix.pairs .cell.same")).to_have_count(12)
    expect(card.locator(".matrix.pairs .cell.confusable")).to_have_count(24)  # three pictures of one class
    recipe = card.locator(".recipe h2")
    told = recipe.inner_text()
    card.locator("button.view").nth(4).click()  # two a picture: the third one
    expect(recipe).not_to_have_text(told)
    expect(card.locator("button.view[aria-pressed=true]")).to_have_count(1)
    expect(card.locator(".recipe canvas.stage").first).to_be_visible()
    expect(card.locator(".recipe ol")).to_have_count(2)
    assert re.search(r"cosine -?\d\.\d\d|cosine −?\d\.\d\d", card.locator(".words").nth(1).inner_text())


def test_photos_are_shown_large(visit: Visit) -> None:
    visitor = visit("same_or_different?same_or_different_pictures=photos")
    pictures = visitor.part("sample_card").get_by_role("img")
    expect(visitor.page.get_by_alt_text(", the photo")).to_be_visible()
    assert pictures.count() >= 3


def test_guess_first_then_the_model_and_the_truth(visit: Visit, slug: str) -> None:
    visitor = visit(slug)
    part = visitor.part("guess")
    expect(part).not_to_contain_text("Pseudo-label:")
    choices = part.get_by_role("radio")
    expect(choices).to_have_count(TASKS[slug].expects.guesses)
    choices.first.click()
    expect(part).to_contain_text("Pseudo-label:")
    expect(part).to_contain_text("Model:")
    expect(part).to_contain_text("Of 1:")
    expect(choices.first).to_be_disabled()
    answers = re.search(r"You: (.+?) [✓✕] · Model: (.+?) [✓✕] · .*Pseudo-label: (.+)", part.inner_text())
    assert answers, part.inner_text()
    assert (answers[1] == answers[3]) == ("You: " + answers[1] + " ✓" in part.inner_text())
    part.get_by_role("button", name="Next one").click()
    expect(part).not_to_contain_text("Pseudo-label:")
    part.get_by_role("radio").last.click()
    expect(part).to_contain_text("Of 2:")


def said_now(text: str, before: list[str]) -> bool:
    """Whether the map names the neighbours of another point than before."""
    return "Nearest to" in text and text.count(" · ") > 2 and text not in before


def test_a_click_on_the_map_names_the_neighbours(visit: Visit, slug: str) -> None:
    visitor = visit(slug)
    visitor.settled()
    about = visitor.part("embedding").locator(".about")
    expect(about).to_contain_text("Point at a mark")
    said = []
    visitor.map.scroll_into_view_if_needed()
    box = visitor.map.bounding_box()
    for walk, share in ((1, 0.5), (3, 0.47)):  # points lie close together, so one is near every place in the middle
        visitor.map.focus()
        visitor.map.click(position={"x": box["width"] * share, "y": box["height"] / 2})
        for _ in range(walk):
            visitor.map.press("ArrowRight")
        visitor.map.press("Enter")
        visitor.until(lambda: said_now(about.inner_text(), said), "neighbours are named")
        said.append(about.inner_text())
    assert len(set(said)) == 2
    visitor.map.press("Escape")
    expect(about).to_contain_text("Point at a mark")


def test_the_film_of_the_map(visit: Visit, slug: str) -> None:
    """The scrubber shows earlier frames, PCA is another view of the same points, a class can be taken out."""
    visitor = visit(slug)
    part, last = visitor.part("embedding"), visitor.settled()
    end = visitor.frame
    part.get_by_role("slider", name="frame of the film").fill("0")
    expect(visitor.map).to_have_attribute("data-step", "0")
    assert visitor.settled() != last
    part.get_by_role("slider", name="frame of the film").fill(str(end[0]))
    expect(visitor.map).to_have_attribute("data-step", str(end[1]))
    part.get_by_role("button", name="PCA", exact=True).click()
    expect(visitor.map).to_have_attribute("aria-label", re.compile("drawn by PCA"))
    assert visitor.settled() != last
    part.get_by_role("button", name="t-SNE", exact=True).click()
    expect(visitor.map).to_have_attribute("aria-label", re.compile("drawn by t-SNE"))
    part.locator(".legend button").first.click()
    expect(part.locator(".legend button").first).to_have_attribute("aria-pressed", "false")
    part.get_by_role("button", name="Play film").click()
    visitor.until(lambda: visitor.frame[0] < end[0], "the film plays")


def test_a_map_from_scratch(visit: Visit, slug: str) -> None:
    visitor = visit(slug)
    visitor.page.get_by_role("button", name="Draw it from scratch").click()
    expect(visitor.page.get_by_role("figure", name="t-SNE drawn from scratch")).to_be_visible()


@pytest.mark.parametrize(
    ("slug_", "tabs"),
    [
        ("same_or_different", 5),
        *(
            pytest.param(slug, tabs, marks=pytest.mark.slow)
            for slug, tabs in (("masked_words", 3), ("next_word", 4), ("next_sentence", 4), ("word_and_context", 6))
        ),
    ],
)
def test_the_code_is_that_of_the_label(visit: Visit, slug_: str, tabs: int) -> None:
    visitor = visit(slug_)
    part = visitor.unfold("code")
    expect(part.get_by_role("tab")).to_have_count(tabs)
    expect(part).to_contain_text("def draw(")
    part.get_by_role("tab", name="apply").click()
    expect(part.get_by_role("tabpanel", name="apply")).to_contain_text("def apply(")
