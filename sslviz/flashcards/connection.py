"""The way to the database: where it is, an engine whose tables are there, and what to say when it is out of reach.

SQLite and PostgreSQL have to be told different things, so that writers wait for each other and not for ever.
"""

import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import platformdirs
from sqlalchemy import Engine, create_engine, event, exc, insert, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import DeclarativeBase

from sslviz.flashcards.tables import VERSION, Base, SchemaRow, Versioned

_log = logging.getLogger(__name__)

_NO_URL = "Progress cannot be kept: SSLVIZ_DATABASE is no database URL."
_NO_FILE = "Progress cannot be kept: SSLVIZ_DATABASE names no file."
_NO_PLACE = (
    "Progress cannot be kept, because its file cannot be made or opened here; whoever runs this server can name "
    "another place in SSLVIZ_DATABASE."
)
_NOT_OURS = "Progress cannot be kept, because the database that SSLVIZ_DATABASE names was not made by sslviz."
_BUSY = "Progress cannot be kept just now, because the database is busy; please try again in a moment."
_FAR = "Progress cannot be kept just now, because the database cannot be reached."
_CAUSES = {  # words of a database or a system, the first that are found count
    ("locked", "lock timeout"): _BUSY,
    ("disk is full", "no space left"): "Progress cannot be kept, because the disk of the database is full.",
    ("unable to open", "read-only file system"): _NO_PLACE,
    ("readonly", "read-only"): "Progress cannot be kept, because the database may only be read.",
    ("malformed", "not a database"): "Progress cannot be kept, because the database file is damaged.",
    ("no such table", "no such column"): _NOT_OURS,
}


class Unavailable(Exception):
    """Progress cannot be read or kept just now. The message is one sentence for the learner."""


def database_url(named: str | None = None) -> URL:
    """Where progress is kept.

    Args:
        named: a database URL or the path of an SQLite file; None or empty: `SSLVIZ_DATABASE`, and without that a file
            in the user's data folder (~/.local/share/sslviz/progress.db on Linux).

    Raises:
        Unavailable: it is no such thing.
    """
    named = (named or os.environ.get("SSLVIZ_DATABASE", "")).strip()
    if "://" not in named:
        folder = platformdirs.user_data_path("sslviz", appauthor=False)
        try:
            path = Path(named).expanduser() if named else folder / "progress.db"
        except RuntimeError:  # ~somebody who has no home here
            raise Unavailable(_NO_FILE) from None
        if "\0" in named:
            raise Unavailable(_NO_FILE)
        return URL.create("sqlite", database=str(path.absolute()))
    try:
        url = make_url(named)
    except (exc.ArgumentError, ValueError):
        raise Unavailable(_NO_URL) from None
    url = url.set(drivername=url.drivername.lower())
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        raise Unavailable(_NO_FILE)
    return url


@dataclass(frozen=True)
class Kept:
    """What somebody keeps in the database.

    Attributes:
        tables: all of them.
        schema: the one that says which version of them this is.
        version: that this program knows.
        durable: whether what is committed outlasts a power cut; else SQLite writes many times as fast.
    """

    tables: type[DeclarativeBase]
    schema: type[Versioned]
    version: int
    durable: bool = True


PROGRESS = Kept(Base, SchemaRow, VERSION)


class Database:
    """The way to the database of a process, opened when it is first needed. Safe to use from many threads."""

    def __init__(self, named: str | None, patience: float, kept: Kept = PROGRESS) -> None:
        """Nothing is opened yet.

        Args:
            named: as for `database_url`.
            patience: seconds to wait for a database that is busy or far away.
            kept: the tables that must be there.
        """
        self._named, self._patience, self._kept = named, patience, kept
        self._lock = Lock()
        self._engine: Engine | None = None
        self._file: tuple[Path | None, tuple[int, int] | None] = (None, None)  # that is open: its path, which one it is
        self._failed: tuple[float, str] = (0.0, "")  # until when not to try again, and what to say meanwhile

    def close(self) -> None:
        """Give back all connections; the next call opens new ones."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def gone(self) -> bool:
        """Whether the file of the database has been deleted, or another one has its name. Open, it could be written."""
        path, which = self._file
        return path is not None and identity(path) != which

    def engine(self) -> Engine:
        """The engine, its tables there."""
        with self._lock:
            if self._engine is not None and self.gone():
                _log.warning("database: its file is gone, or is another one now; a new connection is made")
                self._engine.dispose()
                self._engine = None
            if self._engine is None:
                began = time.monotonic()
                if began < self._failed[0]:
                    raise Unavailable(self._failed[1])
                try:
                    with said_clearly():
                        url = database_url(self._named)
                        self._engine = connect(url, self._patience, self._kept)
                        self._file = (file_of(url), identity(file_of(url)))
                except Unavailable as error:
                    # Those who wait for the lock must not each wait for a host that does not answer.
                    took = time.monotonic() - began
                    self._failed = (began + 2 * took, str(error)) if took > 1 else (0.0, "")
                    raise
            return self._engine


def connect(url: URL, patience: float, kept: Kept = PROGRESS) -> Engine:
    """An engine; the tables are made where there are none.

    Args:
        url: from `database_url`.
        patience: seconds to wait for a database that is busy or far away.
        kept: the tables.

    Raises:
        Unavailable: another version of sslviz made the tables, or the URL says what its driver does not know.
    """
    try:
        engine = _connected(url, patience, durable=kept.durable)
    except (ValueError, TypeError):
        raise Unavailable(_NO_URL) from None
    return _prepared(engine, kept)


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database; None for others, and for one that is named by a URI of SQLite's own."""
    plain = url.get_backend_name() == "sqlite" and url.database and not url.database.startswith("file:")
    return Path(str(url.database)) if plain else None


