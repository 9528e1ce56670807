"""What every task with a page must keep, whatever its data and wherever its label comes from."""

import json
from typing import Any

import numpy as np
import pytest
import torch

from sslviz.catalogue import TASKS
from sslviz.models.trunk import Trunk, count_weights
from sslviz.tasks.base import Batch, Draw, Labelled

N = 11  # unlike any other size here, so that the axis of the samples can be told


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


def same_label(a: Labelled, b: Labelled) -> bool:
    return same(a.inputs, b.inputs) and same(a.targets, b.targets) and torch.equal(a.where, b.where)


def cut(draw: Draw, n: int, rows: np.ndarray) -> Draw:
    """The choices that were made for some samples."""
    return Draw({k: np.take(v, rows, axis=v.shape.index(n)) for k, v in draw.items()})


def rows_of(array: torch.Tensor, n: int, rows: np.ndarray) -> torch.Tensor:
    """Rows of some samples, where an array may hold several copies of each."""
    return array.unflatten(0, (-1, n))[:, torch.from_numpy(rows)].flatten(0, 1)


def shaken(net: torch.nn.Module, seed: int = 0) -> torch.nn.Module:
    """The network with every weight moved a little: some start at exactly 0, and then all answers are alike."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in net.parameters():
            weight.add_(0.1 * torch.randn(weight.shape, generator=generator))
    return net


def limits() -> list[Any]:
    """(slug, options) with every option at its limits, one at a time."""
    found = []
    for slug, entry in TASKS.items():
        for name, option in entry.fields.items():
            if isinstance(option.default, bool):
                values: tuple[Any, ...] = (True, False)
            else:
                values = option.choices or (option.low, option.high)
            found += [pytest.param(slug, {name: v}, id=f"{slug}-{name}-{v}") for v in values]
    return found


def test_apply_repeats_exactly_and_leaves_its_arguments_alone(lab: Any) -> None:
    batch = lab.batch(N)
    draw = lab.draw(batch)
    kept = {k: v.clone() for k, v in batch.data.items()}
    plain = json.dumps(draw.to_json())
    first = lab.task.apply(batch, draw, lab.info)
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002 - the global generator must play no part
    assert same_label(first, lab.task.apply(batch, draw, lab.info))
    assert same_label(first, lab.task.apply(batch, draw, lab.info, trace=True))
    assert same(kept, batch.data)
    assert plain == json.dumps(draw.to_json())


def test_draw_uses_no_other_random_numbers_than_those_given(lab: Any) -> None:
    batch = lab.batch(N)
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    first = lab.draw(batch, 5).to_json()
    torch.manual_seed(2)
    np.random.seed(2)  # noqa: NPY002
    assert first == lab.draw(batch, 5).to_json()


def test_draw_survives_json(lab: Any) -> None:
    batch = lab.batch(N)
    draw = lab.draw(batch)
    again = Draw.from_json(json.loads(json.dumps(draw.to_json())))
    assert same_label(lab.task.apply(batch, draw, lab.info), lab.task.apply(batch, again, lab.info))


def test_a_seed_repeats_a_label_and_another_gives_another(lab: Any) -> None:
    batch = lab.batch(N)
    assert same_label(lab.label(batch, 3), lab.label(batch, 3))
    assert same(lab.label(batch, 3).inputs, lab.label(batch, 4).inputs) != lab.entry.drawn
    assert bool(lab.draw(batch)) == lab.entry.drawn


def test_a_batch_of_one_goes_the_same_way(lab: Any) -> None:
    batch = lab.batch(N)
    draw = lab.draw(batch)
    whole = lab.task.apply(batch, draw, lab.info)
    for i in (0, 4, N - 1):
        row = np.array([i])
        alone = lab.task.apply(batch.rows(row), cut(draw, N, row), lab.info)
        for name, array in whole.inputs.items():
            torch.testing.assert_close(alone.inputs[name], rows_of(array, N, row), rtol=0, atol=1e-6)
        if lab.task.label_from == "data":
            for name, array in whole.targets.items():
                assert torch.equal(alone.targets[name], rows_of(array, N, row))


def test_a_batch_of_one_can_be_drawn_answered_and_scored(lab: Any) -> None:
    net = lab.net()
    labelled = lab.task.targets_from_model(net, lab.label(lab.batch(1, "held_out")))
    assert torch.isfinite(lab.task.loss(net, labelled, lab.options()).total)
    answer = lab.task.answer(net, labelled, lab.options())
    assert all(0 <= v <= 1 or np.isnan(v) for v in lab.task.score(answer, labelled).values())
    assert lab.task.baselines(labelled, lab.info, lab.options())


def test_labels_of_data_and_batch_ignore_the_weights(lab: Any) -> None:
    labelled, one, other = lab.label(lab.batch(N)), shaken(lab.net(1), 1), shaken(lab.net(2), 2)
    taught = lab.task.targets_from_model(one, labelled), lab.task.targets_from_model(other, labelled)
    assert not torch.equal(
        lab.task.loss(one, taught[0], lab.options()).total, lab.task.loss(other, taught[1], lab.options()).total
    )
    assert same_label(*taught) == (lab.task.label_from != "model")
    if lab.task.label_from != "model":
        assert same_label(taught[0], labelled)
        assert labelled.targets


def test_no_gradient_reaches_a_target(lab: Any) -> None:
    net = shaken(lab.net())
    labelled = lab.task.targets_from_model(net, lab.label(lab.batch(N)))
    loss = lab.task.loss(net, labelled, lab.options())
    assert loss.total.requires_grad
    (loss.total if loss.auxiliary is None else loss.total + loss.auxiliary).backward()
    for target in (*labelled.targets.values(), labelled.where):
        assert not target.requires_grad
        assert target.grad_fn is None
    for p in net.parameters():
        assert (p.grad is not None) == p.requires_grad  # the student learns in all its parts, a copy in none


def test_the_answer_does_not_read_the_label(lab: Any) -> None:
    net = shaken(lab.net())
    labelled = lab.task.targets_from_model(net, lab.label(lab.batch(N)))
    wrong = Labelled(labelled.inputs, {k: torch.zeros_like(v) for k, v in labelled.targets.items()}, labelled.where)
    assert same(lab.task.answer(net, labelled, lab.options()).data, lab.task.answer(net, wrong, lab.options()).data)
    assert not torch.equal(
        lab.task.loss(net, labelled, lab.options()).total, lab.task.loss(net, wrong, lab.options()).total
    )


def test_inputs_share_no_memory_with_targets(lab: Any) -> None:
    labelled = lab.label(lab.batch(N))
    places = {t.data_ptr() for t in labelled.inputs.values()}
    assert not places & {t.data_ptr() for t in (*labelled.targets.values(), labelled.where)}


def test_undo_restores_what_was_there(lab: Any) -> None:
    batch = lab.batch(N)
    draw = lab.draw(batch)
    restored = lab.task.undo(lab.task.apply(batch, draw, lab.info), draw)
    assert (restored is not None) == lab.entry.expects.undo  # a crop, a replaced sentence and a dropped word are gone
    assert restored is None or same(restored.data, batch.data)


@pytest.mark.parametrize(("slug", "options"), limits())
def test_two_steps_give_numbers_at_the_limits_of_every_option(labs: Any, slug: str, options: dict[str, Any]) -> None:
    lab = labs[slug]
    net = lab.net(**options)
    sgd = torch.optim.SGD(net.parameters(), lr=0.1)
    for step in range(2):
        labelled = lab.task.targets_from_model(net, lab.label(lab.batch(N, first=step * N), step, **options))
        loss = lab.task.loss(net, labelled, lab.options(**options))
        assert torch.isfinite(loss.total)
        sgd.zero_grad()
        loss.total.backward()
        sgd.step()
        lab.task.after_step(net, labelled, step)
        assert all(torch.isfinite(p).all() for p in net.state_dict().values())


def test_total_is_the_mean_over_the_items_in_where(lab: Any) -> None:
    net = lab.net()
    labelled = lab.task.targets_from_model(net, lab.label(lab.batch(N)))
    loss = lab.task.loss(net, labelled, lab.options())
    assert loss.total.ndim == 0
    assert loss.per_item is not None
    assert loss.per_item.shape == (int(labelled.where.sum()),)
    assert torch.equal(loss.total, loss.per_item.mean())


def test_trace_shows_every_change_from_the_raw_sample_to_the_input(lab: Any) -> None:
    batch = lab.batch(N)
    every = {"blur": True, "noise": 0.3}  # what is off by default
    labelled = lab.label(batch, trace=True, **{k: v for k, v in every.items() if k in lab.entry.fields})
    first = labelled.steps[0].before[:N]
    raws = [raw / 255 if raw.dtype == torch.uint8 and first.is_floating_point() else raw for raw in batch.data.values()]
    assert any(torch.equal(first, raw) for raw in raws)
    for one, following in zip(labelled.steps, labelled.steps[1:], strict=False):
        assert one.after is following.before
        assert one.name != following.name
    assert any(labelled.steps[-1].after is array for array in labelled.inputs.values())
    assert all(not torch.equal(s.before, s.after) for s in labelled.steps)  # no step overwrote the one before
    assert lab.label(batch).steps == ()


def test_baselines_are_named_once_and_one_is_constant(lab: Any) -> None:
    net = lab.net()
    labelled = lab.task.targets_from_model(net, lab.label(lab.batch(64, "held_out")))
    baselines = lab.task.baselines(labelled, lab.info, lab.options())
    measures = lab.task.score(lab.task.answer(net, labelled, lab.options()), labelled).keys()
    assert len({b.name for b in baselines}) == len(baselines)
    assert any(b.constant and b.loss is not None for b in baselines)
    for b in baselines:
        assert b.loss is None or np.isfinite(b.loss)
        assert b.scores.keys() <= measures
        assert all(0 <= v <= 1 for v in b.scores.values())


def test_scores_lie_between_0_and_1(lab: Any) -> None:
    net = lab.net()
    labelled = lab.task.targets_from_model(net, lab.label(lab.batch(64)))
    scores = lab.task.score(lab.task.answer(net, labelled, lab.options()), labelled)
    assert scores
    assert all(0 <= v <= 1 for v in scores.values())


def test_the_trunk_is_the_one_that_was_given(lab: Any) -> None:
    trunk = Trunk()
    net = lab.task.build(trunk, lab.info, lab.options())
    assert (getattr(net, "trunk", None) is trunk) == lab.entry.trunk
    if not lab.entry.trunk:
        return
    assert count_weights(net) > count_weights(trunk)


def test_features_come_one_a_sample_and_do_not_mix_samples(lab: Any) -> None:
    data, net = lab.task.probe_data(lab.data), lab.net()
    some = data.test.rows(np.arange(9))
    with torch.no_grad():
        features = lab.task.features(net, some, lab.info)
        alone = lab.task.features(net, some.rows(np.array([4])), lab.info)
    assert features.shape == (9, Trunk().width)
    torch.testing.assert_close(alone[0], features[4], rtol=1e-4, atol=1e-5)
    assert len({tuple(row.tolist()) for row in features}) == 9


def test_probe_data_keeps_training_and_held_out_samples_apart(lab: Any) -> None:
    data = lab.task.probe_data(lab.data)
    classes = set(range(len(data.names)))
    assert set(data.train_y.tolist()) == set(data.test_y.tolist()) == classes
    assert len(data.train) == len(data.train_y) == data.raw_train.shape[0]
    assert len(data.test) == len(data.test_y) == data.raw_test.shape[0]
    assert data.raw_train.shape[1] == data.raw_test.shape[1]
    assert set(data.shown.tolist()) <= set(range(len(data.test)))
    few = data.few(50)
    assert len(few.train) == len(few.train_y) == 50
    assert np.array_equal(few.test_y, data.test_y[data.shown])
    assert isinstance(few.test, Batch)
    same_rows = [int(np.flatnonzero(data.train.ids == i)[0]) for i in few.train.ids]
    assert np.array_equal(data.train_y[same_rows], few.train_y)  # labels stay with their samples


def test_task_and_catalogue_agree(lab: Any) -> None:
    assert lab.task.label_from == lab.entry.label_from
    assert lab.task.slug == lab.slug


def test_samples_have_stable_numbers(lab: Any) -> None:
    batch = lab.batch(N)
    part = lab.task.batch(lab.data, "train", np.array([3, 7]))
    assert np.array_equal(batch.ids[[3, 7]], part.ids)
    assert lab.task.size(lab.data, "train") > lab.task.size(lab.data, "held_out") > 0
    for name, array in part.data.items():
        whole = batch.data[name][[3, 7]]  # a larger batch may be padded further
        assert torch.equal(whole[:, : array.shape[1]] if array.ndim > 1 else whole, array)
