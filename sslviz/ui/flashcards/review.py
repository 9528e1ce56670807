"""Reviewing: which cards come next, as the view in the browser wants them."""

from __future__ import annotations

import secrets
from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypedDict, cast

import numpy as np
import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.flashcards import schedule
from sslviz.flashcards.card import LEVELS, Flashcard, Gap
from sslviz.flashcards.connection import Unavailable
from sslviz.flashcards.markup import Piece, lines, pieces
from sslviz.flashcards.schedule import RATINGS, Memory, Plan, Settings
from sslviz.flashcards.store import store
from sslviz.ui import startup
from sslviz.ui.flashcards import learner as cards_learner
from sslviz.ui.flashcards import links as cards_links
from sslviz.ui.flashcards import samples
from sslviz.ui.flashcards.learner import Known
from sslviz.ui.frame.parts import note, plain
from sslviz.ui.frame.routes import page_file
from sslviz.ui.live import Event, Handler, mount
from sslviz.ui.live.events import Shape, anything, text

AHEAD, SENT = 10, 10  # cards studied ahead at a time; cards that the browser is sent at a time
WAITING = "The next card is drawn by the task itself, which is still being loaded: a few seconds."


def review() -> None:
    """The view, its cards, and what it sends."""
    event = review_view("review_view", data=view(), on_event=_heard)
    if event and event.get("kind") == "open":
        file, _ = cards_links.teaches(str(event.get("page")))
        st.switch_page(page_file(file))


def _heard(event: dict[str, Any]) -> None:
    cards_learner.take(event)
    if event.get("kind") == "ahead":
        known, now = cards_learner.known(), cards_learner.now()
        st.session_state["cards_ahead"] = more(playable(known), known, now)


def playable(known: Known) -> list[Flashcard]:
    """The chosen cards; pictures only of tasks that can draw them."""
    chosen = known.deck.of(cards_links.task(), cards_links.level())
    return [card for card in chosen if card.kind != "picture" or samples.can(card.draw)]


def more(cards: list[Flashcard], known: Known, now: datetime) -> tuple[str, ...]:
    """The next cards beyond what is planned for today: those held back by the limit, then those due soonest."""
    ids = [card.id for card in cards]
    planned = set(schedule.plan(ids, known.memories, known.past, known.settings, now).order)
    free = replace(known.settings, new_per_day=10**6, reviews_per_day=10**6)
    held = [card for card in schedule.plan(ids, known.memories, known.past, free, now).order if card not in planned]
    later = sorted(
        (known.memories[card].due, card) for card in ids if card in known.memories and card not in (*planned, *held)
    )
    return (*held, *(card for _, card in later))[:AHEAD]


def view() -> Review:
    """All that the view shows."""
    known, now = cards_learner.known(), cards_learner.now()
    cards = playable(known)
    by_id = {card.id: card for card in cards}
    plan = schedule.plan(list(by_id), known.memories, known.past, known.settings, now)
    ahead = [card for card in st.session_state.get("cards_ahead", ()) if card in by_id and card not in plan.order]
    order, ready = [*plan.order, *ahead], cards_learner.token() is not None
    queue, waits = _sent([by_id[card] for card in order], known, now, plan.seen, preview=not ready)
    return {
        "ready": ready,
        "learner": cards_learner.mark(),
        "choice": f"{cards_links.task()} {cards_links.level()}",
        "queue": queue,
        "counts": {
            "new": plan.new + sum(card not in known.memories for card in ahead),
            "learning": plan.learning,
            "due": plan.due + sum(card in known.memories for card in ahead),
        },
        "done": len(plan.seen),
        "left": sum(card not in plan.seen for card in order),
        "trouble": known.trouble,
        "waiting": WAITING if waits and not queue else "",
        "end": None if order else _end(plan, bool(cards), bool(more(cards, known, now)), now),
        "seen": st.session_state.get("cards_seen", []),
        "acked": st.session_state.get("cards_acked", []),
    }


