"""The arena in a browser: the recorded table and maps are there, a class is found in all maps, a file comes out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from test_browser_axe import look
from visitor import Visitor

from sslviz.training.results import arena

Visit = Callable[..., Visitor]

PIXELS = "nodes => nodes.map(node => node.toDataURL())"


def test_recorded_runs_stand_side_by_side(visit: Visit) -> None:
    visitor = visit("arena", still=True)
    maps = visitor.part("maps").locator("canvas.map")
    visitor.until(lambda: maps.count() >= 2 and int(maps.last.get_attribute("data-drawn") or 0) > 100, "drawn maps")
    before = maps.evaluate_all(PIXELS)
    visitor.part("maps").get_by_role("button", name="Sandal").click()
    after = maps.evaluate_all(PIXELS)
    assert len(after) == len(before)
    # The others are dimmed in every map of clothes; those of emoji stand behind them, and have no sandals.
    has = sorted(("Sandal" in one.names for one in arena.from_recordings("Images")), reverse=True)
    assert [a != b for a, b in zip(after, before, strict=True)] == has
    expect(visitor.part("maps").get_by_role("button", name="Sandal")).to_have_attribute("aria-pressed", "true")
    with visitor.page.expect_download() as download:
        visitor.press("arena_csv")
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert lines[0].startswith('Task,"Linear, few labels",')
    assert any(line.startswith("Raw pixels (true class),") for line in lines)
    visitor.settle()
    assert not look(visitor)
    wide = visitor.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert wide


@pytest.mark.slow
def test_all_tasks_train_live_one_after_the_other(visit: Visit) -> None:
    visitor = visit("arena?arena_runs=live&arena_steps=20&arena_batch=16")
    visitor.press("play")
    bar = visitor.part("transport").locator(".run")
    # Before its first step a run judges the untrained network and draws its map.
    began = lambda: "step 0 of" not in bar.inner_text() and "not started" not in bar.inner_text()  # noqa: E731
    visitor.until(began, "a step", seconds=150)
    visitor.press("play")  # it says Pause
    visitor.status("Play")
    visitor.press("reset")
    expect(bar).to_contain_text("not started")
