"""The deck: all our own cards, out of the files in `assets/cards`, in the order in which they are learned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from sslviz.catalogue import TASKS
from sslviz.data import ASSETS
from sslviz.flashcards.card import GENERAL, LEVELS, BadCard, Flashcard
from sslviz.flashcards.outline import read_strictly

FOLDER = ASSETS / "cards"


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
