"""Pictures with captions: the emoji and what they are called. Up to three teams drew what one caption says.

A name that is held out is held out with all its drawings. Its caption is never trained on, though its words are known
from other captions: of names with other words nothing could be said, so they are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sslviz.data import images

PAD, UNKNOWN = 0, 1  # the first two numbers of words stand for none, and for one that no training caption has
LONGEST = 12  # words of a caption; the longest that there is has 11
DATA = "emoji"


@dataclass(frozen=True)
class Captioned:
    """One part of the pairs, in rounds: a drawing of every caption, then the second drawings, then the third.

    Captions that more teams drew stand first in each round. So any `distinct` pairs in a row have different captions.

    Attributes:
        rows: (n,) the picture of each pair, a row of its part of the emoji.
        which: (n,) its caption, a place in `captions`.
        captions: all captions, each once.
        ids: (captions, LONGEST) their words as numbers, PAD behind them.
        distinct: how many pairs in a row have no caption twice, wherever one begins.
    """

    rows: NDArray[np.int64]
    which: NDArray[np.int64]
    captions: tuple[str, ...]
    ids: NDArray[np.int64]
    distinct: int


def words(text: str) -> list[str]:
    """The words of a text in lower case.

    >>> words("Côte d’Ivoire flag")
    ['côte', 'd', 'ivoire', 'flag']
    """
    return re.findall(r"[^\W_]+", text.lower())


@cache
def vocabulary() -> dict[str, int]:
    """Word → number, of all words in training captions; the commonest first."""
    names = dict.fromkeys(images.emoji_names("train"))
    found, counts = np.unique([word for name in names for word in words(name)], return_counts=True)
    order = np.lexsort((found, -counts))
    return {str(found[place]): number for number, place in enumerate(order, start=UNKNOWN + 1)}


def numbers(texts: Iterable[str]) -> NDArray[np.int64]:
    """(n, LONGEST) the words of each text as numbers; what is longer is cut."""
    known = vocabulary()
    rows = [[known.get(word, UNKNOWN) for word in words(text)][:LONGEST] for text in texts]
    return np.array([row + [PAD] * (LONGEST - len(row)) for row in rows], dtype=np.int64).reshape(-1, LONGEST)


@cache
def load(part: str) -> Captioned:
    """The pairs of "train" or "held_out"."""
    names = images.emoji_names(part)
    known = vocabulary()
    taken = {tuple(words(name)) for name in images.emoji_names("train")} if part == "held_out" else set()
    drawings: dict[tuple[str, ...], list[int]] = {}
    for row, name in enumerate(names):
        said = tuple(words(name))
        if said and said not in taken and all(word in known for word in said):
            drawings.setdefault(said, []).append(row)
    mixed = np.random.default_rng(0).permutation(len(drawings))
    sayings = list(drawings)
    order = sorted((sayings[place] for place in mixed), key=lambda said: -min(3, len(drawings[said])))
    pairs = [
        (drawings[said][turn], place)
        for turn in range(3) for place, said in enumerate(order) if turn < len(drawings[said])
    ]  # fmt: skip
    rows, which = np.array(pairs).T
    captions = tuple(names[drawings[said][0]] for said in order)
    return Captioned(rows, which, captions, numbers(captions), sum(len(drawings[said]) >= 3 for said in order))


def overlap(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n, k) the words that two captions share, over all that they have between them; (n, t) and (k, t) numbers."""
    one, other = (_bags(ids) for ids in (a, b))
    shared = one @ other.T
    return shared / np.maximum(one.sum(1)[:, None] + other.sum(1) - shared, 1)


def _bags(ids: NDArray[np.int64]) -> NDArray[np.float64]:
    bags = np.zeros((len(ids), len(vocabulary()) + 2))
    bags[np.arange(len(ids))[:, None], ids] = 1
    bags[:, PAD] = 0
    return bags
