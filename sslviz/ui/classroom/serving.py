"""The phones' routes beside Streamlit's, and what goes on as long as the server: rooms that are over are deleted."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from streamlit import config

from sslviz.classroom.limits import Limits
from sslviz.classroom.routes import Phones
from sslviz.classroom.store import rooms
from sslviz.flashcards.connection import Unavailable
from sslviz.ui import startup

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

SWEEP = 600.0  # seconds between looks for rooms that are over

limits = Limits()
_log = logging.getLogger(__name__)


def routes() -> Sequence[BaseRoute]:
    """What phones ask for."""
    return Phones(limits=limits, ending=ending).routes(config.get_option("server.baseUrlPath"))


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """What the app does while it serves, and the sweeping."""
    async with startup.lifespan(app) as state:
        task = asyncio.create_task(_sweep(), name="sweep rooms")
        yield state
        task.cancel()


def ending() -> bool:
    """Whether the server was told to end. It waits for all answers, and a stream of changes would never be over.

    The web server is asked itself, through the handler of signals that it has set.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return bool(getattr(server, "should_exit", False))


async def _sweep() -> None:
    while True:
        try:
            await anyio.to_thread.run_sync(rooms().sweep, datetime.now(UTC))
        except Unavailable as trouble:
            _log.info("rooms that are over could not be deleted yet: %s", trouble)
        await asyncio.sleep(SWEEP)
