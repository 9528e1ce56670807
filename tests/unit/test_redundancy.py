"""Redundancy reduction: both losses against the papers' pseudocode in numpy, and what leaving a term out allows."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.catalogue.redundancy import RedundancyOptions as Options
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks.base import Batch, DataInfo
from sslviz.tasks.redundancy import Redundancy, correlation, repeated, terms
from sslviz.tasks.two_views import OUT, TwoViews
from sslviz.training import loop
from sslviz.training.config import RunConfig
from tests.stand_ins import cheapen, forget

TASK = Redundancy()
BARLOW = "Barlow Twins"
few = settings(max_examples=25, deadline=None)
sizes = {"n": st.integers(2, 12), "d": st.integers(1, 7), "seed": st.integers(0, 2**31)}


def random(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d))


def total(a: Any, b: Any, **options: Any) -> float:
    """The task's own loss of these vectors: the mean over the numbers of the sum of the terms."""
    a, b = (torch.as_tensor(x, dtype=torch.float64) for x in (a, b))
    found = terms(a, b, torch.eye(a.shape[1], dtype=torch.float64), Options(**options))
    return torch.stack(list(found.values())).sum(0).mean().item()


def vicreg(a: np.ndarray, b: np.ndarray) -> float:
    """Algorithm 1 of arXiv 2105.04906, line by line."""
    n, d = a.shape
    sim = ((a - b) ** 2).mean()
    deviations = [np.sqrt(z.var(axis=0, ddof=1) + 1e-4) for z in (a, b)]
    std = sum(np.maximum(0, 1 - deviation).mean() for deviation in deviations)
    cov = 0.0
    for z in (a, b):
        table = np.zeros((d, d))
        for row in z - z.mean(axis=0):
            table += np.outer(row, row) / (n - 1)
        cov += ((table**2).sum() - (np.diag(table) ** 2).sum()) / d
    return 25 * sim + 25 * std + 1 * cov


def barlow(a: np.ndarray, b: np.ndarray, lambd: float = 0.005) -> float:
    """Algorithm 1 of arXiv 2103.03230, number by number; the small amount under a root is not in it."""
    d, loss = a.shape[1], 0.0
    for i in range(d):
        for j in range(d):
            c = np.corrcoef(a[:, i], b[:, j])[0, 1]
            loss += (1 - c) ** 2 if i == j else lambd * c**2
    return loss


# golden values


def test_golden_values_by_hand() -> None:
    up = [[2.0, 0.0], [-2.0, 0.0]]  # the second number never varies
    assert total(up, up) == pytest.approx(25 * (2 * (1 - 0.01) / 2))  # hinge: √ε of the dead number, in both views
    twice = [[1.0, 1.0], [-1.0, -1.0]]  # variance over n − 1: 2; so is the covariance of the two numbers
    assert total(twice, twice) == pytest.approx(2 * 2**2)
    assert total(twice, np.negative(twice)) == pytest.approx(25 * 4 + 8)
    assert total(twice, twice, method=BARLOW) == pytest.approx(0.005, rel=1e-3)  # C is all 1: λ for each number
    assert total(twice, np.negative(twice), method=BARLOW) == pytest.approx(4 + 0.005, rel=1e-3)
    square = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]
    assert total(square, square) == pytest.approx(0, abs=1e-9)  # two numbers that know nothing of each other
    assert total(square, square, method=BARLOW) == pytest.approx(0, abs=1e-9)


@few
@given(**sizes)
def test_vicreg_is_the_papers_pseudocode(n: int, d: int, seed: int) -> None:
    a, b = random(n, d, seed), random(n, d, seed + 1)
    assert total(a, b) == pytest.approx(vicreg(a, b), rel=1e-9)


@few
@given(**sizes)
def test_barlow_twins_is_the_papers_pseudocode_over_the_numbers(n: int, d: int, seed: int) -> None:
    a, b = random(n + 3, d, seed), random(n + 3, d, seed + 1)
    assert total(a, b, method=BARLOW) * d == pytest.approx(barlow(a, b), rel=1e-3)


# properties


@few
@given(**sizes, by=st.floats(0.5, 20), shift=st.floats(-5, 5))
def test_a_table_of_correlations_knows_no_scale_and_no_middle(
    n: int, d: int, seed: int, by: float, shift: float
) -> None:
    a, b = (torch.from_numpy(random(n + 3, d, seed + k)) for k in (0, 1))
    torch.testing.assert_close(correlation(a, by * b + shift), correlation(a, b), atol=1e-3, rtol=1e-3)
    assert correlation(a, b).abs().max() <= 1
    torch.testing.assert_close(correlation(b, a), correlation(a, b).T)


