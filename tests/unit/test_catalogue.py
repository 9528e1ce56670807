"""The catalogue of tasks: complete, consistent, and light."""

import subprocess
import sys
from typing import Any

import pytest

from sslviz.catalogue import FAMILIES, MODALITIES, READY, TASKS, Option, load
from sslviz.training.config import RunConfig, default


def test_thirteen_tasks_two_of_them_ready() -> None:
    assert len(TASKS) == 13
    assert {"masked_words", "same_or_different"} <= set(READY)
    assert all(READY[slug] is TASKS[slug] for slug in READY)


@pytest.mark.parametrize("slug", list(TASKS))
def test_every_entry_is_filled_in(slug: str) -> None:
    entry = TASKS[slug]
    assert entry.slug == slug
    assert slug.isidentifier()
    assert entry.family in FAMILIES
    assert entry.modality in MODALITIES
    assert entry.label_from in {"data", "batch", "model"}
    assert entry.title
    assert entry.systems
    assert entry.label
    assert len(entry.glyph) == 9
    assert set(entry.glyph) <= set("hbo.")
    assert entry.ready == bool(entry.module)


def test_titles_and_pictures_differ() -> None:
    assert len({entry.title for entry in TASKS.values()}) == len(TASKS)
    assert len({entry.glyph for entry in TASKS.values()}) == len(TASKS)
    assert {entry.family for entry in TASKS.values()} == set(FAMILIES)


@pytest.mark.parametrize("slug", list(READY))
@pytest.mark.parametrize("long", [False, True])
def test_the_default_budgets_are_accepted(slug: str, long: bool) -> None:
    assert isinstance(default(slug, long=long), RunConfig)


@pytest.mark.parametrize("slug", list(READY))
def test_options_accept_their_defaults_and_have_titles(slug: str) -> None:
    for option in READY[slug].options.values():
        assert option.accepts(option.default)
        assert option.title
        assert option.accepted


@pytest.mark.parametrize("slug", list(READY))
def test_load_gives_the_task(slug: str) -> None:
    assert load(slug).slug == slug


@pytest.mark.parametrize("slug", ["everything", "nothing", ""])
def test_load_names_those_that_are_ready(slug: str) -> None:
    with pytest.raises(ValueError, match=", ".join(READY)):
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
