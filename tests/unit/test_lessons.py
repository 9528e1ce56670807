"""The scenes of all lessons: few, short, complete, and made of parts that exist."""

import re
from html import escape
from importlib import import_module
from typing import Any

import pytest

from sslviz.catalogue import TASKS
from sslviz.ui.course import teaching, worksheet
from sslviz.ui.frame.glossary import MEANINGS
from sslviz.ui.frame.lesson import ticks
from sslviz.ui.frame.lesson.course import COURSE, EVERY, after, nth, place, where
from sslviz.ui.frame.lesson.parts import PARTS
from sslviz.ui.frame.lesson.scene import Lesson, Scene
from sslviz.ui.frame.lesson.words import plain, terms


def lessons() -> dict[str, Lesson]:
    found = {slug: import_module(f"sslviz.ui.tasks.{slug}.page").PAGE.lesson for slug in TASKS}
    return {slug: lesson for slug, lesson in found.items() if lesson is not None}


OF_TASKS = lessons()
LESSONS = teaching.lessons()
each_lesson = pytest.mark.parametrize("slug", list(LESSONS))
each_scene = pytest.mark.parametrize(
    "scene", [pytest.param(s, id=f"{slug}-{i + 1}") for slug, one in LESSONS.items() for i, s in enumerate(one.scenes)]
)


@each_lesson
def test_a_lesson_has_five_to_eight_scenes_with_names_of_their_own(slug: str) -> None:
    names = [scene.name for scene in LESSONS[slug].scenes]
    assert 5 <= len(names) <= 8
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("slug", list(OF_TASKS))
def test_a_lesson_lets_one_guess_then_shows_the_model_and_ends_with_a_check(slug: str) -> None:
    parts = [on.part for scene in LESSONS[slug].scenes for on in scene.on]
    assert parts.index("guess") < parts.index("learn") < parts.index("good")
    assert parts[-1] == "check"


@each_scene
def test_a_scene_says_little(scene: Scene) -> None:
    assert len(scene.name) <= 24
    assert len(scene.title) <= 44
    assert len(plain(scene.says).split()) <= 44
    assert len(plain(scene.do).split()) <= 16
    assert len(plain(scene.because).split()) <= 60
    for text in (scene.says, scene.do, scene.why, scene.because, scene.ask, scene.expect):
        assert text.strip().endswith((".", "?", "!", ")")), text


@each_scene
def test_a_scene_is_complete(scene: Scene) -> None:
    assert scene.why.endswith("?")
    assert scene.ask.endswith("?") or scene.ask.endswith(".")
    assert scene.expect
    assert scene.on


@pytest.mark.parametrize("slug", list(OF_TASKS))
def test_a_lesson_says_who_made_the_label(slug: str) -> None:
    maker = TASKS[slug].label_from
    before = [scene for scene in LESSONS[slug].scenes if scene.done is not ticks.answered]
    assert any(f"The {maker} made" in plain(scene.says) for scene in before[:4])


@each_scene
def test_every_part_on_a_stage_exists(scene: Scene) -> None:
    for on in scene.on:
        assert on.part in PARTS or (on.part == "own" and on.draw is not None), on.part


@each_scene
def test_every_term_is_in_the_glossary(scene: Scene) -> None:
    for text in (scene.says, scene.do, scene.because):
        assert set(terms(text)) <= set(MEANINGS), text


def test_a_first_lesson_explains_a_term_before_it_is_used_plainly() -> None:
    first: Any = LESSONS["pseudo_label"].scenes + LESSONS["masked_words"].scenes
    said = [word for scene in first for word in terms(scene.says)]
    assert said.index("label") < said.index("pseudo-label") < said.index("loss")


def test_the_glossary_has_sixty_terms_in_short_sentences() -> None:
    assert len(MEANINGS) >= 60
    for term, meaning in MEANINGS.items():
        assert meaning.endswith("."), term
        assert len(meaning.split()) <= 24, term


def test_home_knows_how_many_scenes_each_lesson_has() -> None:
    found = {slug: len(lesson.scenes) for slug, lesson in teaching.lessons().items()}
    assert found == {place.slug: place.scenes for place in EVERY}


