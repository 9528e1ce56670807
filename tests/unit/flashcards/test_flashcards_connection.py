"""The way to the database: what is out of reach, locked or damaged is said in one sentence, and tried again.

What differs between databases is tried on an SQLite file and on PostgreSQL.
"""

import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from sslviz.flashcards import schedule
from sslviz.flashcards.connection import Unavailable, database_url
from sslviz.flashcards.store import Store
from sslviz.flashcards.tokens import new_key, new_token

Open = Callable[..., Store]
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_where_progress_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("SSLVIZ_DATABASE", raising=False)
    if sys.platform == "linux":
        assert database_url().database == str(tmp_path / "sslviz" / "progress.db")
    monkeypatch.setenv("SSLVIZ_DATABASE", "postgresql://me:secret@host/db")
    assert database_url().drivername == "postgresql+psycopg"
    monkeypatch.setenv("SSLVIZ_DATABASE", str(tmp_path / "deep" / "x.db"))
    token = new_token()
    Store().grade(token, "a", 3, key=new_key(), now=NOW)
    assert (tmp_path / "deep" / "x.db").exists()


def test_a_file_is_written_in_wal_mode_with_foreign_keys(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "p.db"))
    with store._database.engine().connect() as connection:
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                  ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")]  # fmt: skip
    assert values == ["wal", 1, 2, 5000]


def _refused(named: str, patience: float = 0.2) -> str:
    """The sentence that reading and writing both give."""
    store, token = Store(named, patience), new_token()
    with pytest.raises(Unavailable) as reading:
        store.memories(token)
    with pytest.raises(Unavailable) as writing:
        store.grade(token, "a", 3, key=new_key(), now=NOW)
    assert str(reading.value) == str(writing.value)
    return str(reading.value)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("nosuch://x/y", "driver"), ("postgresql+nosuch://x/y", "driver"), ("://", "no database URL"),
        ("sqlite://", "names no file"), ("sqlite:///:memory:", "names no file"),
        ("/dev/null/x/p.db", "another place in SSLVIZ_DATABASE"), ("/", "another place in SSLVIZ_DATABASE"),
        ("~nobody-here/p.db", "names no file"), ("a\0b", "names no file"),
        ("sqlite:///x.db?timeout=soon", "no database"),
        ("POSTGRESQL://me:secret@127.0.0.1:1/db", "just now, because the database cannot be reached"),
        ("postgresql://me:secret@127.0.0.1:1/db", "cannot be reached"),
        ("postgresql://me:p@127.0.0.1:x/db", "no database"),
    ],
)  # fmt: skip
def test_a_database_out_of_reach_is_said_in_one_sentence(
    named: str, said: str, caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # SQLite makes the file before it finds the fault
    sentence = _refused(named, 1)
    assert said in sentence
    assert sentence.endswith(".")
    assert "secret" not in sentence + caplog.text


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "p.db").write_text("this is a letter to a friend, and no database at all" * 100)
    assert "damaged" in _refused(str(tmp_path / "p.db"))


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE sslviz_schema (version INTEGER)", "INSERT INTO sslviz_schema VALUES (1)"],
        ["CREATE TABLE sslviz_schema (number INTEGER)"],
        ["CREATE TABLE sslviz_schema (version INTEGER)", "INSERT INTO sslviz_schema VALUES (1)",
         "CREATE TABLE sslviz_learners (id INTEGER)"],
    ],
)  # fmt: skip
def test_a_database_of_another_program_is_said_to_be_one(tmp_path: Path, statements: list[str]) -> None:
    other = sqlite3.connect(tmp_path / "p.db")
    for statement in statements:
        other.execute(statement)
    other.commit()
    other.close()
    assert "was not made by sslviz" in _refused(str(tmp_path / "p.db"))


@pytest.mark.parametrize("memory", ["{}", "[]", "null", "{", '"text"', '{"due": 3, "last_review": 4}', '{"x": "y"}'])
def test_a_row_that_we_did_not_write_is_said_in_one_sentence(tmp_path: Path, memory: str) -> None:
    store, token = Store(str(tmp_path / "p.db")), new_token()
    store.grade(token, "a", 3, key=new_key(), now=NOW)
    other = sqlite3.connect(tmp_path / "p.db")
    other.execute("UPDATE sslviz_memories SET memory = ?", (memory,))
    other.commit()
    other.close()
    with pytest.raises(Unavailable, match="was not made by sslviz"):
        store.memories(token)
    with pytest.raises(Unavailable, match="was not made by sslviz"):
        store.grade(token, "a", 3, key=new_key(), now=NOW)


