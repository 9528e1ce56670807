"""Frame order: what a visitor swaps is a changed Draw, every way has its card and its question, an own clip is read."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sslviz.catalogue import TASKS
from sslviz.catalogue.frame_order import FrameOrderOptions
from sslviz.training.config import default
from sslviz.training.results import ablation
from sslviz.training.results.run_view import untrained
from sslviz.ui.tasks.frame_order import card as drawn
from sslviz.ui.tasks.frame_order import clip as clips
from sslviz.ui.tasks.frame_order import learned as words

SLUG = "frame_order"
VARIANTS = TASKS[SLUG].fields["way"].choices


def clip(way: str = "4 frames", order: Any = None, number: int = 0, **options: Any) -> clips.Clip:
    """A clip as the card has it, answered by an untrained network."""
    every = FrameOrderOptions(way=way, **options)
    return clips.clip_of(clips.sample(number), untrained(default(SLUG)), 0, every, order)


def gif(count: int = 12) -> bytes:
    """A square that walks to the right."""
    frames = []
    for i in range(count):
        pixels = np.full((54, 96, 3), 30, np.uint8)
        pixels[15:40, 4 + 5 * i : 24 + 5 * i] = 220
        frames.append(Image.fromarray(pixels))
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return file.getvalue()


# what is said of a clip


def test_swapping_frames_changes_the_label_and_what_plays() -> None:
    one = clip(order=[2, 0, 1, 3])
    assert one.ranks == [3, 1, 2, 4]
    assert clips.name_of(one.variant, one.truth) in ("3 1 2 4 or 2 4 3 1", "2 4 3 1 or 3 1 2 4")
    solved = clip(order=[0, 1, 2, 3])
    assert solved.truth == clip(order=[3, 2, 1, 0]).truth == 0
    assert clips.name_of(solved.variant, 0) == "1 2 3 4 or 4 3 2 1"
    true = clips.players(one)[-1]["frames"]
    assert true == list(solved.images) == clips.players(solved)[-1]["frames"]


@pytest.mark.parametrize("way", ["4 frames", "3 frames"])
def test_a_model_that_is_right_plays_the_clip_as_it_was(way: str) -> None:
    for number in range(6):
        one = clip(way, number=number)
        one.answer.p[:] = np.eye(len(one.answer.p))[one.truth]
        by_model, true = clips.players(one)
        assert by_model["frames"] == true["frames"]
        assert by_model["text"] == "✓ right"
        assert drawn.rows(one, "Basic")[-1]["cells"][0]["text"].startswith("✓")


def test_the_order_shown_the_order_solved_and_the_label_stand_apart() -> None:
    one = clip("3 frames", order=[2, 0, 1])
    heads = {row["head"]: row["cells"] for row in drawn.rows(one, "Standard")}
    assert [cell["text"] for cell in heads["Order shown"]] == ["3", "1", "2"]
    assert heads["Order solved"][0]["text"].startswith("1 2 3: the same for every clip")
    assert heads["Pseudo-label"][0]["text"].startswith(f"class {one.truth} of 3: ")
    assert {"3 1 2", "1 3 2"} == set(heads["Pseudo-label"][0]["text"].split(": ")[1].split(" or "))


def test_letters_say_the_order_in_which_to_play() -> None:
    one = clip("3 frames", order=[2, 0, 1])  # A is the last frame, B the first, C the middle
    assert clips.lettered("3 frames", one.truth) in ("A C B", "B C A")


def test_samples_are_held_out_and_the_large_ones_come_first() -> None:
    every = clips.order_of_samples()
    assert len(every) == len(set(every)) > 300
    assert clips.sample(0).frames.shape == (8, 180, 320, 3)
    assert all(clips.video.shots()[shot].held_out for shot, _ in every)
    assert clips.sample(len(every)).name == clips.sample(0).name


# the page


@pytest.mark.parametrize("way", VARIANTS)
def test_every_way_has_its_card_and_its_question(visit: Callable, way: str) -> None:
    page = visit(SLUG, way=way)
    card = page.component(f"{SLUG}_card")
    assert len(card["frames"]) == (4 if way == "4 frames" else 3)
    assert card["rows"][-1]["cells"][0]["text"][0] in "✓✕"
    pills = page.at.pills(key=f"{SLUG}_guess_0")
    assert len(pills.options) == {"4 frames": 12, "3 frames": 3, "in order?": 2}[way]
    before = page.component(f"{SLUG}_sort")
    assert not [one for one in before["frames"] if "=" in one["name"]]
    pills.set_value(pills.options[0])
    page.run()
    assert "Pseudo-label: " in page.texts
    assert ("Model: " in page.texts) == (way == "4 frames")  # the recorded model learned no other way
    after = page.component(f"{SLUG}_sort")
    assert after["plays"]
    assert "True order" in [one["title"] for one in after["players"]]


def test_another_way_asks_another_question_and_its_model_is_untrained(visit: Callable) -> None:
    page = visit(SLUG)
    page.at.segmented_control(key=f"{SLUG}_way").set_value("in order?")
    page.run()
    assert page.at.pills(key=f"{SLUG}_guess_1").options == list(clips.YES_NO)
    card = page.component(f"{SLUG}_card")
    assert card["model"] == "untrained"
    assert "learned “4 frames”" in page.html


def test_another_way_can_be_trained_though_its_bound_was_not_measured(visit: Callable) -> None:
    page = visit(SLUG, way="3 frames").untrained()
    assert page.component(f"{SLUG}_card")["model"] == "untrained"
    assert "who is in a shot" in page.texts  # the probe compares; how many labels are named by chance does not
    assert "counted alike" not in page.texts


def test_the_switches_are_heeded(visit: Callable) -> None:
    page = visit(SLUG, split="true", jitter="true")
    assert any("one colour each" in step for step in page.component(f"{SLUG}_card")["steps"])
    assert "was trained with: " in page.html


def test_an_own_clip_is_labelled_and_answered_and_a_still_refused(visit: Callable) -> None:
    page = visit(SLUG)
    first = page.component(f"{SLUG}_card")
    card = page.upload("walk.gif", gif()).component(f"{SLUG}_card")
    assert card["title"] == "your clip"
    assert card["frames"] != first["frames"]
    assert card["rows"][-1]["cells"][0]["text"][0] in "✓✕"
    page.upload("one.gif", gif(1))
    (warning,) = page.at.warning
    assert "one frame only" in warning.value
    assert page.component(f"{SLUG}_card")["title"] == "your clip"


def test_what_was_measured_is_said_with_its_bound_and_its_chance(visit: Callable) -> None:
    page = visit(SLUG)
    assert "held-out shots, each counted alike" in page.texts
    assert "Guessing gives 8%, so this is more than luck" in page.texts
    assert ("each a pixel off" in page.html) == (ablation.read(SLUG) is not None)
    assert "shortcuts" not in visit(SLUG, __hide="learned").keys


def test_words_follow_the_numbers() -> None:
    name = "label named, 25 held-out shots counted alike"
    both = {"trained": 0.1, "random": 0.08}
    figures = {
        "measures": {name: both, f"{name}, {words.LOWER}": {"trained": 0.07, "random": 0.02}},
        "baselines": [{"scores": {"label named": 1 / 12}}],
    }
    assert "may be luck" in words.beyond(figures)
    figures["measures"][f"{name}, {words.LOWER}"]["trained"] = 0.09
    assert "more than luck" in words.beyond(figures)
    assert words.beyond({"measures": {}}) == ""
    rule = f"{words.PIXELS}, 25 held-out shots counted alike"
    figures["measures"][rule] = {"trained": 0.09, "random": 0.09}
    assert "gives 9%: over shots, the network is no better than that" in words.beyond(figures)
    figures["measures"][name]["trained"] = 0.2
    assert "the network adds 11 points" in words.beyond(figures)
