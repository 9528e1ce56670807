"""What is made for a download button is there until the browser has fetched it, whoever draws pages meanwhile."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.scriptrunner_utils import script_run_context

from sslviz.ui.frame import downloads
from sslviz.ui.frame.downloads import held


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:
    """Presses a download button, lets others draw pages, and says whether the file is still there."""
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    context = SimpleNamespace(session_id="mine")
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(media_file_mgr=manager))
    monkeypatch.setattr(downloads, "get_script_run_ctx", lambda: context)
    monkeypatch.setattr(downloads, "add_script_run_ctx", lambda thread, _: setattr(thread, "visitor", "mine"))
    monkeypatch.setattr(script_run_context, "get_script_run_ctx", lambda: context)

    def pressed(wrap: Callable[..., Callable[[], bytes | str]], content: bytes | str, pages: int) -> bool:
        button = manager.add_deferred(wrap(lambda: content, "x.csv", "text/csv"), "text/csv", "1.2", file_name="x.csv")
        address = manager.execute_deferred(button)
        for _ in range(pages):
            manager.remove_orphaned_files()
        return manager.read_file(address.rpartition("/")[2].partition(".")[0]) is not None

    return pressed


@pytest.mark.parametrize("content", [b"\x00\x01", "é,b\n"])
def test_a_file_outlasts_pages_that_others_draw(press: Callable[..., bool], content: bytes | str) -> None:
    assert press(held, content, 9)


def test_without_it_the_file_is_gone_after_two_pages(press: Callable[..., bool]) -> None:
    """Should this fail one day, Streamlit keeps such files itself, and `held` can go."""

    def bare(make: Callable[[], bytes | str], *_: str) -> Callable[[], bytes | str]:
        return make

    assert press(bare, b"x", 0)
    assert not press(bare, b"x", 2)


def test_without_a_server_nothing_is_held() -> None:
    def make() -> str:
        return "x"

    assert held(make, "x.csv", "text/csv") is make
