"""The transport bar, the loss and the embedding: what moves on a page while a run goes on.

One fragment, which is drawn anew when a look finds something that only Python draws (`looks`), or frame by frame while
the film of a recorded run plays. It holds no control of the label.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.data import titles
from sslviz.evaluation import projection
from sslviz.training.config import NUMBERS, RunConfig
from sslviz.training.results import recorded
from sslviz.training.results.recorded import MapInfo
from sslviz.training.results.run_view import RunView
from sslviz.ui import startup
from sslviz.ui.frame import clicks, current, looks, settings
from sslviz.ui.frame.parts import part
from sslviz.ui.frame.pictures import sprite
from sslviz.ui.frame.views import embedding_view, film_frame, loss_view, steps_view
from sslviz.ui.live.frames import Film

if TYPE_CHECKING:
    from sslviz.training.live.runs import Run

POLL = 0.5  # seconds between looks at a run
FRAME = 0.5  # seconds that a frame of a film stays
PHASE, SEEN = 1.25, 0.8  # seconds a phase of slow motion stays, and the part of it after which the next one may come
SPRITE_COLUMNS = 25
BUSY = ("playing", "pausing", "showing")


def run_panel(slug: str, hide: set[str], baselines: Callable[[RunView], list[Any]]) -> None:
    """Transport, loss and embedding of this page's run.

    Args:
        slug: the page's task.
        hide: parts that a lesson leaves out.
        baselines: gives the dashed lines for a run: name, value, kind ("chance" or "baseline").
    """
    view = current.show(slug)
    film = _frame(slug, view) is not None
    busy = film or view.status in BUSY
    st.fragment(_panel, run_every=POLL if film else None)(slug, hide, baselines, busy, view.run)


def _panel(
    slug: str, hide: set[str], baselines: Callable[[RunView], list[Any]], polling: bool, drawn: str
) -> None:  # fmt: skip
    view = current.show(slug)
    if view.run != drawn:
        st.rerun()  # the whole page is about one run, always
    if (frame := _frame(slug, view)) is not None:
        view = view.until(frame)
    # In a place of its own: a note or the slow motion that comes and goes there must not move what follows, or the
    # browser would draw the map anew, without its zoom and without the frames that it has.
    with st.container(gap="xsmall"):
        if "transport" not in hide:
            _bar(slug, view)
        looks.follow(slug, view, current.run(slug), "mark")
    if polling and view.status not in BUSY:
        st.rerun()  # the whole page: only it can end the polling, and the figures are ready
    columns = [name for name in ("loss", "embedding") if name not in hide]
    if not columns:
        return
    places = dict(zip(columns, st.columns([2, 3][-len(columns) :], gap="medium"), strict=True))
    if "loss" in places:
        with places["loss"].container(key="loss", gap="xsmall"):
            loss_view(
                f"{slug}_loss",
                data={
                    "run": view.run,
                    "curve": view.curve,
                    "held": view.held_out,
                    "budget": max(view.config.steps, view.step),
                    "baselines": baselines(view),
                    "height": 262,
                    "unit": TASKS[slug].unit,
                    "mode": view.mode,
                    "empty": "The first steps are on their way."
                    if view.status in BUSY
                    else "Press Play: the loss of every step appears here.",
                },
            )
    if "embedding" in places:
        with places["embedding"].container(key="embedding", gap="xsmall"):
            _embedding(slug, view)


def _bar(slug: str, view: RunView) -> None:
    with st.container(key="transport", horizontal=True, vertical_alignment="center", gap="xsmall"):
        _buttons(slug, view)
        st.html(looks.line(view, looks.time_left(current.run(slug))), width="stretch")
        with st.popover("Run", icon=":material/tune:"):
            _settings(slug)
    _notes(slug, view)
    if view.phases:
        _slow_motion(slug, view)


def _buttons(slug: str, view: RunView) -> None:
    """What can be done with the run in view: watch a recorded one, train one's own, put the present one aside.

    A click means what the button said: a run that ends meanwhile must not be started anew by a "Pause".
    """
    done = view.mode == "live" and view.status == "done"
    if view.mode == "recorded":
        playing = view.status == "showing"
        name, icon, act = ("Pause", "pause", _stop_film) if playing else ("Play", "play_arrow", _play_film)
        about: str | None = "The film of this run, from its first step on"
        train = "Train it yourself"
    else:
        playing = view.status in BUSY
        name, icon = ("Pause", "pause") if playing else ("Train on", "play_arrow") if done else ("Play", "play_arrow")
        act = hold if playing else go_on
        about = f"Past its budget, {view.config.as_begun.steps:,} steps more at the lowest rate" if done else None
        train = "Reset"
    longest = done and view.config.steps >= NUMBERS["steps"].high
    st.button(
        name, icon=f":material/{icon}:", type="primary", key="play", width=104 if done else 92, help=about,
        on_click=clicks.heed, args=(act, slug), disabled=longest,
    )  # fmt: skip
    if train == "Reset":
        icon, about = "replay", "Untrained weights, same seed"
    else:
        icon, about = "model_training", "A run of your own, from untrained weights on"
    st.button(
        train, icon=f":material/{icon}:", key="reset" if train == "Reset" else "train", help=about,
        on_click=clicks.heed, args=(begin, slug, train != "Reset"),
    )  # fmt: skip
    if (old := current.before(slug)) is not None:
        st.button(
            "Undo", icon=":material/undo:", key="undo", type="tertiary", on_click=clicks.heed,
            args=(current.bring_back, slug), help=f"Back to the run from before, at step {old.step:,}",
        )  # fmt: skip
    st.button(
        "Step", icon=":material/skip_next:", key="step", disabled=done or playing, help="One training step",
        on_click=clicks.heed, args=(lambda: _run_for(slug).step_once(),),
    )  # fmt: skip
    st.button(
        "Slow motion", icon=":material/slow_motion_video:", key="slow", disabled=done or playing, on_click=clicks.heed,
        args=(lambda: _run_for(slug).slow(),),
    )  # fmt: skip
    clicks.follow()


def _slow_motion(slug: str, view: RunView) -> None:
    """The phases of the last step, one after the other; a click stops at one."""
    key, last = f"{slug}_phase", len(view.phases) - 1
    step = f"{view.id} {view.step}"
    if st.session_state.get(key, (None,))[0] != step:
        st.session_state[key] = (step, 0, True, time.monotonic())

    def draw() -> None:
        _, active, playing, since = st.session_state[key]
        # The panel is drawn for other reasons, too, as when the first map is there; a phase is seen its time even so.
        seen = time.monotonic() - since >= SEEN * PHASE
        if playing and seen and active < last:
            active, seen = active + 1, False
            st.session_state[key] = (step, active, True, time.monotonic())
        steps_view(
            f"{slug}_slow_view", phases=list(view.phases), active=active, playing=playing,
            on_event=lambda event: st.session_state.update({key: (step, event["index"], False, 0.0)}),
        )  # fmt: skip
        if playing and seen:
            st.session_state[key] = (step, active, False, 0.0)
            st.rerun()  # the whole page: only it can end the polling

    st.fragment(draw, run_every=PHASE if st.session_state[key][2] else None)()


def begin(slug: str, play: bool = False) -> None:
    """A new run with the settings of the page, in place of the one in view; `play` trains it."""
    fresh = current.start(slug)
    if play:
        fresh.play()


def go_on(slug: str) -> None:
    """Train the run in view; one that is through, past its budget."""
    run = _run_for(slug)
    if run.status == "done":
        run.train_on()
    else:
        run.play()


def hold(slug: str) -> None:
    """Pause the run in view."""
    if (run := current.run(slug)) is not None:
        run.pause()


def _run_for(slug: str) -> Run:
    """The visitor's run; a new one where a recording is shown."""
    return current.run(slug) or current.start(slug)


