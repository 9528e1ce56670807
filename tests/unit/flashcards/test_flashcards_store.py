"""What is kept: nothing graded is lost, and learners stay apart.

Everything that reads or writes is tried on an SQLite file and on PostgreSQL.
"""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect, text

from sslviz.flashcards import schedule
from sslviz.flashcards.card import make
from sslviz.flashcards.imported import Refused
from sslviz.flashcards.schedule import Memory, Settings
from sslviz.flashcards.store import Store
from sslviz.flashcards.tables import Base
from sslviz.flashcards.tokens import BadToken, is_token, new_key, new_token

Open = Callable[..., Store]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def _replayed(store: Store, token: str) -> dict[str, Memory]:
    """What ought to be known: all reviews that count, graded again by the scheduler alone."""
    known: dict[str, Memory] = {}
    for one in store.past(token):
        known[one.card] = schedule.grade(known.get(one.card), one.card, one.grade, one.at, store.settings(token))
    return known


# One learner


def test_a_grade_is_there_after_a_restart(open_store: Open, token: str) -> None:
    graded = open_store().grade(token, "a", 3, key=new_key(), now=NOW, took_ms=1500)
    again = open_store()
    assert again.memories(token) == {"a": graded.memory}
    assert graded.memory == schedule.grade(None, "a", 3, NOW)
    past = again.past(token)
    assert [(one.card, one.at, one.grade, one.was, one.interval) for one in past] == [("a", NOW, 3, "new", 0)]


def test_reviews_follow_the_scheduler(store: Store, token: str) -> None:
    now = NOW
    for rating in (3, 3, 4, 1, 3, 2):
        store.grade(token, "a", rating, key=new_key(), now=now)
        now = store.memories(token)["a"].due
    assert store.memories(token) == _replayed(store, token)
    past = store.past(token)
    assert [one.was for one in past] == ["new", "learning", "review", "review", "relearning", "review"]
    for one, later in pairwise(past):  # each came exactly when it was due
        assert later.interval == (later.at - one.at) / DAY


def test_a_review_sent_twice_counts_once(store: Store, token: str) -> None:
    key = new_key()
    first = store.grade(token, "a", 3, key=key, now=NOW)
    second = store.grade(token, "a", 1, key=key, now=NOW + MINUTE)
    assert (first.counted, second.counted) == (True, False)
    assert second.memory == first.memory
    assert len(store.past(token)) == 1


def test_undo_restores_exactly_what_was_before(store: Store, token: str) -> None:
    states = [None]
    keys = []
    for n, rating in enumerate((3, 4, 1, 3)):
        keys.append(new_key())
        states.append(store.grade(token, "a", rating, key=keys[-1], now=NOW + n * DAY).memory)
    for key, before in zip(reversed(keys), reversed(states[:-1]), strict=True):
        assert store.undo(token, key, NOW + 9 * DAY)
        assert store.memories(token).get("a") == before
        assert store.undo(token, key, NOW + 9 * DAY)  # once more changes nothing
        assert store.memories(token).get("a") == before
    assert store.past(token) == []
    assert not store.undo(token, new_key(), NOW)
    late = store.grade(token, "a", 3, key=keys[0], now=NOW + 10 * DAY)  # a double click that arrives after its undo
    assert (late.counted, late.memory) == (False, None)


def test_an_undo_between_two_tabs_keeps_the_later_review(store: Store, token: str) -> None:
    first, second = new_key(), new_key()
    store.grade(token, "a", 1, key=first, now=NOW)
    store.grade(token, "a", 4, key=second, now=NOW + MINUTE)
    store.undo(token, first, NOW + 2 * MINUTE)
    assert store.memories(token) == {"a": schedule.grade(None, "a", 4, NOW + MINUTE)} == _replayed(store, token)
    assert [one.was for one in store.past(token)] == ["new"]


def test_a_clock_that_was_set_back_does_not_confuse_the_order(store: Store, token: str) -> None:
    store.grade(token, "a", 3, key=new_key(), now=NOW)
    store.grade(token, "a", 1, key=new_key(), now=NOW - DAY)
    assert [one.grade for one in store.past(token)] == [3, 1]
    assert store.past(token)[1].at == NOW + timedelta(microseconds=1)
    assert store.memories(token) == _replayed(store, token)


