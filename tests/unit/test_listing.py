"""Code on a page: which pieces of it are set apart."""

import inspect

from sslviz.tasks import masked_words
from sslviz.ui.live.listing import python

SOURCE = '''def draw(self, n):  # a remark
    """What it does."""
    text = "no docstring" if n else f"{n} in"
    return (
        "nor this"
    )
'''


def test_words_of_the_language_and_what_is_said_beside_it_are_set_apart() -> None:
    pieces = python("draw", SOURCE)["pieces"]
    found = {kind: [one["text"] for one in pieces if one["kind"] == kind] for kind in ("keyword", "quiet")}
    assert found == {
        "keyword": ["def", "if", "else", "return"],
        "quiet": ["# a remark", '"""What it does."""'],
    }


def test_nothing_of_the_code_is_lost() -> None:
    for source in (SOURCE, inspect.getsource(masked_words), "x = 1", "\n\n# one\n"):
        assert "".join(piece["text"] for piece in python("code", source)["pieces"]) == source
