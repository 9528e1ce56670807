"""That it makes no difference how a run is sliced, for the tasks that keep something beside the weights."""

from __future__ import annotations

import numpy as np

from sslviz.training import loop
from sslviz.training.config import RunConfig
from tests.stand_ins import forget


def same_however_sliced(config: RunConfig, *slices: int) -> None:
    """Train once in one go, and once in slices of these lengths, each as on another worker; all must be the same."""
    whole, once = loop.advance(config, loop.start(config), sum(slices))
    state, losses = loop.start(config), list[float]()
    for steps in slices:
        forget()
        state, snapshot = loop.advance(config, state, steps)
        losses += snapshot.losses.tolist()
    assert losses == once.losses.tolist()
    assert whole.keys() == state.keys()
    assert all(np.array_equal(whole[name], state[name]) for name in whole)
    assert all(array.dtype.kind == "f" for name, array in state.items() if name != "step")
