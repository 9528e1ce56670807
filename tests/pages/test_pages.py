"""Every page, drawn without a browser: its parts, its settings, its links."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sslviz.catalogue import READY
from sslviz.ui.parts import HIDEABLE
from tests.conftest import alike_pages, each_page, every_page

ROOT = Path(__file__).parents[2]
PARTS = {"sample_card", "guess", "transport", "loss", "embedding", "code", "learned"}
CONTROLS = {"another_sample", "new_label", "play", "step", "reset"}
CARDS = {
    "autoencoding": "autoencoding_card",
    "cluster_ids": "cluster_ids_card",
    "masked_sound": "masked_sound_card",
    "frame_order": "clip_card",
    "masked_patches": "masked_patches_card",
    "masked_words": "words_card",
    "next_sentence": "sentence_card",
    "next_word": "next_card",
    "patch_order": "patch_card",
    "queue": "queue_card",
    "same_or_different": "pairs_card",
    "two_views": "two_views_card",
    "word_and_context": "context_card",
}
SAMPLES = {
    "masked_sound": 280,
    "masked_words": 2000,
    "next_sentence": 1627,
    "next_word": 2000,
    "word_and_context": 3625,
}  # else 1000


def test_home_is_drawn(visit: Callable) -> None:
    page = visit("home")
    assert page.at.title[0].value == "The data labels itself"
    assert {"hero", "map", "student", "teacher", "why", "used", "costs"} <= page.keys


def test_home_leads_to_the_pages(visit: Callable) -> None:
    for button in (0, 1):
        page = visit("home")
        page.at.button[button].click().run()
        page.well()
        assert "sample_card" in page.keys


def test_home_makes_a_lesson_link(visit: Callable) -> None:
    page = visit("home")
    page.at.segmented_control(key="home_task").set_value("same_or_different")
    page.at.segmented_control(key="home_depth").set_value("Detailed")
    page.run()
    assert "/same_or_different?depth=Detailed&hide=code" in page.at.code[0].value


@every_page
def test_a_page_has_all_its_parts_and_controls(visit: Callable, slug: str) -> None:
    page = visit(slug)
    assert page.keys >= PARTS | CONTROLS
    assert page.at.title[0].value == READY[slug].title
    assert not page.notes
    assert page.play == "Play"
    assert READY[slug].systems.split(" ")[0] in page.html


@each_page
@pytest.mark.parametrize("depth", ["Basic", "Standard", "Detailed"])
def test_the_depth_changes_the_words(visit: Callable, slug: str, depth: str) -> None:
    page = visit(slug, __depth=depth)
    assert page.at.segmented_control(key="depth").value == depth
    assert not page.notes
    source = "Williams 1986" if slug == "autoencoding" else "arXiv"  # older than that
    assert (source in page.html) == (depth == "Detailed")
    assert bool(page.component(CARDS[slug])["formula"]) == (depth == "Detailed")


@alike_pages
@pytest.mark.parametrize("part", HIDEABLE)
def test_a_lesson_leaves_out_a_part(visit: Callable, slug: str, part: str) -> None:
    page = visit(slug, __hide=part)
    assert part not in page.keys
    assert PARTS - {part} <= page.keys
    assert ("class='lead'" in page.html) == (part != "text")


@each_page
def test_a_lesson_may_leave_out_everything_but_the_card(visit: Callable, slug: str) -> None:
    page = visit(slug, __hide=",".join(HIDEABLE))
    assert page.keys & PARTS == {"sample_card"}
    assert page.component(CARDS[slug])


@alike_pages
def test_rubbish_in_hide_is_ignored(visit: Callable, slug: str) -> None:
    assert visit(slug, __hide="everything,<b>,,sample_card,../x").keys >= PARTS


def new_label(page: Any) -> Any:
    """Press "New label"; where nothing is drawn, it cannot be pressed, and the seed is typed instead."""
    if READY[page.slug].drawn:
        return page.press("new_label")
    assert page.at.button(key="new_label").disabled
    seed = page.at.number_input(key=f"{page.slug}_label_seed").value
    return page.set("number_input", "label_seed", (seed + 1) % 10_000)


@every_page
def test_the_label_changes_with_its_seed_and_the_sample_with_its_number(visit: Callable, slug: str) -> None:
    def label() -> dict:
        card = page.component(CARDS[slug])
        if "columns" in card:
            return {"seen": [column["cells"][:-1] for column in card["columns"]]}  # all but the model's answer
        return {name: card[name] for name in ("how", "swaps", "steps") if name in card}

    page = visit(slug)
    first, shown, identity = label(), page.at.number_input(key=f"{slug}_sample").value, page.component(CARDS[slug])
    new_label(page)
    assert page.at.number_input(key=f"{slug}_label_seed").value == 1
    assert (label() != first) == READY[slug].drawn
    assert page.at.number_input(key=f"{slug}_sample").value == shown
    page.set("number_input", "label_seed", 0)
    assert label() == first
    assert page.component(CARDS[slug]) == identity
    page.press("another_sample")
    assert page.at.number_input(key=f"{slug}_sample").value != shown
    assert page.component(CARDS[slug])["id"] != identity["id"]


@each_page
def test_the_last_sample_and_the_last_seed_are_followed_by_the_first(visit: Callable, slug: str) -> None:
    most = SAMPLES.get(slug, 1000) - 1
    page = visit(slug, sample=str(most), label_seed="9999")
    assert not page.notes
    new_label(page.press("another_sample"))
    assert page.at.number_input(key=f"{slug}_sample").value == 36
    assert page.at.number_input(key=f"{slug}_label_seed").value == 0


@each_page
def test_a_link_gives_the_same_card(visit: Callable, slug: str) -> None:
    page = visit(slug)
    new_label(page).press("another_sample")
    card, sample = page.component(CARDS[slug]), page.at.number_input(key=f"{slug}_sample").value
    again = visit(slug, label_seed="1", sample=str(sample))
    assert again.component(CARDS[slug]) == card


RUBBISH = {
    "seed": ["abc", "-1", "1e99", "3.5", "", "99999999999999999999", "nan"],
    "steps": ["0", "1000000", "ten"],
    "batch": ["0", "-5"],
    "lr": ["nan", "inf", "-1", "0", "fast"],
    "device": ["toaster"],
    "data": ["../../etc/passwd"],
    "label_seed": ["x", "10000"],
    "sample": ["-1", "123456"],
    "run": ["nonsense", "<script>"],
}


@alike_pages
@pytest.mark.parametrize("number", range(max(map(len, RUBBISH.values()))))
def test_rubbish_in_the_link_is_named_and_the_page_goes_on(visit: Callable, slug: str, number: int) -> None:
    link = {name: values[number] for name, values in RUBBISH.items() if number < len(values)}
    page = visit(slug, **link)
    assert len(page.notes) == len(link), page.notes
    assert page.keys >= PARTS
    for name, value in link.items():
        assert page.param.get(f"{slug}_{name}") != value
    page.run()
    assert not page.notes  # said once


@alike_pages
def test_much_rubbish_at_once_is_named_one_by_one(visit: Callable, slug: str) -> None:
    page = visit(slug, seed="x", steps="y", nothing="z", __depth="Deep", __utm_source="mail")
    assert len(page.notes) == 4
    assert any("nothing" in note and "does not have" in note for note in page.notes)
    assert page.keys >= PARTS


@alike_pages
@pytest.mark.parametrize(
    "value",
    ["**bold**", "<img src=x>", "![x](http://a.b)", "$x$", ":red[x]", "`x`", ":material/home:", "www.a.example"],
)
def test_what_a_link_says_is_never_taken_for_markup(visit: Callable, slug: str, value: str) -> None:
    page = visit(slug, seed=value, label_seed=value, __depth=value, **{value: "1"})
    assert len(page.notes) == 4
    for note in page.notes:
        assert value[:20] in note
    assert value[:20] not in page.texts  # every sign that Markdown knows has a backslash before it
    assert value not in page.html


@each_page
def test_settings_from_a_link_are_those_of_the_run(visit: Callable, slug: str) -> None:
    page = visit(slug, seed="7", steps="40", batch="32", lr="0.01")
    assert not page.notes
    values = {name: page.at.number_input(key=f"{slug}_{name}").value for name in ("seed", "steps", "batch", "lr")}
    assert values == {"seed": 7, "steps": 40, "batch": 32, "lr": 0.01}


@alike_pages
def test_settings_stay_when_the_visitor_comes_back(visit: Callable, slug: str) -> None:
    page = visit(slug)
    page.set("number_input", "label_seed", 5).set("number_input", "seed", 3)
    page.go("home").go(slug)
    assert page.at.number_input(key=f"{slug}_label_seed").value == 5
    assert page.at.number_input(key=f"{slug}_seed").value == 3


def test_a_missing_data_set_says_how_to_get_it(
    visit: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSLVIZ_DATA", str(tmp_path))
    page = visit("same_or_different", data="cifar10")
    assert len(page.notes) == 1
    assert "torchvision.datasets" in page.notes[0]
    assert page.keys >= PARTS
    page.press("play")
    assert page.keys >= PARTS


@every_page
def test_the_code_on_the_page_is_the_code_that_runs(visit: Callable, slug: str) -> None:
    import inspect
    import textwrap

    from sslviz.catalogue import load

    shown = "\n".join(code.value for code in visit(slug).at.code)
    task = type(load(slug))
    for function in (task.draw, task.apply, task.loss):
        for line in textwrap.dedent(inspect.getsource(function)).strip().splitlines():
            assert line.split("  # noqa")[0].split("  # fmt")[0] in shown


@every_page
def test_the_data_are_credited(visit: Callable, slug: str) -> None:
    html = visit(slug).html
    assert "class='credit'" in html
    assert ("CC BY 2.0 FR" in html) == (slug in ("masked_words", "word_and_context", "next_word"))


def fresh(code: str) -> str:
    """Run code in a new process."""
    environment = {**os.environ, "SSLVIZ_LAZY": "1", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip().splitlines()[-1]


def test_home_needs_no_torch() -> None:
    code = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"at = AppTest.from_file({str(ROOT / 'sslviz/ui/shell.py')!r}, default_timeout=60).run()\n"
        "assert not at.exception and at.title[0].value\n"
        "print([name for name in ('torch', 'sklearn', 'openTSNE', 'distributed') if name in sys.modules])\n"
    )
    assert fresh(code) == "[]"


def test_what_draws_a_recorded_run_needs_no_torch() -> None:
    code = (
        "import sys\n"
        "from sslviz.ui import current, page, transport, learned, words_page, next_word_page, pairs_page\n"
        "from sslviz.ui import context_page, next_sentence_page\n"
        "from sslviz.training import recorded, shown\n"
        "for slug in ('masked_words', 'word_and_context', 'next_word', 'next_sentence', 'same_or_different'):\n"
        "    for long in (False, True):\n"
        "        run = recorded.read(slug, long=long)\n"
        "        run and shown.from_recording(run, slug)\n"
        "print('torch' in sys.modules)\n"
    )
    assert fresh(code) == "False"
