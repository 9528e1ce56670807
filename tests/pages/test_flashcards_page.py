"""The page Flashcards, drawn without a browser: its parts, what the review is sent and sends, what goes wrong."""

import json
import os
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.flashcards import schedule
from sslviz.flashcards import store as kept
from sslviz.flashcards.card import make
from sslviz.flashcards.connection import Unavailable
from sslviz.flashcards.deck import deck
from sslviz.flashcards.progress_file import MAX_EXPORT
from sslviz.flashcards.store import Store
from sslviz.flashcards.tokens import new_key, new_token
from sslviz.ui import startup
from sslviz.ui.flashcards import learner as cards_learner
from sslviz.ui.flashcards import links as cards_links
from sslviz.ui.flashcards import progress as cards_progress
from sslviz.ui.flashcards import quiz as cards_quiz
from sslviz.ui.flashcards import review as cards_review
from sslviz.ui.flashcards import samples
from sslviz.ui.frame.label_question import LabelQuestion

ROOT = Path(__file__).parents[2]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A database of this test's own."""
    monkeypatch.setenv("SSLVIZ_DATABASE", str(tmp_path / "progress.db"))
    kept.store.cache_clear()
    yield kept.store()
    kept.store().close()
    kept.store.cache_clear()


class Cards:
    """The page as one learner sees it."""

    def __init__(self, visit: Callable, token: str | None, **link: str) -> None:
        self.page = visit("flashcards")
        if token:
            self.page.at.session_state["learner"] = token
        self.token = token
        for name, value in link.items():
            self.page.at.query_params[f"cards_{name}"] = value
        self.page.run()

    @property
    def at(self) -> Any:
        return self.page.at

    @property
    def view(self) -> dict[str, Any]:
        return self.page.component("review_view")

    def sends(self, *sends: dict[str, Any], kind: str = "sends") -> "Cards":
        """As if the review had sent this: its event is there when the page is drawn the next time."""
        mine = [{"who": self.view["learner"], **send} if isinstance(send, dict) else send for send in sends]
        return self.hears(lambda: cards_review._heard({"kind": kind, "sends": mine}))

    def says(self, token: str) -> "Cards":
        """As if the browser had said who is learning."""
        self.token = token
        self.hears(lambda: cards_learner._met({"token": token, "zone": "UTC"}))
        self.page.run()  # now what stands above the review is drawn with it, too
        return self

    def hears(self, event: Callable[[], None]) -> "Cards":
        events, whole = [event], cards_review.view

        def view() -> dict[str, Any]:  # an event is heard before the page is drawn
            if events:
                events.pop()()
            return whole()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cards_review, "view", view)
            self.page.run()
        assert not events
        return self


@pytest.fixture
def cards(visit: Callable, database: Store) -> Callable[..., Cards]:
    """Opens the page as a learner; `token=None`: the browser has not answered yet."""
    return lambda token="new", **link: Cards(visit, new_token() if token == "new" else token, **link)


def grade(card: str, value: int, **rest: Any) -> dict[str, Any]:
    key = new_key()
    return {"id": key, "key": key, "kind": "grade", "card": card, "grade": value, "took": 1500, "ago": 0, **rest}


def undo(of: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"{of['key']}-undo", "key": of["key"], "kind": "undo", "card": of["card"], "ago": 0}


# review


def test_the_first_card_is_there_before_the_browser_has_answered(cards: Callable) -> None:
    view = cards(token=None).view
    assert not view["ready"]
    assert [card["preview"] for card in view["queue"]] == [True] * cards_review.SENT
    assert view["queue"][0]["id"] == cards().view["queue"][0]["id"]  # so nothing jumps when a new learner comes


def test_a_card_says_what_it_is_about(cards: Callable) -> None:
    view = cards().view
    assert view["ready"]
    first = view["queue"][0]
    assert first["front"]
    assert first["level"] == "Basic"
    assert first["task"] == {"name": "General", "title": "The page Home", "page": "", "href": "./"}
    assert first["previews"] == list(schedule.preview(None, first["id"], datetime.now(UTC)).values())
    assert view["counts"] == {"new": 10, "learning": 0, "due": 0}
    assert view["left"] == 10


