"""Colourisation: Lab, bins, soft labels, weights and annealed means against known values and hand calculations."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.catalogue.colourisation import ColourisationOptions as Options
from sslviz.data import images
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks import colourisation as task
from sslviz.tasks.base import Answer, Batch, DataInfo, Draw
from sslviz.tasks.lab import to_lab, to_rgb

TASK = task.Colourisation()


def flat(*colours: tuple[int, int, int]) -> torch.Tensor:
    """(n, 3, 32, 32) pictures of one colour each."""
    return torch.tensor(colours, dtype=torch.uint8)[..., None, None].expand(-1, 3, 32, 32).clone()


def label(pixels: torch.Tensor) -> Any:
    return TASK.apply(Batch(np.arange(len(pixels)), {"pixels": pixels}), Draw(), DataInfo())


# sRGB under D65, as in the tables of Bruce Lindbloom's calculator and in scikit-image's rgb2lab.
@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 0, 0), (53.24, 80.09, 67.20)), ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)), ((255, 255, 0), (97.14, -21.55, 94.48)),
        ((255, 255, 255), (100, 0, 0)), ((0, 0, 0), (0, 0, 0)), ((119, 119, 119), (50.03, 0, 0)),
    ],
)  # fmt: skip
def test_lab_of_known_colours(rgb: tuple[int, int, int], lab: tuple[float, float, float]) -> None:
    np.testing.assert_allclose(to_lab(flat(rgb))[0, :, 0, 0].numpy(), lab, atol=0.02)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**31))
def test_from_lab_every_colour_comes_back(seed: int) -> None:
    pixels = torch.from_numpy(np.random.default_rng(seed).integers(0, 256, (2, 3, 8, 8), dtype=np.uint8))
    assert torch.equal(to_rgb(to_lab(pixels)), pixels)


def test_a_colour_that_no_screen_shows_becomes_one_that_is_near() -> None:
    assert to_rgb(torch.tensor([50.0, 200, 0]).view(1, 3, 1, 1)).flatten().tolist()[1] == 0


def test_the_bins_are_those_that_some_colour_of_the_whole_cube_is_in() -> None:
    level = torch.arange(0, 256, 3, dtype=torch.uint8)
    cube = torch.cartesian_prod(level, level, level).T[:, None]
    found = {tuple(row) for row in np.round(to_lab(cube)[1:, 0].T.numpy() / 20).astype(int) * 20}
    assert {tuple(map(int, row)) for row in task.bins().tolist()} == found
    assert len(found) == 76


def test_the_soft_label_of_grey_is_grey_and_its_four_neighbours() -> None:
    near, soft = task.soft_label(torch.zeros(1, 2))
    assert task.bins()[near[0, 0]].tolist() == [0, 0]
    assert task.bins()[near[0, 1:]].norm(dim=-1).tolist() == [20] * 4
    beside = math.exp(-(20**2) / (2 * 10**2))  # a bin further, σ = 10
    np.testing.assert_allclose(soft[0], [1 / (1 + 4 * beside), *[beside / (1 + 4 * beside)] * 4], rtol=1e-5)


def test_weights_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two bins too far apart for smoothing, 3 to 1: w ∝ 1/(.375 + .25) and 1/(.125 + .25), then the mean is 1."""
    monkeypatch.setattr(task, "bins", lambda: torch.tensor([[0.0, 0], [1000, 0]]))
    np.testing.assert_allclose(task.rebalancing(torch.tensor([3.0, 1])), [6 / 7, 10 / 7], rtol=1e-6)
    near = torch.tensor([[0.0, 0], [20, 0]])  # here each gives e⁻²/(1 + e⁻²) of itself to the other
    monkeypatch.setattr(task, "bins", lambda: near)
    share = math.exp(-2) / (1 + math.exp(-2))
    p = np.array([0.75 * (1 - share) + 0.25 * share, 0.25 * (1 - share) + 0.75 * share])
    w = 1 / (0.5 * p + 0.25)
    np.testing.assert_allclose(task.rebalancing(torch.tensor([3.0, 1])), w / (p * w).sum(), rtol=1e-6)


