"""Live samples: a task makes a pseudo-label on the spot, and one of a few choices is that very label.

Each task has its own in `sslviz/ui/tasks/<slug>/guess.py`: `label_question(rng)` makes one. Importing this needs no
torch; drawing does, since the label maker is the one that training runs.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

import numpy as np

from sslviz.catalogue import TASKS
from sslviz.ui import startup
from sslviz.ui.frame.label_question import LabelQuestion

STREAM = 71  # of random numbers


def can(slug: str) -> bool:
    """Whether this task can draw samples here: there is such a task, and torch could be imported."""
    return slug in TASKS and not startup.failed()


@lru_cache(maxsize=128)
def draw(slug: str, seed: int) -> LabelQuestion:
    """A sample of a task with its label; the same seed gives the same. Imports torch.

    Raises:
        ValueError: for a task that cannot.
    """
    if not can(slug):
        msg = f"{slug} draws no samples"
        raise ValueError(msg)
    task = import_module(f"sslviz.ui.tasks.{slug}.guess")
    question: LabelQuestion = task.label_question(np.random.default_rng((seed, STREAM)))
    return question
