"""Next word: the golden shift, that nothing leaks through the mask, and baselines that were counted by hand."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.catalogue.next_word import NextWordOptions as Options
from sslviz.data.text import CLS, MASK, PAD, SEP, UNK, corpus
from sslviz.tasks.base import Answer, Batch, DataInfo, Labelled
from sslviz.tasks.next_word import PRIOR, NextWord, keep_likeliest

TASK = NextWord()
WORDS = corpus()
V = len(WORDS.vocabulary)
RNG = np.random.default_rng(0)  # never used by the task
SENTENCES = st.lists(
    st.lists(st.sampled_from([*WORDS.vocabulary[5:], "猫", "zxqv"]), min_size=1, max_size=30), min_size=1, max_size=4
)


def pad(sentences: list[list[str]], extra: int = 0) -> Batch:
    """Sentences as a batch, with `extra` columns of padding."""
    encoded = [WORDS.encode(s) for s in sentences]
    ids = np.full((len(encoded), max(map(len, encoded)) + extra), PAD)
    for row, numbers in zip(ids, encoded, strict=True):
        row[: len(numbers)] = numbers
    return Batch(np.arange(len(ids)), {"ids": torch.from_numpy(ids)})


def label(batch: Batch, info: DataInfo | None = None, *, trace: bool = False) -> Labelled:
    info = DataInfo() if info is None else info
    return TASK.apply(batch, TASK.draw(batch, RNG, info, Options()), info, trace=trace)


def shaken(net: Any, seed: int) -> Any:
    """A network with large random weights, so that every place it can see leaves its mark, as in a trained one."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in net.parameters():
            weight.add_(0.3 * torch.randn(weight.shape, generator=generator))
    return net


@pytest.fixture(scope="module")
def net(labs: dict[str, Any]) -> Any:
    """One shaken network for all tests that only read it."""
    return shaken(labs["next_word"].net(1), 2)


def answers(net: Any, labelled: Labelled) -> torch.Tensor:
    """(n, t, V) ln p at every place, padding too."""
    everywhere = Labelled(labelled.inputs, {}, torch.ones_like(labelled.where))
    with torch.no_grad():
        return TASK.answer(net, everywhere, Options()).data["p"].log().unflatten(0, labelled.where.shape)


# what the label is


def test_golden_the_cat_sat() -> None:
    """The pairs are (begin → the), (the → cat), (the cat → sat), (the cat sat → end); nothing follows the end."""
    labelled = label(pad([["the", "cat", "sat"]]))
    the, cat, sat = (WORDS.index[w] for w in ("the", "cat", "sat"))
    pairs = [
        (labelled.inputs["ids"][0, : t + 1].tolist(), labelled.targets["words"][0, t].item())
        for t in labelled.where[0].nonzero().flatten().tolist()
    ]
    assert pairs == [([CLS], the), ([CLS, the], cat), ([CLS, the, cat], sat), ([CLS, the, cat, sat], SEP)]


def test_golden_shift_of_numbers() -> None:
    """x[0..T−2] goes in, x[1..T−1] is asked for: moved by one, not by two, and not the other way."""
    batch = Batch(np.arange(2), {"ids": torch.tensor([[2, 7, 8, 9, 3], [2, 11, 3, PAD, PAD]])})
    labelled = label(batch)
    assert labelled.inputs["ids"].tolist() == [[2, 7, 8, 9], [2, 11, 3, PAD]]
    assert labelled.targets["words"].tolist() == [[7, 8, 9, 3], [11, 3, PAD, PAD]]
    assert labelled.where.tolist() == [[True, True, True, True], [True, True, False, False]]


def test_every_word_but_the_first_is_asked_for_exactly_once() -> None:
    batch = TASK.batch("sentences", "train", np.arange(300))
    labelled, raw = label(batch), batch.data["ids"]
    assert labelled.where.sum().item() == (raw != PAD).sum().item() - len(batch)
    for row in range(len(batch)):
        asked = labelled.targets["words"][row][labelled.where[row]].tolist()
        assert asked == [i for i in raw[row].tolist() if i != PAD][1:]
        assert asked[-1] == SEP
    assert not (labelled.targets["words"][labelled.where] == PAD).any()


