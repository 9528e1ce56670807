"""Reading and writing cards: ours strictly, a visitor's leniently, and nothing is lost on the way."""

import subprocess
import sys
from pathlib import Path

import pytest
from drawn_cards import DECKS, TEXT, cards
from hypothesis import given
from hypothesis import strategies as st

from sslviz.catalogue import TASKS
from sslviz.flashcards.card import MAX_BYTES, MAX_CARDS, MAX_LINES, BadCard, Block, Flashcard, Gap, from_dict, make
from sslviz.flashcards.deck import Deck, deck, load
from sslviz.flashcards.imported import Refused
from sslviz.flashcards.outline import read, read_strictly, write

GOOD = """\
- What is hidden, and what is the label? #card
  id:: mw-what
  task:: masked_words
  level:: 1
  kind:: plain
  - A word is hidden; the hidden word itself is the label.
"""


def _strict(text: str) -> list[Flashcard]:
    return [card for _, card in read_strictly(text, "x.md")]


# Reading


def test_the_format_reads_as_its_description_says() -> None:
    assert _strict(GOOD) == [
        Flashcard(
            "mw-what",
            "What is hidden, and what is the label?",
            "A word is hidden; the hidden word itself is the label.",
            "masked_words",
        )
    ]


def test_tabs_and_two_spaces_indent_alike() -> None:
    nested = GOOD + "    - nested\n      - deeper\n  - second\n"
    assert _strict(nested.replace("  ", "\t")) == _strict(nested)
    assert _strict(nested)[0].blocks()[1:] == (Block(1, "nested"), Block(2, "deeper"), Block(0, "second"))


def test_windows_line_ends_and_a_mark_of_byte_order_are_no_matter() -> None:
    assert _strict("\ufeff" + GOOD.replace("\n", "\r\n")) == _strict(GOOD)


def test_all_properties_are_read() -> None:
    card = _strict(
        "- Which? #card\n  id:: a\n  task:: queue\n  level:: 3\n  kind:: choice\n  wrong:: no | never | not that\n"
        "  page:: two_views\n  source:: He et al. 2019\n  tags:: moco, key\n  - yes\n  - because\n"
    )[0]
    assert (card.wrong, card.right, card.level) == (("no", "never", "not that"), "yes", 3)
    assert (card.teaches, card.source, card.tags) == ("two_views", "He et al. 2019", ("moco", "key"))


def test_gaps_with_and_without_a_hint() -> None:
    card = make("a", r"The {{cloze word}} is a {{cloze pseudo-label\\two words}}.", kind="cloze")
    assert card.gaps == (Gap("word"), Gap("pseudo-label", "two words"))
    assert card.filled == "The word is a pseudo-label."
    assert card.pieces() == ("The ", Gap("word"), " is a ", Gap("pseudo-label", "two words"), ".")


@pytest.mark.parametrize(
    ("change", "line", "reason"),
    [
        (("task:: masked_words", "task:: nothing"), 3, "there is no task “nothing”"),
        (("level:: 1", "level:: 4"), 4, "the level must be 1, 2 or 3"),
        (("kind:: plain", "kind:: fancy"), 5, "the kind must be one of"),
        (("kind:: plain", "colour:: red"), 5, "a card has no property colour"),
        (("kind:: plain", "level:: 2"), 5, "level is given twice"),
        (("id:: mw-what", "id:: MW What"), 2, "the id must be made of"),
        (("  id:: mw-what\n", ""), 1, "id:: is missing"),
        (("  - A word is hidden; the hidden word itself is the label.\n", ""), 1, "there is no answer"),
        (("What is hidden, and what is the label?", ""), 1, "there is no question"),
        (("What is", "What {{cloze is}}"), 1, "there is a gap in the question"),
        (("kind:: plain", "kind:: cloze"), 1, "a cloze needs a gap"),
        (("kind:: plain", "kind:: choice"), 1, "a choice needs 1 to"),
        (("kind:: plain", "kind:: picture"), 1, "a picture needs draw"),
        (("kind:: plain", "kind:: plain\n  wrong:: a"), 1, "wrong answers belong to"),
        ((" #card", ""), 1, "a block that is no card"),
        (("  - A word", "stray text\n  - A word"), 6, "this belongs to no card"),
        (("  - A word", "  - A word #card\n  - B"), 6, "a card inside a card"),
    ],
)
def test_an_error_in_our_own_files_names_file_and_line(change: tuple[str, str], line: int, reason: str) -> None:
    with pytest.raises(BadCard, match=f"x.md, line {line}: ") as error:
        read_strictly(GOOD.replace(*change), "x.md")
    assert reason in str(error.value)


def test_a_visitors_bad_lines_are_named_and_the_rest_goes_in() -> None:
    found = read(GOOD.replace("level:: 1", "level:: many") + "- No answer #card\n- Second? #card\n  - yes\n")
    assert [card.question for card in found.cards] == ["What is hidden, and what is the label?", "Second?"]
    assert [note.line for note in found.notes] == [4, 7]
    assert str(found.notes[0]) == "Line 4: The level must be 1, 2 or 3, not “many”."
    assert "no answer" in found.notes[1].reason


