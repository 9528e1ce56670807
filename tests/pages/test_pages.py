"""Every page, drawn without a browser: its parts, its settings, its links."""

import importlib
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from sslviz.catalogue import TASKS, load
from sslviz.training import answers
from sslviz.training.config import RunConfig
from sslviz.ui.frame.parts import HIDEABLE
from sslviz.ui.live.mathematics import NAMES
from tests.conftest import alike_pages, each_page, every_page

ROOT = Path(__file__).parents[2]
PARTS = {"sample_card", "guess", "transport", "loss", "embedding", "code", "learned"}
CONTROLS = {"another_sample", "new_label", "play", "train", "step"}
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
CARDS = {slug: f"{slug}_card" for slug in TASKS}


def test_home_is_drawn(visit: Callable) -> None:
    page = visit("home")
    assert page.at.title[0].value == "The data labels itself"
    assert {"hero", "way", "map", "time_line", "more"} <= page.keys
    assert not {"why", "used", "costs"} & page.keys  # facts and figures have a page of their own
    assert {"why", "used", "costs", "ways", "second_meaning"} <= visit("why").keys


def test_home_leads_to_the_pages(visit: Callable) -> None:
    for button, part in ((0, "stage"), (1, "sample_card")):
        page = visit("home")
        page.at.button[button].click().run()
        page.well()
        assert part in page.keys


def test_a_teacher_makes_a_link(visit: Callable) -> None:
    page = visit("teaching")
    page.at.selectbox(key="link_task").set_value("same_or_different")
    page.at.segmented_control(key="link_depth").set_value("Detailed")
    page.run()
    (link,) = page.component("link_view")["pieces"]
    assert "/same_or_different?depth=Detailed&hide=code" in link["text"]


@every_page
def test_a_page_has_all_its_parts_and_controls(visit: Callable, slug: str) -> None:
    page = visit(slug)
    assert page.keys >= PARTS | CONTROLS
    assert page.at.title[0].value == TASKS[slug].title
    assert not page.notes
    assert page.play == "Play"
    assert TASKS[slug].systems.split(" ")[0] in page.html


@alike_pages
def test_once_the_label_is_there_no_note_says_to_wait_for_it(visit: Callable, slug: str) -> None:
    from sslviz.ui import startup

    assert not startup.warm()  # so the note was there while the label was made
    page = visit(slug)
    assert page.component(CARDS[slug])
    assert "PyTorch is being loaded" not in page.html


@every_page
def test_the_first_words_are_few_and_short(slug: str) -> None:
    """At Basic a visitor may read English as a third language, and knows no word of the field yet."""
    lead = importlib.import_module(f"sslviz.ui.tasks.{slug}.page").PAGE.lead["Basic"]
    sentences = re.split(r"(?<=[.?!:;])\s", lead)
    assert len(lead.split()) <= 60
    assert max(len(sentence.split()) for sentence in sentences) <= 25
    assert not re.search(r"[=∑Σ√σθ]|\bln\b|arXiv|[Ww]hoever", lead)


SHARED = {  # a page that is no task, a setting in its link, and what it may leave out for a lesson
    "transfer": ("transfer_labels", "50", ["what it learned"]),
    "arena": ("arena_kind", "Words", []),
    "three_ways": ("ways_labels", "50", []),
}


@pytest.mark.parametrize("slug", SHARED)
def test_pages_that_are_no_task_have_a_link_too(visit: Callable, slug: str) -> None:
    """The same button as on the pages of tasks, with what this page's settings are."""
    name, value, parts = SHARED[slug]
    page = visit(slug, **{f"__{name}": value})
    assert "Link" in [popover.proto.popover.label for popover in page.at.get("popover")]
    prefix = "ways" if slug == "three_ways" else slug
    shown = next(code.value for code in page.at.code if f"{name}=" in code.value)
    assert f"{name}={value}" in shown
    chosen = [pills for pills in page.at.pills if pills.key == f"{prefix}_leave_out"]
    assert [list(pills.options) for pills in chosen] == ([parts] if parts else [])
    if parts:
        chosen[0].set_value(["learned"])
        page.run()
        assert any("hide=learned" in code.value for code in page.at.code)


def test_a_lesson_goes_on_in_the_link_of_a_page_without_its_parts(visit: Callable) -> None:
    page = visit("arena", __hide="guess,code")
    assert any("hide=" in code.value and "guess" in code.value for code in page.at.code)


@every_page
def test_the_code_begins_with_what_does_the_work(slug: str) -> None:
    """Where nothing is drawn as the page stands, `draw` is not what one reads first, and a line says why."""
    task, page = load(slug), importlib.import_module(f"sslviz.ui.tasks.{slug}.page").PAGE
    data = TASKS[slug].data[0]
    batch = task.batch(data, "train", np.arange(4))
    listed = [one if isinstance(one, tuple) else (one.__name__, one) for one in page.code()]
    drawn = task.draw(batch, np.random.default_rng(0), task.info(data), page.options())
    if not drawn:
        assert listed[0][0] == "apply"
        assert "draw" in page.code_note
    assert len({name for name, _ in listed}) == len(listed)


