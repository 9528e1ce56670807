"""Self-distillation: loss and centre as the authors' code has them, crops, attention, and two opposite collapses."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.catalogue.self_distillation import SelfDistillationOptions as Options
from sslviz.models.attention import attention, last_attention
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks.base import Batch, DataInfo, Labelled
from sslviz.tasks.self_distillation import K, Pair, SelfDistillation, decided, distilled, moved_centre
from sslviz.tasks.self_distillation import label as says
from sslviz.training.results import ablation

TASK = SelfDistillation()
ONE, MEAN, KL = "entropy of a label", "entropy of the mean label", "KL of teacher and student"


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape))


def label(n: int = 3, **options: Any) -> Labelled:
    pixels = np.random.default_rng(1).integers(0, 256, (n, 3, 32, 32), dtype=np.uint8)
    batch = Batch(np.arange(n), {"pixels": torch.from_numpy(pixels)})
    return TASK.apply(batch, TASK.draw(batch, np.random.default_rng(0), DataInfo(), Options(**options)), DataInfo())


def net(**options: Any) -> Pair:
    made = TASK.build(Trunk(), DataInfo(), Options(**options))
    generator = torch.Generator().manual_seed(0)
    initialise(made, generator)
    TASK.begin(made, generator)
    return made


def authors(teacher: np.ndarray, student: np.ndarray, centre: np.ndarray, temperature: float) -> float:
    """The rule of DINOLoss in main_dino.py of facebookresearch/dino, pair by pair: a crop never learns from itself."""
    crops, taught = len(student), len(teacher)
    total, pairs = 0.0, 0
    for q in range(taught):
        for v in range(crops):
            if v == q:
                continue
            for t, s in zip(teacher[q], student[v], strict=True):
                p = np.exp((t - centre) / temperature)
                total += -(p / p.sum() * (s / 0.1 - np.log(np.exp(s / 0.1).sum()))).sum() / len(teacher[q])
            pairs += 1
    return total / pairs


# golden values


def test_golden_values_by_hand() -> None:
    """One picture, two prototypes: e / (1 + e) = 0.731059 of the first for crop A, one half for B."""
    labels = says(torch.tensor([[0.04, 0.0], [0.0, 0.0]]), torch.zeros(2), 0.04)
    torch.testing.assert_close(labels, torch.tensor([[0.731059, 0.268941], [0.5, 0.5]]))
    student = torch.zeros(6, 2)
    student[1, 0] = 0.1  # large crop B alone prefers the first, by e
    # label A: from B −0.731059 ln 0.731059 − 0.268941 ln 0.268941 = 0.582203, from the four small ones ln 2
    found = distilled(labels, (student / 0.1).log_softmax(-1))
    torch.testing.assert_close(found, torch.tensor([(0.582203 + 4 * math.log(2)) / 5, math.log(2)]))


def test_the_centre_moves_by_a_tenth_to_the_mean_of_the_scores() -> None:
    """update_center in main_dino.py with its momentum of 0.9: 0.9 · 1 + 0.1 · 3 and 0.9 · 2 + 0.1 · 0."""
    found = moved_centre(torch.tensor([1.0, 2.0]), torch.tensor([[2.0, 1.0], [4.0, -1.0]]))
    torch.testing.assert_close(found, torch.tensor([1.2, 1.8]))


@settings(max_examples=25, deadline=None)
@given(n=st.integers(1, 5), k=st.integers(2, 7), seed=st.integers(0, 2**31), temperature=st.sampled_from([0.04, 0.1]))
def test_the_loss_is_the_authors_rule(n: int, k: int, seed: int, temperature: float) -> None:
    teacher, student, centre = random(2, n, k, seed=seed) / 5, random(6, n, k, seed=seed + 1) / 5, random(k) / 5
    labels = says(teacher.flatten(0, 1), centre, temperature)
    found = distilled(labels, (student.flatten(0, 1) / 0.1).log_softmax(-1)).mean().item()
    assert found == pytest.approx(authors(teacher.numpy(), student.numpy(), centre.numpy(), temperature), rel=1e-9)


# the crops


def test_large_crops_keep_at_least_two_fifths_and_small_ones_a_fifth_to_a_half() -> None:
    batch = Batch(np.arange(400), {"pixels": torch.zeros(400, 1)})
    draw = TASK.draw(batch, np.random.default_rng(0), DataInfo(), Options())
    area = draw["height"] * draw["width"]
    assert area.shape == (6, 400)
    assert 0.4 <= area[:2].min() < 0.45
    assert 0.2 <= area[2:].min() < 0.21
    assert 0.49 < area[2:].max() <= 0.5
    for at, side in (("top", "height"), ("left", "width")):
        assert (draw[at] >= 0).all()
        assert (draw[at] + draw[side]).max() <= 1 + 1e-9


def test_crop_i_is_of_picture_i_and_a_small_one_has_a_quarter_of_the_points() -> None:
    """With every change off each crop is the whole picture."""
    labelled = label(crop=False, flip=False, jitter=False, grey=False)
    whole, small = labelled.inputs["views"], labelled.inputs["small"]
    assert (whole.shape, small.shape) == ((6, 3, 32, 32), (12, 3, 16, 16))
    torch.testing.assert_close(whole[:3], whole[3:])
    torch.testing.assert_close(small[9:], torch.nn.functional.avg_pool2d(whole[:3], 2))


# teacher and student


def test_teacher_and_centre_follow_and_no_gradient_reaches_the_teacher() -> None:
    made = net(m=0.75)
    labelled = TASK.targets_from_model(made, label())
    TASK.loss(made, labelled, Options()).total.backward()
    assert all(p.grad is None for p in made.teacher.parameters())
    assert made.prototypes.weight.grad is not None
    with torch.no_grad():
        made.prototypes.weight += 1
    before = made.teacher.prototypes.weight.clone()
    TASK.after_step(made, labelled, 0)
    torch.testing.assert_close(made.teacher.prototypes.weight, before + 0.25)
    torch.testing.assert_close(made.centre, labelled.targets["scores"].mean(0) / 10)
    without = net(centring=False)
    TASK.after_step(without, TASK.targets_from_model(without, label()), 0)
    assert not without.centre.any()


def test_no_score_is_beyond_one_and_the_switch_changes_how_sharp_a_label_is() -> None:
    sharp, flat = (TASK.targets_from_model(net(sharpening=on), label()).targets for on in (True, False))
    assert sharp["scores"].shape == (6, K)
    assert sharp["scores"].abs().max() <= 1 + 1e-6  # a cosine: both have length 1
    torch.testing.assert_close(flat["says"], (sharp["scores"] / 0.1).softmax(-1))
    assert sharp["says"].max() > flat["says"].max()


def test_the_meters_tell_both_collapses_and_a_living_model_apart() -> None:
    one, flat, alive = torch.eye(4)[[0, 0, 0, 0]], torch.full((4, 4), 0.25), torch.eye(4)
    assert decided(one, 0.0) == {ONE: 0, MEAN: 0, KL: 0}
    assert decided(flat, math.log(4)) == pytest.approx({ONE: math.log(4), MEAN: math.log(4), KL: 0}, abs=1e-6)
    assert decided(alive, 0.5) == pytest.approx({ONE: 0, MEAN: math.log(4), KL: 0.5})


def test_each_switch_collapsed_in_its_own_way_in_every_recorded_run() -> None:
    found = ablation.read("self_distillation")
    assert found is not None
    rows = {row["name"]: row["measures"] for row in found["rows"]}
    share = {name: {key.split(",")[0]: values for key, values in measures.items()} for name, measures in rows.items()}
    assert all(len(values) == 3 for measures in rows.values() for values in measures.values())
    assert max(share["no centring"][MEAN]) < 0.05  # one prototype for all
    assert min(share["no sharpening"][ONE]) > 0.95  # all prototypes for all
    assert max(*share["no centring"][KL], *share["no sharpening"][KL]) < 0.02 < min(share["DINO"][KL])
    assert min(share["DINO"][MEAN]) > max(share["DINO"][ONE]) + 0.1


# attention, computed beside the trunk


def test_attention_is_what_the_block_mixes_with() -> None:
    """Mixing the values with it, and the rest of the block, gives the very output of the block."""
    trunk = Trunk()
    initialise(trunk, torch.Generator().manual_seed(0))
    x, block = random(2, 16, 64).float(), trunk.blocks[-1]
    reads = attention(block, x)
    assert reads.shape == (2, 4, 16, 16)
    torch.testing.assert_close(reads.sum(-1), torch.ones(2, 4, 16))
    values = block.qkv(block.norm1(x))[..., 128:].unflatten(-1, (4, 16)).transpose(1, 2)
    mixed = x + block.out((reads @ values).transpose(1, 2).flatten(2))
    torch.testing.assert_close(mixed + block.down(torch.nn.functional.gelu(block.up(block.norm2(mixed)))), block(x))
    inner = trunk.blocks[1](trunk.blocks[0](x))
    torch.testing.assert_close(last_attention(trunk, x), attention(block, inner))
