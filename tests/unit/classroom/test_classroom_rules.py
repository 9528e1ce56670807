"""Codes, nicknames, limits, scores, and what a phone is told."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sslviz.classroom.codes import (
    ANIMALS,
    LETTERS,
    BadName,
    checked_name,
    drawn_name,
    new_code,
    read_code,
    same,
    spaced,
)
from sslviz.classroom.limits import Limits, Window
from sslviz.classroom.room import Question, Room, Scene, Seat, put, read_asked, results, score, standing, told
from sslviz.classroom.rude import is_rude
from tests.unit.classroom.conftest import PICTURE, asked


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def room(*questions: Question, now: int = 0, **other: object) -> Room:
    seats = (Seat(1, "Otter 12"), Seat(2, "Yak 3"), Seat(3, "Fox 9", out=True))
    return Room("K7MXQP", 5, seats=seats, questions=questions, now=now, **other)  # type: ignore[arg-type]


# codes and names


def test_a_code_has_no_look_alikes_and_no_vowels() -> None:
    assert not set("0O1IL5S2Z8BGUVAE") & set(LETTERS) - {"2"}
    assert len(set(LETTERS)) == len(LETTERS)
    assert len(LETTERS) ** 6 > 80_000_000


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    found = read_code(typed)
    assert found is None or (len(found) == 6 and read_code(spaced(found).lower()) == found)


def test_codes_are_read_as_people_type_them() -> None:
    code = new_code()
    assert read_code(f" {code[:3].lower()}-{code[3:]} ") == code


@pytest.mark.parametrize("typed", ["Sh1t", "F U C K", "fuuuuck", "Scheiße", "a-s-s", "Big Dick", "shit 12", "мой хуй"])
def test_a_rude_name_is_refused_however_it_is_spelt(typed: str) -> None:
    with pytest.raises(BadName, match="nobody minds"):
        checked_name(typed, [])


@pytest.mark.parametrize("name", ["Ishita", "Harshit", "Cassandra", "Monique", "Dickens", "Titus", "Bob", "Pornthip"])
def test_a_name_that_people_have_is_not_taken_for_a_rude_one(name: str) -> None:
    assert checked_name(name, []) == name
    assert not any(is_rude(animal) for animal in ANIMALS)


@given(st.lists(st.sampled_from(ANIMALS), max_size=5))
def test_a_drawn_name_is_a_new_one_and_may_be_kept(animals: list[str]) -> None:
    taken = [f"{animal} {i + 1}" for i, animal in enumerate(animals)]
    name = drawn_name(taken)
    assert checked_name(name, taken) == name


@given(st.text(max_size=50))
def test_whatever_is_typed_is_a_short_name_of_letters_or_refused(typed: str) -> None:
    try:
        name = checked_name(typed, ["Otter 12"])
    except BadName as bad:
        assert str(bad).endswith(".")
    else:
        assert 1 <= len(name) <= 20
        assert not set(name) & set('<>&"\n\t=+@/')
        assert same(name) != same("Otter 12")


@pytest.mark.parametrize("typed", ["", " ", "-", "<b>", "a\u202eb", "=1+1", "otter12", "OTTER 12", "x" * 21, "a\0b"])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(BadName):
        checked_name(typed, ["Otter 12"])


@pytest.mark.parametrize("typed", ["Zoë", "李 明", "O’Neil", "Anne-Marie", "  Fox   9 "])
def test_names_of_all_scripts_are_taken(typed: str) -> None:
    assert checked_name(typed, []) == " ".join(typed.split())


# limits


@given(st.lists(st.floats(0, 5), max_size=40), st.integers(1, 5))
def test_a_window_never_lets_more_through_than_it_says(waits: list[float], most: int) -> None:
    clock = Clock()
    window, taken = Window(most, 10, clock), list[float]()
    for wait in waits:
        clock.now += wait
        if window.take("one"):
            taken.append(clock.now)
        assert sum(t > clock.now - 10 for t in taken) <= most


def test_codes_cannot_be_tried_without_end_and_others_still_come_in() -> None:
    clock = Clock()
    limits = Limits(clock)
    for _ in range(20):
        assert limits.may_try("10.0.0.7")
        limits.wrong("10.0.0.7")
    assert not limits.may_try("10.0.0.7")
    for other in range(15):
        for _ in range(20):
            limits.wrong(f"10.0.1.{other}")
    limits.wrong("10.0.2.1")
    assert not limits.may_try("10.0.2.1")  # in all too many, and it has erred
    assert limits.may_try("10.0.3.1")  # it has not
    clock.now = 601
    assert limits.may_try("10.0.0.7")


def test_all_of_a_network_of_ipv6_is_one_address() -> None:
    limits = Limits(Clock())
    for i in range(20):
        limits.wrong(f"2001:db8:0:1::{i:x}")
    assert not limits.may_try("2001:db8:0:1::ffff")
    assert limits.may_try("2001:db8:0:2::1")


# what a phone is told


def test_before_reveal_no_message_depends_on_the_answer() -> None:
    """The same room with another truth, model and votes of others sends the same, letter by letter."""
    said = []
    for truth, model, votes in ((0, 1, {1: 2, 2: 0}), (3, None, {1: 2}), (2, 2, {1: 2, 2: 2})):
        one = Question(1, asked(truth=truth, model=model, shares=()), votes=votes)
        said.append(json.dumps([told(room(one, now=1), 1), put(one)]))
    assert len(set(said)) == 1


def test_after_reveal_a_phone_is_told_who_was_right() -> None:
    one = Question(1, asked(), shown=True, votes={1: 1, 2: 0})
    said = told(room(one, now=1), 1)
    assert (said["truth"], said["model"], said["counts"], said["vote"]) == (1, 2, [1, 1, 0, 0], 1)


def test_who_was_put_out_is_told_nothing_else() -> None:
    one = Question(1, asked(), shown=True)
    assert told(room(one, now=1), 3) == {"state": "out", "version": 5}
    assert told(room(one, now=1), 99) == {"state": "out", "version": 5}


def test_the_link_is_told_only_where_students_may_go_on_by_themselves() -> None:
    scene = Scene("masked_words", "Masking words", 2, 7, "Which words are easy?", "masked_words?view=lab")
    assert told(room(scene=scene), 1)["link"] == ""
    assert told(room(scene=scene, free=True), 1)["link"] == scene.link
    assert told(room(scene=scene), 1)["ask"] == scene.ask


def test_a_question_comes_back_from_the_database_as_it_went_in() -> None:
    one = asked(images=(("A", PICTURE),), sounds=(("B", PICTURE),))
    kept, large = json.loads(json.dumps([one.as_dict(), one.large()]))
    assert read_asked(kept, large) == one
    assert PICTURE not in json.dumps(kept)


# who was right


def test_the_score_counts_votes_of_those_who_are_in_and_only_what_was_revealed() -> None:
    played = (
        Question(1, asked("a"), shown=True, votes={1: 1, 2: 0, 3: 1}),  # 3 was put out
        Question(2, asked("b", model=1), shown=True, votes={1: 1}),
        Question(3, asked("c"), votes={1: 1, 2: 1}),  # not revealed yet
    )
    found = score(room(*played))
    assert (found.questions, found.right, found.votes, found.model_right, found.model_asked) == (2, 2, 3, 1, 2)
    assert math.isclose(found.chance, 0.25)
    assert found.words == "After 2 questions: class 67% · model 50% · chance 25%"
    assert standing(room(*played)) == [("Otter 12", 2), ("Yak 3", 0)]


def test_results_have_a_row_for_each_vote_of_those_who_are_in() -> None:
    rows = results(room(Question(1, asked(), shown=True, votes={2: 1, 1: 3, 3: 1})))
    assert [row[2:6] for row in rows[1:]] == [("Otter 12", "yellow", "under", "no"), ("Yak 3", "under", "under", "yes")]


@pytest.mark.parametrize("wrong", [{"truth": 4}, {"truth": -1}, {"choices": ("one",), "truth": 0}])
def test_what_is_no_question_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="answers"):
        asked(**wrong)
