"""The worked example in CONTRIBUTING.md is right: put together as it says, it meets the contract and trains."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from inspect import signature
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
from tests.conftest import Lab
from tests.unit import test_contract

PAGE = (ASSETS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = ("sslviz/catalogue/rotation.py", "sslviz/tasks/rotation.py")  # in the order in which they are imported
BLOCKS = re.findall(r"<!-- file: (\S+) -->\n```python\n(.*?)```", PAGE, re.DOTALL)


def _code(file: str) -> str:
    return "\n".join(code for name, code in BLOCKS if name == file)


@pytest.fixture
def rotation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The example, installed as its text says."""
    for file in FILES:
        module = ModuleType(file.removesuffix(".py").replace("/", "."))
        monkeypatch.setitem(sys.modules, module.__name__, module)
        exec(compile(_code(file), "CONTRIBUTING.md", "exec"), module.__dict__)
    entry = sys.modules["sslviz.catalogue.rotation"].ENTRY
    monkeypatch.setitem(catalogue.TASKS, entry.slug, entry)
    yield catalogue.load(entry.slug)
    loop._learner.cache_clear()


def chosen() -> Any:
    """Its options."""
    return catalogue.TASKS["rotation"].options()


def test_every_block_of_python_is_run() -> None:
    assert PAGE.count("```python") == len(BLOCKS)
    assert {file for file, _ in BLOCKS} == set(FILES)


def test_label_is_the_turn(rotation: Any) -> None:
    grey = torch.zeros(1, 3, 32, 32, dtype=torch.uint8)
    grey[..., 0, 0] = 9  # one corner
    labelled = rotation.apply(Batch(np.arange(1), {"pixels": grey}), Draw(turns=np.array([[0, 1, 2, 3]])), {})
    corners = [copy[0].nonzero().tolist() for copy in labelled.inputs["pixels"]]
    assert corners == [[[0, 0]], [[31, 0]], [[31, 31]], [[0, 31]]], "against the clock, as numpy.rot90"
    assert labelled.targets["turns"].tolist() == [0, 1, 2, 3]


def test_label_maker_keeps_the_contract(rotation: Any) -> None:
    info = rotation.info("emoji")
    batch = rotation.batch("emoji", "held_out", np.arange(5))
    draw = rotation.draw(batch, np.random.default_rng((1, 2, 3)), info, chosen())
    again = Draw.from_json(json.loads(json.dumps(draw.to_json())))
    one, other = (rotation.apply(batch, drawn, info, trace=True) for drawn in (draw, again))
    assert torch.equal(one.inputs["pixels"], other.inputs["pixels"])
    assert torch.equal(one.targets["turns"], other.targets["turns"])
    assert torch.bincount(one.targets["turns"]).tolist() == [5] * 4
    assert one.where.shape == one.targets["turns"].shape
    assert torch.equal(one.steps[-1].after, one.inputs["pixels"])
    assert torch.equal(rotation.undo(one, draw).data["pixels"], batch.data["pixels"])


CONTRACT = [
    check for name, check in vars(test_contract).items()
    if name.startswith("test_") and list(signature(check).parameters) == ["lab"]
]  # fmt: skip


@pytest.mark.parametrize("check", CONTRACT, ids=lambda check: check.__name__.removeprefix("test_"))
def test_it_keeps_what_every_task_must_keep(rotation: Any, check: Callable[[Lab], None]) -> None:
    check(Lab(rotation.slug))


def test_all_of_the_contract_is_asked_for() -> None:
    assert len(CONTRACT) >= 20


def test_an_untrained_model_is_near_chance(rotation: Any) -> None:
    info = rotation.info("emoji")
    net = rotation.build(Trunk(), info, chosen())
    initialise(net, torch.Generator().manual_seed(0))
    batch = rotation.batch("emoji", "held_out", np.arange(50))
    labelled = rotation.apply(batch, rotation.draw(batch, np.random.default_rng(0), info, chosen()), info)
    chance = rotation.baselines(labelled, info, chosen())[0]
    loss = rotation.loss(net, labelled, chosen())
    assert chance.constant
    assert chance.loss == pytest.approx(1.386294, abs=1e-6)
    assert loss.per_item.mean().item() == pytest.approx(loss.total.item())
    loss.total.backward()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in net.parameters())
    score = rotation.score(rotation.answer(net, labelled, chosen()), labelled)
    assert list(score) == list(chance.scores)
    assert 0.1 < score["turn named"] < 0.45
    assert rotation.features(net, batch, info).shape == (50, 64)


@pytest.mark.slow
def test_the_training_loop_takes_it(rotation: Any) -> None:
    config = default(rotation.slug)
    assert config.options == chosen()
    state, snapshot = loop.advance(config, loop.start(config), 25)
    assert state["step"] == snapshot.step == 25
    assert np.isfinite(snapshot.losses).all()
    assert snapshot.losses[-5:].mean() < snapshot.losses[:5].mean(), "it has begun to learn"
    assert list(snapshot.evaluations[0].scores) == ["turn named"]
