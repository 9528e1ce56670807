"""Training in a lesson: the model's answer on the very sample changes before the eye, beside the loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.training.results.run_view import RunView, untrained
from sslviz.ui.frame import clicks, current, looks, moves, stage
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
    page: Any,
    lesson: Lesson,
    size: str,
    card: Callable[[], Sequence[moves.Moving]],
    done: Callable[[str], bool] | None,
) -> None:
    """The sample with the model's answer, a button that trains, the loss, and the answers over time.

    Args:
        page: the `TaskPage`.
        lesson: of the task.
        size: "large" or "present".
        card: draws the sample; returns what of it moves with the run, nothing where Python must draw that.
        done: whether the scene is ticked off.
    """
    busy = current.show(page.slug).status in BUSY
    through = done is not None and done(page.slug)
    look = stage.now()

    def body() -> None:
        with stage.on(look or stage.Stage(size)):
            draw()

    def draw() -> None:
        view = current.show(page.slug)
        moved = view.status not in BUSY if busy else False
        if moved or (done is not None and done(page.slug) != through):
            st.rerun()  # the whole page: only it can end the polling, and tick the scene off
        moving = list(card())
        line = _buttons(page.slug, view, size, page.baselines(view)[:1])
        strip: list[moves.Moving] = []
        if size != "present":
            say_shared(page.slug, view)
            left, right = st.columns([2, 3], gap="medium")
            with right.container(key="learn_loss"):
                _loss(page, view)
            with left:
                strip += _strip(page, lesson, view, size)
        elif TASKS[page.slug].modality == "Words":  # there the loss is a number: a curve with letters to be read from
            strip += _strip(page, lesson, view, size)  # afar has no room, and only a card of words is low enough
        if not moving or (done is not None and not through):  # Python sees that the scene is done
            looks.follow(f"{page.slug}_learn", view, current.run(page.slug), "all")
        else:
            looks.follow(f"{page.slug}_learn", view, current.run(page.slug), "all", [*moving, line, *strip])

    st.fragment(body)()


def _buttons(slug: str, view: RunView, size: str, baselines: Sequence[Any]) -> moves.Line:
    """Train, pause, and begin anew; how far it is, which is the line that moves."""

    def line(now: RunView) -> str:
        mode = {"recorded": "◷ recorded", "live": "● live", "untrained": "○ untrained"}[now.mode]
        steps = f"step <b>{now.step:,}</b> of {max(now.config.steps, now.step):,}"
        loss = ""
        if now.curve:  # as a number where the curve has no room: on a projector, and on a phone
            chance = "".join(f" ({one['name'].split(':')[0]}: {one['value']:.2f})" for one in baselines)
            loss = f" · loss <b>{now.curve[-1][1]:.2f}</b>{chance}"
        more = (
            loss or "" if size == "present" else f" · <b>{now.seconds:,.0f}</b> s<span class='no_curve'>{loss}</span>"
        )
        return f"<p class='nth'>{steps}{more} · {mode}</p>"

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
        st.html(line(view), width="content")
    return moves.Line("learn_bar", line)


def _then(step: int, said: Said) -> SaidThen:
    return {"step": step, "text": said.text, "right": said.right, "share": said.share}


def _strip(page: Any, lesson: Lesson, view: RunView, size: str) -> Sequence[moves.Draw]:
    """All that the model has said of the sample so far, the newest last; the first may be the untrained one's."""
    if lesson.said is None:
        return ()
    ask, (this, seed, options) = lesson.said, (page.in_view(), page.seed, page.chosen())
    about, kept = f"{view.id}·{page.in_view_name}", f"{page.slug}_answers"
    before, found = st.session_state.get(kept, ("", []))
    if before != about:
        found = []
        if view.mode == "recorded" and lesson.before:
            found.append(_then(0, ask(this, untrained(view.config), seed, options)))
    st.session_state[kept] = (about, found)

    def draw(now: RunView) -> None:
        remember(found, _then(now.step, ask(this, now, seed, options)))
        strip_view(f"{page.slug}_strip", data={"about": lesson.about, "answers": list(found), "size": size})

    draw(view)
    return (draw,)


def remember(found: list[SaidThen], now: SaidThen) -> None:
    """Add an answer to the list; where there are many, every other one goes, but for the first and the last.

    >>> said = [_then(step, Said("cat", True)) for step in (0, 20)]
    >>> for step in (20, 10, 30):  # one that is late is left out
    ...     remember(said, _then(step, Said("dog", True)))
    >>> [(one["step"], one["text"]) for one in said]
    [(0, 'cat'), (20, 'dog'), (30, 'dog')]
    """
    last = found[-1]["step"] if found else -1
    if last == now["step"]:
        found[-1] = now
    elif last < now["step"]:
        found.append(now)
    if len(found) > MOST:
        found[:] = [one for at, one in enumerate(found) if at % 2 == 0 or at == len(found) - 1]


def _loss(page: Any, view: RunView) -> None:
    loss_view(
        f"{page.slug}_loss",
        data={
            "run": view.run, "curve": view.curve, "held": view.held_out, "budget": max(view.config.steps, view.step),
            "baselines": page.baselines(view)[:1], "height": HEIGHT, "unit": TASKS[page.slug].unit, "mode": "",
            "empty": "Press Train: the loss of every step appears here.",
        },
    )  # fmt: skip
