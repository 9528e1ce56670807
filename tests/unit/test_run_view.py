"""What a page shows of a run, whether it is recorded, live, or not there yet."""

from dataclasses import replace

import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.live import runs
from sslviz.training.live.runs import Run
from sslviz.training.results import recorded, run_view
from tests.stand_ins import Engine

CONFIG = replace(default("masked_words"), steps=60, batch=16, device="cpu")


def evaluation(step: int, n: int = 7) -> loop.Evaluation:
    rng = np.random.default_rng(step)
    features = rng.normal(size=(n, 64)).astype(np.float16)
    return loop.Evaluation(
        step, 8 - step / 10, {"top-1": step / 100}, 0.5, features[:, :2].astype(np.float32), features
    )


@pytest.fixture
def run() -> Run:
    one = Run(CONFIG, Engine())
    one.state = {"weights": np.ones(3, np.float32), "buffers": np.zeros(2, np.float32)}
    one.step, one.seconds, one.device, one.status = 20, 1.5, "cpu", runs.PAUSED
    one.losses = np.arange(20, dtype=np.float32)
    one.evaluations = [evaluation(step) for step in (0, 5, 20)]
    one.note = "a note"
    return one


def test_a_live_run(run: Run) -> None:
    view = run_view.from_run(run)
    assert (view.mode, view.status, view.step, view.seconds, view.device, view.note) == (
        "live", "paused", 20, 1.5, "cpu", "a note",
    )  # fmt: skip
    assert view.frames == [0, 5, 20]
    assert view.points.shape == view.pca.shape == (3, 7, 2)
    assert view.held_out == [[0, 8.0], [5, 7.5], [20, 6.0]]
    assert view.scores == {"top-1": 0.2}
    np.testing.assert_array_equal(view.features, run.evaluations[-1].features.astype(np.float32))
    assert view.weights is run.state["weights"]
    assert view.kept is run.state["buffers"]
    assert view.curve == [[step + 1, float(step)] for step in range(20)]


def test_its_name_changes_with_the_run_and_with_the_fit_of_the_map(run: Run) -> None:
    names = {run_view.from_run(run).id, run_view.from_run(run, refit=True).id, run_view.from_run(run.fork()).id}
    assert len(names) == 3
    assert run_view.from_run(run).id == run_view.from_run(run).id


def test_frames_that_were_drawn_stay_while_the_run_goes_on(run: Run) -> None:
    before = run_view.from_run(run)
    run.evaluations.append(evaluation(40))
    after = run_view.from_run(run)
    np.testing.assert_array_equal(after.points[:3], before.points)
    np.testing.assert_allclose(after.pca[:3], before.pca, atol=1e-5)
    refitted = run_view.from_run(run, refit=True)
    assert not np.allclose(refitted.pca[0], after.pca[0], atol=0.1)


def test_a_run_that_has_not_started() -> None:
    view = run_view.from_run(Run(CONFIG, Engine()))
    assert (view.mode, view.status, view.step, view.curve, view.weights, view.features) == (
        "untrained", "ready", 0, [], None, None,
    )  # fmt: skip
    assert len(view.points) == 0


def test_no_run_at_all() -> None:
    view = run_view.untrained(CONFIG)
    assert (view.mode, view.step, view.curve, view.weights, view.figures) == ("untrained", 0, [], None, None)
    assert CONFIG.key in view.id
    assert view.id != run_view.untrained(replace(CONFIG, seed=1)).id


@pytest.mark.parametrize("task", list(TASKS))
def test_a_recorded_run(task: str) -> None:
    run = recorded.read(task)
    assert run is not None
    view = run_view.from_recording(run, "short")
    assert (view.mode, view.status, view.step) == ("recorded", "done", run.config.steps)
    assert len(view.curve) == run_view.CURVE
    assert view.curve[-1][0] == run.config.steps
    assert view.held_out[-1][1] == pytest.approx(float(run.held_out[-1]))
    assert view.figures is not None
    assert {name: view.figures[name] for name in run.figures} == run.figures
    assert view.figures["runs"] == [run.figures, *run.repeats]
    assert view.frames == run.steps.tolist()
    assert view.scores == run.figures["scores"]
    assert view.id != run_view.from_recording(run, "long").id


@pytest.mark.parametrize("n", [1, 2, 299, 300, 301, 1000, 16000])
def test_the_curve_is_a_mean_of_all_steps(n: int) -> None:
    losses = np.random.default_rng(n).normal(size=n).astype(np.float32)
    curve = run_view.smooth(losses)
    steps = [step for step, _ in curve]
    assert len(curve) == min(n, run_view.CURVE)
    assert steps == sorted(set(steps))
    assert steps[-1] == n
    widths = np.diff([0, *steps])
    assert np.dot(widths, [value for _, value in curve]) == pytest.approx(losses.sum(dtype=np.float64), abs=1e-3)


def test_the_curve_of_nothing_is_empty() -> None:
    assert run_view.smooth(np.empty(0, np.float32)) == []
