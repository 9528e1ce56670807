"""What each learner has done, kept in a database: an SQLite file, or whatever `SSLVIZ_DATABASE` names.

A learner is a token that nobody can guess; it stays in the learner's browser, and only its SHA-256 is kept here. Every
query names the learner, so nobody reads or writes what is another's.

Reviews are only ever appended. An undo marks one as undone, and each review keeps what was known after it. What is
known of a card now is written in the same transaction. Writers of one learner wait for each other, so two tabs that
grade one card at once leave two reviews, the later built on the earlier. A card's text is not kept, only its id: a
changed text keeps its history, and so does a card that is gone.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import delete, exc, func, select
from sqlalchemy.orm import Session

from sslviz.flashcards import progress_file, schedule
from sslviz.flashcards.card import MAX_CARDS, MAX_OWN, BadCard, Flashcard, from_dict, is_id
from sslviz.flashcards.connection import Database, Unavailable, for_writing, said_clearly
from sslviz.flashcards.imported import Note
from sslviz.flashcards.progress_file import MAX_OF_CARD, MAX_OF_DAY
from sslviz.flashcards.schedule import Memory, Past, Settings, read_memory, read_settings
from sslviz.flashcards.tables import TICK, CardRow, LearnerRow, MemoryRow, ReviewRow
from sslviz.flashcards.tokens import is_key, sha256_of

PORTION = 500  # reviews that are taken in at a time, while other writers wait
GONE = (
    "Progress cannot be kept just now, because the file of the database was taken away; please try again in a moment."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Graded:
    """A review as it was kept.

    Attributes:
        key: its name, for an undo.
        card: id of the card.
        memory: what is known of the card now.
        counted: False where this key had been sent before.
    """

    key: str
    card: str
    memory: Memory | None
    counted: bool


@dataclass(frozen=True)
class Merged:
    """What came out of an export that was read back.

    Attributes:
        reviews: that were new here.
        known: reviews that were here already.
        undone: reviews that had been undone there.
        cards: own cards that were new here.
        notes: what was left out, with the number of the review or card, and the reason.
        lessons: scenes that are done, by the page of the lesson; whoever keeps them takes them in.
    """

    reviews: int = 0
    known: int = 0
    undone: int = 0
    cards: int = 0
    notes: tuple[Note, ...] = ()
    lessons: Mapping[str, Sequence[int]] = field(default_factory=dict)


class Store:
    """Everything that is kept. Safe to use from many threads; every method but `merge` is one transaction."""

    def __init__(self, named: str | None = None, patience: float = 5.0) -> None:
        """Nothing is opened yet.

        Args:
            named: as for `database_url`.
            patience: seconds to wait for a database that is busy or far away.
        """
        self._database = Database(named, patience)

    # reading

    def settings(self, token: str) -> Settings:
        """The learner's settings; the usual ones as long as none were set."""
        with self._reading(token) as (session, learner):
            return read_settings(session.get_one(LearnerRow, learner).settings) if learner else Settings()

    def memories(self, token: str) -> dict[str, Memory]:
        """What is known of every card that the learner has graded, those that are gone too."""
        with self._reading(token) as (session, learner):
            rows = session.execute(select(MemoryRow.card, MemoryRow.memory).where(MemoryRow.learner_id == learner))
            return {card: read_memory(memory) for card, memory in rows}

    def past(self, token: str, since: datetime | None = None) -> list[Past]:
        """The learner's reviews since a moment, the earliest first; undone ones are not among them."""
        asked = select(ReviewRow.card, ReviewRow.at, ReviewRow.grade, ReviewRow.was, ReviewRow.interval)
        with self._reading(token) as (session, learner):
            asked = asked.where(ReviewRow.learner_id == learner, ReviewRow.undone_at.is_(None))
            if since is not None:
                asked = asked.where(ReviewRow.at >= since)
            return [Past(*row) for row in session.execute(asked.order_by(ReviewRow.at, ReviewRow.id))]

    def own_cards(self, token: str) -> tuple[Flashcard, ...]:
        """The cards that the learner brought along, in their order."""
        with self._reading(token) as (session, learner):
            asked = select(CardRow.content).where(CardRow.learner_id == learner).order_by(CardRow.place, CardRow.card)
            return tuple(_checked(session.scalars(asked)))

    def export(self, token: str, now: datetime, lessons: Mapping[str, Sequence[int]] | None = None) -> str:
        """All that is kept of the learner, but for the token, as JSON text; `merge` reads it.

        Of very many reviews the latest are in it, as many as `merge` takes. `lessons`, the scenes that are done, are
        kept by the browser and go into the file as they are given.
        """
        with self._reading(token) as (session, learner):
            row = session.get(LearnerRow, learner) if learner else None
            reviews = (
                select(ReviewRow)
                .where(ReviewRow.learner_id == learner)
                .order_by(ReviewRow.at.desc(), ReviewRow.id.desc())
                .limit(progress_file.MAX_REVIEWS)
            )
            cards = select(CardRow.content).where(CardRow.learner_id == learner).order_by(CardRow.place, CardRow.card)
            return progress_file.write(
                session.scalars(reviews), session.scalars(cards), row.settings if row else None, now, lessons
            )

    # writing

    def set_settings(self, token: str, settings: Settings) -> None:
        """Keep the learner's settings."""
        with self._writing(token) as (session, learner):
            session.get_one(LearnerRow, learner).settings = read_settings(settings.as_dict()).as_dict()

    def grade(
        self, token: str, card: str, rating: int, *, key: str, now: datetime, took_ms: int | None = None
    ) -> Graded:
        """Keep one review, and what is known of the card after it.

        Raises ValueError for what is no card, grade or key, and for more than MAX_OF_DAY reviews of a card in 24 hours.

        Args:
            token: the learner.
            card: id of the card.
            rating: 1 Again to 4 Easy.
            key: made by `new_key` when the card was shown; sent again, nothing happens.
            now: when.
            took_ms: how long the learner thought, in milliseconds.

        Returns:
            The review, with what is known now.
        """
        if not is_id(card) or rating not in {1, 2, 3, 4} or not is_key(key):
            msg = "no such card, grade or key"
            raise ValueError(msg)
        took_ms = None if took_ms is None else max(0, min(int(took_ms), 3_600_000))
        with self._writing(token) as (session, learner):
            before = session.scalar(select(ReviewRow).where(ReviewRow.learner_id == learner, ReviewRow.key == key))
            if before is not None:
                return Graded(key, before.card, _memory(session, learner, before.card), counted=False)
            settings = read_settings(session.get_one(LearnerRow, learner).settings)
            last = session.scalar(
                select(ReviewRow.at)
                .where(ReviewRow.learner_id == learner, ReviewRow.card == card)
                .order_by(ReviewRow.at.desc())
                .limit(1)
            )
            at = now.astimezone(UTC)
            if last is not None and at <= last:  # two tabs, or a clock set back: later than the last all the same
                at = last + TICK
            of_day = select(func.count()).where(
                ReviewRow.learner_id == learner, ReviewRow.card == card, ReviewRow.at > at - timedelta(days=1)
            )
            if (session.scalar(of_day) or 0) >= MAX_OF_DAY:
                msg = f"{MAX_OF_DAY} reviews of one card on one day are enough"
                raise ValueError(msg)
            known = _memory(session, learner, card)
            memory = schedule.grade(known, card, rating, at, settings)
            row = ReviewRow(learner_id=learner, key=key, card=card, grade=int(rating), at=at, took_ms=took_ms)
            _fill(row, known, memory)
            session.add(row)
            _remember(session, learner, card, memory)
            return Graded(key, card, memory, counted=True)

    def undo(self, token: str, key: str, now: datetime) -> bool:
        """Mark a review as undone; the card is again what it was before.

        Where another tab has graded the card since, that review stays and is built on what was before the undone one.

        Returns:
            Whether this review is undone now; False: the learner has no such review.
        """
        with self._writing(token) as (session, learner):
            row = session.scalar(select(ReviewRow).where(ReviewRow.learner_id == learner, ReviewRow.key == key))
            if row is None:
                return False
            if row.undone_at is None:
                row.undone_at = now.astimezone(UTC)
                rows = _rows(session, learner, [row.card])
                settings = read_settings(session.get_one(LearnerRow, learner).settings)
                _remember(session, learner, row.card, _rebuilt(rows, row.card, row.at, settings))
            return True

    def add_cards(self, token: str, cards: Iterable[Flashcard], taken: Iterable[str] = ()) -> tuple[int, list[str]]:
        """Keep cards that the learner brought along. One with an id that is here already replaces it.

        Args:
            token: the learner.
            cards: the cards.
            taken: ids of our own deck, which stay ours.

        Returns:
            (how many were kept, a sentence for each one that was not)
        """
        ours = set(taken)
        with self._writing(token) as (session, learner):
            return _add_cards(session, learner, cards, ours)

    def remove_cards(self, token: str, ids: Iterable[str] | None = None) -> int:
        """Remove own cards, or all of them (None). What was learned stays, should they come back."""
        with self._writing(token) as (session, learner):
            asked = select(CardRow).where(CardRow.learner_id == learner)
            gone = set(ids) if ids is not None else None
            rows = [row for row in session.scalars(asked) if gone is None or row.card in gone]
            for row in rows:
                session.delete(row)
            return len(rows)

    def merge(self, token: str, exported: str | bytes, now: datetime, taken: Iterable[str] = ()) -> Merged:
        """Take in an export. Reviews that are here stay as they are; others are put in their place in time.

        Taking in the same export again changes nothing, and the order of several does not matter. A long one goes in by
        portions: should the database fail in between, what is in stays, and another try takes in the rest.

        Args:
            token: the learner who gets it.
            exported: the text of `export`.
            now: when.
            taken: ids of our own deck, which own cards cannot have.

        Raises:
            Refused: this is no such export.
        """
        saved = progress_file.read(exported, now)
        fresh = undone = over = 0
        with self._reading(token) as (session, learner):
            here_already = _counts(session, learner)
        for some in _portions(saved.reviews, here_already):
            with self._writing(token) as (session, learner):
                mine = session.get_one(LearnerRow, learner)
                if mine.settings is None and saved.settings is not None:
                    mine.settings = read_settings(saved.settings).as_dict()
                new, gone, left = _merge(session, learner, some, read_settings(mine.settings))
                fresh, undone, over = fresh + new, undone + gone, over + left
        with self._writing(token) as (session, learner):
            here = set(session.scalars(select(CardRow.card).where(CardRow.learner_id == learner)))
            new_here = [card for card in saved.cards if card.id not in here]
            kept, reasons = _add_cards(session, learner, new_here, set(taken))
        if over:
            reasons.insert(0, f"{over:,} reviews were left out: at most {MAX_OF_CARD:,} of one card are taken in.")
        notes = (*(Note(0, reason) for reason in reasons), *saved.notes)
        return Merged(fresh, len(saved.reviews) - fresh - over, undone, kept, notes, saved.lessons)

    def forget(self, token: str) -> bool:
        """Delete all that is kept of the learner. Returns whether there was anything."""
        with self._writing(token, create=False) as (session, learner):
            if not learner:
                return False
            for table in (ReviewRow, MemoryRow, CardRow):
                session.execute(delete(table).where(table.learner_id == learner))
            session.execute(delete(LearnerRow).where(LearnerRow.id == learner))
            return True

    def close(self) -> None:
        """Give back all connections; the next call opens new ones."""
        self._database.close()

    # inside

    @contextmanager
    def _reading(self, token: str) -> Iterator[tuple[Session, int]]:
        """A session and the learner's number; 0, which no learner has, as long as nothing is kept of this one."""
        sha256 = sha256_of(token)
        with said_clearly(), Session(self._database.engine()) as session:
            yield session, session.scalar(select(LearnerRow.id).where(LearnerRow.token_sha256 == sha256)) or 0

    @contextmanager
    def _writing(self, token: str, *, create: bool = True) -> Iterator[tuple[Session, int]]:
        """The same for one who writes: all or nothing, and one writer at a time for each learner."""
        sha256 = sha256_of(token)
        # with_for_update: PostgreSQL and others lock the learner's row. SQLite locks the file, see for_writing.
        asked = select(LearnerRow.id).where(LearnerRow.token_sha256 == sha256).with_for_update()
        writer = for_writing(self._database.engine())
        with said_clearly(), Session(writer) as session, session.begin():
            learner = session.scalar(asked)
            if learner is None and create:
                try:
                    with session.begin_nested():
                        session.add(LearnerRow(token_sha256=sha256))
                except exc.IntegrityError:
                    _log.debug("two tabs began at once")
                learner = session.scalar(asked)
            yield session, learner or 0
        if self._database.gone():  # taken away while it was written: nothing is kept, so nothing may be said to be
            raise Unavailable(GONE)


