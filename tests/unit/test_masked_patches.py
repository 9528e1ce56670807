"""Masked patches: how many are covered, that nothing of them reaches the encoder, and that only they carry loss."""

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.catalogue.masked_patches import MaskedPatchesOptions as Options
from sslviz.models.tokens import from_patches, to_patches
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks.base import Answer, Batch, DataInfo, Draw, Labelled
from sslviz.tasks.masked_patches import MaskedPatches, PaintNet, explained, join, nearest, normalised, take

TASK = MaskedPatches()
# Share covered → patches covered of 16. Where half a patch is left over, the even number is taken.
COUNTS = [(0.1, 2), (0.25, 4), (0.3, 5), (0.5, 8), (0.6, 10), (0.7, 12), (0.75, 12), (0.8, 13), (0.9, 15)]


def pictures(n: int, seed: int = 0) -> Batch:
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 3, 32, 32), dtype=np.uint8)
    return Batch(np.arange(n), {"pixels": torch.from_numpy(pixels)})


def draw(batch: Batch, seed: int = 0, **options: Any) -> Draw:
    return TASK.draw(batch, np.random.default_rng(seed), DataInfo(), Options(**options))


def label(batch: Batch, seed: int = 0, **options: Any) -> Labelled:
    return TASK.apply(batch, draw(batch, seed, **options), DataInfo())


def network(seed: int = 0) -> PaintNet:
    net = TASK.build(Trunk(), DataInfo(), Options())
    initialise(net, torch.Generator().manual_seed(seed))
    assert isinstance(net, PaintNet)
    return net


# what is covered


@pytest.mark.parametrize(("share", "count"), COUNTS)
def test_every_picture_has_exactly_as_many_covered_patches(share: float, count: int) -> None:
    covered = draw(pictures(300), share=share)["covered"]
    assert covered.shape == (300, 16)
    assert covered.dtype == bool
    assert (covered.sum(1) == count).all()


@pytest.mark.parametrize(("limit", "covered"), [("low", 2), ("high", 15)])
def test_some_are_covered_and_some_are_not_whatever_the_share(limit: str, covered: int) -> None:
    share = getattr(Options.described()["share"], limit)
    assert set(draw(pictures(50), share=share)["covered"].sum(1)) == {covered}


def test_every_place_is_covered_as_often_as_it_should_be() -> None:
    covered = draw(Batch(np.arange(10_000), {}), 3)["covered"]
    spread = math.sqrt(0.75 * 0.25 / 10_000)
    assert np.abs(covered.mean(0) - 0.75).max() < 4.5 * spread
    together = np.corrcoef(covered.T.astype(float))[np.triu_indices(16, 1)]
    assert np.abs(together + 1 / 15).max() < 0.05  # without replacement: −1/(16 − 1) between any two places


def test_all_ways_to_cover_are_alike_frequent() -> None:
    covered = draw(Batch(np.arange(12_000), {}), 5, share=2 / 16)["covered"]
    pairs = [covered[:, a] & covered[:, b] for a, b in combinations(range(16), 2)]
    counts = np.array([pair.sum() for pair in pairs])
    assert counts.sum() == 12_000
    assert ((counts - 100) ** 2 / 100).sum() < 119 + 5 * math.sqrt(2 * 119)


def test_draw_reads_only_how_many_pictures_there_are() -> None:
    assert draw(pictures(4, 1)).to_json() == draw(pictures(4, 2)).to_json()


# inputs and labels


def test_labels_are_the_pixels_that_stood_there() -> None:
    batch = pictures(3)
    labelled = label(batch)
    for i in range(3):
        for number, place in enumerate(labelled.inputs["hidden"][i].tolist()):
            top, left = 8 * (place // 4), 8 * (place % 4)
            cut = batch.data["pixels"][i, :, top : top + 8, left : left + 8] / 255
            assert torch.equal(labelled.targets["patches"][i, number], cut.flatten())
    assert torch.equal(labelled.where.nonzero()[:, 1].view(3, -1), labelled.inputs["hidden"])


@settings(max_examples=50)
@given(n=st.integers(1, 7), seed=st.integers(0, 2**31), share=st.floats(0.1, 0.9))
def test_properties_of_every_label(n: int, seed: int, share: float) -> None:
    batch = pictures(n, seed)
    labelled = label(batch, seed, share=share)
    count = int(labelled.where[0].sum())
    assert labelled.inputs["patches"].shape == (n, 16 - count, 192)
    assert labelled.targets["patches"].shape == (n, count, 192)
    places = torch.cat([labelled.inputs["places"], labelled.inputs["hidden"]], 1).sort(1).values
    assert torch.equal(places, torch.arange(16).expand(n, -1))  # every place once, on one side or the other
    restored = TASK.undo(labelled, Draw())
    assert restored is not None
    assert torch.equal(restored.data["pixels"], batch.data["pixels"])
    again = label(batch, seed, share=share)
    assert torch.equal(labelled.where, again.where)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**31), share=st.floats(0.1, 0.9))
