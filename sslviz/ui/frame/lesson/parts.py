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
from sslviz.ui.frame import ahead, current, first_cards, moves, stage
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
    _moving_card(place, on)


def _moving_card(place: Place, on: On) -> Sequence[moves.Moving]:
    """Draw the sample card, as far down as the scene goes; returns what of it moves with a run."""
    page, on_stage = place.page, stage.now()
    moving: Sequence[moves.Moving] = ()
    view, options = current.to_be_asked(page.slug), page.chosen()
    if not first_cards.show(page, view, on.depth):
        this, seed = page.in_view(warn=True), page.seed
        page.card(this, view, seed, options, on.depth)
        moving = moves.card(page, this, seed, options, on.depth)

    def send_ahead() -> None:
        with stage.on(on_stage):
            ahead.send(page, page.in_view(), view, options, on.depth)

    if place.scene.another or place.scene.relabel:
        last(send_ahead)
    return moving


def _guess(place: Place, _on: On) -> None:
    """The label is guessed: by the visitor, or by a class that raises hands."""
    if place.size == "present":
        hands(place.page.slug, place.page.question)
    else:
        guess(place.page.slug, place.page.question)


def _learn(place: Place, on: On) -> None:
    learning(place.page, place.lesson, place.size, lambda: _moving_card(place, on), place.scene.done)


def figures(slug: str, view: RunView) -> dict[str, Any] | None:
    """What was measured of the run in view; while it is not through, of the recorded one."""
    found = recorded.read(slug)
    return view.figures or (None if found is None else found.figures)


def bars_html(rows: Sequence[tuple[str, str, float]], chance: float | None = None) -> str:
    """Large bars: name, kind ("trained" is the model's own) and share of each; with a dashed line at `chance`."""
    drawn = "".join(
        f"<span>{escape(name)}</span><i class='{kind}'><b style='width:{100 * share:.1f}%'></b></i><em>{share:.0%}</em>"
        for name, kind, share in rows
    )
    line = "" if chance is None else f" style='--chance:{100 * chance:.1f}%'"
    return f"<div class='judged' role='group' aria-label='Right answers'{line}>{drawn}</div>"


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
    runs = found.get("runs", [found])
    shares = means(runs)
    names = {"trained": "This model", "random": bare, "raw": found["raw_name"].capitalize()}
    drawn = bars_html([(name, kind, shares[kind]) for kind, name in names.items()], found["chance"])
    mean = f", in the mean of {len(runs)} runs" if len(runs) > 1 else ""
    st.html(
        f"<div class='was_good'>{drawn}"
        f"<p class='judged_note'>People named {found['labels']} samples. The bars: how many new ones, which nobody had "
        f"used, are then named correctly{mean}. Dashed line, {found['chance']:.0%}: always choosing the "
        f"commonest name.{whose}</p>"
        f"<p class='paid'>{escape(paid(recorded.leads(runs), shares, bare.lower(), found['raw_name']))}</p>{told}</div>"
    )


def means(runs: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The share that is named correctly with few labels, in the mean of runs that differ in their seed only.

    The raw input is the same in all runs, and was measured once.
    """
    few = {kind: [run["probes"][kind]["few"] for run in runs] for kind in ("trained", "random", "raw")}
    return {kind: float(np.mean(found[:1] if kind == "raw" else found)) for kind, found in few.items()}


def paid(over: Mapping[str, Lead], shares: Mapping[str, float], bare: str, raw: str) -> str:
    """In a sentence or two: whether learning paid, and whether the raw input would have done.

    A lead within two standard errors is none. The numbers said are the differences of the bars as they are printed.

    Args:
        over: how far the model is ahead of what learned nothing ("random"), and of the raw input ("raw").
        shares: the bars of the model ("trained") and of both.
        bare: what learned nothing.
        raw: the raw input, in the plural.

    >>> leads = {"random": Lead(7, 0.5), "raw": Lead(-10, 1)}
    >>> paid(leads, {"trained": 0.32, "random": 0.25, "raw": 0.42}, "noise", "pixels")
    'Learning paid only in part: of 100 new ones 7 more are right than with noise. But with pixels alone 10 more are.'
    """
    printed = {kind: int(f"{100 * share:.0f}") for kind, share in shares.items()}
    learned, beyond = (printed["trained"] - printed[kind] for kind in ("random", "raw"))
    helped, further, less = (
        over["random"].clear and learned > 0, over["raw"].clear and beyond > 0, over["raw"].clear and beyond < 0,
    )  # fmt: skip
    if helped and further:
        more = f"of 100 new ones {learned} more are right than with {bare}"
        return f"Learning paid: {more}, and {beyond} more than with {raw} alone."
    alone = f"with {raw} alone {f'{-beyond} more' if less else 'about as many'} are"
    if helped:
        return f"Learning paid only in part: of 100 new ones {learned} more are right than with {bare}. But {alone}."
    bad = f"Learning did not pay here: with {bare} {'more' if over['random'].clear else 'about as many'} are right"
    return f"{bad}. It is {beyond} ahead of {raw} alone." if further else f"{bad}, and {alone}."


def _check(place: Place, _on: On) -> None:
    """Questions about what was seen."""
    if place.size == "large":
        st.fragment(lambda: place.quiz(place.slug))()
        return
    if teacher.here() is not None:
        cards_round(place.slug)
        return
    asked = [one for one in place.lesson.scenes[:-1] if not any(on.part == "guess" for on in one.on)]
    listed = "".join(f"<li><b>{html(one.name)}:</b> {html(one.ask)}</li>" for one in asked[:4])
    st.html(f"<ol class='asked_class'>{listed}</ol>")


def _cards(place: Place, _on: On) -> None:
    """Ten quick cards for a class."""
    cards_round(place.slug)


PARTS: dict[str, Callable[[Place, On], None]] = {
    "card": _card, "guess": _guess, "learn": _learn, "good": _good, "check": _check, "cards": _cards,
}  # fmt: skip
