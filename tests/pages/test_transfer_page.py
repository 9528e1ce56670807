"""The page Transfer: recorded at once, measured again on demand, labels to buy."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.training.results import transfer, transfer_record
from sslviz.ui.labels.transfer import buy as transfer_buy
from sslviz.ui.labels.transfer import curve as transfer_page
from sslviz.ui.labels.transfer import more as transfer_more
from tests.pages.conftest import Page
from tests.stand_ins import Engine

SIZES = [1, 2, 5, 10, 20, 50, 100, 0]


def curve(top: float) -> list[list[float]]:
    """Rises to `top`; three choices of labels, of which the second is the mean."""
    means = [top * share for share in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)]
    return [*[[mean - 0.01, mean, mean + 0.01] for mean in means], [top]]


def judged(top: float) -> dict[str, Any]:
    return {
        "curve": curve(top), "groups": {"nmi": [top / 2] * 3, "ari": [top / 3] * 3},
        "numbers": {"mean brightness": top, "width of what is shown": top / 2},
    }  # fmt: skip


def recording() -> dict[str, Any]:
    """A recording in the shape of the real one, with figures that are easy to recognise."""

    def run(task: str, top: float, which: str = "short") -> dict[str, Any]:
        data = transfer.PICTURES if TASKS[task].pictures else TASKS[task].data[0]
        where = transfer.group(task, data)
        steps = 2000 if which == "long" else 1000
        return {"task": task, "which": which, "data": data, "steps": steps, "group": where, **judged(top), "knn": top,
                "few": 10, "knn_labels": 2000, "run_seeds": [top, top - 0.02, top + 0.02]}  # fmt: skip

    def group(names: list[str], raw: str) -> dict[str, Any]:
        return {"labels": 10_000, "tests": 2000, "classes": names, "sizes": SIZES, "raw_name": raw, "chance": 0.1,
                "raw": {**judged(0.85), "numbers": {"mean brightness": 1.0, "width of what is shown": 0.3}},
                "random": judged(0.6)}  # fmt: skip

    pictures = ("autoencoding", "masked_patches", "same_or_different", "cluster_ids")
    tops = dict(zip(pictures, (0.9, 0.8, 0.84, 0.82), strict=True))
    runs = [*(run(task, tops[task]) for task in pictures), run("same_or_different", 0.95, "long")]
    runs.append(run("masked_words", 0.7))
    groups = {transfer.PICTURES: group(list("abcdefghij"), "raw pixels")}
    words = runs[-1]["group"]
    groups[words] = group(list("abcdefgh"), "neighbouring words")
    scratch = {
        where: [[*row, row[-1]][:3] for row in curve(top)] for where, top in ((transfer.PICTURES, 0.8), (words, 0.3))
    }
    protocol = {"batch": 64, "lr": 0.001, "fewest": 100, "most": 1500}
    ids = list(range(20))
    basket = {
        "rows": ids,
        "ids": ids,
        "names": ["Coat"] * 12 + ["Bag"] * 8,
        "accuracies": [0.4, 0.5],
        "classes": [2, 2],
    }
    better = {**basket, "names": ["Coat"] * 10 + ["Bag"] * 10, "accuracies": [0.6, 0.6], "classes": [4, 4]}
    both = dict(zip(transfer.STRATEGIES, (basket, better), strict=True))
    tuned = {task: curve(0.9 - 0.1 * n)[::2] for n, task in enumerate(transfer_record.TUNED)}
    table = [[[0.6] * 3 if a == b else [0.5] * 3 for b in range(3)] for a in range(3)]
    return {
        "probes": {"runs": runs, "groups": groups},
        "scratch": {"groups": scratch, "protocol": protocol},
        "bought": {"labels": 20, "times": 2, "runs": {"autoencoding": both}},
        "teams": {"teams": ["A", "B", "C"], "labels": 50, "classes": 9, "tests": 318, "chance": 0.2, "accuracy": {
            "scratch": [[[0.5] * 3 if a == b else [0.3] * 3 for b in range(3)] for a in range(3)],
            "raw": table, "random": table, "masked_patches": table}},
        "scale": {"task": "masked_patches", "sizes": [100, 1000, 10_000], "labels": 10, "steps": 1400,
                  "accuracy": [[0.5, 0.5, 0.5], [0.55, 0.56, 0.57], [0.6, 0.61, 0.62]]},
        "tuned": {"sizes": [1, 10, 100, 0], "curve": tuned, "few": {}, "few_sizes": {}, "protocol": protocol},
    }  # fmt: skip


@pytest.fixture
def recorded_as(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a recording in place of the real one."""

    def put(found: dict[str, Any]) -> None:
        (tmp_path / "transfer.json").write_text(json.dumps(found), "utf-8")

    monkeypatch.setattr(transfer, "path", lambda task="": tmp_path / f"transfer{task and '/'}{task}.json")
    return put


