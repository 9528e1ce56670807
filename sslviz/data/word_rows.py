"""Rows of words: the sentences and the stories without marks, in one vocabulary; and what each word is.

Word2Vec looks at words and their neighbours, and at nothing else: marks are left out, and so is every rare word.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from sslviz.data import ASSETS, Credit
from sslviz.data.stories import stories
from sslviz.data.text import MARKS, SPECIALS, corpus

SETS = {"sentences_and_stories": "Sentences and stories", "sentences": "50,000 sentences", "stories": "Old stories"}
NOTHING = "[PAD]"  # word number 0 fills up rows
LEAST = 5  # word2vec.c's own: a word must occur five times in the training rows
MOST = 2500  # words; the tables of more would not pass from slice to slice quickly
LONGEST = 24  # words in a row; longer sentences are cut into several, so that rows are about equally long


@dataclass(frozen=True)
class WordRows:
    """Rows of words. All arrays are read-only. V words, number 0 standing for none.

    Attributes:
        vocabulary: (V) words by number, the most frequent first.
        index: a word's number.
        counts: (V,) int64, how often each occurs in the training rows.
        train, held_out: rows of word numbers, each of 2 to LONGEST words.
        raw: the sentence of each held-out row as it was written.
        credits: to be shown wherever the words are.
    """

    vocabulary: tuple[str, ...]
    index: dict[str, int]
    counts: NDArray[np.int64]
    train: tuple[NDArray[np.int64], ...]
    held_out: tuple[NDArray[np.int64], ...]
    raw: tuple[str, ...]
    credits: tuple[Credit, ...]

    def __post_init__(self) -> None:
        """Lock the arrays: all visitors share them."""
        for array in (self.counts, *self.train, *self.held_out):
            array.flags.writeable = False

    def encode(self, tokens: list[str]) -> NDArray[np.int64]:
        """The numbers of those tokens that are words of the vocabulary; the others are left out."""
        return np.array([self.index[token] for token in tokens if token in self.index], dtype=np.int64)


@cache
def word_rows(name: str) -> WordRows:
    """One of SETS, loaded once and then kept.

    Raises:
        ValueError: for another name, naming those that there are.
    """
    if name not in SETS:
        msg = f"There are the words of {', '.join(SETS)}, not of {name!r}."
        raise ValueError(msg)
    train: list[list[str]] = []
    held_out: list[tuple[list[str], str]] = []
    sources: tuple[Credit, ...] = ()
    if name != "stories":
        words = corpus()
        train += [words.tokens(row) for row in words.train]
        held_out += [(words.tokens(row), words.sentences[row]) for row in words.held_out]
        sources += words.credits
    if name != "sentences":
        tales = stories()
        for row, text, document in zip(tales.tokens, tales.sentences, tales.document, strict=True):
            if tales.held_out[document]:
                held_out.append((row, text))
            else:
                train.append(row)
        sources += tales.credits
    counted = Counter(chain.from_iterable(train))
    often = [word for word, times in counted.items() if times >= LEAST and word not in MARKS and word not in SPECIALS]
    often.sort(key=lambda word: (-counted[word], word))
    often = often[: MOST - 1]
    index = {word: number for number, word in enumerate(often, 1)}

    def numbers(row: list[str]) -> list[NDArray[np.int64]]:
        ids = np.array([index[word] for word in row if word in index], dtype=np.int64)
        return [ids[first : first + LONGEST] for first in range(0, max(1, len(ids) - 1), LONGEST)]

    held_out_rows = [(part, text) for row, text in held_out for part in numbers(row)[:1] if len(part) > 1]
    return WordRows(
        vocabulary=(NOTHING, *often),
        index=index,
        counts=np.array([0, *(counted[word] for word in often)], dtype=np.int64),
        train=tuple(part for row in train for part in numbers(row) if len(part) > 1),
        held_out=tuple(part for part, _ in held_out_rows),
        raw=tuple(text for _, text in held_out_rows),
        credits=(*sources, _WORDNET),
    )


@cache
def word_topics() -> dict[str, tuple[str, tuple[str, ...]]]:
    """For most words: the part of speech that WordNet's tagged texts have most often, and its topics, such as food.

    Adjectives and adverbs have no topic. Words of grammar (the, he, not …) are left out. It is only used to measure and
    to colour; no model is trained on it.
    """
    with (ASSETS / "text" / "word_topics.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["word"]: (row["part_of_speech"], tuple(t for t in row["topics"].split() if not t.startswith("ad")))
        for row in rows
    }


_WORDNET = Credit(
    "Parts of speech and topics from WordNet 3.0, © 2006",
    "Princeton University",
    "WordNet licence",
    "https://wordnet.princeton.edu/license-and-commercial-use",
    "https://wordnet.princeton.edu",
    "the commonest part of speech of each word, with its topics",
)