@lru_cache(maxsize=1)
def store() -> Store:
    """The store of this process, as `SSLVIZ_DATABASE` says."""
    return Store()


def _memory(session: Session, learner: int, card: str) -> Memory | None:
    row = session.get(MemoryRow, (learner, card))
    return read_memory(row.memory) if row else None


def _remember(session: Session, learner: int, card: str, memory: Memory | None) -> None:
    row = session.get(MemoryRow, (learner, card))
    if memory is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(MemoryRow(learner_id=learner, card=card, memory=memory.as_dict()))
    else:
        row.memory = memory.as_dict()


def _fill(row: ReviewRow, known: Memory | None, memory: Memory) -> None:
    row.was = known.state if known else "new"
    row.interval = known.interval / timedelta(days=1) if known else 0.0
    row.after = memory.as_dict()


def _rows(session: Session, learner: int, cards: Iterable[str]) -> list[ReviewRow]:
    """All reviews of some cards, undone ones too."""
    return list(
        session.scalars(select(ReviewRow).where(ReviewRow.learner_id == learner, ReviewRow.card.in_(list(cards))))
    )


def _rebuilt(rows: Iterable[ReviewRow], card: str, since: datetime, settings: Settings) -> Memory | None:
    """Work out anew what was known after each review of a card from a moment on. Returns what is known now."""
    before: ReviewRow | None = None
    memory: Memory | None = None
    for row in sorted((row for row in rows if row.undone_at is None), key=lambda row: row.at):
        if row.at < since:
            before = row
            continue
        known = memory or (read_memory(before.after) if before else None)
        memory = schedule.grade(known, card, row.grade, row.at, settings)
        _fill(row, known, memory)
    return memory or (read_memory(before.after) if before else None)


