"""The training loop: the same config gives the same curve, bit for bit, however it is sliced."""

import json
import math
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from sslviz.catalogue import TASKS, load
from sslviz.catalogue.masked_words import MaskedWordsOptions
from sslviz.tasks.base import Task
from sslviz.training import loop
from sslviz.training.config import RunConfig, default
from tests.conftest import ALIKE
from tests.stand_ins import cheapen, forget

EVERY = list(TASKS)
# The loop is the same for all tasks: what does not touch their own state is tried on two of them in the fast suite.
SLUGS = [pytest.param(s, marks=() if s in ALIKE else pytest.mark.slow, id=s) for s in TASKS]
PHASES = ["draw", "change", "forward", "loss", "gradient", "update"]


def small(slug: str, **changes: Any) -> RunConfig:
    return replace(default(slug), **{"steps": 60, "batch": 16, "device": "cpu", **changes})


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Evaluations that are fewer and smaller, and a trunk of one block: how a run is sliced is the same for all."""
    cheapen(monkeypatch, depth=1)
    yield
    forget()


def run(config: RunConfig, *slices: int, state: Any = None) -> tuple[loop.State, np.ndarray, list[loop.Evaluation]]:
    """State, curve and evaluations after slices of these lengths."""
    state = loop.start(config) if state is None else state
    losses, evaluations = [], []
    for steps in slices:
        state, snapshot = loop.advance(config, state, steps)
        losses.append(snapshot.losses)
        evaluations += snapshot.evaluations
    return state, np.concatenate(losses), evaluations


def same_state(a: loop.State, b: loop.State) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) and a[k].dtype == b[k].dtype for k in a)


def same_evaluations(a: list[loop.Evaluation], b: list[loop.Evaluation]) -> bool:
    return len(a) == len(b) and all(
        (x.step, x.loss, x.knn) == (y.step, y.loss, y.knn)
        and np.array_equal(list(x.scores.values()), list(y.scores.values()), equal_nan=True)
        and np.array_equal(x.points, y.points)
        and np.array_equal(x.features, y.features)
        for x, y in zip(a, b, strict=True)
    )


def same_run(a: tuple[Any, Any, Any], b: tuple[Any, Any, Any]) -> bool:
    return same_state(a[0], b[0]) and np.array_equal(a[1], b[1]) and same_evaluations(a[2], b[2])


def copied(state: loop.State) -> loop.State:
    """As it comes back from another process."""
    return pickle.loads(pickle.dumps(state))


# bit for bit


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", SLUGS)
def test_slices_make_no_difference_and_a_run_goes_on_elsewhere_as_if_nothing_had_happened(slug: str) -> None:
    config = small(slug, steps=20)  # evaluated after 2, 7, 13 and 20
    whole = run(config, 20)
    assert len(whole[1]) == 20
    for slices in ([1] * 8 + [12], [4, 1, 15]):
        forget()
        assert same_run(run(config, *slices), whole)
    forget()
    torch.manual_seed(99)
    np.random.seed(99)  # noqa: NPY002 - the global generators play no part
    first = run(config, 9)
    forget()
    second = run(config, 11, state=copied(first[0]))
    assert same_state(second[0], whole[0])
    assert np.array_equal(np.concatenate([first[1], second[1]]), whole[1])
    assert same_evaluations(first[2] + second[2], whole[2])


@pytest.mark.slow
@pytest.mark.usefixtures("cheap")
def test_two_runs_in_one_process_do_not_disturb_each_other() -> None:
    words, views, seeded = small("masked_words"), small("same_or_different"), small("masked_words", seed=1)
    configs = (words, views, seeded)
    alone = [run(c, 60) for c in configs]
    forget()
    states, curves, seen = [loop.start(c) for c in configs], [[], [], []], [[], [], []]
    for _ in range(6):
        for i, config in enumerate(configs):
            states[i], snapshot = loop.advance(config, states[i], 10)
            curves[i].append(snapshot.losses)
            seen[i] += snapshot.evaluations
    for i in range(3):
        assert same_run((states[i], np.concatenate(curves[i]), seen[i]), alone[i])


@pytest.mark.usefixtures("cheap")
def test_two_runs_of_one_config_share_a_network_but_not_a_state() -> None:
    config = small("masked_words")
    wanted = run(config, 20)[1]
    one, two = loop.start(config), loop.start(config)
    one, first = loop.advance(config, one, 10)
    two, second = loop.advance(config, two, 5)
    one, third = loop.advance(config, one, 10)
    _, fourth = loop.advance(config, two, 15)
    assert np.array_equal(np.concatenate([first.losses, third.losses]), wanted)
    assert np.array_equal(np.concatenate([second.losses, fourth.losses]), wanted)


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", SLUGS)
def test_another_seed_is_another_run(slug: str) -> None:
    one, two = (run(small(slug, seed=seed), 3) for seed in (0, 1))
    assert not np.array_equal(one[1], two[1])
    assert not np.array_equal(one[0]["weights"], two[0]["weights"])


# One of each kind: plain, a queue, rounds, noise for codes. All of them are sliced with cheaper parts above.
@pytest.mark.slow
@pytest.mark.timeout(900)  # 2 whole evaluations, twice
@pytest.mark.parametrize("slug", ["masked_words", "queue", "cluster_ids", "masked_sound"])
def test_slices_make_no_difference_with_nothing_made_cheaper(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "FRAMES", 1)  # fewer evaluations, each of them whole
    forget()
    config = small(slug, batch=32, steps=24)
    whole = run(config, 24)
    assert [e.step for e in whole[2]] == [0, *sorted(loop.evaluation_steps(config))]
    forget()
    assert same_run(run(config, 7, 1, 12, 4), whole)
    forget()


# the state


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", SLUGS)
def test_advance_leaves_its_state_alone(slug: str) -> None:
    config = small(slug)
    fresh = loop.start(config)
    kept = copied(fresh)
    middle, _ = loop.advance(config, fresh, 5)
    assert same_state(fresh, kept)
    assert same_state(loop.start(config), kept)  # nor is the beginning changed for the next run
    kept = copied(middle)
    loop.advance(config, middle, 20)
    assert same_state(middle, kept)


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", EVERY)
def test_the_state_is_plain_and_small(slug: str) -> None:
    state, _, _ = run(small(slug), 2)
    for value in state.values():
        assert isinstance(value, (np.ndarray, np.generic))
        assert value.dtype.kind in "fi"
    assert sum(value.nbytes for value in state.values()) < 4_000_000
    assert state["step"] == 2
    assert len(pickle.dumps(state)) < 4_000_000


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", SLUGS)
def test_start_is_the_first_state_of_the_seed(slug: str) -> None:
    state = loop.start(small(slug))
    assert state["step"] == 0
    assert not state["m"].any()
    assert not state["v"].any()
    assert not len(state["map"])
    assert np.array_equal(state["weights"], loop.start(small(slug, batch=32))["weights"])
    assert not np.array_equal(state["weights"], loop.start(small(slug, seed=1))["weights"])


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", SLUGS)
def test_all_weights_learn(slug: str) -> None:
    config = small(slug)
    before = loop.start(config)["weights"]
    state, _, _ = run(config, 10)
    net = loop._learner(config).net
    at = 0
    for name, p in net.named_parameters():
        if not p.requires_grad:  # a slower copy: it follows, and is kept apart
            continue
        part = slice(at, at + p.numel())
        at += p.numel()
        assert np.array_equal(p.detach().numpy().ravel(), state["weights"][part]), name
        assert (state["weights"][part] != before[part]).any(), name
    assert at == len(before)


# the budget


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("steps", [0, -1])
def test_less_than_one_step_is_refused(steps: int) -> None:
    config = small("masked_words")
    with pytest.raises(ValueError, match=f"at least 1, got {steps}"):
        loop.advance(config, loop.start(config), steps)


@pytest.mark.usefixtures("cheap")
def test_never_past_the_budget() -> None:
    config = small("masked_words", steps=20)
    state, snapshot = loop.advance(config, loop.start(config), 1000)
    assert (snapshot.step, len(snapshot.losses), int(state["step"])) == (20, 20, 20)
    after, snapshot = loop.advance(config, state, 5)
    assert (snapshot.step, len(snapshot.losses), snapshot.evaluations) == (20, 0, ())
    assert same_state(after, state)


@pytest.mark.usefixtures("cheap")
def test_a_snapshot_says_what_happened() -> None:
    config = small("masked_words")
    _, snapshot = loop.advance(config, loop.start(config), 12)
    assert snapshot.step == len(snapshot.losses) == 12
    assert snapshot.losses.dtype == np.float32
    assert snapshot.device == "cpu"
    assert snapshot.seconds > 0
    assert snapshot.diverged is None
    assert snapshot.losses[0] == pytest.approx(math.log(2009), abs=1.5)  # an untrained model guesses


# evaluations


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", SLUGS)
def test_evaluations_come_at_fixed_steps(slug: str) -> None:
    config = small(slug)
    wanted = [0, *sorted(loop.evaluation_steps(config))]
    assert wanted == [0, 8, 21, 39, 60]
    _, _, evaluations = run(config, 8, 1, 11, 1, 39)
    assert [e.step for e in evaluations] == wanted
    for e in evaluations:
        assert e.points.shape == (40, 2)
        assert e.points.dtype == np.float32
        assert e.features.shape == (40, 64)
        assert e.features.dtype == np.float16
        assert 0 <= e.knn <= 1
        assert math.isfinite(e.loss)


@pytest.mark.parametrize("steps", [20, 61, 2600, 20_000])
def test_evaluations_are_closer_together_at_first_and_end_with_the_run(steps: int) -> None:
    forget()
    at = sorted(loop.evaluation_steps(small("masked_words", steps=steps)))
    assert at[-1] == steps
    assert at[0] >= 1
    assert len(at) <= loop.FRAMES == 20
    gaps = np.diff([0, *at])
    assert gaps[:5].sum() <= gaps[-5:].sum()
    if steps > 1000:
        assert gaps[0] < gaps[-1] / 3
        assert len(at) == 20
        assert (np.diff(gaps) >= -1).all()


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", SLUGS)
def test_held_out_labels_are_the_same_at_every_step_of_every_run(slug: str) -> None:
    first = loop._learner(small(slug)).held_out(256)
    run(small(slug), 5)
    for other in (small(slug), small(slug, seed=3), small(slug, steps=50)):
        for a, b in zip(first, loop._learner(other).held_out(256), strict=True):
            written = {"ids"} if slug == "replaced_words" else set()  # by a generator that has learned more
            assert all(torch.equal(a.inputs[k], b.inputs[k]) for k in a.inputs if k not in written)
            if TASKS[slug].label_from != "model":  # which makes other labels when it has learned more
                assert all(torch.equal(a.targets[k], b.targets[k]) for k in a.targets)


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", SLUGS)
def test_looking_does_not_train(slug: str) -> None:
    learner = loop._learner(small(slug))
    before = copied(learner.dump(0))
    one, two = learner.evaluate(0), learner.evaluate(0)
    assert (one.loss, one.knn) == (two.loss, two.knn)
    after = learner.dump(0)
    assert all(np.array_equal(before[k], after[k]) for k in ("weights", "m", "v", "buffers"))


@pytest.mark.usefixtures("cheap")
def test_no_training_batch_holds_a_held_out_sentence() -> None:
    config = small("masked_words")
    learner = loop._learner(config)
    held_out = set(learner.task.batch(config.data, "held_out", np.arange(2000)).ids.tolist())
    assert all(held_out.isdisjoint(learner.batch(step).ids.tolist()) for step in range(200))


# the data of a step


PICKS = [slug for slug in EVERY if type(load(slug)).sample is not Task.sample]  # tasks that pick their samples


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", [one for one in SLUGS if one.values[0] not in PICKS])
def test_an_epoch_goes_once_through_the_data_in_an_order_of_its_own(slug: str) -> None:
    size = min(512, load(slug).size(small(slug).data, "train") // 4)
    config = small(slug, batch=size)
    learner = loop._learner(config)
    a_round = learner.task.size(config.data, "train") // size
    epochs = [[learner.batch(e * a_round + i).ids for i in range(a_round)] for e in range(2)]
    for epoch in epochs:
        ids = np.concatenate(epoch)
        assert len(set(ids.tolist())) == len(ids) == a_round * size
    assert not np.array_equal(epochs[0][0], epochs[1][0])
    assert np.array_equal(learner.batch(3).ids, epochs[0][3])  # any step, at any time
    assert not np.array_equal(loop._learner(small(slug, batch=size, seed=1)).batch(0).ids, epochs[0][0])


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", PICKS)
def test_where_the_task_picks_the_samples_these_are_trained_on(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = small(slug)
    learner = loop._learner(config)
    size, first = learner.task.size(config.data, "train"), [learner.batch(step).ids for step in range(3)]
    assert not np.array_equal(first[0], first[1])
    assert np.array_equal(learner.batch(1).ids, first[1])  # any step, at any time
    assert not np.array_equal(loop._learner(small(slug, seed=1)).batch(0).ids, first[0])
    asked: list[tuple[int, int]] = []

    def backwards(_net: Any, have: int, want: int, _rng: Any) -> np.ndarray:
        asked.append((have, want))
        return np.arange(want)[::-1].copy()

    monkeypatch.setattr(learner.task, "sample", backwards)
    rows = np.arange(config.batch)[::-1].copy()
    assert np.array_equal(learner.batch(5).ids, learner.task.batch(config.data, "train", rows).ids)
    assert asked == [(size, config.batch)]


# the learning rate


@pytest.mark.parametrize("steps", [20, 100, 2600])
def test_the_learning_rate_warms_up_and_falls(steps: int) -> None:
    config = small("masked_words", steps=steps, lr=0.01)
    rates = np.array([loop.rate(config, step) for step in range(steps)])
    warm = max(10, steps // 20)
    assert rates[0] == pytest.approx(0.01 / warm, rel=0.01)
    assert rates.max() <= 0.01
    assert (np.diff(rates[warm:]) <= 0).all()
    if steps == 2600:
        assert (np.diff(rates[:warm]) > 0).all()
        assert rates.max() > 0.0098
        assert rates[1300] == pytest.approx(0.005, rel=1e-6)  # half-way down the cosine
    assert rates[-1] == pytest.approx(0.01 / 50, rel=0.31)  # a fiftieth; a budget of 20 is not quite there
    if steps >= 100:
        assert rates[-1] == 0.01 * 0.02


@pytest.mark.usefixtures("cheap")
def test_a_run_trained_on_goes_on_at_the_lowest_rate_and_can_be_had_in_one_go() -> None:
    config = small("masked_words", steps=20)
    longer = config.longer()
    assert (longer.steps, longer.scheduled, longer.as_begun) == (40, 20, config)
    assert longer.longer().steps == 60
    assert [loop.rate(longer, step) for step in range(20)] == [loop.rate(config, step) for step in range(20)]
    assert {loop.rate(longer, step) for step in range(20, 40)} == {config.lr * 0.02}
    assert loop.evaluation_steps(config) < loop.evaluation_steps(longer)
    assert max(loop.evaluation_steps(longer)) == 40
    first, before = loop.advance(config, loop.start(config), 20)
    state, after = loop.advance(longer, first, 40)
    whole, both = loop.advance(longer, loop.start(longer), 40)
    assert np.array_equal(state["weights"], whole["weights"])
    assert np.array_equal(np.concatenate([before.losses, after.losses]), both.losses)


@pytest.mark.usefixtures("cheap")
def test_the_rate_of_the_schedule_is_the_one_that_is_used() -> None:
    config = small("masked_words")
    run(config, 14)
    assert loop._learner(config).adam.lr == loop.rate(config, 13)
    assert not math.isclose(loop.rate(config, 13), loop.rate(config, 12))


# slow motion


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("before", [0, 7])
def test_slow_motion_is_one_step(slug: str, before: int) -> None:
    config = small(slug)
    state = run(config, before)[0] if before else loop.start(config)
    kept = copied(state)
    wanted, snapshot = loop.advance(config, state, 1)
    found, shown, phases = loop.explain_step(config, state)
    assert same_state(found, wanted)
    assert same_state(state, kept)
    assert np.array_equal(shown.losses, snapshot.losses)
    assert same_evaluations(list(shown.evaluations), list(snapshot.evaluations))
    assert [name for name, _ in phases] == PHASES
    assert loop._learner(config).watch is None  # the next step goes unwatched


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", SLUGS)
def test_slow_motion_shows_the_real_numbers(slug: str) -> None:
    config = small(slug)
    state, _, _ = run(config, 13)
    after, snapshot, phases = loop.explain_step(config, state)
    told, learner = dict(phases), loop._learner(config)
    batch, draw = told["draw"]["batch"], told["draw"]["draw"]
    assert np.array_equal(batch.ids, learner.batch(13).ids)
    rng = np.random.default_rng((config.seed, loop.LABEL, 13))  # of this step, and of nothing carried along
    assert draw.to_json() == learner.task.draw(batch, rng, learner.info, config.options).to_json()
    again = learner.task.apply(batch, draw, learner.info)
    labelled = told["change"]["labelled"]
    assert all(torch.equal(again.inputs[k], labelled.inputs[k]) for k in again.inputs)
    assert np.float32(told["loss"]["loss"]) == snapshot.losses[0]
    assert told["loss"]["per_item"].mean().item() == pytest.approx(told["loss"]["loss"], rel=1e-6)
    assert told["gradient"]["norm"] > 0
    assert told["gradient"]["weights"] == len(state["weights"])
    moved = np.linalg.norm(after["weights"].astype(float) - state["weights"])
    assert told["update"]["moved"] == pytest.approx(moved, rel=1e-3)
    assert told["update"]["size"] == pytest.approx(np.linalg.norm(state["weights"].astype(float)), rel=1e-3)
    assert told["update"]["rate"] == loop.rate(config, 13)


@pytest.mark.usefixtures("cheap")
def test_slow_motion_stops_at_the_end_of_the_budget() -> None:
    config = small("masked_words", steps=20)
    state, _, _ = run(config, 20)
    after, snapshot, phases = loop.explain_step(config, state)
    assert same_state(after, state)
    assert (snapshot.step, phases) == (20, [])


# divergence


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", SLUGS)
def test_divergence_is_reported_and_the_state_handed_back(slug: str) -> None:
    config = small(slug, lr=1e8, steps=200)  # no evaluation before step 25
    state = loop.start(config)
    kept = copied(state)
    back, snapshot = loop.advance(config, state, 20)
    assert snapshot.diverged is not None
    assert 1 <= snapshot.diverged < 20
    assert snapshot.step == 0
    assert len(snapshot.losses) == 0
    assert back is state
    assert same_state(state, kept)
    again, second = loop.advance(config, back, 20)  # and so it goes every time
    assert second.diverged == snapshot.diverged
    assert same_state(again, kept)


@pytest.mark.usefixtures("cheap")
def test_a_run_that_diverged_leaves_nothing_behind() -> None:
    config = small("masked_words", lr=1e7, steps=200)
    first = run(config, 1)
    assert loop.advance(config, first[0], 5)[1].diverged is not None
    assert same_run(run(config, 1), first)


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("slug", SLUGS)
def test_divergence_just_before_an_evaluation_is_reported_too(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "FRAMES", 20)
    config = small(slug, lr=1e8)  # evaluates after its first step
    state = loop.start(config)
    back, snapshot = loop.advance(config, state, 20)
    assert snapshot.diverged is not None
    assert back is state


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize(("slug", "lr"), [("masked_words", 1e4), ("masked_words", 1e6), ("same_or_different", 1e4)])
def test_no_state_that_is_handed_back_holds_nan(slug: str, lr: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "FRAMES", 1)  # at the very end only
    config = small(slug, lr=lr, steps=200)
    state, snapshot = loop.start(config), None
    while snapshot is None or (snapshot.diverged is None and snapshot.step < 20):
        state, snapshot = loop.advance(config, state, 1)
        assert all(np.isfinite(state[k]).all() for k in ("weights", "m", "v"))
    assert snapshot.diverged is not None


# learning


def constant_baseline(config: RunConfig) -> float:
    """The best loss, on the held-out labels, of those that give one answer whatever the input."""
    learner = loop._learner(config)
    labelled = learner.held_out(loop.HELD_OUT_SAMPLES)
    found = [learner.task.baselines(part, learner.info, config.options) for part in labelled]
    means = [np.mean([part[i].loss for part in found]) for i, b in enumerate(found[0]) if b.constant]
    return float(min(means))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("slug", "steps", "harder"),
    [
        ("masked_words", 250, "word frequencies"),
        ("same_or_different", 150, "raw pixels"),  # an untrained trunk beats "all alike" already
    ],
)
def test_it_learns_more_than_the_best_constant_answer(
    slug: str, steps: int, harder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "FRAMES", 1)  # only the first and the last evaluation are asked about
    forget()
    config = small(slug, steps=steps, batch=128)
    _, losses, evaluations = run(config, steps)
    first, last = evaluations[0], evaluations[-1]
    main = next(iter(first.scores))
    assert last.loss < constant_baseline(config) - 0.2
    assert last.loss < first.loss - 1
    assert losses[-20:].mean() < losses[:10].mean() - 0.9
    assert last.scores[main] > first.scores[main] + 0.05
    learner = loop._learner(config)
    counted = [b for part in learner.held_out(768) for b in learner.task.baselines(part, learner.info, config.options)]
    assert last.loss < np.mean([b.loss for b in counted if b.name == harder])


@pytest.mark.usefixtures("cheap")
def test_a_handful_of_sentences_can_be_learned_by_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    config = small("masked_words", steps=80, lr=5e-3, options=MaskedWordsOptions(masking="static"))
    learner = loop._learner(config)
    only = learner.task.batch(config.data, "train", np.arange(16))
    monkeypatch.setattr(learner, "batch", lambda _step: only)
    _, losses, _ = run(config, 80)
    assert losses[0] > 6
    assert losses[-1] < 0.5


@pytest.mark.usefixtures("cheap")
def test_features_may_come_in_parts() -> None:
    learner = loop._learner(small("same_or_different"))
    batch = learner.task.batch("pictures", "held_out", np.arange(1100))
    some = learner.features(batch.rows(np.arange(495, 505)))
    np.testing.assert_allclose(learner.features(batch)[495:505], some, rtol=1e-4, atol=1e-5)


def test_one_torch_thread() -> None:
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize(
    "early", ["sys", *(pytest.param(one, marks=pytest.mark.slow) for one in ("numpy", "scipy.linalg"))]
)
def test_one_thread_of_algebra_whatever_is_loaded_first(early: str) -> None:
    asked = "[(i['filepath'], i['num_threads']) for i in threadpool_info() if i['user_api'] == 'blas']"
    code = f"""
import json, {early}
from sslviz.training import loop
import scipy.linalg
from threadpoolctl import threadpool_info
print(json.dumps({asked}))
"""
    bare = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    done = subprocess.run([sys.executable, "-c", code], env=bare, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert len(found) >= 2 or sys.platform != "linux"  # numpy's and SciPy's
    assert {threads for _, threads in found} <= {1}


def test_a_device_that_is_named_is_taken_and_auto_finds_one() -> None:
    assert loop.pick_device("cpu") == "cpu"
    assert loop.pick_device("auto") in {"cpu", "cuda", "mps"}
    if not torch.cuda.is_available() and not torch.backends.mps.is_available():
        assert loop.pick_device("auto") == "cpu"
