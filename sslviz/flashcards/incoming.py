"""Cards that a visitor brings, in whatever form: what it is follows from the text itself, not from the file's name."""

import codecs

from sslviz.flashcards import anki_text, outline, sheet
from sslviz.flashcards.card import MAX_BYTES, MAX_LINES, split_lines
from sslviz.flashcards.imported import Imported, Note, Refused

ACCEPTED = (
    "Accepted are a Logseq page with #card, a table (CSV) whose first line names question and answer, a text with tabs "
    "between questions and answers, and notes or cards that Anki exports as plain text."
)
_MARKS = (  # of byte order; the longer ones first, as one begins like another
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_NO_TEXTS = (
    b"PK\x03\x04",
    b"SQLite format 3",
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\xd0\xcf\x11\xe0",
    b"(\xb5/\xfd",
)


def from_file(raw: bytes, name: str = "") -> Imported:
    """The cards in a visitor's file.

    Args:
        raw: the file.
        name: what it is called; that decides only where a text could be a table or not.

    Raises:
        Refused: it is too large, or no text, or a table without its columns.
    """
    if len(raw) > MAX_BYTES:
        raise Refused(f"This file is larger than the {MAX_BYTES // 1_000_000} MB allowed for cards.")
    text, notes = _decoded(raw)
    found = from_text(text, name)
    return Imported(found.cards, (*notes, *found.notes) if found.cards else found.notes)


def from_text(text: str, name: str = "") -> Imported:
    """The cards in a visitor's text. Raises Refused as `from_file` does."""
    if len(text) > MAX_BYTES:
        raise Refused(f"This text has more than the {MAX_BYTES:,} characters allowed.")
    text = text.removeprefix("\ufeff")
    lines = split_lines(text)
    if len(lines) > MAX_LINES:
        raise Refused(f"This text has {len(lines):,} lines, more than the {MAX_LINES:,} allowed.")
    if anki_text.begins(lines):
        return anki_text.read(lines)
    if sheet.begins(lines) and not outline.has_card(next(filter(str.strip, lines), "")):
        return sheet.from_csv(text)
    if outline.has_card(text):
        return outline.read(text)
    if any("\t" in line.strip("\t ") for line in lines):
        return anki_text.read_columns(lines)
    if name.lower().endswith((".csv", ".tsv")):
        return sheet.from_csv(text)
    return outline.read(text)


def _decoded(raw: bytes) -> tuple[str, list[Note]]:
    """The text of a file, and a note where its encoding had to be guessed."""
    no_text = Refused(f"This file is no text. {ACCEPTED}")
    if raw.startswith(_NO_TEXTS):
        raise no_text
    mark, codec = next(((mark, codec) for mark, codec in _MARKS if raw.startswith(mark)), (b"", "utf-8"))
    if not mark and raw.count(0) > len(raw) // 4:  # UTF-16 of a Latin text without a mark: every second byte is 0
        codec = "utf-16-le" if raw[1::2].count(0) > raw[::2].count(0) else "utf-16-be"
    notes: list[Note] = []
    try:
        text = raw[len(mark) :].decode(codec)
    except UnicodeDecodeError:
        if mark or codec != "utf-8":
            raise no_text from None
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            raise no_text from None
        notes = [Note(1, "the file is not in UTF-8 and was read as Windows-1252: please look at its accents.")]
    if "\x00" in text or sum(sign < " " and sign not in "\t\n\r\f\v" for sign in text) > len(text) // 50:
        raise no_text
    return text, notes
