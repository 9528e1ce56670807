"""The arena: rows out of recordings, one budget for all, runs one after the other."""

from __future__ import annotations

import csv
import io
import json
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.training.config import RunConfig, default
from sslviz.training.results import arena, recorded


def figures(trained: float, random: float = 0.5, raw: float = 0.7, chance: float = 0.1) -> dict[str, Any]:
    def probes(few: float) -> dict[str, Any]:
        return {"knn": few + 0.05, "few": [few - 0.1, few, few + 0.1], "many": few + 0.1}

    return {
        "loss": 1.0, "scores": {"named": 0.6, "other": 0.1},
        "baselines": [
            {"name": "a", "loss": 1.0, "scores": {"named": 0.25}, "constant": True},
            {"name": "b", "loss": 1.0, "scores": {"named": 0.9}, "constant": False},
        ],
        "probes": {"trained": probes(trained), "random": probes(random), "raw": probes(raw)},
        "labels": 100, "many_labels": 2000, "chance": chance, "raw_name": "raw pixels", "classes": 10,
    }  # fmt: skip


def contestant(slug: str, *few: float, **more: Any) -> arena.Contestant:
    config = RunConfig(slug, TASKS[slug].data[0], seed=0, steps=40, batch=16, lr=1e-3)
    told = tuple(figures(one, **more) for one in few)
    return arena.Contestant(config, told, 12.0, np.array([[0, 0], [4, 2]], np.float32), [0, 1], ["a", "b"])


def test_a_row_tells_means_over_run_seeds_and_the_lead_over_random_and_raw() -> None:
    row = arena.rows([contestant("masked_patches", 0.6, 0.8)])[0]
    assert (row.name, row.kind, row.steps, row.batch, row.seeds) == ("Masked patches", "task", 40, 16, 2)
    assert row.few == pytest.approx(0.7)
    assert row.few_seeds == pytest.approx((0.6, 0.8))
    assert row.spread() == pytest.approx(0.1)
    assert row.many == pytest.approx(0.8)
    assert row.many_seeds == pytest.approx((0.7, 0.9))
    assert row.few_choices == ((0.5, 0.6, 0.7), pytest.approx((0.7, 0.8, 0.9)))
    assert row.over_random.points == pytest.approx(20)
    assert row.over_raw.points == row.over_raw_many.points == pytest.approx(0)
    assert row.over_raw.error == pytest.approx(10)  # two runs, 20 points apart; the choices of labels change nothing
    assert (row.score_name, row.score, row.guess) == ("named", pytest.approx(0.6), 0.25)  # constant baselines only


def test_one_seed_has_no_spread() -> None:
    assert arena.rows([contestant("masked_patches", 0.6)])[0].spread() is None


def test_a_lead_within_two_standard_errors_is_a_tie() -> None:
    some = [
        contestant("two_views", 0.79, 0.81), contestant("masked_patches", 0.775, 0.815),
        contestant("autoencoding", 0.68, 0.74), contestant("patch_order", 0.5, 0.5),
    ]  # fmt: skip
    found = arena.standing(arena.rows(some))  # the raw input reaches 0.7
    assert found.first.slug == "two_views"
    assert [row.slug for row in found.ahead] == ["two_views", "masked_patches"]
    assert [row.slug for row in found.tied] == ["masked_patches"]  # half a point behind, standard error 1
    assert [row.slug for row in found.level] == ["autoencoding"]  # one point ahead, standard error 3
    assert [row.slug for row in found.below] == ["patch_order"]


def test_few_and_many_labels_are_told_apart() -> None:
    one = contestant("two_views", 0.8, 0.8)
    for figures_ in one.figures:
        figures_["probes"]["raw"]["many"] = 0.95
    rows = arena.rows([one])
    assert [row.slug for row in arena.standing(rows).ahead] == ["two_views"]
    assert [row.slug for row in arena.standing(rows, many=True).below] == ["two_views"]
    assert rows[0].lead(many=True).points == pytest.approx(-5)


def test_seconds_are_those_of_a_core_recorded_or_live_or_none() -> None:
    one = contestant("masked_patches", 0.6)
    (recorded_, *_), (live, *_) = arena.table(arena.rows([one])), arena.table(arena.rows([replace(one, mode="live")]))
    assert recorded_["Seconds of one core"] == live["Seconds of one core"] == 12
    run = SimpleNamespace(config=one.config, figures=figures(0.6), evaluations=[], seconds=7.0, device="cpu")
    about = lambda _: SimpleNamespace(classes=[], names=[])  # noqa: E731
    assert arena.from_runs([run], about)[0].seconds == 7
    run.device = "cuda:0"  # seconds of a GPU are none of a core
    assert arena.from_runs([run], about)[0].seconds is None
    (unknown, *_) = arena.table(arena.rows([replace(one, seconds=None)]))
    assert not [name for name in unknown if name.startswith("Seconds")]


