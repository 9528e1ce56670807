"""Same or different: golden values of NT-Xent, shares of the changes, and that the label says nothing of content."""

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F
from torchvision.transforms import RandomResizedCrop

from sslviz.catalogue.same_or_different import SameOrDifferentOptions as Options
from sslviz.tasks.base import Batch, DataInfo, Draw, Labelled
from sslviz.tasks.same_or_different import JITTER, SameOrDifferent, nt_xent_logits

TASK = SameOrDifferent()
SWITCHES = ("crop", "flip", "jitter", "grey", "blur")
OFF = dict.fromkeys(SWITCHES, False)
# Four views of two pictures: a, b, then a's and b's partners. The golden values are those of partners alike and
# strangers at right angles: ln(1 + 2·exp(−1/τ)).
Z = torch.tensor([[1.0, 0], [0, 1], [1, 0], [0, 1]], dtype=torch.float64)
GOLDEN = [(0.5, 0.239545), (1.0, 0.551445), (0.1, 9.0796e-5)]


def pictures(n: int, seed: int = 0) -> Batch:
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 3, 32, 32), dtype=np.uint8)
    return Batch(np.arange(n), {"pixels": torch.from_numpy(pixels)})


def draw(batch: Batch, seed: int = 0, **options: Any) -> Draw:
    return TASK.draw(batch, np.random.default_rng(seed), DataInfo(), Options(**options))


def apply(batch: Batch, how: Draw) -> Labelled:
    return TASK.apply(batch, how, DataInfo())


def loss(z: torch.Tensor, tau: float) -> float:
    """The task's own loss, where the network gives `z`; the partner comes from `apply`."""
    n = len(z) // 2
    batch = pictures(n)
    labelled = apply(batch, draw(batch))
    return TASK.loss(lambda _views: z, labelled, Options(tau=tau)).total.item()  # type: ignore[arg-type]


def random_z(n: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=(2 * n, 6)))


# golden values


@pytest.mark.parametrize(("tau", "golden"), GOLDEN)
def test_golden_nt_xent(tau: float, golden: float) -> None:
    assert loss(Z, tau) == pytest.approx(golden, rel=2e-5, abs=1e-9)
    assert loss(Z, tau) == pytest.approx(math.log(1 + 2 * math.exp(-1 / tau)), rel=1e-9)
    assert loss(7.5 * Z, tau) == pytest.approx(golden, rel=2e-5)  # cosine: lengths do not matter


def test_a_forgotten_self_mask_would_be_seen() -> None:
    unit = F.normalize(Z, dim=1)
    forgotten = F.cross_entropy(unit @ unit.T / 0.5, torch.tensor([2, 3, 0, 1])).item()
    assert forgotten == pytest.approx(0.820075, abs=1e-6)
    assert abs(loss(Z, 0.5) - forgotten) > 0.5


def test_wrong_pairs_would_be_seen() -> None:
    wrong = F.cross_entropy(nt_xent_logits(Z, 0.5), torch.tensor([1, 0, 3, 2])).item()
    assert wrong == pytest.approx(2.239545, abs=1e-6)
    assert loss(Z[[0, 2, 1, 3]], 0.5) == pytest.approx(wrong)  # neighbours as pairs: not our layout
    assert abs(loss(Z, 0.5) - wrong) > 1.9


@pytest.mark.parametrize("n", [1, 2, 4, 9])
def test_all_alike_is_the_logarithm_of_the_others(n: int) -> None:
    z = torch.tensor([[0.3, -2.0, 0.5]], dtype=torch.float64).repeat(2 * n, 1)
    assert loss(z, 0.37) == pytest.approx(math.log(2 * n - 1), abs=1e-9)
    if n == 4:
        assert loss(z, 0.5) == pytest.approx(1.945910, abs=1e-6)


def test_invariant_to_rotation() -> None:
    z = random_z(5)
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))[0]
    assert loss(z @ torch.from_numpy(turn), 0.3) == pytest.approx(loss(z, 0.3), rel=1e-9)


