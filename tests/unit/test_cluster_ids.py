"""Cluster IDs: k-means against scikit-learn's, numbers that stay, even draws, rounds at fixed steps, new heads."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize

from sslviz.catalogue.cluster_ids import ClusterIdsOptions as Options
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks import cluster_ids, rounds
from sslviz.tasks.base import Answer, Batch, Draw, Labelled
from sslviz.tasks.cluster_ids import GAIN, HEAD_STD, PARTS, ROUNDS, ClusterIds, ClusterNet
from sslviz.training import loop
from sslviz.training.config import RunConfig
from tests.slices import same_however_sliced
from tests.stand_ins import cheapen, forget

TASK, K, N = ClusterIds(), 12, 400


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Rounds over the first few hundred pictures only."""
    real = ClusterIds.size
    monkeypatch.setattr(ClusterIds, "size", lambda self, data, part: min(N, real(self, data, part)))
    cluster_ids._small.cache_clear()
    yield
    cluster_ids._small.cache_clear()


def net(clusters: int = K, seed: int = 0, every: int = 4) -> ClusterNet:
    made = ClusterNet(Trunk(), clusters, TASK.info("pictures")["size"], every)
    initialise(made, torch.Generator().manual_seed(seed))
    return made


def sorted_net(**options: Any) -> ClusterNet:
    made = net(**options)
    TASK.refresh(made, 0, "pictures", 0)
    return made


def label(one: ClusterNet, rows: np.ndarray, part: str = "train", seed: int = 0, **options: Any) -> Labelled:
    batch = TASK.batch("pictures", part, rows)
    draw = TASK.draw(batch, np.random.default_rng(seed), TASK.info("pictures"), Options(**options))
    return TASK.targets_from_model(one, TASK.apply(batch, draw, TASK.info("pictures")))


def shake(one: ClusterNet) -> None:
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for p in one.trunk.parameters():
            p.add_(0.1 * torch.randn(p.shape, generator=generator))


def groups(n: int = 300, width: int = 64, k: int = 6, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(k, width))[rng.integers(k, size=n)] * 2 + rng.normal(size=(n, width))).astype(np.float32)


# a round's parts, against scikit-learn called directly


def test_pca_whitening_and_length_are_those_of_scikit_learn() -> None:
    x = groups()
    mean, whiten = rounds.pca(x, 8)
    ours = rounds.whiten(*(torch.from_numpy(a) for a in (x, mean, whiten))).numpy()
    theirs = normalize(PCA(8, whiten=True, svd_solver="full").fit_transform(x))
    signs = np.sign((ours * theirs).sum(0))
    np.testing.assert_allclose(ours * signs, theirs, atol=2e-4)
    assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_kmeans_is_scikit_learns_with_the_papers_settings_and_nearest_agrees(seed: int) -> None:
    """One start, 20 rounds at most, the seed handed in; `nearest` is our own."""
    x = normalize(groups(seed=seed)).astype(np.float32)
    theirs = KMeans(9, n_init=1, max_iter=20, random_state=seed).fit(x)
    centroids = rounds.kmeans(x, 9, seed)
    np.testing.assert_allclose(centroids, theirs.cluster_centers_, atol=1e-6)
    ids = rounds.nearest(torch.from_numpy(x), torch.from_numpy(centroids)).numpy()
    assert ids.tolist() == theirs.predict(x).tolist()
    far = np.linalg.norm(x[:, None] - centroids[None], axis=2).argmin(1)
    assert ids.tolist() == far.tolist()


def test_a_cluster_that_is_left_empty_takes_the_picture_that_fits_worst() -> None:
    x = np.concatenate([np.zeros((20, 2)), np.ones((20, 2)), [[1.0, 9.0]]]).astype(np.float32)
    far_off = np.array([[0, 0], [1, 1], [500, 500]], np.float32)  # the third is nobody's nearest
    found = KMeans(3, init=far_off, n_init=1, max_iter=20).fit(x)
    assert np.bincount(found.labels_, minlength=3).tolist() == [20, 20, 1]
    assert found.cluster_centers_[2].tolist() == [1, 9]