def _sent(
    order: list[Flashcard], known: Known, now: datetime, seen: Container[str], *, preview: bool
) -> tuple[list[ReviewCard], bool]:
    """The first few cards, and whether some must wait for torch; these come after the others."""
    ready = [card for card in order if card.kind != "picture" or startup.warm()]
    found: list[ReviewCard] = [
        {
            **card_data(card, known.memories.get(card.id), now, known.settings),
            "first": card.id not in seen,
            "preview": preview,
        }
        for card in ready[:SENT]
    ]
    return found, len(ready) < len(order)


def card_data(card: Flashcard, memory: Memory | None, now: datetime, settings: Settings) -> CardAbout:
    """A card as the view wants it. Choices stand in another order each time, and a picture is another one.

    A text is sent as the pieces that `markup.pieces` cuts it into.
    """
    state = memory.state if memory else "new"
    options, right, shown = _options(card)
    back = [(block.depth, line) for block in card.blocks() for line in lines(block)]
    if card.kind == "choice":
        back = back[1:]
    if shown is not None:
        back = [(0, pieces(shown["because"])), *back]
    entry = TASKS.get(card.task)
    home, _ = cards_links.teaches(card.teaches)
    previews = schedule.preview(memory, card.id, now, settings)
    return {
        "id": card.id,
        "kind": card.kind,
        "front": [{"text": p.text, "hint": p.hint} if isinstance(p, Gap) else pieces(p) for p in card.pieces()],
        "back": back,
        "options": [pieces(option) for option in options],
        "right": right,
        "picture": shown,
        "task": {
            "name": entry.title if entry else "General",
            "title": f"The page {'Home' if home == 'home' else cards_links.teaches(card.teaches)[1]}",
            "page": card.teaches,
            "href": "./" if home == "home" else home,  # so that the app may live below another address
        },
        "level": LEVELS[card.level],
        "source": card.source,
        "was": {"new": "new", "review": "due"}.get(state, "learning"),
        "count": {"new": "new", "review": "due"}.get(state, "learning"),
        "previews": [previews[rating] for rating in RATINGS],
    }


def _options(card: Flashcard) -> tuple[list[str], int, ReviewPicture | None]:
    """(choices, number of the right one, the picture) of a card; the same until it has been graded."""
    drawn: dict[str, int] = st.session_state.setdefault("cards_drawn", {})
    if card.kind not in ("choice", "picture"):
        return [], -1, None
    seed = drawn.setdefault(card.id, secrets.randbelow(10**9))
    if card.kind == "picture":
        shown = samples.draw(card.draw, seed)
        return list(shown.choices), shown.right, cast("ReviewPicture", shown.as_dict())
    every = (card.right, *card.wrong)
    order = np.random.default_rng(seed).permutation(len(every)).tolist()
    return [every[place] for place in order], order.index(0), None


def _end(plan: Plan, any_card: bool, any_more: bool, now: datetime) -> ReviewEnd:
    """What is said when there is nothing more to do."""
    if not any_card:
        return {
            "title": "No card here",
            "lines": ["No card belongs to this choice: please choose another."],
            "ahead": "",
        }
    lines = []
    if plan.later is not None:
        lines.append(f"The next card comes back in {schedule.words(plan.later - now)}.")
    if plan.held_back:
        lines.append(f"{plan.held_back} more {'is' if plan.held_back == 1 else 'are'} over the limit of today.")
    done = f"{plan.done} {'review' if plan.done == 1 else 'reviews'} done today." if plan.done else ""
    return {
        "title": "Nothing more today",
        "lines": [*filter(None, [done]), *lines],
        "ahead": "Study ahead" if any_more else "",
    }


def limits() -> None:
    """The learner's limits of the day, as they are kept."""
    if cards_learner.token() is None:
        note("Your browser has not answered yet.")
        return
    known = cards_learner.known()
    _number("New cards a day", "new_per_day", 0, 200, known.settings)
    _number("Reviews a day", "reviews_per_day", 0, 2000, known.settings)
    key = "cards_set_retention"
    st.session_state[key] = round(100 * known.settings.retention)
    st.slider(
        "Right answers to aim at, %", 70, 97, key=key, on_change=_set, args=("retention",),
        help="Higher: cards come back sooner, and there is more to review.",
    )  # fmt: skip
    note("For all cards together. A day begins at four in the morning where you are.")
    if trouble := st.session_state.pop("cards_limit_trouble", ""):
        st.warning(plain(trouble))


