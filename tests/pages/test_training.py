"""Training from a page: what each button does, and what the page then says."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sslviz.catalogue import TASKS
from sslviz.training.live.engine import Standing
from tests.conftest import alike_pages, each_page
from tests.pages.conftest import TINY
from tests.pages.test_pages import CARDS
from tests.stand_ins import Engine

pytestmark = pytest.mark.usefixtures("cheap")


def test_nothing_is_computed_before_play(visit: Callable, engine: Engine) -> None:
    for slug in TASKS:
        visit(slug)
    assert not engine.seen


@each_page
def test_play_pause_play_to_the_end(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **TINY)
    page.train()
    assert page.play == "Pause"
    assert len(engine.waiting) == 1
    assert "step <b>0</b> of 20" in page.html
    engine.work(2)
    page.run()
    assert "step <b>2</b> of 20" in page.html
    assert "● live" in page.html
    assert "one CPU core" in page.html
    loss = page.component(f"{slug}_loss")
    assert loss["mode"] == "live"
    assert loss["budget"] == 20
    assert [step for step, _ in loss["curve"]] == [1, 2]
    frames = page.component(f"{slug}_map")
    assert frames["total"] >= 2

    page.train()
    assert "pausing" in page.html
    engine.work(40)
    page.run()
    if "step <b>20</b>" not in page.html:
        page.train()
        engine.work(40)
        page.run()
    assert "step <b>20</b> of 20" in page.html
    assert page.play == "Train on"
    assert page.at.button(key="step").disabled
    assert page.at.button(key="slow").disabled
    later = page.component(f"{slug}_loss")
    assert later["curve"][:2] == loss["curve"]
    assert len(later["curve"]) == 20
    assert page.component(f"{slug}_map")["total"] > frames["total"]
    assert not page.notes


def test_a_click_is_carried_out_whole_where_a_drawing_is_asked_for_meanwhile(
    visit: Callable, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamlit then breaks off what a click does as soon as it writes into the link."""
    from streamlit.runtime.scriptrunner import RerunData, RerunException
    from streamlit.runtime.scriptrunner_utils.script_run_context import RunLocation, ThreadState
    from streamlit.runtime.state.query_params import QueryParams

    whole = QueryParams._send_query_param_msg
    broken = []

    def send(self: QueryParams) -> None:
        if ThreadState.get().run_location is RunLocation.CALLBACK:
            broken.append(1)
            raise RerunException(RerunData())
        whole(self)

    monkeypatch.setattr(QueryParams, "_send_query_param_msg", send)
    page = visit("masked_words", **TINY)
    page.train()
    assert page.play == "Pause"
    assert len(engine.waiting) == 1
    engine.work(2)
    page.run().press("reset")
    assert "○ untrained" in page.html
    page.press("undo")
    assert "● live" in page.html
    assert page.param["masked_words_run"]
    many = visit("arena", runs="live")
    many.press("play")
    assert many.play == "Pause"
    assert many.param["series"]
    assert not broken


@alike_pages
def test_a_run_that_is_through_is_trained_on_past_its_budget(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **TINY)
    page.train()
    engine.work(40)
    page.run()
    curve = page.component(f"{slug}_loss")["curve"]
    assert len(curve) == 20
    page.press("play")
    engine.work(40)
    assert "step <b>40</b> of 40" in page.run().html
    assert page.component(f"{slug}_loss")["curve"][:20] == curve