# numbers that stay


@settings(max_examples=40)
@given(k=st.integers(1, 12), n=st.integers(1, 200), seed=st.integers(0, 10_000))
def test_numbers_that_were_only_exchanged_are_given_back(k: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, exchange = rng.integers(k, size=n), rng.permutation(k)
    names = rounds.match(exchange[before], before, k)
    assert sorted(names) == list(range(k))
    assert names[exchange[before]].tolist() == before.tolist()


@settings(max_examples=30)
@given(k=st.integers(2, 5), n=st.integers(1, 60), seed=st.integers(0, 10_000))
def test_no_other_naming_keeps_more_pictures_in_place(k: int, n: int, seed: int) -> None:
    from itertools import permutations

    rng = np.random.default_rng(seed)
    ids, before = rng.integers(k, size=(2, n))
    kept = int((rounds.match(ids, before, k)[ids] == before).sum())
    assert kept == max(int((np.array(p)[ids] == before).sum()) for p in permutations(range(k)))


def test_nmi_does_not_see_names_and_random_groups_do_not_give_0() -> None:
    rng = np.random.default_rng(0)
    a = rng.integers(100, size=1000)
    assert rounds.nmi(a, rng.permutation(100)[a]) == pytest.approx(1)
    assert rounds.nmi(a, rng.integers(100, size=1000)) == pytest.approx(0.50, abs=0.02)
    assert rounds.nmi(a, rng.integers(10, size=1000)) == pytest.approx(0.15, abs=0.02)
    assert rounds.nmi(np.zeros(5, int), np.arange(5)) == 0


# even draws


def test_clusters_are_drawn_evenly_however_large_they_are() -> None:
    sizes = [1, 2, 50, 947]
    ids = np.repeat([0, 2, 3, 7], sizes)  # 1, 4, 5 and 6 are empty
    rng, counts = np.random.default_rng(0), np.zeros(8)
    pictures = np.zeros(len(ids))
    for _ in range(100):
        rows = rounds.evenly(ids, 100, rng)
        assert len(rows) == 100
        counts += np.bincount(ids[rows], minlength=8)
        pictures += np.bincount(rows, minlength=len(ids))
        large = rows[ids[rows] == 7]
        assert len(set(large)) == len(large)  # no picture twice where there are enough
    assert counts[[1, 4, 5, 6]].sum() == 0
    assert counts.sum() == 10_000
    assert np.abs(counts[[0, 2, 3, 7]] / 10_000 - 1 / 4).max() < 0.01
    for first, last in ((1, 3), (3, 53)):
        inside = pictures[first:last]
        assert np.abs(inside / inside.sum() - 1 / len(inside)).max() < 5 * math.sqrt(1 / len(inside) / inside.sum())


@settings(max_examples=60)
@given(ids=st.lists(st.integers(0, 9), min_size=1, max_size=80), count=st.integers(1, 64), seed=st.integers(0, 10_000))
def test_even_draws_of_any_grouping(ids: list[int], count: int, seed: int) -> None:
    these = np.array(ids)
    rows = rounds.evenly(these, count, np.random.default_rng(seed))
    assert len(rows) == count
    assert rows.min() >= 0
    assert rows.max() < len(these)
    assert np.bincount(these[rows]).max() <= count // len(set(ids)) + 1
    assert rows.tolist() == rounds.evenly(these, count, np.random.default_rng(seed)).tolist()


def test_a_training_batch_is_drawn_evenly() -> None:
    one = sorted_net()
    rows = TASK.sample(one, N, 120, np.random.default_rng(0))
    assert rows is not None
    counts = np.bincount(one.ids.numpy().astype(int)[rows], minlength=K)
    assert counts.max() <= 120 // K + 1
    assert counts.min() >= 5  # the last clusters lose a few when the list is cut to length


# the label


def test_the_label_of_a_training_picture_is_its_cluster_in_k_means() -> None:
    one = sorted_net()
    rows = np.random.default_rng(1).permutation(N)[:97]  # another order and number than in the round
    assert label(one, rows).targets["cluster"].tolist() == one.ids[torch.from_numpy(rows)].long().tolist()


def test_the_clusters_of_a_round_are_those_of_scikit_learn() -> None:
    one = sorted_net()
    pixels = TASK.batch("pictures", "train", np.arange(N)).data["pixels"]
    with torch.no_grad():
        x = TASK.features(one, Batch(np.arange(N), {"pixels": pixels}), TASK.info("pictures")).numpy()
    z = normalize(PCA(PARTS, whiten=True, svd_solver="covariance_eigh").fit_transform(x)).astype(np.float32)
    seed = int(np.random.default_rng((0, cluster_ids.ROUND, 0)).integers(2**31))
    theirs = KMeans(K, n_init=1, max_iter=20, random_state=seed).fit(z).labels_
    assert rounds.nmi(theirs, one.ids.numpy().astype(int)) > 0.95  # PCA's last bits may tip a picture on a border
    assert one.history[0, 2:].tolist() == torch.bincount(one.ids.long(), minlength=K).tolist()


def test_the_label_takes_no_chance_and_the_changes_do_not_reach_it() -> None:
    one, rows = sorted_net(), np.arange(30)
    first, other = label(one, rows, "held_out", 1), label(one, rows, "held_out", 2, smallest=0.1)
    assert not torch.equal(first.inputs["view"], other.inputs["view"])
    assert torch.equal(first.targets["cluster"], other.targets["cluster"])
    assert first.inputs.keys() == {"view"}  # neither the unchanged picture nor its number is in reach of the student


def test_the_label_stays_while_the_trunk_learns_and_changes_with_the_next_round() -> None:
    one, rows = sorted_net(), np.arange(60)
    before = label(one, rows, "held_out").targets["cluster"]
    shake(one)
    assert torch.equal(label(one, rows, "held_out").targets["cluster"], before)
    TASK.refresh(one, 4, "pictures", 0)
    assert not torch.equal(label(one, rows, "held_out").targets["cluster"], before)


def test_no_gradient_reaches_the_frozen_trunk() -> None:
    one = sorted_net()
    TASK.loss(one, label(one, np.arange(8)), Options()).total.backward()
    assert all(p.grad is None for p in (*one.old_tokens.parameters(), *one.old_trunk.parameters()))
    assert all(p.grad is not None for part in (one.tokens, one.trunk, one.head) for p in part.parameters())


# rounds


def test_rounds_come_at_fixed_steps_only() -> None:
    one = sorted_net(every=5)
    for step in range(1, 12):
        before = {k: v.clone() for k, v in one.state_dict().items()}
        drawn = TASK.refresh(one, step, "pictures", 0)
        same = all(torch.equal(v, before[k]) for k, v in one.state_dict().items())
        assert same == (step % 5 != 0)
        assert bool(drawn) == (step % 5 == 0)
    assert one.history[:4, 0].tolist() == [0, 5, 10, -1]


def test_the_head_starts_anew_in_each_round_and_the_trunk_does_not() -> None:
    one = net(clusters=100)
    for step in (0, 4):
        with torch.no_grad():
            one.head.bias.fill_(3)
        trunk, head = one.trunk.norm.weight.clone(), one.head.weight.clone()
        drawn = TASK.refresh(one, step, "pictures", 0)
        assert {id(p) for p in drawn} == {id(p) for p in one.head.parameters()}
        assert not one.head.bias.any()
        assert GAIN * one.head.weight.std().item() == pytest.approx(HEAD_STD, rel=0.05)
        assert one.head.weight.mean().item() == pytest.approx(0, abs=HEAD_STD / GAIN / 20)
        assert not torch.equal(one.head.weight, head)
        assert torch.equal(one.trunk.norm.weight, trunk)


def test_numbers_keep_their_clusters_where_nothing_was_learned() -> None:
    one = sorted_net()
    first = one.ids.clone()
    TASK.refresh(one, 4, "pictures", 0)
    step, nmi, *sizes = one.history[1].tolist()
    assert step == 4
    assert 0 < nmi <= 1
    assert sum(sizes) == N
    assert (one.ids == first).float().mean() > 2 / K  # k-means starts elsewhere; by chance 1/K would stay
    assert nmi == pytest.approx(rounds.nmi(one.ids.numpy().astype(int), first.numpy().astype(int)))
    assert label(one, np.arange(N)).targets["cluster"].tolist() == one.ids.tolist()  # centroids moved with their names


def test_a_seed_repeats_a_round_and_another_gives_another() -> None:
    one, again, other = net(), net(), net()
    for each, seed in ((one, 0), (again, 0), (other, 1)):
        TASK.refresh(each, 0, "pictures", seed)
    assert torch.equal(one.ids, again.ids)
    assert torch.equal(one.centroids, again.centroids)
    assert not torch.equal(one.centroids, other.centroids)


def test_of_many_rounds_the_last_are_remembered() -> None:
    one = net(clusters=3)
    for number in range(ROUNDS + 5):
        one.remember(number * 7, 0.5, np.array([number, 0, 1]))
    assert one.history[:, 0].tolist() == [7 * n for n in range(5, ROUNDS + 5)]
    assert one.history[-1].tolist() == [7 * (ROUNDS + 4), 0.5, ROUNDS + 4, 0, 1]


# answers and baselines


def test_loss_answer_and_score() -> None:
    one = sorted_net()
    labelled = label(one, np.arange(20), "held_out")
    p = TASK.answer(one, labelled, Options()).data["p"]
    assert p.shape == (20, K)
    torch.testing.assert_close(p.sum(1), torch.ones(20))
    picked = p[torch.arange(20), labelled.targets["cluster"]]
    torch.testing.assert_close(TASK.loss(one, labelled, Options()).total, -picked.log().mean())
    torch.testing.assert_close(
        one(labelled.inputs["view"]), GAIN * one.head(one.encode(labelled.inputs["view"])), rtol=1e-5, atol=1e-6
    )
    ids = torch.tensor([0, 1, 1])
    said = Answer({"p": torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])})
    told = Labelled({}, {"cluster": ids}, torch.ones(3))
    assert TASK.score(said, told) == {"cluster named": pytest.approx(2 / 3)}


