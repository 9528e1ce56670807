"""Two views, no negatives: golden values of the loss, a target without gradient, and a collapse that is one."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from sslviz.catalogue.two_views import TwoViewsOptions as Options
from sslviz.models.trunk import Trunk, count_weights, initialise
from sslviz.tasks import collapse
from sslviz.tasks.base import Batch, DataInfo, Labelled
from sslviz.tasks.same_or_different import SameOrDifferent
from sslviz.tasks.two_views import OUT, TwoViews, TwoViewsNet, cosines, other_view_found
from sslviz.training import loop
from sslviz.training.config import RunConfig
from tests.slices import same_however_sliced
from tests.stand_ins import cheapen, forget

TASK = TwoViews()


def pictures(n: int, seed: int = 0) -> Batch:
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 3, 32, 32), dtype=np.uint8)
    return Batch(np.arange(n), {"pixels": torch.from_numpy(pixels)})


def label(n: int, seed: int = 0) -> Labelled:
    batch = pictures(n, seed)
    return TASK.apply(batch, TASK.draw(batch, np.random.default_rng(seed), DataInfo(), Options()), DataInfo())


def net(seed: int = 0, **options: Any) -> TwoViewsNet:
    made = TASK.build(Trunk(), DataInfo(), Options(**options))
    generator = torch.Generator().manual_seed(seed)
    initialise(made, generator)
    TASK.begin(made, generator)
    assert isinstance(made, TwoViewsNet)
    return made


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape))


class Fixed(TwoViewsNet):
    """A network that says what it is told to, and foretells what it says."""

    def __init__(self, says: torch.Tensor, target: torch.Tensor) -> None:
        super().__init__(Trunk(), predictor=False, m=0.9, norm="batch")
        self.says, self.slow = says, _Says(target)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:  # noqa: ARG002
        return self.says


class _Says(nn.Module):
    def __init__(self, says: torch.Tensor) -> None:
        super().__init__()
        self.says = says

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:  # noqa: ARG002
        return self.says


def losses(says: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """(2n,) the task's own loss of these vectors; rows i and i + n are of one picture."""
    labelled = Labelled({"views": torch.zeros(len(says), 1)}, {}, torch.ones(len(says), dtype=torch.bool))
    fixed = Fixed(says, target)
    per_item = TASK.loss(fixed, TASK.targets_from_model(fixed, labelled), Options()).per_item
    assert per_item is not None
    return per_item


# golden values


def test_golden_loss() -> None:
    one = random(3, 8)
    says = torch.cat([one, one])
    torch.testing.assert_close(losses(says, 5 * says), torch.zeros(6, dtype=torch.float64), atol=1e-9, rtol=0)
    assert losses(says, -says).tolist() == pytest.approx([4.0] * 6)
    right = torch.tensor([[1.0, 0], [1, 0]], dtype=torch.float64)
    assert losses(right, right.flip(1)).tolist() == pytest.approx([2.0, 2.0])
    half = torch.tensor([[0.5, math.sqrt(0.75)]] * 2, dtype=torch.float64)  # 60°: cos = 1/2
    assert losses(right, half).tolist() == pytest.approx([1.0, 1.0])


def test_unrelated_vectors_cost_2_a_direction_and_4_both() -> None:
    each = losses(random(8000, 128), random(8000, 128, seed=1))
    assert each.mean().item() == pytest.approx(2, abs=0.01)
    assert (each[:4000] + each[4000:]).mean().item() == pytest.approx(4, abs=0.02)


@given(n=st.integers(1, 6), seed=st.integers(0, 2**31))
def test_the_loss_is_the_squared_distance_of_unit_vectors_over_swapped_views(n: int, seed: int) -> None:
    says, target = random(2 * n, 5, seed=seed), random(2 * n, 5, seed=seed + 1)
    u, v = F.normalize(says, dim=1), F.normalize(target, dim=1)
    expected = [(u[i] - v[(i + n) % (2 * n)]).square().sum().item() for i in range(2 * n)]
    assert losses(says, target).tolist() == pytest.approx(expected, abs=1e-9)
    turned = losses(says.roll(n, 0), target.roll(n, 0))  # first view second, second first
    torch.testing.assert_close(turned, losses(says, target).roll(n, 0))


