"""Shared by all tests: settings that make them repeat exactly, and small batches of every task that has a page.

Nothing here imports torch before a test asks for it: some tests show that a page does without.
"""

import copy
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from sslviz.catalogue import TASKS, Entry, Options, load

settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
settings.load_profile("deterministic")

# What all pages have in common is tried on a page of words and one of pictures; what is a page's own, on all.
ALIKE = ("masked_words", "same_or_different")
every_page = pytest.mark.parametrize("slug", list(TASKS))
each_page = pytest.mark.parametrize(
    "slug", [pytest.param(slug, marks=() if slug in ALIKE else pytest.mark.slow) for slug in TASKS]
)
alike_pages = pytest.mark.parametrize("slug", ALIKE)


# The files that take longest, the longest first: begun last, one would go on alone when all others have ended.
LONGEST = (
    "test_loop", "test_figures", "test_recorded", "test_training", "test_export", "test_pages", "test_ahead",
    "test_transfer_record", "test_forged_events", "test_beginning", "test_contract", "test_lesson_page",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, where several processes share them."""
    place = {f"{name}.py": i for i, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """One torch thread, as everywhere in the project: sums then come out the same."""
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)


@dataclass(frozen=True)
class Lab:
    """A task with all that a test needs to make labels and networks."""

    slug: str

    @property
    def entry(self) -> Entry:
        return TASKS[self.slug]

    @property
    def options(self) -> type[Options]:
        return self.entry.options

    @property
    def data(self) -> str:
        return self.entry.data[0]

    @cached_property
    def nets(self) -> dict[Any, Any]:
        return {}

    @cached_property
    def task(self) -> Any:
        return load(self.slug)

    @cached_property
    def info(self) -> Any:
        return self.task.info(self.data)

    def batch(self, n: int = 11, part: str = "train", first: int = 0) -> Any:
        """Samples `first` to `first + n` of a part."""
        return self.task.batch(self.data, part, np.arange(first, first + n))

    def draw(self, batch: Any, seed: int = 0, **options: Any) -> Any:
        return self.task.draw(batch, np.random.default_rng(seed), self.info, self.options(**options))

    def label(self, batch: Any, seed: int = 0, *, trace: bool = False, **options: Any) -> Any:
        return self.task.apply(batch, self.draw(batch, seed, **options), self.info, trace=trace)

    def net(self, seed: int = 0, **options: Any) -> Any:
        """A network with weights drawn by seed; a copy, since a first round of cluster IDs takes seconds."""
        import torch

        from sslviz.models.trunk import Trunk, initialise

        key = (seed, *sorted(options.items()))
        if key not in self.nets:
            net = self.task.build(Trunk(), self.info, self.options(**options))
            generator = torch.Generator().manual_seed(seed)
            initialise(net, generator)
            self.task.begin(net, generator)
            self.task.refresh(net, 0, self.data, seed)
            self.nets[key] = net
        return copy.deepcopy(self.nets[key])


_LABS = {slug: Lab(slug) for slug in TASKS}


@pytest.fixture(params=list(TASKS))
def lab(request: pytest.FixtureRequest) -> Lab:
    """Every task that has a page, one after the other."""
    return _LABS[request.param]


@pytest.fixture(scope="session")
def labs() -> dict[str, Lab]:
    """All of them by slug."""
    return _LABS


@pytest.fixture(scope="session")
def words() -> Lab:
    """Masked words."""
    return _LABS["masked_words"]


@pytest.fixture(scope="session")
def views() -> Lab:
    """Same or different."""
    return _LABS["same_or_different"]