def test_an_untrained_head_is_as_good_as_guessing() -> None:
    one = sorted_net()
    assert TASK.loss(one, label(one, np.arange(N), "held_out"), Options()).total.item() == pytest.approx(
        math.log(K), rel=0.01
    )


def test_baselines() -> None:
    one = sorted_net()
    labelled = label(one, np.arange(50), "held_out")
    common, pixels = TASK.baselines(labelled, TASK.info("pictures"), Options(clusters=K))
    cluster, known = labelled.targets["cluster"], labelled.targets["known"]
    counts = torch.bincount(known, minlength=K)
    assert common.constant
    assert common.scores["cluster named"] == pytest.approx((cluster == counts.argmax()).double().mean().item())
    share = (counts + 1) / (N + K)
    assert common.loss == pytest.approx(-share[cluster].log().mean().item(), rel=1e-5)
    train = TASK.batch("pictures", "train", np.arange(N)).data["pixels"].float() / 255
    small = [torch.nn.functional.avg_pool2d(x, 4).flatten(1) for x in (labelled.inputs["view"], train)]
    right = [known[(small[1] - v).square().sum(1).argmin()] == c for v, c in zip(small[0], cluster, strict=True)]
    assert pixels.scores["cluster named"] == pytest.approx(float(np.mean(right)))
    assert pixels.loss is None