def test_invariant_to_the_order_of_pairs_but_not_of_views() -> None:
    z, order = random_z(5), torch.tensor([3, 0, 4, 2, 1])
    both = torch.cat([order, order + 5])
    assert loss(z[both], 0.3) == pytest.approx(loss(z, 0.3), rel=1e-9)
    assert loss(z[both.flip(0)], 0.3) == pytest.approx(loss(z, 0.3), rel=1e-9)  # so does changing first and second
    assert abs(loss(torch.cat([z[:5], z[5:][order]]), 0.3) - loss(z, 0.3)) > 0.01


def test_nt_xent_against_the_formula_written_out() -> None:
    z, tau, n = random_z(4, 3), 0.2, 4
    u = (z / z.norm(dim=1, keepdim=True)).numpy()
    terms = []
    for i in range(2 * n):
        others = sum(math.exp(u[i] @ u[k] / tau) for k in range(2 * n) if k != i)
        terms.append(-math.log(math.exp(u[i] @ u[(i + n) % (2 * n)] / tau) / others))
    assert loss(z, tau) == pytest.approx(sum(terms) / (2 * n), rel=1e-9)  # the mean, not the sum of two halves


def test_temperature_reaches_the_loss(views: Any) -> None:
    net, labelled = views.net(), views.label(views.batch(8))
    assert TASK.loss(net, labelled, Options(tau=0.1)).total != TASK.loss(net, labelled, Options(tau=1.0)).total


# the label


@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_partner_is_the_other_view_of_the_same_picture(n: int) -> None:
    labelled = apply(pictures(n), draw(pictures(n)))
    assert labelled.targets["partner"].tolist() == [*range(n, 2 * n), *range(n)]
    assert labelled.where.all()
    plain = apply(pictures(n), draw(pictures(n), **OFF))
    assert torch.equal(plain.inputs["views"], plain.inputs["views"][plain.targets["partner"]])


def test_the_partner_number_says_nothing_of_the_content() -> None:
    batch, order = pictures(6), np.array([4, 2, 0, 5, 1, 3])
    how = draw(batch)
    turned = Draw({k: v[:, order] for k, v in how.items()})
    first, second = apply(batch, how), apply(batch.rows(order), turned)
    moved = first.inputs["views"].unflatten(0, (2, 6))[:, torch.from_numpy(order)].flatten(0, 1)
    torch.testing.assert_close(second.inputs["views"], moved, rtol=0, atol=1e-6)
    assert torch.equal(first.targets["partner"], second.targets["partner"])
    other = apply(pictures(6, seed=1), how)
    assert torch.equal(first.targets["partner"], other.targets["partner"])


def test_draw_reads_only_how_many_pictures_there_are() -> None:
    assert draw(pictures(4, 1)).to_json() == draw(pictures(4, 2)).to_json()


def test_the_other_pictures_leave_a_view_bit_for_bit_alone() -> None:
    batch = pictures(5)
    how = draw(batch, blur=True)
    pixels = batch.data["pixels"].clone()
    pixels[2] = 255 - pixels[2]
    first, second = apply(batch, how), apply(Batch(batch.ids, {"pixels": pixels}), how)
    same = (first.inputs["views"] == second.inputs["views"]).flatten(1).all(1)
    assert same.tolist() == [True, True, False, True, True] * 2
    other = Draw({k: v.copy() for k, v in how.items()})
    for name, value in draw(batch, 9, blur=True).items():
        other[name][0, 2] = value[0, 2]
    same = (first.inputs["views"] == apply(batch, other).inputs["views"]).flatten(1).all(1)
    assert same.tolist() == [True, True, False, True, True, True, True, True, True, True]


def test_a_hand_edited_draw_is_obeyed() -> None:
    batch = pictures(3)
    how = draw(batch, **OFF)
    how["flip"][0, 1] = True
    seen = apply(batch, how).inputs["views"]
    raw = batch.data["pixels"] / 255
    torch.testing.assert_close(seen[1], raw[1].flip(-1), rtol=0, atol=1e-5)
    torch.testing.assert_close(seen[4], raw[1], rtol=0, atol=1e-5)