@each_page
@pytest.mark.parametrize("depth", ["Basic", "Standard", "Detailed"])
def test_the_depth_changes_the_words(visit: Callable, slug: str, depth: str) -> None:
    page = visit(slug, __depth=depth)
    assert page.at.segmented_control(key="depth").value == depth
    assert not page.notes
    assert any(source in page.html for source in ("arXiv", "Williams 1986")) == (depth == "Detailed")
    assert bool(page.component(CARDS[slug])["formula"]) == (depth == "Detailed")


def lines(sent: Any) -> list[dict[str, Any]]:
    """All lines of mathematics in what a view was sent."""
    if isinstance(sent, dict) and sent.keys() == {"pieces", "said"}:
        return [sent]
    inside = sent.values() if isinstance(sent, dict) else sent if isinstance(sent, list) else ()
    return [line for one in inside for line in lines(one)]


@each_page
def test_formulas_are_mathml_and_say_the_numbers_that_they_show(visit: Callable, slug: str) -> None:
    found = lines(visit(slug, __depth="Detailed").component(CARDS[slug])["formula"])
    assert len(found) > 1
    for line in found:
        roots = [ElementTree.fromstring(piece) for piece in line["pieces"]]
        assert {element.tag.partition("}")[0] for root in roots for element in root.iter()} == {f"{{{NAMES}"}
        seen = " ".join(text for root in roots for text in root.itertext())
        assert NUMBER.findall(seen) == NUMBER.findall(unicodedata.normalize("NFKC", line["said"]))
        assert "\\" not in seen  # no command of LaTeX is left
    assert sum(len(NUMBER.findall(line["said"])) for line in found) > 1  # at least p and −ln p


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
def test_rubbish_in_hide_is_said_and_leaves_out_nothing(visit: Callable, slug: str) -> None:
    page = visit(slug, __hide="everything,<b>,,sample_card,../x")
    assert page.keys >= PARTS
    assert len(page.notes) == 4
    assert "no part of a page" in page.notes[0]


@alike_pages
def test_a_link_may_use_the_words_on_the_page_and_all_can_be_had_back(visit: Callable, slug: str) -> None:
    page = visit(slug, __hide="training,What it learned,quiz")
    assert page.keys & PARTS == PARTS - {"transport", "learned"}
    assert "This lesson leaves out: what it learned, quiz, training." in page.html
    page.go("home")
    page.go(slug)
    assert "This lesson leaves out" in page.html  # it goes on, and says so
    page.press("show_everything")
    assert page.keys >= PARTS | {"quiz"}
    assert "hide" not in page.param
    assert not any("hide=" in code.value for code in page.at.code)  # the link leaves out nothing, either


def new_label(page: Any) -> Any:
    """Press "New label"; where nothing is drawn, it cannot be pressed, and the seed is typed instead."""
    if TASKS[page.slug].drawn:
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
        return {name: card[name] for name in ("how", "swaps", "steps", "hide", "reads") if name in card}

    page = visit(slug)
    first, shown, identity = label(), page.at.number_input(key=f"{slug}_sample").value, page.component(CARDS[slug])
    new_label(page)
    assert page.at.number_input(key=f"{slug}_label_seed").value == 1
    assert (label() != first) == TASKS[slug].drawn
    assert page.at.number_input(key=f"{slug}_sample").value == shown
    page.set("number_input", "label_seed", 0)
    assert label() == first
    assert page.component(CARDS[slug]) == identity
    page.press("another_sample")
    assert page.at.number_input(key=f"{slug}_sample").value != shown
    assert page.component(CARDS[slug])["id"] != identity["id"]


@each_page
def test_the_last_sample_and_the_last_seed_are_followed_by_the_first(visit: Callable, slug: str) -> None:
    page = visit(slug, label_seed="9999")
    most = int(page.at.number_input(key=f"{slug}_sample").max)
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


