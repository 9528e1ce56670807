"""Analogies: 3CosAdd on hand-made vectors, how questions are counted, and the list that is asked."""

import csv
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sslviz.data import ASSETS
from sslviz.data.word_rows import word_rows
from sslviz.evaluation import analogies

WORDS = ("king", "queen", "man", "woman", "boy", "girl", "stone")
INDEX = {word: number for number, word in enumerate(WORDS)}
ALL = np.arange(len(WORDS))
# One axis for each sex, one each for royal, grown and young; a stone has none of them.
PERFECT = np.array(
    [
        [1, 0, 2, 0, 0, 0],
        [0, 1, 2, 0, 0, 0],
        [1, 0, 0, 2, 0, 0],
        [0, 1, 0, 2, 0, 0],
        [1, 0, 0, 0, 2, 0],
        [0, 1, 0, 0, 2, 0],
        [0, 0, 0, 0, 0, 3],
    ],
    np.float32,
)
# No vector but zero is so short that its squares vanish in single precision.
NUMBERS = st.floats(-3, 3, width=32).map(lambda x: 0.0 if abs(x) < 1e-3 else x)
VECTORS = hnp.arrays(np.float32, (7, 4), elements=NUMBERS)


def use(monkeypatch: pytest.MonkeyPatch, *pairs: tuple[str, str]) -> None:
    monkeypatch.setattr(analogies, "groups", lambda: {"asked": pairs})


def test_golden_king_man_woman() -> None:
    (best, cosine), *_ = analogies.solve(PERFECT, INDEX["man"], INDEX["woman"], INDEX["king"], ALL)
    assert WORDS[best] == "queen"
    assert cosine == pytest.approx(1)


def test_golden_cosine() -> None:
    # b − a + c = (−1, 1, 1, 0 …)/√… worked out by hand: unit vectors e0, e1, (e0 + e2)/√2; the answer is (e1 + e2)/√2.
    vectors = np.array([[1, 0, 0], [0, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32)
    ((best, cosine),) = analogies.solve(vectors, 0, 1, 2, np.arange(4))
    wanted = np.array([0, 1, 0]) - np.array([1, 0, 0]) + np.array([1, 0, 1]) / np.sqrt(2)
    assert best == 3
    assert cosine == pytest.approx(wanted @ np.array([0, 1, 1]) / np.sqrt(2) / np.linalg.norm(wanted), abs=1e-6)


@given(VECTORS, st.permutations(range(7)))
def test_it_is_3cosadd_and_its_own_words_are_never_the_answer(vectors: np.ndarray, order: list[int]) -> None:
    a, b, c = order[:3]
    long = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    score = {x: long[x] @ long[b] - long[x] @ long[a] + long[x] @ long[c] for x in range(7) if x not in (a, b, c)}
    found = [number for number, _ in analogies.solve(vectors, a, b, c, ALL, 7)]
    assert sorted(found) == sorted(score)
    for one, following in pairwise(found):
        assert score[one] >= score[following] - 1e-5


@given(VECTORS, st.floats(0.1, 50))
def test_only_directions_count(vectors: np.ndarray, factor: float) -> None:
    stretched = (vectors * np.linspace(1, factor, 7)[:, None]).astype(np.float32)
    np.testing.assert_allclose(analogies.unit(stretched), analogies.unit(vectors), atol=1e-4)


def test_a_row_of_zeros_stays_one() -> None:
    long = analogies.unit(np.array([[0, 0], [3, 4]], np.float32))
    np.testing.assert_allclose(long, [[0, 0], [0.6, 0.8]])
    assert analogies.solve(np.zeros((4, 2), np.float32), 0, 1, 2, np.arange(4)) == [(3, 0.0)]


def test_answers_are_sought_only_where_it_is_said() -> None:
    among = np.array([INDEX["boy"], INDEX["stone"], INDEX["king"]])
    found = analogies.solve(PERFECT, INDEX["man"], INDEX["woman"], INDEX["king"], among)
    assert {WORDS[number] for number, _ in found} == {"boy", "stone"}


def test_all_ordered_pairs_of_pairs_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ("man", "woman"), ("king", "queen"), ("boy", "girl"))
    (counted,) = analogies.measure(PERFECT, INDEX, ALL)
    assert (counted.group, counted.pairs, counted.questions) == ("asked", 3, 6)
    assert counted.sums == 1
    assert counted.alone == 1  # here the nearest to c is right, too: without the sum


def test_the_sum_is_told_from_being_near(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ("man", "woman"), ("king", "queen"), ("boy", "girl"))
    apart = PERFECT.copy()
    apart[:, :2] *= 4  # the sexes lie far apart now, so that a king is nearer to a man than to a queen
    (counted,) = analogies.measure(apart, INDEX, ALL)
    assert counted.sums == 1
    assert counted.alone == 0


@given(VECTORS)
def test_counting_agrees_with_asking_one_by_one(vectors: np.ndarray) -> None:
    vectors = vectors + np.linspace(0, 0.1, vectors.size, dtype=np.float32).reshape(vectors.shape) ** 2
    pairs = (("man", "woman"), ("king", "queen"), ("boy", "girl"))
    with pytest.MonkeyPatch.context() as patch:
        use(patch, *pairs)
        (counted,) = analogies.measure(vectors, INDEX, ALL)
    right = near = 0
    long = analogies.unit(vectors).astype(np.float64)
    for (a, b), (c, d) in permutations([(INDEX[one], INDEX[two]) for one, two in pairs], 2):
        others = [x for x in ALL if x not in (a, b, c)]
        score = [long[x] @ (long[b] - long[a] + long[c]) for x in others]
        alone = [long[x] @ long[c] for x in others]
        for values in (score, alone):
            if len(values) > 1 and np.diff(np.sort(values)[-2:])[0] < 1e-5:
                return  # two answers as good as equal: rounding decides
        right += others[int(np.argmax(score))] == d
        near += others[int(np.argmax(alone))] == d
    assert counted.sums == pytest.approx(right / 6)
    assert counted.alone == pytest.approx(near / 6)


def test_words_that_are_lacking_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ("man", "woman"), ("king", "queen"), ("duke", "duchess"), ("boy", "lass"))
    (counted,) = analogies.measure(PERFECT, INDEX, ALL)
    assert (counted.pairs, counted.questions) == (2, 2)


