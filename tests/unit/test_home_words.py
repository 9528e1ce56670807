"""The home page's texts: every fact is cited, links hold, and no torch is needed to say any of it."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from sslviz.catalogue import FAMILIES, MODALITIES, TASKS
from sslviz.data.text import corpus, tokenise
from sslviz.ui.course import link
from sslviz.ui.home import history, words

FACTS = words.WHY + words.USED + words.COSTS


def sentences(text: str) -> list[str]:
    """Cut where a full stop is followed by a space and a new sentence."""
    return re.split(r"(?<=[.?!])(?<!et al\.)\s+(?=[A-Za-z“*])", text.strip())


def test_needs_no_torch() -> None:
    code = "import sys, sslviz.ui.home.history, sslviz.ui.home.words as w; w.families(); print('torch' in sys.modules)"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"


def test_says_what_it_promises() -> None:
    assert len(words.LEAD) == 3
    assert [len(sentences(text)) for text in words.LEAD] == [1, 1, 1]
    assert [fact.name for fact in words.WHY] == ["No annotation", "Rich representations", "Scale"]
    assert [fact.name for fact in words.USED] == ["Language", "Vision", "Speech", "Medical images", "Driving"]
    assert len(words.COSTS) == 3
    assert "semi-supervised" in words.SECOND
    assert "Lee 2013" in words.SECOND


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_fact_is_cited(fact: words.Fact) -> None:
    assert re.search(r"\d|half", fact.number)
    assert re.search(r"\d|half", fact.says)
    assert 1 <= len(sentences(fact.says)) <= 2
    assert fact.who
    assert 1950 < fact.year <= datetime.now(UTC).year
    assert re.fullmatch(r"https://arxiv\.org/abs/\d{4}\.\d{5}", fact.link)
    submitted = int(fact.link.rsplit("/", 1)[1][:2])  # an arXiv number starts with the year and the month
    assert fact.year == 2000 + submitted
    assert fact.source == f"{fact.who} {fact.year}, arXiv:{fact.link[-10:]}"


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_large_figure_is_explained(fact: words.Fact) -> None:
    """The figure that is set large stands in the sentence too, in digits or in words."""
    bare = fact.number.lstrip("+−")
    assert bare.lower().replace("10 minutes", "ten minutes") in fact.says


def test_no_fact_twice() -> None:
    for what in ("name", "number", "says", "link"):
        assert len({getattr(fact, what) for fact in FACTS}) == len(FACTS), what


def test_all_links_are_to_arxiv_and_plain() -> None:
    texts = " ".join([words.SECOND, words.WAYS, *words.LEAD, *sum(words.CORRECTIONS, ())])
    addresses = re.findall(r"https?://[^\s)]+", texts)
    assert addresses
    assert all(address.startswith("https://arxiv.org/abs/") for address in addresses)


def test_map_shows_every_task_once() -> None:
    shown = [task for family in words.families() for task in family["tasks"]]
    assert [family["name"] for family in words.families()] == list(FAMILIES)
    assert sorted(task["slug"] for task in shown) == sorted(TASKS)
    assert {task["slug"] for task in shown if task["page"]} == set(TASKS)
    assert {task["kind"] for task in shown} <= set(MODALITIES)
    assert all(task["page"] == f"/{task['slug']}" for task in shown if task["page"])


def test_the_time_line_has_every_system_of_the_map_with_its_year() -> None:
    """A task names its systems as "BERT 2018, RoBERTa 2019"; each leads to that task's page."""
    told = {(one.name.lower(), one.year, one.page) for one in history.SYSTEMS}
    for task in TASKS.values():
        for system in task.systems.split(", "):
            name, year = system.rsplit(" ", 1)
            name = {"autoencoders": "autoencoder", "denoising": "denoising autoencoder"}.get(name, name.lower())
            assert (name, int(year), task.slug) in told or (task.slug == "next_sentence" and name == "bert"), system