def drawn(page: Page) -> dict[str, list[float]]:
    """The lines of the curve by name."""
    (chart,) = page.at.get("plotly_chart")
    lines = json.loads(chart.proto.spec)["data"]
    return {line["name"]: line["y"] for line in lines if line.get("name")}


def test_without_a_recording_the_page_says_how_to_make_one(visit: Any, recorded_as: Any) -> None:
    page = visit("transfer")
    assert any("python -m sslviz transfer" in note for note in page.notes)
    assert not page.at.button(key="measure").disabled


def test_the_curve_is_there_at_once_with_everything_to_beat(visit: Any, recorded_as: Any) -> None:
    recorded_as(recording())
    page = visit("transfer", task="autoencoding")
    assert {"curve", "buy", "winners", "tuned", "scale", "teams", "others"} <= page.keys
    lines = drawn(page)
    for name, top in (("this trunk, frozen", 0.9), ("same network from scratch", 0.8), ("raw pixels", 0.85)):
        assert np.mean(lines[name][3]) == pytest.approx(0.7 * top, abs=1e-6)
    assert "random trunk, frozen" in lines
    assert lines["this trunk, choice 0"][3] == pytest.approx(0.62)
    assert "With 10 labels a class this trunk is right in 63%" in page.texts
    assert "7 points ahead of the network from scratch" in page.texts
    assert "never saw these classes" in page.html
    assert "◷ recorded" in page.html


def test_buying_stands_first_and_the_details_are_tabs(visit: Any, recorded_as: Any) -> None:
    """What can be done stands above what can be read; of six tables one is open."""
    recorded_as(recording())
    page = visit("transfer", task="autoencoding")
    order = [key for key in page.order if key in ("looked_at", "buy", "curve", "details")]
    assert order == ["looked_at", "buy", "curve", "details"]
    assert [tab.label for tab in page.at.tabs] == [
        "All tasks", "Fine-tuned", "Words, sound, video", "More pictures", "Another team’s drawings",
        "Groups and numbers",
    ]  # fmt: skip
    assert "How it was measured" in [expander.label for expander in page.at.expander]


def test_the_link_has_no_run_of_ones_own(visit: Any, recorded_as: Any) -> None:
    recorded_as(recording())
    page = visit("transfer", task="same_or_different", run="long", seed="2")
    assert any("transfer_run=long" in code.value or "transfer_seed=2" in code.value for code in page.at.code)
    page.at.query_params["transfer_run"] = "live"
    page.run()
    assert not any("transfer_run=live" in code.value for code in page.at.code)


def test_task_run_and_choice_live_in_the_link(visit: Any, recorded_as: Any) -> None:
    recorded_as(recording())
    page = visit("transfer", task="same_or_different", run="long", seed="2")
    assert not page.notes
    assert drawn(page)["this trunk, choice 2"][3] == pytest.approx(0.7 * 0.95 + 0.01)
    page.at.selectbox(key="transfer_task_choice").set_value("masked_words")
    page.run()
    assert page.param["transfer_task"] == "masked_words"
    assert "transfer_run" not in page.param  # words have no long recording here
    assert drawn(page)["same network from scratch"][3] == pytest.approx(0.7 * 0.3)
    assert "for sale for pictures" in page.html


@pytest.mark.parametrize(
    "bad", [{"task": "dance"}, {"run": "endless"}, {"seed": "1e400"}, {"labels": "-3"}, {"x": "1"}]
)
def test_a_bad_link_is_named_and_the_page_goes_on(visit: Any, recorded_as: Any, bad: dict[str, str]) -> None:
    recorded_as(recording())
    page = visit("transfer", **bad)
    assert len(page.notes) == 1
    assert "this trunk, frozen" in drawn(page)