def test_nothing_is_drawn_and_nothing_hidden() -> None:
    batch = TASK.batch("sentences", "train", np.arange(50))
    assert dict(TASK.draw(batch, RNG, DataInfo(), Options())) == {}
    assert not (label(batch).inputs["ids"] == MASK).any()


def test_the_trace_tells_what_was_done() -> None:
    batch = pad([["the", "cat"]])
    assert label(batch).steps == ()
    (step,) = label(batch, trace=True).steps
    assert step.before.tolist() == batch.data["ids"].tolist()
    assert step.after.tolist() == batch.data["ids"][:, :-1].tolist()


@settings(max_examples=60)
@given(sentences=SENTENCES, extra=st.integers(0, 4))
def test_properties_of_every_label(sentences: list[list[str]], extra: int) -> None:
    batch = pad(sentences, extra)
    kept = batch.data["ids"].clone()
    labelled = label(batch)
    ids, words = labelled.inputs["ids"], labelled.targets["words"]
    assert ids.shape == words.shape == labelled.where.shape == (len(batch), kept.shape[1] - 1)
    assert torch.equal(words[:, :-1], ids[:, 1:])  # every label but the last is the next input
    assert labelled.where.sum(1).tolist() == [len(s) + 1 for s in sentences]
    assert torch.equal(TASK.undo(labelled, TASK.draw(batch, RNG, DataInfo(), Options())).data["ids"], kept)
    # neither shares memory with the other, nor with the samples: writing into one leaves the rest alone
    ids.fill_(UNK)
    assert not (words == ids).all()
    assert torch.equal(batch.data["ids"], kept)
    words.fill_(MASK)
    assert torch.equal(batch.data["ids"], kept)
    assert (ids == UNK).all()


# nothing leaks


@settings(max_examples=25)
@given(data=st.data())
def test_a_place_answers_alike_whatever_comes_after_it_and_not_whatever_comes_before(labs: Any, data: Any) -> None:
    """Changing a later word changes nothing; changing the word itself or an earlier one does."""
    net = shaken(labs["next_word"].net(0), data.draw(st.integers(0, 5)))
    length = data.draw(st.integers(2, 25))
    ids = torch.tensor([[CLS, *data.draw(st.lists(st.integers(5, V - 1), min_size=length, max_size=length)), SEP]])
    place = data.draw(st.integers(0, length - 1))
    before = answers(net, label(Batch(np.arange(1), {"ids": ids})))
    after, earlier = ids.clone(), ids.clone()
    after[:, place + 1 :] = torch.tensor(
        [data.draw(st.lists(st.integers(0, V - 1), min_size=length + 1 - place, max_size=length + 1 - place))]
    )
    seen = answers(net, label(Batch(np.arange(1), {"ids": after})))
    torch.testing.assert_close(seen[:, : place + 1], before[:, : place + 1], rtol=0, atol=1e-4)

    changed = data.draw(st.integers(0, place))
    earlier[0, changed] = (earlier[0, changed] - 5 + data.draw(st.integers(1, V - 6))) % (V - 5) + 5
    other = answers(net, label(Batch(np.arange(1), {"ids": earlier})))
    assert (other[0, place] - before[0, place]).abs().max() > 1e-3
    torch.testing.assert_close(other[:, :changed], before[:, :changed], rtol=0, atol=1e-4)


def test_a_place_reads_the_words_before_it_in_their_order(net: Any) -> None:
    """The bag of words is not enough: dog bites man, man bites dog."""
    one, two = (answers(net, label(pad([s.split()])))[0, 3] for s in ("dog likes man", "man likes dog"))
    assert (one - two).abs().max() > 1e-3


def test_the_causal_switch_alone_keeps_the_answer_out_of_sight(net: Any) -> None:
    """With the switch off, the same weights read the answer: so what is tested above is the mask, not an accident."""
    ids = pad([["the", "cat", "sat", "on", "the", "table"]]).data["ids"][:, :-1]
    other = ids.clone()
    other[0, -1] = WORDS.index["dog"]
    with torch.no_grad():
        one, two = (net.trunk(net.tokens(i), causal=False)[0, 2] for i in (ids, other))
        assert not torch.allclose(one, two, atol=1e-3)
        one, two = (net.encode(i)[0, 2] for i in (ids, other))
        torch.testing.assert_close(one, two, rtol=0, atol=1e-5)


