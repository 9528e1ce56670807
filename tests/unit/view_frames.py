"""Samples of what types alone cannot say: frames of bytes, and arguments that are passed on as they come."""

from typing import Any

import numpy as np

from sslviz.ui.frame.views import Phase
from sslviz.ui.home.views import Family, TimeSystem
from sslviz.ui.labels.arena.measured import SmallMap
from sslviz.ui.live.frames import Film, pack_film
from sslviz.ui.tasks.same_or_different.card import PairsAbout, pack_pairs
from tests.views import sample


def _film() -> bytes:
    return pack_film(Film("run", [0], np.zeros((1, 2, 2)), None, [0, 1], ["a", "b"], ["x", "y"], b"RIFF", 2))


def _pairs() -> bytes:
    pictures = np.zeros((1, 32, 32, 3), np.uint8)
    return pack_pairs(sample(PairsAbout), pictures, np.concatenate([pictures, pictures]))


def _parts(name: str, typed: Any) -> Any:
    return lambda: {name: [sample(typed)]}


FRAMES = {"embedding_view": _film, "pair_card": _pairs}
PARTS = {
    "steps_view": _parts("phases", Phase),
    "task_map": _parts("families", Family),
    "time_line": _parts("systems", TimeSystem),
    "arena_maps": _parts("maps", SmallMap),
}
