"""What a visitor makes by hand, faster than the server answers: every click counts, and none is taken back."""

from collections.abc import Callable

from playwright.sync_api import Locator, expect
from visitor import Visitor

Visit = Callable[..., Visitor]
EACH = 90  # ms between two clicks


def press(visitor: Visitor, tiles: Locator, places: list[int]) -> None:
    """Click quickly, one after the other, whatever the server does meanwhile."""
    for place in places:
        tiles.nth(place).dispatch_event("click")
        visitor.page.wait_for_timeout(EACH)


def rests(visitor: Visitor) -> None:
    """Wait until the server has said what all of it means."""
    expect(visitor.part("sample_card").locator(".root").first).to_have_attribute("aria-busy", "false")
    visitor.settle()


def pictures(tiles: Locator) -> list[str]:
    """The addresses of what lies at each place."""
    found: list[str] = tiles.locator("img").evaluate_all("images => images.map(image => image.src)")
    return found


def test_eight_patches_are_covered_or_not_as_they_were_pressed(visit: Visit) -> None:
    visitor = visit("masked_patches?masked_patches_share=0.5")
    card = visitor.part("sample_card")
    tiles = card.locator("[data-panel='0'] .tile")

    def covered() -> list[bool]:
        found: list[bool] = tiles.evaluate_all("tiles => tiles.map(tile => tile.classList.contains('hidden'))")
        return found

    first = covered()
    places = [0, 3, 5, 6, 9, 10, 12, 15, 5, 5]
    turned = [was != (places.count(place) % 2 == 1) for place, was in enumerate(first)]
    press(visitor, tiles, places)
    assert covered() == turned  # before any answer
    rests(visitor)
    assert covered() == turned
    expect(card.locator(".chip.target").first).to_have_text(f"{sum(turned)}/16")


def test_a_board_keeps_eleven_swaps(visit: Visit) -> None:
    visitor = visit("patch_order?depth=Standard")
    tiles = visitor.part("sample_card").locator("[data-panel='0'] .tile")
    expect(tiles).to_have_count(16)
    shown = pictures(tiles)
    for a, b in zip(range(11), range(4, 15), strict=True):
        press(visitor, tiles, [a, b])
        shown[a], shown[b] = shown[b], shown[a]
    assert pictures(tiles) == shown
    rests(visitor)
    assert pictures(tiles) == shown


def test_frames_keep_five_swaps(visit: Visit) -> None:
    visitor = visit("frame_order")
    frames = visitor.part("sample_card").locator("button.frame")
    shown = pictures(frames)
    for a, b in ((0, 3), (1, 2), (2, 3), (0, 1), (3, 1)):
        press(visitor, frames, [a, b])
        shown[a], shown[b] = shown[b], shown[a]
    assert pictures(frames) == shown
    rests(visitor)
    assert pictures(frames) == shown


def test_words_keep_all_that_is_done_to_them(visit: Visit) -> None:
    visitor = visit("masked_words")
    words = visitor.part("sample_card").locator("button.raw")
    count = words.count()
    signs = ["", "▨ hidden", "⇄ swapped", "= kept"]
    did = visitor.part("sample_card").locator(".word:has(button.raw) .did")
    turns = [*range(count), 0, 1, 1, 2]
    wanted = [signs[(signs.index(was) + turns.count(place)) % 4] for place, was in enumerate(did.all_inner_texts())]
    press(visitor, words, turns)
    assert did.all_inner_texts() == wanted
    visitor.settle()
    visitor.until(lambda: "…" not in "".join(word["answer"] for word in visitor.words()), "the model answers")
    assert did.all_inner_texts() == wanted


def test_the_last_of_several_choices_is_the_one_that_stays(visit: Visit) -> None:
    """Pictures of Two views, steps of Masked sound, widths of Autoencoding, views of Same or different."""
    for slug, choice in (
        ("two_views", ".pick"),
        ("masked_sound", "[data-step]"),
        ("autoencoding", "[data-panel='0'] .tile"),
        ("same_or_different", ".view"),
    ):
        visitor = visit(slug)
        buttons = visitor.part("sample_card").locator(choice)
        press(visitor, buttons, [4, 0, 3, 5, 2])
        expect(buttons.nth(2)).to_have_attribute("aria-pressed", "true")
        visitor.settle()
        visitor.page.wait_for_timeout(500)
        visitor.settle()
        assert buttons.evaluate_all("all => all.map(one => one.ariaPressed)").index("true") == 2, slug
