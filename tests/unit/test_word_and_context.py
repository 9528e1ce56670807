"""Word and context: golden values of skip-gram and CBOW with negative sampling (Mikolov et al. 2013, word2vec.c)."""

import math
from collections import Counter
from itertools import chain
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from sslviz.catalogue.word_and_context import WordAndContextOptions as Options
from sslviz.data.word_rows import word_rows, word_topics
from sslviz.tasks import word_and_context as module
from sslviz.tasks.base import Answer, Batch, DataInfo, Draw, Labelled
from sslviz.tasks.word_and_context import (
    OFFSETS,
    PRIOR,
    REACH,
    WordAndContext,
    WordVectors,
    alike,
    asked_words,
    keep_probability,
    known,
    nearest,
    noise_probability,
    windows,
)

TASK, DATA = WordAndContext(), "sentences"
SENTENCE = st.lists(st.integers(1, 30), min_size=1, max_size=12)


def sentences(*rows: list[int]) -> Batch:
    ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
    for row, numbers in zip(ids, rows, strict=True):
        row[: len(numbers)] = numbers
    return Batch(np.arange(len(rows)), {"ids": torch.from_numpy(ids)})


def info(counts: list[int] | None = None) -> DataInfo:
    """A vocabulary of 31 words, each as common as the others unless said otherwise."""
    times = np.array([0, *(counts or [10] * 30)])
    return DataInfo(vocabulary=tuple(map(str, range(len(times)))), counts=times, share=times / times.sum())


def drawn(batch: Batch, *, radius: Any, keep: Any = None, noise: int = 1, labels: int = 2 * REACH) -> Draw:
    """A draw made by hand; all noise is word 30."""
    n, t = batch.data["ids"].shape
    return Draw(
        keep=np.ones((n, t), bool) if keep is None else np.array(keep, bool),
        radius=np.broadcast_to(np.array(radius), (n, t)).copy(),
        noise=np.full((n, t, labels, noise), 30),
    )


def pairs(labelled: Labelled, row: int = 0) -> list[tuple[int, int]]:
    """(centre, neighbour) of every skip-gram label of a row."""
    centre = labelled.inputs["words"][row][:, None].expand(labelled.where.shape[1:])
    where = labelled.where[row]
    return list(zip(centre[where].tolist(), labelled.targets["words"][row][where].tolist(), strict=True))


def apply(batch: Batch, draw: Draw) -> Labelled:
    return TASK.apply(batch, draw, DataInfo())


# windows


def test_golden_pairs_of_skip_gram() -> None:
    # 1 2 3 4 with R = 1, 2, 1, 3.
    batch = sentences([1, 2, 3, 4])
    labelled = apply(batch, drawn(batch, radius=[[1, 2, 1, 3]]))
    assert pairs(labelled) == [(1, 2), (2, 1), (2, 3), (2, 4), (3, 2), (3, 4), (4, 1), (4, 2), (4, 3)]


def test_golden_words_and_means_of_cbow() -> None:
    batch = sentences([1, 2, 3, 4])
    labelled = apply(batch, drawn(batch, radius=[[1, 2, 1, 3]], labels=1))
    context = [sorted(row[row > 0].tolist()) for row in labelled.inputs["context"][0]]
    assert context == [[2], [1, 3, 4], [2, 4], [1, 2, 3]]
    assert labelled.targets["words"][0, :, 0].tolist() == [1, 2, 3, 4]
    assert labelled.where[0, :, 0].all()
    net = WordVectors(31, 2)
    with torch.no_grad():
        net.tokens.weight[:] = torch.arange(31.0)[:, None] * torch.tensor([1.0, -2.0])
        net.tokens.weight[0] = 1e6  # the padding's own vector must not come in
        means = net(labelled.inputs, labelled.where)
    torch.testing.assert_close(means, torch.tensor([2.0, 8 / 3, 3.0, 2.0])[:, None] * torch.tensor([1.0, -2.0]))


def test_subsampling_comes_before_the_window() -> None:
    """1 2 3 4 5 without 2 and 4: the neighbour of 1 at distance 1 is 3, as in word2vec.c."""
    batch = sentences([1, 2, 3, 4, 5])
    labelled = apply(batch, drawn(batch, radius=1, keep=[[1, 0, 1, 0, 1]]))
    assert pairs(labelled) == [(1, 3), (3, 1), (3, 5), (5, 3)]
    assert labelled.inputs["words"][0].tolist() == [1, 3, 5, 0, 0]


