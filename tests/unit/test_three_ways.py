"""Three ways to learn: which pictures and labels, what agreement means, and whether the recording is still true."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sslviz.training.results import recorded, three_ways

needs_recording = pytest.mark.skipif(not three_ways.path().exists(), reason="nothing has been recorded yet")


def test_two_hundred_pictures_twenty_of_every_class() -> None:
    assert len(set(three_ways.rows().tolist())) == 200
    assert np.bincount(three_ways.classes()).tolist() == [20] * 10
    assert three_ways.pictures().shape == (200, 32, 32, 3)
    assert sorted(three_ways.classes()[three_ways.shown()].tolist()) == [0, 1, 2, 3, 4, 5]


def test_bought_labels_are_spread_evenly_and_drawn_anew_by_seed() -> None:
    for labels in three_ways.LABELS:
        some = three_ways.labelled(labels, 0)
        assert len(some) == labels
        assert set(np.bincount(three_ways.classes()[some])) == {labels // 10}
    assert three_ways.labelled(20, 0).tolist() != three_ways.labelled(20, 1).tolist()
    assert three_ways.labelled(200, 1).tolist() == list(range(200))


def test_held_out_pictures_are_none_of_the_two_hundred() -> None:
    assert len(set(three_ways.tested().tolist())) == 2000
    held_out = {p.tobytes() for p in three_ways.images.load("clothes_anywhere").held_out_images[three_ways.tested()]}
    assert not held_out & {p.tobytes() for p in three_ways.pictures()}


def test_agreement_is_one_for_the_classes_themselves_and_nothing_for_one_pile() -> None:
    perfect = three_ways.agreement((three_ways.classes() + 3) % 10)  # other numbers, same groups
    assert perfect["ari"] == perfect["nmi"] == perfect["named"] == pytest.approx(1)
    one = three_ways.agreement(np.zeros(200, np.int64))
    assert one["ari"] == pytest.approx(0)
    assert one["named"] == pytest.approx(0.1)  # all are called by one name


def test_groups_come_out_again() -> None:
    first = three_ways.groups(4)
    assert first.tolist() == three_ways.groups(4).tolist()
    assert len(set(first.tolist())) == 4


def test_measuring_asks_every_way_with_the_same_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    """The networks are stand-ins here; what is checked is who gets which labels, and the shape of the result."""
    seen: list[tuple[int, int]] = []
    probed: dict[str, list[tuple[list[int], list[int]]]] = {}

    def supervised(some: Any, y: Any, seed: int) -> str:
        assert (three_ways.classes()[some] == y).all()
        seen.append((len(some), seed))
        return "net"

    def linear(known: Any, y: Any, held_out: Any, held_y: Any) -> float:
        assert len(held_out) == len(held_y) == 2000
        assert set(held_out[:, 1]) == set(known[:, 1])  # the same way, the same trunk
        way = ways[int(known[0, 1])]
        probed.setdefault(way, []).append((known[:, 0].astype(int).tolist(), y.tolist()))
        return 0.5

    def vectors(way: int) -> tuple[Any, Any]:
        """Each row holds its place among the pictures, and which way it belongs to."""
        return tuple(np.stack([np.arange(n), np.full(n, way)], 1).astype(np.float32) for n in (200, 2000))  # type: ignore[return-value]

    ways = ("pixels", "alone", "alone, second run", "recorded")
    trunks = {
        "alone": {"about": {"task": "masked_patches", "seen": 200, "runs": 2}, "vectors": [vectors(1), vectors(2)]},
        "recorded": {"about": {"task": "masked_patches", "seen": 9, "runs": 1}, "vectors": [vectors(3)]},
    }
    monkeypatch.setattr(three_ways, "LABELS", (20, 50))
    monkeypatch.setattr(three_ways, "_supervised", supervised)
    monkeypatch.setattr(three_ways, "_right", lambda *_: 0.5)
    monkeypatch.setattr(three_ways, "_semi", lambda *_: {"before": 0.5, "answers": []})
    monkeypatch.setattr(three_ways, "covered", lambda: {"0": [1]})
    monkeypatch.setattr(three_ways, "groups", lambda _: three_ways.classes())
    monkeypatch.setattr(three_ways, "raw", lambda pixels: vectors(0)[len(pixels) > 200])
    monkeypatch.setattr(three_ways, "_trunks", lambda *_: trunks)
    monkeypatch.setattr(three_ways.probes, "linear", linear)
    monkeypatch.setattr(three_ways.probes, "CHOICES", (0, 1, 2))  # more of them than networks
    found = three_ways.measure((0, 1), lambda _: None)
    assert seen == [(20, 0), (20, 1), (50, 0), (50, 1)]
    chosen = [three_ways.labelled(labels, seed) for labels in (20, 50) for seed in (0, 1, 2)]
    asked = [(some.tolist(), three_ways.classes()[some].tolist()) for some in chosen]
    turns = {0: "alone", 1: "alone, second run", 2: "alone"}  # two networks take turns with the choices
    assert probed == {
        "pixels": asked, "recorded": asked,
        **{name: [one for n, one in enumerate(asked) if turns[n % 3] == name] for name in set(turns.values())},
    }  # fmt: skip
    assert {name: np.shape(values) for name, values in found["right"].items()} == {
        "supervised": (2, 2), "pixels": (2, 3), "alone": (2, 3), "recorded": (2, 3),
    }  # fmt: skip
    assert len(found["semi"]) == 2
    assert found["trunks"]["recorded"]["runs"] == 1
    json.dumps(found)


def test_before_and_after_pseudo_labels_train_for_as_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a gain would mix labels with training."""
    import torch

    from sslviz.training import supervised

    trained: list[tuple[int, int]] = []

    class Net:
        """Sure of class 3 for every second picture, of class 4 for the others by a hair."""

        def __call__(self, pixels: Any) -> Any:
            answers = torch.zeros(len(pixels), 10)
            answers[::2, 3], answers[1::2, 4] = 9.0, 0.1
            return answers

    def train(pixels: Any, y: Any, classes: int, seed: int, *, budget: int = 0) -> Net:
        trained.append((len(y), budget or supervised.steps(len(y))))
        return Net()

    monkeypatch.setattr(supervised, "train", train)
    monkeypatch.setattr(supervised, "right", lambda *_: 0.5)
    found = three_ways._semi(three_ways.labelled(20, 0), 0, np.zeros(2000, np.int64))
    steps = supervised.steps(200)
    assert trained == [(20, steps), (110, steps), (200, steps)]
    assert three_ways._supervised_about()["semi_steps"] == steps
    assert (found["sure"]["labels"], found["all"]["labels"], len(found["answers"])) == (90, 180, 180)


