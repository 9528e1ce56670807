"""When a card comes back: FSRS decides, by the package `fsrs`; here are the learner's days, limits and figures.

Every function is pure: the clock (`now`, an aware datetime) is handed in, and nothing is kept. Moments are in UTC;
only what a day is depends on the learner's time zone. A day begins at four in the morning there, so that a late evening
still belongs to it.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import fsrs
from fsrs import Rating, State
from fsrs.scheduler import FUZZ_RANGES

from sslviz.flashcards.card import Flashcard

DAY_BEGINS = time(4)
LEARN_AHEAD = timedelta(minutes=20)  # a card that comes back this soon is asked again before the session ends
LONGEST = 36_500  # days
MATURE = 21  # days: from this interval on a card counts as mature, as in Anki
RATINGS = (Rating.Again, Rating.Hard, Rating.Good, Rating.Easy)
WAS = ("new", "learning", "review", "relearning")  # what a card was when it was graded
_STATES = {State.Learning: "learning", State.Review: "review", State.Relearning: "relearning"}


@dataclass(frozen=True)
class Settings:
    """What a learner may set.

    Attributes:
        new_per_day: cards never seen before, 0 to 200 a day.
        reviews_per_day: cards that are due again, 0 to 2,000 a day.
        retention: the share of answers that should be right, 0.7 to 0.97; higher means more reviews.
        zone: name of the time zone; one that is not known counts as UTC.
        spread: whether intervals vary a little from card to card, so that what was learned on one day does not come
            back on one day. How much is fixed by the card and its number of reviews: a preview is always right.
    """

    new_per_day: int = 10
    reviews_per_day: int = 100
    retention: float = 0.9
    zone: str = "UTC"
    spread: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Plain data; `read_settings` takes it back."""
        return asdict(self)


_RANGES: dict[str, tuple[type, float, float]] = {
    "new_per_day": (int, 0, 200),
    "reviews_per_day": (int, 0, 2000),
    "retention": (float, 0.7, 0.97),
}


def read_settings(given: Any) -> Settings:
    """Settings from plain data; whatever is missing or out of range is as it is without settings."""
    good: dict[str, Any] = {}
    given = given if isinstance(given, dict) else {}
    for name, (kind, low, high) in _RANGES.items():
        value = given.get(name)
        number = isinstance(value, int if kind is int else (int, float)) and not isinstance(value, bool)
        if number and low <= value <= high:
            good[name] = kind(value)
    if isinstance(given.get("spread"), bool):
        good["spread"] = given["spread"]
    if isinstance(given.get("zone"), str) and is_zone(given["zone"]):
        good["zone"] = given["zone"]
    return Settings(**good)