@pytest.mark.skipif(os.name != "posix", reason="files have no such rights here")
@pytest.mark.parametrize("before", [None, 0o644, 0o666, 0o600])
def test_nobody_else_on_the_computer_reads_the_file(tmp_path: Path, before: int | None) -> None:
    path = tmp_path / "new" / "p.db"
    old = os.umask(0)
    try:
        if before is not None:  # as an earlier version made it
            path.parent.mkdir()
            path.touch()
            path.chmod(before)
        store = Store(str(path))
        store.grade(new_token(), "a", 3, key=new_key(), now=NOW)
    finally:
        os.umask(old)
    rights = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert rights == dict.fromkeys(["p.db", "p.db-wal", "p.db-shm"], 0o600)


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be deleted here")
@pytest.mark.parametrize("instead", ["nothing", "another"])
def test_what_goes_into_a_deleted_file_is_never_said_to_be_kept(tmp_path: Path, instead: str) -> None:
    path, token = tmp_path / "p.db", new_token()
    store = Store(str(path))
    store.grade(token, "a", 3, key=new_key(), now=NOW)
    for file in tmp_path.iterdir():
        file.unlink()
    if instead == "another":
        other = Store(str(path))
        other.grade(token, "z", 3, key=new_key(), now=NOW)
        other.close()
    assert store.grade(token, "b", 3, key=new_key(), now=NOW).counted
    assert set(Store(str(path)).memories(token)) == ({"b"} if instead == "nothing" else {"b", "z"})


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be deleted here")
def test_a_file_that_is_deleted_while_it_is_written_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, token, key = tmp_path / "p.db", new_token(), new_key()
    store = Store(str(path))
    store.grade(token, "a", 3, key=new_key(), now=NOW)
    whole = schedule.grade

    def deleted(*given: object) -> object:
        path.unlink(missing_ok=True)
        return whole(*given)

    with monkeypatch.context() as patch:
        patch.setattr(schedule, "grade", deleted)
        with pytest.raises(Unavailable, match="was taken away; please try again"):
            store.grade(token, "b", 3, key=key, now=NOW)
    assert store.grade(token, "b", 3, key=key, now=NOW).counted
    assert set(Store(str(path)).memories(token)) == {"b"}


def test_a_home_that_cannot_be_written_is_no_passing_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder, so that nothing can be written below it, not even by root")
    for name in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("SSLVIZ_DATABASE", raising=False)
    sentence = _refused("")
    assert "SSLVIZ_DATABASE" in sentence
    assert "just now" not in sentence
    assert str(tmp_path) not in sentence  # where a server keeps its files is nothing to visitors


def test_a_database_that_may_only_be_read_is_read_and_not_written(tmp_path: Path) -> None:
    store, token = Store(str(tmp_path / "p.db")), new_token()
    store.grade(token, "a", 3, key=new_key(), now=NOW)
    only_read = Store(f"sqlite:///file:{tmp_path / 'p.db'}?mode=ro&uri=true")
    assert set(only_read.memories(token)) == {"a"}
    with pytest.raises(Unavailable, match="may only be read"):
        only_read.grade(token, "a", 3, key=new_key(), now=NOW)


def test_a_locked_database_can_be_read_and_says_that_it_is_busy(tmp_path: Path) -> None:
    store, token = Store(str(tmp_path / "p.db"), patience=0.1), new_token()
    store.grade(token, "a", 3, key=new_key(), now=NOW)
    other = sqlite3.connect(tmp_path / "p.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert set(store.memories(token)) == {"a"}
    key = new_key()
    with pytest.raises(Unavailable, match="busy; please try again"):
        store.grade(token, "a", 4, key=key, now=NOW)
    other.execute("ROLLBACK")
    other.close()
    assert store.grade(token, "a", 4, key=key, now=NOW).counted


def test_a_learner_who_is_being_written_elsewhere_is_said_to_be_busy(
    database: str, open_store: Open, token: str
) -> None:
    open_store().grade(token, "a", 3, key=new_key(), now=NOW)
    hasty = open_store(0.3)
    hasty.memories(token)
    engine = create_engine(database)
    with engine.connect() as connection:
        connection.execute(text("UPDATE sslviz_learners SET settings = settings"))
        with pytest.raises(Unavailable, match="busy"):
            hasty.grade(token, "a", 3, key=new_key(), now=NOW)
        connection.rollback()
    engine.dispose()
    assert hasty.grade(token, "a", 3, key=new_key(), now=NOW).counted


def test_a_database_that_comes_back_is_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.write_text("in the way")
    store, token = Store(str(folder / "p.db")), new_token()
    with pytest.raises(Unavailable):
        store.memories(token)
    folder.unlink()
    assert store.grade(token, "a", 3, key=new_key(), now=NOW).counted


def test_tables_of_a_newer_version_are_left_alone(database: str, open_store: Open, token: str) -> None:
    open_store().grade(token, "a", 3, key=new_key(), now=NOW)
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE sslviz_schema SET version = 99"))
    with pytest.raises(Unavailable, match="another version"):
        open_store().memories(token)
    engine.dispose()


def test_servers_that_start_at_once_make_the_tables_once(open_store: Open) -> None:
    stores = [open_store() for _ in range(4)]
    tokens = [new_token() for _ in stores]
    threads = [
        threading.Thread(target=lambda s=s, t=t: s.grade(t, "a", 3, key=new_key(), now=NOW))
        for s, t in zip(stores, tokens, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(stores[0].memories(token)) for token in tokens] == [1, 1, 1, 1]
