"""The cards with which pages begin: kept in files, and equal to what the pages' own code makes."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sslviz.catalogue import TASKS
from sslviz.ui.frame import first_cards
from sslviz.ui.live.frames import join
from tests.same_card import same_card


@pytest.mark.parametrize("slug", TASKS)
def test_what_is_kept_is_what_the_page_makes_today(slug: str) -> None:
    made, kept = first_cards.make(first_cards.page_of(slug)), first_cards.read(first_cards.path(slug))
    assert kept.keys() == made.keys()
    differs = [name for name in made if not same_card(kept[name], made[name])]
    assert not differs, f"{differs}: `python -m sslviz.ui.frame.first_cards {slug}` makes them anew"


def test_those_of_one_task_alone_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_cards, "FOLDER", tmp_path)
    first_cards.main("next_word")
    assert [file.name for file in tmp_path.iterdir()] == ["next_word.json.gz"]
    with pytest.raises(SystemExit, match="No task is called next_world"):
        first_cards.main("next_world")


def test_cards_that_differ_are_told_apart() -> None:
    card = {"id": "one", "share": [0.5, 0.25], "text": "p 0.50"}
    assert same_card({**card, "share": [0.5000001, 0.25], "text": "p 0.51"}, card)
    assert not same_card({**card, "id": "two"}, card)
    assert not same_card({**card, "share": [0.51, 0.25]}, card)
    assert not same_card({**card, "text": "q 0.50"}, card)
    assert not same_card({**card, "more": 1}, card)


def picture(*values: int) -> str:
    """A grey picture, as a card has it."""
    kept = io.BytesIO()
    Image.fromarray(np.array([values], np.uint8)).save(kept, "PNG")
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


def test_pictures_and_frames_that_differ_are_told_apart() -> None:
    assert same_card(picture(9, 200), picture(8, 200))
    assert not same_card(picture(9, 200), picture(7, 200))
    assert not same_card(picture(9, 200), picture(9))
    one, other, more = (join({"p": p}, b"\1" * n) for p, n in ((0.5, 8), (0.5000001, 8), (0.5, 12)))
    assert same_card(one, other)
    assert not same_card(one, more)
    assert not same_card(one, join({"p": 0.51}, b"\1" * 8))
    texts = [base64.b64encode(join({"p": p}, b"\1" * 3000)).decode() for p in (0.5, 0.5000001, 0.6)]
    assert same_card(*texts[:2])
    assert not same_card(*texts[1:])