@few
@given(**sizes)
def test_the_order_of_pictures_and_of_views_plays_no_part(n: int, d: int, seed: int) -> None:
    a, b = random(n, d, seed), random(n, d, seed + 1)
    order = np.random.default_rng(seed).permutation(n)
    for method in ("VICReg", BARLOW):
        assert total(a[order], b[order], method=method) == pytest.approx(total(a, b, method=method), rel=1e-6)
        assert total(b, a, method=method) == pytest.approx(total(a, b, method=method), rel=1e-6)


def test_each_term_forbids_what_the_others_allow() -> None:
    point, one = np.ones((6, 4)), np.tile(3 * random(6, 1), (1, 4))
    assert total(point, point, variance=False) == 0  # collapsed to a point
    assert total(point, point) == pytest.approx(2 * 25 * 0.99)
    assert total(one, one, covariance=False) == 0  # four times the same answer
    assert total(one, one) > 1
    assert total(one, one, method=BARLOW, covariance=False) == pytest.approx(0, abs=1e-6)
    assert total(one, one, method=BARLOW) == pytest.approx(3 * 0.005, rel=1e-3)
    assert total(point, point, method=BARLOW) == 1  # no number varies: its correlation is 0, and 1 is wanted


def test_repetition_is_measured_off_the_diagonal() -> None:
    assert repeated(torch.eye(5)) == 0
    assert repeated(torch.ones(5, 5)) == pytest.approx(1)
    assert repeated(torch.tensor([[0.0, 0.6], [-0.8, 0.0]])) == pytest.approx(0.5**0.5)
    assert repeated(torch.ones(1, 1)) == 0


# the task


def label(n: int) -> Any:
    pixels = np.random.default_rng(0).integers(0, 256, (n, 3, 32, 32), dtype=np.uint8)
    batch = Batch(np.arange(n), {"pixels": torch.from_numpy(pixels)})
    return TASK.apply(batch, TASK.draw(batch, np.random.default_rng(0), DataInfo(), Options()), DataInfo())


def test_the_label_is_the_pairs_and_the_identity_matrix() -> None:
    labelled = label(5)
    assert labelled.targets["partner"].tolist() == [*range(5, 10), *range(5)]
    assert torch.equal(labelled.targets["identity"], torch.eye(OUT))
    assert labelled.where.shape == (OUT,)


def test_both_views_learn_in_one_network_and_the_parts_add_up() -> None:
    net = TASK.build(Trunk(), DataInfo(), Options())
    initialise(net, torch.Generator().manual_seed(0))
    assert all(p.requires_grad for p in net.parameters())
    for options, names in (
        (Options(), {"invariance", "variance", "covariance"}),
        (Options(variance=False, covariance=False), {"invariance"}),
        (Options(method=BARLOW), {"diagonal", "off the diagonal"}),
        (Options(method=BARLOW, covariance=False), {"diagonal"}),
    ):
        loss = TASK.loss(net, label(6), options)
        assert set(loss.parts) == names
        assert sum(loss.parts.values()) == pytest.approx(loss.total.item(), rel=1e-5)


def test_a_dead_network_costs_what_the_baseline_says() -> None:
    net = TASK.build(Trunk(), DataInfo(), Options())
    with torch.no_grad():
        for p in net.head[-1].parameters():
            p.zero_()
    for options, cost in ((Options(), 49.5), (Options(variance=False), 0), (Options(method=BARLOW), 1)):
        same, raw = TASK.baselines(label(6), DataInfo(), options)
        assert same.loss == pytest.approx(cost)
        assert TASK.loss(net, label(6), options).total.item() == pytest.approx(cost, abs=1e-5)
        assert same.constant
        assert raw.loss is None


def test_measures_are_those_of_two_views_and_what_the_terms_ask_for() -> None:
    config = RunConfig("redundancy", "pictures", 1, 20, 16, 3e-3, device="cpu")
    net = loop.Learner(config).net
    found, theirs = TASK.measures(net, "pictures"), TwoViews().measures(net, "pictures")
    assert theirs == {name: found[name] for name in theirs}
    assert set(found) - set(theirs) == {"standard deviation of a number, at most 1", "correlation of two numbers"}
    assert all(0 <= value <= 1 for value in found.values())


@pytest.mark.slow
def test_each_term_left_out_fails_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    cheapen(monkeypatch)

    def trained(**options: Any) -> dict[str, float]:
        config = RunConfig("redundancy", "pictures", 1, 80, 32, 3e-3, device="cpu", options=Options(**options))
        learner = loop.Learner(config)
        for step in range(80):
            learner.train_step(step)
        return TASK.measures(learner.net, "pictures")

    whole, still, same = trained(), trained(variance=False), trained(covariance=False)
    forget()
    wide, twice = "standard deviation of a number, at most 1", "correlation of two numbers"
    assert still[wide] < 0.1 < whole[wide]
    assert same[twice] > whole[twice] + 0.2
    assert same[wide] > 0.5
