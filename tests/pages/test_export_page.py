"""The run to take along, on its page: five files at the foot of what was learned, and each can be made."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager

from tests.conftest import alike_pages
from tests.pages.conftest import TINY, Page
from tests.stand_ins import Engine

ENDINGS = ("py", "ipynb", "zip", "safetensors", "csv")
Files = dict[str, Callable[[], Any]]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """What makes each file that a page offered, by the file's ending."""
    made: Files = {}
    whole = MediaFileManager.add_deferred

    def keep(self: MediaFileManager, make: Callable[[], Any], *args: Any, **more: Any) -> str:
        made[str(more["file_name"]).rsplit(".", 1)[1]] = make
        return whole(self, make, *args, **more)

    monkeypatch.setattr(MediaFileManager, "add_deferred", keep)
    return made


def offered(page: Page) -> dict[str, bool]:
    """The buttons in the popover by their endings, and whether they can be pressed."""
    found = {b.key.removeprefix(f"{page.slug}_"): not b.disabled for b in page.at.get("download_button")}
    assert page.slug + "_take" in page.keys
    return found


@alike_pages
def test_a_recorded_run_gives_five_files(visit: Callable, files: Files, slug: str) -> None:
    page = visit(slug)
    assert offered(page) == dict.fromkeys(ENDINGS, True)
    assert set(files) == set(ENDINGS)
    assert "On a GPU" in files["py"]()
    assert json.loads(files["ipynb"]())["nbformat"] == 4
    length = int.from_bytes((raw := files["safetensors"]())[:8], "little")
    assert json.loads(json.loads(raw[8 : 8 + length])["__metadata__"]["config"])["task"] == slug
    rows = list(csv.DictReader(io.StringIO(files["csv"]())))
    assert len(rows) > 100
    assert {row["class"] for row in rows} > {rows[0]["class"]}
    assert "with this project beside them, and compare the figures; “all in one” brings it along.</p>" in page.html


@alike_pages
@pytest.mark.usefixtures("cheap")
def test_a_run_is_taken_along_when_it_stands_still(visit: Callable, engine: Engine, files: Files, slug: str) -> None:
    page = visit(slug, **{**TINY, "steps": "40"})
    page.untrained()
    assert offered(page) == {"py": True, "ipynb": True, "zip": True, "safetensors": False, "csv": False}
    assert "come with the first step" in page.html
    page.train()
    assert offered(page) == {}
    assert "Pause first" in page.html
    engine.work(2)
    page.run().press("play")  # it says Pause
    engine.work(2)
    files.clear()
    page.run()
    assert offered(page) == dict.fromkeys(ENDINGS, True)
    found = re.search(r"As they stand: weights of step (\d+), embedding of step (\d+)\.", page.html)
    assert found
    assert int(found[2]) < int(found[1]) < 40
    assert "compare the figures" not in page.html
    assert "compare" not in files["py"]()  # it has no figures yet
    assert len(files["safetensors"]()) > 10_000
    assert len(files["csv"]().splitlines()) == 41


@pytest.mark.usefixtures("cheap")
def test_a_run_of_which_nothing_was_measured_can_be_taken_along(
    visit: Callable, engine: Engine, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sslviz.ui.frame import learned

    monkeypatch.setattr(learned, "comparable", lambda _view: None)  # as with data of which nothing is recorded
    page = visit("masked_words", **TINY)
    page.press("step")
    engine.work(2)
    page.run()
    assert "Nothing has been measured" in page.texts
    assert offered(page) == dict.fromkeys(ENDINGS, True)
