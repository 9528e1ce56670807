"""A recording with covered steps: its codes, which are the label, and the model's answers; and the codes of all others.

The card shows these, and the page Masked sound asks about them; neither is drawn here. What is to be heard and seen of
a recording is made here, too.
"""

from __future__ import annotations

import base64
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.data import audio
from sslviz.ui.transport import BUSY

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch, Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.shown import Shown

SLUG, PAGE, FIRST = "masked_sound", 51, 191  # PAGE: the pages' stream of random numbers
LABEL_OPTIONS = ("p", "span")  # what changes the label without another network
POINTS = 8  # of the drawn wave, a step
EXAMPLES, AROUND = 6, 1200  # occurrences of a code in one sound, and samples of each: 150 ms
HOP, FIELD = 160, 200  # samples from step to step, and of one step

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """One recording: samples (n,) int16 at 8 kHz, and what it is."""

    name: str
    title: str
    samples: audio.Samples


@dataclass(frozen=True)
class Said:
    """What the model says of one recording of T steps.

    Attributes:
        codes: (T, G) the label, drawn with noise.
        plain: (T, G) what the quantiser says without noise.
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
        return Sample(f"own{hash(part.tobytes())}", "Your recording", part)
    clips = audio.load()
    clip = clips.clips[clips.held[number % len(clips.held)]]
    return Sample(f"held-{number}", clip.title, clip.samples)


def label(samples: audio.Samples, seed: int, view: Shown, options: dict[str, Any]) -> Labelled:
    """What is covered in one recording; the quantiser's size is that of the model in view."""
    from sslviz.catalogue import load
    from sslviz.tasks.masked_sound import padded

    task = load(SLUG)
    shape = {name: view.config.choices[name] for name in ("groups", "entries")}
    batch, pool = padded([samples], np.zeros(1, np.int64)), task.pool("voices")
    draw = task.draw(batch, np.random.default_rng((seed, PAGE, 0)), pool, **{**options, **shape})
    return task.apply(batch, draw, pool, trace=True)


