"""Patch order: what a visitor swaps is a changed Draw, every way has its card and its question, the lab is measured."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.catalogue.patch_order import PatchOrderOptions
from sslviz.training.results.run_view import untrained
from sslviz.ui.tasks.patch_order import card as drawn
from sslviz.ui.tasks.patch_order import learned as words
from sslviz.ui.tasks.patch_order import puzzle as patches

SLUG = "patch_order"
VARIANTS = TASKS[SLUG].fields["way"].choices
PUZZLES = ("places", "jigsaw 2x2", "jigsaw 3x3")


def puzzle(way: str, edits: dict[int, Any] | None = None, **options: Any) -> patches.Puzzle:
    """Pictures as the card has them, answered by an untrained network."""
    from sslviz.training.config import default

    every = PatchOrderOptions(way=way, **options)
    this = patches.sample(39, "mixed", None)
    return patches.puzzle_of(this.pixels, untrained(default(SLUG)), 0, every, edits or {})


# what a visitor does


def swapped(order: np.ndarray, a: int, b: int) -> list[int]:
    """An order in which two tiles have changed places."""
    made = order.tolist()
    made[a], made[b] = made[b], made[a]
    return made


@pytest.mark.parametrize(
    ("way", "edit", "is_one"),
    [
        ("rotation", [3], True), ("rotation", [4], False), ("rotation", [0, 1], False), ("rotation", [True], False),
        ("relative position", [4, 8], True), ("relative position", [0, 8], False), ("relative position", [4, 4], False),
        ("jigsaw 2x2", [3, 2, 1, 0], True), ("jigsaw 2x2", [3, 2, 1, 1], False), ("jigsaw 2x2", [0, 1, 2], False),
        ("jigsaw 3x3", list(range(9)), True), ("places", list(range(16)), True), ("places", "0123", False),
        ("places", [[0]] * 16, False), ("places", None, False), ("places", [0.0, *range(1, 16)], False),
    ],
)  # fmt: skip
def test_what_a_browser_sends_is_taken_only_where_it_can_be_made_by_hand(way: str, edit: object, is_one: bool) -> None:
    assert (patches.by_hand(edit, way) is not None) == is_one


@pytest.mark.parametrize("way", PUZZLES)
def test_swaps_lead_to_the_whole_picture_and_the_label_follows(way: str) -> None:
    one = puzzle(way)
    k = len(one.draw["order"][2])
    done = 0
    while not one.right(2).all():
        order = one.draw["order"][2]
        place = int(np.flatnonzero(order != np.arange(k))[0])
        one = puzzle(way, {2: swapped(order, place, int(np.flatnonzero(order == place)[0]))})
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
    assert drawn.formula(one, 1)["numbers"]["said"] == "no label, no loss"


def test_the_answers_of_patches_follow_them_wherever_they_are_put() -> None:
    one = puzzle("places")
    other = puzzle("places", {0: swapped(one.draw["order"][0], 3, 9)})
    before, after = one.answer.p[0], other.answer.p[0]
    order = np.arange(16)
    order[[3, 9]] = 9, 3
    np.testing.assert_allclose(after, before[order], atol=1e-5)
    assert one.named(0) == other.named(0)


def test_of_a_pair_that_changes_places_the_label_is_the_opposite_direction() -> None:
    for pair, truth in (([4, 0], 0), ([4, 8], 7), ([8, 4], 0)):
        one = puzzle("relative position", {0: pair})
        assert (one.draw["order"][0].tolist(), one.truth(0)) == (pair, truth)


def test_pressing_a_turn_shows_it() -> None:
    for turn in range(4):
        one = puzzle("rotation", {3: [turn]})
        assert one.truth(3) == turn
        assert sorted(one.draw["turns"][3].tolist()) == [0, 1, 2, 3]


def test_a_model_that_is_right_puts_the_picture_together() -> None:
    for way in PUZZLES:
        one = puzzle(way)
        for i in range(patches.COUNT):
            one.answer.p[i] = np.eye(one.answer.p.shape[-1])[one.truth(i)]
            shown = one.tiles[i][one.draw["order"][i]]
            assert (shown[patches.laid(one, i)] == one.tiles[i]).all()
            assert drawn.answer_text(one, i)[0].startswith("✓")


# the page


@pytest.mark.parametrize("way", VARIANTS)
def test_every_way_has_its_card_and_its_question(visit: Callable, way: str) -> None:
    page = visit(SLUG, way=way)
    card = page.component("patch_order_card")
    assert len(card["columns"]) == patches.COUNT
    labels = [column["cells"][2]["text"] for column in card["columns"]]
    assert all(column["cells"][3]["text"][0] in "✓✕" for column in card["columns"])
    page.press("new_label")
    again = page.component("patch_order_card")
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
    if page.component("patch_order_card")["model"] != "recorded":
        pytest.skip("nothing is recorded")
    page.at.segmented_control(key=f"{SLUG}_way").set_value("jigsaw 2x2")
    page.run()
    card = page.component("patch_order_card")
    assert card["model"] == "untrained"
    assert "learned “places”" in page.html
    assert "Model: " not in page.texts


@pytest.mark.usefixtures("cheap")
def test_another_way_is_trained_and_its_model_answers(visit: Callable, engine: Any) -> None:
    page = visit(SLUG, way="relative position", steps="20", batch="16", device="cpu")
    page.untrained().train()
    before = page.component("patch_order_card")
    engine.work(40)
    card = page.run().component("patch_order_card")
    assert (before["model"], card["model"]) == ("untrained", "live")
    assert card["panels"][1]["rows"] != before["panels"][1]["rows"]
    assert "cannot answer" not in page.html


@pytest.mark.parametrize("way", ["places", "jigsaw 2x2", "jigsaw 3x3"])
@pytest.mark.parametrize("depth", ["Basic", "Standard", "Detailed"])
def test_the_solution_does_not_stand_beside_the_puzzle_unasked(visit: Callable, way: str, depth: str) -> None:
    panels = visit(SLUG, way=way, __depth=depth).component("patch_order_card")["panels"]
    puzzle = panels[0]
    assert puzzle["title"] == "Your turn"
    order = patches.numbers(np.array(puzzle["made"]))
    for panel in panels:
        if not panel.get("fold"):
            assert order not in panel.get("note", "")
            assert [tile.get("text") for tile in panel.get("tiles", [])] != order.split()


def test_the_order_its_direction_its_number_and_its_inverse_are_shown(visit: Callable) -> None:
    from sslviz.tasks.patch_order import orders_of
    from sslviz.tasks.permutations import inverse

    page = visit(SLUG, way="jigsaw 3x3", __depth="Standard")
    (panel,) = [p for p in page.component("patch_order_card")["panels"] if p["title"] == "Pseudo-label"]
    order = [int(tile["text"]) for tile in panel["tiles"]]
    number = int(panel["note"].split("Label: order ")[1].split(" ")[0])
    assert orders_of("jigsaw 3x3")[number].tolist() == order
    assert f"Order: {patches.numbers(order)}: tile order[i] is shown at place i" in panel["note"]
    assert f"Inverse: {patches.numbers(inverse(np.array(order)))}: tile j is shown at place inverse[j]" in panel["note"]


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
        assert "hardly a shortcut" in words.meaning(stored(task, probe))


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
    assert ("not a shortcut for this small network" in told) == edges
    assert ("does not mean knowing more" in told) == better


def test_the_lab_is_drawn_only_where_something_was_measured(
    visit: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from sslviz.training.results import ablation

    monkeypatch.setattr(ablation, "path", lambda _task: tmp_path / "found.json")
    page = visit(SLUG)
    assert "shortcuts" not in page.keys
    (tmp_path / "found.json").write_text(json.dumps(stored(0.15, 0.01)), encoding="utf-8")
    page.run()
    assert "shortcuts" in page.keys
    assert "lens (guessing: 1 in 8), label named: 71%" in page.html
    assert "600 steps each" in page.texts
    assert "shortcuts" not in visit(SLUG, __hide="learned").keys
