"""Frame order: orders and their classes, what each way asks, what the switches change; and the bootstrap over shots."""

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.catalogue.frame_order import FrameOrderOptions as Options
from sslviz.data import video
from sslviz.evaluation.bootstrap import over_groups
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks.base import Batch, DataInfo, Draw, Labelled
from sslviz.tasks.frame_order import (
    JITTER,
    VARIANTS,
    FrameNet,
    FrameOrder,
    changes,
    classes,
    cut,
    labels,
    least_change,
    lit,
    one_channel,
    roles,
)
from sslviz.tasks.permutations import inverse
from sslviz.training import loop
from sslviz.training.config import default

TASK = FrameOrder()
EVERY = (*VARIANTS,)


def clips(n: int, seed: int = 0) -> Batch:
    """Clips of noise."""
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 8, 3, 36, 64), dtype=np.uint8)
    return Batch(np.arange(n), {"frames": torch.from_numpy(pixels)})


def fading(n: int) -> Batch:
    """Clips that become brighter, and nothing else: nearest in brightness is nearest in time."""
    light = torch.arange(8, dtype=torch.uint8).view(1, 8, 1, 1, 1) * 20
    return Batch(np.arange(n), {"frames": light.expand(n, 8, 3, 36, 64).contiguous()})


def draw(batch: Batch, seed: int = 0, **options: Any) -> Draw:
    return TASK.draw(batch, np.random.default_rng(seed), DataInfo(), Options(**options))


def label(batch: Batch, seed: int = 0, **options: Any) -> Labelled:
    return TASK.apply(batch, draw(batch, seed, **options), DataInfo())


def net(way: str, seed: int = 0) -> FrameNet:
    made = TASK.build(Trunk(), DataInfo(), Options(way=way))
    initialise(made, torch.Generator().manual_seed(seed))
    assert isinstance(made, FrameNet)
    return made


def number(order: Any, taken: int = 4) -> int:
    return int(labels(np.array([order]), taken)[0])


# orders and classes


@pytest.mark.parametrize("k", [3, 4])
def test_half_of_all_orders_are_classes_and_each_stands_for_two(k: int) -> None:
    every = np.array(list(itertools.permutations(range(k))))
    found = labels(every, k)
    assert len(classes(k)) == math.factorial(k) // 2 == found.max() + 1
    assert np.bincount(found).tolist() == [2] * len(classes(k))  # all 12 of four occur, twice each


@pytest.mark.parametrize("k", [3, 4])
def test_a_clip_run_backwards_shares_its_class(k: int) -> None:
    for order in itertools.permutations(range(k)):
        backwards = [k - 1 - frame for frame in order]  # the same places, the clip the other way round
        assert number(order, k) == number(backwards, k)
        play, reverse = inverse(np.array(order)), inverse(np.array(backwards))
        assert play.tolist() == reverse[::-1].tolist()  # what is to be played, reversed
        assert min(play.tolist(), reverse.tolist()) == classes(k)[number(order, k)].tolist()


def test_reversing_the_list_of_what_is_shown_is_another_thing() -> None:
    # Frames 1 3 2 are shown: the middle one stands last. Backwards (3 1 2) it stands last, too; in 2 3 1 it is first.
    assert number((0, 2, 1), 3) == number((2, 0, 1), 3) != number((1, 2, 0), 3)
    both = [number(p) == number(p[::-1]) for p in itertools.permutations(range(4))]
    assert 0 < sum(both) < 24


def test_golden_classes_of_three_and_four() -> None:
    assert [number(p, 3) for p in itertools.permutations(range(3))] == [0, 1, 2, 2, 1, 0]
    assert number((0, 1, 2, 3)) == number((3, 2, 1, 0)) == 0
    assert number((1, 3, 0, 2)) == number((2, 0, 3, 1))  # OPN's table has (3, 1, 4, 2) for (2, 4, 1, 3)


