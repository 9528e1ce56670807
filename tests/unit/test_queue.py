"""MoCo: golden values of the loss, who is in the queue and when, the copy that follows."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from sslviz.catalogue.queue import QueueOptions as Options
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks.base import Answer, Batch, DataInfo, Labelled
from sslviz.tasks.queue import NOISE, MomentumQueue, QueueNet, queue_logits
from sslviz.tasks.same_or_different import SameOrDifferent
from sslviz.training import loop
from sslviz.training.config import RunConfig
from tests.slices import same_however_sliced
from tests.stand_ins import cheapen, forget

TASK = MomentumQueue()


def pictures(n: int, seed: int = 0) -> Batch:
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 3, 32, 32), dtype=np.uint8)
    return Batch(np.arange(n), {"pixels": torch.from_numpy(pixels)})


def label(n: int, seed: int = 0, **options: Any) -> Labelled:
    batch = pictures(n, seed)
    return TASK.apply(batch, TASK.draw(batch, np.random.default_rng(seed), DataInfo(), Options(**options)), DataInfo())


def net(keys: int = 8, m: float = 0.9, seed: int = 0) -> QueueNet:
    made = QueueNet(Trunk(), keys, m)
    generator = torch.Generator().manual_seed(seed)
    initialise(made, generator)
    TASK.begin(made, generator)
    return made


def unit(*shape: int, seed: int = 0) -> torch.Tensor:
    return F.normalize(torch.from_numpy(np.random.default_rng(seed).normal(size=shape)), dim=-1)


def named(first: int, n: int) -> Labelled:
    """Keys that can be told apart: all numbers of key i are i."""
    return Labelled({}, {"key": torch.arange(first, first + n).float()[:, None].repeat(1, 128)}, torch.ones(n))


def who(one: QueueNet) -> list[int | None]:
    """The names of the keys in the queue; None for noise."""
    return [None if age == NOISE else int(key[0]) for key, age in zip(one.queue, one.age.tolist(), strict=True)]


class Fixed(QueueNet):
    """A network that says what it is told to."""

    def __init__(self, says: torch.Tensor, queue: torch.Tensor) -> None:
        super().__init__(Trunk(), len(queue), 0.9)
        self.says, self.queue = says, queue

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:  # noqa: ARG002
        return self.says

    def key(self, pixels: torch.Tensor) -> torch.Tensor:  # noqa: ARG002
        return F.normalize(self.says, dim=1)


def loss(query: torch.Tensor, key: torch.Tensor, queue: torch.Tensor, tau: float) -> float:
    """The task's own loss of these vectors."""
    n = len(query)
    labelled = Labelled({"views": torch.zeros(2 * n, 1)}, {"key": key}, torch.ones(n, dtype=torch.bool))
    return TASK.loss(Fixed(query, queue), labelled, Options(tau=tau)).total.item()


# golden values


@pytest.mark.parametrize(("keys", "tau", "golden"), [(65_536, 0.07, 0.087), (4096, 0.1, 0.23), (65_536, 0.2, 6.19)])
def test_golden_loss_of_a_perfect_query_among_noise(keys: int, tau: float, golden: float) -> None:
    query = unit(64, 128)
    found = loss(query, query, unit(keys, 128, seed=1), tau)
    assert found == pytest.approx(golden, rel=0.06)  # these were drawn at random, too
    noise = math.exp(1 / (2 * 128 * tau**2))  # mean of exp(cos / τ), a cosine with noise being about N(0, 1/128)
    assert found == pytest.approx(math.log(1 + keys * noise * math.exp(-1 / tau)), rel=0.01)


def test_golden_loss_of_a_perfect_query_among_unlike_keys() -> None:
    query = torch.eye(128, dtype=torch.float64)[:1]
    queue = torch.eye(128, dtype=torch.float64)[1:2].repeat(1024, 1)
    assert loss(query, query, queue, 0.2) == pytest.approx(math.log(1 + 1024 * math.exp(-5)))
    assert loss(query, query, queue, 0.2) == pytest.approx(2.066819, abs=1e-6)


@pytest.mark.parametrize("keys", [1, 7, 1024])
def test_all_alike_is_the_logarithm_of_all_keys(keys: int) -> None:
    same = unit(1, 128)
    assert loss(same.repeat(5, 1), same.repeat(5, 1), same.repeat(keys, 1), 0.37) == pytest.approx(math.log(keys + 1))


def test_the_loss_against_the_formula_written_out() -> None:
    query, key, queue, tau = unit(3, 16, seed=1), unit(3, 16, seed=2), unit(5, 16, seed=3), 0.2
    terms = []
    for q, k in zip(query, key, strict=True):
        own = math.exp(float(q @ k) / tau)
        terms.append(-math.log(own / (own + sum(math.exp(float(q @ other) / tau) for other in queue))))
    assert loss(7 * query, key, queue, tau) == pytest.approx(sum(terms) / 3)  # cosine: lengths do not matter


