"""What one visitor sends keeps nobody else waiting: the work grows with what is sent, and there is an end to it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sslviz.flashcards import progress_file, schedule
from sslviz.flashcards import store as kept
from sslviz.flashcards.card import make
from sslviz.flashcards.progress_file import MAX_OF_CARD, MAX_OF_DAY
from sslviz.flashcards.store import PORTION, Store
from sslviz.flashcards.tokens import new_key, new_token

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(str(tmp_path / "p.db"))
    yield opened
    opened.close()


@pytest.fixture
def grades(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The card of every call of the scheduler."""
    called: list[str] = []
    whole = schedule.grade

    def counted(memory: Any, card: str, *rest: Any) -> Any:
        called.append(card)
        return whole(memory, card, *rest)

    monkeypatch.setattr(schedule, "grade", counted)
    return called


def _file(reviews: list[tuple[str, datetime]], cards: tuple[dict[str, Any], ...] = ()) -> str:
    """A file of progress with reviews of (card, moment)."""
    every = [{"key": new_key(), "card": card, "grade": 3, "at": at.isoformat()} for card, at in reviews]
    return json.dumps({"format": "sslviz-progress", "version": 1, "reviews": every, "cards": cards})


# Very many reviews


def test_reviews_of_one_card_at_one_moment_are_bounded(store: Store, grades: list[str]) -> None:
    token = new_token()
    found = store.merge(token, _file([("a", NOW - DAY)] * 5_000), NOW)
    assert (found.reviews, len(grades)) == (MAX_OF_DAY, MAX_OF_DAY)
    assert "at most 100 a day" in found.notes[0].reason
    moments = [one.at for one in store.past(token)]
    assert len(set(moments)) == MAX_OF_DAY
    assert max(moments) - min(moments) < timedelta(milliseconds=1)


class Counted(dict):
    """Counts how often it is asked."""

    asked = 0

    def __contains__(self, key: object) -> bool:
        self.asked += 1
        return super().__contains__(key)


@pytest.mark.parametrize("step", [timedelta(0), timedelta(microseconds=1)])
def test_a_free_moment_is_found_in_few_steps(step: timedelta) -> None:
    """However many reviews of one moment there are, and however they lie to those that are here."""

    def steps(count: int) -> int:
        taken: Counted = Counted()
        for _ in range(count):
            kept._free(NOW, taken)
        found = [kept._free(NOW + n * step, taken) for n in range(count)]
        assert found == [NOW + (count + n) * timedelta(microseconds=1) for n in range(count)]
        return taken.asked

    assert steps(4_000) <= 2.2 * steps(2_000) <= 40_000


def test_what_is_worked_out_grows_with_the_file(store: Store, grades: list[str]) -> None:
    def work(count: int) -> int:
        before = len(grades)
        store.merge(new_token(), _file([(f"c{n % 40}", NOW - 90 * DAY + n * MINUTE) for n in range(count)]), NOW)
        return len(grades) - before

    assert (work(1_000), work(2_000)) == (1_000, 2_000)


@pytest.mark.slow
def test_no_transaction_is_long(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for many reviews in the file, nor for many that are here."""
    token, sizes = new_token(), []
    whole = kept._merge

    def measured(session: Any, learner: int, reviews: list[Any], settings: Any) -> Any:
        here = kept._rows(session, learner, {one.card for one in reviews})
        sizes.append(len(reviews) + len(here))
        return whole(session, learner, reviews, settings)

    monkeypatch.setattr(kept, "_merge", measured)
    for first in range(3):
        moments = [NOW - 90 * DAY + n * 20 * MINUTE for n in range(first, 900, 3)]
        store.merge(token, _file([(f"c{card}", at) for card in range(6) for at in moments]), NOW)
    assert sum(sizes) == 6 * (300 + 600 + 900)
    assert max(sizes) < PORTION + MAX_OF_CARD


def test_many_files_do_not_pile_up_on_one_card(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_OF_CARD", 30)
    token = new_token()
    found = [store.merge(token, _file([("a", NOW - n * DAY - m * MINUTE) for n in range(20)]), NOW) for m in range(3)]
    assert [one.reviews for one in found] == [20, 10, 0]
    assert len(store.past(token)) == 30
    assert "10 reviews were left out" in found[1].notes[0].reason
    known = {}
    for one in store.past(token):
        known[one.card] = schedule.grade(known.get(one.card), one.card, one.grade, one.at)
    assert store.memories(token) == known


def test_a_card_is_graded_only_so_often_on_one_day(store: Store) -> None:
    token = new_token()
    for n in range(MAX_OF_DAY):
        store.grade(token, "a", 1, key=new_key(), now=NOW + n * MINUTE)
    with pytest.raises(ValueError, match="100 reviews of one card"):
        store.grade(token, "a", 1, key=new_key(), now=NOW + MAX_OF_DAY * MINUTE)
    store.grade(token, "b", 1, key=new_key(), now=NOW + MAX_OF_DAY * MINUTE)
    store.grade(token, "a", 1, key=new_key(), now=NOW + 2 * DAY)


# Whatever is saved can be read


def test_a_file_of_progress_is_never_too_large_to_be_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many reviews the latest are in it."""
    token = new_token()
    for n in range(9):
        store.grade(token, f"c{n}", 3, key=new_key(), now=NOW + n * MINUTE)
    store.add_cards(token, [make("mine", "q" * 99, "é" * 99)])
    whole = store.export(token, NOW + DAY)
    with monkeypatch.context() as patch:
        patch.setattr(progress_file, "MAX_REVIEWS", 4)
        assert [row.card for row in progress_file.read(store.export(token, NOW), NOW + DAY).reviews] == [
            "c5", "c6", "c7", "c8"
        ]  # fmt: skip
    for most in range(len(whole.encode()), 0, -50):
        monkeypatch.setattr(progress_file, "MAX_EXPORT", most)
        saved = store.export(token, NOW + DAY)
        if '"reviews":[]' in saved:
            break
        assert len(saved.encode()) <= most
        found = progress_file.read(saved, NOW + DAY)
        assert [row.card for row in found.reviews] == [f"c{n}" for n in range(9 - len(found.reviews), 9)]
        assert len(found.cards) == 1
    else:
        pytest.fail("at last there is room for no review")


def test_own_cards_have_an_end_together(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_OWN", 1_000)
    token = new_token()
    kept_now, reasons = store.add_cards(token, [make(f"c{n}", "q", "a" * 299) for n in range(9)])
    assert (kept_now, len(reasons)) == (3, 1)
    assert "at most 1,000 characters together" in reasons[0]
    assert store.add_cards(token, [make("c1", "q", "b" * 299)]) == (1, [])  # one that is here may be replaced,
    assert store.add_cards(token, [make("c1", "q", "b" * 450)])[0] == 0  # but not by a much longer one
    assert store.add_cards(token, [make("c1", "q", "b")])[0] == 1
    assert store.add_cards(token, [make("c9", "q", "b" * 299)])[0] == 1
