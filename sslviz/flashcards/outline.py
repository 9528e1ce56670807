"""The text that cards are written in, read and written.

A card is written as Logseq writes it, a block with `#card` and the answer in the blocks below:

    - What is hidden, and what is the label? #card
      id:: mw-what-is-the-label
      task:: masked_words
      level:: 1
      kind:: plain
      - A word is hidden; the hidden word itself is the label.

Code stands between two lines of ```, and is kept as it is.

Our own files are read strictly: an error names the file and the line. A visitor's file is read leniently: a line that
cannot be used is named by its number, with the reason, and skipped; the rest goes in.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sslviz.flashcards.card import (
    MAX_BYTES,
    MAX_LINES,
    BadCard,
    Flashcard,
    closes,
    fence_of,
    fenced,
    from_texts,
    indent_width,
    printable,
    property_fault,
    split_lines,
    without_indent,
)
from sslviz.flashcards.imported import Imported, Note, Refused, gather

TASKS_LEAVINGS = "what a task left here (as DONE, :LOGBOOK: or CLOCK) is no part of the card."
PROPERTIES = ("id", "task", "level", "kind", "wrong", "draw", "page", "source", "tags")

# None of these patterns can match one text in two ways, so that each takes a time that grows with the text alone.
_BULLET = re.compile(r"([ \t]*+)(-|[*+]|\*{2,})(?:[ \t]++(.*))?")  # ** and more are depths in Org
_PROPERTY = re.compile(r"[ \t]++([A-Za-z][\w.-]*+)::(?:[ \t]++(.*))?")
_TAG = r"(?<!\S)#(?:card|\[\[card\]\])(?!\S)"
_TAG_OR_CODE = re.compile(rf"(?P<code>`++)|{_TAG}", re.IGNORECASE)
_ONLY_TAG = re.compile(_TAG, re.IGNORECASE)
_ESCAPE = re.compile(r"(?<!\S)(\\*+)(#(?:card|\[\[card\]\]))(?!\S)", re.IGNORECASE)
_UNESCAPE = re.compile(r"(?<!\S)\\(\\*+)(#(?:card|\[\[card\]\]))(?!\S)", re.IGNORECASE)
_TASK = re.compile(  # what Logseq and others put before the words of a block that is a task, and of a heading
    r"(?:(?:NOW|LATER|TODO|DOING|DONE|WAIT|WAITING|CANCELED|CANCELLED|STARTED|IN-PROGRESS|\[[ xX]\])(?:\s++|$))?"
    r"(?:\[#[ABC]\](?:\s++|$))?(?:#{1,6}\s++)?"
)
_DRAWER = re.compile(r":[A-Z][A-Z_-]*:")  # a line of its own; :END: ends it
_CLOCK = re.compile(r"(?:CLOCK|SCHEDULED|DEADLINE|CLOSED):\s*+[\[<].*")


# Blocks


@dataclass
class _Code:
    """A piece of code in a block."""

    mark: str
    language: str
    column: int  # of its fence
    line: int
    lines: list[str] = field(default_factory=list)


@dataclass
class _Block:
    """A bullet with what belongs to it."""

    line: int
    column: int
    parts: list[str | _Code]  # its lines, the first one behind the bullet; code is one part
    card: bool = False
    properties: list[tuple[int, str, str]] = field(default_factory=list)  # line, name, value
    children: list["_Block"] = field(default_factory=list)
    left: list[Note] = field(default_factory=list)  # what is no part of a card

    def below(self) -> Iterator[tuple["_Block", int]]:
        """The blocks below a card with their depth. A card inside a card is a card of its own, with what is in it."""
        waiting = [(child, 0) for child in reversed(self.children)]  # no recursion: a file may nest as deep as it likes
        while waiting:
            block, depth = waiting.pop()
            if not block.card:
                yield block, depth
                waiting += [(child, depth + 1) for child in reversed(block.children)]

    def answer(self) -> Iterator[str]:
        """The lines below a card."""
        for block, depth in self.below():
            for part in block.parts:
                lines = fenced(part.lines, _unescape(part.language)) if isinstance(part, _Code) else [_unescape(part)]
                yield from ("  " * depth + line for line in lines)


class _Reader:
    """Reads lines, one after the other, into blocks."""

    def __init__(self, bullets: str) -> None:
        self.bullets = bullets  # the signs that are bullets here
        self.every: list[_Block] = []
        self.outside: list[int] = []  # lines that belong to no block
        self._stack: list[_Block] = []  # the block being read and those around it
        self._code: _Code | None = None
        self._drawer = False

    def take(self, number: int, raw: str) -> None:
        """Read a line."""
        line = printable(raw).rstrip()
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        bullet = _BULLET.fullmatch(line)
        column = indent_width(indent)
        if bullet and bullet[2][0] in self.bullets:
            column += 2 * (len(bullet[2]) - 1)
        else:
            bullet = None
        ends = bullet is not None and bool(self._stack) and column <= self._stack[-1].column  # another block begins
        if self._code is not None and not ends:
            if closes(line, self._code.mark):
                self._code = None
            else:
                self._code.lines.append(without_indent(line, self._code.column))
        elif self._drawer and not bullet and line.strip():
            self._drawer = line.strip().upper() != ":END:"
        elif bullet:
            self._begin(number, column, (bullet[3] or "").strip())
        elif indent and self._stack and line.strip():
            self._go_on(number, column, line)
        elif line.strip():
            self._stack.clear()
            self.outside.append(number)

    def end(self) -> None:
        """Nothing more comes of the block."""
        if self._code is not None:
            note = Note(self._code.line, "this block of code is never closed; it ends where its block does.")
            self._stack[-1].left.append(note)
            self._code = None

    def _begin(self, number: int, column: int, text: str) -> None:
        """A bullet."""
        self.end()
        self._drawer = False
        block = _Block(number, column, [text], _tag_at(text) is not None)
        while self._stack and self._stack[-1].column >= column:
            self._stack.pop()
        if self._stack:
            self._stack[-1].children.append(block)
        self._stack.append(block)
        self.every.append(block)
        if not block.card and (fence := fence_of(text)):
            self._code = _Code(*fence, column + 2, number)
            block.parts = [self._code]

    def _go_on(self, number: int, column: int, line: str) -> None:
        """A further line of a block."""
        block, said = self._stack[-1], line.strip()
        if fence := fence_of(said):
            self._code = _Code(*fence, column, number)
            block.parts.append(self._code)
        elif _DRAWER.fullmatch(said):
            self._drawer = said != ":END:"
            block.left.append(Note(number, TASKS_LEAVINGS))
        elif _CLOCK.fullmatch(said):
            block.left.append(Note(number, TASKS_LEAVINGS))
        elif found := _PROPERTY.fullmatch(line):
            block.properties.append((number, found[1].lower(), (found[2] or "").strip()))
        else:
            block.parts.append(said)
            block.card |= _tag_at(said) is not None


def _blocks(lines: Sequence[str]) -> tuple[list[_Block], list[int]]:
    """All blocks in order, children linked to parents; and the lines that belong to none."""
    dashes = any((found := _BULLET.fullmatch(line.rstrip())) and found[2] == "-" for line in lines)
    reader = _Reader("-" if dashes else "*+")
    for number, line in enumerate(lines, 1):
        reader.take(number, line)
    reader.end()
    for block in reader.every:
        tags = [value for _, name, value in block.properties if name == "tags"]
        block.card |= any(tag.strip(" #[]").lower() == "card" for value in tags for tag in value.split(","))
    return reader.every, reader.outside


def _tag_at(text: str) -> tuple[int, int] | None:
    """Where `#card` stands in a line, but for what is code there; None where it does not."""
    if "`" not in text:
        tag = _ONLY_TAG.search(text)
        return tag.span() if tag else None
    found = list(_TAG_OR_CODE.finditer(text))
    last = {match["code"]: number for number, match in enumerate(found) if match["code"]}
    inside = ""  # the signs that end the code
    for number, match in enumerate(found):
        if inside:
            inside = "" if match["code"] == inside else inside
        elif not match["code"]:
            return match.span()
        elif last[match["code"]] > number:  # signs that are never closed are no code
            inside = match["code"]
    return None


def _question(block: _Block) -> str:
    """The question without its `#card`; what stands behind the tag as hashtags alone goes into the tags.

    A question is one line: code in it, too.
    """
    text = " ".join(f"`{' '.join(part.lines)}`" if isinstance(part, _Code) else part for part in block.parts)
    before, after = text, ""
    if span := _tag_at(text):
        before, after = text[: span[0]], text[span[1] :]
    if after.split() and all(word.startswith("#") and len(word) > 1 for word in after.split()):
        block.properties.append((block.line, "tags", ",".join(after.split())))
        after = ""
    return _unescape(f"{before} {after}".strip())


# A visitor's text


def has_card(text: str) -> bool:
    """Whether `#card` stands anywhere."""
    return _ONLY_TAG.search(text) is not None


def read(text: str) -> Imported:
    """The cards in a visitor's Logseq page. Blocks without `#card` are other notes, and are passed over.

    What a task leaves in a block (DONE, :LOGBOOK:, CLOCK) is left out and named, and so is `#card` where it marks none.

    Raises:
        Refused: there is too much text.
    """
    if len(text) > MAX_BYTES:
        raise Refused(f"This text has more than the {MAX_BYTES:,} characters allowed.")
    lines = split_lines(text)
    if len(lines) > MAX_LINES:
        raise Refused(f"This text has {len(lines):,} lines, more than the {MAX_LINES:,} allowed.")
    blocks, outside = _blocks(lines)
    notes = [
        Note(n, "#card marks no card here: it must stand in a bullet (-).") for n in outside if _tag_at(lines[n - 1])
    ]
    found: list[tuple[int, dict[str, str]]] = []
    for block in blocks:
        if block.card:
            raw = {"question": _question(block), "answer": "\n".join(block.answer())}
            ours = any(name == "kind" for _, name, _ in block.properties)  # written here: its words are its own
            if not ours and (task := _TASK.match(raw["question"])):
                raw["question"] = raw["question"][task.end() :]
                block.left += [Note(block.line, TASKS_LEAVINGS)] if task[0].strip(" #") else []
            for line, name, value in block.properties:
                if name == "tags":
                    raw[name] = ",".join(filter(None, (raw.get(name), value)))
                elif reason := property_fault(name, value):
                    notes.append(Note(line, f"{reason[0].upper()}{reason[1:]}"))
                elif name in PROPERTIES:  # Logseq's own, as card-ease-factor, say nothing here
                    raw[name] = value
            notes += [*block.left, *(note for below, _ in block.below() for note in below.left)]
            found.append((block.line, raw))
    return gather(found, notes)


# Our own files


def read_strictly(text: str, name: str) -> list[tuple[int, Flashcard]]:
    """The cards of one of our own files, each with its line.

    Headings (`# …`) and comments (`<!-- … -->` on one line) may stand between cards.

    Args:
        text: the file.
        name: what to call it in an error.

    Raises:
        BadCard: for the first line that is not as it should be, with its number.
    """
    lines = split_lines(text)
    blocks, outside = _blocks(lines)
    for number in outside:
        if not lines[number - 1].startswith(("# ", "## ", "<!--")):
            raise BadCard(f"{name}, line {number}: this belongs to no card.")
    inside = {id(child) for block in blocks for child in block.children}
    found: list[tuple[int, Flashcard]] = []
    for block in blocks:
        if block.card and id(block) in inside:
            raise BadCard(f"{name}, line {block.line}: a card inside a card.")
        if not block.card and id(block) not in inside:
            raise BadCard(f"{name}, line {block.line}: a block that is no card: #card is missing.")
        for note in block.left:
            raise BadCard(f"{name}, line {note.line}: {note.reason}")
        if not block.card and block.properties:
            line, prop, _ = block.properties[0]
            raise BadCard(f"{name}, line {line}: {prop}:: stands below the answer, not below the question.")
        if block.card:
            found.append((block.line, _strict(block, name)))
    return found


def _strict(block: _Block, name: str) -> Flashcard:
    raw = {"question": _question(block), "answer": "\n".join(block.answer())}
    for line, prop, value in block.properties:
        if prop not in PROPERTIES:
            raise BadCard(f"{name}, line {line}: a card has no property {prop}; it has {', '.join(PROPERTIES)}.")
        if prop in raw:
            raise BadCard(f"{name}, line {line}: {prop} is given twice.")
        if reason := property_fault(prop, value):
            raise BadCard(f"{name}, line {line}: {reason}")
        raw[prop] = value
    for prop in ("id", "task", "level", "kind"):
        if prop not in raw:
            raise BadCard(f"{name}, line {block.line}: {prop}:: is missing.")
    try:
        return from_texts(raw)
    except BadCard as bad:
        raise BadCard(f"{name}, line {block.line}: {bad}") from None


# Cards to text


def write(cards: Iterable[Flashcard]) -> str:
    """Logseq text; `read` and `read_strictly` give the same cards back."""
    return "\n".join(_written(card) for card in cards)


def _written(card: Flashcard) -> str:
    properties = {
        "id": card.id,
        "task": card.task,
        "level": str(card.level),
        "kind": card.kind,
        "wrong": " | ".join(card.wrong),
        "draw": card.draw,
        "page": card.page,
        "source": card.source,
        "tags": ", ".join(card.tags),
    }
    lines = [f"- {_escape(card.question)} #card"]
    lines += [f"  {name}:: {value}" for name, value in properties.items() if value]
    for depth, text, code, language in card.blocks():
        indent = "  " * (depth + 1)
        if code:
            first, *others = fenced(text.split("\n"), _escape(language))
            lines += [f"{indent}- {first}", *(f"{indent}  {line}".rstrip() for line in others)]
        else:
            lines.append(f"{indent}- {_escape(text)}")
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    """`#card` inside a text, marked so that it is not taken for the tag."""
    return _ESCAPE.sub(r"\\\1\2", text)


def _unescape(text: str) -> str:
    return _UNESCAPE.sub(r"\1\2", text)
