"""WordRows words: rows of words only, one vocabulary, what is counted and what is held out; and what each word is."""

from collections import Counter
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sslviz.data.stories import stories
from sslviz.data.text import MARKS, SPECIALS, corpus, tokenise
from sslviz.data.word_rows import LEAST, LONGEST, MOST, NOTHING, SETS, word_rows, word_topics

sets = pytest.mark.parametrize("name", list(SETS))


def trained_tokens(name: str) -> list[list[str]]:
    """The token rows that a set trains on, put together without the code under test."""
    rows: list[list[str]] = []
    if name != "stories":
        held_out = set(corpus().held_out.tolist())
        rows += [tokenise(text) for row, text in enumerate(corpus().sentences) if row not in held_out]
    if name != "sentences":
        tales = stories()
        both = zip(tales.sentences, tales.document, strict=True)
        rows += [tokenise(text) for text, document in both if not tales.held_out[document]]
    return rows


@sets
def test_counts_are_those_of_the_training_text(name: str) -> None:
    text, counted = word_rows(name), Counter(chain.from_iterable(trained_tokens(name)))
    assert text.vocabulary[0] == NOTHING
    assert text.counts[0] == 0
    assert len(text.vocabulary) <= MOST
    for number in range(1, len(text.vocabulary)):
        assert text.counts[number] == counted[text.vocabulary[number]] >= LEAST
    left_out = [word for word in counted if word not in text.index and word not in MARKS and word not in SPECIALS]
    if len(text.vocabulary) == MOST:
        assert max(counted[word] for word in left_out) <= text.counts[-1]  # none is commoner than the last one
    else:
        assert all(counted[word] < LEAST for word in left_out)


@sets
def test_the_vocabulary_goes_from_the_commonest_word_down(name: str) -> None:
    text = word_rows(name)
    order = [(-int(times), word) for times, word in zip(text.counts[1:], text.vocabulary[1:], strict=True)]
    assert order == sorted(order)
    assert [text.index[word] for word in text.vocabulary[1:]] == list(range(1, len(text.vocabulary)))
    assert not {*MARKS, *SPECIALS, "", NOTHING} & set(text.vocabulary[1:])
    assert NOTHING not in text.index


@sets
def test_rows_are_words_of_the_vocabulary_in_their_order(name: str) -> None:
    text = word_rows(name)
    for row in (*text.train, *text.held_out):
        assert 2 <= len(row) <= LONGEST
        assert row.dtype == np.int64
        assert 0 < row.min() <= row.max() < len(text.vocabulary)
    for row, said in list(zip(text.held_out, text.raw, strict=True))[::7]:
        words = [word for word in tokenise(said) if word in text.index]
        assert [text.vocabulary[n] for n in row] == words[:LONGEST]


@sets
def test_all_words_but_lonely_ones_are_in_the_rows(name: str) -> None:
    """Long rows are cut, not shortened: only a row of a single word is dropped."""
    text = word_rows(name)
    inside = np.bincount(np.concatenate(text.train), minlength=len(text.vocabulary))
    lost = text.counts - inside
    assert (lost >= 0).all()
    whole = [[word for word in row if word in text.index] for row in trained_tokens(name)]
    alone = sum(len(row) % LONGEST == 1 and len(row) > LONGEST for row in whole) + sum(len(row) == 1 for row in whole)
    assert lost.sum() <= alone


def test_held_out_rows_are_not_trained_on() -> None:
    text, tales = word_rows("sentences_and_stories"), stories()
    trained = {tuple(row.tolist()) for row in text.train}
    known = {corpus().sentences[row] for row in corpus().held_out}
    documents = {sentence: int(d) for sentence, d in zip(tales.sentences, tales.document, strict=True)}
    for said in text.raw:
        assert said in known or tales.held_out[documents[said]]
    trained_documents = {int(d) for d in tales.document if not tales.held_out[d]}
    held_out_documents = {int(d) for d in tales.document if tales.held_out[d]}
    assert trained_documents
    assert held_out_documents
    assert not trained_documents & held_out_documents
    long = [row for row in text.held_out if len(row) >= 12]
    repeated = [row for row in long if tuple(row.tolist()) in trained]
    assert len(repeated) <= 0.02 * len(long)  # a refrain of a tale may come twice


def test_the_two_parts_together_are_the_whole() -> None:
    both, first, second = (word_rows(name) for name in ("sentences_and_stories", "sentences", "stories"))
    assert len(both.held_out) >= 0.98 * (len(first.held_out) + len(second.held_out))
    assert both.counts[both.index["the"]] == first.counts[first.index["the"]] + second.counts[second.index["the"]]
    assert len(both.credits) == len(first.credits) + len(second.credits) - 1  # WordNet is in each of them once


@given(st.lists(st.sampled_from(word_rows("sentences").vocabulary[1:]) | st.sampled_from(["zxqv", "猫", ".", "[PAD]"])))
def test_encode_leaves_out_what_it_does_not_know(words: list[str]) -> None:
    text = word_rows("sentences")
    ids = text.encode(words)
    assert ids.dtype == np.int64
    assert [text.vocabulary[n] for n in ids] == [word for word in words if word in text.index]


def test_nobody_can_write_into_it() -> None:
    text = word_rows("sentences")
    for array in (text.counts, text.train[0], text.held_out[0]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    assert word_rows("sentences") is text


@pytest.mark.parametrize("name", ["novels", "", "Sentences", "../stories"])
def test_another_name_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(ValueError, match="sentences_and_stories, sentences, stories"):
        word_rows(name)


def test_word_topics_know_kinds_and_topics() -> None:
    topics = word_topics()
    assert {kind for kind, _ in topics.values()} == {"noun", "verb", "adjective", "adverb"}
    assert topics["mother"][0] == topics["dog"][0] == "noun"
    assert "noun.animal" in topics["dog"][1]
    assert "noun.person" in topics["mother"][1]
    assert topics["happy"] == ("adjective", ())
    assert topics["very"][0] == "adverb"
    assert not {"the", "he", "not", "of", "and"} & set(topics)
    for kind, about in topics.values():
        assert all(topic.startswith(("noun.", "verb.")) for topic in about)
        assert kind
