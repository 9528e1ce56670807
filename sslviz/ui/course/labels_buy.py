"""Lesson eight, what labels buy: recorded figures of all tasks on pictures, with few true labels and with many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
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

SLUG, FIRST = "transfer", "same_or_different"


def figures(slug: str) -> dict[str, Any]:
    """What was measured of a task's recorded run; empty where there is none."""
    found = recorded.read(slug)
    return {} if found is None else found.figures


def few(found: dict[str, Any], who: str) -> float:
    """Right answers of the probe with few labels, a mean over choices of labels."""
    return float(np.mean(found["probes"][who]["few"]))


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
    found = figures(FIRST)
    rows = [(name, who, few(found, who)) for who, name in _names(found).items()]
    st.html(bars_html(rows) + f"<p class='judged_note'>{TASKS[FIRST].title}, {found['labels']} labels, 10 of each "
            f"class. Right on clothes that no model saw{_where()}.</p>")  # fmt: skip


def with_many(_size: str) -> None:
    """Three bars, with many labels."""
    found = figures(FIRST)
    rows = [(name, who, float(found["probes"][who]["many"])) for who, name in _names(found).items()]
    st.html(bars_html(rows) + f"<p class='judged_note'>{TASKS[FIRST].title}, {found['many_labels']:,} labels.</p>")


def every_task(_size: str) -> None:
    """A bar for each task on pictures, and one for raw pixels."""
    rows = [(TASKS[slug].title, "trained", few(figures(slug), "trained")) for slug in pictures()]
    first = figures(FIRST)
    rows = sorted(rows, key=lambda row: -row[2])
    rows += [(name, who, few(first, who)) for who, name in _names(first).items() if who != "trained"]
    st.html(f"<div class='many_bars'>{bars_html(rows)}</div>")


def _names(found: dict[str, Any]) -> dict[str, str]:
    return {"trained": "After pretraining", "random": "An untrained network", "raw": found["raw_name"].capitalize()}


def _where() -> str:
    """Where the clothes lie in the pictures of the run that is judged."""
    found = recorded.read(FIRST)
    anywhere = found is not None and found.config.data == "clothes_anywhere"
    return ", each at any place of its picture" if anywhere else ""


def _about() -> None:
    st.html(f"<p class='asked'>{figures(FIRST)['labels']} labels, and a trunk that learned from …</p>")


def question() -> Question:
    """Which pretext task helps most when labels are few? Three of those on pictures."""
    rng = np.random.default_rng((guess.number(SLUG), 8))
    chosen: Sequence[str] = [pictures()[i] for i in sorted(rng.permutation(len(pictures()))[:3].tolist())]
    best = max(chosen, key=lambda slug: few(figures(slug), "trained"))
    return Question(
        "Which one helped most?", [TASKS[slug].title for slug in chosen], TASKS[best].title, None, 1 / len(chosen),
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
        "[[pseudo-label|pseudo-labels]] before?",
        "Compare the three bars.",
        (On("own", draw=with_few),),
        "What was done before the labels came?",
        "The upper model learned from pseudo-labels, without any label by people: that is [[pretraining]]. Then its "
        "[[trunk]] was [[frozen]].",
        "What does the second bar tell you?",
        "What the same network gives before it has learned anything.",
    ),
    Scene(
        "With more labels", "With two thousand labels",
        "Now there are twenty times as many labels, and every bar grows.",
        "Compare with the scene before: who gained most?",
        (On("own", draw=with_many),),
        "Does pretraining still help then?",
        "Look at the first bar and at the last one. Where they come close, labels alone would have done.",
        "When is pretraining worth its price?",
        "When unlabelled data is plenty and labels are few.",
        "Pretraining always wins. (On other pictures raw pixels may win. Measure it.)",
    ),
    Scene(
        "You guess", "Which task helped most?",
        "Some ways to make pseudo-labels from pictures. After which one did a hundred labels help most?",
        "Choose one.",
        (On("own", draw=ask, asks=True),),
        "Can one know beforehand?",
        "Hardly. A task helps if what it asks for needs the same things as what you want. One measures it.",
        "Why might one task help more than another?",
        "It asks for what tells classes apart: form and parts, not single points.",
        done=ticks.answered,
    ),
    Scene(
        "All of them", "Side by side",
        "The same network, the same pictures, the same hundred labels. What differs is the pseudo-label of the first "
        "training.",
        "Compare each one with raw pixels.",
        (On("own", draw=every_task),),
        "Is the first one the best task there is?",
        "For these pictures, this network and this time of training. Elsewhere another may be.",
        "Why may the order be another one with other pictures?",
        "A task helps if what it asks for needs the same things as what you want.",
        "The order holds everywhere. (It holds for what was measured here.)",
    ),
    usual.check(
        "What did the labels buy?",
        "A pretrained trunk makes few labels go further; how far depends on the data and the task.",
        about="the whole course", because="The lab has all tasks, with every knob. The flashcards ask again tomorrow.",
    ),
)  # fmt: skip
LESSON = Lesson(SCENES)


def draw() -> None:
    """Draw the lesson, or the lab: the page Transfer."""
    if views.view() == "lab" or not figures(FIRST):
        lab.draw()
    else:
        lesson_page.play(SLUG, LESSON, None, lesson_quiz)
