"""The scheduler against `fsrs` itself, days in every time zone, the plan of a day, and the figures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import fsrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sslviz.flashcards import schedule
from sslviz.flashcards.card import make
from sslviz.flashcards.schedule import (
    LEARN_AHEAD,
    Memory,
    Past,
    Settings,
    day_of,
    day_start,
    forecast,
    grade,
    heat,
    plan,
    preview,
    progress,
    read_memory,
    read_settings,
    remembered,
    retention,
    streak,
    words,
)

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
EXACT = Settings(spread=False)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Zones with half hours, with clocks changed at midnight, by half an hour, across the date line, and long ago.
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Havana", "America/Santiago",
    "Asia/Kathmandu", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Africa/Cairo",
)  # fmt: skip
HISTORY = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 40 * 24 * 60)), min_size=1, max_size=12)


def _graded(history: Sequence[tuple[int, int]], settings: Settings = EXACT) -> tuple[Memory, datetime]:
    """What is known after grades, each so many minutes after the one before."""
    memory, now = None, NOON
    for rating, minutes in history:
        now += minutes * MINUTE
        memory = grade(memory, "a", rating, now, settings)
    assert memory is not None
    return memory, now


def _known(days: float, due: datetime, state: str = "review") -> Memory:
    step = None if state == "review" else 0
    return Memory(state, step, 5.0, 5.0, due, due - timedelta(days=days), 3)


# Against fsrs


@given(HISTORY, st.sampled_from([0.7, 0.85, 0.9, 0.97]))
def test_without_spreading_the_memory_is_that_of_fsrs(history: list[tuple[int, int]], share: float) -> None:
    scheduler = fsrs.Scheduler(desired_retention=share, enable_fuzzing=False)
    theirs, now = fsrs.Card(card_id=1), NOON
    for rating, minutes in history:
        now += minutes * MINUTE
        theirs, _ = scheduler.review_card(theirs, fsrs.Rating(rating), now)
    ours, _ = _graded(history, Settings(spread=False, retention=share))
    assert (ours.stability, ours.difficulty, ours.step) == (theirs.stability, theirs.difficulty, theirs.step)
    assert (ours.due, ours.last_review, ours.state) == (theirs.due, theirs.last_review, theirs.state.name.lower())
    assert ours.reviews == len(history)
    assert remembered(ours, now + 3 * DAY) == scheduler.get_card_retrievability(theirs, now + 3 * DAY)


@given(HISTORY)
def test_spreading_moves_the_day_within_the_range_of_fsrs_and_nothing_else(history: list[tuple[int, int]]) -> None:
    before, now = _graded(history)
    for rating in schedule.RATINGS:
        exact = grade(before, "a", rating, now)
        plain = grade(before, "a", rating, now, EXACT)
        spread = grade(before, "a", rating, now, Settings())
        assert replace(spread, due=plain.due) == plain
        assert spread == exact
        days = (plain.due - now).days
        if plain.state == "review" and days >= 3:
            parts = [(2.5, 7, 0.15), (7, 20, 0.1), (20, 1e9, 0.05)]  # fsrs 6: FUZZ_RANGES
            reach = 1 + sum(share * max(0.0, min(days, end) - start) for start, end, share in parts)
            assert max(2, round(days - reach)) <= (spread.due - now).days <= round(days + reach)
        else:
            assert spread.due == plain.due


def test_spreading_differs_from_card_to_card() -> None:
    memory, now = _graded([(4, 0), (3, 10 * 24 * 60)])
    assert len({grade(memory, f"card-{n}", 3, now).due for n in range(30)}) > 3


@given(HISTORY)
def test_the_preview_is_what_happens_and_better_never_comes_back_sooner(history: list[tuple[int, int]]) -> None:
    memory, now = _graded(history, Settings())
    shown = preview(memory, "a", now)
    after = [grade(memory, "a", rating, now) for rating in schedule.RATINGS]
    assert list(shown.values()) == [words(one.interval) for one in after]
    assert [one.due for one in after] == sorted(one.due for one in after)


def test_a_new_card_waits_minutes_or_days() -> None:
    # fsrs 6: steps of 1 and 10 minutes; Hard is halfway between; Easy: the initial stability of 8.2956 days
    assert list(preview(None, "a", NOON, EXACT).values()) == ["1 min", "6 min", "10 min", "8 d"]


@pytest.mark.parametrize(
    ("wait", "text"),
    [(0 * MINUTE, "< 1 min"), (MINUTE, "1 min"), (59 * MINUTE, "59 min"), (HOUR, "1 h"), (DAY, "1 d"),
     (30 * DAY, "30 d"), (61 * DAY, "2.0 mo"), (365 * DAY, "1.0 y"), (900 * DAY, "2.5 y")],
)  # fmt: skip
def test_waiting_times_in_words(wait: timedelta, text: str) -> None:
    assert words(wait) == text


@given(HISTORY)
def test_a_memory_as_plain_data_and_back_is_exact(history: list[tuple[int, int]]) -> None:
    memory, _ = _graded(history)
    assert read_memory(memory.as_dict()) == memory


def test_forgetting_a_known_card_is_a_lapse() -> None:
    memory, now = _graded([(4, 0)])
    assert memory.state == "review"
    forgotten = grade(memory, "a", 1, now + 8 * DAY)
    assert (forgotten.state, forgotten.lapses, forgotten.interval) == ("relearning", 1, 10 * MINUTE)


# Settings


def test_settings_come_back_and_bad_ones_fall_back() -> None:
    mine = Settings(5, 50, 0.8, "Europe/Berlin", spread=False)
    assert read_settings(mine.as_dict()) == mine
    bad = {"new_per_day": 1e9, "reviews_per_day": True, "retention": "x", "zone": "../../etc/passwd", "spread": 3}
    assert read_settings(bad) == Settings()
    assert read_settings({**bad, "retention": float("nan")}) == read_settings(None) == Settings()


@pytest.mark.parametrize(
    "name", ["", "Nowhere/Land", "../UTC", "/etc/localtime", "Europe", "a" * 5000, "Zürich", "a\0b"]
)
def test_a_zone_that_is_not_known_is_utc(name: str) -> None:
    assert not schedule.is_zone(name)
    assert day_of(NOON, name) == NOON.date()


# Days


@given(
    st.sampled_from(ZONES),
    st.integers(0, 36 * 365 * 24 * 60).map(lambda n: datetime(2001, 1, 2, tzinfo=UTC) + n * MINUTE),
)
@example("Pacific/Apia", datetime(2011, 12, 30, 12, tzinfo=UTC))  # Samoa left out a whole day
@example("America/St_Johns", datetime(2006, 10, 29, 3, tzinfo=UTC))  # clocks changed at one minute past midnight
def test_every_moment_lies_in_its_day_and_days_follow_each_other(zone: str, moment: datetime) -> None:
    day = day_of(moment, zone)
    assert day_start(day, zone) <= moment < day_start(day + DAY, zone)
    assert day_of(moment + HOUR, zone) >= day


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 28), 23),  # the clocks go forward in the night to the 29th
        ("Europe/Berlin", date(2026, 10, 24), 25),
        ("America/New_York", date(2026, 3, 7), 23),
        ("America/New_York", date(2026, 10, 31), 25),
        ("Australia/Lord_Howe", date(2026, 4, 4), 24.5),
        ("Europe/Berlin", date(2026, 6, 1), 24),
    ],
)
def test_days_on_which_clocks_are_changed_are_shorter_or_longer(zone: str, day: date, hours: float) -> None:
    assert day_start(day + DAY, zone) - day_start(day, zone) == timedelta(hours=hours)


def test_a_day_begins_at_four_in_the_learners_morning() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    late, early = datetime(2026, 3, 29, 3, 59, tzinfo=berlin), datetime(2026, 3, 29, 4, tzinfo=berlin)
    assert day_of(late, "Europe/Berlin") == date(2026, 3, 28)
    assert day_of(early, "Europe/Berlin") == date(2026, 3, 29)
    assert day_of(early, "America/New_York") == date(2026, 3, 28)


# The plan


def test_a_new_learner_gets_the_first_cards_up_to_the_limit() -> None:
    found = plan(["b", "a", "c"], {}, [], Settings(new_per_day=2), NOON)
    assert (found.order, found.new, found.held_back, found.done, found.later) == (("b", "a"), 2, 1, 0, None)


def test_short_steps_then_due_then_new_then_what_comes_back_soon() -> None:
    memories = {
        "later": _known(9, NOON + 5 * DAY),
        "soon": _known(0, NOON + 10 * MINUTE, "learning"),
        "ripe": _known(0, NOON - MINUTE, "relearning"),
        "due": _known(3, NOON + 3 * HOUR),  # later today
        "overdue": _known(3, NOON - 3 * DAY),
        "gone": _known(3, NOON - DAY),
        "far": _known(0, NOON + LEARN_AHEAD + MINUTE, "learning"),
    }
    found = plan(["later", "soon", "ripe", "due", "overdue", "new", "far"], memories, [], EXACT, NOON)
    assert found.order == ("ripe", "overdue", "due", "new", "soon")
    assert (found.new, found.learning, found.due, found.held_back) == (1, 2, 2, 0)
    assert found.later == memories["far"].due


def test_limits_count_what_was_done_today_and_not_yesterday() -> None:
    zone = replace(EXACT, zone="America/New_York", new_per_day=2, reviews_per_day=3)
    now = datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("America/New_York"))
    night = datetime(2026, 3, 10, 3, tzinfo=ZoneInfo("America/New_York"))  # still yesterday
    past = [
        Past("x", night, 3, "new", 0),
        Past("y", now - HOUR, 3, "new", 0),
        Past("y", now - HOUR, 3, "learning", 0),
        Past("z", now - HOUR, 3, "review", 9),
    ]
    memories = {f"r{n}": _known(3, now - DAY) for n in range(5)}
    found = plan([*memories, "n1", "n2", "n3"], memories, past, zone, now)
    assert (found.new, found.due, found.done, found.held_back) == (1, 2, 3, 5)


def test_a_forgotten_card_comes_again_at_the_end_until_it_is_known() -> None:
    """A whole session, card by card, as a page leads through it."""
    settings, now = Settings(new_per_day=4), NOON
    memories: dict[str, Memory] = {}
    past: list[Past] = []
    asked: list[str] = []
    forgotten = {"c0", "c2"}
    cards = [f"c{n}" for n in range(10)]
    while (today := plan(cards, memories, past, settings, now)).order:
        card = today.order[0]
        rating = 1 if card in forgotten else 4
        forgotten.discard(card)
        past.append(Past(card, now, rating, memories[card].state if card in memories else "new", 0))
        memories[card] = grade(memories.get(card), card, rating, now, settings)
        asked.append(card)
        now += timedelta(seconds=5)
        assert len(asked) < 20
    assert asked == ["c0", "c1", "c2", "c3", "c0", "c2"]
    assert today.done == 6
    assert today.later is not None


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from("abcdefgh"), HISTORY), st.integers(0, 3), st.integers(0, 3))
def test_a_plan_shows_no_card_twice_and_keeps_the_limits(
    histories: dict[str, list[tuple[int, int]]], new: int, reviews: int
) -> None:
    memories = {card: _graded(history)[0] for card, history in histories.items()}
    found = plan("abcdefgh", memories, [], Settings(new, reviews), NOON + 60 * DAY)
    assert len(set(found.order)) == len(found.order) == found.new + found.learning + found.due
    assert found.new <= new
    assert found.due <= reviews


# Figures


def test_forecast_counts_overdue_cards_as_todays() -> None:
    memories = {
        "a": _known(3, NOON - 9 * DAY), "b": _known(3, NOON), "c": _known(3, NOON + 2 * DAY), "x": _known(3, NOON),
        "d": _known(3, NOON + 29 * DAY), "e": _known(3, NOON + 30 * DAY),
    }  # fmt: skip
    found = forecast("abcde", memories, EXACT, NOON)
    assert len(found) == 30
    assert [(day, count) for day, count in found if count] == [
        (date(2026, 3, 10), 2), (date(2026, 3, 12), 1), (date(2026, 4, 8), 1)
    ]  # fmt: skip


def test_retention_is_the_share_of_right_reviews_of_known_cards() -> None:
    past = [
        Past("a", NOON, 1, "new", 0), Past("a", NOON, 1, "learning", 0), Past("a", NOON, 1, "relearning", 0),
        Past("a", NOON, 1, "review", 20.9), Past("a", NOON, 3, "review", 3),
        Past("a", NOON, 2, "review", 21), Past("a", NOON, 4, "review", 40), Past("a", NOON, 1, "review", 90),
    ]  # fmt: skip
    found = retention(past)
    assert (found.young_share, found.mature_share) == (1 / 2, 2 / 3)
    assert retention([]).mature_share is None


def test_heat_map_and_streak_follow_the_learners_days() -> None:
    zone = Settings(zone="Europe/Berlin")
    midnight = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)  # half past midnight on the 10th in Berlin: still the 9th
    past = [Past("a", midnight, 3, "new", 0), Past("a", NOON, 3, "learning", 0), Past("a", NOON, 3, "review", 1)]
    found = heat(past, zone, NOON, days=3)
    assert found == [(date(2026, 3, 8), 0), (date(2026, 3, 9), 1), (date(2026, 3, 10), 2)]
    assert streak(past, zone, NOON) == 2
    assert streak(past, zone, NOON + DAY) == 2  # the day is not over
    assert streak(past, zone, NOON + 2 * DAY) == 0


def test_progress_by_task() -> None:
    cards = [make(f"c{n}", "q", "a", task="queue" if n else "general") for n in range(5)]
    memories = {
        "c1": _known(30, NOON),
        "c2": _known(3, NOON),
        "c3": _known(0, NOON, "learning"),
        "x": _known(3, NOON),
    }
    found = progress(cards, memories, NOON)
    assert list(found) == ["general", "queue"]
    queue = found["queue"]
    assert (queue.cards, queue.new, queue.learning, queue.young, queue.mature) == (4, 1, 1, 1, 1)
    assert queue.remembered == pytest.approx(sum(remembered(memories[c], NOON) for c in ("c1", "c2", "c3")) / 3)
    assert found["general"].remembered is None
