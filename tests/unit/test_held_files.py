"""What visitors upload is held for a moment, and only so much of it."""

import asyncio
import tomllib
from typing import Any

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from sslviz.data import ASSETS, uploads
from sslviz.flashcards.progress_file import MAX_EXPORT
from sslviz.ui import held_files
from sslviz.ui.held_files import HeldFiles, free


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> MemoryUploadedFileManager:
    """Nothing held yet; a visitor may have 40 bytes, all together 100."""
    monkeypatch.setattr(held_files, "MOST_EACH", 40)
    monkeypatch.setattr(held_files, "MOST", 100)
    return MemoryUploadedFileManager("/upload")


def put(files: MemoryUploadedFileManager, session: str, number: str, size: int) -> None:
    files.add_file(session, UploadedFileRec(number, "name", "type", bytes(size)))


def held(files: MemoryUploadedFileManager) -> dict[str, list[str]]:
    return {session: list(kept) for session, kept in files.file_storage.items() if kept}


def test_of_a_visitor_who_uploads_much_the_newest_files_are_held(files: MemoryUploadedFileManager) -> None:
    for i in range(40):
        put(files, "a", str(i), 15)
        free(files, lambda _: True)
    assert held(files) == {"a": ["38", "39"]}


def test_visitors_who_upload_much_do_not_drive_out_who_uploads_little(files: MemoryUploadedFileManager) -> None:
    put(files, "small", "picture", 5)
    for i in range(20):
        put(files, f"large {i}", "first", 20)
        put(files, f"large {i}", "second", 20)
        free(files, lambda _: True)
    assert held(files)["small"] == ["picture"]
    assert sum(len(file.data) for kept in files.file_storage.values() for file in kept.values()) <= 100


def test_files_of_visitors_who_left_go(files: MemoryUploadedFileManager) -> None:
    put(files, "here", "picture", 5)
    put(files, "gone", "picture", 5)
    free(files, lambda session: session == "here")
    assert held(files) == {"here": ["picture"]}


@pytest.mark.parametrize("scope", [{"type": "websocket"}, {"type": "http", "method": "PUT"}])
def test_it_happens_after_an_upload_and_when_somebody_leaves(
    files: MemoryUploadedFileManager, scope: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Server:
        uploaded_file_mgr = files

        @staticmethod
        def is_active_session(_session: str) -> bool:
            return True

    async def app(*_: Any) -> None:
        put(files, "a", "large", 50)
        raise ConnectionError

    async def nothing(*_: Any) -> Any:
        return None

    monkeypatch.setattr(Runtime, "exists", lambda: True)
    monkeypatch.setattr(Runtime, "instance", Server)
    with pytest.raises(ConnectionError):
        asyncio.run(HeldFiles(app)(scope, nothing, nothing))
    assert held(files) == {}


def test_the_server_takes_files_as_large_as_the_pages_do_and_no_larger() -> None:
    settings = tomllib.loads((ASSETS.parent / ".streamlit" / "config.toml").read_text("utf-8"))
    largest = max(uploads.MAX_BYTES, uploads.MAX_SOUND_BYTES, uploads.MAX_CLIP_BYTES, MAX_EXPORT)
    assert settings["server"]["maxUploadSize"] == largest // uploads.MEGABYTE
