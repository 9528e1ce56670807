"""Masked representations: blocks as the paper has them, what the encoder may read, whose vectors are the label."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.catalogue.masked_representations import MaskedRepresentationsOptions as Options
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks.base import Batch, DataInfo, Labelled
from sslviz.tasks.masked_representations import (
    JointNet,
    MaskedRepresentations,
    block_size,
    explained_by,
    hidden_by,
    normalised,
    own_found,
    places_of,
)
from sslviz.training.results import ablation

TASK = MaskedRepresentations()


def pictures(n: int, seed: int = 1) -> Batch:
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 3, 32, 32), dtype=np.uint8)
    return Batch(np.arange(n), {"pixels": torch.from_numpy(pixels)})


def label(batch: Batch, seed: int = 0, **options: Any) -> Labelled:
    return TASK.apply(batch, TASK.draw(batch, np.random.default_rng(seed), DataInfo(), Options(**options)), DataInfo())


def net(seed: int = 0, **options: Any) -> JointNet:
    made = TASK.build(Trunk(), DataInfo(), Options(**options))
    generator = torch.Generator().manual_seed(seed)
    initialise(made, generator)
    TASK.begin(made, generator)
    return made


# the blocks


@pytest.mark.parametrize(
    ("scale", "ratio", "sides"),
    [
        (0.175, 1.0, (2, 2)),  # 2.8 patches: 1.67 by 1.67
        (0.2, 1.5, (2, 1)),  # 3.2 patches: √4.8 = 2.19 by √2.13 = 1.46
        (0.15, 0.75, (1, 2)),  # 2.4 patches: √1.8 = 1.34 by √3.2 = 1.79
        (0.2, 0.75, (2, 2)),  # √2.4 = 1.55 by √4.27 = 2.07
    ],
)
def test_the_sides_of_a_block_are_rounded(scale: float, ratio: float, sides: tuple[int, int]) -> None:
    assert block_size(scale, ratio) == sides


def test_places_by_hand() -> None:
    places = places_of(np.array([[1, 0]]), np.array([[2, 0]]), 2, 2)
    assert places.tolist() == [[[6, 7, 10, 11], [0, 1, 4, 5]]]
    assert np.flatnonzero(hidden_by(places)[0]).tolist() == [0, 1, 4, 5, 6, 7, 10, 11]


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 40), blocks=st.integers(1, 4), seed=st.integers(0, 2**31))
def test_blocks_lie_in_the_picture_have_one_size_and_leave_something(n: int, blocks: int, seed: int) -> None:
    batch = pictures(n)
    draw = TASK.draw(batch, np.random.default_rng(seed), DataInfo(), Options(blocks=blocks))
    sides = {(int(tall), int(wide)) for tall, wide in zip(draw["tall"], draw["wide"], strict=True)}
    assert len(sides) == 1
    ((tall, wide),) = sides
    assert (tall, wide) in {(2, 2), (2, 1), (1, 2)}
    labelled = TASK.apply(batch, draw, DataInfo())
    places, visible = labelled.inputs["places"], labelled.inputs["visible"]
    assert places.shape == (n, blocks, tall * wide)
    across, down = places % 4, places // 4
    assert (across.amax(-1) - across.amin(-1) == wide - 1).all()  # a block never runs on in the next row
    assert (down.amax(-1) - down.amin(-1) == tall - 1).all()
    assert visible.sum(1).min() >= 2
    assert all(
        set(np.flatnonzero(~row)) == set(at.flatten().tolist()) for row, at in zip(visible.numpy(), places, strict=True)
    )


def test_four_blocks_that_would_cover_everything_leave_a_quarter() -> None:
    """Of 20,000 pictures some have a block in each corner; there the last lies upon the first."""
    draw = TASK.draw(Batch(np.arange(20_000), {}), np.random.default_rng(0), DataInfo(), Options())
    assert (draw["tall"][0], draw["wide"][0]) == (2, 2)
    twice = (draw["top"][:, 3] == draw["top"][:, 0]) & (draw["left"][:, 3] == draw["left"][:, 0])
    corners = {(int(t), int(w)) for t in (0, 2) for w in (0, 2)}
    moved = [
        set(zip(top[:3], left[:3], strict=True)) <= corners and len(set(zip(top[:3], left[:3], strict=True))) == 3
        for top, left in zip(draw["top"][twice].tolist(), draw["left"][twice].tolist(), strict=True)
    ]
    assert any(moved)
    assert not hidden_by(places_of(draw["top"], draw["left"], 2, 2)).all(1).any()


# what is read, and what is the label


def test_what_is_hidden_never_reaches_the_answer_and_all_of_the_picture_reaches_the_label() -> None:
    made, batch = net(), pictures(3)
    draw = TASK.draw(batch, np.random.default_rng(0), DataInfo(), Options())
    before = TASK.targets_from_model(made, TASK.apply(batch, draw, DataInfo()))
    hidden = ~before.inputs["visible"]

    def changed(where: torch.Tensor) -> Labelled:
        points = where.view(3, 1, 4, 4).repeat_interleave(8, 2).repeat_interleave(8, 3)
        other = Batch(batch.ids, {"pixels": torch.where(points, 255 - batch.data["pixels"], batch.data["pixels"])})
        return TASK.targets_from_model(made, TASK.apply(other, draw, DataInfo()))

    told = TASK.answer(made, before, Options()).data["vectors"]
    assert torch.equal(TASK.answer(made, changed(hidden), Options()).data["vectors"], told)
    seen = changed(~hidden)
    assert not torch.equal(TASK.answer(made, seen, Options()).data["vectors"], told)
    assert (seen.targets["every"][hidden] - before.targets["every"][hidden]).abs().amax(1).min() > 0


def test_a_block_is_predicted_as_if_it_were_alone() -> None:
    """The paper applies the predictor to one block after the other (section 3)."""
    made, labelled = net(), label(pictures(5))
    together = made(labelled.inputs)
    assert together.shape == (5, 4, 4, 64)
    for block in range(4):
        alone = made({**labelled.inputs, "places": labelled.inputs["places"][:, [block]]})
        torch.testing.assert_close(alone[:, 0], together[:, block], rtol=1e-4, atol=1e-5)


def test_labels_have_mean_0_and_variance_1_so_always_0_costs_1() -> None:
    made = net()
    labelled = TASK.targets_from_model(made, label(pictures(4)))
    every = labelled.targets["every"]
    torch.testing.assert_close(every.mean(-1), torch.zeros(4, 16), rtol=0, atol=1e-5)
    torch.nn.init.zeros_(made.say.weight)  # its bias begins at 0
    assert TASK.loss(made, labelled, Options()).total.item() == pytest.approx(1, abs=1e-3)
    by_hand = torch.tensor([[-1.0, 1.0], [-1.0, 1.0]])  # (1, 3) and (0, 10): mean 2 and 5, deviation 1 and 5
    torch.testing.assert_close(normalised(torch.tensor([[1.0, 3.0], [0.0, 10.0]])), by_hand, rtol=0, atol=1e-4)


def test_the_own_vector_is_looked_for_among_all_pictures_at_the_same_place() -> None:
    every = torch.zeros(3, 16, 2)
    every[:, 5] = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    every[:, 6] = every[:, 5].flip(0)
    places = torch.tensor([[[5, 6]], [[5, 6]], [[5, 6]]])
    said = torch.tensor([[[[0.9, 0.2], [-1.0, 0.0]]], [[[0.9, 0.2], [0.0, 3.0]]], [[[-0.1, 0.0], [0.0, 1.0]]]])
    assert own_found(said, every, places).flatten(1).tolist() == [[True, True], [False, True], [True, False]]


def test_variance_is_explained_beyond_the_mean_vector() -> None:
    asked = torch.from_numpy(np.random.default_rng(0).normal(5, 1, (6, 2, 2, 8)))
    mean = asked.mean((0, 1, 2))
    assert explained_by(mean.expand_as(asked), asked) == pytest.approx(0, abs=1e-9)
    assert explained_by(mean + (asked - mean) / 2, asked) == pytest.approx(3 / 4)  # half the way: a quarter is left
    assert explained_by(asked, asked) == 1


def test_knowing_the_place_costs_less_than_one_vector_for_all_and_finds_as_little() -> None:
    labelled = TASK.targets_from_model(net(), label(pictures(20)))
    found = {b.name: b for b in TASK.baselines(labelled, DataInfo(), Options())}
    place, one = found["the mean vector of each place"], found["always the mean vector"]
    assert place.loss is not None
    assert one.loss is not None
    assert place.loss < one.loss
    assert place.constant
    assert one.constant
    # One vector for all is nearest to one picture at each place: right for this one, so once in 20 on average.
    assert 0 < one.scores["own vector found"] < 0.15
    assert found["another picture's vector"].scores["own vector found"] == 0


# the target encoder


def test_the_target_follows_by_its_momentum_and_is_the_model_itself_without_stop_gradient() -> None:
    for options, moved in (({"m": 0.75}, 0.25), ({"m": 0.0}, 1.0), ({"m": 0.75, "stop_gradient": False}, 1.0)):
        made = net(**options)
        with torch.no_grad():
            made.tokens.patch.weight += 1
        before = made.slow.tokens.patch.weight.clone()
        TASK.after_step(made, label(pictures(2)), 0)
        torch.testing.assert_close(made.slow.tokens.patch.weight, before + moved)


def test_a_gradient_goes_through_the_target_only_where_it_may() -> None:
    """Zero weights of the predictor's last layer: the answer is constant, so any gradient of the encoder is its own."""
    for stopped in (True, False):
        options = Options(stop_gradient=stopped)
        made = net(stop_gradient=stopped)
        torch.nn.init.zeros_(made.say.weight)
        labelled = TASK.targets_from_model(made, label(pictures(4)))
        torch.nn.init.ones_(made.say.bias)
        with torch.no_grad():
            made.say.bias[::2] = -1
        TASK.loss(made, labelled, options).total.backward()
        grad = made.tokens.patch.weight.grad
        assert grad is not None
        assert bool(grad.abs().max() > 1e-6) != stopped
        assert all(p.grad is None for p in made.slow.parameters())


def test_only_a_gradient_through_the_target_collapsed_in_the_recorded_runs() -> None:
    found = ablation.read("masked_representations")
    assert found is not None
    rank = {row["name"]: row["measures"]["effective rank, share of the directions"] for row in found["rows"]}
    assert all(len(values) == 3 for values in rank.values())
    assert max(rank["gradient through the target"]) < 0.1
    assert min(rank["averaged target, as I-JEPA"] + rank["target is the model itself"]) > 0.15
