"""The queue: what the card shows of it, which pictures stand behind its keys, and why the loss rises first."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from sslviz.catalogue import load
from sslviz.catalogue.queue import QueueOptions
from sslviz.tasks.queue import NOISE
from sslviz.training import loop
from sslviz.training.config import RunConfig
from sslviz.training.results import run_view
from sslviz.ui.frame.picture_samples import sample
from sslviz.ui.tasks.queue import card as queue_card
from sslviz.ui.tasks.queue import learned as queue_page

OPTIONS = QueueOptions()


def run(steps: int, **options: Any) -> tuple[RunConfig, loop.State]:
    # m = 1: the key encoder never moves, so keys can be made again
    chosen = QueueOptions(**{"keys": 64, "m": 1.0, **options})
    config = RunConfig("queue", "pictures", 3, 20, 24, 1e-3, device="cpu", options=chosen)
    learner = loop.Learner(config)
    learner.load(loop.start(config))
    for step in range(steps):
        learner.train_step(step)
    return config, learner.dump(steps)


def seen(config: RunConfig, state: loop.State) -> run_view.RunView:
    view = replace(run_view.untrained(config), mode="live", step=int(state["step"]))
    return replace(view, weights=state["weights"], kept=state["buffers"])


def test_behind_each_key_stands_the_picture_it_was_made_from() -> None:
    config, state = run(4)
    learner, task = loop.Learner(config), load("queue")
    learner.load(state)
    age = learner.net.age.numpy().astype(int)
    assert sorted(set(age.tolist())) == [0, 1, 2]  # 24 + 24 + 16 keys
    places = np.array([0, 23, 24, 40, 48, 63])
    found = queue_card.pictures_of(seen(config, state), age, places)
    for place, pixels in zip(places, found, strict=True):
        step = 3 - age[place]
        batch = learner.batch(step)
        row = place - 24 * age[place]
        assert np.array_equal(pixels, batch.data["pixels"][row].permute(1, 2, 0).numpy())
        draw = task.draw(batch, np.random.default_rng((3, loop.LABEL, step)), learner.info, config.options)
        keys = task.targets_from_model(learner.net, task.apply(batch, draw, learner.info)).targets["key"]
        torch.testing.assert_close(keys[row], learner.net.queue[place], atol=1e-5, rtol=1e-4)


def test_noise_has_no_picture() -> None:
    config, state = run(1)
    age = np.array([0] * 24 + [int(NOISE)] * 40)
    found = queue_card.pictures_of(seen(config, state), age, np.array([5, 30]))
    assert found[0] is not None
    assert found[1] is None


def test_the_queue_is_shown_by_age_with_the_noise_last() -> None:
    config, state = run(2)
    view, this = seen(config, state), sample(16, "mixed", None)
    said = queue_card.answer(view, queue_card.label(this.pixels, 0, OPTIONS), OPTIONS)
    rows = queue_card.queue(view, said, 1)["rows"]
    assert [row["name"] for row in rows] == ["age 1", "age 2", "noise"]
    assert [row["text"] for row in rows] == ["24 keys", "24 keys", "16 random vectors, of no picture"]
    assert [len(row["images"]) for row in rows] == [queue_card.SMALL, queue_card.SMALL, 0]
    fades = [row["fade"] for row in rows]
    assert fades == sorted(fades)
    assert 0 <= fades[0] < fades[-1] < 0.7
    tiles = queue_card.nearest(this, view, said, 1, this.pixels[1])["tiles"]
    assert len(tiles) == queue_card.NEAREST + 1
    assert [tile["kind"] for tile in tiles].count("target") == 1
    values = [float(tile["text"]) for tile in tiles]
    assert values == sorted(values, reverse=True)


def test_the_card_has_both_views_and_changes_with_the_label(visit: Callable) -> None:
    page = visit("queue")
    card = page.component("queue_card")
    assert len(card["columns"]) == 6
    for column in card["columns"]:
        _, query, key, answer = column["cells"]
        assert query["image"] != key["image"]
        assert key["kind"] == "target"
        assert answer["text"][0] in "✓✕"
    page.press("new_label")
    other = page.component("queue_card")
    for before, after in zip(card["columns"], other["columns"], strict=True):
        assert before["cells"][0] == after["cells"][0]
        assert before["cells"][1]["image"] != after["cells"][1]["image"]
        assert before["cells"][2]["image"] != after["cells"][2]["image"]


def test_the_formula_adds_up(visit: Callable) -> None:
    formula = visit("queue", __depth="Detailed").component("queue_card")["formula"]
    share, loss = formula["numbers"]["said"].split("−ln ")[-1].split(" = ")
    assert -np.log(float(share)) == pytest.approx(float(loss), abs=0.02)


def test_a_run_with_another_queue_is_shown_with_that_queue(visit: Callable, engine: Any, cheap: None) -> None:
    page = visit("queue", steps="20", batch="16", device="cpu", keys="128")
    page.train()
    engine.work(2)
    page.run()
    card = page.component("queue_card")
    assert card["model"] == "live"
    assert card["panels"][1]["hint"].startswith("128 keys")
    assert card["panels"][1]["rows"][0]["name"] == "age 1"


def test_why_the_loss_rises_uses_the_numbers_of_the_run() -> None:
    config, _ = run(0)
    view = replace(run_view.untrained(config), held_out=[[0, 2.5], [10, 4.0], [20, 3.0]])
    text = queue_page.rises(view)
    assert "64 random vectors" in text
    assert "After 3 steps" in text  # 64 keys, 24 a step
    assert "**2.50** at step 0, **4.00** at step 10, **3.00** at step 20" in text
    assert "Here" not in queue_page.rises(run_view.untrained(config))


def test_a_question_has_one_own_key(visit: Callable) -> None:
    page = visit("queue")
    asked = page.at.session_state["queue_asked_0"]
    assert sorted(asked.choices) == list("ABCD")
    assert asked.truth in asked.choices
    assert asked.model in asked.choices
