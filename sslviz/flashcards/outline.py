"""The text that cards are written in, read and written.

A card is written as Logseq writes it, a block with `#card` and the answer in the blocks below:

    - What is hidden, and what is the label? #card
      id:: mw-what-is-the-label
      task:: masked_words
      level:: 1
      kind:: plain
      - A word is hidden; the hidden word itself is the label.

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
    from_texts,
    indent_width,
    printable,
    property_fault,
    split_lines,
)
from sslviz.flashcards.imported import Imported, Note, Refused, gather

PROPERTIES = ("id", "task", "level", "kind", "wrong", "draw", "page", "source", "tags")

_BULLET = re.compile(r"([ \t]*)-(?:[ \t]+(.*))?")
_PROPERTY = re.compile(r"[ \t]+([A-Za-z][\w.-]*)::(?:[ \t]+(.*))?")
_TAG = re.compile(r"(?<!\S)#(?:card|\[\[card\]\])(?!\S)")
_ESCAPE = re.compile(r"(?<!\S)(\\*)(#(?:card|\[\[card\]\]))(?!\S)")
_UNESCAPE = re.compile(r"(?<!\S)\\(\\*)(#(?:card|\[\[card\]\]))(?!\S)")


# Blocks


@dataclass
class _Block:
    """A bullet with what belongs to it."""

    line: int
    column: int
    text: str
    card: bool
    extra: list[str] = field(default_factory=list)  # further lines of the same block
    properties: list[tuple[int, str, str]] = field(default_factory=list)  # line, name, value
    children: list["_Block"] = field(default_factory=list)

    def answer(self, depth: int = 0) -> Iterator[str]:
        """The lines below a card. A card inside a card is a card of its own and no part of the answer."""
        for child in self.children:
            if not child.card:
                for text in (child.text, *child.extra):
                    yield "  " * depth + _UNESCAPE.sub(r"\1\2", text)
                yield from child.answer(depth + 1)


def _blocks(lines: Sequence[str]) -> tuple[list[_Block], list[int]]:
    """All blocks in order, children linked to parents; and the lines that belong to none."""
    every: list[_Block] = []
    outside: list[int] = []
    stack: list[_Block] = []  # the block being read and those around it
    for number, raw in enumerate(lines, 1):
        line = printable(raw).rstrip()
        if not line.strip():
            continue
        if bullet := _BULLET.fullmatch(line):
            block = _Block(
                number, indent_width(bullet[1]), (bullet[2] or "").strip(), bool(_TAG.search(bullet[2] or ""))
            )
            while stack and stack[-1].column >= block.column:
                stack.pop()
            if stack:
                stack[-1].children.append(block)
            stack.append(block)
            every.append(block)
        elif line[0] in " \t" and stack:
            if found := _PROPERTY.fullmatch(line):
                stack[-1].properties.append((number, found[1].lower(), (found[2] or "").strip()))
            else:
                stack[-1].extra.append(line.strip())
                stack[-1].card |= bool(_TAG.search(line))
        else:
            stack.clear()
            outside.append(number)
    return every, outside


def _question(block: _Block) -> str:
    """The question without its `#card`; what stands behind the tag as hashtags alone goes into the tags."""
    text = " ".join((block.text, *block.extra))
    before, after = _TAG.split(text, maxsplit=1)
    if after.split() and all(word.startswith("#") and len(word) > 1 for word in after.split()):
        block.properties.append((block.line, "tags", ",".join(after.split())))
        after = ""
    return _UNESCAPE.sub(r"\1\2", f"{before} {after}".strip())


# A visitor's text


def read(text: str) -> Imported:
    """The cards in a visitor's Logseq page. Blocks without `#card` are other notes, and are passed over.

    Raises:
        Refused: there is too much text.
    """
    if len(text) > MAX_BYTES:
        raise Refused(f"This text has more than the {MAX_BYTES:,} characters allowed.")
    lines = split_lines(text)
    if len(lines) > MAX_LINES:
        raise Refused(f"This text has {len(lines):,} lines, more than the {MAX_LINES:,} allowed.")
    blocks, _ = _blocks(lines)
    notes: list[Note] = []
    found: list[tuple[int, dict[str, str]]] = []
    for block in blocks:
        if block.card:
            raw = {"question": _question(block), "answer": "\n".join(block.answer())}
            for line, name, value in block.properties:
                if reason := property_fault(name, value):
                    notes.append(Note(line, f"{reason[0].upper()}{reason[1:]}"))
                elif name == "tags" and name in raw:
                    raw[name] += f",{value}"
                elif name in PROPERTIES:  # Logseq's own, as card-ease-factor, say nothing here
                    raw[name] = value
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
    lines += [f"{'  ' * (depth + 1)}- {_escape(text)}" for depth, text in card.blocks()]
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    """`#card` inside a text, marked so that it is not taken for the tag."""
    return _ESCAPE.sub(r"\\\1\2", text)
