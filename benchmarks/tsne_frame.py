"""A frame of the map, 1,000 points, started from the frame before, against scikit-learn's TSNE from scratch.

The points are what the trunk says of held-out pictures while it trains; both get the same unit vectors, the same
perplexity and one thread. Preservation: the share of each point's 10 nearest by cosine that are so on the map, too.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ["OMP_NUM_THREADS"] = "1"  # scikit-learn would take all cores, the app's worker has one

import numpy as np
from _server import in_turn, load
from sklearn.manifold import TSNE

from sslviz.evaluation import projection
from sslviz.training.config import default
from sslviz.training.loop import Learner

POINTS, FRAMES, STEPS = 1000, 6, 10  # training steps between two frames


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--frames", type=int, default=FRAMES)
    frames = ask.parse_args().frames
    learner, vectors = Learner(default("same_or_different")), []
    held_out = learner.task.batch("fashion_mnist", "held_out", np.arange(POINTS))
    for step in range((frames + 1) * STEPS):
        learner.train_step(step)
        if (step + 1) % STEPS == 0:
            vectors.append(learner.features(held_out))
    maps, upcoming = [projection.from_scratch(vectors[0])], iter(vectors[1:])
    scratch, kept = [], []

    def warm() -> float:
        x = next(upcoming)
        began = time.perf_counter()
        maps.append(projection.next_frame(x, maps[-1]))
        return time.perf_counter() - began

    def from_scratch() -> float:
        x = vectors[len(maps) - 1]
        unit = x / np.linalg.norm(x, axis=1, keepdims=True)
        began = time.perf_counter()
        scratch.append(TSNE(perplexity=projection.PERPLEXITY, init="pca", random_state=0).fit_transform(unit))
        seconds = time.perf_counter() - began
        kept.append([projection.preservation(x, maps[-1]), projection.preservation(x, scratch[-1])])
        return seconds

    print(f"tsne_frame, {POINTS:,} points ({load()})")
    own, sklearn = in_turn(frames, warm, from_scratch)
    faster, (ours, theirs) = np.array(sklearn) / np.array(own), np.array(kept).mean(0)
    print(
        f"next frame {np.median(own):.2f} s, scikit-learn {np.median(sklearn):.2f} s: {np.median(faster):.1f} × faster"
    )
    print(f"neighbours kept, mean of {frames} frames: {ours:.3f}, scikit-learn {theirs:.3f}, {ours - theirs:+.3f}")


if __name__ == "__main__":
    main()