# the film of a recorded run


def _play_film(slug: str) -> None:
    st.session_state[f"{slug}_film"] = (current.show(slug).id, time.monotonic())


def _stop_film(slug: str) -> None:
    st.session_state.pop(f"{slug}_film", None)


def _frame(slug: str, view: RunView) -> int | None:
    """Which frame of its film a recorded run has reached; None where none plays, or where it is through."""
    of, began = st.session_state.get(f"{slug}_film", ("", 0.0))
    if of != view.id:
        return None
    frame = int((time.monotonic() - began) / FRAME)
    if frame < len(view.frames):
        return frame
    _stop_film(slug)
    return None


def _notes(slug: str, view: RunView) -> None:
    """What a visitor must know about this run, one line at most each."""
    if view.note:
        st.warning(view.note, icon=":material/info:")
    if view.status in BUSY and (run := current.run(slug)) is not None and (why := startup.runs().waits(run)):
        st.warning(why, icon=":material/hourglass_top:")
    if current.lost(slug):
        st.info(
            "The run in this link is no longer on this server. Play trains it again: the same seed, the same curve."
        )
    if view.mode == "live" and view.config.device not in ("auto", view.device.split(":")[0]):
        st.caption(f"This server has no {view.config.device.upper()} device, so the run is on the CPU.")
    wanted = settings.config(slug)
    if view.mode != "recorded" and wanted != view.config.as_begun:
        st.caption("The settings have changed since this run was started. Reset trains with the new ones.")
    say_shared(slug, view)
    if view.status == "playing" and (others := startup.runs().training() - 1) > 0:
        st.caption(
            f"{others} other run{'s train' if others > 1 else ' trains'} on this server too. "
            "The recorded run is there at once."
        )


