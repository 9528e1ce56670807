"""The tables of rooms, in the database that keeps progress. All that hangs on a room goes when the room goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from sslviz.flashcards.connection import Kept
from sslviz.flashcards.tables import Moment, Versioned

VERSION = 1  # of the tables; a newer one is not touched


class RoomBase(DeclarativeBase):
    """All tables of rooms."""


class RoomSchemaRow(Versioned, RoomBase):
    """Which version of the tables this is."""

    __tablename__ = "sslviz_rooms_schema"


class RoomRow(RoomBase):
    """A room: who may steer it (the SHA-256 of a token), until when it is there, and what it shows now."""

    __tablename__ = "sslviz_rooms"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(6), unique=True)
    opener_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    over_at: Mapped[datetime] = mapped_column(Moment, index=True)
    version: Mapped[int] = mapped_column(default=1)
    address: Mapped[str] = mapped_column(String(300), default="")
    locked: Mapped[bool] = mapped_column(default=False)
    free: Mapped[bool] = mapped_column(default=False)
    board: Mapped[bool] = mapped_column(default=False)
    scene: Mapped[dict[str, Any]] = mapped_column(JSON)
    now: Mapped[int] = mapped_column(default=0)


class SeatRow(RoomBase):
    """A seat: the SHA-256 of the token that its phone keeps, and a nickname."""

    __tablename__ = "sslviz_room_seats"
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey(RoomRow.id, ondelete="CASCADE"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(40))
    out: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("room_id", "token_sha256"),)


class QuestionRow(RoomBase):
    """A question that was asked in a room, with the right answer, which no phone is told before it is shown."""

    __tablename__ = "sslviz_room_questions"
    room_id: Mapped[int] = mapped_column(ForeignKey(RoomRow.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    large: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)  # pictures and sounds
    shown: Mapped[bool] = mapped_column(default=False)


class VoteRow(RoomBase):
    """What a seat answered to a question."""

    __tablename__ = "sslviz_room_votes"
    room_id: Mapped[int] = mapped_column(ForeignKey(RoomRow.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey(SeatRow.id, ondelete="CASCADE"), primary_key=True)
    choice: Mapped[int]


# A vote that a power cut takes away is given again; a class that votes at once must not wait for the disk.
ROOMS = Kept(RoomBase, RoomSchemaRow, VERSION, durable=False)
