"""Rooms in a database: who may do what, what is kept, and that nothing is left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sslviz.classroom import store as stores
from sslviz.classroom.codes import BadName
from sslviz.classroom.room import Scene
from sslviz.classroom.store import NoRoom, NotYours, Refused, RoomStore
from sslviz.classroom.tables import QuestionRow, RoomRow, SeatRow, VoteRow
from sslviz.flashcards.store import Store
from sslviz.flashcards.tokens import new_token
from tests.unit.classroom.conftest import NOW, PICTURE, asked

SCENE = Scene("masked_words", "Masking words", 4, 7, "", "masked_words?view=lab")
LATER = NOW + timedelta(hours=24)


@pytest.fixture
def teacher() -> str:
    return new_token()


@pytest.fixture
def code(store: RoomStore, teacher: str) -> str:
    return store.open(teacher, NOW)


def rows(store: RoomStore) -> int:
    """How many rows are kept of all rooms."""
    with store._database.engine().connect() as connection:
        tables = (RoomRow, SeatRow, QuestionRow, VoteRow)
        return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def test_a_lesson_in_a_room_on_two_servers(open_store: Callable[[], RoomStore], teacher: str) -> None:
    one, other = open_store(), open_store()
    code = one.open(teacher, NOW)
    assert one.mine(teacher, NOW) == one.open(teacher, NOW) == code  # the same token opens the same room
    phones = [other.join(code, None, NOW) for _ in range(5)]
    assert len({seat.name for _, seat in phones}) == 5
    number = one.ask(teacher, code, SCENE, asked(images=(("A", PICTURE),)), NOW)
    for i, (token, _) in enumerate(phones):
        assert other.vote(code, token, number, i % 4, NOW)
    assert other.vote(code, phones[0][0], number, 1, NOW)  # changed
    room = one.look(code, NOW)
    assert room.question is not None
    assert room.question.counts == [1, 2, 1, 1]
    assert room.question.asked.images == ()  # they are read for phones only
    assert other.put(code, phones[0][0], number, NOW)[0].asked.images == (("A", PICTURE),)
    one.show(teacher, code, number, NOW)
    assert not other.vote(code, phones[1][0], number, 1, NOW)  # too late
    assert other.look(code, NOW).question.counts == [1, 2, 1, 1]  # type: ignore[union-attr]
    one.end(teacher, code, NOW)
    assert rows(other) == 0
    with pytest.raises(NoRoom):
        other.look(code, NOW)


def test_only_who_opened_a_room_steers_it(store: RoomStore, teacher: str, code: str) -> None:
    token, seat = store.join(code, None, NOW)
    version = store.version(code, NOW)
    for stranger in (new_token(), token):
        for steer in (
            lambda who: store.follow(who, code, SCENE, NOW), lambda who: store.ask(who, code, SCENE, asked(), NOW),
            lambda who: store.show(who, code, 1, NOW), lambda who: store.change(who, code, NOW, locked=True),
            lambda who: store.put_out(who, code, seat.number, NOW), lambda who: store.end(who, code, NOW),
        ):  # fmt: skip
            with pytest.raises(NotYours):
                steer(stranger)
    assert store.version(code, NOW) == version
    assert store.mine(token, NOW) is None


def test_a_phone_comes_back_to_its_seat_though_the_room_is_locked(store: RoomStore, teacher: str, code: str) -> None:
    token, seat = store.join(code, None, NOW)
    store.change(teacher, code, NOW, locked=True)
    assert store.join(code, token, NOW) == (token, seat)
    with pytest.raises(Refused, match="locked"):
        store.join(code, None, NOW)
    with pytest.raises(Refused, match="locked"):
        store.join(code, new_token(), NOW)


def test_who_was_put_out_neither_votes_nor_comes_in_again(store: RoomStore, teacher: str, code: str) -> None:
    token, seat = store.join(code, None, NOW)
    number = store.ask(teacher, code, SCENE, asked(), NOW)
    store.put_out(teacher, code, seat.number, NOW)
    assert store.join(code, token, NOW)[1].out
    for work in (
        lambda: store.vote(code, token, number, 1, NOW), lambda: store.rename(code, token, "Zoë", NOW),
        lambda: store.put(code, token, number, NOW),
    ):  # fmt: skip
        with pytest.raises(NoRoom):
            work()


def test_a_seat_of_another_room_is_none_here(store: RoomStore, teacher: str, code: str) -> None:
    other = new_token()
    there = store.open(other, NOW)
    token, seat = store.join(there, None, NOW)
    number = store.ask(teacher, code, SCENE, asked(), NOW)
    with pytest.raises(NoRoom):
        store.vote(code, token, number, 1, NOW)
    store.put_out(teacher, code, seat.number, NOW)  # a number of another room puts nobody out
    assert not store.join(there, token, NOW)[1].out


def test_votes_count_only_on_the_question_that_is_asked(store: RoomStore, teacher: str, code: str) -> None:
    token, _ = store.join(code, None, NOW)
    first = store.ask(teacher, code, SCENE, asked("a"), NOW)
    second = store.ask(teacher, code, SCENE, asked("b"), NOW)
    assert not store.vote(code, token, first, 1, NOW)
    assert not store.vote(code, token, second, 4, NOW)  # there are four answers
    assert not store.vote(code, token, 99, 0, NOW)
    assert store.vote(code, token, second, 3, NOW)
    assert store.ask(teacher, code, SCENE, asked("a"), NOW) == first  # the teacher goes back
    store.follow(teacher, code, SCENE, NOW)
    assert not store.vote(code, token, first, 1, NOW)
    with pytest.raises(NoRoom):
        store.put(code, token, first, NOW)


def test_names_are_checked_and_nobodys_else(store: RoomStore, code: str) -> None:
    (token, _), (_, other) = store.join(code, None, NOW), store.join(code, None, NOW)
    assert store.rename(code, token, "  Zoë ", NOW) == "Zoë"
    assert store.rename(code, token, "zoë", NOW) == "zoë"  # one's own may be written otherwise
    for wrong in (other.name, "<b>x</b>", ""):
        with pytest.raises(BadName):
            store.rename(code, token, wrong, NOW)


def test_the_version_grows_with_what_phones_must_be_told_and_not_otherwise(
    store: RoomStore, teacher: str, code: str
) -> None:
    versions = [store.version(code, NOW)]

    def grows() -> bool:
        versions.append(store.version(code, NOW))
        return versions[-1] > versions[-2]

    token, seat = store.join(code, None, NOW)
    assert not grows()
    store.follow(teacher, code, SCENE, NOW)
    assert grows()
    store.follow(teacher, code, SCENE, NOW)
    assert not grows()
    number = store.ask(teacher, code, SCENE, asked(), NOW)
    assert grows()
    store.vote(code, token, number, 1, NOW)
    assert not grows()
    store.show(teacher, code, number, NOW)
    assert grows()
    store.change(teacher, code, NOW, free=True)
    assert grows()
    store.put_out(teacher, code, seat.number, NOW)
    assert grows()


def test_after_a_day_a_room_is_over_and_nothing_is_left(store: RoomStore, teacher: str, code: str) -> None:
    token, _ = store.join(code, None, NOW)
    number = store.ask(teacher, code, SCENE, asked(), NOW)
    store.vote(code, token, number, 1, NOW)
    for work in (
        lambda: store.look(code, LATER), lambda: store.join(code, token, LATER),
        lambda: store.vote(code, token, number, 1, LATER), lambda: store.end(teacher, code, LATER),
    ):  # fmt: skip
        with pytest.raises(NoRoom):
            work()
    assert store.mine(teacher, LATER) is None
    assert store.sweep(LATER - timedelta(seconds=1)) == 0
    assert store.sweep(LATER) == 1
    assert rows(store) == 0


def test_no_more_rooms_and_seats_than_fit(
    store: RoomStore, teacher: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "MOST_SEATS", 2)
    monkeypatch.setattr(stores, "MOST_ROOMS", 1)
    monkeypatch.setattr(stores, "MOST_QUESTIONS", 1)
    store.join(code, None, NOW)
    store.join(code, None, NOW)
    with pytest.raises(Refused, match="full"):
        store.join(code, None, NOW)
    with pytest.raises(Refused, match="rooms"):
        store.open(new_token(), NOW)
    store.ask(teacher, code, SCENE, asked("a"), NOW)
    with pytest.raises(Refused, match="questions"):
        store.ask(teacher, code, SCENE, asked("b"), NOW)
    with pytest.raises(Refused, match="large"):
        store.ask(teacher, code, SCENE, asked("c", images=(("A", "x" * 700_000),)), NOW)


def test_a_class_that_comes_and_votes_at_once_loses_nobody(open_store: Callable[[], RoomStore], teacher: str) -> None:
    servers = [open_store(), open_store()]
    code = servers[0].open(teacher, NOW)
    number = servers[0].ask(teacher, code, SCENE, asked(), NOW)

    def student(i: int) -> str:
        token, seat = servers[i % 2].join(code, None, NOW)
        assert servers[(i + 1) % 2].vote(code, token, number, i % 4, NOW)
        assert servers[i % 2].vote(code, token, number, 1, NOW)
        return seat.name

    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(student, range(24)))
    assert len(set(names)) == 24
    assert servers[1].look(code, NOW).question.counts == [0, 24, 0, 0]  # type: ignore[union-attr]


def test_rooms_and_progress_share_a_database(database: str, store: RoomStore, code: str) -> None:
    progress = Store(database)
    learner = new_token()
    progress.settings(learner)
    assert store.look(code, NOW).code == code
    progress.close()


def test_votes_need_not_wait_for_the_disk_but_progress_does(tmp_path: Path) -> None:
    path = str(tmp_path / "progress.db")
    for kept, level in ((RoomStore(path), 1), (Store(path), 2)):  # NORMAL, FULL
        with kept._database.engine().connect() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == level
        kept.close()


def test_sweeping_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    assert RoomStore(str(path)).sweep(NOW) == 0
    assert not path.exists()