def test_agreement_with_the_classes_is_measured_on_held_out_pictures() -> None:
    one = sorted_net()
    ((name, found),) = TASK.measures(one, "pictures").items()
    assert "AMI" in name
    assert 0.05 < found < 0.9
    one.centroids.fill_(1)  # one cluster for all
    assert TASK.measures(one, "pictures")[name] == 0


# changes


@settings(max_examples=40)
@given(
    n=st.integers(1, 8),
    seed=st.integers(0, 2**31),
    smallest=st.just(1.0) | st.floats(0.08, 1),
    flip=st.booleans(),
    light=st.just(0.0) | st.floats(0, 0.9),
)
def test_properties_of_every_change(n: int, seed: int, smallest: float, flip: bool, light: float) -> None:
    batch = TASK.batch("pictures", "train", np.arange(n))
    options = {"smallest": smallest, "flip": flip, "light": light}
    draw = TASK.draw(batch, np.random.default_rng(seed), TASK.info("pictures"), Options(**options))
    made = TASK.apply(batch, draw, TASK.info("pictures"))
    view = made.inputs["view"]
    assert view.shape == (n, 3, 32, 32)
    assert -1e-5 <= view.min() <= view.max() <= 1 + 1e-5
    assert (draw["side"] ** 2 >= smallest - 1e-9).all()
    assert (np.maximum(draw["top"], draw["left"]) + draw["side"] <= 1 + 1e-12).all()
    assert not draw["flip"].any() or flip
    again = TASK.apply(batch, Draw.from_json(draw.to_json()), TASK.info("pictures"))
    assert torch.equal(again.inputs["view"], view)
    if (smallest, light) == (1, 0) and not flip:
        torch.testing.assert_close(view, batch.data["pixels"] / 255, rtol=0, atol=2e-5)