def test_golden_momentum_of_the_target_and_simsiam() -> None:
    for m, expected in ((0.9, (1.2, 1.38)), (0.0, (3.0, 3.0)), (1.0, (1.0, 1.0))):
        one = net(m=m)
        with torch.no_grad():
            for fast, slow in zip(one.fast.parameters(), one.slow.parameters(), strict=True):
                fast.fill_(3.0)
                slow.fill_(1.0)
        for value in expected:
            TASK.after_step(one, label(2), 0)
            assert all(torch.allclose(p, torch.tensor(value)) for p in one.slow.parameters())


# the target


def test_it_starts_as_a_copy_without_predictor() -> None:
    one = net()
    assert all(torch.equal(a, b) for a, b in zip(one.slow.parameters(), one.fast.parameters(), strict=True))
    assert not hasattr(one.slow, "predictor")
    views = label(3).inputs["views"]
    torch.testing.assert_close(one.slow(views), one(views))


def test_the_target_gets_no_gradient_and_the_rest_does() -> None:
    one = net()
    labelled = TASK.targets_from_model(one, label(6))
    TASK.loss(one, labelled, Options()).total.backward()
    assert all(p.grad is None and not p.requires_grad for p in one.slow.parameters())
    for part in (one.fast, one.predictor):
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in part.parameters())


def gradient(one: TwoViewsNet, **options: Any) -> torch.Tensor:
    one.zero_grad()
    TASK.loss(one, TASK.targets_from_model(one, label(6)), Options(**options)).total.backward()
    return torch.cat([p.grad.flatten() for p in one.parameters() if p.grad is not None])


def test_the_stop_gradient_is_what_it_says() -> None:
    one = net(m=0.0)  # the target says what the network says, so that only the gradient can differ
    views = label(6).inputs["views"]
    with torch.no_grad():
        target = one(views).roll(6, 0)
    stopped, free = gradient(one), gradient(one, stop_gradient=False)
    one.zero_grad()
    (2 - 2 * F.cosine_similarity(one.predictor(one(views)), target)).mean().backward()
    by_hand = torch.cat([p.grad.flatten() for p in one.parameters() if p.grad is not None])
    torch.testing.assert_close(stopped, by_hand, atol=1e-6, rtol=1e-4)
    assert (free - stopped).norm() > 0.05 * stopped.norm()


def test_without_stop_gradient_the_copy_plays_no_part() -> None:
    one = net()
    before = gradient(one, stop_gradient=False)
    with torch.no_grad():
        for p in one.slow.parameters():
            p.add_(1)
    assert torch.equal(gradient(one, stop_gradient=False), before)


def test_the_label_is_what_the_target_says_of_the_other_view() -> None:
    one, labelled = net(), label(4)
    with torch.no_grad():
        for p in one.slow.parameters():
            p.add_(0.1)
    other = TASK.targets_from_model(one, labelled).targets["other"]
    views = labelled.inputs["views"]
    torch.testing.assert_close(other, one.slow(torch.cat([views[4:], views[:4]])), atol=1e-5, rtol=1e-4)


def test_without_predictor_there_is_none() -> None:
    one, bare = net(), net(predictor=False)
    assert count_weights(bare.predictor) == 0
    assert count_weights(one) - count_weights(bare) == count_weights(one.predictor) > 0
    views = label(3).inputs["views"]
    assert torch.equal(bare.predictor(bare(views)), bare(views))


def test_before_the_model_is_asked_there_is_no_label() -> None:
    labelled = label(5)
    assert labelled.targets == {}
    assert labelled.where.shape == (10,)


def test_the_views_are_those_of_same_or_different() -> None:
    batch = pictures(4)
    draws = [t.draw(batch, np.random.default_rng(3), DataInfo(), Options(blur=True)) for t in (TASK, SameOrDifferent())]
    assert draws[0].to_json() == draws[1].to_json()
    ours, theirs = (t.apply(batch, draws[0], DataInfo()) for t in (TASK, SameOrDifferent()))
    assert torch.equal(ours.inputs["views"], theirs.inputs["views"])


