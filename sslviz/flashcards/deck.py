"""The cards: what one holds, how it is written down, and the whole deck.

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

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from sslviz.catalogue import TASKS
from sslviz.data import ASSETS

FOLDER = ASSETS / "cards"
GENERAL = "general"  # the task of a card that belongs to none
KINDS = {
    "plain": "a question and its answer",
    "cloze": "a sentence with gaps",
    "choice": "one right answer among wrong ones",
    "misconception": "a wrong statement, put right",
    "picture": "a pseudo-label that the task draws anew each time",
}
PROPERTIES = ("id", "task", "level", "kind", "wrong", "draw", "page", "source", "tags")
LEVELS = {1: "Basic", 2: "Standard", 3: "Detailed"}

MAX_BYTES = 1_000_000  # of a visitor's file
MAX_LINES = 20_000
MAX_CARDS = 2_000  # a visitor's own
MAX_QUESTION = 600  # characters
MAX_ANSWER = 4_000
MAX_SOURCE = 400
MAX_TAGS, MAX_TAG = 12, 40
MAX_WRONG, MAX_OPTION = 6, 300

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_GAP = re.compile(r"\{\{cloze\s+([^{}]+?)\s*\}\}")
_BULLET = re.compile(r"([ \t]*)-(?:[ \t]+(.*))?")
_PROPERTY = re.compile(r"[ \t]+([A-Za-z][\w.-]*)::(?:[ \t]+(.*))?")
_TAG = re.compile(r"(?<!\S)#(?:card|\[\[card\]\])(?!\S)")
_ESCAPE = re.compile(r"(?<!\S)(\\*)(#(?:card|\[\[card\]\]))(?!\S)")
_UNESCAPE = re.compile(r"(?<!\S)\\(\\*)(#(?:card|\[\[card\]\]))(?!\S)")


class BadCard(ValueError):
    """A card cannot be used. The message says why, in one sentence."""


class Refused(ValueError):
    """A whole file cannot be used. The message is one sentence that says what is accepted."""


@dataclass(frozen=True)
class Gap:
    """What a cloze hides: the words, and a hint if there is one."""

    text: str
    hint: str = ""


@dataclass(frozen=True)
class Flashcard:
    """One card. Make one with `make`, which checks it.

    Attributes:
        id: stable name, a to z, 0 to 9 and hyphens; a learner's progress hangs on it, so it never changes.
        question: one line; may hold `{{cloze …}}` gaps.
        answer: lines; two spaces at the start of a line for each step that it is nested. May be empty for a cloze
            or a picture, which bring their answer along.
        task: a slug of the catalogue, or "general".
        level: 1 to 3, a key of LEVELS.
        kind: a key of KINDS.
        wrong: the wrong answers of a choice; the right one is the answer's first line.
        draw: slug of the task that draws the picture.
        page: slug of the page that teaches it, where that is not the task's own.
        source: where it is from.
        tags: further words to find it by.
    """

    id: str
    question: str
    answer: str = ""
    task: str = GENERAL
    level: int = 1
    kind: str = "plain"
    wrong: tuple[str, ...] = ()
    draw: str = ""
    page: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()

    @property
    def right(self) -> str:
        """The first line of the answer: the right one of a choice."""
        return self.answer.split("\n", 1)[0]

    @property
    def teaches(self) -> str:
        """Slug of the page that teaches it; empty where none does."""
        return self.page or (self.task if self.task != GENERAL else "")

    @property
    def gaps(self) -> tuple[Gap, ...]:
        r"""What the gaps of the question hide, in order. As in Logseq, `{{cloze words\\hint}}` gives a hint, too."""
        return tuple(Gap(*_halves(match[1])) for match in _GAP.finditer(self.question))

    @property
    def filled(self) -> str:
        """The question with every gap filled in."""
        return _GAP.sub(lambda match: _halves(match[1])[0], self.question)

    def pieces(self) -> tuple[str | Gap, ...]:
        """The question cut at its gaps: text and gaps in turn, text at both ends (it may be empty)."""
        found: list[str | Gap] = []
        end = 0
        for match in _GAP.finditer(self.question):
            found += [self.question[end : match.start()], Gap(*_halves(match[1]))]
            end = match.end()
        return (*found, self.question[end:])

    def blocks(self) -> tuple[tuple[int, str], ...]:
        """The answer as (depth, text) line by line, depth 0 for the outermost."""
        lines = self.answer.split("\n") if self.answer else []
        return tuple(((len(line) - len(line.lstrip(" "))) // 2, line.strip()) for line in lines)

    def as_dict(self) -> dict[str, Any]:
        """Plain data; `from_dict` takes it back."""
        return {**asdict(self), "wrong": list(self.wrong), "tags": list(self.tags)}


@dataclass(frozen=True)
class Note:
    """A line of a visitor's file that was skipped, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.reason}"