@dataclass(frozen=True)
class Memory:
    """What is known of how well one learner remembers one card; there is none before the first grade.

    Attributes:
        state: learning, review (known, comes back after days) or relearning (was known, was forgotten).
        step: which of the short steps of minutes it is at; None in review.
        stability: days after which the chance to remember has fallen to 90 %.
        difficulty: 1 (easy) to 10.
        due: when it should come back.
        last_review: when it was last graded.
        reviews: how often it was graded.
        lapses: how often it was forgotten after it had been known.
    """

    state: str
    step: int | None
    stability: float
    difficulty: float
    due: datetime
    last_review: datetime
    reviews: int = 1
    lapses: int = 0

    @property
    def interval(self) -> timedelta:
        """From the last grade until it is due."""
        return self.due - self.last_review

    @property
    def mature(self) -> bool:
        """Whether it is known for long."""
        return self.state == "review" and self.interval >= timedelta(days=MATURE)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, exact; `read_memory` takes it back."""
        return {**asdict(self), "due": self.due.isoformat(), "last_review": self.last_review.isoformat()}


def read_memory(given: Mapping[str, Any]) -> Memory:
    """The memory that `as_dict` made plain data of."""
    moments = {name: datetime.fromisoformat(given[name]) for name in ("due", "last_review")}
    return Memory(**{**given, **moments})


@dataclass(frozen=True)
class Past:
    """A review that was done.

    Attributes:
        card: id of the card.
        at: when.
        grade: 1 Again to 4 Easy.
        was: what the card was before, one of WAS.
        interval: for how many days it had been sent away; 0 for a new one.
    """

    card: str
    at: datetime
    grade: int
    was: str
    interval: float


# Grading


def grade(memory: Memory | None, card: str, rating: int, now: datetime, settings: Settings | None = None) -> Memory:
    """The memory after a card was graded.

    Args:
        memory: what was known before; None for a card that is new.
        card: its id.
        rating: 1 Again, 2 Hard, 3 Good, 4 Easy.
        now: when.
        settings: the learner's.
    """
    settings = settings or Settings()
    now = now.astimezone(UTC)
    after, _ = _scheduler(settings.retention).review_card(_to_fsrs(memory, now), Rating(rating), now)
    reviews = memory.reviews if memory else 0
    days = (after.due - now).days
    if settings.spread and after.state == State.Review:
        days = _spread(days, f"{card} {reviews}")
        after.due = now + timedelta(days=days)
    forgot = memory is not None and memory.state == "review" and rating == Rating.Again
    return Memory(
        state=_STATES[after.state],
        step=after.step,
        stability=float(after.stability or 0),  # FSRS gives both from the first grade on
        difficulty=float(after.difficulty or 0),
        due=after.due,
        last_review=now,
        reviews=reviews + 1,
        lapses=(memory.lapses if memory else 0) + forgot,
    )


def preview(memory: Memory | None, card: str, now: datetime, settings: Settings | None = None) -> dict[Rating, str]:
    """For each of the four grades: after how long the card would come back, as "10 min" or "4 d"."""
    return {rating: words(grade(memory, card, rating, now, settings).interval) for rating in RATINGS}


def remembered(memory: Memory, now: datetime) -> float:
    """The chance, 0 to 1, that the card is remembered now, as FSRS sees it."""
    return float(_scheduler(Settings().retention).get_card_retrievability(_to_fsrs(memory, now), now.astimezone(UTC)))


def words(wait: timedelta) -> str:
    """A waiting time in a few letters.

    >>> words(timedelta(minutes=5.5)), words(timedelta(hours=3)), words(timedelta(days=4)), words(timedelta(days=75))
    ('6 min', '3 h', '4 d', '2.5 mo')
    """
    minutes, days = wait / timedelta(minutes=1), wait / timedelta(days=1)
    if minutes < 1:
        return "< 1 min"
    if minutes < 60:
        return f"{math.floor(minutes + 0.5)} min"
    if days < 1:
        return f"{math.floor(minutes / 60 + 0.5)} h"
    if days < 31:
        return f"{math.floor(days + 0.5)} d"
    return f"{days / 30.4375:.1f} mo" if days < 365 else f"{days / 365.25:.1f} y"


@lru_cache(maxsize=64)
def _scheduler(retention: float) -> fsrs.Scheduler:
    """FSRS with its own weights and steps. Its fuzz draws from a generator for all; ours is fixed by the card."""
    return fsrs.Scheduler(desired_retention=retention, maximum_interval=LONGEST, enable_fuzzing=False)


def _to_fsrs(memory: Memory | None, now: datetime) -> fsrs.Card:
    if memory is None:
        return fsrs.Card(card_id=0, due=now)
    state = next(state for state, name in _STATES.items() if name == memory.state)
    return fsrs.Card(
        card_id=0,  # else it waits a millisecond to make up a number
        state=state,
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due,
        last_review=memory.last_review,
    )


def _spread(days: int, seed: str) -> int:
    """Days moved within the range that FSRS allows, always in the same way for the same seed."""
    if days < FUZZ_RANGES[0]["start"]:
        return days
    delta = 1.0 + sum(part["factor"] * max(min(float(days), part["end"]) - part["start"], 0.0) for part in FUZZ_RANGES)
    low, high = max(2, round(days - delta)), min(round(days + delta), LONGEST)
    # The same share of every range, so that Good never comes back sooner than Hard.
    share = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) / 2**32
    return low + int(share * (high - low + 1))


# Days


def is_zone(name: str) -> bool:
    """Whether this is a time zone that is known here."""
    return _zone(name) is not None


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    if not (0 < len(name) <= 64 and name.isascii()):
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a path, a folder, an unknown name
        return None


def day_start(day: date, zone: str) -> datetime:
    """The moment (UTC) at which a learner's day begins, also on days when clocks are changed."""
    return datetime.combine(day, DAY_BEGINS, _zone(zone) or ZoneInfo("UTC")).astimezone(UTC)


def day_of(moment: datetime, zone: str) -> date:
    """The learner's day in which a moment lies."""
    day = moment.astimezone(_zone(zone) or ZoneInfo("UTC")).date()
    while moment < day_start(day, zone):  # twice where a zone left out a day, as Samoa in 2011
        day -= timedelta(days=1)
    return day


# What is to be done


@dataclass(frozen=True)
class Plan:
    """What is to be done today.

    Attributes:
        order: ids of the cards to show, the next one first: those of the short steps whose time has come, those due
            again, new ones; at the end those of the short steps that would come back within twenty minutes, so that a
            forgotten card is asked again before the session ends.
        new, learning, due: how many of each are in `order`.
        done: reviews done today.
        seen: ids of the cards that were graded today.
        later: when the next card that is not in `order` comes back; None if there is none.
        held_back: cards that are due or new, but over the limit of the day.
    """

    order: tuple[str, ...] = ()
    new: int = 0
    learning: int = 0
    due: int = 0
    done: int = 0
    seen: frozenset[str] = frozenset()
    later: datetime | None = None
    held_back: int = 0


