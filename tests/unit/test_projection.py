"""The map: points move and do not jump, nothing is scaled, and neighbours are the true ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.evaluation import projection


def clouds(n: int = 150, d: int = 16, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(5, d)) * 1.5
    return (centres[np.arange(n) % 5] + rng.normal(size=(n, d)) * 0.8).astype(np.float32)


def rigid(points: np.ndarray, angle: float, mirror: bool, shift: tuple[float, float]) -> np.ndarray:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if mirror:
        turn = turn @ np.diag([1, -1])
    return (points @ turn + shift).astype(np.float32)


def distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None].astype(float) - points[None], axis=-1)


@pytest.fixture(scope="module")
def frames() -> dict[str, np.ndarray]:
    """A first map; the features a little later, and far later; and the frames that follow."""
    x = clouds()
    nudge = np.random.default_rng(1).normal(size=x.shape).astype(np.float32)
    later, far = x + 0.05 * nudge, clouds(seed=3)
    first = projection.from_scratch(x)
    return {
        "x": x, "later": later, "far": far, "first": first,
        "next": projection.next_frame(later, first), "far_next": projection.next_frame(far, first),
    }  # fmt: skip


# align


@settings(max_examples=60)
@given(
    seed=st.integers(0, 999), angle=st.floats(-3.2, 3.2), mirror=st.booleans(),
    shift=st.tuples(st.floats(-20, 20), st.floats(-20, 20)),
)  # fmt: skip
def test_align_undoes_turning_mirroring_and_shifting(
    seed: int, angle: float, mirror: bool, shift: tuple[float, float]
) -> None:
    points = np.random.default_rng(seed).normal(size=(30, 2)).astype(np.float32) * [3, 1]
    back = projection.align(rigid(points, angle, mirror, shift), points)
    np.testing.assert_allclose(back, points, atol=2e-4)


@settings(max_examples=60)
@given(seed=st.integers(0, 999), size=st.sampled_from([1e-3, 0.3, 1, 7, 100]))
def test_align_never_scales(seed: int, size: float) -> None:
    rng = np.random.default_rng(seed)
    points, onto = (rng.normal(size=(25, 2)).astype(np.float32) * s for s in (1, size))
    moved = projection.align(points, onto)
    np.testing.assert_allclose(distances(moved), distances(points), rtol=1e-3, atol=1e-4 * max(1, size))
    np.testing.assert_allclose(moved.mean(0), onto.mean(0), atol=1e-4 * max(1, size))


def test_align_is_the_best_turn() -> None:
    rng = np.random.default_rng(0)
    points, onto = rng.normal(size=(2, 40, 2)).astype(np.float32)
    gap = ((projection.align(points, onto) - onto) ** 2).sum()
    for angle in np.linspace(-np.pi, np.pi, 181):
        for mirror in (False, True):
            turned = rigid(points - points.mean(0), angle, mirror, tuple(onto.mean(0)))
            assert gap <= ((turned - onto) ** 2).sum() + 1e-3


# frames


def test_the_first_map_keeps_neighbours(frames: dict[str, np.ndarray]) -> None:
    first = frames["first"]
    assert first.shape == (150, 2)
    assert first.dtype == np.float32
    assert np.isfinite(first).all()
    assert projection.preservation(frames["x"], first) > 0.4  # by chance 10/149 = 0.07
    group = np.arange(150) % 5
    near = np.argsort(distances(first), axis=1)[:, 1]
    assert (group[near] == group).mean() > 0.9


def test_maps_repeat_exactly(frames: dict[str, np.ndarray]) -> None:
    assert np.array_equal(projection.from_scratch(frames["x"]), frames["first"])
    assert np.array_equal(projection.next_frame(frames["later"], frames["first"]), frames["next"])


def test_points_move_little_when_the_features_do(frames: dict[str, np.ndarray]) -> None:
    size = frames["first"].std()
    moved = np.linalg.norm(frames["next"] - frames["first"], axis=1)
    assert np.median(moved) < 0.25 * size
    anew = projection.align(projection.from_scratch(frames["far"]), frames["first"])
    assert np.median(moved) < 0.3 * np.median(np.linalg.norm(anew - frames["first"], axis=1))
    assert moved.max() > 0


def test_a_frame_is_neither_blown_up_nor_shrunk_to_a_point(frames: dict[str, np.ndarray]) -> None:
    # Starting at coordinates scaled to 1e-4 would collapse the map and unfold it again at every frame.
    for name in ("next", "far_next"):
        assert 0.7 < frames[name].std() / frames["first"].std() < 1.5


def test_a_frame_keeps_neighbours_as_well_as_a_new_map(frames: dict[str, np.ndarray]) -> None:
    anew = projection.preservation(frames["later"], projection.from_scratch(frames["later"]))
    assert projection.preservation(frames["later"], frames["next"]) > anew - 0.03


def test_a_frame_follows_features_that_changed(frames: dict[str, np.ndarray]) -> None:
    stale = projection.preservation(frames["far"], frames["first"])
    assert projection.preservation(frames["far"], frames["far_next"]) > stale + 0.03


def test_a_frame_does_not_change_the_one_before(frames: dict[str, np.ndarray]) -> None:
    before, x = frames["first"].copy(), frames["later"].copy()
    projection.next_frame(x, before)
    assert np.array_equal(before, frames["first"])
    assert np.array_equal(x, frames["later"])


def test_a_film_stays_as_good_as_a_map_from_scratch() -> None:
    rng = np.random.default_rng(5)
    x, step = clouds(120, seed=4), rng.normal(size=(120, 16)).astype(np.float32)
    at = projection.from_scratch(x)
    for number in range(1, 6):
        now = x + 0.15 * number * step
        at = projection.next_frame(now, at)
    anew = projection.preservation(now, projection.from_scratch(now))
    assert projection.preservation(now, at) > anew - 0.05


@pytest.mark.parametrize("n", [5, 8])
def test_few_points_are_enough(n: int) -> None:
    points = projection.from_scratch(clouds(n))
    assert np.isfinite(points).all()
    assert np.isfinite(projection.next_frame(clouds(n), points)).all()


def test_fewer_than_five_points_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 5 points, got 4"):
        projection.from_scratch(clouds(4))
    with pytest.raises(ValueError, match="at least 5 points, got 4"):
        projection.next_frame(clouds(4), np.zeros((4, 2), np.float32))


def test_a_collapsed_model_gives_a_map_all_the_same() -> None:
    alike = np.ones((40, 8), np.float32)
    assert np.isfinite(projection.from_scratch(alike)).all()


# PCA


def test_pca_finds_the_directions_of_most_variance() -> None:
    rng = np.random.default_rng(0)
    turn = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    x = (rng.normal(size=(500, 6)) * [9, 4, 1, 0.5, 0.2, 0.1]) @ turn.T + 3
    mean, axes = projection.pca_basis(x)
    np.testing.assert_allclose(mean, x.mean(0))
    np.testing.assert_allclose(axes.T @ axes, np.eye(2), atol=1e-9)
    assert abs(axes[:, 0] @ turn[:, 0]) > 0.99
    assert abs(axes[:, 1] @ turn[:, 1]) > 0.99
    points = projection.pca(x, (mean, axes))
    assert points.dtype == np.float32
    np.testing.assert_allclose(points.mean(0), 0, atol=1e-4)
    variance = np.linalg.eigvalsh(np.cov(x.T))[::-1][:2]
    np.testing.assert_allclose(points.var(0, ddof=1), variance, rtol=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_the_signs_of_the_basis_do_not_flip(seed: int) -> None:
    x = clouds(80, seed=seed).astype(np.float64)
    mean, axes = projection.pca_basis(x)
    largest = axes[np.abs(axes).argmax(0), [0, 1]]
    assert (largest > 0).all()
    order = np.random.default_rng(seed).permutation(80)
    np.testing.assert_allclose(projection.pca_basis(x[order])[1], axes, atol=1e-7)
    np.testing.assert_allclose(projection.pca_basis(2 * mean - x)[1], axes, atol=1e-7)  # the cloud mirrored
    nudged = x + 1e-4 * np.random.default_rng(9).normal(size=x.shape)
    np.testing.assert_allclose(projection.pca_basis(nudged)[1], axes, atol=0.01)


def test_frames_on_one_basis_can_be_compared() -> None:
    x = clouds()
    basis = projection.pca_basis(x)
    step = np.zeros(16, np.float32)
    step[:] = 2 * basis[1][:, 0]
    np.testing.assert_allclose(projection.pca(x + step, basis) - projection.pca(x, basis), [[2, 0]] * 150, atol=1e-4)


# neighbours


@settings(max_examples=30)
@given(n=st.integers(8, 40), k=st.integers(1, 6), seed=st.integers(0, 999))
def test_neighbours_against_counting_by_hand(n: int, k: int, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(n, 5)).astype(np.float32)
    found = projection.neighbours(x, k)
    assert found.shape == (n, k)
    for i in range(n):
        cosine = {j: float(x[i] @ x[j] / np.linalg.norm(x[i]) / np.linalg.norm(x[j])) for j in range(n) if j != i}
        wanted = sorted(cosine, key=cosine.__getitem__, reverse=True)[:k]
        np.testing.assert_allclose([cosine[j] for j in found[i]], [cosine[j] for j in wanted], atol=1e-6)
        assert i not in found[i]
        assert len(set(found[i].tolist())) == k


def test_neighbours_look_at_directions_not_lengths() -> None:
    x = clouds(50)
    longer = x * np.random.default_rng(0).uniform(0.1, 10, (50, 1)).astype(np.float32)
    assert np.array_equal(projection.neighbours(x), projection.neighbours(longer))
    assert projection.neighbours(x).shape == (50, 6)


def test_a_twin_is_the_first_neighbour() -> None:
    x = clouds(30)
    x[17] = 2 * x[4]
    assert projection.neighbours(x)[4, 0] == 17
    assert projection.neighbours(x)[17, 0] == 4


def test_preservation_by_hand() -> None:
    angle = np.linspace(0, 1.5, 12)
    x = np.stack([np.cos(angle), np.sin(angle)], 1).astype(np.float32)  # in order along a quarter of a circle
    line = np.stack([angle, np.zeros(12)], 1).astype(np.float32)
    assert projection.preservation(x, line, k=1) > 0.5  # equal gaps: some ties fall the other way
    bent = angle**1.5  # no ties
    x = np.stack([np.cos(bent), np.sin(bent)], 1).astype(np.float32)
    line = np.stack([bent, np.zeros(12)], 1).astype(np.float32)
    assert projection.preservation(x, line, k=3) == 1
    mixed = line[np.random.default_rng(0).permutation(12)]
    wanted = np.mean([
        len(set(np.argsort(np.where(np.arange(12) == i, np.inf, np.abs(mixed[:, 0] - mixed[i, 0])))[:3].tolist())
            & set(np.argsort(np.where(np.arange(12) == i, np.inf, np.abs(bent - bent[i])))[:3].tolist())) / 3
        for i in range(12)
    ])  # fmt: skip
    assert projection.preservation(x, mixed, k=3) == pytest.approx(wanted)
    assert wanted < 0.8