def test_restoring_what_was_shuffled_gives_it_back(seed: int, share: float) -> None:
    every = to_patches(pictures(5, seed).data["pixels"] / 255)
    covered = torch.from_numpy(draw(pictures(5), seed, share=share)["covered"])
    places, hidden = ((c.nonzero()[:, 1].view(5, -1)) for c in (~covered, covered))
    inputs = {"patches": take(every, places), "places": places, "hidden": hidden}
    assert torch.equal(join(inputs, take(every, hidden)), every)
    assert torch.equal(from_patches(join(inputs, take(every, hidden))), from_patches(every))


def test_a_hand_edited_draw_is_obeyed() -> None:
    batch = pictures(2)
    how = Draw(covered=np.zeros((2, 16), bool))
    how["covered"][0, 3] = how["covered"][1, 9] = True
    labelled = TASK.apply(batch, how, DataInfo())
    assert labelled.inputs["hidden"].tolist() == [[3], [9]]
    assert labelled.inputs["patches"].shape == (2, 15, 192)


def test_nothing_of_the_covered_pixels_reaches_the_encoder_or_the_answer() -> None:
    batch, net = pictures(4), network()
    how = draw(batch)
    hidden = from_patches(torch.from_numpy(how["covered"]).float()[..., None].expand(-1, -1, 192)).bool()
    other = torch.where(hidden, pictures(4, 1).data["pixels"], batch.data["pixels"])
    assert not torch.equal(other, batch.data["pixels"])
    first, second = (
        TASK.apply(Batch(batch.ids, {"pixels": x}), how, DataInfo()) for x in (batch.data["pixels"], other)
    )
    assert all(torch.equal(first.inputs[name], second.inputs[name]) for name in first.inputs)
    assert not torch.equal(first.targets["patches"], second.targets["patches"])
    told = [net.encode(x.inputs["patches"], x.inputs["places"]) for x in (first, second)]
    assert torch.equal(told[0], told[1])
    answers = [TASK.answer(net, x, Options()).data["patches"] for x in (first, second)]
    assert torch.equal(answers[0], answers[1])


def test_the_encoder_is_not_told_what_is_covered_but_the_decoder_is() -> None:
    net, labelled = network(), label(pictures(3))
    with torch.no_grad():
        net.gap += 1.0
        net.places.weight.mul_(2.0)
        first = net.encode(labelled.inputs["patches"], labelled.inputs["places"])
        moved = {**labelled.inputs, "hidden": labelled.inputs["hidden"].flip(1)}
        painted, other = net(labelled.inputs), net(moved)
    assert first.shape == (3, 4, 64)  # as many vectors as there are visible patches, and no more
    torch.testing.assert_close(other, painted.flip(1), rtol=1e-4, atol=1e-5)  # an answer belongs to its place


# the loss


def test_only_covered_patches_carry_loss() -> None:
    """Ask for other pixels in visible places: the loss does not move. In covered ones it does."""
    batch, net = pictures(5), network()
    how = draw(batch)
    labelled = TASK.apply(batch, how, DataInfo())
    loss = TASK.loss(net, labelled, Options())
    assert loss.per_item is not None
    assert loss.per_item.shape == (5 * 12,)
    for of, moves in ((~how["covered"], False), (how["covered"], True)):
        there = from_patches(torch.from_numpy(of).float()[..., None].expand(-1, -1, 192)).bool()
        other = Batch(batch.ids, {"pixels": torch.where(there, 255 - batch.data["pixels"], batch.data["pixels"])})
        asked = TASK.apply(other, how, DataInfo()).targets
        total = TASK.loss(net, Labelled(labelled.inputs, asked, labelled.where), Options()).total
        assert torch.equal(total, loss.total) != moves


def test_golden_loss_of_a_flat_answer() -> None:
    batch = Batch(np.arange(1), {"pixels": torch.full((1, 3, 32, 32), 51, dtype=torch.uint8)})  # 51/255 = 0.2
    labelled = label(batch)

    def flat(_inputs: Any) -> torch.Tensor:
        return torch.full((1, 12, 192), 0.5)

    assert TASK.loss(flat, labelled, Options()).total.item() == pytest.approx(0.09)  # type: ignore[arg-type]
    flat_loss = TASK.loss(flat, labelled, Options(normalise=True)).total.item()  # type: ignore[arg-type]
    assert flat_loss == pytest.approx(0.25, rel=1e-3)  # a flat patch is all 0 once normalised


