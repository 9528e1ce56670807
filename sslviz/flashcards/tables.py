"""The tables in which progress is kept: learners, their reviews, what is known of each card, cards of their own."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

VERSION = 1  # of the tables; a newer one is not touched
TICK = timedelta(microseconds=1)  # moments that are nearer to each other are kept as one


class Moment(TypeDecorator[datetime]):
    """A moment as whole microseconds since 1970 in UTC: exact, and the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Moment → number."""
        return None if value is None else (value - datetime(1970, 1, 1, tzinfo=UTC)) // TICK

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Number → moment."""
        return None if value is None else datetime(1970, 1, 1, tzinfo=UTC) + value * TICK


class Base(DeclarativeBase):
    """All tables."""


class Versioned:
    """A table with one row: which version of the tables beside it this is."""

    __tablename__: str
    version: Mapped[int] = mapped_column(primary_key=True)


class SchemaRow(Versioned, Base):
    """Which version of the tables this is."""

    __tablename__ = "sslviz_schema"


class LearnerRow(Base):
    """A learner: the SHA-256 of the token, and the settings."""

    __tablename__ = "sslviz_learners"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    settings: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)


class ReviewRow(Base):
    """A review: what was graded and when, what the card was before, what was known after."""

    __tablename__ = "sslviz_reviews"
    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey(LearnerRow.id, ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))  # made by the page: sent twice, it counts once
    card: Mapped[str] = mapped_column(String(64))
    grade: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    took_ms: Mapped[int | None] = mapped_column(Integer, default=None)
    undone_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    was: Mapped[str] = mapped_column(String(16))
    interval: Mapped[float]  # days that the card had been sent away for
    after: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (
        UniqueConstraint("learner_id", "key"),
        Index("sslviz_reviews_by_card", "learner_id", "card", "at"),
        Index("sslviz_reviews_by_time", "learner_id", "at"),
    )


class MemoryRow(Base):
    """What is known of a card now: the same as `after` of its last review that was not undone."""

    __tablename__ = "sslviz_memories"
    learner_id: Mapped[int] = mapped_column(ForeignKey(LearnerRow.id, ondelete="CASCADE"), primary_key=True)
    card: Mapped[str] = mapped_column(String(64), primary_key=True)
    memory: Mapped[dict[str, Any]] = mapped_column(JSON)


class CardRow(Base):
    """A card that a learner brought along."""

    __tablename__ = "sslviz_cards"
    learner_id: Mapped[int] = mapped_column(ForeignKey(LearnerRow.id, ondelete="CASCADE"), primary_key=True)
    card: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
