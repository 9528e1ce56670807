"""How much of what visitors upload the server holds.

Streamlit keeps a file until its visitor leaves and, as it looks for those who left only when somebody else does, even
longer; anybody may upload without a page that asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MOST_EACH, MOST = 40 << 20, 200 << 20  # bytes of a visitor, of all; a page that reads a file frees it at once


class HeldFiles:
    """Middleware: after each upload, and when somebody has left, take out what is too much."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as before."""
        try:
            await self.app(scope, receive, send)
        finally:
            if (scope["type"] == "websocket" or scope.get("method") == "PUT") and Runtime.exists():
                files = Runtime.instance().uploaded_file_mgr
                if isinstance(files, MemoryUploadedFileManager):
                    free(files, Runtime.instance().is_active_session)


def free(files: MemoryUploadedFileManager, here: Callable[[str], bool]) -> None:
    """Take out the files of visitors who left, and the oldest ones of those who have most, down to MOST bytes.

    Args:
        files: what is held.
        here: whether the visitor of this session is.
    """
    held: dict[str, dict[str, int]] = {}
    for session, kept in list(files.file_storage.items()):
        if here(session):
            held[session] = {number: len(file.data) for number, file in list(kept.items())}
        else:
            files.remove_session_files(session)
    sizes = {session: sum(kept.values()) for session, kept in held.items()}
    while sizes:
        most = max(sizes, key=sizes.__getitem__)
        if sizes[most] <= MOST_EACH and sum(sizes.values()) <= MOST:
            return
        oldest = next(iter(held[most]))
        sizes[most] -= held[most].pop(oldest)
        files.remove_file(most, oldest)
