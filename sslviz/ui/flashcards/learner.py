"""Who is learning, what is known of them, and their grades on the way into the store.

The token lives in the browser and, while the page is open, in the session. It is in no link, no text and no log.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict, TypeVar

import streamlit as st

from sslviz.flashcards import schedule
from sslviz.flashcards.card import Flashcard, is_id
from sslviz.flashcards.connection import Unavailable
from sslviz.flashcards.deck import Deck, deck
from sslviz.flashcards.schedule import Memory, Past, Settings
from sslviz.flashcards.store import store
from sslviz.flashcards.tokens import is_key, is_token, new_token
from sslviz.ui.live import Event, Handler, mount
from sslviz.ui.live.events import anything

MOST_SENDS, MOST_NOTED = 300, 900
LONGEST_WAIT = timedelta(days=60)  # a grade that waited longer in a browser counts as given then
HOLD = 5.0  # seconds without a try after the database could not be reached
OF_ONE = ("cards_last", "cards_waiting", "cards_acked", "cards_seen", "cards_ahead")  # what belongs to one learner
T = TypeVar("T")


@dataclass(frozen=True)
class Known:
    """What is known of a learner: settings, memory of each card, reviews of today, own cards; what went wrong."""

    settings: Settings = field(default_factory=Settings)
    memories: dict[str, Memory] = field(default_factory=dict)
    past: tuple[Past, ...] = ()
    own: tuple[Flashcard, ...] = ()
    trouble: str = ""

    @property
    def deck(self) -> Deck:
        """Our cards and the learner's own."""
        return deck().joined(self.own)


def now() -> datetime:
    """This moment; tests may stand at another."""
    return datetime.now(UTC)


def token() -> str | None:
    """The learner's token, None as long as the browser has not said it."""
    found = st.session_state.get("learner")
    return found if is_token(found) else None


def mark() -> str:
    """By which a view tells learners apart, and whose a grade is; nobody can get from it to the token."""
    who = token()
    return hashlib.sha256(f"view {who}".encode()).hexdigest()[:12] if who else ""


class LearnerQuestion(TypedDict):
    """What the view is sent.

    session: changes with the session; known: whether Python has the token; offer: a new token for a browser that has
    none; replace: whether it takes the place of what the browser has.
    """

    session: str
    known: bool
    offer: str | None
    replace: bool


def learner_view(key: str, *, data: LearnerQuestion, on_event: Handler = None) -> Event | None:
    """Ask the browser who is learning. It draws nothing, unless the browser keeps nothing.

    Returns {"token": str or None, "zone": name of the time zone} in the run after the browser has answered, or None.
    """
    tells = {"": {"token": anything, "zone": anything}}  # what is none is replaced
    return mount("flashcards/learner", key, data, handler=on_event, tells=tells)


def meet() -> None:
    """Ask the browser for the token, or give it a new one."""
    learner_view(
        "learner_view",
        data={
            "session": st.session_state.setdefault("learner_session", secrets.token_hex(4)),
            "known": token() is not None,
            "offer": st.session_state.get("learner_offer") if token() is None else None,
            "replace": bool(st.session_state.get("learner_replace")),
        },
        on_event=_met,
    )


def _met(event: dict[str, Any]) -> None:
    said, zone = event.get("token"), event.get("zone")
    if isinstance(zone, str) and schedule.is_zone(zone):
        st.session_state["learner_zone"] = zone
    if is_token(said):
        another = () if said == token() else OF_ONE  # in another tab the learner was forgotten, and began anew
        st.session_state["learner"] = said
        for name in ("learner_offer", "learner_replace", *another):
            st.session_state.pop(name, None)
    else:  # a browser that has none, or something else in its place
        st.session_state.setdefault("learner_offer", new_token())
        st.session_state["learner_replace"] = said is not None or bool(st.session_state.get("learner_replace"))


def begin_anew() -> None:
    """Forget in this session who was learning; the browser is given another token."""
    for name in [name for name in st.session_state if str(name).startswith(("cards_", "learner"))]:
        if name != "learner_zone" and not str(name).endswith("_choice"):
            del st.session_state[name]
    st.session_state["learner_offer"], st.session_state["learner_replace"] = new_token(), True


# reading


def known() -> Known:
    """What is known of the learner now; where the database cannot be reached, what was known last."""
    who = token()
    if who is None:
        return Known(settings=_here(Settings()))
    try:
        found = tried(lambda: _read(who))
    except Unavailable as trouble:
        return replace(
            _with_waiting(st.session_state.get("cards_last", Known(settings=_here(Settings())))), trouble=str(trouble)
        )
    st.session_state["cards_last"] = found
    if st.session_state.get("cards_waiting"):  # it can be read, but not written
        return replace(_with_waiting(found), trouble=st.session_state.get("cards_trouble", ""))
    return found


