"""The view of a recording over time, from its wave down to labels and answers, and panels about a chosen step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from sslviz.data import audio
from sslviz.ui.frame.pictures import data_address
from sslviz.ui.frame.sound_samples import Book, Sample, examples
from sslviz.ui.frame.sounds import HOP, POINTS, medley, silenced, sound_address, wave_points
from sslviz.ui.frame.stage import Stage
from sslviz.ui.live import mount
from sslviz.ui.live.made import heard
from sslviz.ui.live.shared import Formula

HEARD, ROWS = 3, 5  # rows: the wave, high and low sounds, what is heard, the labels, the answers
STEPS = {"large": 22, "present": 13}  # that are shown with their labels on a stage


class Sound(TypedDict):
    """A sound to play; `source` is a data address."""

    title: str
    source: str
    hint: str


class SoundAnswer(TypedDict):
    """What the model picked at a step."""

    right: bool
    code: Sequence[int]
    title: str


class SoundWords(TypedDict):
    """What a label is called: over their row, how many numbers it has every 20 ms, and of one step."""

    label: str
    every: str
    one: str


class SoundStep(TypedDict):
    """A step of the recording."""

    code: Sequence[int]
    masked: bool
    answer: SoundAnswer | None


Candidate = TypedDict(  # at one step; gone: it has the true code, too
    "Candidate",
    {"code": Sequence[int], "from": str, "kind": str, "p": float, "text": str, "picked": bool, "gone": bool},
)


class AskedPanel(TypedDict):
    """What a step must be told from."""

    title: str
    hint: str
    rows: Sequence[Candidate]
    note: str


class BehindPanel(TypedDict):
    """Sounds with the code of a step."""

    title: str
    hint: str
    code: Sequence[int]
    sounds: Sequence[Sound]
    note: str


class UsagePanel(TypedDict):
    """Shares of the entries of each group; the names of the groups, and what an entry is called."""

    title: str
    hint: str
    groups: Sequence[Sequence[float]]
    names: Sequence[str]
    one: str
    note: str


class _Recording(TypedDict):
    """What of a card is the same whatever the label is.

    wave: (lowest, highest) in -100 to 100; mel: address of a picture; heard: number of the visitor's last choice that
    came; first: number of the first step that is shown; rows: how far down the card goes on a stage: 1 the wave, 2 high
    and low sounds, 3 what is heard, 4 the labels, 5 the answers; 0: only what sounds like a label; skip: how many of
    them are left out at the top; size: "", or of a stage.
    """

    name: str
    seconds: float
    wave: Sequence[Sequence[float]]
    mel: str
    covered: str
    heard: int
    sounds: Sequence[Sound]
    first: int
    rows: int
    skip: int
    size: str


class SoundCard(_Recording):
    """What the view is sent.

    id: changes with sample, seed and settings; selected: a step; formula: of each loss.
    """

    id: str
    model: str
    hint: str
    words: SoundWords
    score: str
    steps: Sequence[SoundStep]
    selected: int
    asked: AskedPanel
    behind: BehindPanel
    usage: UsagePanel
    note: str
    formula: Sequence[Formula] | None


NOTHING_BEHIND: BehindPanel = {"title": "", "hint": "", "code": [], "sounds": [], "note": ""}
UNUSED: UsagePanel = {"title": "", "hint": "", "groups": [], "names": [], "one": "", "note": ""}


def sound_card(key: str, *, card: SoundCard) -> None:
    """Show a recording over time from its wave down to codes and answers, with sounds to play, and panels about a step.

    What a visitor makes is the number of a step.
    """
    mount("live/sound_card", key, card, "made")


def recording(key: str, this: Sample, masked: NDArray[np.bool_], mel: NDArray[np.uint8]) -> _Recording:
    """A recording with its covered steps (T,), as a card without a label; `mel` is its picture."""
    silent = sound_address(silenced(this.samples, masked))
    return {
        "name": this.title,
        "seconds": len(this.samples) / audio.RATE,
        "wave": wave_points(this.samples, len(masked)),
        "mel": data_address(mel, "PNG"),
        "covered": f"{int(masked.sum())} of {len(masked)} steps covered",
        "heard": heard(key),
        "sounds": [
            {"title": "The recording", "source": sound_address(this.samples), "hint": ""},
            {"title": "With the covered spans silent", "source": silent, "hint": ""},
        ],
        "first": 0,
        "rows": ROWS,
        "skip": 0,
        "size": "",
    }


def sounds_behind(book: Book, code: NDArray[np.int64], one: str) -> tuple[list[Sound], str]:
    """Sounds of other places with a code (G,), called `one`; none where it is nowhere. And how many there are."""
    found, clips = book.where(code), audio.load().clips
    hint = f"{len(found):,} of {int((book.codes[..., 0] >= 0).sum()):,} steps in all recordings"
    if not len(found):
        return [], hint
    places = examples(found)
    clip, at = places[0]
    several: Sound = {
        "title": f"{len(places)} places with this {one}, 150 ms of each", "source": sound_address(medley(places)),
        "hint": "",
    }  # fmt: skip
    whole: Sound = {
        "title": f"One of them whole: {clips[clip].title}", "source": sound_address(clips[clip].samples),
        "hint": f"the {one} stands at {at * HOP / audio.RATE:.2f} s",
    }  # fmt: skip
    return [several, whole], hint


def on_stage(all_of_it: SoundCard, scene: Stage, gap: int, mel: NDArray[np.uint8]) -> SoundCard:
    """What of the card stands on the stage of a lesson: where labels are shown, a piece around the first gap, large."""
    count = len(all_of_it["steps"])
    shown = min(count, STEPS[scene.size]) if scene.rows > HEARD else count
    first = max(0, min(gap - shown // 4, count - shown))
    sounds = list(all_of_it["sounds"])
    here = slice(first, first + shown)
    return {
        **all_of_it, "first": first, "rows": scene.rows, "skip": scene.skip, "size": scene.size,
        "steps": all_of_it["steps"][here],
        "wave": all_of_it["wave"][POINTS * first : POINTS * (first + shown)],
        "mel": all_of_it["mel"] if shown == count else data_address(np.ascontiguousarray(mel[:, here]), "PNG"),
        "sounds": [] if scene.rows > HEARD or not scene.rows else sounds if scene.rows == HEARD else sounds[:1],
    }  # fmt: skip
