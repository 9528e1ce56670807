"""Masked sound: spans as in the paper, distractors from the same recording, codes drawn and passed straight through."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sslviz.catalogue.masked_sound import MaskedSoundOptions as Options
from sslviz.data import audio
from sslviz.models import quantiser, sounds
from sslviz.models.quantiser import Quantiser, diversity, perplexity, straight_through
from sslviz.tasks import masked_sound as sound
from sslviz.tasks.base import Labelled
from sslviz.tasks.masked_sound import MaskedSound, others
from sslviz.tasks.sounds import cover, spread_starts
from sslviz.training import loop
from sslviz.training.config import RunConfig

TASK = MaskedSound()
INFO = TASK.info("voices")


def labelled(n: int = 12, seed: int = 0, part: str = "train", **options: Any) -> Labelled:
    batch = TASK.batch("voices", part, np.arange(n))
    return TASK.apply(batch, TASK.draw(batch, np.random.default_rng(seed), INFO, Options(**options)), INFO)


def learner(**options: Any) -> Any:
    config = RunConfig("masked_sound", "voices", 1, 20, 16, 1e-3, device="cpu", options=Options(**options))
    one = loop.Learner(config)
    one.load(one.fresh())
    return one


# spans


@pytest.mark.parametrize("steps", [750, 1500])
def test_half_of_a_long_recording_is_covered_in_spans_of_15_steps(steps: int) -> None:
    there = np.ones((400, steps), bool)
    masked = cover(spread_starts(there, 0.065, 10, np.random.default_rng(0)), 10)
    starts = masked & ~np.pad(masked, ((0, 0), (1, 0)))[:, :-1]
    assert masked.mean() == pytest.approx(1 - 0.935**10, abs=0.01)  # 0.489: the paper says 49 %
    q = 0.935
    assert masked.sum() / starts.sum() == pytest.approx((1 - q**10) / (0.065 * q**10), abs=0.4)  # 14.7


def test_a_start_covers_the_steps_after_it_and_overlapping_spans_join() -> None:
    starts = np.zeros((1, 30), bool)
    starts[0, [2, 5, 28]] = True
    assert np.flatnonzero(cover(starts, 10)[0]).tolist() == [*range(2, 15), 28, 29]


@given(
    st.lists(st.integers(2, 79), min_size=1, max_size=6), st.floats(0.01, 0.3), st.integers(1, 20), st.integers(0, 99)
)
def test_every_recording_has_a_span_and_padding_none(lengths: list[int], p: float, span: int, seed: int) -> None:
    there = np.arange(79) < np.array(lengths)[:, None]
    starts = spread_starts(there, p, span, np.random.default_rng(seed))
    masked = there & cover(starts, span)
    assert not (starts & ~there).any()
    for length, row, begun in zip(lengths, masked, starts, strict=True):
        assert begun.sum() in {max(1, int(p * length)), max(1, int(p * length) + 1)}
        assert row.sum() >= min(span, length) or begun.sum() > 1  # a lone span is whole
        assert not row[length:].any()


# distractors


@given(st.integers(1, 5), st.integers(1, 60), st.floats(0, 1), st.integers(0, 999))
def test_distractors_are_other_covered_steps_of_the_same_recording(n: int, t: int, share: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    masked = rng.random((n, t)) < share
    found = others(masked, rng.random((n, t)))
    assert found.shape == (n, t, 10)
    for row, some in zip(masked, found, strict=True):
        count = row.sum()
        for step in range(t):
            chosen = some[step][some[step] >= 0]
            assert len(chosen) == (min(10, count - 1) if row[step] else 0)
            assert row[chosen].all()
            assert step not in chosen
            assert len(set(chosen.tolist())) == len(chosen)


def test_every_other_covered_step_is_a_distractor_equally_often() -> None:
    masked = np.zeros((4000, 20), bool)
    masked[:, :16] = True
    found = others(masked, np.random.default_rng(0).random(masked.shape))[:, 3]
    count = np.bincount(found.ravel(), minlength=20)
    assert count[3] == count[16:].sum() == 0
    assert np.allclose(np.delete(count[:16], 3), 4000 * 10 / 15, rtol=0.08)


def test_a_distractor_with_the_true_code_is_no_candidate() -> None:
    codes = torch.tensor([[[0, 0], [0, 1], [0, 0], [3, 2]]])
    distractors = torch.full((1, 4, 10), -1)
    distractors[0, 0, :3] = torch.tensor([1, 2, 3])
    where = torch.tensor([[True, False, False, False]])
    vectors = torch.randn(1, 4, 8, generator=torch.Generator().manual_seed(0))
    logits = sound.candidates(vectors, vectors, codes, distractors, where)
    assert logits.shape == (1, 11)
    assert torch.isfinite(logits[0]).tolist() == [True, True, False, True, *[False] * 7]
    assert logits[0, 0].item() == pytest.approx(1 / 0.1, rel=1e-5)  # cosine of a vector with itself, over 0.1


def test_guessing_counts_the_candidates_that_there_really_are() -> None:
    one, net = labelled(40, part="held_out"), learner().net
    taught = TASK.targets_from_model(net, one)
    codes, distractors = taught.targets["codes"], one.inputs["distractors"]
    counts = []
    for clip, step in one.where.nonzero().tolist():
        some = distractors[clip, step][distractors[clip, step] >= 0]
        counts.append(1 + sum((codes[clip, other] != codes[clip, step]).any().item() for other in some))
    guess = TASK.baselines(taught, INFO, Options())[0]
    assert guess.loss == pytest.approx(np.mean(np.log(counts)))
    assert guess.scores["true code picked"] == pytest.approx(np.mean(1 / np.array(counts)))
    alike = TASK.baselines(Labelled(one.inputs, {"codes": torch.zeros_like(codes)}, one.where), INFO, Options())[0]
    assert alike.loss == 0  # collapsed: one candidate is left, and no loss
    assert alike.scores["true code picked"] == 1


def test_the_nearest_heard_steps() -> None:
    visible = torch.tensor([[1, 1, 1, 1, 1, 1, 0, 0]]).bool()
    masked = torch.tensor([[1, 0, 1, 1, 0, 1, 0, 0]]).bool()
    near = sound.nearest_heard(masked, visible)[0].tolist()
    assert near[:6] == [[1, 1], [1, 1], [1, 4], [1, 4], [4, 4], [4, 4]]
    alone = sound.nearest_heard(torch.ones(1, 3).bool(), torch.ones(1, 3).bool())[0]
    assert alone.tolist() == [[0, 0], [1, 1], [2, 2]]


# what is heard


def test_what_is_covered_is_not_heard() -> None:
    batch = TASK.batch("voices", "train", np.arange(6))
    draw = TASK.draw(batch, np.random.default_rng(0), INFO, Options())
    first = TASK.apply(batch, draw, INFO)
    wave = batch.data["wave"].clone()
    clip, step = (int(x[0]) for x in np.nonzero(draw["masked"]))
    middle = draw["masked"][clip, step + 1]
    assert middle
    wave[clip, (step + 1) * sounds.HOP + 40 : (step + 2) * sounds.HOP] += 0.3  # heard by no other step
    other = TASK.apply(type(batch)(batch.ids, {**batch.data, "wave": wave}), draw, INFO)
    assert not torch.equal(first.inputs["whole"], other.inputs["whole"])
    assert torch.equal(first.inputs["heard"], other.inputs["heard"])
    net = learner().net
    assert torch.equal(net(first.inputs), net(other.inputs))


def test_padding_plays_no_part() -> None:
    short = TASK.batch("voices", "held_out", np.arange(4))
    draw = TASK.draw(short, np.random.default_rng(0), INFO, Options())
    whole = TASK.apply(short, draw, INFO)
    assert not (whole.where & ~whole.inputs["visible"]).any()
    assert not (whole.inputs["masked"] & ~whole.inputs["visible"]).any()
    net = learner().net
    taught = TASK.targets_from_model(net, whole)
    before = TASK.loss(net, taught, Options())
    clip = int(whole.inputs["visible"].sum(1).argmin())
    noisy = {k: v.clone() for k, v in whole.inputs.items()}
    gone = ~whole.inputs["visible"][clip]
    assert gone.any()
    for name in ("heard", "whole"):
        noisy[name][clip, gone] = 7.0
    after = TASK.loss(net, Labelled(noisy, taught.targets, whole.where), Options())
    torch.testing.assert_close(before.per_item, after.per_item, atol=1e-5, rtol=1e-5)
    assert before.parts["diversity"] == pytest.approx(after.parts["diversity"], abs=1e-6)


def test_a_step_is_20_ms_and_hears_25() -> None:
    wave = torch.zeros(1, 2000)
    wave[0, 840:860] = 0.5  # step 5 hears samples 800 to 999, step 4 up to 839
    loud = sounds.log_mel(wave)[0].max(1).values > -11
    assert loud.nonzero()[:, 0].tolist() == [5]
    assert sounds.log_mel(wave).shape == (1, 12, 32)
    assert sounds.steps_in(torch.tensor([200, 359, 360, 1999, 12_800])).tolist() == [1, 1, 2, 12, 79]


@pytest.mark.parametrize("frequency", [200, 700, 1500, 3000])
def test_a_tone_is_loudest_in_its_band(frequency: int) -> None:
    wave = torch.sin(2 * np.pi * frequency * torch.arange(4000) / 8000)[None]
    band = int(sounds.log_mel(wave)[0, 5].argmax())

    def mel(f: float) -> float:
        return 2595 * np.log10(1 + f / 700)

    centre = mel(50) + (band + 1) * (mel(4000) - mel(50)) / 33
    assert abs(mel(frequency) - centre) < 1.1 * (mel(4000) - mel(50)) / 33


# the quantiser


def test_the_gradient_passes_the_quantiser_straight_through() -> None:
    soft = torch.tensor([[0.2, 0.5, 0.3]], requires_grad=True)
    chosen = straight_through(soft, torch.tensor([2]))
    assert chosen.tolist() == [[0, 0, 1]]
    weights = torch.tensor([[1.0, -2.0, 4.0]])
    (chosen * weights).sum().backward()
    assert soft.grad is not None and torch.equal(soft.grad, weights)  # noqa: PT018


def test_the_gradient_reaches_scores_and_latents_though_codes_are_whole_numbers() -> None:
    net = learner().net
    taught = TASK.targets_from_model(net, labelled())
    assert taught.targets["codes"].dtype == torch.int64
    loss = TASK.loss(net, taught, Options()).total  # without the diversity loss, which reaches them anyway
    grads = torch.autograd.grad(loss, [net.quantiser.scores.weight, net.quantiser.table.weight, net.tokens.up.weight])
    assert all(g.abs().max() > 0 for g in grads)


def test_the_value_depends_on_the_codes_alone() -> None:
    quantise, g = Quantiser(8, 2, 4, 0.9), torch.Generator().manual_seed(0)
    codes = torch.tensor([[1, 3]])
    some, other = (torch.randn(1, 2, 4, generator=g) for _ in range(2))
    one, two = quantise(some, other, codes), quantise(other, 3 * some, codes)
    torch.testing.assert_close(one, two)
    table = quantise.table.weight.view(2, 4, 4)
    torch.testing.assert_close(one, quantise.out(torch.cat([table[0, 1], table[1, 3]])[None]))


def test_gumbel_noise_draws_from_the_softmax() -> None:
    quantise = Quantiser(4, 1, 3, 0.9)
    torch.nn.init.eye_(quantise.scores.weight)
    torch.nn.init.zeros_(quantise.scores.bias)
    x = torch.tensor([1.0, 0.0, -1.0, 0.0]).expand(20_000, 4)
    noise = torch.from_numpy(np.random.default_rng(0).gumbel(size=(20_000, 1, 3)).astype(np.float32))
    share = np.bincount(quantise.codes(x, noise).flatten().numpy(), minlength=3) / 20_000
    assert share == pytest.approx(np.exp([1, 0, -1]) / np.exp([1, 0, -1]).sum(), abs=0.01)


@pytest.mark.parametrize(("groups", "entries", "collapsed"), [(2, 320, 0.996875), (2, 16, 0.9375)])
def test_the_diversity_loss_of_a_collapsed_and_of_an_even_quantiser(
    groups: int, entries: int, collapsed: float
) -> None:
    same = torch.zeros(50, groups, entries)
    same[..., 0] = 100.0
    assert diversity(same).item() == pytest.approx(collapsed, abs=1e-5)
    assert diversity(torch.zeros(50, groups, entries)).item() == pytest.approx(0, abs=1e-5)
    assert perplexity(torch.full((groups, entries), 1 / entries)).item() == pytest.approx(groups * entries, rel=1e-4)


def test_it_cools_down_to_a_half_and_no_further() -> None:
    quantise = Quantiser(8, 2, 4, 0.5)
    found = []
    for _ in range(4):
        found.append(quantise.tau.item())
        quantise.cool()
    assert found == [quantiser.HOT, 1.0, 0.5, quantiser.COOL]


def test_noise_changes_the_label_only_where_scores_are_close() -> None:
    net = learner().net
    one = labelled()
    quiet = {**one.inputs, "noise": torch.zeros_like(one.inputs["noise"])}
    drawn, plain = (
        TASK.targets_from_model(net, Labelled(x, {}, one.where)).targets["codes"] for x in (one.inputs, quiet)
    )
    differ = (drawn != plain)[one.inputs["visible"]].float().mean().item()
    assert 0 < differ < 0.5


# the run


def test_slices_do_not_change_the_run() -> None:
    def run(cuts: list[int]) -> tuple[loop.State, list[float]]:
        state, losses, step = learner().dump(0), [], 0
        for steps in cuts:  # each slice in a network of its own, which knows nothing but the state
            one = learner()
            one.load(state)
            for _ in range(steps):
                losses.append(one.train_step(step))
                step += 1
            state = one.dump(step)
        return state, losses

    whole, curve = run([6])
    sliced, pieces = run([1, 3, 2])
    assert curve == pieces
    assert all(np.array_equal(whole[name], sliced[name]) for name in whole)


def test_the_temperature_is_kept_with_the_weights() -> None:
    one = learner()
    one.train_step(0)
    state = one.dump(1)
    assert float(state["buffers"][-1]) == pytest.approx(sound.COOLING * quantiser.HOT, rel=1e-6)
    other = learner()
    other.load(state)
    assert torch.equal(one.net.quantiser.tau, other.net.quantiser.tau)


def test_a_batch_holds_recordings_of_about_the_same_length() -> None:
    clips, lengths, net = audio.load(), [], learner().net
    for step in range(40):
        rows = TASK.sample(net, len(clips.train), 32, np.random.default_rng(step))
        assert len(set(rows.tolist())) == 32
        lengths.append([len(clips.clips[i].samples) for i in clips.train[rows]])
    within = np.mean([np.std(row) for row in lengths])
    assert within < 0.3 * np.std(np.concatenate(lengths))


def test_the_parts_of_the_loss_are_named() -> None:
    net = learner().net
    taught = TASK.targets_from_model(net, labelled())
    loss = TASK.loss(net, taught, Options(diversity=0.5))
    assert loss.auxiliary is not None
    assert loss.auxiliary.item() == pytest.approx(0.5 * loss.parts["diversity"], rel=1e-5)
    assert loss.total.item() == pytest.approx(loss.parts["contrastive"], rel=1e-5)
    assert 2 <= loss.parts["codes in use"] <= 32.001


def test_the_score_is_the_share_of_covered_steps_and_of_entries() -> None:
    net = learner().net
    taught = TASK.targets_from_model(net, labelled())
    answer = TASK.answer(net, taught, Options())
    assert torch.equal(answer.data["codes"], taught.targets["codes"])
    torch.testing.assert_close(answer.data["p"].sum(1), torch.ones(len(answer.data["p"])))
    score = TASK.score(answer, taught)
    assert score["true code picked"] < 0.3  # untrained
    assert 2 / 32 <= score["codes in use"] <= 1


def test_voices_and_languages_are_to_be_told() -> None:
    probes = TASK.more_probes("voices")
    assert [len(data.names) for data in probes.values()] == [7, 5]
    for data in probes.values():
        assert len(data.test_y) == 280
        assert not set(data.train.ids.tolist()) & set(data.test.ids.tolist())