def test_golden_normalised_patch() -> None:
    patch = torch.arange(4, dtype=torch.float64)
    golden = torch.tensor([-1.161895, -0.387298, 0.387298, 1.161895], dtype=torch.float64)  # (x − 1.5)/√(5/3)
    torch.testing.assert_close(normalised(patch), golden, rtol=0, atol=2e-6)
    against = to_patches(pictures(2).data["pixels"] / 255).numpy()
    expected = (against - against.mean(-1, keepdims=True)) / np.sqrt(against.var(-1, ddof=1, keepdims=True) + 1e-6)
    np.testing.assert_allclose(normalised(torch.from_numpy(against)).numpy(), expected, rtol=1e-4, atol=1e-5)


def test_normalising_hides_brightness_and_contrast_of_a_patch_from_the_loss() -> None:
    net, labelled = network(), label(pictures(3))
    paler = Labelled(labelled.inputs, {"patches": 0.3 * labelled.targets["patches"] + 0.2}, labelled.where)
    with torch.no_grad():
        same = [TASK.loss(net, x, Options(normalise=True)).total.item() for x in (labelled, paler)]
        other = [TASK.loss(net, x, Options()).total.item() for x in (labelled, paler)]
    assert same[0] == pytest.approx(same[1], rel=1e-3)
    assert abs(other[0] - other[1]) > 0.01


# answers, scores and baselines


def test_score_is_the_share_of_variance_explained() -> None:
    label_ = torch.tensor([0.0, 1.0, 2.0, 3.0])
    assert explained(label_, label_) == 1
    assert explained(torch.full((4,), 1.5), label_) == pytest.approx(0, abs=1e-6)
    assert explained(torch.tensor([0.5, 1.5, 1.5, 2.5]), label_) == pytest.approx(1 - 0.25 / 1.25)
    assert explained(-label_, label_) == 0
    flat = torch.ones(4)
    assert 0 <= explained(flat, flat) <= 1  # nothing to explain


def test_a_normalised_answer_is_scored_against_normalised_patches() -> None:
    labelled = label(pictures(3))
    right = normalised(labelled.targets["patches"])
    assert TASK.score(Answer({"normalised": right}), labelled) == {"variance explained": pytest.approx(1)}
    assert TASK.score(Answer({"patches": right}), labelled) == {"variance explained": 0}
    net = network()
    for normalise, name in ((False, "patches"), (True, "normalised")):
        assert list(TASK.answer(net, labelled, Options(normalise=normalise)).data) == [name]


def test_nearest_visible_patch() -> None:
    # Visible: the corners 0 and 15. Place 1 is next to 0, place 14 next to 15, place 3 is 9 from 0 and 9 from 15.
    found = nearest(torch.tensor([[0, 15]]), torch.tensor([[1, 14, 3, 5, 10, 11]]))
    assert found.tolist() == [[0, 1, 0, 0, 1, 1]]


@pytest.mark.parametrize("normalise", [False, True])
def test_baselines(normalise: bool) -> None:
    batch = TASK.batch("fashion_mnist", "held_out", np.arange(40))
    labelled, info = label(batch), TASK.info("fashion_mnist")
    grey, mean, visible, near = TASK.baselines(labelled, info, Options(normalise=normalise))
    asked = labelled.targets["patches"]
    asked = normalised(asked) if normalise else asked
    for constant in (grey, mean):
        assert constant.constant
    assert not visible.constant
    assert not near.constant
    best = asked.var(correction=0).item()  # of the best flat answer for these very patches
    assert grey.loss is not None
    assert grey.loss == pytest.approx(best, rel=0.05)
    if not normalise:
        assert info["grey"].item() == pytest.approx(info["mean"].mean().item(), abs=1e-6)
        assert near.loss is not None
        row, place = 7, int(labelled.inputs["hidden"][7, 3])
        number = int(nearest(labelled.inputs["places"], labelled.inputs["hidden"])[row, 3])
        seen = int(labelled.inputs["places"][row, number])
        gaps = [(place // 4 - p // 4) ** 2 + (place % 4 - p % 4) ** 2 for p in labelled.inputs["places"][row].tolist()]
        assert gaps[number] == min(gaps)
        assert (place // 4 - seen // 4) ** 2 + (place % 4 - seen % 4) ** 2 == min(gaps)


def test_features_come_from_whole_pictures_without_the_decoder() -> None:
    net, batch = network(), pictures(4)
    with torch.no_grad():
        whole = TASK.features(net, batch, DataInfo())
        torch.testing.assert_close(whole, net.trunk(net.tokens(batch.data["pixels"] / 255)).mean(1))
        for part in (net.gap, net.places.weight, net.paint.weight):
            part.zero_()
        assert torch.equal(TASK.features(net, batch, DataInfo()), whole)
