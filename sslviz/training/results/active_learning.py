"""Active learning by hand: a visitor chooses which pictures get a label; random choices from the same pictures compare.

The page calls the pictures on offer a market, and the labels bought.

The jobs run on the engine, as those of `transfer` do. Importing this brings no torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sslviz.evaluation import transfer as maths
from sslviz.training.config import RunConfig
from sslviz.training.live.work import Call, Stage
from sslviz.training.results import transfer

SIZE = 100  # samples on offer

Cells = NDArray[np.int64]  # places among those on offer, 0 to SIZE - 1


def offered(seed: int, among: int = transfer.CANDIDATES) -> NDArray[np.int64]:
    """(SIZE,) the samples on offer: places among the candidates, drawn by seed, in random order."""
    return np.random.default_rng((seed, SIZE)).permutation(among)[:SIZE]


def places(seed: int, n: int) -> NDArray[np.int64]:
    """(SIZE,) the same as places among all `n` training samples."""
    candidates = transfer.candidates(n)
    return candidates[offered(seed, len(candidates))]


def picked(cells: object, labels: int) -> Cells:
    """A visitor's choice, checked: `labels` different whole numbers from 0 to SIZE - 1; sorted.

    Raises:
        ValueError: with one sentence for the visitor, where it is anything else.

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
    """What the labels of `cells` are worth; and those of `times` random choices among the same samples.

    Args:
        task: whose samples and classes are taken.
        data: the same, the name of the data.
        x: (CANDIDATES, width) the trunk's vectors of the candidates.
        test: (n, width) those of the held-out samples.
        labels: how many are bought, by the visitor and by each random choice.
        seed: draws what is on offer; random choices have the seeds from here on.
        cells: the visitor's choice.
        times: how many random choices there are.

    Returns:
        `own`: `rows`, `ids` and `names` of what was bought, class by class, with `accuracies` and `classes`, one number
        each; `same`: `accuracies` and `classes`, one number a random choice.

    Raises:
        ValueError: for cells that `picked` refuses.
    """
    judged = transfer.probe_data(task, data)
    rows = transfer.candidates(len(judged.train_y))
    offer = offered(seed, len(x))
    y = judged.train_y[rows]

    def judge_choice(chosen: Cells) -> dict[str, Any]:
        return maths.worth(x, y, offer[chosen], test, judged.test_y)

    chosen = picked(list(cells), labels)
    own = judge_choice(chosen)
    random = [judge_choice(maths.at_random(SIZE, labels, number)) for number in range(seed, seed + times)]
    chosen = offer[chosen]
    chosen = chosen[np.argsort(y[chosen], kind="stable")]  # class by class, as `purchase` has them
    return {
        "own": {
            "rows": rows[chosen].tolist(), "ids": np.asarray(judged.train.ids)[rows[chosen]].tolist(),
            "names": [judged.names[int(kind)] for kind in y[chosen]],
            "accuracies": [own["accuracy"]], "classes": [own["classes"]],
        },
        "same": {
            "accuracies": [each["accuracy"] for each in random], "classes": [each["classes"] for each in random],
        },
    }  # fmt: skip


def stages(
    config: RunConfig, weights: Any, kept: Any, labels: int, seed: int, cells: Sequence[int],
    strategies: Sequence[str] = transfer.STRATEGIES,
) -> list[Stage]:  # fmt: skip
    """A visitor's choice, as stages for `Work`: they give what `judge` returns, then `purchase` for each strategy."""
    plain, chosen = config.to_json(), [int(cell) for cell in cells]

    def vectors(_: list[Any]) -> list[Call]:
        return [(transfer.some_features, plain, weights, kept, part, 0) for part in ("candidates", "test")]

    def buy(found: list[Any]) -> list[Call]:
        others = [
            (transfer.purchase, config.task, config.data, *found, labels, seed, strategy) for strategy in strategies
        ]
        return [(judge, config.task, config.data, *found, labels, seed, chosen), *others]

    return [vectors, buy]
