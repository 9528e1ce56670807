"""A room on the teacher's side: opened from Present, steered by this session alone, followed by phones, and ended."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sslviz.catalogue import TASKS
from sslviz.classroom import addresses
from sslviz.classroom import room as room_rules
from sslviz.classroom import store as stores
from sslviz.classroom.room import Question, Scene, told
from sslviz.classroom.store import RoomStore
from sslviz.flashcards.tokens import new_token
from sslviz.ui.classroom import teacher
from tests.pages.test_forged_events import tell


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RoomStore]:
    monkeypatch.setenv("SSLVIZ_DATABASE", str(tmp_path / "progress.db"))
    stores.rooms.cache_clear()
    yield stores.rooms()
    stores.rooms().close()
    stores.rooms.cache_clear()


@pytest.fixture
def lesson(visit: Callable, rooms: RoomStore) -> Callable:
    return lambda slug, scene: visit(slug, __view="present", __scene=str(scene))


def now() -> datetime:
    return datetime.now(UTC)


def code_of(page: Any) -> str:
    return str(page.at.session_state["room_code"])


def test_no_cell_of_the_results_is_taken_for_a_formula() -> None:
    """What a class typed or guessed on may begin like one, with a full-width sign, a tab or a quote, too."""
    choices = ("=1+1", "＝1+1", "\t-1", "'+1")
    asked = room_rules.Asked(
        key="q", text="@SUM(A1)", choices=choices, truth=0, model=1, chance=0.25, words=("a",),
        shares=(0.1, 0.4, 0.45, 0.05), by="recorded",
    )  # fmt: skip
    seats = tuple(room_rules.Seat(number, f"Otter {number}") for number in range(1, 5))
    votes = {number: number - 1 for number in range(1, 5)}
    one = Question(1, asked, shown=True, votes=votes)
    made = teacher.results_csv(room_rules.Room("K7MXQP", 5, seats=seats, questions=(one,)))
    _, *rows = csv.reader(io.StringIO(made.decode("utf-8-sig")))
    assert [row[3] for row in rows] == [f"'{choice}" for choice in choices]
    assert {(row[1], row[4], row[6]) for row in rows} == {("'@SUM(A1)", "'=1+1", "'＝1+1")}


def test_a_room_is_opened_asks_reveals_goes_on_and_is_ended(lesson: Callable, rooms: RoomStore) -> None:
    page = lesson("masked_words", 3)
    page.press("scene_room")
    code = code_of(page)
    panel = page.component("room_panel_view")
    assert panel["code"].replace(" ", "") == code
    assert panel["qr"].startswith("data:image/svg+xml")
    page.press("room_close")
    phones = [rooms.join(code, None, now()) for _ in range(3)]
    room = rooms.look(code, now())
    assert (room.now, room.scene.number) == (0, 3)
    assert room.scene.ask.endswith("?")
    page.press("scene_next")  # the guess
    room = rooms.look(code, now())
    question = room.question
    assert question is not None
    assert "Tatoeba" in rooms.put(code, phones[0][0], question.number, now())[1]  # who wrote the sentences
    for token, _ in phones:
        assert rooms.vote(code, token, question.number, question.asked.truth, now())
    page.run()
    seen = page.component("room_votes")
    assert (seen["voted"], seen["inside"]) == (3, 3)
    assert (seen["counts"], seen["truth"], seen["model"], seen["shares"], seen["sums"]) == ([], None, None, [], "")
    assert "filled" not in page.html
    page.press("scene_reveal")
    seen = page.component("room_votes")
    assert seen["truth"] == question.asked.truth
    assert sum(seen["counts"]) == 3
    assert seen["sums"].startswith("After 1 question: class 100% · model ")
    assert len(seen["shares"]) == len(seen["choices"])
    assert "filled" in page.html
    assert seen["board"] == []
    phones_look_to_the_front_and_come_back(page, lambda: told(rooms.look(code, now()), phones[0][1].number))
    page.press("scene_another")
    second = rooms.look(code, now()).question
    assert second is not None
    assert (second.number, second.shown) == (2, False)
    page.press("scene_next")
    assert rooms.look(code, now()).now == 0  # the phones follow the scene
    page.press("scene_room")
    page.press("room_board")
    page.press("room_lock")
    page.press("room_free")
    room = rooms.look(code, now())
    assert (room.board, room.locked, room.free) == (True, True, True)
    assert told(room, phones[0][1].number)["link"].startswith("masked_words?view=lesson&scene=5")
    rows = list(csv.reader(io.StringIO(teacher.results_csv(room).decode("utf-8-sig"))))
    assert len(rows) == 1 + 3
    page.press("room_end")
    with pytest.raises(stores.NoRoom):
        rooms.look(code, now())
    assert "room_token" not in page.at.session_state


def phones_look_to_the_front_and_come_back(page: Any, phone: Callable[[], dict[str, Any]]) -> None:
    """While the screen is blank."""
    before = phone()
    page.press("scene_blank")
    assert (phone()["question"], phone()["ask"]) == (0, "")
    page.run().press("scene_unblank")
    assert {**phone(), "version": 0} == {**before, "version": 0}


def test_another_visitor_neither_sees_nor_steers_the_room(lesson: Callable, rooms: RoomStore) -> None:
    page = lesson("masked_words", 4)
    page.press("scene_room")
    code, version = code_of(page), rooms.version(code_of(page), now())
    stranger = lesson("masked_words", 4)
    stranger.at.session_state["room_code"] = code  # even if they knew it
    stranger.run()
    assert "room_votes" not in [part.key for part in stranger.at.get("bidi_component")]
    stranger.press("scene_reveal")
    stranger.press("scene_next")
    stranger.at.session_state["room_token"] = "A" * 43  # a forged token
    stranger.run()
    stranger.press("scene_back")
    assert rooms.version(code, now()) == version
    stranger.press("scene_room")
    assert code_of(stranger) != code  # they get a room of their own


def test_a_reload_finds_the_room_by_the_token_in_the_browser(lesson: Callable, rooms: RoomStore) -> None:
    page = lesson("masked_words", 4)
    page.press("scene_room")
    page.press("room_close")
    page.press("scene_another")
    offered = page.component("room_opener")["offer"]
    again = lesson("masked_words", 4)
    assert again.component("room_opener")["known"] is False
    again.at.session_state["room_token"] = offered  # as the view tells it
    again.run()
    assert again.component("room_votes")["code"].replace(" ", "") == code_of(page)
    assert again.component("room_votes")["text"] == page.component("room_votes")["text"]
    assert rooms.look(code_of(page), now()).now == 2  # the same question, not another one


def test_where_the_database_is_gone_it_is_said_and_hands_are_counted(
    lesson: Callable, rooms: RoomStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = lesson("masked_words", 4)
    monkeypatch.setattr(teacher, "rooms", lambda: RoomStore("/dev/null/x.db"))
    page.press("scene_room")
    assert "A room cannot be kept" in page.html
    assert page.component("masked_words_hands_view")["choices"]


def test_the_lesson_what_labels_buy_asks_the_room_too(lesson: Callable, rooms: RoomStore) -> None:
    page = lesson("transfer", 3)
    page.press("scene_room")
    page.press("room_close")
    assert page.component("room_votes")["choices"]


def test_addresses_that_phones_can_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "own_numbers", lambda: ["192.168.1.20", "10.0.0.3"])
    found = addresses.candidates("http://localhost:8501/masked_words")
    assert found == ["http://192.168.1.20:8501", "http://10.0.0.3:8501", "http://localhost:8501"]
    assert addresses.candidates("https://school.example/app") == ["https://school.example"]
    assert addresses.candidates("http://10.0.0.3:8501/")[0] == "http://10.0.0.3:8501"


@pytest.mark.parametrize(
    "typed", ["", "javascript:alert(1)", "http://a b", "ftp://x", "http://x:99999", "x:y", "http://u@h", "<b>"]
)
def test_what_is_no_address_is_none(typed: str) -> None:
    assert addresses.read_address(typed) is None


def test_cards_are_a_round_of_ten_for_a_class(lesson: Callable, rooms: RoomStore) -> None:
    page = lesson("masked_words", 7)
    assert "asked_class" in page.html
    page.press("scene_room")
    page.press("room_close")
    seen = set()
    for at in range(11):
        assert f"Card {at % 10 + 1} of 10" in page.html
        seen.add(page.component("room_votes")["text"])
        page.press("scene_reveal")
        assert page.component("room_votes")["truth"] is not None
        page.press("scene_another")
    assert len(seen) >= 10
    asked = rooms.look(code_of(page), now()).questions
    assert len(asked) == 12  # a card that comes again in the next round is another question
    assert {len(one.asked.choices) for one in asked} >= {2}  # true or false among them


def test_flashcards_have_a_round_for_a_class_without_a_lesson(lesson: Callable, rooms: RoomStore) -> None:
    page = lesson("flashcards", 1)
    assert page.component("flashcards_round_hands_view")["choices"]
    page.press("scene_room")
    page.press("room_close")
    assert page.component("room_votes")["choices"]
    page.press("scene_leave")
    assert "cards" in page.keys


@pytest.mark.parametrize("slug", list(TASKS))
def test_the_guess_of_every_task_can_be_voted_on_and_tells_nothing(slug: str, rooms: RoomStore) -> None:
    """What phones get of it: something to look at or to listen to, the answers, and neither truth nor model."""

    def script(slug: str) -> None:
        from importlib import import_module

        import streamlit as st

        from sslviz.ui.frame.lesson.class_votes import as_asked

        asked = import_module(f"sslviz.ui.tasks.{slug}.page").PAGE.question()
        st.session_state["asked"] = as_asked(slug, asked, asked)

    page = AppTest.from_function(script, args=(slug,), default_timeout=120).run()
    assert not page.exception, [one.message for one in page.exception]
    asked = page.session_state["asked"]
    assert asked.text.endswith("?")
    assert "?”?" not in asked.text  # two marks in a row are hard to read
    assert asked.words or asked.images
    assert len(asked.shares) in (0, len(asked.choices))
    assert all(data.startswith("data:image/") for _, data in asked.images)
    assert all(data.startswith("data:audio/wav;base64,") for _, data in asked.sounds)
    put = json.dumps(room_rules.put(Question(1, asked)))
    assert len(put) + stores._data(asked) < stores.LARGEST
    other = replace(asked, truth=(asked.truth + 1) % len(asked.choices), model=None, shares=())
    assert put == json.dumps(room_rules.put(Question(1, other)))
    token = new_token()
    code = rooms.open(token, now())
    assert rooms.ask(token, code, Scene(slug), asked, now()) == 1
    if slug == "frame_order":
        assert asked.sort
        assert all(sorted(choice.split()) == sorted(name for name, _ in asked.images) for choice in asked.choices)
    if slug == "masked_sound":
        assert [name for name, _ in asked.sounds][1:] == list(asked.choices)


def test_forged_events_neither_steer_a_room_nor_end_a_page(lesson: Callable, rooms: RoomStore) -> None:
    page = lesson("masked_words", 4)
    for token in (
        None,
        3,
        "x",
        ["A" * 43],
        {"a": 1},
        new_token(),
        rooms.join(rooms.open(new_token(), now()), None, now())[0],
    ):
        tell(page, "room_opener", {"token": token})
        assert "room_votes" not in [part.key for part in page.at.get("bidi_component")]
    page.press("scene_room")
    mine = code_of(page)
    _, seat = rooms.join(mine, None, now())
    for wrong in (
        {"kind": "out"},
        {"kind": "out", "seat": True},
        {"kind": "out", "seat": -1},
        {"kind": "end"},
        [],
        None,
    ):
        tell(page, "room_panel_view", wrong)
    assert not rooms.look(mine, now()).seats[0].out
    tell(page, "room_panel_view", {"kind": "out", "seat": seat.number})
    assert rooms.look(mine, now()).seats[0].out