def test_every_lesson_stands_in_the_course_or_beside_it() -> None:
    assert list(LESSONS) == [place.slug for place in EVERY]
    assert {*OF_TASKS, "pseudo_label", "transfer"} == set(LESSONS)


def test_a_lesson_is_called_like_its_page() -> None:
    assert {slug: entry.title for slug, entry in TASKS.items()} == {
        place.slug: place.title for place in EVERY if place.slug in TASKS
    }


@pytest.mark.parametrize("here", EVERY, ids=lambda here: here.slug)
def test_a_worksheet_asks_and_its_answer_sheet_answers(here: Any) -> None:
    lesson = teaching.lessons()[here.slug]
    asked, answered = (worksheet.sheet(here, lesson, answers=answers) for answers in (False, True))
    for scene in lesson.scenes:
        assert escape(plain(scene.ask)) in asked
        assert escape(plain(scene.expect)) in answered
        assert escape(plain(scene.expect)) not in asked
    assert "class='gap_line'" in asked or "<img src='data:image/" in asked
    assert list(worksheet.credits(here))


def test_the_course_has_eight_lessons_of_five_to_eight_minutes() -> None:
    assert len(COURSE) == 8
    assert all(5 <= place.minutes <= 8 and place.goal.endswith(".") for place in EVERY)
    assert where("next_word") == "Lesson 3 of 8 · 6 minutes"
    assert where("queue").startswith("Beside the course · ")
    assert place("nothing") is None
    assert [nth(place.slug) for place in COURSE] == list(range(1, 9))
    last = after(COURSE[-1].slug)
    assert last is None
    assert after("autoencoding") is None


def test_a_lesson_says_that_learning_paid_only_where_the_lead_is_clear() -> None:
    from sslviz.evaluation.lead import Lead
    from sslviz.ui.frame.lesson.parts import paid

    def told(random: Lead, raw: Lead, *shares: float) -> str:
        bars = dict(zip(("trained", "random", "raw"), shares, strict=True))
        return paid({"random": random, "raw": raw}, bars, "an untrained network", "raw pixels")

    clear, unclear, behind = Lead(9.6, 1.8), Lead(3.0, 1.6), Lead(-9.0, 1.0)
    assert told(clear, clear, 0.334, 0.236, 0.2451) == (
        "Learning paid: of 100 new ones 9 more are right than with an untrained network, "
        "and 8 more than with raw pixels alone."
    )
    assert told(clear, unclear, 0.5, 0.4, 0.47) == (
        "Learning paid only in part: of 100 new ones 10 more are right than with an untrained network. "
        "But with raw pixels alone about as many are."
    )
    assert told(unclear, unclear, 0.5, 0.47, 0.47) == (
        "Learning did not pay here: with an untrained network about as many are right, "
        "and with raw pixels alone about as many are."
    )
    assert told(behind, behind, 0.4, 0.49, 0.49) == (
        "Learning did not pay here: with an untrained network more are right, and with raw pixels alone 9 more are."
    )
    assert told(unclear, clear, 0.5, 0.47, 0.4).endswith("It is 10 ahead of raw pixels alone.")


@pytest.mark.parametrize("slug", [slug for slug, entry in TASKS.items() if slug in OF_TASKS])
def test_the_sentence_says_the_difference_of_the_bars_above_it(slug: str) -> None:
    """Both are of all recorded runs; a reader subtracts."""
    from sslviz.training.results import recorded
    from sslviz.ui.frame.lesson.parts import bars_html, means, paid

    run = recorded.read(slug)
    assert run is not None
    runs = [run.figures, *run.repeats]
    shares, over = means(runs), recorded.leads(runs)
    drawn = bars_html([(kind, kind, shares[kind]) for kind in ("trained", "random", "raw")])
    trained, bare, raw = (int(found) for found in re.findall(r"<em>(\d+)%</em>", drawn))
    told = paid(over, shares, "the bare one", "raw input")
    assert 100 * (shares["trained"] - shares["raw"]) == pytest.approx(over["raw"].points)
    if told.startswith("Learning paid"):
        assert f"of 100 new ones {trained - bare} more are right than with the bare one" in told
    if over["raw"].clear:
        assert str(abs(trained - raw)) in told