def test_where_something_else_is_ahead_the_page_says_so() -> None:
    lines = [("trained", "this trunk, frozen", curve(0.8)), ("raw", "raw pixels", curve(0.85))]
    lines.append(("scratch", "same network from scratch", [[0.1]] * 7 + [[0.9]]))
    said = transfer_page.verdict(lines, SIZES)
    assert "4 points behind raw pixels" in said
    assert "Ahead of it: raw pixels, with 1, 2, 5, 10, 20, 50, 100 a class" in said
    assert "it takes all labels that we have" in said


def test_the_best_is_named_with_its_lead() -> None:
    said = transfer_more.winners(recording())
    assert "**Same or different, long** is the best of 5 runs: 10 points ahead of the network from scratch" in said
    assert "picked by these same held-out pictures" in said
    assert "Trained 3 times with other seeds, **Same or different, long** gives 95%, 93%, 97% with 10 labels" in said
    assert said.index("Same or different, long") < said.index("Autoencoding") < said.index("*random trunk*")


def test_the_reversal_is_reported_as_it_comes_out() -> None:
    found = recording()
    said = transfer_more.reversal(found)
    assert "by k-NN with 2,000 labels, the order is Same or different, Cluster IDs, Masked patches" in said
    for size in ("1", "10", "100", "all"):
        assert f"Fine-tuned with {size} a class, Masked patches leads." in said

    rows = found["tuned"]["curve"]
    rows["cluster_ids"] = rows["masked_patches"]
    assert "With all a class Masked patches and Cluster IDs are level." in transfer_more.reversal(found)
    for task in rows:
        rows[task] = [[0.01, 0.02, 0.03]] * 4
    assert "With 10 a class fine-tuning stays below the probe, for all of them." in transfer_more.reversal(found)


def test_other_kinds_of_data_stand_beside_the_same_three() -> None:
    said = transfer_more.kinds(recording())
    assert "| Masked words | **49%** | 21% | 42% | 60% |" in said
    assert "Behind the best of the others: Masked words." in said
    assert "furthest ahead" not in said
    assert "hangs on" not in said
    found = recording()
    words = found["probes"]["runs"][-1]["group"]
    found["probes"]["groups"][words]["raw"]["curve"] = curve(0.1)
    assert "Masked words is furthest ahead: 7 points over" in transfer_more.kinds(found)
    found["probes"]["runs"][-1]["run_seeds"] = [0.85, 0.66]
    assert "Masked words hangs on its run seed: 66% to 85% with 10 labels a class." in transfer_more.kinds(found)


def test_more_pictures_are_worth_what_they_are_worth() -> None:
    one = recording()["scale"]
    said = transfer_more.scale_words(one)
    assert "1,000 instead of 100 pictures without a label: 6.0 points more, in every seed." in said
    one["accuracy"] = [[0.5] * 3, [0.6, 0.6, 0.4], [0.53, 0.53, 0.53]]
    said = transfer_more.scale_words(one)
    assert "3.3 points more, though not in every seed" in said
    assert "10,000 instead of 1,000 pictures: no more (−0.3 points)" in said


def test_teams_are_compared_with_what_learned_nothing() -> None:
    one = recording()["teams"]
    said = transfer_more.team_words(one)
    assert "right in 50%: 20 points ahead of the network from scratch, level with raw pixels, level with" in said
    assert "No better than" not in said
    one["chance"] = 0.3
    assert "No better than always naming the commonest class: the network from scratch." in transfer_more.team_words(
        one
    )


def test_one_lucky_run_is_called_that() -> None:
    entry = {"run_seeds": [0.85, 0.68, 0.66], "few": 50}
    assert "gave 85%, 68%, 66% with 50 labels a class, on average 73%" in transfer_page.seeds_said(entry)
    assert "one run says little" in transfer_page.seeds_said(entry)
    assert "one run says little" not in transfer_page.seeds_said({"run_seeds": [0.85, 0.84], "few": 50})
    assert transfer_page.seeds_said({"run_seeds": [0.85], "few": 50}) == ""


def test_pictures_can_be_judged_by_emoji(visit: Any, recorded_as: Any) -> None:
    found = recording()
    other = {**found["probes"]["runs"][0], **judged(0.5), "group": transfer.EMOJI, "run_seeds": []}
    found["probes"]["runs"].append(other)
    found["probes"]["groups"][transfer.EMOJI] = {**found["probes"]["groups"][transfer.PICTURES], "tests": 961}
    recorded_as(found)
    page = visit("transfer", task="autoencoding", data="emoji")
    assert drawn(page)["this trunk, frozen"][3] == pytest.approx(0.35)
    assert "961 held-out samples" in page.html
    assert "same network from scratch" not in drawn(page)  # not recorded here
    words = visit("transfer", task="masked_words", data="emoji")
    assert drawn(words)["this trunk, frozen"][3] == pytest.approx(0.49)


