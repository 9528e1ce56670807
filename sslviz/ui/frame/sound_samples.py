"""Samples of the pages of sound, and the labels of all recordings: what sounds alike, and how often each is used."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.data import audio
from sslviz.ui.frame.parts import part
from sslviz.ui.frame.transport import BUSY

if TYPE_CHECKING:
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

EXAMPLES = 6  # occurrences of a label in one sound
EXAMPLE = 51  # stream of random numbers of those

Codes = NDArray[np.int64]
MENARDI = (
    "Paola’s voice: these sound files were made by Marco Menardi and his wife Paola Dal Zot, "
    "http://www.voip.ammdomus.it (there are more of them, and newer ones)."
)


@dataclass(frozen=True)
class Sample:
    """One recording: samples (n,) int16 at 8 kHz, what it is, and whether it is the visitor's own."""

    name: str
    title: str
    samples: audio.Samples
    own: bool = False


def sample(number: int, own: audio.Samples | None) -> Sample:
    """A held-out recording by number, or the visitor's own."""
    if own is not None:
        loudest = audio.excerpt(own)
        return Sample(f"own{hash(loudest.tobytes())}", "Your recording", loudest, own=True)
    clips = audio.load()
    clip = clips.clips[clips.held_out[number % len(clips.held_out)]]
    return Sample(f"held-{number}", clip.title, clip.samples)


def numbered(number: int, _source: str, own: audio.Samples | None) -> Sample:
    """The recording in view."""
    return sample(number, own)


def who_speaks() -> None:
    """Who recorded the voices, where everybody sees it."""
    with st.container(key="who_speaks", border=True, gap="xsmall"):
        part("Who speaks", "real people, who made these recordings for telephone systems")
        st.markdown(
            "Seven voices: Allison Smith in English and in Spanish, June Wallack and Armelle Desjardins in French, "
            "Carlo Flora and Paola Dal Zot in Italian, and ivrvoice.ru in Russian."
        )
        st.text(MENARDI)


def unlike(this: Sample, view: RunView) -> str:
    """What to say where the visitor's own recording stands before a model that was trained."""
    if not this.own or view.mode == "untrained":
        return ""
    return " Recordings like yours may be new to this model: it was trained on seven voices of telephone systems."


@dataclass(frozen=True)
class Book:
    """The labels of all recordings, without noise: `codes` (n, T, G), −1 for padding; rows are clips of the set."""

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
        """How many different labels occur in held-out recordings."""
        held = self.codes[audio.load().held_out]
        return len(np.unique(held[held[..., 0] >= 0], axis=0))

    def where(self, code: Codes) -> NDArray[np.int64]:
        """(k, 2) clip and step of everything that has this label (G,)."""
        return np.argwhere((self.codes == code).all(-1))


_books: OrderedDict[Any, Book] = OrderedDict()


def book(view: RunView, entries: int, read: Callable[[Any, Any, Any], Any], which: str = "") -> Book:
    """The labels of the model in view; of a run that goes on, those of its newest evaluation or soon after.

    Args:
        view: the run.
        entries: how many there are of each group.
        read: (network, log-mel (n, T, 32), what is no padding (n, T)) → labels (n, T, G).
        which: of several labels that a network gives.
    """
    busy = view.status in BUSY and bool(view.frames)
    key = (view.config.task, which, view.id, view.frames[-1] if busy else view.step)
    if key not in _books:
        _books[key] = Book(_read(view, read), entries)
        while len(_books) > 8:
            _books.popitem(last=False)
    return _books[key]


def _read(view: RunView, read: Callable[[Any, Any, Any], Any]) -> Codes:
    from sslviz.tasks.sounds import in_groups
    from sslviz.training.answers import ask

    whole, visible = every()

    def question(model: Learner) -> Codes:
        found = in_groups(lambda mel, there: read(model.net, mel, there), whole, visible)
        return np.where(visible[..., None].numpy(), found.numpy(), -1)

    return ask(view.config, view.weights, question, kept=view.kept)


@lru_cache(maxsize=1)
def every() -> tuple[Any, Any]:
    """Standardised log-mel (n, T, 32) of all recordings, and (n, T) what is no padding."""
    from sslviz.tasks.sounds import Sounds, listen, padded

    clips = audio.load()
    batch = padded([clip.samples for clip in clips.clips], np.arange(len(clips.clips)))
    return listen(batch, Sounds().info("voices"))


def examples(found: NDArray[np.int64], seed: int = 0) -> list[tuple[int, int]]:
    """A few of the places of a label, each from another recording."""
    order = np.random.default_rng((seed, EXAMPLE, 2)).permutation(len(found))
    once: dict[int, int] = {}
    for clip, step in found[order].tolist():
        once.setdefault(clip, step)
    return list(once.items())[:EXAMPLES]
