"""Rows of words: the sentences and the stories without marks, in one vocabulary; and what each word is.

Word2Vec looks at words and their neighbours, and at nothing else: marks are left out, and so is every rare word.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sslviz.data import ASSETS, Credit, text
from sslviz.data import stories as tales_of
from sslviz.data.mapped import mapped, packed, unpacked
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
    files = [ASSETS / "text" / "tatoeba_en_simple_50k.tsv", ASSETS / "text" / "stories.tsv.gz"]
    files += [Path(module.__file__ or "") for module in (text, tales_of)]
    names = ("vocabulary", "counts", "train", "train_ends", "held_out", "held_out_ends", "raw")
    kept = mapped(f"words_{name}", files, names, lambda: _numbered(name))
    vocabulary = unpacked(kept["vocabulary"])
    return WordRows(
        vocabulary=vocabulary,
        index={word: number for number, word in enumerate(vocabulary[1:], 1)},
        counts=kept["counts"],
        train=tuple(np.split(kept["train"], kept["train_ends"])),
        held_out=tuple(np.split(kept["held_out"], kept["held_out_ends"])),
        raw=unpacked(kept["raw"]),
        credits=(
            *(corpus().credits if name != "stories" else ()),
            *(stories().credits if name != "sentences" else ()),
            _WORDNET,
        ),
    )


def _numbered(name: str) -> dict[str, NDArray[Any]]:
    """What a set holds, as numbers: rows one after the other, and where all but the last end; strings are packed."""
    train: list[list[str]] = []
    held_out: list[tuple[list[str], str]] = []
    if name != "stories":
        words = corpus()
        train += [words.tokens(row) for row in words.train]
        held_out += [(words.tokens(row), words.sentences[row]) for row in words.held_out]
    if name != "sentences":
        tales = stories()
        for row, sentence, document in zip(tales.tokens, tales.sentences, tales.document, strict=True):
            if tales.held_out[document]:
                held_out.append((row, sentence))
            else:
                train.append(row)
    counted = Counter(chain.from_iterable(train))
    often = [word for word, times in counted.items() if times >= LEAST and word not in MARKS and word not in SPECIALS]
    often.sort(key=lambda word: (-counted[word], word))
    often = often[: MOST - 1]
    index = {word: number for number, word in enumerate(often, 1)}

    def numbers(row: list[str]) -> list[NDArray[np.int64]]:
        ids = np.array([index[word] for word in row if word in index], dtype=np.int64)
        return [ids[first : first + LONGEST] for first in range(0, max(1, len(ids) - 1), LONGEST)]

    train_rows = [part for row in train for part in numbers(row) if len(part) > 1]
    held_out_rows = [(part, sentence) for row, sentence in held_out for part in numbers(row)[:1] if len(part) > 1]
    return {
        "vocabulary": packed((NOTHING, *often)),
        "counts": np.array([0, *(counted[word] for word in often)], dtype=np.int64),
        **_flat("train", train_rows),
        **_flat("held_out", [part for part, _ in held_out_rows]),
        "raw": packed([sentence for _, sentence in held_out_rows]),
    }


def _flat(name: str, rows: list[NDArray[np.int64]]) -> dict[str, NDArray[np.int64]]:
    return {name: np.concatenate(rows), f"{name}_ends": np.cumsum([len(row) for row in rows])[:-1]}


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
