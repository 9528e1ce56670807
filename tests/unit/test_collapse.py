"""The measures of collapse: golden values, and what they must not depend on."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sslviz.tasks.collapse import effective_rank, mean_cosine, spread

ALIKE = torch.tensor([[3.0, 4, 0, 0]]).repeat(9, 1)
EVEN = torch.cat([torch.eye(4), -torch.eye(4)])  # in every direction, and its opposite


def random(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=(n, d)))


def test_a_network_that_always_says_the_same() -> None:
    assert spread(ALIKE) == pytest.approx(0, abs=1e-7)
    assert mean_cosine(ALIKE) == pytest.approx(1)
    assert effective_rank(ALIKE) == pytest.approx(1, abs=1e-5)


def test_vectors_that_point_evenly_everywhere() -> None:
    assert spread(EVEN) == pytest.approx(1 / math.sqrt(4))  # SimSiam's 1/√d
    assert mean_cosine(EVEN) == pytest.approx(-1 / 7)  # 4 opposite pairs of 28 at −1
    assert effective_rank(EVEN) == pytest.approx(4)


def test_random_directions_reach_nearly_the_most_possible() -> None:
    vectors = random(20_000, 128)
    assert spread(vectors) == pytest.approx(0.0884, abs=2e-4)  # 1/√128
    assert mean_cosine(vectors) == pytest.approx(0, abs=1e-3)
    assert 127 < effective_rank(vectors) <= 128


def test_golden_values_between() -> None:
    some = torch.tensor([[1.0, 0]] * 9 + [[0, 1]])  # singular values 3 and 1, so shares 3/4 and 1/4
    assert effective_rank(some) == pytest.approx(1.754765, abs=1e-6)
    assert mean_cosine(some) == pytest.approx(36 / 45)  # the pairs among the nine
    assert spread(some) == pytest.approx(0.3)  # a share of 0.9 and of 0.1 both vary by √0.09


def test_the_spread_of_one_direction_and_its_opposite() -> None:
    line = torch.tensor([[1.0, 0, 0, 0], [-1, 0, 0, 0]])
    assert spread(line) == pytest.approx(1 / 4)  # one dimension of four: half of the most possible
    assert effective_rank(line) == pytest.approx(1)  # not collapsed to a point, and yet one direction only
    assert mean_cosine(line) == pytest.approx(-1)


def test_one_sample_has_no_pair() -> None:
    assert math.isnan(mean_cosine(torch.ones(1, 3)))


@given(n=st.integers(2, 20), d=st.integers(2, 12), seed=st.integers(0, 2**31))
def test_lengths_and_rotations_do_not_matter(n: int, d: int, seed: int) -> None:
    vectors = random(n, d, seed)
    longer = vectors * torch.from_numpy(np.random.default_rng(seed).uniform(0.1, 9, (n, 1)))
    turn = torch.from_numpy(np.linalg.qr(np.random.default_rng(seed + 1).normal(size=(d, d)))[0])
    for measure in (spread, mean_cosine, effective_rank):
        assert measure(longer) == pytest.approx(measure(vectors))
        if measure is not spread:  # which is taken dimension by dimension
            assert measure(vectors @ turn) == pytest.approx(measure(vectors), abs=1e-9)
    assert 0 <= spread(vectors) <= 1 / math.sqrt(d) + 1e-12
    assert 1 - 1e-9 <= effective_rank(vectors) <= min(n, d) + 1e-9
    assert -1 / (n - 1) - 1e-9 <= mean_cosine(vectors) <= 1 + 1e-9
