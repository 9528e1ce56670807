"""Questions from the cards, and what counts as a right answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sslviz.catalogue import TASKS
from sslviz.flashcards.card import LEVELS, Flashcard, make
from sslviz.flashcards.deck import deck
from sslviz.flashcards.quiz import RIGHT, WRONG, Question, Score, mark, normal, questions

CARDS = [
    *(
        make(f"ch-{n}", f"Which {n}?", "yes\nbecause", kind="choice", wrong=("no", "never"), task="queue")
        for n in range(4)
    ),
    *(make(f"cl-{n}", f"The {{{{cloze word{n}}}}} is hidden.", "so it is", kind="cloze", level=2) for n in range(6)),
    *(make(f"mi-{n}", f"Wrong thing {n}.", "It is not.", kind="misconception", page="two_views") for n in range(5)),
    *(make(f"pl-{n}", "q", "a") for n in range(3)),
]  # fmt: skip


def _cloze(text: str, also: str = "decoder") -> object:
    cards = [make("a", f"It is {{{{cloze {text}}}}}.", kind="cloze", task="queue")]
    cards.append(make("b", f"It is {{{{cloze {also}}}}}.", kind="cloze", level=3))
    return questions(cards, 0, task="queue")[0]


def test_the_same_seed_asks_the_same_and_another_something_else() -> None:
    assert questions(CARDS, 3) == questions(CARDS, 3)
    assert len({questions(CARDS, seed) for seed in range(10)}) > 5


@given(st.integers(0, 10_000))
def test_questions_are_sound(seed: int) -> None:
    found = questions(CARDS, seed, count=99)
    assert len({one.card for one in found}) == len(found)
    by_id = {card.id: card for card in CARDS}
    for one in found:
        card = by_id[one.card]
        if one.kind == "choice":
            assert one.options[one.right] == card.right
            assert sorted(one.options) == sorted((card.right, *card.wrong))
        elif one.kind == "statement":
            assert one.options[one.right] == (RIGHT if card.kind == "cloze" else WRONG)
            assert "{{" not in one.prompt
        else:
            assert one.prompt == "The ___ is hidden."
    statements = [one.right for one in found if one.kind == "statement"]
    assert statements.count(0) == statements.count(1) == 3


def test_questions_of_a_task_and_a_level() -> None:
    assert {one.card[:2] for one in questions(CARDS, 0, 99, task="queue")} == {"ch"}
    assert {one.card[:2] for one in questions(CARDS, 0, 99, level=2)} == {"cl"}
    assert questions(CARDS, 0, count=2) == questions(CARDS, 0, count=99)[:2]
    assert questions([], 0) == ()


def test_where_the_right_option_stands_follows_no_pattern() -> None:
    places = [one.right for seed in range(60) for one in questions(CARDS, seed, 99) if one.kind == "choice"]
    assert all(60 < places.count(place) < 100 for place in range(3))  # 240 in all


def test_a_wrong_answer_names_the_page_that_teaches_it() -> None:
    one = next(one for one in questions(CARDS, 0, 99) if one.kind == "choice")
    right, wrong = mark(one, one.right), mark(one, (one.right + 1) % 3)
    assert (right.correct, right.page, right.explanation) == (True, "", "because")
    assert (wrong.correct, wrong.page, wrong.right) == (False, "queue", "yes")
    statement = next(one for one in questions(CARDS, 0, 99) if one.card.startswith("mi"))
    assert mark(statement, 0).page == "two_views"


def test_the_score_counts_and_keeps_the_pages_to_read() -> None:
    found = [one for one in questions(CARDS, 0, 99) if one.kind == "choice"]
    score = Score()
    for one, answer in zip(found, (found[0].right, -1, -1), strict=False):
        score = score.after(mark(one, answer))
    assert (score.right, score.asked, score.pages) == (1, 3, ("queue",))


@pytest.mark.parametrize(
    ("wanted", "typed"),
    [
        ("pseudo-label", "Pseudo Label"), ("pseudo-label", "pseudolabels"), ("pseudo-labels", "the pseudo label"),
        ("query", "Queries"), ("views", "view"), ("naïve", "naive"), ("InfoNCE", "infonce"), ("k-means", "K Means"),
        ("=", "="), ("the batch", "batch"), ("model's", "models"), ("ℝ", "R"), ("encoder", " encoder. "),
    ],
)  # fmt: skip
def test_small_differences_of_writing_are_none(wanted: str, typed: str) -> None:
    marked = mark(_cloze(wanted), typed)
    assert (marked.correct, marked.nearly, marked.right) == (True, False, wanted)


@pytest.mark.parametrize(
    ("wanted", "typed"),
    [("momentum", "momemtum"), ("encoder", "encoedr"), ("temperature", "temprature"),
        ("contrastive learning", "contrastve lerning")],
)  # fmt: skip
def test_a_slip_of_the_pen_counts_and_the_right_word_is_said(wanted: str, typed: str) -> None:
    marked = mark(_cloze(wanted), [typed])
    assert (marked.correct, marked.nearly, marked.right) == (True, True, wanted)


@pytest.mark.parametrize(
    ("wanted", "typed"),
    [
        ("encoder", "decoder"), ("unsupervised", "supervised"), ("unlabelled", "labelled"), ("maximise", "minimise"),
        ("2018", "2019"), ("word", "ward"), ("encoder", ""), ("encoder", "   "), ("encoder", "encoder decoder"),
        ("positive", "negative"), ("batch", "x" * 100_000), ("wav2vec", "wav3vec"), ("=", "+"),
        ("maximisation", "minimisation"), ("asymmetric", "symmetric"),
    ],
)  # fmt: skip
def test_another_word_does_not_count(wanted: str, typed: str) -> None:
    marked = mark(_cloze(wanted), typed)
    assert (marked.correct, marked.page) == (False, "queue")


def test_another_word_of_the_deck_is_no_slip() -> None:
    assert mark(_cloze("contrast", also="other"), "contrist").correct
    assert not mark(_cloze("contrast", also="contrist"), "contrist").correct


def test_every_gap_is_marked() -> None:
    card = make("a", r"{{cloze one}} and {{cloze three\\a number}}", kind="cloze", task="queue")
    other = make("b", "{{cloze x}}", kind="cloze", level=2)
    one = questions([card, other], 0, task="queue")[0]
    assert one.prompt == "___ and ___ (a number)"
    assert mark(one, ["one", "two"]).each == (True, False)
    assert mark(one, ["one", "three"]).correct
    assert not mark(one, ["one"]).correct
    assert not mark(one, []).correct
    assert mark(one, ["one", "three", "more"]).correct


@given(st.from_regex(r"[a-zA-Z0-9 '-]{1,30}", fullmatch=True))
def test_case_and_space_around_are_no_matter(text: str) -> None:
    assert normal(text) == normal(f"  {text.upper()} ")


def _wrong_too_often(asked: tuple[Question, ...]) -> bool:
    """Whether some beginning of the quiz has more than one wrong statement more than right ones."""
    stated = [1 if one.right else -1 for one in asked if one.kind == "statement"]
    return any(sum(stated[:end]) > 1 for end in range(len(stated) + 1))


def test_right_statements_are_borrowed_from_the_general_cards_of_the_level() -> None:
    wrong = [make(f"w-{n}", f"Wrong {n}.", "No.", kind="misconception", task="queue", level=2) for n in range(4)]
    own = make("own", "An {{cloze own}} one.", kind="cloze", task="queue", level=2)
    lent = [make(f"g-{n}", f"A {{{{cloze lent{n}}}}} one.", kind="cloze", level=1 + n % 2) for n in range(4)]
    for seed in range(40):
        asked = questions([*wrong, own, *lent], seed, 99, task="queue", level=2)
        assert {one.card for one in asked if one.card.startswith("g")} <= {"g-1", "g-3"}
        stated = [one.right for one in asked if one.kind == "statement"]
        assert 1 <= stated.count(1) == stated.count(0)
        assert any(one.card == "own" for one in asked)
    assert len(questions(wrong, 0, 99, task="queue")) == 1  # with no right statement, "wrong" would always be right


@given(st.integers(0, 10_000), st.sampled_from([None, *TASKS]), st.sampled_from([None, *LEVELS]), st.integers(1, 12))
def test_wrong_is_no_safe_guess(seed: int, task: str | None, level: int | None, count: int) -> None:
    asked = questions(deck().cards, seed, count, task, level)
    assert asked == questions(deck().cards, seed, count, task, level)
    assert len({one.card for one in asked}) == len(asked)
    assert not _wrong_too_often(asked)


@pytest.mark.parametrize("task", [*deck().groups])
def test_every_task_has_questions_on_every_level(task: str) -> None:
    for level in LEVELS:
        assert questions(deck().cards, 0, 99, task, level), level
        assert deck().of(task, level, "choice"), level
        assert deck().of(task, level, "cloze"), level
    assert len(deck().of(task, kind="choice")) >= 4
    assert len(deck().of(task, kind="cloze")) >= 3
    quizzes = [questions(deck().cards, seed, 99, task) for seed in range(40)]
    for asked in quizzes:
        assert len(asked) >= 6
        stated = [one.right for one in asked if one.kind == "statement"]
        assert stated.count(0) == stated.count(1) >= 1
        assert any(one.kind == "typed" for one in asked)
    asked_at_all = {one.card for asked in quizzes for one in asked}
    assert {card.id for card in deck().of(task, kind="misconception")} <= asked_at_all
    places = [one.right for asked in quizzes for one in asked if one.kind == "choice"]
    assert all(places.count(place) > len(places) / 6 for place in range(4))


def test_our_own_deck_makes_a_quiz_of_every_task() -> None:
    cards: tuple[Flashcard, ...] = deck().cards
    for task in deck().groups:
        for one in questions(cards, 0, 99, task=task):
            right = [gap.text for gap in one.gaps] if one.kind == "typed" else one.right
            marked = mark(one, right)
            assert marked.correct, one
            assert not marked.nearly, one
