"""The examples in docstrings are right."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import sslviz

# Not these: importing them starts something, or draws a page.
LEFT_OUT = ("sslviz.__main__", "sslviz.ui", "sslviz.training.cluster")
MODULES = [
    found.name for found in pkgutil.walk_packages(sslviz.__path__, "sslviz.") if not found.name.startswith(LEFT_OUT)
]
MODULES.append("sslviz.ui.home_words")  # words and links, no page


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    assert sum(bool(found.examples) for name in MODULES for found in finder.find(import_module(name))) >= 2