def test_a_card_is_sent_as_the_pieces_that_the_view_draws(cards: Callable) -> None:
    cards()
    now, limits = datetime.now(UTC), schedule.Settings()
    gaps = make("g", r"A **b** {{cloze `c`\\hint}}!", "one\n  **two**", kind="cloze")
    sent = cards_review.card_data(gaps, None, now, limits)
    assert sent["front"] == [(("", "A "), ("b", "b"), ("", " ")), {"text": "`c`", "hint": "hint"}, (("", "!"),)]
    assert sent["back"] == [(0, (("", "one"),)), (1, (("b", "two"),))]
    choice = make("c", "Which?", "`right`\nbecause", kind="choice", wrong=("**no**",))
    sent = cards_review.card_data(choice, None, now, limits)
    assert sorted(sent["options"]) == [(("b", "no"),), (("code", "right"),)]
    assert sent["options"][sent["right"]] == (("code", "right"),)
    assert sent["back"] == [(0, (("", "because"),))]


@pytest.mark.parametrize("slug", ["masked_words", "queue"])
def test_a_task_and_a_level_are_chosen_by_link(cards: Callable, slug: str) -> None:
    page = cards(task=slug, level="2")
    assert {(card["task"]["name"], card["level"]) for card in page.view["queue"]} == {
        (cards_links.TASK_NAMES[slug], "Standard")
    }
    href = slug if slug in TASKS else "./"
    assert {card["task"]["href"] for card in page.view["queue"]} == {href}


def test_choosing_writes_the_link(cards: Callable) -> None:
    page = cards()
    page.at.selectbox(key="cards_task_choice").set_value("next_word")
    page.page.run()
    assert page.page.param["cards_task"] == "next_word"
    assert {card["task"]["name"] for card in page.view["queue"]} == {"Next word"}
    page.at.selectbox(key="cards_task_choice").set_value("all")
    page.page.run()
    assert "cards_task" not in page.page.param
    page.at.segmented_control(key="cards_view_choice").set_value("deck")
    page.page.run()
    assert page.page.param["cards_view"] == "deck"
    assert "cards_list" in page.page.keys


def test_rubbish_in_the_link_is_named_once(cards: Callable) -> None:
    page = cards(task="<b>", level="9", view="x", seed="-1", nothing="1")
    assert len(page.page.notes) == 5
    assert page.view["queue"]
    page.page.run()
    assert not page.page.notes


def test_a_grade_is_written_down_and_acknowledged(cards: Callable, database: Store) -> None:
    page = cards()
    first, second = (card["id"] for card in page.view["queue"][:2])
    one = grade(first, 3)
    page.sends(one)
    view = page.view
    assert one["id"] in view["acked"]
    assert view["queue"][0]["id"] == second
    assert view["done"] == 1
    assert view["counts"]["learning"] == 1
    assert list(database.memories(page.token)) == [first]
    page.sends(one, one)  # sent again by a browser that has not heard of it
    assert len(database.past(page.token)) == 1


def test_a_forgotten_card_comes_again_at_the_end(cards: Callable) -> None:
    page = cards(task="next_sentence", level="1")
    ids = [card["id"] for card in page.view["queue"]]
    page.sends(*(grade(card, 1 if n == 0 else 4) for n, card in enumerate(ids)))
    assert [card["id"] for card in page.view["queue"]][-1] == ids[0]


def test_the_goal_of_the_day_stays(cards: Callable, database: Store) -> None:
    """Whatever is answered, and however often a card comes again: it is the number of cards of today."""
    page = cards()
    goals, done = [], []
    for value in (3, 1, 4, 2, 3, 1, 3, 3, 4, 1, 3, 3, 3, 1, 3):
        view = page.view
        goals.append(view["done"] + view["left"])
        done.append(view["done"])
        page.sends(grade(view["queue"][0]["id"], value))
    assert set(goals) == {10}
    assert done[:11] == list(range(11))
    assert len(database.past(page.token)) == 15  # more reviews than cards
    assert {card["first"] for card in page.view["queue"]} == {False}


def test_undo_gives_the_card_back(cards: Callable, database: Store) -> None:
    page = cards()
    first = page.view["queue"][0]["id"]
    one = grade(first, 4)
    page.sends(one)
    page.sends(undo(one))
    assert page.view["queue"][0]["id"] == first
    assert page.view["done"] == 0
    assert database.memories(page.token) == {}
    other = grade(first, 2)
    page.sends(undo(other), grade(first, 3))  # of a review that never came: no harm
    assert len(database.past(page.token)) == 1