def test_a_page_as_logseq_saves_it() -> None:
    page = """\
title:: Self-supervised learning
- Some notes
\t- ## Cards
\t\t- What is SSL? #card #ssl
\t\t  card-last-interval:: 4.28
\t\t  id:: 64f1c0de-1111-4222-8333-123456789abc
\t\t  collapsed:: true
\t\t\t- Learning from labels that come
\t\t\t  out of the data.
\t\t\t\t- no human labels
- A {{cloze gap}} #[[card]]
"""
    found = read(page)
    assert not found.notes
    first, second = found.cards
    assert (first.question, first.tags) == ("What is SSL?", ("ssl",))
    assert first.id == "64f1c0de-1111-4222-8333-123456789abc"
    assert first.answer == "Learning from labels that come\nout of the data.\n  no human labels"
    assert (second.kind, second.answer) == ("cloze", "")


def test_a_card_without_an_id_gets_the_same_one_again() -> None:
    page = "- What is SSL? #card\n  - {}\n"
    assert read(page.format("one")).cards[0].id == read(page.format("other")).cards[0].id


def test_the_same_card_twice_goes_in_once() -> None:
    found = read("- Q #card\n  - a\n- Q #card\n  - b\n")
    assert [card.answer for card in found.cards] == ["a"]
    assert [note.line for note in found.notes] == [3]


def test_limits() -> None:
    with pytest.raises(Refused, match="characters allowed"):
        read("x" * (MAX_BYTES + 1))
    with pytest.raises(Refused, match="lines"):
        read("\n" * MAX_LINES)
    assert "more than the 600 allowed" in read(f"- {'x' * 601} #card\n  - a").notes[0].reason
    found = read("".join(f"- {n} #card\n  - a\n" for n in range(MAX_CARDS + 5)))
    assert (len(found.cards), len(found.notes)) == (MAX_CARDS, 1)


@given(st.lists(st.one_of(TEXT, st.sampled_from(["- Q #card", "  - a", "\t- b", "  id:: a", "\n"])), max_size=12))
def test_no_text_breaks_the_reading_of_a_visitors_file(pieces: list[str]) -> None:
    read("\n".join(pieces))


# Writing


@given(DECKS)
def test_what_is_written_is_read_back(drawn: list[Flashcard]) -> None:
    assert _strict(write(drawn)) == drawn
    found = read(write(drawn))
    assert list(found.cards) == drawn
    assert not [note for note in found.notes if "left out" in note.reason]  # a formula or picture may be announced


@given(cards())
def test_plain_data_and_back(card: Flashcard) -> None:
    assert from_dict(card.as_dict()) == card


@pytest.mark.parametrize(
    "given", [None, 3, {}, {"id": 3}, {"id": "a", "question": "q", "answer": "a", "level": "1"},
              {"id": "a", "question": "q", "answer": "a", "wrong": "x"}, {"id": "a", "question": "q" * 2_000_000}]
)  # fmt: skip
def test_damaged_data_is_no_card(given: object) -> None:
    with pytest.raises(BadCard):
        from_dict(given)


# The deck


def test_ids_are_unique_across_files(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(GOOD)
    (tmp_path / "b.md").write_text("# Heading\n\n" + GOOD)
    with pytest.raises(BadCard, match=r"b.md, line 3: the id mw-what is taken by a.md, line 1"):
        load(tmp_path)


def test_a_deck_without_cards_or_with_other_bytes_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadCard, match="no card"):
        load(tmp_path)
    (tmp_path / "a.md").write_bytes(b"- \xff #card")
    with pytest.raises(BadCard, match=r"a.md: this is no UTF-8"):
        load(tmp_path)


def test_our_own_deck_is_whole() -> None:
    ours = deck()
    assert ours is deck()
    assert len(set(ours.ids)) == len(ours.cards)
    assert set(TASKS) <= set(ours.groups)
    assert all(len(ours.of(task)) >= 5 and len(ours.groups[task]) == 3 for task in TASKS)
    assert _strict(write(ours.cards)) == list(ours.cards)
    levels = [card.level for card in ours.cards]
    assert levels == sorted(levels)


def test_a_visitors_cards_join_the_deck_and_ours_stay() -> None:
    ours = Deck((make("a", "q", "ours"),))
    joined = ours.joined([make("a", "q", "theirs"), make("b", "q", "new")])
    assert [(card.id, card.answer) for card in joined.cards] == [("a", "ours"), ("b", "new")]


def test_flashcards_need_neither_torch_nor_streamlit() -> None:
    code = (
        "import sys, pkgutil, importlib, sslviz.flashcards as f\n"
        "for found in pkgutil.iter_modules(f.__path__, 'sslviz.flashcards.'): importlib.import_module(found.name)\n"
        "from sslviz.flashcards import deck, export, quiz\n"
        "from datetime import datetime, UTC\n"
        "export.to_anki(deck.deck().cards, datetime.now(UTC)); quiz.questions(deck.deck().cards, 0)\n"
        "assert not {'torch', 'streamlit'} & set(sys.modules), 'imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
