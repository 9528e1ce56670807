"""Pictures a second of a SimCLR step: ours against lightly's transform and loss, on the same network, in turn.

Both: one thread, the same batch, the same recipe (crops of at least 30 % of the area, colour jitter 0.5, no blur,
τ 0.2), views, forward, loss and gradient, without the optimiser. lightly changes one Pillow picture at a time, ours a
batch of tensors. lightly gets its pictures as Pillow pictures beforehand.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch
from _server import in_turn, load
from lightly.loss import NTXentLoss
from lightly.transforms import SimCLRTransform
from PIL import Image

from sslviz.training.config import default
from sslviz.training.loop import Learner

SLUG = "same_or_different"


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=20)
    rounds = ask.parse_args().rounds
    torch.set_num_threads(1)
    learner = Learner(default(SLUG))
    task, net, o = learner.task, learner.net, learner.options
    transform = SimCLRTransform(
        input_size=32, cj_strength=o.strength, min_scale=o.smallest, gaussian_blur=0, normalize=None
    )
    theirs_loss, counter = NTXentLoss(temperature=o.tau), iter(range(10**6))
    making, making_theirs = [], []

    def ours() -> float:
        step = next(counter)
        batch = learner.batch(step)
        began = time.perf_counter()
        labelled = task.apply(
            batch, task.draw(batch, np.random.default_rng((0, 2, step)), learner.info, o), learner.info
        )
        making.append(time.perf_counter() - began)
        loss = task.loss(net, labelled, o).total
        learner.flat.grad.zero_()
        loss.backward()
        return time.perf_counter() - began

    def theirs() -> float:
        pixels = learner.batch(next(counter)).data["pixels"].permute(0, 2, 3, 1).numpy()
        pictures = [Image.fromarray(p) for p in pixels]
        began = time.perf_counter()
        first, second = (torch.stack(views) for views in zip(*map(transform, pictures), strict=True))
        making_theirs.append(time.perf_counter() - began)
        loss = theirs_loss(*net(torch.cat([first, second])).chunk(2))
        learner.flat.grad.zero_()
        loss.backward()
        return time.perf_counter() - began

    def whole() -> float:
        began = time.perf_counter()
        learner.train_step(next(counter))
        return time.perf_counter() - began

    print(f"simclr_throughput, batch {learner.config.batch}, one thread ({load()})")
    in_turn(2, ours, theirs, whole)
    making.clear()
    making_theirs.clear()
    own, lightly, step = in_turn(rounds, ours, theirs, whole)
    batch = learner.config.batch
    print(f"ours {batch / np.median(own):,.0f} pictures/s, lightly {batch / np.median(lightly):,.0f} pictures/s")
    print(f"ratio {np.median(np.array(lightly) / np.array(own)):.2f} times as many, n {rounds}")
    print(f"the label alone: {np.median(np.array(making_theirs) / np.array(making)):.2f} times as many")
    print(f"making the label takes {np.median(np.array(making) / np.array(step)):.0%} of a training step of ours")


if __name__ == "__main__":
    main()
