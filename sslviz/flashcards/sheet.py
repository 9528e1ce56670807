"""Cards as a table: written as CSV, read from whatever spreadsheets and other programs write.

The columns of a CSV table are id, question, answer, task, level, kind, wrong, draw, page, source, tags; a table that is
read needs question and answer, the rest may be missing. `wrong` is separated by |, `tags` by commas. An answer of
several lines stands in one cell; two spaces at the start of a line nest it. A cell that a spreadsheet would take for a
formula (it begins with =, +, -, @ or a tab) gets a ' in front, which is taken off again when the table is read.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sslviz.data.spreadsheet import guarded, unguarded
from sslviz.flashcards.card import MAX_BYTES, MAX_LINES, Flashcard, property_fault, split_lines
from sslviz.flashcards.imported import Imported, Note, Refused, gather

COLUMNS = ("id", "question", "answer", "task", "level", "kind", "wrong", "draw", "page", "source", "tags")
OTHER_NAMES = {"front": "question", "term": "question", "back": "answer", "definition": "answer"}
LONGEST_CELL = 100  # lines of one row; a quote that is never closed ends here, and not at the end of the table

_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # the line by which Excel is told


# Out


def to_csv(cards: Iterable[Flashcard]) -> str:
    """A table with COLUMNS, separated by commas, lines ended as RFC 4180 wants it.

    It begins with a mark of byte order: without one Excel takes it for the old encoding of its country.
    """
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for card in cards:
        table.writerow([guarded(cell) for cell in _cells(card)])
    return "\ufeff" + out.getvalue()


def _cells(card: Flashcard) -> tuple[str, ...]:
    return (
        card.id, card.question, card.answer, card.task, str(card.level), card.kind,
        " | ".join(card.wrong), card.draw, card.page, card.source, ", ".join(card.tags),
    )  # fmt: skip


# In


def begins(lines: Sequence[str]) -> bool:
    """Whether the first line that is not empty names the columns question and answer, behind `sep=` or not."""
    return {"question", "answer"} <= set(_head(lines)[2])


def from_csv(text: str) -> Imported:
    """The cards of a table, separated by commas, semicolons, tabs, or what `sep=` in its first line says.

    Columns may also be called front and back, or term and definition. Rows that cannot be used are named and skipped.

    Raises:
        Refused: there is too much text, or the first line does not name the columns question and answer.
    """
    if len(text) > MAX_BYTES:
        raise Refused(f"This table has more than the {MAX_BYTES:,} characters allowed.")
    lines = split_lines(text.removeprefix("\ufeff"))
    if len(lines) > MAX_LINES:
        raise Refused(f"This table has {len(lines):,} lines, more than the {MAX_LINES:,} allowed.")
    first, separator, head = _head(lines)
    named = list(filter(None, head))  # spreadsheets write empty columns, too
    if not {"question", "answer"} <= set(named) or len(set(named)) < len(named):
        raise Refused(f"The first line must name the columns question and answer, and may name {', '.join(COLUMNS)}.")
    notes: list[Note] = []
    return gather(list(_raw_cards(lines, first, separator, head, notes)), notes)


def rows(
    lines: Sequence[str], first: int, separator: str, columns: int, notes: list[Note]
) -> Iterator[tuple[int, list[str]]]:
    """Rows of a table, each with the number of its first line. After a bad one, reading begins anew a line on.

    Args:
        lines: all of the text.
        first: number of the first row among them, from 0.
        separator: a sign.
        columns: a row with more cells is a bad one.
        notes: bad ones are named here.
    """
    ended = [f"{line}\n" for line in lines]
    at = first
    while at < len(lines):
        reader = csv.reader(ended[at : at + LONGEST_CELL], delimiter=separator, strict=True)
        try:
            row, used = next(reader), max(1, reader.line_num)
        except csv.Error:  # between tabs quotes are often signs like others
            row, used = lines[at].split("\t") if separator == "\t" else [], 1
        while len(row) > columns and not row[-1].strip():
            row.pop()
        if row and len(row) <= columns:
            if any(cell.strip() for cell in row):
                yield at + 1, row
        elif lines[at].strip():
            used = 1
            notes.append(Note(at + 1, "this row has more cells than the first line, or a quote that is not closed."))
        at += used


def _head(lines: Sequence[str]) -> tuple[int, str, list[str]]:
    """(number of the first row below it, the separator, the names of the columns)."""
    at = next((n for n, line in enumerate(lines) if line.strip()), 0)
    said = _SEPARATOR.fullmatch(lines[at].strip(" ")) if at < len(lines) else None
    at += said is not None
    line = lines[at] if at < len(lines) else ""
    separator = said[1] if said else max(",;\t", key=line.count)
    try:
        cells = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        cells = []
    names = [cell.strip().lower() for cell in cells]
    there = set(names)
    ours = [name if OTHER_NAMES.get(name) in there else OTHER_NAMES.get(name, name) for name in names]
    return at + 1, separator, ours


def _raw_cards(
    lines: Sequence[str], first: int, separator: str, head: Sequence[str], notes: list[Note]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number, row in rows(lines, first, separator, len(head), notes):
        raw = {name: unguarded(cell) for name, cell in zip(head, row, strict=False) if name in COLUMNS}
        raw = {"question": "", "answer": "", **raw}
        for name in ("id", "task", "level", "kind", "page", "draw"):
            raw[name] = raw.get(name, "").strip()
            if raw[name] and (reason := property_fault(name, raw[name])):
                notes.append(Note(number, f"{reason[0].upper()}{reason[1:]}"))
                raw[name] = ""
        yield number, raw
