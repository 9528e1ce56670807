"""Patch order: what a visitor swaps is a changed Draw, every way has its card and its question, the lab is measured."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue import READY
from sslviz.training.shown import untrained
from sslviz.ui import patch_order_card as drawn
from sslviz.ui import patch_order_page as words
from sslviz.ui import patch_order_puzzle as patches

SLUG = "patch_order"
WAYS = READY[SLUG].options["way"].choices
PUZZLES = ("places", "jigsaw 2x2", "jigsaw 3x3")


def puzzle(way: str, edits: dict[int, Any] | None = None, **options: Any) -> patches.Puzzle:
    """Pictures as the card has them, answered by an untrained network."""
    from sslviz.training.config import default

    every = {**{name: option.default for name, option in READY[SLUG].options.items()}, "way": way, **options}
    this = patches.sample(39, "mixed", None)
    draw, labelled = patches.label(this.pixels, 0, every, edits or {})
    said = patches.answer(untrained(default(SLUG)), labelled, way, len(this.pixels))
    return patches.Puzzle(way, draw, labelled, said, patches.tiles_of(labelled, way))


# what a visitor does


@pytest.mark.parametrize("way", PUZZLES)
def test_swaps_lead_to_the_whole_picture_and_the_label_follows(way: str) -> None:
    one = puzzle(way)
    k = len(one.draw["order"][2])
    done = 0
    while not one.right(2).all():
        order = one.draw["order"][2]
        place = int(np.flatnonzero(order != np.arange(k))[0])
        swap = {"kind": "swap", "panel": 0, "a": place, "b": int(np.flatnonzero(order == place)[0])}
        one = puzzle(way, {2: patches.changed(one, 2, swap)})
        done += 1
        assert done < k
    assert one.draw["order"][2].tolist() == list(range(k))
    assert drawn.panels(one, 2, patches.sample(39, "mixed", None), "Basic")[0]["note"].startswith("✓ Solved")
    if way == "places":
        assert one.truth(2).tolist() == list(range(16))
    elif way == "jigsaw 2x2":
        assert one.truth(2) == 0
    other = puzzle(way)
    assert (one.draw["order"][0] == other.draw["order"][0]).all()  # the other pictures stay


def test_nine_tiles_put_right_are_an_order_that_no_training_step_shows() -> None:
    one = puzzle("jigsaw 3x3", {1: np.arange(9)})
    assert one.truth(1) == -1
    assert drawn.label_text(one, 1)[0] == "none"
    assert "no label" in drawn.panels(one, 1, patches.sample(39, "mixed", None), "Standard")[1]["note"]
    assert drawn.formula(one, 1)["numbers"] == "no label, no loss"


def test_the_answers_of_patches_follow_them_wherever_they_are_put() -> None:
    one = puzzle("places")
    swapped = puzzle("places", {0: patches.changed(one, 0, {"kind": "swap", "a": 3, "b": 9})})
    before, after = one.said.p[0], swapped.said.p[0]
    order = np.arange(16)
    order[[3, 9]] = 9, 3
    np.testing.assert_allclose(after, before[order], atol=1e-5)
    assert one.named(0) == swapped.named(0)


def test_pressing_a_neighbour_makes_it_the_second_and_the_middle_swaps() -> None:
    one = puzzle("relative position", {0: np.array([4, 0])})
    assert one.truth(0) == 0
    other = puzzle("relative position", {0: patches.changed(one, 0, {"kind": "press", "index": 8})})
    assert other.draw["order"][0].tolist() == [4, 8]
    assert other.truth(0) == 7
    swapped = puzzle("relative position", {0: patches.changed(other, 0, {"kind": "press", "index": 4})})
    assert swapped.draw["order"][0].tolist() == [8, 4]
    assert swapped.truth(0) == 0


def test_pressing_a_turn_shows_it() -> None:
    for turn in range(4):
        one = puzzle("rotation", {3: turn})
        assert one.truth(3) == turn
        assert sorted(one.draw["turns"][3].tolist()) == [0, 1, 2, 3]


def test_a_model_that_is_right_puts_the_picture_together() -> None:
    for way in PUZZLES:
        one = puzzle(way)
        for i in range(patches.COUNT):
            one.said.p[i] = np.eye(one.said.p.shape[-1])[one.truth(i)]
            shown = one.tiles[i][one.draw["order"][i]]
            assert (shown[patches.laid(one, i)] == one.tiles[i]).all()
            assert drawn.answer_text(one, i)[0].startswith("✓")


# the page


@pytest.mark.parametrize("way", WAYS)
def test_every_way_has_its_card_and_its_question(visit: Callable, way: str) -> None:
    page = visit(SLUG, way=way)
    card = page.component("patch_card")
    assert len(card["columns"]) == patches.COUNT
    labels = [column["cells"][2]["text"] for column in card["columns"]]
    assert all(column["cells"][3]["text"][0] in "✓✕" for column in card["columns"])
    page.press("new_label")
    again = page.component("patch_card")
    assert [column["cells"][2]["text"] for column in again["columns"]] != labels
    assert again["id"] != card["id"]
    pills = page.at.pills(key=f"{SLUG}_guess_0")
    pills.set_value(pills.options[0])
    page.run()
    assert "Pseudo-label: " in page.texts


def test_another_way_asks_another_question(visit: Callable) -> None:
    page = visit(SLUG)
    assert page.at.pills(key=f"{SLUG}_guess_0").options
    page.at.segmented_control(key=f"{SLUG}_way").set_value("rotation")
    page.run()
    assert page.at.pills(key=f"{SLUG}_guess_1").options == list(patches.TURNS)


def test_a_model_that_learned_another_way_is_not_asked(visit: Callable) -> None:
    page = visit(SLUG)
    if page.component("patch_card")["model"] != "recorded":
        pytest.skip("nothing is recorded")
    page.at.segmented_control(key=f"{SLUG}_way").set_value("jigsaw 2x2")
    page.run()
    card = page.component("patch_card")
    assert card["model"] == "untrained"
    assert "learned “places”" in card["note"]
    assert "Model: " not in page.texts


@pytest.mark.usefixtures("cheap")
def test_another_way_is_trained_and_its_model_answers(visit: Callable, engine: Any) -> None:
    page = visit(SLUG, way="relative position", steps="20", batch="16", device="cpu")
    page.press("reset").press("play")
    before = page.component("patch_card")
    engine.work(10)
    card = page.run().component("patch_card")
    assert (before["model"], card["model"]) == ("untrained", "live")
    assert card["panels"][1]["rows"] != before["panels"][1]["rows"]
    assert "cannot answer" not in card["note"]


def test_the_order_its_direction_its_number_and_its_inverse_are_shown(visit: Callable) -> None:
    from sslviz.tasks.patch_order import orders_of
    from sslviz.tasks.permutations import inverse

    page = visit(SLUG, way="jigsaw 3x3", __depth="Standard")
    (panel,) = [p for p in page.component("patch_card")["panels"] if p["title"] == "Pseudo-label"]
    order = [int(tile["text"]) for tile in panel["tiles"]]
    number = int(panel["note"].split("Label: order ")[1].split(" ")[0])
    assert orders_of("jigsaw 3x3")[number].tolist() == order
    assert f"Order: {drawn.numbers(order)}: tile order[i] is shown at place i" in panel["note"]
    assert f"Inverse: {drawn.numbers(inverse(np.array(order)))}: tile j is shown at place inverse[j]" in panel["note"]


def test_identical_patches_are_told() -> None:
    one = puzzle("places")
    notes = [drawn.panels(one, i, patches.sample(39, "mixed", None), "Basic")[1]["note"] for i in range(patches.COUNT)]
    alike = [len(np.unique(tiles.reshape(16, -1), axis=0)) for tiles in one.tiles]
    assert min(alike) < 16
    for note, count in zip(notes, alike, strict=True):
        assert (f"Only {count} patches look different" in note) == (count < 16)


def test_switches_that_a_way_does_not_use_are_greyed_out(visit: Callable) -> None:
    page = visit(SLUG)
    assert page.at.toggle(key=f"{SLUG}_gap").disabled
    assert not page.at.toggle(key=f"{SLUG}_lens").disabled
    page = visit(SLUG, way="jigsaw 3x3")
    assert not page.at.toggle(key=f"{SLUG}_gap").disabled


# the shortcut lab


def stored(task: float, probe: float) -> dict[str, Any]:
    """An ablation in which the lens brings so much."""
    way = {"way": "relative position"}
    rows = [("relative position", way, 0.56, 0.57), ("lens", {**way, "lens": True}, 0.56 + task, 0.57 + probe),
            ("lens, one colour", {**way, "lens": True, "drop": True}, 0.5, 0.53)]  # fmt: skip
    return {
        "task": SLUG,
        "rows": [{"name": n, "options": o, "accuracy": [a, a], "probe": [p, p], "steps": 600} for n, o, a, p in rows],
        "baselines": {"guessing": 1 / 16},
    }


def test_the_words_of_the_lab_follow_the_numbers() -> None:
    told = words.meaning(stored(0.15, 0.01))
    assert "**71%** of the directions are named instead of 56% (+15 points)" in told
    assert "a shortcut." in told
    assert "50% are named, and the probe says 53%" in told
    for task, probe in ((0.15, 0.1), (0.01, 0.0), (-0.1, 0.0)):
        assert "no shortcut" in words.meaning(stored(task, probe))


@pytest.mark.parametrize(
    ("apart", "touch", "edges", "better"),
    [
        ((0.8, 0.54), (0.7, 0.57), True, True),
        ((0.8, 0.6), (0.7, 0.5), True, False),
        ((0.6, 0.6), (0.7, 0.5), False, True),
    ],
)
def test_what_is_said_of_touching_tiles_follows_the_numbers(apart: Any, touch: Any, edges: bool, better: bool) -> None:
    found, way = stored(0.15, 0.01), {"way": "jigsaw 3x3"}
    for options, (accuracy, probe) in ((way, apart), ({**way, **words.TOUCHING}, touch)):
        found["rows"].append({"name": "j", "options": options, "accuracy": [accuracy], "probe": [probe], "steps": 600})
    told = words.meaning(found)
    assert f"{apart[0]:.0%} of the orders are named, with touching tiles as they are {touch[0]:.0%}" in told
    assert ("no shortcut for this small network" in told) == edges
    assert ("does not mean knowing more" in told) == better


def test_the_lab_is_drawn_only_where_something_was_measured(
    visit: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from sslviz.training import ablation

    monkeypatch.setattr(ablation, "path", lambda _task: tmp_path / "found.json")
    page = visit(SLUG)
    assert "shortcuts" not in page.keys
    (tmp_path / "found.json").write_text(json.dumps(stored(0.15, 0.01)), encoding="utf-8")
    page.run()
    assert "shortcuts" in page.keys
    assert "lens (guessing: 1 in 8), label named: 71%" in page.html
    assert "600 steps each" in page.texts
    assert "shortcuts" not in visit(SLUG, __hide="learned").keys
