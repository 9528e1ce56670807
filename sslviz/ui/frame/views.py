"""Views that every task page has: the loss, the map of the embedding, and a training step in slow motion."""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict, Unpack

import streamlit as st

from sslviz.ui.live import Event, Handler, mount
from sslviz.ui.live.events import Tells, whole
from sslviz.ui.live.frames import Film, FilmCaption, pack_film, unpack


class LossLine(TypedDict):
    """What a simple answer costs."""

    name: str
    value: float
    kind: Literal["chance", "baseline"]


class LossPlot(TypedDict):
    """What the loss view is sent.

    run: which one; curve, held: (step, loss) of training batches and of held-out samples; budget: steps; height: px;
    empty: what is said before the first point.
    """

    run: str
    curve: Sequence[Sequence[float]]
    held: Sequence[Sequence[float]]
    budget: int
    baselines: Sequence[LossLine]
    height: int
    unit: str
    mode: str
    empty: str


class Phase(TypedDict):
    """A phase of a training step: name (draw, change, forward, loss, gradient, update), and (label, value) pairs."""

    name: str
    text: str
    numbers: Sequence[Sequence[str]]


class SlowMotion(TypedDict):
    """What the view of slow motion is sent; `active` is the number of a phase."""

    phases: Sequence[Phase]
    active: int
    playing: bool


def loss_view(key: str, *, data: LossPlot) -> None:
    """Draw the loss over training steps."""
    mount("live/loss_view", key, data)


def film_frame(key: str, film: Film, **caption: Unpack[FilmCaption]) -> bytes:
    """Pack what the browser does not have yet of the film, for `embedding_view` with the same key.

    What was sent is noted in the session; if the view has lost it (another page in between), it says so and the
    next frame carries everything again.
    """
    noted = st.session_state.get(f"{key}:sent", ("", 0))
    since = noted[1] if noted[0] == film.id else 0
    full = since == 0 or since > len(film.steps)
    st.session_state[f"{key}:sent"] = (film.id, len(film.steps))
    return pack_film(film, since=0 if full else since, full=full, **caption)


def embedding_view(key: str, *, frame: bytes, on_event: Handler = None) -> Event | None:
    """Show the film of an embedding; `frame` comes from `film_frame` (or `pack_film`).

    Returns {"kind": "pick", "index": int} in the run after a click (index -1: nothing picked any more), or None.
    """

    def handle(event: Event) -> None:
        if event["kind"] == "missing":  # the view is new, or missed a frame: start over
            st.session_state.pop(f"{key}:sent", None)
        elif on_event is not None:
            on_event(event)

    tells: Tells = {"missing": {}, "pick": {"index": whole(-1, unpack(frame)[0]["n"])}}
    event = mount("live/embedding_view", key, frame, handler=handle, tells=tells)
    return event if event and event["kind"] == "pick" else None


def steps_view(
    key: str, *, phases: Sequence[Any], active: int, playing: bool = False, on_event: Handler = None
) -> Event | None:
    """Show one training step in slow motion: `phases` (each a Phase), the `active` one highlighted.

    Returns {"kind": "go", "index": int} after a click.
    """
    data: SlowMotion = {"phases": phases, "active": active, "playing": playing}
    return mount("live/steps_view", key, data, handler=on_event, tells={"go": {"index": whole(0, len(phases))}})
