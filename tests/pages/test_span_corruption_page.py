"""Span corruption: the card's label and counts, an edit by hand, the questions, and what the lab says."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue.span_corruption import SpanCorruptionOptions as Options
from sslviz.data import text
from sslviz.training.config import default
from sslviz.training.results import run_view
from sslviz.ui.frame.sentence_samples import sample
from sslviz.ui.tasks.span_corruption import card as cards
from sslviz.ui.tasks.span_corruption import guess, learned

OWN = "the cat is sleeping on the table in the kitchen"
X = len(text.corpus().vocabulary)


def fresh() -> run_view.RunView:
    return run_view.untrained(default("span_corruption"))


def test_the_label_tells_of_each_span_and_is_counted(visit: Callable[..., Any]) -> None:
    card = visit("span_corruption", view="lab").component("span_corruption_card")
    hidden = [word for word, hide in zip(card["words"], card["hide"], strict=True) if hide]
    assert [word for word, _, what in card["target"] if what != "sign"] == hidden
    assert [word for word, _, what in card["target"] if what == "sign"][-1] == "⟨end⟩"
    assert card["count"].startswith(f"{len(hidden)} of {len(card['words'])} words and marks are hidden, in ")
    assert f"The label has {len(card['target'])} tokens" in card["count"]
    assert f"the whole sentence would be {len(card['words']) + 1}." in card["count"]


def test_words_that_a_visitor_hides_side_by_side_are_one_span() -> None:
    hide = [False, True, True, False, False, False, True, False, False, False]
    this = sample(238, OWN)
    draw, labelled = cards.label(this, 3, Options(), hide)
    truth = labelled.targets["words"][0].tolist()
    told = cards.compared(truth, truth)
    assert [word for word, *_ in told] == ["⟨X⟩", "cat", "is", "⟨Y⟩", "table", "⟨Z⟩", "⟨end⟩"]
    assert cards.lengths(told) == {0: 2, 1: 1}
    line = cards.count_line(draw, told, cards.compared([X, truth[1], X + 1, truth[4], X + 2, text.SEP], truth))
    assert line.startswith("3 of 10 words and marks are hidden, in 2 spans. The label has 7 tokens")
    assert line.endswith("right number of words in 1 of 2 spans.")
    nothing, empty = cards.label(this, 3, Options(), [False] * 10)
    assert cards.count_line(nothing, [], []).startswith("Nothing is hidden.")
    assert np.isfinite(cards.asked(fresh(), empty)[1]).all()


def test_a_word_is_right_only_behind_its_own_sign_and_at_its_place() -> None:
    truth = [X, 10, 11, X + 1, 12, X + 2, text.SEP]
    marks = [what for *_, what in cards.compared([X, 10, X + 1, 11, 12, 12, X + 2, text.SEP, 9], truth)]
    assert marks == ["sign", "right", "sign", "wrong", "wrong", "wrong", "sign", "sign"]
    assert [what for *_, what in cards.compared([10, 12, 13, text.SEP], [10, 11, 13, text.SEP])][:3] == [
        "right", "wrong", "right",
    ]  # fmt: skip
    assert cards.compared([X, 10], truth)[-1][0] == "…"


def test_of_four_texts_one_stood_in_the_gap_and_the_model_reads_the_same_whichever_it_was() -> None:
    for seed in range(3):
        this, begin, end = guess.gap(np.random.default_rng(seed))
        words = [this.tokens[begin:end], ["cat"], ["the", "old", "cat"]]
        made = [guess.filled(this, begin, end, one) for one in words]
        reads = [[n for n in one.inputs["ids"][0].tolist() if n] for one in made]
        assert reads[0] == reads[1] == reads[2]
        assert [int(one.where.sum()) for one in made] == [len(one) + 3 for one in words]
        p = guess.likely(fresh(), made)
        assert all(0 < one < 1 for one in p)
    question = guess.label_question(np.random.default_rng(1))
    assert question.choices[question.right].startswith("⟨X⟩ ")
    assert len(set(question.choices)) == 4


def test_the_histogram_counts_what_was_hidden_and_what_was_written() -> None:
    hidden, found = learned.lengths(fresh(), Options())
    assert len(hidden) == len(found) >= learned.SENTENCES
    assert min(hidden) >= 1
    assert np.mean(hidden) == pytest.approx(2, abs=0.4)


def test_the_lab_calls_no_lead_within_two_standard_errors_one() -> None:
    def row(name: str, probe: list[float], **options: str) -> dict[str, Any]:
        return {
            "name": name,
            "options": options,
            "steps": 9,
            "accuracy": [0.2] * 3,
            "probe": probe,
            "seconds": [5.0] * 3,
        }

    found = {"rows": [row("T5", [0.20, 0.21, 0.20]), row("longer", [0.19, 0.23, 0.20], length="5")]}
    assert "+0.3 points (standard error 0.9): no difference | 5 |" in learned.meaning(found)
    found["rows"][1]["probe"] = [0.15, 0.16, 0.15]
    assert "−5.0 points (standard error 0.0) | 5 |" in learned.meaning(found)
