"""Our picture changes against torchvision's, picture by picture; and each picture for itself."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as tv

from sslviz.data import images
from sslviz.tasks import augment

N = 8


@pytest.fixture(scope="module")
def x() -> Tensor:
    """Noise, real pictures, one grey, one black, one white: (8, 3, 32, 32) in 0…1."""
    noise = torch.from_numpy(np.random.default_rng(0).random((2, 3, 32, 32), dtype=np.float32))
    emoji = torch.from_numpy(images.load("emoji").images[[3, 500, 1500]].transpose(0, 3, 1, 2).copy()) / 255
    flat = torch.stack([torch.full((3, 32, 32), v) for v in (0.5, 0.0, 1.0)])
    return torch.cat([noise, emoji, flat])


Change = Callable[[Tensor, Tensor], Tensor]
COLOURS: list[tuple[Change, Callable[[Tensor, float], Tensor], tuple[float, ...]]] = [
    (augment.brightness, tv.adjust_brightness, (0.0, 0.2, 0.6, 0.95, 1.0, 1.3, 1.8, 3.0)),
    (augment.contrast, tv.adjust_contrast, (0.0, 0.2, 0.6, 0.95, 1.0, 1.3, 1.8, 3.0)),
    (augment.saturation, tv.adjust_saturation, (0.0, 0.2, 0.6, 0.95, 1.0, 1.3, 1.8, 3.0)),
    (augment.hue, tv.adjust_hue, (-0.5, -0.3, -0.2, -0.05, 0.0, 0.1, 0.2, 0.5)),
]


@pytest.mark.parametrize(("ours", "theirs", "amounts"), COLOURS)
def test_colours_against_torchvision(
    x: Tensor, ours: Change, theirs: Callable[[Tensor, float], Tensor], amounts: tuple[float, ...]
) -> None:
    for turn in range(N):  # every picture meets every amount
        by = torch.tensor(amounts).roll(turn)
        wanted = torch.stack([theirs(picture, amount) for picture, amount in zip(x, by.tolist(), strict=True)])
        torch.testing.assert_close(ours(x, by), wanted, rtol=0, atol=2e-5)


def test_grey_against_torchvision(x: Tensor) -> None:
    wanted = tv.rgb_to_grayscale(x, num_output_channels=1)
    torch.testing.assert_close(augment.grey(x), wanted, rtol=0, atol=1e-6)


@pytest.mark.parametrize("sigma", [0.1, 0.5, 1.0, 1.7, 2.0])
def test_blur_against_torchvision(x: Tensor, sigma: float) -> None:
    mixed = torch.tensor([sigma, 0.3, sigma, 0.9, sigma, 2.0, 1.1, sigma])
    wanted = torch.stack([tv.gaussian_blur(p, [7, 7], [s, s]) for p, s in zip(x, mixed.tolist(), strict=True)])
    torch.testing.assert_close(augment.blur(x, mixed), wanted, rtol=0, atol=1e-5)


def test_no_blur_changes_nothing(x: Tensor) -> None:
    torch.testing.assert_close(augment.blur(x, torch.zeros(N)), x, rtol=0, atol=1e-6)


# crop

BOXES = [(0, 0, 32, 32), (0, 0, 16, 16), (5, 9, 20, 18), (16, 0, 16, 12), (11, 7, 9, 12), (3, 3, 28, 21),
         (0, 20, 32, 12), (12, 12, 8, 8)]  # fmt: skip


def shares(boxes: list[tuple[int, int, int, int]]) -> list[Tensor]:
    return list((torch.tensor(boxes, dtype=torch.float32) / 32).unbind(1))


def inside(first: int, size: int) -> Tensor:
    """Which of 32 places are made only of pixels inside a box: half a pixel at its edges is made of others too.

    torchvision cuts first, so that nothing outside the box counts; we look at the whole picture. Where the box ends
    with the picture, both repeat its last pixel.
    """
    at = (torch.arange(32) + 0.5) * size / 32 - 0.5
    return ((at >= 0) | (first == 0)) & ((at <= size - 1) | (first + size == 32))


def test_crop_against_torchvision_inside_the_box(x: Tensor) -> None:
    for turn in range(N):
        boxes = BOXES[turn:] + BOXES[:turn]
        ours = augment.crop(x, *shares(boxes), torch.zeros(N, dtype=torch.bool))
        for picture, (top, left, height, width), seen in zip(x, boxes, ours, strict=True):
            wanted = tv.resized_crop(picture, top, left, height, width, [32, 32], antialias=False)
            rows, columns = inside(top, height), inside(left, width)
            assert rows.sum() >= 28
            torch.testing.assert_close(seen[:, rows][:, :, columns], wanted[:, rows][:, :, columns], rtol=0, atol=2e-5)


def test_crop_against_torchvision_at_the_border(x: Tensor) -> None:
    # Up to half a pixel from the edge of the box the outer neighbour counts by less than a half, in each direction:
    # the difference stays below half a step across plus half a step down.
    ours = augment.crop(x, *shares(BOXES), torch.zeros(N, dtype=torch.bool))
    for picture, (top, left, height, width), seen in zip(x, BOXES, ours, strict=True):
        wanted = tv.resized_crop(picture, top, left, height, width, [32, 32], antialias=False)
        step = 0.5 * sum(picture.diff(dim=d).abs().max().item() for d in (1, 2))
        assert (seen - wanted).abs().max() <= step + 1e-5


def test_the_whole_picture_comes_back_to_the_last_pixel(x: Tensor) -> None:
    one, zero = torch.ones(N), torch.zeros(N)
    torch.testing.assert_close(augment.crop(x, zero, zero, one, one, zero.bool()), x, rtol=0, atol=2e-5)


def test_flip_is_torchvisions(x: Tensor) -> None:
    one, zero = torch.ones(N), torch.zeros(N)
    flip = torch.tensor([True, False] * 4)
    seen = augment.crop(x, zero, zero, one, one, flip)
    for picture, mirrored, got in zip(x, flip.tolist(), seen, strict=True):
        torch.testing.assert_close(got, tv.horizontal_flip(picture) if mirrored else picture, rtol=0, atol=2e-5)


def test_a_flipped_crop_is_the_same_box_mirrored(x: Tensor) -> None:
    box = shares(BOXES)
    plain = augment.crop(x, *box, torch.zeros(N, dtype=torch.bool))
    flipped = augment.crop(x, *box, torch.ones(N, dtype=torch.bool))
    torch.testing.assert_close(flipped, plain.flip(-1), rtol=0, atol=2e-5)


def test_boxes_between_pixels_on_a_ramp() -> None:
    # Brightness rises by 1/31 a pixel to the right, or downwards: a stretched ramp is known exactly.
    across = torch.linspace(0, 1, 32).expand(3, 32, 32)
    ramps = torch.stack([across, across.transpose(1, 2)])
    top, left, height, width = 0.21, 0.13, 0.47, 0.61
    values = [torch.full((2,), v) for v in (top, left, height, width)]
    seen = augment.crop(ramps, *values, torch.zeros(2, dtype=torch.bool))
    middle = (torch.arange(32) + 0.5) / 32
    for got, first, size in ((seen[0, 0], left, width), (seen[1, 0].T, top, height)):
        wanted = ((first + size * middle) * 32 - 0.5) / 31
        torch.testing.assert_close(got, wanted.expand(32, 32), rtol=0, atol=1e-5)


# each picture for itself


def amounts(low: float, high: float, seed: int) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).uniform(low, high, N).astype(np.float32))


ONE_NUMBER = [
    pytest.param(augment.brightness, 0.2, 1.8, id="brightness"),
    pytest.param(augment.contrast, 0.2, 1.8, id="contrast"),
    pytest.param(augment.saturation, 0.2, 1.8, id="saturation"),
    pytest.param(augment.hue, -0.2, 0.2, id="hue"),
    pytest.param(augment.blur, 0.1, 2.0, id="blur"),
    pytest.param(lambda x, by: augment.crop(x, by * 0.2, by * 0.3, 0.5 + by * 0.1, 0.6 - by * 0.1, by > 0.5), 0.1, 1.0,
                 id="crop"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "low", "high"), ONE_NUMBER)
def test_the_numbers_of_one_picture_leave_the_others_alone(x: Tensor, change: Change, low: float, high: float) -> None:
    by = amounts(low, high, 1)
    other = by.clone()
    other[1] = low
    first, second = change(x, by), change(x, other)
    rest = [i for i in range(N) if i != 1]
    assert torch.equal(first[rest], second[rest])
    assert not torch.equal(first[1], second[1])


@pytest.mark.parametrize(("change", "low", "high"), ONE_NUMBER)
def test_the_pixels_of_one_picture_leave_the_others_alone(x: Tensor, change: Change, low: float, high: float) -> None:
    by, other = amounts(low, high, 1), x.clone()
    other[1] = 1 - other[1].flip(1)
    first, second = change(x, by), change(other, by)
    rest = [i for i in range(N) if i != 1]
    assert torch.equal(first[rest], second[rest])
    assert not torch.equal(first[1], second[1])


@pytest.mark.parametrize(("change", "low", "high"), ONE_NUMBER)
def test_what_comes_in_is_not_changed_and_what_goes_out_is_a_picture(
    x: Tensor, change: Change, low: float, high: float
) -> None:
    kept, seen = x.clone(), change(x, amounts(low, high, 2))
    assert torch.equal(kept, x)
    assert seen.shape == x.shape
    assert seen.min() >= -1e-5
    assert seen.max() <= 1 + 1e-5


@pytest.mark.parametrize(("change", "low", "high"), ONE_NUMBER)
def test_no_pictures_are_no_trouble(change: Change, low: float, high: float) -> None:
    if change in {augment.brightness, augment.contrast, augment.saturation, augment.hue}:
        assert change(torch.empty(0, 3, 32, 32), torch.empty(0)).shape == (0, 3, 32, 32)