def test_measuring_counts_the_time_of_the_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second of waiting for others is none of the run's."""
    from sslviz.training import figures as judge
    from sslviz.training import loop

    def advance(config: RunConfig, state: dict[str, Any], steps: int) -> Any:
        time.sleep(0.2)
        points = np.zeros((1, 2), np.float32)
        told = SimpleNamespace(
            diverged=None,
            seconds=0.2,
            losses=np.zeros(steps, np.float32),
            evaluations=(SimpleNamespace(points=points),),
        )
        return {"step": int(state["step"]) + steps}, told

    monkeypatch.setattr(recorded, "RUNS", tmp_path)
    monkeypatch.setattr(arena, "one_budget", lambda _: [replace(default("masked_patches"), steps=100)])
    monkeypatch.setattr(loop, "start", lambda _: {"step": 0})
    monkeypatch.setattr(loop, "advance", advance)
    monkeypatch.setattr(judge, "figures", lambda *_: figures(0.6))
    arena.measure("Images", (0, 1), only=("two_views",), say=lambda _: None)
    assert arena.read("Images") == []
    arena.measure("Images", (0, 1), say=lambda _: None)
    (back,) = arena.read("Images")
    assert back.seconds is not None
    assert back.seconds < 0.1
    assert len(back.figures) == 2


def test_random_and_raw_stand_once_for_each_set_of_classes() -> None:
    rows = arena.rows([contestant("masked_patches", 0.6), contestant("two_views", 0.7, random=0.4)])
    assert [row.kind for row in rows] == ["task", "task", "random", "raw"]
    assert rows[2].few == pytest.approx(0.45)  # the mean over both networks before their first step
    assert rows[3].few == pytest.approx(0.7)
    other = arena.rows([contestant("masked_words", 0.6), contestant("next_word", 0.7, chance=0.2)])
    assert [row.kind for row in other] == ["task", "task", "random", "raw", "random", "raw"]
    assert other[0].judged != other[1].judged


def test_the_csv_file_holds_what_the_table_shows() -> None:
    rows = arena.rows([contestant("masked_patches", 0.6, 0.8)])
    lines = list(csv.DictReader(io.StringIO(arena.csv_text(rows))))
    assert [line["Task"] for line in lines] == ["Masked patches", "Random trunk", "Raw pixels"]
    assert float(lines[0]["Linear, few labels"]) == pytest.approx(0.7)
    assert lines[1]["Steps"] == ""
    assert "Fine-tuned" not in lines[0]  # measured for none of them
    assert arena.csv_text([]) == "\n" or arena.csv_text([]) == ""


def test_one_budget_is_the_same_for_all() -> None:
    for kind in arena.kinds():
        configs = arena.one_budget(kind, 60, 32, 5)
        assert [c.task for c in configs] == arena.tasks(kind)
        assert {(c.steps, c.batch, c.seed) for c in configs} == {(60, 32, 5)}
    shared = "clothes_anywhere"
    assert all(c.data == shared or shared not in TASKS[c.task].data for c in arena.one_budget("Images"))
    with pytest.raises(ValueError, match="Budget"):
        arena.one_budget("Images", 5)


def test_a_link_names_one_run_of_every_task_or_none() -> None:
    slugs = arena.tasks("Images")
    held = {f"id{number}": slug for number, slug in enumerate(slugs)}
    asked: list[int] = []

    def known(numbers: Any) -> list[str]:
        asked.append(len(numbers))
        return [held[number] for number in numbers if number in held]

    assert arena.linked("Images", ".".join(["Images", *held]), known) == list(held)
    first, *rest = held
    for link in (
        "Images" + ".x" * 210,  # what took everybody's resting runs
        ".".join(["Images", *held, first]),
        ".".join(["Images", *rest, first]),  # of other tasks than their places say
        ".".join(["Images", first, *[first] * len(rest)]),
        ".".join(["Words", *held]),
        "Images" + "." * len(held),
        "Images",
        "",
    ):
        assert arena.linked("Images", link, known) == []
    assert max(asked) == len(slugs)


def test_a_small_map_keeps_its_shape() -> None:
    one = contestant("masked_patches", 0.6)
    assert arena.small_map(one)["points"] == [-1000, -500, 1000, 500]  # one scale for both axes
    assert arena.small_map(replace(one, points=np.zeros((0, 2), np.float32)))["points"] == []


