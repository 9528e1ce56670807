"""What lives as long as the server: the training engine, all runs, and the import of torch in the background."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import platform
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from sslviz.training.live.runs import Run, Runs

HOME_FIRST, LABEL_FIRST = 3.0, 1.0  # seconds: what a first visitor looks at goes before what may be wanted next
TURN = 5e-4  # seconds after which a thread lets another go on; by default 5 ms, and where a class is on its pages, each
# of the many calls of a network into torch waits that long until it may go on
LATEST = 20.0  # seconds after which torch is imported, however many pages are opened
PAGES = ("sslviz.ui.home.page", "sslviz.ui.tasks")  # what draws them; no torch
NOW_AND_THEN = 60.0  # seconds until what pages have freed is handed back to the system

_lock = threading.Lock()
_warm = threading.Event()
_failed = threading.Event()
_wanted = threading.Event()
_last_opened = [0.0]  # by the clock of time.monotonic
_held: dict[str, Runs] = {}  # "runs": made on first use


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Start what is slow in the background, so that the server listens soon; end the engine with the server."""
    spare_memory()
    sys.setswitchinterval(TURN)
    for name in PAGES:  # beside the first page this would take three times as long, and hold up its scripts
        import_module(name)
    if os.environ.get("SSLVIZ_LAZY") != "1":  # tests that must not start an engine
        threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    ended = threading.Event()
    threading.Thread(target=_give_back, args=(ended,), name="give-back", daemon=True).start()
    yield {}
    ended.set()
    if "runs" in _held:
        _held["runs"].engine.close()


def apologise(problem: Exception) -> bool:  # noqa: ARG001 - Streamlit has written it into the log
    """Say in a sentence that a page failed, in place of a stack trace; for whatever was not caught."""
    st.error(
        "Something on this page went wrong, and that is our fault, not yours: please reload it, or go on with another "
        "page. Whoever runs this server finds the reason in its log.",
        icon=":material/error:",
    )
    return True


def spare_memory() -> None:
    """Have glibc share two heaps among all threads.

    Else each of up to eight a core keeps what its threads gave back, and the server grows with every run.
    """
    if platform.libc_ver()[0] == "glibc":
        m_arena_max = -8  # malloc.h
        ctypes.CDLL(None).mallopt(m_arena_max, 2)


def warm() -> bool:
    """Whether torch and the tasks are imported, so that a label costs milliseconds."""
    return _warm.is_set()


def failed() -> bool:
    """Whether torch and the tasks could not be imported: then nothing that a task draws can be shown."""
    return _failed.is_set()


def opened() -> None:
    """A browser asks for a page or what belongs to it."""
    _last_opened[-1] = time.monotonic()


def hurry() -> None:
    """A page on which labels are made has been drawn: torch and the engine are wanted now."""
    _wanted.set()


def runs() -> Runs:
    """All live runs of this server; imports torch."""
    from sslviz.training.live.engine import Engine
    from sslviz.training.live.runs import Runs

    with _lock:
        if "runs" not in _held:
            _held["runs"] = Runs(Engine())
        return _held["runs"]


def known(number: str) -> Run | None:
    """The live run of this id, whoever asks; None where there is none. Imports nothing."""
    return _held["runs"].there(number) if "runs" in _held else None


def use(replacement: Runs) -> None:
    """Put another register of runs in place; tests do."""
    _held["runs"] = replacement


def _give_back(ended: threading.Event) -> None:
    from sslviz.training.live.memory import give_back

    while not ended.wait(NOW_AND_THEN):
        if "runs" in _held:
            _held["runs"].forget()
        give_back()


def _warm_up() -> None:
    try:
        _let_pages_go_first()
        from sslviz.catalogue import TASKS, load

        for slug in TASKS:
            load(slug)
        _warm.set()
        _freeze()
        _wanted.wait()  # while nobody is on the page of a task, the server holds neither its data nor an engine
        time.sleep(LABEL_FIRST)  # a page that is open loads its own data; a Play that comes earlier starts the engine
        runs().engine.client()
        for slug, entry in TASKS.items():
            load(slug).info(entry.data[0])
        _freeze()
    except Exception:
        logging.getLogger(__name__).exception("the training engine could not be started in advance")
        if not _warm.is_set():  # it was the import, and not the engine
            _failed.set()
        _warm.set()


def _let_pages_go_first() -> None:
    """Wait until no page has been opened for a while, or one needs torch; importing it would hold up a page."""
    began = time.monotonic()
    while True:
        until = min(max(began, _last_opened[-1]) + HOME_FIRST, began + LATEST)
        if _wanted.wait(max(0.0, until - time.monotonic())) or time.monotonic() >= began + LATEST:
            return
        if time.monotonic() >= max(began, _last_opened[-1]) + HOME_FIRST:
            return


def _freeze() -> None:
    """Take what was imported out of the collector's sight: it would walk through all of it, and a click would wait."""
    from sslviz.training.live.memory import give_back

    gc.collect()
    gc.freeze()
    give_back()