def test_colour_changes_are_done_in_the_order_drawn() -> None:
    batch = pictures(1)
    how = draw(batch, **{**OFF, "jitter": True})
    how["jitter"][:] = True
    how["brightness"][:], how["contrast"][:], how["saturation"][:], how["hue"][:] = 1.4, 0.6, 1.3, 0.1
    how["order"][0, 0], how["order"][1, 0] = [0, 1, 2, 3], [3, 2, 1, 0]
    seen = apply(batch, how).inputs["views"]
    from sslviz.tasks import augment

    x = batch.data["pixels"] / 255
    for view, names in ((0, JITTER), (1, JITTER[::-1])):
        y = x
        for name in names:
            y = getattr(augment, name)(y, torch.tensor([how[name][view, 0]], dtype=torch.float32))
        torch.testing.assert_close(seen[view], y[0], rtol=0, atol=1e-5)
    assert not torch.allclose(seen[0], seen[1], atol=1e-2)


# shares, over 10,000 views


@pytest.fixture(scope="module")
def many() -> Draw:
    return draw(Batch(np.arange(5000), {}), 11, smallest=0.08, blur=True)


def near(share: float, of: float, n: int = 10_000) -> bool:
    """Within four standard deviations."""
    return abs(share - of) < 4 * math.sqrt(of * (1 - of) / n)


def test_shares_of_the_changes(many: Draw) -> None:
    assert near(many["flip"].mean(), 0.5)
    assert near(many["jitter"].mean(), 0.8)
    assert near(many["grey"].mean(), 0.2)
    assert near((many["sigma"] > 0).mean(), 0.5)


def test_changes_are_drawn_apart_for_each_view_and_each_kind(many: Draw) -> None:
    kinds = [many[k][view] > np.median(many[k]) if k in JITTER else many[k][view] > 0
             for k in ("flip", "jitter", "grey", "sigma", *JITTER) for view in (0, 1)]  # fmt: skip
    together = np.corrcoef(np.array(kinds, float))
    assert np.abs(together - np.eye(len(kinds))).max() < 5 / math.sqrt(5000)


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_reach_of_the_colour_jitter(strength: float) -> None:
    how = draw(Batch(np.arange(5000), {}), 1, strength=strength)
    for name in JITTER:
        reach, middle = (0.2, 0) if name == "hue" else (0.8, 1)  # times the strength, appendix A of the paper
        drawn = how[name] - middle
        assert np.abs(drawn).max() <= reach * strength + 1e-12
        assert np.abs(drawn).max() >= 0.99 * reach * strength
        assert abs(drawn.mean()) <= 4 * reach * strength / math.sqrt(3 * drawn.size) + 1e-12


def test_reach_of_the_blur(many: Draw) -> None:
    sigma = many["sigma"][many["sigma"] > 0]
    assert 0.1 <= sigma.min() < 0.11
    assert 1.99 < sigma.max() <= 2
    assert abs(sigma.mean() - 1.05) < 0.04


def test_all_orders_of_the_colour_changes_are_alike_frequent(many: Draw) -> None:
    counts = Counter(map(tuple, many["order"].reshape(-1, 4).tolist()))
    assert len(counts) == 24
    expected = 10_000 / 24
    assert sum((c - expected) ** 2 / expected for c in counts.values()) < 23 + 5 * math.sqrt(46)


def boxes_are_good(how: Draw, smallest: float) -> None:
    area, ratio = how["width"] * how["height"], how["width"] / how["height"]
    assert area.min() >= smallest - 1e-9
    assert area.max() <= 1
    assert ratio.min() >= 3 / 4 - 1e-9
    assert ratio.max() <= 4 / 3 + 1e-9
    for place, side in (("top", "height"), ("left", "width")):
        assert how[place].min() >= 0
        assert (how[place] + how[side]).max() <= 1 + 1e-12


@pytest.mark.parametrize("smallest", [0.08, 0.3, 0.6])
def test_crops_lie_in_the_picture_with_area_and_ratio_in_range(smallest: float) -> None:
    boxes_are_good(draw(Batch(np.arange(5000), {}), 2, smallest=smallest), smallest)


@pytest.mark.parametrize("smallest", [0.9, 1.0])
def test_large_crops_keep_their_smallest_area(smallest: float) -> None:
    boxes_are_good(draw(Batch(np.arange(5000), {}), 2, smallest=smallest), smallest)


