"""Picture and caption: the matrix on the card, a typed word, an own picture, and what the lab says of recorded runs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue.captions import CaptionsOptions
from sslviz.data import captions, images
from sslviz.evaluation.lead import Lead
from sslviz.training.config import default
from sslviz.training.results import run_view
from sslviz.ui.frame import stage
from sslviz.ui.frame.stage import Stage
from sslviz.ui.tasks.captions import card as cards
from sslviz.ui.tasks.captions import learned, pairs, search
from tests.pages.test_own_input import picture


def test_a_sample_has_different_captions_that_were_never_trained_on_and_an_own_picture_has_none() -> None:
    trained = set(captions.load("train").captions)
    for number in range(5):
        this = pairs.sample(number, "", None)
        assert len(set(this.captions)) == len(this.pixels) == 6
        assert not trained & set(this.captions)
        assert list(this.captions) == this.names
        assert set(this.teams) <= set(images.TEAMS)
    own = pairs.sample(0, "", np.zeros((40, 50, 3), np.uint8))
    assert (own.names[0], own.teams[0], own.own) == ("your picture", "no caption", True)


def test_below_a_picture_stands_who_drew_it_and_in_a_lesson_its_caption_until_that_is_the_label() -> None:
    this = pairs.sample(0, "", None)
    assert cards.below(this) == this.teams
    with stage.on(Stage("large", rows=1)):
        assert cards.below(this) == this.captions
    with stage.on(Stage("large", rows=3)):
        assert set(cards.below(this)) == {""}


def test_a_word_that_no_caption_has_gets_one_clear_sentence() -> None:
    assert search.refused("Red HEART!") is None
    said = {text: search.refused(text) or "" for text in ("", " !? ", "flagg", "qwxyzq", "x" * 90, "cat " * 13)}
    assert all(one.count(".") == 1 for one in said.values())
    assert "type one or a few" in said[""]
    assert "type one or a few" in said[" !? "]
    assert "“flagg” is none of the 1," in said["flagg"]
    assert "flag" in said["flagg"].partition("such as")[2]
    assert "please try words from there, such as" in said["qwxyzq"]
    assert "…" in said["x" * 90]
    assert "13 words: please type at most 12" in said["cat " * 13]


def test_the_card_marks_the_label_and_a_word_finds_pictures_and_own_ones_have_no_label(
    visit: Callable[..., Any],
) -> None:
    page = visit("captions")
    card = page.component("captions_card")
    goal, reached, names = card["panels"]
    assert [i for i, tile in enumerate(goal["tiles"]) if tile.get("kind") == "target"] == [0, 7, 14, 21, 28, 35]
    assert [i for i, tile in enumerate(reached["tiles"]) if tile.get("kind") == "target"] == [0, 7, 14, 21, 28, 35]
    assert [tile["share"] for tile in goal["tiles"]] == np.eye(6).ravel().tolist()
    assert [sum(tile["share"] for tile in reached["tiles"][6 * i :][:6]) for i in range(6)] == pytest.approx(
        [1] * 6, abs=0.01
    )
    assert all((len(panel["tops"]), len(panel["sides"])) == (6, 6) for panel in (goal, reached))  # axes have names
    assert len(names["rows"]) == 5
    assert "never trained on" in page.html
    assert page.html.count("<figure>") >= search.SHOWN
    page.set("text_input", "search", "qwxyzq")
    assert any("is none of the" in note for note in page.notes)
    page.set("text_input", "search", "cat")
    assert not page.notes
    page.upload("mine.png", picture())
    goal, reached, names = page.component("captions_card")["panels"]
    assert [i for i, tile in enumerate(goal["tiles"]) if tile.get("kind") == "target"] == [7, 14, 21, 28, 35]
    assert "there is no right answer" in names["note"]
    assert "of 5 captions" in reached["note"]


def test_shuffled_captions_are_shown_where_they_went_and_the_note_says_so() -> None:
    this = pairs.sample(1, "", None)
    view = run_view.untrained(replace(default("captions"), device="cpu"))
    draw, labelled = cards.label(this, 0, CaptionsOptions(shuffled=True))
    said = cards.answer(view, labelled, CaptionsOptions())
    np.testing.assert_allclose(said.share.sum(1), 1, atol=1e-5)
    np.testing.assert_allclose(said.back.sum(0), 1, atol=1e-5)
    assert sorted((np.arange(6) + draw["moved"]).tolist()) == list(range(6))
    assert "control" in cards.note(CaptionsOptions(shuffled=True))
    assert cards.formula(said, 0)["numbers"]["said"].endswith("14.3")


@pytest.mark.parametrize(("points", "told"), [(9.0, "ahead"), (-9.0, "behind"), (1.0, "none")])
def test_a_lead_within_two_standard_errors_is_called_none(points: float, told: str) -> None:
    one = {"chance": Lead(30.0, 1.0), "overlap": Lead(points, 1.0)}
    said = learned.verdict(dict.fromkeys(learned.ASKED, one))
    assert ("is ahead of word overlap" in said, "is behind word overlap" in said, "so none" in said) == (
        told == "ahead", told == "behind", told == "none",
    )  # fmt: skip
    assert "not above chance" in learned.verdict({"caption found": {**one, "chance": Lead(1.0, 1.0)}})