@pytest.mark.parametrize(("task", "run", "said"), [
    ("same_or_different", "live", "no longer on this server"), ("autoencoding", "long", "has no long recording"),
])  # fmt: skip
def test_a_run_that_is_not_there_is_named(visit: Any, recorded_as: Any, task: str, run: str, said: str) -> None:
    recorded_as(recording())
    page = visit("transfer", task=task, run=run)
    assert [said in note for note in page.notes] == [True]
    assert "this trunk, frozen" in drawn(page)
    page.at.selectbox(key="transfer_task_choice").set_value("cluster_ids")
    page.run()
    assert not page.notes


def test_which_purchase_was_better_counts_all_buyers() -> None:
    both = recording()["bought"]["runs"]["autoencoding"]
    assert "Over 2 buyers the spread-out ones were the better buy" in transfer_buy.bargain(both)
    same = dict.fromkeys(transfer.STRATEGIES, both[transfer.STRATEGIES[0]])
    assert "neither was the better buy" in transfer_buy.bargain(same)


def test_measured_live_with_progress(
    visit: Any, recorded_as: Any, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded_as(recording())
    monkeypatch.setattr(transfer, "_shape", lambda *_: ([("train", 5000), ("test", 2000)], SIZES[::-1]))
    monkeypatch.setattr(transfer, "some_features", lambda *_: np.zeros((2, 3)))
    monkeypatch.setattr(transfer, "curve_point", lambda *call: (call[4], 0.5 + call[5] / 1000))
    page = visit("transfer", seed="77")
    assert "choice 77" not in str(drawn(page))
    page.press("measure")
    assert page.at.button(key="measure").disabled
    engine.work(2)
    page.run()
    assert any("%" in bar.proto.text for bar in page.at.get("progress"))
    engine.work(99)
    page.run()
    assert drawn(page)["this trunk, choice 77, measured now"] == pytest.approx([0.577] * 8)
    assert "Measured just now with choice 77" in page.html
    page.at.number_input(key="transfer_seed_choice").set_value(78)
    page.run()
    assert "choice 77" not in str(drawn(page))  # another choice is not the one that was measured


def test_labels_are_bought_live_and_shown(
    visit: Any, recorded_as: Any, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded_as(recording())
    page = visit("transfer", task="autoencoding")
    assert page.html.count("alt='Coat'") == 22
    assert "40% right, 2 classes seen" in page.html
    both = recording()["bought"]["runs"]["autoencoding"]
    monkeypatch.setattr(transfer, "some_features", lambda *_: np.zeros((2, 3)))
    monkeypatch.setattr(transfer, "purchase", lambda *call: {**both[call[6]], "accuracies": [0.77, 0.77]})
    page.at.number_input(key="transfer_buying_choice").set_value(5)
    page.run()
    assert "Press Buy" in page.html
    page.press("buy_now")
    engine.work(99)
    page.run()
    assert "77% right" in page.html
    assert "● live, in" in page.html


def test_an_engine_that_cannot_be_reached_is_said(visit: Any, recorded_as: Any, engine: Engine) -> None:
    recorded_as(recording())
    page = visit("transfer")
    engine.broken = True
    page.press("measure")
    assert any("cannot be reached" in note for note in page.notes)
    assert not page.at.button(key="measure").disabled


@pytest.mark.parametrize("depth", ["Basic", "Standard", "Detailed"])
def test_three_depths(visit: Any, recorded_as: Any, depth: str) -> None:
    recorded_as(recording())
    page = visit("transfer", __depth=depth)
    assert transfer_page.LEAD[depth][:40] in page.html


def test_from_task_to_task_no_run_is_missed(visit: Any) -> None:
    """With the real recordings: each task has other runs, and the one that is looked at first differs."""
    page = visit("transfer")
    for task in ("masked_patches", "queue", "masked_words", "same_or_different", "frame_order", "autoencoding"):
        page.at.selectbox(key="transfer_task_choice").set_value(task)
        page.run()
        assert not page.notes, task
        assert "this trunk, frozen" in drawn(page)
