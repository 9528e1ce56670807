"""The sample card of Masked sound: a recording, what is covered, the codes that are the label, the model's answers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sslviz.catalogue.masked_sound import MaskedSoundOptions
from sslviz.ui.frame import stage
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.frame.sound_samples import Sample, unlike
from sslviz.ui.frame.sound_view import (
    NOTHING_BEHIND,
    UNUSED,
    AskedPanel,
    BehindPanel,
    Candidate,
    SoundAnswer,
    SoundCard,
    SoundStep,
    UsagePanel,
    on_stage,
    recording,
    sound_card,
    sounds_behind,
)
from sslviz.ui.frame.sounds import mel_picture
from sslviz.ui.live.made import made, whole
from sslviz.ui.live.mathematics import digits, fraction, line
from sslviz.ui.live.shared import Formula
from sslviz.ui.tasks.masked_sound.codes import SLUG, ModelAnswer, answer, book, label, named

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

KEY = f"{SLUG}_card"


def card(this: Sample, view: RunView, seed: int, options: MaskedSoundOptions, depth: str) -> None:
    """Draw the card; a click on a step shows what it is to be told from, and what sounds like its code."""
    labelled = label(this.samples, seed, view, options)
    answers = answer(view, labelled)
    first, scene = int(answers.asked[0]) if len(answers.asked) else 0, stage.now()
    name = f"{this.name}·{seed}·{options.p}·{options.span}"
    selected = whole(made(KEY, name), len(answers.masked), first)  # another label has other steps
    mel = mel_picture(labelled.inputs["whole"][0].numpy())
    data: SoundCard = {
        **recording(KEY, this, answers.masked, mel),
        "id": name,
        "model": view.mode,
        "hint": "click a code to see the other candidates, and what sounds like it",
        "words": {
            "label": "Pseudo-label: codes", "every": f"{answers.codes.shape[1]} numbers every 20 ms", "one": "code",
        },
        "score": score(answers),
        "steps": steps(answers),
        "selected": selected,
        "asked": asked(answers, selected),
        "behind": behind(view, answers, selected) if scene is None or not scene.rows else NOTHING_BEHIND,
        "usage": usage(view) if scene is None else UNUSED,
        "note": note(answers) + unlike(this, view),
        "formula": formula(answers, selected, view) if depth == "Detailed" else None,
    }  # fmt: skip
    sound_card(KEY, card=on_stage(data, scene, first, mel) if scene else data)


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
    sounds, hint = sounds_behind(book(view), answers.codes[step], "code")
    return {
        "title": "What sounds like this code?",
        "hint": hint,
        "code": answers.codes[step].tolist(),
        "sounds": sounds,
        "note": "" if sounds else "No step of any recording has this code without noise; here the noise chose it.",
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
        "names": [f"group {group + 1}, entries 1 to {shares.shape[1]}" for group in range(len(shares))],
        "one": "entry",
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
