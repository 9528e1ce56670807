"""Span corruption: spans as T5's code draws them, the label as its paper writes it, and what the model writes."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sslviz.catalogue.span_corruption import SINGLE, SPANS, WHOLE
from sslviz.catalogue.span_corruption import SpanCorruptionOptions as Options
from sslviz.data.text import CLS, MASK, PAD, SEP
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks.base import Answer, Batch, Draw, Labelled
from sslviz.tasks.span_corruption import SENTINELS, SpanCorruption, by_sentinel, random_spans

TASK = SpanCorruption()
INFO = TASK.info("sentences")
X = len(INFO["vocabulary"])


def network() -> Any:
    net, generator = TASK.build(Trunk(), INFO, Options()), torch.Generator().manual_seed(0)
    initialise(net, generator)
    TASK.begin(net, generator)
    return net


def labelled(hide: list[int], ids: list[int], *, whole: bool = False) -> Labelled:
    batch = Batch(np.array([0]), {"ids": torch.tensor([[CLS, *ids, SEP]])})
    mask = np.array([[False, *map(bool, hide), False]])
    return TASK.apply(batch, Draw(hide=mask, whole=np.array([whole])), INFO)


def real(row: torch.Tensor) -> list[int]:
    return [token for token in row.tolist() if token != PAD]


def runs(mask: np.ndarray) -> list[tuple[bool, int]]:
    return [(bool(hidden), len(list(some))) for hidden, some in groupby(mask.tolist())]


# the spans


def test_the_example_of_the_authors_test_has_four_spans_of_eight_words_together() -> None:
    """t5/data/preprocessors_test.py, `test_random_spans_noise_mask`: length 32, density 0.25, mean length 2."""
    for seed in range(20):
        found = runs(random_spans(np.array([32]), 0.25, 2, np.random.default_rng(seed))[0])
        assert [hidden for hidden, _ in found] == [False, True] * 4
        assert sum(count for hidden, count in found if hidden) == 8


@given(
    lengths=st.lists(st.integers(2, 30), min_size=1, max_size=6), share=st.floats(0.1, 0.5),
    mean=st.sampled_from([2, 3, 5, 10]), seed=st.integers(0, 10_000),
)  # fmt: skip
def test_kept_and_hidden_spans_take_turns_and_are_as_many_as_the_paper_says(
    lengths: list[int], share: float, mean: int, seed: int
) -> None:
    masks = random_spans(np.array(lengths), share, mean, np.random.default_rng(seed))
    for mask, length in zip(masks, lengths, strict=True):
        hidden = min(max(round(length * share), 1), length - 1)
        found = runs(mask[:length])
        assert [one for one, _ in found] == [False, True] * max(1, round(hidden / mean))
        assert sum(count for one, count in found if one) == hidden
        assert not mask[length:].any()


def test_all_masks_are_equally_likely() -> None:
    """Seven words, four hidden in two spans: each of 4 and 3 words in two parts, so 3 × 2 ways."""
    masks = random_spans(np.full(6000, 7), 4 / 7, 2, np.random.default_rng(0))
    ways = Counter(map(tuple, masks.tolist()))
    assert len(ways) == 6
    assert all(abs(count - 1000) < 5 * 1000**0.5 for count in ways.values())


@given(
    rows=st.lists(st.integers(0, 47_999), min_size=1, max_size=5), seed=st.integers(0, 10_000),
    share=st.floats(0.1, 0.5), length=st.sampled_from([SINGLE, "2", "3", "10"]), asked=st.sampled_from([SPANS, WHOLE]),
)  # fmt: skip
def test_what_was_hidden_goes_back_into_its_place(
    rows: list[int], seed: int, share: float, length: str, asked: str
) -> None:
    batch = TASK.batch("sentences", "train", np.array(rows))
    options = Options(share, length, asked)
    draw = TASK.draw(batch, np.random.default_rng(seed), INFO, options)
    made = TASK.apply(batch, draw, INFO)
    hide = torch.from_numpy(draw["hide"])
    assert hide.any(1).all()
    assert (batch.data["ids"][hide] > MASK).all()
    assert torch.equal(TASK.undo(made, draw).data["ids"], batch.data["ids"])  # type: ignore[union-attr]
    if length != SINGLE:
        words = (batch.data["ids"] != PAD).sum(1) - 2
        wanted = [min(max(round(int(n) * share), 1), int(n) - 1) for n in words]
        assert hide.sum(1).tolist() == wanted


def test_the_end_of_a_short_sentence_is_not_hidden_each_time() -> None:
    batch = Batch(np.arange(4000), {"ids": torch.tensor([[CLS, *range(10, 18), SEP]]).repeat(4000, 1)})
    hide = TASK.draw(batch, np.random.default_rng(0), INFO, Options())["hide"].mean(0)
    assert np.abs(hide[1:-1] - 2 / 8).max() < 0.03  # round(0.3 · 8) = 2 of 8 words, at each place alike


def test_each_word_by_itself_is_a_coin_a_word() -> None:
    batch = Batch(np.arange(4000), {"ids": torch.tensor([[CLS, *range(10, 30), SEP]]).repeat(4000, 1)})
    hide = TASK.draw(batch, np.random.default_rng(0), INFO, Options(0.25, SINGLE))["hide"][:, 1:-1]
    assert np.abs(hide.mean(0) - 0.25).max() < 0.04
    both = (hide[:, 1:] & hide[:, :-1]).mean()
    assert both == pytest.approx(0.25**2, abs=0.01)  # neighbours do not know of each other


# the label


def test_the_example_of_the_paper() -> None:
    """Figure 2: "Thank you <X> me to your party <Y> week." and "<X> for inviting <Y> last <Z>"."""
    ids = list(range(10, 21))  # Thank you for inviting me to your party last week .
    made = labelled([0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0], ids)
    thank, you, for_, inviting, me, to, your, party, last, week, stop = ids
    assert real(made.inputs["ids"][0]) == [CLS, thank, you, X, me, to, your, party, X + 1, week, stop, SEP]
    label = [X, for_, inviting, X + 1, last, X + 2, SEP]
    assert real(made.targets["words"][0]) == label
    assert real(made.inputs["before"][0])[:7] == [CLS, *label[:-1]]
    whole = labelled([0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0], ids, whole=True)
    assert real(whole.inputs["ids"][0]) == real(made.inputs["ids"][0])
    assert real(whole.targets["words"][0]) == [*ids, SEP]


def test_the_cases_of_the_authors_test() -> None:
    """t5/data/preprocessors_test.py: tokens 10 … 15; a label begins with X also where the text begins with a span."""
    made = labelled([1, 1, 0, 0, 1, 0], [10, 11, 12, 13, 14, 15])
    assert real(made.inputs["ids"][0]) == [CLS, X, 12, 13, X + 1, 15, SEP]
    assert real(made.targets["words"][0]) == [X, 10, 11, X + 1, 14, X + 2, SEP]


def test_the_longest_sentence_of_a_visitor_has_sentinels_enough() -> None:
    made = labelled([1, 0] * 15, list(range(10, 40)))
    assert int(made.targets["words"].max()) == X + SENTINELS - 1


# the model


def test_the_decoder_sees_no_word_before_it_is_due_and_the_encoder_sees_the_sentence() -> None:
    net, made = network(), labelled([0, 1, 1, 0, 1], [10, 11, 12, 13, 14])
    scores = net(made.inputs, made.where)
    for at in range(1, int(made.where.sum())):
        before = made.inputs["before"].clone()
        before[0, at] = 99
        other = net({**made.inputs, "before": before}, made.where)
        assert torch.allclose(scores[:at], other[:at], atol=1e-6)
        assert not torch.allclose(scores[at], other[at], atol=1e-6)
    ids = made.inputs["ids"].clone()
    ids[0, 1] = 99
    assert not torch.allclose(scores[0], net({**made.inputs, "ids": ids}, made.where)[0], atol=1e-6)


def test_greedy_writing_takes_the_likeliest_token_each_time_and_stops() -> None:
    net, made = network(), labelled([0, 1, 1, 0, 1], [10, 11, 12, 13, 14])
    written = net.write(made.inputs, 6)
    before = torch.cat([torch.tensor([[CLS]]), written[:, :-1]], 1)
    scores = net({**made.inputs, "before": before}, torch.ones(1, 6, dtype=torch.bool))
    assert written[0].tolist() == scores.argmax(-1).tolist()
    with torch.no_grad():
        net.bias[SEP] = 1e4
    assert net.write(made.inputs, 6)[0].tolist() == [SEP]


def test_all_weights_are_drawn_by_seed() -> None:
    one, two = network(), network()
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def answered(said: list[int], made: Labelled) -> Answer:
    p = torch.nn.functional.one_hot(torch.tensor(said), X + SENTINELS).double()
    return Answer({"p": p[: int(made.where.sum())]})


def test_a_word_counts_where_it_was_hidden_and_a_length_where_the_end_is_said_in_time() -> None:
    made = labelled([0, 1, 1, 0, 1], [10, 11, 12, 13, 14])  # X 11 12 Y 14 Z end
    right = answered([X, 11, 12, X + 1, 14, X + 2, SEP], made)
    assert TASK.score(right, made) == {"top-1": 1, "top-5": 1, "right length": 1}
    early = answered([X, 11, X + 1, X + 1, 14, X + 2, SEP], made)  # ends the first span one word before its end
    assert TASK.score(early, made)["top-1"] == pytest.approx(2 / 3)
    assert TASK.score(early, made)["right length"] == 0.5
    late = answered([X, 11, 12, 13, 14, 15, SEP], made)  # ends none of them
    assert TASK.score(late, made)["right length"] == 0
    whole = labelled([0, 1, 1, 0, 1], [10, 11, 12, 13, 14], whole=True)
    assert whole.targets["scored"][0].nonzero().flatten().tolist() == [1, 2, 4]
    assert TASK.score(answered([10, 11, 12, 13, 9, SEP], whole), whole)["top-1"] == pytest.approx(2 / 3)


def test_what_stands_behind_a_sign_is_read_off_a_text_however_it_was_written() -> None:
    assert by_sentinel([X, 7, X + 1, SEP, 8], X) == {X: [7], X + 1: []}
    assert by_sentinel([7, X, 8, X, 9], X) == {X: [8, 9]}
    assert by_sentinel([7, 8], X) == {}


def test_the_left_neighbour_knows_the_word_before_the_gap() -> None:
    from sslviz.tasks.span_corruption import left_neighbours

    made = labelled([0, 1, 1, 0, 1], [10, 11, 12, 13, 14])
    assert left_neighbours(made, X)[0].tolist()[:7] == [CLS, 10, 11, 12, 13, 14, PAD]


def test_the_trunk_is_judged_with_its_own_sign_in_the_place_of_mask() -> None:
    net = network()
    batch = TASK.probe_data("sentences").test.rows(np.arange(3))
    ids = batch.data["ids"].clone()
    ids[ids == MASK] = X
    other = Batch(batch.ids, {**batch.data, "ids": ids})
    assert torch.equal(TASK.features(net, batch, INFO), TASK.features(net, other, INFO))
