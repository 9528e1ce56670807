"""Redundancy reduction: the table on the card, the terms as bars, and what the lab says of recorded runs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue.redundancy import RedundancyOptions
from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.results import run_view
from sslviz.ui.frame.picture_samples import sample
from sslviz.ui.tasks.redundancy import card as cards
from sslviz.ui.tasks.redundancy import learned, lesson


def saying(change: Callable[[Any], None], **options: Any) -> run_view.RunView:
    """A run whose last layer was changed by hand."""
    config = replace(default("redundancy"), device="cpu", options=RedundancyOptions(**options))
    learner = loop.Learner(config)
    change(learner.net.head[-1])
    state = learner.dump(9)
    return replace(run_view.untrained(config), mode="live", step=9, weights=state["weights"], kept=state["buffers"])


def dead(last: Any) -> None:
    last.weight.data.zero_()
    last.bias.data.fill_(1)


def parrots(last: Any) -> None:
    last.weight.data[:] = 5 * last.weight.data[:1].clone()


def test_the_table_tells_a_dead_model_from_one_whose_numbers_repeat_each_other() -> None:
    still, same = cards.table(saying(dead)), cards.table(saying(parrots))
    assert still.repeated == pytest.approx(0, abs=1e-3)
    assert still.agreed == pytest.approx(0, abs=1e-3)
    assert still.terms["variance"] == pytest.approx(49.5, abs=1e-2)
    assert same.repeated > 0.2  # all entries are one number: that of a view with the other view
    assert np.ptp(same.correlation) < 1e-3
    assert same.terms["variance"] < 1 < same.terms["covariance"]


def test_what_is_left_out_is_measured_all_the_same_and_marked() -> None:
    view = saying(dead, variance=False)
    now = cards.table(view)
    rows = {row["name"]: row for row in cards.bars(view, now, now)["rows"]}  # type: ignore[typeddict-item]
    assert set(rows) == {"invariance", "variance, left out", "covariance"}
    assert (rows["variance, left out"]["kind"], rows["variance, left out"]["text"]) == ("", "49.50")
    assert cards.formula(view, now)["numbers"]["said"].endswith("= 0.00")  # its own loss is perfect
    assert set(cards.table(saying(dead, method="Barlow Twins")).terms) == {"diagonal", "off the diagonal"}


def test_the_vectors_on_the_card_are_what_the_network_says_in_company() -> None:
    view = run_view.untrained(replace(default("redundancy"), device="cpu"))
    this = sample(16, "mixed", None)
    vectors = cards.answer(view, cards.label(this.pixels, 0, RedundancyOptions()))
    assert vectors.shape == (12, 128)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    found = cards.column(this, np.zeros((12, 32, 32, 3), np.uint8), vectors, 2)["cells"][-1]
    assert found["text"].endswith(f"cosine {vectors[2] @ vectors[8]:.2f}")


def test_a_run_without_a_term_can_be_trained_and_shows_its_table(visit: Callable, engine: Any, cheap: Any) -> None:
    page = visit("redundancy", steps="20", batch="16", device="cpu", covariance="false")
    before = page.component("redundancy_card")["panels"]
    assert [panel["kind"] for panel in before] == ["tiles", "tiles", "bars", "meters", "bars"]
    page.train()
    engine.work(2)
    page.run()
    after = page.component("redundancy_card")["panels"]
    assert after[0] == before[0]  # the label is the same for every batch
    assert after[1]["tiles"][0]["image"] != before[1]["tiles"][0]["image"]
    assert "covariance, left out" in [row["name"] for row in after[2]["rows"]]
    assert after[1]["mode"] == "live"


NAMES = (learned.WIDE, learned.RANK, learned.REPEATED, learned.COSINE)


def row(name: str, loss: float, probe: float, *values: float) -> dict[str, Any]:
    return {
        "name": name, "loss": [loss], "accuracy": [0.1], "probe": [probe], "steps": 300, "options": {},
        "measures": {key: [value] for key, value in zip(NAMES, values, strict=True)},
    }  # fmt: skip


def test_the_lab_says_what_was_measured_and_no_more() -> None:
    rows = [
        row("VICReg", 25, 0.5, 0.9, 0.5, 0.2, 0.1), row("no variance term", 0.01, 0.2, 0.02, 0.2, 0.1, 0.9),
        row("no covariance term", 8, 0.3, 1.0, 0.1, 0.8, 0.1),
    ]  # fmt: skip
    said = learned.meaning({"rows": rows})
    assert "| no variance term | 0.010 | 0.90 | 25.6 |" in said
    assert "falls to 0.020, and the loss is the lowest of VICReg’s (0.010): collapsed." in said
    assert "correlated by 0.80 instead of 0.20" in said
    assert "VICReg 50%, no variance term 20%, no covariance term 30%" in said
    well = learned.told(
        {"rows": [{**one, "name": other["name"]} for one, other in zip(rows[:1] * 3, rows, strict=True)]}
    )
    assert "collapsed" not in well
    assert "repeat" not in well


def test_the_lesson_leaves_out_one_term_at_a_time_and_puts_both_back() -> None:
    settings = [dict(way.settings) for way in (*lesson.BREAKS, lesson.BACK)]
    assert [sum(way.values()) for way in settings] == [1, 1, 2]
    assert all(set(way) == {"variance", "covariance"} for way in settings)


def test_measures_of_the_task_are_those_the_lab_reads() -> None:
    found = loop.Learner(replace(default("redundancy"), device="cpu"))
    assert set(NAMES) <= set(found.task.measures(found.net, "pictures"))