def _counts(session: Session, learner: int) -> dict[str, int]:
    """How many reviews of each card are here, undone ones too."""
    asked = select(ReviewRow.card, func.count()).where(ReviewRow.learner_id == learner).group_by(ReviewRow.card)
    return dict(session.execute(asked).all())


def _portions(reviews: Iterable[ReviewRow], here: Mapping[str, int]) -> Iterator[list[ReviewRow]]:
    """Reviews in portions of whole cards, so that no transaction keeps others waiting for long. One at least.

    Args:
        reviews: that are to be taken in.
        here: by card, how many are here already: they are read and worked out anew with those that come.
    """
    by_card: dict[str, list[ReviewRow]] = {}
    for one in reviews:
        by_card.setdefault(one.card, []).append(one)
    some: list[ReviewRow] = []
    weight = 0
    for card, each in by_card.items():
        some += each
        weight += len(each) + here.get(card, 0)
        if weight >= PORTION:
            yield some
            some, weight = [], 0
    yield some


def _free(at: datetime, taken: dict[datetime, datetime]) -> datetime:
    """The first moment from `at` on that is not taken; it is then.

    Args:
        at: a moment.
        taken: a moment that is taken → a later one, with none between them that is free. It is made to lead further
            with every search, so that very many reviews of one moment take no longer than others.
    """
    passed = []
    while at in taken:
        passed.append(at)
        at = taken[at]
    taken.update(dict.fromkeys((*passed, at), at + TICK))
    return at


