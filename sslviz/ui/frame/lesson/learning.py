"""Training in a lesson: the model's answer on the very sample changes before the eye, beside the loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.training.results.run_view import RunView, untrained
from sslviz.ui.frame import clicks, current, looks, stage
from sslviz.ui.frame.lesson.scene import Lesson, Said
from sslviz.ui.frame.transport import BUSY, begin, go_on, hold, say_shared
from sslviz.ui.frame.views import loss_view
from sslviz.ui.live import mount

MOST = 9  # answers in the strip
HEIGHT = 100  # px of the loss, before lesson.css enlarges it


class SaidThen(TypedDict):
    """An answer of the model: at which step, what, whether it was right, and how sure it was of the pseudo-label."""

    step: int
    text: str
    right: bool | None
    share: float | None


class SaidStrip(TypedDict):
    """What the strip is sent: what the answers are about, and they, the oldest first; size: "large" or "present"."""

    about: str
    answers: Sequence[SaidThen]
    size: str


def strip_view(key: str, *, data: SaidStrip) -> None:
    """Show a model's answers on one sample over time."""
    mount("frame/lesson/strip", key, data)


def learning(
    page: Any, lesson: Lesson, size: str, card: Callable[[], None], done: Callable[[str], bool] | None
) -> None:
    """The sample with the model's answer, a button that trains, the loss, and the answers over time."""
    busy = current.show(page.slug).status in BUSY
    through = done is not None and done(page.slug)
    look = stage.now()

    def body() -> None:
        view = current.show(page.slug)
        moved = view.status not in BUSY if busy else False
        if moved or (done is not None and done(page.slug) != through):
            st.rerun()  # the whole page: only it can end the polling, and tick the scene off
        with stage.on(look or stage.Stage(size)):
            card()
        _buttons(page.slug, view, size, page.baselines(view))
        if size == "present":  # there the loss is a number: a curve with letters to be read from afar has no room
            if TASKS[page.slug].modality == "Words":  # a card of words is low
                _strip(page, lesson, view, size)
            looks.follow(f"{page.slug}_learn", view, current.run(page.slug), "all")
            return
        say_shared(page.slug, view)
        left, right = st.columns([2, 3], gap="medium")
        with right.container(key="learn_loss"):
            _loss(page, view)
        with left:
            _strip(page, lesson, view, size)
        looks.follow(f"{page.slug}_learn", view, current.run(page.slug), "all")

    st.fragment(body)()


def _buttons(slug: str, view: RunView, size: str, baselines: Sequence[Any]) -> None:
    """Train, pause, and begin anew; how far it is."""
    playing = view.status in BUSY
    with st.container(key="learn_bar", horizontal=True, vertical_alignment="center", gap="small"):
        if view.mode == "recorded":
            st.button(
                "Train", icon=":material/model_training:", key="train", type="primary", on_click=clicks.heed,
                args=(begin, slug, True),
            )  # fmt: skip
        else:
            name, icon = ("Pause", "pause") if playing else ("Train on" if view.step else "Train", "play_arrow")
            act = hold if playing else go_on
            st.button(
                name, icon=f":material/{icon}:", key="play", type="primary", on_click=clicks.heed, args=(act, slug)
            )  # fmt: skip
            if view.step:
                st.button("Begin anew", icon=":material/replay:", key="reset", on_click=clicks.heed, args=(begin, slug))
        clicks.follow()
        mode = {"recorded": "◷ recorded", "live": "● live", "untrained": "○ untrained"}[view.mode]
        steps = f"step <b>{view.step:,}</b> of {max(view.config.steps, view.step):,}"
        loss = ""
        if view.curve:  # as a number where the curve has no room: on a projector, and on a phone
            chance = "".join(f" ({line['name'].split(':')[0]}: {line['value']:.2f})" for line in baselines[:1])
            loss = f" · loss <b>{view.curve[-1][1]:.2f}</b>{chance}"
        more = (
            loss or "" if size == "present" else f" · <b>{view.seconds:,.0f}</b> s<span class='no_curve'>{loss}</span>"
        )
        st.html(f"<p class='nth'>{steps}{more} · {mode}</p>", width="content")


def _answers(page: Any, view: RunView, said: Callable[[RunView], Said], *, before: bool) -> list[SaidThen]:
    """All that the model has said of the sample in view so far, thinned out; the newest is the last.

    Of a recorded run, `before` makes the first one what the same network said before its first step.
    """
    about = f"{view.id}·{page.in_view_name}"
    kept = st.session_state.get(f"{page.slug}_answers", ("", []))
    found: list[SaidThen] = list(kept[1]) if kept[0] == about else []
    if not found and view.mode == "recorded" and before:
        found.append(_then(0, said(untrained(view.config))))
    now = _then(view.step, said(view))
    if found and found[-1]["step"] == view.step:
        found[-1] = now
    else:
        found.append(now)
    if len(found) > MOST:  # every other one goes, but for the first and the last
        found = [one for at, one in enumerate(found) if at % 2 == 0 or at == len(found) - 1]
    st.session_state[f"{page.slug}_answers"] = (about, found)
    return found


def _then(step: int, said: Said) -> SaidThen:
    return {"step": step, "text": said.text, "right": said.right, "share": said.share}


def _strip(page: Any, lesson: Lesson, view: RunView, size: str) -> None:
    if lesson.said is not None:
        answers = _answers(page, view, lesson.said, before=lesson.before)
        strip_view(f"{page.slug}_strip", data={"about": lesson.about, "answers": answers, "size": size})


def _loss(page: Any, view: RunView) -> None:
    loss_view(
        f"{page.slug}_loss",
        data={
            "run": view.run, "curve": view.curve, "held": view.held_out, "budget": max(view.config.steps, view.step),
            "baselines": page.baselines(view)[:1], "height": HEIGHT, "unit": TASKS[page.slug].unit, "mode": "",
            "empty": "Press Train: the loss of every step appears here.",
        },
    )  # fmt: skip
