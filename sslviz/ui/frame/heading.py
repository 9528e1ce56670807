"""The head of pages that are no task, and the check of their part of the link."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape

import streamlit as st

from sslviz.catalogue import Option
from sslviz.ui.frame import link, settings
from sslviz.ui.frame.parts import hidden
from sslviz.ui.frame.share import share


def head(
    title: str,
    lead: Mapping[str, str],
    page: str,
    brings: str,
    *,
    parts: Collection[str] = (),
    own: Collection[str] = (),
) -> str:
    """Title, the explanation at the chosen depth, the link, and the depth itself, which is returned.

    Args:
        title: of the page.
        lead: the explanation by depth.
        page: what its parameters in the link begin with.
        brings: what the link brings, and what it does not.
        parts: those that a lesson may leave out.
        own: parameters that the link must not carry.
    """
    with st.container(key="head", horizontal=True, vertical_alignment="top", gap="small"):
        st.title(title, anchor=False, width="content")
        place = st.container(key="lead", width="stretch")
        depth = st.segmented_control(
            "Depth of explanation", settings.DEPTHS, default="Basic", required=True, key="depth",
            label_visibility="collapsed", **settings.SESSION,
        )  # fmt: skip
        share(page, brings, hidden(), parts=parts, own=own)
    place.html(f"<p class='lead'>{escape(lead[str(depth)])}</p>")
    return str(depth)


def check_link(page: str, own: Mapping[str, Option]) -> None:
    """Take out of the link what cannot be used, before any widget reads it, and say so.

    Args:
        page: what the page's parameters begin with, followed by an underscore.
        own: its settings by name.
    """
    every = {f"{page}_{name}": option for name, option in own.items()}
    every["depth"] = Option("Basic", "Depth", settings.DEPTHS)

    def fault(name: str, text: str) -> str:
        if name in every:
            return link.unusable(every[name], text)
        ours = name.startswith(f"{page}_")
        return f"The link sets “{name[:30]}”, which this page does not have; it is left out." if ours else ""

    link.tell(link.check(fault))
