"""Who a visitor is, as far as runs go: a random number in a cookie, which only their browser and this server know.

A run stands in the address by an id that others are sent, so the id says nothing of whose it is. The number of the
flashcards' learner will not do: a page knows it only once a view has answered, and a run is looked for before.
"""

from __future__ import annotations

import re
import secrets
from typing import TypeGuard

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

COOKIE = "sslviz_visitor"
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


def new_number() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def is_number(text: object) -> TypeGuard[str]:
    """Whether it has the form of such a number."""
    return isinstance(text, str) and _FORM.fullmatch(text) is not None


def cookie() -> str | None:
    """The number in the cookie of the visitor whose script this is; None where the browser takes no cookie."""
    number = st.context.cookies.get(COOKIE)
    return number if is_number(number) else None


def visitor() -> str:
    """The visitor whose script this is; where a browser takes no cookie (in a frame of another site), the session."""
    if (number := cookie()) is not None:
        return number
    context = get_script_run_ctx()
    return context.session_id if context else "nobody"
