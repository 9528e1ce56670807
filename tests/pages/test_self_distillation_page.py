"""Self-distillation: histograms and attention on the card, its meters, and what the lab says of recorded runs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue.self_distillation import SelfDistillationOptions
from sslviz.training import loop
from sslviz.training.config import default
from sslviz.training.results import run_view
from sslviz.ui.frame.picture_samples import sample
from sslviz.ui.tasks.self_distillation import card as cards
from sslviz.ui.tasks.self_distillation import learned, lesson

NAMES = (learned.ONE, learned.MEAN, learned.KL)


def untrained() -> run_view.RunView:
    return run_view.untrained(replace(default("self_distillation"), device="cpu"))


def test_the_histograms_are_what_teacher_and_student_say_in_company() -> None:
    this = sample(109, "clothes", None)
    said = cards.answer(untrained(), cards.label(this.pixels, 0, SelfDistillationOptions()))
    assert (said.teacher.shape, said.student.shape, said.loss.shape) == ((12, 64), (36, 64), (12,))
    np.testing.assert_allclose(said.teacher.sum(1), 1, atol=1e-5)
    labels, answers = said.teacher.reshape(2, 6, 64), np.log(said.student.reshape(6, 6, 64))
    first = [-(labels[0, 3] * answers[v, 3]).sum() for v in range(1, 6)]  # label A of picture 3, from the other crops
    assert said.loss[3] == pytest.approx(np.mean(first), rel=1e-4)
    assert said.near(2).max() <= 0


def test_attention_is_a_share_of_each_patch_for_all_heads_and_for_each() -> None:
    this = sample(109, "clothes", None)
    reads = cards.attention(untrained(), this.pixels[0].tobytes())
    assert reads.shape == (5, 16)
    np.testing.assert_allclose(reads.sum(1), 1, atol=1e-5)
    np.testing.assert_allclose(reads[0], reads[1:].mean(0), atol=1e-6)


@pytest.mark.parametrize(("entropy", "boxes"), [(0.0, 1), (np.log(64), 64), (np.log(8), 8)])
def test_a_lesson_says_how_many_boxes_an_entropy_is_worth(entropy: float, boxes: float) -> None:
    rows: Any = cards.in_boxes(untrained(), (entropy, entropy, 0.5))["rows"]
    assert [row["value"] for row in rows] == pytest.approx([boxes, boxes])
    assert all(row["low"] <= row["value"] <= row["high"] + 1e-9 for row in rows)


def test_a_run_without_sharpening_draws_its_meters(visit: Callable, engine: Any, cheap: Any) -> None:
    page = visit("self_distillation", steps="20", batch="16", device="cpu", sharpening="false")
    before = page.component("self_distillation_card")["panels"]
    assert [panel["kind"] for panel in before] == ["strips", "tiles", "meters"]
    page.train()
    engine.work(2)
    page.run()
    crops, attention, meters = page.component("self_distillation_card")["panels"]
    assert crops == before[0]
    assert (attention["mode"], meters["mode"]) == ("live", "live")
    assert attention["tiles"][0] == before[1]["tiles"][0]  # the untrained one stays
    assert attention["tiles"][1]["image"] != before[1]["tiles"][1]["image"]
    assert meters["rows"][0]["value"] > 3  # nats; ln 64 is 4.16


def row(name: str, loss: float, probe: float, *values: float) -> dict[str, Any]:
    return {
        "name": name, "loss": [loss], "accuracy": [0.1], "probe": [probe], "steps": 300, "options": {},
        "measures": {key: [value] for key, value in zip(NAMES, values, strict=True)},
    }  # fmt: skip


def test_the_lab_says_what_was_measured_and_no_more() -> None:
    rows = [
        row("DINO", 2.8, 0.5, 0.5, 0.8, 0.2), row("no centring", 0.01, 0.2, 0.001, 0.002, 0.001),
        row("no sharpening", 4.15, 0.3, 0.999, 1.0, 0.001),
    ]  # fmt: skip
    said = learned.meaning({"rows": rows})
    assert "| no centring | 0.010 | 0.00 | 0.00 | 0.00 |" in said
    assert "one prototype takes all: the entropy of the mean label is 0.002" in said
    assert "nearly uniform: its entropy is 0.999 of ln 64" in said
    assert "DINO 50%, no centring 20%, no sharpening 30%." in said
    healthy = [{**rows[0], "name": one["name"]} for one in rows]
    assert learned.told({"rows": healthy}) == "The probe: DINO 50%, no centring 50%, no sharpening 50%."


def test_the_lesson_leaves_out_one_switch_at_a_time_and_the_lab_reads_the_tasks_measures() -> None:
    settings = [dict(way.settings) for way in (*lesson.BREAKS, lesson.BACK)]
    assert [sum(way.values()) for way in settings] == [1, 1, 2]
    found = loop.Learner(replace(default("self_distillation"), device="cpu"))
    assert set(NAMES) == set(found.task.measures(found.net, "fashion_mnist"))
