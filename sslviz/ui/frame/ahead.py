"""The next labels and samples, in the browser before they are asked for.

A press on a button costs a message to the server, a run of the script, some 25 messages back and two redraws. So once a
card is drawn, the next few are made by the very function that drew it. The browser fetches them and shows one in the
frame of the press; then it tells how often each button was pressed so far, and Python goes as far from where it is. (It
does not tell where that leads to: a press that Streamlit itself told, before this view was there, would be undone.)

What is made in advance holds for one way of looking at the card: one run, one choice of settings, one picture. Another
way drops all of it. While a run goes on, answers grow old: the browser leaves them out until Python has said them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.ui import held_ahead
from sslviz.ui.frame import stage
from sslviz.ui.frame.controls import Control
from sslviz.ui.frame.own_input import aside
from sslviz.ui.frame.transport import BUSY
from sslviz.ui.frame.walk import FURTHER, SEEDS, Position, after, after_another, after_relabel, go_to, here
from sslviz.ui.held_common import common
from sslviz.ui.live import Event, Handler, mount
from sslviz.ui.live.asked import as_json, sent_by
from sslviz.ui.live.made import heard, whole
from sslviz.ui.visitors import cookie

if TYPE_CHECKING:
    from sslviz.catalogue.options import Options
    from sslviz.training.results.run_view import RunView
    from sslviz.ui.frame.task_page import TaskPage

NEAR = (1, -1, 2, -2)  # steps of a slider
FEW = {"": (3, 2), "label": (4, 1), "sample": (1, 3)}  # labels and samples ahead, by what was asked for last


class AheadStep(TypedDict):
    """A card that may be fetched, by its name: of which sample and label seed, or for which value of a slider."""

    sample: int
    seed: int
    slider: str
    value: float
    name: str


class AheadSlider(TypedDict):
    """A slider that can be moved now: its key, and the value that Python shows."""

    slider: str
    value: float


class AheadData(TypedDict):
    """What the view is sent.

    id: of the page; card: key of its card; sample, seed: what Python shows; others, labels: how often another sample
    and another label were asked for; heard: number of the visitor's last press that came; edits: of their last change
    by hand; further: from one sample to the next; samples, seeds: how many there are; sliders: those that are drawn;
    asks: what of a card is old by then, since the model changes: "" nothing, its "answer", or the "label", too, where
    the model makes it.
    """

    id: str
    card: str
    sample: int
    seed: int
    others: int
    labels: int
    heard: int
    edits: int
    further: int
    samples: int
    seeds: int
    asks: str
    sliders: Sequence[AheadSlider]
    next: Sequence[AheadStep]


class Pressed(NamedTuple):
    """How often another sample, and another label, were asked for on a page."""

    others: int = 0
    labels: int = 0


class Next(NamedTuple):
    """What may be asked for: a sample, a label seed, and a slider with its value, or "" where none is moved."""

    sample: int
    seed: int
    slider: str = ""
    value: float = 0.0


@dataclass
class Made:
    """What is held for a page: for which way of looking at it, and the names of the cards by what asks for them."""

    way: Hashable = None
    names: dict[Next, str] = field(default_factory=dict)


def send(
    page: TaskPage[Any, Any], this: Any, view: RunView, options: Options, depth: str, *, rerun: str | None = None
) -> None:
    """Make what may be asked for next, and tell the browser where it can be fetched.

    Args:
        page: whose card was just drawn.
        this: the sample that is on it.
        view: the run in view.
        options: settings of the label.
        depth: of explanation.
        rerun: key of the fragment that follows a press; None: the whole page does.
    """
    at, key, kept = here(page), f"{page.slug}_card", f"{page.slug}_pressed"
    names = _made(page, this, view, options, depth, at).names
    before: Pressed = st.session_state.get(kept, Pressed())

    def moved(event: Event) -> None:
        before: Pressed = st.session_state.get(kept, Pressed())
        if (now := pressed(event.get("made"), before)) is not None:
            st.session_state[f"{page.slug}_asked_last"] = "sample" if now.others != before.others else "label"
            st.session_state[kept] = now
            go_to(page, after(page, here(page), now.others - before.others, now.labels - before.labels))
        st.rerun(rerun) if rerun else st.rerun()

    ahead_view(
        f"{page.slug}_ahead",
        data={
            "id": page.slug, "card": key, "sample": at.sample, "seed": at.seed, "others": before.others,
            "labels": before.labels, "heard": heard(f"{page.slug}_ahead"), "edits": heard(key),
            "further": FURTHER, "samples": page.most + 1, "seeds": SEEDS,
            "asks": "" if view.status not in BUSY else "label" if TASKS[page.slug].label_from == "model" else "answer",
            "sliders": [
                {"slider": f"{page.slug}_{one.name}", "value": getattr(options, one.name)}
                for one in sliders(page, options)
            ],
            "next": [
                {"sample": to.sample, "seed": to.seed, "slider": to.slider, "value": to.value, "name": name}
                for to, name in names.items()
            ],
        },
        on_event=moved,
    )  # fmt: skip


def pressed(made: Any, before: Pressed) -> Pressed | None:
    """How often the browser says that was pressed by now; None where it says nothing or less than `before`."""
    if not isinstance(made, dict):
        return None
    now = Pressed(*(whole(made.get(name), 2**53, -1) for name in Pressed._fields))
    return now if now.others >= before.others and now.labels >= before.labels else None


def wanted(page: TaskPage[Any, Any], options: Options, at: Position, last: str = "") -> list[Position]:
    """What may be asked for next, the likeliest first.

    Args:
        page: of the task.
        options: settings of the label.
        at: what is in view.
        last: what was asked for last: "label", "sample" or "".
    """
    labels, samples = FEW[last]
    relabel, another = partial(after_relabel, page), partial(after_another, page)
    return [*_along(at, [relabel] * (labels if page.chance(options) else 0)), *_along(at, [another] * samples)]


def sliders(page: TaskPage[Any, Any], options: Options) -> list[Control]:
    """The sliders of the label's settings that are drawn: those of a popover that is open."""
    if not st.session_state.get(f"{page.slug}_label"):
        return []
    return [one for one in page.controls if isinstance(one, Control) and one.slides(page.slug, options)]


