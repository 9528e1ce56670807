"""A recording with covered steps: the clusters of its steps, which are the label, and what the model names.

The card shows these, the page asks about them, and the rounds are compared by them; nothing is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.hidden_units import ENTRY, HiddenUnitsOptions
from sslviz.data import audio
from sslviz.ui.frame import sound_samples
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.sound_samples import Book

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG, STREAM = ENTRY.slug, ENTRY.stream  # STREAM: of the random numbers that the page draws


@dataclass(frozen=True)
class ModelAnswer:
    """What the model answers about one recording of T steps.

    Attributes:
        clusters: (T,) the label, by the latest round.
        masked: (T,) bool.
        asked: the covered steps, in order; k of them.
        p: (k, K) a probability for every cluster.
        loss: (k,).
        share: (K,) how large the clusters are.
        sorted_at: step of the latest round.
        agreed: its NMI with the round before; −1 where there is none.
    """

    clusters: NDArray[np.int64]
    masked: NDArray[np.bool_]
    asked: NDArray[np.int64]
    p: NDArray[np.float64]
    loss: NDArray[np.float64]
    share: NDArray[np.float64]
    sorted_at: int
    agreed: float

    @property
    def right(self) -> NDArray[np.bool_]:
        """(k,) whether a step's cluster is named."""
        return np.asarray(self.p.argmax(1) == self.clusters[self.asked])


def label(samples: audio.Samples, seed: int, options: HiddenUnitsOptions) -> Labelled:
    """What is covered in one recording; which clusters stood there, only a model can say."""
    from sslviz.tasks.sounds import padded

    batch = padded([samples], np.zeros(1, np.int64))
    return make_label(SLUG, batch, seed, options, data="voices", trace=True)[1]


def answer(view: RunView, labelled: Labelled) -> ModelAnswer:
    """What the model in view answers about one labelled recording."""
    from sslviz.tasks.hidden_units import UnitNet
    from sslviz.training.answers import ask

    def question(model: Learner) -> ModelAnswer:
        net: UnitNet = model.net
        taught = model.task.targets_from_model(net, labelled)
        loss = model.loss(taught).per_item
        assert loss is not None  # noqa: S101 - this task has one loss a step
        return ModelAnswer(
            clusters=taught.targets["cluster"][0].numpy().copy(),
            masked=labelled.where[0].numpy().copy(),
            asked=labelled.where[0].nonzero()[:, 0].numpy().copy(),
            p=model.answer(taught).data["p"].double().numpy().copy(),
            loss=loss.double().numpy().copy(),
            share=net.share.double().numpy().copy(),
            sorted_at=int(net.sorted_at),
            agreed=float(net.agreed),
        )

    return ask(view.config, view.weights, question, kept=view.kept)


def named(cluster: int) -> str:
    """A cluster's name: counted from 1, as people do."""
    return f"#{cluster + 1}"


def book(view: RunView, *, first: bool = False) -> Book:
    """The clusters of all steps of all recordings, by the latest round or by the first."""
    count = int(view.config.choices["clusters"])
    return sound_samples.book(
        view, count, lambda net, mel, there: net.units(mel, there, first=first)[..., None], "first" if first else ""
    )
