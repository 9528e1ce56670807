"""What Anki exports as text: notes or cards, a line each, below lines such as `#separator:tab`, read into cards.

A note is question and answer, or a cloze; further fields become further lines of the answer. What was taken into Anki
from here comes back as it was: tags say the task, the level and the kind, the number of the note says which card it is.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from sslviz.catalogue import TASKS
from sslviz.flashcards import hypertext, sheet
from sslviz.flashcards.card import GENERAL, MAX_ANSWER, MAX_TAG, MAX_TAGS, fence_of, is_id, one_line, own_id
from sslviz.flashcards.export import KINDS_BY_TAG, WRONG
from sslviz.flashcards.imported import Imported, Note, gather

LONGEST = 10 * MAX_ANSWER  # characters of a field with its markup

_HEADER = re.compile(
    r"#(separator|html|tags|columns|deck|notetype|(?:guid|notetype|deck|tags) column):(.*)", re.IGNORECASE
)
_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "colon": ":", "space": " "}
_CLOZE = re.compile(r"\{\{c[0-9]{1,3}+::([^{}]*+)\}\}")
_ANSWER = re.compile(r"<hr id=\"?answer\"?>")
_MARKUP = re.compile(r"<(?:br|div|b|i|img)\b[^<>]*+>|&nbsp;")
_MOST_COLUMNS = 60


@dataclass
class _Headers:
    """What the lines at the top say; columns count from 1."""

    separator: str = "\t"
    html: bool = False
    tags: str = ""  # of all notes
    columns: dict[str, int] = field(default_factory=dict)  # of guid, notetype, deck, tags

    def take(self, name: str, value: str) -> None:
        if name == "separator":
            self.separator = _SEPARATORS.get(value.strip().lower(), value[:1] or "\t")
        elif name == "html":
            self.html = value.strip().lower() == "true"
        elif name == "tags":
            self.tags = value
        elif name.endswith(" column") and value.strip().isdecimal() and len(value.strip()) < 4:
            self.columns[name.removesuffix(" column")] = int(value)


def begins(lines: Sequence[str]) -> bool:
    """Whether the first line that is not empty is one of Anki's."""
    return bool(_HEADER.fullmatch(next(filter(str.strip, lines), "")))


def read(lines: Sequence[str]) -> Imported:
    """The cards of Anki's notes or cards."""
    headers, first = _Headers(), 0
    for line in lines:
        found = _HEADER.fullmatch(line)
        if not found and line.strip():
            break
        if found:
            headers.take(found[1].lower(), found[2])
        first += 1
    return _gathered(lines, first, headers)


def read_columns(lines: Sequence[str]) -> Imported:
    """The cards of a text with tabs and without headers, as Quizlet and others export it: question, tab, answer."""
    found = _gathered(lines, 0, _Headers(html=any(map(_MARKUP.search, lines))))  # Anki's own of before 2022
    note = Note(1, "no line names the columns, so the first one was taken for the question, the second for the answer.")
    return Imported(found.cards, (note, *found.notes) if found.cards else found.notes)


def _gathered(lines: Sequence[str], first: int, headers: _Headers) -> Imported:
    notes: list[Note] = []
    return gather(list(_raw_cards(lines, first, headers, notes)), notes)


