"""The optimiser: PyTorch's own numbers, without the compiler that PyTorch's class imports."""

from __future__ import annotations

import subprocess
import sys

import torch

from sslviz.training.adam import AdamW

ONE_STEP = """
import sys
from sslviz.training import loop
from sslviz.training.config import default
config = default("masked_words")
learner = loop.Learner(config)
learner.load(learner.fresh())
learner.train_step(0)
print("torch._dynamo" in sys.modules)
"""


def test_each_step_is_that_of_pytorch_to_the_last_bit() -> None:
    shapes = [(40, 30), (7,), (3,)]
    mine, theirs = ([torch.nn.Parameter(torch.full(shape, 0.5)) for shape in shapes] for _ in range(2))
    generator = torch.Generator().manual_seed(3)
    ours = AdamW(list(mine))
    adam = torch.optim.AdamW(theirs, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    for step in range(5):
        for one, other in zip(mine[:-1], theirs[:-1], strict=True):  # the last one never has a gradient
            one.grad = torch.randn(one.shape, generator=generator)
            other.grad = one.grad.clone()
        rate = 10.0 ** -(1 + step)
        adam.param_groups[0]["lr"] = rate
        adam.step()
        ours.step(rate)
        assert all(torch.equal(one, other) for one, other in zip(mine, theirs, strict=True))
    assert ours.lr == rate
    assert [float(done) for done in ours.done] == [5, 5, 0]


def test_training_does_not_import_the_compiler() -> None:
    done = subprocess.run([sys.executable, "-c", ONE_STEP], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
