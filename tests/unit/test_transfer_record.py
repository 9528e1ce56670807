"""What makes the published figures of Transfer: on planted samples, against scikit-learn and against what was planted.

The networks that learn from labels are stand-ins, which note what they were given; `test_transfer` trains real ones.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sslviz.data import images
from sslviz.evaluation import probes
from sslviz.evaluation import transfer as maths
from sslviz.tasks.base import Batch, ProbeData
from sslviz.training import supervised, tuning
from sslviz.training.config import default
from sslviz.training.results import recorded, transfer, transfer_record

CLASSES, EACH, SEEDS = 4, 12, (0, 1, 2)
N = CLASSES * EACH  # training samples, numbered 0 to N − 1; as many test samples follow, numbered from N on
RNG = np.random.default_rng(5)
Y = np.concatenate([RNG.permutation(np.repeat(np.arange(CLASSES), EACH)), RNG.integers(0, CLASSES, N)])  # by number
NOISE = RNG.normal(size=(2 * N, 6))


def pixels(ids: np.ndarray) -> torch.Tensor:
    """(n, 3, 32, 32) pictures whose first pixel is the sample's number, so that a stand-in knows what it was given."""
    made = np.random.default_rng(7).integers(0, 120, (2 * N, 3, 32, 32), dtype=np.uint8)
    made += (NOISE[:, :1, None, None] * 20 + 60).astype(np.uint8)[:, :, :1, :1]
    made[:, 0, 0, 0] = np.arange(2 * N)
    return torch.from_numpy(made[ids])


def numbers(some: torch.Tensor) -> list[int]:
    return [int(n) for n in some[:, 0, 0, 0]]


def samples(signal: float = 1.0) -> ProbeData:
    """Training and test samples with four classes; the raw input says as much of them as `signal`."""
    train, test = np.arange(N), np.arange(N, 2 * N)
    batches = [Batch(ids, {"pixels": pixels(ids)}) for ids in (train, test)]
    raw = [planted(ids, signal) for ids in (train, test)]
    names = tuple("abcd")
    return ProbeData(
        batches[0], Y[:N], batches[1], Y[N:], names, *raw, "raw pixels", np.arange(5), tuple(map(str, test))
    )


def planted(ids: np.ndarray, signal: float) -> np.ndarray:
    """(n, 6) noise, and in the first four columns so much of the class."""
    return (NOISE[ids] + signal * np.eye(CLASSES, 6)[Y[ids]]).astype(np.float32)


def run(task: str, signal: float, **changed: Any) -> SimpleNamespace:
    """A recording whose frozen vectors will be `planted` with this signal: its only weight."""
    probes = {"trained": {"few": [0.1 + signal, 0.3 + signal], "knn": 0.5}}
    figures = {"probes": probes, "per_class": 10, "many_labels": 1000}
    other = {"probes": {"trained": {"few": [0.5, 0.7]}}}
    config = replace(default(task), **changed)
    return SimpleNamespace(
        config=config, weights=np.array([signal]), buffers=np.array([7.0]), figures=figures, repeats=[other]
    )


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], SimpleNamespace]:
    """The recordings that there are, by (task, which of its runs); vectors and samples are planted.

    Three choices of labels stand for twenty.
    """
    runs = {
        ("masked_patches", "short"): run("masked_patches", 2.0),
        ("masked_patches", "long"): run("masked_patches", 0.5),
        ("masked_patches", "elsewhere"): run("masked_patches", 2.5, data="clothes_anywhere"),
        ("autoencoding", "short"): run("autoencoding", 1.0),
        ("masked_words", "short"): run("masked_words", 1.5),
    }
    monkeypatch.setattr(transfer_record, "CHOICES", SEEDS)
    monkeypatch.setattr(maths, "curve", partial(maths.curve, seeds=SEEDS))

    def features(config: Any, weights: Any, kept: Any, *batches: Batch) -> tuple[np.ndarray, ...]:
        assert (weights is None) == (kept is None)
        signal = float(weights[0]) if weights is not None else 0.3 * config.seed  # a network before its first step
        signal *= 0.5 if config.data == "emoji" else 1
        return tuple(planted(batch.ids, signal) for batch in batches)

    monkeypatch.setattr(recorded, "read", lambda task, which="short": runs.get((task, which)))
    raw = {
        ("masked_words", "sentences"): 0.2,
        **{
            (task, data): 1.0
            for task in ("masked_patches", "autoencoding")
            for data in ("fashion_mnist", "clothes_anywhere")
        },
        **{(task, "emoji"): 0.4 for task in ("masked_patches", "autoencoding")},
    }
    monkeypatch.setattr(transfer, "probe_data", lambda task, data: samples(raw[task, data]))
    monkeypatch.setattr(transfer, "features", features)
    return runs