def _merge(session: Session, learner: int, reviews: Iterable[ReviewRow], settings: Settings) -> tuple[int, int, int]:
    """Put reviews, all there are of some cards, among those that are here.

    Returns:
        (how many were new, undone, left out because there are too many of their card)
    """
    reviews = list(reviews)
    by_card: dict[str, list[ReviewRow]] = {one.card: [] for one in reviews}
    for row in _rows(session, learner, by_card):
        by_card[row.card].append(row)
    here: dict[str, ReviewRow] = {}
    for first in range(0, len(reviews), PORTION):  # a database takes only so many values in one query
        keys = [one.key for one in reviews[first : first + PORTION]]
        found = session.scalars(select(ReviewRow).where(ReviewRow.learner_id == learner, ReviewRow.key.in_(keys)))
        here.update({row.key: row for row in found})
    taken = {card: {row.at: row.at + TICK for row in rows} for card, rows in by_card.items()}
    changed: dict[str, datetime] = {}  # card → from when on
    fresh = undone = over = 0
    for one in reviews:
        known = here.get(one.key)
        if known is None and len(by_card[one.card]) >= MAX_OF_CARD:
            over += 1
            continue
        if known is None:
            one.at = _free(one.at, taken[one.card])  # two browsers in one microsecond
            one.learner_id, one.was, one.interval, one.after = learner, "new", 0.0, {}
            by_card[one.card].append(one)
            fresh += 1
        elif known.undone_at is None and one.undone_at is not None and known.card == one.card:
            known.undone_at = one.undone_at
            undone += 1
        else:
            continue
        at = (known or one).at
        changed[one.card] = min(at, changed.get(one.card, at))
    for card, since in changed.items():
        _remember(session, learner, card, _rebuilt(by_card[card], card, since, settings))
    session.add_all(row for rows in by_card.values() for row in rows)
    return fresh, undone, over


