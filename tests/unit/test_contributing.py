"""The worked example in CONTRIBUTING.md is right: put together as it says, it meets the contract and trains."""

import json
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from sslviz import catalogue
from sslviz.data import ASSETS
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks.base import Batch, Draw
from sslviz.training import loop
from sslviz.training.config import default

PAGE = (ASSETS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"<!-- file: (\S+) -->\n```python\n(.*?)```", PAGE, re.DOTALL)


def _code(file: str) -> str:
    return "\n".join(code for name, code in BLOCKS if name == file)


@pytest.fixture
def rotation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The example, installed as its text says."""
    module = ModuleType("sslviz.tasks.rotation")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(_code("sslviz/tasks/rotation.py"), "CONTRIBUTING.md", "exec"), module.__dict__)
    entry = eval(compile(_code("sslviz/catalogue.py"), "CONTRIBUTING.md", "eval"), vars(catalogue))
    monkeypatch.setitem(catalogue.READY, entry.slug, entry)
    yield catalogue.load(entry.slug)
    loop._learner.cache_clear()


def test_every_block_of_python_is_run() -> None:
    assert PAGE.count("```python") == len(BLOCKS)
    assert {file for file, _ in BLOCKS} == {"sslviz/tasks/rotation.py", "sslviz/catalogue.py"}


def test_label_is_the_turn(rotation: Any) -> None:
    grey = torch.zeros(1, 3, 32, 32, dtype=torch.uint8)
    grey[..., 0, 0] = 9  # one corner
    labelled = rotation.apply(Batch(np.arange(1), {"pixels": grey}), Draw(turns=np.array([[0, 1, 2, 3]])), {})
    corners = [copy[0].nonzero().tolist() for copy in labelled.inputs["pixels"]]
    assert corners == [[[0, 0]], [[31, 0]], [[31, 31]], [[0, 31]]], "against the clock, as numpy.rot90"
    assert labelled.targets["turns"].tolist() == [0, 1, 2, 3]


def test_label_maker_keeps_the_contract(rotation: Any) -> None:
    pool = rotation.pool("emoji")
    batch = rotation.batch("emoji", "held", np.arange(5))
    draw = rotation.draw(batch, np.random.default_rng((1, 2, 3)), pool)
    again = Draw.from_json(json.loads(json.dumps(draw.to_json())))
    one, other = (rotation.apply(batch, drawn, pool, trace=True) for drawn in (draw, again))
    assert torch.equal(one.inputs["pixels"], other.inputs["pixels"])
    assert torch.equal(one.targets["turns"], other.targets["turns"])
    assert torch.bincount(one.targets["turns"]).tolist() == [5] * 4
    assert one.where.shape == one.targets["turns"].shape
    assert torch.equal(one.steps[-1].after, one.inputs["pixels"])
    assert torch.equal(rotation.undo(one, draw).data["pixels"], batch.data["pixels"])


def test_an_untrained_model_is_near_chance(rotation: Any) -> None:
    pool = rotation.pool("emoji")
    net = rotation.build(Trunk(), pool)
    initialise(net, torch.Generator().manual_seed(0))
    batch = rotation.batch("emoji", "held", np.arange(50))
    labelled = rotation.apply(batch, rotation.draw(batch, np.random.default_rng(0), pool), pool)
    chance = rotation.baselines(labelled, pool)[0]
    loss = rotation.loss(net, labelled)
    assert chance.constant
    assert chance.loss == pytest.approx(1.386294, abs=1e-6)
    assert loss.per_item.mean().item() == pytest.approx(loss.total.item())
    loss.total.backward()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in net.parameters())
    score = rotation.score(rotation.answer(net, labelled), labelled)
    assert list(score) == list(chance.scores)
    assert 0.1 < score["turn named"] < 0.45
    assert rotation.features(net, batch, pool).shape == (50, 64)


@pytest.mark.slow
def test_the_training_loop_takes_it(rotation: Any) -> None:
    config = default(rotation.slug)
    assert config.choices == rotation.options
    state, snapshot = loop.advance(config, loop.start(config), 25)
    assert state["step"] == snapshot.step == 25
    assert np.isfinite(snapshot.losses).all()
    assert snapshot.losses[-5:].mean() < snapshot.losses[:5].mean(), "it has begun to learn"
    assert list(snapshot.evaluations[0].scores) == ["turn named"]
