"""The sample card of Masked sound: a recording, what is covered, the codes that are the label, the model's answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.masked_sound import MaskedSoundOptions
from sslviz.data import audio
from sslviz.ui.frame import stage
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.frame.pictures import data_address
from sslviz.ui.frame.stage import Stage
from sslviz.ui.live import mount
from sslviz.ui.live.made import heard, made, whole
from sslviz.ui.live.mathematics import digits, fraction, line
from sslviz.ui.live.shared import Formula
from sslviz.ui.tasks.masked_sound.codes import SLUG, ModelAnswer, Sample, answer, book, examples, label, named
from sslviz.ui.tasks.masked_sound.sounds import (
    HOP,
    POINTS,
    medley,
    mel_picture,
    silenced,
    sound_address,
    wave_points,
)

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

KEY = f"{SLUG}_card"
HEARD, ROWS = 3, 5  # rows: the wave, high and low sounds, what is heard, the codes, the answers
STEPS = {"large": 22, "present": 13}  # that are shown with their codes on a stage


def card(this: Sample, view: RunView, seed: int, options: MaskedSoundOptions, depth: str) -> None:
    """Draw the card; a click on a step shows what it is to be told from, and what sounds like its code."""
    labelled = label(this.samples, seed, view, options)
    answers = answer(view, labelled)
    first, scene = int(answers.asked[0]) if len(answers.asked) else 0, stage.now()
    name = f"{this.name}·{seed}·{options.p}·{options.span}"
    selected = whole(made(KEY, name), len(answers.masked), first)  # another label has other steps
    covered, mel = int(answers.masked.sum()), mel_picture(labelled.inputs["whole"][0].numpy())
    data: SoundCard = {
        "id": name,
        "model": view.mode,
        "name": this.title,
        "hint": "click a code to see the other candidates, and what sounds like it",
        "seconds": len(this.samples) / audio.RATE,
        "groups": answers.codes.shape[1],
        "wave": wave_points(this.samples, len(answers.masked)),
        "mel": data_address(mel, "PNG"),
        "covered": f"{covered} of {len(answers.masked)} steps covered",
        "score": score(answers),
        "steps": steps(answers),
        "selected": selected,
        "heard": heard(KEY),
        "sounds": [
            {"title": "The recording", "source": sound_address(this.samples), "hint": ""},
            {
                "title": "With the covered spans silent",
                "source": sound_address(silenced(this.samples, answers.masked)),
                "hint": "",
            },
        ],
        "asked": asked(answers, selected),
        "behind": behind(view, answers, selected) if scene is None or not scene.rows else NOTHING_BEHIND,
        "usage": usage(view) if scene is None else UNUSED,
        "note": note(answers) + unlike(this, view),
        "formula": formula(answers, selected, view) if depth == "Detailed" else None,
        "first": 0,
        "rows": ROWS,
        "skip": 0,
        "size": "",
    }
    sound_card(KEY, card=on_stage(data, scene, first, mel) if scene else data)


def on_stage(all_of_it: SoundCard, scene: Stage, gap: int, mel: NDArray[np.uint8]) -> SoundCard:
    """What of the card stands on the stage of a lesson: where codes are shown, a piece around the first gap, large."""
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


def said(this: Sample, view: RunView, seed: int, options: MaskedSoundOptions) -> Said:
    """How many of the covered steps the model names rightly."""
    found = answer(view, label(this.samples, seed, view, options)).p
    right = int((found.argmax(1) == 0).sum()) if len(found) else 0
    return Said(f"{right} of {len(found)}", None, right / max(1, len(found)))


def score(answers: ModelAnswer) -> str:
    """How many answers are right, and how many guessing would get."""
    if not len(answers.asked):
        return "nothing is asked"
    right, chance = int((answers.p.argmax(1) == 0).sum()), float((1 / (answers.p > 0).sum(1)).sum())
    return f"{right} of {len(answers.asked)} right; guessing: {chance:.1f}"


def steps(answers: ModelAnswer) -> list[SoundStep]:
    """One entry a step, for the rows of codes and answers."""
    number = {int(step): i for i, step in enumerate(answers.asked)}
    return [
        {
            "code": code.tolist(),
            "masked": bool(answers.masked[step]),
            "answer": _picked(answers, number[step]) if step in number else None,
        }
        for step, code in enumerate(answers.codes)
    ]


def _picked(answers: ModelAnswer, i: int) -> SoundAnswer:
    """The model's answer to question `i`, beside the truth."""
    best, true = int(answers.p[i].argmax()), answers.codes[answers.asked[i]]
    picked = answers.codes[answers.steps[i, best]]
    return {
        "right": best == 0,
        "code": picked.tolist(),
        "title": f"picked {named(picked)} with {answers.p[i, best]:.0%}; the true code {named(true)} has "
        f"{answers.p[i, 0]:.0%}",
    }


