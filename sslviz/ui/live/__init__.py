"""Views: the live parts of a page, which keep their node in the browser and move without a round trip.

A view is a script and a style sheet of one name, in the room of its page: `tasks/masked_words/card.js` and `card.css`.
Beside them a function in Python says what the view is sent, as a TypedDict, and mounts it under its name. What several
views share lies here. `make views` bundles them into `bundle/`, which is what a browser gets.

A view talks back in two ways: `mount` returns the event during the run that it caused, and `handler` is called with it
*before* that run starts, so that the page can be drawn with the new choice at once. Either gets only events of the
shapes that `tells` declares (see `events`).

What a visitor makes by hand, such as an order of tiles, belongs to the browser. It shows each change at once and sends
the whole of what was made, under the event "made": where clicks come faster than answers, the last message is enough.
See `made`.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime import Runtime

from sslviz.ui.live import asked
from sslviz.ui.live.asked import finite
from sslviz.ui.live.events import Event, Tells, anything, heard, text, whole

__all__ = ["BUNDLE", "Event", "Handler", "finite", "mount"]

BUNDLE = Path(__file__).with_name("bundle")
Handler = Callable[[Event], None] | None
MADE: Tells = {"": {"id": text(), "nth": whole(0, 2**53), "made": anything}}  # who reads what was made, checks it


def mount(
    view: str,
    key: str,
    data: Mapping[str, Any] | bytes,
    event: str = "event",
    handler: Handler = None,
    tells: Tells | None = None,
    fits: Callable[[Event], bool] = lambda _: True,
) -> Event | None:
    """Mount a view and return what it told in this run, if anything.

    Args:
        view: its name, a path below sslviz/ui without an ending, such as "tasks/masked_words/card".
        key: of this place on the page.
        data: what it is sent: its TypedDict, or a frame (see `frames`).
        event: the name under which it tells. Each event has the `id` of the data that it is about, where that has one.
        handler: is called with the event before the run that it causes.
        tells: the shapes of its events; without them it tells nothing.
        fits: of an event that has its shape, whether its fields fit together.
    """
    asked.tell(asked.Sent(key, data, view, event, handler))
    named = {"id": text()} if isinstance(data, Mapping) and "id" in data else {}
    shapes = MADE if event == "made" else {kind: {**shape, **named} for kind, shape in (tells or {}).items()}

    def checked(value: Any) -> Event | None:
        found = heard(value, shapes)
        return found if found is not None and fits(found) else None

    def tell() -> None:
        told = st.session_state.get(key)  # none where another run has taken the view away since it told
        value = checked(told.get(event)) if told is not None else None
        if event == "made" and value is not None:
            st.session_state[f"{key}:made"] = value
        if handler is not None and value is not None:
            handler(value)

    component = _register(view, Runtime.instance() if Runtime.exists() else None)
    sent = data if isinstance(data, bytes) else finite(data)
    return checked(component(key=key, data=sent, **{f"on_{event}_change": tell}).get(event))


@cache
def _register(view: str, _server: Runtime | None) -> Callable[..., Any]:
    """Register the view once a server: tests start several servers in one process, and each has its own register."""
    script, style = ((BUNDLE / f"{view}.{ending}").read_text("utf-8") for ending in ("js", "css"))
    name = f"sslviz_{view.replace('/', '_')}"
    return st.components.v2.component(name, html="<div class='root'></div>", css=style, js=script)
