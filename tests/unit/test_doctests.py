"""The examples in docstrings are right."""

import doctest
import pkgutil
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

import sslviz

# Not these: importing them starts something, or draws a page.
LEFT_OUT = ("sslviz.__main__", "sslviz.ui", "sslviz.training.live.cluster")
MODULES = [
    found.name for found in pkgutil.walk_packages(sslviz.__path__, "sslviz.") if not found.name.startswith(LEFT_OUT)
]
MODULES.append("sslviz.ui.home.words")  # words and links, no page


def source(name: str) -> str:
    """The text of a module, which need not be imported for that."""
    found = find_spec(name)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).read_text("utf-8")


WITH_EXAMPLES = [name for name in MODULES if re.search(r"^ *>>> ", source(name), re.MULTILINE)]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_are_right_and_all_of_them_are_run(name: str) -> None:
    done = doctest.testmod(import_module(name))
    assert done.failed == 0
    assert done.attempted == len(re.findall(r"^ *>>> ", source(name), re.MULTILINE))
