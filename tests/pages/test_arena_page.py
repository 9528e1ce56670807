"""The page Arena: recorded runs at once, one budget live, the table as a file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sslviz.catalogue import READY
from sslviz.training import arena, recorded
from tests.stand_ins import Engine

ROOT = Path(__file__).parents[2]
Visit = Callable[..., Any]


def table(page: Any) -> Any:
    """The table as pandas has it."""
    (found,) = page.at.dataframe
    return found.value


def test_recorded_runs_stand_there_at_once_beside_random_and_raw(visit: Visit) -> None:
    page = visit("arena")
    names = table(page)["Task"].tolist()
    tasks = [READY[slug].title for slug in arena.tasks("Images") if recorded.read(slug)]
    assert sorted(names) == sorted([*tasks, "Random trunk", "Raw pixels"])
    few = table(page)["Linear, few labels"].tolist()
    assert few == sorted(few, reverse=True)
    maps = page.component("arena_maps")["maps"]
    assert [one["title"] for one in maps] == tasks
    assert all(len(one["points"]) == 2 * len(one["classes"]) for one in maps)
    assert "Not the same for all" in page.html  # budgets of recordings differ, and the page says so
    assert "furthest ahead" in page.texts


def test_words_are_judged_by_different_classes_and_the_page_says_so(visit: Visit) -> None:
    page = visit("arena", kind="Words")
    assert len(set(table(page)["Judged by"])) > 1
    assert "judged by classes of its own" in page.texts


def test_a_link_with_nonsense_is_told_and_ignored(visit: Visit) -> None:
    page = visit("arena", kind="Smells", steps="1e400", colour="red")
    assert len(page.notes) == 3
    assert "“Smells” is not" in page.notes[0]
    assert "Task" in table(page)


def test_one_budget_that_nobody_has_recorded_is_one_sentence(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(arena, "path", lambda: tmp_path / "none.json")
    page = visit("arena", runs="one budget")
    assert any("No runs with one budget" in note for note in page.notes)
    assert not page.at.dataframe


def test_live_runs_train_one_after_the_other_and_fill_the_table(
    visit: Visit, engine: Engine, cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arena, "tasks", lambda *_: ["masked_patches", "autoencoding"])
    page = visit("arena", runs="live", steps="20", batch="16")
    assert any("table fills as the runs end" in note for note in page.notes)
    page.press("play")
    series = page.at.session_state["arena_series_Images"]
    assert [(run.config.task, run.status) for run in series.runs] == [
        ("masked_patches", "playing"), ("autoencoding", "ready"),
    ]  # fmt: skip
    assert page.play == "Pause"
    page.press("play")
    assert page.play == "Play"
    assert not series.playing
    page.press("play")
    for _ in range(30):
        if series.current is None:
            break
        engine.work(2)
        page.run()
    assert [run.status for run in series.runs] == ["done", "done"]
    assert sorted(table(page)["Task"])[:2] == ["Compress and rebuild", "Masked patches"]
    assert set(table(page)["Steps"].dropna()) == {20}
    assert page.play == "Train all again"
    # In another browser, and after a reload, the link brings them back, finished and judged.
    again = visit("arena", runs="live", __series="".join(page.param["series"]))
    assert again.play == "Train all again"
    assert sorted(table(again)["Task"]) == sorted(table(page)["Task"])
    page.press("reset")
    assert "arena_series_Images" not in page.at.session_state
    assert "series" not in page.param


@pytest.mark.parametrize("link", ["Images.gone.gone", "Images", "Images." + "x" * 2000, "Words.a.b", "...", "<b>"])
def test_a_link_to_runs_that_are_gone_says_so_and_the_page_goes_on(visit: Visit, link: str) -> None:
    page = visit("arena", runs="live", __series=link)
    assert ("no longer on this server" in page.html) == link.startswith("Images")
    assert page.play == "Play"
    assert not page.at.exception


def test_recorded_runs_need_no_torch() -> None:
    code = (
        "import sys\nfrom streamlit.testing.v1 import AppTest\n"
        "at = AppTest.from_file('sslviz/ui/shell.py', default_timeout=60).run()\n"
        "at.switch_page('../../pages/arena.py').run()\n"
        "assert not at.exception, at.exception\nassert 'torch' not in sys.modules"
    )
    environment = {"SSLVIZ_LAZY": "1", "PATH": "", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
