"""Shared by all tests: settings that make them repeat exactly, and small batches of every task that has a page.

Nothing here imports torch before a test asks for it: some tests show that a page does without.
"""

import sys
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from sslviz.catalogue import READY, Entry, load

settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
settings.load_profile("deterministic")

# What all pages have in common is tried on a page of words and one of pictures; what is a page's own, on all.
ALIKE = ("masked_words", "same_or_different")
every_page = pytest.mark.parametrize("slug", list(READY))
each_page = pytest.mark.parametrize(
    "slug", [pytest.param(slug, marks=() if slug in ALIKE else pytest.mark.slow) for slug in READY]
)
alike_pages = pytest.mark.parametrize("slug", ALIKE)


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
        return READY[self.slug]

    @property
    def data(self) -> str:
        return self.entry.data[0]

    @cached_property
    def task(self) -> Any:
        return load(self.slug)

    @cached_property
    def pool(self) -> Any:
        return self.task.pool(self.data)

    def batch(self, n: int = 11, part: str = "train", first: int = 0) -> Any:
        """Samples `first` to `first + n` of a part."""
        return self.task.batch(self.data, part, np.arange(first, first + n))

    def draw(self, batch: Any, seed: int = 0, **options: Any) -> Any:
        return self.task.draw(batch, np.random.default_rng(seed), self.pool, **options)

    def label(self, batch: Any, seed: int = 0, *, trace: bool = False, **options: Any) -> Any:
        return self.task.apply(batch, self.draw(batch, seed, **options), self.pool, trace=trace)

    def net(self, seed: int = 0) -> Any:
        """A network with weights drawn by seed."""
        import torch

        from sslviz.models.trunk import Trunk, initialise

        net = self.task.build(Trunk(), self.pool, **self.task.options)
        initialise(net, torch.Generator().manual_seed(seed))
        return net


_LABS = {slug: Lab(slug) for slug in READY}


@pytest.fixture(params=list(READY))
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
