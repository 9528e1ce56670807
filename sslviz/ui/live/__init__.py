"""The live parts of a page: small views in the browser that keep their node and move without a round trip.

Each part is `<name>.js` and `<name>.css` in this folder (with `shared.js` and `base.css` before them) and one
function here that mounts it. A part that talks back does so in two ways: the function returns the event during the
run that it caused, and `on_event` (or `on_edit`) is called with it *before* that run starts, so that the page can be
drawn with the new choice at once.
"""

from collections.abc import Callable, Sequence
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime import Runtime

from sslviz.ui.live.frames import Film, pack_film, pack_pairs, unpack

__all__ = [
    "Film",
    "arena_maps",
    "clip_view",
    "context_card",
    "embedding_view",
    "film_frame",
    "hero",
    "learner",
    "loss_view",
    "market",
    "next_card",
    "pack_film",
    "pack_pairs",
    "pair_card",
    "picture_card",
    "review_view",
    "sentence_card",
    "sound_card",
    "steps_view",
    "task_map",
    "token_card",
    "token_edit",
    "unpack",
    "write_view",
]

_HERE = Path(__file__).parent
_MAPS = ("embedding_view", "arena_maps")  # parts that draw points, each class with a shape of its own
Event = dict[str, Any]
Handler = Callable[[Event], None] | None


@cache
def _source(name: str) -> tuple[str, str]:
    """Return the part's (css, js), each with the shared half in front."""
    css = (_HERE / "base.css").read_text("utf-8") + (_HERE / f"{name}.css").read_text("utf-8")
    shared = ("shared", "shapes") if name in _MAPS else ("shared",)
    js = "".join((_HERE / f"{part}.js").read_text("utf-8") for part in (*shared, name))
    return css, js


@cache
def _register(name: str, _server: Runtime | None) -> Callable[..., Any]:
    """Register the part once a server: tests start several servers in one process, and each has its own register."""
    css, js = _source(name)
    return st.components.v2.component(f"sslviz_{name}", html="<div class='root'></div>", css=css, js=js)