def test_which_place_the_own_key_has_is_bookkeeping() -> None:
    query, key, queue = unit(4, 16, seed=1), unit(4, 16, seed=2), unit(6, 16, seed=3)
    logits = queue_logits(query, key, queue, 0.2)
    first = F.cross_entropy(logits, torch.zeros(4, dtype=torch.long))
    last = F.cross_entropy(logits.roll(-1, dims=1), torch.full((4,), 6))
    assert first.item() == pytest.approx(last.item())
    assert loss(query, key, queue, 0.2) == pytest.approx(loss(query, key, queue.flip(0), 0.2))


def test_golden_momentum() -> None:
    one = net(m=0.9)
    with torch.no_grad():
        for fast, slow in zip(one.fast.parameters(), one.slow.parameters(), strict=True):
            fast.fill_(3.0)
            slow.fill_(1.0)
    for expected in (1.2, 1.38, 1.542):  # 3 − 2 × 0.9 to the number of steps
        TASK.after_step(one, named(0, 2), 0)
        assert all(torch.allclose(p, torch.tensor(expected)) for p in one.slow.parameters())
    assert all((p == 3).all() for p in one.fast.parameters())


# the queue


def test_it_starts_with_noise_and_a_copy() -> None:
    one = net(keys=500)
    torch.testing.assert_close(one.queue.norm(dim=1), torch.ones(500))
    assert one.queue.mean().abs() < 0.01
    assert (one.age == NOISE).all()
    assert all(torch.equal(a, b) for a, b in zip(one.slow.parameters(), one.fast.parameters(), strict=True))
    assert torch.equal(one.queue, net(keys=500).queue)
    assert not torch.equal(one.queue, net(keys=500, seed=1).queue)


def test_first_in_first_out_with_ages() -> None:
    one = net(keys=6)
    TASK.after_step(one, named(10, 2), 0)
    assert who(one) == [10, 11, None, None, None, None]
    assert one.age.tolist() == [0, 0, *[NOISE] * 4]
    TASK.after_step(one, named(20, 2), 1)
    assert who(one) == [20, 21, 10, 11, None, None]
    assert one.age.tolist() == [0, 0, 1, 1, NOISE, NOISE]
    TASK.after_step(one, named(30, 3), 2)
    assert who(one) == [30, 31, 32, 20, 21, 10]  # of a batch that does not fit any more a part stays
    assert one.age.tolist() == [0, 0, 0, 1, 1, 2]
    TASK.after_step(one, named(40, 9), 3)
    assert who(one) == [40, 41, 42, 43, 44, 45]
    assert one.age.tolist() == [0] * 6


def test_the_queue_never_holds_the_current_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    one, judged = net(keys=24), []

    def watched(query: torch.Tensor, key: torch.Tensor, queue: torch.Tensor, tau: float) -> torch.Tensor:
        judged.append(torch.cdist(key, queue).min().item())
        return queue_logits(query, key, queue, tau)

    monkeypatch.setattr("sslviz.tasks.queue.queue_logits", watched)
    for step in range(6):
        labelled = TASK.targets_from_model(one, label(8, seed=step))
        TASK.loss(one, labelled, Options())
        TASK.after_step(one, labelled, step)
        assert torch.equal(one.queue[:8], labelled.targets["key"])  # they enter afterwards
    assert len(judged) == 6
    assert min(judged) > 1e-3


def test_the_keys_are_those_of_the_slow_copy_and_of_the_other_view() -> None:
    one, labelled = net(), label(5)
    with torch.no_grad():
        for p in one.slow.parameters():
            p.add_(0.1)
    key = TASK.targets_from_model(one, labelled).targets["key"]
    views = labelled.inputs["views"]
    torch.testing.assert_close(key, F.normalize(one.slow(views[5:]), dim=1))
    assert not torch.allclose(key, F.normalize(one(views[5:]), dim=1), atol=1e-3)
    assert not torch.allclose(key, F.normalize(one.slow(views[:5]), dim=1), atol=1e-3)
    torch.testing.assert_close(key.norm(dim=1), torch.ones(5))


def test_only_the_query_side_is_trained() -> None:
    one = net()
    TASK.loss(one, TASK.targets_from_model(one, label(5)), Options()).total.backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in one.fast.parameters())
    assert all(p.grad is None and not p.requires_grad for p in one.slow.parameters())
    assert not one.queue.requires_grad


def test_before_the_model_is_asked_there_is_no_label() -> None:
    labelled = label(5)
    assert labelled.targets == {}
    assert labelled.where.shape == (5,)


def test_the_views_are_those_of_same_or_different() -> None:
    batch = pictures(4)
    draws = [t.draw(batch, np.random.default_rng(3), DataInfo(), Options(blur=True)) for t in (TASK, SameOrDifferent())]
    assert draws[0].to_json() == draws[1].to_json()
    ours, theirs = (t.apply(batch, draws[0], DataInfo()) for t in (TASK, SameOrDifferent()))
    assert torch.equal(ours.inputs["views"], theirs.inputs["views"])


