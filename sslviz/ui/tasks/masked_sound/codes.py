"""A recording with covered steps: its codes, which are the label, and the model's answers; and the codes of all others.

The card shows these, and the page Masked sound asks about them; neither is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.masked_sound import ENTRY, MaskedSoundOptions
from sslviz.data import audio
from sslviz.ui.frame import sound_samples
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.sound_samples import Book, Codes

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG, STREAM = ENTRY.slug, ENTRY.stream  # STREAM: of the random numbers that the page draws


@dataclass(frozen=True)
class ModelAnswer:
    """What the model answers about one recording of T steps.

    Attributes:
        codes: (T, G) the label, drawn with noise.
        plain: (T, G) the codes without noise.
        masked: (T,) bool.
        asked: steps with a question, in order; k of them.
        p: (k, 11) shares of the candidates, the true one first.
        steps: (k, 11) the steps that the candidates come from; −1 for none.
        loss: (k,).
        unused: the diversity loss of this recording.
        tau: the quantiser's temperature.
    """

    codes: Codes
    plain: Codes
    masked: NDArray[np.bool_]
    asked: NDArray[np.int64]
    p: NDArray[np.float64]
    steps: NDArray[np.int64]
    loss: NDArray[np.float64]
    unused: float
    tau: float


def label(samples: audio.Samples, seed: int, view: RunView, options: MaskedSoundOptions) -> Labelled:
    """What is covered in one recording; the quantiser's size is that of the model in view."""
    from sslviz.tasks.sounds import padded

    size = {name: view.config.choices[name] for name in ("groups", "entries")}
    batch = padded([samples], np.zeros(1, np.int64))
    return make_label(SLUG, batch, seed, replace(options, **size), data="voices", trace=True)[1]


def answer(view: RunView, labelled: Labelled) -> ModelAnswer:
    """What the model in view answers about one labelled recording."""
    from sslviz.tasks.masked_sound import SoundNet, with_true
    from sslviz.training.answers import ask

    def question(model: Learner) -> ModelAnswer:
        net: SoundNet = model.net
        taught = model.task.targets_from_model(net, labelled)
        loss, p, x = model.loss(taught), model.answer(taught).data["p"], labelled.inputs
        where, distractors = labelled.where[0], x["distractors"][0]
        steps = with_true(x["distractors"])[0]
        steps[:, 1:][distractors < 0] = -1
        assert loss.per_item is not None  # noqa: S101 - this task has one loss a step
        return ModelAnswer(
            codes=taught.targets["codes"][0].numpy().copy(),
            plain=net.quantiser.codes(net.tokens(x["whole"]))[0].numpy().copy(),
            masked=x["masked"][0].numpy().copy(),
            asked=where.nonzero()[:, 0].numpy().copy(),
            p=p.double().numpy().copy(),
            steps=steps[where].numpy().copy(),
            loss=loss.per_item.double().numpy().copy(),
            unused=loss.parts["diversity"],
            tau=float(net.quantiser.tau),
        )

    return ask(view.config, view.weights, question, kept=view.kept)


def named(code: Codes) -> str:
    """A code for people: entries counted from 1."""
    return "·".join(str(int(entry) + 1) for entry in code)


def book(view: RunView) -> Book:
    """The codes of all recordings without noise."""
    entries = int(view.config.choices["entries"])
    return sound_samples.book(view, entries, lambda net, mel, _: net.quantiser.codes(net.tokens(mel)))