def test_past_since_a_moment(store: Store, token: str) -> None:
    for n in range(4):
        store.grade(token, f"c{n}", 3, key=new_key(), now=NOW + n * DAY)
    assert [one.card for one in store.past(token, since=NOW + 2 * DAY)] == ["c2", "c3"]


def test_settings_are_kept_and_grades_follow_them(store: Store, token: str) -> None:
    assert store.settings(token) == Settings()
    mine = Settings(5, 50, 0.8, "Europe/Berlin", spread=False)
    store.set_settings(token, mine)
    assert store.settings(token) == mine
    memory = store.grade(token, "a", 4, key=new_key(), now=NOW).memory
    assert memory == schedule.grade(None, "a", 4, NOW, mine) != schedule.grade(None, "a", 4, NOW)


@pytest.mark.parametrize(
    ("card", "rating", "key"), [("No Id", 3, "k" * 22), ("a", 0, "k" * 22), ("a", 5, "k" * 22), ("a", 3, "short")]
)
def test_what_cannot_be_graded_is_an_error(tmp_path: Path, card: str, rating: int, key: str) -> None:
    with pytest.raises(ValueError, match="no such card"):
        Store(str(tmp_path / "p.db")).grade(new_token(), card, rating, key=key, now=NOW)


def test_reading_keeps_nothing_of_a_visitor(database: str, store: Store, token: str) -> None:
    assert (store.memories(token), store.past(token), store.own_cards(token)) == ({}, [], ())
    store.export(token, NOW)
    assert not store.forget(token)
    engine = create_engine(database)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sslviz_learners")) == 0
    engine.dispose()


# Learners apart


@pytest.mark.parametrize("given", ["", "short", "a" * 42, "a" * 44, "a" * 42 + "é", "a" * 42 + "'", None, 3])
def test_what_is_no_token_opens_nothing(tmp_path: Path, given: str) -> None:
    with pytest.raises(BadToken):
        Store(str(tmp_path / "p.db")).memories(given)
    assert is_token(new_token())


def test_one_learner_never_reads_or_writes_anothers_progress(store: Store) -> None:
    ann, bob = new_token(), new_token()
    key = new_key()
    store.grade(ann, "a", 3, key=key, now=NOW)
    store.add_cards(ann, [make("mine", "q", "a")])
    store.set_settings(ann, Settings(new_per_day=3))
    before = store.export(ann, NOW)

    assert (store.memories(bob), store.past(bob), store.own_cards(bob)) == ({}, [], ())
    assert store.settings(bob) == Settings()
    assert json.loads(store.export(bob, NOW))["reviews"] == []
    assert not store.undo(bob, key, NOW)
    assert store.remove_cards(bob) == 0
    assert store.grade(bob, "a", 1, key=key, now=NOW).counted  # the same key is another review here
    store.add_cards(bob, [make("mine", "other", "other")])
    store.set_settings(bob, Settings(new_per_day=4))
    store.merge(bob, before, NOW)
    store.undo(bob, key, NOW)
    assert store.forget(bob)

    assert store.export(ann, NOW) == before