def test_the_annealed_mean_by_hand() -> None:
    """0.8 grey and 0.2 twenty to the right: 4 at T = 1; at T = 0.38 odds of 4^(1/0.38) = 38.4 to 1."""
    p = torch.zeros(76)
    p[int((task.bins() == torch.tensor([0.0, 0])).all(1).nonzero())] = 0.8
    p[int((task.bins() == torch.tensor([20.0, 0])).all(1).nonzero())] = 0.2
    np.testing.assert_allclose(task.annealed_mean(p, 1.0), [4, 0], atol=1e-4)
    np.testing.assert_allclose(task.annealed_mean(p), [20 / (1 + 4 ** (1 / 0.38)), 0], atol=1e-4)
    assert float(task.entropy(torch.full((76,), 1 / 76))) == pytest.approx(math.log(76), rel=1e-5)


def test_lightness_goes_in_and_the_colour_of_each_place_comes_out() -> None:
    pixels = flat((255, 0, 0))
    pixels[..., 16:] = flat((0, 0, 255))[..., 16:]
    labelled = label(pixels)
    assert labelled.inputs["light"][0, 0, 0, 0] == pytest.approx(0.5324, abs=1e-3)
    named = task.bins()[labelled.targets["near"][0, :, 0]].view(8, 8, 2)
    assert named[3, 3].tolist() == [80, 60]
    assert named[3, 4].tolist() == [80, -100]
    assert (named[:, :4] == named[0, 0]).all()
    assert set(labelled.inputs) == {"light"}


def test_a_grey_picture_asks_for_nothing_but_grey() -> None:
    labelled = label(flat((90, 90, 90), (255, 255, 255)))
    truth = labelled.targets["near"][..., 0]
    assert not task.coloured(truth).any()
    score = TASK.score(Answer({"p": torch.eye(76)[truth]}), labelled)
    assert score["bin named"] == 1
    assert math.isnan(score["bin named, where there is colour"])


def test_each_patch_answers_for_its_own_four_places() -> None:
    net = TASK.build(Trunk(), DataInfo(weights=torch.ones(76)), Options())
    initialise(net, torch.Generator().manual_seed(0))
    light = torch.rand(2, 1, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        every, patches = net(light), net.head(net.encode(light))
    for patch in (0, 6, 15):
        down, across = 2 * (patch // 4), 2 * (patch % 4)
        places = [8 * (down + i) + across + j for i in (0, 1) for j in (0, 1)]
        torch.testing.assert_close(every[:, places].flatten(1), patches[:, patch])


def test_a_rare_colour_costs_more_only_with_rebalancing() -> None:
    info = TASK.info("emoji")
    labelled = label(flat((255, 0, 255)))
    net = TASK.build(Trunk(), info, Options())
    initialise(net, torch.Generator().manual_seed(0))
    with torch.no_grad():
        on, off = (TASK.loss(net, labelled, Options(rebalance=way)).total.item() for way in (True, False))
    assert on / off == pytest.approx(float(info["weights"][labelled.targets["near"][0, 0, 0]]), rel=1e-5)
    assert on > 2 * off


def test_the_trunk_is_judged_by_grey_pictures() -> None:
    """Two pictures that differ in colour alone are one picture to it."""
    lab = torch.full((3, 3, 32, 32), 60.0)
    lab[0, 1:], lab[1, 1:], lab[2, 0], lab[2, 1:] = 25, -25, 50, 25
    net = TASK.build(Trunk(), DataInfo(weights=torch.ones(76)), Options())
    initialise(net, torch.Generator().manual_seed(0))
    with torch.no_grad():
        one, other, darker = TASK.features(net, Batch(np.arange(3), {"pixels": to_rgb(lab)}), DataInfo())
    assert (one - other).norm() < 0.1 * (one - darker).norm()  # a screen rounds colours


def test_held_out_pieces_are_cut_from_another_part_of_each_photo() -> None:
    pieces = images.load("photo_pieces")
    assert np.bincount(pieces.labels).tolist() == [images.PIECES[0]] * 6
    assert np.bincount(pieces.held_out_labels).tolist() == [images.PIECES[1]] * 6
    columns = np.tile((np.arange(400) >= 300).astype(np.uint8)[None, :, None], (120, 1, 3))  # 1 in the last quarter
    for part in (0, 1):
        assert {int(images._piece(columns, part, np.random.default_rng(n)).mean()) for n in range(9)} == {part}
