"""Probes against scikit-learn called directly, and against counting by hand."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sslviz.evaluation import probes


def blobs(n: int, seed: int = 0, classes: int = 4, spread: float = 1.6) -> tuple[np.ndarray, np.ndarray]:
    """Overlapping clouds in 10 dimensions of very different scales."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(size=(classes, 10))
    y = rng.integers(0, classes, n)
    return (centres[y] + rng.normal(size=(n, 10)) * spread) * np.logspace(-1, 2, 10) + 7, y


# stratified


@pytest.mark.parametrize("per_class", [1, 3, 10])
def test_stratified_takes_as_many_of_every_class(per_class: int) -> None:
    y = np.repeat([0, 1, 2, 5], [500, 20, 10, 100])  # very unequal, and one number missing
    rows = probes.stratified(y, per_class, 0)
    assert np.bincount(y[rows]).tolist() == [per_class, per_class, per_class, 0, 0, per_class]
    assert len(set(rows.tolist())) == len(rows)
    assert (np.diff(rows) > 0).all()


def test_stratified_takes_all_where_there_are_fewer() -> None:
    y = np.repeat([0, 1], [3, 50])
    assert np.bincount(y[probes.stratified(y, 5, 0)]).tolist() == [3, 5]


def test_stratified_is_drawn_by_seed_and_not_the_first() -> None:
    y = np.repeat([0, 1], 200)
    one, again, other = (probes.stratified(y, 5, seed) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    picked = np.concatenate([probes.stratified(y, 5, seed) for seed in range(200)])
    assert abs((picked % 200).mean() - 99.5) < 5  # four standard deviations


# k-NN


def brute_knn(
    train: np.ndarray, train_y: np.ndarray, test: np.ndarray, test_y: np.ndarray, centre: bool = True
) -> float:
    mean = train.mean(0) if centre else 0
    std = np.where(train.std(0) == 0, 1, train.std(0))
    train, test = (train - mean) / std, (test - mean) / std
    right = 0
    for x, y in zip(test, test_y, strict=True):
        cosine = train @ x / (np.linalg.norm(train, axis=1) * np.linalg.norm(x))
        votes = dict.fromkeys(range(int(train_y.max()) + 1), 0.0)
        for i in np.argsort(-cosine)[:20]:
            votes[int(train_y[i])] += np.exp(cosine[i] / 0.1)
        right += max(votes, key=votes.__getitem__) == y
    return right / len(test_y)


@pytest.mark.parametrize("n", [5, 20, 21, 300])
def test_knn_against_counting_by_hand(n: int) -> None:
    train, train_y = blobs(n)
    test, test_y = blobs(150, 1)
    found = probes.knn(train, train_y, test, test_y)
    assert found == pytest.approx(brute_knn(train, train_y, test, test_y), abs=1e-9)
    assert 0.2 < found < 1


def test_knn_on_a_toy() -> None:
    train = np.array([[1.0, 0.1], [0.9, 0.0], [-1.0, 0.1], [-0.8, -0.2]])
    y = np.array([0, 0, 1, 1])
    assert probes.knn(train, y, np.array([[5.0, 0.0], [-3.0, 0.0]]), np.array([0, 1])) == 1
    assert probes.knn(train, y, np.array([[5.0, 0.0], [-3.0, 0.0]]), np.array([1, 0])) == 0


def test_near_neighbours_outvote_many_far_ones() -> None:
    # Three of class 0 in the direction asked for, seventeen of class 1 across: the many lose.
    train = np.concatenate([np.tile([1.0, 0.0], (3, 1)), np.tile([0.0, 1.0], (9, 1)), np.tile([0.0, -1.0], (8, 1))])
    y = np.repeat([0, 1], [3, 17])
    assert probes.knn(train, y, np.array([[9.0, 0.0]]), np.array([0])) == 1


def test_knn_looks_at_directions_not_lengths() -> None:
    rng = np.random.default_rng(0)
    half, half_y = blobs(200)
    half = half - half.mean(0)
    train, y = np.concatenate([half, -half]), np.concatenate([half_y, half_y])  # mean 0, so that none is taken off
    test, test_y = blobs(80, 1)
    test = test - blobs(200)[0].mean(0)
    longer = test * rng.uniform(0.1, 10, (80, 1))
    assert probes.knn(train, y, longer, test_y) == probes.knn(train, y, test, test_y)


@pytest.mark.parametrize("probe", [probes.knn, probes.linear])
def test_sparse_input_is_scaled_but_not_shifted(probe) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 300)
    x = (rng.random((300, 30)) < 0.1 + 0.25 * (np.arange(30) % 3 == y[:, None])).astype(float)
    train, train_y, test, test_y = x[:200], y[:200], x[200:], y[200:]
    found = probe(sparse.csr_array(train), train_y, sparse.csr_array(test), test_y)
    if probe is probes.knn:
        assert found == pytest.approx(brute_knn(train, train_y, test, test_y, centre=False), abs=0.011)
        assert found != brute_knn(train, train_y, test, test_y)
    else:
        c = probes.penalty(train / train.std(0), train_y)
        wanted = make_pipeline(StandardScaler(with_mean=False), LogisticRegression(C=c, max_iter=500))
        assert found == pytest.approx(wanted.fit(train, train_y).score(test, test_y), abs=0.011)
    assert found > 0.5


# linear


