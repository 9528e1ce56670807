"""A page as a lesson: each scene is drawn, ticks, and leads on; the other views keep what was set."""

from collections.abc import Callable
from html import escape
from typing import Any

import pytest

from sslviz.catalogue import TASKS
from sslviz.flashcards import quiz
from sslviz.flashcards.deck import deck
from sslviz.ui.flashcards.quiz import fits, gapped, told
from sslviz.ui.frame.glossary import MEANINGS
from sslviz.ui.frame.lesson import ticks
from sslviz.ui.frame.lesson.course import COURSE, EVERY, MORE, TITLES
from tests.unit.test_lessons import LESSONS

each_lesson = pytest.mark.parametrize("slug", list(LESSONS))


def lesson(visit: Callable, slug: str, scene: int = 1, view: str = "lesson", **link: str) -> Any:
    return visit(slug, __view=view, __scene=str(scene), **link)


@each_lesson
def test_every_scene_is_drawn_and_next_leads_through(visit: Callable, slug: str) -> None:
    page = lesson(visit, slug)
    scenes = LESSONS[slug].scenes
    for number, scene in enumerate(scenes):
        assert scene.title in page.html.replace("&#x27;", "'")
        assert page.component(f"{slug}_rail")["now"] == number
        if number + 1 < len(scenes):
            page.press("scene_next")
    assert set(page.component(f"{slug}_rail")["done"]) >= set(range(len(scenes) - 1))


@each_lesson
def test_every_scene_is_drawn_for_a_projector(visit: Callable, slug: str) -> None:
    page = lesson(visit, slug, view="present")
    for _ in LESSONS[slug].scenes[1:]:
        page.press("scene_next")
    page.press("scene_leave")
    assert page.param["view"] in ("lesson", ["lesson"])


def test_a_first_visit_opens_the_lesson_and_a_browser_that_remembers_the_lab_opens_that(visit: Callable) -> None:
    page = visit("masked_words")
    assert "transport" in page.keys  # the tests' visitors remember the lab
    del page.at.session_state["view"]
    page.at.query_params.clear()
    page.run()
    assert "stage" in page.keys
    assert "transport" not in page.keys


def test_switching_the_view_keeps_sample_and_seed(visit: Callable) -> None:
    page = lesson(visit, "masked_words", 3, sample="99", label_seed="5")
    words = page.component("masked_words_card")["words"]
    page.press("to_lab")
    assert page.component("masked_words_card")["words"] == words
    assert page.at.session_state["masked_words_label_seed"] == 5
    page.press("to_lesson")
    assert page.component("masked_words_rail")["now"] == 2
    assert page.component("masked_words_card")["words"] == words


def test_a_scene_ticks_when_its_thing_was_done(visit: Callable) -> None:
    page = lesson(visit, "masked_words", 1)
    assert page.component("masked_words_rail")["done"] == []
    page.press("scene_another")
    assert page.component("masked_words_rail")["done"] == [0]
    page = lesson(visit, "masked_words", 4)
    choices = page.at.get("button_group")[0]
    choices.set_value(choices.options[0]).run()
    assert page.component("masked_words_rail")["done"] == [3]


def test_nothing_is_asked_of_the_model_before_its_scene(visit: Callable) -> None:
    card = lesson(visit, "masked_words", 3).component("masked_words_card")
    assert not any(card["answers"])
    assert card["rows"] == 3


def test_training_in_a_lesson_ticks_and_notes_the_answers(visit: Callable, engine: Any, cheap: None) -> None:
    page = lesson(visit, "masked_words", 5, steps="40", batch="16", device="cpu")
    page.press("train")
    for _ in range(8):
        engine.work()
        page.run()
    answers = page.component("masked_words_strip")["answers"]
    assert [one["step"] for one in answers] == sorted({one["step"] for one in answers})
    assert len(answers) > 1
    assert answers[-1]["step"] >= ticks.STEPS
    assert 4 in page.component("masked_words_rail")["done"]


def test_a_class_raises_hands_and_the_answer_is_shown_when_asked_for(visit: Callable) -> None:
    page = lesson(visit, "masked_words", 4, view="present")
    before = page.component("masked_words_hands_view")
    assert (before["truth"], before["model"], before["shown"]) == (None, None, False)
    page.press("scene_reveal")
    after = page.component("masked_words_hands_view")
    assert after["truth"] in after["choices"]
    assert after["model"] in after["choices"]
    assert after["sums"].startswith("After 1 question")


@pytest.mark.parametrize(("name", "value"), [("view", "all"), ("scene", "0"), ("scene", "99"), ("scene", "two")])
def test_rubbish_in_the_link_is_said_and_a_scene_is_drawn(visit: Callable, name: str, value: str) -> None:
    page = visit("masked_words", **{"__view": "lesson", f"__{name}": value})
    assert any(value in note for note in page.notes)
    assert "masked_words_rail" in [part.key for part in page.at.get("bidi_component")]


def test_the_teachers_notes_are_in_a_view_of_their_own(visit: Callable) -> None:
    notes = lesson(visit, "masked_words", 2, view="notes").component("masked_words_notes")
    assert notes["now"] == 1
    assert [note["name"] for note in notes["notes"]] == [scene.name for scene in LESSONS["masked_words"].scenes]


def test_the_teachers_page_names_every_lesson_and_leads_to_its_worksheet(visit: Callable) -> None:
    page = visit("teaching")
    assert not page.at.exception
    assert all(place.title in expander.label for place, expander in zip(EVERY, page.at.expander, strict=True))
    sheet = visit("teaching", __worksheet="masked_words")
    assert "Masked words: worksheet" in sheet.html


def test_the_glossary_is_a_page(visit: Callable) -> None:
    html = visit("glossary").html
    assert all(escape(term) in html for term in MEANINGS)


def test_home_leads_through_the_course(visit: Callable) -> None:
    way = visit("home").component("way_view")
    assert [stop["slug"] for stop in way["stops"]] == [place.slug for place in COURSE]
    assert [stop["slug"] for stop in way["more"]] == [place.slug for place in MORE]


@each_lesson
def test_a_lesson_has_one_name_and_asks_at_its_end_of_its_own_task(visit: Callable, slug: str) -> None:
    page = lesson(visit, slug, len(LESSONS[slug].scenes))
    assert f"<b>{escape(TITLES[slug])}</b>" in page.html
    cards = {card.id: card for card in deck().cards}
    for seed in range(4):
        asked = quiz.questions(deck().cards, seed, 3, only=lambda card: fits(card, slug))
        assert len(asked) == 3
        assert {cards[one.card].task for one in asked} == {slug if slug in TASKS else "general"}
        assert max(cards[one.card].level for one in asked) <= 2
    first = quiz.questions(deck().cards, 0, 3, only=lambda card: told(card, slug))  # what the scenes have told
    assert len(first) == 3
    assert gapped(first[0].prompt) in page.html
