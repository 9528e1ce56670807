"""What labels buy: the curve, clusters, numbers, labels to buy; from scratch; and what was recorded of all this."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import sslviz.__main__ as command
from sslviz.catalogue import TASKS, load
from sslviz.data import images
from sslviz.evaluation import probes
from sslviz.evaluation import transfer as maths
from sslviz.evaluation.lead import on_both
from sslviz.training import supervised, tuning
from sslviz.training.answers import vectors
from sslviz.training.config import default
from sslviz.training.live.work import Work
from sslviz.training.loop import Learner
from sslviz.training.results import recorded, transfer, transfer_record
from tests.stand_ins import Engine

RNG = np.random.default_rng(0)
Y = np.repeat(np.arange(4), 130)
X = (RNG.normal(size=(520, 8)) + 1.2 * np.eye(4, 8)[Y]).astype(np.float32)
PIXELS = torch.from_numpy(RNG.integers(0, 256, (24, 3, 32, 32), dtype=np.uint8))


# ---- the curve -------------------------------------------------------------------------------------------------------


def test_a_point_of_the_curve_is_what_scikit_learn_says_itself() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng(2)
    rows = np.sort(np.concatenate([rng.permutation(np.flatnonzero(c == Y))[:10] for c in range(4)]))
    c = probes.penalty(StandardScaler().fit_transform(X[rows]), Y[rows])
    direct = make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=500)).fit(X[rows], Y[rows]).score(X, Y)
    assert direct == maths.point(X, Y, X, Y, 10, 2)


@pytest.mark.parametrize("size", maths.SIZES)
def test_every_class_gets_as_many_labels(size: int) -> None:
    for seed in maths.CHOICES:
        rows = maths.chosen(Y, size, seed)
        assert np.bincount(Y[rows]).tolist() == [size] * 4
        assert len(set(rows.tolist())) == 4 * size
    assert (maths.chosen(Y, size, 0) != maths.chosen(Y, size, 1)).any()


def test_only_sizes_that_every_class_can_give() -> None:
    assert maths.sizes(Y) == (1, 2, 5, 10, 20, 50, 100, maths.ALL)
    assert maths.sizes(np.repeat([0, 1], [6, 900])) == (1, 2, 5, maths.ALL)
    assert maths.chosen(Y, maths.ALL, 7).tolist() == list(range(520))


def test_the_curve_has_a_row_a_size_and_rises() -> None:
    curve = maths.curve(X, Y, X, Y)
    assert [len(row) for row in curve] == [20] * 5 + [3] * 2 + [1]
    assert np.mean(curve[-1]) > np.mean(curve[0]) + 0.1


# ---- clusters, numbers, labels to buy --------------------------------------------------------------------------------


def test_clusters_that_lie_apart_are_the_classes_and_noise_is_not() -> None:
    apart = maths.groups(X + 100 * np.eye(4, 8)[Y], Y)
    noise = maths.groups(RNG.normal(size=(520, 8)), Y)
    assert min(apart["nmi"]) > 0.99
    assert max(noise["ari"]) < 0.05
    assert len(apart["nmi"]) == len(maths.GROUP_SEEDS)


def test_a_number_is_told_through_many_columns_that_say_nothing() -> None:
    wide = RNG.normal(size=(400, 390))
    number = wide[:, 0] + 0.3 * RNG.normal(size=400)
    assert maths.r2(wide[:300], number[:300], wide[300:], number[300:]) > 0.1  # with a fixed weak penalty below 0


def test_a_sum_is_told_exactly_and_noise_not_at_all() -> None:
    assert maths.r2(X[:300], X[:300].sum(1), X[300:], X[300:].sum(1)) > 0.999
    assert maths.r2(X[:300], RNG.normal(size=300), X[300:], RNG.normal(size=220)) < 0.1


def test_numbers_of_a_picture() -> None:
    pixels = np.zeros((2, 3, 32, 32), np.uint8)
    pixels[1, :, 8:16, 4:12] = 255  # 64 of 1,024 pixels, eight wide, left of the middle
    found = maths.picture_numbers(pixels)
    assert found["mean brightness"].tolist() == [0, 1 / 16]
    assert found["share of lit pixels"].tolist() == [0, 1 / 16]
    assert found["width of what is shown"].tolist() == [0, 8]
    assert found["unlike its mirror image"].tolist() == [0, 2 / 16]


def test_numbers_of_a_sentence() -> None:
    found = maths.sentence_numbers(np.array([[2, 5, 6, 5, 3, 0], [2, 9, 3, 0, 0, 0]]), 5)
    assert found["words in the sentence"].tolist() == [3, 1]
    assert found["mean log rank of its words"] == pytest.approx([np.log(2) / 3, np.log(5)])


def test_spread_out_labels_reach_every_heap_and_none_is_bought_twice() -> None:
    heaps = np.concatenate([X[:500] * 0.01, 50 + X[500:510] * 0.01, -50 + X[510:] * 0.01])  # two of them are small
    rows = maths.spread_out(heaps, 6, 0)
    assert len(set(rows.tolist())) == 6
    assert {0, 1, 2} == {int(row >= 500) + int(row >= 510) for row in rows}
    assert (maths.spread_out(heaps, 6, 0) == rows).all()


def test_labels_of_one_class_name_only_that_class() -> None:
    one = maths.worth(X, Y, np.array([0, 1]), X, Y)
    assert one == {"accuracy": 0.25, "classes": 1}
    assert maths.worth(X, Y, np.array([0, 200, 300, 500]), X, Y)["classes"] == 4


# ---- from scratch, and fine-tuned ------------------------------------------------------------------------------------


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six steps."""
    monkeypatch.setattr(supervised, "FEWEST", 6)
    monkeypatch.setattr(supervised, "MOST", 6)


