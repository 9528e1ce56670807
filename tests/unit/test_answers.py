"""Questions to a model with given weights: right for every asker, also when many ask at once."""

import threading
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from sslviz.tasks.masked_words import MaskedWords
from sslviz.training import answers, loop
from sslviz.training.config import default

CONFIG = replace(default("masked_words"), device="cpu")
SOME = slice(5000, 5005)  # weights that are drawn; the first ones are zero, whatever the seed


def first_weights(learner: loop.Learner) -> np.ndarray:
    return learner.flat[SOME].numpy().copy()


def test_the_network_holds_the_weights_that_were_given() -> None:
    weights = loop.start(CONFIG)["weights"] + 1
    np.testing.assert_array_equal(answers.ask(CONFIG, weights, first_weights), weights[SOME])


def test_half_precision_weights_of_a_recording_are_taken() -> None:
    weights = loop.start(CONFIG)["weights"].astype(np.float16)
    np.testing.assert_array_equal(answers.ask(CONFIG, weights, first_weights), weights[SOME].astype(np.float32))


@pytest.mark.parametrize("seed", [0, 3])
def test_without_weights_it_is_the_untrained_network_of_that_seed(seed: int) -> None:
    config = replace(CONFIG, seed=seed)
    np.testing.assert_array_equal(answers.ask(config, None, first_weights), loop.start(config)["weights"][SOME])


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
    monkeypatch.setattr(vars(loop.Learner)["first"], "func", lambda _: {"weights": both.wait(), "buffers": 0})
    found = [replace(CONFIG, seed=seed) for seed in range(100, 140)]
    places = {hash(one) % len(answers._making): one for one in found}  # of those that share a lock, one waits
    threads = [threading.Thread(target=answers._untrained, args=(one,)) for one in list(places.values())[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers._first.cache_clear()
    assert not both.broken


def test_a_class_with_a_run_seed_each_has_each_untrained_network_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty visitors, in turn and twice, and two of each seed at the same moment."""
    made, real = Counter[int](), vars(loop.Learner)["first"].func

    def count(learner: loop.Learner) -> loop.State:
        made[learner.config.seed] += 1
        return real(learner)

    monkeypatch.setattr(vars(loop.Learner)["first"], "func", count)
    seeds, found = range(200, 230), dict[int, list[float]]()

    def visit() -> None:
        for seed in (*seeds, *seeds):
            mine = answers.ask(replace(CONFIG, seed=seed), None, first_weights).tolist()
            assert found.setdefault(seed, mine) == mine

    threads = [threading.Thread(target=visit) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == dict.fromkeys(seeds, 1)
    assert len(set(map(tuple, found.values()))) == len(seeds)


def test_many_askers_at_once_get_their_own_answers() -> None:
    weights = loop.start(CONFIG)["weights"]
    right = []

    def ask(number: int) -> None:
        mine = weights + number
        right.extend(np.array_equal(answers.ask(CONFIG, mine, first_weights), mine[SOME]) for _ in range(20))

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
    clear = (answers._shared.cache_clear, answers._first.cache_clear, loop._learner.cache_clear)
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
