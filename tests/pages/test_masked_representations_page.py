"""Masked representations: two labels of one mask on the card, what is alike in either, and what the lab says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue.masked_representations import MaskedRepresentationsOptions
from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.results import run_view
from sslviz.ui.frame.picture_samples import sample
from sslviz.ui.tasks.masked_representations import card as cards
from sslviz.ui.tasks.masked_representations import guess, learned, lesson

SLUG = "masked_representations"
NAMES = (learned.SPREAD, learned.COSINE, learned.RANK)


def untrained() -> run_view.RunView:
    return run_view.untrained(replace(default(SLUG), device="cpu"))


def answers(number: int = 29) -> cards.Answers:
    this = sample(number, "mixed", None)
    return cards.answer(untrained(), cards.label(this.pixels, 0, MaskedRepresentationsOptions()))


def test_the_loss_of_a_picture_is_the_mean_squared_difference_of_its_vectors() -> None:
    said = answers()
    for i in range(6):
        label = said.every[i][said.places[i]]
        by_hand = np.mean(
            [((a - b) ** 2).mean() for a, b in zip(said.said[i].reshape(-1, 64), label.reshape(-1, 64), strict=True)]
        )
        assert said.loss[i].mean() == pytest.approx(by_hand, rel=1e-4)
        assert said.errors(i)["model"] == pytest.approx(by_hand, rel=1e-4)
        assert said.errors(i)[cards.RIVAL] > 0


def test_a_vector_is_drawn_in_the_place_of_its_patch_and_nothing_elsewhere() -> None:
    vectors = np.zeros((16, 64), np.float32)
    vectors[6, 0], vectors[6, 63] = 9, -9  # far beyond what is drawn
    drawn = cards.fields(vectors, np.arange(16) == 6, (10, 20, 30))
    assert drawn.shape == (32, 32, 4)
    assert drawn[8, 16].tolist() == [10, 20, 30, 255]  # patch 6: second row, third column
    assert drawn[15, 23].tolist() == [255, 255, 255, 255]
    assert (drawn[..., 3] == 255).sum() == 64
    assert drawn[9, 17].tolist() == [132, 138, 142, 255]  # 0: halfway


def test_what_is_alike_is_looked_for_in_the_same_place() -> None:
    """A held-out picture is most alike to itself, by its pixels and by its vector."""
    view, seen = untrained(), cards.others(default(SLUG).data)[:6]
    said = cards.answer(view, cards.label(seen, 0, MaskedRepresentationsOptions()))
    rows: Any = cards.near(seen[2], view, said, 2)["rows"]
    assert [len(row["images"]) for row in rows] == [cards.NEAR] * 3
    assert rows[0]["images"][0] == rows[1]["images"][0] == cards.framed(seen[2], place_of(said))


def place_of(said: cards.Answers) -> int:
    """The place that the panel of picture 2 is about, from its hint."""
    panel = cards.near(cards.others(default(SLUG).data)[2], untrained(), said, 2)
    return int(panel["hint"].split("place ")[1].split(",")[0]) - 1


def test_a_question_has_four_unlike_pieces_of_which_one_stood_there() -> None:
    for number in range(3):
        asked = guess.draw(number)
        blocks = asked.blocks() / 255
        assert len(set(asked.shown)) == 4
        assert asked.own in asked.shown
        assert not asked.labelled.inputs["visible"][asked.own][asked.places].any()
        gaps = [np.square(a - b).mean() for i, a in enumerate(blocks) for b in blocks[:i]]
        assert min(gaps) > guess.LEAST


def test_a_run_without_the_average_draws_its_meters(visit: Callable, engine: Any, cheap: Any) -> None:
    page = visit(SLUG, steps="20", batch="16", device="cpu", m="0.0")
    before = page.component(f"{SLUG}_card")["panels"]
    assert [panel["kind"] for panel in before] == ["tiles", "tiles", "tiles", "strips", "bars", "meters"]
    page.train()
    engine.work(2)
    page.run()
    after = page.component(f"{SLUG}_card")["panels"]
    assert after[0] == before[0]  # pixels do not move
    assert after[1] != before[1]  # the label does
    assert after[5]["mode"] == "live"


def row(name: str, loss: float, spread: float, *probes: float) -> dict[str, Any]:
    return {
        "name": name, "loss": [loss] * 3, "accuracy": [0.1] * 3, "probe": list(probes), "steps": 300, "options": {},
        "measures": {key: [value] * 3 for key, value in zip(NAMES, (spread, 0.5, 0.25), strict=True)},
    }  # fmt: skip


def test_the_lab_says_what_was_measured_and_no_more() -> None:
    alive, dead = row("averaged", 0.4, 0.5, 0.61, 0.62, 0.63), row("gradient", 0.001, 0.01, 0.41, 0.43, 0.42)
    said = learned.meaning({"rows": [alive, dead]})
    assert "| gradient | 0.001 | 0.01 | 0.50 | 16.0 | 42.0% |" in said
    assert "“gradient” collapsed: a spread below a tenth in 3 of 3 runs." in said
    assert "Probe of “averaged” against “gradient”: +20.0 points." in said
    level = learned.told({"rows": [alive, row("other", 0.4, 0.5, 0.6, 0.64, 0.62)]})
    assert level.startswith("No target collapsed within this budget.")
    assert level.endswith("no clear difference.")


def test_the_lesson_changes_one_thing_at_a_time_and_the_lab_reads_the_tasks_measures() -> None:
    first = dict(lesson.BACK.settings)
    assert [sum(way.settings[name] != first[name] for name in first) for way in lesson.BREAKS] == [1, 1]
    found = loop.Learner(replace(default(SLUG), device="cpu"))
    assert set(NAMES) == set(found.task.measures(found.net, "fashion_mnist"))