def _number(title: str, name: str, low: int, high: int, settings: Settings) -> None:
    key = f"cards_set_{name}"
    st.session_state[key] = getattr(settings, name)
    st.number_input(title, low, high, key=key, on_change=_set, args=(name,))


def _set(name: str) -> None:
    who, chosen = cards_learner.token(), st.session_state[f"cards_set_{name}"]
    known = cards_learner.known()
    changed: dict[str, Any] = {name: chosen / 100 if name == "retention" else int(chosen)}
    settings = replace(known.settings, **changed)
    if who is None:
        return
    try:
        cards_learner.tried(lambda: store().set_settings(who, settings))
    except Unavailable as trouble:
        st.session_state["cards_limit_trouble"] = str(trouble)


# the view


class ReviewGap(TypedDict):
    """A gap in a question."""

    text: str
    hint: str


class ReviewTask(TypedDict):
    """The task of a card: `page` teaches it, at `href`."""

    name: str
    title: str
    page: str
    href: str


class ReviewPicture(TypedDict):
    """A sample that a task has drawn: see `samples.Picture`."""

    ask: str
    choices: Sequence[str]
    right: int
    because: str
    text: str
    lines: Sequence[Sequence[tuple[str, str]]]
    images: Sequence[tuple[str, str]]
    credit: str


class CardAbout(TypedDict):
    """What a card has of itself.

    A text is the pieces that `markup.pieces` cuts it into. back: (depth, text); right: number of the option, -1 where
    there are none; previews: when it comes back, by grade.
    """

    id: str
    kind: str
    front: Sequence[Sequence[Piece] | ReviewGap]
    back: Sequence[tuple[int, Sequence[Piece]]]
    options: Sequence[Sequence[Piece]]
    right: int
    picture: ReviewPicture | None
    task: ReviewTask
    level: str
    source: str
    was: str
    count: str
    previews: Sequence[str]


class ReviewCard(CardAbout):
    """A card; `first`: whether it has not been graded today; `preview`: it is only shown, and cannot be graded yet."""

    first: bool
    preview: bool


class ReviewCounts(TypedDict):
    """How many cards are left today, by kind."""

    new: int
    learning: int
    due: int


class ReviewEnd(TypedDict):
    """What is said when there is nothing more to do; `ahead` is what the button says that studies ahead, or ""."""

    title: str
    lines: Sequence[str]
    ahead: str


class Review(TypedDict):
    """What the view is sent.

    ready: whether it is known who is learning; learner: tells learners apart; choice: which cards are asked for; queue:
    the next few; done, left: cards of today that were graded and that were not yet: together they stay the same however
    often a card comes again; waiting: why no card comes yet; seen, acked: names of what the browser
    sent that was heard, and that is written down.
    """

    ready: bool
    learner: str
    choice: str
    queue: Sequence[ReviewCard]
    counts: ReviewCounts
    done: int
    left: int
    trouble: str
    waiting: str
    end: ReviewEnd | None
    seen: Sequence[str]
    acked: Sequence[str]


def review_view(key: str, *, data: Review, on_event: Handler = None) -> Event | None:
    """Show one card after the other, take grades, and keep each in the browser until Python has written it down.

    Returns, in the run after it was sent, {"kind": "sends" | "again" | "ahead" | "open", "sends": [...]}, or None.
    """
    sends: Shape = {"sends": anything}  # `take` looks at them one by one, so that a spoilt one loses no other
    tells = {"sends": sends, "again": sends, "ahead": sends, "open": {**sends, "page": text(100)}}
    return mount("flashcards/review_view", key, data, handler=on_event, tells=tells)
