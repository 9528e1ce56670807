"""Next sentence: the coin turned over by hand, own sentences, settings of the label, and the ablation."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sslviz.catalogue.next_sentence import NextSentenceOptions
from sslviz.data.stories import stories
from sslviz.ui.frame.labelling import generator
from sslviz.ui.tasks.next_sentence import card as pairs
from sslviz.ui.tasks.next_sentence import guess, learned
from sslviz.ui.tasks.next_sentence.typography import even
from tests.same_card import same_card
from tests.sentences import UNUSABLE

TALES = stories()
OPTIONS = NextSentenceOptions()


def own(page: Any, a: str, b: str) -> Any:
    return page.set("text_input", "own_a", a).set("text_input", "own_b", b)


def sees(card: dict[str, Any], side: int, *, b: bool) -> list[str]:
    return [one["sees"] for one in card["tokens"][side] if one["b"] == b]


# the two sides of the coin


def test_the_number_of_pairs_is_that_of_the_data() -> None:
    from sslviz.catalogue import load

    assert load(pairs.SLUG).size("stories", "held_out") == pairs.HELD_OUT


def test_both_sides_are_changed_draws_of_one_pair() -> None:
    from sslviz.catalogue import load

    task, info, coins = load(pairs.SLUG), load(pairs.SLUG).info("stories"), []
    for number in range(0, pairs.HELD_OUT, 40):
        this = pairs.held_out_pair(number)
        drawn, (follows, stranger) = pairs.sides(this, 3, OPTIONS)
        coins.append(drawn)
        plain = task.draw(this.batch, generator(pairs.SLUG, this.batch, 3), info, OPTIONS)
        assert drawn == int(plain["random"][0])
        assert (follows, stranger)[drawn].draw.to_json() == plain.to_json()  # the drawn side is untouched
        for side, way in enumerate((follows, stranger)):
            assert way.labelled.targets["next"].tolist() == [side]
            assert way.draw["other"].tolist() == plain["other"].tolist()
        assert follows.b == TALES.sentences[this.number + 1]
        assert stranger.b == TALES.sentences[stranger.other]
        assert info["beginnings"][stranger.other].tolist() == plain["other"][0].tolist()
        assert TALES.document[stranger.other] != TALES.document[this.number]
        a = int((this.batch.data["a"] > 0).sum()) + 1
        assert follows.draw["how"][0, :a].tolist() == stranger.draw["how"][0, :a].tolist()  # what was done to A stays
    assert 0 < sum(coins) < len(coins)  # each pair has a coin of its own


def test_what_is_shown_is_what_the_model_gets() -> None:
    for number in range(5, pairs.HELD_OUT, 90):
        this = pairs.held_out_pair(number)
        for way in pairs.sides(this, 1, OPTIONS)[1]:
            shown = pairs.tokens(this, way)
            ids = way.labelled.inputs["ids"][0, : len(shown)].tolist()
            known = [one["sees"].replace("’", "'") for one in shown]
            assert [TALES.index.get(word, -1) for word in known] == ids
            assert [one["b"] for one in shown] == way.labelled.inputs["segments"][0, : len(shown)].bool().tolist()
            assert [one["word"] for one in shown].count("[SEP]") == 2
            assert len(pairs.hidden_words(way)) == sum(bool(one["how"]) for one in shown)


def test_a_hidden_word_is_never_put_on_its_special() -> None:
    for number in range(0, pairs.HELD_OUT, 25):
        this = pairs.held_out_pair(number)
        for way in pairs.sides(this, 9, OPTIONS)[1]:
            for one in pairs.tokens(this, way):
                assert not (one["how"] and (one["unknown"] or one["word"] in ("[CLS]", "[SEP]")))


@pytest.mark.parametrize(("raw", "end", "wanted"), [
    ("A short one.", True, "A short one."),
    ("“One, two!” " + "word " * 22 + "end.", True, "… word " + "word " * 21 + "end."),
    ("It’s “one” " + "word " * 30, False, "It's “one” " + ("word " * 22).strip() + " …"),
])  # fmt: skip
def test_of_a_long_sentence_the_kept_part_is_shown_as_written(raw: str, end: bool, wanted: str) -> None:
    assert pairs.kept(raw, end=end) == wanted


def test_the_card_has_everything_and_says_where_both_are_from(visit: Callable) -> None:
    card = visit("next_sentence").component("next_sentence_card")
    assert card["labels"] == ["IsNext", "NotNext"]
    assert card["drawn"] in (0, 1)
    assert card["from"] == "The Fisherman and His Wife (Grimm's fairy tales)"
    assert card["steps"][0]["b"] == ""
    title = card["steps"][1]["from"].split(" (")[0]
    assert title in TALES.titles
    assert title != "The Fisherman and His Wife"
    assert any(card["steps"][1]["b"].rstrip(" …") in sentence for sentence in TALES.sentences)
    assert card["a"] != card["follows"] != card["steps"][1]["b"]
    for side in (0, 1):
        assert sees(card, side, b=False)[0] == "[CLS]"
        assert sees(card, side, b=False)[-1] == sees(card, side, b=True)[-1] == "[SEP]"
        assert sum(card["answers"][side]) == pytest.approx(1)
        assert [one["name"] for one in card["others"][side]] == ["Topic alone", "Length alone"]
    assert sees(card, 0, b=False) == sees(card, 1, b=False)
    assert sees(card, 0, b=True) != sees(card, 1, b=True)
    assert card["answers"][0] != card["answers"][1]
    assert "king" in card["others"][0][0]["why"]


def test_the_baselines_of_a_pair_are_those_of_the_task() -> None:
    import numpy as np

    from sslviz.catalogue import load

    task, info = load(pairs.SLUG), load(pairs.SLUG).info("stories")
    for number in (3, 700, 1400):
        _, both = pairs.sides(pairs.held_out_pair(number), 0, OPTIONS)
        for side, way in enumerate(both):
            found = pairs.counted(way.labelled, info)
            _, length, topic = task.baselines(way.labelled, info, OPTIONS)
            for p, baseline in ((found.length, length), (found.topic, topic)):
                assert -np.log(1 - p if side else p) == pytest.approx(baseline.loss)
            words_of = [set(pairs.restored(way.labelled)[way.labelled.inputs["segments"] == s]) for s in (0, 1)]
            assert {TALES.index[word] for word in found.shared} == {
                n for n in words_of[0] & words_of[1] if TALES.is_word[n] and n != 0
            }


def test_the_formula_adds_up(visit: Callable) -> None:
    card = visit("next_sentence", __depth="Detailed").component("next_sentence_card")
    for side, numbers in enumerate(card["formula"]["numbers"]):
        parts = numbers["said"].split(" = ")
        first, second = (float(part) for part in parts[1].split(" + "))
        assert first + second == pytest.approx(float(parts[2]), abs=0.011)
        assert parts[0].startswith(f"= −ln {card['answers'][side][side]:.2f}")
    plain = visit("next_sentence", __depth="Detailed", masks="false").component("next_sentence_card")
    assert "hidden" not in plain["formula"]["symbols"]["said"]
    assert all("+" not in numbers["said"] for numbers in plain["formula"]["numbers"])


# settings of the label


def test_no_words_are_hidden_if_the_visitor_says_so(visit: Callable) -> None:
    page = visit("next_sentence")
    before = page.component("next_sentence_card")
    assert all(before["hidden"])
    page.set("toggle", "masks", False)
    card = page.component("next_sentence_card")
    assert card["hidden"] == [[], []]
    assert "[MASK]" not in str(card["tokens"])
    assert card["steps"] == before["steps"]  # the coin and the stranger stay
    assert card["drawn"] == before["drawn"]


def test_marks_are_put_on_words_of_both_sentences(visit: Callable) -> None:
    page = visit("next_sentence", masks="false")
    assert not any(one["both"] for one in page.component("next_sentence_card")["tokens"][0])
    page.set("toggle", "marks", True)
    card = page.component("next_sentence_card")
    assert card["marks"]
    marked = {one["sees"] for one in card["tokens"][0] if one["both"]}
    assert "king" in marked
    assert marked <= set(sees(card, 0, b=False)) & set(sees(card, 0, b=True))


def test_a_model_trained_otherwise_is_said(visit: Callable) -> None:
    page = visit("next_sentence")
    if page.component("next_sentence_card")["model"] != "recorded":
        pytest.skip("nothing is recorded")
    assert "was trained with" not in page.html
    page.set("toggle", "marks", True)
    assert "The recorded model was trained with: “Mark words that both sentences have” off." in page.html
    page.set("toggle", "masks", False)
    assert (
        "“Hide words, too, as BERT does” on, “Mark words that both sentences have” off. “Train it yourself” trains with"
        in page.html
    )


# own sentences


def test_an_own_pair_is_shown_labelled_and_answered(visit: Callable) -> None:
    page = visit("next_sentence", masks="false")
    before = page.component("next_sentence_card")
    page.set("text_input", "own_a", "The king had a daughter.")
    assert page.component("next_sentence_card")["a"] == before["a"]  # until there are both
    assert not page.notes
    page.set("text_input", "own_b", "She loved the qwertzish garden.")
    card = page.component("next_sentence_card")
    assert card["own"]
    assert card["from"] is None
    assert sees(card, 0, b=False) == ["[CLS]", "the", "king", "had", "a", "daughter", ".", "[SEP]"]
    assert sees(card, 0, b=True) == ["she", "loved", "the", "[UNK]", "garden", ".", "[SEP]"]
    assert card["tokens"][0] == card["tokens"][1]  # only the label differs, since only the visitor knows
    assert card["answers"][0] == card["answers"][1]
    assert card["steps"][0]["text"] != card["steps"][1]["text"]
    assert all("you say it" in step["text"] for step in card["steps"])
    assert "qwertz" not in str(page.param)
    assert "daughter" not in str(page.param)
    own(page, "", "")
    assert same_card(page.component("next_sentence_card"), before)


def test_own_words_are_hidden_too_and_anew_with_another_seed(visit: Callable) -> None:
    page = own(visit("next_sentence"), "the king had a daughter and a garden .", "she was very happy in the garden .")
    seen = {str(page.component("next_sentence_card")["hidden"])}
    for _ in range(3):
        page.press("new_label")
        card = page.component("next_sentence_card")
        assert card["hidden"][0] == card["hidden"][1] != []
        seen.add(str(card["hidden"]))
    assert len(seen) > 1


def test_sentences_longer_than_the_model_takes_are_cut(visit: Callable) -> None:
    page = own(visit("next_sentence", masks="false"), "the king " * 14, "the garden " * 14)
    card = page.component("next_sentence_card")
    assert len(sees(card, 0, b=False)) == 26
    assert len(sees(card, 0, b=True)) == 25
    assert card["a"].startswith("… ")
    assert card["follows"].endswith(" …")


@pytest.mark.parametrize("field", ["own_a", "own_b"])
@pytest.mark.parametrize(("typed", "said"), UNUSABLE)
def test_a_sentence_that_cannot_be_used_gets_one_clear_sentence(
    visit: Callable, field: str, typed: str, said: str
) -> None:
    page = visit("next_sentence")
    before = page.component("next_sentence_card")
    page.set("text_input", field, typed)
    (note,) = page.notes
    assert note.startswith(f"Sentence {field[-1].upper()}: ")
    assert said in note
    assert "please type an English sentence of 1 to 30 words and marks" in note
    assert note.count(".") == 1
    assert same_card(page.component("next_sentence_card"), before)
    page.train()
    assert page.play == "Pause"
    own(page, "the king is here", "he is very happy")
    assert not page.notes
    assert page.component("next_sentence_card")["own"]


def test_sentences_of_unknown_words_only_go_on(visit: Callable) -> None:
    card = own(visit("next_sentence"), "xyzzy plugh", "猫 42").component("next_sentence_card")
    assert sees(card, 0, b=False)[1:3] == sees(card, 0, b=True)[:2] == ["[UNK]", "[UNK]"]
    assert card["hidden"] == [[], []]
    assert "no word is in both" in card["others"][0][0]["why"]


@pytest.mark.parametrize("typed", ["<img src=x onerror=alert(1)> the cat", "**the** `cat` [is](http://a.example) $x$"])
@pytest.mark.parametrize("depth", ["Basic", "Detailed"])
def test_nothing_typed_is_taken_for_code(visit: Callable, typed: str, depth: str) -> None:
    page = own(visit("next_sentence", __depth=depth), typed, typed)
    for sign in ("<img src=x", "onerror=alert"):
        assert sign not in page.html
    for sign in ("**the**", "`cat`", "[is](", "$x$", "<img"):
        assert sign not in page.texts
    assert page.component("next_sentence_card")["a"] == typed  # data, which the browser writes as text


# guess


def test_the_guess_is_fair_and_its_pairs_short() -> None:
    truths = []
    for number in range(12):
        this = guess.short_pair(number)
        drawn, both = pairs.sides(this, number, NextSentenceOptions(masks=False))
        truths.append(drawn)
        assert all(40 <= len(text) <= 160 for text in (this.raw[0], both[drawn].b))
    assert 0 < sum(truths) < 12


def test_the_guess_shows_both_sentences_in_one_typography(visit: Callable) -> None:
    page = visit("next_sentence")
    for number in range(4):
        this = guess.short_pair(number)
        drawn, both = pairs.sides(this, number, NextSentenceOptions(masks=False))
        asked = [text.value for text in page.at.text]
        assert asked == [even(this.raw[0]), even(both[drawn].b)]
        pills = page.at.pills(key=f"next_sentence_guess_{number}")
        pills.set_value(pills.options[0])
        page.run().press("next_sentence_next")


def test_all_who_answer_are_named(visit: Callable) -> None:
    page = visit("next_sentence")
    pills = page.at.pills(key="next_sentence_guess_0")
    assert pills.options == list(guess.CHOICES)
    pills.set_value(pills.options[0])
    page.run()
    for name in ("You: ", "Model: ", "topic alone: ", "length alone: ", "Pseudo-label: "):
        assert name in page.texts


# what became of it


FOUND = {
    "task": "next_sentence",
    "rows": [
        {"name": "pairs alone", "options": {"masks": False}, "accuracy": [0.55, 0.56, 0.57], "steps": 850},
        {"name": "with hidden words, as BERT", "options": {}, "accuracy": [0.6, 0.6, 0.6], "steps": 850},
        {
            "name": "with shared words marked",
            "options": {"masks": True, "marks": True},
            "accuracy": [0.66, 0.67, 0.68],
            "steps": 850,
        },
    ],
    "baselines": {"coin": 0.5, "length alone": 0.53, "topic alone": 0.64},
}


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Any], None]:
    from sslviz.training.results import ablation

    monkeypatch.setattr(ablation, "path", lambda _task: tmp_path / "found.json")

    def store(found: Any) -> None:
        (tmp_path / "found.json").write_text(json.dumps(found), encoding="utf-8")

    return store


def test_the_ablation_is_drawn_only_where_there_is_one(visit: Callable, stored: Callable) -> None:
    page = visit("next_sentence")
    assert "dropped" in page.keys
    assert "ablation" not in page.keys
    assert "1907.11692" in page.texts
    stored(FOUND)
    page.run()
    assert "ablation" in page.keys
    assert "pairs alone, mean and spread of 3 run seeds: 56%" in page.html
    assert "topic alone: 64%" in page.html
    for number in (
        "60.0%",
        "4 points less than topic alone (64.0%)",
        "56.0%",
        "67.0%: +7 points, and +3 against topic alone",
        "850 steps",
    ):
        assert number in page.texts
    assert "So part of what it lacks is to notice that a word is repeated." in page.texts


def test_the_words_follow_the_numbers() -> None:
    other = json.loads(json.dumps(FOUND))
    other["rows"][1]["accuracy"], other["rows"][2]["accuracy"] = [0.75, 0.75], [0.7, 0.72]
    told = learned.meaning(other)
    assert "75.0% right, 11 points more than topic alone" in told
    assert "71.0%: −4 points" in told
    assert "its weakness is not" in told


@pytest.mark.parametrize(
    ("hide", "there"),
    [("text", {"dropped", "ablation"}), ("learned", {"dropped"}), ("text,learned", set())],
)
def test_a_lesson_may_leave_it_out(visit: Callable, stored: Callable, hide: str, there: set[str]) -> None:
    stored(FOUND)
    page = visit("next_sentence", __hide=hide)
    assert page.keys & {"dropped", "ablation"} == there
    assert ("1907.11692" in page.texts) == ("text" not in hide)