def asked(answers: ModelAnswer, step: int) -> AskedPanel:
    """The candidates at one step, the likeliest first."""
    at = np.flatnonzero(answers.asked == step)
    if not len(at):
        heard = "the model hears this step" if not answers.masked[step] else "it is the only covered step"
        return {
            "title": f"Step {step + 1}", "hint": f"{heard}, so nothing is asked",
            "rows": [], "note": "Click a code with a blue frame to see its candidates.",
        }  # fmt: skip
    i = int(at[0])
    true, best = answers.codes[step], int(answers.p[i].argmax())
    rows: list[Candidate] = []
    for column in np.argsort(-answers.p[i], kind="stable"):
        source = int(answers.steps[i, column])
        if source < 0:
            continue
        gone = bool(column and (answers.codes[source] == true).all())
        rows.append(
            {
                "code": answers.codes[source].tolist(),
                "from": "here" if column == 0 else f"step {source + 1}",
                "kind": "target" if column == 0 else "answer" if column == best else "",
                "p": 0.0 if gone else float(answers.p[i, column]),
                "text": "same code"
                if gone
                else f"{'✓ ' if column == best == 0 else '✕ ' if column == best else ''}{answers.p[i, column]:.0%}",
                "picked": bool(column == best),
                "gone": gone,
            }
        )
    count = int((answers.p[i] > 0).sum())
    same = sum(row["gone"] for row in rows)
    return {
        "title": f"Step {step + 1}: which code stood here?",
        "hint": f"guessing: 1 of {count}",
        "rows": rows,
        "note": f"Blue: the true code. The others come from {len(rows) - 1} other covered steps of this recording, "
        "so voice and room do not help."
        + (
            f" {same} of them {'has' if same == 1 else 'have'} the true code, too, so that would not be wrong; such "
            "steps are left out."
            if same
            else ""
        ),
    }


def behind(view: RunView, answers: ModelAnswer, step: int) -> BehindPanel:
    """What the code of a step sounds like, in other recordings."""
    code, codes = answers.codes[step], book(view)
    found = codes.where(code)
    places = examples(found)
    clips = audio.load().clips
    sounds: list[Sound] = []
    if places:
        clip, at = places[0]
        sounds = [
            {
                "title": f"{len(places)} places with this code, 150 ms of each",
                "source": sound_address(medley(places)),
                "hint": "",
            },
            {
                "title": f"One of them whole: {clips[clip].title}",
                "source": sound_address(clips[clip].samples),
                "hint": f"the code stands at {at * HOP / audio.RATE:.2f} s",
            },
        ]
    steps_in_all = int((codes.codes[..., 0] >= 0).sum())
    return {
        "title": "What sounds like this code?",
        "hint": f"{len(found):,} of {steps_in_all:,} steps in all recordings",
        "code": code.tolist(),
        "sounds": sounds,
        "note": "" if places else "No step of any recording has this code without noise; here the noise chose it.",
    }


def usage(view: RunView) -> UsagePanel:
    """How often each entry is used."""
    codes = book(view)
    shares, used = codes.usage(), codes.in_use()
    return {
        "title": "Entries in use",
        "hint": f"{used:.1f} of {shares.size} (perplexity); {codes.pairs()} of "
        f"{shares.shape[1] ** len(shares)} pairs occur",
        "groups": [[round(float(one), 5) for one in group] for group in shares],
        "note": "Over all held-out recordings. Dashed line: all entries used equally. Striped: entries 9 to 16, in "
        "the colours of 1 to 8. Hatched in grey: never used. If one entry were used for everything, the codes would "
        "say nothing, yet the loss would be low.",
    }


