"""Cards as other programs write them: what is known goes in, what is not is named, and nothing vanishes in silence.

The files in tests/data/cards are written as the programs do after which they are named.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from drawn_cards import DECKS, TEXT
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.flashcards import hypertext
from sslviz.flashcards.card import MAX_BYTES, MAX_TAGS, Block, Flashcard, make
from sslviz.flashcards.deck import deck
from sslviz.flashcards.export import to_anki, to_logseq
from sslviz.flashcards.imported import Note, Refused, told
from sslviz.flashcards.incoming import ACCEPTED, from_file, from_text
from sslviz.flashcards.sheet import to_csv

FILES = Path(__file__).parents[2] / "data" / "cards"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LEFT, FORMULA = "what a task left here (as DONE, :LOGBOOK: or CLOCK) is no part of the card.", "a formula (LaTeX)"
MEDIA, ACCENTS = "a picture, sound or video cannot be brought along", "please look at its accents"
COLUMNS = "no line names the columns"

# file → (questions and answers, (line, beginning of the reason) of every note)
CASES: dict[str, tuple[dict[str, str], list[tuple[int, str]]]] = {
    "anki-cards.txt": ({"What is **a**?": "A letter.", "The [...].": "The word."}, []),
    "anki-notes.txt": ({"What is a trunk?": "The shared part."}, []),
    "anki-notes-html.txt": (
        {
            "What is **soft** about it?": "first\nsecond\n  nested\n![](map.png)\n\\(p = \\frac{1}{2}\\)",
            r"A {{cloze momentum\\how?}} copy is a {{cloze teacher}}.": "Extra [sound:a.mp3]",
            "![](x.jpg)": "Some\nthing",
            "`for x in y:` `print(x)`": "prints <x>",
        },
        [(7, FORMULA), (7, MEDIA), (8, MEDIA), (9, "the card was left out: there is no answer"), (10, MEDIA)],
    ),
    "anki-old.txt": (
        {"What is a trunk?": "The shared part.\nOf all tasks.\nssl", "What is a head?": "The rest."},
        [(1, COLUMNS)],
    ),
    "anki-semicolon.txt": ({"What?": "That; and this"}, []),
    "code-in-answer.md": (
        {
            "How is a trunk frozen?": "```python\nfor p in net.trunk.parameters():\n    p.requires_grad = False\n```",
            "How is a page given a name?": "```\ntitle:: SSL\ntags:: ml\n```",
            "What marks a card?": "```\nquestion #card\n```",
        },
        [],
    ),
    "excel-de.csv": (
        {"Was ist ein Rumpf?": "Der gemeinsame Teil: größer", "Zwei Zeilen": "a; b"},
        [(1, "the file is not in UTF-8 and was read as Windows-1252: please look at its accents.")],
    ),
    "excel-unicode.txt": ({"What is “soft”?": "A probability."}, []),
    "excel-utf8.csv": ({"What is a trunk?": "The shared part."}, []),
    "google-sheets.tsv": ({"A trunk": "The shared part.", "A head": "The other."}, []),
    "leading-blank.csv": ({"a": "b"}, []),
    "libreoffice-utf16be.csv": ({"What is é?": "A letter."}, []),
    "logseq-0.10-code.md": (
        {
            "How is a target cut off from the gradient?": "With `detach`:\n```python\nwith torch.no_grad():\n"
            "    target = teacher(view)\n\n# title:: is no property here, #card is no tag\n"
            "loss = (student(view) - target.detach()).pow(2).mean()\n```\n- a dash at the beginning",
            "What does `#card` do in Logseq?": "It makes a block a card, as `a #card` would.",
        },
        [],
    ),
    "logseq-0.8-tasks.md": (
        {
            "What is a pretext task?": "A task whose label comes out of the data.\n  for instance [[masked words]]",
            "Which loss does ((62aa0f6c-3b1c-4c3e-9d4c-0d8d6a8f4b11)) use?": r"The cross-entropy, $-\ln p(y)$.",
        },
        [(5, LEFT), (6, LEFT), (17, LEFT), (17, FORMULA), (17, "a reference to another block"), (18, LEFT)],
    ),
    "logseq-db.md": (
        {
            "What is collapse?": "All inputs get **one** vector.",
            r"A {{cloze momentum\\two words}} copy is the {{cloze teacher}}.": "",
            "Which tag?": "Another way to write it.",
        },
        [],
    ),
    "logseq-media.md": (
        {
            "What does this picture show?": "![map.png](../assets/map_1700000000000_0.png)\n{{video https://example.org/x}}",
            "Which formula?": r"$$\ell = -\log \frac{e^{s^+/\tau}}{\sum_i e^{s_i/\tau}}$$",
            "It costs $5, and $6 with a cover. Is that dear?": "No.",
        },
        [(1, MEDIA), (4, FORMULA)],
    ),
    "logseq-property-tag.md": ({"What is a view?": "One of two crops of a picture."}, []),
    "logseq-unclosed.md": (
        {"First?": "```\nnever closed\n```", "Second?": "yes"},
        [(2, "this block of code is never closed")],
    ),
    "logseq-windows.md": ({"What is a queue?": "Negatives of earlier batches."}, []),
    "logseq.org": (
        {"What is a prototype? :x:": "The mean of a cluster.\n  or learned", "Another": "Yes."},
        [(4, LEFT)],
    ),
    "mochi.md": ({}, []),
    "numbers-mac.csv": ({"What is a trunk?": "The shared part."}, []),
    "obsidian-checkbox.md": (
        {"What is a head?": "What is thrown away afterwards.", "And the trunk?": "What is kept."},
        [(1, LEFT), (3, LEFT)],
    ),
    "obsidian-headings.md": ({}, [(1, "#card marks no card here"), (4, "#card marks no card here")]),
    "obsidian-list.md": (
        {"What is an anchor?": "The sample that is compared.", "What is a positive?": "Another view of it."},
        [],
    ),
    "obsidian-sr.md": ({}, []),
    "plain.txt": ({}, []),
    "quizlet-semicolons.txt": ({}, []),
    "quizlet.txt": (
        {"the trunk": "la partie commune", "the head": 'la tête "jetable"', '"soft" label': "une probabilité"},
        [(1, COLUMNS)],
    ),
    "right-to-left.md": ({"מהי תווית (label)?": "תשובה: 42, ולא 24!"}, []),
    "roam.md": (
        {"What is a projector?": "A small head behind the trunk.\n  **thrown away** after training"},
        [],
    ),
    "utf16-without-mark.csv": ({"What?": "That."}, []),
}


@pytest.mark.parametrize("name", CASES)
def test_a_file_of_another_program(name: str) -> None:
    cards, notes = CASES[name]
    found = from_file((FILES / name).read_bytes(), name)
    assert {card.question: card.answer for card in found.cards} == cards
    assert [note.line for note in found.notes] == [line for line, _ in notes]
    for note, (_, reason) in zip(found.notes, notes, strict=True):
        assert note.reason.startswith(reason)


def test_every_file_is_a_case_and_a_table_without_its_columns_is_refused() -> None:
    assert {file.name for file in FILES.iterdir()} == {*CASES, "notion.csv"}
    with pytest.raises(Refused, match="must name the columns"):
        from_file((FILES / "notion.csv").read_bytes(), "notion.csv")


@pytest.mark.parametrize(
    "raw",
    [b"PK\x03\x04 an .apkg", b"SQLite format 3\x00", b"\x89PNG\r\n", b"\xff\xfe\x00", b"\x81\x8d", b"a\x00b",
     b"\x01\x02" * 9, b"\xef\xbb\xbf\xff"],
)  # fmt: skip
def test_what_is_no_text_is_refused_with_what_is_accepted(raw: bytes) -> None:
    with pytest.raises(Refused) as refused:
        from_file(raw, "cards.md")
    assert str(refused.value) == f"This file is no text. {ACCEPTED}"


def test_limits() -> None:
    for raw in (b"x" * (MAX_BYTES + 1), b"\n" * 20_001):
        with pytest.raises(Refused, match="allowed"):
            from_file(raw)
    with pytest.raises(Refused, match="characters allowed"):
        from_text("x" * (MAX_BYTES + 1))
    tags = " ".join(f"tag{n}" for n in range(30)) + " " + "x" * 99
    found = from_text(f"#separator:tab\n#html:false\n#tags column:3\nQ\tA\t{tags}\n")
    assert len(found.cards[0].tags) == MAX_TAGS
    assert "tags were left out" in found.notes[0].reason
    found = from_text("#separator:tab\n#html:true\nQ\t" + "<b>" * 20_000 + "\nWhy?\tyes\n")
    assert [card.question for card in found.cards] == ["Why?"]
    assert [note.line for note in found.notes] == [3]


def test_notes_with_one_reason_are_told_together() -> None:
    notes = [Note(n, "no.") for n in (1, 2, 2, 3, 4, 5, 6, 7)]
    assert told(notes) == ["Lines 1, 2, 3, 4 and 3 more: no."]
    assert told(notes[:6]) == ["Lines 1, 2, 3, 4 and 5: no."]
    assert told(notes[:1]) == ["Line 1: no."]


# Code in an answer

CODE = "Before\n  ```python\n  for x in y:\n      print(x)\n\n      # id:: x #card\n  - no bullet\n  ```\nafter"


def test_code_is_kept_as_it_is_wherever_it_goes() -> None:
    card = make("code", "How?", CODE, level=2)
    assert card.answer == CODE
    assert card.blocks() == (
        Block(0, "Before"),
        Block(1, "for x in y:\n    print(x)\n\n    # id:: x #card\n- no bullet", True, "python"),
        Block(0, "after"),
    )
    assert from_text(to_logseq([card])).cards == (card,)
    assert from_text(to_csv([card])).cards == (card,)


def test_what_a_card_says_does_not_make_its_page_something_else() -> None:
    """Names of columns in a question, the tag behind a fence: found by changing files at random."""
    card = make("a", "Which columns;Question;Answer;are read?", "both\n```\ncode\n```")
    hidden = make("b", "How?", "```python #card\ncode\n```")
    for cards in ((card, hidden), (hidden, card)):
        assert from_text(to_logseq(cards)).cards == cards
        assert from_text(to_csv(cards)).cards == cards


PIECES = [
    "#separator:tab\n", "#html:true\n", "#tags column:1\n", "question,answer\n", "sep=;\n", "- Q #card\n", "\t- a\n",
    "```", "  :LOGBOOK:\n", "\t", ",", '"', "\n", "<pre>", "</b>", "&#x110000;", "{{c1::a::b}}", "{{cloze ", "}}", "$",
    "\\(", "\ufeff",
]  # fmt: skip


@given(st.lists(st.one_of(TEXT, st.sampled_from(PIECES)), max_size=14), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_no_text_breaks_the_reading_and_what_came_in_goes_out_again(pieces: list[str], codec: str) -> None:
    try:
        found = from_file("".join(pieces).encode(codec, "replace"), "x.csv")
    except Refused:
        return
    assert from_text(to_logseq(found.cards)).cards == found.cards
    assert from_text(to_csv(found.cards)).cards == found.cards
    told(found.notes)


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("```\na", "```\na\n```"),  # never closed
        ("~~~\n```\n~~~", "````\n```\n````"),  # signs that occur in it
        ("````\n```\n\n```\n````", "````\n```\n\n```\n````"),
        ("```code``` in a line", "```code``` in a line"),
        ("x\n      ```\n        a\n      ```", "x\n  ```\n    a\n  ```"),
        ("```\n\ta\n```", "```\n\ta\n```"),
    ],
)
def test_code_in_an_answer_is_tidied(text: str, tidied: str) -> None:
    once = make("a", "q", text)
    assert once.answer == tidied
    assert make("a", "q", once.answer) == once
    assert from_text(to_logseq([once])).cards[0].answer == tidied


# Anki and back


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def _through(collection: Collection, cards: list[Flashcard], folder: Path) -> tuple[Flashcard, ...]:
    """The cards into Anki, out of it as notes, and back."""
    (folder / "cards.apkg").write_bytes(to_anki(cards, NOW).data)
    collection.import_anki_package(
        ImportAnkiPackageRequest(package_path=str(folder / "cards.apkg"), options=ImportAnkiPackageOptions())
    )
    collection.export_note_csv(
        out_path=str(folder / "notes.txt"), limit=None, with_html=True, with_tags=True, with_deck=True,
        with_notetype=True, with_guid=True,
    )  # fmt: skip
    found = from_file((folder / "notes.txt").read_bytes(), "notes.txt")
    assert not [note for note in found.notes if "shown as it is" not in note.reason]
    return found.cards


def _as_html(text: str) -> str:
    """Several spaces inside a line are one in HTML."""
    return re.sub(r"(?<=\S) +", " ", text)


def test_our_deck_comes_back_from_anki_as_it_went(collection: Collection, tmp_path: Path) -> None:
    ours = [card for card in deck().cards if card.kind != "picture"]
    found = {card.id: card for card in _through(collection, ours, tmp_path)}
    assert set(found) == {card.id for card in ours}
    for card in ours:
        back = found[card.id]
        assert (back.task, back.level, back.kind) == (card.task, card.level, card.kind)
        assert (back.question, back.answer, back.source) == (card.question, _as_html(card.answer), card.source), card.id
        assert set(back.wrong) == set(card.wrong)
        assert {tag.replace("_", " ") for tag in back.tags} == {tag.replace("_", " ") for tag in card.tags}


def test_own_cards_come_back_from_anki_as_they_went(collection: Collection, tmp_path: Path) -> None:
    page = (
        "- Why <b> & **bold** {{x}}? #card #mine\n\t- First `a<b`\n\t\t- nested **x**\n\t- last\n"
        "- How? #card\n\t- ```\n\t  if a < b:\n\t      c()\n\t  ```\n"
        "- A {{cloze a:b\\\\what?}} is {{cloze c}}. #card\n- שאלה #card\n\t- תשובה\n"
    )
    mine = from_text(page).cards
    assert len(mine) == 4
    assert set(_through(collection, list(mine), tmp_path)) == set(mine)


def test_cards_without_markup_come_from_anki(collection: Collection, tmp_path: Path) -> None:
    """Every way in which Anki exports text: notes and cards, with markup and without."""
    card = make("a", "What is <soft> here?", "One\nTwo")
    _through(collection, [card], tmp_path)
    options = {"with_tags": True, "with_deck": False, "with_notetype": False, "with_guid": False}
    for html, answer in ((True, "One\nTwo"), (False, "OneTwo")):  # Anki itself drops the break
        collection.export_note_csv(out_path=str(tmp_path / "n.txt"), limit=None, with_html=html, **options)
        collection.export_card_csv(out_path=str(tmp_path / "c.txt"), limit=None, with_html=html)
        for name in ("n.txt", "c.txt"):
            found = from_file((tmp_path / name).read_bytes(), name)
            assert [(one.question, one.answer.replace(" ", "")) for one in found.cards] == [(card.question, answer)], (
                name
            )


@settings(max_examples=10)
@given(DECKS)
def test_whatever_a_card_holds_anki_gives_it_back(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[Flashcard]
) -> None:
    """As many cards, each with its task and level; the marks of Markdown may be written another way."""
    folder = tmp_path_factory.mktemp("anki")
    opened = Collection(str(folder / "collection.anki2"))
    try:
        sent = [card for card in drawn if card.kind in {"plain", "cloze"} and "sslviz" not in card.tags]
        (folder / "cards.apkg").write_bytes(to_anki(sent, NOW).data)
        opened.import_anki_package(
            ImportAnkiPackageRequest(package_path=str(folder / "cards.apkg"), options=ImportAnkiPackageOptions())
        )
        opened.export_note_csv(
            out_path=str(folder / "n.txt"), limit=None, with_html=True, with_tags=True, with_deck=True,
            with_notetype=True, with_guid=True,
        )  # fmt: skip
        found = from_file((folder / "n.txt").read_bytes(), "n.txt")
        assert len(found.cards) + sum("left out" in note.reason for note in found.notes) >= len(sent)
    finally:
        opened.close()


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("a<br>b<br/>c", ["a", "b", "c"]),
        ("<div>a</div><div><br></div><div>b</div>", ["a", "b"]),
        ("a&nbsp;&amp;&lt;b&gt;", ["a &<b>"]),
        ("<b>a<br>b</b>", ["**a**", "b"]),
        ("<b><strong>a</strong></b>", ["**a**"]),
        ("<style>x</style>a<script>y</script>", ["a"]),
        ("a<!-- b -->c<!-- d", ["ac"]),
        ("<ol><li>a<ul><li>b</ul><li>c</ol>", ["a", "b", "c"]),
        ('<img src="x y.png"><img src=z>', ["![](x y.png)![](z)"]),
        ("<anki-mathjax>x^2</anki-mathjax>", ["\\(x^2\\)"]),
        ("<table><tr><td>a</td><td>b</td></tr></table>", ["a b"]),
        ("a < b and c > d", ["a < b and c > d"]),
        ("&#" + "9" * 9_000 + ";", ["&#" + "9" * 9_000 + ";"]),
        ("<pre>a\n  b</pre>", ["```", "a", "  b", "```"]),
        ("<b></b> <i> </i>", []),
    ],
)
def test_html_becomes_lines(markup: str, lines: list[str]) -> None:
    assert [line.text for line in hypertext.lines(markup)] == lines
