"""The page Three ways to learn: with figures, and before anything has been recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.training.results import three_ways
from sslviz.ui.labels.three_ways import measured as three_ways_page

Visit = Callable[..., Any]

FOUND: dict[str, Any] = {
    "config": {
        "pictures": 200, "tested": 2000, "clusters": 10, "starts": 10, "sure": 0.9, "semi_steps": 424,
        "supervised": {"steps": [134, 424], "lr": 0.0123}, "alone": {"steps": 400, "batch": 64, "lr": 0.005},
    },
    "seeds": [0, 1], "labels": [20, 200], "chance": 0.1, "covered": {str(n): list(range(12)) for n in range(200)},
    "groups": {
        "ids": [n % 10 for n in range(200)], "ari": 0.3, "ami": 0.4, "nmi": 0.5, "shuffled": 0.1, "named": 0.6,
    },
    "right": {name: [[0.5, 0.6], [0.7, 0.8]] for name in ("supervised", "pixels", "alone", "recorded", "random")},
    "trunks": {
        "alone": {"task": "masked_patches", "seen": 200, "runs": 2},
        "recorded": {"task": "masked_patches", "seen": 21_000, "runs": 1},
        "random": {"task": "masked_patches", "seen": 0, "runs": 2},
    },
    "semi": [
        {
            "before": 0.5, "sure": {"labels": 90, "true": 0.9, "after": 0.55},
            "all": {"labels": 180, "true": 0.6, "after": 0.45},
            "answers": [[place, place % 10, 1 - place / 1000] for place in range(180)],
        }
    ] * 2,
}  # fmt: skip


@pytest.fixture
def recorded_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(three_ways, "read", lambda: FOUND)


def test_three_cards_say_what_is_given_who_made_it_and_what_it_costs(visit: Visit, recorded_figures: None) -> None:
    page = visit("three_ways")
    assert page.html.count("class='way'") == 3
    for word in ("Given", "Label", "Made by", "Comes out", "Costs", "a person, one picture at a time", "nobody"):
        assert word in page.html
    assert page.html.count("class='target'") == 6  # the labels of the six pictures


def test_figures_are_the_recorded_ones(visit: Visit, recorded_figures: None) -> None:
    page = visit("three_ways")
    assert "With 20 labels" in page.html
    assert "supervised from scratch reaches 55%" in page.html
    assert "21,000 pictures without any label" in page.html
    told = ("0", "50.0%", "90 of 180", "90%", "55.0%", "60%", "45.0%")
    assert "".join(f"<td>{cell}</td>" for cell in told) in page.html
    assert "(+5.0 points, spread 0.0)" in page.html
    assert "(−5.0 points, spread 0.0)" in page.html  # a round that did harm is told as it is
    page.at.segmented_control(key="ways_labels").set_value("200")
    page.run()
    assert "With 200 labels" in page.html


def test_what_varies_is_told_and_drawn(visit: Visit, recorded_figures: None) -> None:
    page = visit("three_ways")
    assert page.html.count("then a probe (one trunk)</span>") == 1
    assert page.html.count("class='spread'") == len(FOUND["right"])
    assert "a tie with" in page.html  # all are the same here
    for words in ("0.0123, is one for all pages", "134 to 424 steps", "400 steps of 64", "for 424 steps"):
        assert words in page.html
    page.at.segmented_control(key="ways_labels").set_value("200")
    page.run()
    assert page.html.count("class='spread'") == 3  # one trunk and pixels: with all labels nothing is drawn
    assert page.html.count("self-supervised trunk</span>") == 1  # the colours are explained


def test_wrong_answers_are_others_than_the_surest(monkeypatch: pytest.MonkeyPatch) -> None:
    classes = three_ways.classes()
    answers = [[place, int(classes[place] + (place % 2)) % 10, 1 - place / 1000] for place in range(180)]
    drawn = three_ways_page._answers({"semi": [{"answers": answers}]})
    assert len(drawn) == len(set(drawn)) == three_ways_page.SURE_ONES + three_ways_page.WRONG_ONES
    assert ["✕" in one for one in drawn] == [False, True] * 3 + [True] * 4
    shown = [three_ways_page._address(place) for place in (0, 1, 2, 3, 4, 5, 7, 9, 11, 13)]
    assert all(address in one for address, one in zip(shown, drawn, strict=True))


def test_who_makes_the_labels_of_the_other_pages_is_what_the_catalogue_says(
    visit: Visit, recorded_figures: None
) -> None:
    assert "On the other pages the data, the batch or the model itself makes the label" in visit("three_ways").texts
    assert {entry.label_from for entry in TASKS.values()} == {"data", "batch", "model"}


def test_a_visitor_chooses_how_many_groups(visit: Visit, recorded_figures: None) -> None:
    page = visit("three_ways", __ways_groups="3")
    assert page.html.count("<em>") == 3  # a line a group
    assert "3 labels are paid" in page.html


def test_before_anything_is_recorded_the_page_says_so(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(three_ways, "read", lambda: None)
    monkeypatch.setattr(three_ways, "covered", lambda: FOUND["covered"])
    page = visit("three_ways")
    assert len([note for note in page.notes if "have not been recorded" in note]) == 2
    assert page.html.count("class='way'") == 3


def test_a_bad_link_is_told(visit: Visit, recorded_figures: None) -> None:
    page = visit("three_ways", __ways_groups="1000", __depth="Deepest")
    assert len(page.notes) == 2


def test_covered_and_uncovered_patches_make_the_picture() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8)
    covered = [0, 5, 15]
    given, asked = three_ways_page.hide(picture, covered), three_ways_page.only(picture, covered)
    for number in range(16):
        row, column = divmod(number, 4)
        place = np.s_[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
        assert (given[place] == picture[place]).all() == (number not in covered)
        assert (asked[place] == picture[place]).all() == (number in covered)
