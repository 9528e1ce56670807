"""What a room is, what its phones are told, and who was right.

A phone is told the question and the answers to choose from, and never the pseudo-label or the model's answer before
the teacher reveals them: `told` is the only way from a room to a phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

MOST_CHOICES = 24  # orders of four frames there are twelve
LARGE = ("images", "sounds")


@dataclass(frozen=True)
class Scene:
    """The scene that the teacher shows.

    Attributes:
        page: slug of the page.
        name: of the lesson.
        number: of the scene, from 1.
        count: of all scenes.
        ask: what the class is asked about it, in a sentence.
        link: the address below the app's own that opens the same sample and seed.
        credit: who made the data, in a line.
    """

    page: str = ""
    name: str = ""
    number: int = 0
    count: int = 0
    ask: str = ""
    link: str = ""
    credit: str = ""


@dataclass(frozen=True)
class Asked:
    """A question, as a class is asked it.

    Attributes:
        key: by which the same question is known again, when the teacher goes back to it.
        text: the question.
        choices: the answers.
        truth: number of the one that is the pseudo-label.
        model: number of the model's answer; None while it has none.
        chance: share that pure guessing gets right.
        words: what it is about, in lines of words; a gap is ▨.
        images: the same in pictures, (name, data address); one that has the name of an answer is that answer.
        sounds: the same in sounds, (name, data address).
        sort: whether the answer is an order, to be tapped; an answer names the pictures in order.
        shares: how sure the model is of each answer; empty where it does not say.
        by: which model it was.
    """

    key: str
    text: str
    choices: tuple[str, ...]
    truth: int
    model: int | None
    chance: float
    words: tuple[str, ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    sounds: tuple[tuple[str, str], ...] = ()
    sort: bool = False
    shares: tuple[float, ...] = ()
    by: str = ""

    def __post_init__(self) -> None:
        n = len(self.choices)
        if not 2 <= n <= MOST_CHOICES or not 0 <= self.truth < n:
            msg = f"a question has 2 to {MOST_CHOICES} answers, of which one is right"
            raise ValueError(msg)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the database."""
        return {name: value for name, value in asdict(self).items() if name not in LARGE}

    def large(self) -> dict[str, Any]:
        """The pictures and sounds for the database, where they stand apart, since they are seldom read."""
        return {name: [list(one) for one in getattr(self, name)] for name in LARGE}


def read_asked(kept: Mapping[str, Any], large: Mapping[str, Any] | None = None) -> Asked:
    """A question from the database, with its pictures and sounds where they were read, too."""
    pairs = {name: tuple((a, b) for a, b in (large or {}).get(name, ())) for name in LARGE}
    lists = {name: tuple(kept[name]) for name in ("choices", "words", "shares")}
    return Asked(**{**kept, **pairs, **lists})


@dataclass(frozen=True)
class Seat:
    """Somebody in the room. `number` is the seat's own; `out`: whether the teacher has put them out."""

    number: int
    name: str
    out: bool = False


@dataclass(frozen=True)
class Question:
    """A question of the room with the votes on it.

    Attributes:
        number: in the room, from 1.
        asked: it.
        shown: whether the answer is shown; then nobody votes any longer.
        votes: number of the answer, by number of the seat.
    """

    number: int
    asked: Asked
    shown: bool = False
    votes: Mapping[int, int] = field(default_factory=dict)

    @property
    def counts(self) -> list[int]:
        """Votes for each answer."""
        return [sum(vote == i for vote in self.votes.values()) for i in range(len(self.asked.choices))]