def test_three_frames_are_in_order_forwards_and_backwards() -> None:
    order = np.array([[1, 2, 3], [3, 2, 1], [1, 0, 3], [1, 4, 3], [3, 0, 1], [2, 1, 3]])
    assert labels(order, 5).tolist() == [1, 1, 0, 0, 0, 0]


def test_all_classes_are_drawn_about_equally_often() -> None:
    made = label(clips(2400), motion=False)
    counts = np.bincount(made.targets["label"].numpy(), minlength=12)
    assert counts.min() > 140
    assert counts.max() < 260


@pytest.mark.parametrize("share", [0.1, 0.5, 0.75])
def test_so_many_triples_are_wrong_and_only_the_middle_decides(share: float) -> None:
    how = draw(clips(2000), way="in order?", wrong=share, motion=False)
    right = labels(how["order"], 5)
    assert right.mean() == pytest.approx(1 - share, abs=0.04)
    assert set(map(tuple, np.sort(how["order"][:, [0, 2]], 1).tolist())) == {(1, 3)}  # b and d, in right and wrong
    assert set(how["order"][:, 1].tolist()) == {0, 2, 4}
    backwards = (how["order"][:, 0] == 3).mean()
    assert backwards == pytest.approx(0.5, abs=0.05)


# what is taken, cut out and shown


@given(st.integers(0, 10_000), st.sampled_from(EVERY), st.sampled_from([1, 2]), st.booleans(), st.booleans())
@settings(max_examples=30)
def test_frames_lie_in_the_clip_and_squares_in_the_frame(
    seed: int, way: str, gap: int, motion: bool, jitter: bool
) -> None:
    how = draw(clips(5), seed, way=way, gap=gap, motion=motion, jitter=jitter)
    times = how["times"]
    assert times.min() >= 0
    assert times.max() < video.LENGTH
    steps = np.diff(times, axis=1)
    wanted = [gap, 1, 1, gap] if way == "in order?" else [gap] * (VARIANTS[way].taken - 1)
    assert (steps == wanted).all()
    for name, room in (("top", video.HIGH - 32), ("left", video.WIDE - 32)):
        assert how[name].min() >= 0
        assert how[name].max() <= room
        spread = np.ptp(how[name], axis=1)
        assert spread.max() <= (2 * JITTER if jitter else 0)
    k = VARIANTS[way].shown
    assert how["order"].shape == (5, k)
    assert all(len(set(row)) == k for row in how["order"].tolist())


@given(st.integers(0, 10_000), st.sampled_from(EVERY))
@settings(max_examples=20)
def test_what_is_shown_is_the_frame_that_the_order_names(seed: int, way: str) -> None:
    batch = clips(4, seed)
    how = draw(batch, seed, way=way)
    shown = TASK.apply(batch, how, DataInfo()).inputs["frames"]
    for i, place in itertools.product(range(4), range(VARIANTS[way].shown)):
        taken = how["order"][i][place]
        top, left = how["top"][i][taken], how["left"][i][taken]
        square = batch.data["frames"][i, how["times"][i][taken], :, top : top + 32, left : left + 32].float() / 255
        assert torch.equal(shown[i, place], square.flip(-1) if how["flip"][i] else square)


def test_the_crop_and_the_mirror_are_the_same_for_all_frames_and_the_jitter_is_not() -> None:
    how = draw(clips(200), jitter=False)
    assert (how["top"] == how["top"][:, :1]).all()
    assert (how["left"] == how["left"][:, :1]).all()
    assert 0.35 < how["flip"].mean() < 0.65
    moved = draw(clips(200), jitter=True)
    assert (np.ptp(moved["top"], axis=1) > 0).mean() > 0.8


def test_channel_splitting_leaves_one_colour_of_each_frame() -> None:
    plain, split = (draw(clips(50), split=on) for on in (False, True))
    assert (plain["channel"] == -1).all()
    assert {tuple(sorted(set(row))) for row in split["channel"].tolist()} >= {(0, 1, 2), (0, 1)}
    shown = TASK.apply(clips(50), split, DataInfo()).inputs["frames"]
    assert torch.equal(shown[:, :, 0], shown[:, :, 1])
    assert torch.equal(shown[:, :, 0], shown[:, :, 2])
    x = torch.rand(2, 3, 3, 4, 4)
    kept = one_channel(x, torch.tensor([[0, 1, 2], [-1, -1, 2]]))
    assert torch.equal(kept[0, 1, 2], x[0, 1, 1])
    assert torch.equal(kept[1, :2], x[1, :2])


