"""The ablation panel: what it draws of which numbers, and what a lesson leaves of it."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sslviz.catalogue.masked_patches import MaskedPatchesOptions
from sslviz.training.results import ablation
from sslviz.ui.frame import measured

FOUND: dict[str, Any] = {
    "rows": [
        {"name": "usual", "options": {}, "steps": 1200, "accuracy": [0.25, 0.5], "probe": [0.5, 0.7],
         "measures": {"spread": [0.1, 0.2]}},
        {"name": "half", "options": {"share": 0.5}, "steps": 1200, "accuracy": [0.5, 0.75], "probe": [0.4, 0.4],
         "measures": {"spread": [0.3, 0.3]}},
    ]
}  # fmt: skip


def page(hide: list[str]) -> None:
    """A panel as a page draws it."""
    from sslviz.ui.frame.measured import Ablation, Measure, ablation_panel

    shown = Ablation(
        "masked_patches", "Measured", "two variants",
        (Measure("probe of {seeds} run seeds", "probe", model=True), Measure("spread", "spread", hatched=True)),
        "on held-out pictures", lambda found: f"**{len(found['rows'])} variants**", lambda _: [("nothing", 0.125)],
    )  # fmt: skip
    ablation_panel(shown, set(hide), key="worth", title="Worth", note="of it", words="Some words.")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, list[str]]]:
    def draw(hide: list[str], found: dict[str, Any] | None = FOUND) -> tuple[str, list[str]]:
        monkeypatch.setattr(ablation, "read", {"masked_patches": found}.get)
        at = AppTest.from_function(page, kwargs={"hide": hide}).run()
        assert not at.exception
        return "".join(html.proto.body for html in at.get("html")), [text.value for text in at.markdown]

    return draw


def test_the_panel_shows_the_mean_of_each_measure_with_its_line_and_what_it_means(drawn: Any) -> None:
    html, texts = drawn([])
    assert texts == ["Some words.", "**2 variants**"]
    said = "usual, probe of 2 run seeds: 60%; usual, spread: 15%; half, probe of 2 run seeds: 40%; half, spread: 30%"
    assert f"{said}; nothing: 12%" in html
    assert html.index("Worth") < html.index("Measured") < html.index("two variants")


@pytest.mark.parametrize(
    ("hide", "texts", "heads"),
    [
        (["text"], ["**2 variants**"], ["Worth", "Measured"]),
        (["learned"], ["Some words."], ["Worth"]),
        (["text", "learned"], [], []),
    ],
)
def test_a_lesson_leaves_out_words_or_numbers_or_the_whole_panel(
    drawn: Any, hide: list[str], texts: list[str], heads: list[str]
) -> None:
    html, found = drawn(hide)
    assert found == texts
    assert [head for head in ("Worth", "Measured") if f">{head} <" in html] == heads


def test_where_nothing_was_measured_only_the_words_stand_there(drawn: Any) -> None:
    html, texts = drawn([], None)
    assert texts == ["Some words."]
    assert "Measured" not in html


def test_a_variant_is_found_by_its_settings() -> None:
    assert measured.usual(FOUND)["name"] == "usual"
    half = measured.variant(FOUND, MaskedPatchesOptions(share=0.5))
    assert half is not None
    assert half["name"] == "half"
    assert measured.variant(FOUND, MaskedPatchesOptions(share=0.9)) is None


def test_numbers_are_means_over_run_seeds() -> None:
    row = FOUND["rows"][0]
    assert [measured.mean(row, key) for key in ("accuracy", "probe", "spread")] == pytest.approx([0.375, 0.6, 0.15])
    assert measured.protocol(FOUND) == "2 run seeds each, 1,200 steps."
