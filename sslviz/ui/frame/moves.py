"""What a look at a run brings besides its loss: cards for the run as it is by now, made by what drew them on the page.

To draw a card anew costs a run of the script, nine messages, and two redraws of the whole page by Streamlit's client.
But while a run goes on, only the model's answers on it change. So what drew a card is held, with all that it read of
the visitor's session; a look calls it once more and hands the view what Python would have sent.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from sslviz.ui.frame.own_input import aside
from sslviz.ui.live.asked import as_json, sent_by
from sslviz.ui.live.made import keeping
from sslviz.ui.visitors import cookie

if TYPE_CHECKING:
    from sslviz.catalogue.options import Options
    from sslviz.training.results.run_view import RunView
    from sslviz.ui.frame.task_page import TaskPage

MOST = 500  # cards; the oldest go first, and Python then draws them itself
READ = (":made", "_selected")  # how what a card reads of a session ends: what was made by hand, and what was chosen


Draw = Callable[["RunView"], None]  # mounts a view, and draws nothing before


@dataclass(frozen=True)
class Line:
    """Words of ours that stand in the container of a key: HTML, one element with one class."""

    key: str
    html: Callable[[RunView], str]


Moving = Draw | Line


@dataclass(frozen=True)
class Move:
    """What a look draws of a run, for whom, and what was set and chosen when Python drew it."""

    owner: str | None
    run: str
    draws: tuple[Moving, ...]
    context: Context


_lock = threading.Lock()
_held: OrderedDict[str, Move] = OrderedDict()


def card(page: TaskPage[Any, Any], this: Any, seed: int, options: Options, depth: str) -> tuple[Draw, ...]:
    """What moves of the card of a page; all else as it was just drawn.

    Nothing where the sample is the visitor's own: there Python may draw pictures beside the card.
    """
    if page.own_input.given(page.slug) and not aside(page.slug):
        return ()
    return (lambda now: page.card(this, now, seed, options, depth),)


def hold(key: str, run: str, draws: Sequence[Moving]) -> str:
    """Hold what draws something of a run, beside what was held before: the browser may not have heard of this one yet.

    Args:
        key: of the place on the page.
        run: its id.
        draws: what moves with the run. Nothing of it may read the session but by `made`.

    Returns:
        Its name, which nobody can guess; "" where there is nothing to hold.
    """
    kept = f"{key}_moves"
    older, before = st.session_state.pop(kept, ("", ""))
    with _lock:
        _held.pop(older, None)
    if not draws:
        return ""
    with keeping({str(name): value for name, value in st.session_state.items() if str(name).endswith(READ)}):
        move = Move(cookie(), run, tuple(draws), copy_context())
    name = secrets.token_urlsafe(16)
    st.session_state[kept] = (before, name)
    with _lock:
        _held[name] = move
        while len(_held) > MOST:
            _held.popitem(last=False)
    return name


def drawn(name: str, visitor: str | None, view: RunView) -> list[dict[str, Any]] | None:
    """What is held under a name, drawn for a run as it is by now.

    Returns:
        For each view {"key", "data"}, or {"key", "frame"}, bytes in base64; for each line {"key", "html"}. None where
        it is not held any more, or is another visitor's or run's.
    """
    with _lock:
        move = _held.get(name)
    if move is None or move.run != view.run or move.owner not in (None, visitor):
        return None
    return [_one(move, draw, view) for draw in move.draws]


def _one(move: Move, draw: Moving, view: RunView) -> dict[str, Any]:
    if isinstance(draw, Line):
        return {"key": draw.key, "html": draw.html(view)}
    sent = move.context.copy().run(sent_by, partial(draw, view))  # a copy: a context is for one thread at a time
    return {"key": sent.key, **as_json(sent.data)}