@each_page
def test_a_new_label_asks_the_network_little(visit: Callable, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no label changes, such as a table of held-out pictures, is asked once for all who look."""
    page = visit(slug)
    key = "new_label" if TASKS[slug].drawn else "another_sample"
    page.press(key)
    ask, asked = answers.ask, list[str]()

    def noted(config: RunConfig, *more: Any, **named: Any) -> Any:
        asked.append(config.task)
        return ask(config, *more, **named)

    monkeypatch.setattr(answers, "ask", noted)
    page.press(key)
    assert 1 <= len(asked) <= 5  # the card, the guess, and who is beside them


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
    page.train()
    assert page.keys >= PARTS


@every_page
def test_the_code_on_the_page_is_the_code_that_runs(visit: Callable, slug: str) -> None:
    import inspect
    import textwrap

    from sslviz.catalogue import load

    page = visit(slug)
    keys = [one.key for one in page.at.get("bidi_component") if one.key.startswith(f"{slug}_code_")]
    shown = "\n".join("".join(piece["text"] for piece in page.component(key)["pieces"]) for key in keys)
    task = type(load(slug))
    for function in (task.draw, task.apply, task.loss):
        for line in textwrap.dedent(inspect.getsource(function)).strip().splitlines():
            assert line.split("  # noqa")[0].split("  # fmt")[0] in shown


@every_page
def test_the_data_are_credited(visit: Callable, slug: str) -> None:
    html = visit(slug).html
    assert "class='credit'" in html
    assert ("CC BY 2.0 FR" in html) == (any("sentences" in name for name in TASKS[slug].data))


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
        "from sslviz.catalogue import TASKS\n"
        "from sslviz.ui.frame import current, task_page, transport, learned\n"
        "from importlib import import_module\n"
        "for slug in TASKS: import_module(f'sslviz.ui.tasks.{slug}.page')\n"
        "from sslviz.training.results import recorded, run_view\n"
        "for slug in ('masked_words', 'word_and_context', 'next_word', 'next_sentence', 'same_or_different'):\n"
        "    for which in recorded.KINDS:\n"
        "        run = recorded.read(slug, which)\n"
        "        run and run_view.from_recording(run, slug)\n"
        "print('torch' in sys.modules)\n"
    )
    assert fresh(code) == "False"


def _right(slug: str, card: dict[str, Any]) -> list[bool]:  # noqa: PLR0911 - a kind of card each
    """Of the model's answers that a card shows first: which are right."""
    if slug == "masked_words":
        assert set(card["how"]) <= {"", "hide"}, "the plain case comes first: hidden, not swapped and not kept"
        places = [i for i, how in enumerate(card["how"]) if how]
        return [card["answers"][i][0][0] == card["target"][i].lower() for i in places]
    if slug == "next_word":
        return [best[0][0] == word for best, word in zip(card["answers"], card["target"], strict=True) if word]
    if slug == "next_sentence":
        return [p[side] > 0.5 for side, p in enumerate(card["answers"]) if side == card["drawn"]]
    if slug == "replaced_words":
        asked = zip(card["answer"], card["target"], strict=True)
        return [(p > 0.5) == replaced for p, replaced in asked if p is not None]
    if slug == "span_corruption":
        return [what == "right" for _, _, what in card["answer"] if what != "sign"]
    if slug in ("masked_sound", "hidden_units"):
        right, of = (int(number) for number in card["score"].split(" right")[0].split(" of "))
        return [True] * right + [False] * (of - right)
    if slug == "frame_order":
        return ["✓" in row["cells"][0]["text"] for row in card["rows"] if row.get("kind") == "guess"]
    if slug == "same_or_different":
        similar, n = card["similar"], len(card["names"])
        return [max(s for j, s in enumerate(row) if j != i) == row[(i + n) % (2 * n)] for i, row in enumerate(similar)]
    return ["✓" in column["cells"][-1]["text"] for column in card["columns"]]


@each_page
def test_the_first_card_has_an_answer_worth_seeing(visit: Callable, slug: str) -> None:
    if slug == "word_and_context":
        pytest.skip("its card shows probabilities of single pairs, none of which is right or wrong")
    right = _right(slug, visit(slug).component(CARDS[slug]))
    assert any(right)
    if slug == "masked_words":
        assert all(right)
    elif slug != "patch_order":
        assert sum(right) >= len(right) / 2


def test_a_page_begins_with_a_card_a_loss_and_a_map_while_there_is_no_torch() -> None:
    """Its card is the kept one; what stands below it, the lesson's buttons too, does not wait for labels either."""
    code = (
        "import sys\n"
        "sys.modules['torch'] = None\n"
        "from tests.pages.conftest import Page\n"
        "from streamlit.testing.v1 import AppTest\n"
        "shown = []\n"
        "for slug in ('masked_words', 'two_views'):\n"
        "    for view in ('lab', 'lesson'):\n"
        "        at = AppTest.from_file('sslviz/ui/shell.py', default_timeout=60).run()\n"
        "        at.query_params['view'] = view\n"
        "        at = at.switch_page(f'../../pages/{slug}.py').run()\n"
        "        keys = [part.key for part in at.get('bidi_component')] + [one.key for one in at.button]\n"
        "        lab, lesson = ('_loss', '_map', '_card', 'new_label'), ('_card', '_rail', 'scene_next')\n"
        "        shown += [any(key.endswith(end) for key in keys) for end in (lab if view == 'lab' else lesson)]\n"
        "        if not all(shown): print(slug, view, keys)\n"
        "print(shown)\n"
    )
    assert fresh(code) == str([True] * 14)
