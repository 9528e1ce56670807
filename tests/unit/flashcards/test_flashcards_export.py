"""Cards out and in again: nothing is lost or doubled, no cell is a formula, and Anki itself opens the package."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from drawn_cards import DECKS, TEXT
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.flashcards import sheet
from sslviz.flashcards.card import MAX_BYTES, Flashcard, make
from sslviz.flashcards.deck import deck
from sslviz.flashcards.export import to_anki, to_logseq
from sslviz.flashcards.imported import Refused
from sslviz.flashcards.incoming import from_file
from sslviz.flashcards.sheet import COLUMNS, from_csv, to_csv

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PLAIN = make("p", "Why <b> & **bold**?", "First `a<b`\n  nested **x**\nlast", task="queue", tags=("two words",))
CLOZE = make("c", r"The {{cloze word}} is the {{cloze a::b\\what?}}.", "Why.", kind="cloze", source="Devlin 2018")
CHOICE = make("h", "Which?", "b right\nbecause", kind="choice", wrong=("c", "a"))
WRONG = make("m", "All is lost.", "It is not.", kind="misconception", level=2)
PICTURE = make("x", "Which label?", "the pseudo-label", kind="picture", draw="patch_order")
ALL = [PLAIN, CLOZE, CHOICE, WRONG, PICTURE]


# CSV and Logseq


@given(DECKS)
def test_csv_is_read_back(drawn: list[Flashcard]) -> None:
    found = from_csv(to_csv(drawn))
    assert list(found.cards) == drawn
    assert not [note for note in found.notes if "left out" in note.reason]  # a formula or picture may be announced


@given(DECKS)
def test_files_are_read_back(drawn: list[Flashcard]) -> None:
    assert list(from_file(to_logseq(drawn).encode(), "cards.md").cards) == drawn
    assert list(from_file(to_csv(drawn).encode(), "cards.CSV").cards) == drawn


@given(DECKS)
def test_no_cell_is_a_formula(drawn: list[Flashcard]) -> None:
    for row in csv.reader(io.StringIO(to_csv(drawn), newline="")):
        assert all(not cell.startswith(tuple("=+-@\t\r＝＋－＠")) for cell in row)


def test_the_columns_are_those_of_the_description() -> None:
    assert ", ".join(COLUMNS) in (sheet.__doc__ or "")
    assert to_csv([]).strip() == "\ufeff" + ",".join(COLUMNS)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_spreadsheets_table_is_read(sign: str) -> None:
    found = from_csv(
        f'Answer{sign}Question{sign}mine\r\n"one\r\n  two"{sign}Why?{sign}x\r\n{sign}{sign}\r\nb{sign}Who?\r\n'
    )
    assert [(card.question, card.answer) for card in found.cards] == [("Why?", "one\n  two"), ("Who?", "b")]
    assert not found.notes


def test_bad_rows_are_named_by_number_and_the_rest_goes_in() -> None:
    table = (
        "question,answer,level,task\n"  # 1
        "Good?,yes,2,queue\n"
        "No answer?,,1,\n"  # 3: left out
        '"Two\nlines?",yes,1,\n'  # 4 and 5
        "Level?,yes,high,\n"  # 6: level not taken
        "Too,many,1,queue,cells\n"  # 7
        'Quote?,"never closed,1,\n'  # 8
        "Last?,yes,3,nowhere\n"  # 9: task not taken
    )
    found = from_csv(table)
    assert [card.question for card in found.cards] == ["Good?", "Two lines?", "Level?", "Last?"]
    assert [note.line for note in found.notes] == [3, 6, 7, 8, 9]


@pytest.mark.parametrize(
    "text", ["", "a,b\n", "question\nx\n", "question,answer,answer\n", '"question', "\x00", "question;answer,x\n"]
)
def test_a_table_without_its_columns_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="must name the columns"):
        from_csv(text)


@given(st.lists(st.one_of(TEXT, st.sampled_from(['"', ",", "\n", '""', 'q,"a', "q,a"])), max_size=20))
def test_no_table_breaks_the_reading(pieces: list[str]) -> None:
    from_csv("question,answer\n" + "".join(pieces))


def test_a_table_of_open_quotes_takes_no_ages() -> None:
    found = from_csv("question,answer\n" + 'x,"\n' * 9_000)
    assert len(found.cards) <= 1


@pytest.mark.parametrize(("raw", "name"), [(b"\xff\xfe\x00", "a.md"), (b"x" * (MAX_BYTES + 1), "a.csv")])
def test_files_that_are_no_text_or_too_large_are_refused(raw: bytes, name: str) -> None:
    with pytest.raises(Refused):
        from_file(raw, name)


# Anki


def _imported(collection: Collection, data: bytes, folder: Path) -> None:
    path = folder / "cards.apkg"
    path.write_bytes(data)
    collection.import_anki_package(
        ImportAnkiPackageRequest(package_path=str(path), options=ImportAnkiPackageOptions(merge_notetypes=True))
    )


def _fields(collection: Collection) -> dict[str, list[str]]:
    """The fields of every note by the first of them."""
    return {note.fields[0]: note.fields for note in map(collection.get_note, collection.find_notes(""))}


@pytest.fixture
def collection(tmp_path: Path):
    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def test_anki_opens_the_package(collection: Collection, tmp_path: Path) -> None:
    package = to_anki(ALL, NOW)
    assert (package.notes, package.left_out) == (4, 1)
    _imported(collection, package.data, tmp_path)
    notes = {note.tags[-1] if "level" not in note.tags[-1] else note.fields[1][:20]: note
             for note in map(collection.get_note, collection.find_notes(""))}  # fmt: skip
    assert len(notes) == 4
    assert len(collection.find_cards("")) == 5  # two gaps are two cards
    assert collection.decks.by_name("Self-supervised learning") is not None
    assert set(collection.find_notes("tag:sslviz::queue")) == {notes["two_words"].id}
    for note in notes.values():
        assert note.fields_check() == 0  # neither empty, nor double, nor a cloze without a gap
        for card in note.cards():
            assert "{{" not in card.question() + card.answer()
    plain = notes["two_words"].cards()[0]
    assert "Why &lt;b&gt; &amp; <b>bold</b>?" in plain.question()
    assert '<code>a&lt;b</code></div><div class="d1">nested <b>x</b>' in plain.answer()


def test_a_cloze_hides_one_gap_at_a_time_and_shows_its_hint(collection: Collection, tmp_path: Path) -> None:
    _imported(collection, to_anki([CLOZE], NOW).data, tmp_path)
    first, second = (collection.get_card(card) for card in sorted(collection.find_cards("")))
    assert "[...]" in first.question()
    assert "[what?]" in second.question()
    assert "word" in second.question()
    assert "a&#58;&#58;b" in second.answer().replace("a::b", "a&#58;&#58;b")
    assert "Devlin 2018" in second.answer()


def test_importing_twice_makes_no_duplicates_and_brings_changes(collection: Collection, tmp_path: Path) -> None:
    _imported(collection, to_anki(ALL, NOW).data, tmp_path)
    before = set(collection.find_notes(""))
    _imported(collection, to_anki(ALL, NOW + timedelta(days=1)).data, tmp_path)
    assert set(collection.find_notes("")) == before
    changed = replace(PLAIN, answer="A better answer")
    _imported(collection, to_anki([changed, CLOZE], NOW + timedelta(days=2)).data, tmp_path)
    assert set(collection.find_notes("")) == before
    assert any("A better answer" in fields[1] for fields in _fields(collection).values())
    assert len(collection.models.all_names_and_ids()) == len({m.name for m in collection.models.all_names_and_ids()})
    assert sum(m.name.startswith("sslviz") for m in collection.models.all_names_and_ids()) == 2


def test_our_whole_deck_opens(collection: Collection, tmp_path: Path) -> None:
    package = to_anki(deck().cards, NOW)
    _imported(collection, package.data, tmp_path)
    assert len(collection.find_notes("")) == package.notes
    notes = [collection.get_note(note) for note in collection.find_notes("")]
    assert not [note.fields for note in notes if note.fields_check()]


@settings(max_examples=15)
@given(DECKS)
def test_anki_opens_whatever_a_card_may_hold(tmp_path_factory: pytest.TempPathFactory, drawn: list[Flashcard]) -> None:
    folder = tmp_path_factory.mktemp("anki")
    collection = Collection(str(folder / "collection.anki2"))
    try:
        package = to_anki(drawn, NOW)
        _imported(collection, package.data, folder)
        assert len(collection.find_notes("")) == package.notes
        for card in collection.find_cards(""):
            assert "<script" not in collection.get_card(card).answer()
    finally:
        collection.close()
