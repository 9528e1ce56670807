"""What the app says when something fails, and what it does before it serves."""

from __future__ import annotations

import asyncio
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.testing.v1 import AppTest

from sslviz.ui import startup

ROOT = Path(__file__).parents[2]


def test_a_page_that_fails_says_so_in_a_sentence_and_shows_no_trace() -> None:
    def page() -> None:
        from sslviz.ui.startup import apologise

        assert apologise(KeyError("/home/somebody/secret.py")) is True

    shown = AppTest.from_function(page).run()
    assert not shown.exception
    (error,) = shown.error
    assert "reload it" in error.value
    assert "secret" not in error.value


def test_streamlit_asks_for_it_and_shows_no_details_itself() -> None:
    script = "import app; print(app.app._on_script_error.__name__, app.app._user_middleware)"
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.startswith("apologise")
    assert "Guard" in told.stdout
    assert 'showErrorDetails = "none"' in (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    assert get_script_run_ctx(suppress_warning=True) is None


def test_threads_take_short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default each call into torch would wait 5 ms for its turn, where a class is on the pages of one server."""
    monkeypatch.setenv("SSLVIZ_LAZY", "1")
    usual = sys.getswitchinterval()

    async def turn() -> float:
        async with startup.lifespan(None):
            return sys.getswitchinterval()

    try:
        assert asyncio.run(turn()) <= 1e-3
    finally:
        sys.setswitchinterval(usual)


@pytest.mark.slow
def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1"]
        told = subprocess.run(
            [*command, "--server.port", port], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "SSLVIZ_LAZY": "1"},
        )  # fmt: skip
    assert told.returncode == 1
    (line,) = (told.stdout + told.stderr).strip().splitlines()
    assert line.endswith(f"Port {port} is not available")


GROW = """
import sys, threading
import numpy as np, psutil
from sslviz.ui.startup import spare_memory

if sys.argv[1] == "spared":
    spare_memory()
kept = []

def work():  # as a script's thread: arrays too small for glibc to map on their own; here and there one is kept
    barrier.wait()
    arrays = [np.ones(8_000) for _ in range(100)]
    kept.extend(arrays[::50])

before = psutil.Process().memory_info().rss
for _ in range(8):
    barrier = threading.Barrier(12)
    threads = [threading.Thread(target=work) for _ in range(12)]
    for each in threads: each.start()
    for each in threads: each.join()
print(psutil.Process().memory_info().rss - before - sum(each.nbytes for each in kept))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="heaps of glibc")
def test_threads_share_two_heaps() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}

    def grown(how: str) -> int:
        command = [sys.executable, "-c", GROW, how]
        return int(
            subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=environment).stdout
        )

    assert startup.spare_memory() is None
    print(grown("spared"), grown("as it was"))
    assert grown("spared") < grown("as it was")