def test_crops_are_spread_as_torchvision_spreads_them(many: Draw) -> None:
    picture = torch.empty(3, 1000, 1000)
    torch.manual_seed(0)
    boxes = np.array([RandomResizedCrop.get_params(picture, [0.08, 1], [3 / 4, 4 / 3]) for _ in range(3000)]) / 1000
    ours = np.stack([many[k].ravel() for k in ("top", "left", "height", "width")], 1)
    levels = np.linspace(0.05, 0.95, 19)
    for column in range(4):
        gap = np.quantile(ours[:, column], levels) - np.quantile(boxes[:, column], levels)
        assert np.abs(gap).max() < 0.04
    area = (np.quantile(b[:, 2] * b[:, 3], levels) for b in (ours, boxes))
    assert np.abs(np.subtract(*area)).max() < 0.04


# switches


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_turns_off_its_own_step_and_no_other(switch: str) -> None:
    every = dict.fromkeys(SWITCHES, True)
    on, off = draw(pictures(200), **every), draw(pictures(200), **{**every, switch: False})
    belongs = {"crop": {"top", "left", "height", "width"}, "blur": {"sigma"}}.get(switch, {switch})
    changed = {k for k in on if not np.array_equal(on[k], off[k])}
    assert changed == belongs
    if switch == "crop":
        assert (off["height"] == 1).all()
        assert (off["top"] == 0).all()
    else:
        assert not any(off[k].any() for k in belongs)


def test_grey_views_are_grey_and_the_others_are_not() -> None:
    batch = pictures(60)
    how = draw(batch)
    seen = apply(batch, how).inputs["views"]
    is_grey = (seen.amax(1) - seen.amin(1)).flatten(1).amax(1) < 1e-6
    assert is_grey.tolist() == how["grey"].ravel().tolist()


# answers and baselines


def test_answer_and_score() -> None:
    n = 2
    labelled = apply(pictures(n), draw(pictures(n)))
    answer = TASK.answer(lambda _views: Z, labelled, Options(tau=0.5))  # type: ignore[arg-type]
    torch.testing.assert_close(answer.data["cosine"], Z @ Z.T)
    share = answer.data["share"]
    torch.testing.assert_close(share.sum(1), torch.ones(4, dtype=torch.float64))
    assert share.diagonal().tolist() == [0] * 4
    assert share[0, 2].item() == pytest.approx(math.exp(2) / (math.exp(2) + 2))
    assert TASK.score(answer, labelled) == {"partner found": 1.0}
    half = torch.tensor([[1.0, 0], [0, 1], [1, 0], [1, 0.1]])
    answer = TASK.answer(lambda _views: half, labelled, Options(tau=0.5))  # type: ignore[arg-type]
    assert TASK.score(answer, labelled) == {"partner found": 0.75}  # view 3's nearest is 0, not 1


@pytest.mark.parametrize("n", [2, 8, 64])
def test_baselines(n: int) -> None:
    labelled = apply(pictures(n), draw(pictures(n)))
    alike, raw = TASK.baselines(labelled, DataInfo(), Options(tau=0.2))
    assert alike.loss == math.log(2 * n - 1)
    assert alike.scores == {"partner found": 1 / (2 * n - 1)}
    assert alike.constant
    assert not raw.constant
    x = labelled.inputs["views"].flatten(1)
    z = x - x.mean(0)
    assert raw.loss == pytest.approx(loss(z, 0.2), rel=1e-5)
    assert (
        raw.scores["partner found"]
        == TASK.score(TASK.answer(lambda _v: z, labelled, Options()), labelled)["partner found"]
    )  # type: ignore[arg-type]


def test_features_are_taken_before_the_head(views: Any) -> None:
    net, batch = views.net(), views.batch(6)
    with torch.no_grad():
        h = TASK.features(net, batch, DataInfo())
        assert h.shape == (6, 64)
        torch.testing.assert_close(net.head(h), net(batch.data["pixels"] / 255))
        net.head[0].weight.zero_()
        assert torch.equal(TASK.features(net, batch, DataInfo()), h)


# properties