def accuracy(train: np.ndarray, test: np.ndarray, rows: np.ndarray) -> float:
    """Of logistic regression on standardised numbers, by scikit-learn alone, with the penalty of all probes."""
    c = probes.penalty(StandardScaler().fit_transform(train[rows]), Y[:N][rows])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=500))
    return float(model.fit(train[rows], Y[:N][rows]).score(test, Y[N:]))


def labelled(size: int, seed: int) -> np.ndarray:
    """`size` rows of every class as the protocol of the probes says: the first of its rows, shuffled by seed."""
    rng = np.random.default_rng(seed)
    return np.sort(np.concatenate([rng.permutation(np.flatnonzero(Y[:N] == c))[:size] for c in range(CLASSES)]))


@cache
def curve(signal: float) -> list[list[float]]:
    """Accuracy with 1, 2, 5 and 10 labels a class, three choices each, and with all."""
    train, test = planted(np.arange(N), signal), planted(np.arange(N, 2 * N), signal)
    rows = [[labelled(size, seed) for seed in SEEDS] for size in (1, 2, 5, 10)]
    return [[accuracy(train, test, some) for some in row] for row in [*rows, [np.arange(N)]]]


def quiet(_: str) -> None:
    """Say nothing."""


@cache  # the world is the same each time; nobody may change what comes out
def judged() -> dict[str, Any]:
    return transfer_record._probes(quiet)


# ---- probes ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_run_is_judged_by_the_curve_that_scikit_learn_gives() -> None:
    runs = judged()["runs"]
    assert [(one["task"], one["which"], one["group"]) for one in runs] == [
        ("masked_words", "short", "masked_words on sentences"),
        *(("masked_patches", which, judge) for which in ("short", "long", "elsewhere") for judge in transfer.JUDGES),
        *(("autoencoding", "short", judge) for judge in transfer.JUDGES),
    ]
    every = [(1.5,), *((signal, signal, signal / 2) for signal in (2.0, 0.5, 2.5, 1.0))]
    for one, signal in zip(runs, [signal for some in every for signal in some], strict=True):
        assert one["curve"] == curve(signal)
    assert runs[1]["curve"][-1][0] > runs[4]["curve"][-1][0] + 0.1  # what was planted is found


@pytest.mark.slow
def test_a_run_brings_its_own_figures_where_it_is_judged_by_its_own_kind_of_data() -> None:
    anywhere, own, other = judged()["runs"][1:4]
    assert own["run_seeds"] == pytest.approx([0.2 + 2.0, 0.6])  # means of the recording, and of the other run seed
    assert (own["few"], own["knn"], own["knn_labels"], own["data"]) == (10, 0.5, 1000, "pictures")
    assert anywhere["run_seeds"] == other["run_seeds"] == []
    assert "knn" not in other


@pytest.mark.slow
def test_a_group_has_what_every_run_is_measured_against() -> None:
    groups = judged()["groups"]
    assert set(groups) == {"masked_words on sentences", *transfer.JUDGES}
    words = groups["masked_words on sentences"]
    assert (words["labels"], words["tests"], words["classes"]) == (N, N, list("abcd"))
    assert words["sizes"] == (1, 2, 5, 10, 0)
    assert words["chance"] == max(Counter(Y[N:].tolist()).values()) / N
    for where, signal in (("masked_words on sentences", 0.2), ("fashion_mnist", 1.0), ("emoji", 0.4)):
        assert groups[where]["raw"]["curve"] == curve(signal)  # raw input by the same rule as every trunk
    # The random trunk: another network for each choice of labels, with weights drawn by that seed.
    each = [curve(0.3 * seed) for seed in SEEDS]
    assert words["random"]["curve"] == [
        [each[seed][row][seed % len(each[seed][row])] for seed in SEEDS] for row in range(5)
    ]