@dataclass(frozen=True)
class Room:
    """A room as it is now.

    Attributes:
        code: of six letters.
        version: grows with whatever phones must be told.
        address: that phones open, without the code; empty: the teacher has not chosen it.
        locked: whether nobody else may come in.
        free: whether students may go on by themselves.
        board: whether the score board is shown.
        scene: what the teacher shows.
        now: number of the question that is asked; 0: none is.
        seats: all who came, those who were put out, too.
        questions: all that were asked, in order; without their pictures and sounds.
    """

    code: str
    version: int
    address: str = ""
    locked: bool = False
    free: bool = False
    board: bool = False
    scene: Scene = field(default_factory=Scene)
    now: int = 0
    seats: tuple[Seat, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def question(self) -> Question | None:
        """The question that is asked."""
        return next((one for one in self.questions if one.number == self.now), None)

    @property
    def inside(self) -> tuple[Seat, ...]:
        """Those who are in."""
        return tuple(seat for seat in self.seats if not seat.out)

    def seat(self, number: int) -> Seat | None:
        """The seat of this number."""
        return next((seat for seat in self.seats if seat.number == number), None)


# what a phone is told


def told(room: Room, number: int) -> dict[str, Any]:
    """What the phone at this seat is told at every change; before Reveal nothing of who is right."""
    seat, question = room.seat(number), room.question
    if seat is None or seat.out:
        return {"state": "out", "version": room.version}
    said: dict[str, Any] = {
        "state": "in", "version": room.version, "code": room.code, "name": seat.name, "free": room.free,
        "link": room.scene.link if room.free else "", "ask": room.scene.ask, "lesson": room.scene.name, "question": 0,
        "shown": False, "vote": None,
    }  # fmt: skip
    if question is not None:
        said |= {"question": question.number, "shown": question.shown, "vote": question.votes.get(number), "ask": ""}
        if question.shown:
            said |= {"truth": question.asked.truth, "model": question.asked.model, "counts": question.counts}
    return said


def put(question: Question, credit: str = "") -> dict[str, Any]:
    """The question as a phone fetches it once: what it is about, and the answers. Nothing says which one is right."""
    asked = question.asked
    return {
        "number": question.number, "text": asked.text, "choices": list(asked.choices), "words": list(asked.words),
        "images": [list(one) for one in asked.images], "sounds": [name for name, _ in asked.sounds], "sort": asked.sort,
        "credit": credit,
    }  # fmt: skip


# who was right


@dataclass(frozen=True)
class Score:
    """How the class and the model did in the questions that were revealed.

    Attributes:
        questions: how many.
        right, votes: of all votes, how many were right.
        model_right, model_asked: of the questions that the model answered, how many it got right.
        chance: share that guessing gets right, on average.
    """

    questions: int
    right: int
    votes: int
    model_right: int
    model_asked: int
    chance: float

    @property
    def words(self) -> str:
        """The score in a line, as it is shown."""
        n = self.questions
        shares = [f"class {self.right / self.votes:.0%}" if self.votes else "class: no votes"]
        if self.model_asked:
            shares.append(f"model {self.model_right / self.model_asked:.0%}")
        return f"After {n} question{'' if n == 1 else 's'}: {' · '.join(shares)} · chance {self.chance:.0%}"


def score(room: Room) -> Score:
    """The score so far; votes of those who were put out do not count."""
    shown = [without_out(one, room) for one in room.questions if one.shown]
    answered = [one for one in shown if one.asked.model is not None]
    return Score(
        len(shown),
        sum(one.counts[one.asked.truth] for one in shown),
        sum(len(one.votes) for one in shown),
        sum(one.asked.model == one.asked.truth for one in answered),
        len(answered),
        sum(one.asked.chance for one in shown) / max(1, len(shown)),
    )


def without_out(question: Question, room: Room) -> Question:
    """The question with the votes of those who are in."""
    inside = {seat.number for seat in room.inside}
    return replace(question, votes={seat: vote for seat, vote in question.votes.items() if seat in inside})


def standing(room: Room) -> list[tuple[str, int]]:
    """(nickname, right answers) of all who are in, the best first; of questions that were revealed."""
    shown = [one for one in room.questions if one.shown]
    rows = [(seat.name, sum(one.votes.get(seat.number) == one.asked.truth for one in shown)) for seat in room.inside]
    return sorted(rows, key=lambda row: (-row[1], row[0].casefold()))


HEAD = ("question", "text", "nickname", "answer", "right answer", "right", "model's answer")


def results(room: Room) -> Sequence[Sequence[str]]:
    """A row for each vote, with the head; to be written as CSV."""
    names = {seat.number: seat.name for seat in room.inside}
    rows: list[Sequence[str]] = [HEAD]
    for one in room.questions:
        asked = one.asked
        model = "" if asked.model is None else asked.choices[asked.model]
        for seat, vote in sorted(one.votes.items(), key=lambda each: names.get(each[0], "").casefold()):
            if seat in names:
                right = "yes" if vote == asked.truth else "no"
                truth = asked.choices[asked.truth]
                rows.append((str(one.number), asked.text, names[seat], asked.choices[vote], truth, right, model))
    return rows