def test_the_token_is_kept_nowhere(database: str, store: Store, token: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    store.grade(token, "a", 3, key=new_key(), now=NOW)
    engine = create_engine(database)
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert token not in repr(rows), table
    engine.dispose()
    assert token not in store.export(token, NOW)
    assert token not in caplog.text


def test_a_learners_data_can_be_deleted(database: str, store: Store, token: str) -> None:
    other = new_token()
    store.grade(other, "a", 3, key=new_key(), now=NOW)
    store.grade(token, "a", 3, key=new_key(), now=NOW)
    store.add_cards(token, [make("mine", "q", "a")])
    assert store.forget(token)
    assert (store.memories(token), store.own_cards(token)) == ({}, ())
    assert len(store.memories(other)) == 1
    engine = create_engine(database)
    with engine.connect() as connection:
        counts = {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in Base.metadata.tables}
    engine.dispose()
    assert counts == {
        "sslviz_schema": 1, "sslviz_learners": 1, "sslviz_reviews": 1, "sslviz_memories": 1, "sslviz_cards": 0
    }  # fmt: skip


# Own cards


def test_own_cards_are_kept_replaced_and_removed(store: Store, token: str) -> None:
    one, two = make("one", "q", "a"), make("two", "A {{cloze gap}}", kind="cloze", tags=("x",))
    assert store.add_cards(token, [one, two]) == (2, [])
    assert store.own_cards(token) == (one, two)
    better = replace(one, answer="better")
    store.grade(token, "one", 3, key=new_key(), now=NOW)
    kept, reasons = store.add_cards(token, [better, make("ours", "q", "a")], taken=["ours"])
    assert (kept, len(reasons)) == (1, 1)
    assert store.own_cards(token) == (better, two)
    assert store.remove_cards(token, ["one"]) == 1
    assert store.own_cards(token) == (two,)
    assert "one" in store.memories(token)  # what was learned stays


def test_there_is_a_limit_to_own_cards(store: Store, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sslviz.flashcards.store.MAX_CARDS", 3)
    kept, reasons = store.add_cards(token, [make(f"c{n}", "q", "a") for n in range(9)])
    assert (kept, len(reasons)) == (3, 1)


# Taken along


def _some_reviews(store: Store, token: str, first: int = 0) -> None:
    for n in range(6):
        key = new_key()
        store.grade(token, f"c{n % 3}", 1 + n % 4, key=key, now=NOW + (2 * n + first) * DAY)
        if n == 4:
            store.undo(token, key, NOW + 20 * DAY)


def test_progress_taken_along_is_the_same_there(store: Store, tmp_path: Path, token: str) -> None:
    _some_reviews(store, token)
    store.add_cards(token, [make("mine", "q", "a")])
    store.set_settings(token, Settings(new_per_day=3))
    saved = store.export(token, NOW + 30 * DAY)
    there, other = Store(str(tmp_path / "there.db")), new_token()
    found = there.merge(other, saved, NOW + 30 * DAY)
    assert (found.reviews, found.known, found.cards, found.notes) == (6, 0, 1, ())
    assert there.memories(other) == store.memories(token)
    assert there.past(other) == store.past(token)
    assert there.own_cards(other) == store.own_cards(token)
    assert there.export(other, NOW + 30 * DAY) == saved
    again = there.merge(other, saved.encode(), NOW + 30 * DAY)
    assert (again.reviews, again.known, again.undone, again.cards) == (0, 6, 0, 0)
    assert there.export(other, NOW + 30 * DAY) == saved


def test_two_histories_of_one_learner_become_one(store: Store, token: str) -> None:
    """Reviewed here and there in turn: the order in which the two are put together does not matter."""
    other, third = new_token(), new_token()
    _some_reviews(store, token)
    _some_reviews(store, other, first=1)
    here, there = store.export(token, NOW + 30 * DAY), store.export(other, NOW + 30 * DAY)
    store.merge(token, there, NOW + 30 * DAY)
    store.merge(third, there, NOW + 30 * DAY)
    store.merge(third, here, NOW + 30 * DAY)
    assert store.memories(token) == store.memories(third) == _replayed(store, token)
    assert store.past(token) == store.past(third)
    assert len(store.past(token)) == 10


def test_lessons_go_along_in_the_same_file_and_older_files_have_none(store: Store, token: str) -> None:
    there = new_token()
    assert store.merge(there, store.export(token, NOW), NOW).lessons == {}
    found = store.merge(there, store.export(token, NOW, {"queue": [0, 2], "next_word": []}), NOW)
    assert (found.lessons, found.notes) == ({"queue": [0, 2], "next_word": []}, ())


@pytest.mark.parametrize("lessons", [[], 3, {"queue": 1}, {"queue": [-1]}, {"queue": [True]}, {"queue": [0, "1"]}])
def test_damaged_lessons_are_named_and_the_rest_goes_in(store: Store, token: str, lessons: object) -> None:
    store.grade(token, "a", 3, key=new_key(), now=NOW)
    saved = json.loads(store.export(token, NOW)) | {"lessons": lessons}
    found = store.merge(new_token(), json.dumps(saved), NOW)
    assert (found.lessons, found.reviews) == ({}, 1)
    assert "damaged" in found.notes[0].reason


def test_a_long_history_goes_in_by_portions(store: Store, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _some_reviews(store, token)
    saved, there = store.export(token, NOW + 30 * DAY), new_token()
    monkeypatch.setattr("sslviz.flashcards.store.PORTION", 2)
    assert store.merge(there, saved, NOW + 30 * DAY).reviews == 6
    assert store.memories(there) == store.memories(token)
    assert store.past(there) == store.past(token)


def test_an_old_export_overwrites_nothing_newer_and_carries_an_undo_over(store: Store, token: str) -> None:
    first, second = new_key(), new_key()
    store.grade(token, "a", 3, key=first, now=NOW)
    old = store.export(token, NOW)
    undone_here = store.grade(token, "b", 3, key=new_key(), now=NOW).key
    both = store.export(token, NOW)
    store.undo(token, undone_here, NOW)
    store.grade(token, "a", 4, key=second, now=NOW + DAY)
    store.set_settings(token, Settings(new_per_day=7))
    kept = store.memories(token)
    for saved in (old, both):
        store.merge(token, saved, NOW + 2 * DAY)
        assert store.memories(token) == kept
    assert store.settings(token).new_per_day == 7

    there = new_token()
    store.merge(there, both, NOW + 2 * DAY)
    assert set(store.memories(there)) == {"a", "b"}
    found = store.merge(there, store.export(token, NOW + 2 * DAY), NOW + 2 * DAY)
    assert (found.reviews, found.undone) == (1, 1)
    assert store.memories(there) == kept


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no JSON"), ("{", "no JSON"), ("[" * 100_000, "no JSON"), ("\x00", "no JSON"), ("[]", "no progress"),
        ('{"format": "other"}', "no progress"), ('{"format": "sslviz-progress", "version": 2}', "another version"),
        ('{"format": "sslviz-progress", "version": 1, "reviews": 3}', "reviews is no list"),
        (b"\xff\xfe", "no JSON"), ("1" * 10_000, "no progress"),
    ],
)  # fmt: skip
def test_what_is_no_export_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    store, token = Store(str(tmp_path / "p.db")), new_token()
    with pytest.raises(Refused, match=reason if text != "1" * 10_000 else "no "):
        store.merge(token, text, NOW)
    assert store.past(token) == []


GOOD = {"key": "k" * 22, "card": "a", "grade": 3, "at": NOW.isoformat(), "took_ms": 900, "undone_at": None}


@pytest.mark.parametrize(
    "change",
    [
        {"key": "x"}, {"key": None}, {"card": "No Id"}, {"card": 3}, {"grade": 5}, {"grade": True}, {"grade": "3"},
        {"grade": 3.0}, {"at": "yesterday"}, {"at": "2026-03-10T12:00:00"}, {"at": "1999-01-01T00:00:00+00:00"},
        {"at": "2026-03-11T12:00:00+00:00"}, {"at": "0001-01-01T00:00:00+23:00"}, {"at": None}, {"took_ms": -1},
        {"took_ms": 1e308}, {"took_ms": "1"}, {"undone_at": "soon"}, {"undone_at": "9999-12-31T23:59:59-23:00"},
    ],
)  # fmt: skip
def test_a_damaged_review_is_named_and_the_rest_goes_in(tmp_path: Path, change: dict[str, object]) -> None:
    store, token = Store(str(tmp_path / "p.db")), new_token()
    other = {**GOOD, "key": "o" * 22, "card": "b"}
    reviews = [GOOD, {**GOOD, "key": "d" * 22, **change}, "x", GOOD, other]
    saved = {"format": "sslviz-progress", "version": 1, "reviews": reviews, "cards": [{"id": "!"}, "x"]}
    found = store.merge(token, json.dumps(saved), NOW)
    assert (found.reviews, [note.line for note in found.notes]) == (2, [2, 3, 4, 1, 2])
    assert set(store.memories(token)) == {"a", "b"}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_done_in_whatever_order_the_memory_is_that_of_the_reviews(
    tmp_path: Path, data: st.DataObject
) -> None:
    """Grades, undos and merges at random, over two learners: what is known always follows from what counts."""
    store = Store(str(tmp_path / "any.db"))
    learners = new_token(), new_token()
    keys: list[str] = []
    now = NOW
    for _ in range(data.draw(st.integers(1, 12))):
        token = data.draw(st.sampled_from(learners))
        now += data.draw(st.integers(1, 5000)) * MINUTE
        match data.draw(st.sampled_from(["grade", "grade", "grade", "undo", "merge"])):
            case "grade":
                keys.append(new_key())
                card, rating = data.draw(st.sampled_from("ab")), data.draw(st.integers(1, 4))
                store.grade(token, card, rating, key=keys[-1], now=now)
            case "undo" if keys:
                store.undo(token, data.draw(st.sampled_from(keys)), now)
            case "merge":
                store.merge(token, store.export(learners[token == learners[0]], now), now)
        assert store.memories(token) == _replayed(store, token)
    ours, theirs = (store.export(token, now) for token in learners)
    store.merge(learners[0], theirs, now)
    store.merge(learners[1], ours, now)
    assert store.memories(learners[0]) == store.memories(learners[1])
    store.close()


# At once


def test_two_tabs_that_grade_one_card_at_once_leave_two_reviews(open_store: Open, token: str) -> None:
    tabs = [open_store(), open_store()]
    failed: list[Exception] = []

    def tab(store: Store, card: str, rating: int, start: threading.Barrier) -> None:
        start.wait()
        try:
            store.grade(token, card, rating, key=new_key(), now=NOW)
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    for card in (f"c{n}" for n in range(10)):
        start = threading.Barrier(2)
        threads = [
            threading.Thread(target=tab, args=(store, card, rating, start))
            for store, rating in zip(tabs, (3, 4), strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed
        both = [one for one in tabs[0].past(token) if one.card == card]
        assert sorted(one.grade for one in both) == [3, 4]
        assert both[0].was == "new" != both[1].was
    assert tabs[0].memories(token) == _replayed(tabs[1], token)


def test_many_tabs_and_a_key_sent_by_all_of_them(open_store: Open, token: str) -> None:
    shared, same = open_store(), new_key()
    counted: list[bool] = []
    failed: list[Exception] = []

    def tab(number: int) -> None:
        try:
            counted.append(shared.grade(token, "same", 3, key=same, now=NOW).counted)
            for n in range(5):
                shared.grade(token, "all", 1 + (number + n) % 4, key=new_key(), now=NOW + n * MINUTE)
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=tab, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sum(counted) == 1
    assert len(shared.past(token)) == 41
    assert shared.memories(token) == _replayed(shared, token)


CHILD = """
import sys
from datetime import UTC, datetime, timedelta
from sslviz.flashcards.store import Store
store = Store(sys.argv[1])
n = 0
while True:
    key = f"review-{n:08}"
    now = datetime(2026, 3, 10, 12, tzinfo=UTC) + n * timedelta(hours=7)
    store.grade(sys.argv[2], f"c{n % 7}", 1 + n % 4, key=key, now=now)
    print(key, flush=True)  # only now does the learner see the next card
    n += 1
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize("reviews", [1, 23])
def test_a_killed_server_loses_nothing_that_was_graded(database: str, token: str, reviews: int) -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD, database, token], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = [child.stdout.readline().strip() for _ in range(reviews)]
    child.send_signal(signal.SIGKILL)
    said += [line.strip() for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    child.wait()
    child.stdout.close()
    after = Store(database)
    kept = [one["key"] for one in json.loads(after.export(token, NOW))["reviews"]]
    assert kept[: len(said)] == said
    assert len(kept) <= len(said) + 1  # the one that was killed between keeping and saying so
    assert after.memories(token) == _replayed(after, token)
    assert after.grade(token, "c0", 3, key=new_key(), now=NOW + 9999 * DAY).counted
    after.close()