def test_shares_of_the_changes() -> None:
    draw = TASK.draw(Batch(np.arange(10_000), {}), np.random.default_rng(0), TASK.info("pictures"), Options())
    assert abs(draw["flip"].mean() - 0.5) < 0.02
    smallest, light = Options().smallest, Options().light
    for name in ("brightness", "contrast"):
        assert abs(draw[name].mean() - 1) < 0.01
        assert 1 - light <= draw[name].min() < 1.01 - light
        assert 0.99 + light < draw[name].max() <= 1 + light
    assert abs((draw["side"] ** 2).mean() - (1 + smallest) / 2) < 0.01
    free = draw["side"] < 0.9
    assert abs((draw["top"][free] / (1 - draw["side"][free])).mean() - 0.5) < 0.02


# a run


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Any:
    cheapen(monkeypatch)
    yield
    forget()


def config(**options: Any) -> RunConfig:
    chosen = Options(**{"clusters": K, "every": 10, **options})
    return RunConfig("cluster_ids", "pictures", 1, steps=24, batch=16, lr=3e-3, device="cpu", options=chosen)


def learner_of(state: loop.State) -> tuple[loop.Learner, ClusterNet]:
    learner = loop.Learner(config())
    learner.load(state)
    assert isinstance(learner.net, ClusterNet)
    return learner, learner.net


@pytest.mark.slow
@pytest.mark.usefixtures("cheap")
def test_slices_make_no_difference_over_two_rounds() -> None:
    same_however_sliced(config(), 1, 8, 1, 1, 9, 4)  # ends before, at and right after a round


@pytest.mark.usefixtures("cheap")
def test_what_the_optimiser_remembers_of_the_old_head_is_forgotten() -> None:
    state, _ = loop.advance(config(), loop.start(config()), 10)
    learner, one = learner_of(state)
    head = [learner.windows[p] for p in one.head.parameters()]
    assert all(np.abs(state["m"][w]).max() > 0 for w in head)
    seen: list[bool] = []
    learner.watch = lambda name, _numbers: seen.append(
        name == "draw" and all(not moments[0][w].any() for moments in (learner.adam.m, learner.adam.v) for w in head)
    )
    learner.train_step(10)
    assert seen[0]
    trunk = learner.windows[one.trunk.norm.weight]
    assert np.abs(state["v"][trunk]).max() > 0


@pytest.mark.usefixtures("cheap")
def test_a_state_keeps_the_rounds() -> None:
    state, _ = loop.advance(config(), loop.start(config()), 21)
    _, one = learner_of(state)
    history = one.history
    assert history[:4, 0].tolist() == [0, 10, 20, -1]
    assert history[0, 1] == -1
    assert (history[1:3, 1] > 0).all()
    assert (history[:3, 2:].sum(1) == N).all()
    assert torch.bincount(one.ids.long(), minlength=K).tolist() == history[2, 2:].tolist()
