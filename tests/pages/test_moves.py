"""A card that follows a run without a script run: a look brings what Python would draw, and nobody else gets it."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.runtime.state import SessionStateProxy

from sslviz.training.results import run_view
from sslviz.training.results.run_view import RunView
from sslviz.ui import startup
from sslviz.ui.frame import moves
from sslviz.ui.frame.lesson import ticks
from sslviz.ui.visitors import new_number
from tests.conftest import each_page
from tests.pages.conftest import TINY
from tests.pages.test_ahead import shown
from tests.pages.test_forged_events import make
from tests.stand_ins import Engine
from tests.unit.test_lessons import LESSONS

pytestmark = pytest.mark.usefixtures("cheap")


def begun(visit: Callable, engine: Engine, slug: str, **link: str) -> Any:
    """A page whose run has made a step or two."""
    page = visit(slug, **TINY, **link)
    page.train()
    engine.work(2)
    page.run()
    return page


def now(page: Any, part: str = "card") -> RunView:
    run = startup.known(page.component(f"{page.slug}_{part}_look")["run"])
    assert run is not None
    return run_view.from_run(run)


def brought(page: Any, visitor: str | None = None) -> Any:
    """What a look is handed for the card in the lab; None where it is not told."""
    found = all_brought(page, "card", visitor)
    return None if found is None else found[f"{page.slug}_card"]


def all_brought(page: Any, part: str, visitor: str | None = None) -> dict[str, Any] | None:
    """What a look is handed, by key, in a thread where no script has run and nothing of a session is at hand."""
    name, view, found = page.component(f"{page.slug}_{part}_look")["moves"], now(page, part), []

    def ask() -> None:
        found.append(moves.drawn(name, visitor, view))

    def none(*_: Any) -> None:
        raise AssertionError("a card that a look brings has no session to read")

    with pytest.MonkeyPatch.context() as patch:
        for method in ("__getitem__", "__iter__", "__contains__", "__setitem__", "get", "pop", "setdefault"):
            patch.setattr(SessionStateProxy, method, none)
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    (parts,) = found  # else the thread has failed
    if parts is None:
        return None
    return {
        one["key"]: base64.b64decode(one["frame"]) if "frame" in one else one.get("html") or one["data"]
        for one in parts
    }


@each_page
def test_a_look_brings_what_python_would_draw(visit: Callable, engine: Engine, slug: str) -> None:
    page = begun(visit, engine, slug)
    before, at = shown(page), now(page).step
    assert brought(page) == before
    engine.work(2)
    assert now(page).step > at
    after = brought(page)
    page.run()
    assert after == shown(page)
    assert after != before


@pytest.mark.parametrize("slug", ["masked_words", "masked_patches", "same_or_different"])
def test_what_was_made_by_hand_and_chosen_stays(visit: Callable, engine: Engine, slug: str) -> None:
    page = begun(visit, engine, slug)
    card = f"{slug}_card"
    if slug == "masked_words":
        about = page.component(card)
        hides = [""] * len(about["words"])
        hides[3] = "hide"
        make(page, card, {"id": about["id"], "nth": 1, "made": hides})
        assert shown(page)["how"] == hides
    else:
        page.at.session_state[f"{slug}_selected"] = 3
        page.run()
    engine.work(2)
    after = brought(page)
    page.run()
    assert after == shown(page)


def test_what_is_drawn_anew_is_held_under_another_name_and_the_old_one_goes(visit: Callable, engine: Engine) -> None:
    page = begun(visit, engine, "masked_words")
    first = page.component("masked_words_card_look")["moves"]
    page.press("new_label")
    second = page.component("masked_words_card_look")["moves"]
    assert second not in ("", first)
    assert moves.drawn(first, None, now(page)), "the browser may not have heard of the second"
    page.press("new_label")
    assert moves.drawn(second, None, now(page))
    assert moves.drawn(first, None, now(page)) is None


def test_a_visitor_s_own_sample_is_drawn_by_python(visit: Callable, engine: Engine) -> None:
    page = begun(visit, engine, "masked_words")
    page.set("text_input", "own", "the cat is on the table")
    assert page.component("masked_words_card_look")["moves"] == ""


def test_nobody_else_is_told_and_of_no_other_run(
    visit: Callable, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = new_number()
    monkeypatch.setattr(moves, "cookie", lambda: mine)
    page = begun(visit, engine, "masked_words")
    assert brought(page, mine)
    assert brought(page, new_number()) is None
    assert brought(page) is None
    other = startup.runs().new(now(page).config, mine)
    assert moves.drawn(page.component("masked_words_card_look")["moves"], mine, run_view.from_run(other)) is None


def test_no_more_are_held_than_fit(visit: Callable, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "MOST", 1)
    first = begun(visit, engine, "masked_words")
    begun(visit, engine, "masked_words")
    assert brought(first) is None


def test_a_run_that_stands_still_holds_nothing(visit: Callable, engine: Engine) -> None:
    page = begun(visit, engine, "masked_words")
    engine.work(60)
    page.run()
    assert "masked_words_card_look" not in [part.key for part in page.at.get("bidi_component")]
    assert "masked_words_card_moves" not in page.at.session_state


@each_page
def test_in_a_lesson_the_line_and_what_the_model_said_come_too(visit: Callable, engine: Engine, slug: str) -> None:
    number = next(at for at, scene in enumerate(LESSONS[slug].scenes, 1) if "learn" in {on.part for on in scene.on})
    page = visit(slug, **{**TINY, "steps": "60"}, __view="lesson", __scene=str(number))
    page.press("train")
    assert page.component(f"{slug}_learn_look")["moves"] == "", "Python sees that the scene is done"
    while now(page, "learn").step < ticks.STEPS:
        engine.work(1)
    page.run()
    before = page.component(f"{slug}_strip")["answers"]
    engine.work(1)
    view, found = now(page, "learn"), all_brought(page, "learn")
    assert found is not None
    assert set(found) == {f"{slug}_card", "learn_bar", f"{slug}_strip"}
    assert f"step <b>{view.step}</b> of 60" in found["learn_bar"]
    assert found[f"{slug}_strip"]["answers"][-2]["step"] == before[-1]["step"]
    page.run()
    assert found[f"{slug}_card"] == shown(page)
    assert found["learn_bar"] in page.html
    assert found[f"{slug}_strip"] == page.component(f"{slug}_strip")
