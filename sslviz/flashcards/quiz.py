"""Questions made from the cards: choose, type what is missing, or say whether a statement is right.

The statements that are right are clozes with their gaps filled, those that are wrong are misconceptions. There is never
more than one wrong statement more than right ones, so that "wrong" is no safe guess. A task with few clozes of its own
borrows right statements from the general cards. What is asked, and in what order answers stand, follows from the seed.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sslviz.flashcards.card import GENERAL, Flashcard, Gap

RIGHT, WRONG = "This is right", "This is wrong"
MAX_TYPED = 200  # characters of an answer that are looked at


@dataclass(frozen=True)
class Question:
    """A question of the quiz.

    Attributes:
        card: id of the card that it is made from.
        kind: choice, statement (a choice of RIGHT and WRONG) or typed.
        prompt: what is asked; of a typed one each gap is written as ___.
        options: what to choose from; empty for a typed one.
        right: number of the right option; -1 for a typed one.
        gaps: what belongs into the gaps of a typed one, in order.
        also: other words of the deck that fill gaps; they are never taken for a slip of the pen.
        page: slug of the page that teaches it; empty where none does.
        explanation: said after the answer; may be empty.
    """

    card: str
    kind: str
    prompt: str
    options: tuple[str, ...] = ()
    right: int = -1
    gaps: tuple[Gap, ...] = ()
    also: frozenset[str] = frozenset()
    page: str = ""
    explanation: str = ""


@dataclass(frozen=True)
class Marked:
    """An answer, marked.

    Attributes:
        correct: whether it counts.
        each: of a typed one: for every gap, whether its word counts.
        nearly: it counts, but is not spelt as it should be.
        right: the right answer.
        page: slug of the page that teaches it, for a wrong answer; empty where none does.
        explanation: said after the answer; may be empty.
    """

    correct: bool
    each: tuple[bool, ...]
    nearly: bool
    right: str
    page: str
    explanation: str


@dataclass(frozen=True)
class Score:
    """The quiz so far."""

    right: int = 0
    asked: int = 0
    pages: tuple[str, ...] = ()  # those that teach what was wrong, each once, in order

    def after(self, marked: Marked) -> "Score":
        """The score with one more answer."""
        pages = (*self.pages, marked.page) if marked.page else self.pages
        return Score(self.right + marked.correct, self.asked + 1, tuple(dict.fromkeys(pages)))


def questions(
    cards: Sequence[Flashcard],
    seed: int,
    count: int = 10,
    task: str | None = None,
    level: int | None = None,
    only: Callable[[Flashcard], bool] | None = None,
) -> tuple[Question, ...]:
    """Questions drawn from the cards, at most one a card.

    Args:
        cards: the deck; all of it, so that the words of other cards are known.
        seed: 0 or more; the same seed asks the same.
        count: at most so many.
        task: only cards of this task, and right statements that it borrows; None: of any.
        level: only cards of this level; None: of any.
        only: only cards of which this holds, and then nothing is borrowed; None: any.

    Returns:
        `count` questions, or fewer where there are no more.
    """
    rng = np.random.default_rng((seed, 7))
    pool = [card for card in cards if task in {None, card.task} and level in {None, card.level}]
    if only is not None:
        pool = [card for card in pool if only(card)]
    false = [card for card in pool if card.kind == "misconception"]
    clozes = [card for card in pool if card.kind == "cloze"]
    # Half of the clozes are told, the others typed; of an odd number the seed says which half is larger.
    half = (len(clozes) + int(rng.integers(2))) // 2
    told = _drawn(rng, clozes, min(len(false), half))
    borrowed: list[Flashcard] = []
    # At most as many again: what is asked should mostly be about the task.
    if only is None and task not in {None, GENERAL}:
        general = [
            card for card in cards if card.kind == "cloze" and card.task == GENERAL and level in {None, card.level}
        ]
        borrowed = _drawn(rng, general, min(len(false) - len(told), max(1, len(told))))
    wrong = _drawn(rng, false, max(1, len(told) + len(borrowed)))
    stated = {card.id for card in (*told, *borrowed, *wrong)}
    also = frozenset(normal(gap.text) for card in cards for gap in card.gaps)
    made = []
    for card in (*pool, *borrowed):
        if card.kind == "choice":
            made.append(_choice(card, rng.permutation(1 + len(card.wrong)).tolist()))
        elif card.id in stated:
            made.append(_statement(card))
        elif card.kind == "cloze":
            made.append(_typed(card, also))
    return tuple(_fair([made[place] for place in rng.permutation(len(made))])[:count])


def _drawn(rng: np.random.Generator, cards: Sequence[Flashcard], count: int) -> list[Flashcard]:
    """At most `count` of the cards, in an order drawn by chance."""
    return [cards[place] for place in rng.permutation(len(cards))[:count]]


def _fair(made: Sequence[Question]) -> list[Question]:
    """The questions, statements swapped among themselves so that any beginning has at most one more wrong than right.

    A quiz is such a beginning. Needs no more wrong statements than right ones, plus one, among all.
    """
    right = [one for one in made if one.kind == "statement" and one.right == 0]
    wrong = [one for one in made if one.kind == "statement" and one.right == 1]
    found: list[Question] = []
    ahead = 0  # wrong statements so far less right ones
    for one in made:
        if one.kind == "statement":
            first, other = (right, wrong) if one.right == 0 or ahead > 0 else (wrong, right)
            found.append((first or other).pop(0))
            ahead += 1 if found[-1].right == 1 else -1
        else:
            found.append(one)
    return found


def mark(question: Question, answer: int | str | Sequence[str]) -> Marked:
    """Mark an answer.

    Args:
        question: what was asked.
        answer: the number of the chosen option; or what was typed, a text for every gap.
    """
    nearly = False
    if question.kind == "typed":
        typed = [answer] if isinstance(answer, str) else list(answer) if not isinstance(answer, int) else []
        typed += [""] * (len(question.gaps) - len(typed))
        found = [_near(text, gap.text, question.also) for text, gap in zip(typed, question.gaps, strict=False)]
        each = tuple(distance is not None for distance in found)
        correct, nearly = all(each), all(each) and any(found)
        right = ", ".join(gap.text for gap in question.gaps)
    else:
        correct = answer == question.right
        each, right = (correct,), question.options[question.right]
    return Marked(correct, each, nearly, right, "" if correct else question.page, question.explanation)


def normal(text: str) -> str:
    """What is compared: without case, accents, spaces, hyphens and other signs, the article, and the plural.

    >>> normal("The Pseudo-Labels"), normal("pseudo label"), normal("queries"), normal("loss")
    ('pseudolabel', 'pseudolabel', 'query', 'loss')
    """
    plain = unicodedata.normalize("NFKD", text[:MAX_TYPED]).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = re.findall(r"[^\W_]+", re.sub(r"['’]", "", plain))
    if len(words) > 1 and words[0] in {"a", "an", "the"}:
        words = words[1:]
    return "".join(map(_singular, words)) or plain.strip()  # a sign alone, as =, stays


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and len(word) > 3 and word[-2] not in "sui" else word


def _near(typed: str, wanted: str, also: frozenset[str]) -> int | None:
    """How many letters are off: 0 for the same, up to 2 for a slip of the pen in a long word; None for another word.

    Another word of the deck is no slip, nor is a word with a number in it, nor one that begins with another letter:
    "supervised" is not "unsupervised".
    """
    said, right = normal(typed), normal(wanted)
    if said == right:
        return 0
    allowed = 0 if len(right) < 5 else 1 if len(right) < 13 else 2
    if not allowed or not said or said in also or said[0] != right[0] or any(map(str.isdigit, said + right)):
        return None
    from rapidfuzz.distance import OSA  # letters changed, added, dropped, or swapped with the next one

    distance = OSA.distance(said, right, score_cutoff=allowed)  # allowed + 1 as soon as there are more
    return distance if distance <= allowed else None


def _choice(card: Flashcard, order: Sequence[int]) -> Question:
    every = (card.right, *card.wrong)
    explanation = "\n".join(card.answer.split("\n")[1:])
    return Question(
        card.id, "choice", card.question, tuple(every[place] for place in order), order.index(0),
        page=card.teaches, explanation=explanation,
    )  # fmt: skip


def _statement(card: Flashcard) -> Question:
    """A cloze, filled in, is right; a misconception is wrong."""
    true = card.kind == "cloze"
    return Question(
        card.id, "statement", card.filled if true else card.question, (RIGHT, WRONG), 0 if true else 1,
        page=card.teaches, explanation=card.answer,
    )  # fmt: skip


def _typed(card: Flashcard, also: Iterable[str]) -> Question:
    prompt = "".join(
        piece if isinstance(piece, str) else f"___ ({piece.hint})" if piece.hint else "___" for piece in card.pieces()
    )
    mine = {normal(gap.text) for gap in card.gaps}
    return Question(
        card.id, "typed", prompt, gaps=card.gaps, also=frozenset(also) - mine,
        page=card.teaches, explanation=card.answer,
    )  # fmt: skip
