"""Events that no view would send: each page goes on, as if they had not been told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState

from sslviz.training import answers
from sslviz.ui.frame import ahead, first_cards
from tests.conftest import ALIKE, each_page
from tests.pages.conftest import Page

KINDS = {  # of events, by the view that tells them; "" where they have none
    "live_embedding_view": ("pick", "missing"),
    "live_steps_view": ("go",),
    "tasks_frame_order_card": ("done",),
    "flashcards_review_view": ("sends", "again", "ahead", "open"),
    "flashcards_learner": ("",),
    "home_task_map": ("",),
    "home_time_line": ("",),
}
MAKE = {  # views in which a visitor makes something, which they send whole
    "live_picture_card", "live_sound_card", "tasks_frame_order_card", "tasks_masked_words_card",
    "tasks_same_or_different_card",
}  # fmt: skip
FIELDS = ("index", "panel", "a", "b", "order", "cells", "how", "sends", "page", "slug", "token", "zone")
SPOILT: tuple[Any, ...] = (None, True, -2, 10**9, float("nan"), "1", [0], {"a": 1})
BARE: tuple[Any, ...] = (0, "text", [1, 2], {}, {"kind": []}, {"kind": "?"})


def forged(kinds: tuple[str, ...], about: Any) -> list[Any]:
    """Events that name what they are about, with fields of every kind of nonsense, or without them."""
    named = [{"id": about, **({"kind": kind} if kind else {})} for kind in kinds]
    spoilt = [{**event, **dict.fromkeys(FIELDS, value)} for event in named for value in SPOILT]
    beside = [{**event, **dict.fromkeys(FIELDS, 0), name: 999} for event in named for name in ("index", "panel", "a")]
    return [*BARE, *named, *spoilt, *beside, *({**event, "id": [about]} for event in spoilt[:2])]


def made(about: Any) -> list[Any]:
    """What nobody can have made, with what it is about, and without."""
    edits: list[Any] = [[[0]] * 99, [["hide"]] * 6, {"0": 1}, [[-1]] * 6, [[10**9]] * 6, "01"]
    whole = [*SPOILT, *({"selected": value, "edits": value, "at": value} for value in SPOILT)]
    whole += [{"selected": 0, "edits": edit, "at": 0} for edit in edits] + [["hide"] * 99, [10**9], [[]]]
    return [*({"id": about, "nth": 1, "made": one} for one in whole), {"id": about, "made": 0}, {"nth": "x", "made": 0}]


def tell(page: Page, key: str, event: Any) -> None:
    """As a browser does that sends this event of a view."""
    (part,) = [each for each in page.at.get("bidi_component") if each.key == key]
    states = page.at._tree.get_widget_states()
    payload = json.dumps([{"event": "event", "value": event}])
    states.widgets.append(WidgetState(id=_make_trigger_id(part.proto.id, "events"), json_trigger_value=payload))
    page.at._run(states)
    page.well()


def make(page: Page, key: str, value: Any) -> None:
    """As a browser does in which a visitor has made something."""
    (part,) = [each for each in page.at.get("bidi_component") if each.key == key]
    states = page.at._tree.get_widget_states()
    states.widgets.append(WidgetState(id=part.proto.id, json_value=json.dumps({"made": value})))
    page.at._run(states)
    page.well()


def tell_all(page: Page, *, common: bool = True) -> int:
    """Forged events of every view of the page, or few of those that all pages have; returns how many."""
    told, slug = 0, page.slug
    for part in list(page.at.get("bidi_component")):
        name = part.proto.component_name.removeprefix("sslviz_")
        kinds = KINDS.get(name, ())
        events = forged(kinds, page.component(part.key).get("id")) if kinds else []
        for event in events if common or not name.startswith("live_") else events[: len(BARE) + len(kinds)]:
            tell(page, part.key, event)
            told += 1
            if part.key not in page.keys:  # the cards open another page where they are asked to
                page.go(slug)
    return told


def make_all(page: Page) -> int:
    """What nobody can have made, in every view in which something is made; returns how much."""
    made_there = 0
    for part in list(page.at.get("bidi_component")):
        if part.proto.component_name.removeprefix("sslviz_") in MAKE:
            for value in [*BARE, *made(page.component(part.key).get("id"))]:
                make(page, part.key, value)
                made_there += 1
    return made_there


@each_page
def test_a_task_page_goes_on_whatever_its_views_tell(visit: Callable[..., Page], slug: str) -> None:
    assert tell_all(visit(slug), common=slug in ALIKE) >= 7


@each_page
def test_a_card_goes_on_whatever_is_made_in_it(visit: Callable[..., Page], slug: str) -> None:
    """Parts that know nothing of the card are left out: a page is drawn some fifty times."""
    page = visit(slug, __hide="transport,loss,embedding,learned,code,quiz")
    cards = [part.proto.component_name.removeprefix("sslviz_") for part in page.at.get("bidi_component")]
    assert bool(make_all(page)) == bool(MAKE.intersection(cards))


@pytest.mark.parametrize("slug", ["home", "flashcards"])
def test_other_pages_go_on_whatever_their_views_tell(visit: Callable[..., Page], slug: str) -> None:
    assert tell_all(visit(slug)) >= 20


def test_a_true_event_is_taken(visit: Callable[..., Page]) -> None:  # so the forged ones above are told, too
    page = visit("masked_patches")
    card = page.component("masked_patches_card")
    other = 1 if card["selected"] != 1 else 0
    mine = {"selected": other, "edits": [[]] * len(card["columns"]), "at": None}
    make(page, "masked_patches_card", {"id": card["id"], "nth": 1, "made": mine})
    assert page.component("masked_patches_card")["selected"] == other
    page = visit("masked_words")
    tell(page, "masked_words_map", {"kind": "pick", "index": 3})
    assert page.component("masked_words_map")["picked"] == 3


def test_a_first_visit_shows_the_kept_card_and_asks_no_model(
    visit: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where labels can be made: what is kept is there sooner, and is the same."""
    asked: list[int] = []
    monkeypatch.setattr(ahead, "send", lambda *_, **__: None)
    monkeypatch.setattr(answers, "ask", lambda *_, **__: asked.append(1))
    page = visit("masked_words", __hide="guess")
    assert page.component("masked_words_card")
    assert not asked


def test_what_is_done_with_the_kept_card_is_taken(visit: Callable[..., Page], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there before labels can be made, and knows nothing of what comes of a click; the page's own card does."""
    monkeypatch.setattr(first_cards, "labels_can_be_made", lambda: False)
    kept: list[bool] = []
    fitting = first_cards.fitting

    def found(*args: Any) -> Any:
        kept.append((one := fitting(*args)) is not None)
        return one

    monkeypatch.setattr(first_cards, "fitting", found)
    page = visit("masked_patches")
    card = page.component("masked_patches_card")
    assert set(kept) == {True}
    kept.clear()
    other = 1 if card["selected"] != 1 else 0
    mine = {"selected": other, "edits": [[]] * len(card["columns"]), "at": None}
    make(page, "masked_patches_card", {"id": card["id"], "nth": 1, "made": mine})
    assert page.component("masked_patches_card")["selected"] == other
    assert set(kept) == {False}, "what was done with it is not in the kept card"
