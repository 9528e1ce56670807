"""The sentences: cutting into words, numbering, the split, and the hand-made kinds of word."""

import time
import zlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sslviz.data import text

HELD_CRC = 1509154330  # of the held-out row numbers
WORDS = st.from_regex(r"[a-z]{1,9}('[a-z]{1,4})?", fullmatch=True)


@pytest.mark.parametrize(
    ("typed", "tokens"),
    [
        ("The cat is on the table.", ["the", "cat", "is", "on", "the", "table", "."]),
        ("Don’t go, Tom!", ["don't", "go", ",", "tom", "!"]),
        ("I've 20 cafés", ["i've", "20", "cafés"]),
        ("cafe\u0301", ["café"]),
        ("'quoted' – dash; ok?", ["quoted", "dash", "ok", "?"]),
        ("parents' house", ["parents", "house"]),
        ("猫が好き", ["猫が好き"]),
        ("[MASK]", ["mask"]),
        ("😀 :-) ", []),
        ("", []),
    ],
)
def test_tokenise(typed: str, tokens: list[str]) -> None:
    assert text.tokenise(typed) == tokens


@given(st.text())
def test_tokens_are_cut_only_once(typed: str) -> None:
    tokens = text.tokenise(typed)
    assert all(token and not any(letter.isspace() for letter in token) for token in tokens)
    assert text.tokenise(" ".join(tokens)) == tokens


@given(st.lists(WORDS | st.sampled_from(text.MARKS), max_size=40))
def test_words_come_back(words: list[str]) -> None:
    assert text.tokenise(" ".join(words)) == words


@given(st.lists(st.sampled_from(text.corpus().vocabulary[len(text.SPECIALS) :]), max_size=30))
def test_known_words_survive_encode_and_decode(words: list[str]) -> None:
    corpus = text.corpus()
    ids = corpus.encode(words)
    assert ids.dtype == np.int64
    assert [corpus.decode(int(number)) for number in ids] == ["[CLS]", *words, "[SEP]"]


@given(st.lists(WORDS, max_size=30))
def test_unknown_words_become_unk(words: list[str]) -> None:
    corpus = text.corpus()
    for word, number in zip(words, corpus.encode(words)[1:-1], strict=True):
        assert number == corpus.index.get(word, text.UNK)


@pytest.mark.parametrize("number", [-1, 10**6])
def test_decode_refuses_other_numbers(number: int) -> None:
    with pytest.raises(IndexError, match=str(number)):
        text.corpus().decode(number)


def test_corpus_is_whole() -> None:
    corpus = text.corpus()
    assert corpus.vocabulary[:5] == text.SPECIALS
    numbers = [corpus.index[token] for token in text.SPECIALS]
    assert numbers == [text.PAD, text.UNK, text.CLS, text.SEP, text.MASK]
    assert [corpus.index[token] for token in corpus.vocabulary] == list(range(len(corpus.vocabulary)))
    assert corpus.ids.shape == (50_000, corpus.lengths.max())
    assert len(corpus.sentences) == 50_000
    assert corpus.sentences[0] == "I don't feel anything."
    assert not (corpus.ids == text.UNK).any()
    assert {corpus.vocabulary[n] for n in np.flatnonzero(~corpus.is_word)} == {*text.SPECIALS, *text.MARKS}
    assert corpus.lengths.max() - 2 <= text.MAX_WORDS


@pytest.mark.parametrize("row", [0, 1, 777, 49_999])
def test_rows_are_their_sentences(row: int) -> None:
    corpus = text.corpus()
    encoded = corpus.encode(text.tokenise(corpus.sentences[row]))
    assert corpus.lengths[row] == len(encoded)
    assert corpus.ids[row, : len(encoded)].tolist() == encoded.tolist()
    assert (corpus.ids[row, len(encoded) :] == text.PAD).all()


def test_counts_are_over_the_training_part_and_rank_the_vocabulary() -> None:
    corpus = text.corpus()
    counted = np.bincount(corpus.ids[corpus.train].ravel(), minlength=len(corpus.vocabulary))
    counted[: len(text.SPECIALS)] = 0
    assert (corpus.counts == counted).all()
    assert (np.diff(corpus.counts[len(text.SPECIALS) :]) <= 0).all()


def test_split_is_disjoint_and_the_same_everywhere() -> None:
    corpus = text.corpus()
    assert len(corpus.train) == 48_000
    assert len(corpus.held_out) == 2000
    assert sorted([*corpus.train, *corpus.held_out]) == list(range(50_000))
    assert zlib.crc32(corpus.held_out.astype("<i8").tobytes()) == HELD_CRC, "another split would make old runs unfair"


def test_no_sentence_is_on_both_sides() -> None:
    corpus = text.corpus()
    rows = {corpus.ids[row].tobytes() for row in corpus.train}
    assert not any(corpus.ids[row].tobytes() in rows for row in corpus.held_out)
    without_marks = {tuple(corpus.ids[row][corpus.is_word[corpus.ids[row]]]) for row in corpus.train}
    assert not any(tuple(corpus.ids[row][corpus.is_word[corpus.ids[row]]]) in without_marks for row in corpus.held_out)


def test_loaded_once_locked_and_soon() -> None:
    text.corpus.cache_clear()
    started = time.process_time()
    corpus = text.corpus()
    assert time.process_time() - started < 2.0  # 0.4 s on a quiet computer; the slack is for a busy one
    assert text.corpus() is corpus
    with pytest.raises(ValueError, match="read-only"):
        corpus.ids[0] = 0


def test_next_words_are_counted_in_the_training_part() -> None:
    corpus, times = text.corpus(), text.next_words()
    rows = [corpus.ids[row, : corpus.lengths[row]].tolist() for row in corpus.train]
    assert times.sum() == sum(len(row) - 1 for row in rows)
    for one, other in (("[CLS]", "the"), ("of", "the"), (".", "[SEP]"), ("the", "the")):
        pair = corpus.index[one], corpus.index[other]
        assert times[pair] == sum(two == pair for row in rows for two in pairwise(row))
    assert not times[text.PAD].any()
    assert not times[:, text.PAD].any()
    assert text.next_words() is times
    with pytest.raises(ValueError, match="read-only"):
        times[0] = 0


def test_word_kinds() -> None:
    corpus, (names, kinds) = text.corpus(), text.word_kinds()
    assert len(names) == 8
    assert set(kinds.values()) == set(range(8))
    sizes = np.bincount(list(kinds.values()))
    assert sizes.min() >= 12
    assert sizes.max() <= 30
    for word in kinds:
        assert corpus.counts[corpus.index[word]] >= 10, word
    rows = (text.ASSETS / "text" / "word_kinds.csv").read_text(encoding="utf-8").split()
    assert len([row for row in rows if "," in row]) - 1 == len(kinds), "no word has two kinds"