def moved_by(page: TaskPage[Any, Any], options: Options, control: Control) -> dict[float, Options]:
    """The settings with a slider moved a little to either side, by its value."""
    option, present = TASKS[page.slug].fields[control.name], getattr(options, control.name)
    step, found = control.by(page.slug), {}
    for count in NEAR:
        value = type(option.default)(round(present + count * step, 9))
        if option.low <= value <= option.high:
            found[value] = replace(options, **{control.name: value})
    return found


def _along(at: Position, steps: Sequence[Callable[[Position], Position]]) -> list[Position]:
    """Where one gets to, step by step."""
    return list(accumulate(steps, lambda to, step: step(to), initial=at))[1:]


def card(page: TaskPage[Any, Any], this: Any, view: RunView, seed: int, options: Options, depth: str) -> dict[str, Any]:
    """What the page's card is sent: {"data"} as JSON has it, or {"frame"}, bytes in base64."""
    return as_json(sent_by(lambda: page.card(this, view, seed, options, depth)).data)


def _made(page: TaskPage[Any, Any], this: Any, view: RunView, options: Options, depth: str, at: Position) -> Made:
    """What is held for this page by now, with what is lacking made anew and what nobody can ask for dropped."""
    made: Made = st.session_state.setdefault(f"{page.slug}_made_ahead", Made())
    way = _way(page, this, view, options, depth)
    last = st.session_state.get(f"{page.slug}_asked_last", "")
    want: dict[Next, Options] = {Next(*to): options for to in wanted(page, options, at, last)}
    for slider in sliders(page, options):
        for value, other in moved_by(page, options, slider).items():
            want[Next(*at, f"{page.slug}_{slider.name}", value)] = other
    keep = {to: made.names[to] for to in want if to in made.names} if made.way == way else {}
    for name in set(made.names.values()) - set(keep.values()):
        held_ahead.drop(name)
    made.way, made.names = way, keep

    def text(to: Next) -> bytes:
        other = this if to.sample == at.sample else page.sample(to.sample, page.source, page.own_input.nothing)
        found = card(page, other, view, to.seed, want[to], depth)
        return json.dumps(found, separators=(",", ":"), allow_nan=False).encode()

    own, way_of_all = page.own_input.given(page.slug), _common_way(page, view, depth)
    for to, chosen in want.items():
        if to not in keep:
            found = text(to) if own else common((way_of_all, chosen, to), partial(text, to))
            keep[to] = held_ahead.hold(found, cookie())
    return made


def _common_way(page: TaskPage[Any, Any], view: RunView, depth: str) -> Hashable:
    """All that a card depends on besides sample, label seed and settings, of whoever asks for it.

    While a run goes on, what of a card is the model's is not shown before Python has said it (see `asks`): so a class
    whose runs differ in their seeds has the same cards.
    """
    live = (view.config.data, view.config.options)
    run = (view.mode, live) if view.status in BUSY else (view.mode, view.id, view.step)
    return (page.slug, run, page.source, depth, stage.now(), st.session_state.get(f"{page.slug}_selected"))


def _way(page: TaskPage[Any, Any], this: Any, view: RunView, options: Options, depth: str) -> Hashable:
    """All that a card depends on besides sample and label seed."""
    own = "" if aside(page.slug) or not page.own_input.given(page.slug) else this.name
    run = (view.id, view.mode, None if view.status in BUSY else view.step)
    return (run, options, page.source, depth, stage.now(), own, st.session_state.get(f"{page.slug}_selected"))


def ahead_view(key: str, *, data: AheadData, on_event: Handler = None) -> None:
    """Fetch cards, and show one as soon as a button asks for it. What a visitor makes is {"others", "labels"}."""
    mount("frame/ahead", key, data, "made", on_event)
