"""Labels and samples that are in the browser before they are asked for: they are what the page then says."""

from __future__ import annotations

import importlib
import os
import random
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pytest

from sslviz.catalogue import TASKS
from sslviz.ui import held_common
from sslviz.ui.frame import ahead, walk
from sslviz.ui.frame.walk import Position
from tests import views
from tests.conftest import each_page
from tests.pages.test_forged_events import make

PRESSES = int(os.environ.get("SSLVIZ_PRESSES", "2"))  # on each page; 200 take ten minutes
Read = Callable[[Any], dict[tuple[Any, ...], Any]]


def shown(page: Any) -> Any:
    """What the card of the page was sent, as it stands in its message."""
    (part,) = [one for one in page.at.get("bidi_component") if one.key == f"{page.slug}_card"]
    return views.sent(part.proto) if part.proto.WhichOneof("data") == "json" else part.proto.bytes


def stands(page: Any) -> tuple[int, int]:
    """Sample and label seed that the browser is told."""
    told = page.component(f"{page.slug}_ahead")
    return told["sample"], told["seed"]


@each_page
def test_what_was_made_in_advance_is_what_the_page_then_says(visit: Callable, made_ahead: Read, slug: str) -> None:
    page, rng = visit(slug), random.Random(slug)
    buttons = ["another_sample", "new_label"] if not page.at.button(key="new_label").disabled else ["another_sample"]
    for turn in range(PRESSES):
        made = made_ahead(page)
        page.press(buttons[turn] if turn < len(buttons) else rng.choice(buttons))
        assert stands(page) in made
        assert made[stands(page)] == shown(page)


def test_another_way_of_looking_at_it_drops_what_was_made(visit: Callable, made_ahead: Read) -> None:
    page = visit("masked_words")
    before = made_ahead(page)
    page.run()
    assert made_ahead(page) == before
    page.set("slider", "share", 0.5)
    other = made_ahead(page)
    assert all("share=0.5" in other[asks]["id"] for asks in before if isinstance(asks[0], int))
    page.at.segmented_control(key="depth").set_value("Detailed")
    page.run()
    assert all(card["formula"] for card in made_ahead(page).values())
    page.set("text_input", "own", "the cat is on the table")
    made = made_ahead(page)
    sample, seed = stands(page)
    label, sample = made[sample, seed + 1], made[sample + walk.FURTHER, seed]
    assert label["words"] == ["[CLS]", "the", "cat", "is", "on", "the", "table", "[SEP]"]
    assert sample["words"] != label["words"]
    made = made_ahead(page)
    page.press("new_label")
    assert made[stands(page)] == shown(page)


