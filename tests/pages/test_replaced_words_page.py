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


def test_a_suspicion_is_right_where_that_word_was_replaced_however_sure_the_model_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As the card marks it; its view is tested in tests/js/cards.test.js."""
    this = sample(238, "the cat is on the table")
    for replaced, p, right in (
        ([None, True, False, None], [None, 0.3, 0.2, None], True),
        ([None, True, False, None], [None, 0.3, 0.8, None], False),
        ([None, False, False, None], [None, 0.3, 0.2, None], None),
    ):
        now = cards.Filled([1, 8, 9, 2], [None] * 4, [None] * 4, replaced, p, [])
        monkeypatch.setattr(cards, "filled", lambda *_, now=now: now)
        said = cards.said(this, fresh(), 0, Options())
        assert (said.right, said.share) == (right, max(one for one in p if one))


def arms(**more: tuple[list[float], list[float]]) -> dict[str, Any]:
    """An ablation: ELECTRA, and arms with such (accuracy, probe), named by the option that they change."""
    every = {"": ([0.60, 0.61, 0.62], [0.20, 0.21, 0.20]), **more}
    return {
        "rows": [
            {
                "name": f"by {name}",
                "accuracy": accuracy,
                "probe": probe,
                "steps": 400,
                "options": {name: 0} if name else {},
            }
            for name, (accuracy, probe) in every.items()
        ]
    }


def test_the_lab_calls_no_lead_within_two_standard_errors_one() -> None:
    same = learned.meaning(arms(filler=([0.55, 0.80, 0.60], [0.19, 0.23, 0.20])))
    assert "+0.3 points (standard error 0.9): no difference" in same
    assert "so few steps decide nothing" in same
    assert "easier labels" not in same
    other = learned.meaning(arms(filler=([0.80, 0.80, 0.81], [0.15, 0.16, 0.15])))
    assert "−5.0 points (standard error 0.0) |" in other
    assert "so few steps decide nothing" not in other
    assert "easier labels" in other


def test_the_lab_says_that_the_figures_are_favourable() -> None:
    assert learned.FAVOURABLE in learned.against_bert()


@pytest.mark.parametrize("missing", ["replaced_words", "masked_words"])
def test_without_a_recording_there_is_no_comparison(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = learned.recorded.read
    monkeypatch.setattr(learned.recorded, "read", lambda slug: None if slug == missing else read(slug))
    assert learned.against_bert() == ""
