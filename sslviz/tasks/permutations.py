"""Orders of tiles as a label: all where there are few; where there are many, a set that differs in many places.

The direction, everywhere in this project: an order `perm` shows tile `perm[i]` at place i (as in the code of Noroozi &
Favaro 2016). Its inverse is the opposite: `inverse(perm)[j]` is the place where tile j is shown.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

Orders = NDArray[np.int64]


def inverse(perm: NDArray[np.integer]) -> Orders:
    """(…, k) → (…, k): where each tile is shown; taken from the shown tiles, they stand as they were.

    >>> inverse(np.array([2, 0, 1])).tolist()
    [1, 2, 0]
    """
    return np.argsort(perm, axis=-1, kind="stable")


@lru_cache(maxsize=4)
def every(k: int) -> Orders:
    """(k!, k) all orders of k tiles, as in a dictionary; the first one leaves all where they are."""
    return _locked(np.array(list(permutations(range(k)))))


@lru_cache(maxsize=4)
def far_apart(count: int = 100, k: int = 9, seed: int = 0) -> Orders:
    """(count, k) orders of which any two differ in many places.

    Greedy, max-min: the next one is always as far as can be from the nearest one that is there already, by the number
    of places that differ (Hamming distance); among equals, one at random. The set released with the paper maximises
    the average distance instead, which lets in orders that differ in two places only.
    """
    rng, all_orders = np.random.default_rng(seed), every(k).T.astype(np.int8)  # (k, k!)
    nearest, chosen = np.full(all_orders.shape[1], k + 1, np.int8), []
    for _ in range(count):
        chosen.append(all_orders[:, rng.choice(np.flatnonzero(nearest == nearest.max()))])
        nearest = np.minimum(nearest, (all_orders != chosen[-1][:, None]).sum(0, dtype=np.int8))
    return _locked(np.array(chosen, dtype=np.int64))


def number_of(order: NDArray[np.integer], orders: Orders) -> Orders:
    """(n, k) → (n,) the number of each order in the set; −1 where it is not in it."""
    same = (orders[None] == order[:, None]).all(2)
    return np.where(same.any(1), same.argmax(1), -1)


def _locked(orders: NDArray[np.int64]) -> Orders:
    orders.flags.writeable = False  # shared by all visitors
    return orders
