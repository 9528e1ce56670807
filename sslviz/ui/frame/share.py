"""The link to take along: this very page with its settings, and with parts left out for a lesson."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

import streamlit as st

from sslviz.ui.frame.parts import HIDEABLE

SAME_TASK = (
    "It brings the same sample, label and settings, and with them the same training; on another kind of computer the "
    "curve may differ a little. What you typed or uploaded never goes into a link."
)


def share(page: str, brings: str, hide: Collection[str], *, parts: Collection[str], own: Collection[str] = ()) -> None:
    """A button with the link. Opening it asks anew, so that the link is never an old one.

    Args:
        page: what the page's parameters begin with.
        brings: what the link brings and what it does not, in words.
        hide: parts that the present lesson leaves out.
        parts: those that this page has; the others stay as the lesson has them.
        own: parameters that would mean nothing to anybody else.
    """
    with st.container(width="content"):
        st.fragment(lambda: _share(page, brings, hide, parts, own))()


def _share(page: str, brings: str, hide: Collection[str], parts: Collection[str], own: Collection[str]) -> None:
    with st.popover("Link", icon=":material/link:", on_change="rerun", key=f"{page}_link"):
        left_out = list(hide)
        if parts:
            chosen = st.pills(
                "Leave out for a lesson", [name for name in HIDEABLE if name in parts], selection_mode="multi",
                default=sorted(set(hide) & set(parts)), key=f"{page}_leave_out", format_func=HIDEABLE.__getitem__,
            )  # fmt: skip
            left_out = [*chosen, *(name for name in hide if name not in parts)]
        kept = {name: value for name, value in st.query_params.items() if name not in ("hide", *own)}
        query = urlencode({**kept, **({"hide": ",".join(left_out)} if left_out else {})}, safe=",")
        base = (st.context.url or "").split("?")[0]
        st.code(f"{base}{'?' if query else ''}{query}", language=None, wrap_lines=True)
        st.caption(brings)
