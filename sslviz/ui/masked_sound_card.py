"""The sample card of Masked sound: a recording, what is covered, the codes that are the label, the model's answers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.data import audio
from sslviz.ui import live
from sslviz.ui.masked_sound_codes import (
    HOP,
    SLUG,
    Said,
    Sample,
    answer,
    book,
    examples,
    label,
    medley,
    mel_picture,
    named,
    silenced,
    sound_address,
    wave_points,
)
from sslviz.ui.pictures import data_address

if TYPE_CHECKING:
    from sslviz.training.shown import Shown


def card(this: Sample, view: Shown, seed: int, options: dict[str, Any], detailed: bool) -> None:
    """Draw the card; a click on a step shows what it is to be told from, and what sounds like its code."""
    labelled = label(this.samples, seed, view, options)
    said = answer(view, labelled)
    key, first = f"{SLUG}_selected", int(said.asked[0]) if len(said.asked) else 0
    name = f"{this.name}·{seed}·{options}"
    if st.session_state.get(f"{SLUG}_card_of") != name:  # another label has other steps
        st.session_state[f"{SLUG}_card_of"] = name
        st.session_state.pop(key, None)
    selected = min(st.session_state.get(key, first), len(said.masked) - 1)
    covered = int(said.masked.sum())
    live.sound_card(
        "masked_sound_card",
        card={
            "id": name,
            "model": view.mode,
            "name": this.title,
            "hint": "click a code: what it is to be told from, and what sounds like it",
            "seconds": len(this.samples) / audio.RATE,
            "groups": said.codes.shape[1],
            "wave": wave_points(this.samples, len(said.masked)),
            "mel": data_address(mel_picture(labelled.inputs["whole"][0].numpy()), "PNG"),
            "covered": f"{covered} of {len(said.masked)} steps covered",
            "score": score(said),
            "steps": steps(said),
            "selected": selected,
            "sounds": [
                {"title": "The recording", "source": sound_address(this.samples), "hint": ""},
                {
                    "title": "With the covered spans silent",
                    "source": sound_address(silenced(this.samples, said.masked)),
                    "hint": "",
                },
            ],
            "asked": asked(said, selected),
            "behind": behind(view, said, selected),
            "usage": usage(view),
            "note": note(said),
            "formula": formula(said, selected, view) if detailed else None,
        },
        on_event=lambda event: st.session_state.update({key: event["index"]}) if event["kind"] == "select" else None,
    )


def score(said: Said) -> str:
    """How many answers are right, and how many guessing would get."""
    if not len(said.asked):
        return "nothing is asked"
    right, chance = int((said.p.argmax(1) == 0).sum()), float((1 / (said.p > 0).sum(1)).sum())
    return f"{right} of {len(said.asked)} right; guessing: {chance:.1f}"


def steps(said: Said) -> list[dict[str, Any]]:
    """One entry a step, for the rows of codes and answers."""
    number = {int(step): i for i, step in enumerate(said.asked)}
    rows: list[dict[str, Any]] = []
    for t, code in enumerate(said.codes):
        found: dict[str, Any] = {"code": code.tolist(), "masked": bool(said.masked[t]), "answer": None}
        if (i := number.get(t)) is not None:
            best = int(said.p[i].argmax())
            picked = said.codes[said.steps[i, best]]
            found["answer"] = {
                "right": best == 0,
                "code": picked.tolist(),
                "title": f"picked {named(picked)} with {said.p[i, best]:.0%}; the true code {named(code)} has "
                f"{said.p[i, 0]:.0%}",
            }
        rows.append(found)
    return rows


def asked(said: Said, step: int) -> dict[str, Any]:
    """The candidates at one step, the likeliest first."""
    at = np.flatnonzero(said.asked == step)
    if not len(at):
        heard = "the model hears this step" if not said.masked[step] else "it is the only covered step"
        return {
            "title": f"Step {step + 1}", "hint": f"{heard}, so nothing is asked",
            "rows": [], "note": "Click a code with a blue frame to see what it must be told from.",
        }  # fmt: skip
    i = int(at[0])
    true, best = said.codes[step], int(said.p[i].argmax())
    rows = []
    for column in np.argsort(-said.p[i], kind="stable"):
        source = int(said.steps[i, column])
        if source < 0:
            continue
        gone = bool(column and (said.codes[source] == true).all())
        rows.append(
            {
                "code": said.codes[source].tolist(),
                "from": "here" if column == 0 else f"step {source + 1}",
                "kind": "target" if column == 0 else "answer" if column == best else "",
                "p": 0.0 if gone else float(said.p[i, column]),
                "text": "same code"
                if gone
                else f"{'✓ ' if column == best == 0 else '✕ ' if column == best else ''}{said.p[i, column]:.0%}",
                "picked": bool(column == best),
                "gone": gone,
            }
        )
    count = int((said.p[i] > 0).sum())
    same = sum(row["gone"] for row in rows)
    return {
        "title": f"Step {step + 1}: which code stood here?",
        "hint": f"guessing: 1 of {count}",
        "rows": rows,
        "note": f"Blue: the true code. The others come from {len(rows) - 1} other covered steps of this recording, so "
        "voice and room tell nothing."
        + (
            f" {same} of them {'has' if same == 1 else 'have'} the true code, too, and would be no wrong answer."
            if same
            else ""
        ),
    }


def behind(view: Shown, said: Said, step: int) -> dict[str, Any]:
    """What the code of a step sounds like, in other recordings."""
    code, codes = said.codes[step], book(view)
    found = codes.where(code)
    places = examples(found)
    clips, sounds = audio.load().clips, []
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
        "note": "" if places else "Without noise no step of any recording has this code: the noise drew it.",
    }


def usage(view: Shown) -> dict[str, Any]:
    """How often each entry is used."""
    codes = book(view)
    shares, used = codes.usage(), codes.in_use()
    return {
        "title": "Entries in use",
        "hint": f"{used:.1f} of {shares.size} (perplexity); {codes.pairs()} of "
        f"{shares.shape[1] ** len(shares)} pairs occur",
        "groups": [[round(float(one), 5) for one in group] for group in shares],
        "note": "Over all held-out recordings. Dashed: all entries alike. Striped: entries 9 to 16, in the colours "
        "of 1 to 8. Hatched in grey: never used. If one took all, codes would say nothing, and the "
        "loss would be low all the same.",
    }


def note(said: Said) -> str:
    """How much chance is in the label, and what cannot be undone."""
    differ = int((said.codes != said.plain).any(1).sum())
    return (
        f"The codes are drawn: noise changed {differ} of {len(said.codes)} here. “New label” covers other spans and "
        "draws again. The numbers mean nothing in themselves: another run seed gives another list. Log-mel cannot be "
        "turned back into the wave, so this label cannot be undone."
    )


def formula(said: Said, step: int, view: Shown) -> list[list[str]]:
    """Both losses in symbols, and with the present numbers."""
    weight, size = view.config.choices["diversity"], said.codes.shape[1] * view.config.choices["entries"]
    found = []
    at = np.flatnonzero(said.asked == step)
    if len(at):
        i = int(at[0])
        p, count = float(said.p[i, 0]), int((said.p[i] > 0).sum())
        numbers = f"step {step + 1}: −ln {p:.3g} = {said.loss[i]:.2f}; guessing ln {count} = {math.log(count):.2f}"
        found.append(["ℓ = −ln [ exp(cos(c, q₊)/0.1) / Σ over the candidates exp(cos(c, q)/0.1) ]", numbers])
    numbers = (
        f"this recording: ({size} − {size * (1 - said.unused):.1f}) / {size} = {said.unused:.2f}, weighs {weight:g}; "
        f"temperature of the quantiser now {said.tau:.2f}"
    )
    found.append(["diversity = (GV − perplexity) / GV, of the mean softmax without noise", numbers])
    return found