@pytest.mark.slow
def test_the_random_trunk_of_pictures_is_the_network_that_labels_would_train_before_its_first_step() -> None:
    found = judged()["groups"]["fashion_mnist"]["random"]["curve"]
    ids = np.arange(N), np.arange(N, 2 * N)
    for seed in SEEDS:
        net = supervised.fresh(CLASSES, seed)
        train, test = (supervised.vectors(net, pixels(part)) for part in ids)
        wanted = [accuracy(train, test, labelled(size, seed)) for size in (1, 2, 5, 10)]
        # With fewer labels than columns the probe is fitted in fewer of them: a sample on the border may change sides.
        assert [row[seed] for row in found[:-1]] == pytest.approx(wanted, abs=1.1 / N)
        assert found[-1][seed] == pytest.approx(accuracy(train, test, np.arange(N)), abs=1.1 / N)


@pytest.mark.slow
def test_clusters_and_numbers_are_those_of_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "CANDIDATES", 30)  # regression learns from these rows only
    one = transfer_record._probes(quiet)["runs"][1]
    train, test = planted(np.arange(N), 2.0), planted(np.arange(N, 2 * N), 2.0)
    ids = [KMeans(CLASSES, n_init=1, random_state=seed).fit_predict(test) for seed in SEEDS]
    assert one["groups"]["nmi"] == pytest.approx([normalized_mutual_info_score(Y[N:], found) for found in ids])
    assert one["groups"]["ari"] == pytest.approx([adjusted_rand_score(Y[N:], found) for found in ids])
    rows = np.sort(np.random.default_rng(0).permutation(N)[:30])
    bright = [pixels(part).numpy().mean((1, 2, 3)) / 255 for part in (np.arange(N), np.arange(N, 2 * N))]
    ridge = make_pipeline(StandardScaler(), RidgeCV(np.logspace(0, 5, 11))).fit(train[rows], bright[0][rows])
    assert one["numbers"]["mean brightness"] == pytest.approx(ridge.score(test, bright[1]))


# ---- labels to buy ---------------------------------------------------------------------------------------------------


def test_labels_are_bought_ten_times_each_way_and_judged_by_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "CANDIDATES", 40)
    monkeypatch.setattr(transfer_record, "LABELS", 8)
    found = transfer_record._purchases(quiet)
    assert (found["labels"], found["times"]) == (8, 10)
    assert list(found["runs"]) == [
        "masked_patches", "masked_patches_long", "masked_patches_elsewhere", "autoencoding",
    ]  # fmt: skip # words are not for sale
    places = np.sort(np.random.default_rng(0).permutation(N)[:40])
    for name, signal in (("masked_patches", 2.0), ("masked_patches_long", 0.5)):
        train, test = planted(np.arange(N), signal), planted(np.arange(N, 2 * N), signal)
        random = [places[np.random.default_rng(seed).choice(40, 8, replace=False)] for seed in range(10)]
        one = found["runs"][name]["at random"]
        assert one["accuracies"] == pytest.approx([accuracy(train, test, np.sort(rows)) for rows in random])
        assert one["classes"] == [len(set(Y[rows].tolist())) for rows in random]
        assert sorted(one["rows"]) == sorted(random[0].tolist()) == sorted(one["ids"])
        assert one["names"] == sorted("abcd"[Y[row]] for row in random[0])
    spread = found["runs"]["masked_patches"]["spread out"]
    assert all(set(one["rows"]) <= set(places.tolist()) for one in found["runs"]["masked_patches"].values())
    assert len(spread["accuracies"]) == 10
    assert np.mean(spread["classes"]) >= np.mean(found["runs"]["masked_patches"]["at random"]["classes"])


# ---- networks that learn from labels: stand-ins ----------------------------------------------------------------------