# answers and baselines


def test_answer_and_score() -> None:
    says = torch.tensor([[1.0, 0, 0], [0, 1, 0], [0, 0.1, 1]])
    queue = F.normalize(torch.tensor([[0.0, 1, 0], [0, 0, -1]]), dim=1)
    labelled = Labelled({"views": torch.zeros(6, 1)}, {}, torch.ones(3, dtype=torch.bool))
    answer = TASK.answer(Fixed(says, queue), labelled, Options(tau=0.5))
    torch.testing.assert_close(answer.data["share"].sum(1), torch.ones(3))
    assert answer.data["share"][0, 0].item() == pytest.approx(math.exp(2) / (math.exp(2) + 2))
    assert answer.data["queue"].shape == (3, 2)
    scores = TASK.score(answer, labelled)  # the second query's own key has a twin in the queue: that is not "nearer"
    assert scores == {"own key found": 1.0, "told from the queue": pytest.approx(2 / 3)}
    swapped = Answer({**answer.data, "batch": answer.data["batch"].flip(1)})
    assert TASK.score(swapped, labelled)["own key found"] == pytest.approx(1 / 3)


def test_noise_is_easy_and_the_score_says_so(labs: dict[str, Any]) -> None:
    lab = labs["queue"]
    one, labelled = lab.net(), lab.label(lab.batch(200, "held_out"))
    scores = TASK.score(TASK.answer(one, labelled, Options()), labelled)
    assert scores["told from the queue"] > 0.8  # untrained, among 1,024 random vectors
    assert scores["own key found"] < 0.2  # but not among the other pictures' keys


@pytest.mark.parametrize("n", [1, 3, 50])
def test_baselines(n: int) -> None:
    labelled = label(n)
    alike, raw = TASK.baselines(labelled, TASK.info("pictures"), Options(keys=64))
    assert alike.loss == pytest.approx(math.log(65))
    assert alike.scores["own key found"] == 1 / (64 + n)
    assert alike.constant
    assert not raw.constant
    assert raw.loss is not None
    assert raw.loss > 0


def test_the_raw_queue_changes_with_the_changes_made() -> None:
    labelled, info = label(20), TASK.info("pictures")
    plain = dict.fromkeys(("crop", "flip", "jitter", "grey", "blur"), False)
    assert (
        TASK.baselines(labelled, info, Options(keys=64))[1].loss
        != TASK.baselines(labelled, info, Options(keys=64, **plain))[1].loss
    )


# a run


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Any:
    cheapen(monkeypatch)
    yield
    forget()


def config(**options: Any) -> RunConfig:
    chosen = Options(**{"keys": 64, "m": 0.9, **options})
    return RunConfig("queue", "pictures", 1, steps=20, batch=24, lr=3e-3, device="cpu", options=chosen)


@pytest.mark.slow
@pytest.mark.usefixtures("cheap")
def test_slices_make_no_difference_over_several_rounds_of_the_queue() -> None:
    same_however_sliced(config(), 1, 2, 4, 1, 7, 5)  # 64 keys are 2⅔ batches of 24


@pytest.mark.usefixtures("cheap")
def test_a_run_keeps_queue_ages_and_copy() -> None:
    state, _ = loop.advance(config(), loop.start(config()), 3)
    learner = loop.Learner(config())
    learner.load(state)
    assert learner.net.age.tolist() == [*[0] * 24, *[1] * 24, *[2] * 16]  # the noise is gone by now
    fast, slow = (torch.cat([p.flatten() for p in part.parameters()]) for part in (learner.net.fast, learner.net.slow))
    assert 0 < (fast - slow).abs().max() < 0.1


@pytest.mark.usefixtures("cheap")
def test_the_loss_rises_while_real_keys_take_the_place_of_noise() -> None:
    _, snapshot = loop.advance(config(), loop.start(config()), 8)
    assert snapshot.losses[3:5].min() > snapshot.losses[0] + 1  # since step 3 no noise is left


@pytest.mark.parametrize("momentum", [0.0, 1.0])
def test_the_limits_of_the_momentum(momentum: float) -> None:
    one = net(m=momentum)
    before = [p.clone() for p in one.slow.parameters()]
    with torch.no_grad():
        for p in one.fast.parameters():
            p.add_(1)
    TASK.after_step(one, named(0, 2), 0)
    expected: Any = before if momentum else one.fast.parameters()
    assert all(torch.equal(a, b) for a, b in zip(one.slow.parameters(), expected, strict=True))


def test_probed_before_the_head(labs: dict[str, Any]) -> None:
    lab = labs["queue"]
    one, batch = lab.net(), lab.batch(6)
    feature: Callable[[], torch.Tensor] = lambda: TASK.features(one, batch, DataInfo())  # noqa: E731
    with torch.no_grad():
        first = feature()
        one.head[0].weight.zero_()
        one.queue.zero_()
        assert torch.equal(feature(), first)
        assert first.shape == (6, 64)
