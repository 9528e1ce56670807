"""The page Arena: recorded runs at once, one budget live, the table as a file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.evaluation.lead import Lead, lead
from sslviz.training.results import arena, recorded
from sslviz.ui.labels.arena import measured as arena_page
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
    tasks = [TASKS[slug].title for slug in arena.tasks("Images") if recorded.read(slug)]
    beside = [f"{name} ({judged})" for name in ("Random trunk", "Raw pixels") for judged in judges()]
    assert sorted(names) == sorted([*tasks, *beside])
    few = table(page)["Linear, few labels"].tolist()
    assert few == sorted(few, reverse=True)
    maps = page.component("arena_maps")["maps"]
    assert [one["title"] for one in maps] == tasks
    assert all(len(one["points"]) == 2 * len(one["classes"]) for one in maps)
    assert "Not the same for all" in page.html  # budgets of recordings differ, and the page says so
    assert page.texts.count("With 99–100 labels") == page.texts.count("With 2,000 labels") == 1


def judges() -> set[str]:
    """By which classes the tasks on pictures are judged; each has a random trunk and a raw input of its own."""
    return {TASKS[slug].judged_by for slug in arena.tasks("Images")}


def rows(*tasks: tuple[str, list[float]], raw: float = 0.7) -> list[arena.Row]:
    """Tasks with an accuracy for each run seed, the same with few and with many labels, and the raw input."""
    common: dict[str, Any] = {"judged": "true class", "labels": 100, "many_labels": 1234}
    found = []
    for name, seeds in tasks:
        over, both = lead([[one] for one in seeds], [[raw]]), tuple(seeds)
        found.append(arena.Row(
            name, "task", **common, knn=0.5, few=float(np.mean(seeds)), many=float(np.mean(seeds)), few_seeds=both,
            many_seeds=both, few_choices=tuple((one,) for one in seeds), over_random=Lead(10.0, 1.0), over_raw=over,
            over_raw_many=over, seeds=len(seeds), steps=40, batch=16,
        ))  # fmt: skip
    pixels = arena.Row(
        "Raw pixels", "raw", **common, knn=0.5, few=raw, many=raw, few_seeds=(raw,), many_seeds=(raw,),
        few_choices=((raw,),),
    )  # fmt: skip
    return [*found, pixels]


def test_words_call_a_lead_within_two_standard_errors_a_tie() -> None:
    clear = arena_page.told(rows(("A", [0.8, 0.8]), ("B", [0.6, 0.6])))
    assert "With 100 labels **A** is furthest ahead of raw pixels: +10.0 points (standard error 0.0)." in clear
    assert "Below raw pixels: B (−10.0)." in clear
    assert "With 1,234 labels **A**" in clear
    assert "tie" not in clear
    close = arena_page.told(rows(("A", [0.8, 0.84]), ("B", [0.79, 0.84])))
    assert "But the lead over B (+11.5) is within two standard errors: a tie." in close
    level = arena_page.told(rows(("A", [0.66, 0.76]), ("B", [0.6, 0.6])))
    assert "no task is ahead of raw pixels by more than two standard errors" in level
    assert "A tie with raw pixels: A (+1.0). Below raw pixels: B (−10.0)." in level
    behind = arena_page.told(rows(("A", [0.6, 0.6]), ("B", [0.5, 0.5])))
    assert "**raw pixels** (70%) are ahead of every task: A (−10.0) and B (−20.0)." in behind
    assert "One run seed each" in arena_page.told(rows(("A", [0.8])))


def test_bars_show_the_spread_over_seeds_and_name_the_numbers_of_labels(visit: Visit) -> None:
    page = visit("arena")
    found = arena.rows(arena.from_recordings("Images"))
    several = [row for row in found if len(row.few_seeds) > 1]
    assert page.html.count("class='spread'") == 2 * len(several)
    assert len(several) >= len(arena.tasks("Images"))  # random trunks, too; the raw input has no seed
    many = found[0].many_labels
    assert f"linear probe, {many:,} labels" in page.html
    assert "all labels" not in page.html


def test_a_budget_that_one_task_alone_would_share_is_told(visit: Visit) -> None:
    page = visit("arena", kind="Video", runs="one budget")
    assert "Only one task reads video" in page.html
    assert "Task" in table(page)
    assert "Only one task" not in visit("arena", runs="one budget").html


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
    monkeypatch.setattr(arena, "path", lambda _: tmp_path / "none.json")
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
    for _ in range(60):
        if series.current is None:
            break
        engine.work(2)
        page.run()
    assert [run.status for run in series.runs] == ["done", "done"]
    assert sorted(table(page)["Task"])[:2] == ["Autoencoding: compress and rebuild", "Masked patches"]
    assert set(table(page)["Steps"].dropna()) == {20}
    assert "Seconds of one core" in table(page)
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