def test_each_word_keeps_its_own_radius_when_others_are_dropped() -> None:
    batch = sentences([1, 2, 3, 4, 5])
    labelled = apply(batch, drawn(batch, radius=[[5, 5, 1, 5, 2]], keep=[[1, 0, 1, 0, 1]]))
    assert pairs(labelled) == [(1, 3), (1, 5), (3, 1), (3, 5), (5, 1), (5, 3)]
    labelled = apply(batch, drawn(batch, radius=[[1, 5, 1, 5, 2]], keep=[[1, 0, 1, 0, 1]]))
    assert pairs(labelled) == [(1, 3), (3, 1), (3, 5), (5, 1), (5, 3)]


def test_windows_end_with_the_row() -> None:
    batch = sentences([1, 2], [3, 4, 5, 6])
    labelled = apply(batch, drawn(batch, radius=5))
    assert pairs(labelled) == [(1, 2), (2, 1)]
    assert {word for pair in pairs(labelled, 1) for word in pair} == {3, 4, 5, 6}


@pytest.mark.parametrize("window", [1, 2, 3, 5])
def test_an_interior_centre_has_window_plus_one_pairs_on_average(window: int) -> None:
    # R uniform in 1 … w gives 2 (w + 1) / 2 pairs; a fixed window would give 2 w.
    batch = sentences(*[list(range(1, 26))] * 800)
    labelled = TASK.apply(
        batch, TASK.draw(batch, np.random.default_rng(0), info(), Options(window=window, threshold=1.0)), info()
    )
    count = labelled.where.sum(2)[:, REACH:-REACH].double()
    assert count.numel() >= 10_000
    spread = 2 * math.sqrt((window**2 - 1) / 12 / count.numel())
    assert abs(count.mean().item() - (window + 1)) <= 4 * spread
    assert sorted(set(count.flatten().tolist())) == [2.0 * r for r in range(1, window + 1)]


@given(SENTENCE, st.integers(0, 2**20), st.integers(1, REACH))
def test_order_plays_no_part(words: list[int], seed: int, window: int) -> None:
    """The same sentence backwards, with the same words dropped and the same reach a word, gives the same pairs."""
    batch, back = sentences(words), sentences(words[::-1])
    draw = TASK.draw(batch, np.random.default_rng(seed), info(), Options(window=window, threshold=0.02))
    mirrored = Draw(keep=draw["keep"][:, ::-1].copy(), radius=draw["radius"][:, ::-1].copy(), noise=draw["noise"])
    assert Counter(pairs(apply(batch, draw))) == Counter(pairs(apply(back, mirrored)))


@given(SENTENCE, st.integers(0, 2**20), st.integers(1, REACH))
def test_pairs_are_those_of_a_plain_loop(words: list[int], seed: int, window: int) -> None:
    batch = sentences(words)
    draw = TASK.draw(batch, np.random.default_rng(seed), info(), Options(window=window, threshold=0.02))
    kept = [(word, int(r)) for word, r, k in zip(words, draw["radius"][0], draw["keep"][0], strict=True) if k]
    expected = [
        (word, kept[o][0])
        for c, (word, r) in enumerate(kept)
        for o in range(max(0, c - r), min(len(kept), c + r + 1))
        if o != c
    ]
    assert pairs(apply(batch, draw)) == expected


@given(SENTENCE, st.integers(0, 2**20))
def test_cbow_has_the_same_windows(words: list[int], seed: int) -> None:
    batch = sentences(words)
    draw = TASK.draw(batch, np.random.default_rng(seed), info(), Options(threshold=0.02))
    skip, cbow = apply(batch, draw), apply(batch, Draw({**draw, "noise": draw["noise"][:, :, :1]}))
    context = cbow.inputs["context"]
    assert torch.equal(context, skip.targets["words"])
    assert torch.equal(cbow.where[..., 0], skip.where.any(2))
    assert "context" not in skip.inputs


def test_the_model_does_not_see_the_neighbours_of_skip_gram() -> None:
    batch = sentences([1, 2, 3])
    assert set(apply(batch, drawn(batch, radius=1)).inputs) == {"words"}