def test_a_grade_that_waited_counts_from_when_it_was_given(cards: Callable, database: Store) -> None:
    page = cards()
    page.sends(grade(page.view["queue"][0]["id"], 3, ago=3 * 3600 * 1000))
    (past,) = database.past(page.token)
    assert timedelta(hours=2.9) < datetime.now(UTC) - past.at < timedelta(hours=3.1)


@pytest.mark.parametrize(
    "send",
    [
        {"grade": 5}, {"grade": "3"}, {"grade": True}, {"grade": None}, {"card": "<script>"}, {"card": 7},
        {"key": "x"}, {"kind": "steal"}, {"ago": -5, "grade": 0}, {"ago": 1e300, "grade": 9},
        {"took": "long", "card": ""},
    ],
)  # fmt: skip
def test_rubbish_from_the_browser_is_dropped(cards: Callable, database: Store, send: dict) -> None:
    page = cards()
    bad = grade(page.view["queue"][0]["id"], 3) | send
    page.sends(bad)
    assert bad["id"] in page.view["acked"]  # so that nobody sends it again
    assert not database.past(page.token)
    page.sends("no", {"id": 3}, {"id": "x" * 200}, None)
    assert not page.at.exception


def test_two_tabs_of_one_learner_and_one_of_another(cards: Callable, database: Store) -> None:
    token = new_token()
    one, two, other = cards(token), cards(token), cards()
    card = one.view["queue"][0]["id"]
    one.sends(grade(card, 3))
    two.sends(grade(card, 3))
    assert len(database.past(token)) == 2
    one.page.run()
    assert one.view["done"] == 1  # one card of today's, however often it is graded
    other.page.run()
    assert other.view["done"] == 0
    assert database.past(other.token) == []


def test_the_end_says_when_the_next_card_comes(cards: Callable) -> None:
    page = cards(task="next_sentence", level="3")
    while page.view["queue"]:
        page.sends(*(grade(card["id"], 4) for card in page.view["queue"]))
    end = page.view["end"]
    assert end["title"] == "Nothing more today"
    assert any("comes back in" in line for line in end["lines"])
    assert end["ahead"]
    page.sends(kind="ahead")
    assert page.view["queue"]
    before = len(page.view["queue"])
    page.sends(grade(page.view["queue"][0]["id"], 3))
    assert len(page.view["queue"]) == before - 1


def test_over_the_limit_there_is_more_to_study_ahead(cards: Callable, database: Store) -> None:
    page = cards()
    database.set_settings(page.token, schedule.Settings(new_per_day=2))
    page.page.run()
    assert page.view["counts"]["new"] == 2
    page.sends(*(grade(card["id"], 4) for card in page.view["queue"]))
    assert any("over the limit" in line for line in page.view["end"]["lines"])
    page.sends(kind="ahead")
    assert page.view["counts"]["new"] == cards_review.AHEAD


def test_a_limit_is_kept(cards: Callable, database: Store) -> None:
    page = cards()
    page.at.number_input(key="cards_set_new_per_day").set_value(3)
    page.page.run()
    assert page.view["counts"]["new"] == 3
    assert database.settings(page.token).new_per_day == 3


def test_the_limits_shown_are_those_kept(cards: Callable, database: Store) -> None:
    token = new_token()
    database.set_settings(token, schedule.Settings(new_per_day=3, reviews_per_day=44, retention=0.8))
    page = cards(token=None)
    assert "cards_set_new_per_day" not in page.page.keys  # nobody knows yet whose they would be
    page.says(token)
    assert page.at.number_input(key="cards_set_new_per_day").value == 3
    assert page.at.number_input(key="cards_set_reviews_per_day").value == 44
    assert page.at.slider(key="cards_set_retention").value == 80
    page.at.number_input(key="cards_set_new_per_day").set_value(5)
    page.page.run()
    again = cards(token=None).says(token)
    assert again.at.number_input(key="cards_set_new_per_day").value == 5
    assert database.settings(token).retention == 0.8


def test_who_was_forgotten_in_another_tab_does_not_come_back(cards: Callable, database: Store) -> None:
    page = cards()
    old, before = page.token, page.view["learner"]
    one = grade(page.view["queue"][0]["id"], 3)
    page.sends(one)
    database.forget(old)
    page.says(new_token())  # what the other tab has put into the browser
    assert page.view["learner"] not in ("", before)
    assert page.view["acked"] == page.view["seen"] == []
    assert page.view["done"] == 0
    late = grade(page.view["queue"][1]["id"], 3, who=before)  # given under the old learner, and sent too late
    page.sends(late, grade(page.view["queue"][0]["id"], 3))
    assert late["id"] not in page.view["acked"]
    assert len(database.past(page.token)) == 1
    assert database.past(old) == []


