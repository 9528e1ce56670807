"""The teacher's side of a room: what this session opened, what it tells the room, and the room on the projector.

The token lives in the browser and, while the page is open, in the session. All that steers goes through here, over the
page's own socket; no address of the server steers a room.
"""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from sslviz.classroom import addresses
from sslviz.classroom.codes import spaced
from sslviz.classroom.room import Asked, Question, Room, Scene, results, score, standing, without_out
from sslviz.classroom.store import NoRoom, NotYours, Refused, rooms
from sslviz.data.spreadsheet import guarded
from sslviz.flashcards.connection import Unavailable
from sslviz.flashcards.tokens import is_token, new_token
from sslviz.ui.classroom import serving
from sslviz.ui.classroom.opener import opener_view
from sslviz.ui.classroom.panel import panel_view
from sslviz.ui.classroom.qr import qr
from sslviz.ui.classroom.votes import votes_view

POLL = 1.0  # seconds between looks at a room, by the one who leads it
BEST = 5  # lines of the score board
OTHER = "Another address"


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


# whose room it is


def meet() -> None:
    """Ask the browser whether it has opened a room, or have it keep the token of a new one."""
    opener_view(
        "room_opener",
        data={
            "session": st.session_state.setdefault("room_session", secrets.token_hex(4)),
            "known": _token() is not None,
            "offer": _token() if st.session_state.get("room_fresh") else None,
            "forget": bool(st.session_state.get("room_forget")),
        },
        on_event=_met,
    )


def here() -> Room | None:
    """The room that this browser has opened, as it is now; None where there is none, or it cannot be reached."""
    token = _token()
    if token is None:
        return None
    st.session_state.pop("room_trouble", None)
    try:
        code = rooms().mine(token, now())
        if code is None:
            _forget()
            return None
        st.session_state["room_code"] = code
        return rooms().look(code, now())
    except NoRoom:
        _forget()
    except Unavailable as trouble:
        st.session_state["room_trouble"] = str(trouble)
    return None


def trouble() -> str:
    """Why the room cannot be reached or changed, in a sentence; empty where it can."""
    return str(st.session_state.get("room_trouble", ""))


def open_room() -> None:
    """Open a room, or show the one that is open."""
    st.session_state.pop("room_trouble", None)
    st.session_state["room_panel"] = True
    if _token() is not None and here() is not None:
        return
    token = new_token()
    try:
        if not serving.limits.may_open(st.context.ip_address or ""):
            msg = "Many rooms were opened from here within an hour; please wait a little."
            raise Refused(msg)
        st.session_state["room_code"] = rooms().open(token, now(), candidates()[0])
    except (Refused, Unavailable) as problem:
        st.session_state["room_trouble"] = str(problem)
        st.session_state.pop("room_panel", None)
        return
    st.session_state.pop("room_forget", None)
    st.session_state["room_token"], st.session_state["room_fresh"] = token, True


def _token() -> str | None:
    found = st.session_state.get("room_token")
    return found if is_token(found) else None


def _met(event: dict[str, Any]) -> None:
    if is_token(event.get("token")) and _token() is None:
        st.session_state["room_token"] = event["token"]


def _forget() -> None:
    for name in [name for name in st.session_state if str(name).startswith("room_")]:
        if name not in ("room_session", "room_trouble", "room_scene", "room_asks"):
            del st.session_state[name]
    st.session_state["room_forget"] = True


def _steer(work: Callable[[str, str], Any]) -> Any:
    """Do something to the room; where it cannot be done, that is said on the page, and the lesson goes on."""
    token, code = _token(), st.session_state.get("room_code")
    if token is None or code is None:
        return None
    try:
        return work(token, code)
    except (NoRoom, NotYours):
        _forget()
    except (Refused, Unavailable) as problem:
        st.session_state["room_trouble"] = str(problem)
    return None


# what the room is told


def begin(scene: Scene) -> None:
    """A scene is about to be drawn; what is asked in it, `ask` says."""
    st.session_state["room_scene"], st.session_state["room_asks"] = scene, False


def finish() -> None:
    """The scene was drawn. If nothing was asked in it, the phones follow all the same."""
    scene: Scene = st.session_state["room_scene"]
    if not st.session_state["room_asks"] and not st.session_state.get("room_panel"):
        _once((scene, ""), lambda token, code: rooms().follow(token, code, scene, now()))


def ask(key: str, question: Callable[[], Asked]) -> int:
    """A question is on the stage: the phones get it. Returns its number in the room, 0 where that did not work.

    Args:
        key: by which the same question is known again.
        question: makes it; called only when the phones do not have it yet.
    """
    scene: Scene = st.session_state["room_scene"]
    st.session_state["room_asks"] = True
    number = _once((scene, key), lambda token, code: rooms().ask(token, code, scene, question(), now()))
    return int(number or 0)


def _once(what: tuple[Any, ...], work: Callable[[str, str], Any]) -> Any:
    """Tell the room something, unless that is what it was told last."""
    told = st.session_state.get("room_told")
    whole = (st.session_state.get("room_code"), *what)
    if told is None or told[0] != whole:
        done = _steer(work)
        st.session_state.pop("room_blank", None)
        if st.session_state.get("room_code") is None or trouble():
            return None
        st.session_state["room_told"] = told = (whole, done)
    return told[1]


# on the projector


def votes(number: int, *, shown: bool) -> None:
    """The votes on a question, followed as they come; `shown`: the teacher has just revealed the answer."""
    if shown:
        _steer(lambda token, code: rooms().show(token, code, number, now()))

    def body() -> None:
        room = here()
        question = None if room is None else next((one for one in room.questions if one.number == number), None)
        if room is None or question is None:
            st.html(f"<p class='nth'>{trouble() or 'The room is over.'}</p>")
            return
        _votes(room, without_out(question, room))

    st.fragment(body, run_every=POLL)()


