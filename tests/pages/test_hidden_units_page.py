"""Hidden units: clusters on the card are the label, pieces are of their cluster, rounds and words as counted."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue.hidden_units import HiddenUnitsOptions
from sslviz.data import audio
from sslviz.training.config import default
from sslviz.training.results.run_view import untrained
from sslviz.ui.frame import sound_samples
from sslviz.ui.tasks.hidden_units import card as drawn
from sslviz.ui.tasks.hidden_units import guess, learned, units

SLUG = "hidden_units"
VIEW = untrained(default(SLUG))


def said(number: int = 6, seed: int = 0) -> tuple[sound_samples.Sample, units.ModelAnswer]:
    this = sound_samples.sample(number, None)
    return this, units.answer(VIEW, units.label(this.samples, seed, HiddenUnitsOptions()))


def test_every_step_has_a_cluster_and_every_covered_one_an_answer(visit: Callable) -> None:
    card = visit(SLUG).component("hidden_units_card")
    assert 0 < sum(step["masked"] for step in card["steps"]) < len(card["steps"])
    for step in card["steps"]:
        (cluster,) = step["code"]
        assert 0 <= cluster < 32
        assert step["masked"] == (step["answer"] is not None)
        if step["answer"]:
            assert (step["answer"]["code"] == [cluster]) == step["answer"]["right"]
    right = sum(step["answer"]["right"] for step in card["steps"] if step["answer"])
    assert card["score"].startswith(f"{right} of {sum(step['masked'] for step in card['steps'])} right")
    assert card["words"]["label"] == "Pseudo-label: clusters"


def test_another_label_covers_others_and_leaves_the_clusters(visit: Callable) -> None:
    page = visit(SLUG)
    first = page.component("hidden_units_card")["steps"]
    second = page.press("new_label").component("hidden_units_card")["steps"]
    assert [step["code"] for step in first] == [step["code"] for step in second]
    assert [step["masked"] for step in first] != [step["masked"] for step in second]


def test_the_likeliest_clusters_are_shown_with_the_label_among_them() -> None:
    _, one = said()
    for i, step in enumerate(one.asked.tolist()):
        panel = drawn.asked(one, step)
        best = panel["rows"][0]
        assert best["p"] == one.p[i].max()
        assert [row["code"] for row in panel["rows"] if row["kind"] == "target"] == [[one.clusters[step]]]
        rank = int((one.p[i] > one.p[i, one.clusters[step]]).sum()) + 1
        assert panel["hint"] == f"the label ranks {rank} of 32"
    heard = int(np.flatnonzero(~one.masked)[0])
    assert drawn.asked(one, heard)["rows"] == []


def test_pieces_of_a_question_are_of_their_clusters_and_of_other_recordings() -> None:
    for number in range(4):
        gap = guess.gap_of(VIEW, number)
        held = audio.load().held_out
        own = next(int(i) for i in held if audio.load().clips[i].samples is gap.asked.recording.samples)
        assert len(set(gap.clusters)) == 4
        known = units.book(VIEW).codes[..., 0]
        assert gap.asked.masked[gap.asked.step]
        assert known[own, gap.asked.step] == gap.clusters[gap.right]
        for cluster, places in zip(gap.clusters, gap.places, strict=True):
            assert len(places) == guess.PIECES
            for clip, step in places:
                assert clip != own
                assert known[clip, step] == cluster
    question = guess.label_question(np.random.default_rng(0))
    assert len(question.choices) == 4
    assert len(question.images) == 5


def test_the_codes_of_the_other_task_stand_beside_the_same_steps() -> None:
    this, one = said()
    text = learned.labels_beside(this, 0, HiddenUnitsOptions(), VIEW)
    head, _, *rows = text.split("\n\n")[0].split("\n")
    assert len(rows) == min(learned.SHOWN, len(one.asked))
    assert {row.count("|") for row in (head, *rows)} == {4}
    step, cluster, code = (cell.strip() for cell in rows[0].strip("|").split("|"))
    assert int(step) == one.asked[0] + 1
    assert cluster == units.named(int(one.clusters[one.asked[0]]))
    assert code.count("·") == 1


def test_an_untrained_model_has_had_one_round_and_two_equal_ones_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    assert learned.rounds_told.__wrapped__(VIEW).count("\n| ") == 2
    assert "one round so far" in learned.rounds_told.__wrapped__(VIEW)
    once = units.answer
    monkeypatch.setattr(learned, "answer", lambda *of: dataclasses.replace(once(*of), sorted_at=400))
    told = learned.rounds_told.__wrapped__(VIEW)  # the same list twice
    assert "100% of all steps kept their number" in told
    assert "NMI of both: 1.00" in told


def test_clusters_that_are_the_voices_agree_with_voices_wholly() -> None:
    codes = units.book(VIEW).codes
    voices = np.array([clip.voice for clip in audio.load().clips])[:, None, None]
    voice, language, word = learned.agreement("voices", sound_samples.Book(np.where(codes >= 0, voices, -1), 7))
    assert voice == pytest.approx(1)
    assert 0.5 < language < 1
    assert 0 < word < 0.5


def test_a_lead_within_two_standard_errors_is_none() -> None:
    ours = [[0.30, 0.40], [0.32, 0.42]]
    told = learned.words_told(ours, [[0.31, 0.41], [0.33, 0.39]], [[0.1, 0.2], [0.12, 0.22]], [[0.5, 0.6]])
    assert "behind raw log-mel: 19.0 points" in told
    assert "ahead of the random trunk: 20.0 points" in told
    assert "level with Masked sound" in told


def test_other_ways_are_compared_run_by_run_and_within_two_errors_there_is_no_difference() -> None:
    pairs = [f"{learned.WORDS}{name}" for name in "abcd"]

    def row(name: str, voice: list[float], words: float, **options: str) -> dict[str, Any]:
        by_pair = {pair: [words, words + 0.01, words + 0.02] for pair in pairs}
        return {"name": name, "options": options, "steps": 9, "accuracy": [0.3] * 3, "probe": voice,
                "seconds": [5.0] * 3, "measures": by_pair}  # fmt: skip

    found = {"rows": [row("usual", [0.80, 0.81, 0.80], 0.1), row("by sound", [0.79, 0.83, 0.80], 0.6, clustered="x")]}
    told = learned.meaning(found)
    assert (
        "“by sound”: voice +0.3 points (standard error 0.9), no difference; word +50.0 points (standard error 0.0)"
        in told
    )
    assert "| by sound | 30% | 80.7% | 61.0% | 5 |" in told
    assert "Ahead of raw log-mel in naming words: “by sound” (+37" in told