@dataclass(frozen=True)
class Imported:
    """What came out of a visitor's file."""

    cards: tuple[Flashcard, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Deck:
    """All cards: the basic ones of every task before the next level, so that new cards come in a sensible order."""

    cards: tuple[Flashcard, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)  # id → "file, line n"

    @cached_property
    def by_id(self) -> dict[str, Flashcard]:
        """A card by its id."""
        return {card.id: card for card in self.cards}

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids, in the deck's order."""
        return tuple(card.id for card in self.cards)

    def of(self, task: str | None = None, level: int | None = None, kind: str | None = None) -> tuple[Flashcard, ...]:
        """The cards of a task, a level, a kind; None leaves it open."""
        return tuple(
            card
            for card in self.cards
            if task in {None, card.task} and level in {None, card.level} and kind in {None, card.kind}
        )

    @cached_property
    def groups(self) -> dict[str, dict[int, tuple[Flashcard, ...]]]:
        """Cards by task (general first, then in the catalogue's order), then by level."""
        return {
            task: {level: found for level in LEVELS if (found := self.of(task, level))}
            for task in (GENERAL, *TASKS)
            if self.of(task)
        }

    def joined(self, others: Iterable[Flashcard]) -> "Deck":
        """This deck with a visitor's own cards; where an id is in both, ours stays."""
        mine = tuple(card for card in others if card.id not in self.by_id)
        return Deck(_in_order((*self.cards, *mine)), self.places) if mine else self


# One card


def make(card_id: str, question: str, answer: str = "", **rest: Any) -> Flashcard:
    """A card, tidied and checked.

    Args:
        card_id: its id.
        question: line breaks become spaces.
        answer: lines; blank ones are dropped, nesting is made regular.
        **rest: the other attributes of Flashcard.

    Raises:
        BadCard: something about it cannot be used.
    """
    card = Flashcard(card_id, one_line(question), _tidy_answer(answer), **rest)
    card = replace(
        card,
        wrong=tuple(one_line(option) for option in card.wrong),
        source=one_line(card.source),
        tags=tuple(dict.fromkeys(filter(None, map(_tidy_tag, card.tags)))),
    )
    for reason in _faults(card):
        raise BadCard(reason)
    return card


def from_dict(given: Any) -> Flashcard:
    """The card that `as_dict` made plain data of, checked again.

    Raises:
        BadCard: it is not such data, or the card cannot be used.
    """
    if not isinstance(given, dict):
        raise BadCard("this is no card.")
    texts = {
        name: given.get(name, "") for name in ("id", "question", "answer", "task", "kind", "draw", "page", "source")
    }
    lists = {name: given.get(name, []) for name in ("wrong", "tags")}
    if not all(isinstance(value, str) for value in texts.values()):
        raise BadCard("a text of this card is no text.")
    if not all(isinstance(value, list) and all(isinstance(one, str) for one in value) for value in lists.values()):
        raise BadCard("a list of this card is no list of texts.")
    level = given.get("level", 1)
    if not isinstance(level, int) or isinstance(level, bool):
        raise BadCard("the level of this card is no number.")
    if len(texts["question"]) > MAX_BYTES or len(texts["answer"]) > MAX_BYTES:
        raise BadCard("this card is far too long.")
    card_id, question, answer = (texts.pop(name) for name in ("id", "question", "answer"))
    return make(card_id, question, answer, **texts, level=level, **{name: tuple(v) for name, v in lists.items()})


def is_id(text: object) -> bool:
    """Whether this could be a card's id."""
    return isinstance(text, str) and bool(_ID.fullmatch(text))


def one_line(text: str) -> str:
    """Without control characters, each run of white space one space."""
    return " ".join(_printable(text).split())


def split_lines(text: str) -> list[str]:
    r"""Lines as an editor counts them: \\n, \\r\\n and \\r end one, and nothing else does."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def own_id(question: str) -> str:
    """An id for a card that came without one: the same question gets the same id again."""
    return "own-" + hashlib.sha256(one_line(question).encode()).hexdigest()[:20]


def _faults(card: Flashcard) -> Iterator[str]:
    """Why a tidied card cannot be used, the first reason first."""
    if not is_id(card.id):
        yield "the id must be made of a to z, 0 to 9 and single hyphens inside, at most 64 characters."
    if not card.question:
        yield "there is no question."
    if not card.answer and card.kind not in {"cloze", "picture"}:
        yield "there is no answer below the question."
    for name, text, most in (
        ("question", card.question, MAX_QUESTION),
        ("answer", card.answer, MAX_ANSWER),
        ("source", card.source, MAX_SOURCE),
    ):
        if len(text) > most:
            yield f"the {name} has {len(text):,} characters, more than the {most:,} allowed."
    if len(card.tags) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in card.tags):
        yield f"at most {MAX_TAGS} tags of {MAX_TAG} characters are allowed."
    for name, text in (("task", card.task), ("level", str(card.level)), ("kind", card.kind), ("page", card.page)):
        if reason := property_fault(name, text):
            yield reason
    yield from _kind_faults(card)


def _kind_faults(card: Flashcard) -> Iterator[str]:
    if (card.kind == "cloze") != bool(card.gaps):
        yield (
            "a cloze needs a gap, written {{cloze words}}."
            if card.kind == "cloze"
            else "there is a gap in the question, so the kind must be cloze."
        )
    if any(not gap.text for gap in card.gaps):
        yield "a gap hides nothing."
    if card.kind == "choice":
        options = [card.right.casefold(), *(option.casefold() for option in card.wrong)]
        if not 1 <= len(card.wrong) <= MAX_WRONG:
            yield f"a choice needs 1 to {MAX_WRONG} wrong answers, written wrong:: one | another."
        elif not all(options) or len(set(options)) < len(options):
            yield "two answers of this choice are the same, or one is empty."
        elif any("|" in option or len(option) > MAX_OPTION for option in card.wrong):
            yield f"a wrong answer has at most {MAX_OPTION} characters and no |."
    elif card.wrong:
        yield "wrong answers belong to the kind choice."
    if card.kind == "picture":
        if card.draw not in TASKS:
            yield "a picture needs draw:: with the name of a task."
    elif card.draw:
        yield "draw belongs to the kind picture."


def property_fault(name: str, text: str) -> str:
    """Why a property cannot have this value; empty if it can."""
    if name == "id" and not is_id(text):
        return "the id must be made of a to z, 0 to 9 and single hyphens inside, at most 64 characters."
    if name == "task" and text not in {GENERAL, *TASKS}:
        return f"there is no task {_short(text)}."
    if name in {"page", "draw"} and text not in {"", *TASKS}:
        return f"there is no page {_short(text)}."
    if name == "level" and text not in {"1", "2", "3"}:
        return f"the level must be 1, 2 or 3, not {_short(text)}."
    if name == "kind" and text not in KINDS:
        return f"the kind must be one of {', '.join(KINDS)}, not {_short(text)}."
    return ""


def _halves(inside: str) -> tuple[str, str]:
    text, _, hint = inside.partition("\\\\")
    return text.strip(), hint.strip()


def _printable(text: str) -> str:
    """Without control characters (line breaks and tabs stay), halves of surrogate pairs, and marks of byte order."""
    if text.isprintable():
        return text
    dropped = {"Cc", "Cs"}
    return "".join(
        sign for sign in text if sign in "\n\t" or (unicodedata.category(sign) not in dropped and sign != "\ufeff")
    )


def _tidy_answer(text: str) -> str:
    """Blank lines dropped; a line is nested at most one step deeper than the one before it."""
    lines: list[str] = []
    depth = -1
    for line in split_lines(text):
        said = _printable(line).strip()
        if said:
            indent = len(line) - len(line.lstrip(" \t"))
            depth = min(_width(line[:indent]) // 2, depth + 1)
            lines.append("  " * depth + said)
    return "\n".join(lines)


def _tidy_tag(text: str) -> str:
    return one_line(re.sub(r"[#\[\],|]", " ", text))


def _width(indent: str) -> int:
    return sum(2 if sign == "\t" else 1 for sign in indent)


def _short(text: str) -> str:
    """In quotes, at most 40 characters of it."""
    text = one_line(text)
    return f"“{text}”" if len(text) <= 40 else f"“{text[:39]}…”"


# Text to cards


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


def gather(found: Iterable[tuple[int, Mapping[str, str]]], notes: Sequence[Note] = ()) -> Imported:
    """Cards from raw texts of a visitor: `question`, `answer` and whatever else a card has, by line number.

    What cannot be used is named and left out; a second card with the same id is one of these.
    """
    noted = list(notes)
    cards: dict[str, Flashcard] = {}
    lines: dict[str, int] = {}
    for line, raw in found:
        try:
            card = _from_raw(raw)
        except BadCard as bad:
            noted.append(Note(line, f"the card was left out: {bad}"))
            continue
        if card.id in cards:
            noted.append(Note(line, f"the card was left out: it is the same as the one in line {lines[card.id]}."))
        elif len(cards) >= MAX_CARDS:
            noted.append(Note(line, f"this card and all after it were left out: at most {MAX_CARDS:,} are allowed."))
            break
        else:
            cards[card.id], lines[card.id] = card, line
    return Imported(tuple(cards.values()), tuple(sorted(noted, key=lambda note: note.line)))


def _from_raw(raw: Mapping[str, str]) -> Flashcard:
    """A card from texts, what is missing guessed."""
    kind = raw.get("kind") or ("cloze" if _GAP.search(raw["question"]) else "plain")
    return make(
        raw.get("id") or own_id(raw["question"]),
        raw["question"],
        raw["answer"],
        task=raw.get("task") or GENERAL,
        level=int(raw.get("level") or 1),
        kind=kind,
        wrong=_split(raw.get("wrong", ""), "|"),
        draw=raw.get("draw", ""),
        page=raw.get("page", ""),
        source=raw.get("source", ""),
        tags=_split(raw.get("tags", ""), ","),
    )


def _split(text: str, sign: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(sign))))


def _question(block: _Block) -> str:
    """The question without its `#card`; what stands behind the tag as hashtags alone goes into the tags."""
    text = " ".join((block.text, *block.extra))
    before, after = _TAG.split(text, maxsplit=1)
    if after.split() and all(word.startswith("#") and len(word) > 1 for word in after.split()):
        block.properties.append((block.line, "tags", ",".join(after.split())))
        after = ""
    return _UNESCAPE.sub(r"\1\2", f"{before} {after}".strip())


def _blocks(lines: Sequence[str]) -> tuple[list[_Block], list[int]]:
    """All blocks in order, children linked to parents; and the lines that belong to none."""
    every: list[_Block] = []
    outside: list[int] = []
    stack: list[_Block] = []  # the block being read and those around it
    for number, raw in enumerate(lines, 1):
        line = _printable(raw).rstrip()
        if not line.strip():
            continue
        if bullet := _BULLET.fullmatch(line):
            block = _Block(number, _width(bullet[1]), (bullet[2] or "").strip(), bool(_TAG.search(bullet[2] or "")))
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
        return _from_raw(raw)
    except BadCard as bad:
        raise BadCard(f"{name}, line {block.line}: {bad}") from None


def load(folder: Path = FOLDER) -> Deck:
    """The deck in a folder of `*.md` files.

    Raises:
        BadCard: a file is not as it should be, two cards have one id, or there is no card at all.
    """
    cards: list[Flashcard] = []
    places: dict[str, str] = {}
    for path in sorted(folder.glob("*.md")):
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as error:
            raise BadCard(f"{path.name}: this is no UTF-8: {error.reason} at byte {error.start}.") from None
        for line, card in read_strictly(text, path.name):
            if card.id in places:
                raise BadCard(f"{path.name}, line {line}: the id {card.id} is taken by {places[card.id]}.")
            places[card.id] = f"{path.name}, line {line}"
            cards.append(card)
    if not cards:
        raise BadCard(f"There is no card in {folder.name}.")
    return Deck(_in_order(cards), places)


@cache
def deck() -> Deck:
    """Our own deck, read once."""
    return load()


def _in_order(cards: Iterable[Flashcard]) -> tuple[Flashcard, ...]:
    tasks = {task: place for place, task in enumerate((GENERAL, *TASKS))}
    return tuple(sorted(cards, key=lambda card: (card.level, tasks[card.task])))  # sorted() keeps a file's order


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