def say_shared(slug: str, view: RunView) -> None:
    """Say that a run is trained once for several visitors, where it is."""
    if view.status == "playing" and (run := current.run(slug)) is not None and (many := looks.for_many(run)):
        st.caption(
            f"Trained once for {many} who chose the same settings. A change of yours gives you a run of your own."
        )


def _settings(slug: str) -> None:
    """The run's settings; they hold from the next Reset, or the first Play, on."""
    entry = TASKS[slug]
    st.caption("These hold from the next Reset on, or from the first Play.")
    st.number_input("Run seed", 0, 9999, 0, key=f"{slug}_seed", **settings.SESSION)
    st.number_input("Budget in steps", 20, 20000, entry.steps, key=f"{slug}_steps", **settings.SESSION)
    st.number_input("Batch size", 16, 512, entry.batch, key=f"{slug}_batch", **settings.SESSION)
    st.number_input(
        "Learning rate", 1e-5, 1e9, entry.lr, entry.lr / 10, format="%g", key=f"{slug}_lr", **settings.SESSION,
        help="At its highest. Try one that is a thousand times too high: the run stops and says so.",
    )  # fmt: skip
    if len(entry.data) > 1:
        st.selectbox("Train on", entry.data, key=f"{slug}_data", **settings.SESSION)  # a title would go into the link
        st.caption(titles.title(st.session_state[f"{slug}_data"]))
        _say_if_missing(st.session_state[f"{slug}_data"])
    st.selectbox("Device", ("auto", "cpu", "cuda", "mps"), key=f"{slug}_device", **settings.SESSION)
    if len(there := recorded.kinds(slug)) > 1:
        st.segmented_control(
            "Recorded run", there, default="short", required=True, key=f"{slug}_recording",
            **settings.SESSION, help="; ".join(f"{which}: {_about(slug, which)}" for which in there),
        )  # fmt: skip
    st.button("Show the recorded run", on_click=current.back_to_recorded, args=(slug,), key=f"{slug}_back")


def _about(slug: str, which: str) -> str:
    run = recorded.read(slug, which)
    if run is None:
        return which
    minutes = run.meta["processor_seconds"] / 60
    return f"{run.config.steps:,} steps on {titles.short(run.config.data)}, {minutes:.0f} min"


def _say_if_missing(name: str) -> None:
    from sslviz.data import images

    if name in ("cifar10", "stl10"):
        try:
            images.load(name)
        except images.MissingData as missing:
            st.warning(str(missing))


