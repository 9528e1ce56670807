"""Reviewing: which cards come next, as the view in the browser wants them."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.flashcards import schedule
from sslviz.flashcards.card import LEVELS, Flashcard, Gap
from sslviz.flashcards.connection import Unavailable
from sslviz.flashcards.schedule import RATINGS, Memory, Plan, Settings
from sslviz.flashcards.store import store
from sslviz.ui import cards_learner, cards_links, cards_pictures, live, startup
from sslviz.ui.cards_learner import Known
from sslviz.ui.parts import note, plain

AHEAD, SENT = 10, 10  # cards studied ahead at a time; cards that the browser is sent at a time
WAITING = "The next card is drawn by the task itself, which is still being loaded: a few seconds."


def review() -> None:
    """The view, its cards, and what it sends."""
    event = live.review_view("review_view", data=view(), on_event=_heard)
    if event and event.get("kind") == "open":
        file, _ = cards_links.teaches(str(event.get("page")))
        st.switch_page(cards_links.PAGES / f"{file}.py")


def _heard(event: dict[str, Any]) -> None:
    cards_learner.take(event)
    if event.get("kind") == "ahead":
        known, now = cards_learner.known(), cards_learner.now()
        st.session_state["cards_ahead"] = more(playable(known), known, now)


def playable(known: Known) -> list[Flashcard]:
    """The chosen cards; pictures only of tasks that can draw them."""
    chosen = known.deck.of(cards_links.task(), cards_links.level())
    return [card for card in chosen if card.kind != "picture" or cards_pictures.can(card.draw)]


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


def view() -> dict[str, Any]:
    """All that the view shows."""
    known, now = cards_learner.known(), cards_learner.now()
    cards = playable(known)
    by_id = {card.id: card for card in cards}
    plan = schedule.plan(list(by_id), known.memories, known.past, known.settings, now)
    ahead = [card for card in st.session_state.get("cards_ahead", ()) if card in by_id and card not in plan.order]
    order, ready = [*plan.order, *ahead], cards_learner.token() is not None
    queue, waits = _sent([by_id[card] for card in order], known, now, preview=not ready)
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
        "done": plan.done,
        "left": len(order),
        "trouble": known.trouble,
        "waiting": WAITING if waits and not queue else "",
        "end": None if order else _end(plan, bool(cards), bool(more(cards, known, now)), now),
        "seen": st.session_state.get("cards_seen", []),
        "acked": st.session_state.get("cards_acked", []),
    }


def _sent(order: list[Flashcard], known: Known, now: datetime, *, preview: bool) -> tuple[list[dict[str, Any]], bool]:
    """The first few cards, and whether some must wait for torch; these come after the others."""
    ready = [card for card in order if card.kind != "picture" or startup.warm()]
    found = [
        card_data(card, known.memories.get(card.id), now, known.settings) | {"preview": preview}
        for card in ready[:SENT]
    ]
    return found, len(ready) < len(order)


def card_data(card: Flashcard, memory: Memory | None, now: datetime, settings: Settings) -> dict[str, Any]:
    """A card as the view wants it. Choices stand in another order each time, and a picture is another one."""
    state = memory.state if memory else "new"
    options, right, shown = _options(card)
    back = [[depth, text] for depth, text in card.blocks()]
    if card.kind == "choice":
        back = back[1:]
    if shown is not None:
        back = [[0, shown["because"]], *back]
    entry = TASKS.get(card.task)
    home, _ = cards_links.teaches(card.teaches)
    previews = schedule.preview(memory, card.id, now, settings)
    return {
        "id": card.id,
        "kind": card.kind,
        "front": [{"text": p.text, "hint": p.hint} if isinstance(p, Gap) else p for p in card.pieces()],
        "back": back,
        "options": options,
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


def _options(card: Flashcard) -> tuple[list[str], int, dict[str, Any] | None]:
    """(choices, number of the right one, the picture) of a card; the same until it has been graded."""
    drawn: dict[str, int] = st.session_state.setdefault("cards_drawn", {})
    if card.kind not in ("choice", "picture"):
        return [], -1, None
    seed = drawn.setdefault(card.id, secrets.randbelow(10**9))
    if card.kind == "picture":
        shown = cards_pictures.draw(card.draw, seed)
        return list(shown.choices), shown.right, shown.as_dict()
    every = (card.right, *card.wrong)
    order = np.random.default_rng(seed).permutation(len(every)).tolist()
    return [every[place] for place in order], order.index(0), None


def _end(plan: Plan, any_card: bool, any_more: bool, now: datetime) -> dict[str, Any]:
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