def _finite(value: Any) -> Any:
    """Replace NaN and infinities by None: JSON has no word for them, and the browser would refuse the whole message."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


def _mount(name: str, key: str, data: Any, event: str = "event", handler: Handler = None) -> Event | None:
    """Mount the part and return what `event` brought in this run, if anything."""

    def tell() -> None:
        value = st.session_state[key].get(event)
        if handler is not None and value is not None:
            handler(dict(value))

    part = _register(name, Runtime.instance() if Runtime.exists() else None)
    data = data if isinstance(data, bytes) else _finite(data)
    value = part(key=key, data=data, **{f"on_{event}_change": tell}).get(event)
    return None if value is None else dict(value)


def token_card(key: str, *, card: dict[str, Any], on_edit: Handler = None) -> Event | None:
    """Show a sentence from raw words down to the model's answers; the visitor may hide, swap or keep words.

    card: id (changes with sample or seed and drops the visitor's edit), words, known, can, how ("", "hide", "swap",
        "keep"), sees, target, answers (None or five [word, share]), loss, swaps: all lists of one entry a word;
        share (sentence), formula (None or {symbols, numbers}), model ("recorded", "live", "untrained"), pending.
    Returns the visitor's latest edit {"id": str, "how": [str]}, which stays until the next one, or None.
    """
    return _mount("token_card", key, card, "edit", on_edit)


def token_edit(key: str) -> Event | None:
    """Return the latest edit of the card with this key before it is mounted, to compute what it will show."""
    edit = st.session_state.get(key, {}).get("edit")
    return None if edit is None else dict(edit)


def next_card(key: str, *, card: dict[str, Any]) -> None:
    """Show a sentence with the label at every place, the causal mask as a triangle, and five best words at one place.

    card: id, words (all that goes in), known, target, answers (five [word, share]), loss: lists of one entry a place;
        perplexity ([[name, number]]), formula (None or {symbols, numbers}), model ("recorded", "live", "untrained").
    """
    _mount("next_card", key, card)


def write_view(key: str, *, data: dict[str, Any]) -> None:
    """Show a text that a model writes, and the candidates for its next word.

    data: begins and known (the visitor's words), written ([[word, share before, after]]), over (why nothing follows),
        coming (None, or rows [[word, before, after, cut]], more [number, before, after], cut [number, before]), model.
    """
    _mount("write_view", key, data)


def picture_card(key: str, *, card: dict[str, Any], on_event: Handler = None) -> Event | None:
    """Show a few pictures from the raw one down to the model's answer, and panels about the one that is chosen.

    card: id (changes with sample, seed and settings), model ("recorded", "live", "untrained"), title, hint, heads
        ([[kind, text]], one a row), columns ([{name, cells: [{image, text, kind, title, wrong}]}], one cell a head),
        selected (number of a column), panels, note, formula (None or {symbols, numbers}).
    panels: each with kind, title, hint, mode, note, wide (True: a row of its own), and
        tiles: columns, tiles ([{image, text, kind, title, wrong, right, pressed}]), act ("", "press" or "swap");
        bars: rows ([{name, value (0 to 1), text, kind}]), line (None or {value, name});
        strips: rows ([{name, text, kind, images, fade (0 to 1), title}]);
        meters: rows ([{name, value, text, low, high, marks ([[at, text]]), kind}]).
    kinds: "", "label" and "guess" of a head; "", "target", "answer" and, for a tile, "hidden" of what is below.
    Returns {"kind": "select", "index"}, {"kind": "press", "panel", "index"} or {"kind": "swap", "panel", "a", "b"},
    each with the card's id, in the run that it caused.
    """
    return _mount("picture_card", key, card, "event", on_event)


def loss_view(key: str, *, data: dict[str, Any]) -> None:
    """Draw the loss over training steps.

    data: curve and held ([[step, loss]]), budget (steps), baselines ([{name, value, kind: chance | baseline}]),
        height (px), unit, mode ("recorded" or "live"), empty (the sentence shown before the first point).
    """
    _mount("loss_view", key, data)


def film_frame(
    key: str,
    film: Film,
    *,
    picked: int | None = None,
    near: Sequence[int] = (),
    title_note: str = "",
    hint: str = "",
    mode: str = "live",
    height: int = 250,
) -> bytes:
    """Pack what the browser does not have yet of the film, for `embedding_view` with the same key.

    What was sent is noted in the session; if the view has lost it (another page in between), it says so and the
    next frame carries everything again.
    """
    noted = st.session_state.get(f"{key}:sent", ("", 0))
    since = noted[1] if noted[0] == film.id else 0
    full = since == 0 or since > len(film.steps)
    since = 0 if full else min(since, len(film.steps))
    st.session_state[f"{key}:sent"] = (film.id, len(film.steps))
    return pack_film(
        film,
        since=since,
        full=full,
        picked=picked,
        near=near,
        title_note=title_note,
        hint=hint,
        mode=mode,
        height=height,
    )


def embedding_view(key: str, *, frame: bytes, on_event: Handler = None) -> Event | None:
    """Show the film of an embedding; `frame` comes from `film_frame` (or `pack_film`).

    Returns {"kind": "pick", "index": int} in the run after a click (index -1: nothing picked any more), or None.
    """

    def handle(event: Event) -> None:
        if event["kind"] == "missing":  # the view is new, or missed a frame: start over
            st.session_state.pop(f"{key}:sent", None)
        elif on_event is not None:
            on_event(event)

    event = _mount("embedding_view", key, frame, handler=handle)
    return event if event and event["kind"] == "pick" else None


def pair_card(key: str, *, frame: bytes, on_event: Handler = None) -> Event | None:
    """Show pictures, their two views, which pairs are labelled the same, and how alike the model finds them.

    `frame` comes from `pack_pairs`. Returns {"kind": "select", "index": int view} in the run after a click, or None.
    """
    return _mount("pair_card", key, frame, handler=on_event)


def sentence_card(key: str, *, card: dict[str, Any]) -> None:
    """Show a pair of sentences as the model gets it; the visitor may turn the coin over, without a round trip.

    card: id (changes with sample or seed, and the coin then lies as it was drawn), own, drawn (0 or 1), labels (2),
        a, from, follows (texts), note, marks, model, formula (None or {symbols, numbers (2)}); and, for either side
        of the coin: steps ({text, b, from}), tokens ([{word, sees, b, how, both, unknown}]), answers ([p, p]),
        hidden ([[word, how]]), others ([{name, p, why}]).
    """
    _mount("sentence_card", key, card)


def sound_card(key: str, *, card: dict[str, Any], on_event: Handler = None) -> Event | None:
    """Show a recording over time from its wave down to codes and answers, with sounds to play, and panels about a step.

    card: id (changes with sample, seed and settings), model ("recorded", "live", "untrained"), name, hint, seconds,
        groups, wave ([[low, high]] in −100 to 100), mel (address of a picture), covered, score (texts), steps ([{code,
        masked, answer: None or {right, code, title}}]), selected (step), note, formula (None or [[symbols, numbers]]),
        sounds ([{title, source, hint}]), asked ({title, hint, rows [{code, from, kind, p, text, picked, gone}], note}),
        behind ({title, hint, code, sounds, note}), usage ({title, hint, groups (shares of the entries), note}).
    Returns {"kind": "select", "index": step, "id"} in the run after a click on a code, or None.
    """
    return _mount("sound_card", key, card, "event", on_event)


def clip_view(key: str, *, card: dict[str, Any], on_event: Handler = None) -> Event | None:
    """Show a few frames of a clip, to be sorted, what is said of each below it, and clips that play beside it.

    card: id (changes with sample, seed and settings), model ("recorded", "live", "untrained", or ""), title, hint,
        head, frames ([{image, name, title}], in the order shown), rows ([{head, kind, cells [{text, image, kind, title,
        wrong, span}]}]), act (whether frames can be swapped), submit ("", or what the button says that hands the order
        in), players ([{title, text, kind, frames (images), follows (True: as the frames lie)}]), play, play_hint, plays
        (they play by themselves when it changes), bars (None or {title, hint, mode, rows, line}, as in a picture card),
        note, formula (None or {symbols, numbers}), narrow (True: one column).
    Returns {"kind": "swap", "a", "b"} or {"kind": "done", "order"}, with the card's id, in the run that it caused.
    """
    return _mount("clip_view", key, card, "event", on_event)


def context_card(key: str, *, card: dict[str, Any]) -> None:
    """Show a sentence, the window of one of its words, and the pairs in it; or, with `lists`, words and their cosines.

    card: id (changes with sample or seed, and the choice of centre then starts anew), words, how ("" kept, "drop",
        "mark", "out"), keep and share (None where left out), steps and answers (see `context_card.centres` and
        `scores`; one entry a kept word), centre (the one shown first), cbow, note, left_out, formula (None or {symbols,
        numbers by centre and label}), model. Or: lists [{title, hint, rows [[word, cosine]], empty}], model.
    The visitor chooses centre and pair in the browser, without a round trip.
    """
    _mount("context_card", key, card)


def task_map(key: str, *, kinds: Sequence[str], families: Sequence[dict[str, Any]]) -> str | None:
    """Show all tasks, families across and kinds of data downwards; return the slug that was just clicked.

    families: [{name, idea, tasks: [{slug, name, kind, systems, glyph (9 of "h" hidden, "b" asked for, "o" given,
        "." nothing), page (address or None), label (what the pseudo-label is)}]}].
    """
    event = _mount("task_map", key, {"kinds": list(kinds), "families": list(families)})
    return event["slug"] if event else None


def hero(
    key: str, *, photo: str, sentence: tuple[str, str, str], said: str | None, picture_said: str | None = None
) -> None:
    """Play the making of a pseudo-label once, in four steps.

    photo and picture_said are data addresses of pictures; sentence is (before, hidden, after); said and picture_said
    are what the model really answers, None where no model was asked.
    """
    data = {"photo": photo, "sentence": list(sentence), "said": said, "picture_said": picture_said}
    _mount("hero", key, data)


def steps_view(
    key: str, *, phases: Sequence[dict[str, Any]], active: int, playing: bool = False, on_event: Handler = None
) -> Event | None:
    """Show one training step in slow motion: phases [{name, text, numbers: [[label, value]]}], `active` highlighted.

    name is one of draw, change, forward, loss, gradient, update. Returns {"kind": "go", "index": int} after a click.
    """
    data = {"phases": list(phases), "active": active, "playing": playing}
    return _mount("steps_view", key, data, handler=on_event)


def learner(key: str, *, data: dict[str, Any], on_event: Handler = None) -> Event | None:
    """Ask the browser who is learning. It draws nothing, unless the browser keeps nothing.

    data: session (changes with the session), known (whether Python has the token), offer (a new token for a browser
        that has none, or None), replace (whether the offer takes the place of what the browser has).
    Returns {"token": str or None, "zone": name of the time zone} in the run after the browser has answered, or None.
    """
    return _mount("learner", key, data, handler=on_event)


def review_view(key: str, *, data: dict[str, Any], on_event: Handler = None) -> Event | None:
    """Show one card after the other, take grades, and keep each in the browser until Python has written it down.

    data: what `cards_review.view` makes: ready, choice, learner, queue, counts, done, left, trouble, waiting, end,
        seen, acked.
    Returns, in the run after it was sent, {"kind": "sends" | "again" | "ahead" | "open", "sends": [...]}, or None.
    """
    return _mount("review_view", key, data, handler=on_event)


def arena_maps(key: str, *, maps: Sequence[dict[str, Any]]) -> None:
    """Show small maps side by side, those with the same classes under one legend that dims all but a class in them.

    maps: [{title, note, points [x, y, x, y …] whole numbers from -1000 to 1000, classes (one a point), names}].
    """
    _mount("arena_maps", key, {"maps": list(maps)})


def market(key: str, *, data: dict[str, Any], on_event: Handler = None) -> Event | None:
    """Show pictures for sale; the visitor chooses as many as there are labels, without a round trip, and buys them.

    data: id (changes with what is for sale, and the choice then starts anew), title, hint, sheet (address of one
        picture with all of them, `columns` in a row), columns, count (how many are for sale), budget (how many must be
        chosen), chosen (the choice that a new browser page begins with), busy (a purchase goes on), turn (a number that
        changes with every purchase that Python has taken or refused).
    Returns {"kind": "buy", "id", "cells": [places in the sheet]} in the run that it caused, or None.
    """
    return _mount("market", key, data, "event", on_event)