def _read(who: str) -> Known:
    kept = store()
    settings = _here(kept.settings(who))
    today = schedule.day_start(schedule.day_of(now(), settings.zone), settings.zone)
    return Known(settings, kept.memories(who), tuple(kept.past(who, since=today)), kept.own_cards(who))


def tried(work: Callable[[], T]) -> T:
    """What `work` gives. After it could not reach the database, nothing is tried for a few seconds.

    Raises:
        Unavailable: with one sentence for the learner.
    """
    until, sentence = st.session_state.get("cards_hold", (0.0, ""))
    if time.monotonic() < until:
        raise Unavailable(sentence)
    try:
        found = work()
    except Unavailable as trouble:
        st.session_state["cards_hold"] = (time.monotonic() + HOLD, str(trouble))
        st.session_state["cards_trouble"] = str(trouble)
        raise
    st.session_state.pop("cards_hold", None)
    return found


def _here(settings: Settings) -> Settings:
    """With the time zone of the browser, where it is known."""
    return replace(settings, zone=st.session_state.get("learner_zone", settings.zone))


def _with_waiting(last: Known) -> Known:
    """What would be known if the grades that wait had been written down, so that the review goes on."""
    memories, past = dict(last.memories), list(last.past)
    for card, rating, at in st.session_state.get("cards_waiting", {}).values():
        before = memories.get(card)
        memories[card] = schedule.grade(before, card, rating, at, last.settings)
        days = before.interval / timedelta(days=1) if before else 0.0
        past.append(Past(card, at, rating, before.state if before else "new", days))
    return replace(last, memories=memories, past=tuple(past))


# writing


def take(event: dict[str, Any]) -> None:
    """Write down what the review sends: grades and undos, each under a key, so that the same one twice counts once."""
    who, sends = token(), event.get("sends")
    if event.get("kind") == "again":
        st.session_state.pop("cards_hold", None)  # the browser has waited long enough
    if who is None or not isinstance(sends, list):
        return
    seen, acked = (st.session_state.setdefault(name, []) for name in ("cards_seen", "cards_acked"))
    waiting = st.session_state.setdefault("cards_waiting", {})
    reachable, mine = True, mark()
    for send in sends[:MOST_SENDS]:
        if not isinstance(send, dict) or not isinstance(send.get("id"), str) or len(send["id"]) > 80:
            continue
        if send["id"] in acked or send.get("who") != mine:  # of a learner who has been forgotten since
            continue
        reachable = _take_one(who, send, waiting, acked, reachable=reachable)
        if send["id"] not in seen:
            seen.append(send["id"])
    for kept in (seen, acked):
        del kept[:-MOST_NOTED]


def _take_one(who: str, send: dict[str, Any], waiting: dict[str, Any], acked: list[str], *, reachable: bool) -> bool:
    """Write one down, and note that it is; returns whether the database can be reached."""
    name, key, card, at = send["id"], str(send.get("key")), str(send.get("card")), _moment(send)
    rating: Any = send.get("grade")
    if (
        send.get("kind") == "grade"
        and is_id(send.get("card"))
        and is_key(send.get("key"))
        and rating in (1, 2, 3, 4)
        and not isinstance(rating, bool)
    ):
        took = send.get("took")
        work: Callable[[], Any] = lambda: store().grade(  # noqa: E731
            who, card, int(rating), key=key, now=at,
            took_ms=int(took) if isinstance(took, int | float) and 0 <= took < 1e9 else None,
        )  # fmt: skip
    elif send.get("kind") == "undo":
        work = lambda: store().undo(who, key, at)  # noqa: E731
    else:
        acked.append(name)  # nobody can use it, so nobody needs to send it again
        return reachable
    try:
        if reachable:
            tried(work)
            waiting.pop(key, None)
            acked.append(name)
            if send["kind"] == "grade":
                _done_with(card)
    except Unavailable:
        reachable = False
    except ValueError:
        acked.append(name)
    if not reachable:
        if send["kind"] == "undo":
            waiting.pop(key, None)
        elif key not in waiting and len(waiting) < MOST_NOTED:
            waiting[key] = (card, int(rating), at)
            _done_with(card)
    return reachable


def _moment(send: dict[str, Any]) -> datetime:
    """When it was given: as long ago as the browser says, whatever its clock shows."""
    ago = send.get("ago")
    wait = timedelta(milliseconds=ago) if isinstance(ago, int | float) and 0 <= ago < 1e11 else timedelta()
    return now() - min(wait, LONGEST_WAIT)


def _done_with(card: str) -> None:
    """The next time the card comes with other numbers, and it was studied ahead."""
    st.session_state.get("cards_drawn", {}).pop(card, None)
    ahead = st.session_state.get("cards_ahead", ())
    st.session_state["cards_ahead"] = tuple(one for one in ahead if one != card)
