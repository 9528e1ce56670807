"""The page Autoencoding: what goes in, the code, what comes out, and PCA with as many numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue.autoencoding import AutoencodingOptions
from sslviz.training.config import default
from sslviz.training.results import recorded, run_view
from sslviz.ui.frame.picture_samples import sample
from sslviz.ui.tasks.autoencoding import card as cards
from sslviz.ui.tasks.autoencoding import guess
from sslviz.ui.tasks.autoencoding import learned as words

SLUG = cards.SLUG
OPTIONS = AutoencodingOptions()


def untrained(**options: Any) -> run_view.RunView:
    return run_view.untrained(replace(default(SLUG), options=AutoencodingOptions(**options)))


@pytest.mark.parametrize(("options", "shape"), [
    ({"width": 16}, (6, 1, 16)), ({"width": 3}, (6, 1, 3)), ({"width": 5, "whole": False}, (6, 16, 5)),
])  # fmt: skip
def test_the_code_shown_is_the_one_that_the_run_has(options: dict[str, Any], shape: tuple[int, ...]) -> None:
    this = sample(16, "mixed", None)
    said = cards.rebuild(untrained(**options), cards.label(this.pixels, 0, OPTIONS))
    assert said.codes.shape == shape
    assert said.pixels.shape == (6, 32, 32, 3)
    assert cards.numbers(replace(OPTIONS, **options).values()) == shape[1] * shape[2]
    squares = cards.bars_of(said.codes, 0)
    assert squares.shape[0] * squares.shape[1] >= shape[1] * shape[2]
    most = np.abs(said.codes).max()
    assert squares[0, 0, 0] == round(127.5 + 127.5 * float(said.codes[0, 0, 0] / most))


def test_turning_a_number_by_nothing_is_the_answer_itself() -> None:
    this, view = sample(16, "mixed", None), untrained()
    said = cards.rebuild(view, cards.label(this.pixels, 0, OPTIONS))
    which, images = cards.turned(view, said.codes[2, 0])
    assert len(set(which)) == len(which) == 4
    assert images.shape == (4, 5, 32, 32, 3)
    for row in images:
        assert np.array_equal(row[2], said.pixels[2])
        assert not np.array_equal(row[0], row[4])


def test_the_card_shows_label_and_answer_and_pca_beside_it(visit: Callable) -> None:
    page = visit(SLUG, __depth="Detailed")
    card = page.component(f"{SLUG}_card")
    assert [text for _, text in card["heads"]][2] == "The code: 16 numbers"
    for column in card["columns"]:
        picture, sees, _, label, answer = column["cells"]
        assert picture["image"] == sees["image"] == label["image"]  # nothing is hidden
        assert answer["text"][0] in "✓✕"
        assert (answer["text"][0] == "✕") == answer["wrong"]
    widths, bars, strips = card["panels"]
    assert [tile["pressed"] for tile in widths["tiles"]] == [width == 16 for width in cards.WIDTHS]
    assert [row["name"] for row in bars["rows"]] == ["model", "PCA, as many numbers"]
    assert len(strips["rows"]) == 4
    numbers = card["formula"]["numbers"]["said"].removeprefix("= 1 / 6 (").split(") = ")
    assert np.mean([float(n) for n in numbers[0].split(" + ")]) == pytest.approx(float(numbers[1]), abs=0.002)
    assert page.at.button(key="new_label").disabled  # nothing is drawn
    page.set("slider", "noise", 0.4)
    assert not page.at.button(key="new_label").disabled
    noisy = page.component(f"{SLUG}_card")
    assert noisy["columns"][0]["cells"][1] != card["columns"][0]["cells"][1]
    assert noisy["columns"][0]["cells"][3] == card["columns"][0]["cells"][3]  # the label stays clean
    assert noisy["panels"][1]["rows"][2]["name"] == "the spoilt picture as it is"
    page.press("new_label")
    again = page.component(f"{SLUG}_card")
    assert again["columns"][0]["cells"][1] != noisy["columns"][0]["cells"][1]


def test_a_code_for_each_patch_is_said_to_be_another_model(visit: Callable) -> None:
    page = visit(SLUG, whole="false")
    card = page.component(f"{SLUG}_card")
    if card["model"] == "recorded":
        assert "was trained with: “One code for the whole picture, not one for each patch” on." in page.html
        assert len(card["panels"]) == 3
    else:
        assert "256 numbers" in card["heads"][2][1]
        assert len(card["panels"]) == 2  # one number of one patch says little


def test_the_guess_is_among_things_of_one_kind(visit: Callable) -> None:
    page = visit(SLUG)
    pills = page.at.pills(key=f"{SLUG}_guess_0")
    assert pills.options == list("ABCD")
    pills.set_value("A")
    page.run()
    for name in ("You: ", "Model: ", "PCA: ", "Pseudo-label: "):
        assert name in page.texts


def test_the_guess_is_about_what_the_model_in_view_does(visit: Callable) -> None:
    """Nothing is spoilt as the page opens, so nothing spoilt is asked about; a denoising run is asked about that."""
    page = visit(SLUG)
    assert page.at.pills(key=f"{SLUG}_guess_0").label == "Which one was it?"
    assert "went through 16 numbers" in page.texts
    assert "alt='rebuilt'" in page.html
    assert "spoilt" not in page.texts
    page = visit(SLUG, noise="0.5")
    page.at.pills(key=f"{SLUG}_guess_0").set_value("A")
    page.run()
    page.untrained()  # a run of one's own, with the noise of the page
    (pills,) = [pills for pills in page.at.pills if str(pills.key).startswith(f"{SLUG}_guess_")]
    assert (pills.label, pills.value) == ("Which one was it before it was spoilt?", None)
    assert "alt='spoilt'" in page.html
    pills.set_value("A")
    page.run()
    assert "spoilt pixels: " in page.texts
    assert "Of 1: " in page.texts  # what was right about another question does not count here


def test_the_wrong_answers_look_so_alike_that_the_code_decides() -> None:
    """Model, PCA and closest pixels once agreed in ten of ten."""
    view = run_view.from_recording(recorded.read(SLUG), "recorded")
    right = {"model": 0, "PCA": 0}
    for number in range(40):
        pixels, truth, labelled = guess.ask_squeezed(number)
        clear = labelled.targets["pixels"][0].permute(1, 2, 0).numpy() * 255
        assert np.abs(pixels[truth] - clear).max() < 1
        answers = {
            "model": cards.rebuild(view, labelled).pixels[0],
            "PCA": cards.components(labelled, view.config.data, 16)[0][0],
        }
        for name, picture in answers.items():
            gaps = np.square(pixels.astype(float) - picture.astype(float)).mean((1, 2, 3))
            right[name] += int(gaps.argmin()) == truth
    assert 0.6 * 40 < right["model"] < 40
    assert 10 < right["PCA"] < right["model"]


def test_what_was_measured_is_told_as_it_came_out() -> None:
    rows = [
        {"name": "16 numbers", "options": {}, "accuracy": [0.8, 0.9], "probe": [0.66, 0.68]},
        {"name": "each patch", "options": {"whole": False}, "accuracy": [0.9, 0.94], "probe": [0.5, 0.5]},
    ]
    told = words.meaning({"rows": [{**row, "steps": 1000} for row in rows]})
    assert "Best rebuilt: each patch, 92% of the variance, and a probe of 50.0%." in told
    assert "Best for the probe: 16 numbers, 67.0%, with 85% rebuilt." in told
    assert "need not mean that more was learned" in told
    assert "need not" not in words.meaning({"rows": [{**rows[0], "steps": 1000}]})
