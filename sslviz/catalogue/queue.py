"""MoCo."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import ANYWHERE, Entry, Expects
from sslviz.catalogue.options import option
from sslviz.catalogue.same_or_different import SameOrDifferentOptions


@dataclass(frozen=True)
class QueueOptions(SameOrDifferentOptions):
    """As in Same or different (its τ of 0.2 is that of MoCo v2), and the slow copy and its queue."""

    # 0.999 in the paper, whose runs are 2,000 times as long; 0.99 in the authors' CIFAR-10 demo
    m: float = option(0.99, "Momentum m of the key encoder", low=0.0, high=1.0)
    # 65,536 in the paper, 4,096 in the demo
    keys: int = option(1024, "Keys in the queue, K", low=64, high=4096, shapes=True)


ENTRY = Entry(
    slug="queue", title="MoCo: same or different with a queue",
    family="Compare two views", modality="Images", order=20,
    systems="MoCo 2019", label="which key is my own picture's", label_from="model", glyph="b.o.o.o.b",
    module="sslviz.tasks.queue:MomentumQueue", stream=22, data=ANYWHERE,
    steps=650, batch=128, lr=3e-3, long_steps=4000, long_batch=128, long_lr=3e-3, long_data="fashion_mnist",
    options=QueueOptions,
    expects=Expects(recordings=("short", "long"), over_random=12, over_raw=10, undo=False),
)  # fmt: skip
