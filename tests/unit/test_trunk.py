"""The trunk and the ways in to it: size, what may look at what, and patches there and back."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from sslviz.models.tokens import PatchTokens, WordTokens, from_patches, mean_pool, to_patches
from sslviz.models.trunk import DEPTH, HEADS, MLP_RATIO, WIDTH, Trunk, count_weights, initialise


def seeded(seed: int = 0, module: Any = None) -> Any:
    module = module or Trunk()
    initialise(module, torch.Generator().manual_seed(seed))
    return module.eval()


def tokens(n: int = 3, length: int = 12, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, length, WIDTH, generator=torch.Generator().manual_seed(seed))


def test_about_100_000_weights() -> None:
    assert (WIDTH, DEPTH, HEADS, MLP_RATIO) == (64, 3, 4, 2)
    attention, network, norms = 4 * (64 * 64 + 64), 2 * 64 * 128 + 128 + 64, 2 * 2 * 64
    assert count_weights(Trunk()) == 3 * (attention + network + norms) + 2 * 64 == 100_544


def test_frozen_weights_are_not_counted() -> None:
    trunk = Trunk()
    trunk.blocks[0].qkv.weight.requires_grad_(False)
    assert count_weights(trunk) == 100_544 - 64 * 192


def test_the_head_count_must_divide_the_width() -> None:
    with pytest.raises(ValueError, match=r"multiple of heads \(5\), got 64"):
        Trunk(heads=5)


@torch.no_grad()
def test_output_has_the_shape_of_the_input_and_is_normalised() -> None:
    y = seeded()(tokens())
    assert y.shape == (3, 12, WIDTH)
    torch.testing.assert_close(y.mean(-1), torch.zeros(3, 12), rtol=0, atol=1e-5)
    torch.testing.assert_close(y.var(-1, correction=0), torch.ones(3, 12), rtol=1e-3, atol=1e-3)


@torch.no_grad()
@pytest.mark.parametrize("t", [0, 5, 10])
def test_causal_positions_do_not_see_what_comes_later(t: int) -> None:
    trunk, x = seeded(), tokens()
    y = x.clone()
    y[:, t + 1 :] = x[:, t + 1 :].flip(-1)  # not a constant on top: the norms would take that off
    before, after = trunk(x, causal=True), trunk(y, causal=True)
    torch.testing.assert_close(before[:, : t + 1], after[:, : t + 1], rtol=0, atol=1e-6)
    assert not torch.allclose(before[:, t + 1 :], after[:, t + 1 :], atol=1e-2)
    assert not torch.allclose(trunk(x)[:, : t + 1], trunk(y)[:, : t + 1], atol=1e-2)  # without it, they do


@torch.no_grad()
def test_causal_positions_see_what_came_before() -> None:
    trunk, x = seeded(), tokens()
    y = x.clone()
    y[:, 0] = x[:, 0].flip(-1)
    assert ((trunk(x, causal=True) - trunk(y, causal=True)).abs().amax((0, 2)) > 1e-3).all()


@torch.no_grad()
def test_padding_is_invisible() -> None:
    trunk, x = seeded(), tokens()
    visible = torch.arange(12) < torch.tensor([12, 7, 3])[:, None]
    y = torch.where(visible[..., None], x, x.flip(-1))
    torch.testing.assert_close(
        trunk(x, visible=visible)[visible], trunk(y, visible=visible)[visible], rtol=0, atol=1e-6
    )
    assert not torch.allclose(trunk(x)[visible], trunk(y)[visible], atol=1e-2)
    short = trunk(x[1:2, :7])
    torch.testing.assert_close(trunk(x, visible=visible)[1:2, :7], short, rtol=0, atol=1e-5)


@torch.no_grad()
def test_everything_visible_is_the_same_as_no_mask() -> None:
    trunk, x = seeded(), tokens()
    full = torch.ones(3, 12, dtype=torch.bool)
    torch.testing.assert_close(trunk(x, visible=full), trunk(x), rtol=0, atol=1e-5)


def test_padding_and_causality_cannot_be_combined() -> None:
    with pytest.raises(ValueError, match="visible and causal"):
        Trunk()(tokens(), visible=torch.ones(3, 12, dtype=torch.bool), causal=True)


@torch.no_grad()
def test_without_places_the_order_of_tokens_does_not_matter() -> None:
    trunk, x, order = seeded(), tokens(), torch.randperm(12, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(trunk(x[:, order]), trunk(x)[:, order], rtol=0, atol=1e-5)


@torch.no_grad()
def test_a_block_against_the_formula_written_out() -> None:
    block, x = seeded().blocks[0], tokens(2, 5)
    h = F.layer_norm(x, (64,))
    q, k, v = (h @ block.qkv.weight.T).split(64, -1)
    heads = []
    for first in range(0, 64, 16):
        one = slice(first, first + 16)
        weights = (q[..., one] @ k[..., one].transpose(1, 2) / 16**0.5).softmax(-1)
        heads.append(weights @ v[..., one])
    x2 = x + torch.cat(heads, -1) @ block.out.weight.T
    wanted = x2 + F.gelu(F.layer_norm(x2, (64,)) @ block.up.weight.T) @ block.down.weight.T
    torch.testing.assert_close(block(x), wanted, rtol=1e-4, atol=1e-5)


# initialise


def test_the_same_seed_gives_the_same_weights_whatever_was_there() -> None:
    torch.manual_seed(1)
    one = seeded(5)
    torch.manual_seed(2)
    two = seeded(5, seeded(6))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_another_seed_gives_others_and_the_global_generator_is_left_alone() -> None:
    torch.manual_seed(3)
    wanted = torch.rand(3)
    trunk, other = Trunk(), Trunk()
    torch.manual_seed(3)
    initialise(trunk, torch.Generator().manual_seed(0))
    initialise(other, torch.Generator().manual_seed(1))
    assert torch.equal(torch.rand(3), wanted)
    assert not torch.equal(trunk.blocks[0].qkv.weight, other.blocks[0].qkv.weight)


def test_sizes_of_the_first_weights() -> None:
    words, trunk = seeded(0, WordTokens(2000, 64)), seeded(0)
    assert words.words.weight.std().item() == pytest.approx(1 / 8, rel=0.02)
    assert trunk.blocks[0].qkv.weight.std().item() == pytest.approx((2 / (64 + 192)) ** 0.5, rel=0.03)
    assert all(not p.any() for name, p in trunk.named_parameters() if name.endswith("bias"))
    assert (trunk.norm.weight == 1).all()


# tokens


def test_words_get_the_vectors_of_word_and_place() -> None:
    table = seeded(0, WordTokens(50, 64, longest=10))
    ids = torch.tensor([[3, 7, 3], [0, 1, 2]])
    wanted = table.words.weight[ids] + table.places.weight[:3]
    assert torch.equal(table(ids), wanted)
    assert not torch.equal(table(ids)[0, 0], table(ids)[0, 2])  # the same word elsewhere


def test_patches_are_cut_row_by_row() -> None:
    pixels = torch.arange(3 * 32 * 32.0).view(1, 3, 32, 32)
    patches = to_patches(pixels)
    assert patches.shape == (1, 16, 192)
    for number in range(16):
        down, across = divmod(number, 4)
        box = pixels[0, :, 8 * down : 8 * down + 8, 8 * across : 8 * across + 8]
        assert torch.equal(patches[0, number], box.flatten())


@settings(max_examples=20)
@given(n=st.integers(1, 5), seed=st.integers(0, 1000))
def test_patches_go_there_and_back(n: int, seed: int) -> None:
    pixels = torch.from_numpy(np.random.default_rng(seed).random((n, 3, 32, 32), dtype=np.float32))
    assert torch.equal(from_patches(to_patches(pixels)), pixels)
    patches = torch.from_numpy(np.random.default_rng(seed).random((n, 16, 192), dtype=np.float32))
    assert torch.equal(to_patches(from_patches(patches)), patches)


@torch.no_grad()
def test_patch_tokens_know_their_place_if_asked() -> None:
    flat = torch.full((2, 3, 32, 32), 0.3)
    placed, bare = seeded(0, PatchTokens(64)), seeded(0, PatchTokens(64, places=False))
    assert placed(flat).shape == (2, 16, 64)
    torch.testing.assert_close(bare(flat)[0], bare(flat)[0, :1].expand(16, 64))
    torch.testing.assert_close(placed(flat)[0], placed.patch(to_patches(flat * 2 - 1))[0] + placed.places.weight)


def test_mid_grey_is_zero() -> None:
    bare = seeded(0, PatchTokens(64, places=False))
    assert not bare(torch.full((1, 3, 32, 32), 0.5)).any()


def test_pooling_is_the_mean_over_positions() -> None:
    x = tokens()
    torch.testing.assert_close(mean_pool(x), x.sum(1) / 12)
