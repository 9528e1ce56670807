"""The recorded runs that the app comes with: small, fresh, true, and as good as the pages say."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.training.config import default
from sslviz.training.results import ablation, check, provenance, recorded
from sslviz.training.results.recorded import Recording
from tests.conftest import each_page
from tests.stand_ins import cheapen, forget

KINDS = [(task, which) for task, entry in TASKS.items() for which in entry.expects.recordings]
SAME = 5e-3  # of the largest loss
NAMES = [f"{task}, {which}" for task, which in KINDS]


def stored(task: str, which: str = "short") -> Recording:
    run = recorded.read(task, which)
    assert run is not None, f"no recording of {task}: python -m sslviz record {task} --which {which}"
    return run


@pytest.fixture(params=KINDS, ids=NAMES)
def kind(request: pytest.FixtureRequest) -> tuple[str, str]:
    return request.param


@pytest.fixture
def run(kind: tuple[str, str]) -> Recording:
    return stored(*kind)


# what is in a file


def test_it_is_small(run: Recording, kind: tuple[str, str]) -> None:
    assert recorded.path(*kind).stat().st_size <= 1_500_000
    assert len(run.steps) <= 60
    assert run.weights.dtype == np.float16


def test_it_is_the_run_of_the_catalogue(run: Recording, kind: tuple[str, str]) -> None:
    assert run.config == default(*kind)


def test_its_parts_fit_together(run: Recording) -> None:
    frames, n = len(run.steps), len(run.map.classes)
    assert len(run.losses) == run.config.steps == run.steps[-1]
    assert run.steps[0] == 0
    assert (np.diff(run.steps) > 0).all()
    assert len(run.held_out) == len(run.scores) == len(run.knn) == frames
    assert run.points.shape == run.pca.shape == (frames, n, 2)
    assert len(run.features) == len(run.map.texts) == len(run.map.ids) == n
    assert max(run.map.classes) < len(run.map.names)
    for array in (run.losses, run.held_out, run.knn, run.points, run.pca, run.features, run.weights):
        assert np.isfinite(array).all()
    assert run.meta["device"] == "cpu"  # it repeats nowhere else bit for bit
    assert run.meta["processor_seconds"] > 0


def test_its_map_is_stored_so_that_reading_needs_no_torch(kind: tuple[str, str]) -> None:
    stored(*kind)
    with np.load(recorded.path(*kind)) as file:
        assert '"map"' in str(file["json"])


def test_its_map_is_that_of_the_data(run: Recording) -> None:
    assert run.map == recorded.map_info(run.config)


def test_what_is_saved_is_read_again(run: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "RUNS", tmp_path / "new")
    target = recorded.save(run)
    assert target.parent == tmp_path / "new"
    again = recorded.read(run.config.task)
    assert again is not None
    for field in fields(Recording):
        one, other = getattr(run, field.name), getattr(again, field.name)
        if isinstance(one, np.ndarray):
            assert one.dtype == other.dtype
            scale = np.abs(one).max(initial=1) / recorded.UNITS
            np.testing.assert_allclose(other.astype(float), one.astype(float), atol=scale, err_msg=field.name)
        else:
            assert one == other, field.name


def test_a_task_without_a_recording_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "RUNS", tmp_path)
    assert recorded.read("masked_words") is None


# is it true


@pytest.mark.slow
def test_its_weights_score_as_they_did(run: Recording) -> None:
    off = check.judge(run)
    assert set(off) == {"loss", *run.figures["scores"]}
    assert max(off.values()) < check.CLOSE, off


@pytest.mark.slow
def test_its_first_steps_come_out_again(run: Recording) -> None:
    assert begins_off(run) < SAME


def begins_off(run: Recording) -> float:
    """How far the first steps are off the stored ones, as a share of the largest loss.

    None on the processor that recorded them. On others frame order was off by 0.0027 within 12 steps; Cluster IDs by
    0.001 within 8, and 0.0074 within 12: some pictures fall into another pile, and all further steps build on that.
    """
    return check.replay(run, 8) / float(np.abs(run.losses[:8]).max())


def test_another_run_seed_would_be_noticed() -> None:
    run = stored("cluster_ids")
    assert begins_off(replace(run, config=replace(run.config, seed=1))) > SAME


def test_a_change_of_weights_would_be_noticed() -> None:
    run = stored("masked_words")
    off = check.judge(replace(run, weights=np.roll(run.weights, 64)))
    assert max(off.values()) > check.CLOSE


# what the pages claim


def scores(run: Recording, name: str) -> dict[str, float]:
    """The score `name` of every baseline, by its name."""
    return {b["name"]: b["scores"][name] for b in run.figures["baselines"] if name in b["scores"]}


def test_masked_words_names_a_quarter_of_the_hidden_words() -> None:
    run = stored("masked_words")
    assert run.figures["scores"]["top-1"] >= 0.25
    others = scores(run, "top-1")
    assert {"word frequencies", "left neighbour", "left × right neighbours"} <= set(others)
    for name in ("word frequencies", "left neighbour", "untrained network"):
        assert run.figures["scores"]["top-1"] > others[name] + 0.05


def test_masked_words_trained_for_longer_has_learned_more_than_its_neighbours() -> None:
    run = stored("masked_words", "long")
    assert run.figures["scores"]["top-1"] >= 0.40
    assert run.figures["scores"]["top-1"] > max(scores(run, "top-1").values()) + 0.08
    assert run.meta["processor_seconds"] <= 20 * 60


def test_next_word_is_less_unsure_than_counting() -> None:
    run = stored("next_word")
    assert len(run.repeats) >= 2
    for figures in (run.figures, *run.repeats):
        perplexity = {b["name"].split(":")[0]: float(np.exp(b["loss"])) for b in figures["baselines"]}
        assert 2.5 * np.exp(figures["loss"]) <= perplexity["unigram"]
        assert np.exp(figures["loss"]) < perplexity["bigram"]


def test_next_sentence_stays_behind_topic_and_its_page_shows_what_is_missing() -> None:
    """It looks at both sentences, but not at which words they share: told those, it passes topic alone."""
    run, found = stored("next_sentence"), ablation.read("next_sentence")
    assert found is not None
    topic = next(b["scores"]["pairs told right"] for b in run.figures["baselines"] if b["name"] == "topic alone")
    reached = [figures["scores"]["pairs told right"] for figures in (run.figures, *run.repeats)]
    rows = {row["name"]: row["accuracy"] for row in found["rows"]}
    assert len(reached) >= 3
    assert rows["with hidden words, as BERT"] == pytest.approx(reached)  # the same runs
    assert min(reached) > 0.55  # above a coin all the same
    assert max(reached) < topic < np.mean(rows["with shared words marked"])
    assert max(rows["pairs alone"]) < min(reached)


def test_word_and_context_finds_words_of_a_kind() -> None:
    run = stored("word_and_context")
    for figures in (run.figures, *run.repeats):
        alike = figures["measures"]["neighbours alike"]
        assert alike["trained"] >= 0.6 > alike["random"] + 0.2


def test_the_loss_ends_below_every_constant_answer(run: Recording) -> None:
    constant = {b["name"]: b["loss"] for b in run.figures["baselines"] if b["constant"] and b["loss"] is not None}
    assert constant
    if named := TASKS[run.config.task].expects.below:
        assert min(constant.values()) == 0  # a constant answer costs nothing: that is what the page shows
        constant = {b["name"]: b["loss"] for b in run.figures["baselines"] if b["name"] == named}
    assert run.figures["loss"] < min(constant.values())
    if TASKS[run.config.task].expects.falls:
        assert run.losses[-50:].mean() < run.losses[20:70].mean()  # not the first ones: a queue of noise is easy


def few(figures: dict[str, Any], which: str) -> float:
    return 100 * float(np.mean(figures["probes"][which]["few"]))


@pytest.mark.parametrize("task", [slug for slug, entry in TASKS.items() if entry.expects.over_random])
def test_the_probe_is_lifted_in_the_mean_of_three_seeds(task: str) -> None:
    run = stored(task)
    all_figures = [run.figures, *run.repeats]
    assert len(all_figures) >= 3
    gains = [few(figures, "trained") - few(figures, "random") for figures in all_figures]
    assert np.mean(gains) >= TASKS[task].expects.over_random, gains
    assert all(f["labels"] == f["classes"] * f["per_class"] <= 100 for f in all_figures)
    main = next(iter(run.figures["scores"]))
    for figures in all_figures:
        others = [b["scores"][main] for b in figures["baselines"] if b["constant"] or b["name"] == "untrained network"]
        assert len(others) >= 2
        assert figures["scores"][main] > max(others)


def test_frame_order_is_no_luck_on_shots_that_were_held_out() -> None:
    run = stored("frame_order")
    assert len(run.repeats) >= 2
    for figures in (run.figures, *run.repeats):
        own = {name: both for name, both in figures["measures"].items() if name.startswith("label named")}
        (bound,) = (both for name, both in own.items() if name.endswith("lower 95 % bootstrap bound"))
        (mean,) = (both for name, both in own.items() if name.endswith("counted alike"))
        chance = figures["baselines"][0]["scores"]["label named"]
        assert chance == pytest.approx(1 / 12)
        assert chance + 0.2 < bound["trained"] < mean["trained"]
        assert mean["trained"] > mean["random"] + 0.2


def test_the_shortcut_helps_with_the_label_and_not_with_the_pictures() -> None:
    found = ablation.read("patch_order")
    assert found is not None
    rows = {row["name"]: (100 * np.mean(row["accuracy"]), 100 * np.mean(row["probe"])) for row in found["rows"]}
    without, lens = rows["relative position"], rows["relative position, lens"]
    assert lens[0] > without[0] + 10  # far better at its own task …
    assert lens[1] - without[1] < (lens[0] - without[0]) / 4  # … and the trunk gains a part of that only


def test_more_puzzles_solved_and_less_learned_of_the_pictures() -> None:
    found = ablation.read("patch_order")
    assert found is not None
    rows = {row["name"]: row for row in found["rows"]}
    even, plain = rows["jigsaw 3x3"], rows["jigsaw 3x3, none of the three"]
    assert min(even["accuracy"]) > max(plain["accuracy"])
    assert np.mean(even["probe"]) < np.mean(plain["probe"])


def test_every_way_of_patch_order_was_measured_and_beats_guessing() -> None:
    found = ablation.read("patch_order")
    assert found is not None
    ways = {row["options"].get("way", "places"): row for row in found["rows"]}
    answers = {"places": 16, "jigsaw 2x2": 24, "jigsaw 3x3": 100, "relative position": 8, "rotation": 4}
    assert set(ways) == set(answers)
    random = np.mean(stored("patch_order").figures["probes"]["random"]["few"])
    for way, count in answers.items():
        assert min(ways[way]["accuracy"]) > 1.5 / count
        assert np.mean(ways[way]["probe"]) > random


def test_low_loss_can_be_a_dead_model() -> None:
    found = ablation.read("two_views")
    assert found is not None
    rows = {row["name"]: row for row in found["rows"]}
    alive, dead = rows["as BYOL"], rows["neither of them"]
    spread = next(name for name in alive["measures"] if name.startswith("spread"))
    assert max(dead["loss"]) < min(alive["loss"])
    assert max(dead["measures"][spread]) < 0.1 < min(alive["measures"][spread])


@pytest.mark.parametrize("task", [slug for slug, entry in TASKS.items() if entry.expects.over_raw is not None])
def test_the_default_run_beats_the_raw_input_in_the_mean_of_three_seeds(task: str) -> None:
    """With 100 labels, where place does not tell the class: what home and these pages say."""
    run, expected = stored(task), TASKS[task].expects.over_raw
    assert run.config.data == "clothes_anywhere"
    assert len(run.repeats) >= 2
    over = recorded.leads((run.figures, *run.repeats))["raw"]
    assert over.clear
    assert over.points >= expected


def test_where_place_tells_the_class_same_or_different_is_not_ahead_of_raw_pixels() -> None:
    run = stored("same_or_different", "elsewhere")
    assert run.config.data == "fashion_mnist"
    over = recorded.leads((run.figures, *run.repeats))["raw"]
    assert over.points < 2


def test_why_pictures_stay_below_raw_pixels_is_measured(run: Recording) -> None:
    """What a page says of the mean over patches: in a row, the same vectors are ahead of raw pixels."""
    if not TASKS[run.config.task].pictures:
        assert "beside" not in run.figures
        return
    row = run.figures["beside"]
    assert len(row["trained"]) == len(row["random"]) == len(run.figures["probes"]["raw"]["few"]) == 20


def test_same_or_different_trained_for_longer_is_better() -> None:
    short, long = stored("same_or_different"), stored("same_or_different", "long")
    gains = [few(one.figures, "trained") - few(one.figures, "random") for one in (short, long)]
    assert gains[1] > gains[0]


def test_the_trunk_is_better_than_a_random_one_in_every_probe(run: Recording) -> None:
    trained, random = run.figures["probes"]["trained"], run.figures["probes"]["random"]
    if not TASKS[run.config.task].expects.beats_random:
        assert trained["many"] > random["many"] - 0.02
        assert np.mean(trained["few"]) > np.mean(random["few"]) - 0.05
        return
    assert trained["knn"] > random["knn"]
    assert trained["many"] > random["many"]
    assert np.mean(trained["few"]) > np.mean(random["few"])


@pytest.mark.parametrize("task", list(TASKS))
def test_the_short_budget_is_short(task: str) -> None:
    # The promise is about 90 s on two quiet cores. What is recorded is the processor's time on whatever computer that
    # was, however busy, so this catches a budget that was doubled and nothing finer.
    assert stored(task).meta["processor_seconds"] <= 180


# making one


@each_page
def test_record_keeps_the_first_run_and_the_figures_of_all(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from sslviz.training import figures as module

    cheapen(monkeypatch, depth=1)

    def loss_is_seed(config: Any, _: Any) -> dict[str, Any]:
        return {"loss": float(config.seed), "scores": {}, "probes": {}}

    monkeypatch.setattr(module, "figures", loss_is_seed)
    said: list[str] = []
    config = replace(default(slug), steps=20, batch=16, device="cpu")
    run = recorded.record(config, seeds=2, say=said.append)
    forget()
    assert run.config == config
    assert (run.figures["loss"], [other["loss"] for other in run.repeats]) == (0.0, [1.0])
    assert len(run.losses) == 20
    assert run.points.shape[0] == len(run.steps)
    assert any("seed 1" in line for line in said)


def test_a_recording_that_diverges_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    cheapen(monkeypatch)
    config = replace(default("masked_words"), steps=20, batch=16, lr=1e8, device="cpu")
    with pytest.raises(ArithmeticError, match="no number at step"):
        recorded.record(config, say=lambda _: None)
    forget()


@pytest.mark.slow
def test_a_true_recording_is_stamped_anew_and_a_false_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = stored("masked_words")
    monkeypatch.setattr(recorded, "RUNS", tmp_path)
    said: list[str] = []
    assert check.restamp("masked_words", "short", said.append)  # none there: nothing to do
    recorded.save(replace(run, meta={**run.meta, "code": "old"}))
    monkeypatch.setattr(check, "judge", lambda _: {"loss": 0.001})
    monkeypatch.setattr(check, "replay", lambda _: 0.5)
    assert not check.restamp("masked_words", "short", said.append)
    assert recorded.read("masked_words").meta["code"] == "old"
    monkeypatch.setattr(check, "replay", lambda _: 0.0)
    assert check.restamp("masked_words", "short", said.append)
    assert recorded.read("masked_words").meta["code"] == provenance.behind("masked_words")
    assert any("recorded anew" in line for line in said)


def test_masked_sound_picks_the_true_code_three_times_as_often_as_guessing_and_uses_its_codes() -> None:
    run = stored("masked_sound")
    all_figures = [run.figures, *run.repeats]
    assert len(all_figures) >= 3
    for figures in all_figures:
        others = {b["name"]: b["scores"]["true code picked"] for b in figures["baselines"]}
        picked = figures["scores"]["true code picked"]
        assert picked >= 3 * others["guessing among the candidates"]
        assert picked > 1.5 * others["most like the nearest heard steps"]
        assert picked > 2 * others["untrained network"]
        assert figures["scores"]["codes in use"] >= 0.25


def test_masked_sound_is_judged_with_one_two_and_five_labels_a_class() -> None:
    run = stored("masked_sound")
    for figures in [run.figures, *run.repeats]:
        assert set(figures["few_labels"]) == {"voice", "language"}
        for found in figures["few_labels"].values():
            assert found["labels"] == [1, 2, 5]
            for who in ("trained", "random", "raw"):
                means = [np.mean(row) for row in found[who]]
                assert means == sorted(means)  # more labels, more right
                assert all(len(row) >= 3 for row in found[who])
                assert means[-1] > 1.5 * found["chance"]
    voice = [figures["few_labels"]["voice"] for figures in [run.figures, *run.repeats]]
    one = {who: np.mean([found[who][0] for found in voice]) for who in ("trained", "raw")}
    assert one["trained"] > one["raw"] + 0.03  # with one label a voice; with five it is not ahead, and the page says so
