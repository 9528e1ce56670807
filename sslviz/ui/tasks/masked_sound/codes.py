"""A recording with covered steps: its codes, which are the label, and the model's answers; and the codes of all others.

The card shows these, and the page Masked sound asks about them; neither is drawn here.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.masked_sound import ENTRY, MaskedSoundOptions
from sslviz.data import audio
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.transport import BUSY

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch, Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG, STREAM = ENTRY.slug, ENTRY.stream  # STREAM: of the random numbers that the page draws
EXAMPLES = 6  # occurrences of a code in one sound

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """One recording: samples (n,) int16 at 8 kHz, what it is, and whether it is the visitor's own."""

    name: str
    title: str
    samples: audio.Samples
    own: bool = False


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


def sample(number: int, own: audio.Samples | None) -> Sample:
    """A held-out recording by number, or the visitor's own."""
    if own is not None:
        part = audio.excerpt(own)
        return Sample(f"own{hash(part.tobytes())}", "Your recording", part, own=True)
    clips = audio.load()
    clip = clips.clips[clips.held_out[number % len(clips.held_out)]]
    return Sample(f"held-{number}", clip.title, clip.samples)


def label(samples: audio.Samples, seed: int, view: RunView, options: MaskedSoundOptions) -> Labelled:
    """What is covered in one recording; the quantiser's size is that of the model in view."""
    from sslviz.tasks.masked_sound import padded

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


# all codes of all recordings, for "what sounds like this code?" and for how many are in use


@dataclass(frozen=True)
class Book:
    """The codes of all recordings without noise: `codes` (n, T, G), −1 for padding; rows are clips of the set."""

    codes: Codes
    entries: int

    def usage(self) -> NDArray[np.float64]:
        """(G, V) shares of the entries over the steps of held-out recordings."""
        held = self.codes[audio.load().held_out]
        held = held[held[..., 0] >= 0]
        return np.stack([np.bincount(one, minlength=self.entries) / len(one) for one in held.T])

    def in_use(self) -> float:
        """Entries in use over all groups: e to the entropy of each, added up."""
        return float(sum(np.exp(-(shares[shares > 0] * np.log(shares[shares > 0])).sum()) for shares in self.usage()))

    def pairs(self) -> int:
        """How many different codes occur in held-out recordings."""
        held = self.codes[audio.load().held_out]
        return len(np.unique(held[held[..., 0] >= 0], axis=0))

    def where(self, code: Codes) -> NDArray[np.int64]:
        """(k, 2) clip and step of everything that has this code (G,)."""
        return np.argwhere((self.codes == code).all(-1))


_books: OrderedDict[Any, Book] = OrderedDict()


def book(view: RunView) -> Book:
    """The codes of the model in view; of a run that goes on, those of its newest evaluation or soon after."""
    busy = view.status in BUSY and bool(view.frames)
    key = (view.id, view.frames[-1] if busy else view.step)
    if key not in _books:
        _books[key] = _read(view)
        while len(_books) > 8:
            _books.popitem(last=False)
    return _books[key]


def _read(view: RunView) -> Book:
    from sslviz.training.answers import ask

    whole, visible = _every()

    def question(model: Learner) -> Codes:
        net: Any = model.net
        found = [net.quantiser.codes(net.tokens(part)).numpy() for part in whole.split(200)]
        return np.where(visible[..., None].numpy(), np.concatenate(found), -1)

    return Book(ask(view.config, view.weights, question, kept=view.kept), int(view.config.choices["entries"]))


@lru_cache(maxsize=1)
def _every() -> tuple[Any, Any]:
    """Standardised log-mel (n, T, 32) of all recordings, and (n, T) what is no padding."""
    from sslviz.catalogue import load
    from sslviz.tasks.masked_sound import listen, padded

    clips = audio.load()
    batch: Batch = padded([clip.samples for clip in clips.clips], np.arange(len(clips.clips)))
    return listen(batch, load(SLUG).info("voices"))


def examples(found: NDArray[np.int64], seed: int = 0) -> list[tuple[int, int]]:
    """A few of the places of a code, each from another recording."""
    order = np.random.default_rng((seed, STREAM, 2)).permutation(len(found))
    once: dict[int, int] = {}
    for clip, step in found[order].tolist():
        once.setdefault(clip, step)
    return list(once.items())[:EXAMPLES]
