"""Sentences: 50,000 short English ones, cut into words, numbered, and split into a training and a held-out part."""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sslviz.data import ASSETS, Credit
from sslviz.data.mapped import mapped, packed, unpacked

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PAD, UNK, CLS, SEP, MASK = range(5)
MARKS = (".", ",", "?", "!")
MAX_WORDS = 30  # tokens that a visitor's sentence may have; the longest bundled one has 20
HELD_OUT = 2000  # sentences that no model is trained on
_SENTENCES = ASSETS / "text" / "tatoeba_en_simple_50k.tsv"
SPLIT_SEED = 20_240_501  # any fixed number: the split must be the same on every computer

_CURLY = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\uff07": "'"})
_LETTER = r"[\w\u0300-\u036f]"  # a combining accent belongs to its letter
_TOKEN = re.compile(rf"\w{_LETTER}*(?:'{_LETTER}+)*|[.,?!]")


def tokenise(text: str) -> list[str]:
    """Cut a text into lower-case words and the marks . , ? and !

    An apostrophe inside a word belongs to it. A number, or a word in another script, is one token too, so that it
    shows up as a word that the vocabulary does not have. Other signs are dropped.

    >>> tokenise("Don’t panic, it's a café!")
    ["don't", 'panic', ',', "it's", 'a', 'café', '!']
    """
    return [piece.lower() for piece in pieces(text)]


def pieces(text: str) -> list[str]:
    """The tokens as they are written, capitals and all; one for one with `tokenise`."""
    return _TOKEN.findall(unicodedata.normalize("NFC", text.translate(_CURLY)))


@dataclass(frozen=True)
class Corpus:
    """The sentences as numbers. All arrays are read-only. V words, N = 50,000 sentences.

    Attributes:
        vocabulary: (V) the tokens by number: SPECIALS first, then by frequency in the training part.
        index: a token's number.
        is_word: (V,) bool, False for specials and marks.
        ids: (N, T) int64, each row [CLS], the tokens, [SEP], and [PAD] up to T.
        lengths: (N,) int64, the tokens in each row, [CLS] and [SEP] included.
        counts: (V,) int64, how often each token occurs in the training sentences; 0 for specials.
        sentences: (N) the raw text in the order of the file.
        train: (48000,) row numbers to train on.
        held_out: (2000,) row numbers held out. No sentence of the training part has the same words in the same order.
        credits: to be shown wherever the sentences are.
    """

    vocabulary: tuple[str, ...]
    index: dict[str, int]
    is_word: NDArray[np.bool_]
    ids: NDArray[np.int64]
    lengths: NDArray[np.int64]
    counts: NDArray[np.int64]
    sentences: tuple[str, ...]
    train: NDArray[np.int64]
    held_out: NDArray[np.int64]
    credits: tuple[Credit, ...]

    def __post_init__(self) -> None:
        """Lock the arrays: the corpus is shared by all visitors."""
        for array in (self.is_word, self.ids, self.lengths, self.counts, self.train, self.held_out):
            array.flags.writeable = False

    def encode(self, tokens: list[str]) -> NDArray[np.int64]:
        """L tokens as (L + 2,) int64 with [CLS] before and [SEP] after; [UNK] for what the vocabulary lacks."""
        return np.array([CLS, *(self.index.get(token, UNK) for token in tokens), SEP], dtype=np.int64)

    def tokens(self, row: int) -> list[str]:
        """The words and marks of sentence `row`."""
        return [self.vocabulary[number] for number in self.ids[row, 1 : self.lengths[row] - 1].tolist()]

    def decode(self, number: int) -> str:
        """The token of this number. Raises IndexError outside 0 … V - 1."""
        if not 0 <= number < len(self.vocabulary):
            raise IndexError(f"Token numbers go from 0 to {len(self.vocabulary) - 1}, but this is {number}.")
        return self.vocabulary[number]


