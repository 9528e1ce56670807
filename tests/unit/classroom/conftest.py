"""Databases for the tests of rooms, as for those of flashcards; and a question to ask."""

import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from sslviz.classroom.room import Asked
from sslviz.classroom.store import RoomStore

NO_POSTGRES = "SSLVIZ_TEST_DATABASE names no PostgreSQL (.ci/run installs and starts one)"
NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
PICTURE = "data:image/png;base64,AAAA"


def asked(key: str = "q1", **other: object) -> Asked:
    """A question of four answers; the second one is right, the model says the third."""
    given = {
        "key": key, "text": "Which word is hidden?", "choices": ("on", "under", "off", "yellow"), "truth": 1,
        "model": 2, "chance": 0.25, "words": ("The cat is ▨ the table.",),
        "shares": (0.1, 0.4, 0.45, 0.05), "by": "recorded",
    }  # fmt: skip
    return Asked(**{**given, **other})  # type: ignore[arg-type]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'progress.db'}"
        return
    server = os.environ.get("SSLVIZ_TEST_DATABASE", "")
    if not server:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(NO_POSTGRES)
    schema = f"test_{secrets.token_hex(8)}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    url = make_url(server).update_query_dict({"options": f"-csearch_path={schema}"})
    yield url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def open_store(database: str) -> Iterator[Callable[[], RoomStore]]:
    """Opens the database again, as another server process would."""
    opened: list[RoomStore] = []

    def open_it() -> RoomStore:
        opened.append(RoomStore(database, 20.0))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], RoomStore]) -> RoomStore:
    return open_store()