@given(SENTENCE)
def test_offsets_are_where_the_words_are(words: list[int]) -> None:
    near, within = windows(torch.tensor([words]), torch.full((1, len(words)), REACH))
    for j in range(len(words)):
        for m, by in enumerate(OFFSETS):
            inside = 0 <= j + by < len(words)
            assert bool(within[0, j, m]) == inside
            assert int(near[0, j, m]) == (words[j + by] if inside else 0)


# subsampling


def test_golden_keep_probabilities() -> None:
    # (√(f/t) + 1) t/f at f = 10 t: √10/10 + 1/10; the paper's √(t/f) would give 0.3162.
    t = 1e-3
    assert keep_probability(np.array([10 * t]), t)[0] == pytest.approx(0.41622777, abs=1e-7)
    # At most 1: x² = x + 1 with x = √(f/t), so f = ((1 + √5)/2)² t = 2.618 t.
    edge = ((1 + math.sqrt(5)) / 2) ** 2
    assert edge == pytest.approx(2.618034, abs=1e-6)
    assert keep_probability(np.array([0.0, 1e-9, t, edge * t * 0.9999]), t).tolist() == [1, 1, 1, 1]
    assert keep_probability(np.array([edge * t * 1.001]), t)[0] < 1
    assert keep_probability(np.array([0.5, 1.0]), 1.0).tolist() == [1, 1]


@given(st.floats(1e-6, 1), st.floats(1e-5, 1))
def test_keep_probability_is_that_of_word2vec(share: float, threshold: float) -> None:
    expected = min(1.0, (math.sqrt(share / threshold) + 1) * threshold / share)
    assert keep_probability(np.array([share]), threshold)[0] == pytest.approx(expected)


def test_words_are_kept_as_often_as_said() -> None:
    common = [1000, *[10] * 29]
    batch, its = sentences(*[[1, 2] * 10] * 2000), info(common)
    keep = TASK.draw(batch, np.random.default_rng(0), its, Options(threshold=0.05))["keep"]
    for column, word in ((0, 1), (1, 2)):
        p = keep_probability(its["share"], 0.05)[word]
        share = keep[:, column::2].mean()
        assert abs(share - p) <= 4 * math.sqrt(p * (1 - p) / 20_000) + 1e-12
    assert TASK.draw(batch, np.random.default_rng(0), its, Options(threshold=1.0))["keep"].all()


def test_padding_is_never_kept() -> None:
    batch = sentences([1, 2, 3], [4])
    keep = TASK.draw(batch, np.random.default_rng(0), info(), Options(threshold=1.0))["keep"]
    assert keep.tolist() == [[True] * 3, [True, False, False]]


# noise

COUNTS = [5000, 1000, 500, 100, 100, 20, 1]


def test_golden_noise_probabilities() -> None:
    # 1, 16 and 81 to the power of 3/4 are 1, 8 and 27.
    np.testing.assert_allclose(noise_probability(np.array([0, 81, 16, 1]), 0.75), [0, 27 / 36, 8 / 36, 1 / 36])
    np.testing.assert_allclose(noise_probability(np.array([0, 81, 16, 1]), 1.0), [0, 81 / 98, 16 / 98, 1 / 98])
    np.testing.assert_allclose(noise_probability(np.array([0, 81, 16, 1, 0]), 0.0), [0, 1 / 3, 1 / 3, 1 / 3, 0])