def was_shown(number: int) -> bool:
    """Whether the answer to this question was revealed before."""
    room = here()
    return room is not None and any(one.number == number and one.shown for one in room.questions)


def _votes(room: Room, question: Question) -> None:
    asked, shown = question.asked, question.shown
    votes_view(
        "room_votes",
        data={
            "text": asked.text, "choices": list(asked.choices), "voted": len(question.votes),
            "inside": len(room.inside), "shown": shown, "counts": question.counts if shown else [],
            "truth": asked.truth if shown else None, "model": asked.model if shown else None,
            "shares": list(asked.shares) if shown else [], "by": asked.by if shown else "",
            "sums": score(room).words if shown else "",
            "board": [{"name": name, "right": n} for name, n in standing(room)[:BEST]] if shown and room.board else [],
            "code": spaced(room.code), "address": room.address, "qr": qr(f"{room.address}/class/{room.code}"),
        },
    )  # fmt: skip


def button(room: Room | None) -> None:
    """In the foot of the lesson: open a room, or look after the one that is open."""
    words = "Open a room" if room is None else f"Room {spaced(room.code)} · {len(room.inside)} in"
    st.button(words, key="scene_room", on_click=open_room)


def blank_button() -> None:
    """For the key B, which blanks the projector: the phones look to the front, too, until they are called back."""
    blank = bool(st.session_state.get("room_blank"))
    name, words = ("scene_unblank", "B phones back") if blank else ("scene_blank", "B")
    st.button(words, key=name, help="Blanks the projector and the phones", on_click=_blank, args=(not blank,))


def _blank(blank: bool) -> None:
    scene: Scene = st.session_state["room_scene"]
    if blank:
        _steer(lambda token, code: rooms().follow(token, code, replace(scene, ask=""), now()))
        st.session_state["room_blank"] = True
    else:  # what they were told before, they are told again
        for name in ("room_blank", "room_told"):
            st.session_state.pop(name, None)


def panel_open() -> bool:
    """Whether the room stands on the projector in place of the scene."""
    return bool(st.session_state.get("room_panel"))


def panel(room: Room) -> None:
    """The room: how to come in, who is in, and all that the teacher can do."""

    def body() -> None:
        seen = here()
        if seen is None:
            st.rerun()
        panel_view(
            "room_panel_view",
            data={
                "code": spaced(seen.code), "address": seen.address, "locked": seen.locked,
                "qr": qr(f"{seen.address}/class/{seen.code}"),
                "seats": [{"seat": one.number, "name": one.name} for one in seen.inside],
            },
            on_event=lambda event: _steer(lambda token, code: rooms().put_out(token, code, event["seat"], now())),
        )  # fmt: skip

    st.fragment(body, run_every=POLL)()
    if only_here() or addresses.is_loopback(addresses.host_of(room.address)):
        st.html("<p class='nth'>Phones cannot reach this address: it is this computer’s own. Please put it right.</p>")
    with st.container(horizontal=True, gap="small", key="room_controls"):
        st.button("Go on with the lesson", key="room_close", type="primary", on_click=_close)
        _address(room)
        _switch("room_lock", "Let others in" if room.locked else "Lock", locked=not room.locked)
        _switch("room_free", "Call them back" if room.free else "Let them go on alone", free=not room.free)
        _switch("room_board", "No score board" if room.board else "Score board", board=not room.board)
        with st.popover("End"):
            st.html(
                "<p>Everything that is kept of this room is deleted: names, votes, questions. The results can be taken "
                "along before.</p>"
            )
            st.download_button(
                "Results as CSV", lambda: results_csv(here()), "results.csv", "text/csv", key="room_results",
                on_click="ignore",
            )  # fmt: skip
            st.button("End the room and delete all", key="room_end", on_click=_end)


def results_csv(room: Room | None) -> bytes:
    """The results as a table that a spreadsheet opens; no cell of it is taken for a formula."""
    out = io.StringIO()
    rows = [] if room is None else results(room)
    csv.writer(out).writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")  # with the mark by which spreadsheets know UTF-8


def _switch(key: str, words: str, **change: bool) -> None:
    st.button(words, key=key, on_click=_change, kwargs=change)


def _change(**change: Any) -> None:
    _steer(lambda token, code: rooms().change(token, code, now(), **change))


def _close() -> None:
    st.session_state.pop("room_panel", None)


def _end() -> None:
    _steer(lambda token, code: rooms().end(token, code, now()))
    _forget()


def candidates() -> list[str]:
    """Addresses at which phones may find this server, the likeliest first."""
    return addresses.candidates(st.context.url or "", st.get_option("server.baseUrlPath"))


def only_here() -> bool:
    """Whether the server listens to this computer alone, so that no phone can reach it."""
    return addresses.is_loopback(st.get_option("server.address") or "")


def _address(room: Room) -> None:
    """The address that phones open: those that may be it, and a field for another one."""
    found = candidates()
    every = [*dict.fromkeys([room.address, *found]), OTHER]

    def chosen() -> None:
        picked = st.session_state["room_address"]
        if picked != OTHER:
            _change(address=picked)

    def typed() -> None:
        address = addresses.read_address(st.session_state["room_address_typed"])
        st.session_state["room_address_bad"] = address is None
        if address is not None:
            _change(address=address)

    with st.popover("Address"):
        st.radio("Address that phones open", every, key="room_address", on_change=chosen)
        st.text_input("Another address, as it stands in a browser", key="room_address_typed", on_change=typed)
        if st.session_state.get("room_address_bad"):
            st.html("<p class='nth'>An address looks like http://192.168.1.20:8501 or https://school.example.</p>")
