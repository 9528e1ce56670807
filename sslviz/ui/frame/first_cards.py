"""The card with which a page begins, kept beside the recorded runs, so that it is there before PyTorch is.

    python -m sslviz.ui.frame.first_cards [slug …]      make them anew, of all tasks or of these, after a change to a
                                                        card, a sample or a recorded run

What is kept is what the page's own card sends to its view: of the first sample, label seed 0, the first settings and
the recorded run, in the lab and in the first scene of the lesson. It is shown until the visitor does something; then
the page's own card is. A test makes all of them anew and compares.
"""

from __future__ import annotations

import gzip
import json
import sys
from base64 import b64decode
from collections.abc import Iterator
from functools import cache, lru_cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.training.results import recorded, run_view
from sslviz.ui import live
from sslviz.ui.frame import settings, stage
from sslviz.ui.frame.stage import Stage
from sslviz.ui.live import Event
from sslviz.ui.live.asked import Sent, as_json, sent_by

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView
    from sslviz.ui.frame.task_page import TaskPage

FOLDER = recorded.RUNS / "first"
CONTRACT = "sslviz.tasks.base"


def show(page: TaskPage[Any, Any], view: RunView, depth: str) -> bool:
    """Show the kept card, if it is the one that the page now needs; say whether."""
    kept = fitting(page, view, depth)
    if kept is None:
        return False

    def told(event: Event) -> None:
        """What a visitor does with it is for the page's own card, which knows what comes of it."""
        options = page.chosen()
        own = sent_by(lambda: page.card(page.in_view(), view, page.seed, options, depth))
        if own.handler is not None:
            own.handler(event)

    data = b64decode(kept["frame"]) if "frame" in kept else kept["data"]
    live.mount(kept["view"], kept["key"], data, kept["event"], told)
    return True


def at_once(page: TaskPage[Any, Any], view: RunView, depth: str) -> bool:
    """Whether the card of a page need not wait for torch."""
    return labels_can_be_made() or fitting(page, view, depth) is not None


def labels_can_be_made() -> bool:
    """Whether the contract of the tasks, and with it PyTorch, is imported."""
    return hasattr(sys.modules.get(CONTRACT), "Task")  # the last thing that it defines; it may be under way


def fitting(page: TaskPage[Any, Any], view: RunView, depth: str) -> dict[str, Any] | None:
    """The kept card, where the page stands as at a first visit."""
    slug = page.slug
    first = all(settings.value(slug, name, one.default) == one.default for name, one in page.own_link.items())
    touched = any(name in st.session_state for name in (f"{slug}_card:made", f"{slug}_selected"))
    if touched or not first or view.id != f"recorded-{slug}-{recorded.KINDS[0]}" or page.chosen() != page.options():
        return None
    if page.own_input.given(slug) or not path(slug).exists():
        return None
    return read(path(slug)).get(name(depth, stage.now()))


def name(depth: str, on: Stage | None) -> str:
    """By what a kept card is found.

    >>> name("Basic", None), name("Basic", Stage("large", 2))
    ('Basic', "Basic, Stage(size='large', rows=2, skip=0, panels=(), pictures=0, bare=False, edge=0)")
    """
    return depth if on is None else f"{depth}, {on}"


def path(slug: str) -> Path:
    """Where the cards of a page lie."""
    return FOLDER / f"{slug}.json.gz"


@lru_cache(maxsize=32)
def read(file: Path) -> dict[str, dict[str, Any]]:
    """The kept cards of a page, by `name`."""
    found: dict[str, dict[str, Any]] = json.loads(gzip.decompress(file.read_bytes()))
    return found


def make(page: TaskPage[Any, Any]) -> dict[str, dict[str, Any]]:
    """The cards with which a page begins, as its own code makes them; imports torch."""
    run = recorded.read(page.slug)
    if run is None:
        return {}
    view = run_view.from_recording(run, f"{page.slug}-{recorded.KINDS[0]}")
    this = page.sample(page.first, page.sources[0] if page.sources else "", page.own_input.nothing)
    made = {}
    for depth, on in ways(page):
        with stage.on(on):
            made[name(depth, on)] = _plain(sent_by(partial(page.card, this, view, 0, page.options(), depth)))
    return made


def ways(page: TaskPage[Any, Any]) -> Iterator[tuple[str, Stage | None]]:
    """How a page may begin: at which depth, and on which stage."""
    yield settings.DEPTHS[0], None
    for one in page.lesson.scenes[0].on if page.lesson else ():
        if one.part == "card" and one.draw is None:
            yield one.depth, one.stage("large")


def _plain(sent: Sent) -> dict[str, Any]:
    """What is kept of it, as JSON gives it back."""
    kept = {"view": sent.view, "key": sent.key, "event": sent.event, **as_json(sent.data)}
    found: dict[str, Any] = json.loads(json.dumps(kept, allow_nan=False))
    return found


@cache
def page_of(slug: str) -> TaskPage[Any, Any]:
    """The page of a task."""
    found: TaskPage[Any, Any] = import_module(f"sslviz.ui.tasks.{slug}.page").PAGE
    return found


def main(*slugs: str) -> None:
    """Make them anew, of these tasks or of all.

    Raises:
        SystemExit: where there is no such task.
    """
    if unknown := [slug for slug in slugs if slug not in TASKS]:
        sys.exit(f"No task is called {' or '.join(unknown)}. There are {', '.join(TASKS)}.")
    FOLDER.mkdir(exist_ok=True)
    for slug in slugs or TASKS:
        text = json.dumps(make(page_of(slug)), separators=(",", ":"))
        path(slug).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        sys.stdout.write(f"{path(slug).name}: {path(slug).stat().st_size / 1e3:.0f} kB\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