def answer(view: Shown, labelled: Labelled) -> Said:
    """What the model in view says of one labelled recording."""
    from sslviz.tasks.masked_sound import SoundNet, with_true
    from sslviz.training.answers import ask

    def question(model: Learner) -> Said:
        net, task = model.net, model.task
        assert isinstance(net, SoundNet)  # noqa: S101 - only its own network has a quantiser
        taught = task.teach(net, labelled)
        loss, said, x = task.loss(net, taught), task.answer(net, taught).data, labelled.inputs
        where, distractors = labelled.where[0], x["distractors"][0]
        steps = with_true(x["distractors"])[0]
        steps[:, 1:][distractors < 0] = -1
        assert loss.per_item is not None  # noqa: S101 - this task has one loss a step
        return Said(
            codes=taught.targets["codes"][0].numpy().copy(),
            plain=net.quantiser.codes(net.tokens(x["whole"]))[0].numpy().copy(),
            masked=x["masked"][0].numpy().copy(),
            asked=where.nonzero()[:, 0].numpy().copy(),
            p=said["p"].double().numpy().copy(),
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
        held = self.codes[audio.load().held]
        held = held[held[..., 0] >= 0]
        return np.stack([np.bincount(one, minlength=self.entries) / len(one) for one in held.T])

    def in_use(self) -> float:
        """Entries in use over all groups: e to the entropy of each, added up."""
        return float(sum(np.exp(-(shares[shares > 0] * np.log(shares[shares > 0])).sum()) for shares in self.usage()))

    def pairs(self) -> int:
        """How many different codes occur in held-out recordings."""
        held = self.codes[audio.load().held]
        return len(np.unique(held[held[..., 0] >= 0], axis=0))

    def where(self, code: Codes) -> NDArray[np.int64]:
        """(k, 2) clip and step of everything that has this code (G,)."""
        return np.argwhere((self.codes == code).all(-1))


_books: OrderedDict[Any, Book] = OrderedDict()


def book(view: Shown) -> Book:
    """The codes of the model in view; of a run that goes on, those of its newest evaluation or soon after."""
    busy = view.status in BUSY and bool(view.frames)
    key = (view.id, view.frames[-1] if busy else view.step)
    if key not in _books:
        _books[key] = _read(view)
        while len(_books) > 8:
            _books.popitem(last=False)
    return _books[key]


def _read(view: Shown) -> Book:
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
    return listen(batch, load(SLUG).pool("voices"))


def examples(found: NDArray[np.int64], seed: int = 0) -> list[tuple[int, int]]:
    """A few of the places of a code, each from another recording."""
    order = np.random.default_rng((seed, PAGE, 2)).permutation(len(found))
    once: dict[int, int] = {}
    for clip, step in found[order].tolist():
        once.setdefault(clip, step)
    return list(once.items())[:EXAMPLES]


# sounds and pictures


def medley(places: list[tuple[int, int]]) -> audio.Samples:
    """What stands around each of these places, one after the other with a short pause between."""
    clips, pause = audio.load().clips, np.zeros(1600, np.int16)
    parts = [cut_out(clips[clip].samples, step) for clip, step in places]
    return np.concatenate([piece for part in parts for piece in (part, pause)][:-1]) if parts else pause


def cut_out(samples: audio.Samples, step: int, around: int = AROUND) -> audio.Samples:
    """`around` samples with a step in the middle, softly faded in and out."""
    first = max(0, step * HOP + FIELD // 2 - around // 2)
    part = samples[first : first + around].astype(np.float64)
    fade = np.minimum(1, np.arange(len(part)) / 80)
    return np.asarray(np.round(part * fade * fade[::-1]), np.int16)


def silenced(samples: audio.Samples, masked: NDArray[np.bool_]) -> audio.Samples:
    """The recording with its covered steps silent, to be heard by people; the model gets no wave at all."""
    covered = np.repeat(masked, HOP)[: len(samples)]
    gone = np.zeros(len(samples), bool)
    gone[: len(covered)] = covered
    return np.where(gone, 0, samples).astype(np.int16)


def sound_address(samples: audio.Samples) -> str:
    """A sound as a data: address."""
    return f"data:audio/wav;base64,{base64.b64encode(audio.wav(samples)).decode()}"


def mel_picture(mel: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(T, 32) → (32, T, 3): dark where it is loud, high sounds on top."""
    low, high = np.percentile(mel, [2, 99])
    loud = np.clip((mel.T[::-1] - low) / max(1e-6, high - low), 0, 1)[..., None]
    return np.round(np.array([246, 244, 238]) * (1 - loud) + np.array([38, 44, 66]) * loud).astype(np.uint8)


def gap_picture(mel: NDArray[np.float32], masked: NDArray[np.bool_], step: int) -> NDArray[np.uint8]:
    """(T, 32) → a picture of what is heard, covered steps hatched, and one of them framed in blue."""
    wide, high = 9, 4
    pixels = mel_picture(mel).repeat(high, 0).repeat(wide, 1)
    covered = masked.repeat(wide)
    rows, columns = np.indices(pixels.shape[:2])
    pixels[:, covered] = (233, 231, 224)
    pixels[((rows + columns) % 9 < 2) & covered] = (122, 127, 135)
    first, last, blue = max(0, step * wide - 1), (step + 1) * wide, (27, 110, 194)
    pixels[:, first : last + 1][[0, 1, 2, -3, -2, -1]] = blue
    pixels[:, [first, first + 1, last - 1, min(last, pixels.shape[1] - 1)]] = blue
    return pixels


def piece_picture(mel: NDArray[np.float32], step: int) -> NDArray[np.uint8]:
    """The seven steps around one, as a picture."""
    whole = mel_picture(mel)
    first = int(np.clip(step - 3, 0, max(0, len(mel) - 7)))
    return whole[:, first : first + 7].repeat(4, 0).repeat(9, 1)


def wave_points(samples: audio.Samples, steps: int) -> list[list[int]]:
    """[lowest, highest] in −100…100 of each eighth of a step."""
    inside = samples[: steps * HOP]
    padded = np.pad(inside, (0, steps * HOP - len(inside))).reshape(-1, HOP // POINTS)
    return [[int(low / 328), int(high / 328)] for low, high in zip(padded.min(1), padded.max(1), strict=True)]
