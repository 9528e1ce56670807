"""Lesson eight, what labels buy: recorded figures of all tasks on pictures, with few true labels and with many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.training.results import recorded
from sslviz.ui.flashcards.quiz import lesson_quiz
from sslviz.ui.frame import guess
from sslviz.ui.frame.guess import Question
from sslviz.ui.frame.lesson import lesson_page, ticks, usual, views
from sslviz.ui.frame.lesson.hands import hands
from sslviz.ui.frame.lesson.parts import bars_html
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene
from sslviz.ui.labels.transfer import page as lab

SLUG, FIRST, CENTRED = "transfer", "same_or_different", "patch_order"  # CENTRED learned from clothes in the middle


def runs(slug: str) -> list[dict[str, Any]]:
    """What was measured of a task's recorded run and of its repetitions; empty where there is none."""
    found = recorded.read(slug)
    return [] if found is None else [found.figures, *found.repeats]


def shares(slug: str, labels: str = "few") -> dict[str, float]:
    """The share that is named correctly with "few" labels or "many", by whom; the raw input was measured once."""
    found = runs(slug)
    each = {"trained": found, "random": found, "raw": found[:1]}
    return {who: float(np.mean([np.mean(run["probes"][who][labels]) for run in of])) for who, of in each.items()}


@lru_cache(maxsize=1)
def pictures() -> tuple[str, ...]:
    """The tasks on pictures whose recorded runs were judged by the same data."""
    wanted = recorded.read(FIRST)
    same = [
        slug for slug, entry in TASKS.items()
        if entry.modality == "Images" and (run := recorded.read(slug)) is not None and wanted is not None
        and run.config.data == wanted.config.data
    ]  # fmt: skip
    return tuple(same)


def with_few(_size: str) -> None:
    """Three bars, with few labels."""
    _three(FIRST, "Each thing lies anywhere in its picture, so single pixels say little.")


def with_many(_size: str) -> None:
    """The model with few labels, and all three with many."""
    first, with_all = runs(FIRST)[0], shares(FIRST, "many")
    names = {"trained": "Pretrained", "random": "Untrained", "raw": first["raw_name"].capitalize()}
    rows = [(f"Pretrained, {first['labels']} labels", "trained", shares(FIRST)["trained"])]
    rows += [(f"{name}, {first['many_labels']:,}", who, with_all[who]) for who, name in names.items()]
    st.html(f"{bars_html(rows)}<p class='judged_note'>How many new clothes are named correctly.{_mean(FIRST)}</p>"
            f"<p class='paid'>{escape(saved())}</p>")  # fmt: skip


def saved() -> str:
    """How many labels pretraining saves, as far as was measured."""
    few, many = runs(FIRST)[0]["labels"], runs(FIRST)[0]["many_labels"]
    after = shares(FIRST)["trained"]
    without = max(share for who, share in shares(FIRST, "many").items() if who != "trained")
    told = f"{few} labels after pretraining: {after:.0%}. {many:,} labels without it: {without:.0%}."
    if after > without:
        return f"{told} So here it saves more than {many - few:,} labels."
    return f"{told} So here it saves fewer than {many - few:,} labels."


def every_task(_size: str) -> None:
    """A bar for each task on pictures, one for an untrained network and one for raw pixels."""
    rows = [(TASKS[slug].title, "trained", shares(slug)["trained"]) for slug in pictures()]
    first = shares(FIRST)
    rows += [(name, who, first[who]) for who, name in _names(FIRST).items() if who != "trained"]
    st.html(
        f"<div class='many_bars'>{bars_html(sorted(rows, key=lambda row: -row[2]))}</div><p class='judged_note'>All "
        f"tasks of this app that learned from clothes of which each lies anywhere in its picture.{_mean(FIRST)}</p>"
    )


def with_none(_size: str) -> None:
    """Three bars of a task that raw pixels are ahead of."""
    if runs(CENTRED):
        _three(CENTRED, "Each thing lies in the middle of its picture.")


def _three(slug: str, where: str) -> None:
    """The model, an untrained network and raw pixels, with few labels."""
    found = shares(slug)
    st.html(
        bars_html([(name, who, found[who]) for who, name in _names(slug).items()])
        + f"<p class='judged_note'>How many new clothes are named correctly, with {runs(slug)[0]['labels']} labels. "
        f"The model learned before in the task “{TASKS[slug].title}”. {where}{_mean(slug)}</p>"
    )


def _names(slug: str) -> dict[str, str]:
    raw = runs(slug)[0]["raw_name"].capitalize()
    return {"trained": "After pretraining", "random": "An untrained network", "raw": raw}


def _mean(slug: str) -> str:
    """Of how many runs the bars are the mean, where it is more than one."""
    return f" The mean of {len(runs(slug))} runs." if len(runs(slug)) > 1 else ""


