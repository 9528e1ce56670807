"""The stories: complete, in order, with their sources; whole tales are held out."""

import gzip
from collections import Counter
from itertools import chain

import numpy as np
import pytest

from sslviz.data import ASSETS, stories, text

TALES = stories.stories()
BOOKS = {
    "Grimm's fairy tales": 45,
    "Andersen's fairy tales": 3,
    "Alice's Adventures in Wonderland": 12,
    "The Parent's Assistant": 20,
}


def lines() -> list[list[str]]:
    with gzip.open(ASSETS / "text" / "stories.tsv.gz", "rt", encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def test_golden_numbers() -> None:
    assert len(TALES.sentences) == len(TALES.rows) == len(TALES.document) == 11_530
    assert len(TALES.titles) == len(TALES.books) == len(TALES.held_out) == 80
    assert Counter(TALES.books) == BOOKS
    assert len(TALES.vocabulary) == len(TALES.counts) == len(TALES.is_word) == 3200
    assert len(set(TALES.titles)) == 80
    assert TALES.titles[1] == "Brier Rose"


def test_sentences_stand_in_the_order_of_the_file() -> None:
    kept = [line for line in lines() if text.tokenise(line[3])]
    assert [line[3] for line in kept] == list(TALES.sentences)
    assert [int(line[0]) - 1 for line in kept] == TALES.document.tolist()
    assert (np.diff(TALES.document) >= 0).all()
    assert set(np.diff(TALES.document).tolist()) == {0, 1}
    for line in kept:
        document = int(line[0]) - 1
        assert (TALES.titles[document], TALES.books[document]) == (line[1], line[2])


def test_the_order_is_that_of_the_book() -> None:
    alice = [s for s, d in zip(TALES.sentences, TALES.document, strict=True) if TALES.books[d].startswith("Alice")]
    assert alice[0].startswith("Alice was beginning to get very tired of sitting by her sister on the bank")
    places = [next(i for i, s in enumerate(alice) if part in s) for part in ("DRINK ME", "Caterpillar", "Knave")]
    assert places == sorted(places)


def test_rows_are_their_sentences() -> None:
    for number in (0, 1234, 11_529):
        tokens = text.tokenise(TALES.sentences[number])
        wanted = [TALES.vocabulary[n] for n in TALES.rows[number]]
        assert [w if w in TALES.index else "[UNK]" for w in tokens] == wanted
        assert TALES.encode(tokens).tolist() == TALES.rows[number].tolist()
    assert all(len(row) for row in TALES.rows)
    assert TALES.encode(["qwertz"]).tolist() == [text.UNK]


def test_whole_tales_are_held_out_and_every_book_keeps_some() -> None:
    assert TALES.held_out.sum() == 10
    for book in BOOKS:
        mine = TALES.held_out[[b == book for b in TALES.books]]
        assert mine.any()
        assert not mine.all()


def test_the_vocabulary_is_that_of_the_training_tales() -> None:
    trained = [text.tokenise(s) for s, d in zip(TALES.sentences, TALES.document, strict=True) if not TALES.held_out[d]]
    counted = Counter(chain.from_iterable(trained))
    assert TALES.vocabulary[:5] == text.SPECIALS
    assert set(TALES.vocabulary[5:]) == {word for word, times in counted.items() if times >= stories.LEAST}
    assert [TALES.index[word] for word in TALES.vocabulary] == list(range(3200))
    assert TALES.counts[5:].tolist() == [counted[word] for word in TALES.vocabulary[5:]]
    assert (np.diff(TALES.counts[5:]) <= 0).all()
    assert TALES.counts[text.UNK] == sum(times for times in counted.values() if times < stories.LEAST)
    assert {TALES.vocabulary[n] for n in np.flatnonzero(~TALES.is_word)} == {*text.SPECIALS, *text.MARKS}


def test_most_words_are_known_in_held_out_tales_too() -> None:
    held_out = np.concatenate([TALES.rows[n] for n in np.flatnonzero(TALES.held_out[TALES.document])])
    assert (held_out == text.UNK).mean() < 0.08


def test_no_headings_notes_or_markup_are_left() -> None:
    for line in lines():
        assert len(line) == 4
        sentence = line[3]
        assert sentence == sentence.strip()
        assert not set("<>*_\t{}|") & set(sentence), sentence
        assert "gutenberg" not in sentence.lower()
        assert "http" not in sentence


def test_loaded_once_and_locked() -> None:
    assert stories.stories() is stories.stories()
    for array in (TALES.rows[0], TALES.document, TALES.counts, TALES.held_out, TALES.is_word):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_padding() -> None:
    rows = [np.array([7, 8, 9]), np.array([], dtype=np.int64), np.array([5])]
    assert stories.padded(rows).tolist() == [[7, 8, 9], [0, 0, 0], [5, 0, 0]]
    assert stories.padded([]).shape == (0, 0)


@pytest.mark.parametrize("credit", TALES.credits, ids=lambda credit: credit.title)
def test_credits(credit: object) -> None:
    attribution = " ".join((ASSETS / "ATTRIBUTION.md").read_text(encoding="utf-8").split())
    assert credit.licence == "public domain"
    assert credit.licence_url.startswith("https://creativecommons.org/publicdomain/")
    assert credit.source.startswith("https://")
    assert credit.title in attribution
    assert credit.author in attribution
    assert credit.title in BOOKS


def test_every_book_is_credited() -> None:
    assert {credit.title for credit in TALES.credits} == set(BOOKS)