def _embedding(slug: str, view: RunView) -> None:
    if not len(view.points):
        part("Embedding", "the map appears after the first steps")
        st.skeleton(height=262)
        return
    info = map_info(view.config)
    picked = st.session_state.get(f"{slug}_picked")
    if picked is not None and picked >= len(info.classes):  # the map was of other data then
        picked = None
    near = projection.neighbours(view.features)[picked] if picked is not None and view.features is not None else []
    film = Film(
        view.id, view.frames, view.points, view.pca, info.classes, info.names, info.texts,
        _sprite(info.pictures, tuple(info.ids)) if info.pictures else None, SPRITE_COLUMNS,
    )  # fmt: skip
    frame = film_frame(
        f"{slug}_map",
        film,
        picked=picked,
        near=[int(i) for i in near],
        title_note="shape and colour: true classes, which the model never saw",
        hint="Point at a mark for what it is; click for its nearest neighbours in the model",
        mode=view.mode,
        height=262,
    )
    embedding_view(f"{slug}_map", frame=frame, on_event=lambda event: _pick(slug, event))
    _map_notes(slug, view)


def _pick(slug: str, event: dict[str, Any]) -> None:
    st.session_state[f"{slug}_picked"] = event["index"] if event["index"] >= 0 else None


def _map_notes(slug: str, view: RunView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        with st.popover("How to read this map", icon=":material/help:", type="tertiary"):
            st.markdown(
                f"Each mark is one held-out sample; {len(view.points[0]):,} are shown. t-SNE puts those close together "
                f"that the model finds alike: perplexity {projection.PERPLEXITY}, seed {projection.SEED}, "
                f"{view.map_steps} steps a frame. **Do not read off** the size of a group, nor how far apart "
                "two groups lie. This map remembers earlier frames, so that marks move and do not jump. PCA keeps its "
                "two directions over the whole film, unless it is refitted, so there frames can be compared."
            )
        if view.mode == "live":
            st.toggle("PCA fitted to the newest frame", key=f"{slug}_refit", help="Else to the first frame")
        if view.features is not None:
            st.button(
                "Draw it from scratch", key=f"{slug}_scratch", type="tertiary",
                on_click=lambda: st.session_state.update({f"{slug}_from_scratch": (view.id, view.step)}),
            )  # fmt: skip
    if st.session_state.get(f"{slug}_from_scratch") == (view.id, view.step) and view.features is not None:
        st.plotly_chart(_scratch_figure(view), config={"displayModeBar": False}, alt="t-SNE drawn from scratch")


def _scratch_figure(view: RunView) -> Any:
    import plotly.graph_objects as go

    features = np.asarray(view.features)
    points, info = _scratch(view.id, view.step, features.tobytes(), features.shape), map_info(view.config)
    classes = np.array(info.classes)
    figure = go.Figure(
        [
            go.Scatter(
                x=points[classes == k, 0], y=points[classes == k, 1], mode="markers", name=name, marker={"size": 5}
            )
            for k, name in enumerate(info.names)
        ]
    )
    figure.update_layout(
        height=320, margin={"l": 0, "r": 0, "t": 30, "b": 0}, title="From scratch: this frame without memory",
        xaxis={"title": "t-SNE 1", "showticklabels": False},
        yaxis={"title": "t-SNE 2", "showticklabels": False, "scaleanchor": "x"},
    )  # fmt: skip
    return figure


@lru_cache(maxsize=32)
def _scratch(_run: str, _step: int, raw: bytes, shape: tuple[int, int]) -> np.ndarray:
    return projection.from_scratch(np.frombuffer(raw, np.float32).reshape(shape))


def map_info(config: RunConfig) -> MapInfo:
    """What the points are; from a recording where it has the same ones, so that torch is not needed."""
    for which in recorded.KINDS:
        run = recorded.read(config.task, which)
        if run is not None and run.config.data == config.data:
            return run.map
    return recorded.map_info(config)


@lru_cache(maxsize=24)
def _sprite(pictures: str, ids: tuple[int, ...]) -> bytes:
    from sslviz.data import images, video

    held = video.thumbnails("held_out") if pictures in video.SETS else images.load(pictures).held_out_images
    return sprite(held[list(ids)], SPRITE_COLUMNS)
