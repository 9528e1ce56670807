"""A look at a run that goes on: what has changed comes in one small answer, and nothing where nothing has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.live.runs import Run, Runs
from sslviz.training.results import run_view
from sslviz.ui import startup
from sslviz.ui.frame import looks
from sslviz.ui.live.frames import Film, pack_film, unpack
from sslviz.ui.visitors import COOKIE, new_number
from tests.stand_ins import Engine
from tests.views import UI

CONFIG = replace(default("masked_words"), steps=60, batch=16, device="cpu")
rng = np.random.default_rng(0)


def judged(step: int) -> loop.Evaluation:
    points, features = rng.normal(size=(5, 2)).astype(np.float32), rng.normal(size=(5, 4)).astype(np.float16)
    return loop.Evaluation(step, 2.5, {"word named": 0.25}, 0.5, points, features)


@pytest.fixture
def register() -> Iterator[Runs]:
    before, mine = dict(startup._held), Runs(Engine())
    startup.use(mine)
    yield mine
    startup._held.clear()
    startup._held.update(before)


@pytest.fixture
def run(register: Runs) -> Run:
    """A run of 10 steps that plays, with two frames of its map."""
    found = register.new(CONFIG, new_number())
    found.play()
    found.state = {"step": np.int64(10), "weights": np.zeros(3), "buffers": np.zeros(0), "map": np.zeros((5, 2))}
    found.step, found.losses = 10, np.linspace(5, 4, 10).astype(np.float32)
    found.evaluations = [judged(0), judged(8)]
    return found


def ask(number: str, viewer: str = "", **asked: Any) -> Any:
    client = TestClient(Starlette(routes=[Route(looks.PATH, looks.answer)]))
    if viewer:
        client.cookies.set(COOKIE, viewer)
    answer = client.get(f"/looks/{number}", params=asked)
    return (*unpack(answer.content),) if answer.status_code == 200 else answer.status_code


def drawn(run: Run) -> dict[str, Any]:
    return {"mark": looks.mark(run), "step": run.step, "frames": len(run.evaluations), "film": f"{run.id}-first"}


def test_nothing_is_answered_where_nothing_has_changed(run: Run) -> None:
    assert ask(run.id, run.viewer, **drawn(run)) == 204


def test_steps_and_frames_that_are_new_come_in_one_answer(run: Run) -> None:
    header, film = ask(run.id, run.viewer, **{**drawn(run), "step": 7, "frames": 1})
    view = run_view.from_run(run)
    assert (header["gone"], header["step"], header["frames"], header["mode"]) == (False, 10, 2, "live")
    assert "step <b>10</b> of 60" in header["line"]
    assert header["run"] == run.id == view.run
    assert f"data-run='{run.id}'" in header["line"], "the browser knows by it whose figures stand there"
    assert header["held"] == view.held_out
    np.testing.assert_allclose(header["curve"], view.curve, atol=1e-5)
    whole = Film(view.id, view.frames, view.points, view.pca, range(5), (), ())
    assert film == pack_film(whole, since=1, full=False)
    header, film = ask(run.id, run.viewer, **{**drawn(run), "step": 7})
    assert (header["film"], film) == (False, b"")


def test_the_view_knows_all_that_it_is_answered(run: Run) -> None:
    header, _ = ask(run.id, run.viewer)
    script = (UI / "frame" / "look.js").read_text("utf-8")
    told = script.split("@typedef {object} LookHeader")[1].split("*/")[0]
    assert re.findall(r"@property {.*?} (\w+)", told) == list(header) == list(looks.LookHeader.__annotations__)


def test_a_film_fitted_anew_is_the_one_that_is_asked_for(run: Run) -> None:
    _, film = ask(run.id, run.viewer, **{**drawn(run), "frames": 0, "film": f"{run.id}-refit"})
    assert unpack(film)[0]["id"] == f"{run.id}-refit"


def test_the_mark_changes_with_all_that_only_python_draws(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = [looks.mark(run)]

    def another() -> bool:
        marks.append(looks.mark(run))
        return marks[-1] not in marks[:-1]

    run.step = 11  # the browser draws that
    assert not another()
    run.note = "Paused by itself."
    assert another()
    run.phases = [{"name": "draw"}]
    assert another()
    monkeypatch.setattr(Run, "waits", 25.0)
    assert another()
    monkeypatch.setattr(Run, "waits", 35.0)
    assert another()
    run.evaluations = []
    assert another()
    startup.runs().new(CONFIG, "bob").play()
    assert another()
    run.pause()
    assert another()


def test_a_card_is_its_visitor_s_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def drawn(name: str, visitor: str | None, view: Any) -> Any:
        asked.append((name, visitor, view.step))
        return None if name == "gone" else [{"key": "card", "data": {}}]

    monkeypatch.setattr(looks.moves, "drawn", drawn)
    client = TestClient(Starlette(routes=[Route(looks.CARDS, looks.cards)]))
    other = {"step": 0, "moved": None}
    assert client.get(f"/moves/{run.id}/name").json() == other  # nobody at all
    client.cookies.set(COOKIE, new_number())
    assert client.get(f"/moves/{run.id}/name").json() == other
    client.cookies.set(COOKIE, run.viewer)
    assert client.get("/moves/nothing/name").json() == other
    assert not asked
    assert client.get(f"/moves/{run.id}/name").json() == {"step": 10, "moved": [{"key": "card", "data": {}}]}
    assert client.get(f"/moves/{run.id}/gone").json() == {"step": 10, "moved": None}
    assert asked == [("name", run.viewer, 10), ("gone", run.viewer, 10)]


def test_a_look_keeps_a_run_going_but_not_that_of_somebody_else(run: Run) -> None:
    clock = run._clock()
    run._clock = lambda: clock + 100
    gone = {"gone": True}
    assert ask(run.id, new_number(), **drawn(run))[0] == gone
    assert ask(run.id, **drawn(run))[0] == gone  # nobody at all
    assert run.looked < clock + 100
    assert ask(run.id, run.viewer, **drawn(run)) == 204
    assert run.looked == clock + 100
    assert ask("nothing", run.viewer, **drawn(run))[0] == gone


def test_what_is_asked_wrongly_is_answered_all_the_same(run: Run) -> None:
    for asked in ({}, {"frames": "x"}, {"frames": "-1"}, {"frames": "99"}, {"step": "nan", "mark": "?" * 999}):
        assert ask(run.id, run.viewer, **asked)[0]["step"] == 10


@pytest.mark.parametrize("status", ["playing", "pausing", "paused", "done"])
def test_only_a_run_that_goes_on_is_followed(status: str, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    mounted: list[Any] = []
    monkeypatch.setattr(looks, "look_view", lambda _, *, data: mounted.append(data))
    view: Any = SimpleNamespace(id="x-first", status=status, step=10, frames=[0, 8])
    looks.follow("words", view, run, "mark")
    looks.follow("words", view, None, "mark")
    assert [data["run"] for data in mounted] == ([run.id] if status in ("playing", "pausing") else [])