def test_an_answer_depends_on_the_rest_of_the_batch_only_through_the_heads() -> None:
    whole = label(6)
    alone = Labelled({"views": whole.inputs["views"][[2, 3, 8, 9]]}, {}, whole.where[:4])
    for norm in ("picture", "batch"):
        one = net(norm=norm)
        said, few = (TASK.answer(one, x, Options()).data["cosine"] for x in (whole, alone))
        same = torch.allclose(few, said[[2, 3, 8, 9]][:, [2, 3, 8, 9]], atol=1e-4)
        assert same == (norm == "picture")
        torch.testing.assert_close(one.encode(whole.inputs["views"])[2:3], one.encode(whole.inputs["views"][2:3]))


def test_nothing_of_a_batch_is_remembered() -> None:
    one, views = net(), label(6).inputs["views"]
    assert not list(one.buffers())
    with torch.no_grad():
        first = one(views)
        one(1 - views)
        assert torch.equal(one(views), first)
        assert torch.equal(one.eval()(views), first)


# answers and baselines


def test_found_counts_among_the_views_of_the_other_half() -> None:
    says = torch.tensor([[1.0, 0], [0, 1], [1, 0.1], [0.1, 1]])
    assert other_view_found(cosines(says, says)).tolist() == [True] * 4  # itself would be nearer, but is not asked for
    assert other_view_found(cosines(says[[0, 1, 3, 2]], says[[0, 1, 3, 2]])).tolist() == [False] * 4
    wrong = torch.tensor([[1.0, 0], [0, 1], [1, 0], [1, 0.2]])
    assert other_view_found(cosines(wrong, wrong)).tolist() == [True, True, True, False]


@pytest.mark.parametrize("n", [1, 2, 40])
def test_baselines(n: int) -> None:
    labelled = label(n)
    unrelated, same, raw = TASK.baselines(labelled, DataInfo(), Options())
    assert (unrelated.loss, same.loss) == (2, 0)
    assert same.constant
    assert same.scores["other view found"] == 1 / n
    x = labelled.inputs["views"].flatten(1).double()
    x = F.normalize(x - x.mean(0), dim=1)
    assert raw.loss == pytest.approx((2 - 2 * (x[:n] * x[n:]).sum(1)).mean().item(), abs=1e-4)


def test_measures_are_those_of_what_the_network_says() -> None:
    one = net()
    found_now = TASK.measures(one, "pictures")
    assert all(0 <= v <= 1 for v in found_now.values())
    with torch.no_grad():
        for p in one.head[-1].parameters():
            p.zero_()
        one.head[-1].bias.fill_(1)
    dead = TASK.measures(one, "pictures")
    assert list(dead.values()) == pytest.approx([0, 1, 1 / OUT], abs=1e-4)
    assert dead != found_now


# runs


def config(steps: int, batch: int, **options: Any) -> RunConfig:
    return RunConfig("two_views", "pictures", 1, steps, batch, 3e-3, device="cpu", options=Options(**options))


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Any:
    cheapen(monkeypatch)
    yield
    forget()


@pytest.mark.slow
@pytest.mark.usefixtures("cheap")
def test_slices_make_no_difference() -> None:
    same_however_sliced(config(20, 16), 1, 3, 9, 7)


def trained(steps: int, **options: Any) -> tuple[float, float]:
    """(last loss, spread as a share of 1/√d) after a short run; no evaluation on the way."""
    learner = loop.Learner(config(steps, 32, **options))
    for step in range(steps):
        value = learner.train_step(step)
    return value, TASK.measures(learner.net, "pictures")["spread, share of the most possible"]


@pytest.mark.slow
def test_without_predictor_and_stop_gradient_it_collapses() -> None:
    loss, spread = trained(80, predictor=False, stop_gradient=False)
    assert loss < 0.05  # as good as it gets
    assert spread < 0.1  # and dead: below a tenth of 1/√d
    assert collapse.spread(torch.ones(5, OUT)) == pytest.approx(0, abs=1e-7)