def note(answers: ModelAnswer) -> str:
    """How much chance is in the label, and what cannot be undone."""
    differ = int((answers.codes != answers.plain).any(1).sum())
    return (
        f"The codes are drawn: noise changed {differ} of {len(answers.codes)} here. “New label” covers other spans and "
        "draws again. The numbers mean nothing in themselves: another run seed gives another list. Log-mel cannot be "
        "turned back into the wave, so this label cannot be undone."
    )


def unlike(this: Sample, view: RunView) -> str:
    """What to say where the visitor's own recording stands before a model that was trained."""
    if not this.own or view.mode == "untrained":
        return ""
    return " Recordings like yours may be new to this model: it was trained on seven voices of telephone systems."


def formula(answers: ModelAnswer, step: int, view: RunView) -> list[Formula]:
    """Both losses in symbols, and with the present numbers."""
    weight, size = view.config.choices["diversity"], answers.codes.shape[1] * view.config.choices["entries"]
    formulas: list[Formula] = []
    at = np.flatnonzero(answers.asked == step)
    if len(at):
        i = int(at[0])
        p, count = float(answers.p[i, 0]), int((answers.p[i] > 0).sum())
        formulas.append({
            "symbols": line(
                r"\ell = -\ln \frac{\exp(\cos(c, q_+)/0.1)}{\sum_{q \in \text{candidates}} \exp(\cos(c, q)/0.1)}"
            ),
            "numbers": line(
                rf"\text{{step {step + 1}: }} \ell = -\ln {digits(p, '.3g')}", f"= {digits(answers.loss[i], '.2f')},",
                rf"\text{{guessing: }} \ln {count}", f"= {digits(math.log(count), '.2f')}",
            ),
        })  # fmt: skip
    used = digits(size * (1 - answers.unused), ".1f")
    formulas.append({
        "symbols": line(
            r"\text{diversity} = \frac{GV - \text{perplexity}}{GV},", r"\text{of the mean softmax without noise}"
        ),
        "numbers": line(
            rf"\text{{this recording: }} {fraction(f'{size} - {used}', str(size))}",
            f"= {digits(answers.unused, '.2f')},", rf"\text{{weighs }} {digits(weight, 'g')},",
            rf"\text{{temperature of the quantiser now }} {digits(answers.tau, '.2f')}",
        ),
    })  # fmt: skip
    return formulas


# the view


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
    """Shares of the entries of each group."""

    title: str
    hint: str
    groups: Sequence[Sequence[float]]
    note: str


class SoundCard(TypedDict):
    """What the view is sent.

    id: changes with sample, seed and settings; wave: (lowest, highest) in -100 to 100; mel: address of a picture;
    selected: a step; heard: number of the visitor's last choice that came; formula: of each loss;
    first: number of the first step that is shown; rows: how far down the card goes on a stage: 1 the wave, 2 high and
    low sounds, 3 what is heard, 4 the codes, 5 the answers; 0: only what sounds like a code; skip: how many of them are
    left out at the top; size: "", or of a stage.
    """

    id: str
    model: str
    name: str
    hint: str
    seconds: float
    groups: int
    wave: Sequence[Sequence[float]]
    mel: str
    covered: str
    score: str
    steps: Sequence[SoundStep]
    selected: int
    heard: int
    sounds: Sequence[Sound]
    asked: AskedPanel
    behind: BehindPanel
    usage: UsagePanel
    note: str
    formula: Sequence[Formula] | None
    first: int
    rows: int
    skip: int
    size: str


NOTHING_BEHIND: BehindPanel = {"title": "", "hint": "", "code": [], "sounds": [], "note": ""}
UNUSED: UsagePanel = {"title": "", "hint": "", "groups": [], "note": ""}


def sound_card(key: str, *, card: SoundCard) -> None:
    """Show a recording over time from its wave down to codes and answers, with sounds to play, and panels about a step.

    What a visitor makes is the number of a step.
    """
    mount("tasks/masked_sound/card", key, card, "made")