def test_a_question_that_holds_its_own_answer_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ("man", "woman"), ("boy", "woman"), ("king", "queen"))
    (counted,) = analogies.measure(PERFECT, INDEX, ALL)
    assert counted.questions == 4  # man : woman = boy : woman and the other way round are not


def test_a_group_without_questions_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ("man", "woman"), ("duke", "duchess"))
    (counted,) = analogies.measure(PERFECT, INDEX, ALL)
    assert counted.questions == 0
    assert np.isnan(counted.sums)
    assert np.isnan(counted.alone)
    (counted,) = analogies.measure(PERFECT, {}, ALL)
    assert (counted.pairs, counted.questions) == (0, 0)


def test_random_vectors_answer_next_to_nothing() -> None:
    text = word_rows("sentences_and_stories")
    vectors = np.random.default_rng(0).normal(size=(len(text.vocabulary), 64)).astype(np.float32)
    counted = analogies.measure(vectors, text.index, np.arange(1, len(text.vocabulary)))
    asked = sum(one.questions for one in counted)
    assert sum(one.questions * one.sums for one in counted) / asked < 0.01


def test_the_list_is_whole() -> None:
    with (ASSETS / "text" / "analogies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    groups = analogies.groups()
    assert sum(map(len, groups.values())) == len(rows) == len({(row["one"], row["other"]) for row in rows})
    assert {"man and woman", "one and many", "present and past", "comparative", "opposites"} <= set(groups)
    assert ("king", "queen") in groups["man and woman"]
    index = word_rows("sentences_and_stories").index
    for pairs in groups.values():
        assert len(pairs) >= 5
        assert len({other for _, other in pairs}) == len(pairs)  # no answer twice in a group
        for one, other in pairs:
            assert one != other
            assert one in index
            assert other in index
