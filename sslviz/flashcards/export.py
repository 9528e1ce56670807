"""Cards out and in: Anki packages, Logseq text, and CSV tables.

The columns of a CSV table are id, question, answer, task, level, kind, wrong, draw, page, source, tags; a table that is
read needs question and answer, the rest may be missing. `wrong` is separated by |, `tags` by commas. An answer of
several lines stands in one cell; two spaces at the start of a line nest it. A cell that a spreadsheet would take for a
formula (it begins with =, +, -, @ or a tab) gets a ' in front, which is taken off again when the table is read.
"""

import csv
import html
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

from sslviz.flashcards import outline
from sslviz.flashcards.card import MAX_BYTES, MAX_LINES, Flashcard, property_fault, split_lines
from sslviz.flashcards.imported import Imported, Note, Refused, gather

if TYPE_CHECKING:
    import genanki

COLUMNS = ("id", "question", "answer", "task", "level", "kind", "wrong", "draw", "page", "source", "tags")
LONGEST_CELL = 100  # lines of one row; a quote that is never closed ends here, and not at the end of the table

_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_GUARDED = re.compile(r"''*[=+\-@\t\r＝＋－＠]")

# Numbers that Anki knows our deck and note types by, drawn once. With others, an update would become a second deck.
_DECK, _BASIC, _CLOZE = 1_738_201_945, 1_738_201_946, 1_738_201_947


@dataclass(frozen=True)
class Anki:
    """An Anki package.

    Attributes:
        data: the .apkg file.
        notes: how many cards went in.
        left_out: cards with a picture that a task draws anew each time, which Anki cannot do.
    """

    data: bytes
    notes: int
    left_out: int


# Logseq


def to_logseq(cards: Iterable[Flashcard]) -> str:
    """A Logseq page."""
    return outline.write(cards)