def identity(path: Path | None) -> tuple[int, int] | None:
    """What tells a file from another one that has taken its name; None where there is none."""
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def for_writing(engine: Engine) -> Engine:
    """The same engine for one who is going to write: SQLite then locks its file from the beginning."""
    return engine.execution_options(sslviz_writes=True)


@contextmanager
def said_clearly() -> Iterator[None]:
    """Whatever goes wrong with the database, as Unavailable with one sentence; the log gets the cause."""
    try:
        yield
    except (exc.SQLAlchemyError, ImportError, OSError) as error:
        cause = str(getattr(error, "orig", None) or error)
        _log.warning("database: %s: %s", type(error).__name__, cause.splitlines()[0] if cause else "")
        raise Unavailable(_sentence(error, cause.lower())) from None
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError):  # a row that was not written by us
        _log.exception("database: a row cannot be read")
        raise Unavailable(_NOT_OURS) from None


def _sentence(error: Exception, cause: str) -> str:
    """What to say of an error, which ends in `cause`, in lower case."""
    if isinstance(error, (ImportError, exc.NoSuchModuleError)):
        return "Progress cannot be kept: the driver of the database that SSLVIZ_DATABASE names is not installed."
    if isinstance(error, exc.TimeoutError):
        return _BUSY
    for words, sentence in _CAUSES.items():
        if any(word in cause for word in words):
            return sentence
    if isinstance(error, OSError):
        return _NO_PLACE
    return _NOT_OURS if isinstance(error, exc.ProgrammingError) else _FAR


def _connected(url: URL, patience: float, *, durable: bool) -> Engine:
    """An engine; no connection is made yet. Parameters are kept out of logs and messages: they hold learners' data."""
    common: dict[str, Any] = {"hide_parameters": True, "pool_pre_ping": True}
    if url.get_backend_name() != "sqlite":
        postgresql = url.get_backend_name() == "postgresql"
        if postgresql:
            common["connect_args"] = {"connect_timeout": max(1, round(patience))}
        engine = create_engine(url, pool_timeout=patience, **common)
        if postgresql:

            @event.listens_for(engine, "connect")
            def wait_no_longer(connection: Any, record: Any) -> None:  # noqa: ARG001
                connection.execute(f"SET lock_timeout = {round(patience * 1000)}")
                connection.commit()

        return engine

    if path := file_of(url):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _for_the_owner_alone(path)
    engine = create_engine(url, connect_args={"timeout": patience}, pool_timeout=patience, **common)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:  # noqa: ARG001
        connection.isolation_level = None  # the driver begins no transaction by itself
        cursor = connection.cursor()
        # WAL: readers and a writer don't wait for each other. FULL: what is committed outlasts a power cut, too; with
        # NORMAL the last seconds may be lost, and nothing is damaged.
        synchronous = f"synchronous={'FULL' if durable else 'NORMAL'}"
        for pragma in ("journal_mode=WAL", synchronous, "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A writer takes the lock at once: one that reads first and writes later could find itself overtaken.
        writes = connection.get_execution_options().get("sslviz_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _for_the_owner_alone(path: Path) -> None:
    """Make the file where there is none, and let nobody else on this computer read it: it holds learners' progress.

    SQLite gives the files that it puts beside it the same rights.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(FileNotFoundError, PermissionError):  # not there; or another user's, who says who may read it
            mode = each.stat().st_mode
            if each.is_file() and mode & 0o077:
                each.chmod(mode & 0o700)


def _prepared(engine: Engine, kept: Kept) -> Engine:
    """Make the tables where there are none."""
    schema = kept.schema
    with engine.connect() as connection:
        there = engine.dialect.has_table(connection, schema.__tablename__)
    if not there:
        with for_writing(engine).begin() as connection:
            if engine.dialect.name == "postgresql":  # two servers that start at once
                connection.execute(text("SELECT pg_advisory_xact_lock(737376697)"))
            if not engine.dialect.has_table(connection, schema.__tablename__):
                kept.tables.metadata.create_all(connection)
                connection.execute(insert(schema).values(version=kept.version))
    with engine.connect() as connection:
        version = connection.scalar(select(schema.version))
    if version != kept.version:
        raise Unavailable("Progress cannot be kept: the database was made by another version of sslviz.")
    return engine