def test_beside_a_map_stands_the_k_nn_of_the_table() -> None:
    one = contestant("masked_patches", 0.6, 0.8)
    assert arena.small_map(one)["note"].endswith(f"k-NN {arena.rows([one])[0].knn:.0%}")


def test_recordings_are_the_ones_of_the_task_pages() -> None:
    found = arena.from_recordings("Images")
    run = recorded.read("masked_patches", "elsewhere")
    assert run is not None
    row = next(row for row in arena.rows(found) if row.slug == "masked_patches")
    assert row.steps == run.config.steps
    assert row.seconds == run.meta["processor_seconds"]
    few = [np.mean(one["probes"]["trained"]["few"]) for one in (run.figures, *run.repeats)]
    assert row.few == pytest.approx(np.mean(few))


def test_fine_tuned_comes_from_the_page_transfer_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "RUNS", tmp_path)
    plain = default("masked_patches", "elsewhere")  # on the pictures that all have in common
    assert arena._tuned(plain) is None
    told = {"tuned": {"few": {"masked_patches": [0.7, 0.8]}}}
    (tmp_path / "transfer.json").write_text(json.dumps(told))
    assert arena._tuned(plain) == pytest.approx(0.75)
    assert arena._tuned(replace(plain, steps=40)) is None  # of another run
    assert arena._tuned(default("masked_patches")) is None
    assert arena._tuned(default("queue")) is None


def test_stored_runs_with_one_budget_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "RUNS", tmp_path)
    assert arena.read("Images") == []
    one = contestant("masked_patches", 0.6)
    told = {
        "config": one.config.to_json(), "code": "x", "figures": list(one.figures), "seconds": 3.0,
        "classes": [0, 1], "names": ["a", "b"], "points": [[0.0, 0.0], [1.0, 2.0]],
    }  # fmt: skip
    arena._write("masked_patches", told)
    assert arena.read("Words") == []
    (back,) = arena.read("Images")
    assert back.config == one.config
    assert arena.rows([back])[0].few == pytest.approx(0.6)


@pytest.mark.parametrize("kind", arena.kinds())
def test_where_tasks_share_a_budget_each_of_them_is_measured_with_it(kind: str) -> None:
    tasks = arena.tasks(kind)
    assert set(arena._stored(kind)) == (set(tasks) if len(tasks) > 1 else set()), f"`python -m sslviz arena {kind}`"


class Run:
    """As much of a run as a series looks at."""

    def __init__(self, steps: int = 20) -> None:
        self.config = RunConfig("masked_patches", "fashion_mnist", seed=0, steps=steps, batch=16, lr=1e-3)
        self.status, self.step, self.looks = "ready", 0, 0

    def play(self) -> None:
        self.status = "playing"

    def pause(self) -> None:
        if self.status == "playing":
            self.status = "pausing"

    def look(self) -> None:
        self.looks += 1

    def ends(self, status: str = "done") -> None:
        self.status, self.step = status, self.config.steps


def statuses(series: Any) -> list[str]:
    return [run.status for run in series.runs]


def test_runs_train_one_after_the_other() -> None:
    series = arena.Series([Run(), Run(), Run()])  # type: ignore[list-item]
    assert series.share == 0
    series.play()
    series.look()
    assert statuses(series) == ["playing", "ready", "ready"]
    series.runs[0].ends()
    series.look()
    assert statuses(series) == ["done", "playing", "ready"]
    assert series.share == pytest.approx(1 / 3)
    series.runs[1].ends("failed")  # diverged: the others go on
    series.look()
    assert statuses(series)[2] == "playing"
    series.runs[2].ends()
    series.look()
    assert series.current is None
    assert not series.playing
    assert series.share == 1


def test_a_series_pauses_and_goes_on_where_it_was() -> None:
    series = arena.Series([Run(), Run()])  # type: ignore[list-item]
    series.play()
    series.pause()
    assert statuses(series) == ["pausing", "ready"]
    series.look()
    assert statuses(series) == ["pausing", "ready"]  # nothing starts while it pauses
    series.play()
    assert statuses(series) == ["pausing", "ready"]  # the slice is still being computed
    series.runs[0].status = "paused"
    series.look()
    assert statuses(series) == ["playing", "ready"]


def test_every_look_reaches_all_runs_so_that_none_pauses_by_itself() -> None:
    series = arena.Series([Run(), Run()])  # type: ignore[list-item]
    series.look()
    assert [run.looks for run in series.runs] == [1, 1]
