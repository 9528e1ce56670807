"""A card: what it holds, how it is tidied, and what makes it one that cannot be used."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from sslviz.catalogue import TASKS

GENERAL = "general"  # the task of a card that belongs to none
KINDS = {
    "plain": "a question and its answer",
    "cloze": "a sentence with gaps",
    "choice": "one right answer among wrong ones",
    "misconception": "a wrong statement, put right",
    "picture": "a pseudo-label that the task draws anew each time",
}
LEVELS = {1: "Basic", 2: "Standard", 3: "Detailed"}

MAX_BYTES = 1_000_000  # of a visitor's file
MAX_LINES = 20_000
MAX_CARDS, MAX_OWN = 2_000, 1_000_000  # a visitor's own cards; characters of all of them together
MAX_QUESTION = 600  # characters
MAX_ANSWER = 4_000
MAX_SOURCE = 400
MAX_TAGS, MAX_TAG = 12, 40
MAX_WRONG, MAX_OPTION = 6, 300

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
# Every pattern that meets a visitor's text must take a time that grows with its length and no faster: no part of one
# may match what the next part matches, too. What is inside a gap is stripped afterwards.
_GAP = re.compile(r"\{\{cloze\s([^{}]*+)\}\}")
_FENCE = re.compile(r"(`{3,}+|~{3,}+)([^`]*+)")


class BadCard(ValueError):
    """A card cannot be used. The message says why, in one sentence."""


@dataclass(frozen=True)
class Gap:
    """What a cloze hides: the words, and a hint if there is one."""

    text: str
    hint: str = ""


class Block(NamedTuple):
    """A piece of an answer.

    Attributes:
        depth: how far it is nested, 0 for the outermost.
        text: one line; of code all its lines, as they are.
        code: whether it is code.
        language: of the code, where it is said.
    """

    depth: int
    text: str
    code: bool = False
    language: str = ""


@dataclass(frozen=True)
class Flashcard:
    """One card. Make one with `make`, which checks it.

    Attributes:
        id: stable name, a to z, 0 to 9 and hyphens; a learner's progress hangs on it, so it never changes.
        question: one line; may hold `{{cloze …}}` gaps.
        answer: lines; two spaces at the start of a line for each step that it is nested; code between two lines of
            ```. May be empty for a cloze or a picture, which bring their answer along.
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
    def size(self) -> int:
        """Characters of all its texts."""
        return sum(map(len, (self.question, self.answer, self.source, *self.wrong, *self.tags)))

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

    def blocks(self) -> tuple[Block, ...]:
        """The answer in pieces."""
        return blocks_of(self.answer)

    def as_dict(self) -> dict[str, Any]:
        """Plain data; `from_dict` takes it back."""
        return {**asdict(self), "wrong": list(self.wrong), "tags": list(self.tags)}


# A card is made


def make(card_id: str, question: str, answer: str = "", **rest: Any) -> Flashcard:
    """A card, tidied and checked.

    Args:
        card_id: its id.
        question: line breaks become spaces.
        answer: lines; blank ones are dropped but in code, nesting is made regular.
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


def from_texts(raw: Mapping[str, str]) -> Flashcard:
    """A card from raw texts: `question`, `answer` and whatever else a card has; what is missing is guessed.

    Raises:
        BadCard: the card cannot be used.
    """
    question = one_line(raw["question"])
    if reason := _too_long("question", question, MAX_QUESTION):  # before anything is looked for in it
        raise BadCard(reason)
    kind = raw.get("kind") or ("cloze" if _GAP.search(question) else "plain")
    return make(
        raw.get("id") or own_id(question),
        question,
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


def own_id(question: str) -> str:
    """An id for a card that came without one: the same question gets the same id again."""
    return "own-" + hashlib.sha256(question.encode()).hexdigest()[:20]


def is_id(text: object) -> bool:
    """Whether this could be a card's id."""
    return isinstance(text, str) and bool(_ID.fullmatch(text))


# What is wrong with it


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
        if reason := _too_long(name, text, most):
            yield reason
    if len(card.tags) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in card.tags):
        yield f"at most {MAX_TAGS} tags of {MAX_TAG} characters are allowed."
    for name, text in (("task", card.task), ("level", str(card.level)), ("kind", card.kind), ("page", card.page)):
        if reason := property_fault(name, text):
            yield reason
    yield from _kind_faults(card)


def _too_long(name: str, text: str, most: int) -> str:
    return f"the {name} has {len(text):,} characters, more than the {most:,} allowed." if len(text) > most else ""


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
        elif fence_of(card.right):
            yield "the right answer of a choice is one line, and no block of code."
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


# Texts


def one_line(text: str) -> str:
    """Without control characters, each run of white space one space."""
    return " ".join(printable(text).split())


def split_lines(text: str) -> list[str]:
    r"""Lines as an editor counts them: \\n, \\r\\n and \\r end one, and nothing else does."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def printable(text: str) -> str:
    """Without control characters (line breaks and tabs stay), halves of surrogate pairs, and marks of byte order."""
    if text.isprintable():
        return text
    dropped = {"Cc", "Cs"}
    return "".join(
        sign for sign in text if sign in "\n\t" or (unicodedata.category(sign) not in dropped and sign != "\ufeff")
    )


def indent_width(indent: str) -> int:
    """How far an indent reaches; a tab counts as two spaces."""
    return sum(2 if sign == "\t" else 1 for sign in indent)


def _halves(inside: str) -> tuple[str, str]:
    text, _, hint = inside.partition("\\\\")
    return text.strip(), hint.strip()


def _tidy_answer(text: str) -> str:
    """Blank lines dropped but in code; a line is nested at most one step deeper than the one before it."""
    return "\n".join(
        line and "  " * block.depth + line
        for block in blocks_of(text)
        for line in (fenced(block.text.split("\n"), block.language) if block.code else [block.text])
    )


def blocks_of(text: str) -> tuple[Block, ...]:
    """The pieces of an answer, tidied: see Block. Code that is never closed ends with the text, as in CommonMark."""
    found: list[Block] = []
    depth, mark, language = -1, "", ""  # mark: the fence of the code that is being read
    width, code = 0, [""]
    for line in split_lines(text):
        said = printable(line).strip()
        if mark and closes(said, mark):
            found.append(Block(depth, "\n".join(code), True, language))
            mark = ""
        elif mark:
            code.append(printable(without_indent(line, width)).rstrip())
        elif said:
            indent = indent_width(line[: len(line) - len(line.lstrip(" \t"))])
            depth = min(indent // 2, depth + 1)
            if fence := fence_of(said):
                (mark, language), width, code = fence, indent, []
            else:
                found.append(Block(depth, said))
    if mark:
        found.append(Block(depth, "\n".join(code), True, language))
    return tuple(found)


def fence_of(line: str) -> tuple[str, str] | None:
    """(the signs, the language) of a line that begins a block of code, as CommonMark has it; None for other lines."""
    found = _FENCE.fullmatch(line.strip())
    return (found[1], one_line(found[2])) if found else None


def closes(line: str, mark: str) -> bool:
    """Whether a line ends the block of code that began with these signs."""
    said = line.strip()
    return len(said) >= len(mark) and not said.strip(mark[0])


def fenced(code: Iterable[str], language: str) -> list[str]:
    """Lines of code between two lines of signs that do not occur in it."""
    lines = list(code)
    longest = max((len(run) for line in lines for run in re.findall(r"`++", line)), default=0)
    mark = "`" * max(3, longest + 1)
    return [mark + language, *lines, mark]


def without_indent(line: str, width: int) -> str:
    """The line without its indent, as far as that is no wider than `width`."""
    for at, sign in enumerate(line):
        width -= indent_width(sign)
        if sign not in " \t" or width < 0:
            return line[at:]
    return ""


def _tidy_tag(text: str) -> str:
    return one_line(re.sub(r"[#\[\],|]", " ", text))


def _short(text: str) -> str:
    """In quotes, at most 40 characters of it."""
    text = one_line(text)
    return f"“{text}”" if len(text) <= 40 else f"“{text[:39]}…”"