def test_the_head_is_the_word_table_and_a_number_a_word(net: Any) -> None:
    labelled = label(pad([["the", "cat", "sat"], ["we", "go"]]))
    with torch.no_grad():
        seen = net.encode(labelled.inputs["ids"])[labelled.where]
        wanted = torch.stack([net.tokens.words.weight @ vector + net.bias for vector in seen])
        torch.testing.assert_close(net(labelled.inputs["ids"], labelled.where), wanted, rtol=1e-4, atol=1e-4)
    assert net.bias.abs().max() > 0


@settings(max_examples=20)
@given(sentences=SENTENCES, extra=st.integers(1, 6))
def test_padding_changes_nothing(net: Any, sentences: list[list[str]], extra: int) -> None:
    plain, padded = label(pad(sentences)), label(pad(sentences, extra))
    with torch.no_grad():
        one, two = TASK.loss(net, plain, Options()), TASK.loss(net, padded, Options())
        p, q = TASK.answer(net, plain, Options()).data["p"], TASK.answer(net, padded, Options()).data["p"]
    torch.testing.assert_close(one.per_item, two.per_item, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(one.total, two.total, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(p, q, rtol=1e-3, atol=1e-5)


def test_features_read_the_words_before_the_gap_only(net: Any) -> None:
    """The probe's sentences are broken off before the word; what stands behind that place changes nothing."""
    few = TASK.probe_data("sentences").test.rows(np.arange(40))
    ids, at = few.data["ids"], few.data["at"]
    behind = torch.arange(ids.shape[1]) >= at[:, None]
    filled = Batch(few.ids, {**few.data, "ids": torch.where(behind, torch.full_like(ids, 77), ids)})
    before = Batch(few.ids, {**few.data, "ids": torch.where(behind, ids, torch.full_like(ids, 77))})
    with torch.no_grad():
        vectors, same, other = (TASK.features(net, batch, DataInfo()) for batch in (few, filled, before))
    torch.testing.assert_close(vectors, same, rtol=0, atol=1e-5)
    assert not torch.allclose(vectors, other, atol=1e-2)


# the loss


def test_an_untrained_network_is_about_as_unsure_as_a_guess(labs: Any) -> None:
    """Untrained loss is near ln V; a little above, since its answers are random and not even."""
    labelled = label(TASK.batch("sentences", "held_out", np.arange(400)))
    losses = []
    for seed in range(3):
        with torch.no_grad():
            losses.append(TASK.loss(labs["next_word"].net(seed), labelled, Options()).total.item())
    assert math.log(V) - 0.1 < min(losses)
    assert max(losses) < math.log(V) + 1


def test_a_network_of_zeros_costs_exactly_the_logarithm_of_the_vocabulary(labs: Any) -> None:
    net = labs["next_word"].net()
    with torch.no_grad():
        for weight in net.parameters():
            weight.zero_()
        loss = TASK.loss(net, label(pad([["the", "cat", "sat"]])), Options())
    assert loss.per_item.tolist() == pytest.approx([math.log(V)] * 4, rel=1e-6)


def test_the_loss_is_the_mean_of_minus_ln_p_over_all_places(net: Any) -> None:
    labelled = label(pad([["the", "cat", "sat"], ["we", "go"]]))
    lines = answers(net, labelled).double()
    wanted = [-lines[i, j, labelled.targets["words"][i, j]].item() for i, j in labelled.where.nonzero().tolist()]
    with torch.no_grad():
        loss = TASK.loss(net, labelled, Options())
    assert len(wanted) == 7
    assert loss.per_item.tolist() == pytest.approx(wanted, rel=1e-3)
    assert loss.total.item() == pytest.approx(sum(wanted) / 7, rel=1e-3)


def test_a_few_steps_teach_a_sentence_by_heart(labs: Any) -> None:
    """Whoever shifts twice, or asks for the word that went in, does not get "the cat sat" out of it."""
    net, labelled = labs["next_word"].net(), label(pad([["the", "cat", "sat"]]))
    adam = torch.optim.Adam(net.parameters(), 1e-2)
    for _ in range(30):
        adam.zero_grad()
        TASK.loss(net, labelled, Options()).total.backward()
        adam.step()
    said, ids = [], torch.tensor([[CLS]])
    while len(said) < 4:
        with torch.no_grad():
            nxt = TASK.answer(
                net, Labelled({"ids": ids}, {}, torch.arange(ids.shape[1])[None] == ids.shape[1] - 1), Options()
            )
        said.append(int(nxt.data["p"][0].argmax()))
        ids = torch.cat([ids, torch.tensor([[said[-1]]])], 1)
    assert [WORDS.vocabulary[i] for i in said] == ["the", "cat", "sat", "[SEP]"]


def test_the_score_counts_first_and_first_five() -> None:
    labelled = label(pad([["the", "cat", "sat"]]))
    p = torch.zeros(4, V)
    p[:, 1500:1510] = torch.linspace(0.1, 0.01, 10)
    for row, (rank, word) in enumerate(zip((0, 4, 5, 0), labelled.targets["words"][0].tolist(), strict=True)):
        p[row, 1500 + rank], p[row, word] = 0, p[row, 1500 + rank].item()
    assert TASK.score(Answer({"p": p}), labelled) == {"top-1": 0.5, "top-5": 0.75}


# baselines


def test_baselines_of_a_hand_counted_table() -> None:
    """Five entries, counted on paper: after 2 came 3 four times and 4 once; after 3 came 4 twice; nothing after 4."""
    after = np.zeros((5, 5), np.float32)
    after[2, 3], after[2, 4], after[3, 4] = 4, 1, 2
    common = np.array([0.1, 0.1, 0.2, 0.2, 0.4], np.float32)
    labelled = label(Batch(np.arange(1), {"ids": torch.tensor([[2, 3, 4, 1]])}))  # pairs 2→3, 3→4, 4→1
    guess, unigram, bigram = TASK.baselines(labelled, DataInfo(follows=common, after=after), Options())
    assert guess.name == "guessing: ln 5"
    assert guess.loss == math.log(5)
    assert guess.scores == {"top-1": 1 / 5, "top-5": 1.0}
    assert unigram.loss == pytest.approx(-(math.log(0.2) + math.log(0.4) + math.log(0.1)) / 3, rel=1e-5)
    assert unigram.scores["top-1"] == pytest.approx(1 / 3)  # always 4
    pairs = [(4 + PRIOR * 0.2) / (5 + PRIOR), (2 + PRIOR * 0.4) / (2 + PRIOR), PRIOR * 0.1 / PRIOR]
    assert bigram.loss == pytest.approx(-sum(map(math.log, pairs)) / 3, rel=1e-5)
    # it says 3 after 2 (6/15 against 5/15), 4 after 3 (6/12), and 4, the commonest, after 4, where 1 came
    assert bigram.scores["top-1"] == pytest.approx(2 / 3)
    assert (guess.constant, unigram.constant, bigram.constant) == (True, True, False)


def test_the_counts_are_those_of_the_training_sentences() -> None:
    info = TASK.info("sentences")
    assert info["follows"].sum() == pytest.approx(1, rel=1e-5)
    assert info["after"].shape == (V, V)
    assert info["after"].sum() == (WORDS.lengths[WORDS.train] - 1).sum()
    assert info["after"][CLS].sum() == len(WORDS.train)  # every sentence begins once …
    assert info["after"][:, SEP].sum() == len(WORDS.train)  # … and ends once
    assert info["after"][:, [CLS, PAD]].sum() == 0
    assert info["after"][SEP].sum() == 0
    cup, of = WORDS.index["cup"], WORDS.index["of"]
    times = sum(sum(a == cup and b == of for a, b in pairwise(row)) for row in WORDS.ids[WORDS.train].tolist())
    assert info["after"][cup, of] == times > 0


def test_on_held_out_sentences_pairs_beat_frequencies_beat_guessing() -> None:
    labelled = label(TASK.batch("sentences", "held_out", np.arange(2000)))
    guess, unigram, bigram = TASK.baselines(labelled, TASK.info("sentences"), Options())
    assert guess.loss == math.log(V)
    assert guess.scores == {"top-1": 1 / V, "top-5": 5 / V}
    assert bigram.loss < unigram.loss - 0.5 < guess.loss - 1
    assert bigram.scores["top-1"] > unigram.scores["top-1"] > guess.scores["top-1"]


# writing on

DISTRIBUTIONS = st.lists(st.floats(0.001, 1), min_size=2, max_size=40).map(
    lambda w: torch.tensor(w, dtype=torch.float64) / sum(w)
)


@given(p=DISTRIBUTIONS, temperature=st.floats(0.1, 2), data=st.data())
def test_what_is_kept_are_the_likeliest_and_they_sum_to_one(p: torch.Tensor, temperature: float, data: Any) -> None:
    k = data.draw(st.integers(1, len(p)))
    kept = keep_likeliest(p, temperature, k)
    assert kept.shape == p.shape
    assert kept.sum().item() == pytest.approx(1, abs=1e-6)
    assert (kept > 0).sum() <= k
    assert (kept >= 0).all()
    stay = kept > 0
    assert p[stay].min() >= p[~stay].max() - 1e-12 if (~stay).any() and stay.any() else True
    order = p.argsort()
    assert (kept[order][stay[order]].diff() >= -1e-9).all()  # what was likelier stays likelier
    ratio = kept[stay].log() - p[stay].log() / temperature
    assert ratio.max() - ratio.min() < 1e-6  # p^(1/temperature), all divided by one number


@given(p=DISTRIBUTIONS)
def test_temperature_1_and_all_words_change_nothing(p: torch.Tensor) -> None:
    torch.testing.assert_close(keep_likeliest(p, 1.0, len(p)), p, rtol=1e-6, atol=1e-9)


def test_golden_temperature_and_top_k() -> None:
    p = torch.tensor([0.5, 0.25, 0.125, 0.125])
    torch.testing.assert_close(keep_likeliest(p, 1.0, 2), torch.tensor([2 / 3, 1 / 3, 0, 0]))
    torch.testing.assert_close(keep_likeliest(p, 0.5, 2), torch.tensor([4 / 5, 1 / 5, 0, 0]))  # squares: 1/4 to 1/16
    roots = torch.tensor([2.0, 2**0.5, 1, 1])  # √ of 4 : 2 : 1 : 1
    torch.testing.assert_close(keep_likeliest(p, 2.0, 4), roots / roots.sum())
    torch.testing.assert_close(keep_likeliest(p, 1.0, 1), torch.tensor([1.0, 0, 0, 0]))


@pytest.mark.parametrize("temperature", [0.1, 0.01])
def test_a_low_temperature_names_the_likeliest(temperature: float) -> None:
    p = torch.tensor([0.2, 0.5, 0.3])
    assert keep_likeliest(p, temperature, 3)[1] > 0.99
    assert keep_likeliest(p, temperature, 3)[1] > keep_likeliest(p, 0.5, 3)[1] > p[1] > keep_likeliest(p, 2.0, 3)[1]


def test_of_equals_exactly_k_stay() -> None:
    assert (keep_likeliest(torch.full((10,), 0.1), 1.0, 3) > 0).sum() == 3


def test_words_of_probability_zero_are_no_trouble() -> None:
    kept = keep_likeliest(torch.tensor([1.0, 0.0, 0.0]), 0.1, 3)
    assert torch.isfinite(kept).all()
    assert kept[0] == pytest.approx(1)


@pytest.mark.parametrize(("temperature", "k"), [(0, 2), (-1, 2), (1.0, 0), (1.0, 5), (1.0, -1)])
def test_what_makes_no_sense_is_refused(temperature: float, k: int) -> None:
    with pytest.raises(ValueError, match="temperature must be above 0 and top_k from 1 to 4"):
        keep_likeliest(torch.full((4,), 0.25), temperature, k)