class Pupils:
    """Stands for `supervised`: notes which pictures each network was given, and answers with what a test plants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taught: list[SimpleNamespace] = []
        self.asked: list[list[int]] = []
        monkeypatch.setattr(supervised, "train", self.train)
        monkeypatch.setattr(supervised, "right", self.right)

    def train(self, given: torch.Tensor, y: np.ndarray, classes: int, seed: int, *, lr: float = 0.001) -> Any:
        assert classes == CLASSES
        assert y.tolist() == Y[numbers(given)].tolist()
        self.taught.append(SimpleNamespace(ids=numbers(given), seed=seed, lr=lr))
        return self.taught[-1]

    def right(self, net: Any, asked: torch.Tensor, y: np.ndarray) -> float:
        assert y.tolist() == Y[numbers(asked)].tolist()
        self.asked.append(numbers(asked))
        return len(net.ids) + net.seed / 10 + 1000 * net.lr


def each_class(ids: list[int]) -> set[int]:
    """How many of each class there are among these samples."""
    return set(Counter(Y[ids].tolist()).values()) if len(set(Y[ids].tolist())) == CLASSES else {0}


def test_the_learning_rate_is_judged_on_pictures_that_no_network_has_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_record, "VALIDATION", 12)
    monkeypatch.setattr(transfer_record, "SCALE_LABELS", 3)
    pupils = Pupils(monkeypatch)
    found = transfer_record._rate(quiet)
    assert (found["rates"], found["labels"], found["aside"]) == ((1e-3, 3e-3), 3, 12)
    assert found["accuracy"] == [[12 + seed / 10 + 1000 * rate for seed in SEEDS] for rate in (1e-3, 3e-3)]
    (aside,) = {tuple(ids) for ids in pupils.asked}
    assert len(set(aside)) == 12
    assert max(aside) < N  # training pictures: the test pictures choose nothing
    for net in pupils.taught:
        assert each_class(net.ids) == {3}
        assert set(net.ids).isdisjoint(aside)
    assert len({tuple(net.ids) for net in pupils.taught}) == 3  # the same choices of labels for both rates


class Tuners:
    """Stands for `tuning`: notes what each network began with and learned from."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.nets: list[SimpleNamespace] = []
        monkeypatch.setattr(tuning, "Tuned", self.tuned)
        monkeypatch.setattr(tuning, "learn", self.learn)
        monkeypatch.setattr(tuning, "right", lambda net, _: len(net.rows) + net.seed / 10)

    def tuned(self, config: Any, weights: Any, kept: Any, classes: int, seed: int) -> Any:
        assert classes == CLASSES
        self.nets.append(SimpleNamespace(config=config, weights=weights, kept=kept, seed=seed))
        return self.nets[-1]

    def learn(self, net: Any, _: ProbeData, rows: np.ndarray, seed: int, lr: float) -> None:
        assert (seed, lr) == (net.seed, supervised.RATE)
        assert each_class(rows.tolist()) == {len(rows) / CLASSES}
        net.rows = rows.tolist()


def test_from_scratch_learns_from_the_same_labels_as_the_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    pupils, tuners = Pupils(monkeypatch), Tuners(monkeypatch)
    found = transfer_record._scratch(quiet)
    assert found["protocol"] == {"batch": 64, "lr": 1e-3, "fewest": 100, "most": 1500}
    sizes = [4, 8, 20, 40, N]  # 1, 2, 5, 10 labels a class, and all
    assert found["groups"]["masked_words on sentences"] == [[n + seed / 10 for seed in SEEDS] for n in sizes]
    for where in transfer.JUDGES:  # pictures all by one network, once for all tasks
        assert found["groups"][where] == [[n + seed / 10 + 1 for seed in SEEDS] for n in sizes]
    assert len(found["groups"]) == 4
    assert len(pupils.taught) == 3 * 5 * 3
    assert {tuple(ids) for ids in pupils.asked} == {tuple(range(N, 2 * N))}
    assert pupils.taught[1].ids == labelled(1, 1).tolist()
    assert [net.rows for net in tuners.nets[3:6]] == [labelled(2, seed).tolist() for seed in SEEDS]
    assert {(net.config.task, net.config.data) for net in tuners.nets} == {("masked_words", "sentences")}
    assert all(net.weights is None and net.kept is None for net in tuners.nets)  # nothing was learned before


def test_fine_tuning_begins_with_the_weights_of_the_run_and_leaves_the_longer_ones_out(
    monkeypatch: pytest.MonkeyPatch, world: dict[tuple[str, str], SimpleNamespace]
) -> None:
    monkeypatch.setattr(transfer_record, "TUNED", ("masked_patches",))
    monkeypatch.setattr(transfer_record, "TUNED_SIZES", (1, 10, 0))
    monkeypatch.setattr("sslviz.training.figures.LABELS", 40)  # for all four classes together
    tuners = Tuners(monkeypatch)
    found = transfer_record._tuned(quiet)
    assert found["sizes"] == (1, 10, 0)
    assert found["curve"] == {"masked_patches": [[n + seed / 10 for seed in SEEDS] for n in (4, 40, N)]}
    assert found["few"] == {
        task: [40 + seed / 10 for seed in SEEDS] for task in ("masked_patches", "masked_words")
    }  # pictures all on the same ones, where they were trained on those
    assert set(found["few_sizes"].values()) == {10}
    for net in tuners.nets:
        used = world[net.config.task, "elsewhere" if net.config.task == "masked_patches" else "short"]
        assert net.weights is used.weights
        assert net.kept is used.buffers
    assert Counter(net.config.task for net in tuners.nets) == {
        "masked_patches": 9,
        "masked_words": 3,
    }


