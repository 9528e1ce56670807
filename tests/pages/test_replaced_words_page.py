"""Replaced words: the card's labels and counts, an edit by hand, and the questions."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue.replaced_words import FREQUENCIES, HIDDEN
from sslviz.catalogue.replaced_words import ReplacedWordsOptions as Options
from sslviz.training.config import default
from sslviz.training.results import run_view
from sslviz.ui.frame.sentence_samples import sample
from sslviz.ui.tasks.replaced_words import card as cards
from sslviz.ui.tasks.replaced_words import guess, learned


def fresh() -> run_view.RunView:
    return run_view.untrained(default("replaced_words"))


def test_the_card_has_a_label_at_every_word_and_counts_them(visit: Callable[..., Any]) -> None:
    page = visit("replaced_words", view="lab", own="the cat is on the table")
    card = page.component("replaced_words_card")
    words = len(card["words"]) - 2
    assert card["target"][0] is card["target"][-1] is None
    assert all(isinstance(one, bool) for one in card["target"][1:-1])
    assert card["count"].startswith(f"{words} labels in this sentence; BERT would have 1, ")
    for hidden, chance, read, raw, replaced in zip(
        card["hide"], card["chance"], card["reads"], card["words"], card["target"], strict=True
    ):
        assert (chance is not None) == hidden
        assert not replaced or (hidden and read != raw.lower())


def test_by_hand_only_what_a_visitor_hides_is_asked_of_the_generator() -> None:
    this = sample(238, "the cat is on the table")
    hide = [False, False, True, False, False, False, False, False]
    draw, labelled = cards.label(this, 3, Options(), hide)
    now = cards.filled(fresh(), labelled)
    assert [one is not None for one in now.best] == hide
    assert sum(one is not None for one in now.replaced) == 6
    assert len(now.loss) == 6
    _, few = cards.label(this, 3, Options(asked=HIDDEN), hide)
    assert few.where[0].tolist() == hide
    nothing = cards.filled(fresh(), cards.label(this, 3, Options(asked=HIDDEN), [False] * 8)[1])
    assert nothing.loss == []
    assert cards.count_line(nothing.replaced, draw, 6, brief=True).startswith("Nothing has a label")
    drawn = cards.filled(fresh(), cards.label(this, 3, Options(filler=FREQUENCIES))[1])
    assert all(one is None for one in drawn.chance)
    for edit in (None, "x", [True], [1] * 8, [None] * 8):
        assert cards.by_hand(edit, 8) is None
    assert cards.by_hand([True] * 8, 8) == [False, *[True] * 6, False]


def test_of_the_words_asked_about_exactly_one_was_replaced() -> None:
    for seed in range(3):
        this, now, places = guess.one_replaced(fresh(), np.random.default_rng(seed))
        assert [now.replaced[at] for at in places] == [True, False, False, False]
        assert this.batch.data["ids"][0, places[0]] != now.reads[places[0]]
        assert len({now.reads[at] for at in places}) == 4
    question = guess.label_question(np.random.default_rng(1))
    assert question.choices[question.right] in question.because


def test_the_lab_says_what_was_measured() -> None:
    rows = [
        {"name": name, "accuracy": [score, score], "probe": [0.2, 0.2], "steps": 500, "options": {}}
        for name, score in (("ELECTRA", 0.6), ("words by their frequency", 0.8))
    ]
    said = learned.meaning({"rows": rows})
    assert "ELECTRA 60%, words by their frequency 80%." in said
    assert "easier labels" in said
    rows[1]["accuracy"] = [0.55, 0.8]
    assert "easier labels" not in learned.meaning({"rows": rows})


@pytest.mark.parametrize("missing", ["replaced_words", "masked_words"])
def test_without_a_recording_there_is_no_comparison(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = learned.recorded.read
    monkeypatch.setattr(learned.recorded, "read", lambda slug: None if slug == missing else read(slug))
    assert learned.against_bert() == ""
