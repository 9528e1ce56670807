"""Colourisation: what a place is torn between, pictures without colours, the guess, and what the lab says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue.colourisation import ColourisationOptions
from sslviz.tasks import colourisation as task
from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.results import run_view
from sslviz.ui.frame.picture_samples import Sample
from sslviz.ui.tasks.colourisation import card as cards
from sslviz.ui.tasks.colourisation import colours, guess, learned
from sslviz.ui.tasks.colourisation.colours import painted, sample
from tests.pages.test_forged_events import make


def view() -> run_view.RunView:
    return run_view.untrained(replace(default("colourisation"), device="cpu"))


def test_the_sample_has_colours_and_the_grey_picture_has_none() -> None:
    this = sample(10, "emoji", None)
    for pixels, one in zip(this.pixels, painted(this.pixels, view()), strict=True):
        assert one.asked
        assert np.ptp(one.grey.astype(int), axis=2).max() <= 1
        assert np.ptp(pixels.astype(int), axis=2).max() > 30
        assert one.label.shape == one.annealed.shape == (32, 32, 3)
        np.testing.assert_allclose(one.p.sum(1), 1, rtol=1e-5)


def test_a_grey_picture_of_ones_own_is_asked_for_grey_alone_and_it_is_said() -> None:
    grey = np.full((40, 40, 3), 120, np.uint8)
    this: Sample = sample(10, "photos", grey)
    one = painted(this.pixels, view())[0]
    assert one.asked == 0
    found = cards.column("mine", this.pixels[0], one)["cells"]
    assert (found[2]["text"], found[3]["text"]) == ("0 of 64", "no colour")
    assert not found[3]["wrong"]
    assert "no colours" in cards.note(one, view())
    assert cards.undecided(one) == 0


def test_the_chart_shows_one_large_square_where_the_model_is_sure() -> None:
    p, red = np.full(76, 1e-6), int(np.flatnonzero((colours.middles() == (80, 60)).all(1))[0])
    p[red] = 1
    sure, torn = colours.chart(p, -1, 60), colours.chart(np.full(76, 1 / 76), -1, 60)
    strong = [int((np.ptp(picture.astype(int), axis=2) > 60).sum()) for picture in (sure, torn)]
    assert 0 < strong[0] < strong[1] / 10
    assert colours.colour_name(red) == "red"
    assert colours.colour_name(int(np.flatnonzero((colours.middles() == 0).all(1))[0])) == "grey"


def test_a_pressed_place_is_the_one_that_is_told_about(visit: Callable[..., Any]) -> None:
    page = visit("colourisation")
    card = page.component("colourisation_card")
    assert [len(panel["tiles"]) for panel in card["panels"]] == [64, 6, 1, 4]
    there = card["panels"][0]["made"][0]
    other = 0 if there else 63
    mine = {"selected": card["selected"], "edits": [[other], *[[]] * 5], "at": 0}
    make(page, "colourisation_card", {"id": card["id"], "nth": 1, "made": mine})
    after = page.component("colourisation_card")["panels"]
    assert after[0]["made"] == [other]
    assert after[0]["tiles"][other]["pressed"]
    assert after[2]["tiles"][0]["image"] != card["panels"][2]["tiles"][0]["image"]
    assert [tile["kind"] for tile in after[1]["tiles"]].count("target") == 1


@pytest.mark.parametrize("edit", [None, [], [64], [1, 2], ["a"], {"a": 1}])
def test_what_is_no_place_is_not_taken(edit: Any) -> None:
    assert cards.chosen(edit) is None


def test_the_guess_has_four_colours_that_can_be_told_apart() -> None:
    for number in range(4):
        asked = guess.draw(number, view())
        ab = colours.middles()[asked.bins]
        apart = np.hypot(*(ab[:, None] - ab[None]).transpose(2, 0, 1)) + 1000 * np.eye(4)
        assert apart.min() > guess.APART
        assert asked.bins[asked.right] == asked.one.truth[asked.place]
        assert asked.one.coloured[asked.place]


def row(name: str, grey: float, named: float, probe: float, **options: Any) -> dict[str, Any]:
    return {"name": name, "options": options, "steps": 900, "accuracy": [named], "probe": [probe], "loss": [2.0],
            "measures": {learned.GREY: [grey], learned.UNDECIDED: [0.5]}}  # fmt: skip


def test_the_lab_says_that_bright_is_not_better_only_where_it_was_measured() -> None:
    bright, dull = row("a", 0.1, 0.3, 0.30), row("b", 0.3, 0.2, 0.33, rebalance=False)
    said = learned.meaning({"rows": [bright, dull]})
    assert "at 10% of the places with rebalancing, at 30% without" in said
    assert "not better for it: the probe says 30.0% with, and 33.0% without" in said
    assert "not better" not in learned.meaning({"rows": [bright, {**dull, "probe": [0.2]}]})


def test_measures_of_the_task_are_those_the_lab_reads() -> None:
    assert (learned.GREY, learned.UNDECIDED) == (task.GREY, task.UNDECIDED)
    config = replace(default("colourisation"), device="cpu", options=ColourisationOptions(rebalance=False))
    net = loop.Learner(config).net
    assert set(task.Colourisation().measures(net, "emoji")) == {task.GREY, task.UNDECIDED}