def test_parts_in_which_much_moves_are_taken_more_often() -> None:
    frames = torch.zeros(400, 8, 3, 36, 64, dtype=torch.uint8)
    frames[:, 6:] = 200  # all the change lies between the sixth and the seventh frame
    batch = Batch(np.arange(400), {"frames": frames})
    assert changes(frames)[0].argmax() == 5
    chosen = draw(batch, gap=1)["times"]
    assert (chosen[:, -1] >= 6).mean() > 0.99
    free = draw(batch, gap=1, motion=False)["times"]
    assert (free[:, -1] >= 6).mean() == pytest.approx(2 / 5, abs=0.08)


def test_cutting_takes_squares_by_hand() -> None:
    x = torch.arange(36 * 64, dtype=torch.float).view(1, 1, 1, 36, 64).expand(1, 2, 3, 36, 64)
    found = cut(x, torch.tensor([[0, 4]]), torch.tensor([[32, 1]]), torch.tensor([0]))
    assert found.shape == (1, 2, 3, 32, 32)
    assert found[0, 0, 0, 0, 0] == 32
    assert found[0, 1, 2, 31, 31] == 35 * 64 + 32
    mirrored = cut(x, torch.tensor([[0, 4]]), torch.tensor([[32, 1]]), torch.tensor([1]))
    assert torch.equal(mirrored, found.flip(-1))


# baselines


def test_smallest_change_sorts_a_clip_that_only_fades() -> None:
    for way in EVERY:
        made = label(fading(60), way=way)
        said = least_change(made.inputs["frames"], way)
        assert torch.equal(said, made.targets["label"]), way


def test_each_frame_gets_a_light_of_its_own_only_where_that_is_asked_for() -> None:
    plain, changed = (TASK.draw(clips(50), np.random.default_rng(0), DataInfo(), Options(light=by)) for by in (0, 0.4))
    assert (plain["light"] == 1).all()
    assert 0.6 <= changed["light"].min() < 0.65
    assert 1.35 < changed["light"].max() <= 1.4
    assert (np.ptp(changed["light"][..., 0], axis=1) > 0).all()  # not one for the whole clip
    for name in ("times", "top", "left", "flip", "channel"):
        assert (plain[name] == changed[name]).all()


def test_golden_light() -> None:
    x = torch.tensor([0.2, 0.4]).view(1, 1, 1, 1, 2).expand(1, 2, 3, 1, 2)
    found = lit(x, torch.tensor([[1.0, 2.0]]), torch.tensor([[0.5, 1.0]]))
    torch.testing.assert_close(found[0, 0, 0, 0], torch.tensor([0.25, 0.35]))  # half as far from the mean of 0.3
    torch.testing.assert_close(found[0, 1, 0, 0], torch.tensor([0.4, 0.8]))  # twice as bright


def test_light_hides_the_order_from_plain_pixels_and_evening_out_brings_it_back() -> None:
    """What the switch is for, and the rule that a model must then be held against."""
    made = label(TASK.batch("film", "held_out", np.arange(TASK.size("film", "held_out"))), light=0.4)
    plain, even = (one.scores["label named"] for one in TASK.baselines(made, DataInfo(), Options(light=0.4))[1:])
    assert plain < 0.2
    assert even > 0.4