@pytest.mark.parametrize("exponent", [0.0, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("way", ["skip-gram", "CBOW"])
def test_noise_words_are_drawn_as_often_as_said(exponent: float, way: str) -> None:
    batch = sentences(*[[1, 2, 3, 4]] * 400)
    noise = TASK.draw(batch, np.random.default_rng(1), info(COUNTS), Options(exponent=exponent, way=way, negatives=7))[
        "noise"
    ]
    assert noise.shape == (400, 4, 1 if way == "CBOW" else 2 * REACH, 7)
    assert noise.size > 10_000
    weights = [count**exponent for count in COUNTS]
    found = np.bincount(noise.ravel(), minlength=8) / noise.size
    assert found[0] == 0  # never a padding
    for word, weight in enumerate(weights, 1):
        p = weight / sum(weights)
        assert abs(found[word] - p) <= 4 * math.sqrt(p * (1 - p) / noise.size) + 1e-9


def test_every_pair_has_noise_of_its_own() -> None:
    batch = sentences([1, 2, 3, 4, 5, 6])
    noise = TASK.draw(batch, np.random.default_rng(0), info(), Options(negatives=12))["noise"][0]
    labels = [tuple(words) for words in noise.reshape(-1, 12).tolist()]
    assert len(set(labels)) == len(labels) == 6 * 2 * REACH


def test_noise_that_is_the_label_is_skipped_and_not_redrawn() -> None:
    batch = sentences([1, 2])
    draw = drawn(batch, radius=1, noise=3)
    draw["noise"][0, 0, REACH] = [2, 7, 2]  # the label of (1 → 2) is 2
    draw["noise"][0, 1, REACH - 1] = [2, 2, 2]  # the label of (2 → 1) is 1; 2 is the centre, and counts
    labelled = apply(batch, draw)
    assert labelled.targets["noise"][0, 0, REACH].tolist() == [2, 7, 2]
    net = WordVectors(31, 4)
    with torch.no_grad():
        net.tokens.weight.normal_(generator=torch.Generator().manual_seed(0))
        net.out.normal_(generator=torch.Generator().manual_seed(1))
    each = TASK.loss(net, labelled, Options()).per_item
    assert each is not None

    def minus_ln(x: float) -> float:
        return -math.log(1 / (1 + math.exp(-x)))

    u, v = net.out.detach().double().numpy(), net.tokens.weight.detach().double().numpy()
    assert each[0].item() == pytest.approx(minus_ln(u[2] @ v[1]) + minus_ln(-u[7] @ v[1]), rel=1e-5)
    assert each[1].item() == pytest.approx(minus_ln(u[1] @ v[2]) + 3 * minus_ln(-u[2] @ v[2]), rel=1e-5)


def test_all_noise_skipped_leaves_the_label_alone() -> None:
    batch = sentences([1, 2])
    draw = drawn(batch, radius=1, noise=2)
    draw["noise"][0, 0, REACH], draw["noise"][0, 1, REACH - 1] = 2, 1
    labelled = apply(batch, draw)
    loss = TASK.loss(WordVectors(31, 4), labelled, Options())
    assert loss.total.item() == pytest.approx(math.log(2))
    assert TASK.score(TASK.answer(WordVectors(31, 4), labelled, Options()), labelled) == {"told from noise": 1.0}
    loss.total.backward()  # −∞ of the skipped ones must not become nan


def test_skipped_noise_has_no_gradient() -> None:
    batch = sentences([1, 2])
    draw = drawn(batch, radius=1, noise=2)
    draw["noise"][0, 0, REACH], draw["noise"][0, 1, REACH - 1] = 2, 1
    net = WordVectors(31, 4)
    torch.nn.init.normal_(net.out, generator=torch.Generator().manual_seed(0))
    TASK.loss(net, apply(batch, draw), Options()).total.backward()
    assert net.tokens.weight.grad is not None
    assert torch.isfinite(net.tokens.weight.grad).all()
    assert torch.isfinite(net.out.grad).all()  # type: ignore[arg-type]


# loss and score


@pytest.mark.parametrize(("negatives", "golden"), [(5, 4.1588831), (1, 1.3862944), (15, 11.0903549)])
@pytest.mark.parametrize("way", ["skip-gram", "CBOW"])
def test_golden_first_loss(negatives: int, golden: float, way: str) -> None:
    """(1 + k) ln 2, since the second table starts at 0; no noise is a label here, so none is skipped."""
    batch = sentences([1, 2, 3, 4, 5], [6, 7, 8])
    labelled = apply(batch, drawn(batch, radius=3, noise=negatives, labels=1 if way == "CBOW" else 2 * REACH))
    net = WordVectors(31, 8)
    assert (net.out == 0).all()
    assert TASK.loss(net, labelled, Options()).total.item() == pytest.approx(golden, abs=1e-5)
    assert TASK.score(TASK.answer(net, labelled, Options()), labelled)["told from noise"] == pytest.approx(
        1 / (1 + negatives)
    )


def test_golden_loss_and_score() -> None:
    # u·v = 1 for the label, 0 and 2 for its noise.
    batch = sentences([1, 2])
    draw = drawn(batch, radius=1, noise=2)
    draw["noise"][:] = [3, 4]
    labelled = apply(batch, draw)
    net = WordVectors(31, 1)
    with torch.no_grad():
        net.tokens.weight[:] = 1
        net.out[1], net.out[2], net.out[3], net.out[4] = 1, 1, 0, 2
    loss = TASK.loss(net, labelled, Options())
    assert loss.total.item() == pytest.approx(0.3132617 + 0.6931472 + 2.1269280, abs=1e-6)
    assert loss.parts["neighbours"] == pytest.approx(0.3132617, abs=1e-6)
    score = Answer({"vector": net(labelled.inputs, labelled.where), "table": net.out})
    assert TASK.score(score, labelled) == {"told from noise": 0.0}
    with torch.no_grad():
        net.out[4] = 0.5
    assert TASK.score(TASK.answer(net, labelled, Options()), labelled) == {"told from noise": 1.0}
    with torch.no_grad():
        net.out[4] = 1  # as high as the label: one of two equals
    assert TASK.score(TASK.answer(net, labelled, Options()), labelled) == {"told from noise": 0.5}


def test_the_two_tables_are_not_mixed_up() -> None:
    """A centre asks with its own vector, a label answers with that of the other table."""
    batch = sentences([1, 2])
    labelled = apply(batch, drawn(batch, radius=1))
    net = WordVectors(31, 3)
    torch.nn.init.normal_(net.out, generator=torch.Generator().manual_seed(0))
    TASK.loss(net, labelled, Options()).total.backward()
    for table in (net.tokens.weight.grad, net.out.grad):
        assert table is not None
    assert set(net.tokens.weight.grad.abs().sum(1).nonzero().flatten().tolist()) == {1, 2}  # type: ignore[union-attr]
    assert set(net.out.grad.abs().sum(1).nonzero().flatten().tolist()) == {1, 2, 30}  # type: ignore[union-attr]


def test_a_few_steps_learn_who_stands_together() -> None:
    """Words 1 and 2 always stand together, and so do 3 and 4."""
    rows, net = [[1, 2]] * 8 + [[3, 4]] * 8, WordVectors(31, 8)
    torch.nn.init.normal_(net.tokens.weight, std=0.1, generator=torch.Generator().manual_seed(0))
    adam, batch, its = torch.optim.Adam(net.parameters(), 0.05), sentences(*rows), info([10] * 4 + [0] * 26)
    for step in range(60):
        labelled = TASK.apply(batch, TASK.draw(batch, np.random.default_rng(step), its, Options(threshold=1.0)), its)
        adam.zero_grad()
        TASK.loss(net, labelled, Options()).total.backward()
        adam.step()
    score = (net.tokens.weight @ net.out.T).detach()
    assert score[1, 2] > score[1, 1:5].sort().values[-2] + 1
    assert score[4, 3] > score[4, 1:5].sort().values[-2] + 1


# baselines


def test_golden_counts_of_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 1 2 3 with windows up to 5: distance 1 counts 5/5, distance 2 counts 4/5; rows do not touch."""
    text = type("Text", (), {"train": ([1, 2, 3], [4, 1]), "vocabulary": tuple("012345")})()
    text.train = tuple(np.array(row) for row in text.train)
    text.counts = np.array([0, 2, 1, 1, 1, 0])
    monkeypatch.setattr(module, "word_rows", lambda _: text)
    found = module._info.__wrapped__("any")
    expected = np.zeros((6, 6))
    for a, b, weight in ((1, 2, 1), (2, 3, 1), (1, 3, 0.8), (4, 1, 1)):
        expected[a, b] += weight
        expected[b, a] += weight
    np.testing.assert_allclose(found["pairs"].toarray(), expected)
    np.testing.assert_allclose(found["near"], (expected.sum(0) + 1) / (expected.sum() + 6))
    np.testing.assert_allclose(found["share"], np.array([0, 2, 1, 1, 1, 0]) / 5)


def test_counts_of_pairs_are_those_of_a_plain_loop() -> None:
    text, found = word_rows(DATA), TASK.info(DATA)["pairs"].tocsr()
    rng = np.random.default_rng(0)
    centre = int(rng.integers(300, 600))
    counted: Counter[int] = Counter()
    for row in text.train:
        for c in np.flatnonzero(row == centre):
            for o in range(max(0, c - REACH), min(len(row), c + REACH + 1)):
                if o != c:
                    counted[int(row[o])] += (REACH + 1 - abs(o - c)) / REACH
    assert counted
    mine = found[[centre], :].toarray().ravel()
    for word in range(len(text.vocabulary)):
        assert mine[word] == pytest.approx(counted.get(word, 0.0))


def test_counts_of_pairs_agree_with_drawn_windows() -> None:
    """Without subsampling, drawn windows hold a pair as often as the counts say: the weights are the chances."""
    text, its = word_rows(DATA), TASK.info(DATA)
    batch = TASK.batch(DATA, "train", np.arange(4000))
    labelled = TASK.apply(batch, TASK.draw(batch, np.random.default_rng(0), its, Options(threshold=1.0)), its)
    count = int(labelled.where.sum())
    exact = sum(
        2 * sum((len(row) - d) * (REACH + 1 - d) / REACH for d in range(1, min(REACH, len(row) - 1) + 1))
        for row in text.train[:4000]
    )
    assert count == pytest.approx(exact, rel=0.01)


@pytest.mark.parametrize("way", ["skip-gram", "CBOW"])
def test_baselines(way: str) -> None:
    its = TASK.info(DATA)
    batch = TASK.batch(DATA, "held_out", np.arange(400))
    labelled = TASK.apply(batch, TASK.draw(batch, np.random.default_rng(0), its, Options(way=way)), its)
    found = {baseline.name: baseline for baseline in TASK.baselines(labelled, its, Options())}
    chance = found["all scores 0: 6 × ln 2"]
    assert chance.constant
    assert chance.loss == pytest.approx(6 * math.log(2))
    assert chance.scores["told from noise"] == pytest.approx(1 / 6)
    assert found["word frequencies"].constant
    assert found["word frequencies"].loss < chance.loss  # type: ignore[operator]
    assert ("counted pairs" in found) == (way == "skip-gram")
    if way == "skip-gram":
        counted = found["counted pairs"]
        assert not counted.constant
        assert counted.scores["told from noise"] > found["word frequencies"].scores["told from noise"] + 0.05


@pytest.mark.parametrize("threshold", [1.0, 1e-3])
def test_golden_baseline_of_counts(threshold: float) -> None:
    """Score ln p(o|c) − ln k q(o), pairs as often as subsampling keeps them, 10 imagined ones as neighbours are."""
    its = info()
    counted = np.zeros((31, 31))
    counted[1, 2] = counted[2, 1] = 30
    its.update(near=np.full(31, 1 / 31), pairs=sparse.csr_array(counted))
    batch = sentences([1, 2])
    labelled = apply(batch, drawn(batch, radius=1, noise=2))
    found = {b.name: b for b in TASK.baselines(labelled, its, Options(threshold=threshold))}["counted pairs"]
    keep = float(keep_probability(np.array([1 / 30]), threshold)[0])  # of every word; number 0 is none, and always kept
    share = keep / (30 * keep + 1)
    given, other = ((seen * keep + PRIOR * share) / (30 * keep + PRIOR) for seen in (30, 0))
    right, noise = (math.log(p) - math.log(2 * (1 / 30)) for p in (given, other))
    assert found.loss == pytest.approx(math.log1p(math.exp(-right)) + 2 * math.log1p(math.exp(noise)), rel=1e-6)
    assert found.scores["told from noise"] == 1


# what is measured


def test_nearest_on_vectors_made_by_hand() -> None:
    vectors = np.array([[9, 9], [1, 0], [10, 1], [1, 1], [0, 1], [-1, 0], [0, 0]], np.float32)
    assert nearest(vectors, 1, np.arange(1, 7), 5).tolist() == [2, 3, 4, 6, 5]  # by direction, not by length
    assert nearest(vectors, 1, np.array([4, 5, 1]), 2).tolist() == [4, 5]  # among some words only, itself left out
    assert nearest(vectors, 3, np.array([1, 4]), 1).tolist() == [1]  # of equals the first


@given(hnp.arrays(np.float32, (12, 3), elements=st.floats(-5, 5, width=32)), st.integers(0, 11))
def test_nearest_is_the_order_of_the_cosine(vectors: np.ndarray, word: int) -> None:
    found = nearest(vectors, word, np.arange(12), 11)
    assert word not in found
    long = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    cosine = (long @ long[word])[found]
    assert (np.diff(cosine) <= 1e-6).all()


def test_alike_is_1_where_kinds_lie_apart() -> None:
    text, kinds = word_rows(DATA), ("noun", "verb", "adjective", "adverb")
    vectors = np.zeros((len(text.vocabulary), 5), np.float32)
    for number in known(text):
        vectors[number, kinds.index(word_topics()[text.vocabulary[number]][0])] = 1
    vectors[:, 4] = np.random.default_rng(0).normal(scale=0.01, size=len(vectors))
    assert alike(vectors, text) == 1


def test_alike_counts_a_topic_in_common(monkeypatch: pytest.MonkeyPatch) -> None:
    topics = {
        "a": ("noun", ("noun.food",)),
        "b": ("verb", ("noun.food",)),
        "c": ("verb", ("verb.motion",)),
        "d": ("adverb", ()),
    }
    text = type("Text", (), {"vocabulary": ("", "a", "b", "c", "d", "the")})()
    monkeypatch.setattr(module, "word_topics", lambda: topics)
    monkeypatch.setattr(module, "asked_words", lambda _: [1])
    vectors = np.array([[0, 0], [1, 0], [1, 0.1], [1, 0.2], [1, 0.3], [1, 0]], np.float32)
    assert known(text).tolist() == [1, 2, 3, 4]
    assert alike(vectors, text, 1) == 1  # b shares a topic
    assert alike(vectors, text, 2) == 0.5  # c shares neither; "the" is not asked, though it is nearest


def test_twenty_common_words_are_asked() -> None:
    text = word_rows("sentences_and_stories")
    asked = asked_words(text)
    assert len(set(asked)) == 20
    kinds = [word_topics()[text.vocabulary[n]][0] for n in asked]
    assert kinds == ["noun"] * 5 + ["verb"] * 5 + ["adjective"] * 5 + ["adverb"] * 5
    for kind in set(kinds):
        least = min(text.counts[n] for n, its in zip(asked, kinds, strict=True) if its == kind)
        rest = [n for n in known(text) if n not in asked and word_topics()[text.vocabulary[n]][0] == kind]
        assert max(text.counts[n] for n in rest) <= least


def test_random_vectors_are_far_from_the_bar() -> None:
    text = word_rows("sentences_and_stories")
    shares = [
        alike(np.random.default_rng(seed).normal(size=(len(text.vocabulary), 64)).astype(np.float32), text)
        for seed in range(5)
    ]
    assert 0.2 < float(np.mean(shares)) < 0.45  # half of the words asked are nouns or verbs, so chance hits, too


def test_probe_data_are_words_with_a_class_and_no_word_is_in_both_parts() -> None:
    data = TASK.probe_data("sentences_and_stories")
    train, test = data.train.data["word"].tolist(), data.test.data["word"].tolist()
    assert not set(train) & set(test)
    vocabulary = word_rows("sentences_and_stories").vocabulary
    assert data.texts == tuple(vocabulary[n] for n in test)
    classes = list(module.CLASSES.values())
    for number, y in list(zip(chain(train, test), chain(data.train_y, data.test_y), strict=True))[::17]:
        kind, about = word_topics()[vocabulary[number]]
        assert kind in classes[y] or about[0] in classes[y]
    assert min(np.bincount(data.train_y, minlength=len(data.names))) >= 11


def test_undo_says_that_dropped_words_are_gone() -> None:
    batch = sentences([1, 2])
    draw = drawn(batch, radius=1)
    assert TASK.undo(apply(batch, draw), draw) is None


def test_trace_shows_what_was_dropped() -> None:
    batch = sentences([1, 2, 3])
    labelled = TASK.apply(batch, drawn(batch, radius=1, keep=[[1, 0, 1]]), DataInfo(), trace=True)
    (step,) = labelled.steps
    assert step.before[0].tolist() == [1, 2, 3]
    assert step.after[0].tolist() == [1, 3, 0]


def test_the_highest_dice_still_names_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    # Probabilities may sum to a little less than 1; a dice above that once named a word past the table.
    monkeypatch.setattr(module, "noise_probability", lambda counts, _: np.full(len(counts), 0.999999 / len(counts)))

    class Highest:
        def random(self, shape: tuple[int, ...]) -> np.ndarray:
            return np.full(shape, np.nextafter(1.0, 0.0))

        def integers(self, _low: int, _high: int, shape: tuple[int, ...]) -> np.ndarray:
            return np.ones(shape, np.int64)

    noise = TASK.draw(sentences([1, 2, 3]), Highest(), info(), Options())["noise"]  # type: ignore[arg-type]
    assert noise.max() == len(info()["counts"]) - 1