def test_from_scratch_repeats_exactly(hasty: None) -> None:
    y = np.arange(24) % 3
    first, again, other = (supervised.train(PIXELS, y, 3, seed) for seed in (1, 1, 2))
    for name, weight in first.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name])
    assert not torch.equal(first.head.weight, other.head.weight)
    assert not torch.equal(first.trunk.blocks[0].qkv.weight, supervised.fresh(3, 1).trunk.blocks[0].qkv.weight)


def test_it_learns_what_can_be_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervised, "FEWEST", 30)
    monkeypatch.setattr(supervised, "MOST", 30)
    y = np.arange(24) % 2
    pixels = (PIXELS // 8) + torch.from_numpy(200 * y.astype(np.uint8))[:, None, None, None]
    assert supervised.right(supervised.train(pixels, y, 2, 0), pixels, y) == 1


def test_what_a_task_learned_is_taken_over_whole() -> None:
    run = recorded.read("masked_patches")
    assert run is not None
    batch = load("masked_patches").batch("fashion_mnist", "held_out", np.arange(24))
    frozen = vectors(run.config, run.weights, batch, run.buffers)
    net = tuning.Tuned(run.config, run.weights, run.buffers, 10, seed=5)
    assert net.encode(batch).detach().numpy() == pytest.approx(frozen, abs=1e-6)
    assert net(batch).shape == (24, 10)


@pytest.mark.parametrize("task", TASKS)
def test_from_scratch_and_fine_tuned_change_what_makes_the_vectors(task: str, hasty: None) -> None:
    """Whatever the samples are: the loss falls, the seed decides, and other weights lead elsewhere."""
    run = recorded.read(task)
    assert run is not None
    data = load(task).probe_data(run.config.data)
    rows = maths.chosen(data.train_y, 2, 0)

    def learned(weights: Any, kept: Any, seed: int = 0) -> tuple[Any, Any]:
        net = tuning.Tuned(run.config, weights, kept, len(data.names), seed)
        before = net.encode(data.train.rows(rows)).detach().numpy().copy()
        tuning.learn(net, data, rows, seed, 1e-3)
        return before, net.encode(data.train.rows(rows)).detach().numpy()

    before, after = learned(run.weights, run.buffers)
    assert before == pytest.approx(vectors(run.config, run.weights, data.train.rows(rows), run.buffers), abs=1e-5)
    assert np.abs(after - before).max() > 3e-4
    assert np.array_equal(learned(run.weights, run.buffers)[1], after)
    bare = learned(None, None)
    assert np.abs(bare[0] - before).max() > 0.1
    assert np.abs(learned(None, None, seed=1)[0] - bare[0]).max() > 0.1


def test_fine_tuning_names_what_it_was_taught() -> None:
    run = recorded.read("masked_patches")
    assert run is not None
    data = load("masked_patches").probe_data("fashion_mnist")
    rows = maths.chosen(data.train_y, 5, 0)
    few = replace(data, test=data.train.rows(rows), test_y=data.train_y[rows])
    net = tuning.Tuned(run.config, run.weights, run.buffers, 10, seed=0)
    before = tuning.right(net, few)
    tuning.learn(net, data, rows, 0, 1e-3)
    assert before < 0.3
    assert tuning.right(net, few) > 0.9


# ---- fewer pictures without labels -----------------------------------------------------------------------------------


def test_all_samples_train_the_same_as_no_limit_and_few_are_few() -> None:
    config = replace(default("masked_patches"), data="fashion_mnist", steps=20, batch=16, device="cpu")

    def trained(rows: Any) -> Any:
        learner = Learner(config)
        if rows is not None:
            learner.task = transfer_record.Fewer(learner.task, rows)  # type: ignore[assignment]
        learner.load(learner.fresh())
        losses = [learner.train_step(step) for step in range(2)]
        return losses, learner

    plain, _ = trained(None)
    assert trained(np.arange(10_000))[0] == plain
    losses, learner = trained(np.array([3, 5, 8, 13]))
    assert losses != plain
    assert learner.task.size("fashion_mnist", "train") == 4
    assert learner.task.size("fashion_mnist", "held_out") == 2000
    assert set(learner.batch(7).ids.tolist()) <= {3, 5, 8, 13}


# ---- emoji teams -----------------------------------------------------------------------------------------------------


def test_each_emoji_has_the_team_that_its_name_says() -> None:
    emoji, teams = images.load("emoji"), images.emoji_teams("held_out")
    assert len(images.emoji_teams("train")) == len(emoji.images)
    assert [name.rsplit(", ", 1)[1] for name in emoji.held_out_names] == [images.TEAMS[team] for team in teams]


def test_same_team_and_another() -> None:
    table = [[[0.9, 0.7], [0.3, 0.3]], [[0.1, 0.3], [0.5, 0.7]]]
    assert transfer.same_and_other(table) == (pytest.approx([0.7, 0.7]), pytest.approx([0.2, 0.3]))


# ---- work on the engine ----------------------------------------------------------------------------------------------


def double(number: int) -> int:
    return 2 * number


def breaks(number: int) -> int:
    raise RuntimeError(f"no {number}")


def test_one_stage_makes_the_jobs_of_the_next_and_progress_goes_up() -> None:
    engine = Engine()
    work = Work(engine, [lambda _: [(double, n) for n in (1, 2, 3)], lambda found: [(double, sum(found))]])
    seen = [work.progress]
    while engine.work():
        seen.append(work.progress)
        assert work.busy == (work.found is None)
    assert seen == pytest.approx([0, 1 / 6, 2 / 6, 1 / 2, 1])
    assert (work.found, work.note) == ([24], "")


def test_a_lost_job_is_handed_in_again_and_one_that_always_fails_is_named() -> None:
    engine = Engine()
    work = Work(engine, [lambda _: [(double, 4)]])
    engine.take().fail(ConnectionError("worker died"))
    assert work.busy
    engine.work()
    assert work.found == [8]
    work = Work(engine, [lambda _: [(breaks, 4)]])
    engine.work(9)
    assert not work.busy
    assert "no 4" in work.note
    engine.broken = True
    assert "cannot be reached" in Work(engine, [lambda _: [(double, 4)]]).note
    engine.broken = False
    work = Work(engine, [lambda _: [(double, 4)]])
    engine.dead = True
    assert not work.busy
    assert "engine ended" in work.note


# ---- the command -----------------------------------------------------------------------------------------------------


def test_a_section_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["transfer", "dance"])
    assert "no section dance" in capsys.readouterr().err
    with pytest.raises(ValueError, match="no section dance"):
        transfer_record.record(["dance"])


