"""Questions to a model with given weights: right for every asker, also when many ask at once."""

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from sslviz.tasks.masked_words import MaskedWords
from sslviz.training import answers, loop
from sslviz.training.config import default

CONFIG = replace(default("masked_words"), device="cpu")


def first_weights(learner: loop.Learner) -> np.ndarray:
    return learner.flat[:5].numpy().copy()


def test_the_network_holds_the_weights_that_were_given() -> None:
    weights = loop.start(CONFIG)["weights"] + 1
    np.testing.assert_array_equal(answers.ask(CONFIG, weights, first_weights), weights[:5])


def test_half_precision_weights_of_a_recording_are_taken() -> None:
    weights = loop.start(CONFIG)["weights"].astype(np.float16)
    np.testing.assert_array_equal(answers.ask(CONFIG, weights, first_weights), weights[:5].astype(np.float32))


@pytest.mark.parametrize("seed", [0, 3])
def test_without_weights_it_is_the_untrained_network_of_that_seed(seed: int) -> None:
    config = replace(CONFIG, seed=seed)
    np.testing.assert_array_equal(answers.ask(config, None, first_weights), loop.start(config)["weights"][:5])


def test_no_gradient_is_kept_and_no_learner_is_made_for_each_setting() -> None:
    assert not answers.ask(CONFIG, None, lambda _: torch.is_grad_enabled())
    one = answers.ask(CONFIG, None, id)
    assert answers.ask(replace(CONFIG, steps=77, lr=0.1, seed=9, batch=32), None, id) == one


def test_what_follows_from_the_shape_alone_waits_for_no_untrained_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_untrained", None)
    config = replace(CONFIG, seed=77)
    assert answers.network(config, lambda learner: learner.flat.numel()) == len(loop.start(CONFIG)["weights"])


def test_untrained_networks_do_not_wait_for_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=20)
    monkeypatch.setattr(vars(loop.Learner)["first"], "func", lambda _: {"step": both.wait()})
    threads = [
        threading.Thread(target=answers._untrained.__wrapped__, args=(replace(CONFIG, seed=seed),)) for seed in (1, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not both.broken


def test_many_askers_at_once_get_their_own_answers() -> None:
    weights = loop.start(CONFIG)["weights"]
    right = []

    def ask(number: int) -> None:
        mine = weights + number
        right.extend(np.array_equal(answers.ask(CONFIG, mine, first_weights), mine[:5]) for _ in range(20))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(right) == 80
    assert all(right)


def test_a_question_that_fails_lets_the_next_one_in() -> None:
    with pytest.raises(ZeroDivisionError):
        answers.ask(CONFIG, None, lambda _: 1 / 0)
    assert answers.ask(CONFIG, None, lambda _: 1) == 1


def test_vectors_are_those_of_the_trunk() -> None:
    from sslviz.catalogue import load

    batch = load("masked_words").probe_data("sentences").few(3).train
    vectors = answers.vectors(CONFIG, None, batch)
    assert vectors.shape == (3, 64)
    np.testing.assert_array_equal(vectors, answers.vectors(CONFIG, loop.start(CONFIG)["weights"], batch))


def test_what_is_kept_beside_the_weights_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A momentum copy or a queue belongs to the run, as its weights do; here are small stand-ins."""
    build = MaskedWords.build

    def with_copy(self: MaskedWords, *arguments: Any) -> torch.nn.Module:
        net = build(self, *arguments)
        net.register_buffer("slow", torch.zeros(3))
        net.copy = torch.nn.Parameter(torch.ones(2), requires_grad=False)
        return net

    monkeypatch.setattr(MaskedWords, "build", with_copy)
    clear = (answers._shared.cache_clear, answers._untrained.cache_clear, loop._learner.cache_clear)
    for forget in clear:
        forget()
    state = loop.start(CONFIG)
    assert state["buffers"].tolist() == [1, 1, 0, 0, 0]

    def kept(learner: loop.Learner) -> list[float]:
        return [*learner.net.copy.tolist(), *learner.net.slow.tolist()]

    mine = np.arange(5, dtype=np.float32)
    assert answers.ask(CONFIG, state["weights"], kept, mine) == [0, 1, 2, 3, 4]
    assert answers.ask(CONFIG, state["weights"], kept) == [1, 1, 0, 0, 0]
    assert answers.ask(CONFIG, None, kept, mine) == [0, 1, 2, 3, 4]
    for forget in clear:
        forget()