def by_grid_search(x: np.ndarray, y: np.ndarray) -> float:
    """The penalty as scikit-learn's own search finds it, without any of our shortcuts."""
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    search = GridSearchCV(
        LogisticRegression(max_iter=2000), {"C": probes.PENALTIES}, scoring="neg_log_loss", cv=folds
    ).fit(StandardScaler().fit_transform(x), y)
    return float(search.best_params_["C"])


def test_linear_is_scikit_learns_with_a_penalty_chosen_on_the_labelled_rows() -> None:
    train, train_y = blobs(250)
    test, test_y = blobs(150, 1)
    chosen = by_grid_search(train, train_y)
    wanted = make_pipeline(StandardScaler(), LogisticRegression(C=chosen, max_iter=500)).fit(train, train_y)
    assert probes.penalty(StandardScaler().fit_transform(train), train_y) == chosen
    assert probes.linear(train, train_y, test, test_y) == wanted.score(test, test_y)


def test_noise_gets_a_strong_penalty_and_a_clear_signal_a_weak_one() -> None:
    y = np.arange(200) % 2
    noise = np.random.default_rng(0).normal(size=(200, 40))
    assert probes.penalty(noise, y) == min(probes.PENALTIES)
    assert probes.penalty(y[:, None] * 2.0 - 1 + 0.01 * noise, y) == max(probes.PENALTIES)


def test_the_penalty_is_chosen_without_the_test_rows_and_with_one_label_a_class_it_is_not_chosen() -> None:
    train, y = blobs(60)
    assert probes.penalty(train[:4], np.arange(4)) == probes.UNCHOSEN
    rows = [probes.penalty(train, y) for _ in range(2)]
    assert rows[0] == rows[1]


def test_far_more_columns_than_rows_change_no_answer() -> None:
    """Of 300 columns only 60 directions matter; the same probe on all columns says the same of every test row."""
    rng = np.random.default_rng(0)
    y, test_y = np.arange(60) % 3, np.arange(200) % 3
    x, test = rng.normal(size=(60, 300)) + y[:, None], rng.normal(size=(200, 300)) + test_y[:, None]
    few, few_test = probes._within_reach(x - x.mean(0), test - x.mean(0))
    assert few.shape[1] == 59  # 60 rows about their mean
    for c in probes.PENALTIES:
        settings = {"C": c, "max_iter": 5000, "tol": 1e-9}
        whole = LogisticRegression(**settings).fit(x - x.mean(0), y).predict_proba(test - x.mean(0))
        np.testing.assert_allclose(LogisticRegression(**settings).fit(few, y).predict_proba(few_test), whole, atol=1e-4)
    assert probes._within_reach(few, few_test)[0] is few  # already few columns


def test_linear_few_uses_so_many_labels_a_class_and_each_seed_once() -> None:
    train, train_y = blobs(400)
    test, test_y = blobs(200, 1)
    found = probes.linear_few(train, train_y, test, test_y, 5)
    assert len(found) == len(probes.CHOICES) == 20
    assert len(set(found)) > 1
    for seed, accuracy in zip((0, 1, 2), found, strict=False):
        rows = probes.stratified(train_y, 5, seed)
        c = by_grid_search(train[rows], train_y[rows])
        wanted = make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=500)).fit(train[rows], train_y[rows])
        assert accuracy == wanted.score(test, test_y)
    assert np.mean(found) < probes.linear(train, train_y, test, test_y)


def test_linear_few_takes_sparse_rows() -> None:
    train, train_y = blobs(100)
    assert len(probes.linear_few(sparse.csr_array(train), train_y, sparse.csr_array(train), train_y, 4, (0,))) == 1


# standardised with the training rows only


@pytest.mark.parametrize("probe", [probes.knn, probes.linear])
def test_a_shift_of_the_test_rows_alone_is_seen(probe) -> None:
    train, train_y = blobs(250, spread=0.6)
    test, test_y = blobs(150, 1, spread=0.6)
    plain = probe(train, train_y, test, test_y)
    away = np.random.default_rng(5).normal(size=10) * train.std(0) * 50
    assert plain > 0.7
    assert probe(train, train_y, test + away, test_y) < 0.5  # all fall to one class
    assert probe(train + away, train_y, test + away, test_y) == pytest.approx(plain, abs=0.02)


@pytest.mark.parametrize("probe", [probes.knn, probes.linear])
def test_the_test_rows_do_not_influence_each_other(probe) -> None:
    train, train_y = blobs(200)
    test, test_y = blobs(100, 1)
    odd = np.concatenate([test, test[:1] * 1e6])
    with_odd = probe(train, train_y, odd, np.append(test_y, -1))  # the odd one is wrong for certain
    assert with_odd * 101 == pytest.approx(probe(train, train_y, test, test_y) * 100)


@pytest.mark.parametrize("probe", [probes.knn, probes.linear])
def test_units_do_not_matter(probe) -> None:
    train, train_y = blobs(200)
    test, test_y = blobs(100, 1)
    units = np.logspace(-3, 3, 10)
    assert probe(train * units, train_y, test * units, test_y) == pytest.approx(
        probe(train, train_y, test, test_y), abs=0.011
    )


@pytest.mark.parametrize("probe", [probes.knn, probes.linear])
def test_nothing_is_changed(probe) -> None:
    train, train_y = blobs(60)
    test, test_y = blobs(40, 1)
    kept = [a.copy() for a in (train, train_y, test, test_y)]
    probe(train, train_y, test, test_y)
    assert all(np.array_equal(a, b) for a, b in zip(kept, (train, train_y, test, test_y), strict=True))
