"""Replaced words: what the label is, who is trained by what, and that a draw repeats (Clark et al. 2020, section 2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from sslviz.catalogue.replaced_words import FREQUENCIES, HIDDEN
from sslviz.catalogue.replaced_words import ReplacedWordsOptions as Options
from sslviz.data.text import CLS, MASK, PAD, SEP
from sslviz.models.trunk import Trunk, count_weights, initialise
from sslviz.tasks.base import Answer, Draw, Labelled
from sslviz.tasks.masked_words import MaskedWords
from sslviz.tasks.replaced_words import ReplacedWords, choose, told_apart

TASK = ReplacedWords()
INFO = TASK.info("sentences")


def network(**options: Any) -> Any:
    net = TASK.build(Trunk(), INFO, Options(**options))
    initialise(net, torch.Generator().manual_seed(0))
    return net


def drawn(n: int = 40, seed: int = 0, **options: Any) -> tuple[Any, Draw, Labelled]:
    batch = TASK.batch("sentences", "train", np.arange(n))
    draw = TASK.draw(batch, np.random.default_rng(seed), INFO, Options(**options))
    return batch, draw, TASK.apply(batch, draw, INFO)


def forger(net: Any, said: torch.Tensor) -> Any:
    """The same network, whose generator is sure of these words (k,)."""
    net.generate = lambda _inputs, places: (
        1e4 * torch.nn.functional.one_hot(said[: int(places.sum())], len(INFO["vocabulary"]))
    )
    return net


def test_a_word_that_comes_back_is_original() -> None:
    batch, draw, labelled = drawn()
    hide = torch.from_numpy(draw["hide"])
    right = batch.data["ids"][hide]
    same = TASK.targets_from_model(forger(network(), right), labelled)
    assert torch.equal(same.inputs["ids"], batch.data["ids"])
    assert not same.targets["replaced"].any()
    other = torch.where(right == 10, 11, 10)
    mixed = torch.where(torch.arange(len(right)) % 2 == 0, right, other)
    found = TASK.targets_from_model(forger(network(), mixed), labelled)
    assert torch.equal(found.targets["replaced"][hide], torch.arange(len(right)) % 2 == 1)
    assert not found.targets["replaced"][~hide].any()
    assert torch.equal(found.inputs["ids"][~hide], batch.data["ids"][~hide])


def test_every_word_has_a_label_against_as_many_hidden_ones_as_bert_has() -> None:
    batch, draw, labelled = drawn(500)
    ids = batch.data["ids"]
    assert torch.equal(labelled.where, (ids != PAD) & (ids != CLS) & (ids != SEP))
    words = MaskedWords()
    theirs = words.draw(batch, np.random.default_rng(1), words.info("sentences"), words_options())["how"] > 0
    assert (draw["hide"].sum(1) == theirs.sum(1)).all()
    _, few, only = drawn(500, asked=HIDDEN)
    assert torch.equal(only.where, torch.from_numpy(few["hide"]))
    masked = labelled.inputs["hidden"] == MASK
    assert masked.sum() / draw["hide"].sum() == pytest.approx(0.85, abs=0.04)  # the authors' code


def words_options() -> Any:
    from sslviz.catalogue.masked_words import MaskedWordsOptions

    return MaskedWordsOptions()


def test_words_are_drawn_as_often_as_they_are_probable_and_not_the_best_each_time() -> None:
    p = torch.tensor([0.0, 0.6, 0.3, 0.1])
    dice = (torch.arange(1000) + 0.5) / 1000
    counts = choose(p.expand(1000, 4), dice).bincount(minlength=4)
    assert counts.tolist() == [0, 600, 300, 100]


def test_the_same_draw_and_weights_give_the_same_sentence_and_no_special_token() -> None:
    _, _, labelled = drawn(200)
    net = network()
    one, two = TASK.targets_from_model(net, labelled), TASK.targets_from_model(net, labelled)
    assert torch.equal(one.inputs["ids"], two.inputs["ids"])
    assert (one.inputs["ids"][labelled.targets["words"] != PAD] > MASK).all()
    p = net.generate(labelled.inputs, labelled.targets["words"] != PAD).softmax(-1)
    assert p[:, : MASK + 1].sum() == 0


def test_neither_loss_reaches_the_other_model_but_both_reach_the_table() -> None:
    _, _, labelled = drawn()
    for part in ("total", "auxiliary"):
        net = network()
        loss = TASK.loss(net, TASK.targets_from_model(net, labelled), Options())
        getattr(loss, part).backward()
        reached = {name.split(".")[0] for name, p in net.named_parameters() if p.grad is not None and p.grad.any()}
        own = {"trunk", "head", "expects"} if part == "total" else {"generator", "back", "norm", "bias"}
        assert reached == {"tokens", *own}


def test_the_discriminator_counts_fifty_times() -> None:
    _, _, labelled = drawn()
    net = network()
    loss = TASK.loss(net, TASK.targets_from_model(net, labelled), Options())
    assert loss.auxiliary is not None
    assert (loss.total + loss.auxiliary).item() * 50 == pytest.approx(loss.parts["generator"] + 50 * loss.total.item())


def test_words_by_frequency_need_no_generator() -> None:
    _, draw, labelled = drawn(3000, filler=FREQUENCIES)
    net = network()
    taught = TASK.targets_from_model(net, labelled)
    assert np.array_equal(taught.inputs["ids"].numpy()[draw["hide"]], draw["word"][draw["hide"]])
    assert TASK.loss(net, taught, Options(filler=FREQUENCIES)).auxiliary is None
    often = np.bincount(draw["word"][draw["hide"]], minlength=len(INFO["common"])) / draw["hide"].sum()
    assert np.abs(often - INFO["common"]).max() < 0.02


def test_a_smaller_generator_has_fewer_weights() -> None:
    sizes = [count_weights(network(size=size).generator) for size in ("1/3", "2/3", "1")]
    assert sizes == sorted(sizes)
    assert sizes[2] == count_weights(Trunk())


def test_always_original_is_right_often_and_tells_nothing_apart() -> None:
    truth = torch.tensor([[True, False, False, False]])
    labelled = Labelled({}, {"replaced": truth}, torch.ones(1, 4, dtype=torch.bool))
    assert TASK.score(Answer({"p": torch.full((4,), 0.25)}), labelled) == {
        "told apart": 0.5, "right labels": 0.75, "found": 0.0,
    }  # fmt: skip
    p, hit = torch.tensor([0.1, 0.4, 0.4, 0.8]), torch.tensor([False, True, False, True])
    assert told_apart(p, hit) == pytest.approx((1 + 0.5 + 1 + 1) / 4)  # pairs, by hand