def plan(
    cards: Sequence[str], memories: Mapping[str, Memory], past: Iterable[Past], settings: Settings, now: datetime
) -> Plan:
    """What is to be done today.

    Args:
        cards: ids of the cards in play, in the order in which new ones shall come. A memory of any other card is kept
            and not shown.
        memories: what is known of the cards that were graded.
        past: the reviews since today's beginning, at least; earlier ones don't count. Of any card: limits are for all.
        settings: limits and time zone.
        now: when.
    """
    today = day_of(now, settings.zone)
    known = [(memories[card].due, card) for card in dict.fromkeys(cards) if card in memories]
    steps = sorted(pair for pair in known if memories[pair[1]].state != "review")
    ripe = [card for due, card in steps if due <= now]
    soon = [card for due, card in steps if now < due <= now + LEARN_AHEAD]
    again = sorted(pair for pair in known if memories[pair[1]].state == "review")
    due_now = [card for due, card in again if day_of(due, settings.zone) <= today]
    fresh = [card for card in dict.fromkeys(cards) if card not in memories]
    done = [one for one in past if day_of(one.at, settings.zone) == today]
    was = Counter(one.was for one in done)
    reviews = due_now[: max(0, settings.reviews_per_day - was["review"])]
    new = fresh[: max(0, settings.new_per_day - was["new"])]
    order = (*ripe, *reviews, *new, *soon)
    shown = set(order)
    return Plan(
        order=order,
        new=len(new),
        learning=len(ripe) + len(soon),
        due=len(reviews),
        done=len(done),
        seen=frozenset(one.card for one in done),
        later=min((due for due, card in known if card not in shown and due > now), default=None),
        held_back=len(due_now) - len(reviews) + len(fresh) - len(new),
    )


# Figures


@dataclass(frozen=True)
class Retention:
    """How many reviews were right (Hard, Good or Easy), of known cards with a short and with a long interval."""

    young_right: int = 0
    young: int = 0
    mature_right: int = 0
    mature: int = 0

    @property
    def young_share(self) -> float | None:
        """Right ones of the young, 0 to 1; None without any."""
        return self.young_right / self.young if self.young else None

    @property
    def mature_share(self) -> float | None:
        """Right ones of the mature, 0 to 1; None without any."""
        return self.mature_right / self.mature if self.mature else None


@dataclass(frozen=True)
class Progress:
    """How far a learner is with the cards of a task; the four kinds add up to `cards`.

    Attributes:
        cards: all of them.
        new, learning, young, mature: how many are where.
        remembered: mean chance, 0 to 1, to remember those that were seen; None before any was.
    """

    cards: int = 0
    new: int = 0
    learning: int = 0
    young: int = 0
    mature: int = 0
    remembered: float | None = None


def forecast(
    cards: Iterable[str], memories: Mapping[str, Memory], settings: Settings, now: datetime, days: int = 30
) -> list[tuple[date, int]]:
    """How many cards come back on each of the next days, today first; what is overdue counts as today's."""
    today = day_of(now, settings.zone)
    found = Counter(
        max(today, day_of(memories[card].due, settings.zone)) for card in dict.fromkeys(cards) if card in memories
    )
    return [(day, found[day]) for day in (today + timedelta(days=ahead) for ahead in range(days))]


def retention(past: Iterable[Past]) -> Retention:
    """The share of right answers among reviews of known cards."""
    found = Retention()
    for one in past:
        if one.was == "review":
            group, right = ("mature" if one.interval >= MATURE else "young"), one.grade > Rating.Again
            found = replace(
                found,
                **{group: getattr(found, group) + 1, f"{group}_right": getattr(found, f"{group}_right") + right},
            )
    return found


def heat(past: Iterable[Past], settings: Settings, now: datetime, days: int = 182) -> list[tuple[date, int]]:
    """Reviews on each of the last days, today last."""
    today = day_of(now, settings.zone)
    found = Counter(day_of(one.at, settings.zone) for one in past)
    return [(day, found[day]) for day in (today - timedelta(days=back) for back in reversed(range(days)))]


def streak(past: Iterable[Past], settings: Settings, now: datetime) -> int:
    """Days in a row with at least one review, up to today, or up to yesterday as long as today is not over."""
    days = {day_of(one.at, settings.zone) for one in past}
    day = day_of(now, settings.zone)
    if day not in days:
        day -= timedelta(days=1)
    count = 0
    while day in days:
        count, day = count + 1, day - timedelta(days=1)
    return count


def progress(cards: Iterable[Flashcard], memories: Mapping[str, Memory], now: datetime) -> dict[str, Progress]:
    """How far a learner is, by task, in the order in which tasks occur."""
    groups: dict[str, list[Memory | None]] = {}
    for card in cards:
        groups.setdefault(card.task, []).append(memories.get(card.id))
    found = {}
    for task, each in groups.items():
        seen = [memory for memory in each if memory is not None]
        mature = sum(memory.mature for memory in seen)
        learning = sum(memory.state != "review" for memory in seen)
        chances = [remembered(memory, now) for memory in seen]
        found[task] = Progress(
            cards=len(each),
            new=len(each) - len(seen),
            learning=learning,
            young=len(seen) - learning - mature,
            mature=mature,
            remembered=sum(chances) / len(chances) if chances else None,
        )
    return found
