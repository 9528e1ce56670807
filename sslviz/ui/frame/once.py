"""What a network says of samples that are always the same: asked once for its weights, whoever looks and how often."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

MOST = 16  # runs of which a function's answers are kept; those that nobody asked for longest go first

More = ParamSpec("More")
Found = TypeVar("Found")


def once(
    function: Callable[Concatenate[RunView, More], Found],
) -> Callable[Concatenate[RunView, More], Found]:
    """Keep what a function gives for a run, as long as the run's settings and weights are the same.

    Each drawing of a live run makes a view of it, and each untrained network another one, so a view is no key. A step
    makes a new array of weights; weights that are drawn by a seed follow from the settings.

    Args:
        function: reads of a run its settings, its weights and what is kept beside them, and nothing else. Further
            arguments must be hashable. Nobody may change what it gives.
    """
    kept: OrderedDict[Hashable, tuple[weakref.ref[Any] | None, Found]] = OrderedDict()
    lock = threading.RLock()  # who asks for what is being found waits for it; the network is shared anyway

    @wraps(function)
    def found(view: RunView, *args: More.args, **kwargs: More.kwargs) -> Found:
        weights = view.weights
        key = (view.config, None if weights is None else id(weights), args, tuple(sorted(kwargs.items())))
        with lock:
            if key in kept:
                of, answer = kept[key]
                if of is None or of() is weights:  # else the number has gone to another array
                    kept.move_to_end(key)
                    return answer
            answer = function(view, *args, **kwargs)
            kept[key] = (None if weights is None else weakref.ref(weights), answer)
            kept.move_to_end(key)
            while len(kept) > MOST:
                kept.popitem(last=False)
            return answer

    return found