@cache
def corpus() -> Corpus:
    """The bundled corpus, loaded once and then kept."""
    with _SENTENCES.open(encoding="utf-8") as file:
        sentences = tuple(line.rstrip("\n").split("\t", 1)[1] for line in file)  # a number, a tab, a sentence
    names = ("vocabulary", "ids", "lengths", "counts", "train", "held_out")
    kept = mapped("sentences", [_SENTENCES], names, lambda: _numbered(sentences))
    vocabulary = unpacked(kept.pop("vocabulary"))
    return Corpus(
        vocabulary=vocabulary,
        index={token: number for number, token in enumerate(vocabulary)},
        is_word=np.array([token not in SPECIALS and token not in MARKS for token in vocabulary]),
        sentences=sentences,
        credits=(_TATOEBA,),
        **kept,
    )


def _numbered(sentences: Sequence[str]) -> dict[str, NDArray[Any]]:
    """What a corpus holds of its sentences as numbers; the vocabulary is packed."""
    rows = [tokenise(sentence) for sentence in sentences]
    train, held_out = _split(rows)
    train_rows = np.zeros(len(rows), dtype=bool)
    train_rows[train] = True

    counted = Counter(chain.from_iterable(rows[row] for row in train))
    counted.update(dict.fromkeys(chain.from_iterable(rows), 0))  # words of held-out sentences only count 0
    words = sorted(counted, key=lambda word: (-counted[word], word))
    vocabulary = (*SPECIALS, *words)
    index = {token: number for number, token in enumerate(vocabulary)}

    lengths = np.array([len(row) for row in rows], dtype=np.int64) + 2
    ids = np.full((len(rows), int(lengths.max())), PAD, dtype=np.int64)
    places = np.arange(ids.shape[1])
    inside = (places > 0) & (places < lengths[:, None] - 1)
    ids[inside] = [index[token] for token in chain.from_iterable(rows)]  # both run row by row
    ids[:, 0] = CLS
    ids[np.arange(len(rows)), lengths - 1] = SEP

    counts = np.array([0] * len(SPECIALS) + [counted[word] for word in words], dtype=np.int64)
    return {
        "vocabulary": packed(vocabulary), "ids": ids, "lengths": lengths, "counts": counts, "train": train,
        "held_out": held_out,
    }  # fmt: skip


def _split(rows: list[list[str]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row numbers (training, held out), each in rising order. Only sentences whose words occur once are held out."""
    words = [tuple(token for token in row if token not in MARKS) for row in rows]
    times = Counter(words)
    order = np.random.default_rng(SPLIT_SEED).permutation(len(rows))
    held_out = np.sort([row for row in order if times[words[row]] == 1][:HELD_OUT])
    train = np.setdiff1d(np.arange(len(rows)), held_out)
    return train.astype(np.int64), held_out.astype(np.int64)


@cache
def next_words() -> NDArray[np.float32]:
    """(V, V) how often the word of a column comes right after that of a row, in the sentences to train on.

    [CLS] and [SEP] count as words, [PAD] does not. Read-only.
    """
    words = corpus()

    def make() -> dict[str, NDArray[np.float32]]:
        size, ids = len(words.vocabulary), words.ids[words.train]
        first, second = ids[:, :-1].ravel(), ids[:, 1:].ravel()
        pairs = first[second != PAD] * size + second[second != PAD]
        return {"times": np.bincount(pairs, minlength=size * size).reshape(size, size).astype(np.float32)}

    return mapped("next_words", [_SENTENCES], ["times"], make)["times"]


@cache
def word_kinds() -> tuple[tuple[str, ...], dict[str, int]]:
    """Names of eight kinds of word, and for some common words the number of their kind. Our own list, made by hand.

    It is only used to measure and to colour what a model has learned. No model is trained on it.
    """
    with (ASSETS / "text" / "word_kinds.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(row["word"], row["kind"]) for row in csv.DictReader(file)]
    names = tuple(dict.fromkeys(kind for _, kind in pairs))
    return names, {word: names.index(kind) for word, kind in pairs}


_TATOEBA = Credit(
    "Sentences from Tatoeba",
    "its contributors",
    "CC BY 2.0 FR",
    "https://creativecommons.org/licenses/by/2.0/fr/",
    "https://tatoeba.org",
    "50,000 short sentences of common words, selected and filtered",
)
