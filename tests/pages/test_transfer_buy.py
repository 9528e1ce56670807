"""Labels to buy on the page Transfer, where the visitor is one of the buyers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sslviz.training.results import active_learning, transfer
from sslviz.ui.labels.transfer import buy as transfer_buy
from tests.pages.conftest import Page
from tests.pages.test_transfer_page import recorded_as, recording  # noqa: F401 - a fixture is asked for by name
from tests.stand_ins import Engine

Send = Callable[..., Page]


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Send:
    """Send an event as the browser would: before the next run, to the handler of the last one."""
    last: dict[str, Any] = {}
    mount = transfer_buy.offer_view
    waiting: list[dict[str, Any]] = []

    def kept(key: str, *, data: dict[str, Any], on_event: Any) -> Any:
        found = mount(key, data=data, on_event=on_event)
        while waiting:
            on_event(waiting.pop())
        last["data"] = data
        return found

    monkeypatch.setattr(transfer_buy, "offer_view", kept)

    def sent(page: Page, **event: Any) -> Page:
        waiting.append({"kind": "buy", "id": last["data"]["id"], **event})
        return page.run()

    return sent


@pytest.fixture
def cheap_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that cost nothing, with figures that are easy to recognise."""
    both = recording()["bought"]["runs"]["autoencoding"]
    monkeypatch.setattr(transfer, "some_features", lambda *_: np.zeros((2, 3)))
    monkeypatch.setattr(transfer, "purchase", lambda *call: {**both[call[6]], "accuracies": [0.31, 0.33]})
    same = {"accuracies": [0.5, 0.7], "classes": [5, 6]}

    def judge(*call: Any) -> dict[str, Any]:
        own = {"rows": call[6], "ids": call[6], "names": ["Boot"] * len(call[6]), "accuracies": [0.66], "classes": [1]}
        return {"own": own, "same": same}

    monkeypatch.setattr(active_learning, "judge", judge)


def card(page: Page) -> dict[str, Any]:
    return page.component("market_card")


def test_a_market_without_classes_by_seed(visit: Any, recorded_as: Any) -> None:  # noqa: F811
    recorded_as(recording())
    page = visit("transfer")
    first = card(page)
    assert (first["count"], first["budget"], first["chosen"], first["busy"]) == (100, 20, [], False)
    assert first["sheet"].startswith("data:image/png;base64,")
    assert not any(name in str({**first, "sheet": ""}) for name in ("Coat", "Bag", "Sandal"))
    page.at.segmented_control(key="transfer_labels_choice").set_value("10")
    page.run()
    assert (card(page)["budget"], card(page)["id"], card(page)["sheet"]) == (10, first["id"], first["sheet"])
    page.at.number_input(key="transfer_buying_choice").set_value(5)
    page.run()
    assert card(page)["id"] != first["id"]
    assert card(page)["sheet"] != first["sheet"]


def test_a_hundred_labels_would_empty_the_market(visit: Any, recorded_as: Any) -> None:  # noqa: F811
    recorded_as(recording())
    page = visit("transfer", labels="100")
    assert "100 labels would empty your own market" in page.html
    assert [part.key for part in page.at.get("bidi_component")] == ["whole_page"]  # that of every page


def test_the_visitor_buys_and_is_compared(
    visit: Any,
    recorded_as: Any,  # noqa: F811
    engine: Engine,
    send: Send,
    cheap_jobs: None,
) -> None:
    recorded_as(recording())
    page = visit("transfer", labels="10", buying="3")
    assert "Press Buy" in page.html
    cells = list(range(0, 100, 10))
    send(page, cells=cells[::-1])
    assert card(page)["busy"]
    assert card(page)["turn"] == 1
    handed_in = len(engine.seen)
    engine.work(99)
    page.run()
    assert not page.notes
    assert len(engine.seen) == handed_in + 3  # the visitor's purchase and two others, once
    assert "You: 66% right, 1 class seen" in page.html
    assert page.html.count("alt='Boot'") == 10
    assert "Random buyers at your market" in page.html
    assert "Spread-out buyers from all 2,000" in page.html
    assert "You were ahead** with 66%, 6 points more than random buyers at your market" in page.texts
    assert "of 2 random buyers at your market, who got 60% ± 10 points, 1 did better than you" in page.texts
    assert "Press Buy" not in page.html  # the two others bought, too
    assert card(page)["chosen"] == cells
    page.run()
    assert len(engine.seen) == handed_in + 3
    page.at.number_input(key="transfer_buying_choice").set_value(4)
    page.run()
    assert "You: 66%" not in page.html
    assert card(page)["chosen"] == []


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"cells": list(range(9))}, "Choose exactly 10 pictures to buy; 9 were chosen."),
        ({"cells": [*range(9), 100]}, "Only the 100 pictures of this market are for sale"),
        ({"cells": None}, "could not be read"),
        ({}, "could not be read"),
        ({"id": "77", "cells": list(range(10))}, "The market has changed since"),
    ],
)
def test_a_bad_purchase_is_refused_and_nothing_is_lost(
    visit: Any,
    recorded_as: Any,  # noqa: F811
    engine: Engine,
    send: Send,
    cheap_jobs: None,
    event: dict[str, Any],
    said: str,
) -> None:
    recorded_as(recording())
    page = visit("transfer", labels="10")
    send(page, cells=list(range(10)))
    engine.work(99)
    page.run()
    seen = len(engine.seen)
    before = card(page)
    send(page, **event)
    assert len(page.notes) == 1
    assert said in page.notes[0]
    assert len(engine.seen) == seen
    assert "You: 66% right" in page.html
    page.run()
    assert card(page) == {**before, "turn": before["turn"] + 1}  # which tells the browser that it was answered


def test_an_engine_that_cannot_be_reached_is_said(visit: Any, recorded_as: Any, engine: Engine, send: Send) -> None:  # noqa: F811
    recorded_as(recording())
    page = visit("transfer", labels="10")
    engine.broken = True
    send(page, cells=list(range(10)))
    assert any("cannot be reached" in note for note in page.notes)
    assert not card(page)["busy"]
    assert card(page)["chosen"] == list(range(10))


def test_who_was_ahead_is_said_in_one_sentence() -> None:
    others = {transfer_buy.SAME: [0.4, 0.5, 0.6], "Spread-out buyers from all 2,000": [0.7, 0.7]}
    behind = transfer_buy.ahead(0.45, others)
    assert "Spread-out buyers from all 2,000 were ahead** with 70%; you got 45%, but one buyer may be lucky" in behind
    assert "of 3 random buyers at your market, who got 50% ± 8 points, 2 did better than you." in behind
    first = transfer_buy.ahead(0.9, others)
    assert "**You were ahead** with 90%, 20 points more than spread-out buyers" in first
    assert "none did better than you" in first
    level = transfer_buy.ahead(0.695, others)
    assert "You and spread-out buyers from all 2,000 are level** with 69.5% and 70.0%, but" in level
    assert transfer_buy.ahead(0.5, {}.fromkeys([transfer_buy.SAME], [0.2])).startswith("**You were ahead**")