def test_pictures_of_tasks_that_cannot_draw_are_left_out(cards: Callable) -> None:
    page = cards(task="queue")
    while page.view["queue"]:
        assert all(card["kind"] != "picture" for card in page.view["queue"])
        page.sends(*(grade(card["id"], 4) for card in page.view["queue"]))


def test_a_picture_is_another_one_each_time(cards: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    page = cards(task="next_word", level="1")
    assert all(card["kind"] != "picture" for card in page.view["queue"])  # torch is not there yet
    monkeypatch.setattr(startup, "warm", lambda: True)
    page.page.run()
    (card,) = [card for card in page.view["queue"] if card["kind"] == "picture"]
    page.page.run()
    assert next(one for one in page.view["queue"] if one["id"] == card["id"])["picture"] == card["picture"]
    page.sends(grade(card["id"], 1))
    (again,) = [one for one in page.view["queue"] if one["id"] == card["id"]]
    assert again["picture"] != card["picture"]


def test_without_torch_no_picture_is_waited_for(cards: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    page = cards(task="next_word", level="1")
    while page.view["queue"]:
        page.sends(*(grade(card["id"], 4) for card in page.view["queue"]))
    assert page.view["waiting"]
    for name in ("_warm", "_failed", "_wanted"):
        monkeypatch.setattr(startup, name, threading.Event())

    def broken(_: str) -> Any:
        raise ImportError("no torch here")

    monkeypatch.setattr("sslviz.catalogue.load", broken)
    startup.hurry()
    startup._warm_up()
    assert startup.failed()
    page.page.run()
    assert not page.view["waiting"]
    assert page.view["end"]["title"] == "Nothing more today"
    assert not [item for item in cards_quiz.items(3, "next_word", None) if item.draw]


def test_what_marks_a_word_is_also_said() -> None:
    line = (("the", ""), ("fox", "hidden"), ("<b>", "centre"), ("over", "dropped"), ("?", "asked"))
    shown = LabelQuestion("", (), 0, "", lines=(line,), images=(("this view", "x"), ("A", "y")))
    html = cards_quiz.picture(shown)
    text = re.sub(r"<[^>]+>", "", re.sub(r"<span aria-hidden='true'>.*?</span>", "", html))
    assert "the hidden word &lt;b&gt; (the centre) over (dropped) ?" in text
    assert re.findall("alt='(.*?)'", html) == ["this view", "View A"]


@pytest.mark.parametrize("slug", list(TASKS))
def test_a_live_sample_holds_its_label(slug: str) -> None:
    for seed in range(12):
        shown = samples.draw(slug, seed)
        assert len(set(shown.choices)) == len(shown.choices) >= 2
        assert 0 <= shown.right < len(shown.choices)
        assert shown.lines or len(shown.images) >= 2
        assert shown == samples.draw.__wrapped__(slug, seed)
    assert len({samples.draw(slug, seed) for seed in range(12)}) == 12
    assert len({samples.draw(slug, seed).right for seed in range(12)}) > 1


def test_a_database_that_cannot_be_reached_stops_nobody(
    cards: Callable, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = cards(task="next_sentence")
    ids = [card["id"] for card in page.view["queue"]]

    def broken(*_: Any, **__: Any) -> Any:
        raise Unavailable("Progress cannot be kept just now, because the database is busy.")

    for name in ("settings", "memories", "past", "own_cards", "grade", "undo"):
        monkeypatch.setattr(Store, name, broken)
    waiting = [grade(ids[0], 3), grade(ids[1], 1)]
    page.sends(*waiting)
    view = page.view
    assert view["trouble"].startswith("Progress cannot be kept just now")
    assert not view["acked"]  # so they stay in the browser
    assert {one["id"] for one in waiting} <= set(view["seen"])
    assert view["queue"][0]["id"] == ids[2]
    assert view["done"] == 2
    monkeypatch.undo()
    monkeypatch.setenv("SSLVIZ_DATABASE", str(database._database.engine().url.database))
    page.sends(*waiting, kind="again")
    assert not page.view["trouble"]
    assert {one["id"] for one in waiting} <= set(page.view["acked"])
    assert len(database.past(page.token)) == 2


def test_the_token_is_nowhere_to_be_read(cards: Callable) -> None:
    page = cards()
    page.sends(grade(page.view["queue"][0]["id"], 3))
    for part in ("review", "quiz", "progress", "deck"):
        page.at.query_params["cards_view"] = part
        page.page.run()
        shown = [page.page.html, page.page.texts, str(page.page.param), *(str(e) for e in page.at.main)]
        sent = [c.proto.json for c in page.at.get("bidi_component")]
        assert all(page.token not in text for text in (*shown, *sent))


# quiz


def answer(page: Any, at: Any, question: Any, right: bool) -> None:
    if question.kind == "typed":
        for field, gap in zip(at.text_input, question.gaps, strict=True):
            field.set_value(gap.text if right else "zzz")
    else:
        place = question.right if right else (question.right + 1) % len(question.options)
        at.radio[0].set_value(place)
    at.button[0].click()
    page.run()


@pytest.mark.parametrize("task", [None, "same_or_different", "general"])
def test_a_quiz_is_the_same_for_the_same_number(task: str | None) -> None:
    asked = cards_quiz.items(3, task, None)
    assert asked == cards_quiz.items(3, task, None) != cards_quiz.items(4, task, None)
    assert 5 <= len(asked) <= cards_quiz.COUNT
    live = [item for item in asked if item.draw]
    assert len(live) == (0 if task == "general" else cards_quiz.LIVE)
    assert cards_quiz.ready(live[0])[0] == cards_quiz.ready(live[0])[0] if live else True


def test_a_quiz_to_the_end_and_the_wrong_ones_once_more(cards: Callable) -> None:
    page = cards(view="quiz", seed="5")
    asked = [cards_quiz.ready(item)[0] for item in cards_quiz.items(5, None, None)]
    for number, question in enumerate(asked):
        assert f"<b>{number + 1}</b> of 10" in page.page.html
        answer(page.page, page.at, question, right=number not in (1, 4))
        assert ("✓ Right" in page.page.html) == (number not in (1, 4)), page.page.html
        links = [link.label for link in page.at.get("page_link")]
        assert bool(links) == (number in (1, 4)), links
        page.at.button[0].click()
        page.page.run()
    assert "8 of 10" in page.page.html
    page.page.press("cards_quiz_once_more")
    for number in (1, 4):
        answer(page.page, page.at, asked[number], right=True)
        page.at.button[0].click()
        page.page.run()
    assert "2 of 2" in page.page.html
    page.page.press("cards_quiz_another")
    assert page.page.param["cards_seed"] == "6"


def test_no_answer_is_no_answer(cards: Callable) -> None:
    page = cards(view="quiz")
    page.at.button[0].click()
    page.page.run()
    assert "Please answer first." in page.page.html


@pytest.mark.parametrize("slug", TASKS)
def test_every_page_ends_with_a_quiz(visit: Callable, database: Store, slug: str) -> None:
    page = visit(slug)
    assert "quiz" in page.keys
    assert "<b>1</b> of 3" in page.html
    assert "quiz" not in visit(slug, __hide="quiz").keys


# progress


def test_progress_shows_what_was_done(cards: Callable, database: Store) -> None:
    page = cards(view="progress")
    assert "<b>0</b> reviews" in page.page.html
    for n, card in enumerate(deck().ids[:5]):
        database.grade(page.token, card, 3, key=new_key(), now=datetime.now(UTC) - timedelta(days=3 - n % 2))
    page.page.run()
    html = page.page.html
    assert "<b>5</b> reviews" in html
    assert f"<b>5</b> of {len(deck().ids)}" in html
    assert html.count("role='img'") == 4
    assert "Cards that come back: " in html
    assert "5 learning" in html


def test_pictures_of_progress_say_their_numbers() -> None:
    today = datetime(2026, 3, 2, tzinfo=UTC).date()  # a Monday
    days = [(today + timedelta(days=n), n % 3) for n in range(30)]
    html = cards_progress.columns(days)
    assert html.count("<i ") == 30
    assert "3 Mar: 1" in html
    assert len(re.findall("height:100.0%", html)) == 10
    squares = cards_progress.heat([(today + timedelta(days=n), n) for n in range(176)])
    assert squares.count("<i ") == 176 + len(cards_progress.STEPS)


def test_progress_without_a_database_says_so_and_shows_what_was_known(
    cards: Callable, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = cards(view="progress")

    def broken(*_: Any, **__: Any) -> Any:
        raise Unavailable("Progress cannot be kept just now, because the database is busy.")

    for name in ("settings", "memories", "past", "own_cards", "export"):
        monkeypatch.setattr(Store, name, broken)
    page.page.run()
    assert not page.at.exception
    assert "the database is busy" in page.page.html
    assert "Below is what was known last" in page.page.texts
    assert "cards_forget" in page.page.keys


def test_progress_is_saved_taken_along_and_forgotten(cards: Callable, database: Store) -> None:
    page = cards(view="progress")
    database.grade(page.token, deck().ids[0], 3, key=new_key(), now=datetime.now(UTC))
    whole = database.export(page.token, datetime.now(UTC))
    assert page.token not in whole
    other = cards(view="progress")
    tried = (
        (whole, "Brought in: 1 review and 0 own cards"), (whole, "1 review was here already"), ("[]", "no progress"),
        ("{", "no JSON"),
    )  # fmt: skip
    for text, said in tried:
        (bring,) = [u for u in other.at.file_uploader if u.key.startswith("cards_bring")]
        assert bring.proto.max_upload_size_mb >= MAX_EXPORT // 1_000_000
        bring.upload("progress.json", text.encode())
        other.page.run()
        other.page.press("cards_merge")
        notes = [*other.page.notes, *(e.value.replace("\\", "") for e in other.at.success)]
        assert any(said in note for note in notes), notes
    assert len(database.past(other.token)) == 1
    old = other.token
    other.at.session_state["lesson_ticks"] = {"queue": {0, 2}}
    other.at.checkbox(key="cards_sure").check()
    other.page.run().press("cards_forget")
    assert database.past(old) == []
    assert "learner" not in other.at.session_state
    offer = other.page.component("learner_view")
    assert offer["replace"]
    assert offer["offer"] != old
    assert other.page.component("lesson_keeper") == {"lessons": [], "forget": True}
    assert len(database.past(page.token)) == 1


def test_what_is_done_of_the_lessons_goes_along_in_the_same_file(
    cards: Callable, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, export = [], Store.export

    def spy(*given: Any) -> str:
        saved.append(export(*given))
        return saved[-1]

    monkeypatch.setattr(Store, "export", spy)
    page = cards(view="progress")
    page.at.session_state["lesson_ticks"] = {"queue": {0, 2}, "no_lesson": {1}}
    page.page.run()
    assert page.page.component("lesson_keeper") == {
        "lessons": [{"slug": "queue", "done": [0, 2]}], "forget": False,
    }  # fmt: skip
    whole = saved[-1]
    assert json.loads(whole)["lessons"] == {"queue": [0, 2]}
    other = cards(view="progress")
    other.at.session_state["lesson_ticks"] = {"queue": {0}}
    for said in ("and 0 own cards, 1 scene of the lessons", "and 0 own cards; 0 reviews"):
        (bring,) = [u for u in other.at.file_uploader if u.key.startswith("cards_bring")]
        bring.upload("progress.json", whole.encode())
        other.page.run()
        other.page.press("cards_merge")
        assert any(said in e.value for e in other.at.success), [e.value for e in other.at.success]
    assert other.at.session_state["lesson_ticks"]["queue"] == {0, 2}


# deck


def test_the_deck_is_searched(cards: Callable) -> None:
    page = cards(view="deck", find="negatives simclr")
    shown = page.page.html.count("<details>")
    assert 0 < shown < 60
    page = cards(view="deck", find="qqqqq")
    assert "No card has all these words." in page.page.html
    page = cards(view="deck")
    assert page.page.html.count("<details>") == 40
    page.page.press("cards_more")
    assert page.page.html.count("<details>") == 80


def test_cards_are_brought_in_and_bad_lines_named(cards: Callable, database: Store) -> None:
    page = cards(view="deck")
    page.at.text_area(key="cards_pasted_0").set_value(
        "- What is <b>mine</b>? #card\n  - This **one**\n- Nothing below #card\n- Which level? #card\n  level:: 9\n"
        "  - none"
    )
    page.page.run().press("cards_import")
    (said,) = [e.value.replace("\\", "") for e in page.at.success]
    assert "2 cards brought in." in said
    assert "Line 3:" in said
    assert "Line 5:" in said
    assert len(database.own_cards(page.token)) == 2
    assert "What is &lt;b&gt;mine&lt;/b&gt;?" in page.page.html or "mine" not in page.page.html
    page.at.query_params["cards_find"] = "mine"
    page.page.run()
    assert "What is &lt;b&gt;mine&lt;/b&gt;?" in page.page.html
    page.page.press("cards_remove")
    assert not database.own_cards(page.token)


@pytest.mark.parametrize("before", ["", "\n", "\r\n  \n", "\ufeff\n"])
def test_a_table_is_pasted(cards: Callable, database: Store, before: str) -> None:
    page = cards(view="deck")
    page.at.text_area(key="cards_pasted_0").set_value(f"{before}question,answer\nWhat?,That.\n")
    page.page.run().press("cards_import")
    assert [card.question for card in database.own_cards(page.token)] == ["What?"], page.page.notes


def test_a_file_of_progress_may_be_as_large_as_it_can_become() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert settings["server"]["maxUploadSize"] >= MAX_EXPORT // 1_000_000  # the server refuses what is larger


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Please choose a file"),
        ("nothing here", "No card was found. Accepted are a Logseq page"),
        ("question,answer\na,b,c,d", "Line 2:"),
    ],
)
def test_a_bad_import_gets_one_sentence(cards: Callable, text: str, says: str) -> None:
    page = cards(view="deck")
    page.at.text_area(key="cards_pasted_0").set_value(text)
    page.page.run().press("cards_import")
    assert any(says in note for note in page.page.notes), page.page.notes


def test_a_file_that_is_no_text_gets_one_sentence(cards: Callable) -> None:
    page = cards(view="deck")
    (file,) = [u for u in page.at.file_uploader if u.key.startswith("cards_file")]
    file.upload("cards.csv", b"\xff\xfe\x00\xd8\x01")
    page.page.run().press("cards_import")
    assert any("This file is no text. Accepted are" in note for note in page.page.notes)


def test_cards_are_taken_away(cards: Callable) -> None:
    page = cards(view="deck", task="masked_words")
    assert {"cards_anki", "cards_logseq", "cards_csv"} <= page.page.keys
    assert f"these {len(deck().of('masked_words', None))} cards" in page.page.html
    page.at.query_params["cards_find"] = "mw-what-is-the-label"
    page.page.run()
    assert "this card, for other programs" in page.page.html


def test_what_is_taken_away_is_there_when_it_is_pressed(cards: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is only made when it is pressed belongs to no session, and is gone after two pages, whoever draws them."""
    offered: dict[str, list[Any]] = {}
    whole = st.download_button

    def noted(title: str, data: Any, *rest: Any, **more: Any) -> Any:
        offered.setdefault(title, []).append(data)
        return whole(title, data, *rest, **more)

    monkeypatch.setattr(st, "download_button", noted)
    page = cards(view="deck", task="masked_words")
    monkeypatch.setattr(cards_learner, "now", lambda: datetime.now(UTC) + timedelta(days=1))
    page.page.run()
    assert set(offered) == {"Anki", "Logseq", "CSV"}
    for first, second in offered.values():
        assert isinstance(first, bytes | str)
        assert first == second  # the same file has the same address


# no torch


def test_the_page_needs_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "from sslviz.flashcards.store import store\n"
        "from sslviz.flashcards.tokens import new_key, new_token\n"
        "from datetime import datetime, UTC\n"
        f"at = AppTest.from_file({str(ROOT / 'sslviz/ui/shell.py')!r}, default_timeout=60).run()\n"
        "at.switch_page('../../pages/flashcards.py').run()\n"
        "token = new_token()\n"
        "at.session_state['learner'] = token\n"
        "store().grade(token, 'mw-what-is-the-label', 3, key=new_key(), now=datetime.now(UTC))\n"
        "heavy = ('torch', 'sklearn', 'openTSNE', 'distributed', 'genanki')\n"
        "for view in ('review', 'progress', 'quiz', 'deck'):\n"
        "    at.query_params['cards_view'] = view\n"
        "    at.run()\n"
        "    assert not at.exception and at.title[0].value == 'Flashcards'\n"
        "    heavy = heavy[:-1] if view == 'deck' else heavy  # it offers a package for Anki\n"
        "    assert not {*heavy} & {*sys.modules}, view\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    environment = {
        **os.environ, "SSLVIZ_LAZY": "1", "PYTHONPATH": str(ROOT), "SSLVIZ_DATABASE": str(tmp_path / "p.db"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "[]"
