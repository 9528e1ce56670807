"""Small parts that every page uses: headings, credits, and what a lesson link leaves out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from sslviz.data import Credit

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

HIDEABLE = {  # parts that a lesson link leaves out, and what people call them
    "guess": "guess",
    "code": "code",
    "learned": "what it learned",
    "quiz": "quiz",
    "embedding": "embedding",
    "loss": "loss",
    "transport": "training",
    "text": "explanation",
}


def part(title: str, note: str = "") -> None:
    """A part's heading: what it is, and in grey what to make of it."""
    st.html(f"<h2 class='part'>{escape(title)} <small>{escape(note)}</small></h2>")


def fold(title: str, about: str, key: str, *, unfolded: bool = False) -> DeltaGenerator:
    """A part under a heading that folds, for who asks for it."""
    return st.expander(f"**{plain(title)}** :gray[{plain(about)}]", expanded=unfolded, key=key)


def note(text: str) -> None:
    """A remark in grey that stands out enough to be read by everybody."""
    st.html(f"<p class='remark'>{escape(text)}</p>")


def drawn_while_open(title: str, icon: str, key: str, draw: Callable[[], None]) -> None:
    """A button that opens what `draw` draws, which is there only while it is open.

    For what something else may change, too: from a closed popover the browser would send the values that stood there
    when it was closed, with every message, and so undo whatever has changed them since.
    """
    popover = st.popover(title, icon=icon, key=key, on_change="rerun")
    with popover:
        if popover.open:
            draw()


def credit_line(credits: Iterable[Credit]) -> None:  # noqa: A002 - it is what they are
    """Who made the data on this page, and on what terms."""
    lines = []
    for credit in credits:
        link = f"<a href='{escape(credit.licence_url)}' target='_blank' rel='noopener'>{escape(credit.licence)}</a>"
        lines.append(escape(credit.line()).replace(f", {escape(credit.licence)},", f", {link},", 1))
    st.html(f"<p class='credit'>{' '.join(lines)}</p>")


def plain(text: str | None) -> str:
    """Text without anything that Markdown or Streamlit would take as a sign."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~:$" else c for c in text or "")


def hidden() -> set[str]:
    """The parts that a lesson link (`?hide=guess,code`) leaves out, on this page and those that follow."""
    return {part for name in _asked_for() if (part := _part_of(name))}


def left_out(hide: set[str]) -> None:
    """Say what a lesson leaves out, and what its link calls by no part's name; one press shows everything again."""
    for name in _asked_for():
        if not _part_of(name):
            st.warning(
                f"The link leaves out “{plain(name[:20])}”, which is no part of a page. These are: "
                f"{', '.join(HIDEABLE.values())}.",
                icon=":material/link_off:",
            )
    if hide:
        with st.container(key="left_out", horizontal=True, vertical_alignment="center", gap="small"):
            note(f"This lesson leaves out: {', '.join(HIDEABLE[name] for name in HIDEABLE if name in hide)}.")
            st.button("Show everything", key="show_everything", type="tertiary", on_click=_show_everything)


def _asked_for() -> list[str]:
    if "hide" in st.query_params:
        st.session_state["lesson_hides"] = st.query_params["hide"]
    return [name.strip() for name in st.session_state.get("lesson_hides", "").split(",") if name.strip()]


def _part_of(name: str) -> str:
    """The part that a link means: by its own name, or by what people call it."""
    known = {**{part: part for part in HIDEABLE}, **{said: part for part, said in HIDEABLE.items()}}
    return known.get(name.lower().replace("-", " ").replace("_", " "), "")


def _show_everything() -> None:
    st.session_state.pop("lesson_hides", None)
    for name in [name for name in st.session_state if str(name).endswith("_leave_out")]:
        del st.session_state[name]  # the link of each page begins anew with what is left out: nothing
    st.query_params.pop("hide", None)
