"""Databases for the tests of flashcards: an SQLite file, and PostgreSQL where `SSLVIZ_TEST_DATABASE` names one.

Without it the tests on PostgreSQL are skipped with a line; with CI=true they fail instead.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from sslviz.flashcards.store import Store
from sslviz.flashcards.tokens import new_token

NO_POSTGRES = "SSLVIZ_TEST_DATABASE names no PostgreSQL (.ci/run installs and starts one)"


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
def open_store(database: str) -> Iterator[Callable[..., Store]]:
    """Opens the database again, as another server process would."""
    opened: list[Store] = []

    def open_it(patience: float = 20.0) -> Store:
        opened.append(Store(database, patience))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[..., Store]) -> Store:
    return open_store()


@pytest.fixture
def token() -> str:
    return new_token()


@pytest.fixture
def noon() -> datetime:
    return datetime(2026, 3, 10, 12, tzinfo=UTC)