# ---- teams of emoji --------------------------------------------------------------------------------------------------

TEAM = [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]  # taught by one team, tested on every team


def emoji(rng: np.random.Generator) -> tuple[SimpleNamespace, np.ndarray, np.ndarray]:
    """(emoji, teams of the training pictures, teams of the held-out ones): two classes, which are bright and dark.

    The second team has it the other way round, and so has the third, but in its training pictures only. The last
    held-out emoji lacks a team, and what is drawn of it contradicts the others.
    """

    def drawn(labels: np.ndarray, turned: np.ndarray) -> np.ndarray:
        level = np.where(labels.astype(bool) ^ turned, 200, 40)[:, None, None, None]
        return (level + rng.integers(0, 20, (len(labels), 32, 32, 3))).astype(np.uint8)

    y, teams = np.arange(60) % 2, np.arange(60) // 2 % 3
    groups = np.repeat(np.arange(9), 3)[:26]  # eight emoji by three teams, and one by two of them
    held_y, held_teams = groups % 2, np.tile(np.arange(3), 9)[:26]
    held_y[18:21] = held_y[24:] = 1  # five of one class among the eight, so that chance is no half
    turned = (held_teams == 1) ^ (groups == 8)
    made = SimpleNamespace(
        images=drawn(y, teams > 0), labels=y, held_out_images=drawn(held_y, turned),
        held_out_labels=held_y, held_out_groups=groups, class_names=("face", "thing"),
    )  # fmt: skip
    return made, teams, held_teams


def bright(some: torch.Tensor) -> np.ndarray:
    return some.float().mean((1, 2, 3)).numpy()


@pytest.mark.slow
def test_a_head_taught_by_one_team_is_tested_on_emoji_that_all_teams_have(monkeypatch: pytest.MonkeyPatch) -> None:
    made, teams, held = emoji(np.random.default_rng(3))
    taught: list[tuple[int, int, int, int]] = []

    def train(given: torch.Tensor, y: np.ndarray, classes: int, seed: int) -> bool:
        """Whether bright is class 1: all there is to learn."""
        taught.append((int((y == 0).sum()), int((y == 1).sum()), classes, seed))
        return bool(bright(given[torch.from_numpy(y == 1)]).mean() > 120)

    def vectors(config: Any, weights: Any, kept: Any, *batches: Batch) -> tuple[np.ndarray, ...]:
        """Brightness; of the longer run only that there is a picture, which says nothing."""
        found = [bright(batch.data["pixels"])[:, None] for batch in batches]
        return tuple(x if weights[0] == 2.0 else np.ones_like(x) for x in found)

    monkeypatch.setattr(images, "load", lambda name: {"emoji": made}[name])
    monkeypatch.setattr(images, "emoji_teams", lambda part: {"train": teams, "held_out": held}[part])
    monkeypatch.setattr(transfer_record, "TEAM_LABELS", 4)
    monkeypatch.setattr(supervised, "train", train)
    monkeypatch.setattr(supervised, "right", lambda up, x, y: float((((bright(x) > 120) == up) == (y == 1)).mean()))
    monkeypatch.setattr(supervised, "vectors", lambda _, x: bright(x)[:, None])
    monkeypatch.setattr(transfer, "features", vectors)
    found = transfer_record._teams(quiet)
    assert found["teams"] == list(images.TEAMS)
    assert (found["labels"], found["classes"], found["tests"]) == (4, 2, 8)
    assert found["chance"] == 5 / 8
    three = [[[cell] * 3 for cell in row] for row in TEAM]
    for name in ("scratch", "raw", "random", "masked_patches"):
        assert found["accuracy"][name] == three, name
    assert set(np.ravel(found["accuracy"]["masked_patches_long"])) <= {3 / 8, 5 / 8}  # one answer for all
    assert set(found["accuracy"]) == {
        "scratch",
        "raw",
        "random",
        "masked_patches",
        "masked_patches_long",
        "masked_patches_elsewhere",
        "autoencoding",
    }
    assert taught == [(4, 4, 2, seed) for _ in range(3) for seed in SEEDS]  # once, not once for every team of the test
