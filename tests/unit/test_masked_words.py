"""Masked words: golden values, shares, and that the label does not leak (Devlin et al. 2018, section 3.1)."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from sslviz.catalogue.masked_words import MaskedWordsOptions as Options
from sslviz.data.text import CLS, MASK, PAD, SEP, UNK, corpus
from sslviz.tasks.base import Answer, Batch, Draw, Labelled
from sslviz.tasks.masked_words import HIDE, KEEP, SWAP, MaskedWords

TASK = MaskedWords()
WORDS = corpus()
V = len(WORDS.vocabulary)
KNOWN = st.sampled_from(WORDS.vocabulary[5:])
UNKNOWN = st.sampled_from(["猫", "42", "zxqv", "Ünïcode"])
SENTENCES = st.lists(st.lists(KNOWN | UNKNOWN, min_size=1, max_size=30), min_size=1, max_size=5)


def pad(sentences: list[list[str]], extra: int = 0, first: int = 0) -> Batch:
    """Sentences as a batch, with `extra` columns of padding, numbered from `first`."""
    encoded = [WORDS.encode(s) for s in sentences]
    ids = np.full((len(encoded), max(map(len, encoded)) + extra), PAD)
    for row, numbers in zip(ids, encoded, strict=True):
        row[: len(numbers)] = numbers
    return Batch(np.arange(first, first + len(ids)), {"ids": torch.from_numpy(ids)})


def draw(batch: Batch, seed: int = 0, **options: Any) -> Draw:
    return TASK.draw(batch, np.random.default_rng(seed), TASK.info("sentences"), Options(**options))


def apply(batch: Batch, how: Draw) -> Labelled:
    return TASK.apply(batch, how, TASK.info("sentences"))


def of_length(length: int, n: int = 1) -> Batch:
    """n sentences of `length` tokens with [CLS] and [SEP]."""
    return pad([["the"] * (length - 2)] * n)


@pytest.fixture(scope="module")
def big() -> tuple[Batch, Draw]:
    """Labels for 12,000 training sentences: more than 10,000 chosen words."""
    batch = TASK.batch("sentences", "train", np.arange(12_000))
    return batch, draw(batch, 1)


# how many, and which


@pytest.mark.parametrize(("length", "chosen"), [(3, 1), (4, 1), (9, 1), (10, 2), (16, 2), (17, 3), (30, 4), (31, 5)])
def test_golden_counts(length: int, chosen: int) -> None:
    # BERT: max(1, round(0.15 · length)), [CLS] and [SEP] counted; 1.5 → 2 and 4.5 → 4, as Python rounds.
    for seed in range(20):
        assert (draw(of_length(length), seed)["how"] > 0).sum() == chosen


@pytest.mark.parametrize("share", [0.05, 0.15, 0.3, 0.5])
def test_the_count_is_berts_for_every_length(share: float) -> None:
    for length in range(3, 33):
        count = min(length - 2, max(1, round(share * length)))
        assert (draw(of_length(length), share=share)["how"] > 0).sum() == count


def test_never_special_tokens_nor_padding(big: tuple[Batch, Draw]) -> None:
    batch, how = big[0].data["ids"].numpy(), big[1]["how"]
    assert (batch[how > 0] > MASK).all()
    for special in (CLS, SEP, PAD):
        assert (batch == special).any()  # they were there to be chosen
        assert not (how[batch == special] > 0).any()


def test_unknown_words_are_never_chosen_though_they_count() -> None:
    batch = pad([["zxqv"] * 4 + ["cat", "dog"] + ["zxqv"] * 3 + ["bird"]])  # 12 with [CLS] and [SEP]: 2 are chosen
    places = {5, 6, 10}
    seen = set()
    for seed in range(60):
        chosen = np.flatnonzero(draw(batch, seed)["how"][0])
        assert len(chosen) == 2
        assert set(chosen.tolist()) <= places
        seen |= set(chosen.tolist())
    assert seen == places


def test_every_word_is_as_likely_to_be_chosen() -> None:
    n = 8000
    share = (draw(of_length(10, n))["how"] > 0).mean(0)
    assert share[0] == share[9] == 0
    tolerance = 4 * math.sqrt(0.25 * 0.75 / n)
    assert np.abs(share[1:9] - 2 / 8).max() < tolerance


# 80, 10, 10


def test_of_the_chosen_80_percent_are_hidden_10_swapped_10_kept(big: tuple[Batch, Draw]) -> None:
    how = big[1]["how"]
    chosen = int((how > 0).sum())
    assert chosen >= 10_000
    for fate, share in ((HIDE, 0.8), (SWAP, 0.1), (KEEP, 0.1)):
        # four standard deviations; 0.1 of the remainder for swaps would give 0.02 and 0.18
        assert abs((how == fate).sum() / chosen - share) < 4 * math.sqrt(share * (1 - share) / chosen)


def test_of_the_sentences_of_the_app_one_word_in_five_is_chosen_and_15_percent_of_the_tokens() -> None:
    """What the page says at Standard."""
    batch = TASK.batch("sentences", "train", np.arange(5000))
    where = TASK.apply(
        batch, TASK.draw(batch, np.random.default_rng(0), TASK.info("sentences"), Options()), TASK.info("sentences")
    ).where
    ids = batch.data["ids"]
    words = (ids > MASK).sum().item()
    assert 0.18 < where.sum().item() / words < 0.22
    assert 0.14 < where.sum().item() / (ids != PAD).sum().item() < 0.17


def test_swap_words_are_uniform_over_the_whole_vocabulary(big: tuple[Batch, Draw]) -> None:
    swap, how = big[1]["swap"], big[1]["how"]
    for drawn, bins in ((swap.ravel(), V), (swap[how == SWAP], 20)):
        counts = np.bincount(drawn * bins // V, minlength=bins)
        assert len(counts) == bins
        expected = len(drawn) / bins
        chi2 = ((counts - expected) ** 2 / expected).sum()
        assert chi2 < (bins - 1) + 5 * math.sqrt(2 * (bins - 1))
    assert swap.min() == 0
    assert swap.max() == V - 1


def test_what_the_model_sees(big: tuple[Batch, Draw]) -> None:
    batch, how = big
    labelled, raw = apply(batch, how), batch.data["ids"].numpy()
    sees, fate = labelled.inputs["ids"].numpy(), how["how"]
    assert (sees[fate == HIDE] == MASK).all()
    assert (sees[fate == SWAP] == how["swap"][fate == SWAP]).all()
    assert (sees[(fate == 0) | (fate == KEEP)] == raw[(fate == 0) | (fate == KEEP)]).all()
    assert (labelled.where.numpy() == (fate > 0)).all()
    assert (labelled.targets["words"].numpy() == np.where(fate > 0, raw, PAD)).all()
    assert (labelled.inputs["visible"].numpy() == (raw != PAD)).all()
    words = WORDS.is_word[raw]
    assert (labelled.targets["scored"].numpy() == ((fate == HIDE) & words)).all()


# static and dynamic


def test_static_masks_stay_for_ever_whatever_the_rest_of_the_batch() -> None:
    rows = np.arange(40)
    batch = TASK.batch("sentences", "train", rows)
    once = draw(batch, 1, masking="static")
    later = draw(batch, 2, masking="static")
    assert once.to_json() == later.to_json()
    other = TASK.batch("sentences", "train", np.concatenate([np.arange(500, 600), rows[::-1]]))
    mixed = draw(other, 3, masking="static")
    t = min(batch.data["ids"].shape[1], other.data["ids"].shape[1])
    for name in ("how", "swap"):
        assert np.array_equal(mixed[name][100:][::-1][:, :t], once[name][:, :t])


def test_static_masks_ignore_padding() -> None:
    sentences = [["the", "cat", "sat", "on", "the", "table"], ["we", "go", "home"]]
    plain, padded = (draw(pad(sentences, extra), masking="static") for extra in (0, 7))
    t = plain["how"].shape[1]
    assert np.array_equal(plain["how"], padded["how"][:, :t])
    assert np.array_equal(plain["swap"], padded["swap"][:, :t])


def test_static_masks_differ_between_sentences() -> None:
    masks = draw(of_length(20, 30), masking="static")["how"]
    assert len({tuple(row) for row in masks.tolist()}) > 25


def test_static_masks_keep_the_shares() -> None:
    how = draw(TASK.batch("sentences", "train", np.arange(8000)), masking="static")["how"]
    chosen = (how > 0).sum()
    assert abs((how == HIDE).sum() / chosen - 0.8) < 4 * math.sqrt(0.16 / chosen)


def test_dynamic_masks_differ_between_epochs() -> None:
    batch = of_length(20, 30)
    one, two = draw(batch, 1)["how"] > 0, draw(batch, 2)["how"] > 0
    assert (one != two).any(1).mean() > 0.9


# the label does not leak


def changed(ids: torch.Tensor, at: np.ndarray, seed: int = 9) -> torch.Tensor:
    """Other words where `at` is True."""
    other = torch.from_numpy(np.random.default_rng(seed).integers(MASK + 1, V, ids.shape))
    return torch.where(torch.from_numpy(at), other, ids)


def test_what_is_hidden_or_swapped_cannot_be_told_from_the_inputs(words: Any) -> None:
    batch = TASK.batch("sentences", "train", np.arange(300))
    how = draw(batch)
    gone = (how["how"] == HIDE) | (how["how"] == SWAP)
    other = Batch(batch.ids, {"ids": changed(batch.data["ids"], gone)})
    assert (other.data["ids"] != batch.data["ids"]).numpy()[gone].mean() > 0.9
    again = draw(other)  # the choice does not depend on what the words are, either
    assert again.to_json() == how.to_json()
    first, second = apply(batch, how), apply(other, again)
    assert torch.equal(first.inputs["ids"], second.inputs["ids"])
    assert torch.equal(first.inputs["visible"], second.inputs["visible"])
    assert not torch.equal(first.targets["words"], second.targets["words"])
    net = words.net()
    with torch.no_grad():
        assert torch.equal(TASK.answer(net, first, Options()).data["p"], TASK.answer(net, second, Options()).data["p"])


def test_kept_words_are_the_exception() -> None:
    batch = TASK.batch("sentences", "train", np.arange(300))
    how = draw(batch)
    kept = how["how"] == KEEP
    assert kept.any()
    other = Batch(batch.ids, {"ids": changed(batch.data["ids"], kept)})
    assert not torch.equal(apply(batch, how).inputs["ids"], apply(other, how).inputs["ids"])


def test_padding_is_invisible(words: Any) -> None:
    sentences = [["the", "cat", "is", "on", "the", "table"], ["we", "go", "home"]]
    net, losses = words.net(), []
    for extra in (0, 9):
        batch = pad(sentences, extra)
        labelled = apply(batch, draw(batch, masking="static"))
        losses.append(TASK.loss(net, labelled, Options()).per_item.detach())
    torch.testing.assert_close(losses[0], losses[1], rtol=1e-5, atol=1e-5)


def test_features_do_not_read_the_hidden_word(words: Any) -> None:
    few = TASK.probe_data("sentences").test.rows(np.arange(20))
    ids, at = few.data["ids"], few.data["at"]
    assert (ids[torch.arange(20), at] == MASK).all()
    assert (few.data["word"] > MASK).all()
    other = Batch(few.ids, {**few.data, "word": few.data["word"].roll(1)})
    net = words.net()
    assert torch.equal(*(TASK.features(net, b, TASK.info("sentences")) for b in (few, other)))


# the loss


def test_the_loss_is_the_mean_cross_entropy_over_the_chosen_words(words: Any) -> None:
    net, labelled = words.net(), apply(*_label(40))
    with torch.no_grad():
        everywhere = net(labelled.inputs, torch.ones_like(labelled.where)).unflatten(0, labelled.where.shape)
        loss = TASK.loss(net, labelled, Options())
        p = everywhere.double().softmax(-1)
    wanted = [-math.log(p[i, j, labelled.targets["words"][i, j]]) for i, j in torch.nonzero(labelled.where).tolist()]
    assert loss.per_item.tolist() == pytest.approx(wanted, rel=1e-4)
    assert loss.total.item() == pytest.approx(sum(wanted) / len(wanted), rel=1e-5)


def test_only_chosen_words_carry_loss_and_all_of_them(words: Any) -> None:
    net, (batch, how) = words.net(), _label(300)
    labelled = apply(batch, how)

    def loss(at: np.ndarray) -> torch.Tensor:
        targets = {**labelled.targets, "words": changed(labelled.targets["words"], at)}
        return TASK.loss(net, Labelled(labelled.inputs, targets, labelled.where), Options()).total

    plain = TASK.loss(net, labelled, Options()).total
    assert torch.equal(loss(how["how"] == 0), plain)
    for fate in (HIDE, SWAP, KEEP):
        assert not torch.equal(loss(how["how"] == fate), plain)


def test_a_sentence_with_nothing_but_kept_words_carries_loss(words: Any) -> None:
    batch = pad([["the", "cat", "sat"]])
    how = Draw(how=np.array([[0, 0, KEEP, 0, 0]]), swap=np.zeros((1, 5), np.int64))
    net, labelled = words.net(), apply(batch, how)
    assert torch.equal(labelled.inputs["ids"], batch.data["ids"])
    loss = TASK.loss(net, labelled, Options())
    assert loss.per_item.shape == (1,)
    assert loss.total > 0
    loss.total.backward()
    assert net.trunk.blocks[0].qkv.weight.grad.abs().sum() > 0


def _label(n: int) -> tuple[Batch, Draw]:
    batch = TASK.batch("sentences", "train", np.arange(n))
    return batch, draw(batch)


# answers and scores


def test_the_answer_is_a_probability_for_every_word_at_every_chosen_place(words: Any) -> None:
    labelled = apply(*_label(30))
    p = TASK.answer(words.net(), labelled, Options()).data["p"]
    assert p.shape == (int(labelled.where.sum()), V)
    torch.testing.assert_close(p.sum(1), torch.ones(len(p)))


def test_score_counts_hidden_words_only() -> None:
    # "the cat sat ." with cat hidden, sat kept, and the full stop hidden: only "cat" counts.
    batch = pad([["the", "cat", "sat", "."]])
    labelled = apply(batch, Draw(how=np.array([[0, 0, HIDE, KEEP, HIDE, 0]]), swap=np.zeros((1, 6), np.int64)))
    cat, sat, stop = (WORDS.index[w] for w in ("cat", "sat", "."))
    for place, scores in ((0, (1, 1)), (1, (0, 1)), (4, (0, 1)), (5, (0, 0))):
        p = torch.zeros(3, V)
        others = [n for n in range(100, 120) if n not in {cat, sat, stop}]
        for rank in range(10):
            p[:, others[rank]] = 0.1 - 0.01 * rank
        p[0, others[place]], p[0, cat] = 0, 0.1 - 0.01 * place
        assert tuple(TASK.score(Answer({"p": p}), labelled).values()) == scores


def test_a_sentence_without_a_known_word_has_no_label_and_no_score(words: Any) -> None:
    batch = pad([["zxqv"], ["猫", "42"]])
    labelled = apply(batch, draw(batch))
    assert not labelled.where.any()
    assert torch.equal(labelled.inputs["ids"], batch.data["ids"])
    answer = TASK.answer(words.net(), labelled, Options())
    assert answer.data["p"].shape == (0, V)
    assert all(math.isnan(v) for v in TASK.score(answer, labelled).values())


# baselines


@pytest.fixture(scope="module")
def baselines() -> dict[str, Any]:
    """Of all 2,000 held-out sentences, masks drawn with seed 7."""
    batch = TASK.batch("sentences", "held_out", np.arange(2000))
    return {b.name: b for b in TASK.baselines(apply(batch, draw(batch, 7)), TASK.info("sentences"), Options())}


def test_guessing_is_exactly_the_logarithm_of_the_vocabulary(baselines: dict[str, Any]) -> None:
    guess = baselines[f"guessing: ln {V:,}"]
    assert guess.loss == math.log(V)
    assert guess.scores["top-1"] == 1 / V
    assert guess.constant


def test_golden_baselines_on_all_held_out_sentences(baselines: dict[str, Any]) -> None:
    left, both = baselines["left neighbour"], baselines["left × right neighbours"]
    assert left.scores["top-1"] == pytest.approx(0.14, abs=0.02)
    assert both.scores["top-1"] == pytest.approx(0.30, abs=0.02)
    assert not left.constant
    assert not both.constant


def test_baselines_stand_in_order(baselines: dict[str, Any]) -> None:
    names = (f"guessing: ln {V:,}", "word frequencies", "left neighbour", "left × right neighbours")
    assert tuple(baselines) == names
    for worse, better in pairwise(names):
        assert baselines[worse].scores["top-1"] < baselines[better].scores["top-1"]
        assert baselines[worse].loss > baselines[better].loss


def test_the_most_common_word_is_a_word_and_constant() -> None:
    batch = TASK.batch("sentences", "held_out", np.arange(2000))
    labelled = apply(batch, draw(batch, 7))
    best = {b.name: b for b in TASK.baselines(labelled, TASK.info("sentences"), Options())}["word frequencies"]
    assert best.constant
    top = int(np.argmax(WORDS.counts * WORDS.is_word))
    truth = labelled.targets["words"][labelled.targets["scored"]]
    assert best.scores["top-1"] == pytest.approx((truth == top).double().mean().item())
    share = (WORDS.counts + 1) / (WORDS.counts + 1).sum()
    wanted = -np.log(share[labelled.targets["words"][labelled.where].numpy()]).mean()
    assert best.loss == pytest.approx(wanted, rel=1e-5)


def test_neighbours_are_counted_in_the_training_sentences_only() -> None:
    after = TASK.info("sentences")["after"]
    of, the, counted = WORDS.index["of"], WORDS.index["the"], [0, 0]
    for row in WORDS.train:
        pairs = list(pairwise(WORDS.ids[row, : WORDS.lengths[row]].tolist()))
        counted[0] += pairs.count((of, the))
        counted[1] += pairs.count((CLS, the))
    assert [after[of, the], after[CLS, the]] == counted
    assert after[PAD].sum() == after[:, PAD].sum() == 0


def test_left_neighbour_against_counting_by_hand() -> None:
    # One hidden word between two others: p(word | left), with ten imagined sightings spread as common as words are.
    batch = pad([["in", "the", "house", "of", "my", "friend"]])
    how = Draw(how=np.array([[0, 0, 0, 0, 0, HIDE, 0, 0]]), swap=np.zeros((1, 8), np.int64))
    named = {b.name: b for b in TASK.baselines(apply(batch, how), TASK.info("sentences"), Options())}
    info = TASK.info("sentences")
    common, after = info["common"].astype(float), info["after"].astype(float)
    of, my, friend = (WORDS.index[w] for w in ("of", "my", "friend"))
    ahead = (after[of] + 10 * common) / (after[of].sum() + 10)
    assert named["left neighbour"].loss == pytest.approx(-math.log(ahead[my]), rel=1e-4)
    behind = (after[:, friend] + 10 * common * common[friend]) / (after.sum(1) + 10 * common)
    both = ahead * behind / (ahead * behind).sum()
    assert named["left × right neighbours"].loss == pytest.approx(-math.log(both[my]), rel=1e-4)
    assert common.sum() == pytest.approx(1, rel=1e-4)


def test_baselines_do_not_read_what_is_hidden() -> None:
    # Both words hidden: a count that looked at the raw left neighbour would know "my" after "of".
    batch = pad([["house", "of", "my", "friend"]])
    how = Draw(how=np.array([[0, 0, HIDE, HIDE, 0, 0]]), swap=np.zeros((1, 6), np.int64))
    labelled = apply(batch, how)
    named = {b.name: b for b in TASK.baselines(labelled, TASK.info("sentences"), Options())}
    common, after = (TASK.info("sentences")[k].astype(float) for k in ("common", "after"))
    house, of, my = (WORDS.index[w] for w in ("house", "of", "my"))
    first = (after[house, of] + 10 * common[of]) / (after[house].sum() + 10)
    assert named["left neighbour"].loss == pytest.approx(-(math.log(first) + math.log(common[my])) / 2, rel=1e-4)
    friend = WORDS.index["friend"]
    behind = common * (after[:, friend] + 10 * common * common[friend]) / (after.sum(1) + 10 * common)
    second = (behind / behind.sum())[my]
    both = named["left × right neighbours"].loss
    assert both == pytest.approx(-(math.log(first) + math.log(second)) / 2, rel=1e-4)


# properties


@settings(max_examples=80)
@given(
    sentences=SENTENCES,
    seed=st.integers(0, 2**31),
    share=st.floats(0.05, 0.5),
    masking=st.sampled_from(["dynamic", "static"]),
    extra=st.integers(0, 4),
)
def test_properties_of_every_label(
    sentences: list[list[str]], seed: int, share: float, masking: str, extra: int
) -> None:
    batch = pad(sentences, extra)
    raw = batch.data["ids"].numpy()
    how = draw(batch, seed, share=share, masking=masking)
    labelled = apply(batch, how)
    fate, chosen = how["how"], labelled.where.numpy()
    for row, sentence in enumerate(sentences):
        may = (raw[row] > MASK).sum()
        assert chosen[row].sum() == min(may, max(1, round(share * (len(sentence) + 2))))
    assert not chosen[np.isin(raw, [PAD, UNK, CLS, SEP])].any()
    assert set(np.unique(fate)) <= {0, HIDE, SWAP, KEEP}
    assert ((how["swap"] >= 0) & (how["swap"] < V)).all()
    assert torch.equal(TASK.undo(labelled, how).data["ids"], batch.data["ids"])
    assert (labelled.inputs["ids"].numpy()[~chosen] == raw[~chosen]).all()
    assert (labelled.targets["words"].numpy()[chosen] == raw[chosen]).all()
    alone = Batch(batch.ids[:1], {"ids": batch.data["ids"][:1]})
    one = apply(alone, Draw({k: v[:1] for k, v in how.items()}))
    assert torch.equal(one.inputs["ids"], labelled.inputs["ids"][:1])
    assert Draw.from_json(how.to_json()).to_json() == how.to_json()


@settings(max_examples=25)
@given(sentences=SENTENCES, seed=st.integers(0, 1000))
def test_every_sentence_with_a_known_word_has_a_finite_loss(words: Any, sentences: list[list[str]], seed: int) -> None:
    batch = pad(sentences)
    labelled = apply(batch, draw(batch, seed))
    if labelled.where.any():
        with torch.no_grad():
            loss = TASK.loss(words.net(), labelled, Options())
        assert torch.isfinite(loss.per_item).all()
        assert (loss.per_item >= 0).all()
        assert loss.per_item.shape == (int(labelled.where.sum()),)


def test_other_data_is_refused() -> None:
    with pytest.raises(ValueError, match="sentences"):
        TASK.info("emoji")


def test_the_head_ends_in_the_word_table(words: Any) -> None:
    net = words.net()
    labelled = apply(*_label(8))
    with torch.no_grad():
        chosen = net.encode(labelled.inputs["ids"], labelled.inputs["visible"])[labelled.where]
        wanted = F.linear(net.norm(F.gelu(net.dense(chosen))), net.tokens.words.weight, net.bias)
        torch.testing.assert_close(net(labelled.inputs, labelled.where), wanted, rtol=1e-4, atol=1e-5)
