"""The parts that may stand on the stage of any lesson: the card, a guess, training, what it was good for, a check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.evaluation.lead import Lead
from sslviz.training.results import recorded
from sslviz.training.results.run_view import RunView
from sslviz.ui.classroom import teacher
from sslviz.ui.frame import ahead, current, first_cards, stage
from sslviz.ui.frame.guess import guess
from sslviz.ui.frame.last import last
from sslviz.ui.frame.lesson.cards_round import cards_round
from sslviz.ui.frame.lesson.hands import hands
from sslviz.ui.frame.lesson.learning import learning
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene
from sslviz.ui.frame.lesson.words import html


@dataclass(frozen=True)
class Place:
    """Where a scene is drawn.

    Attributes:
        slug: of the page.
        size: "large" or "present".
        lesson, scene: what is drawn.
        page: the `TaskPage`; None for a page that is no task's.
        quiz: draws the questions at the end of a page.
    """

    slug: str
    size: str
    lesson: Lesson
    scene: Scene
    page: Any
    quiz: Callable[[str], None]


def draw_part(place: Place, on: On) -> None:
    """Draw a part of a scene."""
    with stage.on(on.stage(place.size)):
        if on.draw is not None:
            on.draw(place.size)
        else:
            PARTS[on.part](place, on)


def _card(place: Place, on: On) -> None:
    """The sample card, as far down as the scene goes."""
    page, on_stage = place.page, stage.now()
    view, options = current.show(page.slug), page.chosen()
    if not first_cards.show(page, view, on.depth):
        page.card(page.in_view(warn=True), view, page.seed, options, on.depth)

    def send_ahead() -> None:
        with stage.on(on_stage):
            ahead.send(page, page.in_view(), view, options, on.depth)

    if place.scene.another or place.scene.relabel:
        last(send_ahead)


def _guess(place: Place, _on: On) -> None:
    """The label is guessed: by the visitor, or by a class that raises hands."""
    if place.size == "present":
        hands(place.page.slug, place.page.question)
    else:
        guess(place.page.slug, place.page.question)


def _learn(place: Place, on: On) -> None:
    learning(place.page, place.lesson, place.size, lambda: _card(place, on), place.scene.done)


def figures(slug: str, view: RunView) -> dict[str, Any] | None:
    """What was measured of the run in view; while it is not through, of the recorded one."""
    found = recorded.read(slug)
    return view.figures or (None if found is None else found.figures)


def bars_html(rows: Sequence[tuple[str, str, float]]) -> str:
    """Large bars: name, kind ("trained" is the model's own) and share of each."""
    drawn = "".join(
        f"<span>{escape(name)}</span><i class='{kind}'><b style='width:{100 * share:.1f}%'></b></i><em>{share:.0%}</em>"
        for name, kind, share in rows
    )
    return f"<div class='judged' role='group' aria-label='Right answers'>{drawn}</div>"


def _good(place: Place, _on: On) -> None:
    """How well the frozen trunk names what it never saw, beside a random trunk and raw input; and what that means."""
    view = current.show(place.slug)
    found = figures(place.slug, view)
    lesson = place.lesson
    told = (
        f"<p class='good'><b>Good for:</b> {html(lesson.good)}</p>"
        f"<p class='poor'><b>Not for:</b> {html(lesson.poor)}</p>"
    )
    whose = "" if view.figures else " These are the figures of the recorded run."
    if found is None:
        st.html(told)
        return
    bare = "An untrained network" if TASKS[place.slug].trunk else "Random vectors"
    names = {"trained": "This model", "random": bare, "raw": found["raw_name"].capitalize()}
    drawn = bars_html([(name, kind, float(np.mean(found["probes"][kind]["few"]))) for kind, name in names.items()])
    over = recorded.leads(found.get("runs", [found]))
    st.html(
        f"{drawn}<p class='judged_note'>People named {found['labels']} samples. The bars: how many new ones, which "
        f"nobody had used, are then named rightly. Always the commonest name: {found['chance']:.0%}.{whose}</p>"
        f"<p class='paid'>{escape(paid(over, bare.lower(), found['raw_name']))}</p>{told}"
    )


def paid(over: Mapping[str, Lead], bare: str, raw: str) -> str:
    """In a sentence or two: whether learning paid, and whether the raw input would have done.

    A lead within two standard errors is none.

    Args:
        over: how far the model is ahead of what learned nothing ("random"), and of the raw input ("raw").
        bare: what learned nothing.
        raw: the raw input.

    >>> paid({"random": Lead(7, 0.5), "raw": Lead(-10, 1)}, "noise", "pixels")
    'Learning paid: of 100 new ones 7 more are right than with noise. But with pixels, without any model, 10 more.'
    """
    learned, beyond = over["random"], over["raw"]
    if learned.clear and learned.points > 0:
        first = f"Learning paid: of 100 new ones {learned.points:.0f} more are right than with {bare}."
    else:
        first = f"Learning did not pay here: with {bare} {'more' if learned.clear else 'about as many'} are right."
    if not beyond.clear:
        return f"{first} But with {raw}, without any model, about as many."
    if beyond.points > 0:
        return f"{first} And {beyond.points:.0f} more than with {raw}, without any model."
    return f"{first} But with {raw}, without any model, {-beyond.points:.0f} more."


def _check(place: Place, _on: On) -> None:
    """Questions about what was seen."""
    if place.size == "large":
        st.fragment(lambda: place.quiz(place.slug))()
        return
    if teacher.here() is not None:
        cards_round(place.slug)
        return
    asked = [one.ask for one in place.lesson.scenes[:-1] if not any(on.part == "guess" for on in one.on)]
    st.html(f"<ol class='asked_class'>{''.join(f'<li>{html(ask)}</li>' for ask in asked[:4])}</ol>")


def _cards(place: Place, _on: On) -> None:
    """Ten quick cards for a class."""
    cards_round(place.slug)


PARTS: dict[str, Callable[[Place, On], None]] = {
    "card": _card, "guess": _guess, "learn": _learn, "good": _good, "check": _check, "cards": _cards,
}  # fmt: skip
