"""The code on a page: the very functions that ran."""

from __future__ import annotations

import functools
import inspect
import re
import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.ui.frame import current
from sslviz.ui.live.listing import Listing as Text
from sslviz.ui.live.listing import listing_view, python

if TYPE_CHECKING:
    from sslviz.training.loop import Learner

Listing = Callable[..., Any] | tuple[str, Callable[..., Any]]  # a function, perhaps under another name


def code_panel(slug: str, listings: Sequence[Listing], note: str = "") -> None:
    """The source of the functions that just ran, a note on them, and how many weights they train."""
    named = [one if isinstance(one, tuple) else (one.__name__, one) for one in listings]
    for i, (tab, (name, function)) in enumerate(zip(st.tabs([name for name, _ in named]), named, strict=True)):
        with tab:
            listing_view(f"{slug}_code_{i}", data=_listing(name, function))
    if note:
        st.caption(note)
    st.caption(_weights(slug))


@functools.cache
def _listing(name: str, function: Callable[..., Any]) -> Text:
    source = textwrap.dedent(inspect.getsource(function))
    return python(name, re.sub(r"  # (noqa|fmt).*", "", source))  # a word to the linter only


def _weights(slug: str) -> str:
    """How many weights the model has, and where."""
    from sslviz.models.trunk import count_weights
    from sslviz.training.answers import network

    def parts(learner: Learner) -> tuple[int, int, int]:
        named = dict(learner.net.named_children())
        trunk = count_weights(named["trunk"]) if "trunk" in named else 0
        return count_weights(learner.net), trunk, count_weights(named["tokens"])

    whole, trunk, table = network(current.show(slug).config, parts)
    if not TASKS[slug].trunk:
        return f"{whole:,} weights, and no trunk: {table:,} in the table that is kept + {whole - table:,} in the other."
    head = whole - trunk - table
    return f"{whole:,} weights: {trunk:,} trunk, the same on every page + {table:,} input table + {head:,} head."