def test_nobody_on_the_time_line_learned_from_who_came_later() -> None:
    years = {one.name: one.year for one in history.SYSTEMS}
    assert len(years) == len(history.SYSTEMS)
    assert [one.year for one in history.SYSTEMS] == sorted(years.values())
    for one in history.SYSTEMS:
        assert one.kind in history.KINDS
        assert len(sentences(one.adds)) <= 2
        for name in one.after:
            assert years[name] <= one.year, f"{one.name} after {name}"
        if "arxiv.org" in one.link:  # its number begins with the year and the month
            assert int(one.link.rsplit("/", 1)[1][:2]) + 2000 == one.year, one.name


@pytest.mark.parametrize(
    "home", ["", "http://localhost:8501", "http://localhost:8501/", "https://school.example/sslviz/"]
)
def test_lesson_link(home: str) -> None:
    made = link.lesson_link(home, "masked_words", "Detailed", ["guess", "code"])
    assert made.startswith(home.rstrip("/") + "/masked_words?")
    assert parse_qs(urlsplit(made).query) == {"depth": ["Detailed"], "hide": ["guess,code"]}
    assert link.lesson_link(home, "masked_words", "", []) == home.rstrip("/") + "/masked_words"


def test_without_a_recording_nothing_is_claimed(tmp_path: Path) -> None:
    nothing = words.recorded(tmp_path / "home.json")
    assert nothing.said is None
    assert "".join(nothing.sentence) == "The cat isonthe table."
    assert "%" not in nothing.note


def test_recorded_answer_is_shown_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "home.json"
    kept = {"before": "The cat is", "hidden": "sleeping", "after": "on the bed .", "steps": 16000}
    file.write_text(
        json.dumps({**kept, "answers": [["sitting", 0.412], ["sleeping", 0.2], ["lying", 0.1], ["a", 0.01]]})
    )
    answer = words.recorded(file)
    assert answer.said == "sitting"
    assert answer.sentence == ("The cat is", "sleeping", "on the bed.")
    assert "16,000 steps" in answer.note
    assert "sitting 41%, sleeping 20%, lying 10%." in answer.note


@pytest.mark.parametrize(
    ("points", "clear", "said"),
    [
        (4.2, True, "Furthest ahead of raw pixels"), (2.9, False, "no task on pictures is clearly ahead"),
        (-4.2, True, "no task on pictures is clearly ahead"),
    ],
)  # fmt: skip
def test_whether_raw_pixels_are_beaten_follows_the_numbers(points: float, clear: bool, said: str) -> None:
    ahead = {"title": "Masked patches", "data": "clothes_anywhere", "steps": 8000, "labels": 100, "points": points,
             "error": 1.5, "clear": clear, "seeds": 3}  # fmt: skip
    told = words.Recorded(ahead=ahead).measured
    assert said in told
    assert "Masked patches on Clothes anywhere, 8,000 steps" in told
    assert f"{'−' if points < 0 else '+'}{abs(points)} points with 100 labels (standard error 1.5; 3 run seeds)" in told
    assert words.Recorded().measured == ""


def test_the_lead_on_home_is_that_of_the_recordings() -> None:
    from sslviz.training.results.recorded import ahead

    assert words.recorded().ahead == ahead()


def test_bundled_sentence_and_credit() -> None:
    """The sentence on the page is one that the model can read, and its credit is the corpus's."""
    kept = words.recorded()
    assert [word for word in tokenise(" ".join(kept.sentence)) if word not in corpus().index] == []
    assert kept.said is None or sum(share for _, share in kept.answers) <= 1.001
    asked = tokenise(" ".join(kept.sentence))
    assert all(asked != tokenise(known) for known in corpus().sentences)  # not one that it has seen
    ours, theirs = words.SENTENCE, corpus().credits[0]
    assert (ours.author, ours.licence, ours.licence_url, ours.source) == (
        theirs.author, theirs.licence, theirs.licence_url, theirs.source,
    )  # fmt: skip
