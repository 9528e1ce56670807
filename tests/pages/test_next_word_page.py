"""The page Next word: the card with a label at every place, and writing on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sslviz.data.text import corpus
from tests.pages.conftest import Page
from tests.same_card import same_card

SLUG = "next_word"


@pytest.fixture
def page(visit: Callable) -> Page:
    return visit(SLUG)


def card(page: Page) -> dict[str, Any]:
    return page.component("next_word_card")


def writing(page: Page) -> dict[str, Any]:
    return page.component("write_view")


def wrote(page: Page) -> list[str]:
    return [word for word, _, _ in writing(page)["written"]]


def refused(page: Page) -> list[str]:
    """The sentences about what was typed."""
    return [note for note in page.notes if "please type" in note]


# the card


def test_the_label_at_every_place_is_the_next_word(page: Page) -> None:
    shown = card(page)
    assert shown["words"][0] == "⟨begin⟩"
    assert shown["target"] == [*(word.lower() for word in shown["words"][1:]), "⟨end⟩"]
    assert len(shown["answers"]) == len(shown["loss"]) == len(shown["words"])
    for best in shown["answers"]:
        chances = [p for _, p in best]
        assert len(best) == 5
        assert chances == sorted(chances, reverse=True)
        assert sum(chances) <= 1


def test_perplexities_are_those_of_this_sentence(page: Page) -> None:
    shown = card(page)
    found = dict(shown["perplexity"])
    assert list(found) == ["model", "bigram", "unigram", "guessing"]
    assert found["model"] == pytest.approx(np.exp(np.mean(shown["loss"])), rel=1e-6)
    assert found["guessing"] == pytest.approx(len(corpus().vocabulary))


def test_the_formula_holds_the_numbers_of_this_sentence(visit: Callable) -> None:
    shown = card(visit(SLUG, __depth="Detailed"))
    loss = np.mean(shown["loss"])
    numbers = shown["formula"]["numbers"]["said"]
    assert numbers.endswith(f"= {loss:.2f}, e^{loss:.2f} = {np.exp(loss):,.1f}")
    assert numbers.count("ln ") == len(shown["loss"])


def test_an_own_sentence_is_labelled_and_answered(page: Page) -> None:
    page.set("text_input", "own", "The zxqv sleeps!")
    shown = card(page)
    assert shown["words"] == ["⟨begin⟩", "The", "zxqv", "sleeps", "!"]
    assert shown["known"][:3] == [True, True, False]
    assert shown["target"][:2] == ["the", "[UNK]"]
    assert shown["target"][-2:] == ["!", "⟨end⟩"]
    assert not page.notes
    assert "zxqv" not in str(page.param)


@pytest.mark.parametrize("field", ["own", "begins"])
@pytest.mark.parametrize(
    ("typed", "said"),
    [("🙂🙂🙂", "no word"), ("word " * 10_000, "50,000 characters"), ("the cat " * 20, "40 words and marks")],
)
def test_what_cannot_be_used_gets_one_clear_sentence(page: Page, field: str, typed: str, said: str) -> None:
    first = card(page)
    page.set("text_input", field, typed)
    (note,) = page.notes
    assert said in note
    assert note.count(".") == 1
    assert same_card(card(page), first)
    for button in ("write_1", "write_10"):
        assert page.at.button(key=button).disabled == (field == "begins")
    if field == "begins":
        assert writing(page)["coming"] is None
        assert writing(page)["begins"] == []
    page.set("text_input", field, "the cat is here")
    assert not page.notes
    page.press("write_1")
    assert len(wrote(page)) == 1


def test_a_blank_own_sentence_is_refused_and_an_empty_one_is_the_bundled_one(page: Page) -> None:
    first = card(page)
    page.set("text_input", "own", "   ")
    assert "Nothing was typed" in page.notes[0]
    page.set("text_input", "own", "")
    assert not page.notes
    assert same_card(card(page), first)


@pytest.mark.parametrize("typed", ["<img src=x onerror=alert(1)> the cat", "**the** :red[cat] $x$ <b>hat</b>"])
def test_nothing_typed_is_taken_for_code(visit: Callable, typed: str) -> None:
    page = visit(SLUG, __depth="Detailed").set("text_input", "own", typed).set("text_input", "begins", typed)
    page.press("write_1")
    for sign in ("<img src=x", "<b>hat", "onerror=alert"):
        assert sign not in page.html
    for sign in ("**the**", ":red[", "$x$", "<img", "<b>"):
        assert sign not in page.texts


def test_nothing_is_drawn_so_there_is_no_new_label(page: Page) -> None:
    first = card(page)
    assert page.at.button(key="new_label").disabled
    page.set("number_input", "label_seed", 7)
    assert same_card(card(page), first)


# writing on


def test_one_word_ten_words_and_start_again(page: Page) -> None:
    assert writing(page)["begins"] == ["She", "wants", "to"]
    assert wrote(page) == []
    first = writing(page)
    page.press("write_1")
    one = wrote(page)
    assert len(one) == 1
    page.press("write_10")
    more = wrote(page)
    assert more[0] == one[0]
    assert len(more) == 11 or more[-1] == "⟨end⟩"
    page.press("write_again")
    assert writing(page) == first
    page.press("write_10")
    assert wrote(page) == more[:10]  # the same seed writes the same


def test_a_word_is_written_with_the_chance_that_the_list_gave_it(page: Page) -> None:
    before = writing(page)["coming"]["rows"]
    page.set("slider", "top_k", 1)
    listed = writing(page)["coming"]
    assert [cut for _, _, _, cut in listed["rows"]] == [False] + [True] * 7
    page.press("write_1")
    ((word, p, drawn),) = writing(page)["written"]
    assert [word, p] == before[0][:2]
    assert drawn == pytest.approx(1)


def test_top_k_1_is_greedy_whatever_seed_and_temperature(page: Page) -> None:
    page.set("slider", "top_k", 1).press("write_10")
    greedy = wrote(page)
    page.press("write_again").set("number_input", "write_seed", 5).set("slider", "temperature", 2.0).press("write_10")
    assert wrote(page) == greedy
    for _, p, drawn in writing(page)["written"]:
        assert drawn == pytest.approx(1)
        assert 0 < p < 1


def test_another_seed_writes_other_words_and_the_same_seed_the_same(page: Page) -> None:
    page.set("slider", "top_k", 50).set("slider", "temperature", 2.0)
    written = []
    for seed in (1, 2, 3, 1):
        page.set("number_input", "write_seed", seed).press("write_again").press("write_10")
        written.append(wrote(page))
    assert written[0] == written[3]
    assert len({tuple(words) for words in written}) == 3


def test_the_list_shows_what_was_cut_and_what_temperature_did(page: Page) -> None:
    page.set("slider", "top_k", 3)
    coming = writing(page)["coming"]
    rows = coming["rows"]
    assert [cut for _, _, _, cut in rows] == [False] * 3 + [True] * 5
    assert all(after == 0 for _, _, after, cut in rows if cut)
    assert sum(after for _, _, after, _ in rows) == pytest.approx(1, abs=1e-5)
    assert coming["more"][0] == 0
    assert coming["cut"][0] == len(corpus().vocabulary) - 8
    assert sum(before for _, before, _, _ in rows) + coming["cut"][1] == pytest.approx(1, abs=1e-4)
    even = rows[0][2] / rows[2][2]
    page.set("slider", "temperature", 0.5)
    sharp = writing(page)["coming"]["rows"]
    assert [row[:2] for row in sharp] == [row[:2] for row in rows]
    assert sharp[0][2] / sharp[2][2] == pytest.approx(even**2, rel=1e-3)  # p^(1/0.5), so ratios are squared

    page.set("slider", "top_k", 50)
    coming = writing(page)["coming"]
    assert not any(cut for _, _, _, cut in coming["rows"])
    assert coming["more"][0] == 42
    assert coming["cut"][0] == len(corpus().vocabulary) - 50
    kept = sum(after for _, _, after, _ in coming["rows"]) + coming["more"][2]
    assert kept == pytest.approx(1, abs=1e-5)


def test_writing_ends_with_the_end_mark_or_at_thirty_words(page: Page) -> None:
    for _ in range(4):
        if not page.at.button(key="write_10").disabled:
            page.press("write_10")
    shown = writing(page)
    assert shown["coming"] is None
    assert shown["over"]
    words = [*shown["begins"], *wrote(page)]
    assert (words[-1] == "⟨end⟩") != (len(words) == 30)
    assert "⟨end⟩" not in wrote(page)[:-1]
    assert page.at.button(key="write_1").disabled
    page.press("write_again")
    assert not page.at.button(key="write_1").disabled


def test_thirty_words_are_the_most(page: Page) -> None:
    page.set("text_input", "begins", "the cat " * 14 + "and")
    page.press("write_10")
    shown = writing(page)
    assert len(shown["written"]) == 1
    assert shown["over"]
    page.set("text_input", "begins", "the cat " * 15)
    assert writing(page)["over"] == "A sentence has 30 words at most here."


def test_an_empty_beginning_lets_the_model_begin(page: Page) -> None:
    page.set("text_input", "begins", "")
    assert writing(page)["begins"] == []
    assert not page.notes
    page.press("write_1")
    assert len(wrote(page)) == 1


def test_another_beginning_drops_what_was_written_and_never_goes_into_the_link(page: Page) -> None:
    page.press("write_1").set("text_input", "begins", "My zxqv")
    assert wrote(page) == []
    assert writing(page)["begins"] == ["My", "zxqv"]
    assert writing(page)["known"] == [True, False]
    assert "zxqv" not in str(page.param)


def test_settings_of_writing_come_with_the_link_and_are_checked(visit: Callable) -> None:
    page = visit(SLUG, top_k="2", temperature="0.5", write_seed="9")
    assert not page.notes
    assert [cut for _, _, _, cut in writing(page)["coming"]["rows"]] == [False] * 2 + [True] * 6
    page = visit(SLUG, top_k="0", temperature="nan", write_seed="x")
    assert len(page.notes) == 3
    assert page.at.slider(key=f"{SLUG}_top_k").value == 10
    assert page.at.slider(key=f"{SLUG}_temperature").value == 1.0
    page.press("write_1")
    assert len(wrote(page)) == 1


@pytest.mark.slow
def test_training_changes_the_candidates_and_leaves_what_was_written(visit: Callable, engine: Any) -> None:
    page = visit(SLUG, steps="20", batch="16", device="cpu")
    page.untrained().press("write_1")
    before = writing(page)
    page.train()
    engine.work(2)
    page.run()
    after = writing(page)
    assert after["written"] == before["written"]
    assert after["coming"] != before["coming"]
    assert after["model"] == "live"


# guess


def test_the_question_gives_four_choices_and_everybodys_answer(page: Page) -> None:
    asked = set()
    for number in range(4):
        pills = page.at.pills(key=f"{SLUG}_guess_{number}")
        assert len(set(pills.options)) == 4
        asked.add(tuple(pills.options))
        pills.set_value(pills.options[0])
        page.run()
        for who in ("You:", "Model:", "bigram counts:", "Pseudo-label:"):
            assert who in page.texts
        page.press(f"{SLUG}_next")
    assert len(asked) == 4


def test_another_ending_is_as_long_and_another_one(visit: Callable) -> None:
    page = visit("next_word")
    page.press("write_10")
    first = [word for word, _, _ in page.at.session_state["next_word_written"]["words"]]
    page.press("write_otherwise")
    second = [word for word, _, _ in page.at.session_state["next_word_written"]["words"]]
    assert second != first
    assert page.at.number_input(key="next_word_write_seed").value == 1
    assert len(second) <= len(first)  # fewer where the sentence ends before
