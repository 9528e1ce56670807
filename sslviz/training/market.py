"""A market of pictures without their classes: somebody chooses which labels to buy, and random buyers go there, too.

The jobs run on the engine, as those of `transfer` do. Importing this brings no torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sslviz.evaluation import transfer as maths
from sslviz.training import transfer
from sslviz.training.config import RunConfig
from sslviz.training.work import Call, Stage

SIZE = 100  # samples for sale at one market

Cells = NDArray[np.int64]  # places at a market, 0 to SIZE - 1


def offered(seed: int, among: int = transfer.CANDIDATES) -> NDArray[np.int64]:
    """(SIZE,) what is for sale: places among the candidates, drawn by seed, in the order in which they lie there."""
    return np.random.default_rng((seed, SIZE)).permutation(among)[:SIZE]


def places(seed: int, n: int) -> NDArray[np.int64]:
    """(SIZE,) the same as places among all `n` training samples."""
    candidates = transfer.candidates(n)
    return candidates[offered(seed, len(candidates))]


def picked(cells: object, labels: int) -> Cells:
    """What somebody chose at the market, checked: `labels` different whole numbers from 0 to SIZE - 1; sorted.

    Raises:
        ValueError: with one sentence for whoever chose, where it is anything else.

    >>> picked([7, 3], 2)
    array([3, 7])
    """
    if not isinstance(cells, list | tuple) or not all(type(cell) is int for cell in cells):
        msg = "What was chosen could not be read; please choose again."
        raise ValueError(msg)
    if any(not 0 <= cell < SIZE for cell in cells):
        msg = f"Only the {SIZE} pictures of this market are for sale; please choose again."
        raise ValueError(msg)
    if len(set(cells)) != len(cells):
        msg = "A picture was chosen twice; please choose again."
        raise ValueError(msg)
    if len(cells) != labels:
        msg = f"Choose exactly {labels} pictures to buy; {len(cells)} were chosen."
        raise ValueError(msg)
    return np.array(sorted(cells), np.int64)


def judge(
    task: str, data: str, x: transfer.Features, test: transfer.Features, labels: int, seed: int, cells: Sequence[int],
    times: int = transfer.TIMES,
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """What the labels of `cells` are worth; and what `times` random buyers get at the same market.

    Args:
        task: whose samples and classes are taken.
        data: the same, the name of the data.
        x: (CANDIDATES, width) the trunk's vectors of the candidates.
        test: (n, width) those of the held-out samples.
        labels: how many are bought, by everybody.
        seed: draws the market; the random buyers have the seeds from here on.
        cells: what was chosen, places at the market.
        times: how many random buyers there are.

    Returns:
        `own`: `rows`, `ids` and `names` of what was bought, class by class, with `accuracies` and `classes`, one number
        each; `same`: `accuracies` and `classes`, one number a random buyer.

    Raises:
        ValueError: for cells that `picked` refuses.
    """
    judged = transfer.probe_data(task, data)
    rows = transfer.candidates(len(judged.train_y))
    market = offered(seed, len(x))
    y = judged.train_y[rows]

    def worth(chosen: Cells) -> dict[str, Any]:
        return maths.bought(x, y, market[chosen], test, judged.test_y)

    chosen = picked(list(cells), labels)
    own = worth(chosen)
    buyers = [worth(maths.at_random(SIZE, labels, one)) for one in range(seed, seed + times)]
    chosen = market[chosen]
    chosen = chosen[np.argsort(y[chosen], kind="stable")]  # class by class, as for the other buyers
    return {
        "own": {
            "rows": rows[chosen].tolist(), "ids": np.asarray(judged.train.ids)[rows[chosen]].tolist(),
            "names": [judged.names[int(kind)] for kind in y[chosen]],
            "accuracies": [own["accuracy"]], "classes": [own["classes"]],
        },
        "same": {
            "accuracies": [one["accuracy"] for one in buyers], "classes": [one["classes"] for one in buyers],
        },
    }  # fmt: skip


def stages(
    config: RunConfig, weights: Any, kept: Any, labels: int, seed: int, cells: Sequence[int],
    ways: Sequence[str] = transfer.WAYS,
) -> list[Stage]:  # fmt: skip
    """A purchase at the market, as stages for `Work`: it finds what `judge` returns, then `purchase` for each way."""
    plain, chosen = config.to_json(), [int(cell) for cell in cells]

    def vectors(_: list[Any]) -> list[Call]:
        return [(transfer.some_features, plain, weights, kept, part, 0) for part in ("candidates", "test")]

    def buy(found: list[Any]) -> list[Call]:
        others = [(transfer.purchase, config.task, config.data, *found, labels, seed, way) for way in ways]
        return [(judge, config.task, config.data, *found, labels, seed, chosen), *others]

    return [vectors, buy]
