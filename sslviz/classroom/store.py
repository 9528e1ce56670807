"""Rooms, kept in the database of progress, so that all servers of an app share them.

Who opens a room gets in with a token, as learners do, and only its SHA-256 is kept; the same of every seat. Whatever
steers a room asks for the token of who opened it. A room is over when it is ended, and after 24 hours at the latest;
then its row goes, and with it all seats, questions and votes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any

from sqlalchemy import ScalarResult, delete, exc, func, select
from sqlalchemy.orm import Session

from sslviz.classroom.codes import checked_name, drawn_name, new_code
from sslviz.classroom.room import Asked, Question, Room, Scene, Seat, read_asked
from sslviz.classroom.tables import ROOMS, QuestionRow, RoomRow, SeatRow, VoteRow
from sslviz.flashcards.connection import Database, Unavailable, database_url, file_of, for_writing, said_clearly
from sslviz.flashcards.tokens import new_token, sha256_of

LASTS = timedelta(hours=24)
MOST_ROOMS = 200  # at once, on all servers
MOST_SEATS = 300  # of a room, those who were put out among them
MOST_QUESTIONS = 200  # of a room
LARGEST = 600_000  # letters of a question, its pictures and sounds among them

_log = logging.getLogger(__name__)


class NoRoom(LookupError):
    """There is no such room, or it is over."""


class Refused(ValueError):
    """It cannot be done; the message says why, in a sentence."""


class NotYours(Exception):
    """Only who opened a room can steer it."""


class RoomStore:
    """All rooms. Safe to use from many threads; every method is one transaction."""

    def __init__(self, named: str | None = None, patience: float = 5.0) -> None:
        """Nothing is opened yet.

        Args:
            named: as for `connection.database_url`.
            patience: seconds to wait for a database that is busy or far away.
        """
        self._named, self._database = named, Database(named, patience, ROOMS)
        self._writing = Lock()  # of SQLite, whose own waiting is by trying again, ever more seldom

    # opening and steering: with the token of who opened it

    def open(self, token: str, now: datetime, address: str = "") -> str:
        """Open a room, or find the one that this token has opened already. Returns its code.

        Raises:
            Refused: there are too many rooms.
        """
        opener = sha256_of(token)
        with self._session(writes=True) as session:
            _sweep(session, now)
            there = session.scalar(select(RoomRow.code).where(RoomRow.opener_sha256 == opener))
            if there is not None:
                return there
            if (session.scalar(select(func.count(RoomRow.id))) or 0) >= MOST_ROOMS:
                msg = f"{MOST_ROOMS} rooms are open on this server, and there cannot be more; please try again later."
                raise Refused(msg)
            while True:
                code = new_code()
                try:
                    with session.begin_nested():
                        session.add(
                            RoomRow(
                                code=code, opener_sha256=opener, over_at=now.astimezone(UTC) + LASTS, address=address,
                                scene=asdict(Scene()),
                            )
                        )  # fmt: skip
                except exc.IntegrityError:  # this code is somebody's; or two tabs opened a room at once
                    there = session.scalar(select(RoomRow.code).where(RoomRow.opener_sha256 == opener))
                    if there is not None:
                        return there
                else:
                    return code

    def mine(self, token: str, now: datetime) -> str | None:
        """The code of the room that this token has opened; None where there is none."""
        with self._session() as session:
            asked = select(RoomRow.code).where(RoomRow.opener_sha256 == sha256_of(token), RoomRow.over_at > now)
            return session.scalar(asked)

    def follow(self, token: str, code: str, scene: Scene, now: datetime) -> None:
        """The teacher shows another scene, in which nothing is asked to vote on."""
        with self._steering(token, code, now) as (_, row):
            _set(row, {"scene": asdict(scene), "now": 0})

    def ask(self, token: str, code: str, scene: Scene, asked: Asked, now: datetime) -> int:
        """The teacher asks a question; one that was asked before comes back with its votes. Returns its number.

        Raises:
            Refused: it is too large, or there were too many.
        """
        if sum(map(len, (asked.text, *asked.words, *asked.choices))) + _data(asked) > LARGEST:
            msg = "This question is too large for phones."
            raise Refused(msg)
        with self._steering(token, code, now) as (session, row):
            rows = select(QuestionRow).where(QuestionRow.room_id == row.id).order_by(QuestionRow.number)
            every = list(session.scalars(rows))
            number = next((one.number for one in every if one.key == asked.key), 0)
            if not number:
                if len(every) >= MOST_QUESTIONS:
                    msg = f"{MOST_QUESTIONS} questions were asked in this room, and there cannot be more."
                    raise Refused(msg)
                number = len(every) + 1
                kept, large = asked.as_dict(), asked.large()
                session.add(QuestionRow(room_id=row.id, number=number, key=asked.key, asked=kept, large=large))
            _set(row, {"scene": asdict(scene), "now": number})
            return number

    def show(self, token: str, code: str, number: int, now: datetime) -> None:
        """Show the answer to a question; from then on nobody votes on it."""
        with self._steering(token, code, now) as (session, row):
            question = session.get(QuestionRow, (row.id, number))
            if question is not None and not question.shown:
                question.shown = True
                row.version += 1

    def change(
        self, token: str, code: str, now: datetime, *, locked: bool | None = None, free: bool | None = None,
        board: bool | None = None, address: str | None = None,
    ) -> None:  # fmt: skip
        """Change what is given: lock the door, let the students go on by themselves, show the board, the address."""
        given = {"locked": locked, "free": free, "board": board, "address": address}
        with self._steering(token, code, now) as (_, row):
            _set(row, {name: value for name, value in given.items() if value is not None})

    def put_out(self, token: str, code: str, seat: int, now: datetime) -> None:
        """Put somebody out: the seat stays, so that this phone cannot come in again, and its votes do not count."""
        with self._steering(token, code, now) as (session, row):
            found = session.get(SeatRow, seat)
            if found is not None and found.room_id == row.id and not found.out:
                found.out = True
                row.version += 1

    def end(self, token: str, code: str, now: datetime) -> None:
        """End a room: all that is kept of it is deleted."""
        with self._steering(token, code, now) as (session, row):
            _delete(session, [row.id])

    # being in a room: with the token of a seat

    def join(self, code: str, token: str | None, now: datetime) -> tuple[str, Seat]:
        """Come in, or come back to the seat of this token. Returns the seat's token, and the seat.

        Raises:
            NoRoom: there is none with this code.
            Refused: it is locked or full.
        """
        with self._session(writes=True) as session:
            row = _room(session, code, now, lock=True)
            found = _seat(session, row, token)
            if token is not None and found is not None:
                return token, Seat(found.id, found.name, found.out)
            names = list(session.scalars(select(SeatRow.name).where(SeatRow.room_id == row.id)))
            if row.locked:
                msg = "This room is locked: nobody else can come in. Please ask your teacher."
                raise Refused(msg)
            if len(names) >= MOST_SEATS:
                msg = f"This room is full: {MOST_SEATS} have come in."
                raise Refused(msg)
            fresh, name = new_token(), drawn_name(names)
            seat = SeatRow(room_id=row.id, token_sha256=sha256_of(fresh), name=name)
            session.add(seat)
            session.flush()
            return fresh, Seat(seat.id, name)

    def seat(self, code: str, token: str | None, now: datetime) -> Seat | None:
        """The seat of this token; None where it has none here.

        Raises:
            NoRoom: there is none with this code.
        """
        with self._session() as session:
            found = _seat(session, _room(session, code, now), token)
            return None if found is None else Seat(found.id, found.name, found.out)

    def rename(self, code: str, token: str | None, typed: str, now: datetime) -> str:
        """Give this seat another nickname, and return it in one form.

        Raises:
            NoRoom: there is none with this code, or the token has no seat in it.
            BadName: it cannot be a name.
        """
        with self._session(writes=True) as session:
            row = _room(session, code, now, lock=True)
            found = _inside(session, row, token)
            others = select(SeatRow.name).where(SeatRow.room_id == row.id, SeatRow.id != found.id)
            found.name = checked_name(typed, list(session.scalars(others)))
            return found.name

    def vote(self, code: str, token: str | None, number: int, choice: int, now: datetime) -> bool:
        """Answer a question, or change the answer. Returns whether it counts: only while the question is asked.

        Raises:
            NoRoom: there is none with this code, or the token has no seat in it.
        """
        for _ in range(2):
            try:
                with self._session(writes=True) as session:
                    return _vote(session, _room(session, code, now), token, number, choice)
            except exc.IntegrityError:  # the same phone voted twice at once; the second time there is a row
                _log.debug("two votes of one seat at once")
        return False

    # looking

    def version(self, code: str, now: datetime) -> int:
        """What grows with whatever phones must be told.

        Raises:
            NoRoom: there is none with this code.
        """
        with self._session() as session:
            return _room(session, code, now).version

    def look(self, code: str, now: datetime) -> Room:
        """The room as it is now.

        Raises:
            NoRoom: there is none with this code.
        """
        with self._session() as session:
            return _whole(session, _room(session, code, now))

    def put(self, code: str, token: str | None, number: int, now: datetime) -> tuple[Question, str]:
        """The question that is asked, with its pictures and sounds and without votes, and who made what it shows.

        Raises:
            NoRoom: there is none with this code, the token has no seat in it, or another question is asked.
        """
        with self._session() as session:
            row = _room(session, code, now)
            _inside(session, row, token)
            found = session.get(QuestionRow, (row.id, number))
            if found is None or number != row.now:
                msg = "this question is not asked now"
                raise NoRoom(msg)
            credit = str(row.scene.get("credit", ""))
            return Question(number, read_asked(found.asked, found.large), found.shown), credit

    def sweep(self, now: datetime) -> int:
        """Delete the rooms that are over; returns how many. Makes no database where there is none."""
        path = file_of(database_url(self._named))
        if path is not None and not path.exists():
            return 0
        with self._session(writes=True) as session:
            return _sweep(session, now)

    def close(self) -> None:
        """Give back all connections; the next call opens new ones."""
        self._database.close()

    # inside

    @contextmanager
    def _session(self, *, writes: bool = False) -> Iterator[Session]:
        try:
            engine = self._database.engine()
            queue = self._writing if writes and engine.dialect.name == "sqlite" else nullcontext()
            duplicate: exc.IntegrityError | None = None
            with queue, said_clearly(), Session(for_writing(engine) if writes else engine) as session:
                try:
                    with session.begin():
                        yield session
                except exc.IntegrityError as error:
                    duplicate = error
            if duplicate is not None:
                raise duplicate
        except Unavailable as trouble:
            raise Unavailable(str(trouble).replace("Progress", "A room", 1)) from None

    @contextmanager
    def _steering(self, token: str, code: str, now: datetime) -> Iterator[tuple[Session, RoomRow]]:
        """A session, and the room that this token has opened."""
        with self._session(writes=True) as session:
            row = _room(session, code, now, lock=True)
            if row.opener_sha256 != sha256_of(token):
                msg = "only who opened a room can steer it"
                raise NotYours(msg)
            yield session, row


@lru_cache(maxsize=1)
def rooms() -> RoomStore:
    """The rooms of this process, as `SSLVIZ_DATABASE` says."""
    return RoomStore()


def _room(session: Session, code: str, now: datetime, *, lock: bool = False) -> RoomRow:
    asked = select(RoomRow).where(RoomRow.code == code, RoomRow.over_at > now)
    row = session.scalar(asked.with_for_update() if lock else asked)
    if row is None:
        msg = "there is no such room, or it is over"
        raise NoRoom(msg)
    return row


def _seat(session: Session, row: RoomRow, token: str | None) -> SeatRow | None:
    """The seat of this token in a room."""
    if token is None:
        return None
    try:
        sha256 = sha256_of(token)
    except ValueError:
        return None
    return session.scalar(select(SeatRow).where(SeatRow.room_id == row.id, SeatRow.token_sha256 == sha256))


def _inside(session: Session, row: RoomRow, token: str | None) -> SeatRow:
    found = _seat(session, row, token)
    if found is None or found.out:
        msg = "there is no such seat, or its owner was put out"
        raise NoRoom(msg)
    return found


def _vote(session: Session, row: RoomRow, token: str | None, number: int, choice: int) -> bool:
    seat = _inside(session, row, token)
    question = session.get(QuestionRow, (row.id, number))
    if question is None or number != row.now or question.shown or not 0 <= choice < len(question.asked["choices"]):
        return False
    there = session.get(VoteRow, (row.id, number, seat.id))
    if there is None:
        session.add(VoteRow(room_id=row.id, number=number, seat_id=seat.id, choice=choice))
    else:
        there.choice = choice
    return True


def _set(row: RoomRow, given: dict[str, Any]) -> None:
    """Change columns, and count that up where anything was changed."""
    changed = {name: value for name, value in given.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += bool(changed)


def _whole(session: Session, row: RoomRow) -> Room:
    seats: ScalarResult[SeatRow] = session.scalars(
        select(SeatRow).where(SeatRow.room_id == row.id).order_by(SeatRow.id)
    )
    votes: dict[int, dict[int, int]] = {}
    for vote in session.scalars(select(VoteRow).where(VoteRow.room_id == row.id)):
        votes.setdefault(vote.number, {})[vote.seat_id] = vote.choice
    asked = select(QuestionRow).where(QuestionRow.room_id == row.id).order_by(QuestionRow.number)
    questions = tuple(
        Question(one.number, read_asked(one.asked), one.shown, votes.get(one.number, {}))
        for one in session.scalars(asked)
    )
    return Room(
        row.code, row.version, row.address, row.locked, row.free, row.board, Scene(**row.scene), row.now,
        tuple(Seat(seat.id, seat.name, seat.out) for seat in seats), questions,
    )  # fmt: skip


def _data(asked: Asked) -> int:
    return sum(len(data) for _, data in (*asked.images, *asked.sounds))


def _sweep(session: Session, now: datetime) -> int:
    over = list(session.scalars(select(RoomRow.id).where(RoomRow.over_at <= now)))
    _delete(session, over)
    return len(over)


def _delete(session: Session, ids: list[int]) -> None:
    for table in (VoteRow, QuestionRow, SeatRow):
        session.execute(delete(table).where(table.room_id.in_(ids)))
    session.execute(delete(RoomRow).where(RoomRow.id.in_(ids)))
