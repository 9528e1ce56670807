"""The catalogue of tasks: complete, consistent, and light."""

import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sslviz import catalogue
from sslviz.catalogue import FAMILIES, TASKS, Option, load
from sslviz.training.config import RunConfig, default
from sslviz.ui.tasks.next_word import write

ROOT = Path(__file__).parents[2]
OTHER_PAGES = {  # those that are about no single task
    "home", "flashcards", "transfer", "arena", "three_ways", "pseudo_label", "teaching", "glossary", "why",
}  # fmt: skip


def test_every_file_with_an_entry_is_found_under_the_name_of_its_file() -> None:
    files = {
        path.stem for path in Path(catalogue.__file__).parent.glob("*.py") if "ENTRY = " in path.read_text("utf-8")
    }
    assert set(TASKS) == files
    assert all(entry.slug == slug for slug, entry in TASKS.items())
    for slug, entry in TASKS.items():
        assert entry.options.__module__ in (f"sslviz.catalogue.{slug}", "sslviz.catalogue.options")


def test_tasks_stand_by_family_and_by_their_place_in_it() -> None:
    places = [(list(FAMILIES).index(entry.family), entry.order) for entry in TASKS.values()]
    assert places == sorted(set(places))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"family": "Guess"}, "family of masked_words is one of Hide and restore, Predict"),
        ({"modality": "Smells"}, "Words, Images, Video, Sound, not 'Smells'"),
        ({"label_from": "teacher"}, "data, batch, model, not 'teacher'"),
        ({"glyph": "hob"}, "nine places of h, b, o and ., not 'hob'"),
        ({"glyph": "xoohooooo"}, "nine places"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused(change: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(TASKS["masked_words"], **change)


def test_every_page_draws_from_a_stream_of_its_own() -> None:
    streams = [(entry.stream, slug) for slug, entry in TASKS.items()]
    taken = Counter(stream for stream, _ in streams)
    # These two have always shared one; another number would change every label that a link names.
    assert [slug for stream, slug in streams if taken[stream] > 1] == ["word_and_context", "next_sentence"]
    assert write.WRITE not in taken


# What `default(slug).key` is. Links and recordings rely on it, so it changes only where a default run does: most are
# from the code before options were dataclasses, four from when clothes anywhere became their data, the last
# is younger.
KEYS = {
    "masked_words": ("27ee2e75d6b2", "f2b9a38cd010"),
    "masked_patches": ("ffca6b57c0c9", "2127b244fa08"),
    "autoencoding": ("837819645f16", "ef7c2a21747b"),
    "masked_sound": ("1e41ada1a3f1", "c38b616ec638"),
    "next_word": ("80ceedbdb5ad", "85f8c0f5bcfa"),
    "word_and_context": ("58f39836eb65", "a49f148fc6b5"),
    "next_sentence": ("660a3ccdd164", "230fcd04e445"),
    "patch_order": ("18134d6551f7", "173184a55665"),
    "frame_order": ("2f275053460e", "aa734b6d1d41"),
    "same_or_different": ("6c607ed569d1", "62f458e1ad54"),
    "queue": ("b6a559b15c5e", "b40273254033"),
    "two_views": ("6dd903416433", "82af8ba81ed8"),
    "cluster_ids": ("f41eec123a34", "a628b503b231"),
    "colourisation": ("935f3fb90dad", "65fa5d27a938"),
    "redundancy": ("8bd9febebf75", "7883760dfb0d"),
    "captions": ("08fffa03e5d6", "1a628c8caaa3"),
    "replaced_words": ("eba3d261d31f", "cd9494446538"),
    "self_distillation": ("b5a5e58410d4", "5fb84b0a665b"),
    "span_corruption": ("b571a7fd5dbd", "fdc849a23b9b"),
    "masked_representations": ("64e04de27841", "decca81d8cd9"),
    "hidden_units": ("c4ea56936846", "c653e096f282"),
}


@pytest.mark.parametrize("slug", KEYS)
def test_a_default_run_has_the_key_that_it_always_had(slug: str) -> None:
    assert (default(slug).key, default(slug, "long").key) == KEYS[slug]


def test_every_task_has_its_page_and_its_cards_and_nothing_else_has() -> None:
    assert {file.stem for file in (ROOT / "pages").glob("*.py")} - OTHER_PAGES == set(TASKS)
    assert {file.stem for file in (ROOT / "assets" / "cards").glob("*.md")} - {"general"} == set(TASKS)


@pytest.mark.parametrize("slug", list(TASKS))
def test_an_entry_says_since_when_its_systems_are_there(slug: str) -> None:
    entry = TASKS[slug]
    assert all(1980 < int(year) <= datetime.now(UTC).year for year in re.findall(r"\d{4}", entry.systems))
    assert re.search(r"\d{4}", entry.systems)
    assert set(entry.glyph) & set("hb")  # something is hidden or asked for


def test_titles_and_pictures_differ() -> None:
    assert len({entry.title for entry in TASKS.values()}) == len(TASKS)
    assert len({entry.glyph for entry in TASKS.values()}) == len(TASKS)
    assert {entry.family for entry in TASKS.values()} == set(FAMILIES)


@pytest.mark.parametrize("slug", list(TASKS))
@pytest.mark.parametrize("which", ["short", "long", "elsewhere"])
def test_the_default_budgets_are_accepted(slug: str, which: str) -> None:
    assert isinstance(default(slug, which), RunConfig)


@pytest.mark.parametrize("slug", list(TASKS))
def test_every_task_on_pictures_is_recorded_on_clothes_anywhere_with_its_default_budget_and_on_others(
    slug: str,
) -> None:
    entry = TASKS[slug]
    assert ("elsewhere" in entry.expects.recordings) == bool(entry.elsewhere)
    if entry.pictures and "clothes_anywhere" in entry.data:  # captions come with emoji alone; clothes have no colours
        data = {which: default(slug, which).data for which in entry.expects.recordings}
        assert "clothes_anywhere" in {data["short"], data.get("elsewhere")}
        assert set(data.values()) - {"clothes_anywhere"}


@pytest.mark.parametrize("slug", list(TASKS))
def test_options_accept_their_defaults_and_have_titles(slug: str) -> None:
    for option in TASKS[slug].fields.values():
        assert option.accepts(option.default)
        assert option.title
        assert option.accepted


@pytest.mark.parametrize("slug", list(TASKS))
def test_load_gives_the_task(slug: str) -> None:
    assert load(slug).slug == slug


@pytest.mark.parametrize("slug", ["everything", "nothing", ""])
def test_load_names_those_that_are_ready(slug: str) -> None:
    with pytest.raises(ValueError, match=", ".join(TASKS)):
        load(slug)


NUMBER, WHOLE = Option(0.5, low=0, high=1), Option(5, low=1, high=10)
CHOICE, SWITCH = Option("a", choices=("a", "b")), Option(True)


@pytest.mark.parametrize(
    ("option", "text", "value"),
    [
        (NUMBER, "0.25", 0.25), (NUMBER, "1", 1.0), (NUMBER, "1e-3", 0.001), (WHOLE, "10", 10), (CHOICE, "b", "b"),
        (SWITCH, "true", True), (SWITCH, "False", False),
    ],
)  # fmt: skip
def test_parse(option: Option, text: str, value: Any) -> None:
    assert option.parse(text) == value
    assert type(option.parse(text)) is type(option.default)


@pytest.mark.parametrize(
    ("option", "text"),
    [
        (NUMBER, "1.01"), (NUMBER, "-0.1"), (NUMBER, "nan"), (NUMBER, "inf"), (NUMBER, ""), (NUMBER, "x"),
        (WHOLE, "0"), (WHOLE, "2.5"), (WHOLE, "11"), (WHOLE, "9" * 5000), (CHOICE, "c"), (CHOICE, "A"), (CHOICE, ""),
        (SWITCH, "1"), (SWITCH, "yes"), (SWITCH, ""),
    ],
)  # fmt: skip
def test_parse_refuses(option: Option, text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the page makes the sentence
        option.parse(text)


@pytest.mark.parametrize(
    ("option", "value", "accepted"),
    [
        (NUMBER, 0, True), (NUMBER, 1, True), (NUMBER, 1.001, False), (NUMBER, float("nan"), False),
        (NUMBER, True, False), (NUMBER, "0.5", False), (NUMBER, None, False), (CHOICE, "a", True), (CHOICE, "c", False),
        (SWITCH, True, True), (SWITCH, 1, False), (SWITCH, "true", False),
    ],
)  # fmt: skip
def test_accepts(option: Option, value: Any, accepted: bool) -> None:
    assert option.accepts(value) is accepted


def test_accepted_in_words() -> None:
    assert [o.accepted for o in (NUMBER, WHOLE, CHOICE, SWITCH)] == ["0 to 1", "1 to 10", "a or b", "true or false"]


def test_the_catalogue_needs_neither_torch_nor_numpy() -> None:
    code = "import sys, sslviz.catalogue; print([m for m in ('torch', 'numpy', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
