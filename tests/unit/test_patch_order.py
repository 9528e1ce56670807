"""Patch order: orders and their inverses, what each way asks, what the switches change, and that no place leaks."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.catalogue.patch_order import PatchOrderOptions as Options
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks import permutations
from sslviz.tasks.base import Batch, DataInfo, Draw, Labelled
from sslviz.tasks.patch_order import (
    VARIANTS,
    OrderNet,
    PatchOrder,
    cut,
    cut_evenly,
    direction,
    even_out,
    fitting,
    lay_out,
    one_channel,
    orders_of,
    turned,
)

TASK = PatchOrder()
JIGSAWS = ("jigsaw 2x2", "jigsaw 3x3")
SWITCHES = ("gap", "jitter", "normalise", "lens", "drop")
OFF = dict.fromkeys(SWITCHES, False)
EVERY = (*VARIANTS,)


def pictures(n: int, seed: int = 0) -> Batch:
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 3, 32, 32), dtype=np.uint8)
    return Batch(np.arange(n), {"pixels": torch.from_numpy(pixels)})


def draw(batch: Batch, seed: int = 0, **options: Any) -> Draw:
    return TASK.draw(batch, np.random.default_rng(seed), DataInfo(), Options(**options))


def apply(batch: Batch, how: Draw) -> Labelled:
    return TASK.apply(batch, how, DataInfo())


def label(batch: Batch, seed: int = 0, **options: Any) -> Labelled:
    return apply(batch, draw(batch, seed, **options))


def net(way: str, seed: int = 0, *, normalise: bool = True) -> OrderNet:
    made = TASK.build(Trunk(), DataInfo(), Options(way=way, normalise=normalise))
    initialise(made, torch.Generator().manual_seed(seed))
    assert isinstance(made, OrderNet)
    return made


# orders


def test_the_hundred_orders_differ_in_six_places_at_least() -> None:
    orders = permutations.far_apart(100)
    assert orders.shape == (100, 9)
    assert (np.sort(orders, axis=1) == np.arange(9)).all()
    differ = [(a != b).sum() for a, b in itertools.combinations(orders, 2)]
    assert min(differ) == 6
    assert np.mean(differ) == pytest.approx(8.06, abs=0.05)  # two random orders of nine: 8


def test_four_tiles_have_all_24_orders() -> None:
    orders = permutations.every(4)
    assert len({tuple(o) for o in orders.tolist()}) == math.factorial(4) == len(orders)
    assert orders[0].tolist() == [0, 1, 2, 3]


@given(st.permutations(range(9)))
def test_the_inverse_puts_every_tile_back(order: list[int]) -> None:
    perm = np.array(order)
    back = permutations.inverse(perm)
    tiles = np.arange(100, 109)
    assert (tiles[perm][back] == tiles).all()
    assert (permutations.inverse(back) == perm).all()
    assert all(perm[back[tile]] == tile for tile in range(9))  # back says where a tile is shown


def test_an_order_outside_the_set_has_no_number() -> None:
    orders = permutations.far_apart(100)
    near = orders[:1].copy()
    near[0, :2] = near[0, 1::-1]  # two places away from one in the set, where the nearest are six away
    assert permutations.number_of(np.concatenate([orders[[7, 99]], near]), orders).tolist() == [7, 99, -1]
    with pytest.raises(ValueError, match="read-only"):
        orders[0, 0] = 3


# what is shown, and what is asked


@pytest.mark.parametrize("way", ["places", *JIGSAWS])
def test_tile_perm_i_is_shown_at_place_i(way: str) -> None:
    batch = pictures(4)
    how = draw(batch, way=way, **OFF)
    side, grid = VARIANTS[way].tile, VARIANTS[way].grid
    seen = cut_evenly(apply(batch, how).inputs["pixels"], side)
    edge = (32 - grid * side) // 2
    for n, order in enumerate(how["order"]):
        for place, tile in enumerate(order):
            top, left = edge + tile // grid * side, edge + tile % grid * side
            raw = batch.data["pixels"][n, :, top : top + side, left : left + side] / 255
            assert torch.equal(seen[n, place], raw)


def test_the_label_of_a_patch_is_its_place() -> None:
    batch = pictures(5)
    how = draw(batch)
    labelled = apply(batch, how)
    assert labelled.targets["label"].tolist() == how["order"].tolist()
    assert labelled.where.shape == (5, 16)
    assert labelled.where.all()


@pytest.mark.parametrize("way", JIGSAWS)
def test_the_label_of_a_jigsaw_is_the_number_of_its_order(way: str) -> None:
    batch = pictures(50)
    how = draw(batch, way=way)
    labelled = apply(batch, how)
    assert (orders_of(way)[labelled.targets["label"].numpy()] == how["order"]).all()
    assert labelled.where.all()


def test_a_jigsaw_that_a_visitor_laid_has_no_label_and_no_loss_if_it_is_not_in_the_set() -> None:
    batch = pictures(3)
    how = draw(batch, way="jigsaw 3x3")
    how["order"][1, :2] = how["order"][1, 1::-1]
    labelled = apply(batch, how)
    assert labelled.where.tolist() == [True, False, True]
    loss = TASK.loss(net("jigsaw 3x3"), labelled, Options())
    assert loss.per_item is not None
    assert loss.per_item.shape == (2,)
    assert torch.equal(loss.total, loss.per_item.mean())


def test_golden_directions() -> None:
    # Around the middle, row by row: tiles 0 to 3 keep their number, and 5 to 8 have one less.
    assert direction(np.array([[4, tile] for tile in (0, 1, 2, 3, 5, 6, 7, 8)])).tolist() == list(range(8))
    # Two tiles that are not in the middle: 1 lies to the right of 0, and 3 below it.
    assert direction(np.array([[0, 1], [0, 3], [8, 7]])).tolist() == [4, 6, 3]


@given(first=st.integers(0, 8), second=st.integers(0, 8))
def test_a_pair_that_changes_places_has_seven_minus_its_label(first: int, second: int) -> None:
    if first == second or abs(first // 3 - second // 3) > 1 or abs(first % 3 - second % 3) > 1:
        return
    there, back = direction(np.array([[first, second], [second, first]])).tolist()
    assert there + back == 7
    assert 0 <= there < 8


def test_relative_position_has_the_middle_and_a_neighbour_in_both_orders() -> None:
    batch = pictures(400)
    how = draw(batch, way="relative position")
    assert (how["order"] == 4).sum(1).tolist() == [1] * 400
    assert 140 < (how["order"][:, 0] == 4).sum() < 260
    labelled = apply(batch, how)
    assert labelled.targets["label"].tolist() == direction(how["order"]).tolist()
    swapped = Draw({**how, "order": how["order"][:, ::-1].copy()})
    other = apply(batch, swapped)
    assert torch.equal(other.targets["label"], 7 - labelled.targets["label"])
    assert torch.equal(other.inputs["pixels"], labelled.inputs["pixels"].roll(8, 3))


def test_the_label_of_a_turn_is_the_k_of_rot90() -> None:
    batch = pictures(6)
    labelled = label(batch, way="rotation")
    seen, k = (labelled.inputs["pixels"] * 255).round().byte(), labelled.targets["label"]
    raw = batch.data["pixels"].permute(0, 2, 3, 1).numpy()
    for copy in range(24):
        turned_back = np.rot90(raw[copy % 6], int(k[copy]))
        assert (seen[copy].permute(1, 2, 0).numpy() == turned_back).all()
    assert (np.sort(k.view(4, 6).numpy(), axis=0) == np.arange(4)[:, None]).all()  # all four of every picture


def test_a_golden_turn() -> None:
    small = torch.tensor([[1.0, 2], [3, 4]]).expand(1, 3, 2, 2)
    first, second = turned(small, torch.tensor([[1, 2]]))
    assert first[0].tolist() == [[2, 4], [1, 3]]
    assert second[0].tolist() == [[4, 3], [2, 1]]


# restoring


@pytest.mark.parametrize(
    ("way", "options"),
    [("places", {}), ("jigsaw 2x2", {"normalise": False}), ("rotation", {}), ("places", {"drop": False, "gap": False})],
)
def test_what_can_be_undone_comes_back_exactly(way: str, options: dict[str, Any]) -> None:
    batch = pictures(7)
    how = draw(batch, way=way, **options)
    restored = TASK.undo(apply(batch, how), how)
    assert restored is not None
    assert torch.equal(restored.data["pixels"], batch.data["pixels"])


@pytest.mark.parametrize(
    ("way", "options"),
    [
        ("jigsaw 2x2", {"normalise": True}), ("jigsaw 3x3", {}), ("jigsaw 3x3", OFF), ("relative position", OFF),
        ("places", {"drop": True}), ("rotation", {"drop": True}),
    ],
)  # fmt: skip
def test_what_is_gone_is_said_to_be_gone(way: str, options: dict[str, Any]) -> None:
    batch = pictures(3)
    how = draw(batch, way=way, **options)
    assert TASK.undo(apply(batch, how), how) is None


def test_cut_and_lay_out_undo_each_other() -> None:
    x = pictures(3).data["pixels"].float()
    for side in (8, 16, 32):
        assert torch.equal(lay_out(cut_evenly(x, side)), x)
    pair = cut_evenly(x, 8)[:, :2]
    assert torch.equal(lay_out(pair), x[:, :, :8, :16])


# the switches


def test_tiles_of_eight_come_from_cells_of_ten() -> None:
    batch = pictures(2000)
    how = draw(batch, way="jigsaw 3x3")
    rows, columns = np.divmod(np.arange(9), 3)
    for corner, cell in (("top", rows), ("left", columns)):
        moved = how[corner] - 1 - 10 * cell
        assert {int(v) for v in np.unique(moved)} == {0, 1, 2}
        assert np.allclose(np.bincount(moved.ravel()) / moved.size, 1 / 3, atol=0.015)
    still = draw(batch, way="jigsaw 3x3", jitter=False)
    assert (still["top"] == 2 + 10 * rows).all()
    touching = draw(batch, way="relative position", gap=False)
    assert (touching["left"] == 4 + 8 * columns).all()


@pytest.mark.parametrize("way", ["places", "jigsaw 2x2", "rotation"])
def test_gap_and_jitter_are_for_three_by_three_tiles_only(way: str) -> None:
    batch = pictures(9)
    one, other = (label(batch, way=way, gap=on, jitter=on) for on in (True, False))
    assert torch.equal(one.inputs["pixels"], other.inputs["pixels"])


def test_evened_tiles_have_one_mean_and_one_spread() -> None:
    batch = pictures(4)
    for way, side in (("jigsaw 2x2", 16), ("jigsaw 3x3", 8), ("relative position", 8)):
        tiles = cut_evenly(label(batch, way=way).inputs["pixels"], side).flatten(2)
        torch.testing.assert_close(tiles.mean(2), torch.full(tiles.shape[:2], 0.5))
        torch.testing.assert_close(tiles.std(2, correction=0), torch.full(tiles.shape[:2], 0.25), rtol=1e-2, atol=0)
    for way in ("places", "rotation"):
        one, other = (label(batch, way=way, normalise=on) for on in (True, False))
        assert torch.equal(one.inputs["pixels"], other.inputs["pixels"])


def test_a_flat_tile_is_evened_to_grey() -> None:
    flat = torch.full((1, 1, 3, 8, 8), 0.9)
    torch.testing.assert_close(even_out(flat), torch.full_like(flat, 0.5), rtol=0, atol=1e-4)


def test_one_channel_stands_for_all_three_and_each_is_drawn_as_often() -> None:
    batch = pictures(600)
    for way in EVERY:
        how = draw(batch, way=way, drop=True, normalise=False)
        seen = apply(batch, how).inputs["pixels"]
        assert torch.equal(seen[:, 0], seen[:, 1])
        assert torch.equal(seen[:, 0], seen[:, 2])
        assert np.bincount(how["channel"], minlength=3).min() > 150
    x = batch.data["pixels"].float()
    assert torch.equal(one_channel(x, torch.full((600,), 1)), x[:, 1:2].expand(-1, 3, -1, -1))
    assert torch.equal(one_channel(x, torch.full((600,), -1)), x)


# no leak


def test_the_network_is_not_told_where_a_patch_is_shown() -> None:
    made = net("places")
    assert made.tokens.places is None
    seen = torch.rand(2, 3, 32, 32)
    order = torch.randperm(16, generator=torch.Generator().manual_seed(1))
    moved = lay_out(cut_evenly(seen, 8)[:, order])
    with torch.no_grad():
        torch.testing.assert_close(made(moved), made(seen)[:, order], rtol=1e-4, atol=1e-5)


def test_identical_patches_get_identical_answers() -> None:
    seen = cut_evenly(torch.rand(1, 3, 32, 32), 8)
    seen[:, 5] = seen[:, 11]
    with torch.no_grad():
        said = net("places")(lay_out(seen))[0]
    torch.testing.assert_close(said[5], said[11])


@pytest.mark.parametrize("way", EVERY)
def test_the_choice_does_not_look_at_the_picture(way: str) -> None:
    one, other = (draw(pictures(9, seed), way=way) for seed in (1, 2))
    assert one.to_json() == other.to_json()


@pytest.mark.parametrize("way", EVERY)
def test_labels_are_even(way: str) -> None:
    n = 2500 if way == "rotation" else 10_000
    found = np.asarray(
        label(Batch(np.arange(n), {"pixels": torch.zeros(n, 3, 32, 32).byte()}), way=way).targets["label"]
    )
    first = found if found.ndim == 1 else found[:, 0]
    counts = np.bincount(first, minlength=VARIANTS[way].answers)
    expected = len(first) / VARIANTS[way].answers
    assert len(counts) == VARIANTS[way].answers
    assert ((counts - expected) ** 2 / expected).sum() < len(counts) + 5 * math.sqrt(2 * len(counts))


# scores and baselines


def test_identical_patches_are_ties_and_set_a_ceiling() -> None:
    batch = pictures(1)
    batch.data["pixels"][0, :, :, :8] = 0  # the first column of patches is black: 13 can be told apart
    how = draw(batch)
    labelled = apply(batch, how)
    ceiling = TASK.baselines(labelled, TASK.info("emoji"), Options())[-1]
    assert ceiling.scores["place named"] == pytest.approx(13 / 16)
    assert ceiling.loss == pytest.approx(4 / 16 * math.log(4))
    said = torch.eye(16)[labelled.targets["label"]]
    black = np.flatnonzero(how["order"][0] % 4 == 0)
    said[0, black] = torch.eye(16)[0]  # all four black ones are said to be in the corner
    answer = type(TASK.answer(net("places"), labelled, Options()))({"p": said})
    score = TASK.score(answer, labelled)
    assert score["place named"] == pytest.approx(ceiling.scores["place named"])
    assert score["place named, or that of an identical patch"] == 1.0
    wrong = said.clone()
    wrong[0, black] = torch.eye(16)[1]
    score = TASK.score(type(answer)({"p": wrong}), labelled)
    assert score == {"place named": 12 / 16, "place named, or that of an identical patch": 12 / 16}


def test_black_patches_cap_fashion_mnist() -> None:
    labelled = apply(batch := TASK.batch("fashion_mnist", "held_out", np.arange(1000)), draw(batch))
    assert TASK.baselines(labelled, TASK.info("fashion_mnist"), Options())[-1].scores["place named"] == pytest.approx(
        0.82, abs=0.02
    )


def test_touching_tiles_give_themselves_away_by_their_edges_and_a_gap_ends_that() -> None:
    batch = TASK.batch("pictures", "held_out", np.arange(200))
    found = []
    apart = {**OFF, "gap": True, "jitter": True}
    for options in (OFF, apart, {**apart, "normalise": True}):
        labelled = label(batch, way="jigsaw 3x3", **options)
        said = fitting(labelled.inputs["pixels"], orders_of("jigsaw 3x3"), 8)
        found.append((said == labelled.targets["label"]).double().mean().item())
    assert found[0] > 0.85
    assert found[1] < 0.5
    assert found[2] < 0.12


@pytest.mark.parametrize("way", EVERY)
@pytest.mark.parametrize("normalise", [True, False])
def test_every_way_can_be_learned_judged_and_probed(way: str, normalise: bool) -> None:
    batch, made = pictures(6), net(way, normalise=normalise)
    options = {"way": way, "normalise": normalise}
    labelled = label(batch, **options)
    loss = TASK.loss(made, labelled, Options(**options))
    loss.total.backward()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in made.parameters())
    answer = TASK.answer(made, labelled, Options(**options))
    answers = VARIANTS[way].answers
    assert answer.data["p"].shape == (*labelled.targets["label"].shape, answers)
    torch.testing.assert_close(answer.data["p"].sum(-1), torch.ones(labelled.targets["label"].shape))
    guess = TASK.baselines(labelled, TASK.info("emoji"), Options(**options))[0]
    assert guess.constant
    assert guess.loss == pytest.approx(math.log(answers))
    measures = TASK.score(answer, labelled).keys()
    assert all(b.scores.keys() <= measures for b in TASK.baselines(labelled, TASK.info("emoji"), Options(**options)))
    features = TASK.features(made, batch, DataInfo())
    assert features.shape == (6, 64)
    assert torch.isfinite(features).all()


@settings(max_examples=40)
@given(
    way=st.sampled_from(EVERY),
    n=st.integers(1, 6),
    seed=st.integers(0, 2**31),
    flat=st.sampled_from([None, 0, 255]),
    switches=st.fixed_dictionaries({name: st.booleans() for name in SWITCHES}),
)
def test_properties_of_every_label(way: str, n: int, seed: int, flat: int | None, switches: dict[str, bool]) -> None:
    batch = pictures(n, seed)
    if flat is not None:
        batch.data["pixels"].fill_(flat)
    how = draw(batch, seed, way=way, **switches)
    labelled = apply(batch, how)
    again = apply(batch, Draw.from_json(how.to_json()))
    assert torch.equal(labelled.inputs["pixels"], again.inputs["pixels"])
    assert torch.equal(labelled.targets["label"], again.targets["label"])
    assert torch.isfinite(labelled.inputs["pixels"]).all()
    assert labelled.targets["label"].min() >= 0
    assert labelled.targets["label"].max() < VARIANTS[way].answers
    restored = TASK.undo(labelled, how)
    if restored is not None:
        assert torch.equal(restored.data["pixels"], batch.data["pixels"])
    order = how.get("order")
    if order is not None and "top" in how:
        tiles = cut(
            batch.data["pixels"].float(), *(torch.as_tensor(how[k]) for k in ("top", "left")), VARIANTS[way].tile
        )
        assert tiles.shape == (n, VARIANTS[way].grid ** 2, 3, VARIANTS[way].tile, VARIANTS[way].tile)


def test_side_by_side_vectors_keep_what_the_mean_forgets() -> None:
    made, batch = net("places"), pictures(2)
    order = np.random.default_rng(0).permutation(16)
    moved = lay_out(cut_evenly(batch.data["pixels"].float(), 8)[:, order]).byte()
    with torch.no_grad():
        same = TASK.features(made, Batch(batch.ids, {"pixels": moved}), DataInfo())
        torch.testing.assert_close(same, TASK.features(made, batch, DataInfo()), rtol=1e-4, atol=1e-5)
        raw, other = (made.vectors(x.float() / 255) for x in (batch.data["pixels"], moved))
        torch.testing.assert_close(other, raw[:, order], rtol=1e-4, atol=1e-5)
