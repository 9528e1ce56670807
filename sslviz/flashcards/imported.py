"""What comes out of a visitor's file, whatever its format: the cards, notes of what could not be used, or a refusal."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sslviz.flashcards.card import MAX_CARDS, BadCard, Flashcard, from_texts
from sslviz.flashcards.markup import lines, pieces

NUMBERS = 5  # of lines with one reason that are named
_MEDIA = re.compile(r"!\[|<(?:img|video|audio)\b|\[sound:|\{\{(?:video|youtube|renderer)\b", re.IGNORECASE)
_REFERENCE = re.compile(r"\(\([0-9a-f-]{36}\)\)|\{\{(?:embed|query)\b", re.IGNORECASE)
_FORMULA = re.compile(r"\$\$|\\\(|\\\[(?!\[)|\[latex\]|\[\$\]", re.IGNORECASE)


class Refused(ValueError):
    """A whole file cannot be used. The message is one sentence that says what is accepted."""


@dataclass(frozen=True)
class Note:
    """A line of a visitor's file that was skipped, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.reason}"


def told(notes: Iterable[Note], what: str = "Line") -> list[str]:
    """A sentence for each reason, with the numbers of its lines; `what`: what the numbers count.

    >>> told([Note(3, "no."), Note(7, "no."), Note(4, "why?")])
    ['Lines 3 and 7: no.', 'Line 4: why?']
    """
    by_reason: dict[str, list[int]] = {}
    for note in notes:
        by_reason.setdefault(note.reason, []).append(note.line)
    return [_told(what, list(dict.fromkeys(numbers)), reason) for reason, numbers in by_reason.items()]


def _told(what: str, numbers: list[int], reason: str) -> str:
    if len(numbers) == 1:
        return f"{what} {numbers[0]}: {reason}" if numbers[0] else reason
    first, last = numbers[: NUMBERS - 1], numbers[NUMBERS - 1 :]
    more = [f"{len(last)} more"] if len(last) > 1 else [f"{number:d}" for number in last]
    named = [f"{number:d}" for number in first] + more
    return f"{what}s {', '.join(named[:-1])} and {named[-1]}: {reason}"


@dataclass(frozen=True)
class Imported:
    """What came out of a visitor's file."""

    cards: tuple[Flashcard, ...] = ()
    notes: tuple[Note, ...] = ()


def gather(found: Iterable[tuple[int, Mapping[str, str]]], notes: Sequence[Note] = ()) -> Imported:
    """Cards from raw texts of a visitor: `question`, `answer` and whatever else a card has, by line number.

    What cannot be used is named and left out; a second card with the same id is one of these.
    """
    noted = list(notes)
    cards: dict[str, Flashcard] = {}
    places: dict[str, int] = {}
    for line, raw in found:
        try:
            card = from_texts(raw)
        except BadCard as bad:
            noted.append(Note(line, f"the card was left out: {bad}"))
            continue
        if card.id in cards:
            noted.append(Note(line, f"the card was left out: it is the same as the one in line {places[card.id]}."))
        elif len(cards) >= MAX_CARDS:
            noted.append(Note(line, f"this card and all after it were left out: at most {MAX_CARDS:,} are allowed."))
            break
        else:
            cards[card.id], places[card.id] = card, line
            noted += [Note(line, reason) for reason in _shown_as_written(card)]
    return Imported(tuple(cards.values()), tuple(sorted(noted, key=lambda note: note.line)))


def _shown_as_written(card: Flashcard) -> Iterator[str]:
    """What of a card cannot be shown as its program shows it."""
    parts = [pieces(text) for text in (card.question, *card.wrong)]
    parts += [line for block in card.blocks() for line in lines(block)]
    text = "\n".join("".join(said for mark, said in part if mark != "code") for part in parts)
    inside = text.split("$")[1:-1:2]  # between two signs of a dollar
    if _FORMULA.search(text) or any(sign in part for part in inside for sign in "\\^_{="):
        yield "a formula (LaTeX) is shown as it is written."
    if _MEDIA.search(text):
        yield "a picture, sound or video cannot be brought along; the card shows its name."
    if _REFERENCE.search(text):
        yield "a reference to another block cannot be followed."
    if "{{cloze" in text.lower() and "{{cloze" in card.filled.lower():
        yield "a gap was left as it is written: between {{cloze and }} there may be no braces."