def test_three_of_four_wrong_make_the_blind_guess_0_56() -> None:
    # −0.75 ln 0.75 − 0.25 ln 0.25 = 0.562335; one half each would be ln 2
    made = label(clips(400), way="in order?")
    blind = TASK.baselines(made, DataInfo(), Options(way="in order?"))[0]
    assert blind.constant
    assert blind.loss == pytest.approx(0.562335, abs=1e-6)
    assert blind.scores["label named"] == pytest.approx(0.75, abs=0.06)
    assert TASK.baselines(made, DataInfo(), Options(way="in order?", wrong=0.5))[0].loss == pytest.approx(math.log(2))
    assert TASK.baselines(label(clips(8)), DataInfo(), Options())[0].loss == pytest.approx(math.log(12))


# the network


@pytest.mark.parametrize("way", EVERY)
def test_the_answer_is_a_sum_over_pairs_that_backwards_does_not_change(way: str) -> None:
    table = roles(way)
    assert table.shape == (VARIANTS[way].answers, math.comb(VARIANTS[way].shown, 2))
    assert len(set(map(tuple, table.tolist()))) == VARIANTS[way].answers  # no two answers ask the same of all pairs
    said = net(way)(label(clips(3), way=way).inputs["frames"])
    assert said.shape == (3, VARIANTS[way].answers)


def test_golden_roles_of_three_frames() -> None:
    # pairs (0,1), (0,2), (1,2) of places; playing 0 2 1 makes 0 and 2 neighbours, and 0 and 1 two apart
    assert roles("3 frames").tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    assert roles("in order?").tolist() == [[2, 2, 2], [0, 1, 0]]


@pytest.mark.slow
def test_a_short_training_beats_guessing() -> None:
    config = replace(default("frame_order"), steps=60, device="cpu")
    learner = loop.Learner(config)
    learner.load(learner.fresh())
    losses = [learner.train_step(step) for step in range(60)]
    assert np.mean(losses[-15:]) < math.log(12) - 0.3


@pytest.mark.slow
def test_outcomes_are_those_of_all_held_out_clips_by_shot() -> None:
    found = TASK.outcomes(net("4 frames"), "film")
    (name, (named, shots)), (rule, (plain, same)), (cat, (of_cat, _)), _ = found.items()
    assert rule.startswith("pixels that change least")
    assert same.tolist() == shots.tolist()
    assert 0.4 < plain.mean() < 0.8  # it needs no network, so this one, untrained, changes nothing about it
    held_out = video.clips("held_out")
    assert name == f"label named, {len(held_out.shots)} held-out shots counted alike"
    assert len(named) == len(shots) == len(held_out.first)
    assert set((named * 4).tolist()) <= {0, 1, 2, 3, 4}
    assert "cat" in cat
    assert len(of_cat) == sum(held_out.shots[s].source == "cat" for s in held_out.shot)


def test_what_two_frames_are_to_each_other_if_an_order_is_right() -> None:
    """Shown 3 1 2 4: the pairs 3-1, 3-2, 3-4, 1-2, 1-4, 2-4 are 2, 1, 1, 1, 3, 2 steps apart; 0 stands for one step."""
    play = classes(4).tolist()
    number = play.index([1, 2, 0, 3])  # play the second, the third, the first, the fourth
    assert roles("4 frames")[number].tolist() == [1, 0, 0, 0, 2, 1]


# the bootstrap


def test_the_average_counts_every_group_alike() -> None:
    found = over_groups(np.array([1.0, 1, 1, 1, 0]), np.array([0, 0, 0, 0, 1]))
    assert found.mean == 0.5
    assert (found.low, found.high) == (0, 1)


def test_the_interval_is_that_of_theory_and_repeats() -> None:
    rng = np.random.default_rng(5)
    groups = np.repeat(np.arange(400), 5)
    values = rng.normal(0.4, 0.2, 400)[groups]  # alike within a group
    found, again = over_groups(values, groups), over_groups(values, groups)
    assert found == again
    means = values[::5]
    wide = 1.96 * means.std() / math.sqrt(400)  # the five of a group count once
    assert found.mean - found.low == pytest.approx(wide, rel=0.1)
    assert found.high - found.mean == pytest.approx(wide, rel=0.1)
    with pytest.raises(ValueError, match="at least one"):
        over_groups(np.array([]), np.array([], int))