def _add_cards(session: Session, learner: int, cards: Iterable[Flashcard], taken: set[str]) -> tuple[int, list[str]]:
    here = {row.card: row for row in session.scalars(select(CardRow).where(CardRow.learner_id == learner))}
    place = max((row.place for row in here.values()), default=0)
    sizes = {card.id: card.size for card in _checked(row.content for row in here.values())}
    whole = sum(sizes.values())
    kept, reasons = 0, []
    for card in cards:
        larger = card.size - sizes.get(card.id, 0)
        if card.id in taken:
            reasons.append(f"The card {card.id} was left out: it is in the deck already.")
            continue
        if larger > 0 and whole + larger > MAX_OWN:
            reasons.append(
                f"The card {card.id} and all after it were left out: own cards have at most {MAX_OWN:,} characters "
                "together."
            )
            break
        if row := here.get(card.id):
            row.content = card.as_dict()
            kept += 1
        elif len(here) >= MAX_CARDS:
            reasons.append(f"The card {card.id} and all after it were left out: at most {MAX_CARDS:,} are kept.")
            break
        else:
            place += 1
            here[card.id] = CardRow(learner_id=learner, card=card.id, place=place, content=card.as_dict())
            session.add(here[card.id])
            kept += 1
        sizes[card.id], whole = card.size, whole + larger
    return kept, reasons


def _checked(contents: Iterable[Any]) -> Iterator[Flashcard]:
    """Cards from the database; one that a newer version takes no longer is passed over."""
    for content in contents:
        try:
            yield from_dict(content)
        except BadCard as bad:
            _log.warning("an own card cannot be read: %s", bad)
