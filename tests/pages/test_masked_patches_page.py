"""The page Masked patches: the card shows the label that the task makes, and a mask edited by hand is one, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue.masked_patches import MaskedPatchesOptions
from sslviz.training.config import default
from sslviz.training.results import run_view
from sslviz.ui.frame import patches
from sslviz.ui.frame.picture_samples import sample
from sslviz.ui.tasks.masked_patches import card as cards
from sslviz.ui.tasks.masked_patches import guess, learned

SLUG = cards.SLUG
OPTIONS = MaskedPatchesOptions()


def untrained(**options: Any) -> run_view.RunView:
    return run_view.untrained(replace(default(SLUG), options=MaskedPatchesOptions(**options)))


def painted(covered: Any, *, leak: bool = False, **options: Any) -> list[cards.Painted]:
    this = sample(16, "mixed", None)
    return cards.paint(untrained(**options), cards.label(this.pixels, covered), leak=leak)


def test_pictures_are_painted_the_same_together_and_one_by_one() -> None:
    covered = cards.drawn(sample(16, "mixed", None).pixels, 0, 0.5)
    covered[1] = np.arange(16) < 3  # by hand, fewer of one picture
    this = sample(16, "mixed", None)
    alone = [
        cards.paint(untrained(), cards.label(this.pixels[[i]], covered[[i]]), leak=False)[0]
        for i in range(len(covered))
    ]
    for one, among in zip(alone, painted(covered), strict=True):
        assert among.patches == pytest.approx(one.patches, abs=1e-5)
        assert (among.error, among.each) == (pytest.approx(one.error), pytest.approx(one.each))


# pixels


def test_cutting_is_that_of_the_task_and_filling_undoes_it() -> None:
    import torch

    from sslviz.models.tokens import to_patches

    pixels = sample(3, "mixed", None).pixels
    theirs = to_patches(torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy()).float()).numpy()
    for picture, asked in zip(pixels, theirs, strict=True):
        assert np.array_equal(patches.cut(picture), asked)
        covered = np.random.default_rng(0).random(16) < 0.5
        assert np.array_equal(patches.filled(picture, covered, asked[covered] / 255), picture)


def test_only_covered_patches_are_hatched_left_out_or_painted() -> None:
    picture = sample(16, "mixed", None).pixels[0]
    covered = cards.drawn(picture[None], 0, 0.5)[0]
    there = patches.where(covered, 32)
    assert there.sum() == 8 * 64
    asked = patches.only(picture, covered)
    assert np.array_equal(asked[..., 3] == 255, there)
    assert np.array_equal(asked[there][:, :3], picture[there])
    assert (asked[~there] == [patches.DARK] * 3 + [patches.FAINT]).all()  # nothing of what was visible
    answer = patches.filled(picture, covered, np.full((8, 192), 0.5))
    assert (answer[there] == 128).all()
    assert np.array_equal(answer[~there], picture[~there])
    striped = patches.hatched(picture, covered, 32)
    assert np.array_equal(striped[~there], picture[~there])
    assert set(np.unique(striped[there])) == {patches.PALE, patches.DARK}


# answers


def test_everybody_is_judged_on_the_covered_pixels() -> None:
    this = sample(16, "mixed", None)
    covered = cards.drawn(this.pixels, 0, 0.75)
    for picture, mask, one in zip(this.pixels, covered, painted(covered), strict=True):
        asked = patches.cut(picture)[mask] / 255
        assert one.error == pytest.approx(np.square(one.patches - asked).mean(), rel=1e-4)
        seen = patches.cut(picture)[~mask] / 255
        assert one.others["mean of the visible"] == pytest.approx(np.square(seen.mean() - asked).mean(), rel=1e-4)
        assert one.plain is None
        assert len(one.each) == 12


def test_the_leak_gives_each_patch_its_true_mean_and_the_leak_alone_nothing_else() -> None:
    this = sample(16, "mixed", None)
    covered, checked = cards.drawn(this.pixels, 0, 0.75), 0
    for trained in (False, True):
        for picture, mask, one in zip(
            this.pixels, covered, painted(covered, leak=True, normalise=trained), strict=True
        ):
            asked = patches.cut(picture)[mask] / 255
            flat = np.square(asked - asked.mean(1, keepdims=True)).mean()
            assert one.others == {"the leak alone": pytest.approx(flat, rel=1e-4)}
            assert (one.plain is None) == trained
            if not trained:  # a normalised answer need not have mean 0 itself
                inside = (one.patches > 0).all(1) & (one.patches < 1).all(1)  # else cut off at black or white
                np.testing.assert_allclose(one.patches[inside].mean(1), asked[inside].mean(1), atol=1e-3)
                checked += int(inside.sum())
    assert checked


def test_a_model_trained_on_normalised_patches_is_never_drawn_without_the_leak() -> None:
    covered = cards.drawn(sample(16, "mixed", None).pixels, 0, 0.75)
    with_it, without = (painted(covered, leak=leak, normalise=True) for leak in (True, False))
    assert all(np.array_equal(a.patches, b.patches) for a, b in zip(with_it, without, strict=True))
    said = cards.note(covered[0], untrained(normalise=True), OPTIONS, edited=False)
    assert "can be drawn in no other way" in said


# the page


def test_the_card_shows_label_and_answer_and_its_patches_can_be_covered_by_hand(visit: Callable) -> None:
    page = visit(SLUG)
    card = page.component(f"{SLUG}_card")
    assert [kind for kind, _ in card["heads"]] == ["", "", "label", "guess"]
    press, answer, truth, bars = card["panels"]
    kinds = [tile["kind"] for tile in press["tiles"]]
    assert kinds.count("hidden") == 12
    assert [k == "hidden" for k in kinds] == [t["kind"] == "answer" for t in answer["tiles"]]
    assert [k == "hidden" for k in kinds] == [t["kind"] == "target" for t in truth["tiles"]]
    assert [row["name"] for row in bars["rows"]] == ["model", "nearest patch copied", "mean of the visible"]
    assert [c["cells"][2]["text"] for c in card["columns"]] == ["12/16"] * 6
    for column in card["columns"]:
        assert column["cells"][3]["text"][0] in "✓✕"
    # By hand: the very same label with a changed draw; it stays until sample, seed or settings change.
    covered = [i for i, kind in enumerate(kinds) if kind]
    edits = [[*covered, kinds.index("")], *[[]] * 5]
    page.at.session_state[f"{SLUG}_card:made"] = {"id": card["id"], "nth": 3, "made": {"edits": edits}}
    page.run()
    edited = page.component(f"{SLUG}_card")
    assert [t["kind"] for t in edited["panels"][0]["tiles"]].count("hidden") == 13
    assert [c["cells"][2]["text"] for c in edited["columns"]] == ["13/16"] + ["12/16"] * 5
    assert edited["columns"][1:] == card["columns"][1:]
    assert "You changed this mask by hand" in edited["note"]
    assert edited["heard"] == 3
    assert edited["columns"][0]["cells"][3] != card["columns"][0]["cells"][3]
    page.press("new_label")
    fresh = page.component(f"{SLUG}_card")
    assert [c["cells"][2]["text"] for c in fresh["columns"]] == ["12/16"] * 6
    assert fresh["columns"][0]["cells"][1] != card["columns"][0]["cells"][1]


def test_normalised_patches_are_said_to_use_the_truth(visit: Callable) -> None:
    page = visit(SLUG, normalise="true", share="0.5", __depth="Detailed")
    card = page.component(f"{SLUG}_card")
    titles = {panel["title"]: panel for panel in card["panels"]}
    assert "True mean and variance of each patch were used." in titles["Painted in"]["note"]
    assert "The leak alone" in titles
    assert "taken from the true patch" in card["note"]
    assert "√(var" in card["formula"]["symbols"]["said"]
    left, right = card["formula"]["numbers"]["said"].rsplit(" = ", 1)
    assert left.startswith("= 1 / 8 (")
    assert float(right) > 0


def test_the_guess_has_one_true_patch_and_everybody_answers(visit: Callable) -> None:
    for number in range(4):
        asked = guess.draw(number)
        assert asked.covered[asked.place]
        assert np.array_equal(asked.choices[0], patches.cut(asked.pixels)[asked.place])
        gaps = [np.square((a - b) / 255).mean() for i, a in enumerate(asked.choices) for b in asked.choices[:i]]
        assert min(gaps) > guess.LEAST
    page = visit(SLUG)
    pills = page.at.pills(key=f"{SLUG}_guess_0")
    assert pills.options == list("ABCD")
    asked = guess.draw(0)
    truth = "ABCD"[int(np.flatnonzero(asked.order == 0)[0])]
    pills.set_value(truth)
    page.run()
    assert f"You: **{truth}** ✓" in page.texts
    assert "nearest patch: " in page.texts


def test_what_was_measured_is_told_as_it_came_out() -> None:
    rows = [
        {"name": "a quarter covered", "options": {"share": 0.25}, "accuracy": [0.9, 0.9], "probe": [0.6, 0.6]},
        {"name": "three quarters, as MAE", "options": {}, "accuracy": [0.8, 0.8], "probe": [0.67, 0.67]},
        {"name": "normalised", "options": {"normalise": True}, "accuracy": [0.95, 0.95], "probe": [0.7, 0.7]},
    ]
    told = learned.meaning({"rows": [{**row, "steps": 1400} for row in rows]})
    assert "Best for the probe: normalised, 70.0%; three quarters, as MAE: 67.0%." in told
    assert "easiest with a quarter covered (90%" in told  # a normalised patch is another label
    assert "by +3 points" in told
    assert "2 run seeds each, 1,400 steps" in told