def _about() -> None:
    st.html(f"<p class='asked'>{runs(FIRST)[0]['labels']} labels, and a trunk that learned from …</p>")


def question() -> Question:
    """Which pretext task helps most when labels are few? Three of those on pictures."""
    rng = np.random.default_rng((guess.number(SLUG), 8))
    chosen: Sequence[str] = [pictures()[i] for i in sorted(rng.permutation(len(pictures()))[:3].tolist())]
    best = max(chosen, key=lambda slug: shares(slug)["trained"])
    return Question(
        "After which task are most clothes named correctly?",
        [TASKS[slug].title for slug in chosen], TASKS[best].title, None, 1 / len(chosen),
        _about, called="Measured best",
    )  # fmt: skip


def ask(size: str) -> None:
    """The guess, by a visitor or by a class."""
    if size == "present":
        hands(SLUG, question)
    else:
        guess.guess(SLUG, question)


SCENES = (
    Scene(
        "Few labels", "A hundred labels, not a million",
        "You want to name clothes: shirt, shoe, bag. People have labelled a hundred pictures for you, ten of each "
        "[[class]]. You cannot pay for more. Does it help if a [[model]] has learned from "
        "[[pseudo-label|pseudo-labels]] before, in its [[pretraining]]?",
        "Compare the three bars.",
        (On("own", draw=with_few),),
        "What was done before the labels came?",
        "The upper model learned from pseudo-labels, without any label by people: that is pretraining. Then its "
        "[[trunk]], the part that all tasks share, was [[frozen]].",
        "What does the second bar tell you?",
        "What the same network gives before it has learned anything.",
    ),
    Scene(
        "With more labels", "With two thousand labels",
        "Now there are twenty times as many labels, and every bar has grown. Yet a hundred labels after "
        "[[pretraining]] beat two thousand without it. It pays where labels are few and raw data is plenty.",
        "Compare: a hundred labels after pretraining, two thousand without. Which is ahead?",
        (On("own", draw=with_many),),
        "Does pretraining still help then?",
        "Yes: the second bar is still far ahead of the last two. Where they come close, labels alone would do.",
        "When is pretraining worth its price?",
        "Where labels are few and raw data, which nobody labelled, is plenty.",
    ),
    Scene(
        "You guess", "Which task helped most?",
        "Three ways to make pseudo-labels from the same pictures. After which one do a hundred labels give the best "
        "result? A task helps if it asks for what tells clothes apart: form and parts, not single points.",
        "Choose one.",
        (On("own", draw=ask, asks=True),),
        "Can one know beforehand?",
        "Hardly: one measures it.",
        "Why might one task help more than another?",
        "It asks for what tells classes apart: form and parts, not single points.",
        done=ticks.answered,
    ),
    Scene(
        "All of them", "Side by side",
        "The same network, the same pictures, the same hundred labels. What differs is the pseudo-label of the first "
        "training. With other pictures other things tell them apart, so another task may be the best.",
        "Compare each one with raw pixels.",
        (On("own", draw=every_task),),
        "Is the first one the best task there is?",
        "For these pictures, this network and this time of training. Elsewhere another may be.",
        "Why may the order be another one with other pictures?",
        "Other things tell those pictures apart, and another task may ask for them.",
        "The order holds everywhere. (It holds for what was measured here.)",
    ),
    Scene(
        "When it saves none", "When pretraining saves no labels",
        "Now each thing lies in the middle of its picture. With the same hundred labels raw pixels, without any "
        "[[model]], name more things than this model. So here pretraining saves no label, though it beats the "
        "untrained network.",
        "Compare the first bar with the last one.",
        (On("own", draw=with_none),),
        "Why are raw pixels so good here?",
        "There the same point lies on the same part of each thing: a trouser has a gap where a dress has cloth. Where "
        "things lie anywhere, a single point says little. In “Masked sound” and “Next sentence” pretraining saved no "
        "labels either.",
        "When does pretraining save no labels?",
        "Where raw data, without any model, does as well with the same labels. One must measure it.",
        "Pretraining always wins. (Here raw pixels win.)",
    ),
    usual.check(
        "How many labels did pretraining save, and when did it save none?",
        "With things anywhere, a hundred labels after it beat two thousand without. With things in the middle, none: "
        "raw pixels did better.",
        about="the whole course", because="The lab has all tasks, with every knob. The flashcards ask again tomorrow.",
    ),
)  # fmt: skip
LESSON = Lesson(SCENES)


def draw() -> None:
    """Draw the lesson, or the lab: the page Transfer."""
    if views.view() == "lab" or not runs(FIRST):
        lab.draw()
    else:
        lesson_page.play(SLUG, LESSON, None, lesson_quiz)