def _raw_cards(
    lines: Sequence[str], first: int, headers: _Headers, notes: list[Note]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number, row in sheet.rows(lines, first, headers.separator, _MOST_COLUMNS, notes):
        about = {name: row[at - 1] for name, at in headers.columns.items() if 0 < at <= len(row)}
        fields = [cell for at, cell in enumerate(row, 1) if at not in headers.columns.values()]
        if max(map(len, fields), default=0) > LONGEST:
            notes.append(Note(number, f"the card was left out: a field has more than {LONGEST:,} characters."))
        elif fields:
            tags = f"{about.get('tags', '')} {headers.tags}".split()
            yield number, _raw(number, fields, about, tags, notes, html=headers.html)


def _raw(
    number: int, fields: list[str], about: Mapping[str, str], tags: list[str], notes: list[Note], *, html: bool
) -> dict[str, str]:
    """A note as raw texts."""
    raw = _from_tags(number, tags, notes)
    ours = about.get("notetype", "").startswith("sslviz ") or "sslviz" in tags
    if ours and len(fields) > 2:
        raw["source"] = "\n".join(line.text for line in _lines(fields[2], html=html))
        fields = fields[:2]
    question, *answers = [_lines(_CLOZE.sub(_gap, cell), html=html) for cell in _shortened(fields)]
    if raw.get("kind") == "choice" and answers and answers[0]:
        right = answers[0][0].text
        raw["wrong"] = "|".join(line.text for line in question if line.item and line.text != right)
        question = [line for line in question if not line.item]
    elif raw.get("kind") == "misconception":
        question = question[question[:1] == [hypertext.Line(0, WRONG)] :]
    raw["question"] = _joined(question)
    raw["answer"] = "\n".join("  " * line.depth + line.text for lines in answers for line in lines)
    if guid := about.get("guid", ""):
        raw["id"] = _id(guid, raw["question"])
    return raw


def _lines(cell: str, *, html: bool) -> list[hypertext.Line]:
    return hypertext.lines(cell) if html else [hypertext.Line(0, line) for line in cell.split("\n")]


def _joined(question: list[hypertext.Line]) -> str:
    """A question is one line, code in it too."""
    words, code = [], False
    for line in question:
        fence = fence_of(line.text)
        code ^= fence is not None
        if fence is None and line.text.strip():
            words.append(f"`{line.text.strip()}`" if code else line.text)
    return " ".join(words)


def _shortened(fields: list[str]) -> list[str]:
    """Of a card's back, which repeats its front, only what is new; fields without anything are dropped at the end."""
    front, *rest = fields
    if rest:
        behind = _ANSWER.split(rest[0], maxsplit=1)[-1]
        rest[0] = behind[len(front) :] if front.strip() and behind.startswith(front) and behind != front else behind
    return [front, *(cell for cell in rest if cell.strip())]


def _gap(match: re.Match[str]) -> str:
    text, _, hint = match[1].partition("::")
    return f"{{{{cloze {text}{chr(92) * 2 + hint if hint else ''}}}}}"


def _from_tags(number: int, tags: list[str], notes: list[Note]) -> dict[str, str]:
    """What our own tags say, and the others, as many as a card may have."""
    raw: dict[str, str] = {}
    others = []
    for tag in tags:
        top, _, rest = tag.partition("::")
        if top != "sslviz":
            others.append(tag)
        elif rest in {GENERAL, *TASKS}:
            raw["task"] = rest
        elif rest in KINDS_BY_TAG:
            raw["kind"] = rest
        elif rest in {"level1", "level2", "level3"}:
            raw["level"] = rest[-1]
    kept = [tag for tag in others if len(tag) <= MAX_TAG and "," not in tag][:MAX_TAGS]
    if len(kept) < len(others):
        notes.append(Note(number, f"tags were left out: a card has at most {MAX_TAGS} of {MAX_TAG} characters."))
    return {**raw, "tags": ",".join(kept)}


def _id(guid: str, question: str) -> str:
    """The id of a card that went out from here; of others one that stays the same, whatever becomes of their words."""
    from genanki import guid_for

    mine = own_id(one_line(question))
    if guid_for("sslviz", mine) == guid:
        return mine
    return _ours().get(guid) or "anki-" + hashlib.sha256(guid.encode()).hexdigest()[:20]


@cache
def _ours() -> dict[str, str]:
    """The ids of our own deck by the number that Anki knows them by."""
    from genanki import guid_for

    from sslviz.flashcards.deck import deck

    return {guid_for("sslviz", card): card for card in deck().ids if is_id(card)}