@alike_pages
def test_a_recorded_run_is_played_from_its_first_step_to_its_last(
    visit: Callable, engine: Engine, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sslviz.ui.frame import transport

    now = [1000.0]
    monkeypatch.setattr(transport.time, "monotonic", lambda: now[0])
    page = visit(slug)
    whole, film = page.component(f"{slug}_loss")["curve"], page.component(f"{slug}_map")["total"]
    end = page.html[page.html.index("<div class='run' ") :]
    page.press("play")
    assert page.play == "Pause"
    assert "step <b>0</b> of" in page.html
    assert page.component(f"{slug}_map")["total"] == 1
    seen = []
    for _ in range(film - 2):
        now[0] += transport.FRAME
        seen.append(page.run().component(f"{slug}_loss")["curve"])
        assert page.play == "Pause"
    assert all(short == long[: len(short)] for short, long in zip(seen, [*seen[1:], whole], strict=True))
    assert 0 < len(seen[3]) < len(whole)
    now[0] += 2 * transport.FRAME
    page.run()
    assert page.play == "Play"
    assert page.component(f"{slug}_loss")["curve"] == whole
    assert page.html[page.html.index("<div class='run' ") :] == end
    assert not engine.seen  # nothing was trained

    page.press("play").press("play")
    assert page.play == "Play"
    assert page.component(f"{slug}_loss")["curve"] == whole


@alike_pages
def test_a_run_that_was_reset_can_be_had_back(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **TINY)
    page.train()
    engine.work(40)
    done = page.run().component(f"{slug}_loss")["curve"]
    assert "undo" not in page.keys
    page.press("reset")
    assert page.component(f"{slug}_loss")["curve"] == []
    page.press("undo")
    assert page.component(f"{slug}_loss")["curve"] == done
    assert page.play == "Train on"
    assert "undo" not in page.keys  # the run that it replaced had not begun


@alike_pages
def test_the_whole_page_is_about_the_run_that_is_chosen(visit: Callable, slug: str) -> None:
    page = visit(slug)
    if f"{slug}_recording" not in page.keys:
        pytest.skip("one recorded run")
    page.at.segmented_control(key=f"{slug}_recording").set_value("long")
    page.run()
    steps = f"{TASKS[slug].long_steps:,}"
    assert f"step <b>{steps}</b>" in page.html


@alike_pages
def test_pause_before_the_budget_is_spent_and_step_after_it(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **{**TINY, "steps": "40"})
    page.train()
    page.train()
    engine.work(2)
    page.run()
    assert page.play == "Play"
    assert "<span>paused</span>" in page.html
    assert not engine.waiting
    page.press("step")
    engine.work(2)
    page.run()
    assert "step <b>2</b> of 40" in page.html
    assert "<span>paused</span>" in page.html


@alike_pages
def test_slow_motion_walks_through_one_step(
    visit: Callable, engine: Engine, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit(slug, **TINY)
    page.press("slow")
    engine.work(2)
    page.run()
    assert "step <b>1</b> of 20" in page.html
    shown = page.steps()
    assert [phase["name"] for phase in shown["phases"]] == ["draw", "change", "forward", "loss", "gradient", "update"]
    assert shown["active"] == 0
    assert page.run().steps()["active"] == 0  # drawn for another reason: a phase is seen its time
    monkeypatch.setattr("sslviz.ui.frame.transport.PHASE", 0.0)
    assert [page.run().steps()["active"] for _ in range(6)] == [1, 2, 3, 4, 5, 5]


@alike_pages
def test_reset_begins_anew_with_the_settings_as_they_are(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **TINY)
    page.train()
    engine.work(2)
    page.run()
    first = page.component(f"{slug}_loss")["curve"]
    page.set("number_input", "seed", 1)
    assert "The settings have changed" in page.texts
    page.untrained()
    assert "The settings have changed" not in page.texts
    assert "step <b>0</b> of 20" in page.html
    assert "○ untrained" in page.html
    assert page.component(f"{slug}_loss")["curve"] == []
    page.train()
    engine.work(40)
    page.run()
    assert "run seed <b>1</b>" in page.html
    assert page.component(f"{slug}_loss")["curve"][:2] != first
    page.set("number_input", "seed", 0).untrained().train()
    engine.work(40)
    assert page.run().component(f"{slug}_loss")["curve"][:2] == first


@each_page
def test_training_changes_what_the_card_answers(visit: Callable, engine: Engine, slug: str) -> None:
    def said() -> Any:
        card = page.component(CARDS[slug])
        return [card.get(part) for part in ("answers", "similar", "columns", "bars", "asked", "answer")], card["model"]

    page = visit(slug, **TINY)
    page.untrained()
    before = said()
    assert before[1] == "untrained"
    assert any(before[0])
    page.train()
    engine.work(40)
    page.run()
    after = said()
    assert after[1] == "live"
    assert after[0] != before[0]


@alike_pages
def test_a_run_goes_on_while_the_visitor_is_on_another_page(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **TINY)
    page.train()
    page.go("home")
    engine.work(2)
    page.go(slug)
    assert "step <b>2</b> of 20" in page.html
    assert page.play == "Pause"


@alike_pages
def test_a_run_that_paused_while_the_visitor_was_away_says_why(visit: Callable, engine: Engine, slug: str) -> None:
    from sslviz.training.live.runs import IDLE
    from sslviz.ui.frame import current

    page = visit(slug, **TINY)
    page.train()
    run = current.startup.runs()._runs[page.param[f"{slug}_run"]]
    page.go("home")
    run.looked -= IDLE + 1
    engine.work(1)
    page.go(slug)
    assert "<span>paused</span>" in page.html
    assert [note for note in page.notes if "Paused by itself" in note]
    page.press("play")
    assert not page.notes


@alike_pages
def test_how_long_it_will_take_is_said_while_it_trains_and_only_then(
    visit: Callable, engine: Engine, slug: str
) -> None:
    page = visit(slug, **{**TINY, "steps": "2000"})
    assert " left</span>" not in page.html
    page.press("slow")  # what is set up for a first step is no step
    engine.work(2)
    page.run()
    assert " left</span>" not in page.html
    page.press("play")
    (left,) = re.findall(r"<span>about (\d+) (s|min) left</span>", page.html)
    assert int(left[0]) * {"s": 1, "min": 60}[left[1]] < 1000
    page.press("play")
    engine.work(9)
    assert " left</span>" not in page.run().html


@alike_pages
def test_one_visitor_trains_three_runs_at_once_and_is_told(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **TINY)
    others = [other for other in TASKS if other != slug][:3]
    for other in others:
        page.go(other)
        page.train()
    page.go(slug)
    page.train()
    assert [note for note in page.notes if "3 runs of yours train already" in note]
    assert page.play == "Play"


@alike_pages
def test_a_reload_finds_the_run_by_its_link(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **TINY)
    page.train()
    engine.work(2)
    link = page.run().param
    assert f"{slug}_run" in link
    again = visit(slug, **{f"__{name}": value for name, value in link.items()})
    assert "step <b>2</b> of 20" in again.html
    assert again.param[f"{slug}_run"] == link[f"{slug}_run"]  # nobody else is here, so it is the same run
    engine.work(40)
    assert "step <b>20</b> of 20" in again.run().html


@alike_pages
def test_the_same_link_opened_by_another_visitor_is_a_copy(
    visit: Callable, engine: Engine, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sslviz.ui.frame import current

    monkeypatch.setattr(current, "visitor", lambda: "ann")
    page = visit(slug, **TINY)
    page.train()
    engine.work(2)
    link = page.run().param
    monkeypatch.setattr(current, "visitor", lambda: "bob")
    other = visit(slug, **{f"__{name}": value for name, value in link.items()})
    assert other.param[f"{slug}_run"] != link[f"{slug}_run"]
    assert "step <b>2</b> of 20" in other.html
    assert other.play == "Play"
    assert len(engine.waiting) == 1  # ann's


@alike_pages
def test_a_run_that_is_gone_is_said_once_and_the_page_goes_on(visit: Callable, slug: str) -> None:
    page = visit(slug, run="gone1234")
    assert any("no longer on this server" in note for note in page.notes)
    page.run()
    assert not page.notes


@alike_pages
def test_training_that_diverges_is_said(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **TINY, lr="1e8")
    assert not page.notes
    page.train()
    engine.work(40)
    page.run()
    (note,) = page.notes
    assert "the loss is not a number any more" in note
    assert "1e+08" in note
    assert page.play == "Play"
    page.set("number_input", "lr", 0.001).untrained().train()
    engine.work(40)
    page.run()
    assert "step <b>20</b> of 20" in page.html
    assert not page.notes


@alike_pages
def test_a_dead_engine_is_said_and_play_tries_again(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **TINY)
    engine.broken = True
    page.train()
    assert any("cannot be reached" in note for note in page.notes)
    assert page.play == "Play"
    engine.broken = False
    page.train()
    engine.work(40)
    assert "step <b>20</b> of 20" in page.run().html


@alike_pages
def test_others_who_train_are_mentioned(visit: Callable, engine: Engine, slug: str) -> None:
    from sslviz.training.config import default
    from sslviz.ui import startup

    page = visit(slug, **TINY)
    page.train()
    assert "on this server too" not in page.texts
    startup.runs().new(default(slug), "somebody else").play()
    page.run()
    assert "1 other run trains on this server too" in page.texts
    startup.runs().new(replace(default(slug), seed=1), "a third").play()
    assert "2 other runs train on this server too" in page.run().texts
    assert "Trained once" not in page.texts
    (mine,) = (run for run in startup.runs()._runs.values() if run.config.steps == int(TINY["steps"]))
    for number in range(3):
        startup.runs().new(mine.config, f"one who chose the same, {number}").play()
    assert "Trained once for 3 or more who chose the same settings." in page.run().texts
    assert "2 other runs train on this server too" in page.texts
    assert "Trained once" not in page.train().texts  # it pauses


@alike_pages
def test_back_to_the_recorded_run(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **TINY)
    start = page.html
    page.train().press(f"{slug}_back")
    assert f"{slug}_run" not in page.param
    assert page.play == "Play"
    assert ("◷ recorded" in start) == ("◷ recorded" in page.html)
    engine.work(40)
    assert len(engine.seen) == 1  # it was paused


@alike_pages
def test_a_click_on_the_map_shows_the_neighbours(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **TINY)
    page.press("step")
    engine.work(2)
    page.run()
    assert page.component(f"{slug}_map")["picked"] is None
    page.at.session_state[f"{slug}_picked"] = 3
    shown = page.run().component(f"{slug}_map")
    assert shown["picked"] == 3
    assert len(shown["near"]) > 0
    assert 3 not in shown["near"]


@alike_pages
def test_the_map_can_be_drawn_from_scratch_and_refitted(visit: Callable, engine: Engine, slug: str) -> None:
    page = visit(slug, **TINY)
    page.train()
    engine.work(40)
    page.run()
    charts = len(page.at.get("plotly_chart"))
    page.press(f"{slug}_scratch")
    assert len(page.at.get("plotly_chart")) == charts + 1
    first = page.component(f"{slug}_map")["id"]
    page.set("toggle", "refit", True)
    assert page.component(f"{slug}_map")["id"] != first


def test_a_run_that_waits_says_what_is_short_and_what_to_do(visit: Callable, engine: Engine) -> None:
    from sslviz.ui import startup

    page = visit("masked_words", **TINY)
    page.train()
    assert not page.notes
    (run,) = startup.runs()._runs.values()
    run._since -= 21  # seconds ago
    engine.stands = Standing(own=False, ready=0, paused=2, held=1_900_000_000, limit=2_000_000_000)
    (said,) = page.run().notes
    assert "the memory of the workers is nearly full (1.9 GB of 2.0 GB)" in said
    assert "more memory" in said
    engine.work()
    assert not page.run().notes
