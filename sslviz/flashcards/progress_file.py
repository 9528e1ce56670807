"""The file in which learners take their progress along: JSON text, with reviews, own cards, settings and lessons.

It is read with care, as everything that a visitor brings: what is damaged is left out and named, the rest goes in.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sslviz.flashcards.card import MAX_CARDS, BadCard, Flashcard, from_dict, is_id
from sslviz.flashcards.imported import Note, Refused
from sslviz.flashcards.tables import VERSION, ReviewRow
from sslviz.flashcards.tokens import is_key

FORMAT = "sslviz-progress"
MAX_EXPORT = 10_000_000  # bytes that are read back
MAX_REVIEWS = 50_000  # in one export
MAX_LESSONS, MAX_SCENES = 100, 100  # in one export; in one lesson
MAX_OF_CARD, MAX_OF_DAY = 1_000, 100  # reviews of one card that are taken in: in all, and of one day (UTC)

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Saved:
    """What an export holds, as far as it can be used.

    Attributes:
        reviews: of no learner yet, and without what was known after them.
        cards: own cards.
        settings: plain data, as `read_settings` takes it; None where none were set.
        notes: what was left out, with the number of the review or card, and the reason.
        lessons: numbers of the scenes that are done, by the page of the lesson.
    """

    reviews: list[ReviewRow]
    cards: list[Flashcard]
    settings: Any
    notes: list[Note]
    lessons: dict[str, list[int]]


def write(
    reviews: Iterable[ReviewRow],
    cards: Iterable[dict[str, Any]],
    settings: dict[str, Any] | None,
    now: datetime,
    lessons: Mapping[str, Sequence[int]] | None = None,
) -> str:
    """The text of an export; `read` takes it back, so there are never more reviews in it than that takes.

    Args:
        reviews: the latest first; the text has them the other way round.
        cards: own cards as plain data.
        settings: as plain data; None where none were set.
        now: when.
        lessons: numbers of the scenes that are done, by the page of the lesson.
    """
    whole: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "exported": now.astimezone(UTC).isoformat(),
        "settings": settings,
        "cards": list(cards),
        **({"lessons": {slug: list(done) for slug, done in lessons.items()}} if lessons else {}),
        "reviews": [],
    }
    frame = _json(whole)
    room = MAX_EXPORT - len(frame.encode())
    kept: list[str] = []
    for one in reviews:
        kept.append(_json(_plain(one)))
        room -= len(kept[-1]) + 1
        if room < 0 or len(kept) > MAX_REVIEWS:
            kept.pop()
            break
    return f"{frame.removesuffix(']}')}{','.join(reversed(kept))}]}}"


def _plain(one: ReviewRow) -> dict[str, Any]:
    """A review as plain data; what is not known is left out."""
    whole = {
        "key": one.key,
        "card": one.card,
        "grade": one.grade,
        "at": one.at.isoformat(),
        "took_ms": one.took_ms,
        "undone_at": one.undone_at.isoformat() if one.undone_at else None,
    }
    return {name: value for name, value in whole.items() if value is not None}


def _json(whole: dict[str, Any]) -> str:
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def read(exported: str | bytes, now: datetime) -> Saved:
    """What an export holds.

    Args:
        exported: the text that `write` gave.
        now: when; a review that is later than this is damaged.

    Raises:
        Refused: this is no such export.
    """
    whole = _whole(exported)
    notes: list[Note] = []
    reviews = list(_reviews(whole["reviews"], now, notes))
    cards = list(_cards(whole["cards"], notes))
    return Saved(reviews, cards, whole["settings"], notes, _lessons(whole.get("lessons"), notes))


def _whole(exported: str | bytes) -> dict[str, Any]:
    if len(exported) > MAX_EXPORT:
        raise Refused(f"This file is larger than the {MAX_EXPORT // 1_000_000} MB allowed for progress.")
    kind = "Please choose a file of progress that was saved here."
    try:
        whole = json.loads(exported)
    except (ValueError, RecursionError):
        raise Refused(f"This is no JSON text. {kind}") from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise Refused(f"This is no progress of sslviz. {kind}")
    if whole.get("version") != VERSION:
        raise Refused("This progress was saved by another version of sslviz, which cannot be read here.")
    whole.setdefault("settings", None)
    for name, most in (("reviews", MAX_REVIEWS), ("cards", MAX_CARDS)):
        if not isinstance(whole.setdefault(name, []), list):
            raise Refused(f"This progress is damaged: {name} is no list. {kind}")
        if len(whole[name]) > most:
            raise Refused(f"This progress has {len(whole[name]):,} {name}, more than the {most:,} allowed.")
    return whole


def _reviews(given: Sequence[Any], now: datetime, notes: list[Note]) -> Iterator[ReviewRow]:
    seen: set[str] = set()
    of_card: Counter[str] = Counter()
    of_day: Counter[tuple[str, date]] = Counter()
    for number, one in enumerate(given, 1):
        try:
            row = _review(one, now)
        except (ValueError, TypeError, OverflowError, KeyError):
            notes.append(Note(number, "this review was left out, because it is damaged."))
            continue
        if row.key in seen:
            notes.append(Note(number, "this review was left out, because it is there twice."))
            continue
        seen.add(row.key)
        day = (row.card, row.at.date())
        if of_card[row.card] >= MAX_OF_CARD or of_day[day] >= MAX_OF_DAY:
            notes.append(
                Note(number, f"this review was left out: of one card at most {MAX_OF_DAY} a day and {MAX_OF_CARD:,} in "
                     "all are taken in.")
            )  # fmt: skip
            continue
        of_card[row.card] += 1
        of_day[day] += 1
        yield row


def _review(one: Mapping[str, Any], now: datetime) -> ReviewRow:
    """A review from plain data. Raises some kind of error where it is not as it should be."""
    key, card, rating, took = one["key"], one["card"], one["grade"], one.get("took_ms")
    at = datetime.fromisoformat(one["at"]).astimezone(UTC)
    undone_at = datetime.fromisoformat(one["undone_at"]).astimezone(UTC) if one.get("undone_at") else None
    good = (
        is_key(key)
        and is_id(card)
        and type(rating) is int
        and 1 <= rating <= 4
        and (took is None or (type(took) is int and 0 <= took <= 3_600_000))
        and all(_EARLIEST <= moment <= now + timedelta(hours=1) for moment in (at, undone_at or at))
        and datetime.fromisoformat(one["at"]).tzinfo is not None
    )
    if not good:
        raise ValueError
    return ReviewRow(key=key, card=card, grade=rating, at=at, took_ms=took, undone_at=undone_at)


def _cards(given: Sequence[Any], notes: list[Note]) -> Iterator[Flashcard]:
    for number, one in enumerate(given, 1):
        try:
            yield from_dict(one)
        except BadCard as bad:
            notes.append(Note(number, f"this own card was left out: {bad}"))


def _lessons(given: Any, notes: list[Note]) -> dict[str, list[int]]:
    """The scenes that are done; older files have none."""
    if given is None:
        return {}
    if not isinstance(given, dict) or len(given) > MAX_LESSONS:
        notes.append(Note(0, "The lessons were left out, because they are damaged."))
        return {}
    found = {}
    for slug, done in given.items():
        if isinstance(done, list) and all(type(scene) is int and 0 <= scene < MAX_SCENES for scene in done):
            found[slug] = sorted(set(done))
        else:
            notes.append(Note(0, f"Lesson “{slug[:40]}” was left out, because it is damaged."))
    return found