def test_sections_are_kept_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "RUNS", tmp_path)
    assert transfer.read() == {}
    monkeypatch.setattr(transfer_record, "scaled", lambda count, seed: count / 10**5 + seed / 100)
    assert command.main(["transfer", "scale"]) == 0
    (tmp_path / transfer.FILE).write_text(
        json.dumps({**transfer.read(), "teams": {"kept": 1}}), "utf-8"
    )  # as if another had been there before
    assert command.main(["transfer", "scale"]) == 0
    found = transfer.read()
    assert found["teams"] == {"kept": 1}
    assert found["scale"]["accuracy"][1] == pytest.approx([0.01, 0.02, 0.03])
    assert found["scale"]["code"] == transfer_record.code("scale")


def test_a_task_measured_alone_adds_its_file_and_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = transfer.read()
    monkeypatch.setattr(transfer, "path", lambda task="": tmp_path / f"transfer{task and '/'}{task}.json")
    transfer_record.write(whole)
    assert transfer.read() == whole  # apart and together again
    alone = transfer.path("redundancy")
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.json")}
    of_it = json.loads(before.pop(alone))
    assert of_it.keys() == {"probes", "bought", "teams", "tuned"}  # `scratch`: its pictures are those of all
    alone.unlink()
    assert "redundancy" not in transfer.read()["bought"]["runs"]
    with pytest.raises(ValueError, match="no section scale"):
        transfer_record.record(["scale"], ["redundancy"])
    assert command.main(["transfer", "bought", "--only", "redundancy"]) == 0
    assert {file: file.read_bytes() for file in before} == before
    again = json.loads(alone.read_text("utf-8"))["bought"]
    assert again.keys() == {"code", "runs", "weights", "processor_seconds"}
    assert again["weights"] == of_it["bought"]["weights"]
    for name, ways in of_it["bought"]["runs"].items():
        assert again["runs"][name]["spread out"]["rows"] == ways["spread out"]["rows"]


