"""Two views: vectors on the card, the meters, and what the collapse lab says of recorded runs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue.two_views import TwoViewsOptions
from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.results import run_view
from sslviz.ui.frame import vectors
from sslviz.ui.frame.picture_samples import sample
from sslviz.ui.tasks.two_views import card as two_views_card
from sslviz.ui.tasks.two_views import learned as two_views_page

OPTIONS = TwoViewsOptions()


def dead() -> run_view.RunView:
    """A model whose projector says the same of every view."""
    config = replace(default("two_views"), device="cpu")
    learner = loop.Learner(config)
    for head in (learner.net.head, learner.net.slow.head):
        head[-1].weight.data.zero_()
        head[-1].bias.data.fill_(1)
    state = learner.dump(9)
    return replace(
        run_view.untrained(config), mode="live", step=9, weights=state["weights"], kept=state["buffers"]
    )  # fmt: skip


def test_the_meters_tell_a_dead_model_from_an_untrained_one() -> None:
    alive = vectors.meters(run_view.untrained(replace(default("two_views"), device="cpu")))
    low = vectors.meters(dead())
    assert alive.width == low.width == 128
    assert low.spread < 0.1 / np.sqrt(128) < alive.spread
    assert low.cosine == pytest.approx(1, abs=1e-4)
    assert low.rank == pytest.approx(1, abs=1e-3)
    assert alive.cosine < 0.9
    assert alive.rank > 2


def test_in_a_dead_model_every_answer_is_nearest_to_every_view() -> None:
    this = sample(16, "mixed", None)
    said = two_views_card.answer(dead(), two_views_card.label(this.pixels, 0, OPTIONS))
    first = vectors.squares(said.target[0], vectors.BLUE)
    assert all(vectors.squares(vector, vectors.BLUE) == first for vector in said.target)
    assert np.ptp(said.cosines(1)) < 1e-4
    rows = two_views_card.compared(this, said, 1)["rows"]
    assert len({row["text"] for row in rows}) == 1
    assert [row["kind"] for row in rows] == ["", "target", "", "", "", ""]


def test_answers_are_those_of_the_task_in_company() -> None:
    view = run_view.untrained(replace(default("two_views"), device="cpu"))
    this = sample(16, "mixed", None)
    labelled = two_views_card.label(this.pixels, 0, OPTIONS)
    said = two_views_card.answer(view, labelled)
    assert said.target.shape == said.predicted.shape == (12, 128)
    for i in range(12):
        partner = said.target[(i + 6) % 12]
        assert said.loss[i] == pytest.approx(2 - 2 * float(said.predicted[i] @ partner), abs=1e-4)
    assert said.cosines(2)[2] == pytest.approx(1 - said.loss[2] / 2, abs=1e-4)


def test_the_card_changes_with_the_label(visit: Callable) -> None:
    page = visit("two_views", __depth="Detailed")
    card = page.component("two_views_card")
    assert len(card["columns"]) == 6
    for column in card["columns"]:
        _, a, b, label, answer = column["cells"]
        assert len({a["image"], b["image"], label["image"], answer["image"]}) == 4
        assert label["kind"] == "target"
        assert answer["text"][0] in "✓✕"
    cosine, loss = card["formula"]["numbers"]["said"].removeprefix("= 2 − 2 × ").split(" = ")
    assert 2 - 2 * float(cosine) == pytest.approx(float(loss), abs=0.002)
    page.press("new_label")
    other = page.component("two_views_card")
    for before, after in zip(card["columns"], other["columns"], strict=True):
        assert all(before["cells"][k]["image"] != after["cells"][k]["image"] for k in (1, 2, 3, 4))


@pytest.mark.parametrize("link", [{"predictor": "false"}, {"norm": "picture"}, {"stop_gradient": "false", "m": "0"}])
@pytest.mark.usefixtures("cheap")
def test_every_switch_of_the_lab_can_be_trained(visit: Callable, engine: Any, link: dict[str, str]) -> None:
    page = visit("two_views", steps="20", batch="16", device="cpu", **link)
    page.train()
    engine.work(2)
    page.run()
    card = page.component("two_views_card")
    assert card["model"] == "live"
    meters = card["panels"][1]["rows"]
    assert all(row["low"] - 0.2 <= row["value"] <= row["high"] + 1e-9 for row in meters)


NAMES = (two_views_page.SPREAD, two_views_page.COSINE, two_views_page.RANK)
ROWS: list[dict[str, Any]] = [
    {"name": "good", "loss": [0.3, 0.4], "accuracy": [0.1, 0.2], "probe": [0.6, 0.62],
     "measures": dict(zip(NAMES, ([0.9, 0.8], [0.1, 0.1], [0.25, 0.25]), strict=True))},
    {"name": "bad", "loss": [0.0, 0.0], "accuracy": [0.01, 0.01], "probe": [0.4, 0.5],
     "measures": dict(zip(NAMES, ([0.01, 0.02], [1.0, 1.0], [1 / 128, 1 / 128]), strict=True))},
]  # fmt: skip


def test_the_lab_says_that_the_lowest_loss_is_dead() -> None:
    text = two_views_page.meaning({"rows": ROWS})
    assert "The model “bad” has the lowest loss (0.000), and it has collapsed" in text
    assert "Collapsed: bad (2 of 2 runs)." in text
    assert "“good” has the best probe (61.0%)" in text
    assert "normalise" not in text
    tried = [{**row, "name": name} for row, name in zip(ROWS, ("as BYOL", "heads normalised by picture"), strict=True)]
    assert "the probe is 45.0% instead of 61.0%: so here the other" in two_views_page.meaning({"rows": tried})
    alive = two_views_page.meaning({"rows": ROWS[:1]})
    assert "has not collapsed" in alive
    assert "“neither of them”" not in two_views_page.meaning({"rows": [{**ROWS[0], "name": "neither of them"}]})
    assert "None collapsed" in alive


def test_the_table_has_means_over_seeds() -> None:
    lines = two_views_page.table({"rows": ROWS}).splitlines()
    assert lines[2] == "| good | 0.350 | 0.850 | 0.10 | 32.0 | 61.0% |"
    assert lines[3] == "| bad | 0.000 | 0.015 | 1.00 | 1.0 | 45.0% |"


def test_measures_of_the_task_are_those_the_lab_reads() -> None:
    from sslviz.catalogue import load

    learner = loop.Learner(replace(default("two_views"), device="cpu"))
    found = load("two_views").measures(learner.net, "pictures")
    assert list(found) == [two_views_page.SPREAD, two_views_page.COSINE, two_views_page.RANK]
