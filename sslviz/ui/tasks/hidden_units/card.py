"""The sample card of Hidden units: what is covered, the clusters that are the label, the model's answers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sslviz.catalogue.hidden_units import HiddenUnitsOptions
from sslviz.ui.frame import stage
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.frame.sound_samples import Sample, unlike
from sslviz.ui.frame.sound_view import (
    NOTHING_BEHIND,
    UNUSED,
    AskedPanel,
    BehindPanel,
    Candidate,
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
from sslviz.ui.live.mathematics import digits, line
from sslviz.ui.live.shared import Formula
from sslviz.ui.tasks.hidden_units.units import SLUG, ModelAnswer, answer, book, label, named

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

KEY = f"{SLUG}_card"
SHOWN = 5  # answers of the model at a step


def card(this: Sample, view: RunView, seed: int, options: HiddenUnitsOptions, depth: str) -> None:
    """Draw the card; a click on a step shows what the model says there, and what else is in its cluster."""
    labelled = label(this.samples, seed, options)
    answers, scene = answer(view, labelled), stage.now()
    name = f"{this.name}·{seed}·{options.p}·{options.span}"
    first = int(answers.asked[0])
    selected = whole(made(KEY, name), len(answers.masked), first)  # another label has other steps
    mel = mel_picture(labelled.inputs["whole"][0].numpy())
    data: SoundCard = {
        **recording(KEY, this, answers.masked, mel),
        "id": name,
        "model": view.mode,
        "hint": "click a number to hear what else is in its cluster",
        "words": {"label": "Pseudo-label: clusters", "every": "a number every 20 ms", "one": "cluster"},
        "score": score(answers),
        "steps": steps(answers),
        "selected": selected,
        "asked": asked(answers, selected),
        "behind": behind(view, answers, selected) if scene is None or not scene.rows else NOTHING_BEHIND,
        "usage": usage(view) if scene is None else UNUSED,
        "note": note(answers) + unlike(this, view),
        "formula": formula(answers, selected) if depth == "Detailed" else None,
    }
    sound_card(KEY, card=on_stage(data, scene, first, mel) if scene else data)


def said(this: Sample, view: RunView, seed: int, options: HiddenUnitsOptions) -> Said:
    """Of how many covered steps the model names the cluster."""
    right = answer(view, label(this.samples, seed, options)).right
    return Said(f"{right.sum()} of {len(right)}", None, float(right.mean()))


def score(answers: ModelAnswer) -> str:
    """How many answers are right, and how many the largest cluster would get."""
    always = int((answers.clusters[answers.asked] == answers.share.argmax()).sum())
    return f"{answers.right.sum()} of {len(answers.right)} right; always the largest: {always}"


def steps(answers: ModelAnswer) -> list[SoundStep]:
    """One entry a step, for the rows of clusters and answers."""
    drawn: list[SoundStep] = [
        {"code": [int(cluster)], "masked": bool(masked), "answer": None}
        for cluster, masked in zip(answers.clusters, answers.masked, strict=True)
    ]
    for step, p, right in zip(answers.asked.tolist(), answers.p, answers.right.tolist(), strict=True):
        best, true = int(p.argmax()), int(answers.clusters[step])
        title = f"names {named(best)} with {p[best]:.0%}; the true cluster {named(true)} has {p[true]:.0%}"
        drawn[step]["answer"] = {"right": right, "code": [best], "title": title}
    return drawn


def asked(answers: ModelAnswer, step: int) -> AskedPanel:
    """The likeliest clusters at one step, and the label wherever it stands."""
    at = np.flatnonzero(answers.asked == step)
    if not len(at):
        return {
            "title": f"Step {step + 1}", "hint": "the model hears this step, so nothing is asked", "rows": [],
            "note": "Click a number with a blue frame to see what the model says there.",
        }  # fmt: skip
    p, true = answers.p[at[0]], int(answers.clusters[step])
    order = np.argsort(-p, kind="stable")
    shown = [int(c) for c in order[:SHOWN]]
    if true not in shown:
        shown[-1] = true
    rows: list[Candidate] = [
        {
            "code": [cluster],
            "from": "the label" if cluster == true else "",
            "kind": "target" if cluster == true else "answer" if i == 0 else "",
            "p": float(p[cluster]),
            "text": f"{'' if i else '✓ ' if cluster == true else '✕ '}{p[cluster]:.0%}",
            "picked": i == 0,
            "gone": False,
        }
        for i, cluster in enumerate(shown)
    ]
    rank = int(np.flatnonzero(order == true)[0]) + 1
    return {
        "title": f"Step {step + 1}: which cluster stood here?",
        "hint": f"the label ranks {rank} of {len(p)}",
        "rows": rows,
        "note": "A plain choice among all clusters: no wrong answers have to be collected for it.",
    }


def behind(view: RunView, answers: ModelAnswer, step: int) -> BehindPanel:
    """What else is in the cluster of a step, in all recordings."""
    cluster = int(answers.clusters[step])
    sounds, hint = sounds_behind(book(view), np.array([cluster]), "cluster")
    return {
        "title": "What does this cluster sound like?", "hint": hint, "code": [cluster], "sounds": sounds,
        "note": "" if sounds else "No step of any bundled recording is in this cluster.",
    }  # fmt: skip


def usage(view: RunView) -> UsagePanel:
    """How large the clusters are."""
    found = book(view)
    (shares,) = found.usage()
    return {
        "title": "Sizes of the clusters",
        "hint": f"as many as {found.in_use():.1f} of equal size (perplexity), of {len(shares)}",
        "groups": [[round(float(one), 5) for one in shares]],
        "names": [f"clusters 1 to {len(shares)}"],
        "one": "cluster",
        "note": "Over all held-out recordings. Dashed line: all of one size. Colours come again after 16 clusters; the "
        "number says which it is. k-means uses all of them by itself, so no second loss is needed.",
    }


def note(answers: ModelAnswer) -> str:
    """Who made the label, when, and from what."""
    made_of = (
        "k-means sorted all 20 ms of all training recordings by their sound (13 numbers each, MFCC), before the first "
        "step of training"
        if not answers.sorted_at
        else f"at step {answers.sorted_at:,} k-means sorted all 20 ms of all training recordings anew, by what the "
        f"trunk made of them; the clusters agree with those of the round before by {answers.agreed:.2f} (NMI, 0 to 1)"
    )
    return (
        f"The label: {made_of}. A step belongs to the nearest cluster. “New label” covers other spans; the clusters "
        "stay. The numbers mean nothing in themselves. Log-mel cannot be turned back into the wave, so this label "
        "cannot be undone."
    )


def formula(answers: ModelAnswer, step: int) -> list[Formula]:
    """The loss of one step in symbols, and with the present numbers."""
    at = np.flatnonzero(answers.asked == step)
    if not len(at):
        return []
    i = int(at[0])
    p = float(answers.p[i, answers.clusters[step]])
    return [{
        "symbols": line(
            r"\ell = -\ln \frac{\exp(\cos(A o_t, e_{z_t})/0.1)}{\sum_{c} \exp(\cos(A o_t, e_c)/0.1)},",
            r"\text{mean over covered } t",
        ),
        "numbers": line(
            rf"\text{{step {step + 1}, cluster {int(answers.clusters[step]) + 1}: }} \ell = -\ln {digits(p, '.3g')}",
            f"= {digits(answers.loss[i], '.2f')},",
            rf"\text{{guessing: }} \ln {len(answers.share)}", f"= {digits(math.log(len(answers.share)), '.2f')}",
        ),
    }]  # fmt: skip