def test_the_numbers_fit_the_data() -> None:
    assert len(three_ways.names()) == three_ways.CLASSES
    assert len(three_ways.rows()) == three_ways.PICTURES == three_ways.LABELS[-1]


def test_no_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="seed"):
        three_ways.measure(())


def test_results_are_kept_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "RUNS", tmp_path)
    assert three_ways.read() is None
    three_ways.save({"seeds": [0]})
    assert three_ways.read() == {"seeds": [0]}


@needs_recording
def test_the_recording_belongs_to_the_recorded_weights_that_it_used() -> None:
    found = three_ways.read()
    assert found is not None
    for name, (task, which) in three_ways.USED.items():
        run = recorded.read(task, which)
        assert run is not None
        about = found["trunks"][name]
        assert (about["task"], about["runs"]) == (task, 1)
        assert about["weights"] == three_ways.weights_hash(run), "record anew: python -m sslviz three-ways"
        changed = replace(run, weights=np.roll(run.weights, 1))
        assert three_ways.weights_hash(changed) != about["weights"]


@needs_recording
def test_the_recorded_groups_come_out_again() -> None:
    found = three_ways.read()
    assert found is not None
    agrees = three_ways.agreement(np.array(found["groups"]["ids"]))
    assert {k: found["groups"][k] for k in agrees} == pytest.approx(agrees)
    again = three_ways.agreement(three_ways.groups(three_ways.CLUSTERS))
    assert again["ari"] == pytest.approx(agrees["ari"], abs=0.05)  # sums differ a little from processor to processor