# ---- what was recorded -----------------------------------------------------------------------------------------------


@pytest.fixture
def found() -> dict[str, Any]:
    sections = transfer.read()
    missing = [name for name in command.SECTIONS if name not in sections]
    if missing:
        pytest.skip(f"python -m sslviz transfer {' '.join(missing)} has not been run yet")
    return sections


def test_recorded_by_the_protocol_and_of_the_runs_as_they_are(found: dict[str, Any]) -> None:
    for name in ("scratch", "tuned"):
        assert found[name]["protocol"] == transfer_record._protocol()
    for name in transfer_record.OF_RUNS:
        assert found[name]["weights"] == transfer_record.weights(), f"other runs are recorded now: {name}"


def test_the_learning_rate_is_the_better_one_on_pictures_set_aside(found: dict[str, Any]) -> None:
    means = [float(np.mean(row)) for row in found["rate"]["accuracy"]]
    assert found["rate"]["rates"][int(np.argmax(means))] == supervised.RATE


def test_ten_labels_a_class_go_further_with_a_pretext_task(found: dict[str, Any]) -> None:
    best = transfer.best(found)
    assert best is not None
    row = found["probes"]["groups"][transfer.PICTURES]["sizes"].index(10)
    scratch = found["scratch"]["groups"][transfer.PICTURES][row]
    assert len(scratch) == len(best["run"]["curve"][row]) == 20
    assert best["scratch"] == scratch
    for other in ("scratch", "raw", "random"):
        over = on_both(best["trained"], best[other])
        assert over.clear
        assert over.points >= 15


def test_so_it_is_with_three_run_seeds(found: dict[str, Any]) -> None:
    """Not one lucky run: a task that was trained with three seeds, by the mean over them."""
    best = transfer.best(found)
    assert best is not None
    means = [
        np.mean(run["run_seeds"]) for run in found["probes"]["runs"]
        if run["group"] == transfer.PICTURES and len(run["run_seeds"]) == 3 and run["few"] == 10
    ]  # fmt: skip
    assert max(means) - np.mean(best["scratch"]) >= 0.15
    assert max(means) - np.mean(best["raw"]) >= 0.15


def test_every_run_on_pictures_is_judged_by_clothes_and_by_emoji(found: dict[str, Any]) -> None:
    judged = {(run["task"], run["which"], run["group"]) for run in found["probes"]["runs"]}
    for task, which, run in transfer_record._runs():
        for data in transfer.judges(task, run.config.data):
            assert (task, which, transfer.group(task, data)) in judged
    assert transfer.judges("queue", "pictures") == transfer.judges("queue", "emoji") == transfer.JUDGES
    assert transfer.judges("masked_words", "sentences") == ("sentences",)
    assert transfer.judges("queue", "cifar10") == ("cifar10",)


def test_three_seeds_of_everything(found: dict[str, Any]) -> None:
    for where, rows in found["scratch"]["groups"].items():
        sizes = found["probes"]["groups"][where]["sizes"]
        many = where in ("clothes_anywhere", "fashion_mnist")
        assert [len(row) for row in rows] == [20 if many and size in (1, 2, 5, 10) else 3 for size in sizes]
    assert found["scratch"]["groups"].keys() == found["probes"]["groups"].keys()
    assert all(len(row) == 3 for row in found["tuned"]["few"].values())
    assert found["tuned"]["few"].keys() == TASKS.keys()
    assert all(len(row) == 3 for rows in found["tuned"]["curve"].values() for row in rows)
    assert all(len(row) == 3 for row in found["scale"]["accuracy"])
    assert found["scale"]["sizes"] == [100, 1000, 10_000]
    assert np.array(found["teams"]["accuracy"]["scratch"]).shape == (3, 3, 3)
