"""The bundled files: every one is named with its licence, and the credits say the same."""

import re

import pytest

from sslviz.data import ASSETS, Credit, audio, images, video
from sslviz.data.word_rows import word_rows

STATIC = ASSETS.parent / "sslviz" / "ui" / "static"
ATTRIBUTION = (ASSETS / "ATTRIBUTION.md").read_text(encoding="utf-8")
BUNDLED = [credit for name in ("fashion_mnist", "emoji") for credit in images.load(name).credits]
CREDITS = [
    *BUNDLED,
    *word_rows("sentences_and_stories").credits,
    *(photo.credit for photo in images.photos()),
    *audio.credits(),
    *video.CREDITS.values(),
]


def _files() -> list[str]:
    return sorted(path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*") if path.is_file())


@pytest.mark.parametrize("file", [file for file in _files() if not file.startswith((".", "runs/", "cards/"))])
def test_every_file_is_attributed(file: str) -> None:
    assert file == "ATTRIBUTION.md" or f"`{file}`" in ATTRIBUTION


@pytest.mark.parametrize("file", sorted(path.name for path in STATIC.iterdir()))
def test_every_file_that_is_served_as_it_is_is_attributed(file: str) -> None:
    assert f"`sslviz/ui/static/{file}`" in ATTRIBUTION


def test_nothing_attributed_is_missing() -> None:
    named = re.findall(r"`((?:images|text|audio|video|licences)/[^`]*[^/`])`", ATTRIBUTION)
    assert len(named) > 10
    assert [file for file in named if not (ASSETS / file).is_file()] == []


@pytest.mark.parametrize("credit", CREDITS, ids=lambda credit: credit.title)
def test_credits_are_whole(credit: Credit) -> None:
    assert credit.title and credit.author and credit.licence and credit.changes  # noqa: PT018  one thought
    assert credit.licence_url.startswith("https://")
    assert credit.source.startswith("https://")
    line = credit.line()
    assert "\n" not in line
    assert not set("<>*_`[]") & set(line.replace(credit.source, "")), "plain text"
    for part in (credit.title, credit.author, credit.licence, credit.source):
        assert part in line


@pytest.mark.parametrize("credit", CREDITS, ids=lambda credit: credit.title)
def test_credits_and_attribution_agree(credit: Credit) -> None:
    flat = " ".join(ATTRIBUTION.split())
    assert credit.author.removeprefix("its ") in flat
    assert {"MIT": "MIT licence", "Apache-2.0": "Apache License 2.0"}.get(credit.licence, credit.licence) in flat


def test_the_line_of_a_credit() -> None:
    assert Credit("T", "A", "MIT", "https://l", "https://s", "cut down").line() == "T, A, MIT, https://s. Cut down."
    assert Credit("T", "A", "MIT", "https://l", "https://s", "").line() == "T, A, MIT, https://s."


def test_the_bundle_stays_small() -> None:
    size = sum((ASSETS / file).stat().st_size for file in _files())
    assert size < 53e6, "a clone takes as long as its data is large"