@settings(max_examples=60)
@given(
    n=st.integers(1, 8),
    seed=st.integers(0, 2**31),
    flat=st.sampled_from([None, 0, 255, 128]),
    switches=st.fixed_dictionaries({name: st.booleans() for name in SWITCHES}),
    smallest=st.sampled_from([0.08, 0.3, 1.0]) | st.floats(0.08, 1),
    strength=st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1),
)
def test_properties_of_every_label(
    n: int, seed: int, flat: int | None, switches: dict[str, bool], smallest: float, strength: float
) -> None:
    batch = pictures(n, seed)
    if flat is not None:
        batch.data["pixels"].fill_(flat)
    how = draw(batch, seed, smallest=smallest, strength=strength, **switches)
    labelled = apply(batch, how)
    seen = labelled.inputs["views"]
    assert seen.shape == (2 * n, 3, 32, 32)
    assert seen.dtype == torch.float32
    assert torch.isfinite(seen).all()
    assert seen.min() >= -1e-5
    assert seen.max() <= 1 + 1e-5
    assert labelled.targets["partner"].tolist() == [*range(n, 2 * n), *range(n)]
    assert labelled.where.shape == (2 * n,)
    assert (how["top"] + how["height"] <= 1 + 1e-12).all()
    assert (how["left"] + how["width"] <= 1 + 1e-12).all()
    if not any(switches.values()):
        torch.testing.assert_close(seen, (batch.data["pixels"] / 255).repeat(2, 1, 1, 1), rtol=0, atol=2e-5)
    one = apply(batch.rows(np.array([n - 1])), Draw({k: v[:, n - 1 :] for k, v in how.items()}))
    torch.testing.assert_close(one.inputs["views"], seen[[n - 1, 2 * n - 1]], rtol=0, atol=1e-5)
    assert torch.equal(apply(batch, Draw.from_json(how.to_json())).inputs["views"], seen)


@pytest.mark.parametrize("data", ["pictures", "fashion_mnist", "emoji"])
def test_batches_of_every_bundled_set(data: str) -> None:
    batch = TASK.batch(data, "held_out", np.arange(5))
    assert batch.data["pixels"].shape == (5, 3, 32, 32)
    assert batch.data["pixels"].dtype == torch.uint8
    assert TASK.size(data, "held_out") >= 768


def test_clothes_and_emoji_are_mixed_in_the_default_set() -> None:
    sizes = [TASK.size(data, "train") for data in ("pictures", "fashion_mnist", "emoji")]
    assert sizes[0] == sum(sizes[1:])
    first = TASK.batch("pictures", "train", np.arange(500)).data["pixels"].float()
    coloured = ((first.amax(1) - first.amin(1)).flatten(1).amax(1) > 0).float().mean().item()
    assert 0.15 < coloured < 0.45  # emoji are 0.3 of all, and spread over the set


def test_each_row_of_the_default_set_is_a_picture_of_one_of_the_two() -> None:
    both, (clothes, emoji) = TASK.size("pictures", "held_out"), [
        TASK.batch(data, "held_out", np.arange(TASK.size(data, "held_out"))).data["pixels"]
        for data in ("fashion_mnist", "emoji")
    ]  # fmt: skip
    order = np.random.default_rng(0).permutation(both)
    rows = np.random.default_rng(1).integers(0, both, 40)
    for row, picture in zip(rows, TASK.batch("pictures", "held_out", rows).data["pixels"], strict=True):
        place = order[row]
        own = clothes[place] if place < len(clothes) else emoji[place - len(clothes)]
        assert torch.equal(picture, own)
    with pytest.raises(IndexError):
        TASK.batch("pictures", "held_out", np.array([both]))


def test_probe_pictures_keep_their_classes() -> None:
    from sslviz.data import images

    data, clothes = TASK.probe_data("pictures"), images.load("fashion_mnist")
    assert data.names == clothes.class_names
    for i in (0, 77, 1999):
        row = int(data.test.ids[i])
        assert data.test_y[i] == clothes.held_out_labels[row]
        assert np.array_equal(data.test.data["pixels"][i].permute(1, 2, 0).numpy(), clothes.held_out_images[row])
        np.testing.assert_allclose(data.raw_test[i], data.test.data["pixels"][i].numpy().ravel() / 255, rtol=1e-6)
