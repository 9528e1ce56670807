"""What the tasks on sentences share: the samples, and the words of known kinds that judge a trunk afterwards."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from scipy import sparse

from sslviz.data.text import MASK, PAD, SEP, corpus, word_kinds
from sslviz.tasks.base import Batch, ProbeData


class Sentences:
    """The bundled sentences as samples: `ids` (n, t), each row [CLS], the words, [SEP], [PAD] up to the longest."""

    def batch(self, data: str, part: str, rows: np.ndarray) -> Batch:
        """Sentences by their place in "train" or "held_out", cut to the longest of them."""
        numbers = (corpus().train if part == "train" else corpus().held_out)[rows]
        longest = int(corpus().lengths[numbers].max())
        return Batch(numbers, {"ids": torch.from_numpy(corpus().ids[numbers, :longest])})

    def size(self, data: str, part: str) -> int:
        """Number of sentences."""
        return len(corpus().train if part == "train" else corpus().held_out)


@lru_cache(maxsize=2)
def kinds_probe(*, ahead: bool, per_kind: int = 75, train_per_kind: int = 250) -> ProbeData:
    """A word of a known kind hidden in each sentence; the kind is the class.

    Args:
        ahead: True breaks the sentence off before the word, False hides it behind [MASK].
        per_kind: most held-out sentences of a kind.
        train_per_kind: most training sentences of a kind.

    Returns:
        Batches with `ids` (n, t), `at` (n,) the place of the word, `word` (n,) the word itself.
    """
    words, (names, kind_of) = corpus(), word_kinds()
    kind = np.full(len(words.vocabulary), -1)
    for word, number in kind_of.items():
        if word in words.index:
            kind[words.index[word]] = number
    rng = np.random.default_rng(0)
    parts = []
    for rows, most in ((words.train, train_per_kind), (words.held_out, per_kind)):
        sentence, place = np.nonzero(kind[words.ids[rows]] >= 0)
        if ahead:  # with two words before it at least, or there is nothing to go by
            sentence, place = sentence[place > 2], place[place > 2]
        sentence, place = _one_each(sentence, place, rng)
        y = kind[words.ids[rows][sentence, place]]
        keep = np.sort(np.concatenate([np.flatnonzero(y == k)[:most] for k in range(len(names))]))
        parts.append((rows[sentence[keep]], place[keep], y[keep]))
    (train_rows, train_at, train_y), (rows, at, y) = parts
    around = (-2, -1) if ahead else (-2, -1, 1, 2)
    return ProbeData(
        train=_without(train_rows, train_at, ahead),
        train_y=train_y,
        test=_without(rows, at, ahead),
        test_y=y,
        names=names,
        raw_train=_neighbours(train_rows, train_at, around),
        raw_test=_neighbours(rows, at, around),
        raw_name="two words before" if ahead else "neighbour words",
        shown=np.arange(len(y)),
        texts=tuple(_with_gap(row, place, ahead) for row, place in zip(rows, at, strict=True)),
    )


def _with_gap(row: int, place: int, ahead: bool) -> str:
    """A sentence with its hidden word in brackets."""
    words = [corpus().decode(number) for number in corpus().ids[row, 1 : corpus().lengths[row] - 1]]
    words[place - 1] = f"[{words[place - 1]}]"
    return " ".join(words[:place] if ahead else words)


def _one_each(sentence: np.ndarray, place: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Of all (sentence, place) pairs one of each sentence, at random, sentences in random order."""
    order = rng.permutation(len(sentence))
    _, first = np.unique(sentence[order], return_index=True)
    keep = order[rng.permutation(first)]
    return sentence[keep], place[keep]


def _without(rows: np.ndarray, at: np.ndarray, ahead: bool) -> Batch:
    ids = corpus().ids[rows][:, : int(corpus().lengths[rows].max())]
    word = ids[np.arange(len(rows)), at]
    ids[np.arange(len(rows)), at] = SEP if ahead else MASK
    if ahead:
        ids[np.arange(ids.shape[1]) > at[:, None]] = PAD
    return Batch(rows, {"ids": torch.from_numpy(ids), "at": torch.from_numpy(at), "word": torch.from_numpy(word)})


def _neighbours(rows: np.ndarray, at: np.ndarray, around: tuple[int, ...]) -> sparse.csr_array:
    """(n, kV) the k words at places `around`, each as one 1 among V numbers: all that a counter would look at."""
    size, ids = len(corpus().vocabulary), np.pad(corpus().ids[rows], ((0, 0), (2, 2)), constant_values=PAD)
    columns = np.stack([ids[np.arange(len(rows)), at + 2 + d] + k * size for k, d in enumerate(around)], 1)
    indptr = np.arange(len(rows) + 1) * len(around)
    shape = (len(rows), len(around) * size)
    return sparse.csr_array((np.ones(columns.size, np.float32), columns.ravel(), indptr), shape=shape)
