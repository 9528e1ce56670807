"""The cards with which pages begin: kept in files, and equal to what the pages' own code makes."""

import re
from typing import Any

import pytest

from sslviz.catalogue import TASKS
from sslviz.ui.frame import first_cards

NUMBER = re.compile(r"\d+(?:\.\d+)?")


def alike(kept: Any, made: Any) -> bool:
    """Whether two cards are the same, but for the last digits of what a model says on another kind of processor."""
    if isinstance(made, dict):
        return kept.keys() == made.keys() and all(alike(kept[name], made[name]) for name in made)
    if isinstance(made, list):
        return len(kept) == len(made) and all(map(alike, kept, made))
    if isinstance(made, float):
        return bool(kept == pytest.approx(made, rel=1e-3, abs=1e-5))
    if isinstance(made, str) and kept != made and len(made) < 2000:
        numbers = [[float(one) for one in NUMBER.findall(text)] for text in (kept, made)]
        return NUMBER.sub("", kept) == NUMBER.sub("", made) and numbers[0] == pytest.approx(numbers[1], abs=1.01)
    return bool(kept == made)


@pytest.mark.parametrize("slug", TASKS)
def test_what_is_kept_is_what_the_page_makes_today(slug: str) -> None:
    made, kept = first_cards.make(first_cards.page_of(slug)), first_cards.read(first_cards.path(slug))
    assert kept.keys() == made.keys()
    differs = [name for name in made if not alike(kept[name], made[name])]
    assert not differs, f"{differs} of {slug}; `python -m sslviz.ui.frame.first_cards` makes them anew"


def test_cards_that_differ_are_told_apart() -> None:
    card = {"id": "one", "share": [0.5, 0.25], "text": "p 0.50"}
    assert alike({**card, "share": [0.5000001, 0.25], "text": "p 0.51"}, card)
    assert not alike({**card, "id": "two"}, card)
    assert not alike({**card, "share": [0.51, 0.25]}, card)
    assert not alike({**card, "text": "q 0.50"}, card)
    assert not alike({**card, "more": 1}, card)
