"""Autoencoding: the label is the picture, only the code gets through, and PCA is measured as PCA is."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.catalogue.autoencoding import AutoencodingOptions as Options
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks.autoencoding import Autoencoding, BottleneckNet, components, explained
from sslviz.tasks.base import Answer, Batch, DataInfo, Draw, Labelled

TASK = Autoencoding()


def pictures(n: int, seed: int = 0) -> Batch:
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 3, 32, 32), dtype=np.uint8)
    return Batch(np.arange(n), {"pixels": torch.from_numpy(pixels)})


def draw(batch: Batch, seed: int = 0, **options: Any) -> Draw:
    return TASK.draw(batch, np.random.default_rng(seed), DataInfo(), Options(**options))


def label(batch: Batch, seed: int = 0, **options: Any) -> Labelled:
    return TASK.apply(batch, draw(batch, seed, **options), DataInfo())


def network(seed: int = 0, **options: Any) -> BottleneckNet:
    net = TASK.build(Trunk(), DataInfo(), Options(**options))
    initialise(net, torch.Generator().manual_seed(seed))
    assert isinstance(net, BottleneckNet)
    return net


# inputs and labels


def test_without_noise_the_label_is_the_input_number_for_number() -> None:
    batch = pictures(4)
    assert draw(batch) == Draw()
    labelled = label(batch)
    assert torch.equal(labelled.inputs["pixels"], labelled.targets["pixels"])
    assert torch.equal(labelled.targets["pixels"], batch.data["pixels"] / 255)
    assert labelled.where.all()


@settings(max_examples=40)
@given(
    n=st.integers(1, 5), seed=st.integers(0, 2**31),
    noise=st.sampled_from([0.0, 1.0]) | st.floats(0, 1), dropped=st.sampled_from([0.0, 0.9]) | st.floats(0, 0.9),
)  # fmt: skip
def test_properties_of_every_label(n: int, seed: int, noise: float, dropped: float) -> None:
    batch = pictures(n, seed)
    labelled, again = (label(batch, seed, noise=noise, dropped=dropped) for _ in range(2))
    assert torch.equal(labelled.inputs["pixels"], again.inputs["pixels"])
    assert torch.equal(labelled.targets["pixels"], batch.data["pixels"] / 255)  # never spoilt
    seen = labelled.inputs["pixels"]
    assert seen.min() >= 0
    assert seen.max() <= 1
    restored = TASK.undo(labelled, Draw())
    assert restored is not None
    assert torch.equal(restored.data["pixels"], batch.data["pixels"])
    how = draw(batch, seed, noise=noise, dropped=dropped)
    through_json = TASK.apply(batch, Draw.from_json(how.to_json()), DataInfo())
    assert through_json.inputs["pixels"].dtype == torch.float32
    assert torch.equal(through_json.inputs["pixels"], seen)


@pytest.mark.parametrize("dropped", [0.1, 0.5, 0.9])
def test_share_of_dropped_pixels(dropped: float) -> None:
    batch = Batch(np.arange(10), {"pixels": torch.full((10, 3, 32, 32), 200, dtype=torch.uint8)})
    seen = label(batch, dropped=dropped).inputs["pixels"]
    black = (seen == 0).all(1)
    assert torch.equal(black, (seen == 0).any(1))  # all three colours of a pixel, or none
    assert abs(black.float().mean().item() - dropped) < 4.5 * math.sqrt(dropped * (1 - dropped) / 10_240)


def test_strength_of_the_noise() -> None:
    batch = Batch(np.arange(10), {"pixels": torch.full((10, 3, 32, 32), 128, dtype=torch.uint8)})
    gap = label(batch, noise=0.1).inputs["pixels"] - 128 / 255
    assert abs(gap.mean().item()) < 0.1 * 4.5 / math.sqrt(30_720)
    assert gap.std().item() == pytest.approx(0.1, rel=0.03)
    assert (gap[0] - gap[1]).abs().min() == pytest.approx(0, abs=1e-3)
    assert not torch.equal(gap[0], gap[1])  # each picture has noise of its own


def test_noise_and_dropping_are_drawn_apart() -> None:
    batch = pictures(3)
    both, noise = draw(batch, noise=0.3, dropped=0.5), draw(batch, noise=0.3)
    assert np.array_equal(both["added"], noise["added"])
    assert not noise["black"].any()
    assert not draw(batch, dropped=0.5)["added"].any()


# the bottleneck


@pytest.mark.parametrize(("whole", "shape"), [(True, (5, 1, 7)), (False, (5, 16, 7))])
def test_the_code_has_as_many_numbers_as_it_should(whole: bool, shape: tuple[int, ...]) -> None:
    net = network(width=7, whole=whole)
    pixels = pictures(5).data["pixels"] / 255
    assert net.code(pixels).shape == shape
    assert net(pixels).shape == (5, 3, 32, 32)


def test_only_the_code_reaches_the_decoder() -> None:
    net, pixels = network(width=3), pictures(6).data["pixels"] / 255
    with torch.no_grad():
        codes = net.code(pixels)
        assert torch.equal(net.rebuild(codes), net(pixels))
        net.squeeze.weight.zero_()  # every picture then has the same code, and so the same answer
        rebuilt = net(pixels)
    assert rebuilt.std(0).max() < 1e-5


def test_rank_of_what_is_told_is_at_most_the_width() -> None:
    net, pixels = network(width=4), pictures(40).data["pixels"] / 255
    with torch.no_grad():
        told = net.widen(net.code(pixels)).flatten(1)
    assert np.linalg.matrix_rank((told - told.mean(0)).numpy(), tol=1e-4) == 4


def test_a_patch_is_told_to_its_own_place_alone_where_each_has_its_code() -> None:
    net, pixels = network(width=5, whole=False), pictures(1).data["pixels"] / 255
    with torch.no_grad():
        code = net.code(pixels)
        told = net.widen(code).view(1, 16, -1)
        code[0, 3] += 1
        other = net.widen(code).view(1, 16, -1)
    assert (other != told).any(2)[0].nonzero().flatten().tolist() == [3]


# loss, score, baselines


def test_golden_loss() -> None:
    batch = Batch(np.arange(2), {"pixels": torch.full((2, 3, 32, 32), 51, dtype=torch.uint8)})  # 51/255 = 0.2

    def flat(_pixels: Any) -> torch.Tensor:
        return torch.full((2, 3, 32, 32), 0.5)

    assert TASK.loss(flat, label(batch), Options()).total.item() == pytest.approx(0.09)  # type: ignore[arg-type]


def test_the_loss_asks_for_the_clean_picture() -> None:
    labelled = label(pictures(3), noise=0.5, dropped=0.5)

    def perfect(_pixels: Any) -> torch.Tensor:
        return labelled.targets["pixels"]

    def copier(pixels: torch.Tensor) -> torch.Tensor:
        return pixels

    assert TASK.loss(perfect, labelled, Options()).total.item() == 0  # type: ignore[arg-type]
    assert TASK.loss(copier, labelled, Options()).total.item() > 0.1  # type: ignore[arg-type]
    assert TASK.loss(copier, label(pictures(3)), Options()).total.item() == 0  # type: ignore[arg-type]


def test_score_is_the_share_of_variance_explained() -> None:
    labelled = label(pictures(3))
    clean = labelled.targets["pixels"]
    assert TASK.score(Answer({"pixels": clean}), labelled) == {"variance explained": 1.0}
    assert TASK.score(Answer({"pixels": clean.mean().expand_as(clean)}), labelled)["variance explained"] < 1e-6
    assert TASK.score(Answer({"pixels": 1 - clean}), labelled) == {"variance explained": 0.0}
    assert explained(torch.tensor([0.5, 1.5, 1.5, 2.5]), torch.arange(4.0)) == pytest.approx(1 - 0.25 / 1.25)


@pytest.fixture(scope="module")
def info() -> DataInfo:
    return TASK.info("fashion_mnist")


def test_the_components_are_those_of_numpy(info: DataInfo) -> None:
    train = TASK.batch("fashion_mnist", "train", np.arange(5000)).data["pixels"].numpy().reshape(-1, 3072) / 255
    grey = train[:, :1024] - train[:, :1024].mean(0)  # the clothes are grey: all three colours are the same
    values, vectors = np.linalg.eigh(grey.T @ grey)
    basis = info["basis"].numpy()
    assert basis.shape == (256, 3072)
    np.testing.assert_allclose(basis @ basis.T, np.eye(256), atol=1e-4)
    for number in range(8):
        exact = np.tile(vectors[:, -1 - number], 3) / math.sqrt(3)
        assert abs(exact @ basis[number]) > 0.999
    assert values[-1] > values[-9]


def test_more_components_lose_less(info: DataInfo) -> None:
    labelled = label(TASK.batch("fashion_mnist", "held_out", np.arange(100)))
    losses = []
    for width in (1, 2, 4, 8, 16, 32, 64):
        *_, pca = TASK.baselines(labelled, info, Options(width=width))
        assert pca.name == f"PCA with {width} numbers"
        assert not pca.constant
        losses.append(pca.loss)
    assert losses == sorted(losses, reverse=True)
    clean = labelled.targets["pixels"]
    assert losses[4] == pytest.approx((components(clean, info, 16) - clean).square().mean().item())


def test_pca_has_as_many_numbers_as_all_codes_of_a_picture(info: DataInfo) -> None:
    labelled = label(TASK.batch("fashion_mnist", "held_out", np.arange(20)))
    for width, whole, count in ((16, True, 16), (4, False, 64), (16, False, 256), (64, False, 256)):
        grey, mean, pca = TASK.baselines(labelled, info, Options(width=width, whole=whole))
        assert pca.name == f"PCA with {count} numbers"
        assert grey.constant
        assert mean.constant
        assert grey.loss is not None
        assert mean.loss is not None
        assert pca.loss is not None
        assert grey.loss > mean.loss > pca.loss


def test_features_are_taken_before_the_bottleneck() -> None:
    net, batch = network(width=2), pictures(4)
    with torch.no_grad():
        whole = TASK.features(net, batch, DataInfo())
        assert whole.shape == (4, 64)
        torch.testing.assert_close(net.squeeze(whole), net.code(batch.data["pixels"] / 255)[:, 0])
        for part in (net.squeeze, net.widen, net.paint):
            part.weight.zero_()
        assert torch.equal(TASK.features(net, batch, DataInfo()), whole)
