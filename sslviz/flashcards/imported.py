"""What comes out of a visitor's file, whatever its format: the cards, notes of what could not be used, or a refusal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sslviz.flashcards.card import MAX_CARDS, BadCard, Flashcard, from_texts


class Refused(ValueError):
    """A whole file cannot be used. The message is one sentence that says what is accepted."""


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


def gather(found: Iterable[tuple[int, Mapping[str, str]]], notes: Sequence[Note] = ()) -> Imported:
    """Cards from raw texts of a visitor: `question`, `answer` and whatever else a card has, by line number.

    What cannot be used is named and left out; a second card with the same id is one of these.
    """
    noted = list(notes)
    cards: dict[str, Flashcard] = {}
    lines: dict[str, int] = {}
    for line, raw in found:
        try:
            card = from_texts(raw)
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