def from_file(raw: bytes, name: str) -> Imported:
    """The cards in a visitor's file: CSV if its name says so, else a Logseq page.

    Raises:
        Refused: it is too large, or no text.
    """
    if len(raw) > MAX_BYTES:
        raise Refused(f"This file is larger than the {MAX_BYTES // 1_000_000} MB allowed for cards.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("This file is no text in UTF-8: please save it as a Logseq page or as CSV in UTF-8.") from None
    return from_csv(text) if name.lower().endswith((".csv", ".tsv")) else outline.read(text)


# CSV


def to_csv(cards: Iterable[Flashcard]) -> str:
    """A table with COLUMNS, separated by commas, lines ended as RFC 4180 wants it."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for card in cards:
        table.writerow([_guard(cell) for cell in _cells(card)])
    return out.getvalue()


def from_csv(text: str) -> Imported:
    """The cards of a table, separated by commas, semicolons or tabs. Rows that cannot be used are named and skipped.

    Raises:
        Refused: there is too much text, or the first line does not name the columns question and answer.
    """
    if len(text) > MAX_BYTES:
        raise Refused(f"This table has more than the {MAX_BYTES:,} characters allowed.")
    lines = [line + "\n" for line in split_lines(text)]
    if len(lines) > MAX_LINES:
        raise Refused(f"This table has {len(lines):,} lines, more than the {MAX_LINES:,} allowed.")
    separator = max(",;\t", key=lines[0].count)
    head = [cell.strip().lower() for cell in next(csv.reader(lines[:1], delimiter=separator), [])]
    if not {"question", "answer"} <= set(head) or len(set(head)) < len(head):
        raise Refused(f"The first line must name the columns question and answer, and may name {', '.join(COLUMNS)}.")
    notes: list[Note] = []
    return gather(list(_raw_cards(lines, separator, head, notes)), notes)


def _raw_cards(
    lines: Sequence[str], separator: str, head: Sequence[str], notes: list[Note]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number, row in _rows(lines, separator, len(head), notes):
        raw = {name: _unguard(cell) for name, cell in zip(head, row, strict=False) if name in COLUMNS}
        raw = {"question": "", "answer": "", **raw}
        for name in ("id", "task", "level", "kind", "page", "draw"):
            raw[name] = raw.get(name, "").strip()
            if raw[name] and (reason := property_fault(name, raw[name])):
                notes.append(Note(number, f"{reason[0].upper()}{reason[1:]}"))
                raw[name] = ""
        yield number, raw


def _rows(lines: Sequence[str], separator: str, columns: int, notes: list[Note]) -> Iterator[tuple[int, list[str]]]:
    """Rows below the first, each with the number of its first line. After a bad one, reading begins anew a line on."""
    at = 1
    while at < len(lines):
        reader = csv.reader(lines[at : at + LONGEST_CELL], delimiter=separator, strict=True)
        try:
            row = next(reader)
            good = len(row) <= columns
        except csv.Error:
            row, good = [], False
        if any(cell.strip() for cell in row) or not good:
            if good:
                yield at + 1, row
            else:
                notes.append(
                    Note(at + 1, "this row has more cells than the first line, or a quote that is not closed.")
                )
        at += max(1, reader.line_num) if good else 1


def _cells(card: Flashcard) -> tuple[str, ...]:
    return (
        card.id, card.question, card.answer, card.task, str(card.level), card.kind,
        " | ".join(card.wrong), card.draw, card.page, card.source, ", ".join(card.tags),
    )  # fmt: skip


def _guard(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unguard(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


# Anki


def to_anki(cards: Iterable[Flashcard], now: datetime, name: str = "Self-supervised learning") -> Anki:
    """An Anki package. Imported again, even after changes, it updates its notes and doubles none.

    Args:
        cards: any cards; pictures that a task draws are left out.
        now: when; Anki takes over the texts of a later package.
        name: of the deck in Anki.
    """
    import genanki

    every = tuple(cards)
    drawn = [card for card in every if card.kind != "picture"]
    whole = genanki.Deck(_DECK, name)
    for card in drawn:
        whole.add_note(_note(card))
    # Not write_to_file, which leaves a temporary file behind.
    connection = sqlite3.connect(":memory:")
    try:
        stamp = now.timestamp()
        genanki.Package(whole).write_to_db(connection.cursor(), stamp, count(int(stamp * 1000)))
        connection.commit()
        collection = connection.serialize()
    finally:
        connection.close()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("collection.anki2", collection)
        package.writestr("media", json.dumps({}))
    return Anki(out.getvalue(), len(drawn), len(every) - len(drawn))


def _note(card: Flashcard) -> "genanki.Note":
    import genanki

    basic, cloze = _models()
    front, back = _front(card), _lines(card)
    if card.kind == "misconception":
        front = f"<p>What is wrong with this?</p>{front}"
    elif card.kind == "choice":
        options = sorted((card.right, *card.wrong), key=str.casefold)  # in an order that does not give it away
        front += f"<ul>{''.join(f'<li>{_inline(option)}</li>' for option in options)}</ul>"
    return genanki.Note(
        model=cloze if card.kind == "cloze" else basic,
        fields=[front, back, html.escape(card.source)],
        guid=genanki.guid_for("sslviz", card.id),
        tags=[_tag(tag) for tag in ("sslviz", f"sslviz::{card.task}", f"sslviz::level{card.level}", *card.tags)],
    )


@cache
def _models() -> tuple[Any, Any]:
    """The two note types: question and answer; a sentence with gaps."""
    import genanki

    css = (
        ".card { font: 20px/1.5 sans-serif; max-width: 40em; margin: auto; padding: 0 1em; }\n"
        ".d1 { margin-left: 1.5em; }\n.d2 { margin-left: 3em; }\n.d3 { margin-left: 4.5em; }\n"
        ".source { font-size: 14px; opacity: 0.75; }\n.cloze { font-weight: bold; }\n"
    )
    source = '{{#Source}}<p class="source">{{Source}}</p>{{/Source}}'
    basic = genanki.Model(
        _BASIC,
        "sslviz question",
        fields=[{"name": "Question"}, {"name": "Answer"}, {"name": "Source"}],
        templates=[
            {
                "name": "Card",
                "qfmt": "{{Question}}",
                "afmt": '{{FrontSide}}<hr id="answer">{{Answer}}' + source,
            }
        ],
        css=css,
    )
    cloze = genanki.Model(
        _CLOZE,
        "sslviz cloze",
        fields=[{"name": "Text"}, {"name": "Answer"}, {"name": "Source"}],
        templates=[{"name": "Cloze", "qfmt": "{{cloze:Text}}", "afmt": "{{cloze:Text}}<hr>{{Answer}}" + source}],
        css=css,
        model_type=genanki.Model.CLOZE,
    )
    return basic, cloze


def _front(card: Flashcard) -> str:
    if card.kind != "cloze":
        return _inline(card.question)
    parts: list[str] = []
    number = count(1)
    for piece in card.pieces():
        if isinstance(piece, str):
            parts.append(_inline(piece))
        else:
            # Two colons would begin a hint.
            text, hint = (html.escape(half).replace("::", "&#58;&#58;") for half in (piece.text, piece.hint))
            parts.append(f"{{{{c{next(number)}::{text}{'::' + hint if hint else ''}}}}}")
    return "".join(parts)


def _lines(card: Flashcard) -> str:
    return "".join(f'<div class="d{min(depth, 3)}">{_inline(text)}</div>' for depth, text in card.blocks())


def _inline(text: str) -> str:
    """Markdown's bold and code as HTML; everything else is text. Double braces would be fields of a template."""
    text = html.escape(text).replace("{{", "&#123;&#123;").replace("}}", "&#125;&#125;")
    parts = re.split(r"`([^`]+)`", text)  # text and code in turn
    bold = [re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", part) for part in parts[::2]]
    code = [f"<code>{part}</code>" for part in parts[1::2]] + [""]
    return "".join(a + b for a, b in zip(bold, code, strict=True))


def _tag(text: str) -> str:
    """Anki's tags hold no space."""
    return "_".join(text.split())
