"""The page Word and context without a browser: both ways, own sentences, nearest words, analogies."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sslviz.data.word_rows import word_rows
from sslviz.ui.tasks.word_and_context import nearest
from tests.same_card import same_card
from tests.sentences import UNUSABLE

SLUG, CARD = "word_and_context", "word_and_context_card"
TEXT = word_rows("sentences_and_stories")


def labels(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [label for step in card["steps"] for label in step["labels"]]


def test_the_card_shows_everything_that_was_drawn(visit: Callable) -> None:
    """keep, radius and noise as the task draws them, and the labels that `apply` makes."""
    from sslviz.catalogue.word_and_context import WordAndContextOptions
    from sslviz.ui.tasks.word_and_context import card as context_card

    card = visit(SLUG, sample="5", label_seed="3").component(CARD)
    this = context_card.sample("sentences_and_stories", 5, "")
    draw, labelled = context_card.label(this, 3, WordAndContextOptions())
    known = [i for i, number in enumerate(this.numbers) if number]
    assert [card["how"][i] == "drop" for i in known] == (~draw["keep"][0]).tolist()
    kept = [i for i, keep in zip(known, draw["keep"][0], strict=True) if keep]
    assert [step["place"] for step in card["steps"]] == kept
    assert [step["radius"] for step in card["steps"]] == draw["radius"][0][draw["keep"][0]].tolist()
    where = labelled.where
    words = [TEXT.vocabulary[n] for n in labelled.targets["words"][where].tolist()]
    noise = [[TEXT.vocabulary[n] for n in row] for row in labelled.targets["noise"][where].tolist()]
    assert [label["word"] for label in labels(card)] == words
    assert [label["noise"] for label in labels(card)] == noise
    for label in labels(card):
        assert this.pieces[label["place"]].lower() == label["word"]


def test_neighbours_are_within_reach_and_dropped_words_are_passed_over(visit: Callable) -> None:
    page = visit(SLUG)
    for _ in range(6):
        page.press("another_sample")
        card = page.component(CARD)
        kept = [step["place"] for step in card["steps"]]
        for j, step in enumerate(card["steps"]):
            expected = [
                [kept[j + by], by]
                for by in range(-5, 6)
                if by and abs(by) <= step["radius"] and 0 <= j + by < len(kept)
            ]
            assert step["near"] == expected
            assert [label["place"] for label in step["labels"]] == [place for place, _ in expected]


def test_chances_are_those_of_the_formulas(visit: Callable) -> None:
    card = visit(SLUG).component(CARD)
    weight = TEXT.counts.astype(float) ** 0.75
    for label in labels(card):
        for word, p in zip(label["noise"], label["p"], strict=True):
            assert p == pytest.approx(weight[TEXT.index[word]] / weight.sum())
    share = TEXT.counts / TEXT.counts.sum()
    for word, keep in zip(card["words"], card["keep"], strict=True):
        if keep is not None:
            f = share[TEXT.index[word.lower()]]
            assert keep == pytest.approx(min(1, ((f / 1e-3) ** 0.5 + 1) * 1e-3 / f))


def test_scores_are_those_of_the_model_and_add_up_to_the_loss(visit: Callable) -> None:
    card = visit(SLUG, __depth="Detailed").component(CARD)
    answers = [answer for step in card["answers"] for answer in step]
    assert len(answers) == len(labels(card))
    for label, said in zip(labels(card), answers, strict=True):
        others = [p for p in said["noise"] if p is not None]
        assert [p is None for p in said["noise"]] == label["same"]
        assert -np.log(said["right"]) - np.log1p(-np.array(others)).sum() == pytest.approx(said["loss"], rel=1e-3)
        if said["best"] == 0:
            assert all(said["right"] >= p for p in others)
        elif said["best"] > 0:
            assert said["noise"][said["best"] - 1] == max(others)
    assert "ln" in card["formula"]["symbols"]["said"]
    assert [len(numbers) for numbers in card["formula"]["numbers"]] == [len(step) for step in card["answers"]]
    assert all(line["said"].startswith("= −ln ") for step in card["formula"]["numbers"] for line in step)


def test_an_untrained_model_scores_all_alike(visit: Callable) -> None:
    page = visit(SLUG)
    page.untrained()
    answers = [answer for step in page.component(CARD)["answers"] for answer in step]
    assert {answer["right"] for answer in answers} == {0.5}
    assert {answer["best"] for answer in answers} <= {-1, 0}
    assert -1 in {answer["best"] for answer in answers}


def test_cbow_asks_for_the_centre(visit: Callable) -> None:
    card = visit(SLUG, way="CBOW").component(CARD)
    assert card["cbow"]
    asked = [step for step in card["steps"] if step["near"]]
    assert asked
    for step in asked:
        (label,) = step["labels"]
        assert label["place"] == step["place"]
        assert card["words"][step["place"]].lower() == label["word"]
    skip = visit(SLUG).component(CARD)
    assert [step["near"] for step in skip["steps"]] == [step["near"] for step in card["steps"]]


def test_the_settings_of_the_label_are_heeded(visit: Callable) -> None:
    page = visit(SLUG, window="1", negatives="9", threshold="1")
    card = page.component(CARD)
    assert not page.notes
    assert all(step["radius"] == 1 for step in card["steps"])
    assert all(len(label["noise"]) == 9 for label in labels(card))
    assert "drop" not in card["how"]
    page.set("slider", "negatives", 2)
    assert all(len(label["noise"]) == 2 for label in labels(page.component(CARD)))
    page.set("number_input", "threshold", 1e-5)
    assert "drop" in page.component(CARD)["how"]
    flat = visit(SLUG, exponent="0").component(CARD)
    assert len({p for label in labels(flat) for p in label["p"]}) == 1


@pytest.mark.parametrize("data", ["sentences", "stories"])
def test_other_data_sets_have_their_own_words(visit: Callable, data: str) -> None:
    page = visit(SLUG, data=data)
    page.untrained()
    assert not page.notes
    assert labels(page.component(CARD))
    assert page.component("context_near")["lists"][0]["rows"]


def test_long_sentences_are_cut_and_it_is_said(visit: Callable) -> None:
    row = next(i for i, said in enumerate(TEXT.raw) if len(said.split()) > 45)
    card = visit(SLUG, sample=str(row)).component(CARD)
    assert sum(how in ("", "drop") for how in card["how"]) == 24
    assert "goes on" in card["left_out"]


# own sentences


def test_an_own_sentence_is_labelled_and_answered(visit: Callable) -> None:
    page = visit(SLUG, threshold="1").set("text_input", "own", "The king drinks zxqvish tea, the queen sings.")
    card = page.component(CARD)
    assert card["words"] == ["The", "king", "drinks", "zxqvish", "tea", ",", "the", "queen", "sings", "."]
    assert card["how"][3] == "out"
    assert card["how"][5] == card["how"][9] == "mark"
    assert "zxqvish" in card["left_out"]
    assert labels(card)
    assert not page.notes
    assert "zxqvish" not in str(page.param)


@pytest.mark.parametrize(("typed", "said"), UNUSABLE)
def test_a_sentence_that_cannot_be_used_gets_one_clear_sentence(visit: Callable, typed: str, said: str) -> None:
    page = visit(SLUG)
    before = page.component(CARD)
    page.set("text_input", "own", typed)
    (note,) = page.notes
    assert said in note
    assert note.count(".") == 1
    assert same_card(page.component(CARD), before)
    page.train()
    assert page.play == "Pause"


@pytest.mark.parametrize(
    ("typed", "said"), [("zxqv qwertz", "No word here is in the vocabulary"), ("mother", "No two words are left")]
)
def test_a_sentence_without_a_pair_goes_on(visit: Callable, typed: str, said: str) -> None:
    page = visit(SLUG, threshold="1", __depth="Detailed").set("text_input", "own", typed)
    card = page.component(CARD)
    assert said in card["note"]
    assert not labels(card)
    assert card["formula"] is None
    for way in ("CBOW", "skip-gram"):
        page.set("segmented_control", "way", way)
    assert not page.notes


@pytest.mark.parametrize("typed", ["<img src=x onerror=alert(1)> the king", "**the** `king` :red[here] $x$"])
def test_nothing_typed_is_taken_for_code(visit: Callable, typed: str) -> None:
    page = visit(SLUG).set("text_input", "own", typed)
    for sign in ("<img src=x", "onerror=alert", "**the**", "`king`", ":red[", "$x$"):
        assert sign not in page.html
        assert sign not in page.texts


# nearest words and analogies


def test_the_ten_nearest_words_and_an_analogy(visit: Callable) -> None:
    page = visit(SLUG)
    assert "nearest" in page.keys
    near, solved = page.component("context_near")["lists"]
    assert len(near["rows"]) == 10
    assert "mother" in near["title"]
    assert "mother" not in [word for word, _ in near["rows"]]
    assert [c for _, c in near["rows"]] == sorted((c for _, c in near["rows"]), reverse=True)
    assert solved["title"] == "go : went = see : ?"
    assert len(solved["rows"]) == 5
    assert not {"go", "went", "see"} & {word for word, _ in solved["rows"]}
    page.set("selectbox", "word", "monday").set("selectbox", "c", "take")
    other, again = page.component("context_near")["lists"]
    assert "monday" in other["title"]
    assert other["rows"] != near["rows"]
    assert again["title"] == "go : went = take : ?"
    assert not page.notes


def test_what_becomes_of_king_and_queen_is_told_as_it_is(visit: Callable) -> None:
    """The sentence below the lists says what the same sum gives when it is typed."""
    page = visit(SLUG)
    for name, word in (("a", "man"), ("b", "woman"), ("c", "king")):
        page.set("selectbox", name, word)
    _, solved = page.component("context_near")["lists"]
    answer = solved["rows"][0][0]
    (said,) = re.findall(r"<p class='remark'>(The famous example.*?)</p>", page.html)
    if answer == "queen":
        assert said.endswith("Here it does.")
    else:
        assert f"the answer is “{answer}”" in said
        assert "at place 1 " not in said
        assert "queen" not in [word for word, _ in solved["rows"]]
        trained = [word for row in TEXT.train for word in np.asarray(row).tolist()]
        assert f"stands {trained.count(TEXT.index['queen'])} times" in said


def test_a_model_that_gets_queen_right_is_said_to() -> None:
    vectors = np.random.default_rng(0).normal(size=(len(TEXT.vocabulary), 64)).astype(np.float32)
    man, woman, king, queen = (TEXT.index[word] for word in ("man", "woman", "king", "queen"))
    long = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[queen] = long[woman] - long[man] + long[king]
    assert nearest.famous(TEXT, vectors, TEXT.counts).endswith("Here it does.")


@pytest.mark.parametrize(("typed", "taken"), [("Mother", "mother"), ("  KING ", "king"), ("don’t", "don't")])
def test_a_word_may_be_written_otherwise(typed: str, taken: str) -> None:
    from sslviz.ui.tasks.word_and_context import nearest

    assert TEXT.vocabulary[nearest.number_of(TEXT, typed)] == taken
    assert nearest.unknown(TEXT, typed) is None


# AppTest cannot type what is not among the options; the browser tests do.
@pytest.mark.parametrize(
    "typed", ["zxqv", "🙂🙂", "two words", "word " * 10_000, "<b>king</b>", "[PAD]", " ", "**_x_**"]
)
def test_a_word_that_is_unknown_gets_one_clear_sentence(typed: str) -> None:
    from sslviz.ui.tasks.word_and_context import nearest

    said = nearest.unknown(TEXT, typed)
    assert said is not None
    assert "of the 2,499 words" in said or "among the 2,499 words" in said
    assert len(said) < 200
    assert said.rstrip(".").replace("\\.", "").count(". ") == 0
    for sign in ("<b>", "**_x", "[PAD]"):
        assert sign not in said  # every sign that Markdown knows has a backslash before it
    vectors = np.random.default_rng(0).normal(size=(len(TEXT.vocabulary), 8)).astype(np.float32)
    near, solved = nearest.lists(TEXT, vectors, {"word": typed, "a": "go", "b": typed, "c": "see"})
    assert near["rows"] == solved["rows"] == []
    assert near["empty"]


def test_twenty_words_with_their_five_nearest_and_how_it_is_counted(visit: Callable) -> None:
    html = visit(SLUG).html
    rows = re.findall(r"<tr><th scope='row'><b>([^<]+)</b> <small>(\w+)</small></th><td[^>]*>(.*?)</td></tr>", html)
    assert len(rows) == 20
    assert [kind for _, kind, _ in rows] == ["noun"] * 5 + ["verb"] * 5 + ["adjective"] * 5 + ["adverb"] * 5
    hits = sum(cells.count("✓") for *_, cells in rows)
    assert all(len(cells.split(", ")) == 5 for *_, cells in rows)
    assert f"<b>{hits}%</b> of these 100 neighbours" in html
    assert "How it is counted" in html
    assert "with random vectors" in html


def test_the_recorded_run_reaches_what_is_asked_of_it(visit: Callable) -> None:
    from sslviz.training.results import recorded

    run = recorded.read(SLUG)
    if run is None:
        pytest.skip("no run is recorded yet")
    html = visit(SLUG).html
    shares = re.search(r"<b>(\d+)%</b> of these 100 neighbours are alike; with random vectors <b>(\d+)%</b>", html)
    assert shares
    assert int(shares[1]) >= 60 > int(shares[2])


def test_analogies_are_counted_beside_what_needs_no_sum(visit: Callable) -> None:
    html = visit(SLUG).html
    for words in ("man and woman", "present and past", "all questions", "c alone", "random"):
        assert words in html
    rows = re.findall(r"<td>([\d,]+)</td><td><b>(\d+)%</b></td><td>(\d+)%</td><td>(\d+)%</td>", html)
    assert len(rows) == 8
    *groups, whole = [int(row[0].replace(",", "")) for row in rows]
    assert sum(groups) == whole
    assert all(int(random) <= 5 for *_, random in rows)


def test_a_lesson_without_what_was_learned_has_no_nearest_words(visit: Callable) -> None:
    assert "nearest" not in visit(SLUG, __hide="learned").keys  # they are what was learned, too


# guess


def test_the_guess_is_a_word_that_stood_near(visit: Callable) -> None:
    from sslviz.ui.tasks.word_and_context import guess

    seen = set()
    for number in range(30):
        asked = guess.ask(number, "sentences_and_stories")
        assert 0 < abs(asked.centre - asked.place) <= 5
        assert asked.ids[asked.centre] != asked.ids[asked.place]
        assert len(set(asked.noise)) == 3
        assert not set(asked.noise) & set(asked.ids.tolist())
        seen.add((tuple(asked.ids.tolist()), asked.centre, asked.place))
    assert len(seen) > 25
    page = visit(SLUG)
    pills = page.at.pills(key=f"{SLUG}_guess_0")
    assert len(pills.options) == 4
    first = guess.ask(0, "sentences_and_stories")
    assert TEXT.vocabulary[first.ids[first.place]] in pills.options
    pills.set_value(pills.options[0])
    page.run()
    assert f":blue[Pseudo-label: **{TEXT.vocabulary[first.ids[first.place]]}**]" in page.texts
    assert "counted pairs" in page.texts


def test_counted_pairs_find_the_neighbour_more_often_than_chance() -> None:
    from sslviz.ui.tasks.word_and_context import guess

    right = 0
    for number in range(100):
        asked = guess.ask(number, "sentences_and_stories")
        numbers = [int(asked.ids[asked.place]), *asked.noise]
        right += int(guess.counted_scores("sentences_and_stories", int(asked.ids[asked.centre]), numbers).argmax()) == 0
    assert right >= 45  # chance is 25