@pytest.fixture
def cards_made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Label seeds of the cards that are made in advance, in that order."""
    seeds: list[int] = []
    whole = ahead.card

    def card(page: Any, this: Any, view: Any, seed: int, options: Any, depth: str) -> dict[str, Any]:
        seeds.append(seed)
        return whole(page, this, view, seed, options, depth)

    monkeypatch.setattr(held_common, "_held", OrderedDict())
    monkeypatch.setattr(ahead, "card", card)
    return seeds


def test_a_class_that_presses_the_same_button_has_each_card_made_once(
    visit: Callable, made_ahead: Read, cards_made: list[int]
) -> None:
    first = visit("masked_words")
    first.press("new_label")
    made, count = made_ahead(first), len(cards_made)
    second = visit("masked_words")
    second.press("new_label")
    assert made_ahead(second) == made
    assert len(cards_made) == count > 0
    other = visit("masked_words", share="0.5")
    assert made_ahead(other)
    assert len(cards_made) > count


@pytest.mark.usefixtures("cards_made")
def test_what_one_visitor_made_by_hand_is_no_other_visitors(visit: Callable, made_ahead: Read) -> None:
    """They hide another word, go on, and come back: the card that is ready then has it, for them alone."""
    mine = visit("masked_words", label_seed="1")
    hides = [""] * len(mine.component("masked_words_card")["words"])
    hides[3] = "hide"
    name = mine.component("masked_words_card")["id"]
    make(mine, "masked_words_card", {"id": name, "nth": 1, "made": hides})
    edited = shown(mine)["how"]
    mine.at.number_input(key="masked_words_label_seed").set_value(0)
    mine.run()
    ready = made_ahead(mine)[stands(mine)[0], 1]
    assert ready["how"] == edited
    other = visit("masked_words")
    assert made_ahead(other)[stands(other)[0], 1]["how"] != edited


def test_pictures_are_made_about_the_picture_that_is_chosen(visit: Callable, made_ahead: Read) -> None:
    page = visit("masked_patches")
    page.at.session_state["masked_patches_selected"] = 3
    page.run()
    made = made_ahead(page)
    assert {card["selected"] for card in made.values()} == {3}
    page.press("new_label")
    assert made[stands(page)] == shown(page)


@each_page
def test_a_slider_has_the_labels_of_the_next_values(visit: Callable, made_ahead: Read, slug: str) -> None:
    page = visit(slug)
    for told in page.component(f"{slug}_ahead")["sliders"]:
        moved = {asks[1]: card for asks, card in made_ahead(page).items() if asks[0] == told["slider"]}
        value = min(moved)
        page.at.slider(key=told["slider"]).set_value(value)
        page.run()
        assert moved[value] == shown(page), told


def test_sliders_that_are_not_drawn_have_none(visit: Callable, made_ahead: Read) -> None:
    page = visit("masked_words")
    assert {asks for asks in made_ahead(page) if isinstance(asks[0], str)} == {
        ("masked_words_share", value) for value in (0.05, 0.1, 0.2, 0.25)
    }
    page.at.session_state["masked_words_label"] = False
    page.run()
    assert not page.component("masked_words_ahead")["sliders"]
    assert all(isinstance(asks[0], int) for asks in made_ahead(page))


def test_where_nothing_is_drawn_no_label_is_made_in_advance(visit: Callable, made_ahead: Read) -> None:
    page = visit("next_word")
    sample, seed = stands(page)
    assert list(made_ahead(page)) == [(sample + walk.FURTHER, seed), (sample + 2 * walk.FURTHER, seed)]


def test_making_labels_in_advance_draws_nothing(visit: Callable, made_ahead: Read) -> None:
    page = visit("next_sentence")
    page.set("text_input", "own_a", "a king had a daughter")
    assert made_ahead(page)
    assert page.texts.count("until then a pair") == 1


def test_a_lesson_has_them_where_its_buttons_ask_for_them(visit: Callable, made_ahead: Read) -> None:
    page = visit("patch_order", __view="lesson", __scene="2")
    made = made_ahead(page)
    page.press("scene_again")
    assert made[stands(page)] == shown(page)


@pytest.mark.usefixtures("made_ahead")
@pytest.mark.parametrize("slug", TASKS)
def test_two_hundred_presses_lead_where_the_browser_reckons(slug: str) -> None:
    page = importlib.import_module(f"sslviz.ui.tasks.{slug}.page").PAGE
    rng, at = random.Random(7), Position(page.most, walk.SEEDS - 1)  # at the end of both, where they begin anew
    for _ in range(200):
        asks = rng.choice(["label", "sample"])
        labels, samples = ahead.FEW[asks]
        chance = page.chance(page.options())
        want = ahead.wanted(page, page.options(), at, asks)
        assert want[: labels * chance] == [(at.sample, (at.seed + k) % 10_000) for k in range(1, labels * chance + 1)]
        assert want[labels * chance :] == [
            ((at.sample + 37 * k) % (page.most + 1), at.seed) for k in range(1, samples + 1)
        ]
        assert at not in want
        at = want[0] if asks == "label" else want[-samples]


def test_a_press_that_was_made_in_view_of_an_older_page_goes_on_from_where_python_is(visit: Callable) -> None:
    """Streamlit told the first press, before the view was there that counts; the second one saw the first sample."""
    page = visit("two_views")
    first = stands(page)
    page.press("another_sample")
    make(page, "two_views_ahead", {"id": "two_views", "nth": 1, "made": {"others": 0, "labels": 1}})
    assert stands(page) == (first[0] + walk.FURTHER, 1)
    make(page, "two_views_ahead", {"id": "two_views", "nth": 3, "made": {"others": 2, "labels": 1}})  # one was missed
    assert stands(page) == (first[0] + 3 * walk.FURTHER, 1)


@pytest.mark.parametrize(
    "made",
    [None, [], {"others": 5}, {"others": 5, "labels": 1}, {"others": 4, "labels": 9}, {"others": True, "labels": 3}],
)
def test_what_cannot_have_been_pressed_leads_nowhere(made: Any) -> None:
    before = ahead.Pressed(others=5, labels=2)
    assert ahead.pressed(made, before) is None
    assert ahead.pressed({"others": 5, "labels": 3}, before) == (5, 3)
